"""Files that were changed, damaged or made up: refused, and nothing of them is kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from erp.access.gate import all_companies, operating
from erp.access.models import User
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError
from erp.documents.storing import folder_of, path_of
from erp.handover.errors import NoSuchOwner, NotTheSame, ShortNameTaken
from erp.handover.exporting import FileExists, FileLost, export_company
from erp.handover.importing import import_company
from erp.handover.passphrases import NoPassphrase, ShortPassphrase, WrongPassphrase
from tests.erp.handover.conftest import PASSPHRASE
from tools.environment import ROOT

pytestmark = pytest.mark.usefixtures("committed_db")

ENTRIES, LINES = "accounting_journalentry", "accounting_entryline"


class Parts:
    """A file taken apart, to be put together otherwise."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            self.parts = {one: archive.read(one) for one in archive.namelist()}
        self.manifest = json.loads(self.parts["manifest.json"])

    def lines(self, table):
        return self.parts[f"tables/{table}.jsonl"].splitlines(keepends=True)

    def put(self, table, lines, *, told=True):
        """Other lines; ``told`` writes the manifest so that digests agree."""
        content = self.parts[f"tables/{table}.jsonl"] = b"".join(lines)
        if told:
            one = next(one for one in self.manifest["tables"] if one["table"] == table)
            one |= {"rows": len(lines), "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest()}  # fmt: skip

    def change(self, table, change, *, where=lambda row: True):
        """The first row that fits, changed, with digests that agree."""
        lines = self.lines(table)
        nth, row = next((n, r) for n, r in enumerate(map(json.loads, lines)) if where(r))
        row |= change(row)
        lines[nth] = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self.put(table, lines)

    def write(self, path, *more):
        self.parts["manifest.json"] = json.dumps(self.manifest).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in [*self.parts.items(), *more]:
                archive.writestr(name, content)
        return path


def amount(parts):
    """A posted amount in both lines of an entry, so that it still balances; all digests agree."""
    rent = next(r["id"] for r in map(json.loads, parts.lines(ENTRIES)) if r["text"] == "Miete")
    lines = [json.loads(line) for line in parts.lines(LINES)]
    for row in lines:
        if row["entry_id"] == rent:
            row |= {side: "1.00" for side in ("debit", "credit") if row[side] != "0.00"}
    parts.put(
        LINES,
        [
            json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
            for row in lines
        ],
    )


def text_of_entry(parts):
    parts.change(ENTRIES, lambda row: {"text": "Anders"}, where=lambda row: row["number"])


def doer(parts):
    parts.change(
        "erp_auditevent",
        lambda row: {"action": "entry.post"},
        where=lambda row: row["position"] == 2,
    )


def line_without_digest(parts):
    lines = [line.replace(b"Huber AG", b"Huber SA") for line in parts.lines("contacts_contact")]
    assert lines != parts.lines("contacts_contact")
    parts.put("contacts_contact", lines, told=False)


def row_gone(parts):
    parts.put("contacts_contact", parts.lines("contacts_contact")[1:])


def foreign_key(parts):
    parts.change("contacts_contactkey", lambda row: {"contact_id": 10**12})


def unknown_column(parts):
    parts.change("contacts_contact", lambda row: {"is_admin": True})


def company_of_a_row(parts):
    parts.change("contacts_contact", lambda row: {"company_id": 1})


def column_that_is_sql(parts):
    one = next(one for one in parts.manifest["tables"] if one["table"] == "contacts_contact")
    one["columns"].append({"name": 'x") SELECT 1; DROP TABLE erp_user; --', "type": "text"})


def table_of_people(parts):
    parts.parts["tables/erp_user.jsonl"] = b""
    parts.manifest["tables"].append({"table": "erp_user", "rows": 0, "bytes": 0, "columns": [],
                                     "sha256": hashlib.sha256(b"").hexdigest()})  # fmt: skip


def way_out(parts):
    parts.parts["files/../../secrets"] = b"x"


def file_gone(parts):
    parts.parts.pop(next(name for name in parts.parts if name.startswith("files/")))


def file_changed(parts):
    name = next(name for name in parts.parts if name.startswith("files/"))
    parts.parts[name] = b"y" * len(parts.parts[name])


def bomb(parts):
    parts.parts["tables/contacts_activity.jsonl"] = b"\n" * (100 << 20)


def sealed_elsewhere(parts):
    """The wages of one row in another: what a seal is bound to."""
    rows = [json.loads(line) for line in parts.lines("payroll_fact")]
    other = rows[1]["content"]
    parts.change("payroll_fact", lambda row: {"content": other})


def no_json(parts):
    parts.put("contacts_contact", [b"{nothing}\n"])


def no_row(parts):
    parts.put("payroll_fact", [b"[1]\n"])


def no_text(parts):
    parts.put("contacts_contact", [b"\xff\x00\n"])


def sequence_used_up(parts):
    """An id after which there is no other, for nobody."""
    parts.change("contacts_contactkey", lambda row: {"id": 2**63 - 1})


def other_format(parts):
    parts.manifest["format"] = "rappen-company-9"


def other_version(parts):
    parts.manifest["migrations"].append(["erp", "9999_of_tomorrow"])


def head(parts):
    parts.manifest["heads"]["ledger"]["position"] += 1


def number_that_is_text(parts):
    parts.manifest["people"][0]["number"] = "1; DROP TABLE erp_user"


def two_of_one_seal_number(parts):
    """Who of them acted could be swapped unseen."""
    people = parts.manifest["people"]
    people.append(people[0] | {"number": people[-1]["number"] + 1})


def seal_number_that_leaves_no_room(parts):
    parts.manifest["people"][0]["sealed_as"] = 2**62


def dear_key(parts):
    parts.manifest["sealing"]["n"] = 2**40


HOSTILE = {
    amount: "handover.not_the_same", text_of_entry: "handover.not_the_same",
    doer: "handover.not_the_same", line_without_digest: "handover.tampered",
    row_gone: "handover.not_the_same", foreign_key: "handover.not_the_same",
    unknown_column: "handover.not_the_same", company_of_a_row: "handover.not_the_same",
    column_that_is_sql: "handover.not_a_company", table_of_people: "handover.not_a_company",
    way_out: "handover.not_a_company", file_gone: "handover.tampered",
    file_changed: "handover.tampered", bomb: "handover.not_a_company",
    no_json: "handover.not_the_same", no_row: "handover.tampered",
    no_text: "handover.not_the_same", sealed_elsewhere: "handover.tampered", sequence_used_up: "handover.not_the_same",
    other_format: "handover.not_a_company",
    other_version: "handover.other_version", head: "handover.not_the_same",
    number_that_is_text: "handover.not_a_company",
    two_of_one_seal_number: "handover.not_a_company",
    seal_number_that_leaves_no_room: "handover.not_a_company", dear_key: "handover.wrong_passphrase",
}  # fmt: skip


def state():
    """What an import would leave behind: companies, people, files, and guards that are off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")
        (off,) = cursor.fetchone()
    folder = Path(settings.RAPPEN_VAR) / "files"
    return all_companies(), User.objects.count(), off, sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
def test_what_was_changed_is_refused_and_leaves_nothing(file, heir, tmp_path, change):
    parts = Parts(file[0])
    change(parts)
    path = parts.write(tmp_path / "changed.zip")
    before = state()
    with pytest.raises(DomainError) as refused:
        import_company(path, owner=heir.email, short_name=f"x{heir.pk}", passphrase=PASSPHRASE)
    assert refused.value.code == HOSTILE[change], str(refused.value)
    assert state() == before


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", os.urandom(500)])
def test_what_is_no_archive_is_none(heir, tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="kein übergebener Mandant"):
        call_command("import_company", path, owner=heir.email)


def test_an_entry_twice_is_refused(file, heir, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = Parts(file[0]).write(tmp_path / "x.zip", ("tables/contacts_contact.jsonl", b""))
    with pytest.raises(DomainError, match="gehört nicht hinein"):
        import_company(path, owner=heir.email, passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"passphrase": ""}, NoPassphrase),
        ({"passphrase": "another sentence of words"}, WrongPassphrase),
        ({"owner": "nobody@example.ch"}, NoSuchOwner),
        ({"short_name": ""}, ShortNameTaken),
        ({"short_name": "kein guter Name!"}, NotTheSame),
    ],
)
def test_what_is_told_along_must_be_right(file, heir, told, refusal):
    before = state()
    right = {"owner": heir.email, "short_name": f"x{heir.pk}", "passphrase": PASSPHRASE}
    with pytest.raises(refusal):
        import_company(file[0], **right | told)
    assert state() == before


def test_another_file_than_was_told_is_refused(file, heir):
    with pytest.raises(DomainError, match=r"manifest\.json"):
        import_company(file[0], owner=heir.email, passphrase=PASSPHRASE, digest="0" * 64)


def test_who_is_no_longer_active_becomes_no_owner(file, heir):
    person = User.objects.create_user(f"gone-{os.getpid()}@example.ch", is_active=False)
    with pytest.raises(NoSuchOwner):
        import_company(file[0], owner=person.email, passphrase=PASSPHRASE)


def test_writing_wants_a_passphrase_and_a_new_file(original, file, tmp_path):
    path = tmp_path / "out.zip"
    for passphrase, refusal in (("", NoPassphrase), ("kurz", ShortPassphrase)):
        with pytest.raises(refusal):
            export_company(str(original.pk), path, passphrase=passphrase)
        assert not path.exists()
    with pytest.raises(FileExists):
        export_company(str(original.pk), file[0], passphrase=PASSPHRASE)


def test_a_file_that_the_archive_lost_is_named(taken, tmp_path):
    folder = folder_of(taken[0].pk)
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    path = next(one for one in folder.rglob("*") if one.is_file())
    path.unlink()
    try:
        with pytest.raises(FileLost, match=path.name):
            export_company(str(taken[0].pk), tmp_path / "out.zip", passphrase=PASSPHRASE)
    finally:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
    assert not (tmp_path / "out.zip").exists()


def kill_at(point, *command):
    """Run a command in a process of its own, which dies at this point."""
    name = settings.DATABASES["default"]["NAME"]
    addresses = {one: os.environ[one].replace("/rappen?", f"/{name}?")
                 for one in ("DATABASE_URL", "DATABASE_OWNER_URL")}  # fmt: skip
    killed = subprocess.run(
        [sys.executable, "manage.py", *command, "--skip-checks"], cwd=ROOT, check=False,
        env={**os.environ, **addresses, "RAPPEN_CRASH_AT": point,
             "RAPPEN_VAR": str(settings.RAPPEN_VAR)},
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL


@pytest.mark.parametrize("point, noted", [("handover.written", 0), ("handover.noted", 1)])
def test_killed_while_writing_no_file_has_its_name_without_a_trace(
    original, tmp_path, point, noted
):
    def exports():
        with operating(str(original.pk)):
            return AuditEvent.of(original).filter(action="company.export").count()

    key, path = tmp_path / "key", tmp_path / "out.zip"
    key.write_text(PASSPHRASE, encoding="utf-8")
    before = exports()
    kill_at(point, "export_company", str(original.pk), str(path), "--passphrase-file", str(key))
    assert exports() == before + noted
    assert not path.exists()
    (left,) = tmp_path.glob(".out.zip.*")
    assert left.stat().st_mode & 0o777 == 0o600
    export_company(str(original.pk), path, passphrase=PASSPHRASE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(path).testzip() is None


def test_killed_when_all_was_there_it_leaves_nothing(file, heir, tmp_path):
    """Kill -9 after the proof: rows go with the transaction, and files with the next import."""
    before = state()
    key = tmp_path / "key"
    key.write_text(PASSPHRASE, encoding="utf-8")
    kill_at("handover.proven", "import_company", str(file[0]), "--owner", heir.email,
            "--short-name", f"k{heir.pk}", "--passphrase-file", str(key))  # fmt: skip
    after = state()
    assert after[:3] == before[:3]
    assert len(after[3]) == len(before[3]) + 1, "its files, with their mark"
    with pytest.raises(ShortNameTaken):
        import_company(file[0], owner=heir.email, passphrase=PASSPHRASE)
    assert state() == before


@pytest.mark.parametrize("digest", ["/proc/self/environ", "../../secrets/keys", "A" * 64, ""])
def test_no_row_leads_out_of_the_store(digest):
    """What rows of a hostile file say of their files is read as a digest, or not at all."""
    with pytest.raises(ValueError, match="digest"):
        path_of(1, digest)
