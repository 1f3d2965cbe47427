"""Returns of worked cases: every figure is reckoned by hand beside it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.open_items.models import Settlement
from accounting.open_items.plans import Part
from accounting.open_items.settling import net, settle, undo
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import (
    Q1,
    Q2,
    D,
    day,
    documented,
    entry,
    form,
    pay,
    purchase,
    returned,
    sale,
    scope,
)
from vat.returns.computing import compute
from vat.returns.pieces import listed

pytestmark = pytest.mark.django_db


def quarter(company):
    """A quarter with a bit of everything; amounts with their tax."""
    first = sale(company, "1081.00", "UN")  # 1000.00 + 81.00
    second = sale(company, "1026.00", "UR")  # 1000.00 + 26.00
    export = sale(company, "500.00", "UX")
    old = sale(company, "1077.00", "UN", supplied=dt.date(2023, 12, 15))  # 1000.00 + 77.00
    bought = purchase(company, "540.50", "MN")  # 500.00 + 40.50
    entry(company, day(2), "1500", "1020", "2162.00", "IN")  # 2000.00 + 162.00
    entry(company, day(2), "6570", "1020", "1000.00", "BM")  # 1000.00, 81.00 owed and deducted
    entry(company, day(2), "6200", "1171", "50.00", "KN")  # own use: 50.00 of input tax given back
    entry(company, day(2), "1020", "3600", "3000.00", "ZS")
    entry(company, day(2), "1020", "3600", "200.00", "ZD")
    # 2 % of 1081.00 are 21.62: 20.00 + 1.62
    pay(first, "1059.38", discount="21.62", date=day(3))
    return second, export, old, bought


def test_a_quarter_with_agreed_consideration():
    company = items.company()
    quarter(company)

    found = returned(company, *Q1)

    assert form(found) == {
        "200": D("3500.00"),  # 1000 + 1000 + 500 + 1000
        "220": D("500.00"),
        "235": D("20.00"),
        "303 8.10": D("980.00"),  # 1000 - 20
        "313 2.60": D("1000.00"),
        "302 7.70": D("1000.00"),  # supplied in 2023
        "383 8.10": D("1000.00"),
        "400": D("121.50"),  # 40.50 + 81.00 of the acquisition
        "405": D("162.00"),
        "415": D("50.00"),
        "900": D("3000.00"),
        "910": D("200.00"),
    }
    told = found.declaration
    assert told.deductions == D("520.00")  # 500 + 20
    assert told.taxable == told.in_rows == D("2980.00")
    assert told.due == D("263.38")  # 79.38 + 26.00 + 77.00 + 81.00
    assert told.credit == D("233.50")  # 121.50 + 162.00 - 50.00
    assert told.payable == D("29.88")
    assert found.difference == 0  # booked to the centime


def test_the_same_quarter_with_received_consideration():
    company = items.company()
    quarter(company)

    found = returned(company, *Q1, basis="received")

    assert form(found) == {
        "200": D("980.00"),  # 1059.38 received are 980.00 + 79.38; nothing else was paid
        "303 8.10": D("980.00"),
        "383 8.10": D("1000.00"),
        "400": D("81.00"),  # the bill over 540.50 is not paid
        "405": D("162.00"),
        "415": D("50.00"),
        "900": D("3000.00"),
        "910": D("200.00"),
    }
    assert found.declaration.payable == D("-32.62")  # 79.38 + 81.00 - 81.00 - 162.00 + 50.00


def test_when_all_is_paid_both_bases_have_declared_the_same():
    company = items.company()
    second, export, old, bought = quarter(company)
    pay(second, "300.00", date=day(4))
    pay(second, "726.00", date=day(5))
    pay(export, "500.00", date=day(5))
    pay(old, "1077.00", date=day(6, 30))
    pay(bought, "540.50", date=day(6))

    half = (Q1[0], Q2[1])
    agreed = form(returned(company, *half))
    quarters = [form(returned(company, *q, basis="received")) for q in (Q1, Q2)]
    received = {box: sum(q.get(box, D(0)) for q in quarters) for q in quarters for box in q}

    # The discount of 20.00 lowers box 200 itself where only what was received is declared.
    agreed["200"] -= agreed.pop("235")
    assert received == agreed
    # 300.00 of 1026.00: 292.40 + 7.60
    assert quarters[1]["313 2.60"] == D("1000.00")


def test_part_payments_come_to_the_whole_to_the_centime():
    company = items.company()
    item = sale(company, "100.00", "UN")  # 92.51 + 7.49
    for month, part in ((1, "33.33"), (4, "33.33"), (7, "33.34")):
        pay(item, part, date=day(month, 20))

    parts = [
        form(returned(company, start, end, basis="received"))["303 8.10"]
        for start, end in (Q1, Q2, (dt.date(2026, 7, 1), dt.date(2026, 9, 30)))
    ]

    # 33.33 % of 92.51 = 30.8336 -> 30.83; 66.66 % = 61.6672 -> 61.67, less 30.83; the rest
    assert parts == [D("30.83"), D("30.84"), D("30.84")]


def test_a_payment_of_125_with_25_tax_paid_in_part():
    """125.00 with 25.00 tax, 25.00 paid: 20.00 and 5.00; here at 8.1 %, 108.10 and 21.62."""
    company = items.company()
    pay(sale(company, "108.10", "UN"), "21.62", date=day(2))

    found = returned(company, *Q1, basis="received")

    assert form(found) == {"200": D("20.00"), "303 8.10": D("20.00")}
    assert sum(one.tax for one in found.sums) == D("-1.62")


def test_a_write_off_takes_tax_back_where_it_was_declared():
    company = items.company()
    pay(sale(company, "1081.00", "UN"), "0.00", write_off="1081.00", date=day(3))

    agreed, received = (returned(company, *Q1, basis=b) for b in ("agreed", "received"))

    assert form(agreed) == {"200": D("1000.00"), "235": D("1000.00"), "303 8.10": D("0.00")}
    assert received.declaration.is_nil and received.declaration.payable == 0


def test_a_credit_note_set_off_counts_on_both_sides():
    company = items.company()
    invoice = sale(company, "1081.00", "UN")
    note = sale(company, "-108.10", "UN")
    net(company, items=[invoice, note], date=day(2), by=make.owner_of(company))

    # 108.10 of the invoice are settled, and the credit note takes 108.10 back: nothing was received.
    assert returned(company, *Q1, basis="received").declaration.is_nil
    assert form(returned(company, *Q1))["200"] == D("900.00")


def test_a_payment_that_is_undone_takes_the_tax_back():
    company = items.company()
    pay(sale(company, "1081.00", "UN"), "1081.00", date=day(3))
    undo(Settlement.of(company).get(), date=day(4), by=make.owner_of(company))

    assert form(returned(company, *Q1, basis="received"))["200"] == D("1000.00")
    assert form(returned(company, *Q2, basis="received"))["200"] == D("-1000.00")


def test_an_overpayment_counts_when_it_is_used():
    """Received beyond the invoice: no supply stands behind it yet, and its rate is not known."""
    company = items.company()
    first = sale(company, "108.10", "UN")
    settle(company=company, date=day(2), parts=[Part(first, paid=D("108.10"))],
           money=items.money(company, "216.20"), by=make.owner_of(company))  # fmt: skip
    assert form(returned(company, *Q1, basis="received"))["200"] == D("100.00")

    second = sale(company, "108.10", "UN", date=day(4))
    credit = first.__class__.of(company).get(amount__lt=0)
    net(company, items=[second, credit], date=day(4, 20), by=make.owner_of(company))
    assert form(returned(company, *Q2, basis="received"))["200"] == D("100.00")


def test_a_deposit_is_taxed_when_it_is_billed_and_taken_off_the_final_invoice():
    company = items.company()
    deposit = sale(company, "540.50", "UN", account="2030")  # 500.00 + 40.50
    final = documented(company, "receivables", [
        ("1081.00", "UN", "3200", None), ("-540.50", "UN", "2030", None),
    ], day(4))  # fmt: skip
    pay(deposit, "540.50", date=day(2))
    pay(final, "540.50", date=day(5))
    for basis in ("agreed", "received"):
        quarters = [form(returned(company, *q, basis=basis))["303 8.10"] for q in (Q1, Q2)]
        assert quarters == [D("500.00"), D("500.00")]


def test_a_claim_in_euro_is_worth_what_came_in():
    """1'000.00 EUR booked at 0.95, received at 0.93: 950.00 agreed, 930.00 received."""
    company = items.company()
    item = documented(company, "receivables", [("950.00", "UX", "3201", None)], day(1),
                      currency="EUR", owed="1000.00")  # fmt: skip
    pay(item, "1000.00", base="930.00", date=day(3))

    assert form(returned(company, *Q1))["200"] == D("950.00")
    assert form(returned(company, *Q1, basis="received"))["200"] == D("930.00")


