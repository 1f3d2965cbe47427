"""Institutions that get a part of wages (Kassen und Versicherer): added, changed, deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError, Q

from accounting.ledger.models import Account
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES, RESULT_TYPES
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.texts import one_line
from erp.reference.models import Canton
from payroll.setup import refusals
from payroll.setup.models import Institution
from payroll.setup.settings import NotOffered

Kind = Institution.Kind
FIELDS: Final = ("kind", "name", "canton", "contact", "member_number", "sub_number", "liability",
                 "expense", "active_until")  # fmt: skip
_LINES: Final = {"name": 140, "member_number": 40, "sub_number": 20}
#: Kinds that count for a canton, of which there is one in each.
BY_CANTON: Final = frozenset({Kind.FAK, Kind.TAX})
#: The number of a compensation fund. Source: ELM 5.0, AK-CC-NumberType.
_FUND: Final = re.compile(r"[0-9]{3}(\.[0-9]{3})?", re.ASCII)
#: Rooms above say where an institution is used: label and whether.
used_by: Final = list[tuple[Any, Callable[[Institution], bool]]]()


@transaction.atomic
def save_institution(
    *, company: Company, by: User, row: Institution | None = None, version: int | None = None, **told: Any
) -> Institution:  # fmt: skip
    """Add an institution, or change one. ``told`` are values of ``FIELDS``; what is left out stays.

    Raises ``InstitutionChanged`` or ``Refusals`` with all of ``NotOffered``, ``NameMissing``,
    ``NameTaken``, ``KindFixed``, ``UnknownCanton``, ``CantonMissing``, ``OnlyOne``,
    ``BadMemberNumber``, ``WrongLiability``, ``WrongExpense``, ``WrongCommission`` and faults of texts.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    current = _held(row) if row and row.pk else Institution(company=company, version=0)
    if version is not None and current.pk and version != current.version:
        raise refusals.InstitutionChanged(name=current.name)
    before = shown(current) if current.pk else {}
    _put(current, told)
    current.version += 1
    current.save()
    after = shown(current)
    if not before:
        trail.record(company=company, by=by, action="institution.add", subject=current,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=company, by=by, action="institution.change", subject=current,
                     details=changes)  # fmt: skip
    return current


@transaction.atomic
def delete_institution(row: Institution, *, by: User) -> None:
    """Delete an institution that has no solutions and is used nowhere. Raises ``InstitutionUsed``."""
    current = _held(row)
    where = [str(label) for label, is_used in used_by if is_used(current)]
    if current.solutions.exists():  # type: ignore[attr-defined]
        where.append(str(current.solutions.model._meta.verbose_name))  # type: ignore[attr-defined]
    if where:
        raise refusals.InstitutionUsed(name=current.name, where=", ".join(where))
    trail.record(company=current.company, by=by, action="institution.delete", subject=current,
                 details=trail.filled(shown(current)))  # fmt: skip
    try:
        current.delete()
    except ProtectedError:
        raise refusals.InstitutionUsed(name=current.name, where="–") from None


def shown(row: Institution) -> dict[str, Any]:
    """An institution as the trail tells it; accounts by number."""
    accounts = {name: getattr(row, name) for name in ("liability", "expense")}
    told = {name: one.number if one else None for name, one in accounts.items()}
    return trail.values(row, *FIELDS) | told


def follow(keep: Contact, gone: Contact) -> int:
    """Let institutions of a contact that is merged go over to the other; how many there were."""
    return Institution.of(keep.company_id).filter(contact=gone).update(contact=keep)


def has_any(contact: Contact) -> bool:
    """Whether a contact is an institution of payroll; then it is not deleted."""
    return Institution.of(contact.company_id).filter(contact=contact).exists()


def _held(row: Institution) -> Institution:
    rows = Institution.of(row.company_id).select_related(
        "company", "contact", "liability", "expense"
    )
    found: Institution = rows.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    return found


def _put(row: Institution, told: Mapping[str, Any]) -> None:
    faults = list[DomainError]()
    for name, value in told.items():
        try:
            setattr(row, name, _checked(row, name, value))
        except DomainError as refusal:
            faults.append(refusal)
    places = {fault.place for fault in faults}
    for check in (
        _require_name,
        _require_canton,
        _require_alone,
        _require_number,
        _require_liability,
        _require_expense,
    ):
        try:
            check(row)
        except DomainError as refusal:
            if refusal.place not in places:
                faults.append(refusal)
    if faults:
        raise Refusals(faults)


def _checked(row: Institution, name: str, value: Any) -> Any:
    if name == "kind":
        if value not in Kind.values:
            raise NotOffered(field=name, value=str(value)[:20], choices=", ".join(Kind.values))
        if row.pk and value != row.kind and row.solutions.exists():  # type: ignore[attr-defined]
            raise refusals.KindFixed(name=row.name)
    if name in _LINES:
        return one_line(value or "", field=name, most=_LINES[name])
    return (value or "").strip().upper() if name == "canton" else value


def _require_name(row: Institution) -> None:
    if not row.name:
        raise refusals.NameMissing
    same = Institution.of(row.company_id).filter(kind=row.kind, name=row.name).exclude(pk=row.pk)
    if same.exists():
        raise refusals.NameTaken(name=row.name)


def _require_canton(row: Institution) -> None:
    if row.canton and not Canton.objects.filter(code=row.canton, valid_to=None).exists():
        raise refusals.UnknownCanton(value=row.canton[:10])
    if not row.canton and row.kind in BY_CANTON:
        raise refusals.CantonMissing(name=row.name)


def _require_alone(row: Institution) -> None:
    """One compensation fund, and one FAK and tax office in each canton, at a time."""
    if row.kind != Kind.AHV and row.kind not in BY_CANTON:
        return
    others = Institution.of(row.company_id).filter(kind=row.kind).exclude(pk=row.pk)
    if row.kind in BY_CANTON:
        others = others.filter(canton=row.canton)
    other = others.filter(Q(active_until=None)).first()
    if other is not None and row.active_until is None:
        raise refusals.OnlyOne(name=other.name, where=row.canton)


def _require_number(row: Institution) -> None:
    if row.kind == Kind.AHV and row.sub_number and not _FUND.fullmatch(row.sub_number):
        raise refusals.BadMemberNumber(value=row.sub_number)


def _require_liability(row: Institution) -> None:
    account = row.liability
    if account and (account.type not in BALANCE_SHEET_TYPES or account.control or account.purpose):
        raise refusals.WrongLiability(value=account.number)


def _require_expense(row: Institution) -> None:
    """The employer's part is an expense; what a tax office leaves as commission may be income, too."""
    account = row.expense
    if account is None:
        return
    if row.kind == Kind.TAX:
        if account.type not in RESULT_TYPES or account.purpose:
            raise refusals.WrongCommission(value=account.number)
    elif account.type != Account.Type.EXPENSE or account.purpose:
        raise refusals.WrongExpense(value=account.number)
