"""Whose drafts: one's own by ``ledger.draft``, those of others by ``ledger.draft_all``."""

from __future__ import annotations

import json

import pytest

from accounting.ledger.models import JournalEntry
from erp.access.permissions import Permission
from tests import make
from tests.erp.access.people import signed_in, somebody
from tests.erp.client import Api, new_key, problem
from tests.erp.test_api import RENT

ANY = {"HTTP_IF_MATCH": "*"}
OWN = ("company.read", "ledger.read", "ledger.draft", "ledger.post", "ledger.reverse")


@pytest.fixture
def bea(company):
    return somebody(company, *OWN)


@pytest.fixture
def drafts(company, anna, bea):
    """A draft of the owner's with a voucher, and one of Bea's."""
    made = {}
    for user in (anna, bea):
        api = Api(company, user)
        pk = api.post("drafts/", RENT, key=new_key()).json()["id"]
        voucher = api.upload(f"journal-entries/{pk}/vouchers/", b"%PDF-1.7", key=new_key()).json()
        made[user] = (pk, voucher["id"])
    return made


def test_a_list_shows_ones_own_drafts_or_all(company, anna, bea, drafts):
    everybody = sorted(pk for pk, _voucher in drafts.values())
    mine = [drafts[bea][0]]
    listed = [e["id"] for e in Api(company, bea).get("drafts/").json()["results"]]
    assert listed == mine
    listed = [e["id"] for e in Api(company, anna).get("drafts/").json()["results"]]
    assert listed == everybody
    page = signed_in(bea).get(f"/c/{company.pk}/ledger/drafts/").content.decode()
    assert f"/entries/{mine[0]}/" in page and f"/entries/{drafts[anna][0]}/" not in page
    assert '<span class="badge">1</span>' in page
    assert "2 Entwürfe" in signed_in(anna).get(f"/c/{company.pk}/").content.decode()
    assert "1 Entwurf wartet" in signed_in(bea).get(f"/c/{company.pk}/").content.decode()


def test_who_only_reads_sees_no_drafts_of_others(company, drafts):
    auditor = Api(company, somebody(company, "ledger.read"))
    assert auditor.get("drafts/").json()["results"] == []
    for pk, voucher in drafts.values():
        problem(auditor.get(f"journal-entries/{pk}/"), 404)
        problem(auditor.get(f"vouchers/{voucher}/"), 404)


def test_a_draft_of_somebody_else_is_not_there_by_any_endpoint(company, anna, bea, drafts):
    theirs, voucher = drafts[anna]
    api = Api(company, bea)
    for answer in (
        api.get(f"drafts/{theirs}/"), api.get(f"journal-entries/{theirs}/"),
        api.patch(f"drafts/{theirs}/", {"text": "x"}, **ANY), api.delete(f"drafts/{theirs}/", **ANY),
        api.post(f"drafts/{theirs}/post/", {}, key=new_key(), **ANY),
        api.post(f"journal-entries/{theirs}/reverse/", {"date": "2026-03-31"}, key=new_key()),
        api.get(f"journal-entries/{theirs}/vouchers/"),
        api.upload(f"journal-entries/{theirs}/vouchers/", b"%PDF-1.8", key=new_key()),
        api.get(f"vouchers/{voucher}/"),
    ):  # fmt: skip
        problem(answer, 404)
    told = problem(api.post("entry-templates/", {"name": "x", "entry": theirs}), 400)
    assert told["errors"][0]["field"] == "entry"
    left = JournalEntry.of(company).get(pk=theirs)
    assert (left.text, left.number, left.vouchers.count()) == ("Miete", None, 1)


def test_a_draft_of_somebody_else_is_not_there_by_any_page(company, anna, bea, drafts):
    theirs, voucher = drafts[anna]
    browse, start = signed_in(bea), f"/c/{company.pk}/ledger/"
    for path in (f"entries/{theirs}/", f"post/?draft={theirs}", f"post/?copy={theirs}",
                 f"recurring/add/?entry={theirs}", f"vouchers/{voucher}/"):  # fmt: skip
        assert browse.get(start + path).status_code == 404, path
    for do in ("post", "delete"):
        assert browse.post(f"{start}entries/{theirs}/draft/", {"do": do}).status_code == 404
    assert browse.post(f"{start}entries/{theirs}/").status_code == 404
    assert browse.post(f"{start}entries/{theirs}/reverse/").status_code == 404
    typed = {"draft_id": theirs, "date": "2026-03-31", "text": "Meins", "as_draft": True,
             "debit": "6000", "credit": "1020", "amount": "5.00"}  # fmt: skip
    assert browse.post(f"{start}post/", {"entry": json.dumps(typed)}).status_code == 404
    assert JournalEntry.of(company).get(pk=theirs).text == "Miete"


def test_ones_own_drafts_are_there_whole(company, bea, drafts):
    mine, voucher = drafts[bea]
    api = Api(company, bea)
    assert api.get(f"vouchers/{voucher}/").status_code == 200
    assert api.patch(f"drafts/{mine}/", {"text": "Anders"}, **ANY).status_code == 200
    assert signed_in(bea).get(f"/c/{company.pk}/ledger/entries/{mine}/").status_code == 200
    assert api.post(f"drafts/{mine}/post/", {}, key=new_key(), **ANY).json()["number"] == 1


def test_by_the_right_to_all_others_drafts_are_changed_posted_and_deleted(company, bea, drafts):
    cleo = Api(company, somebody(company, *OWN, "ledger.draft_all"))
    theirs, voucher = drafts[bea]
    assert cleo.get(f"vouchers/{voucher}/").status_code == 200
    assert cleo.patch(f"drafts/{theirs}/", {"text": "Geprüft"}, **ANY).status_code == 200
    assert JournalEntry.of(company).get(pk=theirs).created_by == bea  # it stays Bea's
    posted = cleo.post(f"drafts/{theirs}/post/", {}, key=new_key(), **ANY)
    assert posted.status_code == 201
    assert Api(company, bea).get(f"journal-entries/{theirs}/").status_code == 200


def test_the_right_to_see_all_drafts_alone_changes_none(company, bea, drafts):
    theirs, _voucher = drafts[bea]
    looking = Api(company, somebody(company, "ledger.read", "ledger.draft_all"))
    assert looking.get(f"drafts/{theirs}/").status_code == 200
    problem(looking.patch(f"drafts/{theirs}/", {"text": "x"}, **ANY), 403)
    problem(looking.delete(f"drafts/{theirs}/", **ANY), 403)


def test_what_is_posted_everybody_sees_who_may_see_the_books(company, anna):
    entry = make.rent(company, by=anna)
    reader = Api(company, somebody(company, Permission.LEDGER_READ))
    assert reader.get(f"journal-entries/{entry.pk}/").status_code == 200
