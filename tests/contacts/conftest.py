"""A company with a few contacts."""

from __future__ import annotations

import pytest
from django.test import Client

from contacts import saving
from tests import make

MAIN = {"kind": "main", "street": "Bahnhofstrasse", "house_number": "12", "postcode": "6460",
        "town": "Altdorf UR"}  # fmt: skip


@pytest.fixture
def company(db):
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def page(company, anna):
    """A signed-in client of the pages, and where they begin."""
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/contacts/"
    return client


@pytest.fixture
def add(company, anna):
    """Adds a contact; an organisation by its name, a person by first and last name."""

    def new(*names, phone="", mail="", **more):
        if len(names) == 1:
            told = {"kind": "organisation", "name": names[0]}
        else:
            told = {"kind": "person", "first_name": names[0], "last_name": names[1]}
        reaches = [{"kind": kind, "value": value}
                   for kind, value in (("phone", phone), ("mail", mail)) if value]  # fmt: skip
        more.setdefault("communications", reaches)
        return saving.add_contact(company=company, by=anna, **told, **more)

    return new
