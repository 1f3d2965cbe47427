"""Pages of suppliers' invoices: the list, the mask, from the inbox, one invoice, approval, what comes again."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.payables import approving, drafting, making, masks
from accounting.payables.capture.models import InboxDocument
from accounting.payables.models import (
    AccrualPart,
    ApprovalRule,
    RecurringSupplierInvoice,
    SupplierInvoice,
)
from accounting.payables.reckoning import lines_of
from accounting.terms.models import SupplierTerms
from contacts import saving
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.documents import storing
from tests import make
from tests.accounting.payables.capture import papers
from tests.accounting.payables.capture.inbox import received
from tests.accounting.payables.purchases import MARCH_1, company, draft, line, posted, supplier
from vat.codes.models import VatCode

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books():
    with clock.at(dt.datetime(2026, 6, 9, 8, tzinfo=dt.UTC)):
        yield company()


@pytest.fixture
def meier(books):
    return supplier(books)


@pytest.fixture
def desk(books):
    return desk_of(make.owner_of(books))


def desk_of(user):
    client = Client()
    client.force_login(user)
    return client


def at(books, name, *values):
    return reverse(name, args=[books.pk, *values])


def shown(desk, address):
    answer = desk.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(contact, *lines, **more):
    told = {"contact": str(contact.pk), "date": "01.03.2026", "number": "A-1", "kind": "invoice",
            "lines": list(lines)} | more  # fmt: skip
    return json.dumps(told)


def test_the_list_costs_the_same_at_any_size(books, meier, desk):
    counts = []
    for many in (1, 12):
        for nth in range(many):
            posted(meier, line(), number=f"{many}-{nth}")
            draft(supplier(books, f"Lieferant {many}-{nth}"), line(), number="X")
        with CaptureQueriesContext(
            connection,
        ) as found:
            shown(desk, at(books, "supplier-invoices"))
        counts.append(len(found))
        open_companies([books.pk])
    assert (
        counts[0] == counts[1] <= 15
    )  # eleven of them say who looks, at what, and whether they may


def test_the_list_is_filtered_paged_and_a_file(books, meier, desk):
    for nth in range(60):
        draft(meier, line(), number=f"D-{nth:02}")
    open_one = posted(meier, line(), number="offen-7", due_date=dt.date(2026, 3, 2))
    start = at(books, "supplier-invoices")
    assert "offen-7" in shown(desk, f"{start}?status=overdue")
    assert "D-01" not in shown(desk, f"{start}?status=open")
    assert "offen-7" in shown(desk, f"{start}?q=offen")
    first = shown(desk, f"{start}?order=number")
    assert "D-00" in first and "D-55" not in first and 'rel="next"' in first
    open_companies([books.pk])
    last = SupplierInvoice.of(books).get(number="D-49").pk
    assert "D-55" in shown(desk, f"{start}?order=number&after={last}")
    assert open_one.number in desk.get(f"{start}?status=open&format=csv").content.decode()
    for form in ("xlsx", "pdf"):
        assert desk.get(f"{start}?format={form}").status_code == 200


def test_an_invoice_is_entered_by_the_mask_and_handed_in(books, meier, desk):
    address = at(books, "supplier-invoice-new")
    assert "Meier" not in shown(desk, address)
    assert "Meier AG" in shown(desk, f"{address}?contact={meier.pk}")
    rows = [
        {"account": "4200", "amount": "108.10", "vat_code": "MN"},
        {"account": "4400", "vat_code": "-"},
    ]
    bad = desk.post(address, {"document": sent(meier, *rows), "do": "submit"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "lines[1].amount")
    for _twice in range(2):
        answer = desk.post(address, {"document": sent(meier, *rows, payable="1'158.10"),
                                     "do": "submit", "once": "k"})  # fmt: skip
        assert answer.status_code == 200
    open_companies([books.pk])
    invoice = SupplierInvoice.of(books).get()
    assert invoice.is_posted and invoice.payable == D("1158.10")
    page = shown(desk, answer.json()["url"])
    assert "1’050.00" in page and "A-1" in page


def test_the_preview_reckons_and_tells_twins_without_writing(books, meier, desk):
    posted(meier, line(), number="A-1")
    address = at(books, "supplier-invoice-preview")
    rows = [{"account": "4200", "amount": "100", "vat_code": "MN"}]
    told = desk.post(address, {"document": sent(meier, *rows, basis="net")}).json()
    assert (told["net"], told["payable"], told["vat"]) == (
        "100.00",
        "108.10",
        [["MN", "8.1", "100.00", "8.10"]],
    )
    assert told["twins"][0]["why"]
    wrong = desk.post(
        address, {"document": sent(meier, {"account": "1"}, date="x", iban="CH1")}
    ).json()
    assert {one["field"] for one in wrong["errors"]} >= {"date", "lines[0].amount"}
    open_companies([books.pk])
    assert SupplierInvoice.of(books).count() == 1


def test_what_was_booked_before_is_proposed(books, meier, desk):
    for nth in range(3):
        posted(meier, line(account="6570", code="IN"), number=f"H-{nth}")
    told = desk.get(at(books, "supplier-invoice-lookup", "supplier"), {"id": meier.pk}).json()
    assert (told["habit"]["account"], told["habit"]["vat_code"], told["habit"]["times"]) == (
        "6570",
        "IN",
        3,
    )
    found = desk.get(at(books, "supplier-invoice-lookup", "suppliers"), {"q": "mei"}).json()[
        "found"
    ]
    assert [one["name"] for one in found] == ["Meier AG"]


def test_a_draft_is_changed_as_it_was_read(books, meier, desk):
    invoice = draft(meier, line("50.00", code="MN"))
    address = at(books, "supplier-invoice-edit", invoice.pk)
    assert "50.00" in shown(desk, address)
    row = {"account": "4200", "amount": "60", "vat_code": "-"}
    assert desk.post(address, {"document": sent(meier, row, version="1")}).status_code == 200
    stale = desk.post(address, {"document": sent(meier, row, version="1")})
    assert stale.json()["errors"][0]["code"] == "payables.changed_meanwhile"
    page = shown(desk, at(books, "supplier-invoice", invoice.pk))
    assert "60.00" in page
    assert desk.post(at(books, "supplier-invoice-submit", invoice.pk)).status_code == 302
    assert desk.get(address).status_code == 302


def test_a_mask_says_the_same_as_its_invoice(meier):
    told = draft(meier, line("-3.50", "6300", "IN", vat_amount=D("-0.26"), supply_from=MARCH_1),
                 line("100.00"), payable=D("96.50"), due_date=dt.date(2026, 4, 1))  # fmt: skip
    typed = making.typed_of(told, lines_of(told))
    again = drafting.drafted(meier.company, masks.typed_invoice(masks.sent_by(typed)))
    assert making.typed_of(again.invoice, again.lines) == typed


def test_a_mask_attaches_no_file_of_others(books, meier, desk):
    """AUZ: any stored file by its number would become a voucher that others may read."""
    secret = storing.store(
        company=books, name="x.pdf", content=b"%PDF-1.4 x", by=make.owner_of(books)
    )
    row = {"account": "4200", "amount": "5"}
    told = sent(meier, row, file=str(secret.pk))
    assert desk.post(at(books, "supplier-invoice-new"), {"document": told}).status_code == 200
    open_companies([books.pk])
    assert SupplierInvoice.of(books).get().file is None


# --- the inbox --------------------------------------------------------------------------------------
def test_a_bill_of_the_inbox_is_filled_in_and_captured(books, desk):
    by = make.owner_of(books)
    muller = saving.add_contact(company=books, by=by, kind="organisation", name="Müller Holzbau AG")
    SupplierTerms.unscoped.create(
        company=books, contact=muller, expense_account=make.account(books, "4200"),
        vat_code=VatCode.of(books).get(code="MN"),
    )  # fmt: skip
    first, second = received(books, by, papers.pdf(), papers.blank())
    address = at(books, "inbox-capture", first.pk)
    page = shown(desk, address)
    told = json.loads(page.split('id="sent" type="application/json">')[1].split("</script>")[0])
    assert (told["contact"], told["payable"], told["inbox"]) == (
        str(muller.pk),
        "1949.75",
        str(first.pk),
    )
    assert told["iban"] and told["lines"][-1]["account"] == "4200"
    assert "inbox" in page and "original" in page
    answer = desk.post(
        address, {"document": json.dumps({**told, "date": "01.06.2026", "number": "4711"})}
    )
    assert answer.json()["next"] == at(books, "inbox-capture", second.pk)
    assert "Müller Holzbau AG, Rechnung 4711 ist gespeichert" in shown(desk, answer.json()["next"])
    open_companies([books.pk])
    invoice = SupplierInvoice.of(books).get()
    document = InboxDocument.of(books).get(pk=first.pk)
    assert (document.state, document.bill, invoice.file_id) == (
        "captured",
        invoice.pk,
        first.file_id,
    )
    assert "original" in shown(desk, answer.json()["url"])
    assert "original" in shown(desk, at(books, "supplier-invoice-edit", invoice.pk))
    desk.post(at(books, "supplier-invoice-delete", invoice.pk))
    open_companies([books.pk])
    assert InboxDocument.of(books).get(pk=first.pk).waits  # thrown away: it waits again
    assert not SupplierInvoice.of(books).exists()


def test_the_inbox_tells_what_is_here_already(books, meier, desk):
    by = make.owner_of(books)
    (document,) = received(books, by, papers.pdf())
    draft(meier, line(), file=document.file_id, number="früher")
    assert "früher" in shown(desk, at(books, "inbox-document", document.pk))


# --- approving, reversing, spreading --------------------------------------------------------------
def test_who_approves_goes_on_to_the_next(books, meier, desk):
    anna = make.user(company=books, granted=["payables.read", "payables.approve"])
    approving.save_rule(ApprovalRule(company=books, approver=anna), by=make.owner_of(books))
    one, two = (draft(meier, line(), number=f"V-{nth}") for nth in (1, 2))
    answer = desk.post(at(books, "supplier-invoices-submit"), {"document": [one.pk, two.pk]})
    assert answer.status_code == 302
    hers = desk_of(anna)
    assert 'id="mine"' in shown(hers, at(books, "supplier-invoices"))
    assert 'id="approve-now"' in shown(hers, at(books, "supplier-invoice", one.pk))
    assert 'id="approve-now"' not in shown(desk, at(books, "supplier-invoice", one.pk))
    onwards = hers.post(at(books, "supplier-invoice-approve", one.pk))
    assert onwards["Location"] == at(books, "supplier-invoice", two.pk)
    hers.post(at(books, "supplier-invoice-reject", two.pk), {"reason": "falsche Menge"})
    assert "falsche Menge" in shown(desk, at(books, "supplier-invoice", two.pk))
    open_companies([books.pk])
    assert SupplierInvoice.of(books).get(pk=one.pk).is_posted


def test_rules_are_added_changed_and_deleted(books, desk):
    anna = make.user(company=books, granted=["payables.read", "payables.approve"])
    address = at(books, "approval-rules")
    told = {"position": "1", "from_amount": "500", "approver": anna.pk, "do": "save"}
    assert desk.post(address, told).status_code == 302
    open_companies([books.pk])
    rule = ApprovalRule.of(books).get()
    assert "500.00" in shown(desk, f"{address}?rule={rule.pk}")
    stranger = make.user()
    assert desk.post(address, {**told, "approver": stranger.pk}).status_code == 422
    desk.post(address, {**told, "rule": rule.pk, "from_amount": "900"})
    open_companies([books.pk])
    assert ApprovalRule.of(books).get().from_amount == 900
    desk.post(address, {"rule": rule.pk, "do": "delete"})
    open_companies([books.pk])
    assert not ApprovalRule.of(books).exists()


def test_it_is_reversed_credited_and_copied(books, meier, desk):
    invoice = posted(meier, line("108.10", code="MN"))
    answer = desk.post(at(books, "supplier-invoice-credit", invoice.pk))
    open_companies([books.pk])
    note = SupplierInvoice.of(books).get(kind="credit_note")
    assert answer["Location"] == at(books, "supplier-invoice-edit", note.pk)
    assert "108.10" in shown(desk, f"{at(books, 'supplier-invoice-new')}?copy={invoice.pk}")
    desk.post(at(books, "supplier-invoice-reverse", invoice.pk), {"date": "31.03.2026"})
    open_companies([books.pk])
    assert SupplierInvoice.of(books).get(pk=invoice.pk).status == "reversed"


def test_deferred_costs_are_shown_and_released(books, meier, desk):
    posted(
        meier,
        line(
            "1200.00",
            "6300",
            supply_from=MARCH_1,
            supply_until=dt.date(2027, 2, 28),
            spread="months",
        ),
    )
    page = shown(desk, at(books, "accruals"))
    assert 'id="release"' in page and "Meier AG" in page
    desk.post(at(books, "accruals"), {"on": "2026-06-30"})
    open_companies([books.pk])
    assert AccrualPart.of(books).filter(entry__isnull=False).count() == 3


def test_what_comes_again_is_proposed_and_entered(books, meier, desk):
    invoice = posted(meier, line("2500.00", "6000"), subject="Miete")
    address = f"{at(books, 'recurring-supplier-invoice-add')}?invoice={invoice.pk}"
    assert "Miete" in shown(desk, address)
    told = {
        "name": "Miete",
        "every": "1",
        "unit": "month",
        "next_on": "01.04.2026",
        "submits": "on",
        "do": "save",
    }
    assert desk.post(address, {**told, "every": "0"}).status_code == 422
    assert desk.post(address, told).status_code == 302
    open_companies([books.pk])
    one = RecurringSupplierInvoice.of(books).get()
    start = at(books, "recurring-supplier-invoices")
    assert 'id="run"' in shown(desk, start)
    desk.post(start, {"skip": f"2026-04-01:{one.pk}"})
    desk.post(start, {"on": "2026-06-09", "due": [f"2026-05-01:{one.pk}"]})
    open_companies([books.pk])
    dates = SupplierInvoice.of(books).filter(number__startswith="Miete ").order_by("date")
    assert [row.date for row in dates] == [dt.date(2026, 5, 1), dt.date(2026, 6, 1)]
    one_page = at(books, "recurring-supplier-invoice", one.pk)
    assert "Miete" in shown(desk, one_page)
    desk.post(one_page, {"do": "delete"})
    open_companies([books.pk])
    assert not RecurringSupplierInvoice.of(books).exists()


def test_each_page_wants_its_right(books, meier):
    invoice = draft(meier, line())
    reader = desk_of(make.user(company=books, granted=[Permission.PAYABLES_READ]))
    assert reader.get(at(books, "supplier-invoices")).status_code == 200
    assert reader.get(at(books, "supplier-invoice-new")).status_code == 403
    for act in ("submit", "delete", "withdraw", "post", "reverse", "approve"):
        assert reader.post(at(books, f"supplier-invoice-{act}", invoice.pk)).status_code == 403
    writer = desk_of(make.user(company=books, granted=["payables.read", "payables.draft"]))
    row = {"account": "4200", "amount": "5"}
    refused = writer.post(
        at(books, "supplier-invoice-new"), {"document": sent(meier, row), "do": "submit"}
    )
    assert refused.status_code == 403
    other = company()
    stranger = desk_of(make.owner_of(other))
    assert stranger.get(at(books, "supplier-invoice", invoice.pk)).status_code == 404
    assert stranger.get(at(other, "supplier-invoice", invoice.pk)).status_code == 404
