"""What is typed for a month (Lohnbewegungen): hours, bonuses, expenses; one person's, or all of a grid."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, cast

from django.db import connection, transaction
from django.db.models import Min

from accounting.ledger.models import CostCentre
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.errors import DomainError, called, raise_all
from erp.core.sealed import SealedField, as_text
from payroll.employees.models import Employee
from payroll.runs.beginning import hold_company, mark_stale, named
from payroll.runs.models import MonthlyMovement, Typed
from payroll.runs.refusals import (
    BeforeEntry,
    NoSuchCostCentre,
    NoSuchPerson,
    NoSuchType,
    NothingTyped,
    NotTypedIn,
)
from payroll.wage_types.garnishing import require_keeps
from payroll.wage_types.models import WageType
from payroll.wages.spans import month_end

#: What the program reckons by itself: it is not typed.
RECKONED: Final = frozenset(
    {"ahv", "alv", "nbu", "uvgz", "ktg", "bvg", "fak", "cantonal", "tax", "tax_correction",
     "balance_kind", "balance_paid"}
)  # fmt: skip
IN_ORDER: Final = ("employee_id", "position", "pk")
MOST_FAULTS: Final = 50
#: Rooms above refuse what a change made of a month: what pays their records stays as it is.
after_change: Final[list[Callable[[Company, dt.date], None]]] = []
#: What pays records of rooms above, as (employee, text): it is of its month alone.
bound: Final[list[Callable[[Company, dt.date], set[tuple[int, str]]]]] = []
_CONTENT: Final = cast(SealedField, MonthlyMovement._meta.get_field("content"))


@dataclass(frozen=True, slots=True)
class Cell:
    """What the grid holds of a person and a wage type: one figure, the amount or the quantity."""

    employee: int
    type: int
    amount: Decimal | None = None
    quantity: Decimal | None = None


@dataclass
class Checker:
    """What movements are held against, asked for once: wage types, cost centres, people."""

    company: Company
    types: dict[int, WageType] = field(init=False)
    centres: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        rows = WageType.of(self.company).filter(is_active=True)
        self.types = {one.number: one for one in rows}
        self.centres = frozenset(CostCentre.of(self.company).values_list("number", flat=True))

    def require_sound(self, one: Typed) -> None:
        """Raises ``NoSuchType``, ``NotTypedIn``, ``NothingTyped``, ``KeepsNotHere``, ``KeepsNegative`` or
        ``NoSuchCostCentre``.

        Of a company car the rate alone is enough: its price. Of a garnishment the minimum that stays.
        """
        found = self.types.get(one.type)
        if found is None:
            raise NoSuchType(value=one.type)
        if found.role in RECKONED:
            raise NotTypedIn(value=str(found))
        by_percent = found.method == WageType.Method.PERCENT
        is_car = found.role == WageType.Role.COMPANY_CAR and one.rate is not None
        said = (one.amount, one.quantity, one.percent, one.keeps)
        if all(value is None for value in said) and not by_percent and not is_car:
            raise NothingTyped(value=str(found))
        require_keeps(found, one.keeps)
        if one.cost_centre and one.cost_centre not in self.centres:
            raise NoSuchCostCentre(value=one.cost_centre)


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody with the day of their first entry."""

    name: str
    entry: dt.date | None

    def require_entered(self, month: dt.date, *, field: str = "month") -> None:
        """Raises ``BeforeEntry`` for a month that ends before the first entry."""
        if self.entry is None or month_end(month) < self.entry:
            raise BeforeEntry(
                field=field, name=self.name, entry=self.entry or "–", value=named(month)
            )


def entries_of(company: Company, employees: Collection[int]) -> dict[int, Entered]:
    """Those of the ids that are employees, with their first entry: one query."""
    rows = Employee.of(company).filter(pk__in=employees).annotate(first=Min("employments__entry"))
    told = rows.values_list("pk", "contact__name", "first")
    return {pk: Entered(name, first) for pk, name, first in told}


