"""Tariffs as they are loaded: one query for all, and never those of another year."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from erp.reference.models import WithholdingTariff
from erp.reference.updating import update
from payroll.rates import tariffs
from payroll.rates.tariffs import TariffMissing, UnknownTaxCode, look_up, tariffs_for
from payroll.wages.values import TariffRow

pytestmark = pytest.mark.django_db
JUNE = dt.date(2031, 6, 30)
NEW_YEAR = dt.date(2030, 12, 20)


def record(kind, code, low=1, *, least=0, percent=0, canton="ZH", year=2031):
    return (f"{kind}01{canton}{code:<10}{year}0101{low * 100:09}{5000:09} 00{least:09}"
            f"{percent:05}   ")  # fmt: skip


def load(*records, canton="ZH", year=2031, made="20301208"):
    """Take in a file, with as many rows of another code as are plausible."""
    records += tuple(
        record("06", "D0N", low, canton=canton, year=year) for low in range(1, 5001, 50)
    )
    rows = [f"00{canton}{'':15}{made}{'':83}", *records,
            f"99{'':15}{canton}{len(records) + 2:08}{0:9}   "]  # fmt: skip
    content = "\r\n".join([*rows, ""]).encode("latin-1")
    (outcome,) = update("tariffs", content=content, on=NEW_YEAR)
    assert outcome.refusal is None, outcome.refusal


def zurich(**more):
    load(
        record("06", "A0N", 1, percent=200, least=500), record("06", "A0N", 3000, percent=500),
        record("06", "B1Y", 1, percent=100), record("11", "HEN", percent=2500),
        record("12", "PEL", percent=200), record("12", "PPA", percent=100),
        record("13", "MED", least=610000), **more,
    )  # fmt: skip


def test_tariffs_of_all_people_come_in_one_query(django_assert_num_queries):
    zurich()
    wanted = [("ZH", "A0N"), ("ZH", "HEN"), ("ZH", "A0Y"), ("BE", "A0N"), ("ZH", "A0N")]
    with django_assert_num_queries(1):
        found = tariffs_for(wanted, JUNE)
    assert found == {
        "ZH A0N": (
            TariffRow(income_from=Decimal(1), percent=Decimal(2), minimum=Decimal(5)),
            TariffRow(income_from=Decimal(3000), percent=Decimal(5)),
        ),
        "ZH A0Y": (),
        "ZH HEN": (TariffRow(income_from=Decimal(1), percent=Decimal(25)),),
    }
    with django_assert_num_queries(0):
        assert tariffs_for([], JUNE) == {}


def test_the_tariff_of_another_year_is_none():
    zurich()
    assert tariffs_for([("ZH", "A0N")], dt.date(2032, 1, 31)) == {}
    assert tariffs_for([("ZH", "A0N")], dt.date(2030, 12, 31)) == {}
    with pytest.raises(TariffMissing) as refusal:
        look_up("ZH", "A0N", dt.date(2032, 1, 31), determinant=Decimal(5000))
    assert "2032" in str(refusal.value)


def test_a_corrected_edition_takes_the_place_of_the_first():
    zurich()
    load(record("06", "A0N", 1, percent=300), record("13", "MED", least=610000), made="20310110")
    assert [row.percent for row in tariffs_for([("ZH", "A0N")], JUNE)["ZH A0N"]] == [3]
    assert tariffs_for([("ZH", "B1Y")], JUNE) == {"ZH B1Y": ()}


def test_a_look_up_says_how_it_comes():
    zurich()
    found = look_up("ZH", "A0N", JUNE, determinant=Decimal(4000), taxable=Decimal("2000.50"))
    assert (found.income_from, found.percent, found.tax) == (3000, 5, Decimal("100.05"))
    least = look_up("ZH", "A0N", JUNE, determinant=Decimal(100))
    assert (least.tax, least.is_minimum) == (Decimal("5.00"), True)


@pytest.mark.parametrize("code", ["A0Y", "A1N", "nonsense", "A0", ""])
def test_a_code_that_the_canton_does_not_have_is_refused(code):
    zurich()
    with pytest.raises(UnknownTaxCode):
        look_up("ZH", code, JUNE, determinant=Decimal(4000))


def test_commission_and_median_wage_are_those_of_the_file():
    zurich()
    assert tariffs.commission("ZH", JUNE, "PEL") == 2
    assert tariffs.commission("ZH", JUNE, "PPA") == 1
    assert tariffs.median_wage("ZH", JUNE) == 6100
    assert tariffs.codes_of("ZH", JUNE) == ["A0N", "B1Y", "D0N", "HEN"]
    for asked in (lambda: tariffs.commission("BE", JUNE, "PEL"),
                  lambda: tariffs.median_wage("BE", JUNE)):  # fmt: skip
        with pytest.raises(TariffMissing):
            asked()


def test_what_is_loaded_and_what_is_missing(django_assert_num_queries):
    zurich()
    with django_assert_num_queries(1):
        found = {one.canton: one for one in tariffs.loaded_for(2031)}
    assert len(found) == 26
    assert found["ZH"].edition_date == dt.date(2030, 12, 8)
    assert [one.canton for one in found.values() if not one.is_missing] == ["ZH"]


def test_look_ups_in_a_file_of_the_canton_once_it_is_loaded(shared):
    cases = json.loads((shared / "payroll/examples.json").read_text(encoding="utf-8"))
    path = shared / "payroll/qst-tariffs/tar26ag.txt"
    (outcome,) = update("tariffs", content=path.read_bytes(), filename=path.name,
                        on=dt.date(2026, 1, 5))  # fmt: skip
    assert outcome.refusal is None
    assert WithholdingTariff.objects.filter(canton="AG", valid_from__year=2026).count() > 19000
    for case in cases["tariff_lookups"]["cases"]:
        if case["file"] == path.name:
            found = look_up("AG", case["code"], dt.date(2026, 3, 1),
                            determinant=Decimal(str(case["determinant"])),
                            taxable=Decimal(str(case["taxable"])))  # fmt: skip
            assert (found.tax, found.percent, found.minimum) == tuple(
                Decimal(str(case[key])) for key in ("tax", "rate_pct", "min_tax"))  # fmt: skip
            break
    else:
        pytest.fail("no case for AG")
