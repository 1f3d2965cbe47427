"""The detailed VAT journal (MWST-Journal der Abrechnung): by box and code what was counted there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.ledger.exporting import MOST_EXPORTED, MOST_PRINTED, TooLong
from accounting.ledger.spans import span_text
from erp.companies.models import Company
from erp.core.display import figure
from erp.core.money import ZERO
from erp.web.export import Table, file_of, table
from vat.returns.boxes import label

NAME: Final = "vat-journal"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """What an entry brought to a box under a code and a rate, signed as in the box; francs.

    ``net`` is what counts in boxes of turnover (with the tax in it under net and flat rates),
    ``tax`` in those of tax. A row that counts in two boxes, such as 200 and 303, stands twice.
    ``box`` is the activity code where the form has no box. ``entry`` is the entry's id, ``document``
    that of what it was posted by, if any; both only lead there.
    """

    box: str
    code: str
    rate: Decimal
    date: dt.date
    number: int
    voucher: str
    text: str
    supply_date: dt.date
    net: Decimal
    tax: Decimal
    entry: int
    document: int | None = None


def journal_table(
    rows: Iterable[JournalRow], *, method: str, start: dt.date, end: dt.date, title: str = "",
    activities: Mapping[str, str] | None = None, most: int = MOST_EXPORTED,
) -> Table:  # fmt: skip
    """The journal as a table: boxes in order, in each the codes by rate with their sums, and the
    sum of the box. There is no sum over boxes, as turnover stands in several.

    Rows may come in any order. ``activities`` are names of activities by code. In the language of
    the page. Raises ``TooLong`` beyond ``most``
    rows.
    """
    found = sorted(rows, key=_place)
    if len(found) > most:
        raise TooLong(limit=most)
    language = get_language() or "de"
    lines: list[list[Any]] = []
    kinds: dict[int, str] = {}
    for box, in_box in groupby(found, key=lambda row: row.box):
        kinds[len(lines)] = "section"
        name = label(box, method, language) or (activities or {}).get(box, "")
        lines.append([box, "", None, None, None, "", name, None, None, None])
        net = tax = ZERO
        for under in _by_code(in_box):
            lines += [
                [row.box, row.code, row.rate, row.date, row.number, row.voucher, row.text,
                 row.supply_date, row.net, row.tax]
                for row in under
            ]  # fmt: skip
            sums = _sums(under)
            net, tax = net + sums[0], tax + sums[1]
            kinds[len(lines)] = "total"
            lines.append([box, under[0].code, under[0].rate, None, None, "", _subtotal(under[0]),
                          None, *sums])  # fmt: skip
        kinds[len(lines)] = "grand"
        name = _("Total box %s") % box
        lines.append([box, "", None, None, None, "", name, None, net, tax])
    return table(
        title=title or _("VAT journal of the return"), subtitle=span_text(start, end),
        head=[_("Box"), _("Code"), _("Rate"), _("Date"), _("Entry"), _("Document"), _("Text"),
              _("Supplied"), _("Turnover"), _("VAT")],
        rows=lines, name=NAME, wide=True, kinds=kinds,
    )  # fmt: skip


def journal_file(
    form: str, rows: Iterable[JournalRow], *, company: Company, method: str, start: dt.date,
    end: dt.date, title: str = "", activities: Mapping[str, str] | None = None,
) -> tuple[bytes, str, str]:  # fmt: skip
    """The journal as ``pdf``, ``xlsx`` or ``csv``: bytes, their type and the file's name.

    A workbook of many rows is written by way of the disk. Raises ``TooLong`` where they are too
    many to print (``MOST_PRINTED``) or to write (``MOST_EXPORTED``).
    """
    most = MOST_PRINTED if form == "pdf" else MOST_EXPORTED
    content = journal_table(rows, method=method, start=start, end=end, title=title,
                            activities=activities, most=most)  # fmt: skip
    return file_of(form, content, company=company)


def box_sums(rows: Iterable[JournalRow]) -> dict[str, tuple[Decimal, Decimal]]:
    """Turnover and tax of each box, as its sum in the journal has them."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows:
        net, tax = found.get(row.box, (ZERO, ZERO))
        found[row.box] = (net + row.net, tax + row.tax)
    return found


def _place(row: JournalRow) -> tuple[Any, ...]:
    """Activities stand among the supplies, whose boxes begin with 3."""
    among = "300" if len(row.box) > 3 else row.box
    return (among, row.box, row.code, -row.rate, row.date, row.number, row.supply_date, row.entry)


def _by_code(rows: Iterable[JournalRow]) -> Iterator[list[JournalRow]]:
    """Rows of a box by code and rate, as they are sorted."""
    for _key, found in groupby(rows, key=lambda row: (row.code, row.rate)):
        yield list(found)


def _sums(rows: Iterable[JournalRow]) -> tuple[Decimal, Decimal]:
    net = tax = ZERO
    for row in rows:
        net, tax = net + row.net, tax + row.tax
    return net, tax


def _subtotal(row: JournalRow) -> str:
    return _("Total %(code)s, %(rate)s %%") % {"code": row.code, "rate": figure(row.rate)}
