"""What is typed for a month: a grid, one person, copies and files."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core.errors import Refusals
from payroll.employees.facts import Share
from payroll.runs import grid, movement_importing, movements, refusals
from payroll.runs.models import MonthlyMovement, Typed
from payroll.runs.movements import Cell
from payroll.runs.sharing import shared_out
from tests import make
from tests.erp.client import Api, new_key
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY

FEBRUARY = dt.date(2026, 2, 1)
BONUS = 1210


@pytest.fixture
def company(db):
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def who(company):
    return books.employee(company, "5000.00")


def kept(company, month=JANUARY):
    return movements.of_month(company, month)


def save(company, anna, *cells, month=JANUARY):
    return movements.save_cells(company=company, month=month, cells=cells, by=anna)


def test_cells_are_written_changed_and_taken_away(company, anna, who):
    assert save(company, anna, Cell(who.pk, BONUS, amount=Decimal("100.00"))) == 1
    assert save(company, anna, Cell(who.pk, BONUS, amount=Decimal("100.00"))) == 0
    assert save(company, anna, Cell(who.pk, BONUS, amount=Decimal("200.00"))) == 1
    assert kept(company)[who.pk] == [Typed(type=BONUS, amount=Decimal("200.00"))]
    assert save(company, anna, Cell(who.pk, BONUS)) == 1
    assert kept(company) == {}


def test_a_cell_leaves_movements_with_more_than_a_figure_alone(company, anna, who):
    with_text = Typed(type=BONUS, amount=Decimal("50.00"), text="Projekt")
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna, rows=[with_text])
    save(company, anna, Cell(who.pk, BONUS, amount=Decimal("100.00")))
    assert kept(company)[who.pk] == [with_text, Typed(type=BONUS, amount=Decimal("100.00"))]
    row = grid.grid_of(company, JANUARY, [who]).rows[0]
    assert [(cell.value, cell.more) for cell in row.cells if cell.value] == [(Decimal("100.00"), 1)]


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (Typed(type=9876, amount=Decimal(1)), refusals.NoSuchType),
        (Typed(type=5010, amount=Decimal(1)), refusals.NotTypedIn),
        (Typed(type=BONUS), refusals.NothingTyped),
        (Typed(type=BONUS, amount=Decimal(1), cost_centre="77"), refusals.NoSuchCostCentre),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(company, anna, who, typed, refusal):
    with pytest.raises(refusal) as told:
        movements.save_person(company=company, employee=who, month=JANUARY, by=anna, rows=[typed])
    assert told.value.place.startswith("rows[0].")
    assert kept(company) == {}


def test_a_month_is_copied_for_those_with_nothing_yet(company, anna, who):
    other = books.employee(company, "4000.00", number=1)
    for one in (who, other):
        save(company, anna, Cell(one.pk, BONUS, amount=Decimal("100.00")))
    save(company, anna, Cell(other.pk, BONUS, amount=Decimal("7.00")), month=FEBRUARY)
    told = {"company": company, "source": JANUARY, "month": FEBRUARY, "by": anna}
    assert movements.copy_month(**told) == 1
    assert movements.copy_month(**told) == 0
    assert kept(company, FEBRUARY)[other.pk] == [Typed(type=BONUS, amount=Decimal("7.00"))]


def test_a_file_is_looked_at_and_then_taken_in(company, anna, who):
    content = f"Personalnummer;Lohnart;Betrag;Text\n{who.number};1210;250.50;Bonus\n".encode()
    assert len(movement_importing.dry_run(company=company, content=content).entries) == 1
    assert MonthlyMovement.of(company).count() == 0
    movement_importing.import_movements(company=company, month=JANUARY, content=content, by=anna)
    assert kept(company)[who.pk] == [Typed(type=BONUS, amount=Decimal("250.50"), text="Bonus")]
    assert movement_importing.was_imported(company, JANUARY, content) == 1


def test_bad_rows_of_a_file_are_all_told_and_nothing_is_written(company, anna, who):
    content = (
        f"employee;type;amount\n999;1210;1\n{who.number};77777;1\n{who.number};1210;x\n".encode()
    )
    preview = movement_importing.dry_run(company=company, content=content)
    assert len(preview.refusals) == 3
    with pytest.raises(Refusals):
        movement_importing.import_movements(
            company=company, month=JANUARY, content=content, by=anna
        )
    assert kept(company) == {}


def test_a_file_has_a_limit_and_names_the_first_bad_rows_alone(company, anna, who, monkeypatch):
    bad = "employee;type;amount\n" + "999;1210;1\n" * 60
    told = movement_importing.dry_run(company=company, content=bad.encode()).refusals
    assert len(told) == 51
    assert told[-1].code == "movements.more_bad_rows"
    monkeypatch.setattr(movement_importing, "MOST_ROWS", 59)
    with pytest.raises(movement_importing.TooManyMovements):
        movement_importing.dry_run(company=company, content=bad.encode())


def test_what_a_file_is_known_by_cannot_be_guessed(company, anna, who):
    content = f"employee;type;amount\n{who.number};1210;1\n".encode()
    kept = movement_importing.digest_of_file(JANUARY, content)
    assert kept != hashlib.sha256(JANUARY.isoformat().encode() + content).hexdigest()
    assert kept != movement_importing.digest_of_file(FEBRUARY, content)


def test_a_file_comes_by_the_endpoint_with_a_dry_run(company, anna, who):
    api = Api(company, anna)
    content = f"employee;type;amount\n{who.number};1210;250.50\n".encode()
    told = {"month": "2026-01"}
    looked = api.upload("movement-imports/", content, dry_run="true", **told)
    assert looked.json() == {"dry_run": True, "count": 1, "people": 1}
    assert kept(company) == {}
    key = new_key()
    for _ in range(2):
        assert api.upload("movement-imports/", content, key=key, **told).status_code == 201
    assert kept(company)[who.pk] == [Typed(type=BONUS, amount=Decimal("250.50"))]
    bad = api.upload(
        "movement-imports/", b"employee;type;amount\n999;1210;1\n", dry_run="true", **told
    )
    assert bad.status_code == 422


def test_hours_and_a_bonus_are_paid(company, anna):
    from payroll.wages.kinds import Pay

    who = books.employee(company, "30.00", pay=Pay.HOUR)
    save(company, anna, Cell(who.pk, 1005, quantity=Decimal("100")))
    slip = books.calculated(company).slips.get().content.slip
    assert {line.type: line.amount for line in slip.lines}[1005] == Decimal("3000.00")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    amount=st.decimals("-100", "20000", places=2),
    parts=st.lists(
        st.one_of(
            st.builds(lambda one: {"amount": one}, st.decimals("0.01", "9000", places=2)),
            st.builds(lambda one: {"percent": one}, st.decimals("0.01", "99", places=2)),
        ),
        max_size=4,
    ),
)
def test_a_payout_shared_out_is_the_payout(amount, parts):
    shares = [Share(iban=f"A{nth}", **part) for nth, part in enumerate([*parts, {}])]
    found = shared_out(amount, shares)
    assert sum((one.amount for one in found), Decimal(0)) == max(amount, Decimal(0))
    assert all(one.amount > 0 for one in found)
