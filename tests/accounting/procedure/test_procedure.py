"""The procedure documentation tells truly how the books were kept, when that changed, and nothing of wages."""

from __future__ import annotations

import csv
import datetime as dt
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounting.archive import rights as archive_rights
from accounting.banking.models import BankRule
from accounting.closing.closing import close_year
from accounting.ledger.models import FiscalYear
from accounting.payments import four_eyes
from accounting.procedure import happened, paper
from accounting.procedure.composing import compose, wording
from accounting.procedure.keeping import TOLD, keep, kept_of, lacking
from accounting.procedure.parts import books, changes
from accounting.procedure.retention import rules_on
from accounting.procedure.texts import NoSuchText, TextTooLong, kinds, texts_of, write_text
from accounting.procedure.values import Asked, parts
from erp.access.gate import access_to
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.audit.anchors import Anchors
from erp.audit.labels import ACTIONS
from erp.audit.models import AuditEvent
from erp.audit.verifying import HEADS
from erp.cockpit.members import change_company, grant, withdraw
from erp.core import clock, records, sandbox
from erp.core.tenancy import open_companies
from erp.jobs import running
from erp.jobs.models import Job
from payroll.setup.institutions import save_institution
from tests import make
from tests.accounting.closing import books as closing_books
from tests.erp.client import Api, problem

pytestmark = pytest.mark.django_db
ALL = frozenset(Permission.values)


def on(month, day=1, year=2026, hour=10):
    return clock.at(dt.datetime(year, month, day, hour, tzinfo=dt.UTC))


def worked():
    """A company that changes its ways in 2026: four eyes off and on, somebody comes and goes, debtors go."""
    modules = ["ledger", "banking", "vat", "receivables", "payables", "payroll"]
    with on(1):
        anna = make.user()
        company = make.found(by=anna, name="Wandel AG")
        change_company(company, by=anna, modules=modules)
        company.refresh_from_db()
        berta, carl = make.user(), make.user()
        grant(company=company, user=berta, role="owner", by=anna)
    with on(3):
        grant(company=company, user=carl, role="bookkeeper", by=anna)
        four_eyes.switch_off(company, by=anna)
        four_eyes.switch_off(company, by=berta)
    with on(7):
        four_eyes.switch_on(company, by=anna)
        withdraw(company=company, user=carl, role="bookkeeper", by=anna)
        write_text(company=company, code="paper", text="Ordner im Keller", by=anna)
        save_institution(company=company, by=anna, kind="ahv", name="Ausgleichskasse Geheim")
    with on(9):
        change_company(company, by=anna, modules=[one for one in modules if one != "receivables"])
        company.refresh_from_db()
    with on(2, year=2027):
        write_text(company=company, code="paper", text="Ordner im Archivraum", by=berta)
    return company, anna, berta, carl


def told(company, *, granted=ALL, language="de", at=dt.datetime(2027, 3, 1, tzinfo=dt.UTC)):
    year = FiscalYear.of(company).get(name="2026")
    made = compose(company, year, language=language, granted=granted, at=at)
    return {one.code: one for one in made.chapters}


def rows(chapter, title):
    return next(one.rows for one in chapter.tables if one.title == title)


def test_what_changed_in_the_year_stands_there_with_its_day():
    company, anna, berta, carl = worked()
    found = told(company)
    modules = {row[0]: row[1:] for row in rows(found["program"], "Module")}
    assert modules["Debitoren"] == ("aus", "01.09.2026")
    assert modules["Kreditoren"] == ("ein", "01.01.2026")
    assert "01.09.2026" in found["sales"].note and found["sales"].tables == ()
    assert dict(found["payments"].facts) == {"Vier Augen": "ein", "seit": "01.07.2026"}
    holders = rows(found["access"], "Wer eine Rolle hat oder im Geschäftsjahr hatte")
    assert (str(carl), "Buchhaltung", "01.03.2026", "01.07.2026") in holders
    assert (str(berta), "Inhaberin, Inhaber", "01.01.2026", "heute") in holders
    in_year = rows(found["changes"], "Änderungen im Geschäftsjahr")
    days = [(row[0][:10], row[1], row[2]) for row in in_year]
    assert ("01.03.2026", str(berta), "Vier Augen ausgeschaltet") in days
    assert ("01.07.2026", str(anna), "Vier Augen eingeschaltet") in days
    after = rows(found["changes"], "Änderungen seit dem Ende des Geschäftsjahres")
    assert [row[0][:10] for row in after] == ["01.02.2027"]
    assert "Ordner im Keller → Ordner im Archivraum" in after[0][4]
    assert dict(found["organisation"].own)["Belege auf Papier"] == "Ordner im Archivraum"


