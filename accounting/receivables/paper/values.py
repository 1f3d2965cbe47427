"""What a paper says (Inhalt der Schriftstücke): all values, already in the language of the paper.

No database and no clock. The same values give the same paper, years later, byte for byte; that is
why they are kept with the document (see ``keeping``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from accounting.qr.bill import Bill
from erp.layouts.values import PLAIN, Look

#: A label, an amount, and how it is printed (``Style``).
Total = tuple[str, Decimal, str]


class Style(StrEnum):
    """How a total is printed."""

    PLAIN = ""
    STRONG = "strong"  # bold
    SUM = "sum"  # what is to be paid: bold, larger, ruled, with the currency


class Column(StrEnum):
    """What a column of a table holds."""

    TEXT = "text"
    DATE = "date"  # dt.date or None
    AMOUNT = "amount"  # Decimal or None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, as it is on the day of the paper.

    ``uid`` is canonical (``CHE123456788``); of one who is ``vat_liable`` it is printed with
    MWST, TVA, IVA or VAT behind. ``logo`` is a ``data:`` address (``erp.documents.logos``),
    ``footer`` an own text at the foot of each page.
    """

    name: str
    street: str
    house_number: str
    postcode: str
    town: str
    country: str
    uid: str = ""
    vat_liable: bool = False
    phone: str = ""
    mail: str = ""
    web: str = ""
    logo: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What every paper has.

    ``language`` is de, fr, it or en. ``recipient`` are the lines of the envelope, in its window
    on the right or, with ``address_left``, on the left. ``title`` is ready to print
    (``Rechnung RE-2026-00012``), ``facts`` are labels with their values; the date stands before
    them and is not among them. Texts are plain, a blank line begins a paragraph. A ``draft``
    bears a watermark. ``look`` is the layout it is kept with.
    """

    language: str
    sender: Sender
    recipient: tuple[str, ...]
    title: str
    date: dt.date
    facts: tuple[tuple[str, str], ...] = ()
    greeting: str = ""
    intro: str = ""
    closing: str = ""
    draft: bool = False
    address_left: bool = False
    look: Look = PLAIN


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line of a document: an item, a text or a subtotal (``accounting.receivables.lines.Kind``).

    The first line of ``text`` is its headline. ``discount`` is as it is printed (``10 %``,
    ``5.00``), ``rate`` the VAT rate in percent; ``supply`` is the day or period of supply where
    it differs from the document's.
    """

    kind: str
    text: str
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    discount: str = ""
    rate: Decimal | None = None
    amount: Decimal | None = None
    supply: str = ""


@dataclass(frozen=True, slots=True)
class DocumentBody:
    """An offer, order confirmation, invoice or credit note.

    ``basis`` says whether prices include VAT (``vat.codes.breakdown.Basis``). ``totals`` stand in
    their order. ``vat`` holds rate, net and tax, printed as a small table where there is more than
    one rate. ``terms`` are sentences: due date, discount, instalments.
    """

    currency: str
    basis: str
    lines: tuple[PaperLine, ...]
    totals: tuple[Total, ...]
    vat: tuple[tuple[Decimal, Decimal, Decimal], ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableBody:
    """A dunning letter or a statement of account: a heading and a ``Column`` for each column."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[object, ...], ...]
    totals: tuple[Total, ...] = ()
    currency: str = "CHF"


Body = DocumentBody | TableBody


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter with what it is about, and a slip for each instalment of it.

    The first slip stands at the foot of the last page where there is room. ``countries`` are the
    ISO 3166-1 codes in use, which the QR-bill asks for.
    """

    letter: Letter
    body: Body
    bills: tuple[Bill, ...] = ()
    countries: frozenset[str] = frozenset()
