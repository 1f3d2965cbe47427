"""All that is known of people (Personendossiers): a fixed number of queries for one or a thousand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar, cast

from django.db.models import Q

from contacts.letters import Addressee, Place, address_lines, address_on
from contacts.models import ContactAddress
from contacts.queries import first_mails
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.sealed import SealedField, as_text
from erp.reference.models import Country
from payroll.employees.facts import FactValue, Payout, Personal, Share
from payroll.employees.models import Employee, Employment, Fact
from payroll.wages.spans import month_end

F = TypeVar("F", bound=FactValue)
DAY: Final = dt.timedelta(days=1)
_PERSONAL: Final = cast(SealedField, Employee._meta.get_field("personal"))
_CONTENT: Final = cast(SealedField, Fact._meta.get_field("content"))


@dataclass(frozen=True, slots=True)
class Period:
    """An employment, from entry to exit, both within."""

    id: int
    entry: dt.date
    exit: dt.date | None = None
    function: str = ""

    def meets(self, first: dt.date, last: dt.date) -> bool:
        return self.entry <= last and (self.exit is None or first <= self.exit)


class Held:
    """A fact with the days it holds, both within: the next one of its kind ends it.

    ``until`` is where somebody ended it, ``last`` where it ends indeed; None is open. ``value`` is
    opened at the first look: most facts of the past are never looked at.
    """

    __slots__ = ("_opens", "_value", "first", "id", "key", "kind", "last", "until", "version")

    def __init__(
        self, id: int, kind: str, key: str, first: dt.date, last: dt.date | None,
        until: dt.date | None, value: Any, version: int = 1, *, opens: str = "",
    ) -> None:  # fmt: skip
        """With ``opens``, the place of a seal, ``value`` is a sealed text."""
        self.id, self.kind, self.key, self.version = id, kind, key, version
        self.first, self.last, self.until = first, last, until
        self._value, self._opens = value, opens

    @property
    def value(self) -> Any:
        if self._opens:
            self._value, self._opens = _CONTENT.opened_at(self._opens, self._value), ""
        return self._value

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
    home: Place | None = None  # the address by its parts
    since: int = 0  # the year in which somebody was entered here

    @cached_property
    def by_kind(self) -> dict[str, list[Held]]:
        """The facts by the tags of their kinds, in their order."""
        found: dict[str, list[Held]] = {}
        for one in self.facts:
            found.setdefault(one.kind, []).append(one)
        return found

    def during(self, kind: type[F], first: dt.date, last: dt.date) -> list[Held]:
        """The facts of a kind that hold on some day of a span, in their order."""
        held = self.by_kind.get(str(kind.__struct_config__.tag), ())
        return [one for one in held if one.meets(first, last)]

    def at(self, kind: type[F], day: dt.date) -> F | None:
        """What holds on a day, of a kind of which one holds at a time."""
        held = self.by_kind.get(str(kind.__struct_config__.tag), ())
        return next((one.value for one in reversed(held) if one.meets(day, day)), None)

    def several(self, kind: type[F], first: dt.date, last: dt.date) -> list[F]:
        return [one.value for one in self.during(kind, first, last)]

    def employed(self, first: dt.date, last: dt.date) -> list[Period]:
        """The employments that meet a span."""
        return [one for one in self.employments if one.meets(first, last)]


def files(
    company: Company, month: dt.date, *, only: Collection[int] | None = None
) -> list[PersonFile]:
    """Everything of those who are employed at some time from January until the end of ``month``.

    ``only`` are ids of employees instead, whether employed or not. Ordered by name. Five queries,
    however many people there are.
    """
    last = month_end(month)
    found = Employee.of(company).select_related("contact")
    if only is not None:
        found = found.filter(pk__in=among(only))
    else:
        found = found.filter(pk__in=employed_ids(company, month.replace(month=1, day=1), last))
    return filled(found.order_by("contact__sort_name", "pk"), on=last)


def employed_ids(company: Company, first: dt.date, last: dt.date) -> Any:
    """The employees with an employment that meets a span, as a subquery."""
    rows = Employment.of(company).filter(Q(exit=None) | Q(exit__gte=first), entry__lte=last)
    return rows.values("employee")


def accounts_of(
    company: Company, people: Collection[int], on: dt.date
) -> dict[int, tuple[Share, ...]]:
    """To which accounts each of these people is paid on a day, as far as somebody said so: one query."""
    rows = Fact.of(company).filter(
        kind=Payout.__struct_config__.tag, employee__in=among(people), valid_from__lte=on
    )
    rows = rows.order_by("employee", "-valid_from").distinct("employee")
    return {
        who: _CONTENT.opened_at(_CONTENT.place_of(company.pk, seal), text).shares
        for who, seal, text in rows.values_list(
            "employee_id", as_text("seal_id"), as_text("content")
        )
    }


def filled(found: Any, *, on: dt.date) -> list[PersonFile]:
    """Files of the employees of a query set, addresses as of a day: five queries, six where
    somebody lives abroad.

    Rows are read as they are, without objects of the models: a month's wages wait for them.
    """
    rows = [_Person._make(row) for row in found.values_list(*_PERSON)]
    if not rows:
        return []
    company, contacts = rows[0].company, [row.contact for row in rows]
    addresses, mails = _addresses(company, contacts), first_mails(company, contacts)
    people = [row.id for row in rows]
    periods, facts = _periods(company, people), _facts(company, people)
    homes = [address_on(addresses.get(row.contact, ()), on) for row in rows]
    countries = _countries(homes)
    return [
        _file(row, home, _country_of(home, row.language, countries), mails.get(row.contact, ""),
              periods.get(row.id, ()), facts.get(row.id, ()))
        for row, home in zip(rows, homes, strict=True)
    ]  # fmt: skip


def _countries(homes: Iterable[Place | None]) -> dict[str, Country]:
    """The countries that somebody lives in abroad: one query, or none."""
    codes = {home.country for home in homes if home is not None} - {"", "CH"}
    return {one.alpha2: one for one in Country.objects.filter(alpha2__in=codes)} if codes else {}


def _country_of(home: Place | None, language: str, countries: Mapping[str, Country]) -> str:
    country = countries.get(home.country) if home is not None else None
    return country.name_in(language) if country is not None else ""


def file_of(employee: Employee, *, on: dt.date) -> PersonFile:
    """The file of one person, addresses as of a day."""
    return filled(Employee.of(employee.company_id).filter(pk=employee.pk), on=on)[0]


class _Person(NamedTuple):
    """A row of an employee and its contact."""

    id: int
    company: int
    number: str
    seal: str
    personal: str
    contact: int
    created_at: dt.datetime
    kind: str
    name: str
    name_addition: str
    salutation: str
    title: str
    first_name: str
    last_name: str
    language: str


_PERSON: Final = ("pk", "company_id", "number", as_text("seal_id"), as_text("personal"), "contact_id", "created_at",
                  *(f"contact__{name}" for name in _Person._fields[7:]))  # fmt: skip


class _Address(NamedTuple):
    """A row of a contact's address."""

    contact: int
    kind: str
    addition: str
    street: str
    house_number: str
    po_box: str
    postcode: str
    town: str
    country: str
    valid_from: dt.date | None
    valid_to: dt.date | None


