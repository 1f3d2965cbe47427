"""The journal import: every kind of file, a dry run that is the import, all or nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounting.ledger import charting
from accounting.ledger.importing import dry_run, import_journal
from accounting.ledger.models import CostCentre, CostObject, JournalEntry, Period
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import lock_period
from erp.core.errors import Refusals
from erp.core.importing import BadRow, ColumnMissing
from erp.core.spreadsheets import FileTooLarge, UnreadableFile, rows_of
from tests import make
from tests.make import chf

pytestmark = pytest.mark.django_db

SIMPLE = """Datum;Buchungstext;Soll;Haben;Betrag;Beleg;MWST-Code;Kostenstelle
31.03.2026;Büromaterial Zürich;6500;1020;108.10;B-1;IN;10
2026-04-01;Verkauf;1020;3200;1081.00;;un;
1.4.2026;Miete;6000;1020;2'000.00;;;
"""
POSTED = [
    ("2026-03-31", "Büromaterial Zürich", "B-1",
     [("6500", "100.00", "0.00", "IN", "10"), ("1171", "8.10", "0.00", "IN", ""),
      ("1020", "0.00", "108.10", "", "")]),
    ("2026-04-01", "Verkauf", "",
     [("1020", "1081.00", "0.00", "", ""), ("3200", "0.00", "1000.00", "UN", ""),
      ("2200", "0.00", "81.00", "UN", "")]),
    ("2026-04-01", "Miete", "",
     [("6000", "2000.00", "0.00", "", ""), ("1020", "0.00", "2000.00", "", "")]),
]  # fmt: skip
SPLIT = """entry,date,text,account,debit,credit,voucher,vat_code,cost_centre
7,2026-03-31,Wareneingang,4200,500.00,,L-7,,
7,,,6500,108.10,,,IN,10
7,,,2000,,608.10,,,
8,2026-03-31,Umbuchung,1000,5.00,,,,
8,2026-03-31,Umbuchung,1020,,5.00,,,
,2026-03-31,Barzahlung,6000,1.00,,,,
"""


@pytest.fixture
def company():
    company = make.company()
    charting.save_cost_unit(CostCentre(company=company), by=make.owner_of(company), number="10",
                            name_de="Laden")  # fmt: skip
    return company


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def as_xlsx(text, delimiter=";"):
    """The rows of a CSV text as a spreadsheet types them: numbers, dates, text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        for nth, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
            for column, cell in enumerate(row):
                try:
                    sheet.write_number(nth, column, float(cell.replace("'", "")))
                except ValueError:
                    if nth and column == 0 and cell.count("-") == 2:
                        moment = dt.datetime.fromisoformat(cell)
                        sheet.write_datetime(nth, column, moment, day)
                    else:
                        sheet.write_string(nth, column, cell)
    return out.getvalue()


def shown(entries):
    """Entries with their lines, whether stored or previewed."""
    return [
        (
            entry.date.isoformat(), entry.text, entry.voucher,
            [
                (line.account.number, str(line.debit), str(line.credit), code_of(line),
                 line.cost_centre.number if line.cost_centre else "")
                for line in lines_of(entry)
            ],
        )
        for entry in entries
    ]  # fmt: skip


def lines_of(entry):
    if isinstance(entry, JournalEntry):
        return entry.lines.order_by("position").select_related("account", "vat_code", "cost_centre")
    return entry.lines


def code_of(line):
    code = line.vat_code if hasattr(line, "vat_code") else line.vat and line.vat.code
    return code.code if code else ""


def journal(company):
    return JournalEntry.of(company).order_by("number")


