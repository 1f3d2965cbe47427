"""Imports: every bad row is told, nothing is written, or only the good rows; files go round."""

from __future__ import annotations

import contextlib
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import exporting, groups, importing, merging, saving, vcard
from contacts.models import Communication, Contact, ContactAddress, ContactKey
from erp.access.gate import Access, access_to
from erp.audit.models import AuditEvent
from erp.core.errors import Refusals
from erp.core.importing import BadRow, ColumnMissing
from erp.core.spreadsheets import UnreadableFile
from erp.own_fields.saving import save_own_field
from tests.contacts.conftest import MAIN
from tests.examples import cases

pytestmark = pytest.mark.django_db
HEAD = "Firma;Vorname;Nachname;Strasse;Hausnummer;PLZ;Ort;Telefon;E-Mail;UID\n"


def rows(count, bad=()):
    """Rows of contacts; those whose numbers are in ``bad`` have a fault each."""
    faults = [("PLZ", "64600"), ("Telefon", "12"), ("E-Mail", "keine"), ("UID", "CHE-1")]
    lines = [HEAD]
    for nth in range(count):
        told = {"PLZ": "6460", "Telefon": f"041 870 {nth // 100 % 100:02} {nth % 100:02}",
                "E-Mail": f"p{nth}@example.ch", "UID": ""}  # fmt: skip
        if nth in bad:
            place, value = faults[nth % len(faults)]
            told[place] = value
        names = (f"Firma {nth} AG", "", "") if nth % 2 else ("", f"Eva{nth}", f"Muster{nth}")
        lines.append(";".join([*names, "Bahnhofstrasse", str(nth % 90 + 1), told["PLZ"], "Altdorf UR",
                               told["Telefon"], told["E-Mail"], told["UID"]]) + "\n")  # fmt: skip
    return "".join(lines).encode()


