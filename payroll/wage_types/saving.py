"""Wage types added, changed, taken back, deleted (Lohnarten pflegen)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from accounting.ledger.models import Account
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.texts import one_line
from payroll.wage_types import refusals, usage
from payroll.wage_types.accounts import is_booked, usual_account
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import FLAGS, NAMES, RESETTABLE, shipped_types

FIELDS: Final = ("number", *NAMES, "kind", "role", "method", "percent", "of_types", *FLAGS.values(),
                 "is_periodic", "box", "account", "is_active")  # fmt: skip
#: Boxes of the wage certificate (Form 11); an amount may stand in two.
BOXES: Final = ("", "1", "2.1", "2.2", "2.3", "3", "4", "5", "6", "7", "7+10.1", "7+10.2", "9", "10.1",
                "10.2", "12", "13.1.1", "13.1.2", "13.2.1", "13.2.2", "13.2.3", "13.3", "14", "15")  # fmt: skip
LARGEST: Final = 9999
MOST_PERCENT: Final = Decimal(1000)


@transaction.atomic
def save_type(
    *, company: Company, by: User, row: WageType | None = None, version: int | None = None, **told: Any
) -> WageType:  # fmt: skip
    """Add a wage type of one's own, or change one (Lohnart); slips keep what they say.

    ``told`` are values of ``FIELDS``; what is left out stays. ``version`` is the one that was read.
    Of a shipped one names, flags, box, method, account and whether it is used may change. Raises
    ``TypeChanged``, ``StillNeeded``, ``StillUsed`` or ``Refusals`` with all of ``BadNumber``,
    ``NumberTaken``, ``NumberFixed``, ``NameMissing``, ``KindFixed``, ``UnknownChoice``,
    ``PercentMissing``, ``OfNothing``, ``UnknownTypes``, ``GoesRound``, ``AccountMissing``,
    ``WrongAccount``, ``RoleTaken``, ``RoleNeedsKind`` and faults of texts.
    """
    others = _held(company)
    known = row is not None and row.pk is not None
    current = _current(others, row, version) if known else WageType(company=company, version=0)  # type: ignore[arg-type]
    before = shown(current) if current.pk else {}
    was_active = current.is_active
    _put(current, told, others)
    if current.pk and was_active and not current.is_active:
        _require_idle(current)
    current.version += 1
    current.save()
    _note(current, before, by)
    return current


@transaction.atomic
def take_back(row: WageType, *, by: User) -> WageType:
    """Give a shipped type its names, flags, box, method and percent as shipped (zurücksetzen).

    Its account and whether it is used stay. Raises ``NotShipped``.
    """
    current = _current(_held(row.company), row, None)
    shipped = shipped_types().get(current.number) if current.is_shipped else None
    if shipped is None:
        raise refusals.NotShipped(number=current.number)
    before = shown(current)
    for name in RESETTABLE:
        setattr(current, name, shipped.values[name])
    current.of_types = []
    current.version += 1
    current.save()
    _note(current, before, by, action="wage_type.reset")
    return current


@transaction.atomic
def delete_type(row: WageType, *, by: User) -> None:
    """Delete an own type that nothing names. Raises ``NotDeletable`` or ``StillUsed``."""
    current = _current(_held(row.company), row, None)
    if current.is_shipped:
        raise refusals.NotDeletable(number=current.number)
    if where := usage.used_in(current.company, current.number, to_delete=True):
        raise refusals.StillUsed(field="number", number=current.number, where=", ".join(where))
    trail.record(company=current.company, by=by, action="wage_type.delete", subject=current,
                 details=trail.filled(shown(current)))  # fmt: skip
    current.delete()


def differences(row: WageType) -> dict[str, tuple[Any, Any]]:
    """What a shipped type says otherwise than it was shipped: ``{column: (shipped, own)}``."""
    shipped = shipped_types().get(row.number) if row.is_shipped else None
    if shipped is None:
        return {}
    return {
        name: (shipped.values[name], getattr(row, name))
        for name in RESETTABLE
        if shipped.values[name] != getattr(row, name)
    }


def shown(row: WageType) -> dict[str, Any]:
    """A wage type as the trail tells it; its account by number."""
    account = row.account.number if row.account else None
    return trail.values(row, *FIELDS) | {"account": account, "of_types": list(row.of_types)}


def _held(company: Company) -> dict[int, WageType]:
    """All types by number; they stand in relation to each other, so they are kept together."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    rows = WageType.of(company).select_related("company", "account")
    return {row.number: row for row in rows}


def _current(others: Mapping[int, WageType], row: WageType, version: int | None) -> WageType:
    """The row as it is now. Raises ``TypeChanged``."""
    found = next((one for one in others.values() if one.pk == row.pk), None)
    if found is None or (version is not None and version != found.version):
        raise refusals.TypeChanged(number=row.number)
    return found


