"""From a code to its entries (Belege hinter der Ziffer): they re-add to the box to the Rappen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from erp.companies.models import Company
from erp.core.money import ZERO
from vat.codes.models import CodeKind, VatCode
from vat.returns import pieces
from vat.returns.computing import Computed, Granted, Scope
from vat.returns.form import CREDITS, DEBITS, CodeSum
from vat.returns.journal import JournalRow
from vat.returns.pieces import Amounts, Key, Piece
from vat.returns.showing import CREDITED, GRANTED, box_of, is_granted

PAGE: Final = 100
NOTHING: Final = Amounts(ZERO, ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries of a return: of a code, at a rate, of an activity as it was granted."""

    code: str
    rate: Decimal | None = None
    activity: str = ""
    granted: Decimal | None = None
    old: bool = False
    box: str = ""
    unassigned: bool = False


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry under a code, signed as on the form; ``so_far`` adds the ``measure`` up to it."""

    piece: Piece
    net: Decimal
    tax: Decimal
    gross: Decimal
    so_far: Decimal

    @property
    def mark(self) -> str:
        """Where the next page begins."""
        date, place, code, rate, document = self.piece.key
        return f"{date.isoformat()}_{place}_{code}_{rate}_{document}"


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of entries; ``total`` is what all of them come to, the figure of the box."""

    code: VatCode
    rows: list[EntryRow]
    measure: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    after: str = ""

    @property
    def total(self) -> Decimal:
        found: Decimal = getattr(self, self.measure)
        return found


def entries(
    scope: Scope, code: VatCode, asked: Asked, *, after: str = "", limit: int = PAGE
) -> Entries:
    """A page of the entries that count under a code; one query, two more with granted rates."""
    accounts = supplied = None
    if asked.unassigned:
        accounts = _unassigned(scope, Granted(scope))
    elif asked.granted is not None:
        lot = Granted(scope).lot(asked.activity, asked.granted, old=asked.old)
        accounts, supplied = lot or ([], None)
    found = pieces.listed(
        scope.question, codes=[code.pk], rate=asked.rate, accounts=accounts, supplied=supplied,
        after=key_of(after), limit=limit + 1,
    )  # fmt: skip
    measure = _measure(code, asked.box, effective=scope.is_effective)
    sign = -1 if code.kind in CREDITED else 1
    rows = [_row(piece, code, sign, measure) for piece in found[:limit]]
    net, tax, gross = _signed(found[0].total if found else NOTHING, code, sign)
    mark = rows[-1].mark if len(found) > limit else ""
    return Entries(code, rows, measure, net, tax, gross, mark)


def key_of(mark: str) -> Key | None:
    """The key of a page's mark; None where there is none, or it was not ours."""
    try:
        date, place, code, rate, document = mark.split("_")
        return (dt.date.fromisoformat(date), int(place), int(code), Decimal(rate), int(document))
    except (ValueError, ArithmeticError):
        return None


def journal_rows(found: Computed) -> list[JournalRow]:
    """All that counts in a return, once for each box it counts in; see ``journal.journal_table``."""
    codes = {code.code: code for code in VatCode.of(found.scope.company)}
    names = {code.pk: code.code for code in codes.values()}
    return [
        row
        for piece, one in _with_sums(found, codes, names)
        for row in _journal_rows(found, piece, one)
    ]


def _with_sums(
    found: Computed, codes: Mapping[str, VatCode], names: Mapping[int, str]
) -> Iterator[tuple[Piece, CodeSum]]:
    """Pieces with the sum they belong to: of all codes at once, or sum by sum where rates are granted."""
    scope, effective = found.scope, found.scope.is_effective
    plain, granted = dict[tuple[str, Decimal], CodeSum](), list[CodeSum]()
    for one in found.sums:
        if is_granted(one, effective=effective):
            granted.append(one)
        else:
            plain[one.code, one.rate] = one
    if plain:
        picked = [codes[code].pk for code in {code for code, _rate in plain} if code in codes]
        for piece in pieces.listed(scope.question, codes=picked):
            if (names[piece.code], piece.rate) in plain:
                yield piece, plain[names[piece.code], piece.rate]
    rates = Granted(scope)
    for one in (one for one in granted if one.code in codes):
        lot = (_unassigned(scope, rates), None) if one.granted is None else rates.lot(
            one.activity, one.granted, old=one.old)  # fmt: skip
        accounts, supplied = lot or ([], None)
        for piece in pieces.listed(scope.question, codes=[codes[one.code].pk], rate=one.rate,
                                   accounts=accounts, supplied=supplied):  # fmt: skip
            yield piece, one


def _unassigned(scope: Scope, rates: Granted) -> list[int]:
    """The accounts whose turnover belongs to no activity; the checks refuse such a return."""
    found = {row.account for row in pieces.sums(scope.question) if row.account and row.supply_date
             and rates.of(row.account, row.supply_date).percent is None}  # fmt: skip
    return sorted(found)


def _journal_rows(found: Computed, piece: Piece, one: CodeSum) -> Iterator[JournalRow]:
    told = replace(
        one, net=piece.net, gross=piece.gross, tax=piece.tax, owed=piece.owed, hidden=ZERO
    )
    for key, amount in found.brought(told).items():
        box, net, tax = box_of(found, key), amount, ZERO
        if box in {*CREDITS, *DEBITS}:
            net, tax = ZERO, amount
        elif key.startswith("acquired:"):
            tax = -piece.owed
        elif key.startswith("row:"):
            tax = -piece.tax
        yield JournalRow(box, one.code, one.rate, piece.date, piece.number, piece.voucher, piece.text,
                         piece.supply_date, net, tax, piece.entry, piece.document)  # fmt: skip


def code_of(company: Company, code: str) -> VatCode | None:
    return VatCode.of(company).filter(code=code).first()


def _measure(code: VatCode, box: str, *, effective: bool) -> str:
    """What is added up for a box: tax, or the consideration as the method counts it."""
    taxed = {CodeKind.INPUT, CodeKind.IMPORT, CodeKind.CORRECTION}
    if box in {*CREDITS, *DEBITS} or (not box and code.kind in taxed):
        return "tax"
    return "net" if effective or code.kind not in GRANTED else "gross"


def _row(piece: Piece, code: VatCode, sign: int, measure: str) -> EntryRow:
    net, tax, gross = _signed(Amounts(piece.net, piece.gross, piece.tax, piece.owed), code, sign)
    so_far = dict(zip(("net", "tax", "gross"), _signed(piece.so_far, code, sign), strict=True))
    return EntryRow(piece, net, tax, gross, so_far[measure])


def _signed(amounts: Amounts, code: VatCode, sign: int) -> Sequence[Any]:
    """Net, tax, and both together."""
    gross = amounts.gross if code.kind != CodeKind.ACQUISITION else amounts.net
    return [sign * amounts.net, sign * amounts.tax, sign * gross]
