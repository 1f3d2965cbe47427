"""What pages of accounting do, by program: acts of every day, papers, and reports as files."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounting.banking import importing
from accounting.banking.models import BankTransaction
from accounting.open_items.models import OpenItem
from accounting.payables.models import SupplierInvoice
from accounting.receivables.dunning import running
from erp.access.permissions import Permission
from erp.audit.models import AccessLogEntry
from erp.cockpit import recovery
from erp.cockpit.firms import found_firm, give_mandate
from erp.companies.models import Module
from erp.core import clock
from erp.mails.models import OutgoingMail
from erp.reference.sources import SOURCES
from tests import make
from tests.accounting.banking.files import camt053, entry, tx
from tests.accounting.payables import purchases
from tests.accounting.receivables import sales
from tests.accounting.receivables.dunning import books as dunned
from tests.erp.client import Api, new_key, places, problem

pytestmark = pytest.mark.django_db
MARK = "\ufeff".encode()


def owner(company):
    return Api(company, make.owner_of(company))


def with_rights(company, *granted):
    return Api(company, make.user(company=company, granted=list(granted)))


def test_all_that_is_certain_is_booked_and_the_rest_waits():
    company = sales.company()
    api = owner(company)
    huber = sales.customer(company)
    bill = sales.issued(company, huber, sales.item("100.00"))
    item = OpenItem.of(company).get(entry=bill.entry)
    importing.take_in(company=company, by=api.user, content=camt053(
        entry("108.10", tx("108.10", party="Huber AG", reference=item.reference), ref="a"),
        entry("77.00", tx("77.00", party="Wer"), ref="b"),
    ))  # fmt: skip
    first, second = BankTransaction.of(company).order_by("pk")
    found = api.get(f"bank-transactions/{second.pk}/items/", q="Huber").json()
    assert [(one["id"], one["open"], one["sign"]) for one in found] == [(item.pk, "108.10", 1)]
    assert api.get(f"bank-transactions/{second.pk}/items/", q="nobody").json() == []
    poster = with_rights(company, "banking.post", "banking.read")
    problem(poster.post("bank-transactions/accept-certain/", {}, key=new_key()), 403)
    problem(poster.get(f"bank-transactions/{second.pk}/items/"), 403)
    key = new_key()
    told = {"booked": 1, "refused": [], "job": None}
    for _time in range(2):
        assert api.post("bank-transactions/accept-certain/", {}, key=key).json() == told
    assert list(BankTransaction.waiting(company)) == [second]
    assert first.pk != second.pk


def test_control_accounts_residues_and_sharing_a_payment_out():
    company = dunned.company()
    api, huber = owner(company), dunned.customer(company)
    items = [dunned.claim(company, huber, amount, due=due)
             for amount, due in (("100.00", "2026-04-01"), ("50.00", "2026-05-01"))]  # fmt: skip
    rows = {one["account"]: one for one in api.get("open-items/control/?on=2026-04-30").json()}
    assert rows["1100"] == {"account": "1100", "side": "receivables", "ledger": "150.00",
                            "items": "150.00", "difference": "0.00"}  # fmt: skip
    wish = {"items": [one.pk for one in items], "amount": "120.00", "date": "2026-04-30"}
    assert api.post("open-items/share/", wish).json() == {
        "parts": [{"item": items[0].pk, "paid": "100.00", "discount": "0.00"},
                  {"item": items[1].pk, "paid": "20.00", "discount": "0.00"}],
        "rest": "0.00",
    }  # fmt: skip
    twice = wish | {"items": [items[0].pk, items[0].pk]}
    assert places(problem(api.post("open-items/share/", twice), 400))[0][0] == "items"
    limit = {"valid_from": "2026-01-01", "amount": "0.05"}
    assert api.post("open-items/residue-limits/", limit, key=new_key()).status_code == 201
    assert api.get("open-items/residue-limits/").json() == [limit]
    reader = with_rights(company, "open_items.read")
    problem(reader.post("open-items/residue-limits/", limit, key=new_key()), 403)
    problem(api.post("open-items/residue-limits/", limit | {"amount": "-1.00"}, key=new_key()), 400)


def test_many_bills_are_handed_in_and_approved_each_by_itself():
    company = purchases.company()
    api, meier = owner(company), purchases.supplier(company)
    row = {"amount": "108.10", "account": "4200", "vat_code": "MN"}
    ids = [api.post("supplier-invoices/", {"contact": meier.pk, "date": "2026-03-01", "number": number,
                                           "lines": [row]}, key=new_key()).json()["id"]
           for number in ("A-1", "A-2")]  # fmt: skip
    anna = make.user(company=company, granted=["payables.read", "payables.approve"])
    api.post("approval-rules/", {"approver": anna.pk}, key=new_key())
    key = new_key()
    done = api.post("supplier-invoices/submit-many/", {"invoices": ids}, key=key)
    told = [(one["id"], one["status"], one["refused"]) for one in done.json()["invoices"]]
    assert told == [(pk, "submitted", []) for pk in ids], done.content
    again = api.post("supplier-invoices/submit-many/", {"invoices": ids}, key=new_key()).json()
    assert {one["refused"][0]["code"] for one in again["invoices"]} == {"payables.not_a_draft"}
    refused = api.post("supplier-invoices/approve-many/", {"invoices": ids}, key=new_key()).json()
    assert {one["refused"][0]["code"] for one in refused["invoices"]} == {"payables.not_yours"}
    hers = Api(company, anna)
    approved = hers.post("supplier-invoices/approve-many/", {"invoices": ids}, key=new_key()).json()
    assert [one["status"] for one in approved["invoices"]] == ["posted", "posted"]
    problem(hers.post("supplier-invoices/submit-many/", {"invoices": ids}, key=new_key()), 403)
    copied = api.post(f"supplier-invoices/{ids[0]}/copy/", {"date": "2026-04-01"}, key=new_key())
    assert (copied.status_code, copied.json()["number"], copied.json()["status"]) == (
        201,
        "",
        "draft",
    )
    assert SupplierInvoice.of(company).count() == 3


def test_letters_of_a_draft_of_a_run_and_a_statement_by_mail():
    company = dunned.company()
    api, huber = owner(company), dunned.customer(company, mail="huber@example.ch")
    item = dunned.claim(company, huber)
    run = running.draft(company, date=dunned.MAY_1, by=api.user)
    place = f"dunning-runs/{run.pk}/"
    letter = api.get(f"{place}letters/{huber.pk}/CHF/")
    assert letter.content.startswith(b"%PDF")
    problem(api.get(f"{place}letters/{huber.pk}/EUR/"), 404)
    problem(api.get(f"{place}print/"), 404)
    seen = api.get(f"{place}plan/").json()["fingerprint"]
    assert api.post(f"{place}execute/", {"seen": seen}, key=new_key()).status_code == 202
    assert api.post(f"{place}letters/", {}, key=new_key()).status_code == 202
    problem(api.get(f"{place}letters/{huber.pk}/CHF/"), 404)
    (told,) = api.get("dunning-letters/", item=item.pk).json()["results"]
    assert told["contact"] == huber.pk
    assert api.get("dunning-letters/", item=item.pk + 1).json()["results"] == []
    sent = api.post(f"account-statements/{huber.pk}/send/", {"on": "2026-05-01"}, key=new_key())
    queued = OutgoingMail.of(company).latest("pk")
    assert sent.json() == {"mail": queued.pk, "to": ["huber@example.ch"]}, sent.content
    reader = with_rights(company, "receivables.read")
    problem(reader.post(f"account-statements/{huber.pk}/send/", {}, key=new_key()), 403)
    problem(api.post("account-statements/999999/send/", {}, key=new_key()), 404)


def test_a_budget_stands_beside_what_was_booked(api, company):
    made = api.post("budgets/", {"fiscal_year": "2026", "name": "x"}).json()
    plans = {"plans": [{"account": "6000", "amount": "12000.00"}]}
    _told, version = api.read(f"budgets/{made['id']}/")
    assert api.put(f"budgets/{made['id']}/amounts/", plans, **version).status_code == 200
    make.rent(company, by=api.user)
    sheet = api.get(f"budgets/{made['id']}/sheet/").json()
    row = next(one for one in sheet["rows"] if one["account"] == "6000")
    assert (row["planned"], row["so_far"], row["in_all"]) == ("12000.00", "2000.00", "12000.00")
    assert (sheet["before"], sheet["sums"]["expense"][0]) == (None, "12000.00")
    months = api.get(f"budgets/{made['id']}/accounts/6000/").json()
    assert [one["planned"] for one in months] == ["1000.00"] * 12
    assert sum(float(one["so_far"]) for one in months) == 2000
    problem(api.get(f"budgets/{made['id']}/accounts/9999/"), 404)
    problem(api.get(f"budgets/{made['id']}/sheet/", cost_centre="x"), 400)


def test_what_stands_around_a_document_and_a_sample():
    company = sales.company()
    api, huber = owner(company), sales.customer(company)
    body = {"kind": "invoice", "contact": huber.pk, "date": "2026-03-01",
            "lines": [{"text": "x", "price": "10.00", "account": "3400", "vat_code": "UN"}]}  # fmt: skip
    draft = api.post("sales-documents/", body, key=new_key()).json()
    around = api.get(f"sales-documents/{draft['id']}/around/").json()
    assert (around["obstacles"], around["made"], around["made_from"]) == ([], [], [])
    issued = api.post(f"sales-documents/{draft['id']}/issue/", {}, key=new_key())
    assert issued.status_code == 200, issued.content
    copied = api.post(
        f"sales-documents/{draft['id']}/credit/", {"date": "2026-03-02"}, key=new_key()
    )
    around = api.get(f"sales-documents/{draft['id']}/around/").json()
    assert around["made"] == [copied.json()["id"]]
    assert [one["quantity"] for one in around["left_to_credit"]] == ["0.0000"]
    less = body | {"lines": [body["lines"][0] | {"price": "-10.00"}]}
    bare = api.post("sales-documents/", less, key=new_key()).json()
    (told,) = api.get(f"sales-documents/{bare['id']}/around/").json()["obstacles"]
    assert told["code"] == "receivables.total_negative" and "10.8" in told["message"]
    sample = api.get("sales-settings/sample/", language="fr")
    assert (sample.status_code, sample.content[:4]) == (200, b"%PDF")
    problem(api.get("sales-settings/sample/", language="xx"), 400)


SPAN = "since=2026-01-01&until=2026-12-31"
#: Reports, and the right that a file of each asks for beside that of reading.
FILES = (
    ("reports/balance-sheet/?until=2026-12-31", "ledger.export"),
    ("reports/income-statement/?until=2026-12-31", "ledger.export"),
    ("reports/trial-balance/?until=2026-12-31", "ledger.export"),
    ("accounts/1020/sheet/?from=2026-01-01&until=2026-12-31", "ledger.export"),
    ("open-items/?side=payables", "ledger.export"),
    ("open-items/ageing/", "ledger.export"),
    ("open-items/due/?by=week", "ledger.export"),
    ("open-items/parties/{contact}/?side=receivables", "ledger.export"),
    ("bank-accounts/{bank}/state/", "ledger.export"),
    ("cash-books/{book}/rows/?" + SPAN, "ledger.export"),
    ("cash-books/{book}/sums/?by=month&" + SPAN, "ledger.export"),
    ("cash-books/{book}/counts/{count}/", "ledger.export"),
    ("budgets/{budget}/amounts/", "ledger.export"),
    ("liquidity/", "ledger.export"),
    ("liquidity/?what=payments", "ledger.export"),
    ("purchase-reports/turnover-by-supplier/?" + SPAN, "ledger.export"),
    ("purchase-reports/turnover-by-month/?" + SPAN, "ledger.export"),
    ("purchase-reports/vat-journal/?" + SPAN, "ledger.export"),
    ("vat-returns/2026-01-01/journal/", "ledger.export"),
    ("vat-code-table/?on=2026-03-01", "ledger.export"),
    ("vat-reconciliation/?start=2026-01-01&end=2026-12-31", "ledger.export"),
    ("sales-reports/turnover-by-customer/?" + SPAN, "receivables.export"),
    ("sales-reports/turnover-by-product/?" + SPAN, "receivables.export"),
    ("sales-reports/turnover-by-month/?" + SPAN, "receivables.export"),
    ("sales-reports/vat-journal/?" + SPAN, "receivables.export"),
    ("sales-reports/payment-habits/", "receivables.export"),
    ("sales-documents/?kind=invoice", "receivables.export"),
    ("products/", "receivables.export"),
    ("supplier-invoices/", "payables.export"),
    ("contacts/", "contacts.export"),
    ("audit-events/", "audit.read"),
)


@pytest.fixture
def sold():
    """A company that sold something, with a cash book that was counted, and a budget."""
    company = sales.company(modules=Module.values)
    api, huber = owner(company), sales.customer(company)
    sales.issued(company, huber, sales.item("100.00"))
    book = api.post(
        "cash-books/", {"name": "Kasse", "account": "1000", "kept_from": "2026-01-01"}
    ).json()
    counted = {"date": "2026-01-31", "counted": "0.00"}
    count = api.post(f"cash-books/{book['id']}/count/", counted, key=new_key())
    assert count.status_code == 201, count.content
    budget = api.post("budgets/", {"fiscal_year": "2026", "name": "x"}).json()
    return company, {"contact": huber.pk, "bank": api.get("bank-accounts/").json()[0]["id"],
                     "book": book["id"], "count": count.json()["id"], "budget": budget["id"]}  # fmt: skip


def test_every_report_is_a_file_too_with_the_right_to_take_it_along(sold):
    company, ids = sold
    api = owner(company)
    everything = Permission.values
    for path, right in FILES:
        place = path.format(**ids)
        glue = "&" if "?" in place else "?"
        told = api.get(place)
        assert (told.status_code, told["Content-Type"]) == (200, "application/json"), (
            place,
            told.content,
        )
        found = api.client.get(f"{api.start}{place}{glue}form=csv", headers={"accept": "text/csv"})
        assert (found.status_code, found.content[:3]) == (200, MARK), (place, found.content[:300])
        assert ".csv" in found["Content-Disposition"], place
        assert problem(api.get(f"{place}{glue}form=doc"), 400)["errors"][0]["field"] == "form"
        if right == "audit.read":
            continue  # looking at it is the right to take it along, as on the page
        without = with_rights(company, *(one for one in everything if one != right))
        assert without.get(place).status_code == 200, place
        problem(without.get(f"{place}{glue}form=csv"), 403)
    assert api.get("contacts/", form="vcf")["Content-Type"].startswith("text/vcard")
    assert api.get("products/", form="pdf").content.startswith(b"%PDF")
    assert AccessLogEntry.of(company).filter(kind="export").count() == 3
    printed = api.post("vat-returns/2026-01-01/print-journal/", {}, key=new_key())
    assert printed.status_code == 202, printed.content


def test_a_list_as_a_file_asks_no_query_more_for_many(sold):
    company, _ids = sold
    api, counts = owner(company), []
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert api.get("sales-documents/", form="csv").status_code == 200
        counts.append(len(asked))
        huber = sales.customer(company, "Noch jemand")
        for _more in range(3):
            sales.issued(company, huber, sales.item("100.00"))
    assert counts[0] == counts[1]


def test_the_overview_tells_what_one_may_see(api, company):
    make.rent(company, by=api.user)
    told = api.get("overview/").json()
    assert set(told) == {
        "figures", "todo", "tasks", "to_approve", "hours_to_approve", "expenses_to_approve",
        "payments_to_approve",
    }  # fmt: skip
    assert told["figures"]["liquidity"] == "-2000.00" and len(told["figures"]["months"]) == 12
    assert told["todo"]["bank"] == 0 and told["tasks"] == []
    nobody = with_rights(company, "company.read").get("overview/").json()
    assert nobody == dict.fromkeys(told)
    problem(with_rights(company, "payroll.own").get("overview/"), 403)


def test_a_code_shows_an_example_of_what_it_does(sold):
    company, _ids = sold
    lines = owner(company).get("vat-code-table/UN/example/?on=2026-03-01").json()
    assert [(one["debit"], one["credit"]) for one in lines] == [
        ("0.00", "100.00"), ("0.00", "8.10"), ("108.10", "0.00")]  # fmt: skip
    rows = {one["code"]: one for one in owner(company).get("vat-code-table/?on=2026-03-01").json()}
    assert (rows["UN"]["rate"], rows["UN"]["boxes"] != "") == ("8.10", True)


def test_cash_books_tell_what_is_in_them(sold):
    company, ids = sold
    told = owner(company).get("cash-books/balances/").json()
    assert told == [{"id": ids["book"], "currency": "CHF", "balance": "0.00"}]
    assert dt.date(2026, 1, 31).isoformat() == owner(company).get(
        f"cash-books/{ids['book']}/counts/{ids['count']}/"
    ).json()["date"]  # fmt: skip


def test_rights_history_and_ones_own_tokens_are_looked_up(api, company, anna):
    told = api.get("permissions/").json()
    rights = {one["code"]: one["mine"] for group in told["groups"] for one in group["rights"]}
    assert set(rights) == set(Permission.values) and all(rights.values())
    assert "owner" in told["grantable"]
    api.patch("", {"name": "Neu AG"}, **api.read("")[1])
    found = api.get(f"history/company/{company.pk}/").json()
    assert found["about"] == "Neu AG" and found["results"][0]["action"] == "company.change"
    assert any("Neu AG" in one for one in found["results"][0]["details"])
    problem(api.get("history/nothing/1/"), 404)
    problem(with_rights(company, "company.read").get(f"history/company/{company.pk}/"), 403)
    wish = {"name": "x", "scopes": ["company.read"], "days": 9}
    made = api.post("app-tokens/", wish).json()["id"]
    bea = make.user(company=company, granted=["company.read"])
    hers = Api(company, bea)
    theirs = hers.post("app-tokens/", wish).json()["id"]
    assert [one["id"] for one in hers.get("my-tokens/").json()["results"]] == [theirs]
    problem(hers.post(f"my-tokens/{made}/revoke/", {}), 404)
    for _twice in range(2):
        assert hers.post(f"my-tokens/{theirs}/revoke/", {}).status_code == 204
    assert hers.get("my-tokens/").json()["results"][0]["revoked_at"]


def test_a_logo_is_fetched_as_it_was_set(api, company):
    problem(api.get("logo/"), 404)
    picture = png()
    assert (
        api.upload("logo/", picture, name="logo.png", method="put", HTTP_IF_MATCH="*").status_code
        == 200
    )
    assert api.get("logo/").content == picture


def png():
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()


def test_who_lost_all_factors_is_known_by_somebody_else(api, company, anna):
    bea = make.user(company=company, granted=["members.read"])
    recovery.ask(bea)
    (told,) = api.get("recoveries/").json()
    assert (told["email"], told["by"]) == (bea.email, None)
    place = f"recoveries/{told['id']}/"
    hers = Api(company, bea)
    problem(hers.post(f"{place}confirm/", {}), 403)
    problem(sign_in_before(api).post(f"{place}confirm/", {}), 403)
    assert api.post(f"{place}confirm/", {}).status_code == 204
    assert api.get("recoveries/").json()[0]["by"] == anna.email
    assert api.post(f"{place}refuse/", {}).status_code == 204
    assert api.get("recoveries/").json() == []
    problem(api.post(f"{place}refuse/", {}), 404)


def sign_in_before(api):
    """The same person, whose second factor was used too long ago."""
    old = Api.__new__(Api)
    old.__dict__ |= api.__dict__ | {"client": type(api.client)()}
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        old.client.force_login(api.user)
    return old


def of_no_company(api):
    general = Api.__new__(Api)
    general.__dict__ |= api.__dict__ | {"start": "/api/v1/"}
    return general


def test_ones_own_account(api, anna):
    me, other = of_no_company(api), sign_in_before(of_no_company(api))
    assert me.get("me/").json()["email"] == anna.email
    assert me.post("me/name/", {"name": "Anna  Muster"}).json()["name"]
    assert places(problem(me.post("me/name/", {"name": ""}), 400))
    for one in (me, other):
        key = one.client.session.session_key
        UserSession.objects.create(
            user=anna, session_key=key, ip="127.0.0.1", user_agent="x", data={}
        )
    told = me.get("me/devices/").json()
    assert sorted(one["is_this"] for one in told["sessions"]) == [False, True]
    problem(other.post("me/address/", {"email": "neu@example.ch"}), 403)
    assert me.post("me/address/", {"email": "neu@example.ch"}).status_code == 202
    problem(me.post("me/address/", {"email": anna.email}), 422, "addresses.same")
    assert me.get("me/events/").json()["results"][0]["kind"] == "email_asked"
    problem(me.post("me/sessions/999999/end/", {}), 404)
    problem(me.post("me/phones/999999/end/", {}), 404)
    problem(me.post("me/devices/999999/forget/", {}), 404)
    for one in told["devices"]:
        assert me.post(f"me/devices/{one['id']}/forget/", {}).status_code == 204
    assert other.get("me/").status_code == 200
    assert me.post("me/end-others/", {}).json() == {"count": 1}
    assert me.get("me/").status_code == 200  # the session at hand goes on
    problem(other.get("me/"), 401)


def test_an_app_token_has_no_account_of_its_own(api, company, anna):
    made = api.post("app-tokens/", {"name": "x", "scopes": ["company.read"], "days": 9}).json()
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {made['token']}"}
    for path in ("me/", "me/devices/", "installation/jobs/", "firms/1/"):
        assert Client().get(f"/api/v1/{path}", **bearer).status_code == 403, path


def test_staff_of_a_firm_is_invited_changed_and_removed(
    company, django_capture_on_commit_callbacks
):
    lead, by = make.user(), make.user(is_operator=True)
    firm = found_firm(name="Treuhand x", manager=lead, by=by)
    me = of_no_company(Api(company, lead))
    place = f"firms/{firm.pk}/"
    told = me.get(place).json()
    assert [one["email"] for one in told["staff"]] == [lead.email]
    assert me.get(f"{place}mandates/").json()["results"] == []
    give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=make.owner_of(company))
    assert me.get(f"{place}mandates/").json()["results"] == [
        {"company": company.pk, "name": company.name}
    ]
    wish = {"email": "neu@example.ch", "team_role": "assistant"}
    problem(sign_in_before(me).post(f"{place}invitations/", wish), 403)
    with django_capture_on_commit_callbacks(execute=True):
        sent = me.post(f"{place}invitations/", wish)
    assert (sent.status_code, sent.json()["email"]) == (201, "neu@example.ch")
    assert mail.outbox[-1].to == ["neu@example.ch"]
    one = f"{place}invitations/{sent.json()['id']}/"
    assert me.post(f"{one}resend/", {}).status_code == 201
    assert me.post(f"{one}withdraw/", {}).status_code == 204
    problem(me.post(f"{one}withdraw/", {}), 404)
    bea = make.staff(firm, lead)
    hers = of_no_company(Api(company, bea))
    assert hers.get(place).json()["invitations"] == []
    problem(hers.post(f"{place}invitations/", wish), 404)
    changed = me.post(
        f"{place}staff/{bea.pk}/change/", {"team_role": "reviewer", "is_manager": True}
    )
    assert (changed.json()["team_role"], changed.json()["is_manager"]) == ("reviewer", True)
    assert me.post(f"{place}staff/{bea.pk}/remove/", {}).status_code == 204
    problem(hers.get(place), 404)
    problem(me.post(f"{place}staff/{lead.pk}/remove/", {}), 409, "firms.last_manager")
    problem(of_no_company(Api(company, make.owner_of(company))).get(place), 404)


def test_jobs_of_the_installation_are_the_operators(company):
    operator = make.user(is_operator=True)
    me, nobody = (of_no_company(Api(company, one)) for one in (operator, make.owner_of(company)))
    problem(nobody.get("installation/jobs/"), 403)
    problem(nobody.post("reference/sources/banks/fetch/", {}), 403)
    source = next(iter(SOURCES))
    problem(sign_in_before(me).post(f"reference/sources/{source}/fetch/", {}), 403)
    begun = me.post(f"reference/sources/{source}/fetch/", {})
    assert begun.status_code == 202, begun.content
    assert me.post(f"reference/sources/{source}/fetch/", {}).json()["id"] == begun.json()["id"]
    place = f"installation/jobs/{begun.json()['id']}/"
    assert me.get(place).json()["state"] == "waiting"
    assert begun.json()["id"] in [
        one["id"] for one in me.get("installation/jobs/").json()["results"]
    ]
    assert me.post(f"{place}cancel/", {}).json()["state"] == "cancelled"
    problem(me.post("reference/sources/nothing/fetch/", {}), 404)
