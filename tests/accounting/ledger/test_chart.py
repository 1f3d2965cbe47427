"""The chart of accounts: as shipped, changed by hand, and imported."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
import xlsxwriter

from accounting.ledger import charting
from accounting.ledger.chart import kmu_chart, or_positions
from accounting.ledger.chart_import import import_chart, preview
from accounting.ledger.charting import (
    AccountInUse,
    BadValue,
    NameMissing,
    NotDeletable,
    NumberTaken,
)
from accounting.ledger.lines import AccountBlocked, credit, debit
from accounting.ledger.models import Account, AccountGroup, CostCentre, EntryLine
from accounting.ledger.posting import post
from erp.audit.models import AuditEvent
from erp.companies.models import LegalForm
from erp.core.errors import Refusals
from erp.core.importing import BadRow, ColumnMissing
from erp.core.spreadsheets import UnreadableFile
from tests import make
from vat.codes.catalogue import catalogue

pytestmark = pytest.mark.django_db
SOLE = {LegalForm.SOLE_PROPRIETOR, LegalForm.PARTNERSHIP}
CAPITAL = {
    "corporation": "Aktienkapital", "llc": "Stammkapital", "cooperative": "Genossenschaftskapital",
    "association": "Vereinskapital", "foundation": "Stiftungskapital", "sole": "Eigenkapital",
    "partnership": "Kapital Gesellschafter",
}  # fmt: skip

OUR_CODES = {"": "", "V81": "UN", "VS81": "SN", "V0": "UX", "V0-E": "UA", "V0-N": "UE", "M81": "MN",
             "M0": "M0", "B81": "BM", "I81": "IN", "I26": "IR"}  # fmt: skip


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


# As shipped


#: Differences of a valuation, and its gains that are deferred.
OUR_OWN = {"1108", "2008", "2305"}


@pytest.fixture(scope="module")
def reference(shared):
    with (shared / "reference" / "kontenrahmen_kmu.csv").open(encoding="utf-8") as file:
        return {row["number"]: row for row in csv.DictReader(file)}


def test_the_chart_is_complete_and_as_published(reference):
    """Numbers, headings, names and places in the law; equity names differ by legal form."""
    shipped = {row.number: row for form in LegalForm for row in kmu_chart(form)}
    assert set(shipped) == set(reference) | OUR_OWN
    for number, theirs in reference.items():
        ours = shipped[number]
        assert (ours.parent, ours.level) == (theirs["group"], theirs["level"])
        if ours.level == "account":
            assert ours.type == theirs["type"]
            assert ours.or_position == theirs["or_position"], number
            assert ours.vat_code == OUR_CODES[theirs["default_vat_code"]], number
        if number not in {"2800", "2891"}:
            for language in ("name_de", "name_fr", "name_it", "name_en"):
                assert getattr(ours, language).replace("’", "'") == theirs[language], number


@pytest.mark.parametrize("legal_form", LegalForm.values)
def test_each_legal_form_has_its_own_equity(legal_form):
    chart = {row.number: row for row in kmu_chart(legal_form) if row.level == "account"}
    assert len(chart) == len([row for row in kmu_chart(legal_form) if row.level == "account"])
    assert chart["2800"].name_de == CAPITAL[legal_form]
    result = "2891" if legal_form in SOLE else "2979"
    assert chart[result].purpose == "result_of_year"
    assert ("2979" in chart) != ("2891" in chart)


@pytest.mark.parametrize("legal_form", LegalForm.values)
def test_every_account_is_named_and_has_its_place_in_the_law(legal_form):
    places = {p.code: p for p in or_positions() if p.kind == "line"}
    chart = kmu_chart(legal_form)
    headings = {row.number for row in chart if row.level != "account"}
    for row in chart:
        assert row.name_de and row.name_fr and row.name_it and row.name_en, row.number
        assert not row.parent or row.parent in headings, row.number
        assert not row.vat_code or row.vat_code in catalogue(), row.number
        if row.level != "account":
            continue
        if row.type == "closing":
            assert row.or_position == ""
            continue
        results = row.type in {"income", "expense"}
        assert places[row.or_position].statement == ("income" if results else "balance")
        assert row.type in Account.Type.values
        assert row.control in {"", *Account.SubLedger.values}


def test_each_grand_total_counts_every_row_of_the_law_exactly_once():
    rows = {p.code: p for p in or_positions()}

    def counted(code):
        return [c for part in rows[code].adds for c in counted(part)] if rows[code].adds else [code]

    for statement, side, kind, total in (
        ("balance", "D", "group", "A-total"), ("balance", "C", "group", "P-total"),
        ("income", "C", "line", "959b-2-11"),
    ):  # fmt: skip
        wanted = [
            p.code for p in rows.values()
            if (p.statement, p.side, p.kind) == (statement, side, kind)
        ]  # fmt: skip
        assert sorted(counted(total)) == sorted(wanted)


@pytest.mark.parametrize("legal_form", ["corporation", "sole"])
def test_a_new_company_gets_the_chart_of_its_legal_form(legal_form):
    company = make.company(legal_form=legal_form)
    chart = kmu_chart(legal_form)
    stored = Account.of(company).select_related("vat_code").order_by("number")
    assert [
        (a.number, a.name_it, a.type, a.or_position, a.group_number, a.currency, a.purpose,
         a.control, a.vat_code.code if a.vat_code else "")
        for a in stored
    ] == [
        (r.number, r.name_it, r.type, r.or_position, r.parent, r.currency, r.purpose, r.control,
         r.vat_code)
        for r in sorted(chart, key=lambda r: r.number) if r.level == "account"
    ]  # fmt: skip
    assert AccountGroup.of(company).count() == len([r for r in chart if r.level != "account"])


# Changed by hand


def test_an_account_is_opened_renamed_renumbered_and_traced(company, anna):
    account = charting.add_account(company=company, by=anna, number="1021", name_fr="Banque",
                                   type="asset", or_position="959a-1-1a")  # fmt: skip
    assert account.name == "Banque"  # the first name filled serves for the others
    account = charting.change_account(account, by=anna, number="1022", name_de="Raiffeisen")
    assert not Account.of(company).filter(number="1021").exists()
    event = AuditEvent.of(company).get(action="account.change", subject_id=account.pk)
    assert event.details == {"number": ["1021", "1022"], "name_de": ["", "Raiffeisen"]}


def test_renaming_and_renumbering_keep_what_was_posted(company, anna):
    entry = make.rent(company, by=anna)
    rent = charting.change_account(make.account(company, "6000"), by=anna, number="6001",
                                   name_de="Miete")  # fmt: skip
    assert EntryLine.of(company).get(entry=entry, debit__gt=0).account == rent


@pytest.mark.parametrize(
    ("values", "refusal", "place"),
    [
        ({"number": "1020"}, NumberTaken, "number"),
        ({"name_de": ""}, NameMissing, "name_de"),
        ({"number": ""}, BadValue, "number"),
        ({"number": "12345678901"}, BadValue, "number"),
        ({"number": "10/20"}, BadValue, "number"),  # it stands in the page's address
        ({"number": "10 20"}, BadValue, "number"),
        ({"type": "thing"}, BadValue, "type"),
        ({"currency": "EURO"}, BadValue, "currency"),
        ({"cost_centre_rule": "perhaps"}, BadValue, "cost_centre_rule"),
        ({"number": "1/2", "name_de": ""}, NameMissing, "name_de"),
    ],
)
def test_an_impossible_account_is_refused_with_its_place(company, anna, values, refusal, place):
    told = {"number": "1021", "name_de": "Bank", "type": "asset"} | values
    with pytest.raises(refusal) as found:
        charting.add_account(company=company, by=anna, **told)
    assert found.value.place == place
    assert Account.of(company).filter(name_de="Bank").count() == 0


def test_an_account_is_not_renumbered_onto_another(company, anna):
    with pytest.raises(NumberTaken):
        charting.change_account(make.account(company, "6000"), by=anna, number="1020")


@pytest.mark.parametrize(
    ("name", "value"), [("type", "income"), ("currency", "EUR"), ("control", "payables")]
)
def test_type_currency_and_owner_freeze_with_the_first_line(company, anna, name, value):
    rent = make.account(company, "6000")
    charting.change_account(rent, by=anna, type="expense", currency="", control="")
    make.rent(company, by=anna)
    charting.change_account(rent, by=anna, type="expense", currency="")
    with pytest.raises(AccountInUse) as refusal:
        charting.change_account(rent, by=anna, **{name: value})
    assert refusal.value.place == name and refusal.value.conflict
    unused = make.account(company, "6100")
    charting.change_account(unused, by=anna, **{name: value})
    assert getattr(make.account(company, "6100"), name) == value


def test_what_the_year_end_stands_on_keeps_its_purpose_once_used(company, anna):
    for number in ("9100", "2970"):
        lines = [debit(make.account(company, "1020"), make.chf("10")),
                 credit(make.account(company, number), make.chf("10"))]  # fmt: skip
        post(company=company, date=make.MARCH_31, text="Übernahme", lines=lines, by=anna)
        with pytest.raises(AccountInUse) as refusal:
            charting.change_account(make.account(company, number), by=anna, purpose="")
        assert refusal.value.place == "purpose"
    charting.change_account(make.account(company, "2979"), by=anna, purpose="")  # not used


def test_an_account_has_a_place_in_the_statements(company, anna):
    """Without one it would be missing from both sides' totals; a neighbour's place is taken."""
    added = charting.add_account(
        company=company, by=anna, number="1021", name_de="Zweite Bank", type="asset"
    )
    assert added.or_position == make.account(company, "1020").or_position
    for number, kind, place in (
        ("9999", "asset", ""), ("1022", "asset", "959b-2-1"), ("6001", "expense", "959a-1-1a"),
        ("1023", "asset", "nowhere"), ("9199", "closing", "959a-1-1a"),
    ):  # fmt: skip
        with pytest.raises(charting.UnknownPosition):
            charting.add_account(company=company, by=anna, number=number, name_de="X", type=kind,
                                 or_position=place)  # fmt: skip


def test_a_blocked_account_takes_entries_until_the_day_before(company, anna):
    charting.change_account(make.account(company, "6000"), by=anna,
                            blocked_from=dt.date(2026, 4, 1))  # fmt: skip
    make.rent(company, by=anna, date=dt.date(2026, 3, 31))
    with pytest.raises(AccountBlocked):
        make.rent(company, by=anna, date=dt.date(2026, 4, 1))


def test_only_accounts_nothing_was_written_to_are_deleted(company, anna):
    make.rent(company, by=anna)
    for number in ("6000", "2200"):  # used; booked to by the program itself
        with pytest.raises(NotDeletable):
            charting.delete_account(make.account(company, number), by=anna)
    charting.delete_account(make.account(company, "6570"), by=anna)
    assert not Account.of(company).filter(number="6570").exists()


def test_cost_centres_are_numbered_once_and_named(company, anna):
    charting.save_cost_unit(CostCentre(company=company), by=anna, number="10", name_it="Vendita")
    with pytest.raises(NumberTaken):
        charting.save_cost_unit(CostCentre(company=company), by=anna, number="10", name_de="X")
    with pytest.raises(NameMissing):
        charting.save_cost_unit(CostCentre(company=company), by=anna, number="20")


# Imported

CHART = """Konto;Bezeichnung;name_fr;Typ;Position;Gruppe;Währung;MWST-Code
1021;Raiffeisen;Raiffeisen;asset;959a-1-1a;100;EUR;
6000;Mietaufwand;;expense;959b-2-5;60;;i0
6950;Finanzertrag;;;959b-2-7;69;;
"""


def as_xlsx(text):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for nth, line in enumerate(text.splitlines()):
            for column, cell in enumerate(line.split(";")):
                if cell.isdigit():
                    sheet.write_number(nth, column, int(cell))
                else:
                    sheet.write(nth, column, cell)
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [CHART.encode(), CHART.encode("cp1252"), CHART.replace(";", "\t").encode(),
                as_xlsx(CHART)], ids=["utf-8", "cp1252", "tab", "xlsx"],
)  # fmt: skip
def test_the_import_does_what_the_preview_showed(company, anna, content):
    seen = preview(company=company, content=content)
    assert [values["number"] for values in seen.new] == ["1021"]
    assert [account.number for account, _values in seen.changed] == ["6000", "6950"]
    assert seen.refusals == []
    assert make.account(company, "6000").vat_code is None  # nothing is written yet

    done = import_chart(company=company, content=content, by=anna)

    assert (done.new, done.changed) == (seen.new, seen.changed)
    for values in (*done.new, *(values for _account, values in done.changed)):
        stored = make.account(company, values["number"])
        assert {name: getattr(stored, name) for name in values} == values
    assert make.account(company, "6000").vat_code.code == "I0"
    assert make.account(company, "6950").type == "income"  # a blank type stays what it was
    again = preview(company=company, content=content)
    assert (again.new, again.changed) == ([], [])


def test_every_bad_row_is_named_and_nothing_is_written(company, anna):
    make.rent(company, by=anna)
    rows = [
        "number;name_de;type;currency;vat_code",
        "1021;Gut;asset;;",
        "1022;Falscher Typ;thing;;",
        "1023;;asset;;",
        "1029;Ohne Typ;;;",
        "1026;Kein Code;asset;;QQ",
        "1027;Lange Währung;asset;EURO;",
        "1021;Nochmals;asset;;",
        "6000;Gebucht;asset;;",
        ";Ohne Nummer;asset;;",
        "10/28;Schrägstrich;asset;;",
    ]
    content = "\n".join(rows).encode()
    seen = preview(company=company, content=content)
    named = [(r.values["row"], r.values["column"], r.values["value"]) for r in seen.refusals]
    assert all(isinstance(r, BadRow) and r.values["remedy"] for r in seen.refusals)
    assert named == [
        (3, "type", "thing"), (4, "name_de", ""), (5, "type", ""), (6, "vat_code", "QQ"),
        (7, "currency", "EURO"), (8, "number", "1021"), (9, "type", "asset"), (10, "number", ""),
        (11, "number", "10/28"),
    ]  # fmt: skip
    before = Account.of(company).count()
    with pytest.raises(Refusals) as refusal:
        import_chart(company=company, content=content, by=anna)
    assert [str(r) for r in refusal.value.refusals] == [str(r) for r in seen.refusals]
    assert Account.of(company).count() == before


def test_a_file_without_numbers_or_rows_is_refused(company):
    with pytest.raises(ColumnMissing):
        preview(company=company, content=b"name;type\nX;asset\n")
    for content in (b"", b"\n\n", b"number\x00;type\n", b"PK\x03\x04 no archive"):
        with pytest.raises(UnreadableFile):
            preview(company=company, content=content)
