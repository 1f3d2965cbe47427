"""Amounts taken apart by their VAT code, with figures as published and worked by hand."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vat.codes.breakdown import Basis, CodeInactive, ImpossibleRate, TaxLine, break_down
from vat.codes.catalogue import DATA, catalogue
from vat.codes.models import VatCode
from vat.codes.tax import net_of_tax, tax_in_gross, tax_on_net

D = Decimal
OLD, NEW = dt.date(2023, 12, 31), dt.date(2024, 1, 1)
amounts = st.decimals(D("0.01"), D("99999999999.99"), places=2)


def shipped_rate(rate_class, day):
    """The rate of a day out of the shipped table; ``test_rates`` proves the table."""
    if rate_class == "none":
        return D("0.00")
    with Path(DATA / "rates.csv").open(encoding="utf-8") as file:
        return next(
            D(row["percent"])
            for row in csv.DictReader(file)
            if row["rate_class"] == rate_class
            and row["valid_from"] <= day.isoformat() <= (row["valid_to"] or "9999-12-31")
        )


def code(name, **more):
    entry = catalogue()[name]
    return VatCode(code=name, catalogue_code=name, kind=entry.kind, rate_class=entry.rate_class,
                   **more)  # fmt: skip


def taken_apart(name, amount, *, day=NEW, **more):
    return break_down(code(name), D(amount), supply_date=day, rate_on=shipped_rate, **more)


@pytest.mark.parametrize(
    ("name", "day", "gross", "net", "tax"),
    [
        ("UN", NEW, "87.20", "80.67", "6.53"),  # not 6.55: VAT is never rounded to five centimes
        ("UN", OLD, "87.20", "80.97", "6.23"),
        ("UN", NEW, "1081.00", "1000.00", "81.00"),
        ("UN", OLD, "1077.00", "1000.00", "77.00"),
        ("UR", NEW, "102.60", "100.00", "2.60"),
        ("UR", OLD, "102.50", "100.00", "2.50"),
        ("UB", NEW, "103.80", "100.00", "3.80"),
        ("UB", OLD, "103.70", "100.00", "3.70"),
        ("UN", NEW, "125.00", "115.63", "9.37"),
        ("UN", NEW, "0.05", "0.05", None),  # a tax of less than half a centime is no line
    ],
)
def test_tax_is_taken_out_of_gross(name, day, gross, net, tax):
    parts = taken_apart(name, gross, day=day)
    assert (parts.net, parts.payable) == (D(net), D(gross))
    assert parts.tax_lines == ((TaxLine("output_tax", D(tax), True),) if tax else ())


@pytest.mark.parametrize(
    ("name", "net", "tax", "purpose"),
    [
        ("UN", "80.67", "6.53", "output_tax"),
        ("MN", "1234.56", "100.00", "input_tax_material"),  # 99.99936
        ("IN", "0.06", None, "input_tax_investment"),  # 0.00486
        ("IN", "0.07", "0.01", "input_tax_investment"),  # 0.00567
        ("SN", "50.00", "4.05", "output_tax"),
        ("MR", "250.00", "6.50", "input_tax_material"),
        ("IB", "125.00", "4.75", "input_tax_investment"),
    ],
)
def test_tax_is_put_on_net(name, net, tax, purpose):
    parts = taken_apart(name, net, basis=Basis.NET)
    assert parts.net == D(net)
    assert parts.tax_lines == ((TaxLine(purpose, D(tax), True),) if tax else ())
    assert parts.payable == D(net) + D(tax or 0)


def test_half_a_centime_of_tax_goes_away_from_zero():
    assert tax_on_net(D("5.00"), rate=D("8.1")) == D("0.41")  # 0.405
    assert tax_on_net(D("-5.00"), rate=D("8.1")) == D("-0.41")
    assert tax_in_gross(D("-87.20"), rate=D("8.1")) == D("-6.53")
    assert net_of_tax(D("6.53"), rate=D("8.1")) == D("80.62")
    assert net_of_tax(D("-81.00"), rate=D("8.1")) == D("-1000.00")


def test_the_rate_follows_the_supply_and_not_the_invoice():
    """An invoice of January 2024 over both years has two rates and two boxes."""
    before, after = taken_apart("UN", "1000.00", day=OLD), taken_apart("UN", "1000.00", day=NEW)
    assert [(p.rate, p.tax_lines[0].amount) for p in (before, after)] == [
        (D("7.7"), D("71.49")), (D("8.1"), D("74.93"))
    ]  # fmt: skip


@pytest.mark.parametrize("basis", Basis.values)
def test_acquisition_tax_is_owed_on_top_and_deducted_again(basis):
    for name, purpose in (("BM", "input_tax_material"), ("BI", "input_tax_investment")):
        parts = taken_apart(name, "1000.00", basis=basis)
        assert parts.net == parts.payable == D("1000.00")
        assert parts.tax_lines == (
            TaxLine(purpose, D("81.00"), True), TaxLine("acquisition_tax", D("81.00"), False)
        )  # fmt: skip
    assert taken_apart("BMR", "1000.00", basis=basis).tax_lines[0].amount == D("26.00")


def test_acquisition_tax_without_deduction_is_part_of_the_cost():
    parts = taken_apart("BO", "1000.00")
    assert (parts.net, parts.payable) == (D("1081.00"), D("1000.00"))
    assert parts.base == D("1000.00")  # what the return declares
    assert parts.tax_lines == (TaxLine("acquisition_tax", D("81.00"), False),)


def test_of_import_tax_the_whole_amount_is_tax():
    parts = taken_apart("MZ", "777.77")
    assert (parts.net, parts.payable, parts.overridden) == (D(0), D("777.77"), False)
    assert parts.tax_lines == (TaxLine("input_tax_material", D("777.77"), True),)


@pytest.mark.parametrize("name", ["UX", "UA", "UM", "UE", "UD", "M0", "I0", "ZS", "ZD"])
@pytest.mark.parametrize("basis", Basis.values)
def test_codes_without_tax_leave_the_amount_whole(name, basis):
    parts = taken_apart(name, "100.00", basis=basis)
    assert (parts.net, parts.payable, parts.rate) == (D("100.00"), D("100.00"), D(0))
    assert parts.tax_lines == () and not parts.overridden


def test_another_rate_than_the_laws_is_told():
    assert taken_apart("UN", "107.70", rate=D("7.7")).overridden
    assert taken_apart("UN", "107.70", rate=D("7.7")).tax_lines[0].amount == D("7.70")
    assert not taken_apart("UN", "107.70", rate=D("7.7"), day=OLD).overridden
    assert not taken_apart("UN", "108.10", rate=D("8.10")).overridden
    none = taken_apart("IN", "108.10", rate=D("0.00"))
    assert none.overridden and none.tax_lines == () and none.net == D("108.10")


@pytest.mark.parametrize("rate", ["-0.1", "100", "810"])
def test_no_rate_is_negative_or_a_hundred(rate):
    with pytest.raises(ImpossibleRate):
        taken_apart("UN", "100.00", rate=D(rate))


def test_a_code_switched_off_is_refused():
    with pytest.raises(CodeInactive):
        break_down(code("UN", active=False), D(1), supply_date=NEW, rate_on=shipped_rate)


@settings(max_examples=1000)
@given(amounts, st.sampled_from(sorted(catalogue())), st.sampled_from([OLD, NEW]),
       st.sampled_from(Basis.values))  # fmt: skip
def test_nothing_is_lost_whatever_the_code(amount, name, day, basis):
    """What is paid is what was typed, or with net amounts that plus the tax."""
    parts = taken_apart(name, amount, day=day, basis=basis)
    own = sum((t.amount for t in parts.tax_lines if t.same_side), D(0))
    on_top = basis == Basis.NET and code(name).kind not in {"acquisition", "import"}
    assert parts.payable == amount + (own if on_top else 0)
    assert all(t.amount > 0 and t.amount == round(t.amount, 2) for t in parts.tax_lines)
    if code(name).kind in {"output", "discount", "input"} and parts.tax_lines:
        assert abs(own - parts.net * parts.rate / 100) <= D("0.01")


@settings(max_examples=1000)
@given(amounts)
def test_gross_and_net_agree(net):
    """Tax put on net and taken out of that gross again is the same, but for one centime."""
    tax = tax_on_net(net, rate=D("8.1"))
    assert abs(tax_in_gross(net + tax, rate=D("8.1")) - tax) <= D("0.01")