@pytest.mark.parametrize(
    "content",
    [
        SIMPLE.encode(), SIMPLE.encode("utf-8-sig"), SIMPLE.encode("cp1252"),
        SIMPLE.replace("\n", "\r\n").encode(), SIMPLE.replace(";", ",").encode(),
        SIMPLE.replace(";", "\t").encode(), as_xlsx(SIMPLE),
        SIMPLE.replace("Büromaterial Zürich", '"Büromaterial Zürich"').replace("\n", "\n\n").encode(),
    ],
    ids=["utf-8", "mark", "cp1252", "crlf", "comma", "tab", "xlsx", "quotes and empty rows"],
)  # fmt: skip
def test_a_file_of_any_kind_is_posted_as_its_dry_run_showed(company, anna, content):
    seen = dry_run(company=company, content=content)
    assert (seen.refusals, seen.rows, seen.total) == ([], 3, chf("3189.10"))
    assert shown(seen.entries) == POSTED
    assert not journal(company).exists()

    import_journal(company=company, content=content, by=anna)

    assert shown(journal(company)) == POSTED
    assert {(e.source, e.posted_by) for e in journal(company)} == {("import", anna)}
    assert [e.number for e in journal(company)] == [1, 2, 3]
    assert verify_ledger(company).sound


def test_rows_of_one_entry_are_posted_together(company, anna):
    content = (SPLIT + ",2026-03-31,Barzahlung,1000,,1.00,,,\n").encode()
    with pytest.raises(Refusals):  # rows without an entry number stand alone
        import_journal(company=company, content=content, by=anna)
    content = content.replace(b"\n,2026", b"\n9,2026")
    seen = dry_run(company=company, content=content)
    import_journal(company=company, content=content, by=anna)
    assert shown(journal(company)) == shown(seen.entries) == [
        ("2026-03-31", "Wareneingang", "L-7",
         [("4200", "500.00", "0.00", "", ""), ("6500", "100.00", "0.00", "IN", "10"),
          ("1171", "8.10", "0.00", "IN", ""), ("2000", "0.00", "608.10", "", "")]),
        ("2026-03-31", "Umbuchung", "",
         [("1000", "5.00", "0.00", "", ""), ("1020", "0.00", "5.00", "", "")]),
        ("2026-03-31", "Barzahlung", "",
         [("6000", "1.00", "0.00", "", ""), ("1000", "0.00", "1.00", "", "")]),
    ]  # fmt: skip


def test_a_number_that_comes_again_on_another_day_is_another_entry(company, anna):
    """Where numbers start anew each month, the last of one meets the first of the next."""
    rows = ["entry,date,text,account,debit,credit", "1,2026-03-31,A,6000,5.00,", "1,,,1020,,5.00",
            "1,2026-04-01,B,6000,7.00,", "1,2026-04-01,B,1020,,7.00"]  # fmt: skip
    import_journal(company=company, content="\n".join(rows).encode(), by=anna)
    assert [(e.date.month, e.text) for e in journal(company)] == [(3, "A"), (4, "B")]


def test_columns_with_other_titles_are_mapped(company, anna):
    content = b"Wann;Was;Konto 1;Konto 2;CHF;Text\n2026-03-31;Miete;6000;1020;5.00;egal\n"
    with pytest.raises(ColumnMissing) as refusal:
        dry_run(company=company, content=content)
    assert refusal.value.values["column"] == "date"
    columns = {"date": "Wann", "text": "was ", "debit": "KONTO 1", "credit": "Konto 2",
               "amount": "CHF"}  # fmt: skip
    import_journal(company=company, content=content, by=anna, columns=columns)
    assert shown(journal(company)) == [
        ("2026-03-31", "Miete", "", [("6000", "5.00", "0.00", "", ""),
                                     ("1020", "0.00", "5.00", "", "")])
    ]  # fmt: skip
    with pytest.raises(ColumnMissing):
        dry_run(company=company, content=content, columns={**columns, "amount": "EUR"})


