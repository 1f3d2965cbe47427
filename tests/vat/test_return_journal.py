"""The journal of a return: its sums are those of the boxes, in every file."""

from __future__ import annotations

import datetime as dt
import io
import random
from decimal import Decimal

import openpyxl
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.ledger.exporting import MOST_PRINTED, TooLong
from erp.companies.models import Company
from tests.examples import cases
from vat.returns.journal import JournalRow, box_sums, journal_file, journal_table

COMPANY = Company(pk=1, name="Bäckerei Müller & Söhne AG", short_name="mueller", currency="CHF")
SPAN = {"method": "effective", "start": dt.date(2026, 1, 1), "end": dt.date(2026, 3, 31)}


def row(box: str, code: str, net: str, tax: str = "0.00", **more) -> JournalRow:
    told = {
        "rate": Decimal("8.10"), "date": dt.date(2026, 2, 3), "number": 7, "voucher": "R-7",
        "text": "Beratung", "supply_date": dt.date(2026, 1, 31), "entry": 70,
    } | more  # fmt: skip
    return JournalRow(box, code, net=Decimal(net), tax=Decimal(tax), **told)


ROWS = [
    row("400", "MN", "200.00", "16.20", number=9, text="=1+1"),
    row("303", "UN", "1000.00", "81.00"),
    row("200", "UN", "1000.00"),
    row("303", "UN", "-50.00", "-4.05", number=8),
    row("200", "UX", "500.00", rate=Decimal("0.00")),
    row("303", "UN", "10.00", "0.80", rate=Decimal("8.00"), number=3),
]


def test_boxes_hold_codes_and_codes_their_entries_with_sums():
    content = journal_table(reversed(ROWS), **SPAN)
    shown = [(line[0], line[1], line[4], line[8], line[9]) for line in content.rows]
    assert [(*one, content.kinds.get(nth, "")) for nth, one in enumerate(shown)] == [
        ("200", "", None, None, None, "section"),
        ("200", "UN", 7, Decimal("1000.00"), Decimal("0.00"), ""),
        ("200", "UN", None, Decimal("1000.00"), Decimal("0.00"), "total"),
        ("200", "UX", 7, Decimal("500.00"), Decimal("0.00"), ""),
        ("200", "UX", None, Decimal("500.00"), Decimal("0.00"), "total"),
        ("200", "", None, Decimal("1500.00"), Decimal("0.00"), "grand"),
        ("303", "", None, None, None, "section"),
        ("303", "UN", 7, Decimal("1000.00"), Decimal("81.00"), ""),
        ("303", "UN", 8, Decimal("-50.00"), Decimal("-4.05"), ""),
        ("303", "UN", None, Decimal("950.00"), Decimal("76.95"), "total"),
        ("303", "UN", 3, Decimal("10.00"), Decimal("0.80"), ""),
        ("303", "UN", None, Decimal("10.00"), Decimal("0.80"), "total"),
        ("303", "", None, Decimal("960.00"), Decimal("77.75"), "grand"),
        ("400", "", None, None, None, "section"),
        ("400", "MN", 9, Decimal("200.00"), Decimal("16.20"), ""),
        ("400", "MN", None, Decimal("200.00"), Decimal("16.20"), "total"),
        ("400", "", None, Decimal("200.00"), Decimal("16.20"), "grand"),
    ]
    assert content.subtitle == "01.01.2026–31.03.2026"
    assert content.rows[0][6].startswith("Total der vereinbarten")


def test_activities_stand_among_the_supplies_with_their_names():
    rows = [row("383", "BO", "1.00"), row("00001", "UN", "5.00"), row("200", "UN", "5.00")]
    told = SPAN | {"method": "net", "activities": {"00001": "Treuhand"}}
    content = journal_table(rows, **told)
    heads = [content.rows[nth] for nth, kind in content.kinds.items() if kind == "section"]
    assert [line[0] for line in heads] == ["200", "00001", "383"] and heads[1][6] == "Treuhand"


amounts = st.decimals(-99_999, 99_999, places=2)
some_rows = st.lists(st.builds(
    row, st.sampled_from(["200", "220", "303", "313", "400"]), st.sampled_from(["UN", "UR", "UX"]),
    amounts, amounts, rate=st.sampled_from([Decimal("8.10"), Decimal("2.60")]),
    number=st.integers(1, 50),
), max_size=60)  # fmt: skip


@settings(max_examples=cases(100, each_time=30), deadline=None)
@given(rows=some_rows)
def test_sums_of_the_journal_are_those_of_the_boxes(rows):
    content = journal_table(rows, **SPAN)
    lines = list(enumerate(content.rows))
    of_boxes = {line[0]: (line[8], line[9]) for n, line in lines if content.kinds.get(n) == "grand"}
    assert of_boxes == box_sums(rows)
    for kind in ("total", ""):
        summed: dict[str, tuple[Decimal, Decimal]] = {}
        for nth, line in lines:
            if content.kinds.get(nth, "") == kind:
                net, tax = summed.get(line[0], (Decimal(0), Decimal(0)))
                summed[line[0]] = (net + line[8], tax + line[9])
        assert summed == of_boxes


def test_pdf_xlsx_and_csv_hold_the_same():
    for form in ("pdf", "xlsx", "csv"):
        content, _type, name = journal_file(form, ROWS, company=COMPANY, **SPAN)
        assert name == f"mueller-vat-journal.{form}" and content
    sheet = openpyxl.load_workbook(
        io.BytesIO(journal_file("xlsx", ROWS, company=COMPANY, **SPAN)[0])
    ).active
    told = list(sheet.iter_rows(min_row=5, values_only=True))
    assert len(told) == 17 and told[-1][8] == 200 and told[7][9] == 81
    assert told[14][6] == "=1+1" and sheet.cell(19, 7).data_type == "s"


def thousands(count: int) -> list[JournalRow]:
    dice = random.Random(7)
    return [
        row(dice.choice(["200", "303", "313", "400", "405"]), dice.choice(["UN", "UR", "MN"]),
            f"{dice.randint(1, 99999)}.{dice.randint(10, 99)}", "1.25", number=nth)
        for nth in range(count)
    ]  # fmt: skip


def test_long_journals_are_printed_whole_and_longer_ones_only_written():
    printed = journal_file("pdf", thousands(600), company=COMPANY, **SPAN)[0]
    with pikepdf.open(io.BytesIO(printed)) as file:
        assert len(file.pages) > 8
    with pytest.raises(TooLong):
        journal_file("pdf", thousands(MOST_PRINTED + 1), company=COMPANY, **SPAN)


def test_a_workbook_of_thousands_of_rows_is_written_by_the_disk_and_adds_up():
    many = thousands(cases(30_000, each_time=6_000))
    content = journal_file("xlsx", many, company=COMPANY, **SPAN)[0]
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    told = list(sheet.iter_rows(min_row=5, values_only=True))
    wanted = {box: net for box, (net, _tax) in box_sums(many).items()}
    ends = {line[0]: line[8] for line in told if line[0] and not line[1] and line[8] is not None}
    assert {box: Decimal(f"{end:.2f}") for box, end in ends.items()} == wanted
