"""Laws that may come, as data alone."""

from __future__ import annotations

import os
from decimal import Decimal

import psycopg
import pytest
from django.db import connection

_NEW = """
    UPDATE vat_vatrate SET valid_to = '2027-12-31' WHERE rate_class = 'standard' AND valid_to IS NULL;
    INSERT INTO vat_vatrate (rate_class, valid_from, percent, output_box, acquisition_box, source)
    VALUES ('standard', '2028-01-01', 8.9, '304', '384', 'a bill of 2027')
"""
_BACK = """
    DELETE FROM vat_vatrate WHERE valid_from = '2028-01-01';
    UPDATE vat_vatrate SET valid_to = NULL WHERE rate_class = 'standard' AND valid_to = '2027-12-31'
"""


@pytest.fixture
def rate_of_2028(db):
    """A standard rate of 8.9 % from 2028 on, in boxes of its own: rows, as a release of data brings them.

    Written by the owner of the tables, since the program itself may only read them, and taken back.
    """
    url = os.environ["DATABASE_OWNER_URL"].replace(
        "/rappen?", f"/{connection.settings_dict['NAME']}?"
    )
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(_NEW)
        try:
            yield Decimal("8.9")
        finally:
            owner.execute(_BACK)
