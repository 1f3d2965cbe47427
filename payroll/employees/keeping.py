"""Facts of people (Angaben führen): set from a day on, corrected, ended, taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts.letters import address_on
from contacts.models import ContactAddress
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError, gathered
from payroll.employees import checking, people, plausible
from payroll.employees.above import posted_until
from payroll.employees.ages import allowance_ends
from payroll.employees.facts import SEVERAL, Child, FactValue, Residence, ResidenceKind, kind_of
from payroll.employees.known import Known
from payroll.employees.models import Employee, Employment, Fact
from payroll.wages.values import Finding

#: Gives a contact's addresses, once they are asked for.
Addresses = Callable[[], Iterable[ContactAddress]]
#: As an argument: leave it as it is.
AS_IT_IS: Any = object()


class FactThere(DomainError):
    code = "people.fact_there"
    message = _(
        "Something is entered from %(value)s on already. Correct that, or choose another day."
    )
    field = "valid_from"
    conflict = True


class FactChanged(DomainError):
    code = "people.fact_changed"
    message = _("This was changed by somebody else meanwhile. Look at it again, and repeat what is still "
                "missing.")  # fmt: skip
    conflict = True


class OtherKindOfFact(DomainError):
    code = "people.other_fact"
    message = _("What is there is of another kind (%(value)s). Add a new one instead.")
    field = "kind"


class FactWasUsed(DomainError):
    code = "people.fact_used"
    message = _(
        "Wages until %(value)s were reckoned from it, so it stays. Correct it, or let it end."
    )
    conflict = True


class PeriodsDoNotHoldFact(DomainError):
    code = "people.unknown_series"
    message = _(
        "There is nothing of the key “%(value)s” to go on with. Leave the key blank for a new one."
    )
    field = "key"


@dataclass(frozen=True)
class Kept:
    """A fact as it is kept, and what should be looked at."""

    fact: Fact
    remarks: list[Finding] = field(default_factory=list)


@transaction.atomic
def set_fact(
    employee: Employee, *, value: FactValue, valid_from: dt.date, by: User,
    valid_until: dt.date | None = None, key: str = "",
) -> Kept:  # fmt: skip
    """Let something hold from a day on (Angabe mit Gültigkeit); the one before ends the day before.

    Of kinds that stand beside each other (children, what recurs) a new one is added, or with
    ``key`` one goes on otherwise. Raises what ``checking`` raises, ``FactThere``.
    """
    current = held(employee)
    known = Known(current.company, on=clock.today())
    value = checking.check_fact(value, known)
    checking.check_span(value, valid_from, valid_until, periods_of(current))
    kind = kind_of(value)
    rows = Fact.of(current.company).filter(employee=current, kind=kind)
    key = _series(rows, key) if kind in SEVERAL else ""
    if rows.filter(key=key, valid_from=valid_from).exists():
        raise FactThere(value=valid_from)
    fact = Fact(company=current.company, employee=current, kind=kind, key=key,
                valid_from=valid_from, valid_until=valid_until, content=value)  # fmt: skip
    fact.save(force_insert=True)
    _touch(current)
    trail.record(company=current.company, by=by, action="employee_fact.set", subject=current,
                 details=_told(fact))  # fmt: skip
    return Kept(fact, remarks_of(current, fact))


def _series(rows: Any, key: str) -> str:
    """The key to go on with, or the next one. Raises ``PeriodsDoNotHoldFact``."""
    keys = set(rows.values_list("key", flat=True))
    if key and key not in keys:
        raise PeriodsDoNotHoldFact(value=key[:12])
    numbers = [int(one) for one in keys if one.isdigit()]
    return key or str(max(numbers, default=0) + 1)


@transaction.atomic
def correct_fact(
    fact: Fact, *, by: User, value: FactValue | None = None, valid_from: dt.date | None = None,
    valid_until: dt.date | None = AS_IT_IS, version: int | None = None,
) -> Kept:  # fmt: skip
    """Correct a fact that was wrong from its beginning (berichtigen), in the past as well.

    What was posted stays; that wages were is among the remarks. Raises what ``set_fact`` raises,
    ``OtherKindOfFact`` and ``FactChanged``.
    """
    current = held(fact.employee)
    fact = _held_fact(fact, version)
    known = Known(current.company, on=clock.today())
    changed = []
    start = valid_from or fact.valid_from
    end = fact.valid_until if valid_until is AS_IT_IS else valid_until
    if value is not None and kind_of(value) != fact.kind:
        raise OtherKindOfFact(value=fact.kind)
    checked = fact.content if value is None else checking.check_fact(value, known)
    checking.check_span(checked, start, end, periods_of(current))
    if checked != fact.content:
        changed += [name for name in checked.__struct_fields__
                    if getattr(checked, name) != getattr(fact.content, name)]  # fmt: skip
    if start != fact.valid_from:
        others = Fact.of(fact.company_id).filter(employee=current, kind=fact.kind, key=fact.key)
        if others.exclude(pk=fact.pk).filter(valid_from=start).exists():
            raise FactThere(value=start)
        changed.append("valid_from")
    if end != fact.valid_until:
        changed.append("valid_until")
    if changed:
        fact.content, fact.valid_from, fact.valid_until = checked, start, end
        fact.version += 1
        fact.save()
        _touch(current)
        trail.record(company=current.company, by=by, action="employee_fact.correct",
                     subject=current, details=_told(fact) | {"fields": ", ".join(changed)})  # fmt: skip
    return Kept(fact, remarks_of(current, fact))


def end_fact(fact: Fact, *, last: dt.date | None, by: User, version: int | None = None) -> Kept:
    """Let a fact end with a day (beenden), or with None hold on."""
    return correct_fact(fact, by=by, valid_until=last, version=version)


@transaction.atomic
def remove_fact(fact: Fact, *, by: User, version: int | None = None) -> None:
    """Take a fact away that should never have been there (entfernen): the one before holds on.

    Raises ``FactWasUsed`` where wages were posted since it holds, ``FactChanged``.
    """
    current = held(fact.employee)
    fact = _held_fact(fact, version)
    posted = posted_until(current.company, current.pk)
    if posted is not None and posted >= fact.valid_from:
        raise FactWasUsed(value=posted)
    _touch(current)
    trail.record(company=current.company, by=by, action="employee_fact.remove", subject=current,
                 details=_told(fact))  # fmt: skip
    fact.delete()


def checked_facts(
    faults: list[DomainError], facts: Sequence[FactValue], start: dt.date,
    periods: Sequence[Employment], known: Known, addresses: Addresses | None,
) -> list[FactValue]:  # fmt: skip
    """Facts that are to hold from one day on, checked; faults have places such as ``wage.amount``.

    A residence in Switzerland without canton is where the contact's address of that day lies; of a
    contact that was refused there are no ``addresses``.
    """
    kept: list[FactValue] = []
    for value in facts:
        if isinstance(value, Residence) and _follows(value):
            if addresses is None:
                continue
            value = _completed(value, addresses(), start)
        kind = kind_of(value)
        if kind not in SEVERAL and any(kind_of(one) == kind for one in kept):
            faults.append(FactThere(field=kind, value=start))
            continue
        checked = gathered(faults, partial(checking.check_fact, value, known), prefix=kind)
        if checked is not None:
            gathered(faults, partial(checking.check_span, checked, start, None, periods),
                     prefix=kind)  # fmt: skip
            kept.append(checked)
    return kept


def _follows(value: Residence) -> bool:
    return value.kind == ResidenceKind.SWISS and not (value.canton or value.commune)


def _completed(value: Residence, there: Iterable[ContactAddress], day: dt.date) -> Residence:
    address: Any = address_on(there, day)
    if address is None or address.country != "CH":
        return value
    return msgspec.structs.replace(value, canton=address.canton, commune=address.bfs_nr)


def write_facts(employee: Employee, facts: Sequence[FactValue], start: dt.date) -> None:
    """Write checked facts from one day on; those that stand beside each other are counted on."""
    used = Fact.of(employee.company).filter(employee=employee, kind__in=SEVERAL)
    numbers: dict[str, int] = {}
    for kind, key in used.values_list("kind", "key"):
        numbers[kind] = max(numbers.get(kind, 0), int(key) if key.isdigit() else 0)
    Fact.unscoped.bulk_create(fact_rows(employee, facts, start, numbers))


def fact_rows(
    employee: Employee, facts: Sequence[FactValue], start: dt.date,
    numbers: Mapping[str, int] | None = None,
) -> list[Fact]:  # fmt: skip
    """Checked facts from one day on, not written yet, counted on from the highest key of each kind."""
    numbers, rows = dict(numbers or {}), []
    for value in facts:
        kind, key = kind_of(value), ""
        if kind in SEVERAL:
            numbers[kind] = numbers.get(kind, 0) + 1
            key = str(numbers[kind])
        rows.append(Fact(company=employee.company, employee=employee, kind=kind, key=key,
                         content=value, valid_from=start))  # fmt: skip
    return rows


def held(employee: Employee) -> Employee:
    """An employee, kept from others until the end of the transaction."""
    rows = Employee.of(employee.company_id).select_related("company", "contact")
    current: Employee = rows.select_for_update(no_key=True, of=("self",)).get(pk=employee.pk)
    return current


def periods_of(employee: Employee) -> Sequence[Employment]:
    rows = Employment.of(employee.company_id).filter(employee=employee)
    return list(rows.order_by("entry"))


def remarks_of(employee: Employee, fact: Fact) -> list[Finding]:
    """What is to be looked at once a fact was written: in what holds then, and in what was posted."""
    file = people.file_of(employee, on=fact.valid_from)
    found = plausible.remarks(file, fact.valid_from)
    posted = posted_until(employee.company, employee.pk)
    if posted is not None and posted >= fact.valid_from:
        found.append(Finding(code="people.paid_already", values={"until": swiss_date(posted)}))
    value = fact.content
    if isinstance(value, Child) and fact.valid_until is None and (end := allowance_ends(value)):
        told = {"child": value.first_name, "until": swiss_date(end)}
        found.append(Finding(code="people.allowance_until", values=told))
    mine = next((one for one in file.facts if one.id == fact.pk), None)
    if mine is not None and mine.last is not None and mine.last != fact.valid_until:
        found.append(Finding(code="people.next_begins", values={"until": swiss_date(mine.last)}))
    return found


def _held_fact(fact: Fact, version: int | None) -> Fact:
    current: Fact = Fact.of(fact.company_id).select_for_update(no_key=True).get(pk=fact.pk)
    if version is not None and version != current.version:
        raise FactChanged
    return current


def _touch(employee: Employee) -> None:
    employee.version += 1
    employee.save(update_fields=["version"])


def _told(fact: Fact) -> dict[str, Any]:
    """What the trail tells of a fact: of what kind, from when, never what it says."""
    return trail.filled({"fact": fact.kind, "valid_from": fact.valid_from,
                         "valid_until": fact.valid_until})  # fmt: skip
