"""The official examples of the guidelines (annex 1), the reference tenant, and look-ups in files."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal

import pytest

from erp.core.money import FIVE_CENTIMES, rounded_to
from erp.reference.editions import Given
from erp.reference.sources import tariffs as files
from payroll.wages.kinds import Pay, TaxModel
from payroll.wages.values import TariffRow, TaxChange
from payroll.wages.withholding import row_for, tax_by
from tests.payroll.wages.withholding.playing import HOURLY, Year, line

MODELS = {"monthly": TaxModel.MONTHLY, "annual": TaxModel.YEARLY}
#: The official examples are not rounded. The reference tenant's are.
NEAR = Decimal("0.05")
#: Y15 tells the rates of the first code in words alone.
RERATED = {"Y15": {"A0N": {7: ".079", 8: ".078", 9: ".079", 10: ".076", 11: ".076", 12: ".077"}},
           "Y23": {"A0N": {12: ".104"}}}  # fmt: skip
IDS = ["M15", "M17", "M18", "M20", "M22", "M23", "M26", "M28", "M34", "M40", "M16", "M24", "Y1",
       "Y1.2", "Y2", "Y4", "Y6", "Y8", "Y9", "Y11_AG1", "Y15", "Y17", "Y19", "Y22", "Y23", "Y39"]  # fmt: skip
HOURS = [35] * 8 + ["87.5", "72.3333333333", "61.8333333333", "82.8333333333"]


def money(value):
    return Decimal(str(value))


def five(value):
    return rounded_to(money(value), FIVE_CENTIMES)


def examples(shared):
    return json.loads((shared / "payroll" / "examples.json").read_text(encoding="utf-8"))


def tariffs_of(case):
    """A tariff that has the example's rates at its incomes."""
    rates = {}
    start = case["start_month"]
    told = RERATED.get(case["id"], {})
    for nth, code in enumerate(case["codes"]):
        income = five(case["determinant"][nth])
        rates.setdefault(code, {})[income] = money(case["expected_rates"][nth]) * 100
        for other, by_month in told.items():
            if start + nth in by_month:
                rates.setdefault(other, {}).setdefault(
                    income, Decimal(by_month[start + nth]) * 100)  # fmt: skip
    return {
        f"ZH {code}": tuple(
            TariffRow(income_from=low, percent=percent) for low, percent in sorted(rows.items())
        )
        for code, rows in rates.items()
    }


def hold(year, case, nth, model):
    """What the example says of other jobs in this month."""
    own, total = (case.get(key, [None] * 12)[nth] for key in ("activity_own", "activity_total"))
    more = {}
    if case["id"] == "Y9":
        # 6447 and the incomes after it come of 70 % elsewhere, whatever the title says
        more = {"only_job": False, "other_rate": Decimal(60 if nth < 8 else 70)}
    elif own is not None:
        more = {"only_job": False, "own_rate": money(own) * 100, "total_rate": money(total) * 100}
    year.hold(case["codes"][nth], since=case["start_month"] + nth, model=model, **more)


def lines_of(case, nth):
    extra = money(case["aperiodic"][nth])
    wage = money(case["gross"][nth]) - extra
    hours = {"type": HOURLY, "quantity": HOURS[nth]} if case["id"] == "Y9" else {}
    return [line(wage, **hours), line(extra, periodic=False)]


@pytest.mark.parametrize("id", IDS)
def test_an_example_of_the_guidelines(shared, id):
    case = next(c for c in examples(shared)["withholding_annex1"]["cases"] if c["id"] == id)
    model = MODELS[case["model"]]
    year = Year(tariffs_of(case), pay=Pay.HOUR if id == "Y9" else Pay.MONTH)
    late = {row["month"]: row["old"] for row in case.get("corrections", [])}
    for nth in range(len(case["codes"])):
        month = case["start_month"] + nth
        hold(year, case, nth, model)
        changes = ()
        if month in late:
            changes = tuple(
                TaxChange(month=dt.date(2025, one["origin"], 1), code=one["new"])
                for one in case["corrections"]
            )
        tax = year.month(month, *lines_of(case, nth), days=case["days"][nth], tax_changes=changes)
        assert not [one for one in year.findings if one.stops], year.findings
        assert abs(tax - money(case["expected_tax"][nth])) <= NEAR, (month, tax)
        current = [one for one in year.last if not one.is_correction]
        if current:
            assert abs(current[-1].determinant - money(case["determinant"][nth])) <= NEAR
    total = sum(tax.amount for tax in year.taxes)
    assert abs(total - money(case["expected_total"])) <= NEAR * len(case["codes"])
    assert total == sum(row.tax for row in year.carry.taxed)


def test_all_examples_of_the_guidelines_are_tests(shared):
    annex = examples(shared)["withholding_annex1"]
    assert [case["id"] for case in annex["cases"]] == IDS
    assert {case["id"] for case in annex["special"]} == {"M35", "M37", "YM43"}


def test_m35_a_balance_of_holidays_corrects_the_month_of_exit():
    year = Year({"ZH A0N": (TariffRow(income_from=Decimal(0), percent=Decimal("10.5")),
                            TariffRow(income_from=Decimal(6000), percent=Decimal("11.5")))})  # fmt: skip
    year.hold("A0N")
    for month in range(1, 10):
        assert year.month(month, line(5500)) == Decimal("577.50")
    paid = year.month(11, line(500, periodic=False, for_month=dt.date(2025, 9, 1)), days=0)
    assert paid == Decimal("112.50")
    (told,) = year.last
    assert (told.month, told.determinant, told.is_correction) == (dt.date(2025, 9, 1), 6000, True)
    assert sum(tax.amount for tax in year.taxes) == Decimal("5310.00")


