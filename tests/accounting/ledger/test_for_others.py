"""The journal for other systems: taken back by our own import, and XML whose sums are the ledger's."""

from __future__ import annotations

import csv
import io
import os
import time
from collections import defaultdict
from decimal import Decimal

import pytest
from django.test import Client
from lxml import etree

from accounting.ledger import exporting, importing, jobs, posting, tasks
from accounting.ledger.abacus import NotForAbacus, pairs
from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.lines import line_of
from accounting.ledger.models import CostCentre, EntryLine, JournalEntry
from accounting.ledger.posting import post, rows_of
from erp.core.money import ZERO
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import Job
from erp.jobs.starting import start
from tests import make
from tests.erp.client import Api, new_key

pytestmark = pytest.mark.django_db
chf = make.chf


@pytest.fixture
def company():
    """Simple, split, with VAT, cost centre, foreign money, an opening, a reversal, a hostile text."""
    company = make.company()
    by, day = make.owner_of(company), make.MARCH_31
    CostCentre.unscoped.create(company=company, number="100", name_de="Werk")
    make.rent(company, voucher="B-1")
    reader = Reader(company)

    def typed(text, *lines, **more):
        post(
            company=company, date=day, text=text, by=by, lines=reader.lines(lines, date=day), **more
        )

    typed("Büro & <Lager>", TypedLine("6500", debit=chf("108.10"), vat_code=code_of(company)),
          TypedLine("6000", debit=chf("50.00"), cost_centre="100", text="Anteil"),
          TypedLine("1020", credit=chf("158.10")), voucher="RE-2026-000123456")  # fmt: skip
    typed("=Euro", TypedLine("1024", debit=chf("95.00"), currency="EUR", amount_foreign=chf("100.01")),
          TypedLine("6900", debit=chf("5.00")), TypedLine("1020", credit=chf("33.33")),
          TypedLine("1000", credit=chf("66.67")), voucher="-7/26")  # fmt: skip
    typed("Eröffnung", TypedLine("1000", debit=chf("700.00")), TypedLine("2800", credit=chf("700.00")),
          kind=JournalEntry.Kind.OPENING)  # fmt: skip
    posting.reverse(JournalEntry.of(company).get(number=1), date=day, by=by)
    return company


def code_of(company):
    return make.account(company, "6500").vat_code.code


def taken(company, form, **query):
    client = Client()
    client.force_login(make.owner_of(company))
    return client.get(f"/c/{company.pk}/ledger/journal/", {"format": form, **query})


def rows_by_number(company, first, last):
    entries = JournalEntry.of(company).filter(number__range=(first, last)).order_by("number")
    return [
        (entry.date, entry.voucher, entry.kind if entry.kind == "opening" else "", [
            row[:4] + row[5:] for row in rows_of([line_of(one) for one in entry.lines.order_by("position")])
        ]) for entry in entries
    ]  # fmt: skip


def test_our_own_import_takes_it_back(company):
    answer = taken(company, "import")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    preview = importing.dry_run(company=company, content=answer.content)
    assert (len(preview.entries), preview.refusals) == (5, [])
    importing.import_journal(company=company, content=answer.content, by=make.owner_of(company))
    assert rows_by_number(company, 6, 10) == rows_by_number(company, 1, 5)
    texts = list(JournalEntry.of(company).order_by("number").values_list("text", flat=True))
    assert texts[5:] == texts[:5] and "=Euro" in texts
    assert b";'-7/26;" in answer.content and b";'=Euro;" in answer.content  # no formula in the file
    told = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert {row["remark"] for row in told} == {""}


def test_what_no_file_can_tell_keeps_its_amounts_and_says_so(company):
    by, day = make.owner_of(company), make.MARCH_31
    lines = Reader(company).lines(
        [TypedLine("6500", debit=chf("105.00"), vat_code=code_of(company), vat_rate=chf("5.00")),
         TypedLine("1020", credit=chf("105.00"))], date=day,
    )  # fmt: skip
    post(company=company, date=day, text="Satz", by=by, lines=lines)
    content = taken(company, "import").content
    last = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[-3:]
    assert [(row["account"], row["debit"], row["credit"], row["vat_code"], row["remark"])
            for row in last] == [
        ("6500", "100.00", "", "", "ohne MWST-Codes"), (last[1]["account"], "5.00", "", "", "ohne MWST-Codes"),
        ("1020", "", "105.00", "", "ohne MWST-Codes"),
    ]  # fmt: skip
    assert not importing.dry_run(company=company, content=content).refusals


def sums(company):
    found = defaultdict(lambda: ZERO)
    for number, one, other in EntryLine.of(company).values_list(
        "account__number", "debit", "credit"
    ):
        found[number, "D"] += one
        found[number, "C"] += other
    return {key: amount for key, amount in found.items() if amount}


def test_abacus_gets_pairs_whose_sums_are_those_of_the_ledger(company):
    answer = taken(company, "abacus")
    assert answer.headers["Content-Type"] == "application/xml"
    root = etree.fromstring(answer.content)
    told = {one.tag: one.text for one in root.find("Task/Parameter")}
    assert told == {"Application": "FIBU", "Id": "XML Buchungen", "MapId": "AbaDefault",
                    "Version": "2020.00"}  # fmt: skip
    bookings = root.findall("Task/Transaction")
    assert [one.get("id") for one in bookings] == [str(nth + 1) for nth in range(len(bookings))]
    found = defaultdict(lambda: ZERO)
    for booking in bookings:
        for part, sign in (("CollectiveInformation", "D"), ("SingleInformation", "C")):
            place = booking.find(f"Entry/{part}")
            assert place.findtext("DebitCredit") == "D"
            found[place.findtext("Account"), sign] += Decimal(place.findtext("KeyAmount"))
    assert found == sums(company)


