"""Documents are reckoned, numbered, posted and frozen; cancelling is a credit note."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.open_items.models import Settlement
from accounting.open_items.plans import Money, Part
from accounting.open_items.settling import settle, undo
from accounting.receivables import archiving, drafting, errors, issuing, making, queries
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.paper import pdf
from accounting.receivables.queries import State
from accounting.receivables.typed import TypedDocument, TypedItem
from accounting.terms.models import CustomerTerms, PaymentTerms
from erp.core.errors import DomainError, Refusals
from erp.documents import storing
from erp.reference.queries import NoRate
from tests import make
from tests.accounting.open_items.books import lines_of as entry_lines
from tests.accounting.open_items.books import money
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
    product,
)
from tests.accounting.valuation.books import rate
from tests.examples import cases
from vat.codes.models import VatSettings

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books(db):
    return company()


@pytest.fixture
def huber(books):
    return customer(books)


def test_issuing_numbers_posts_and_opens_what_is_owed(books, huber):
    invoice = issued(books, huber)
    assert (invoice.number, invoice.payable, invoice.base) == (
        "RE-2026-00001",
        D("1081.00"),
        D("1081.00"),
    )
    assert booked(invoice) == [
        ("1100", D("1081.00")),
        ("3400", D("-1000.00"), "UN", D("8.10"), D("-1000.00"), MARCH_1),
        ("2200", D("-81.00"), "UN", D("8.10"), D("-1000.00"), MARCH_1),
    ]
    (owed,) = items_of(invoice)
    assert (owed.amount, owed.due_date, owed.document) == (D("1081.00"), MARCH_31, "RE-2026-00001")
    assert (owed.contact_id, len(owed.reference)) == (huber.pk, 27)
    assert issued(books, huber).number == "RE-2026-00002"
    assert issued(books, huber, kind="offer").number == "AN-2026-00001"


def test_the_rate_follows_the_supply_and_one_invoice_may_hold_two(books, huber):
    invoice = issued(
        books, huber, item("100.00", supply_from=dt.date(2023, 12, 20)), item("100.00"),
        item("50.00", code="UR", account="3200"),
    )  # fmt: skip
    assert invoice.payable == D("267.10")  # 107.70 + 108.10 + 51.30
    taxes = [(line[1], line[3]) for line in booked(invoice) if line[0] == "2200"]
    assert sorted(taxes) == [
        (D("-8.10"), D("8.10")),
        (D("-7.70"), D("7.70")),
        (D("-1.30"), D("2.60")),
    ]


def test_a_credit_note_of_a_sale_of_2023_takes_the_old_rate_back(books, huber):
    invoice = issued(books, huber, item("100.00", supply_from=dt.date(2023, 12, 20)))
    note = issuing.cancel(invoice, date=MARCH_9, by=make.owner_of(books))
    assert booked(note) == [
        ("1100", D("-107.70")),
        ("3400", D("100.00"), "UN", D("7.70"), D("100.00"), dt.date(2023, 12, 20)),
        ("2200", D("7.70"), "UN", D("7.70"), D("100.00"), dt.date(2023, 12, 20)),
    ]


def test_five_centimes_round_the_total_in_francs_and_never_the_tax(books, huber):
    invoice = issued(books, huber, item("87.20"), basis="gross")
    assert (invoice.vat, invoice.payable) == (D("6.53"), D("87.20"))
    invoice = issued(books, huber, item("87.22"), basis="gross")
    assert (invoice.vat, invoice.payable) == (D("6.54"), D("87.20"))
    assert [line[1] for line in booked(invoice)] == [D("87.20"), D("-80.68"), D("-6.54"), D("0.02")]
    plain = issued(books, huber, item("87.22"), basis="gross", five_centimes=False)
    assert plain.payable == D("87.22")


def test_lines_discounts_and_accounts_add_up(books, huber):
    invoice = issued(
        books, huber,
        item("0.335", quantity="1"), item("0.335", account="3200"), item("0.335"),
        TypedItem(kind="text", text="Material"), item("99.95", discount_percent=D("12.5")),
        TypedItem(kind="subtotal"), discount_percent=D("3"), five_centimes=False,
    )  # fmt: skip
    lines = drafting.lines_of(invoice)
    assert lines[5].amount == sum(line.amount for line in lines[:5])
    assert sum(line[1] for line in booked(invoice)) == 0
    net = -sum(line[1] for line in booked(invoice) if line[0] in {"3400", "3200"})
    assert (net, net + invoice.vat) == (invoice.net, invoice.payable)


def test_products_and_terms_fill_in_what_is_left_out(books):
    terms = PaymentTerms.unscoped.create(company=books, code="10/2", net_days=45,
                                         discount_percent=D(2), discount_days=10)  # fmt: skip
    romand = customer(books, "Dupont SA", language="fr")
    CustomerTerms.unscoped.create(company=books, contact=romand, payment_terms=terms,
                                  discount_percent=D(10), basis="gross")  # fmt: skip
    product(books)
    invoice = issued(books, romand, TypedItem(product="BER", quantity=D("2.5")))
    (line,) = drafting.lines_of(invoice)
    assert (line.text, line.unit, line.price) == ("Conseil", "h.", D("194.5800"))
    assert (invoice.language, invoice.basis, invoice.discount_percent) == ("fr", "gross", D(10))
    (owed,) = items_of(invoice)
    assert (owed.due_date, owed.discount_percent) == (dt.date(2026, 4, 15), D("2.00"))
    assert owed.discount_until == dt.date(2026, 3, 11)


def test_instalments_are_items_of_their_own(books, huber):
    invoice = issued(books, huber, instalments=((D(30), 0), (D(30), 30), (D(40), 60)))
    owed = items_of(invoice)
    assert [one.amount for one in owed] == [D("324.30"), D("324.30"), D("432.40")]
    assert [one.due_date for one in owed] == [MARCH_1, MARCH_31, dt.date(2026, 4, 30)]
    assert len({one.reference for one in owed}) == 3


def test_a_foreign_invoice_is_booked_at_its_rate(books, huber):
    bank_account(books, iban=EURO_IBAN, account="1024", currency="EUR", name="Euro")
    invoice = issued(books, huber, currency="EUR", exchange_rate=D("0.9375"))
    assert (invoice.payable, invoice.base) == (D("1081.00"), D("1013.44"))
    assert [line[:2] for line in booked(invoice)] == [
        ("1101", D("1013.44")), ("3400", D("-937.50")), ("2200", D("-75.94")),
    ]  # fmt: skip
    (owed,) = items_of(invoice)
    assert (owed.currency, owed.amount, owed.base) == ("EUR", D("1081.00"), D("1013.44"))
    assert owed.reference.startswith("RF")


def test_the_official_rate_by_the_method_of_the_day_is_kept_with_its_source(books, huber):
    bank_account(books, iban=EURO_IBAN, account="1024", currency="EUR", name="Euro")
    by = make.owner_of(books)
    with pytest.raises(NoRate):
        issued(books, huber, currency="EUR")
    rate("EUR", "0.9500", MARCH_1)
    rate("EUR", "0.9400", MARCH_1, source="bazg-monthly", until=MARCH_31)
    daily = issued(books, huber, currency="EUR")
    assert (daily.exchange_rate, daily.rate_source, daily.rate_date) == (
        D("0.9500"), "bazg-daily", MARCH_1,
    )  # fmt: skip
    note = issuing.cancel(daily, date=MARCH_9, by=by)
    assert (note.exchange_rate, note.rate_source, note.base) == (
        D("0.95"),
        "bazg-daily",
        daily.base,
    )
    assert not items_of(daily)[0].open_base and not items_of(note)[0].open_base
    VatSettings.of(books).update(rate_method=VatSettings.RateMethod.MONTHLY)
    monthly = issued(books, huber, currency="EUR", date=MARCH_9)
    assert (monthly.base, monthly.rate_source) == (D("1016.14"), "bazg-monthly")
    typed = issued(books, huber, currency="EUR", exchange_rate=D("0.93"))
    assert (typed.rate_source, typed.rate_date) == ("", None)
    (owed,) = items_of(monthly)
    paid = settle(company=books, date=MARCH_31, by=by, parts=[Part(owed, paid=D("1081.00"))],
                  money=Money(make.account(books, "1024"), D("1081.00")))  # fmt: skip
    assert entry_lines(paid) == [("1024", D("1016.14")), ("1101", D("-1016.14"))]


def test_with_net_tax_rates_turnover_is_booked_with_its_tax(books, huber):
    VatSettings.of(books).update(method=VatSettings.Method.NET_TAX_RATE)
    invoice = issued(books, huber)
    assert invoice.payable == D("1081.00")
    assert booked(invoice) == [
        ("1100", D("1081.00")),
        ("3400", D("-1081.00"), "UN", D("8.10"), D("-1081.00"), MARCH_1),
    ]


def test_who_is_not_liable_writes_no_tax(books, huber):
    VatSettings.of(books).update(method=VatSettings.Method.NOT_LIABLE)
    product(books)
    assert issued(books, huber, TypedItem(product="BER")).payable == D("180.00")
    with pytest.raises(DomainError) as found:
        draft(books, huber)
    assert found.value.place == "lines[0].vat_code"


def test_every_fault_is_told_with_its_place(books, huber):
    lines = (
        item(account="9999x"), item(code="XX"), item(code="MN"), TypedItem(product="fehlt"),
        item(cost_centre="77"), item(source=10**9), item(account="1020"),
    )  # fmt: skip
    with pytest.raises(Refusals) as found:
        draft(books, huber, *lines, bank_account=10**9, instalments=((D(50), 30),))
    assert {(one.place, one.code) for one in found.value.refusals} == {
        ("lines[0].account", "ledger.unknown_account"), ("lines[1].vat_code", "ledger.unknown_vat_code"),
        ("lines[2].vat_code", "receivables.not_for_sales"),
        ("lines[3].product", "receivables.unknown_product"),
        ("lines[4].cost_centre", "ledger.unknown_cost_unit"),
        ("lines[5].source", "receivables.unknown_origin"),
        ("lines[6].vat_code", "ledger.no_place_for_vat"),
        ("bank_account", "receivables.unknown_bank_account"),
        ("instalments", "receivables.bad_instalments"),
    }  # fmt: skip
    assert SalesDocument.of(books).count() == 0


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ((TypedItem(kind="text", text="nur Text"),), errors.NothingToBill),
        ((TypedItem(price=D(10), account="3400"),), errors.TextMissing),
        ((TypedItem(text="x", price=D(10)),), errors.AccountMissing),
        ((item("-10.00"),), errors.TotalNegative),
    ],
)
def test_what_is_not_whole_is_not_issued(books, huber, lines, refusal):
    with pytest.raises(refusal):
        issued(books, huber, *lines)
    assert not SalesDocument.of(books).exclude(number="").exists()


def test_an_invoice_goes_out_with_its_slip_or_says_why_not(huber):
    poor = company(bank=False)
    with pytest.raises(errors.NoBankAccount):
        issued(poor, customer(poor))
    poor = company(town="")
    with pytest.raises(errors.SlipImpossible):
        issued(poor, customer(poor))


def test_what_went_out_is_frozen(books, huber):
    invoice = issued(books, huber)
    by = make.owner_of(books)
    typed = TypedDocument(kind="invoice", contact=huber.pk, date=MARCH_9, lines=(item(),))
    with pytest.raises(errors.NotADraft):
        drafting.save(company=books, typed=typed, by=by, document=invoice)
    with pytest.raises(errors.NotADraft):
        issuing.issue(invoice, by=by)
    with pytest.raises(errors.NotADraft):
        drafting.delete(invoice, by=by)
    for statement in (
        "UPDATE accounting_salesdocument SET payable = 1 WHERE id = %s",
        "UPDATE accounting_salesdocument SET status = 'draft' WHERE id = %s",
        "DELETE FROM accounting_salesdocument WHERE id = %s",
        "UPDATE accounting_documentline SET price = 1 WHERE document_id = %s",
        "DELETE FROM accounting_documentline WHERE document_id = %s",
    ):
        with (
            pytest.raises(DatabaseError, match=r"receivables\.frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [invoice.pk])


def test_the_pdf_is_made_once_of_what_was_frozen(books, huber):
    invoice, by = issued(books, huber), make.owner_of(books)
    file = archiving.archive(invoice, by=by)
    content = storing.content_of(file)
    assert (file.content_type, content[:5]) == ("application/pdf", b"%PDF-")
    huber.name = "Anders AG"
    huber.save()
    books.town = "Genève"
    books.save()
    assert storing.content_of(archiving.archive(invoice, by=by)) == content
    again = SalesDocument.of(books).select_related("company").get(pk=invoice.pk)
    assert pdf(archiving.kept_paper(again)) == content
    assert [voucher.file_id for voucher in invoice.entry.vouchers.all()] == [file.pk]
    with pytest.raises(errors.NotIssued):
        archiving.archive(draft(books, huber), by=by)
    assert archiving.preview(draft(books, huber))[:5] == b"%PDF-"


def test_cancelling_leaves_nothing_open_and_both_documents(books, huber):
    invoice, by = issued(books, huber), make.owner_of(books)
    note = issuing.cancel(invoice, date=MARCH_9, by=by)
    assert (note.number, note.follows_id, note.payable) == (
        "GS-2026-00001",
        invoice.pk,
        invoice.payable,
    )
    assert [one.open_amount for one in (*items_of(invoice), *items_of(note))] == [0, 0]
    with pytest.raises(errors.CancelledAlready):
        issuing.cancel(invoice, date=MARCH_9, by=by)
    stand = queries.standings(books, [invoice, note], on=MARCH_31)
    assert (stand[invoice.pk].state, stand[note.pk].state) == (State.CREDITED, State.PAID)


def test_what_was_paid_of_a_cancelled_invoice_stays_as_a_credit(books, huber):
    invoice, by = issued(books, huber), make.owner_of(books)
    (owed,) = items_of(invoice)
    settle(
        company=books,
        date=MARCH_9,
        parts=[Part(owed, paid=D("500"))],
        money=money(books, "500"),
        by=by,
    )
    note = issuing.cancel(invoice, date=MARCH_9, by=by)
    assert [one.open_amount for one in items_of(note)] == [D("-500.00")]
    assert differences(books, MARCH_31) == []


def test_what_a_discount_took_back_is_not_taken_back_again(books, huber):
    invoice, by = issued(books, huber), make.owner_of(books)
    (owed,) = items_of(invoice)
    part = Part(owed, paid=D("1059.38"), discount=D("21.62"))
    entry = settle(company=books, date=MARCH_9, parts=[part], money=money(books, "1059.38"), by=by)
    with pytest.raises(errors.ReducedAlready):
        issuing.cancel(invoice, date=MARCH_31, by=by)
    undo(Settlement.of(books).filter(entry=entry).first(), date=MARCH_9, by=by)
    assert issuing.cancel(invoice, date=MARCH_31, by=by).payable == D("1081.00")
    assert differences(books, MARCH_31) == []


def test_an_order_is_billed_in_parts_and_deposits_are_deducted(books, huber):
    by = make.owner_of(books)
    offer = issued(books, huber, item("100.00", quantity="10"), item("500.00", code="UR", account="3200"),
                   kind="offer")  # fmt: skip
    order = issuing.issue(
        drafting.save(company=books, typed=making.derived(offer, "order", date=MARCH_1), by=by), by=by)  # fmt: skip
    deposit = issuing.issue(drafting.save(
        company=books, by=by,
        typed=making.deposit(order, date=MARCH_1, percent=D(30), text="Akonto 30 %")), by=by)  # fmt: skip
    assert [line[:2] for line in booked(deposit) if line[0] == "2030"] == [
        ("2030", D("-300.00")), ("2030", D("-150.00"))]  # fmt: skip
    lines = drafting.lines_of(order)
    first = making.derived(order, "invoice", date=MARCH_9, quantities={lines[0].pk: D(4)})
    invoice = issuing.issue(drafting.save(company=books, typed=first, by=by), by=by)
    assert (invoice.net, invoice.follows_id) == (D("400.00"), order.pk)
    assert making.left_to_bill(lines) == {lines[0].pk: D(6), lines[1].pk: D(1)}
    last = issuing.issue(drafting.save(
        company=books, typed=making.derived(order, "invoice", date=MARCH_31), by=by), by=by)  # fmt: skip
    assert last.net == D("1100.00") - D("450.00")
    assert [line[:3] for line in booked(last) if line[0] == "2030"] == [
        ("2030", D("300.00"), "UN"), ("2030", D("150.00"), "UR")]  # fmt: skip
    assert making.left_of(books, [order]) == set()
    with pytest.raises(errors.DepositUsed):
        issuing.cancel(deposit, date=MARCH_31, by=by)
    assert {one.pk for one in queries.made_from(order)} == {deposit.pk, invoice.pk, last.pk}


def test_several_orders_are_billed_together(books, huber):
    by = make.owner_of(books)
    orders = [issued(books, huber, item("100.00", quantity="2"), kind="order") for _nth in range(2)]
    typed = making.collective(orders, date=MARCH_31)
    invoice = issuing.issue(drafting.save(company=books, typed=typed, by=by), by=by)
    assert (invoice.net, len(drafting.lines_of(invoice))) == (D("400.00"), 4)
    assert making.left_of(books, orders) == set()
    issuing.cancel(invoice, date=MARCH_31, by=by)
    assert making.left_of(books, orders) == {order.pk for order in orders}
    other = issued(books, customer(books, "Meier"), kind="order")
    with pytest.raises(errors.MixedDocuments):
        making.collective([*orders, other], date=MARCH_31)


def test_numbers_are_without_gaps_when_an_issue_fails(books, huber):
    assert issued(books, huber).number == "RE-2026-00001"
    with pytest.raises(errors.TotalNegative):
        issued(books, huber, item("-1.00"))
    locked = draft(books, huber, date=dt.date(2031, 1, 1))
    with pytest.raises(DomainError), transaction.atomic():
        issuing.issue(locked, by=make.owner_of(books))
    assert issued(books, huber).number == "RE-2026-00002"


def test_a_list_costs_the_same_for_one_and_for_many(books, huber, django_assert_num_queries):
    def shown():
        rows = list(queries.documents(books)[:50])
        queries.standings(books, rows, on=MARCH_31)
        return [row.contact.name for row in rows]

    issued(books, huber)
    with django_assert_num_queries(3):
        shown()
    for _nth in range(3):
        issued(books, huber)
    with django_assert_num_queries(3):
        assert len(shown()) == 4


@settings(
    max_examples=cases(25, each_time=8), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 10**9))
def test_whatever_is_billed_the_books_agree(seed):
    chance = Random(seed)
    with transaction.atomic():
        books = company()
        by, who = make.owner_of(books), customer(books)
        for _nth in range(chance.randint(1, 3)):
            lines = [
                item(str(D(chance.randint(-300, 99999)) / 100), quantity=str(D(chance.randint(1, 4000)) / 1000),
                     code=chance.choice(["UN", "UR", ""]),
                     account=chance.choice(["3200", "3400"]),
                     discount_percent=D(chance.choice([0, 0, 5, "33.33"])),
                     supply_from=chance.choice([None, dt.date(2023, 12, 31), MARCH_9]))
                for _line in range(chance.randint(1, 6))
            ]  # fmt: skip
            told = {
                "basis": chance.choice(["net", "gross"]), "discount_percent": D(chance.choice([0, 3, "7.77"])),
                "rounding": chance.choice(["each_line", "at_the_end"]),
                "instalments": chance.choice([(), ((D(50), 10), (D(50), 20))]),
            }  # fmt: skip
            try:
                with transaction.atomic():
                    document = issued(books, who, *lines, **told)
            except errors.TotalNegative:
                continue
            if document.entry is None:
                continue
            assert sum(line[1] for line in booked(document)) == 0
            assert sum((one.amount for one in items_of(document)), D(0)) == document.payable
            taxes = -sum((line[1] for line in booked(document) if line[0] == "2200"), D(0))
            assert taxes == document.vat
            if chance.random() < 0.4:
                issuing.cancel(document, date=MARCH_31, by=by)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert differences(books, MARCH_31) == []
        assert verify_ledger(books).breaks == []
        assert DocumentLine.of(books).exists()
        transaction.set_rollback(True)
