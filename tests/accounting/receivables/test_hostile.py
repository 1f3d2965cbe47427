"""Whoever does odd things with documents gets a clear refusal, or figures that are right."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounting.open_items.checking import differences
from accounting.receivables import (
    archiving,
    checking,
    drafting,
    errors,
    issuing,
    making,
    number_ranges,
    recurring,
)
from accounting.receivables.models import RecurringInvoice, SalesDocument
from accounting.receivables.typed import TypedDocument, TypedItem
from contacts import merging
from erp.core.errors import DomainError
from tests import make
from tests.accounting.receivables.sales import (
    EURO_IBAN,
    MARCH_1,
    MARCH_9,
    MARCH_31,
    bank_account,
    booked,
    company,
    customer,
    draft,
    issued,
    item,
    items_of,
)
from vat.codes.models import VatSettings

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books(db):
    return company()


@pytest.fixture
def huber(books):
    return customer(books)


def goes_out(books, typed):
    by = make.owner_of(books)
    return issuing.issue(drafting.save(company=books, typed=typed, by=by), by=by)


def akonto(books, order, percent="30", **more):
    typed = making.deposit(order, date=MARCH_1, percent=D(percent), text="Akonto")
    return goes_out(books, replace(typed, **more))


def test_a_discount_on_the_document_does_not_lessen_the_deduction_of_a_deposit(books, huber):
    order = issued(books, huber, item("1000.00"), kind="order", discount_percent=D(10))
    deposit = akonto(books, order)
    assert deposit.net == D("270.00")
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    assert last.net == D("630.00")
    assert sum(line[1] for line in booked(last)) == 0
    assert [line[1] for line in booked(last) if line[0] == "2030"] == [D("270.00")]


def test_a_deposit_is_deducted_as_it_was_billed(books, huber):
    order = issued(books, huber, item("1000.00"), kind="order")
    deposit = akonto(books, order, discount_percent=D(50))
    assert deposit.net == D("150.00")
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    assert last.net == D("850.00")


def test_a_deposit_billed_with_other_prices_is_deducted_all_the_same(books, huber):
    order = issued(books, huber, item("1000.00"), kind="order")
    akonto(books, order, basis="gross")  # 300 with VAT
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    assert last.payable == D("781.00")


def test_a_deposit_on_an_offer_is_deducted_from_the_order_made_of_it(books, huber):
    offer = issued(books, huber, item("1000.00"), kind="offer")
    deposit = akonto(books, offer)
    order = goes_out(books, making.derived(offer, "order", date=MARCH_9))
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    assert last.net == D("700.00")
    with pytest.raises(DomainError):
        issuing.cancel(deposit, date=MARCH_31, by=make.owner_of(books))


def test_a_deposit_is_deducted_as_far_as_it_was_not_credited(books, huber):
    by = make.owner_of(books)
    order = issued(books, huber, item("1000.00"), kind="order")
    deposit = akonto(books, order)
    (line,) = drafting.lines_of(deposit)
    ready = drafting.save(
        company=books, typed=making.derived(order, "invoice", date=MARCH_31), by=by
    )
    goes_out(books, making.credit(deposit, date=MARCH_9, quantities={line.pk: D("0.5")}))
    with pytest.raises(errors.DeductedTooMuch), transaction.atomic():
        issuing.issue(ready, by=by)
    drafting.delete(ready, by=by)
    again = making.derived(order, "invoice", date=MARCH_31)
    assert checking.drafted(books, again).amounts.net == D("850.00")
    goes_out(books, making.credit(deposit, date=MARCH_9, quantities={line.pk: D("0.5")}))
    assert (
        checking.drafted(books, making.derived(order, "invoice", date=MARCH_31)).amounts.net == 1000
    )
    with pytest.raises(errors.DeductedTooMuch), transaction.atomic():
        goes_out(books, again)


def test_a_deposit_that_was_deducted_is_not_credited(books, huber):
    order = issued(books, huber, item("1000.00"), kind="order")
    deposit = akonto(books, order)
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    with pytest.raises(errors.DepositUsed), transaction.atomic():
        goes_out(books, making.credit(deposit, date=MARCH_31))
    note = issuing.cancel(last, date=MARCH_31, by=make.owner_of(books))
    assert (note.net, note.payable) == (last.net, last.payable)
    goes_out(books, making.credit(deposit, date=MARCH_31))
    assert differences(books, MARCH_31) == []


def test_a_discount_is_the_same_when_the_last_invoice_is_cancelled(books, huber):
    order = issued(books, huber, item("1000.00"), kind="order", discount_percent=D(10))
    akonto(books, order)
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    note = issuing.cancel(last, date=MARCH_31, by=make.owner_of(books))
    assert (note.net, note.vat, note.payable) == (last.net, last.vat, last.payable)


def test_what_was_credited_in_two_parts_can_be_billed_again(books, huber):
    order = issued(books, huber, item("100.00", quantity="2"), kind="order")
    invoice = goes_out(books, making.derived(order, "invoice", date=MARCH_1))
    (line,) = drafting.lines_of(invoice)
    for _nth in range(2):
        goes_out(books, making.credit(invoice, date=MARCH_9, quantities={line.pk: D(1)}))
    assert making.left_of(books, [order]) == {order.pk}


def test_deposits_keep_the_rates_of_their_lines(books, huber):
    order = issued(books, huber, item("100.00", supply_from=dt.date(2023, 12, 20)), item("100.00"),
                   kind="order")  # fmt: skip
    deposit = akonto(books, order, percent="50")
    assert deposit.vat == D("7.90")
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    assert (last.net, last.vat) == (D("100.00"), D("7.90"))


def test_a_discount_amount_is_granted_once_over_partial_invoices(books, huber):
    order = issued(books, huber, item("100.00", quantity="10"), kind="order",
                   discount_amount=D("100.00"))  # fmt: skip
    (line,) = drafting.lines_of(order)
    first = goes_out(
        books, making.derived(order, "invoice", date=MARCH_9, quantities={line.pk: D(3)})
    )
    last = goes_out(books, making.derived(order, "invoice", date=MARCH_31))
    assert (first.net, last.net) == (D("270.00"), D("630.00"))


def test_a_part_is_credited_with_its_part_of_the_discount(books, huber):
    invoice = issued(books, huber, item("100.00", quantity="10"), discount_amount=D("100.00"))
    (line,) = drafting.lines_of(invoice)
    note = goes_out(books, making.credit(invoice, date=MARCH_9, quantities={line.pk: D(1)}))
    assert note.net == D("90.00")


def test_days_of_supply_that_an_order_says_stay(books, huber):
    order = issued(books, huber, item("100.00", supply_from=dt.date(2023, 12, 20)), kind="order")
    assert goes_out(books, making.derived(order, "invoice", date=MARCH_9)).vat == D("7.70")
    other = issued(books, huber, item("100.00"), kind="order", supply_from=dt.date(2023, 12, 20))
    later = issued(books, huber, item("100.00"), kind="order")
    assert goes_out(books, making.collective([other, later], date=MARCH_9)).vat == D("15.80")


def test_nobody_bills_tax_who_is_no_longer_liable(books, huber):
    ready = draft(books, huber)
    VatSettings.of(books).update(method=VatSettings.Method.NOT_LIABLE)
    with pytest.raises(DomainError) as found, transaction.atomic():
        issuing.issue(ready, by=make.owner_of(books))
    assert found.value.code == "ledger.not_liable_for_vat"


def test_a_sale_is_taken_back_as_it_was_booked_when_the_method_has_changed(books, huber):
    invoice = issued(books, huber)
    for method in (VatSettings.Method.NET_TAX_RATE, VatSettings.Method.NOT_LIABLE):
        with transaction.atomic():
            VatSettings.unscoped.create(company=books, valid_from=MARCH_9, method=method)
            note = issuing.cancel(invoice, date=MARCH_31, by=make.owner_of(books))
            assert [line[1] for line in booked(note)] == [D("-1081.00"), D("1000.00"), D("81.00")]
            transaction.set_rollback(True)


def test_a_deposit_has_the_kind_of_an_invoice(books, huber):
    with pytest.raises(DomainError):
        draft(books, huber, kind="offer", is_deposit=True)


def test_a_changed_draft_keeps_its_kind_and_what_it_was_made_from(books, huber):
    by = make.owner_of(books)
    invoice = issued(books, huber)
    note = drafting.save(company=books, typed=making.credit(invoice, date=MARCH_9), by=by)
    typed = replace(making.typed_of(note, drafting.lines_of(note)), follows=None, kind="invoice")
    note = drafting.save(company=books, typed=typed, by=by, document=note)
    assert (note.kind, note.follows_id) == ("credit_note", invoice.pk)


def test_a_draft_whose_line_another_names_can_be_changed_and_deleted(books, huber):
    by = make.owner_of(books)
    order = draft(books, huber, kind="order")
    (line,) = drafting.lines_of(order)
    with pytest.raises(DomainError):
        draft(books, huber, item(source=line.pk))
    drafting.save(company=books, typed=making.typed_of(order, [line]), by=by, document=order)


@pytest.mark.parametrize("more", [{"percent": "300"}, {"percent": "0"}])
def test_a_deposit_is_a_part(books, huber, more):
    order = issued(books, huber, kind="order")
    with pytest.raises(DomainError):
        akonto(books, order, **more)


def test_deposits_of_others_are_not_deducted(books, huber):
    order = issued(books, huber, item("1000.00"), kind="order")
    deposit = akonto(books, order)
    with pytest.raises(DomainError):
        draft(books, customer(books, "Meier"), item(), item("-300", deposit=deposit.pk))
    unissued = drafting.save(company=books, by=make.owner_of(books),
                             typed=making.deposit(order, date=MARCH_1, percent=D(10), text="x"))  # fmt: skip
    with pytest.raises(DomainError):
        draft(books, huber, item(), item("-300", deposit=unissued.pk))


def test_a_credit_note_that_goes_out_is_set_off(books, huber):
    invoice = issued(books, huber)
    typed = making.credit(invoice, date=MARCH_9)
    note = goes_out(books, typed)
    assert [one.open_amount for one in (*items_of(invoice), *items_of(note))] == [0, 0]


def test_no_more_is_credited_than_was_billed(books, huber):
    invoice = issued(books, huber)
    goes_out(books, making.credit(invoice, date=MARCH_9))
    with pytest.raises(DomainError):
        goes_out(books, making.credit(invoice, date=MARCH_9))


@pytest.mark.parametrize(
    "line",
    [item("99999999999.9999", quantity="99999999999.9999"), item("9999999999999.99", quantity="2"),
     item("999999999999999"), item(quantity="999999999999999")],
)  # fmt: skip
def test_what_is_too_large_is_refused(books, huber, line):
    with pytest.raises(DomainError):
        draft(books, huber, line)


@pytest.mark.parametrize("rate", ["0", "999999999"])
def test_rates_that_are_too_large_or_zero(books, huber, rate):
    with pytest.raises(DomainError):
        issued(books, huber, item("9999999.00"), currency="USD", exchange_rate=D(rate))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"date": dt.date(1900, 1, 1)}, "refused"),
        ({"date": dt.date(2099, 12, 31), "net_days": 3650}, "ledger.no_open_year"),
        ({"supply_from": dt.date(1999, 1, 1)}, "qr.date_out_of_reach"),
        ({"supply_from": dt.date(1900, 1, 1)}, "vat.no_rate"),
        ({"supply_from": MARCH_1, "supply_until": dt.date(2100, 1, 3)}, "qr.date_out_of_reach"),
        ({"currency": "QQQ"}, "reference.no_rate"),
        ({"discount_amount": D(-5)}, "receivables.discount_too_large"),
        ({"discount_percent": D(999999)}, "receivables.bad_percent"),
    ],
)
def test_odd_heads_are_refused(books, huber, more, code):
    with pytest.raises(DomainError) as found:
        issued(books, huber, **more)
    assert found.value.code == code
    assert not SalesDocument.of(books).filter(status="issued").exists()


@pytest.mark.parametrize("name", ["Huber \N{GRINNING FACE} AG", "日本株式会社"])
def test_a_name_that_no_slip_takes_is_printed_as_a_draft_and_not_issued(books, name):
    one = draft(books, customer(books, name))
    assert archiving.preview(one)[:5] == b"%PDF-"
    with pytest.raises(DomainError) as found:
        issuing.issue(one, by=make.owner_of(books))
    assert found.value.code == "receivables.slip_impossible"


def test_cancelling_instalments_and_in_foreign_currency(books, huber):
    by = make.owner_of(books)
    invoice = issued(books, huber, instalments=((D(30), 0), (D(30), 30), (D(40), 60)))
    issuing.cancel(invoice, date=MARCH_9, by=by)
    assert [one.open_amount for one in items_of(invoice)] == [0, 0, 0]
    bank_account(books, iban=EURO_IBAN, account="1024", currency="EUR", name="Euro")
    invoice = issued(books, huber, currency="EUR", exchange_rate=D("0.9375"),
                     instalments=((D(33), 0), (D(33), 30), (D(34), 60)))  # fmt: skip
    note = issuing.cancel(invoice, date=MARCH_9, by=by)
    assert [one.open_amount for one in (*items_of(invoice), *items_of(note))] == [0, 0, 0, 0]
    assert differences(books, MARCH_31) == []


def test_what_went_out_keeps_its_customer_but_for_a_merge(books, huber):
    other = customer(books, "Meier")
    invoice = issued(books, huber)
    with (
        pytest.raises(DatabaseError, match=r"receivables\.contact_kept"), transaction.atomic(),
        connection.cursor() as cursor,
    ):  # fmt: skip
        cursor.execute("UPDATE accounting_salesdocument SET contact_id = %s WHERE id = %s",
                       [other.pk, invoice.pk])  # fmt: skip
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    merging.merge(other, huber, by=make.owner_of(books))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert SalesDocument.of(books).get(pk=invoice.pk).contact_id == other.pk


def test_counts_of_numbers_are_not_thrown_away(books, huber):
    issued(books, huber)
    with (
        pytest.raises(DatabaseError, match=r"receivables\.number_goes_back"), transaction.atomic(),
        connection.cursor() as cursor,
    ):  # fmt: skip
        cursor.execute("DELETE FROM accounting_numbercount")


def test_numbers_by_year_begin_after_those_given_without(books, huber):
    by = make.owner_of(books)
    told = {"company": books, "kind": "offer", "by": by, "year": 2026}
    number_ranges.save_range(**told, yearly=False)
    issued(books, huber, kind="offer")
    other = issued(books, huber, kind="offer", date=dt.date(2027, 1, 1))
    assert other.number == "AN-2027-00002"
    number_ranges.save_range(**told, yearly=True)
    numbers = {
        issued(books, huber, kind="offer", date=dt.date(2027, 1, 1)).number for _n in range(3)
    }
    assert other.number not in numbers and len(numbers) == 3


def test_a_document_of_zero(books, huber):
    one = issued(books, huber, item("100.00"), item("-100.00", account="3200"))
    assert one.payable == 0
    issuing.cancel(one, date=MARCH_9, by=make.owner_of(books))
    free = issued(books, huber, item("0.00"))
    assert free.entry is None
    issuing.cancel(free, date=MARCH_9, by=make.owner_of(books))


def test_cancelled_in_the_next_year_or_before_the_invoice(books, huber):
    invoice, by = issued(books, huber), make.owner_of(books)
    with pytest.raises(DomainError), transaction.atomic():
        issuing.cancel(invoice, date=dt.date(2027, 1, 4), by=by)
    assert SalesDocument.of(books).count() == 1
    with pytest.raises(DomainError), transaction.atomic():
        issuing.cancel(invoice, date=dt.date(2026, 2, 1), by=by)


def test_what_is_filled_in_does_not_burst_the_subject(books, huber):
    typed = TypedDocument(kind="invoice", contact=huber.pk, date=MARCH_1, lines=(item(),),
                          subject="x" * 132 + "{period}")  # fmt: skip
    one = recurring.save(RecurringInvoice(company=books, name="Miete", next_on=MARCH_1), typed,
                         by=make.owner_of(books))  # fmt: skip
    assert len(recurring.bill(one, MARCH_1, by=make.owner_of(books)).subject) == 140


def test_the_text_of_a_line_of_two_lines(books, huber):
    issued(books, huber, item(text="a\n" * 1999), TypedItem(kind="text", text="y" * 4000))
