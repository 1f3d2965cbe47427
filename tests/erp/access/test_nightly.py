"""What is done in every company by itself: one that fails stops no other."""

from __future__ import annotations

import logging

import pytest

from erp.access.gate import NobodyToActFor, all_companies
from erp.access.nightly import in_each_company


@pytest.mark.django_db
def test_what_fails_in_one_company_is_told_and_the_others_have_their_turn(caplog):
    numbers = all_companies()
    assert len(numbers) > 2
    seen = []

    def act(number: str) -> int:
        seen.append(number)
        if number == numbers[0]:
            raise RuntimeError("the file is gone")
        if number == numbers[1]:
            raise NobodyToActFor(email="owner")
        return 2

    with caplog.at_level(logging.ERROR, logger="erp.access.nightly"):
        assert in_each_company(act) == 2 * (len(numbers) - 2)
    assert seen == numbers
    (told,) = caplog.records
    assert told.getMessage().endswith(f"company {numbers[0]}") and told.exc_info
