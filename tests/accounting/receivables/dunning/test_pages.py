"""Pages and endpoints of dunning and of statements of account."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.receivables.dunning import jobs, queries, running, stops
from accounting.receivables.dunning.models import (
    CustomerDunning,
    DunningLevel,
    DunningNotice,
    DunningProcedure,
    DunningRun,
    ItemStop,
)
from erp.core.tenancy import open_companies
from erp.jobs import running as worker
from erp.jobs.models import Job
from erp.mails.models import OutgoingMail
from tests import make
from tests.accounting.receivables.dunning.books import (
    MAY_1,
    MAY_12,
    claim,
    company,
    customer,
    level,
    procedure,
    run,
    set_level,
)
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    return company()


@pytest.fixture
def desk(books):
    client = Client()
    client.force_login(make.owner_of(books))
    client.start = f"/c/{books.pk}/receivables/"
    return client


@pytest.fixture
def api(books):
    return Api(books, make.owner_of(books))


def finish(books, job):
    worker.run(job, books.pk)
    open_companies([books.pk])
    return Job.of_place(books.pk).get(pk=job)


def drafted(books, day=MAY_1):
    return running.draft(books, date=day, by=make.owner_of(books))


def test_from_the_overview_to_the_letters(books, desk):
    huber, meier = customer(books), customer(books, "Meier AG")
    one, two = claim(books, huber), claim(books, meier)
    page = desk.get(desk.start + "dunning/?on=2026-05-01")
    assert page.status_code == 200 and b"Huber AG" in page.content
    answer = desk.post(desk.start + "dunning/", {"date": "2026-05-01"})
    made = DunningRun.of(books).get()
    where = answer["Location"]
    assert where.endswith(f"/runs/{made.pk}/")
    seen = desk.get(where).context["plan"].fingerprint
    desk.post(where, {"do": "leave", "item": two.pk})
    assert desk.post(where, {"do": "execute", "seen": seen}).status_code == 422
    assert not DunningNotice.of(books).exists()
    shown = desk.get(where)
    assert [one.customer.name for one in shown.context["plan"].letters] == ["Huber AG"]
    seen = shown.context["plan"].fingerprint
    assert desk.post(where, {"do": "execute", "seen": seen}).status_code == 302
    assert finish(books, Job.of(books).get(kind=jobs.LETTERS).pk).state == "done"
    notice = DunningNotice.of(books).get()
    page = desk.get(where).content.decode()
    assert f"/letters/{notice.pk}/" in page and "/print/" in page
    for path in (f"runs/{made.pk}/print/", f"letters/{notice.pk}/pdf/"):
        found = desk.get(f"{desk.start}dunning/{path}")
        assert found.content.startswith(b"%PDF") and found["Content-Type"] == "application/pdf"
    letter = f"{desk.start}dunning/letters/{notice.pk}/"
    assert b"R-1" in desk.get(letter).content
    assert desk.get(letter + "pdf/")["X-Frame-Options"] == "SAMEORIGIN"  # shown on the page
    assert desk.get(f"{desk.start}dunning/items/{one.pk}/").context["letters"][0].notice == notice
    assert desk.post(letter, {"reason": "falsch"}).status_code == 302
    assert desk.post(letter, {"reason": "falsch"}).status_code == 422  # once
    assert desk.post(where, {"do": "cancel", "reason": "alles falsch"}).status_code == 302
    assert DunningRun.of(books).get(pk=made.pk).status == "cancelled"


def test_a_draft_shows_each_letter_and_why(books, desk):
    huber = customer(books)
    claim(books, huber), claim(books, huber, "-30.00", document="G-1")
    stops.stop_item(claim(books, huber, "70.00", document="R-3"), kind="disputed", text="Kratzer im Lack",
                    by=make.owner_of(books))  # fmt: skip
    made = drafted(books)
    page = desk.get(f"{desk.start}dunning/runs/{made.pk}/").content.decode()
    for told in ("R-1", "G-1", "Kratzer im Lack", "70.00"):
        assert told in page
    pdf = desk.get(f"{desk.start}dunning/runs/{made.pk}/letters/{huber.pk}/CHF/")
    assert pdf.content.startswith(b"%PDF")
    assert (
        desk.get(f"{desk.start}dunning/runs/{made.pk}/letters/{huber.pk}/EUR/").status_code == 404
    )
    assert desk.post(f"{desk.start}dunning/runs/{made.pk}/", {"do": "discard"}).status_code == 302
    assert desk.get(f"{desk.start}dunning/runs/{made.pk}/").status_code == 404


def test_a_draft_says_why_a_letter_cannot_be_made_and_offers_no_execution(books, desk):
    books.postcode = ""
    books.save()
    claim(books, customer(books))
    made = drafted(books)
    page = desk.get(f"{desk.start}dunning/runs/{made.pk}/")
    assert page.context["faults"] == 1 and b'value="execute"' not in page.content
    assert desk.post(f"{desk.start}dunning/runs/{made.pk}/", {"do": "execute"}).status_code == 422


@pytest.mark.parametrize("page", ["dunning/?on=2026-05-31", "statements/?on=2026-05-31", "dunning/runs/{draft}/",
                                  "dunning/runs/{run}/"])  # fmt: skip
def test_pages_cost_the_same_however_many_customers_there_are(books, desk, page):
    def fill(first, last):
        for nth in range(first, last):
            new = customer(books, f"Kunde {nth} AG", mail=f"k{nth}@example.ch")
            claim(books, new, document=f"R-{nth}")
            claim(books, new, "-1.00", document=f"G-{nth}")
            claim(books, new, "9.00", due="2026-08-01", document=f"Z-{nth}")

    def count(made, draft):
        path = desk.start + page.format(run=made.pk, draft=draft.pk)
        with CaptureQueriesContext(connection) as found:
            assert desk.get(path).status_code == 200
        return len(found)

    fill(0, 2)
    made, _notices = run(books)
    draft = drafted(books, MAY_12)
    count(made, draft)
    one = count(made, draft)
    fill(2, 9)
    running.discard(draft, by=make.owner_of(books))
    made, _notices = run(books, MAY_12)
    fill(9, 14)
    draft = drafted(books, MAY_12)
    assert count(made, draft) == one <= 45


def test_an_item_is_stopped_and_dunned_again(books, desk):
    item = claim(books, customer(books))
    page = f"{desk.start}dunning/items/{item.pk}/"
    assert desk.post(page, {"kind": "other"}).status_code == 422
    told = {"kind": "agreed", "text": "zahlt in Raten", "until": "31.05.2026"}
    assert desk.post(page, told).status_code == 302
    stop = ItemStop.of(books).get()
    assert (stop.kind, str(stop.until), stop.created_by) == (
        "agreed",
        "2026-05-31",
        make.owner_of(books),
    )
    assert b"zahlt in Raten" in desk.get(page).content
    assert desk.post(page, {"lift": "1"}).status_code == 302
    assert desk.post(page, {"lift": "1"}).status_code == 422
    assert page.encode() in desk.get(f"/c/{books.pk}/open-items/{item.pk}/").content


def test_a_customer_is_stopped_with_a_reason(books, desk):
    huber = customer(books)
    claim(books, huber), run(books)
    page = f"{desk.start}dunning/customers/{huber.pk}/"
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"stop_kind": "other"}).status_code == 422
    assert (
        desk.post(page, {"stop_kind": "agreed", "stopped_until": "2026-12-31"}).status_code == 302
    )
    assert CustomerDunning.of(books).get().stop_kind == "agreed"
    assert page.encode() in desk.get(f"/c/{books.pk}/contacts/{huber.pk}/").content


def test_levels_are_set_up_and_changed(desk, books):
    bare = company(levels_too=False)
    client = Client()
    client.force_login(make.owner_of(bare))
    start = f"/c/{bare.pk}/receivables/dunning/settings/"
    assert client.get(f"/c/{bare.pk}/receivables/dunning/").status_code == 200
    assert client.post(f"/c/{bare.pk}/receivables/dunning/").status_code == 422
    assert client.get(start).status_code == 200
    assert client.post(start, {"set_up": "1"}).status_code == 302
    assert client.post(start, {"set_up": "1"}).status_code == 422
    assert DunningLevel.of(bare).count() == 3
    assert (
        client.post(start, {"code": "firms", "name_de": "Firmen", "minimum": "10"}).status_code
        == 302
    )
    firms = DunningProcedure.of(bare).get(code="firms")
    page = f"{start}{firms.pk}/"
    answer = client.post(page, {"add": "1"})
    assert answer["Location"].endswith(f"/levels/{DunningLevel.of(bare).get(procedure=firms).pk}/")
    assert (
        client.post(page, {"code": "firms", "name_de": "Firmen", "minimum": "-1"}).status_code
        == 422
    )
    told = {
        "code": "firms",
        "name_de": "Firmen",
        "minimum": "20.00",
        "is_default": "on",
        "post_fees": "on",
    }
    assert client.post(page, told).status_code == 302
    assert DunningProcedure.of(bare).get(is_default=True).minimum == Decimal("20.00")
    assert client.post(page, {"delete": "1"}).status_code == 422
    old = DunningProcedure.of(bare).get(code="standard")
    assert client.post(f"{start}{old.pk}/", {"delete": "1"}).status_code == 302
    assert DunningLevel.of(bare).count() == 1


def test_a_level_takes_fees_and_texts(books, desk):
    page = f"{desk.start}dunning/settings/levels/{level(books, 1).pk}/"
    form = desk.get(page).context["form"]
    told = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    told = {name: "" if value in (None, {}) else value for name, value in told.items()}
    told |= {"fees": "CHF 20.00, EUR 18", "interest": "charged", "de_title": "Erinnerung", "fr_title": "",
             "fr_intro": "", "fr_closing": ""}  # fmt: skip
    assert desk.post(page, told).status_code == 302
    found = level(books, 1)
    assert {fee.currency: fee.amount for fee in found.fees.all()} == {
        "CHF": Decimal("20.00"), "EUR": Decimal("18.00")}  # fmt: skip
    assert [(text.language, text.title) for text in found.texts.all()] == [("de", "Erinnerung")]
    assert desk.get(page).context["form"].initial["fees"]["CHF"] == Decimal("20.00")
    for bad in (
        {"fees": "zwanzig"},
        {"de_intro": "{name}"},
        {"de_title": ""},
        {"interest_percent": "30"},
    ):
        assert desk.post(page, {**told, **bad}).status_code == 422
    assert desk.post(page, {"delete": "1"}).status_code == 422
    last = f"{desk.start}dunning/settings/levels/{level(books, 3).pk}/"
    assert desk.post(last, {"delete": "1"}).status_code == 302


def test_statements_are_read_printed_and_mailed(books, desk):
    huber = customer(books, mail="a@b.example.ch")
    claim(books, huber), claim(books, huber, "5.00", currency="EUR", base="4.70", document="R-2")
    assert b"Huber AG" in desk.get(desk.start + "statements/?on=2026-05-01").content
    path = f"{desk.start}statements/{huber.pk}/"
    assert desk.get(path).content.startswith(b"%PDF")
    assert desk.get(f"{desk.start}statements/{huber.pk + 1}/").status_code == 404
    assert desk.post(path).status_code == 302
    assert OutgoingMail.of(books).get().files.count() == 2
    answer = desk.post(desk.start + "statements/", {"on": "2026-05-01", "slip": "on"})
    job = finish(books, int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert job.state == "done" and job.file_id
    assert desk.post(desk.start + "statements/", {"on": "gestern"}).status_code == 422
    dunner = make.user(company=books, granted=["receivables.read", "receivables.dun"])
    client = Client()
    client.force_login(dunner)
    assert (
        client.post(desk.start + "statements/", {"on": "2026-05-01", "by_mail": "on"}).status_code
        == 403
    )
    assert client.post(path).status_code == 403


def test_who_may_only_read_changes_nothing(books):
    item = claim(books, customer(books))
    made, (notice,) = run(books)
    reader = make.user(company=books, granted=["receivables.read"])
    client = Client()
    client.force_login(reader)
    start = f"/c/{books.pk}/receivables/dunning/"
    pages = ["", f"runs/{made.pk}/", f"letters/{notice.pk}/", f"items/{item.pk}/", "settings/",
             f"customers/{notice.contact_id}/", f"settings/{procedure(books).pk}/",
             f"settings/levels/{level(books, 1).pk}/"]  # fmt: skip
    for page in pages:
        assert client.get(start + page).status_code == 200, page
        assert client.post(start + page).status_code == 403, page


def test_endpoints_plan_execute_and_cancel(books, api):
    huber, meier = customer(books), customer(books, "Meier AG")
    item = claim(books, huber)
    claim(books, meier, document="R-2")
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    plan = api.get("dunning-plan/?on=2026-05-01").json()
    assert [(one["customer"], one["level"], one["total"]) for one in plan["letters"]] == [
        ("Huber AG", 1, "120.00"), ("Meier AG", 1, "120.00"),
    ]  # fmt: skip
    why = plan["letters"][0]["items"][0]["why"][0]
    assert why["code"] == "first" and why["text"]
    alone = api.get(f"dunning-plan/?on=2026-05-01&contact={meier.pk}").json()
    assert [one["customer"] for one in alone["letters"]] == ["Meier AG"]
    made = api.post("dunning-runs/", {"date": "2026-05-01"})
    assert made.status_code == 201 and made.json()["status"] == "draft"
    path = f"dunning-runs/{made.json()['id']}/"
    assert api.post(path + "leave-out/", {"contact": meier.pk}).json()["left_out_customers"] == [
        meier.pk
    ]
    seen = api.get(path + "plan/").json()["fingerprint"]
    problem(
        api.post(path + "execute/", {"seen": plan["fingerprint"]}, key=new_key()),
        409,
        "dunning.plan_changed",
    )
    key = new_key()
    first, again = (api.post(path + "execute/", {"seen": seen}, key=key) for _ in range(2))
    assert (first.status_code, first.json()) == (202, again.json())
    finish(books, first.json()["id"])
    (letter,) = api.get("dunning-letters/").json()["results"]
    assert (letter["total"], letter["fee"], letter["has_pdf"]) == ("120.00", "20.00", True)
    whole = api.get(f"dunning-letters/{letter['id']}/").json()
    assert [(one["item"], one["level"], one["rest"]) for one in whole["items"]] == [
        (item.pk, 1, "100.00")
    ]
    assert api.get(f"dunning-letters/{letter['id']}/pdf/").content.startswith(b"%PDF")
    assert api.get(f"dunning-letters/?contact={meier.pk}").json()["results"] == []
    cancelled = api.post(f"dunning-letters/{letter['id']}/cancel/", {"reason": "falsch"})
    assert cancelled.json()["cancelled_at"]
    problem(
        api.post(f"dunning-letters/{letter['id']}/cancel/", {"reason": "x"}),
        409,
        "dunning.cancelled_already",
    )
    assert api.post(path + "cancel/", {"reason": "falsch"}).json()["status"] == "cancelled"
    problem(api.post(path + "discard/", {}), 409, "dunning.not_a_draft")
    problem(api.post("dunning-runs/", {"date": "2190-01-01"}), 422, "dunning.day_ahead")
    draft = api.post("dunning-runs/", {"date": "2026-05-01"}).json()["id"]
    assert api.post(f"dunning-runs/{draft}/discard/", {}).status_code == 204
    assert [one["status"] for one in api.get("dunning-runs/").json()["results"]] == ["cancelled"]


def test_endpoints_stop_and_go_on(books, api):
    huber = customer(books)
    item = claim(books, huber)
    stop = api.post("dunning-stops/", {"item": item.pk, "kind": "disputed", "text": "Mängel"})
    assert (stop.status_code, stop.json()["kind"]) == (201, "disputed")
    problem(
        api.post("dunning-stops/", {"item": item.pk, "kind": "disputed"}),
        409,
        "dunning.stopped_already",
    )
    problem(api.post("dunning-stops/", {"item": 999999, "kind": "disputed"}), 400)
    assert len(api.get("dunning-stops/").json()["results"]) == 1
    assert api.post(f"dunning-stops/{stop.json()['id']}/lift/", {}).json()["lifted_at"]
    assert api.get("dunning-stops/").json()["results"] == []
    assert len(api.get(f"dunning-stops/?lifted=true&item={item.pk}").json()["results"]) == 1
    path = f"dunning-customers/{huber.pk}/"

    def put(told):
        _read, version = api.read(path)
        return api.put(path, told, **version)

    assert api.get(path).json()["procedure"] is None
    problem(api.put(path, {}), 428)
    told = {"procedure": "standard", "stop_kind": "other", "stop_reason": "Nachlass"}
    assert put(told).json() == {"contact": huber.pk, "stopped_until": None, **told}
    problem(put({"stop_kind": "other"}), 422, "dunning.reason_missing")
    assert put({}).json()["stop_kind"] == ""
    assert len(api.get("dunning-customers/").json()["results"]) == 1


def test_endpoints_change_levels(api, books):
    problem(api.post("dunning-procedures/set-up/", {}), 409, "dunning.set_up_already")
    made = api.post(
        "dunning-procedures/", {"code": "firms", "name_de": "Firmen", "minimum": "10.00"}
    )
    assert made.status_code == 201 and made.json()["levels"] == []
    level = api.post("dunning-levels/", {
        "procedure": "firms", "days_after_due": 5, "fees": [{"currency": "CHF", "amount": "20.00"}],
        "texts": [{"language": "de", "title": "Mahnung", "intro": "Bitte", "closing": "Bis {until}"}],
        "interest": "charged", "interest_percent": "6.00", "sent_by": "print",
    })  # fmt: skip
    assert level.status_code == 201 and level.json()["level"] == 1
    path = f"dunning-levels/{level.json()['id']}/"
    told, version = api.read(path)
    assert told["fees"] == [{"currency": "CHF", "amount": "20.00"}]
    changed = api.patch(path, {"fees": [], "period": 5}, **version).json()
    assert (changed["fees"], changed["period"], len(changed["texts"])) == ([], 5, 1)
    problem(api.patch(path, {"period": 6}, **version), 412)
    problem(api.patch(path, {"texts": [{"language": "de", "title": "x", "intro": "{y}"}]},
                      HTTP_IF_MATCH="*"), 422, "dunning.unknown_placeholder")  # fmt: skip
    head = f"dunning-procedures/{made.json()['id']}/"
    _told, version = api.read(head)
    assert api.patch(head, {"is_default": True}, **version).json()["is_default"]
    assert api.delete(path, HTTP_IF_MATCH="*").status_code == 204
    problem(api.delete(head, HTTP_IF_MATCH="*"), 409, "dunning.procedure_in_use")
    assert len(api.get("dunning-procedures/").json()) == 2


def test_endpoints_of_statements(books, api):
    huber = customer(books)
    claim(books, huber)
    (found,) = api.get("account-statements/?on=2026-05-01").json()["results"]
    assert (found["customer"], found["balance"], found["ages"][1]) == (
        "Huber AG",
        "100.00",
        "100.00",
    )
    assert api.get(f"account-statements/{huber.pk}/pdf/?slip=false").content.startswith(b"%PDF")
    assert api.get("account-statements/999999/pdf/").status_code == 404
    job = api.post("account-statements/", {"on": "2026-05-01"}, key=new_key())
    assert job.status_code == 202 and finish(books, job.json()["id"]).result["printed"] == 1
    dunner = make.user(company=books, granted=["receivables.read", "receivables.dun"])
    body = {"on": "2026-05-01", "by_mail": True}
    assert Api(books, dunner).post("account-statements/", body, key=new_key()).status_code == 403


def test_lists_of_the_api_cost_the_same_for_many(books, api):
    def fill(first, last):
        for nth in range(first, last):
            claim(books, customer(books, f"Kunde {nth} AG"), document=f"R-{nth}")

    def counts():
        found = []
        for path in ("dunning-plan/?on=2026-05-12", "dunning-letters/", "dunning-runs/",
                     "dunning-procedures/", "account-statements/"):  # fmt: skip
            with CaptureQueriesContext(connection) as seen:
                assert api.get(path).status_code == 200
            found.append(len(seen))
        return found

    fill(0, 2)
    run(books)
    counts()
    one = counts()
    fill(2, 8)
    run(books)
    assert counts() == one
    assert queries.runs_of(books).count() == 2
