"""Endpoints of the ledger: drafts, vouchers, templates and recurring entries."""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.ledger.models import (
    EntryTemplate,
    EntryVoucher,
    JournalEntry,
    Period,
)
from accounting.ledger.years import lock_period
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.client import Api, changed, new_key, places, problem
from tests.erp.test_api import RENT, SALE

PDF = b"%PDF-1.7 Beleg"
ANY = {"HTTP_IF_MATCH": "*"}


def drafted(api, body=RENT):
    answer = api.post("drafts/", body, key=new_key())
    assert answer.status_code == 201, answer.json()
    return answer.json()


# Drafts


def test_a_draft_is_written_read_changed_and_posted(api, company, anna):
    draft = drafted(api, SALE)
    assert (draft["number"], draft["posted_at"], draft["kind"]) == (None, None, "normal")
    path = f"drafts/{draft['id']}/"
    told, version = api.read(path)
    assert told == draft == api.get(f"journal-entries/{draft['id']}/").json()
    assert [d["id"] for d in api.get("drafts/").json()["results"]] == [draft["id"]]
    assert api.get("journal-entries/").json()["results"] == []

    changed_ = api.patch(path, {"text": "Verkauf an Meier"}, **version)
    assert changed_.status_code == 200
    assert changed_.json() == {**draft, "text": "Verkauf an Meier"}
    problem(api.post(f"{path}post/", {}, key=new_key(), **version), 412)
    version = {"HTTP_IF_MATCH": changed_["ETag"]}
    key = new_key()
    posted = api.post(f"{path}post/", {}, key=key, **version)
    assert (posted.status_code, posted.json()["number"]) == (201, 1)
    assert posted.json()["lines"] == draft["lines"]
    again = api.post(f"{path}post/", {}, key=key, **version)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.json() == posted.json()
    problem(api.post(f"{path}post/", {}, key=new_key(), **ANY), 409, "ledger.not_a_draft")
    problem(api.patch(path, {"text": "x"}, **ANY), 409, "ledger.not_a_draft")
    problem(api.delete(path, **ANY), 409, "ledger.not_a_draft")
    problem(api.get(path), 404)
    assert JournalEntry.of(company).get().text == "Verkauf an Meier"


def test_the_same_draft_sent_twice_is_one(api, company):
    key = new_key()
    first, again = (api.post("drafts/", RENT, key=key) for _ in range(2))
    assert first.json() == again.json() and JournalEntry.of(company).count() == 1
    problem(api.post("drafts/", changed(RENT, text="Anders"), key=key), 422)
    problem(api.post("drafts/", RENT), 400)


def test_a_draft_needs_no_balance_but_posting_it_does(api, company):
    draft = drafted(api, changed(RENT, lines=RENT["lines"][:1]))
    told = api.post(f"drafts/{draft['id']}/post/", {}, key=new_key(), **ANY)
    problem(told, 422, "ledger.too_few_lines")
    assert api.get(f"drafts/{draft['id']}/").json() == draft
    done = api.patch(f"drafts/{draft['id']}/", {"lines": RENT["lines"]}, **ANY)
    assert [x["account"] for x in done.json()["lines"]] == ["6000", "1020"]


def test_a_draft_moved_to_another_day_takes_that_days_rate(api):
    """Its lines stay as they were typed; the tax in them is the law's of the day."""
    api.post("fiscal-years/", {"start": "2023-01-01", "end": "2023-12-31"})
    api.post("vat-settings/", {"valid_from": "2023-01-01", "method": "effective",
                               "basis": "agreed", "interval": "quarter"})  # fmt: skip
    draft = drafted(api, SALE)
    moved = api.patch(f"drafts/{draft['id']}/", {"date": "2023-06-30", "kind": "opening"}, **ANY)
    told = moved.json()
    assert (told["date"], told["kind"], told["voucher"]) == ("2023-06-30", "opening", "R-1")
    assert [(x["account"], x["debit"], x["credit"], x["vat_rate"]) for x in told["lines"]] == [
        ("1020", "108.10", "0.00", None), ("3200", "0.00", "100.37", "7.70"),
        ("2200", "0.00", "7.73", "7.70"),
    ]  # fmt: skip


