"""What the entry mask sends and templates keep, to typed lines and back.

The ledger keeps lines with the tax taken off; people type amounts with the tax in them. What
``typed_of`` gives for an entry (Kopieren, Vorlage, Entwurf bearbeiten) gives the same lines again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounting.ledger.entering import Reader, TypedLine, UnknownAccount, simple_entry
from accounting.ledger.errors import TextMissing
from accounting.ledger.lines import line_of
from accounting.ledger.models import EntryLine, JournalEntry
from accounting.ledger.posting import rows_of
from erp.core.errors import DomainError, raise_all
from erp.core.money import ZERO, NotAnAmount, parse_amount
from vat.codes.breakdown import Basis
from vat.codes.models import CodeKind

Typed = dict[str, Any]


class NotADate(DomainError):
    code = "ledger.not_a_date"
    message = _("“%(value)s” is no date. Type 31.12.2026, 31.12 or 31.")
    field = "date"


class AccountMissing(DomainError):
    code = "ledger.account_missing"
    message = _("“%(side)s” has no account. Choose one of the chart.")
    field = "debit"


class AmountMissing(DomainError):
    code = "ledger.amount_missing"
    message = _("The amount is missing. Type one above zero.")
    field = "amount"


class AmountBelowZero(DomainError):
    code = "ledger.amount_below_zero"
    message = _(
        "%(value)s is below zero. Type the amount without the minus, and swap debit and credit."
    )
    field = "amount"


def require_filled(typed: Typed, reader: Reader) -> None:
    """Refuse a mask whose fields are empty or cannot be, each by its name and all at once.

    Of a split entry the lines say themselves what is wrong with them. Raises ``TextMissing``,
    ``AccountMissing``, ``UnknownAccount``, ``AmountMissing``, ``AmountBelowZero``, ``NotAnAmount``, or
    ``Refusals`` with several.
    """
    faults: list[DomainError] = []
    if not _text(typed, "text"):
        faults.append(TextMissing())
    if typed.get("mode") != "split":
        for name, side in (("debit", _("Debit")), ("credit", _("Credit"))):
            number = _text(typed, name)
            if not number:
                faults.append(AccountMissing(field=name, side=side))
            elif number not in reader.accounts:
                faults.append(UnknownAccount(field=name, value=number))
        try:
            faults += _faults_of_amount(typed)
        except NotAnAmount as refusal:
            faults.append(refusal)
    raise_all(faults)


def _faults_of_amount(typed: Typed) -> list[DomainError]:
    """Nothing is wrong with an empty amount beside one in a foreign currency: a line says more of it."""
    amount = _amount(typed, "amount")
    if not amount:
        return [] if _amount(typed, "amount_foreign") else [AmountMissing()]
    return [AmountBelowZero(value=amount)] if amount < 0 else []


def lines_of(typed: Typed, reader: Reader, date: dt.date) -> list[TypedLine]:
    """The mask's contents as typed lines. Raises ``NotAnAmount`` or ``NotADate``."""
    if typed.get("mode") == "split":
        return [_split_line(row) for row in typed.get("lines", []) if row.get("account")]
    return simple_entry(
        reader=reader, date=date, debit=_text(typed, "debit"), credit=_text(typed, "credit"),
        amount=_amount(typed, "amount") or ZERO, vat_code=_text(typed, "vat_code"),
        vat_basis=_text(typed, "vat_basis") or Basis.GROSS, **_more(typed),
    )  # fmt: skip


def day_of(text: Any, *, place: str = "date") -> dt.date:
    """A date as the mask sends it, ISO. Raises ``NotADate``."""
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise NotADate(field=place, value=str(text)[:20]) from None


def _split_line(row: Typed) -> TypedLine:
    return TypedLine(
        account=_text(row, "account"),
        debit=_amount(row, "debit") or ZERO,
        credit=_amount(row, "credit") or ZERO,
        text=_text(row, "text")[:200],
        vat_code=_text(row, "vat_code"),
        vat_basis=_text(row, "vat_basis") or Basis.GROSS,
        currency=_text(row, "currency"),
        **_more(row),
    )


def _more(row: Typed) -> dict[str, Any]:
    """What simple entries and lines have in common, where it is given."""
    more: dict[str, Any] = {name: _text(row, name) for name in ("cost_centre", "cost_object")}
    if row.get("supply_date"):
        more["supply_date"] = day_of(row["supply_date"], place="supply_date")
    for name in ("amount_foreign", "vat_rate"):
        amount = _amount(row, name)
        if amount is not None:  # zero is an amount, and a rate
            more[name] = amount
    return more


def _text(row: Typed, name: str) -> str:
    return str(row.get(name) or "").strip()


def _amount(row: Typed, name: str) -> Decimal | None:
    text = row.get(name)
    return parse_amount(str(text), field=name) if text not in (None, "") else None


def typed_anew(entry: JournalEntry, reader: Reader) -> Typed:
    """An entry to be booked again on another day: supplied then, and on a voucher of its own."""
    typed = typed_of(entry, reader) | {"date": "", "voucher": "", "supply_date": ""}
    return typed | {
        "lines": [line | {"supply_date": ""} for line in typed.get("lines", [])]
    }  # fmt: skip


def typed_of(entry: JournalEntry, reader: Reader) -> Typed:
    """An entry as the mask would have sent it: simple where that gives the same lines."""
    stored = list(
        entry.lines.order_by("position").select_related(
            "account", "cost_centre", "cost_object", "vat_code"
        )
    )
    typed = _lines(stored, entry, reader)
    told: Typed = {
        "date": entry.date.isoformat(), "text": entry.text, "voucher": entry.voucher,
        "kind": entry.kind if entry.kind == JournalEntry.Kind.OPENING else "",
    }  # fmt: skip
    simple = _simple(typed, stored, entry, reader)
    if simple is not None:
        return {**told, "mode": "simple", **simple}
    return {**told, "mode": "split", "lines": [_written(line) for line in typed]}


