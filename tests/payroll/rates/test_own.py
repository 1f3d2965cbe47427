"""A company's own figures: entered where the program knows none, told in the trail."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from erp.audit.models import AuditEvent
from payroll.rates import own
from payroll.rates.figures import figures_known
from payroll.rates.own import (
    BadFigure,
    BadFigureDay,
    FigureKnown,
    FigureTwice,
    SourceMissing,
    UnknownFigure,
    enter_figure,
    figures_of,
    remove_figure,
)
from tests import make

pytestmark = pytest.mark.django_db
START = dt.date(2027, 1, 1)


def enter(company, **more):
    told = {"key": "small_wage", "valid_from": START, "value": Decimal(2550), "source": "AHVV 2027"}
    return enter_figure(company=company, by=make.owner_of(company), **(told | more))


def test_an_own_figure_counts_until_the_end_of_its_year_and_can_be_taken_back():
    company = make.company()
    row = enter(company)
    (mine,) = figures_of(company)
    assert (mine.value, mine.valid_to, mine.own) == (2550, dt.date(2027, 12, 31), row.pk)
    assert figures_known(dt.date(2027, 5, 1), own=figures_of(company))["small_wage"] == mine
    remove_figure(row, by=make.owner_of(company))
    assert figures_of(company) == ()
    told = AuditEvent.of(company).filter(action__startswith="own_figure").order_by("pk")
    assert [event.action for event in told] == ["own_figure.add", "own_figure.remove"]
    assert told[0].details["key"] == "small_wage"


def test_what_does_not_change_each_year_runs_on():
    assert own.last_day("ahv_employee", START) is None


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"key": "nonsense"}, UnknownFigure),
        ({"value": Decimal("-1")}, BadFigure),
        ({"value": Decimal("1.00001")}, BadFigure),
        ({"key": "bvg_interest", "value": Decimal(101)}, BadFigure),
        ({"source": "  "}, SourceMissing),
        ({"valid_from": dt.date(2026, 1, 1)}, FigureKnown),
        ({"key": "ahv_employee", "value": Decimal(5)}, FigureKnown),
        ({"valid_from": dt.date(1999, 12, 31)}, BadFigureDay),
    ],
)
def test_what_is_refused(told, refusal):
    company = make.company()
    with pytest.raises(refusal):
        enter(company, **told)
    assert figures_of(company) == ()


def test_a_figure_is_entered_once():
    company = make.company()
    enter(company)
    with pytest.raises(FigureTwice):
        enter(company, value=Decimal(1))