@pytest.mark.parametrize("missing", ["Datum", "Buchungstext", "Betrag", "Soll", "Haben"])
def test_a_missing_column_is_named_beside_those_found(company, missing):
    told = {"Datum": "date", "Buchungstext": "text", "Betrag": "amount", "Soll": "debit"}
    with pytest.raises(ColumnMissing) as refusal:
        dry_run(company=company, content=SIMPLE.replace(missing, "Anderes", 1).encode())
    assert refusal.value.values["column"] == told.get(missing, "credit")
    assert "anderes" in refusal.value.values["found"]


def test_currency_supply_date_and_cost_object_travel_along(company, anna):
    charting.save_cost_unit(CostObject(company=company), by=anna, number="77", name_de="Auftrag")
    content = (
        "date;text;debit;credit;amount;vat_code;vat_basis;supply_date;currency;amount_foreign;"
        "cost_object\n"
        "2026-03-31;Euro;6500;1024;108.10;IN;;;EUR;115.00;77\n"
        "2026-03-31;Alt;6500;1020;100.00;IN;net;31.12.2023;;;\n"
    )
    seen = dry_run(company=company, content=content.encode())
    import_journal(company=company, content=content.encode(), by=anna)
    euro, old = journal(company)
    bank, cost = euro.lines.get(credit__gt=0), euro.lines.get(vat_part="B")
    assert (bank.currency, bank.amount_foreign) == ("EUR", chf("-115.00"))
    assert cost.cost_object.number == "77" and bank.cost_object is None
    tax = old.lines.get(vat_part="T")
    assert (tax.debit, tax.vat_rate, tax.supply_date) == (
        chf("7.70"),
        chf("7.7"),
        dt.date(2023, 12, 31),
    )
    assert seen.warnings == [] and old.lines.get(credit__gt=0).credit == chf("107.70")


BAD = [
    ("date;text;debit;credit;amount;vat_code;cost_centre",),
    ("2026-03-31;Gut;6000;1020;5.00;;",),
    ("31.02.2026;Tag;6000;1020;5.00;;", ("date", "31.02.2026")),
    ("2026-03-31;Betrag;6000;1020;5.005;;", ("amount", "5.005")),
    ("2026-03-31;Betrag;6000;1020;1'0x;;", ("amount", "1'0x")),
    ("2026-03-31;Betrag;6000;1020;;;", ("amount", "")),
    ("2026-03-31;Minus;6000;1020;-5.00;;", ("debit", "6000"), ("credit", "1020")),
    ("2026-03-31;Soll;9999;1020;5.00;;", ("debit", "9999")),
    ("2026-03-31;Haben;6000;9998;5.00;;", ("credit", "9998")),
    ("2026-03-31;Code;6500;1020;5.00;QQ;", ("vat_code", "QQ")),
    ("2026-03-31;Stelle;6500;1020;5.00;;99", ("cost_centre", "99")),
    ("2026-03-31;;6000;1020;5.00;;", ("text", "")),
    ("2027-03-31;Jahr;6000;1020;5.00;;", ("date", "2027-03-31")),
    ("2026-05-31;Gesperrt;6000;1020;5.00;;", ("date", "2026-05-31")),
    ("2026-03-31;Gesperrtes Konto;6570;1020;5.00;;", ("debit", "6570")),
    ("2026-03-31;Währung;6000;1024;5.00;;", ("currency", "")),
    ("2026-03-31;Pflicht;6600;1020;5.00;;", ("cost_centre", "")),
    ("2026-03-31;Nochmals gut;6000;1020;5.00;;",),
]