def test_what_is_wrong_with_a_change_leaves_the_draft_as_it_was(api, company):
    draft = drafted(api)
    path = f"drafts/{draft['id']}/"
    told = problem(
        api.patch(path, {"lines": [{"debit": "5.00"}, {"account": "9998"}], "number": 3}, **ANY),
        400,
    )
    assert sorted(places(told)) == [
        ("lines[0].account", "required"), ("number", "unknown")
    ]  # fmt: skip
    told = problem(api.patch(path, {"lines": [{"account": "9998", "debit": "5.00"}]}, **ANY), 400)
    assert places(told) == [("lines[0].account", "ledger.unknown_account")]
    problem(api.patch(path, {"date": "2031-01-01"}, **ANY), 422, "ledger.no_open_year")
    problem(api.patch(path, {"text": " "}, **ANY), 400)
    problem(api.patch(path, {"date": "0001-01-01"}, **ANY), 400)
    problem(api.patch(path, {"text": "Neu"}), 428)
    problem(api.patch(path, {"text": "Neu"}, HTTP_IF_MATCH='"0"'), 412)
    assert api.get(path).json() == draft


def test_a_draft_is_deleted_as_it_was_read(api, company):
    path = f"drafts/{drafted(api)['id']}/"
    _told, version = api.read(path)
    problem(api.delete(path), 428)
    assert api.patch(path, {"text": "Anders"}, **version).status_code == 200
    problem(api.delete(path, **version), 412)
    assert JournalEntry.of(company).count() == 1
    assert api.delete(path, **api.read(path)[1]).status_code == 204
    assert JournalEntry.of(company).count() == 0
    problem(api.delete(path, **ANY), 404)


def test_who_may_write_drafts_only_posts_nothing(api, company):
    bea = Api(company, make.user(company=company, granted=["ledger.read", "ledger.draft"]))
    draft = drafted(bea)
    assert bea.patch(f"drafts/{draft['id']}/", {"text": "x"}, **ANY).status_code == 200
    problem(bea.post(f"drafts/{draft['id']}/post/", {}, key=new_key(), **ANY), 403)
    problem(bea.enter(RENT), 403)
    assert bea.delete(f"drafts/{draft['id']}/", **ANY).status_code == 204


def test_an_opening_entry_says_so(api, company):
    assert api.enter(changed(RENT, kind="opening")).json()["kind"] == "opening"
    told = problem(api.enter(changed(RENT, kind="reversal")), 400)
    assert places(told) == [("kind", "invalid_choice")]
    assert JournalEntry.of(company).get().kind == "opening"


def test_odd_questions_to_the_journal_are_answered(api):
    drafted(api)
    for search in ("²", "٣", "9" * 60, "%", "'"):
        assert api.get("journal-entries/", search=search).json()["results"] == []
    assert api.get("journal-entries/", search="a\x00b").status_code == 400
    problem(api.get("drafts/", date_from="9999-12-31"), 400)
    assert len(api.get("drafts/", search="Miete", account="6000").json()["results"]) == 1
    assert api.get("drafts/", date_from="2026-04-01").json()["results"] == []


# Vouchers


def test_a_voucher_hangs_on_a_draft_and_is_sealed_with_it(api, company):
    draft = drafted(api)
    path, key = f"journal-entries/{draft['id']}/vouchers/", new_key()
    answer = api.upload(path, PDF, name="../Rechnung März.pdf", key=key)
    told = answer.json()
    assert answer.status_code == 201
    assert (told["entry"], told["name"], told["content_type"], told["size"]) == (
        draft["id"], "Rechnung März.pdf", "application/pdf", len(PDF)
    )  # fmt: skip
    again = api.upload(path, PDF, name="../Rechnung März.pdf", key=key)
    assert again.json() == told and again["Idempotency-Replayed"] == "true"
    assert api.get(path).json() == [told]
    api.post(f"drafts/{draft['id']}/post/", {}, key=new_key(), **ANY)
    assert EntryVoucher.of(company).get().sealed
    assert api.upload(path, PDF + b"2", key=new_key()).status_code == 201  # a further one
    assert [v["id"] == told["id"] for v in api.get(path).json()] == [True, False]


