"""What a code does, shown by an example (Beispielbuchung) that is reckoned as any entry is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.lines import Line
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import Purpose
from erp.core.money import ZERO
from vat.codes.breakdown import Basis
from vat.codes.models import CodeKind, VatCode
from vat.codes.queries import Form

NET: Final = Decimal("100.00")
_ON_CREDIT: Final = {CodeKind.OUTPUT, CodeKind.OTHER}
_ALL_TAX: Final = {CodeKind.IMPORT, CodeKind.CORRECTION}
_ON_INCOME: Final = {CodeKind.OUTPUT, CodeKind.OTHER, CodeKind.DISCOUNT}


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """A line of the example entry; ``amount`` of its VAT goes to ``boxes``. Debit and credit in francs."""

    account: str
    name: str
    debit: Decimal
    credit: Decimal
    boxes: tuple[str, ...]
    amount: Decimal | None


def example(code: VatCode, *, reader: Reader, form: Form, day: dt.date) -> list[ExampleLine]:
    """The entry that 100.00 without VAT, or of tax, makes under a code on a day, with the boxes its lines fill.

    The last line is what is paid. Reckoned by ``Reader``, by the company's own method of that day.
    Raises what it raises: who is not liable, and codes that are switched off.
    """
    on_credit = code.kind in _ON_CREDIT
    debit, credit = (ZERO, NET) if on_credit else (NET, ZERO)
    basis = Basis.GROSS if code.kind in _ALL_TAX else Basis.NET
    typed = TypedLine(
        _account(code, reader).number,
        vat_code=code.code,
        vat_basis=basis,
        debit=debit,
        credit=credit,
    )
    lines = reader.lines([typed], date=day)
    paid = sum((line.debit - line.credit for line in lines), ZERO)
    rows = [_line(line, code, form) for line in lines]
    rows.append(ExampleLine("", "", max(-paid, ZERO), max(paid, ZERO), (), None))
    return rows


def _account(code: VatCode, reader: Reader) -> Account:
    """The account such a line usually stands on: one whose default the code is, or one of its kind."""
    if code.kind == CodeKind.CORRECTION:
        return reader.by_purpose[code.shipped.input_purpose]
    wanted = Account.Type.INCOME if code.kind in _ON_INCOME else Account.Type.EXPENSE
    plain = [a for a in reader.accounts.values() if not (a.control or a.purpose or a.only_pays)]
    fitting = [one for one in _sorted(plain) if one.type == wanted] or _sorted(plain)
    for name in (code.code, code.catalogue_code):
        for one in fitting:
            if one.vat_code is not None and one.vat_code.code == name:
                return one
    purpose = code.shipped.input_purpose
    alike = (
        one for one in fitting if one.vat_code and one.vat_code.shipped.input_purpose == purpose
    )
    return next(alike, fitting[0])


def _sorted(accounts: Iterable[Account]) -> list[Account]:
    return sorted(accounts, key=lambda one: one.number)


def _line(line: Line, code: VatCode, form: Form) -> ExampleLine:
    boxes, amount = _boxes(line, code, form)
    return ExampleLine(
        line.account.number, line.account.name, line.debit, line.credit, boxes, amount
    )


def _boxes(line: Line, code: VatCode, form: Form) -> tuple[tuple[str, ...], Decimal | None]:
    """Which boxes a line fills, and with how much: a base with its consideration, tax with itself."""
    shipped, vat = code.shipped, line.vat
    if vat is None:
        return (), None
    if vat.part == "B":
        names = [*shipped.base_boxes, *([shipped.tax_box] if code.kind in _ON_INCOME else [])]
        amount = abs(vat.base)
    elif line.account.purpose == Purpose.ACQUISITION_TAX:
        names, amount = list(shipped.base_boxes), line.debit + line.credit
    else:
        names, amount = [shipped.tax_box], line.debit + line.credit
    boxes = tuple(sorted({form.box(code, name) for name in names} - {""}))
    return boxes, amount if boxes else None