def test_at_a_switch_to_received_the_open_items_are_taken_off_once():
    """MWSTV Art. 106 para. 2: what was declared already when it was invoiced is not declared again."""
    company = items.company()
    open_item = sale(company, "1081.00", "UN", date=day(3))
    half_paid = sale(company, "216.20", "UN", date=day(3))
    pay(half_paid, "108.10", date=day(3, 20))
    pay(open_item, "1081.00", date=day(5))

    found = returned(company, *Q2, basis="received", switched_on=Q2[0])

    # taken off: 1000.00 and the open half of 200.00; received: 1000.00
    assert form(found) == {"200": D("-100.00"), "303 8.10": D("-100.00")}


def test_at_a_switch_to_agreed_the_open_items_are_declared():
    """MWSTV Art. 106 para. 1: they were not received, and will not be declared when they are."""
    company = items.company()
    sale(company, "1081.00", "UN", date=day(3))
    purchase(company, "540.50", "MN", date=day(3))

    found = returned(company, *Q2, switched_on=Q2[0])

    assert form(found) == {"200": D("1000.00"), "303 8.10": D("1000.00"), "400": D("40.50")}


def test_import_tax_is_deducted_when_it_was_assessed():
    """MWSTG Art. 40 para. 4: also by received consideration, whether the bill is paid or not."""
    company = items.company()
    bill = purchase(company, "81.00", "MZ")
    assert form(returned(company, *Q1, basis="received")) == {"400": D("81.00")}
    pay(bill, "81.00", date=day(4))
    assert form(returned(company, *Q2, basis="received")) == {}
    for basis in ("agreed", "received"):  # nor is it carried by a switch
        switched = form(returned(company, *Q2, basis=basis, switched_on=Q2[0]))
        assert switched == {}


def test_every_figure_of_the_form_opens_its_entries():
    company = items.company()
    quarter(company)
    for basis in ("agreed", "received"):
        found = returned(company, *Q1, basis=basis)
        rows = listed(found.scope.question)
        assert sum(r.net for r in rows) == sum(one.net for one in found.sums)
        assert sum(r.tax + r.owed for r in rows) == sum(one.tax + one.owed for one in found.sums)
        pages, after = [], None
        while page := listed(found.scope.question, after=after, limit=3):
            pages += page
            after = page[-1].key
        assert pages == rows


def test_a_return_asks_a_fixed_number_of_queries(django_assert_num_queries):
    company = items.company()
    quarter(company)
    asked = scope(company, *Q1)
    with django_assert_num_queries(3):  # boxes, codes, the sums
        compute(asked)
    quarter(company)
    with django_assert_num_queries(3):
        compute(asked)
    assert isinstance(compute(asked).declaration.payable, Decimal)
