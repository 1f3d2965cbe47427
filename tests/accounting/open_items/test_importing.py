"""Taking over from files: all faults at once, all or nothing, and control accounts that agree."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounting.ledger.errors import NoOpenYear
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.posting import post
from accounting.ledger.verifying import verify_ledger
from accounting.open_items import errors, importing, jobs
from accounting.open_items.checking import differences
from accounting.open_items.importing import Terms
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import CreditUsed
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.open_items.taking_over import undo_take_over
from contacts import lifecycle
from erp.audit.models import AuditEvent
from erp.core import spreadsheets
from erp.core.errors import Refusals
from erp.core.importing import ColumnMissing
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import Job, State
from erp.jobs.queries import lines_of
from erp.jobs.starting import start
from tests import make
from tests.accounting.open_items.books import company, contact, money
from tests.accounting.open_items.books import lines_of as booked
from tests.erp.client import Api, new_key, problem
from tests.examples import cases

pytestmark = pytest.mark.django_db
JULY_1, MARCH_9 = dt.date(2026, 7, 1), dt.date(2026, 3, 9)
HEAD = ("Art;Nummer;Name;Rechnungsnummer;Datum;Fällig am;Währung;Betrag;Betrag in Buchwährung;"
        "Referenz;Konto;Skonto;Skonto bis;Text\n")  # fmt: skip
D = Decimal


@pytest.fixture
def books():
    return company()


@pytest.fixture
def by(books):
    return make.owner_of(books)


@pytest.fixture
def euro(books):
    """A control account that is kept in euros."""
    return Account.unscoped.create(
        company=books, number="1105", type="asset", currency="EUR", control="receivables",
        name_de="Debitoren EUR", or_position=make.account(books, "1101").or_position,
    )  # fmt: skip


@pytest.fixture
def huber(books):
    return contact(books, "Huber AG")[0]


def row(side="Debitor", number="", name="Huber AG", document="R-1", date="1.5.2026", due="31.05.2026",
        currency="", amount="100.00", base="", reference="", account="", percent="", until="",
        text=""):  # fmt: skip
    return ";".join((side, number, name, document, date, due, currency, amount, base, reference,
                     account, percent, until, text)) + "\n"  # fmt: skip


def file(*rows):
    return (HEAD + "".join(rows)).encode()


def faults(books, *rows, terms=Terms(JULY_1)):
    found = importing.dry_run(company=books, content=file(*rows), terms=terms)
    return [
        (one.values["row"], one.values["column"], one.values["value"]) for one in found.refusals
    ]


def test_items_of_both_sides_and_of_another_currency_come_with_one_entry(books, by, huber, euro):
    lieferant, _party = contact(books, "Kündig Papier GmbH")
    content = file(
        row(percent="2 %", until="2026-06-15", text="Mai", reference="21 00000 00003 13947 14300 09017"),
        row(document="G-2", amount="-30.00", number=str(huber.number), name=""),
        row(side="kreditor", name="kundig  PAPIER gmbh", document="L-9", amount="1’250.50"),
        row(document="R-3", currency="EUR", amount="200", base="190.00", date="2026-06-30"),
    )  # fmt: skip
    preview = importing.dry_run(company=books, content=content, terms=Terms(JULY_1))
    assert (preview.rows, preview.refusals, preview.warnings) == (4, [], [])
    assert not OpenItem.of(books).exists()
    effects = {
        e.account.number: (e.taken, e.ledger, e.items, e.difference) for e in preview.effects
    }
    assert effects == {"1100": (D("70.00"), D("70.00"), D("70.00"), D(0)),
                       "1105": (D("190.00"), D("190.00"), D("190.00"), D(0)),
                       "2000": (D("-1250.50"), D("-1250.50"), D("-1250.50"), D(0))}  # fmt: skip
    importing.import_items(company=books, content=content, terms=Terms(JULY_1), by=by)
    items = list(OpenItem.of(books).order_by("pk").select_related("entry", "account"))
    assert [(i.contact_id, i.document, i.currency, i.amount, i.base, i.account.number) for i in items] == [
        (huber.pk, "R-1", "CHF", D("100.00"), D("100.00"), "1100"),
        (huber.pk, "G-2", "CHF", D("-30.00"), D("-30.00"), "1100"),
        (lieferant.pk, "L-9", "CHF", D("1250.50"), D("1250.50"), "2000"),
        (huber.pk, "R-3", "EUR", D("200.00"), D("190.00"), "1105"),
    ]  # fmt: skip
    first = items[0]
    assert (first.reference, first.discount_percent, first.discount_until, first.text) == (
        "210000000003139471430009017", D("2.00"), dt.date(2026, 6, 15), "Mai"
    )  # fmt: skip
    assert (first.document_date, first.due_date, first.opened_on) == (
        dt.date(2026, 5, 1), dt.date(2026, 5, 31), JULY_1
    )  # fmt: skip
    entry = JournalEntry.of(books).get()
    assert (entry.kind, booked(entry)[-1]) == ("opening", ("9100", D("990.50")))
    assert differences(books, JULY_1) == [] and verify_ledger(books).breaks == []
    event = AuditEvent.of(books).get(action="items.take_over")
    assert (event.details["count"], event.details["number"]) == (4, entry.number)


def test_after_a_cut_over_in_mid_year_the_trial_balance_is_the_sum_of_the_items(by, books, huber):
    """The lump sum is in the books, posted while the module was off: it stays, and gets its items."""
    books.modules = [one for one in books.modules if one not in {"receivables", "payables"}]
    books.save()
    opening = make.account(books, "9100")
    post(company=books, date=dt.date(2026, 6, 30), text="Saldo", by=by, kind="opening", lines=[
        debit(make.account(books, "1100"), D("300.00")), debit(make.account(books, "1020"), D("50.00")),
        credit(make.account(books, "2000"), D("80.00")), credit(opening, D("270.00")),
    ])  # fmt: skip
    books.modules = [*books.modules, "receivables", "payables"]
    books.save()
    content = file(row(amount="100.00"), row(document="R-2", amount="200.00"),
                   row(side="k", document="L-1", amount="80.00"))  # fmt: skip
    told = {"company": books, "content": content}
    doubled = importing.dry_run(**told, terms=Terms(JULY_1))
    assert [e.difference for e in doubled.effects] == [D("300.00"), D("-80.00")]
    assert len(doubled.warnings) == 2  # each account says that the sum is there already
    kept = importing.dry_run(**told, terms=Terms(JULY_1, in_balance=True))
    assert ([e.difference for e in kept.effects], kept.warnings) == ([D(0), D(0)], [])
    importing.import_items(**told, terms=Terms(JULY_1, in_balance=True), by=by)
    entry = JournalEntry.of(books).order_by("-number").first()
    assert booked(entry) == [("1100", D("100.00")), ("1100", D("200.00")), ("2000", D("-80.00")),
                             ("1100", D("-300.00")), ("2000", D("80.00"))]  # fmt: skip
    assert differences(books, JULY_1) == [] and verify_ledger(books).breaks == []
    item = OpenItem.of(books).get(document="R-1")
    settle(company=books, date=JULY_1, parts=[Part(item, paid=D("100"))], money=money(books, "100"),
           by=by)  # fmt: skip
    assert differences(books, dt.date(2026, 12, 31)) == []


def test_an_account_kept_in_a_currency_keeps_both_of_its_balances(books, by, huber, euro):
    content = file(row(currency="EUR", amount="100", base="95"),
                   row(document="R-2", currency="EUR", amount="-40", base="-38"))  # fmt: skip
    importing.import_items(company=books, content=content, by=by,
                           terms=Terms(JULY_1, in_balance=True))  # fmt: skip
    last = JournalEntry.of(books).get().lines.order_by("-position").first()
    assert (last.account.number, last.credit, last.amount_foreign) == ("1105", D("57"), D("-60"))


@pytest.mark.parametrize(("told", "column", "value"), [
    ({"side": "Kunde?"}, "art", "Kunde?"), ({"side": ""}, "art", ""),
    ({"name": "Hubert AG"}, "name", "Hubert AG"), ({"name": "Huber"}, "name", "Huber"),
    ({"name": "Zwei AG"}, "name", "Zwei AG"), ({"name": ""}, "nummer", ""),
    ({"number": "999"}, "nummer", "999"), ({"number": "x1"}, "nummer", "x1"),
    ({"document": ""}, "rechnungsnummer", ""), ({"document": "9" * 41}, "rechnungsnummer", "9" * 41),
    ({"date": "31.2.2026"}, "datum", "31.2.2026"), ({"date": "2.7.2026"}, "datum", "2.7.2026"),
    ({"due": ""}, "fällig am", ""), ({"due": "bald"}, "fällig am", "bald"),
    ({"currency": "EURO"}, "währung", "EURO"), ({"currency": "EUR"}, "betrag in buchwährung", ""),
    ({"amount": "0.00"}, "betrag", "0.00"), ({"amount": "1,5"}, "betrag", "1,5"),
    ({"amount": ""}, "betrag", ""), ({"base": "99"}, "betrag in buchwährung", "99"),
    ({"currency": "EUR", "base": "-95"}, "betrag in buchwährung", "-95"),
    ({"reference": "210000000003139471430009016"}, "referenz", "210000000003139471430009016"),
    ({"reference": "RF19539007547034"}, "referenz", "RF19539007547034"),
    ({"account": "1020"}, "konto", "1020"), ({"account": "1"}, "konto", "1"),
    ({"account": "2000"}, "konto", "2000"), ({"account": "1105"}, "währung", ""),
    ({"percent": "2"}, "skonto bis", ""), ({"until": "1.6.2026"}, "skonto", ""),
    ({"percent": "100", "until": "1.6.2026"}, "skonto", "100"), ({"text": "x" * 201}, "text", "x" * 60),
])  # fmt: skip
def test_a_bad_cell_is_named_with_row_column_and_value(books, huber, euro, told, column, value):
    for _twin in range(2):
        contact(books, "Zwei AG")
    assert faults(books, row(), row(**told)) == [(3, column, value)]


def test_all_faults_of_a_row_are_told_at_once(books, huber):
    assert [place for _row, place, _value in faults(
        books, row(side="x", name="Niemand", date="x", due="", amount="y", percent="2")
    )] == ["name", "datum", "fällig am", "art", "betrag", "skonto bis"]  # fmt: skip


def test_a_file_that_is_none_is_refused_as_a_whole(books, huber):
    def look(content, date=JULY_1):
        importing.dry_run(company=books, content=content, terms=Terms(date))

    with pytest.raises(ColumnMissing):
        look(b"Betrag;Name\n1;x\n")
    with pytest.raises(errors.NothingToTakeOver):
        look(HEAD.encode())
    with pytest.raises(NoOpenYear):
        look(file(row()), date=dt.date(2031, 1, 1))


def test_who_is_archived_is_meant_where_nobody_else_is_called_so(books, by, huber):
    lifecycle.archive(huber, by=by)
    assert faults(books, row()) == []
    other, _party = contact(books, "HUBER AG")
    found = importing.dry_run(company=books, content=file(row()), terms=Terms(JULY_1))
    assert found.items[0].party.contact == other.pk


def test_what_is_odd_is_told_and_hinders_nobody(books, by, huber):
    content = file(row(number=str(huber.number), name="Ganz Anders"))
    found = importing.dry_run(company=books, content=content, terms=Terms(JULY_1))
    assert (len(found.warnings), found.items[0].party.name) == (1, "Huber AG")
    importing.import_items(company=books, content=content, terms=Terms(JULY_1), by=by)
    again = importing.dry_run(company=books, content=content, terms=Terms(JULY_1))
    assert len(again.warnings) == 2
    other = importing.dry_run(company=books, content=file(row()), terms=Terms(JULY_1))
    assert len(other.warnings) == 1  # the same item in another file


def test_a_take_over_is_undone_as_a_whole_unless_something_of_it_is_settled(books, by, huber):
    content = file(*(row(document=f"R-{nth}") for nth in range(150)))
    importing.import_items(company=books, content=content, terms=Terms(JULY_1), by=by)
    item = OpenItem.of(books).select_related("entry__company").first()
    settle(
        company=books, date=JULY_1, parts=[Part(item, paid=D("1"))], money=money(books, "1"), by=by
    )
    with pytest.raises(CreditUsed):
        undo_take_over(item, date=JULY_1, by=by)
    page = Client()
    page.force_login(by)
    start = f"/c/{books.pk}/open-items"
    assert page.post(f"{start}/settlements/{Settlement.of(books).get().pk}/undo/",
                     {"date": "2026-07-01"}).status_code == 302  # fmt: skip
    assert 'id="undo-take-over"' in page.get(f"{start}/{item.pk}/").content.decode()
    assert page.post(f"{start}/{item.pk}/undo-take-over/").status_code == 302
    assert not OpenItem.of(books).filter(settled_on=None).exists()
    assert differences(books, JULY_1) == [] and verify_ledger(books).breaks == []
    assert not importing.stands_from(books, content) and importing.was_imported(books, content) == 1
    assert 'id="undo-take-over"' not in page.get(f"{start}/{item.pk}/").content.decode()
    importing.import_items(company=books, content=content, terms=Terms(JULY_1), by=by)  # once more
    assert OpenItem.of(books).filter(settled_on=None).count() == 150


def many(count, bad=()):
    kinds = [
        {"amount": "x"},
        {"name": "Niemand AG"},
        {"due": "31.02.2026"},
        {"reference": "RF00AB"},
    ]
    return file(*(
        row(document=f"R-{nth}", amount=f"{nth + 1}.05", **(kinds[nth % 4] if nth in bad else {}))
        for nth in range(count)
    ))  # fmt: skip


def test_thousands_of_rows_with_fifty_bad_ones_name_all_fifty_and_write_nothing(books, by, huber):
    count = cases(10_000, each_time=2_500)
    bad = set(range(17, count, count // 50))
    told = {"company": books, "terms": Terms(JULY_1), "by": by}
    with pytest.raises(Refusals) as found:
        importing.import_items(content=many(count, bad), **told)
    assert {one.values["row"] - 2 for one in found.value.refusals} == bad
    assert len(found.value.refusals) == 50
    assert all(one.values["column"] and one.values["remedy"] for one in found.value.refusals)
    assert not OpenItem.of(books).exists() and not JournalEntry.of(books).exists()
    importing.import_items(content=many(count), **told)
    assert OpenItem.of(books).count() == count
    assert differences(books, JULY_1) == []
    with connection.cursor() as cursor:  # what is proven at the commit
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def small(monkeypatch):
    """Little is much."""
    monkeypatch.setattr(spreadsheets, "LARGE_CSV", 200)
    monkeypatch.setattr(jobs, "CHECKED_AT_ONCE", 3)


def worked(job):
    running.run(job.pk, job.company_id)
    open_companies([job.company_id])
    return Job.of_place(job.company_id).get(pk=job.pk)


def begin(books, by, content, known=0, terms=Terms(JULY_1)):
    kept = storing.keep(
        company=books, name="x.csv", content=content, by=by, content_type="text/csv"
    )
    return start(jobs.IMPORT, company=books, by=by,
                 arguments=jobs.arguments(kept.digest, terms, {}, known))  # fmt: skip


def test_a_job_checks_in_parts_and_takes_over_as_one(books, by, huber, small):
    contra = make.account(books, "2979")
    first, second = (begin(books, by, many(10), terms=Terms(JULY_1, contra)) for _ in range(2))
    done = worked(first)
    assert (done.state, done.result, done.step) == (State.DONE, {"items": 10}, 5)
    assert booked(JournalEntry.of(books).get())[-1][0] == "2979"
    assert worked(second).error_code == "import.already_imported"
    failed = worked(begin(books, by, many(10, {2, 7})))
    assert (failed.state, failed.error_code) == (State.FAILED, "items.faulty_file")
    assert failed.error == str(jobs.FaultyItems(count=2))
    assert ["4" in line.text or "9" in line.text for line in lines_of(failed)] == [True, True]


def upload(content, **more):
    return {
        "file": SimpleUploadedFile("x.csv", content),
        "date": "01.07.2026",
        "contra": "",
        **more,
    }


def field(answer, name):
    return answer.context[name]


def test_the_page_shows_first_what_it_then_does(books, by, huber):
    page = Client()
    page.force_login(by)
    here = f"/c/{books.pk}/open-items/import/"
    assert page.get(here).status_code == 200
    shown = page.post(here, upload(file(row(), row(document="R-2"))))
    assert shown.status_code == 200 and len(field(shown, "preview").items) == 2
    assert not OpenItem.of(books).exists()
    kept = {"kept": field(shown, "kept"), "shown": field(shown, "shown"), "confirm": "1"}
    other = page.post(
        here, {**kept, "date": "01.06.2026", "contra": "balance"}
    )  # not what was shown
    assert other.status_code == 200 and not OpenItem.of(books).exists()
    assert field(other, "shown") != kept["shown"]
    done = page.post(here, {**kept, "date": "01.07.2026", "contra": ""})
    assert done["Location"] == f"/c/{books.pk}/open-items/receivables/"
    assert OpenItem.of(books).count() == 2
    assert page.post(here, {**kept, "date": "01.07.2026", "contra": ""}).status_code == 422  # twice
    assert page.post(here, upload(file(row(amount="x")))).status_code == 200
    for wrong in ({"date": "gestern"}, {"contra": "77"}):
        assert page.post(here, upload(file(row()), **wrong)).status_code == 422
    other_titles = file(row()).replace("Fällig".encode(), b"Ultimo")
    assert page.post(here, upload(other_titles)).status_code == 422
    chosen = page.post(here, upload(other_titles, **{"column-due_date": "ultimo am"}))
    assert chosen.status_code == 200
    clerk = make.user(company=books, granted=["open_items.read", "open_items.settle"])
    page.force_login(clerk)
    assert page.get(here).status_code == 403


def test_a_large_file_is_left_to_a_job(books, by, huber, small):
    page = Client()
    page.force_login(by)
    here = f"/c/{books.pk}/open-items/import/"
    shown = page.post(here, upload(many(10), contra="balance"))
    told = {"kept": field(shown, "kept"), "shown": field(shown, "shown"), "confirm": "1",
            "date": "01.07.2026", "contra": "balance"}  # fmt: skip
    page.post(here, told)
    open_companies([books.pk])
    job = Job.of_place(books.pk).get()
    assert (job.arguments["in_balance"], job.arguments["date"]) == (True, "2026-07-01")
    assert worked(job).state == State.DONE


def test_the_endpoint_looks_or_does(books, by, huber):
    api = Api(books, by)
    told = {"date": "2026-07-01"}
    look = api.upload("open-item-imports/", file(row()), dry_run="true", **told).json()
    assert (look["items"], look["dry_run"], look["effects"][0]["difference"]) == (1, True, "0.00")
    assert look["first"][0]["contact"] == huber.pk
    assert not OpenItem.of(books).exists()
    bad = problem(api.upload("open-item-imports/", file(row(amount="x"), row(due="y")), key=new_key(),
                             **told), 422)  # fmt: skip
    assert [e["code"] for e in bad["errors"]] == ["import.bad_row"] * 2
    key = new_key()
    first, again = (
        api.upload("open-item-imports/", file(row()), key=key, **told) for _ in range(2)
    )
    assert (first.status_code, first.json()) == (201, again.json())
    item = OpenItem.of(books).get()
    undo = f"open-items/{item.pk}/undo-take-over/"
    assert api.post(undo, {}, key=new_key()).status_code == 201
    problem(api.post(undo, {}, key=new_key()), 409, "items.already_undone")
    assert (
        api.upload("open-item-imports/", file(row()), key=new_key()).status_code == 400
    )  # which day?
    problem(api.upload("open-item-imports/", file(row()), key=new_key(), contra="77", **told), 400)
    later = api.upload("open-item-imports/", file(row()), key=new_key(), background="true",
                       contra="2979", **told)  # fmt: skip
    assert later.status_code == 202


def test_workbooks_are_read_as_well(books, by, huber):
    book = openpyxl.Workbook()
    for line in ([*HEAD.strip().split(";")],
                 ["d", huber.number, "", 4711, dt.datetime(2026, 5, 1), dt.datetime(2026, 5, 31), "",
                  100.5, None, "", 1100, 2, dt.datetime(2026, 6, 1), ""]):  # fmt: skip
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    importing.import_items(company=books, content=out.getvalue(), terms=Terms(JULY_1), by=by)
    item = OpenItem.of(books).get()
    assert (item.document, item.amount, item.due_date, item.contact_id) == (
        "4711", D("100.50"), dt.date(2026, 5, 31), huber.pk
    )  # fmt: skip