def same_again(
    stored: list[EntryLine], entry: JournalEntry, reader: Reader
) -> list[TypedLine] | None:
    """A posted entry as typed lines that give the same lines again; None where none would.

    ``stored`` are its lines by position, with all that they name. A rate that is not the law's own is
    nothing that a file can tell.
    """
    typed = _lines(stored, entry, reader)
    if any(line.vat_rate is not None for line in typed):
        return None
    try:
        again = rows_of(reader.lines(typed, date=entry.date))
    except DomainError:
        return None
    return typed if again == rows_of([line_of(row) for row in stored]) else None


def content_of(lines: Sequence[TypedLine], *, text: str, voucher: str = "") -> Typed:
    """Typed lines as the mask would have sent them, for a template."""
    return {
        "mode": "split",
        "text": text,
        "voucher": voucher,
        "lines": [_written(x) for x in lines],
    }


def _lines(stored: list[EntryLine], entry: JournalEntry, reader: Reader) -> list[TypedLine]:
    typed: list[TypedLine] = []
    base: EntryLine | None = None  # the line whose tax lines follow
    for row in stored:
        if base and row.vat_part == "T" and row.vat_code_id == base.vat_code_id:
            typed[-1] = _with_tax(typed[-1], row)
            continue
        base = row if row.vat_part == "B" else None
        typed.append(_typed(row, entry))
    return [_settled(line, entry, reader) for line in typed]


def _typed(row: EntryLine, entry: JournalEntry) -> TypedLine:
    vat: dict[str, Any] = {}
    if row.vat_code is not None:
        vat = {"vat_code": row.vat_code.code, "vat_rate": row.vat_rate}
        if row.supply_date != entry.date:
            vat["supply_date"] = row.supply_date
    return TypedLine(
        account=row.account.number, debit=row.debit, credit=row.credit, text=row.text,
        cost_centre=row.cost_centre.number if row.cost_centre else "",
        cost_object=row.cost_object.number if row.cost_object else "",
        currency=row.currency,
        amount_foreign=None if row.amount_foreign is None else abs(row.amount_foreign), **vat,
    )  # fmt: skip


def _with_tax(line: TypedLine, tax: EntryLine) -> TypedLine:
    """What was to be paid: the tax on the line's own side comes on top, on the other side off."""
    if line.debit:
        return replace(line, debit=line.debit + tax.debit - tax.credit)
    return replace(line, credit=line.credit + tax.credit - tax.debit)


def _settled(line: TypedLine, entry: JournalEntry, reader: Reader) -> TypedLine:
    """Leave out a rate that is the law's own, so that a copy follows the law of its own day."""
    if not line.vat_code or line.vat_rate is None:
        return line
    code = reader.vat_codes.get(line.vat_code)
    if code is None or code.kind == CodeKind.IMPORT:
        return replace(line, vat_rate=None)
    lawful = reader.rate_on(code.rate_class, line.supply_date or entry.date)
    return replace(line, vat_rate=None) if line.vat_rate == lawful else line


def _simple(
    typed: list[TypedLine], stored: list[EntryLine], entry: JournalEntry, reader: Reader
) -> Typed | None:
    """Debit, credit, amount, code; None where that would not give the stored lines again."""
    if (
        entry.kind == JournalEntry.Kind.OPENING
        or len(typed) != 2
        or bool(typed[0].debit) == bool(typed[1].debit)
    ):
        return None
    left, right = typed if typed[0].debit else (typed[1], typed[0])
    carrying = left if left.vat_code or left.cost_centre or left.cost_object else right
    if typed[0] is not left or carrying.vat_rate is not None:
        return None
    foreign = next((one for one in (left, right) if one.amount_foreign is not None), None)
    more: dict[str, Any] = {
        "cost_centre": carrying.cost_centre, "cost_object": carrying.cost_object,
        "supply_date": carrying.supply_date,
    }  # fmt: skip
    if foreign is not None:
        more |= {"currency": foreign.currency, "amount_foreign": foreign.amount_foreign}
    amount = carrying.debit or carrying.credit
    try:
        again = simple_entry(
            reader=reader, date=entry.date, debit=left.account, credit=right.account,
            amount=amount, vat_code=carrying.vat_code, **more,
        )  # fmt: skip
        lines = reader.lines(again, date=entry.date)
    except DomainError:
        return None
    if rows_of(lines) != rows_of([line_of(row) for row in stored]):
        return None
    return {
        "debit": left.account, "credit": right.account, "amount": str(amount),
        "vat_code": carrying.vat_code, "vat_basis": str(Basis.GROSS),
        "supply_date": carrying.supply_date.isoformat() if carrying.supply_date else "",
        "cost_centre": carrying.cost_centre, "cost_object": carrying.cost_object,
        "amount_foreign": str(foreign.amount_foreign) if foreign else "",
    }  # fmt: skip


def _written(line: TypedLine) -> Typed:
    """A typed line as the mask and templates keep it: text only, nothing for zero."""
    told = asdict(line) | {"vat_basis": str(line.vat_basis)}
    for name in ("debit", "credit"):
        told[name] = "" if told[name] == ZERO else str(told[name])
    for name in ("vat_rate", "amount_foreign"):
        told[name] = str(told[name]) if isinstance(told[name], Decimal) else ""
    told["supply_date"] = line.supply_date.isoformat() if line.supply_date else ""
    return told
