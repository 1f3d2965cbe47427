"""The journal for Abacus (AbaConnect, FIBU, «XML Buchungen», version 2020.00, mapping AbaDefault).

Source: Abacus Research AG, «AbaConnect Interface: FIBU – XML entries, version 2020.00», published at
downloads.abacus.ch (…/abaconnect/htmlfiles/fibu/FIBU__XML Buchungen_2020.00_AbaDefault_EN.html), for the
envelope; names, lengths and order of fields as that reference and public programs that write such files
have them. Nothing here was tried on an installation of Abacus.

A booking has one account in its collective part and one contra account in its single part, both under
the sign of the first. That is all that is publicly shown without doubt, so an entry of many lines is
written as several bookings of two accounts each, with the same document number; sums by account are
those of the ledger. What is left out: ``TaxData``, whose codes are those of each installation (VAT is
written as the lines on the tax accounts, its code in the note), sub-ledgers and intercompany.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from accounting.ledger.models import EntryLine, JournalEntry
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import to_centimes

VERSION: Final = "2020.00"
TEXT, DOCUMENT, NOTE, NUMBER = 80, 10, 2000, 11  # characters of the fields
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<AbaConnectContainer>
<TaskCount>1</TaskCount>
<Task>
<Parameter>
<Application>FIBU</Application>
<Id>XML Buchungen</Id>
<MapId>AbaDefault</MapId>
<Version>{VERSION}</Version>
</Parameter>
"""
_FOOT: Final = "</Task>\n</AbaConnectContainer>\n"


class NotForAbacus(DomainError):
    code = "ledger.not_for_abacus"
    message = _("Account %(account)s cannot be handed over to Abacus, where accounts are numbers. Number "
                "it without letters, or choose another form.")  # fmt: skip
    field = "form"


@dataclass(frozen=True)
class Side:
    """One account of a booking: what of a line falls to it."""

    line: EntryLine
    amount: Decimal
    foreign: Decimal | None


@dataclass
class AbacusFile:
    """Bookings, oldest first, as pieces of a file: the beginning, some entries after others, the end."""

    company: Company
    lines: int = 0
    _bookings: int = 0

    def begin(self) -> bytes:
        return _HEAD.encode()

    def add(self, entries: Iterable[JournalEntry]) -> bytes:
        """The bookings of some entries. Raises ``NotForAbacus``."""
        parts = []
        for entry in entries:
            rows = list(entry.lines.all())
            self.lines += len(rows)
            for debit, credit in pairs(rows):
                self._bookings += 1
                element = _booking(self._bookings, entry, debit, credit, self.company.currency)
                parts += [etree.tostring(element, encoding="UTF-8", xml_declaration=False), b"\n"]
        return b"".join(parts)

    def end(self) -> bytes:
        return _FOOT.encode()

    def named(self, *, start: dt.date | None, end: dt.date | None) -> tuple[str, str]:
        """The type of the file and its name."""
        days = "".join(f"-{day:%Y-%m-%d}" for day in (start, end) if day)
        return "application/xml", f"{self.company.short_name}-abacus{days}.xml"


def pairs(lines: Sequence[EntryLine]) -> Iterator[tuple[Side, Side]]:
    """An entry as pairs of a debit and a credit of the same amount, in the order of its lines.

    Lines without an amount in the company's currency are left out; parts of a line share its amount in
    a foreign currency, and nothing of it is lost.
    """
    debits = [_Open(line, line.debit) for line in lines if line.debit]
    credits = [_Open(line, line.credit) for line in lines if line.credit]
    nth = 0
    for debit in debits:
        while debit.left:
            credit = credits[nth]
            amount = min(debit.left, credit.left)
            yield debit.take(amount), credit.take(amount)
            nth += not credit.left


class _Open:
    """What of a line is not in a pair yet."""

    def __init__(self, line: EntryLine, amount: Decimal) -> None:
        self.line, self.left, self._whole = line, amount, amount
        foreign = line.amount_foreign
        self._foreign = None if foreign is None else abs(foreign)
        self._foreign_left = self._foreign

    def take(self, amount: Decimal) -> Side:
        self.left -= amount
        share = None
        if self._foreign is not None and self._foreign_left is not None:
            share = self._foreign_left
            if self.left:
                share = min(share, to_centimes(self._foreign * amount / self._whole))
            self._foreign_left -= share
        return Side(self.line, amount, share)


def _booking(
    number: int, entry: JournalEntry, debit: Side, credit: Side, currency: str
) -> etree._Element:  # fmt: skip
    transaction = etree.Element("Transaction", id=str(number))
    told = etree.SubElement(transaction, "Entry", mode="SAVE")
    collective = etree.SubElement(told, "CollectiveInformation", mode="SAVE")
    _put(collective, EntryLevel="A", EntryType="S", Type="Normal", DebitCredit="D", Client="",
         Division="0", KeyCurrency=currency)  # fmt: skip
    _side(collective, entry, debit, currency)
    _put(collective, SingleCount="0")
    single = etree.SubElement(told, "SingleInformation", mode="SAVE")
    _put(single, Type="Normal", DebitCredit="D")
    _side(single, entry, credit, currency)
    if note := _note(entry, debit.line, credit.line):
        _put(etree.SubElement(single, "NoteData", mode="SAVE"), Text=note[:NOTE])
    return transaction


def _side(parent: etree._Element, entry: JournalEntry, side: Side, currency: str) -> None:
    line = side.line
    number = line.account.number
    if not (number.isascii() and number.isdigit()):
        raise NotForAbacus(account=number)
    _put(parent, EntryDate=entry.date.isoformat())
    data = etree.SubElement(parent, "AmountData", mode="SAVE")
    foreign = side.foreign is not None and line.currency
    _put(data, Currency=line.currency if foreign else currency,
         Amount=f"{side.foreign if foreign else side.amount:.2f}")  # fmt: skip
    _put(parent, KeyAmount=f"{side.amount:.2f}", Account=number)
    for level, unit in (("BookingLevel1", line.cost_centre), ("BookingLevel2", line.cost_object)):
        if unit is not None and _is_number(unit.number):
            _put(parent, **{level: unit.number})
    _put(parent, Text1=(line.text or entry.text)[:TEXT], DocumentNumber=_document(entry))


def _document(entry: JournalEntry) -> str:
    """The voucher where it fits, else the number of the entry."""
    return entry.voucher if 0 < len(entry.voucher) <= DOCUMENT else str(entry.number)


def _note(entry: JournalEntry, *lines: EntryLine) -> str:
    """What no other field takes: number and voucher, VAT codes with rates and days, cost units."""
    told = [f"{entry.fiscal_year.name}/{entry.number}"]
    if entry.voucher and entry.voucher != _document(entry):
        told.append(entry.voucher)
    for line in lines:
        if line.vat_code is not None:
            told.append(f"{line.account.number}: {line.vat_code.code} {line.vat_rate}% "
                        f"{line.supply_date}")  # fmt: skip
        told += [f"{line.account.number}: {unit.number}" for unit in (line.cost_centre, line.cost_object)
                 if unit is not None and not _is_number(unit.number)]  # fmt: skip
    return "; ".join(told)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= NUMBER


def _put(parent: etree._Element, **fields: str) -> None:
    """Fields in this order; characters that XML does not know become blanks."""
    for name, text in fields.items():
        etree.SubElement(parent, name).text = _NOT_XML.sub(" ", text)


__all__ = ["VERSION", "AbacusFile", "NotForAbacus", "pairs"]