def test_m37_a_bonus_after_exit_is_taxed_with_the_last_wage_by_the_code_of_now():
    year = Year({"ZH A0N": (TariffRow(income_from=Decimal(0), percent=Decimal("10.5")),),
                 "ZH B0N": (TariffRow(income_from=Decimal("35451"), percent=Decimal("29")),)})  # fmt: skip
    year.hold("A0N")
    for month in range(1, 10):
        year.month(month, line(5500))
    year.hold("B0N", since=11)
    assert year.month(11, line(30000, periodic=False), days=0) == Decimal("8700.00")
    assert year.last[0].determinant == Decimal("35500.00")


def test_ym43_another_canton_begins_sums_of_its_own():
    def rows(*steps):
        return tuple(
            TariffRow(income_from=Decimal(low), percent=Decimal(percent)) for low, percent in steps
        )

    year = Year({"TI A0N": rows((5000, "9.5"), (7500, "13.8")), "TI B0N": rows((7500, "8.6")),
                 "BE B0N": rows((5000, "4.1")), "BE B1N": rows((5000, "2.0"), (10000, "9.5"))})  # fmt: skip
    year.hold("A0N", "TI", model=TaxModel.YEARLY)
    taken = [year.month(1, line(5000)),
             year.month(2, line(5000), line(30000, periodic=False))]  # fmt: skip
    taken += [year.month(month, line(5000)) for month in (3, 4, 5)]
    year.hold("B0N", "TI", since=6, model=TaxModel.YEARLY)
    taken += [year.month(month, line(5000)) for month in (6, 7, 8)]
    year.hold("B0N", "BE", since=9)
    taken += [year.month(month, line(5000)) for month in (9, 10)]
    year.hold("B1N", "BE", since=11)
    taken += [year.month(11, line(5000)), year.month(12, line(10000))]
    assert taken == [475, 5045, 690, 690, 690, 430, 430, 430, 205, 205, 100, 950]
    assert sum(taken) == 10340


@pytest.mark.parametrize("id", ["TF17", "TF19"])
def test_a_person_of_the_reference_tenant(shared, id):
    case = next(c for c in examples(shared)["withholding_real_tariff"]["cases"] if c["id"] == id)
    rows = {}
    for nth, rates in enumerate(case["rates_pct_by_month"]):
        for code, percent in rates.items():
            rows.setdefault(code, {})[money(case["determinant_rounded"][nth])] = money(percent)
    year = Year({
        f"TI {code}": tuple(TariffRow(income_from=low, percent=rate)
                            for low, rate in sorted(steps.items()))
        for code, steps in rows.items()
    })  # fmt: skip
    for nth, code in enumerate(case["codes"]):
        year.hold(code, "TI", since=nth + 1, model=TaxModel.YEARLY, only_job=False,
                  own_rate=money(case["own_rate"]) * 100,
                  total_rate=money(case["total_rate"][nth]) * 100)  # fmt: skip
        assert year.month(nth + 1, *lines_of(case, nth)) == money(case["expected_tax"][nth])
        assert year.last[-1].determinant == money(case["determinant_rounded"][nth])
    assert sum(tax.amount for tax in year.taxes) == money(case["year_total"])


def file_rows(shared, canton, year):
    """A tariff file, read by the program's own reader: rows by canton and code."""
    name = f"tar{year % 100}{canton.lower()}.txt"
    path = shared / "payroll" / "qst-tariffs" / name
    content = path.read_bytes() if path.exists() else gzip.decompress(
        path.with_name(f"{name}.gz").read_bytes())  # fmt: skip
    found = {}
    edition = files.parse(content, Given(name=name))
    for where, kind, code, _day, low, _step, _children, least, percent in edition.rows:
        if kind in {"06", "11"}:
            found.setdefault(f"{where} {code}", []).append(
                TariffRow(income_from=Decimal(low), percent=Decimal(percent),
                          minimum=Decimal(least)))  # fmt: skip
    return {key: tuple(sorted(rows, key=lambda row: row.income_from))
            for key, rows in found.items()}  # fmt: skip


def test_a_person_of_the_reference_tenant_by_the_tariff_of_vaud(shared):
    case = next(
        c for c in examples(shared)["withholding_real_tariff"]["cases"] if c["id"] == "TF31"
    )
    year = Year(file_rows(shared, "VD", 2025))
    for nth, code in enumerate(case["codes"]):
        year.hold(code, "VD", since=nth + 1, model=TaxModel.YEARLY)
        changes = tuple(
            TaxChange(month=dt.date(2025, origin, 1), code=new)
            for origin, _old, new in case["corrections"].get(str(nth + 1), [])
        )
        tax = year.month(nth + 1, *lines_of(case, nth), tax_changes=changes)
        assert tax == money(case["expected_tax"][nth])
        assert year.last[-1].determinant == money(case["determinant_rounded"][nth])
    assert sum(tax.amount for tax in year.taxes) == money(case["year_total"])
    moved = [(tax.month.month, tax.code, tax.amount) for tax in year.taxes if tax.is_correction]
    assert moved == [(4, "A0N", -419), (4, "B0N", 117), (5, "A0N", -419), (5, "B0N", 117)]


def test_look_ups_in_the_official_files(shared):
    read = {}
    for case in examples(shared)["tariff_lookups"]["cases"]:
        key = (case["canton"], case["year"])
        rows = read.setdefault(key, None) or file_rows(shared, *key)
        read[key] = rows
        found = row_for(rows[f"{case['canton']} {case['code']}"], money(case["determinant"]))
        assert found.income_from == money(case["band_from"]), case
        assert found.percent == money(case["rate_pct"]), case
        assert found.minimum == money(case["min_tax"]), case
        tax = rounded_to(tax_by(found, money(case["taxable"])), FIVE_CENTIMES)
        assert tax == money(case["tax"]), case