@transaction.atomic
def save_person(
    *, company: Company, employee: Employee, month: dt.date, rows: Sequence[Typed], by: User
) -> list[MonthlyMovement]:
    """Put a person's movements of a month in place of those there were, in their order.

    The run of the month must be calculated anew; an approval is void. Raises what
    ``Checker.require_sound`` raises, and ``BeforeEntry``, all at once, each with its place such as
    ``rows[2].amount``.
    """
    checker, faults = Checker(company), list[DomainError]()
    known = entries_of(company, [employee.pk])[employee.pk]
    for nth, row in enumerate(rows):
        try:
            places = ("type", "amount", "cost_centre", "keeps", "for_month")
            with called(**{name: f"rows[{nth}].{name}" for name in places}):
                checker.require_sound(row)
                known.require_entered(month)
                if row.for_month is not None:
                    known.require_entered(row.for_month, field="for_month")
        except DomainError as fault:
            faults.append(fault)
    _raise(faults)
    _hold(company, month)
    mine = MonthlyMovement.of(company).filter(month=month, employee=employee)
    was = [one.content for one in mine.order_by("position", "pk")]
    if was == list(rows):
        return list(mine.order_by("position", "pk"))
    mine.delete()
    made: list[MonthlyMovement] = MonthlyMovement.unscoped.bulk_create(
        MonthlyMovement(company=company, employee=employee, month=month, position=nth, content=row)
        for nth, row in enumerate(rows)
    )
    _note(company, month, by, people=1, subject=employee)
    return made


@transaction.atomic
def save_cells(*, company: Company, month: dt.date, cells: Sequence[Cell], by: User) -> int:
    """Save cells of the grid; returns how many changed something.

    A cell replaces what it shows: the one movement of its person and wage type without a text, cost
    centre or other month. Without amount and quantity it takes that movement away. All or nothing;
    raises what ``save_person`` raises, with places such as ``cells[3]``, and ``NoSuchPerson``.
    """
    checker, faults = Checker(company), list[DomainError]()
    people = entries_of(company, {one.employee for one in cells})
    for nth, cell in enumerate(cells):
        try:
            places = ("type", "amount", "employee", "month")
            with called(**dict.fromkeys(places, f"cells[{nth}]")):
                if cell.employee not in people:
                    raise NoSuchPerson(value=cell.employee)
                if cell.amount is not None or cell.quantity is not None:
                    checker.require_sound(_typed(cell))
                    people[cell.employee].require_entered(month)
        except DomainError as fault:
            faults.append(fault)
    _raise(faults)
    _hold(company, month)
    changed = _put(company, month, cells)
    if changed:
        _note(company, month, by, people=len(changed))
    return len(changed)


def _typed(cell: Cell) -> Typed:
    return Typed(type=cell.type, amount=cell.amount, quantity=cell.quantity)


def _put(company: Company, month: dt.date, cells: Iterable[Cell]) -> list[Cell]:
    """Write cells that say something new; two statements, and one for those that go."""
    rows = MonthlyMovement.of(company).filter(month=month)
    there: dict[tuple[int, int], MonthlyMovement] = {}
    last: dict[int, int] = defaultdict(int)
    for row in rows.order_by("position", "pk"):
        last[row.employee_id] = max(last[row.employee_id], row.position)
        if is_plain(row.content):
            there.setdefault((row.employee_id, row.content.type), row)
    gone, new, changed = [], [], []
    for cell in {(one.employee, one.type): one for one in cells}.values():
        before, wanted = there.get((cell.employee, cell.type)), _typed(cell)
        is_blank = cell.amount is None and cell.quantity is None
        if (before.content if before else None) == (None if is_blank else wanted):
            continue
        changed.append(cell)
        if before is not None:
            gone.append(before.pk)
        if not is_blank:
            last[cell.employee] += 1
            place = before.position if before is not None else last[cell.employee]
            new.append(MonthlyMovement(company=company, employee_id=cell.employee, month=month,
                                       position=place, content=wanted))  # fmt: skip
    if gone:
        rows.filter(pk__in=gone).delete()
    MonthlyMovement.unscoped.bulk_create(new, batch_size=1000)
    return changed


def is_plain(one: Typed) -> bool:
    """Whether a movement is no more than a figure, as a cell of the grid can show it."""
    return one == Typed(type=one.type, amount=one.amount, quantity=one.quantity)


