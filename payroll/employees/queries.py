"""Lists of people: who is employed, has left, or is called something; pages by key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from erp.companies.models import Company
from erp.core import spelling
from erp.web.keyed import page_by_key
from payroll.employees import missing, people
from payroll.employees.facts import Residence, Wage, WithholdingTax
from payroll.employees.models import Employee, Employment
from payroll.employees.people import Period, PersonFile
from payroll.employees.telling import Remark, all_told

PAGE: Final = 50
ORDERS: Final = {"name": "contact__sort_name", "number": "number", "entered": "created_at"}
STATES: Final = ("active", "left", "all")


@dataclass(frozen=True)
class Line:
    """Somebody as a list shows them: terms of a day, and what is missing for the month of it."""

    file: PersonFile
    period: Period | None
    wage: Wage | None
    tax: WithholdingTax | None
    residence: Residence | None
    missing: list[Remark]


@dataclass(frozen=True)
class Page:
    """A page of a list; ``after`` and ``before`` are the ids to go on from, or None."""

    lines: list[Line]
    after: int | None
    before: int | None


def listing(
    company: Company, *, on: dt.date, state: str = "active", search: str = ""
) -> QuerySet[Employee]:
    """Employees by state and words of name, town or number.

    ``active`` are those employed on a day or later, ``left`` those who no longer are.
    """
    found = Employee.of(company).select_related("contact")
    staying = Employment.of(company).filter(Q(exit=None) | Q(exit__gte=on), employee=OuterRef("pk"))
    if state == "active":
        found = found.filter(Exists(staying))
    elif state == "left":
        found = found.filter(~Exists(staying))
    for word in search[:80].split()[:6]:
        found = found.filter(
            Q(number__istartswith=word) | Q(contact__search__contains=spelling.plain(word))
            | Q(contact__search__contains=spelling.folded(word))
        )  # fmt: skip
    return found


def page_of(
    found: QuerySet[Employee], *, on: dt.date, order: str = "name", after: int | None = None,
    before: int | None = None,
) -> Page:  # fmt: skip
    """A page in an order of ``ORDERS``, with ``-`` backwards: seven queries at most."""
    keyed = page_by_key(
        found, among=Employee.unscoped.filter(pk__in=found.values("pk")), size=PAGE, after=after,
        before=before, column=ORDERS[order.removeprefix("-")], down=order.startswith("-"),
    )  # fmt: skip
    return Page(lines_of(keyed.rows, on=on), keyed.after, keyed.before)


def lines_of(rows: Sequence[Employee], *, on: dt.date) -> list[Line]:
    """Lines of employees in their order: five queries, however many there are."""
    if not rows:
        return []
    company = rows[0].company_id
    files = people.filled(Employee.of(company).filter(pk__in=[one.pk for one in rows]), on=on)
    by_id = {one.id: one for one in files}
    return [line_of(by_id[one.pk], on) for one in rows]


def line_of(file: PersonFile, on: dt.date) -> Line:
    """A line as of a day; of who has left, of their last one."""
    period = current(file, on)
    day = on if period is None or period.exit is None else min(on, period.exit)
    day = day if period is None else max(day, period.entry)
    return Line(
        file, period, file.at(Wage, day), file.at(WithholdingTax, day), file.at(Residence, day),
        all_told(missing.before_run(file, on.replace(day=1))),
    )  # fmt: skip


def current(file: PersonFile, on: dt.date) -> Period | None:
    """The employment of a day, else the last one before it, else the next one."""
    begun = [one for one in file.employments if one.entry <= on]
    return begun[-1] if begun else next(iter(file.employments), None)


def counted(company: Company, *, on: dt.date) -> dict[str, Any]:
    """How many people there are by state."""
    return {state: listing(company, on=on, state=state).count() for state in STATES}