def _put(row: WageType, told: Mapping[str, Any], others: Mapping[int, WageType]) -> None:
    faults = list[DomainError]()
    for name, value in told.items():
        try:
            setattr(row, name, _checked(row, name, value))
        except DomainError as refusal:
            faults.append(refusal)
    places = {fault.place for fault in faults}
    for check in (
        _require_number,
        _require_name,
        _require_percent,
        _require_role,
        _require_account,
    ):
        try:
            check(row, others)
        except DomainError as refusal:
            if refusal.place not in places:
                faults.append(refusal)
    if faults:
        raise Refusals(faults)


def _checked(row: WageType, name: str, value: Any) -> Any:
    if name in NAMES:
        return one_line(value or "", field=name, most=160)
    if name == "number" and row.pk and value != row.number:
        raise refusals.NumberFixed(number=row.number)
    if name in {"kind", "role"} and row.is_shipped and (value or "") != getattr(row, name):
        raise refusals.KindFixed(field=name, number=row.number)
    choices = {"kind": WageType.Kind.values, "role": WageType.Role.values,
               "method": WageType.Method.values, "box": BOXES}.get(name)  # fmt: skip
    if choices is not None:
        value = value or ""
        if value not in choices:
            raise refusals.UnknownChoice(
                field=name, value=str(value)[:20], choices=", ".join(filter(None, choices))
            )
    return sorted(set(value or ())) if name == "of_types" else value


def _require_number(row: WageType, others: Mapping[int, WageType]) -> None:
    if not isinstance(row.number, int) or not 1 <= row.number <= LARGEST:
        raise refusals.BadNumber(value="–" if row.number is None else row.number)
    if row.number in others and others[row.number].pk != row.pk:
        raise refusals.NumberTaken(number=row.number)


def _require_name(row: WageType, others: Mapping[int, WageType]) -> None:
    if not row.name:
        raise refusals.NameMissing(number=row.number)


def _require_percent(row: WageType, others: Mapping[int, WageType]) -> None:
    if row.method != WageType.Method.PERCENT:
        row.percent, row.of_types = None, []
        return
    percent = row.percent
    if not percent or abs(percent) > MOST_PERCENT or percent != round(percent, 4):
        raise refusals.PercentMissing(number=row.number)
    if not row.of_types:
        raise refusals.OfNothing(number=row.number)
    if unknown := [str(one) for one in row.of_types if one not in others and one != row.number]:
        raise refusals.UnknownTypes(value=", ".join(unknown))
    if way := _way_round(row, others):
        raise refusals.GoesRound(number=row.number, way=", ".join(map(str, way)))


def _way_round(row: WageType, others: Mapping[int, WageType]) -> list[int]:
    """By way of which types a percentage comes back to itself; none where it does not."""
    ways = [[number] for number in row.of_types]
    seen = set[int]()
    while ways:
        way = ways.pop()
        if way[-1] == row.number:
            return way
        other = others.get(way[-1])
        if way[-1] in seen or other is None or other.method != WageType.Method.PERCENT:
            continue
        seen.add(way[-1])
        ways += [[*way, number] for number in other.of_types]
    return []


def _require_role(row: WageType, others: Mapping[int, WageType]) -> None:
    if not row.role:
        return
    role = WageType.Role(row.role).label
    for other in others.values():
        if other.role == row.role and other.pk != row.pk:
            raise refusals.RoleTaken(number=other.number, role=role)
    for shipped in shipped_types().values():
        if shipped.values["role"] == row.role and shipped.values["kind"] != row.kind:
            kind = WageType.Kind(str(shipped.values["kind"])).label
            raise refusals.RoleNeedsKind(role=role, kind=kind)


def _require_account(row: WageType, others: Mapping[int, WageType]) -> None:
    account = row.account
    if account is None:
        if is_booked(row) and not usual_account(row):
            raise refusals.AccountMissing(number=row.number)
        return
    blocked = account.blocked_from is not None and account.blocked_from <= clock.today()
    own = account.purpose == Account.Purpose.WAGES_CLEARING
    if account.type == Account.Type.CLOSING or account.control or own or blocked:
        raise refusals.WrongAccount(value=account.number)


def _require_idle(row: WageType) -> None:
    if row.role:
        raise refusals.StillNeeded(number=row.number, role=row.get_role_display())
    if where := usage.used_in(row.company, row.number):
        raise refusals.StillUsed(number=row.number, where=", ".join(where))


def _note(row: WageType, before: Mapping[str, Any], by: User, action: str = "") -> None:
    after = shown(row)
    if not before:
        trail.record(company=row.company, by=by, action="wage_type.add", subject=row,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=row.company, by=by, action=action or "wage_type.change", subject=row,
                     details={"number": row.number, **changes})  # fmt: skip
