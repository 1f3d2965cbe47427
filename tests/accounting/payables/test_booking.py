"""Suppliers' invoices in the books: accounts, tax, what is owed, foreign currency, deposits, reversal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounting.ledger import posting, years
from accounting.ledger.models import Account, JournalEntry, Period
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.payables import accruing, approving, booking, drafting, making
from accounting.payables.models import AccrualPart, SupplierInvoice
from accounting.payables.reckoning import amounts_of, lines_of
from accounting.payables.typed import Payment
from accounting.terms.models import PaymentTerms, SupplierTerms
from erp.core.errors import DomainError, Refusals
from erp.documents import storing
from tests import make
from tests.accounting.open_items import books as owed
from tests.accounting.open_items.books import money
from tests.accounting.payables.purchases import (
    MARCH_1,
    MARCH_9,
    MARCH_31,
    QR_IBAN,
    QRR,
    SCOR,
    company,
    draft,
    entered,
    items,
    line,
    posted,
    supplier,
    typed,
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
def meier(books):
    return supplier(books)


def refused(act, *values, **more):
    """The codes and places of all that is refused."""
    with pytest.raises(DomainError) as found, transaction.atomic():
        act(*values, **more)
    each = found.value.refusals if isinstance(found.value, Refusals) else [found.value]
    return [(one.code, one.place) for one in each]


# --- posting --------------------------------------------------------------------------------------
def test_an_invoice_is_posted_with_its_tax_and_what_is_owed(books, meier):
    invoice = posted(meier, line("108.10", code="MN"), line("51.30", "4200", "MR"), subject="Holz")
    assert entered(invoice.entry) == [
        ("2000", "-159.40", "", ""),
        ("4200", "100.00", "MNB", "100.00"), ("1170", "8.10", "MNT", "100.00"),
        ("4200", "50.00", "MRB", "50.00"), ("1170", "1.30", "MRT", "50.00"),
    ]  # fmt: skip
    (item,) = items(invoice)
    assert (item.amount, item.due_date, item.document) == (D("159.40"), dt.date(2026, 3, 31), "A-1")
    assert (item.contact_id, item.side) == (meier.pk, "payables")
    assert (invoice.net, invoice.vat, invoice.payable) == (D("150.00"), D("9.40"), D("159.40"))
    assert not differences(books, on=MARCH_31)


def test_amounts_without_vat_get_it_on_top(meier):
    invoice = posted(meier, line("100.00", code="MN"), line("33.35", code="MN"), basis="net")
    assert (invoice.net, invoice.vat) == (D("133.35"), D("10.80"))
    assert entered(invoice.entry)[0] == ("2000", "-144.15", "", "")


def test_tax_is_rounded_once_per_rate_and_taken_as_billed_where_it_is_near(meier):
    lines = [line("3.35", code="MN") for _nth in range(3)]
    assert posted(meier, *lines).vat == D(
        "0.75"
    )  # 3 × 0.25 would be the same; of 10.05 it is 0.7530
    near = posted(meier, line("10.05", code="MN", vat_amount=D("0.76")), number="A-2")
    assert (near.vat, near.net) == (D("0.76"), D("9.29"))
    wrong = refused(draft, meier, line("10.05", code="MN", vat_amount=D("1.20")), number="A-3")
    assert wrong == [("payables.vat_differs", "lines[0].vat_amount")]


def test_the_rate_follows_the_supply(meier):
    old = line(
        "107.70", code="MN", supply_from=dt.date(2023, 12, 1), supply_until=dt.date(2023, 12, 31)
    )
    invoice = posted(meier, old, line("108.10", code="MN"))
    assert [row[1] for row in entered(invoice.entry) if row[2] == "MNT"] == ["7.70", "8.10"]


def test_acquisition_tax_is_owed_on_top_and_deducted_or_part_of_the_cost(meier):
    invoice = posted(meier, line("1000.00", "6570", "BI"))
    assert invoice.payable == D("1000.00")
    assert entered(invoice.entry) == [
        ("2000", "-1000.00", "", ""), ("6570", "1000.00", "BIB", "1000.00"),
        ("1171", "81.00", "BIT", "1000.00"), ("2202", "-81.00", "BIT", "-1000.00"),
    ]  # fmt: skip
    kept = posted(meier, line("1000.00", "6570", "BO"), number="A-2")
    assert ("6570", "1081.00", "BOB", "1000.00") in entered(kept.entry)


def test_import_tax_is_all_tax_and_needs_no_account(meier):
    invoice = posted(meier, line("640.55", None, "MZ"))
    assert entered(invoice.entry) == [
        ("2000", "-640.55", "", ""),
        ("1170", "640.55", "MZT", "0.00"),
    ]


def test_with_net_tax_rates_nothing_is_deducted(books, meier):
    VatSettings.of(books).update(method="net")
    invoice = posted(meier, line("108.10", code="MN"))
    assert entered(invoice.entry)[1:] == [("4200", "108.10", "MNB", "108.10")]


def test_who_is_not_liable_has_no_codes(books, meier):
    VatSettings.of(books).update(method="none")
    assert refused(draft, meier, line(code="MN")) == [
        ("ledger.not_liable_for_vat", "lines[0].vat_code")
    ]
    assert posted(meier, line()).vat == 0


def test_codes_of_sales_and_control_accounts_are_not_for_purchases(meier):
    assert refused(draft, meier, line(code="UN"), line(account="2000"), line(account="9999"),
                   line(cost_centre="77"), line(account="1000", code="MN")) == [
        ("payables.not_for_purchases", "lines[0].vat_code"),
        ("payables.controlled_account", "lines[1].account"),
        ("ledger.unknown_account", "lines[2].account"),
        ("ledger.unknown_cost_unit", "lines[3].cost_centre"),
        ("ledger.no_place_for_vat", "lines[4].vat_code"),
    ]  # fmt: skip


def test_the_total_of_the_bill_is_the_lines_but_for_rounding(meier):
    rounded = posted(meier, line("99.98", code="MN"), payable=D("100.00"))
    assert entered(rounded.entry)[0] == ("2000", "-100.00", "", "")
    assert entered(rounded.entry)[-1][1] == "0.02"
    off = refused(draft, meier, line("99.00"), payable=D("100.00"))
    assert off == [("payables.total_differs", "payable")]
    euro = refused(draft, meier, line("99.98"), payable=D("100.00"), currency="EUR")
    assert euro == [("payables.total_differs", "payable")]


def test_a_foreign_invoice_is_booked_at_its_rate_and_comes_to_zero(books, meier):
    invoice = posted(meier, line("333.33", code="MN"), line("333.34", code="MN"), line("333.33"),
                     currency="EUR", exchange_rate=D("0.9471"))  # fmt: skip
    rows = entered(invoice.entry)
    assert rows[0][1] == "-947.10"
    assert sum(D(row[1]) for row in rows) == 0
    (item,) = items(invoice)
    assert (item.amount, item.base, item.currency) == (D("1000.00"), D("947.10"), "EUR")
    assert item.account.number in {"2000", "2001"}


def test_the_official_rate_of_the_bill_is_kept_with_its_source(books, meier):
    rate("EUR", "0.9471", MARCH_1)
    invoice = posted(meier, line("1000.00", "6300", ""), currency="EUR")
    assert (invoice.exchange_rate, invoice.rate_source, invoice.rate_date) == (
        D("0.9471"), "bazg-daily", MARCH_1,
    )  # fmt: skip
    assert invoice.base == D("947.10")


def test_terms_fill_in_what_is_left_out(books, meier):
    terms = PaymentTerms.unscoped.create(company=books, code="2-10", name_en="x", net_days=60,
                                         discount_percent=D(2), discount_days=10)  # fmt: skip
    SupplierTerms.unscoped.create(
        company=books,
        contact=meier,
        payment_terms=terms,
        expense_account=Account.of(books).get(number="4400"),
    )
    invoice = posted(meier, line("108.10", None))
    (item,) = items(invoice)
    assert entered(invoice.entry)[1][0] == "4400"
    assert (item.due_date, item.discount_percent, item.discount_until) == (
        MARCH_1 + dt.timedelta(days=60), D(2), dt.date(2026, 3, 11))  # fmt: skip
    told = posted(meier, line(), number="A-2", due_date=MARCH_31)
    assert (items(told)[0].due_date, items(told)[0].discount_percent) == (MARCH_31, D(2))


def test_instalments_are_items_of_their_own(meier):
    invoice = posted(
        meier, line("100.00"), instalments=((D("33.33"), 10), (D("33.33"), 40), (D("33.34"), 70))
    )
    assert [str(item.amount) for item in items(invoice)] == ["33.33", "33.33", "33.34"]
    bad = refused(draft, meier, line(), instalments=((D(50), 30), (D(40), 10)), number="A-2")
    assert bad == [("payables.bad_instalments", "instalments")]


def test_the_original_is_sealed_with_the_entry(books, meier):
    file = storing.store(
        company=books, name="bill.pdf", content=b"%PDF-1.4 bill", by=make.owner_of(books)
    )
    invoice = posted(meier, line(), file=file.pk)
    assert [voucher.file_id for voucher in invoice.entry.vouchers.all()] == [file.pk]
    assert not verify_ledger(books).breaks


def test_how_it_is_paid_belongs_together(meier):
    told = Payment(iban="ch44 3199 9123 0008 8901 2", reference="21 00000 00003 13947 14300 09017")
    invoice = posted(meier, line(), payment=told)
    assert invoice.payment == {"iban": QR_IBAN, "reference": QRR}
    assert items(invoice)[0].reference == QRR
    for payment, code in [
        (Payment(iban="CH9300762011623852958"), "identifiers.not_an_iban"),
        (Payment(iban=QR_IBAN), "payments.qrr_needed"),
        (Payment(iban=QR_IBAN, reference=SCOR), "payments.qrr_needed"),
        (Payment(iban="CH9300762011623852957", reference=QRR), "payments.qr_iban_needed"),
        (Payment(reference="210000000003139471430009018"), "payments.bad_reference"),
    ]:
        assert [
            code for code, _place in refused(draft, meier, line(), payment=payment, number="B")
        ] == [code]


# --- credit notes, deposits, duplicates -----------------------------------------------------------
def test_a_credit_note_takes_back_and_is_set_off(books, meier):
    invoice = posted(meier, line("108.10", code="MN"))
    by = make.owner_of(books)
    note = drafting.save(company=books, by=by,
                         typed=replace(making.credit(invoice, date=MARCH_9), number="G-1"))  # fmt: skip
    note = approving.submit(note, by=by)
    assert entered(note.entry) == [
        ("2000", "108.10", "", ""), ("4200", "-100.00", "MNB", "-100.00"),
        ("1170", "-8.10", "MNT", "-100.00"),
    ]  # fmt: skip
    assert all(not item.open_amount for item in [*items(invoice), *items(note)])
    assert refused(booking.reverse, invoice, date=MARCH_31, by=by) == [("payables.credited", None)]
    assert not differences(books, on=MARCH_31)


def test_a_deposit_is_taken_off_once(books, meier):
    by = make.owner_of(books)
    deposit = posted(meier, line("540.50", None, "MN"), is_deposit=True)
    assert entered(deposit.entry)[1][0] == "1140"
    ((found, left),) = making.open_deposits(books, meier.pk, "CHF")
    assert (found.pk, left) == (deposit.pk, D("540.50"))
    final = posted(meier, line("1081.00", code="MN"), *making.deductions(deposit, left, basis="gross"),
                   number="A-2", date=MARCH_9)  # fmt: skip
    assert (final.payable, final.vat) == (D("540.50"), D("40.50"))
    told = {row[0] for row in entered(final.entry)}
    assert "1140" in told
    balance = sum(
        D(r[1]) for e in (deposit.entry, final.entry) for r in entered(e) if r[0] == "1140"
    )
    assert balance == 0
    assert making.open_deposits(books, meier.pk, "CHF") == []
    again = draft(meier, line("1081.00", code="MN"), *making.deductions(deposit, left, basis="gross"),
                  number="A-3", date=MARCH_9)  # fmt: skip
    assert refused(approving.submit, again, by=by) == [("payables.deducted_too_much", "lines")]
    assert refused(booking.reverse, deposit, date=MARCH_31, by=by) == [
        ("payables.deposit_used", None)
    ]


def test_deposits_come_off_net_amounts_as_well(books, meier):
    deposit = posted(meier, line("500.00", None, "MN"), is_deposit=True, basis="net")
    ((_found, left),) = making.open_deposits(books, meier.pk, "CHF")
    assert left == D("540.50")
    (taken,) = making.deductions(deposit, left, basis="net")
    assert taken.amount == D("-500.00")
    (taken,) = making.deductions(deposit, left, basis="gross")
    assert taken.amount == D("-540.50")


def test_the_same_bill_is_noticed(books, meier):
    by = make.owner_of(books)
    posted(meier, line("500.00"), number="RE-0042")
    twin = draft(meier, line("200.00"), number="re 42", date=MARCH_31)
    other = draft(supplier(books, "Keller AG"), line("200.00"), number="RE-0042")
    assert approving.submit(other, by=by).is_posted
    same = draft(meier, line("500.00"), number="re 0042", date=MARCH_31)
    assert refused(approving.submit, same, by=by) == [("payables.duplicate_suspected", "number")]
    assert approving.submit(twin, by=by).is_posted  # 42 is not 0042 behind letters
    sure = drafting.save(company=books, by=by, invoice=same,
                         typed=typed(meier, line("500.00"), number="re 0042", duplicate_confirmed=True))  # fmt: skip
    assert approving.submit(sure, by=by).is_posted


def test_a_reference_and_a_file_tell_twins_too(books, meier):
    by = make.owner_of(books)
    file = storing.store(company=books, name="bill.pdf", content=b"%PDF-1.4 bill", by=by)
    told = Payment(iban=QR_IBAN, reference=QRR)
    posted(meier, line("500.00"), payment=told, file=file.pk)
    for more in ({"payment": told}, {"file": file.pk}):
        twin = draft(supplier(books, "Andere"), line("500.00"), number="X-9", **more)
        assert refused(approving.submit, twin, by=by) == [
            ("payables.duplicate_suspected", "number")
        ]


def test_what_was_taken_over_is_known(books, meier):
    owed.invoice(
        books, "300.00", side="payables", party=owed.Party("Meier AG", meier.pk), document="V-7"
    )
    twin = draft(meier, line("300.00"), number="V-7")
    assert refused(approving.submit, twin, by=make.owner_of(books)) == [
        ("payables.duplicate_suspected", "number")
    ]


# --- time -----------------------------------------------------------------------------------------
def test_a_cost_is_spread_by_months_and_released(books, meier):
    by = make.owner_of(books)
    insured = line("1200.00", "6300", supply_from=dt.date(2026, 2, 1), supply_until=dt.date(2027, 1, 31),
                   spread="months")  # fmt: skip
    invoice = posted(meier, insured)
    parts = list(AccrualPart.of(books).order_by("date"))
    now = D(entered(invoice.entry)[1][1])
    assert entered(invoice.entry)[2][0] == "1300"
    assert now + sum(part.amount for part in parts) == D("1200.00")
    assert (parts[0].date, len(parts)) == (dt.date(2026, 4, 1), 10)
    entries, refusals = accruing.release_due(books, until=dt.date(2027, 1, 1), by=by)
    assert (len(entries), [one.code for one in refusals]) == (9, ["ledger.no_open_year"])
    assert refused(accruing.release, parts[0], by=by) == [("payables.released_already", None)]
    booking.reverse(invoice, date=dt.date(2026, 12, 31), by=by)
    balance = sum(
        D(row[1])
        for entry in JournalEntry.of(books)
        for row in entered(entry)
        if row[0] in {"1300", "6300"}
    )
    assert balance == 0
    assert not AccrualPart.of(books).filter(entry=None).exists()


def test_a_cost_is_spread_by_fiscal_years(books, meier):
    ahead = line("1095.00", "6300", "MN", supply_from=dt.date(2026, 7, 1), supply_until=dt.date(2028, 6, 30),
                 spread="years")  # fmt: skip
    invoice = posted(meier, ahead)
    parts = list(AccrualPart.of(books).order_by("date").values_list("date", flat=True))
    assert parts == [dt.date(2027, 1, 1), dt.date(2028, 1, 1)]
    rows = entered(invoice.entry)
    assert [row[2] for row in rows[1:]] == ["MNB", "MNB", "MNT"]
    assert sum(D(row[3]) for row in rows if row[2] == "MNB") == invoice.net


def test_a_release_is_not_undone_behind_its_invoice(books, meier):
    posted(
        meier,
        line(
            "120.00",
            "6300",
            supply_from=MARCH_1,
            supply_until=dt.date(2026, 6, 30),
            spread="months",
        ),
    )
    by = make.owner_of(books)
    entry = accruing.release(AccrualPart.of(books).order_by("date").first(), by=by)
    assert refused(posting.reverse, entry, date=entry.date, by=by) == [
        ("payables.undone_with_invoice", "entry")
    ]


def test_spreading_needs_its_days(meier):
    assert refused(draft, meier, line(spread="months")) == [
        ("payables.spread_without_period", "lines[0].supply_until")
    ]
    backwards = line(supply_from=MARCH_9, supply_until=MARCH_1)
    assert refused(draft, meier, backwards) == [
        ("payables.period_backwards", "lines[0].supply_until")
    ]


# --- reversal, freezing ---------------------------------------------------------------------------
def test_a_reversed_invoice_leaves_nothing_open(books, meier):
    by = make.owner_of(books)
    invoice = posted(meier, line("108.10", code="MN"))
    now = booking.reverse(invoice, date=MARCH_31, by=by)
    assert now.status == SupplierInvoice.Status.REVERSED
    assert not items(now)[0].open_amount
    assert refused(booking.reverse, invoice, date=MARCH_31, by=by) == [
        ("payables.not_posted", None)
    ]
    again = posted(meier, line("108.10", code="MN"))  # the number is free again
    assert again.is_posted


def test_what_is_paid_in_part_is_not_reversed(books, meier):
    by = make.owner_of(books)
    invoice = posted(meier, line("100.00"))
    settle(company=books, date=MARCH_9, by=by, parts=[Part(items(invoice)[0], paid=D(40))],
           money=money(books, "-40.00"))  # fmt: skip
    assert refused(booking.reverse, invoice, date=MARCH_31, by=by)[0][0] == "items.credit_used"


def test_a_posted_invoice_changes_by_no_sql(meier):
    invoice = posted(meier, line())
    rows = SupplierInvoice.of(meier.company)
    for change in ({"payable": 1}, {"number": "B"}, {"status": "draft"}, {"date": MARCH_9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.filter(pk=invoice.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        invoice.lines.update(amount=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.filter(pk=invoice.pk).delete()


def test_faults_name_all_their_places(meier):
    assert refused(draft, meier, line("99999999999.00"), due_date=dt.date(2026, 2, 1),
                   exchange_rate=D(0), terms_discount=D(2)) == [
        ("payables.bad_discount", "terms_discount"),
        ("payables.due_before_date", "due_date"), ("payables.no_rate", "exchange_rate"),
        ("payables.too_large", "lines[0].amount"),
    ]  # fmt: skip
    empty = draft(meier, number="")
    assert refused(approving.submit, empty, by=make.owner_of(meier.company)) == [
        ("payables.number_missing", "number"), ("payables.nothing_to_post", "lines"),
    ]  # fmt: skip
    nothing = draft(meier, line(account=None), line("-200.00"))
    assert [code for code, _place in refused(approving.submit, nothing, by=make.owner_of(meier.company))] == [
        "payables.account_missing", "payables.total_not_positive",
    ]  # fmt: skip


def test_a_locked_period_refuses_and_writes_nothing(books, meier):
    by = make.owner_of(books)
    years.lock_period(
        company=books, period=Period.of(books).get(start=MARCH_1), lock="locked", by=by
    )
    waiting = draft(meier, line())
    assert refused(approving.submit, waiting, by=by) == [("ledger.period_locked", "date")]
    waiting.refresh_from_db()
    assert waiting.is_draft


AMOUNTS = st.decimals(D("-500.00"), D("5000.00"), places=2)
ROWS = st.lists(
    st.tuples(AMOUNTS, st.sampled_from(["", "MN", "MR", "IN", "BM", "BO", "MZ", "M0"]),
              st.sampled_from(["", "months", "years"])),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(
    max_examples=cases(60, each_time=20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, basis=st.sampled_from(["gross", "net"]), currency=st.sampled_from(["CHF", "EUR"]),
       kind=st.sampled_from(["invoice", "credit_note"]))  # fmt: skip
def test_whatever_is_bought_the_books_agree(books, meier, rows, basis, currency, kind):
    lines = [
        line(
            str(amount),
            "6300",
            code,
            spread=spread,
            supply_from=MARCH_1,
            supply_until=dt.date(2027, 4, 17),
        )
        for amount, code, spread in rows
    ]
    sid = transaction.savepoint()
    told = draft(meier, *lines, basis=basis, currency=currency, kind=kind,
                 exchange_rate=D("0.937211") if currency == "EUR" else None)  # fmt: skip
    amounts = amounts_of(told, lines_of(told))
    assert amounts.net + amounts.vat == amounts.payable == told.payable
    assert sum(group.vat for group in amounts.groups) == amounts.vat
    if told.payable > 0:
        invoice = approving.submit(told, by=make.owner_of(books))
        entry = entered(invoice.entry)
        assert sum(D(row[1]) for row in entry) == 0
        assert not differences(books, on=dt.date(2026, 12, 31))
        prepaid = sum(D(row[1]) for row in entry if row[0] == "1300")
        assert prepaid == sum(AccrualPart.of(books).values_list("amount", flat=True))
        if currency == "CHF":
            tax = sum(
                D(row[1]) for row in entry if row[0] in {"1170", "1171"} and row[2][:1] != "B"
            )
            assert tax == invoice.sign * invoice.vat
    transaction.savepoint_rollback(sid)
