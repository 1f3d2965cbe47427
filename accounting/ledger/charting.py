"""Changing the chart (Kontenplan): accounts, cost centres and cost objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from accounting.ledger.chart import kmu_chart, position_like, statement_of
from accounting.ledger.models import (
    Account,
    AccountGroup,
    CostCentre,
    CostObject,
    EntryLine,
)
from accounting.ledger.models.accounts import Purpose
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from vat.codes.models import VatCode

NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
ACCOUNT_FIELDS: Final = (
    "number", *NAMES, "type", "or_position", "group_number", "currency", "cost_centre_rule",
    "cost_object_rule", "vat_code", "blocked_from", "purpose", "control", "valuation",
)  # fmt: skip
#: What may no longer change once something was posted to the account.
FROZEN_ONCE_USED: Final = ("type", "currency", "control")
#: Purposes that a used account keeps: on them stand the year-end's checks and what is carried forward.
KEPT_ONCE_USED: Final = frozenset({
    Purpose.OPENING, Purpose.SUSPENSE, Purpose.RETAINED_EARNINGS, Purpose.RESULT_OF_YEAR,
})  # fmt: skip
#: A number stands in addresses of pages and endpoints.
_NUMBER: Final = RegexValidator(r"^[A-Za-z0-9]{1,10}\Z")


class NumberTaken(DomainError):
    code = "ledger.number_taken"
    message = _("Number %(number)s is taken. Choose another.")
    field = "number"


class PurposeTaken(DomainError):
    code = "ledger.purpose_taken"
    message = _(
        "Account %(account)s has the purpose “%(purpose)s” already. Take it away there first."
    )
    field = "purpose"


class UnknownPosition(DomainError):
    code = "ledger.unknown_position"
    message = _("Account %(number)s: “%(value)s” is no position for an account of type %(kind)s. "
                "Choose one, or the account would stand in no statement.")  # fmt: skip
    field = "or_position"


class NameMissing(DomainError):
    code = "ledger.name_missing"
    message = _("%(number)s has no name. Give it one in at least one language.")
    field = "name_de"


class AccountInUse(DomainError):
    code = "ledger.account_in_use"
    message = _("Account %(account)s has entries: its %(what)s can no longer change. Block it from a "
                "date and open another account.")  # fmt: skip
    field = "type"
    conflict = True


class NotDeletable(DomainError):
    code = "ledger.not_deletable"
    message = _("%(number)s has entries and stays. Block it from a date instead.")
    field = "number"
    conflict = True


class NamedElsewhere(DomainError):
    code = "ledger.account_named_elsewhere"
    message = _("A setting elsewhere, such as a bank account, names account %(number)s, so it stays. "
                "Change that first, or block the account from a date.")  # fmt: skip
    field = "number"
    conflict = True


class BadValue(DomainError):
    code = "ledger.bad_value"
    message = _("%(number)s: “%(value)s” is not possible here. %(reason)s")
    field = "number"


@transaction.atomic
def set_up_chart(*, company: Company, by: User) -> None:
    """Give a new company the KMU chart (Schweizer Kontenrahmen KMU) fit for its legal form."""
    codes = {code.code: code for code in VatCode.of(company)}
    groups, accounts = [], []
    for row in kmu_chart(company.legal_form):
        names = {name: getattr(row, name) for name in NAMES}
        if row.level != "account":
            groups.append(
                AccountGroup(company=company, number=row.number, parent_number=row.parent, **names)
            )
            continue
        accounts.append(
            Account(
                company=company, number=row.number, type=row.type, or_position=row.or_position,
                group_number=row.parent, currency=row.currency, purpose=row.purpose,
                control=row.control, vat_code=codes.get(row.vat_code), **names,
                cost_centre_rule=_rule_for(row.type), cost_object_rule=_rule_for(row.type),
            )
        )  # fmt: skip
    AccountGroup.unscoped.bulk_create(groups)
    Account.unscoped.bulk_create(accounts)
    trail.record(company=company, by=by, action="chart.set_up",
                 details={"accounts": len(accounts)})  # fmt: skip


@transaction.atomic
def add_account(*, company: Company, by: User, **values: Any) -> Account:
    """Open an account (Konto eröffnen). Raises ``NumberTaken``, ``NameMissing``, ``BadValue``."""
    account = new_account(company, values)
    require_sound(account)
    account.save(force_insert=True)
    trail.record(company=company, by=by, action="account.add", subject=account,
                 details=trail.filled(_shown(account)))  # fmt: skip
    return account


@transaction.atomic
def change_account(account: Account, *, by: User, **values: Any) -> Account:
    """Change an account: rename, renumber, block, set its rules. Past entries stay as they are.

    Type, currency and owner of an account with entries stay, and some purposes. Raises
    ``AccountInUse``, ``NumberTaken``, ``NameMissing`` or ``BadValue``.
    """
    current: Account = Account.of(account.company_id).select_for_update().get(pk=account.pk)
    before = _shown(current)
    alter(current, values)
    current.save()
    if changed := trail.changes(before, _shown(current)):
        trail.record(company=current.company, by=by, action="account.change", subject=current,
                     details=changed)  # fmt: skip
    return current


@transaction.atomic
def delete_account(account: Account, *, by: User) -> None:
    """Remove an account nothing was ever written to.

    Raises ``NotDeletable``, or ``NamedElsewhere`` where other rooms name it.
    """
    if is_used(account) or account.purpose:
        raise NotDeletable(number=account.number)
    trail.record(company=account.company, by=by, action="account.delete", subject=account,
                 details=trail.filled(_shown(account)))  # fmt: skip
    try:
        account.delete()
    except ProtectedError:
        raise NamedElsewhere(number=account.number) from None


@transaction.atomic
def save_cost_unit(
    unit: CostCentre | CostObject, *, by: User, **values: Any
) -> CostCentre | CostObject:
    """Add or change a cost centre or cost object. Raises ``NumberTaken`` or ``NameMissing``."""
    before = type(unit).of(unit.company).filter(pk=unit.pk).first()
    for name, value in values.items():
        setattr(unit, name, value)
    taken = type(unit).of(unit.company).filter(number=unit.number).exclude(pk=unit.pk)
    if taken.exists():
        raise NumberTaken(number=unit.number)
    if not unit.name_in("de"):
        raise NameMissing(number=unit.number)
    unit.save()
    told = trail.values(unit, "number", *NAMES, "active_until")
    if before is None:
        trail.record(company=unit.company, by=by, action="cost_unit.add", subject=unit,
                     details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(trail.values(before, *told), told):
        trail.record(company=unit.company, by=by, action="cost_unit.change", subject=unit,
                     details=changed)  # fmt: skip
    return unit


def is_used(account: Account) -> bool:
    """Whether any line, draft or posted, names the account."""
    return EntryLine.of(account.company_id).filter(account=account).exists()


def new_account(company: Company, values: Mapping[str, Any]) -> Account:
    """An account that is not saved yet.

    Without a position it stands where the KMU chart has the account with a number like it.
    """
    account = Account(company=company, **values)
    account.or_position = account.or_position or position_like(account.number, account.type)
    return account


def alter(account: Account, values: Mapping[str, Any]) -> None:
    """Set values on an account without saving it. Raises what ``change_account`` raises."""
    for name, value in values.items():
        held = getattr(account, name)
        stays = name in FROZEN_ONCE_USED or (name == "purpose" and held in KEPT_ONCE_USED)
        if stays and value != held and is_used(account):
            label = str(getattr(Account._meta.get_field(name), "verbose_name", name))
            raise AccountInUse(field=name, account=account.number, what=label)
        setattr(account, name, value)
    require_sound(account)


def require_sound(account: Account) -> None:
    """Refuse an account that may not be saved.

    Raises ``NumberTaken``, ``NameMissing``, ``PurposeTaken``, ``BadValue`` or ``UnknownPosition``.
    """
    taken = Account.of(account.company_id).filter(number=account.number).exclude(pk=account.pk)
    if taken.exists():
        raise NumberTaken(number=account.number)
    if not account.name_in("de"):
        raise NameMissing(number=account.number)
    other = (
        Account.of(account.company_id).filter(purpose=account.purpose).exclude(pk=account.pk).first()
        if account.purpose else None
    )  # fmt: skip
    if other is not None:
        raise PurposeTaken(account=other.number, purpose=account.get_purpose_display())
    try:
        account.clean_fields(exclude=["company", "vat_code"])
        _NUMBER(account.number)
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {"number": error.messages}
        refusals: list[DomainError] = [
            BadValue(field=name, number=account.number, value=getattr(account, name),
                     reason=" ".join(reasons))
            for name, reasons in found.items()
        ]  # fmt: skip
        raise (refusals[0] if len(refusals) == 1 else Refusals(refusals)) from None
    _require_position(account)


def _require_position(account: Account) -> None:
    """Each account stands in one place of one statement; closing accounts in none."""
    if account.type == Account.Type.CLOSING:
        found = not account.or_position
    else:
        wanted = "balance" if account.is_balance_sheet else "income"
        found = statement_of(account.or_position) == wanted
    if not found:
        raise UnknownPosition(
            number=account.number, value=account.or_position, kind=account.get_type_display()
        )


def _rule_for(kind: str) -> str:
    costs = {Account.Type.INCOME, Account.Type.EXPENSE}
    return Account.Rule.MAY if kind in costs else Account.Rule.NO


def _shown(account: Account) -> Mapping[str, Any]:
    code = account.vat_code.code if account.vat_code else None  # its name differs by language
    return trail.values(account, *ACCOUNT_FIELDS) | {"vat_code": code}