def _addresses(company: int, contacts: Collection[int]) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = defaultdict(list)
    rows = ContactAddress.of(company).filter(contact__in=among(contacts)).order_by("pk")
    for row in rows.values_list("contact_id", *_Address._fields[1:]):
        found[row[0]].append(cast(Place, _Address._make(row)))
    return found


def _periods(company: int, people: Collection[int]) -> dict[int, list[Period]]:
    found: dict[int, list[Period]] = defaultdict(list)
    rows = Employment.of(company).filter(employee__in=among(people)).order_by("entry")
    for person, pk, entry, exit, function in rows.values_list(
        "employee_id", "pk", "entry", "exit", "function"
    ):
        found[person].append(Period(pk, entry, exit, function))
    return found


_Row = tuple[int, str, str, dt.date, dt.date | None, str, int, str]


def _facts(company: int, people: Collection[int]) -> dict[int, list[Held]]:
    """The facts of people, with the days they hold; none is opened here."""
    found: dict[int, list[Held]] = defaultdict(list)
    rows = Fact.of(company).filter(employee__in=among(people)).order_by("kind", "key", "valid_from")
    told: dict[int, list[_Row]] = defaultdict(list)
    for person, *row in rows.values_list(
        "employee_id", "pk", "kind", "key", "valid_from", "valid_until", as_text("content"), "version",
        as_text("seal_id"),
    ):  # fmt: skip
        told[person].append(cast(_Row, row))
    for person, theirs in told.items():
        line = found[person]
        for nth, (pk, kind, key, first, until, content, version, seal) in enumerate(theirs):
            after = theirs[nth + 1] if nth + 1 < len(theirs) else None
            follows = after is not None and (after[1], after[2]) == (kind, key)
            last = _last(until, after[3] if after is not None and follows else None)
            line.append(Held(pk, kind, key, first, last, until, content, version,
                             opens=_CONTENT.place_of(company, seal)))  # fmt: skip
    return found


def _file(
    row: _Person, address: Place | None, country: str, mail: str, periods: Iterable[Period],
    facts: Iterable[Held],
) -> PersonFile:  # fmt: skip
    return PersonFile(
        id=row.id, number=row.number, contact=row.contact, name=row.name, language=row.language,
        address=tuple(address_lines(cast(Addressee, row), address, country_name=country)),
        place=f"{address.postcode} {address.town}".strip() if address else "", mail=mail,
        personal=_PERSONAL.opened_at(_PERSONAL.place_of(row.company, row.seal), row.personal),
        employments=tuple(periods), facts=tuple(facts), home=address,
        since=row.created_at.year,
    )  # fmt: skip


def _last(until: dt.date | None, after: dt.date | None) -> dt.date | None:
    """Where a fact ends that somebody ended ``until``, and that another one follows ``after``."""
    if after is None:
        return until
    return after - DAY if until is None else min(until, after - DAY)