def test_abacus_gets_texts_vouchers_cost_centres_foreign_money_and_vat_in_the_note(company):
    root = etree.fromstring(taken(company, "abacus").content)
    rent, office, tax, share, *euro = root.findall("Task/Transaction/Entry")[:6]
    assert [one.tag for one in rent.find("CollectiveInformation")] == [
        "EntryLevel", "EntryType", "Type", "DebitCredit", "Client", "Division", "KeyCurrency",
        "EntryDate", "AmountData", "KeyAmount", "Account", "Text1", "DocumentNumber", "SingleCount",
    ]  # fmt: skip
    assert rent.findtext("CollectiveInformation/DocumentNumber") == "B-1"
    assert office.findtext("CollectiveInformation/Text1") == "Büro & <Lager>"
    assert office.findtext("CollectiveInformation/DocumentNumber") == "2"  # the voucher is too long
    note = office.findtext("SingleInformation/NoteData/Text")
    assert note.startswith("2026/2; RE-2026-000123456; 6500: ") and "8.10% 2026-03-31" in note
    assert tax.findtext("CollectiveInformation/KeyAmount") == "8.10"
    assert (share.findtext("CollectiveInformation/BookingLevel1"),
            share.findtext("CollectiveInformation/Text1")) == ("100", "Anteil")  # fmt: skip
    foreign = [
        (one.findtext("CollectiveInformation/AmountData/Currency"),
         one.findtext("CollectiveInformation/AmountData/Amount"),
         one.findtext("CollectiveInformation/KeyAmount")) for one in euro
    ]  # fmt: skip
    assert foreign == [("EUR", "35.09", "33.33"), ("EUR", "64.92", "61.67")]


def test_parts_of_a_line_lose_nothing_of_its_foreign_amount(company):
    entry = JournalEntry.of(company).get(number=3)
    found = list(pairs(list(entry.lines.order_by("position"))))
    assert sum(one.foreign for one, _other in found if one.foreign) == chf("100.01")
    assert all(one.amount == other.amount > 0 for one, other in found)


def test_an_account_with_letters_is_told_and_a_span_is_kept(company):
    account = make.account(company, "6900")
    account.number = "6900A"
    account.save(update_fields=["number"])
    shown = Client()
    shown.force_login(make.owner_of(company))
    page = f"/c/{company.pk}/ledger/journal/"
    assert "6900A" in shown.get(page, {"format": "abacus"}, follow=True).content.decode()
    with pytest.raises(NotForAbacus):
        jobs.FOR_OTHERS["abacus"](company).add([JournalEntry.of(company).get(number=3)])
    assert b"<Transaction" not in taken(company, "abacus", until="2026-01-31").content


def test_the_job_is_done_in_one_go_and_leaves_nothing_beside_the_file(
    company, settings, tmp_path, monkeypatch
):
    """What is written to the disk is of this process: the end of its slice does not begin it anew."""
    settings.RAPPEN_VAR, settings.JOB_SLICE = tmp_path, 0
    monkeypatch.setattr(jobs, "READ_AT_ONCE", 1)
    by, scratch = make.owner_of(company), tmp_path / "scratch" / str(company.pk)
    for form in ("import", "abacus"):
        job = start(jobs.EXPORT, company=company, by=by, arguments={"form": form})
        running.run(job.pk, company.pk)
        open_companies([company.pk])
        done = Job.of(company).select_related("file").get(pk=job.pk)
        assert (done.state, done.step) == ("done", 7), done.error
        assert storing.content_of(done.file) == taken(company, form).content
        assert list(scratch.iterdir()) == []


def test_what_a_kill_left_goes_by_itself_after_a_day(company, settings, tmp_path):
    """Whether that company has its journal written once more, or never."""
    settings.RAPPEN_VAR = tmp_path
    assert tasks.forget_scratch() == 0
    written = [exporting.ScratchFile(company, "abacus") for _one in range(2)]
    left, worked_on = (one.path for one in written)
    a_day_ago = time.time() - 25 * 3600
    os.utime(left, (a_day_ago, a_day_ago))
    assert tasks.forget_scratch() == 1
    assert (left.exists(), worked_on.exists()) == (False, True)
    for one in written:
        one.close()
    assert any(
        one["task"] == "ledger.forget_scratch" for one in settings.CELERY_BEAT_SCHEDULE.values()
    )


def test_too_many_lines_leave_no_file(company, settings, tmp_path, monkeypatch):
    settings.RAPPEN_VAR = tmp_path
    monkeypatch.setattr(exporting, "MOST_WRITTEN", 5)
    job = start(jobs.EXPORT, company=company, by=make.owner_of(company),
                arguments={"form": "abacus"})  # fmt: skip
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    assert Job.of(company).get(pk=job.pk).error_code == "ledger.journal_too_long"
    assert list((tmp_path / "scratch" / str(company.pk)).iterdir()) == []


def test_the_job_and_the_endpoint_make_the_same(company):
    by = make.owner_of(company)
    for form in ("import", "abacus"):
        job = start(jobs.EXPORT, company=company, by=by, arguments={"form": form})
        running.run(job.pk, company.pk)
        open_companies([company.pk])
        done = Job.of(company).select_related("file").get(pk=job.pk)
        assert done.state == "done", done.error
        assert storing.content_of(done.file) == taken(company, form).content
        asked = Api(company, by).post("journal-exports/", {"form": form}, key=new_key())
        assert asked.status_code == 202
