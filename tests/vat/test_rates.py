"""The statutory rates, day by day, beside the history of the law."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest

from tests import make
from vat.codes.catalogue import catalogue
from vat.codes.models import VatRate
from vat.codes.queries import NoRate, boxes_by_rate, form_on, rate_on
from vat.settings.changing import ChangesAtNewYear, change_settings

pytestmark = pytest.mark.django_db
COLUMNS = {"standard": "normal_pct", "reduced": "reduced_pct", "lodging": "special_lodging_pct"}
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def history(shared):
    with (shared / "reference" / "vat_rates_history.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("rate_class", COLUMNS)
def test_rates_equal_the_history_on_the_first_and_last_day_of_each(history, rate_class):
    for row in history:
        percent = row[COLUMNS[rate_class]]
        last = row["valid_to"] or "2027-12-31"
        for day in (dt.date.fromisoformat(row["valid_from"]), dt.date.fromisoformat(last)):
            if percent:
                assert rate_on(rate_class, day) == Decimal(percent), day
            else:
                with pytest.raises(NoRate):
                    rate_on(rate_class, day)


def test_before_the_first_rate_there_is_none_and_no_rate_is_invented(history):
    before = dt.date.fromisoformat(history[0]["valid_from"]) - DAY
    for rate_class in COLUMNS:
        with pytest.raises(NoRate):
            rate_on(rate_class, before)
    assert rate_on("none", before) == 0
    told = {Decimal(row[column]) for row in history for column in COLUMNS.values() if row[column]}
    assert set(VatRate.objects.values_list("percent", flat=True)) == told


@pytest.mark.parametrize("rate_class", COLUMNS)
def test_each_rate_ends_on_the_day_before_the_next(rate_class):
    rates = list(VatRate.objects.filter(rate_class=rate_class).order_by("valid_from"))
    for rate, following in pairwise(rates):
        assert rate.valid_to == following.valid_from - DAY
    assert rates[-1].valid_to is None


@pytest.mark.parametrize(
    ("rate_class", "until_2023", "from_2024"),
    [("standard", "302", "303"), ("reduced", "312", "313"), ("lodging", "342", "343")],
)
def test_the_box_follows_the_supply_date(rate_class, until_2023, from_2024):
    old, new = form_on(dt.date(2023, 12, 31)), form_on(dt.date(2024, 1, 1))
    boxes = [form.by_rate[rate_class, form.rates[rate_class]] for form in (old, new)]
    assert [output for output, _acquired in boxes] == [until_2023, from_2024]
    has_acquisition = any(
        e.kind == "acquisition" and e.rate_class == rate_class for e in catalogue().values()
    )
    assert [box for _out, box in boxes] == (["382", "383"] if has_acquisition else ["", ""])


def test_of_a_rate_the_law_knew_twice_the_newer_boxes_count():
    """3.8 % for accommodation held until 2017, and holds since 2024."""
    boxes = boxes_by_rate()
    assert boxes["lodging", Decimal("3.8")] == ("343", "")
    assert boxes["standard", Decimal("8.0")] == ("", "")  # today's form has none for it


def test_the_method_changes_at_the_start_of_a_year_only():
    company = make.company()
    for day in (dt.date(2026, 4, 2), dt.date(2026, 5, 1)):
        with pytest.raises(ChangesAtNewYear):
            change_settings(company=company, valid_from=day, method="net", basis="agreed",
                            interval="half", by=make.owner_of(company))  # fmt: skip
