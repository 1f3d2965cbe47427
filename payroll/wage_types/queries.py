"""Questions about wage types: the list, and what an amount of one does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.ledger.models import Account
from erp.companies.models import Company
from payroll.wage_types.accounts import is_booked, usual_account
from payroll.wage_types.catalogue import bases_of
from payroll.wage_types.models import WageType
from payroll.wage_types.saving import differences
from payroll.wage_types.shipped import FLAGS, NAMES, usual_accounts

EXAMPLE: Final = Decimal("100.00")
#: What is paid or deducted beside the wage comes out of the clearing account on the other side.
TAKEN: Final = frozenset(
    {WageType.Kind.DEDUCTION, WageType.Kind.ADVANCE, WageType.Kind.NET_CORRECTION}
)


def names_of(company: Company) -> dict[int, str]:
    """What each wage type is called in the active language, by number. One query."""
    return {one.number: one.name for one in WageType.of(company)}


@dataclass(frozen=True, slots=True)
class Side:
    """An account of a booking record; ``institution`` where that of the institution counts first."""

    number: str
    name: str
    institution: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A wage type of the list: with where it is booked, and whether it is not as shipped."""

    type: WageType
    flags: tuple[bool, ...]
    account: Side | None
    differs: bool


@dataclass(frozen=True, slots=True)
class Example:
    """What an amount of a wage type does (Was 100.00 bewirken): bases it raises, the certificate, the entry."""

    amount: Decimal
    bases: tuple[str, ...]
    boxes: tuple[str, ...]
    debit: Side | None
    credit: Side | None
    payout: Decimal


def listing(
    company: Company, *, search: str = "", kind: str = "", state: str = "used"
) -> list[Row]:
    """Wage types by number; ``state`` is used, off, changed, own or all. Two queries.

    ``search`` are words, each of which is in the number or a name, in any language.
    """
    accounts = accounts_of(company)
    words = search[:80].lower().split()[:6]
    found = []
    for row in WageType.of(company).order_by("number"):
        told = " ".join([str(row.number), *(getattr(row, name) for name in NAMES)]).lower()
        if (kind and row.kind != kind) or any(word not in told for word in words):
            continue
        differs = bool(differences(row))
        if {"used": row.is_active, "off": not row.is_active, "changed": differs,
            "own": not row.is_shipped}.get(state, True):  # fmt: skip
            flags = tuple(getattr(row, column) for column in FLAGS.values())
            found.append(Row(row, flags, side_of(row, accounts), differs))
    return found


def accounts_of(company: Company) -> dict[str, Account]:
    """A company's accounts by number."""
    return {account.number: account for account in Account.of(company)}


def side_of(row: WageType, accounts: dict[str, Account]) -> Side | None:
    """Where a type is booked: on its own account, else on the usual one; None where nothing is booked."""
    if not is_booked(row):
        return None
    own = row.account_id  # type: ignore[attr-defined]
    if own is not None:
        account = next(one for one in accounts.values() if one.pk == own)
        return Side(account.number, account.name)
    usual = usual_account(row)
    institution = usual.removeprefix("@") if usual.startswith("@") else ""
    number = usual_accounts()[institution].liability if institution else usual
    found = accounts.get(number)
    return Side(number, found.name if found else "", institution, is_missing=found is None)


def example(row: WageType, accounts: dict[str, Account]) -> Example:
    """What 100.00 of a wage type does to bases, certificate, entry and payout."""
    side = side_of(row, accounts)
    clearing = next(
        (Side(one.number, one.name) for one in accounts.values()
         if one.purpose == Account.Purpose.WAGES_CLEARING),
        Side("", "", is_missing=True),
    )  # fmt: skip
    taken = row.kind in TAKEN
    debit, credit = (clearing, side) if taken else (side, clearing)
    bases = bases_of(row)
    return Example(
        EXAMPLE,
        tuple(_label(column) for base, column in FLAGS.items() if base in bases),
        tuple(filter(None, row.box.split("+"))),
        debit if side else None,
        credit if side else None,
        Decimal(0) if side is None else -EXAMPLE if taken else EXAMPLE,
    )


def _label(column: str) -> str:
    return str(WageType._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