def test_every_bad_row_is_named_with_column_value_and_remedy(company, anna):
    lock_period(company=company, period=Period.of(company).get(start=dt.date(2026, 5, 1)),
                lock="locked", by=anna)  # fmt: skip
    charting.change_account(make.account(company, "6570"), by=anna,
                            blocked_from=dt.date(2026, 1, 1))  # fmt: skip
    charting.change_account(make.account(company, "6600"), by=anna, cost_centre_rule="must")
    content = "\n".join(row for row, *_places in BAD).encode()
    seen = dry_run(company=company, content=content)
    assert all(isinstance(one, BadRow) for one in seen.refusals)
    assert [
        (one.values["row"], (one.values["column"], one.values["value"])) for one in seen.refusals
    ] == [(nth, place) for nth, (_row, *places) in enumerate(BAD, 1) for place in places]
    assert [e.text for e in seen.entries] == ["Gut", "Nochmals gut"]
    for one in seen.refusals:
        assert len(one.values["remedy"]) > 20 and str(one.values["row"]) in str(one)
    with pytest.raises(Refusals) as refusal:
        import_journal(company=company, content=content, by=anna)
    assert [str(one) for one in refusal.value.refusals] == [str(one) for one in seen.refusals]
    assert not journal(company).exists()


def test_columns_are_named_as_the_file_titles_them(company):
    seen = dry_run(
        company=company, content=SIMPLE.replace("6500", "6599").replace("un;", "xx;").encode()
    )
    assert [(r.values["row"], r.values["column"], r.values["value"]) for r in seen.refusals] == [
        (2, "soll", "6599"), (3, "mwst-code", "xx")
    ]  # fmt: skip


def test_the_bad_row_of_a_split_entry_is_named(company, anna):
    charting.change_account(make.account(company, "6570"), by=anna,
                            blocked_from=dt.date(2026, 1, 1))  # fmt: skip
    rows = [
        "entry;date;text;account;debit;credit;vat_code",
        "1;2026-03-31;Zwei Fehler;6500;5.00;;",
        "1;;;6501;x;;",
        "1;;;;1.00;;",
        "1;;;1020;;5.00;",
        "2;2026-03-31;Unbekannt;6500;108.10;;IN",
        "2;;;1020;;100.00;",
        "2;;;9999;;8.10;",
        "3;2026-03-31;Gesperrt;6500;108.10;;IN",
        "3;;;6570;10.00;;",
        "3;;;1020;;118.10;",
        "4;2026-03-31;Ungleich;6500;5.00;;",
        "4;;;1020;;4.00;",
        "5;2026-03-31;Allein;6500;5.00;;",
        "6;2026-03-31;Beides;1020;5.00;5.00;",
        "6;;;1000;1.00;;",
        "6;;;1000;;1.00;",
    ]
    seen = dry_run(company=company, content="\n".join(rows).encode())
    assert [(r.values["row"], r.values["column"], r.values["value"]) for r in seen.refusals] == [
        (3, "debit", "x"), (4, "account", ""), (8, "account", "9999"), (10, "account", "6570"),
        (12, "entry", "4"), (14, "entry", "5"), (15, "account", "1020"),
    ]  # fmt: skip
    assert seen.entries == [] and seen.rows == 16


def test_quoted_line_breaks_do_not_move_the_row_numbers(company):
    content = 'date;text;debit;credit;amount\n2026-03-31;"zwei\nZeilen";6000;1020;5.00\n2026-03-31;x;6000;1020;?\n'
    seen = dry_run(company=company, content=content.encode())
    assert [r.values["row"] for r in seen.refusals] == [3]
    assert [e.text for e in seen.entries] == ["zwei\nZeilen"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1020, "1020"), (1020.0, "1020"), (0.1, "0.10"), (0.125, "0.13"), (-0.125, "-0.13"),
     (2.675, "2.68"), (33.333333333333336, "33.33"), (1234567890123.45, "1234567890123.45")],
)  # fmt: skip
def test_a_spreadsheets_number_is_read_as_it_shows(number, text):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Betrag ")
        sheet.write_number(1, 0, number)
    assert [row.cells for row in rows_of(out.getvalue())] == [{"betrag": text}]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"a;b\x00\n", b'a;"b\n', b"PK\x03\x04nothing"])
def test_what_is_no_table_is_refused(company, content):
    with pytest.raises(UnreadableFile):
        dry_run(company=company, content=content)