def test_a_voucher_is_handed_out_bit_for_bit_and_harmless(api):
    entry = api.enter(RENT).json()["id"]
    content = PDF + b"\x00\xff<script>alert(1)</script>"
    told = api.upload(f"journal-entries/{entry}/vouchers/", content, key=new_key()).json()
    for accepted in ("application/json", "application/pdf", "*/*"):
        answer = api.client.get(f"{api.start}vouchers/{told['id']}/", HTTP_ACCEPT=accepted)
        assert (answer.status_code, answer.content) == (200, content)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"] == f'attachment; filename="{told["digest"][:16]}"'
        policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
        assert {"default-src 'none'", "sandbox"} <= policy
        assert answer["Cache-Control"] == "no-store"
        missing = api.client.get(f"{api.start}vouchers/999999/", HTTP_ACCEPT=accepted)
        problem(missing, 404)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<svg onload=alert(1)>", 422, "documents.unknown_type"),
        (b"%PDF-" + b"x" * (20 << 20), 413, "too_large"),
        (b"", 400, "invalid"),
    ],
)
def test_what_is_no_voucher_is_refused(api, company, content, status, code):
    entry = api.enter(RENT).json()["id"]
    path = f"journal-entries/{entry}/vouchers/"
    problem(api.upload(path, content, key=new_key()), status, code)
    problem(api.upload(path, PDF), 400)
    problem(api.upload(path, PDF, key=new_key(), note="x"), 400)
    problem(api.post(path, {}, key=new_key()), 415)
    assert api.get(path).json() == [] and not EntryVoucher.of(company).exists()


# Templates and recurring entries


def recurring_rent(api, **more):
    body = {
        "name": "Miete", "rhythm": "month", "next_date": "2026-01-31", "text": "Miete",
        "lines": RENT["lines"], **more,
    }  # fmt: skip
    return api.post("entry-templates/", body)


def test_a_template_is_made_from_lines_or_from_an_entry(api, company):
    entry = api.enter(SALE).json()["id"]
    answer = api.post("entry-templates/", {"name": "Verkauf", "entry": entry})
    told = answer.json()
    assert answer.status_code == 201 and told["rhythm"] == "" and told["next_date"] is None
    assert {n: told["content"][n] for n in ("mode", "debit", "credit", "amount", "vat_code")} == {
        "mode": "simple", "debit": "1020", "credit": "3200", "amount": "108.10", "vat_code": "UN"
    }  # fmt: skip
    lines = recurring_rent(api).json()["content"]["lines"]
    assert [(x["account"], x["debit"], x["credit"]) for x in lines] == [
        ("6000", "2000.00", ""), ("1020", "", "2000.00")
    ]  # fmt: skip
    assert [t["name"] for t in api.get("entry-templates/").json()["results"]] == [
        "Miete", "Verkauf"
    ]  # fmt: skip
    problem(api.post("entry-templates/", {"name": "Verkauf", "entry": entry}), 422,
            "ledger.template_name_taken")  # fmt: skip
    problem(recurring_rent(api, name="Andere", next_date=None), 422, "ledger.next_date_missing")
    for wrong, place in (
        ({"entry": entry, "lines": RENT["lines"]}, "entry"), ({}, "entry"),
        ({"lines": RENT["lines"]}, "text"), ({"entry": entry + 1000}, "entry"),
        ({"text": "x", "lines": [{"account": "9998"}]}, "lines[0].account"),
        ({"entry": entry, "rhythm": "weekly"}, "rhythm"),
    ):  # fmt: skip
        told = problem(api.post("entry-templates/", {"name": "Neu", **wrong}), 400)
        assert [field for field, _code in places(told)] == [place], wrong
    assert EntryTemplate.of(company).count() == 2


def test_a_template_is_changed_and_deleted_as_it_was_read(api, company):
    told = recurring_rent(api).json()
    path = f"entry-templates/{told['id']}/"
    _told, version = api.read(path)
    problem(api.patch(path, {"rhythm": "quarter"}), 428)
    done = api.patch(path, {"rhythm": "quarter", "until": "2026-12-31"}, **version)
    assert done.json() == {**told, "rhythm": "quarter", "until": "2026-12-31"}
    problem(api.patch(path, {"name": "Neu"}, **version), 412)
    problem(api.patch(path, {"next_date": None}, **ANY), 422, "ledger.next_date_missing")
    assert places(problem(api.patch(path, {"content": {}}, **ANY), 400)) == [
        ("content", "unknown")
    ]  # fmt: skip
    problem(api.delete(path, **version), 412)
    assert api.get(path).json() == done.json()
    assert api.delete(path, HTTP_IF_MATCH=done["ETag"]).status_code == 204
    assert not EntryTemplate.of(company).exists()