def test_thousands_of_rows_with_fifty_bad_ones_name_all_fifty_and_write_nothing(company, anna):
    count = cases(10_000, each_time=2_500)
    bad = set(range(17, count, count // 50))
    assert len(bad) == 50
    content = rows(count, bad)
    with pytest.raises(Refusals) as found:
        importing.import_contacts(company=company, content=content, by=anna)
    refusals = found.value.refusals
    assert len(refusals) == 50 and all(isinstance(one, BadRow) for one in refusals)
    assert {one.values["row"] for one in refusals} == {
        nth + 2 for nth in bad
    }  # the titles are row 1
    for one in refusals:
        assert one.values["column"] in {"plz", "telefon", "e-mail", "uid"}
        assert one.values["value"] in {"64600", "12", "keine", "CHE-1"} and one.values["remedy"]
    assert not Contact.of(company).exists()
    done = importing.import_contacts(company=company, content=content, by=anna, only_good=True)
    assert (len(done.new), done.bad_rows) == (count - 50, 50)
    assert (
        Contact.of(company).count()
        == Communication.of(company).filter(kind="mail").count()
        == count - 50
    )
    assert ContactKey.of(company).filter(kind="mail").count() == count - 50


def test_a_known_number_changes_what_the_file_has_and_nothing_else(company, anna, add):
    one = add("A AG", addresses=[MAIN, MAIN | {"kind": "billing"}], phone="041 870 00 00",
              mail="a@example.ch", notes="bleibt")  # fmt: skip
    file = f"Nummer;Firma;Telefon;E-Mail;Strasse;PLZ;Ort\n{one.number};B AG;041 870 00 09;;Neu;6454;Flüelen\n"
    done = importing.import_contacts(company=company, content=file.encode(), by=anna)
    assert (len(done.new), len(done.changed)) == (0, 1)
    draft = saving.whole(Contact.of(company).get())
    assert (draft.contact.name, draft.contact.notes) == ("B AG", "bleibt")
    assert [str(c) for c in draft.communications] == ["+41418700009", "a@example.ch"]
    assert {(a.kind, a.street) for a in draft.addresses} == {
        ("main", "Neu"),
        ("billing", "Bahnhofstrasse"),
    }


def known(first, count, street="Weg", suffix="AG"):
    """Rows with numbers of their own."""
    lines = ["Nummer;Firma;Strasse;PLZ;Ort;Telefon;E-Mail;IBAN\n"]
    for nth in range(count):
        phone, iban = f"041 870 {nth // 100:02} {nth % 100:02}", "CH93 0076 2011 6238 5295 7"
        lines.append(f"{first + nth};Firma {nth} {suffix};{street};6460;Altdorf UR;{phone};"
                     f"p{nth}@example.ch;{iban}\n")  # fmt: skip
    return "".join(lines).encode()


def test_hundreds_of_known_numbers_are_changed_in_as_many_statements_as_a_few(company, anna):
    importing.import_contacts(company=company, content=known(2000, 500), by=anna)

    def change(content):
        with CaptureQueriesContext(connection) as queries:
            done = importing.import_contacts(company=company, content=content, by=anna)
        assert not done.new
        return len(queries)

    few = change(known(2000, 20, street="Gasse", suffix="SA"))
    many = change(known(2000, 500, street="Platz", suffix="GmbH"))
    assert many <= few + 3 <= 40
    assert Contact.of(company).filter(name__endswith=" GmbH", version__in=[2, 3]).count() == 500
    assert ContactAddress.of(company).filter(street="Platz", canton="UR").count() == 500
    assert ContactKey.of(company).filter(kind="word", key="gmbh").count() == 500
    assert not ContactKey.of(company).filter(kind="word", key="sa").exists()
    assert AuditEvent.of(company).filter(action="contact.change").count() == 520
    event = AuditEvent.of(company).filter(action="contact.change").order_by("pk").last()
    assert event.details["name"] == ["Firma 499 AG", "Firma 499 GmbH"] and event.by == anna
    assert (
        change(known(2000, 500, street="Platz", suffix="GmbH")) < many
    )  # nothing new: nothing written
    assert AuditEvent.of(company).filter(action="contact.change").count() == 520


def test_faults_of_known_contacts_name_row_and_column_too(company, anna, add):
    one, two, three = add("A AG"), add("B AG", phone="041 870 00 00"), add("C AG")
    merging.merge(one, three, by=anna)
    saving.change_contact(two, by=anna, addresses=[
        MAIN | {"valid_to": dt.date(2026, 1, 31)}, MAIN | {"valid_from": dt.date(2026, 2, 1)},
    ])  # fmt: skip
    lines = ["\n", "Nummer;Firma;PLZ;Ort;Telefon;E-Mail\n", f"{one.number};A SA;646;Altdorf UR;;\n",
             "\n", f"{two.number};B SA;;;12;falsch\n", f"{three.number};C SA;;;;\n"]  # fmt: skip
    found = importing.dry_run(company=company, content="".join(lines).encode())
    assert [(r.values["row"], r.values["column"], r.values["value"]) for r in found.refusals] == [
        (3, "plz", "646"), (5, "telefon", "12"), (5, "e-mail", "falsch"), (6, "nummer", "1003")
    ]  # fmt: skip
    assert (found.bad_rows, found.good) == (3, 0)


def test_rows_of_a_workbook_count_as_it_shows_them(company):
    book = openpyxl.Workbook()
    for line in (
        ["Adressen"],
        [],
        ["Firma", "Telefon"],
        ["A AG", "041 870 00 00"],
        [],
        ["B AG", "12"],
    ):
        book.active.append(line)
    kept = io.BytesIO()
    book.save(kept)
    found = importing.dry_run(company=company, content=kept.getvalue())
    assert [one.values["row"] for one in found.refusals] == [6] and [
        one.row for one in found.new
    ] == [4]


@pytest.mark.parametrize(
    ("line", "column"),
    [("Nummer;Firma\n7;A\n7;B\n", "nummer"), ("Nummer;Firma\nX1;A\n", "nummer"),
     ("Art;Firma\nTier;A\n", "art"), ("Firma;Gruppen\nA;fehlt\n", "gruppen"),
     ("Firma;Land;Ort\nA;Atlantis;X\n", "land"), ("Firma;IBAN\nA;CH00\n", "iban"),
     ("Firma;Vorname\n;\n;\nA;\n,;x\n", None)],
)  # fmt: skip
def test_each_fault_names_its_column(company, line, column):
    found = importing.dry_run(company=company, content=line.encode())
    assert [one.values["column"] for one in found.refusals] == ([column] if column else [])


def test_a_file_without_names_is_refused_and_columns_can_be_assigned(company):
    with pytest.raises(ColumnMissing):
        importing.dry_run(company=company, content=b"Bezeichnung;Ort\nA AG;Bern\n")
    found = importing.dry_run(company=company, content=b"Bezeichnung;Ort\nA AG;Bern\n",
                              columns={"name": "Bezeichnung", "town": ""})  # fmt: skip
    assert [one.name for one in found.new] == ["A AG"]


def exported(company, anna, form):
    access = access_to(company.pk, user=anna)
    assert isinstance(access, Access)
    return exporting.answer(form, Contact.of(company), access=access).content


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_can_be_imported_again_and_changes_nothing(company, anna, add, form):
    groups.save_group(company=company, by=anna, code="kunden", name_de="Kunden")
    for code, kind in (("seit", "date"), ("vip", "flag")):
        save_own_field(
            company=company, by=anna, subject="contact", code=code, kind=kind, name_de=code
        )
    add("=cmd() AG", addresses=[MAIN], phone="+49 30 901820", groups=["kunden"],
        own_values={"seit": "1.2.2020", "vip": True}, uid="CHE-107.810.911")  # fmt: skip
    add("Eva", "Muster", salutation="ms", title="Dr.", mail="eva@example.ch", notes="Zeile 1")
    content = exported(company, anna, form)
    done = importing.import_contacts(company=company, content=content, by=anna)
    assert (len(done.new), len(done.changed), done.refusals) == (0, 2, [])
    assert not AuditEvent.of(company).filter(action="contact.change").exists()


def test_no_cell_is_a_formula(company, anna, add):
    add("=1+1 AG", phone="+49 30 901820")
    text = exported(company, anna, "csv").decode()
    assert "'=1+1 AG" in text and "'+49 30 901820" in text
    book = openpyxl.load_workbook(io.BytesIO(exported(company, anna, "xlsx")))
    cells = [c for row in book.worksheets[0].iter_rows() for c in row if c.value]
    assert "=1+1 AG" in [c.value for c in cells] and all(c.data_type != "f" for c in cells)


# vCards

CARD = """BEGIN:VCARD
VERSION:3.0
N:Muster;Eva;;Dr.;
FN:Dr. Eva Muster
ORG:Muster AG;Verkauf
TEL;TYPE=WORK,VOICE:041 870 00 00
item1.TEL;TYPE=CELL:+41 79 200 00 01
TEL;TYPE=FAX:041 870 00 99
EMAIL;TYPE=INTERNET:Eva@Example.ch
URL:www.example.ch
ADR;TYPE=WORK:;2. Stock;Bahnhofstrasse 12a;Altdorf UR;;6460;Schweiz
ADR;TYPE=HOME:;;Seeweg 3;Flüelen;;6454;CH
NOTE:Eins\\nzwei\\, drei
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=
=B6rg
TEL;WORK;VOICE:0041 41 870 00 01
END:VCARD
BEGIN:VCARD
VERSION:4.0
KIND:org
FN:Holz
  Import AG
TEL;VALUE=uri;TYPE="voice,work":tel:+41-41-870-00-02;ext=7
END:VCARD
"""


def test_cards_of_every_version_are_read(company, anna):
    done = importing.import_contacts(company=company, content=CARD.encode(), by=anna)
    assert done.refusals == []
    eva, joerg, wood = (saving.whole(one.draft.contact) for one in done.new)
    assert (eva.contact.name, eva.contact.title, eva.contact.notes) == (
        "Eva Muster",
        "Dr.",
        "Eins\nzwei, drei",
    )
    assert [str(c) for c in eva.communications] == [
        "+41418700000", "+41792000001", "eva@example.ch", "https://www.example.ch"
    ]  # fmt: skip
    assert [(a.kind, a.street, a.house_number, a.country) for a in eva.addresses] == [
        ("main", "Bahnhofstrasse", "12a", "CH"), ("private", "Seeweg", "3", "CH")
    ]  # fmt: skip
    assert joerg.contact.name == "Jörg Müller"
    assert (wood.contact.kind, wood.contact.name) == ("organisation", "Holz Import AG")
    assert [(c.value, c.extension) for c in wood.communications] == [("+41418700002", "7")]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_cards_go_round(company, anna, add, version):
    add("Müller; Söhne, AG", addresses=[MAIN], phone="041 870 00 00", notes="a\nb" + "ü" * 200)
    add("Eva", "Muster", salutation="ms", mail="eva@example.ch")
    written = vcard.write(Contact.of(company).order_by("pk").prefetch_related(
        "communications", "addresses", "memberships__group"), version=version)  # fmt: skip
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    one, two = vcard.read(written)
    assert (one.told["kind"], one.told["name"]) == ("organisation", "Müller; Söhne, AG")
    assert one.told["notes"] == "a\nb" + "ü" * 200
    assert (
        one.addresses[0]["street"] == "Bahnhofstrasse" and one.addresses[0]["house_number"] == "12"
    )
    assert one.communications == [{"kind": "phone", "value": "+41418700000", "extension": ""}]
    assert (two.told["first_name"], two.told["last_name"]) == ("Eva", "Muster")


def test_a_card_that_does_not_end_is_refused():
    with pytest.raises(UnreadableFile):
        vcard.read(b"BEGIN:VCARD\nFN:X\n")


@settings(
    max_examples=cases(150, each_time=40), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.binary(max_size=300))
def test_hostile_cards_only_ever_refuse(noise):
    with contextlib.suppress(UnreadableFile):
        vcard.read(b"BEGIN:VCARD\r\n" + noise + b"\r\nEND:VCARD\r\n")