@transaction.atomic
def copy_month(
    *, company: Company, source: dt.date, month: dt.date, by: User,
    only: Collection[int] | None = None,
) -> int:  # fmt: skip
    """Take over what was typed for another month, for people with nothing typed yet in ``month``.

    ``only`` are ids of employees. Returns how many movements were written; what names another
    month (``for_month``) stays behind. Those of wage types switched off meanwhile, too,
    and of people who enter later.
    """
    source, month = source.replace(day=1), month.replace(day=1)
    _hold(company, month)
    rows = MonthlyMovement.of(company)
    taken = set(rows.filter(month=month).values_list("employee", flat=True))
    active = Checker(company).types
    entered = set(Employee.of(company).filter(employments__entry__lte=month_end(month))
                  .values_list("pk", flat=True))  # fmt: skip
    stays = set[tuple[int, str]]().union(*(ask(company, source) for ask in bound))
    new = [
        MonthlyMovement(company=company, employee_id=row.employee_id, month=month,
                        position=row.position, content=row.content)
        for row in rows.filter(month=source).order_by("employee", "position", "pk")
        if row.employee_id not in taken and (only is None or row.employee_id in only)
        and row.employee_id in entered
        and row.content.for_month is None and row.content.type in active
        and (row.employee_id, row.content.text) not in stays
    ]  # fmt: skip
    MonthlyMovement.unscoped.bulk_create(new, batch_size=1000)
    if new:
        _note(company, month, by, people=len({row.employee_id for row in new}))
    return len(new)


@transaction.atomic
def add_all(
    *, company: Company, month: dt.date, rows: Mapping[int, Sequence[Typed]], by: User
) -> int:
    """Add checked movements of an import behind those that are there; returns how many.

    Raises ``BeforeEntry``, of several people all at once.
    """
    faults = list[DomainError]()
    for one in entries_of(company, rows).values():
        try:
            one.require_entered(month)
        except DomainError as fault:
            faults.append(fault)
    _raise(faults)
    _hold(company, month)
    last: dict[int, int] = defaultdict(int)
    there = MonthlyMovement.of(company).filter(month=month, employee__in=rows)
    for who, place in there.values_list("employee", "position"):
        last[who] = max(last[who], place)
    new = [
        MonthlyMovement(company=company, employee_id=who, month=month,
                        position=last[who] + nth, content=one)
        for who, typed in rows.items() for nth, one in enumerate(typed, 1)
    ]  # fmt: skip
    MonthlyMovement.unscoped.bulk_create(new, batch_size=1000)
    if new:
        _note(company, month, by, people=len(rows))
    return len(new)


def drop_all(*, company: Company, after: dt.date, rows: Mapping[int, Typed], by: User) -> int:
    """Take away, of each person, the last movement after a month that is just this one; how many."""
    there = MonthlyMovement.of(company).filter(month__gt=after, employee__in=rows)
    found: dict[int, MonthlyMovement] = {}
    for row in there.order_by("-month", "-position", "-pk"):
        if row.content == rows[row.employee_id]:
            found.setdefault(row.employee_id, row)
    for month in sorted({row.month for row in found.values()}):
        _hold(company, month)
        gone = [row.pk for row in found.values() if row.month == month]
        MonthlyMovement.of(company).filter(pk__in=gone).delete()
        _note(company, month, by, people=len(gone))
    return len(found)


def of_month(
    company: Company, month: dt.date, *, only: Collection[int] | None = None
) -> dict[int, list[Typed]]:
    """What is typed for a month by person, in its order: one query."""
    found: dict[int, list[Typed]] = defaultdict(list)
    for who, typed in opened(company, rows_of(company, month, only=only)):
        found[who].append(typed)
    return dict(found)


def rows_of(company: Company, month: dt.date, *, only: Collection[int] | None = None) -> Any:
    """The sealed movements of a month in the order of ``IN_ORDER``, for ``opened``."""
    rows = MonthlyMovement.of(company).filter(month=month)
    if only is not None:
        rows = rows.filter(employee__in=among(only))
    return rows.order_by(*IN_ORDER).values(
        *IN_ORDER, seal=as_text("seal_id"), text=as_text("content")
    )


def opened(company: Company, rows: Iterable[dict[str, Any]]) -> list[tuple[int, Typed]]:
    """Movements as ``rows_of`` brings them, each with whose it is."""
    return [
        (row["employee_id"],
         _CONTENT.opened_at(_CONTENT.place_of(company.pk, row["seal"]), row["text"]))
        for row in rows
    ]  # fmt: skip


def _hold(company: Company, month: dt.date) -> None:
    """Let no two people type for a month at once; held until the transaction ends.

    Who posts holds the company's runs before a month's movements; so does who types.
    """
    hold_company(company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))",
                       [f"movements:{company.pk}:{month}"])  # fmt: skip


def _note(
    company: Company, month: dt.date, by: User, *, people: int, subject: Employee | None = None
) -> None:
    for ask in after_change:
        ask(company, month)
    mark_stale(company, month, by=by)
    trail.record(company=company, by=by, action="movements.save", subject=subject,
                 details={"month": named(month), "count": people})  # fmt: skip


def _raise(faults: list[DomainError]) -> None:
    raise_all(faults, most=MOST_FAULTS)
