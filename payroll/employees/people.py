"""All that is known of people (Personendossiers): a fixed number of queries for one or a thousand."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Prefetch, Q

from contacts import queries as contact_queries
from contacts.letters import address_lines
from contacts.models import Communication, ContactAddress
from erp.companies.models import Company
from payroll.employees.facts import SEVERAL, FactValue, Personal, kind_of
from payroll.employees.models import Employee, Employment, Fact

F = TypeVar("F", bound=FactValue)
DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """An employment, from entry to exit, both within."""

    id: int
    entry: dt.date
    exit: dt.date | None = None
    function: str = ""

    def meets(self, first: dt.date, last: dt.date) -> bool:
        return self.entry <= last and (self.exit is None or first <= self.exit)


@dataclass(frozen=True, slots=True)
class Held:
    """A fact with the days it holds, both within: the next one of its kind ends it.

    ``until`` is where somebody ended it, ``last`` where it ends indeed; None is open.
    """

    id: int
    kind: str
    key: str
    first: dt.date
    last: dt.date | None
    until: dt.date | None
    value: Any
    version: int = 1

    def meets(self, first: dt.date, last: dt.date) -> bool:
        return self.first <= last and (self.last is None or first <= self.last)


@dataclass(frozen=True)
class PersonFile:
    """A person as payroll knows them: name and address of the contact, and all facts.

    ``address`` are lines as on an envelope; ``place`` (postcode and town) and ``mail`` are blank
    where there is none. Facts are in the order of kind, key and day.
    """

    id: int
    number: str
    contact: int
    name: str
    language: str
    address: tuple[str, ...]
    place: str
    mail: str
    personal: Personal
    employments: tuple[Period, ...]
    facts: tuple[Held, ...]

    def during(self, kind: type[F], first: dt.date, last: dt.date) -> list[Held]:
        """The facts of a kind that hold on some day of a span, in their order."""
        tag = str(kind.__struct_config__.tag)
        return [one for one in self.facts if one.kind == tag and one.meets(first, last)]

    def at(self, kind: type[F], day: dt.date) -> F | None:
        """What holds on a day, of a kind of which one holds at a time."""
        found = self.during(kind, day, day)
        return found[-1].value if found else None

    def several(self, kind: type[F], first: dt.date, last: dt.date) -> list[F]:
        return [one.value for one in self.during(kind, first, last)]

    def employed(self, first: dt.date, last: dt.date) -> list[Period]:
        """The employments that meet a span."""
        return [one for one in self.employments if one.meets(first, last)]


def end_of(month: dt.date) -> dt.date:
    """The last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def files(
    company: Company, month: dt.date, *, only: Collection[int] | None = None
) -> list[PersonFile]:
    """Everything of those who are employed at some time from January until the end of ``month``.

    ``only`` are ids of employees instead, whether employed or not. Ordered by name. Five queries,
    however many people there are.
    """
    last = end_of(month)
    found = Employee.of(company).select_related("contact")
    if only is not None:
        found = found.filter(pk__in=only)
    else:
        found = found.filter(pk__in=employed_ids(company, month.replace(month=1, day=1), last))
    return filled(found.order_by("contact__sort_name", "pk"), on=last)


def employed_ids(company: Company, first: dt.date, last: dt.date) -> Any:
    """The employees with an employment that meets a span, as a subquery."""
    rows = Employment.of(company).filter(Q(exit=None) | Q(exit__gte=first), entry__lte=last)
    return rows.values("employee")


def filled(found: Any, *, on: dt.date) -> list[PersonFile]:
    """Files of the employees of a query set, addresses as of a day: five queries."""
    rows = list(found.select_related("contact").prefetch_related(
        Prefetch("contact__addresses", ContactAddress.unscoped.order_by("pk")),
        Prefetch("contact__communications", Communication.unscoped.order_by("position", "pk")),
        Prefetch("employments", Employment.unscoped.order_by("entry")),
        Prefetch("facts", Fact.unscoped.order_by("kind", "key", "valid_from")),
    ))  # fmt: skip
    return [_file(one, on) for one in rows]


def file_of(employee: Employee, *, on: dt.date) -> PersonFile:
    """The file of one person, addresses as of a day."""
    return filled(Employee.of(employee.company_id).filter(pk=employee.pk), on=on)[0]


def _file(row: Employee, on: dt.date) -> PersonFile:
    contact = row.contact
    address = contact_queries.main_address(contact, on)
    mail = contact_queries.mail_of(contact)
    return PersonFile(
        id=row.pk, number=row.number, contact=contact.pk, name=contact.name,
        language=contact.language, address=tuple(address_lines(contact, address)),
        place=f"{address.postcode} {address.town}".strip() if address else "",
        mail=mail.text if mail else "", personal=row.personal,
        employments=tuple(Period(one.pk, one.entry, one.exit, one.function)
                          for one in row.employments.all()),
        facts=tuple(held_of(list(row.facts.all()))),
    )  # fmt: skip


def held_of(rows: Sequence[Fact]) -> list[Held]:
    """Facts with the days they hold: of a kind that holds alone, the next one ends the one before."""
    series: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for row in rows:
        series[row.kind, row.key].append(row)
    return [held for line in series.values() for held in _line(line)]


def _line(rows: Iterable[Fact]) -> list[Held]:
    rows = sorted(rows, key=lambda one: one.valid_from)
    found = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        last = row.valid_until
        if after is not None:
            before = after.valid_from - DAY
            last = before if last is None else min(last, before)
        found.append(Held(row.pk, row.kind, row.key, row.valid_from, last, row.valid_until,
                          row.content, row.version))  # fmt: skip
    return found


def is_several(value: FactValue) -> bool:
    """Whether facts of this kind stand beside each other."""
    return kind_of(value) in SEVERAL