def test_long_texts_and_many_changes_are_cut_and_the_trail_named(monkeypatch):
    company, anna, *_more = worked()
    with on(8):
        for letter in "AB":
            write_text(company=company, code="other", text=letter * 4000, by=anna)
    monkeypatch.setattr(happened, "MOST", 2)
    more, *told_of = rows(told(company)["changes"], "Änderungen im Geschäftsjahr")
    assert more[2].endswith("frühere stehen im Protokoll") and int(more[2].split()[0]) > 2
    assert "A… → BBB" in told_of[1][4] and len(told_of[1][4]) < changes.WIDEST


def test_one_is_laid_out_at_a_time_and_none_without_end(monkeypatch):
    company, anna, *_more = worked()
    year = FiscalYear.of(company).get(name="2026")
    made = compose(company, year, language="de", granted=TOLD, at=clock.now())
    page = f"/c/{company.pk}/procedure/procedure.pdf?year={year.pk}"
    client = Client()
    client.force_login(anna)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended('procedure-paper', %s))", [company.pk]
            )
        with pytest.raises(paper.BeingPrinted):
            paper.printed(made)
        assert client.get(page).status_code == 409
        answer = Api(company, anna).get(f"procedure-documentation/{year.pk}/report/")
        problem(answer, 409, "procedure.being_printed")
    finally:
        other.close()
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0)
    with pytest.raises(paper.TooLongToPrint):
        paper.printed(made, in_turn=True)


def test_nobody_reads_of_wages_or_people_without_the_right_to():
    company, *_people = worked()
    carl = _people[2]
    kept = told(company, granted=TOLD)
    assert "Geheim" in json.dumps(
        [one.facts + one.tables for one in told(company).values()], default=str
    )
    whole = json.dumps([(one.facts, one.tables, one.own) for one in kept.values()], default=str)
    assert "Geheim" not in whole and kept["payroll"].withheld
    hidden = [row for row in rows(kept["changes"], "Änderungen im Geschäftsjahr")
              if row[2] == "Institution hinzugefügt"]  # fmt: skip
    assert len(hidden) == 1 and hidden[0][3:] == ("Institution", "nicht für Leser dieses Papiers")
    least = told(company, granted={Permission.COMPANY_READ})
    whole = json.dumps([(one.facts, one.tables) for one in least.values()], default=str)
    assert str(carl) not in whole
    assert {code for code, one in least.items() if one.withheld} >= {
        "access", "chart", "entries", "purchases", "payments", "banking", "vat", "payroll",
        "closing", "interfaces", "customising", "integrity", "changes",
    }  # fmt: skip


def test_it_asks_as_often_however_much_there_is():
    company, anna, *_more = worked()

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            told(company)
        return len(queries)

    told(company)
    before = asked()
    account = make.account(company, "6000")
    for nth in range(5):
        BankRule.unscoped.create(
            company=company,
            name=f"Regel {nth}",
            position=nth,
            text_contains="Miete",
            account=account,
        )
        someone = make.user()
        with on(5, nth + 1):
            grant(company=company, user=someone, role="auditor", by=anna)
            write_text(company=company, code="other", text=f"Kasse {nth}", by=anna)
    assert asked() == before <= 62


def test_every_chapter_is_told_in_four_languages_by_somebody():
    assert set(wording()) == set(parts())
    for words in [*wording().values(), *kinds().values()]:
        assert {"de", "fr", "it", "en"} <= set(words)
    company, *_people = worked()
    titles = {language: told(company, language=language)["payments"].title
              for language in ("de", "fr", "it", "en")}  # fmt: skip
    assert titles == {"de": "Zahlungen", "fr": "Paiements", "it": "Pagamenti", "en": "Payments"}


