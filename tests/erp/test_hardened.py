"""Attacks that once succeeded, and must not again."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounting.banking.booking import save_bank_account
from accounting.banking.importing import take_in
from accounting.banking.models import BankAccount, BankTransaction
from accounting.ledger import charting, posting
from accounting.ledger.entering import OneSideOnly, Reader, TypedLine, simple_entry
from accounting.ledger.lines import Line
from accounting.ledger.models import CostCentre, FiscalYear, JournalEntry, Period
from accounting.ledger.queries import account_sheet
from accounting.ledger.years import YearBeforeLocked, YearOutOfRange, lock_period, open_fiscal_year
from accounting.statements.trial_balance import trial_balance
from erp.cockpit.demo import IBAN, statement_xml
from erp.core import spreadsheets
from erp.core.tenancy import open_companies
from tests import make
from tests.make import chf


@pytest.fixture
def company(db):
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def client(anna):
    found = Client()
    found.force_login(anna)
    return found


SHADOWS = [
    ("CREATE TEMP TABLE accounting_journalentry (id bigint, number int, company_id bigint)",
     "DELETE FROM public.accounting_entryline WHERE company_id = %s"),
    ("CREATE TEMP TABLE accounting_journalentry (id bigint, number int, company_id bigint)",
     "UPDATE public.accounting_entryline SET debit = debit + 1 WHERE debit > 0 AND company_id = %s"),
]  # fmt: skip


@pytest.mark.parametrize(("shadow", "deed"), SHADOWS)
def test_a_temporary_table_does_not_stand_in_for_ours(company, anna, shadow, deed):
    """The guards would otherwise look into an empty table and find nothing posted."""
    make.rent(company, by=anna)
    with connection.cursor() as cursor:
        cursor.execute(shadow)
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            cursor.execute(deed, [company.pk])
        cursor.execute("DROP TABLE pg_temp.accounting_journalentry")


def test_every_function_of_ours_says_where_it_looks(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, array_to_string(p.proconfig, ' ') FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'public' AND p.proname ~ '^(accounting|rappen|vat|erp)_'"
        )
        found = dict(cursor.fetchall())
    assert len(found) >= 10
    assert [n for n, told in found.items() if "public, pg_temp" not in (told or "")] == []


def test_no_earlier_year_changes_a_locked_one(company, anna):
    for period in Period.of(company):
        lock_period(company=company, period=period, lock="locked", by=anna)
    with pytest.raises(YearBeforeLocked):
        open_fiscal_year(company=company, start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31),
                         by=anna)  # fmt: skip
    for year in (1800, 9998):
        with pytest.raises(YearOutOfRange):
            open_fiscal_year(company=company, start=dt.date(year, 1, 1),
                             end=dt.date(year, 12, 31), by=anna)  # fmt: skip


def test_the_mask_sends_an_entry_once_however_often_it_is_sent(client, company):
    entry = {"mode": "simple", "date": "2026-03-31", "text": "Miete", "debit": "6000",
             "credit": "1020", "amount": "5.00", "once": "k" * 32}  # fmt: skip
    answers = [
        client.post(f"/c/{company.pk}/ledger/post/", {"entry": json.dumps(entry)}).json()
        for _ in range(3)
    ]
    assert len({answer["number"] for answer in answers}) == 1
    assert JournalEntry.of(company).count() == 1


def test_a_preview_is_confirmed_once(client, company):
    rows = b"date;text;debit;credit;amount\n2026-03-31;Miete;6000;1020;5.00\n"
    address = f"/c/{company.pk}/ledger/import/"
    page = client.post(address, {"file": SimpleUploadedFile("j.csv", rows)}).content.decode()
    token = page.partition('name="kept" value="')[2].partition('"')[0]
    told = {"kept": token, "confirm": "1"}
    assert client.post(address, told).status_code == 302
    assert client.post(address, told).status_code == 422
    assert JournalEntry.of(company).count() == 1
    again = client.post(address, {"file": SimpleUploadedFile("j.csv", rows)}).content.decode()
    assert "schon importiert" in again


def test_equal_payments_of_statements_that_follow_each_other_all_stay(company, anna):
    save_bank_account(
        BankAccount(company=company, name="Bank", iban=IBAN, currency="CHF",
                    account=make.account(company, "1020")), by=anna,
    )  # fmt: skip

    def statement(opening, start, day):
        found = statement_xml(
            IBAN, Decimal(opening), start, [(day, Decimal("7.00"), "Café", "Kaffee")]
        )
        return found.replace(b"<AcctSvcrRef>", b"<NtryRef>").replace(
            b"</AcctSvcrRef>", b"</NtryRef>"
        )

    first = statement("100.00", dt.date(2026, 5, 2), 2)
    second = statement("107.00", dt.date(2026, 5, 2), 2).replace(b"<Id>S202605</Id>", b"<Id>T</Id>")
    assert [t.new for t in take_in(company=company, content=first, by=anna)] == [1]
    assert [t.new for t in take_in(company=company, content=second, by=anna)] == [1]
    for content in (first, second):
        assert [t.new for t in take_in(company=company, content=content, by=anna)] == [0]
    assert BankTransaction.of(company).count() == 2

    march = statement_xml(
        IBAN, Decimal("0.00"), dt.date(2026, 3, 1), [(3, Decimal("9.00"), "A", "")]
    )
    april = statement_xml(
        IBAN, Decimal("0.00"), dt.date(2026, 4, 1), [(3, Decimal("9.00"), "B", "")]
    )
    april = april.replace(b"202604000001", b"202603000001")
    assert [t.new for t in take_in(company=company, content=march, by=anna)] == [1]
    assert [t.new for t in take_in(company=company, content=april, by=anna)] == [1]


def test_a_workbook_that_unfolds_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 10_000_000)
    assert len(out.getvalue()) < 2 << 20
    with pytest.raises(spreadsheets.FileTooLarge):
        list(spreadsheets.rows_of(out.getvalue()))


ODD = [
    "ledger/accounts/%0aX/", "ledger/accounts/%C3%BC/", "ledger/accounts/%00/",
    "ledger/journal/?q=%C2%B2", "ledger/journal/?q=a%00b", "ledger/journal/?account=%00",
    "ledger/journal/?after=%202026-01-01.1.1", "ledger/journal/?after=9999-99-99.x.y",
    "ledger/journal/?from=9999-12-31&until=0000-00-00", "ledger/post/?draft=1e3",
    "ledger/post/?copy=99999999999999999999999", "ledger/post/?template=x",
    "ledger/recurring/add/?entry=abc", "ledger/cost-centres/?centre=z",
    "reports/balance-sheet/?until=9999-12-31", "reports/trial-balance/?cost_centre=ZZ",
    "reports/income-statement/?until=0001-01-01", "settings/audit/?after=%F0%9F%98%80",
    "ledger/accounts/1020/?from=9999-12-31&until=1000-01-01", "banking/transactions/?entry=-1",
]  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_are_answered(client, company, path):
    assert client.get(f"/c/{company.pk}/{path}").status_code < 500
    assert Client().get(f"/c/{company.pk}/{path}").status_code < 500
    assert client.get("/help/" + "x" * 300 + "/").status_code == 404


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "null", "[" * 100_000, '{"lines": "x", "mode": "split"}',
     '{"mode": "split", "lines": [null]}', '{"text": "a\\u0000b"}', '{"text": "\\ud800"}',
     '{"amount": 1.5, "date": "2026-03-31"}', '{"date": {}}'],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused(client, company, body):
    answer = client.post(f"/c/{company.pk}/ledger/post/", {"entry": body})
    assert answer.status_code == 422, answer.content[:200]


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("settings/access/", {"do": "grant", "role": "own\x00er"}),
        ("settings/access/", {"do": "invite", "email": "a\x00@example.ch", "roles": "owner"}),
        ("settings/security/", {"do": "settle", "address": "a\x00@example.ch"}),
        ("settings/mandates/", {"firm_code": "A\x00", "role": "owner"}),
    ],
)
def test_a_form_with_a_character_that_no_database_keeps_is_refused(
    client, company, anna, page, told
):
    answer = client.post(f"/c/{company.pk}/{page}", {"user": anna.pk, **told})
    assert answer.status_code == 400


def test_a_vat_line_has_one_side(company):
    for line in (
        TypedLine("6500", debit=chf("108.10"), credit=chf("50.00"), vat_code="IN"),
        TypedLine("6500", vat_code="IN"),
    ):
        with pytest.raises(OneSideOnly):
            Reader(company).lines([line], date=make.MARCH_31)


def test_a_correction_of_input_tax_is_all_tax_and_stands_on_the_tax_account(company, anna):
    reader = Reader(company)
    typed = simple_entry(reader=reader, date=make.MARCH_31, debit="6500", credit="1170",
                         amount=chf("81.00"), vat_code="KZ")  # fmt: skip
    lines = reader.lines(typed, date=make.MARCH_31)
    told = [
        (x.account.number, x.debit, x.credit, x.vat and (x.vat.part, x.vat.base)) for x in lines
    ]
    assert told == [
        ("6500", chf("81.00"), 0, None),
        ("1170", 0, chf("81.00"), ("T", 0)),
    ]
    posting.post(company=company, date=make.MARCH_31, text="Kürzung", lines=lines, by=anna)


def test_the_sheet_of_a_cost_centre_opens_with_what_was_before(company, anna):
    unit = charting.save_cost_unit(CostCentre(company=company), by=anna, number="10", name_de="V")
    rent, bank = make.account(company, "6000"), make.account(company, "1020")
    for month in (1, 2):
        posting.post(
            company=company, date=dt.date(2026, month, 15), text="Miete", by=anna,
            lines=[Line(rent, debit=chf("30.00"), cost_centre=unit),
                   Line(bank, credit=chf("30.00"))],
        )  # fmt: skip
    sheet = account_sheet(company, rent, start=dt.date(2026, 2, 1), end=dt.date(2026, 2, 28),
                          cost_centre=unit.pk)  # fmt: skip
    assert (sheet.opening, sheet.closing) == (chf("30.00"), chf("60.00"))


def test_the_trial_balance_closes_at_zero_without_an_account_to_carry_to(company, anna):
    make.rent(company, by=anna)
    charting.change_account(make.account(company, "2970"), by=anna, purpose="")
    later = open_fiscal_year(company=company, start=dt.date(2027, 1, 1),
                             end=dt.date(2027, 12, 31), by=anna)  # fmt: skip
    found = trial_balance(company, year=later, until=later.end)
    assert (found.opening, found.closing) == (0, 0)
    assert FiscalYear.of(company).count() == 2


def test_only_an_operator_takes_on_companies(client):
    assert client.get("/companies/add/").status_code == 403
    assert client.post("/companies/add/", {"name": "X"}).status_code == 403


def test_who_comes_second_is_told_so(committed_db):
    """Two people add the same cost centre at the same moment: one is told, nobody sees a 500."""
    with transaction.atomic():
        company = make.company()
        owner = make.owner_of(company)
    address = f"/c/{company.pk}/ledger/cost-centres/"
    sessions = [Client(), Client()]
    for session in sessions:
        session.force_login(owner)
    told = {}

    def second():
        told["page"] = (
            sessions[0]
            .post(address, {"kind": "centre", "number": "10", "name_de": "Zweite"})
            .status_code
        )
        connection.close()

    with transaction.atomic():
        open_companies([company.pk])
        charting.save_cost_unit(CostCentre(company=company), by=owner, number="10", name_de="Erste")
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=1.5)
        assert thread.is_alive(), "the second write waits for the first"
    thread.join(timeout=20)
    assert told["page"] == 409
