"""One table, four faces: page, PDF, XLSX and CSV show the same figures."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from erp.access.firms.models import Firm
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import chf, price, swiss_date
from erp.core.filetypes import CSV, PDF, XLSX
from erp.core.spreadsheets import harmless

LONG = 20_000  # rows of a workbook beyond which it is written by way of the disk


PART = 400  # rows of a part of a long printed report: some seconds
LETTERS = 112  # that fit on a line of a printed page; half as many again where it is wide
LONGEST = 60  # letters of a text in one line of it


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a printed report: from which row on, and how many pages come before."""

    first: int
    pages: int


@dataclass(frozen=True)
class Table:
    """A report as rows of values. ``kinds`` names the style of a row by its place.

    ``signatures`` are lines at the foot of the printed report, each with what is signed there;
    ``currency`` is what its amounts are in, where it is not the company's.
    """

    title: str
    subtitle: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    name: str
    wide: bool = False
    kinds: Mapping[int, str] = field(default_factory=dict)
    signatures: Sequence[str] = ()
    currency: str = ""


def table(**values: Any) -> Table:
    return Table(**values)


def answer(form: str, content: Table, *, company: Company | Firm) -> HttpResponse:
    """The table as ``csv``, ``xlsx`` or ``pdf``; another form is a 404. A firm has no ``pdf``."""
    if form not in MAKERS:
        raise Http404
    made, content_type, name = file_of(form, content, company=company)
    response = HttpResponse(made, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def file_of(form: str, content: Table, *, company: Company | Firm) -> tuple[bytes, str, str]:
    """The bytes of a table in one of ``MAKERS``, their type, and what the file is called."""
    make, content_type = MAKERS[form]
    return (
        make(content, cast(Company, company)),
        content_type,
        f"{company.short_name}-{content.name}.{form}",
    )


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """Bytes to be saved under a name that is ours; no cache keeps them."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = str(content_disposition_header(True, name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def as_csv(content: Table, company: Company) -> bytes:
    """CSV in UTF-8 with a mark for Excel, ``;`` between cells, plain numbers and ISO dates."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in content.head])
    for row in content.rows:
        writer.writerow([_plain(cell) for cell in row])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(content: Table, company: Company) -> bytes:
    """A workbook with typed numbers and dates."""
    import xlsxwriter

    out = io.BytesIO()
    long = len(content.rows) > LONG
    book = xlsxwriter.Workbook(
        out, {"in_memory": not long, "constant_memory": long, "strings_to_formulas": False,
              "strings_to_urls": False},
    )  # fmt: skip
    sheet = book.add_worksheet(content.name[:31])
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    strong = book.add_format({"num_format": "#,##0.00", "bold": True})
    precise = book.add_format({"num_format": "#,##0.00##"})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, [f"{company.name}: {content.title}"], bold)
    sheet.write_string(1, 0, content.subtitle)
    sheet.write_row(3, 0, content.head, bold)
    widths = [len(str(title)) for title in content.head]
    for nth, row in enumerate(content.rows):
        emphasised = content.kinds.get(nth, "") in {"total", "grand", "section", "group"}
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                plain = money if _places(cell) == 2 else precise
                sheet.write_number(nth + 4, column, cell, strong if emphasised else plain)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(nth + 4, column, dt.datetime.combine(cell, dt.time()), day)
            elif isinstance(cell, int):
                sheet.write_number(nth + 4, column, cell)
            elif cell:
                sheet.write_string(nth + 4, column, str(cell), bold if emphasised else None)
            widths[column] = max(widths[column], min(len(str(cell or "")) + 1, 60))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width + 2)
    sheet.freeze_panes(4, 0)
    book.close()
    return out.getvalue()


def as_pdf(content: Table, company: Company, *, part: Part | None = None) -> bytes:
    """A printed report (WeasyPrint), A4; or a ``part`` of it, to be joined with the others.

    Of a long table the widths of its columns are told, for laying out all cells to find them takes as
    long as painting them.
    """
    from erp.documents.logos import logo_as_data
    from erp.documents.pdf import render

    rows = content.rows if part is None else content.rows[part.first : part.first + PART]
    first = part.first if part else 0
    html = render_to_string(
        "erp/print_table.html",
        {
            "table": content,
            "company": company,
            "logo": logo_as_data(company) if not first else "",
            "part": part,
            "widths": _widths(content) if len(content.rows) > PART // 2 else (),
            "printed": clock.now().astimezone(clock.ZURICH),
            "rows": [
                (content.kinds.get(first + nth, ""), [shown(cell) for cell in row])
                for nth, row in enumerate(rows)
            ],
            "figures": _figure_columns(content),
        },
    )
    return render(html)


def _places(amount: Decimal) -> int:
    """Two decimals, but three or four of a price that has them."""
    exponent = amount.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and -4 <= exponent < -2 else 2


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:.{_places(cell)}f}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int) else harmless(cell)


def shown(cell: Any) -> tuple[str, str]:
    """Text and class of a printed cell."""
    if isinstance(cell, Decimal):
        text = price(cell) if _places(cell) > 2 else chf(cell)
        return text, "figure negative" if cell < 0 else "figure"
    if isinstance(cell, dt.date):
        return swiss_date(cell), ""
    return ("" if cell is None else str(cell)), ""


def _widths(content: Table) -> list[Decimal]:
    """The widths of columns in percent: figures and dates as wide as they are, texts share the rest."""
    columns = range(len(content.head))
    rows = (content.head, *content.rows)
    told = [max(len(shown(row[column])[0]) for row in rows) + 2 for column in columns]
    texts = [column for column in columns
             if not any(isinstance(row[column], (Decimal, dt.date)) for row in content.rows)]  # fmt: skip
    for column in texts:
        told[column] = min(told[column], LONGEST)
    room = LETTERS * 3 // 2 if content.wide else LETTERS
    wanted = sum(told[column] for column in texts)
    left = max(room - sum(told) + wanted, room // 4)
    if wanted > left:
        for column in texts:
            told[column] = max(told[column] * left // wanted, 1)
    return [Decimal(100 * letters) / sum(told) for letters in told]


def _figure_columns(content: Table) -> list[bool]:
    return [
        any(isinstance(row[column], Decimal) for row in content.rows if column < len(row))
        for column in range(len(content.head))
    ]


MAKERS: Mapping[str, tuple[Callable[[Table, Company], bytes], str]] = {
    "csv": (as_csv, CSV),
    "pdf": (as_pdf, PDF),
    "xlsx": (as_xlsx, XLSX),
}

__all__ = [
    "MAKERS",
    "Table",
    "answer",
    "as_csv",
    "as_pdf",
    "as_xlsx",
    "file_of",
    "shown",
    "table",
]
