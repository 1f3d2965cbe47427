"""One table in three files: the same figures in each, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pikepdf
import pytest
from django.http import Http404

from erp.companies.models import Company
from erp.core.display import chf
from erp.core.spreadsheets import rows_of
from erp.web.export import PART, Part, answer, as_csv, as_pdf, as_xlsx, table

COMPANY = Company(pk=1, name="Bäckerei Müller & Söhne AG", short_name="mueller", currency="CHF")
ROWS = [
    ["1000", "Kasse", Decimal("1234567.05"), dt.date(2026, 3, 31), 7],
    ["2000", 'Kreditoren «Übriges»; "A" <b>', Decimal("-0.10"), None, None],
    ["", "Total", Decimal("1234566.95"), None, 12345],
    ["9", "Nichts", Decimal("0.00"), dt.date(2024, 2, 29), 0],
    ["8", "Billionen", Decimal("9999999999999.99"), None, None],
]
REPORT = table(title="Saldenliste", subtitle="01.01.2026 – 31.03.2026", name="trial-balance",
               head=["Konto", "Name", "Saldo", "Datum", "Nr."], rows=ROWS,
               kinds={2: "grand"})  # fmt: skip
FORMULAS = ["=1+1", "+41 44 123 45 67", "-5 Stück", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")',
            "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]  # noqa: RUF001  # fmt: skip
DANGEROUS = table(title="=TITLE()", subtitle="=SUB()", head=["=HEAD()"], name="x",
                  rows=[[text] for text in FORMULAS])  # fmt: skip


def csv_rows(content):
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def sheet_of(content):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def test_csv_has_plain_figures_and_iso_dates_and_a_mark_for_excel():
    content = as_csv(REPORT, COMPANY)
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == len(ROWS) + 1
    assert csv_rows(content) == [
        ["Konto", "Name", "Saldo", "Datum", "Nr."],
        ["1000", "Kasse", "1234567.05", "2026-03-31", "7"],
        ["2000", 'Kreditoren «Übriges»; "A" <b>', "-0.10", "", ""],
        ["", "Total", "1234566.95", "", "12345"],
        ["9", "Nichts", "0.00", "2024-02-29", "0"],
        ["8", "Billionen", "9999999999999.99", "", ""],
    ]


def test_xlsx_has_typed_figures_and_dates():
    sheet = sheet_of(as_xlsx(REPORT, COMPANY))
    rows = [list(row) for row in sheet.iter_rows(min_row=5, values_only=True)]
    for row, wanted in zip(rows, ROWS, strict=True):
        assert Decimal(repr(row[2])) == wanted[2] and isinstance(row[2], (int, float))
        assert (row[3].date() if row[3] else None) == wanted[3]
        assert row[4] == wanted[4]
        assert [cell or "" for cell in row[:2]] == wanted[:2]
    assert (sheet["A1"].value, sheet["A2"].value) == (
        "Bäckerei Müller & Söhne AG: Saldenliste", "01.01.2026 – 31.03.2026"
    )  # fmt: skip
    assert sheet["C5"].number_format == "#,##0.00" and sheet["C7"].font.bold


def test_pdf_shows_the_same_figures():
    text = pdf_text(as_pdf(REPORT, COMPANY))
    for row in ROWS:
        assert bare(chf(row[2])) in text
    for wanted in ("31.03.2026", 'Kreditoren «Übriges»; "A" <b>', COMPANY.name, "Saldenliste"):
        assert bare(wanted) in text
    assert "1’234’567.05" in text and "\u22120.10" in text


def test_no_text_cell_is_read_as_a_formula():
    """OUT-1: neutralised in CSV, typed as text in XLSX; figures stay figures."""
    cells = [row[0] for row in csv_rows(as_csv(DANGEROUS, COMPANY))]
    assert cells == ["'=HEAD()", *("'" + text for text in FORMULAS)]
    sheet = sheet_of(as_xlsx(DANGEROUS, COMPANY))
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(found) == 3 + len(FORMULAS)
    assert {cell.data_type for cell in found} == {"s"}
    assert not any(cell.hyperlink for cell in found)


def test_what_was_neutralised_is_read_as_it_was_meant():
    """Also a text that begins with an apostrophe of its own, and a title."""
    texts = [*FORMULAS, "'=1+1", "''-5", "'Aufgepasst'", "O'Neil", "'"]
    written = as_csv(replace(DANGEROUS, rows=[[text] for text in texts]), COMPANY)
    assert csv_rows(written)[-5:] == [
        ["''=1+1"],
        ["'" + "''-5"],
        ["'Aufgepasst'"],
        ["O'Neil"],
        ["'"],
    ]
    assert [row.cells for row in rows_of(written)] == [{"=head()": text} for text in texts]


def test_the_file_is_named_after_company_and_report():
    for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        response = answer(form, REPORT, company=COMPANY)
        assert response["Content-Disposition"] == (
            f'attachment; filename="mueller-trial-balance.{form}"'
        )
        assert response.content.startswith(start)
    with pytest.raises(Http404):
        answer("exe", REPORT, company=COMPANY)


def bare(text):
    return re.sub(r"\s+", "", text)


def pdf_text(content):
    """What a reader of the PDF sees, without blanks: glyphs by way of the fonts' ToUnicode."""
    shown = []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            fonts = {str(name): characters(font) for name, font in page.Resources.Font.items()}
            font = {}
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    font = fonts[str(operands[0])]
                elif str(operator) in {"Tj", "TJ"}:
                    pieces = operands[0] if str(operator) == "TJ" else operands
                    for piece in pieces:
                        if isinstance(piece, pikepdf.String):
                            glyphs = bytes(piece)
                            pairs = (glyphs[at : at + 2] for at in range(0, len(glyphs), 2))
                            shown += [font[pair.hex()] for pair in pairs]
    return bare("".join(shown))


def characters(font):
    """Glyph number (hexadecimal) to character."""
    cmap = font.ToUnicode.read_bytes().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for glyph, code in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[glyph.lower()] = bytes.fromhex(code).decode("utf-16-be")
    return found


def test_parts_of_a_long_report_go_on_where_the_one_before_ended():
    rows = [[f"Zeile {nth:04}", Decimal(nth)] for nth in range(PART + 5)]
    report = table(title="Lange Liste", subtitle="2026", head=["Text", "Betrag"], rows=rows, name="lang",
                   kinds={PART: "total"})  # fmt: skip
    first = as_pdf(report, COMPANY, part=Part(0, 0))
    with pikepdf.open(io.BytesIO(first)) as file:
        pages = len(file.pages)
    second = as_pdf(report, COMPANY, part=Part(PART, pages))
    text, more = pdf_text(first), pdf_text(second)  # without blanks
    assert "LangeListe" in text and f"Zeile{PART - 1:04}" in text and f"Zeile{PART:04}" not in text
    assert "LangeListe" not in more and f"TextBetragZeile{PART:04}" in more
    assert more.endswith(str(pages + 1))  # the page goes on
