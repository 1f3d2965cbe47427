"""The endpoint of search: ``GET search/``."""

from __future__ import annotations

import pytest

from tests import make
from tests.erp.client import Api

pytestmark = pytest.mark.django_db


def test_hits_tell_kind_page_day_and_amount():
    company = make.company()
    entry = make.rent(company)
    api = Api(company, make.owner_of(company))
    answer = api.get("search/", q="2000", kinds="entries")
    assert answer.json() == {
        "behind": 0,
        "results": [
            {"kind": "entries", "kind_label": "Buchungen", "id": entry.pk,
             "label": f"1 {entry.text}", "note": entry.voucher, "day": "2026-03-31",
             "amount": "2000.00", "currency": "CHF",
             "url": f"/c/{company.pk}/ledger/entries/{entry.pk}/"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "miete", "kinds": "wages"}, {"q": "miete", "limit": 51}]
)
def test_what_cannot_be_asked_is_refused(query):
    company = make.company()
    answer = Api(company, make.owner_of(company)).get("search/", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_strangers_find_nothing_and_rights_count():
    company = make.company()
    make.rent(company)

    def found(user):
        return Api(company, user).get("search/", q="2000")

    reader = make.user(company=company, granted=["company.read"])
    assert found(reader).json() == {"behind": 0, "results": []}
    assert found(make.user()).status_code == 404
    assert found(make.user(company=company, granted=["ledger.read"])).status_code == 403