def test_acts_of_set_up_are_acts_there_are():
    with (happened.DATA / "setting_acts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            acts = {one.partition(".")[2] for one in ACTIONS if one.startswith(f"{row['noun']}.")}
            assert acts and set(row["but"].split()) <= acts, row
    assert {"role.change", "vat.change_settings", "year.close", "company.change", "own_field.add",
            "webhook.add", "token.create", "procedure.write"} <= happened.setting_acts()  # fmt: skip
    assert not {"entries.post", "document.issue", "payment_run.approve"} & happened.setting_acts()


def test_one_is_kept_for_good_and_says_the_same_to_the_same_digest(settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    company, anna, *_more = worked()
    year = FiscalYear.of(company).get(name="2026")
    with on(3, year=2027):
        one, again = keep(company, year, by=anna), keep(company, year, by=anna)
    assert one.file.pk == again.file.pk and one.digest == again.digest
    event = AuditEvent.of(company).filter(action="procedure.keep").latest("pk")
    assert event.details["sha256"] == one.file.digest and event.subject_id == year.pk
    assert [row.file.digest for row in kept_of(company, year)] == [one.file.digest] * 2
    write_text(company=company, code="other", text="Neu", by=anna)
    later = compose(company, year, language=company.language, granted=TOLD, at=clock.now())
    assert later.digest != one.digest


def test_paragraphs_are_refused_in_words():
    company, anna, *_more = worked()
    with pytest.raises(NoSuchText):
        write_text(company=company, code="poem", text="x", by=anna)
    with pytest.raises(TextTooLong):
        write_text(company=company, code="paper", text="x" * 4001, by=anna)
    events = AuditEvent.of(company).count()
    write_text(company=company, code="paper", text=" Ordner im Archivraum\r\n", by=anna)
    assert AuditEvent.of(company).count() == events


def test_a_page_that_lay_open_puts_back_no_paragraph_of_others():
    company, anna, berta, _carl = worked()
    client, page = Client(), f"/c/{company.pk}/procedure/texts/"
    client.force_login(anna)
    seen = {
        f"seen-{one.code}": version for one, _text, version in client.get(page).context["texts"]
    }
    sent = {f"text-{one.code}": one.text for one in texts_of(company)} | seen
    write_text(company=company, code="paper", text="Neu von Berta", by=berta)
    client.post(page, sent | {"text-control": "Kassensturz"})
    now = {one.code: one.text for one in texts_of(company)}
    assert (now["paper"], now["control"]) == ("Neu von Berta", "Kassensturz")
    answer = client.post(page, sent | {"text-paper": "Neu von Anna", "text-control": "Kassensturz"})
    assert answer.status_code == 422 and "Neu von Anna" in answer.content.decode()
    assert {one.code: one.text for one in texts_of(company)}["paper"] == "Neu von Berta"


def test_the_law_says_how_long():
    def until(*day):
        return [(one.code, one.years, one.until(dt.date(*day))) for one in rules_on(dt.date(*day))]

    at_once = dt.date(2036, 12, 31)
    assert until(2026, 12, 31) == [
        ("tax", 10, at_once), ("real_estate", 20, dt.date(2046, 12, 31)), ("books", 10, at_once),
    ]  # fmt: skip
    assert [row[2] for row in until(2026, 6, 30)] == [
        at_once, dt.date(2046, 12, 31), dt.date(2036, 6, 30),
    ]  # fmt: skip
    assert [row[0] for row in until(2012, 12, 31)] == ["tax", "real_estate"]


def test_the_later_day_and_the_backups_stand_in_the_chapter(settings, tmp_path):
    settings.RAPPEN_VAR, settings.BACKUP = tmp_path, ""
    company = make.company()
    year = FiscalYear.of(company).get()
    year.end = dt.date(2026, 6, 30)
    asked = Asked(company, year, ALL, clock.now(), None)

    def facts():
        with override("de"):
            return dict(books.retention(asked).facts)

    assert facts() == {
        "Alle Bücher und Belege sind aufzubewahren mindestens bis": "31.12.2036",
        "Letzte Grundsicherung durch das Programm": "auf diesem Rechner ist keine bekannt",
    }
    with on(5, 2):
        records.keep("backup", sound=True, told={"keep": 7})
    with on(5, 3):
        records.keep("backup_follow", sound=True, told={})
    assert list(facts().values())[1:] == ["02.05.2026", "7", "03.05.2026"]
    with on(5, 4):
        records.keep("backup", sound=False, told={"why": "voll"})
    assert list(facts().values())[1] == "fehlgeschlagen am 04.05.2026"


def test_the_last_head_is_found_from_the_end(settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    anchors = Anchors("some-heads", HEADS.head_of)
    assert anchors.last_of(1) is None
    anchors.path.parent.mkdir()
    heads = [json.dumps({"company": company, "position": nth, "digest": "ab" * 32, "at": "x"})
             for nth in range(1, 401) for company in (1, 12, 2)]  # fmt: skip
    anchors.path.write_text(
        "\n".join(['{"company": 7, "position": 3, "digest": "cd", "at": "x"}', *heads]) + "\n"
    )
    assert anchors.path.stat().st_size > 2 * 65_536
    assert (anchors.last_of(2).position, anchors.last_of(12).position) == (400, 400)
    assert anchors.last_of(7).digest == "cd" and anchors.last_of(3) is None


def test_page_paper_and_endpoint_say_the_same(settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    company, anna, *_more = worked()
    client = Client()
    client.force_login(anna)
    year = FiscalYear.of(company).get(name="2026")
    page = client.get(f"/c/{company.pk}/procedure/?year={year.pk}").content.decode()
    assert "Vier Augen ausgeschaltet" in page and "Ordner im Archivraum" in page
    french = client.get(f"/c/{company.pk}/procedure/?year={year.pk}&language=fr").content.decode()
    assert "Paiements" in french
    paper = client.get(f"/c/{company.pk}/procedure/procedure.pdf?year={year.pk}&language=it")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    client.post(f"/c/{company.pk}/procedure/", {"year": year.pk})
    (kept,) = kept_of(company, year)
    assert client.get(f"/c/{company.pk}/procedure/kept/{kept.file.pk}/").status_code == 200
    client.post(f"/c/{company.pk}/procedure/texts/", {"text-control": "Kassensturz wöchentlich"})
    api = Api(company, anna)
    answer = api.get(f"procedure-documentation/{year.pk}/?language=de").json()
    own = dict(next(one for one in answer["chapters"] if one["code"] == "organisation")["own"])
    assert own["Internes Kontrollsystem"] == "Kassensturz wöchentlich"
    assert api.get("procedure-documentation/").json()["results"][0]["sha256"] == kept.file.digest
    assert problem(api.get("procedure-documentation/999999/"), 404)


def test_what_is_kept_opens_to_nobody_who_could_not_see_it_when_a_module_goes_off():
    company, anna, *_more = worked()
    kept = make.user(company=company, granted=sorted({*TOLD, "ledger.export"}))
    less = make.user(company=company, granted=sorted({*TOLD, "ledger.export"} - {"banking.read"}))
    never = make.user(company=company, granted=sorted({*TOLD, "ledger.export"} - {"assets.read"}))
    change_company(company, by=anna, modules=["ledger"])
    company.refresh_from_db()
    wanted = {one: [right.value for right in lacking(company, access_to(company.pk, user=one).holds)]
              for one in (anna, kept, less, never)}  # fmt: skip
    assert wanted == {anna: [], kept: [], less: ["banking.read"], never: []}
    access = access_to(company.pk, user=less)
    assert [one.value for one in archive_rights.lacking(company, access.holds)] == ["banking.read"]
    assert not access_to(company.pk, user=kept).may("banking.read")
    bearer = Bearer(1, company.pk, kept, frozenset({"company.read", "ledger.read"}))
    assert "audit.read" in lacking(company, access_to(company.pk, user=kept, within=bearer).holds)


def test_with_each_closing_one_is_kept(settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    company, year = closing_books.of_2025()
    by = make.owner_of(company)
    closing_books.accept_all(company, year)
    closing = close_year(company=company, year=year, by=by)
    job = Job.of(company).get(kind="procedure.keep")
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    (kept,) = kept_of(company, year)
    assert Job.of(company).get(pk=job.pk).result["sha256"] == kept.file.digest
    closings = rows(told_of(company, year)["closing"], "Abschlüsse des Jahres")
    assert [row[3] for row in closings] == [closing.digest]


def told_of(company, year):
    made = compose(company, year, language="de", granted=ALL, at=clock.now())
    return {one.code: one for one in made.chapters}