def test_what_is_due_is_booked_in_order_once_or_skipped(api, company):
    template = recurring_rent(api).json()
    path = f"entry-templates/{template['id']}/"
    due = api.get("entry-templates/due/", until="2026-03-31").json()["results"]
    assert due == [
        {"template": template["id"], "name": "Miete", "date": day}
        for day in ("2026-01-31", "2026-02-28", "2026-03-31")
    ]
    problem(api.post(f"{path}book/", {"date": "2026-02-28"}, key=new_key()), 409, "ledger.not_due")
    problem(api.post(f"{path}book/", {"date": "2026-01-31"}), 400)
    key = new_key()
    booked, again = (api.post(f"{path}book/", {"date": "2026-01-31"}, key=key) for _ in range(2))
    assert booked.status_code == again.status_code == 201 and booked.json() == again.json()
    assert (booked.json()["source"], booked.json()["date"]) == ("recurring", "2026-01-31")
    assert JournalEntry.of(company).count() == 1
    skipped = api.post(f"{path}skip/", {"date": "2026-02-28"})
    assert (skipped.status_code, skipped.json()["next_date"]) == (200, "2026-03-31")
    problem(api.post(f"{path}skip/", {"date": "2026-02-28"}), 409, "ledger.not_due")
    left = api.get("entry-templates/due/", until="2026-03-31").json()["results"]
    assert [d["date"] for d in left] == ["2026-03-31"]
    lock_period(company=company, period=Period.of(company).get(start=dt.date(2026, 3, 1)),
                lock="locked", by=make.owner_of(company))  # fmt: skip
    problem(api.post(f"{path}book/", {"date": "2026-03-31"}, key=new_key()), 409,
            "ledger.period_locked")  # fmt: skip
    assert api.get(path).json()["next_date"] == "2026-03-31"
    assert JournalEntry.of(company).count() == 1


def test_what_is_due_is_looked_up_for_today_and_not_for_ever(api):
    recurring_rent(api)
    with clock.at(dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)):
        api.sign_in_now()
        assert len(api.get("entry-templates/due/").json()["results"]) == 1
        assert len(api.get("entry-templates/due/", until="2028-01-31").json()["results"]) == 25
        for day in ("2028-03-01", "9999-12-31", "gestern"):
            assert places(problem(api.get("entry-templates/due/", until=day), 400))[0][0] == "until"


# Other companies


def test_things_of_another_company_are_as_missing_as_what_never_was(api, company):
    other = make.company()
    bea = Api(other, make.owner_of(other))
    template = recurring_rent(bea).json()["id"]
    entry = drafted(bea)["id"]
    voucher = bea.upload(f"journal-entries/{entry}/vouchers/", PDF, key=new_key()).json()["id"]
    unit = bea.post("cost-centres/", {"number": "1", "name_de": "x"}).json()["id"]
    year = bea.get("fiscal-years/").json()[0]
    theirs = [
        f"drafts/{entry}/", f"vouchers/{voucher}/", f"cost-centres/{unit}/",
        f"fiscal-years/{year['id']}/", f"periods/{year['periods'][0]['id']}/",
        f"entry-templates/{template}/",
    ]  # fmt: skip
    for path in theirs:
        nobodys = path.split("/")[0] + "/999999999/"
        answers = [problem(api.get(p), 404) for p in (path, nobodys)]
        assert answers[0]["detail"] == answers[1]["detail"]
        for body in ({"name": "x"}, {"lock": "locked"}):
            assert api.patch(path, body, **ANY).status_code in {404, 405}, path
        assert api.delete(path, **ANY).status_code in {404, 405}, path
    problem(api.get(f"journal-entries/{entry}/vouchers/"), 404)
    problem(api.upload(f"journal-entries/{entry}/vouchers/", PDF, key=new_key()), 404)
    problem(api.post(f"drafts/{entry}/post/", {}, key=new_key(), **ANY), 404)
    for act in ("book", "skip"):
        problem(api.post(f"entry-templates/{template}/{act}/", {"date": "2026-01-31"},
                         key=new_key()), 404)  # fmt: skip
    problem(api.post("entry-templates/", {"name": "Neu", "entry": entry}), 400)
    open_companies([other.pk])
    assert JournalEntry.of(other).get(pk=entry).number is None
    assert EntryTemplate.of(other).get().next_date == dt.date(2026, 1, 31)