def test_a_file_beyond_the_limit_is_not_even_read():
    with pytest.raises(FileTooLarge):
        list(rows_of(b"x" * (30 * 1024 * 1024 + 1)))


def confirmation(answer):
    """The kept bytes' token, where the page offers to post them."""
    page = answer.content.decode()
    found = re.search(r'name="kept" value="([^"]*)"', page)
    return found[1] if found and 'name="confirm"' in page else ""


def test_the_page_posts_what_it_showed_and_nothing_else(company, anna):
    client = Client()
    client.force_login(anna)
    address = f"/c/{company.pk}/ledger/import/"
    shown_page = client.post(address, {"file": SimpleUploadedFile("j.csv", SIMPLE.encode())})
    token = confirmation(shown_page)
    assert shown_page.status_code == 200 and token and not journal(company).exists()
    assert client.post(address, {"kept": token[:-1] + "x", "confirm": 1}).status_code == 422
    elsewhere = make.company(by=anna)
    assert (
        client.post(f"/c/{elsewhere.pk}/ledger/import/", {"kept": token, "confirm": 1}).status_code
        == 422
    )
    assert not journal(elsewhere).exists()
    assert client.post(address, {"kept": token, "confirm": 1}).status_code == 302
    assert shown(journal(company)) == POSTED


def test_the_page_offers_no_import_of_a_file_with_bad_rows(company, anna):
    client = Client()
    client.force_login(anna)
    content = SIMPLE.replace("6500", "6599").encode()
    answer = client.post(
        f"/c/{company.pk}/ledger/import/", {"file": SimpleUploadedFile("j.csv", content)}
    )
    assert confirmation(answer) == "" and "6599" in answer.content.decode()


def test_ten_thousand_rows(company, anna):
    chance = random.Random(7)
    rows = ["date;text;debit;credit;amount;vat_code;cost_centre"]
    wanted = Decimal(0)
    for nth in range(10_000):
        amount = Decimal(chance.randint(1, 500_000)) / 100
        wanted += amount
        date = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randrange(365))
        debit, credit, code, centre = chance.choice(
            [("6500", "1020", "IN", "10"), ("1020", "3200", "UN", ""), ("6000", "1000", "", "")]
        )
        rows.append(f"{date};Buchung {nth};{debit};{credit};{amount};{code};{centre}")
    content = "\n".join(rows).encode()
    seen = dry_run(company=company, content=content)
    assert (len(seen.entries), seen.rows, seen.refusals, seen.total) == (10_000, 10_000, [], wanted)
    import_journal(company=company, content=content, by=anna)
    stored = list(journal(company).prefetch_related("lines__account", "lines__vat_code"))
    assert [e.number for e in stored] == list(range(1, 10_001))
    for entry, preview in zip(stored, seen.entries, strict=True):
        assert (entry.date, entry.text) == (preview.date, preview.text)
        assert [
            (row.account_id, row.debit, row.credit, row.vat_base, row.cost_centre_id)
            for row in sorted(entry.lines.all(), key=lambda row: row.position)
        ] == [
            (line.account.pk, line.debit, line.credit, line.vat and line.vat.base,
             line.cost_centre and line.cost_centre.pk)
            for line in preview.lines
        ]  # fmt: skip
    assert verify_ledger(company).sound


def test_a_row_in_ten_thousand_refuses_them_all(company, anna):
    rows = ["date;text;debit;credit;amount"]
    rows += [f"2026-03-31;Buchung {nth};6000;1020;1.00" for nth in range(10_000)]
    rows[9_999] = "2026-03-31;Buchung;6000;1020;eins"
    with pytest.raises(Refusals) as refusal:
        import_journal(company=company, content="\n".join(rows).encode(), by=anna)
    (one,) = refusal.value.refusals
    assert (one.values["row"], one.values["value"]) == (10_000, "eins")
    assert not journal(company).exists()
