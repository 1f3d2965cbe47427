"""Taking a company in (Mandant importieren): all of it, proven the same, or nothing."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)

from accounting.ledger.verifying import verify_ledger
from erp.access.models import Membership, Role, User
from erp.access.permissions import OWNER
from erp.audit import trail
from erp.audit.anchors import Anchor
from erp.audit.verifying import verify_audit
from erp.changes.forgetting import begin_anew
from erp.companies.models import Company
from erp.core import crashpoints, vault
from erp.core.sealed import SealedField
from erp.core.tenancy import open_companies, set_local
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.handover.archives import HIGHEST, Archive, Tampered, Told
from erp.handover.columns import Column, quoted
from erp.handover.errors import (
    NoOwnerConnection,
    NoSuchOwner,
    NotTheSame,
    ShortNameTaken,
    TablesBusy,
)
from erp.handover.exporting import company_row, heads_of
from erp.handover.passphrases import CannotOpen, Lock, NoPassphrase, lock_of
from erp.handover.placing import MARK, files_of
from erp.handover.rows import lines_of, place_in_file, tallied
from erp.handover.tables import OWN_TO_INSTALLATION, TAKEN

#: Tables that others refer to by keys which are proven row by row.
_FIRST: Final = ("accounting_journalentry", "accounting_entryline")
IN_ORDER: Final = (*_FIRST, *(table for table in TAKEN if table not in _FIRST))
_PATIENCE: Final = 120  # times that tables are asked for, a second apart
_SHORT_NAME: Final = 30
_NOWHERE: Final = ".invalid"  # RFC 2606, 2: no address is there


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken in, proven to be the same as was written."""

    company: int
    short_name: str
    rows: int
    files: int
    entries: int
    events: int
    digest: str


def import_company(
    path: Path, *, owner: str, short_name: str = "", passphrase: str = "", digest: str = ""
) -> Imported:
    """Take the company of a file into this installation, beside those that are there.

    ``owner`` is the e-mail of the user who becomes its owner; people of the file come along as
    names that nobody can sign in with. ``short_name`` is its new one; ``digest`` is what writing
    the file told. Writing waits for it in all companies, reading does not. Raises ``NotAHandover``,
    ``OtherVersion``, ``Tampered``, ``NotTheSame`` and others of this room; nothing is kept then.
    """
    archive = Archive(path)
    try:
        if digest and archive.told.digest != digest.strip().lower():
            raise Tampered(what="manifest.json")
        lock = _lock(archive.told, passphrase)
        archive.check()
        with as_owner(), transaction.atomic():
            done = _taken_in(archive, lock, owner=owner, short_name=short_name)
        (storing.folder_of(done.company) / MARK).unlink(missing_ok=True)
        return done
    except (
        DataError,
        IntegrityError,
        ValidationError,
        UnicodeError,
        json.JSONDecodeError,
    ) as error:
        raise NotTheSame(what=str(error).partition("\n")[0][:200]) from None
    finally:
        archive.close()


@contextmanager
def as_owner() -> Iterator[None]:
    """All that asks the database does so as the owner of its tables, as migrations do."""
    if "owner" not in settings.DATABASES:
        raise NoOwnerConnection
    runtime = connections["default"]
    connections["default"] = connections["owner"]
    try:
        yield
    finally:
        connections["owner"].close()
        connections["default"] = runtime


def _lock(told: Told, passphrase: str) -> Lock | None:
    if told.manifest["sealing"] is None:
        return None
    if not passphrase:
        raise NoPassphrase
    return lock_of(passphrase, told.manifest["sealing"])


def _taken_in(archive: Archive, lock: Lock | None, *, owner: str, short_name: str) -> Imported:
    told = archive.told
    number = _new_number()
    person = User.objects.filter(email=owner.strip().lower(), is_active=True).first()
    if person is None:
        raise NoSuchOwner(email=owner[:100])
    open_companies([number])
    with _tables_held(), files_of(archive, number):
        company = _company(told, number, short_name)
        _people(told, number)
        for table in IN_ORDER:
            _rows(archive, table, number, lock)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE accounting_journalentry, accounting_entryline")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        entries, events = _proven(told, company, lock)
        _move_sequences()
        crashpoints.reach("handover.proven")
        rows = sum(tally.rows for tally in told.tallies.values())
        _triggers("ENABLE")
        _hand_to(company, person, {"digest": told.digest, "rows": rows, "files": len(told.files),
                                   "former_number": told.number})  # fmt: skip
    return Imported(number, company.short_name, rows, len(told.files), entries, events, told.digest)


def _new_number() -> int:
    """The next number of a company; one import, and one founding, at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rappen.found_company'))")
        cursor.execute("SELECT coalesce(max(n), 0) + 1 FROM rappen_company_numbers() AS n")
        number: int = cursor.fetchone()[0]
        return number


@contextmanager
def _tables_held() -> Iterator[None]:
    """The tables without their guards, which would refuse what is sealed; their keys hold on.

    Nobody waits for us who holds what we wait for: a table that is not ours in half a second lets
    go of all. Guards come back with the transaction, whatever becomes of it.
    """
    set_local("lock_timeout", "500ms")
    for _nth in range(_PATIENCE):
        try:
            with transaction.atomic():
                _triggers("DISABLE")
            break
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":
                raise
        time.sleep(1)
    else:
        raise TablesBusy
    set_local("lock_timeout", "0")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    yield


def _triggers(verb: str) -> None:
    with connection.cursor() as cursor:
        for table in IN_ORDER:
            cursor.execute(f"ALTER TABLE {quoted(table)} {verb} TRIGGER USER")


def _company(told: Told, number: int, short_name: str) -> Company:
    """The company's row, by its own columns alone."""
    row = dict(told.manifest["company"]["row"])
    row["short_name"] = (short_name or str(row.get("short_name", ""))).strip()[:_SHORT_NAME]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_find_company(%s)", [row["short_name"]])
        if cursor.fetchone()[0] is not None:
            raise ShortNameTaken(short_name=row["short_name"])
        names = ", ".join(quoted(one) for one in company_columns())
        cursor.execute(
            f"INSERT INTO erp_company (id, sealed_as, people_above, {names})"  # noqa: S608 - our own columns
            f" SELECT %s, %s, %s, {names} FROM json_populate_record(NULL::erp_company, %s::json)",
            [number, told.sealed_as, told.people_above, json.dumps(row)],
        )
    company: Company = Company.objects.get(pk=number)
    validate_slug(company.short_name)
    return company


def company_columns() -> list[str]:
    """The columns of a company's row that a file has."""
    fields = Company._meta.local_concrete_fields
    return [str(one.column) for one in fields if one.column not in OWN_TO_INSTALLATION]


def _people(told: Told, number: int) -> None:
    """People of the file as users who cannot sign in: no password, no factor, no address."""
    people = told.manifest["people"]
    users = [
        User(email=f"{one['number']}@company-{number}{_NOWHERE}", is_active=False,
             name=_called(one)[:100], came_with_id=number, sealed_as=one["sealed_as"])
        for one in people
    ]  # fmt: skip
    for user in users:
        user.set_unusable_password()
    made = User.objects.bulk_create(users)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE handover_people (former bigint PRIMARY KEY, own bigint UNIQUE)"
            " ON COMMIT DROP"
        )
        cursor.execute(
            "INSERT INTO pg_temp.handover_people SELECT * FROM unnest(%s::bigint[], %s::bigint[])",
            [[one["number"] for one in people], [user.pk for user in made]],
        )


def _called(one: dict[str, Any]) -> str:
    """Name and former address as one text; the address is text alone, and lets nobody in."""
    name, email = one["name"].strip(), one["email"].strip()
    if email.endswith(_NOWHERE):
        return name or email
    return f"{name} ({email})" if name and email else name or email


def _rows(archive: Archive, table: str, number: int, lock: Lock | None) -> None:
    """Write a table's rows: lines into a table of the transaction, and from there by our own columns.

    The company is ours in each row, and row-level security sees to it.
    """
    columns = archive.told.columns[table]
    tally = archive.told.tallies[table]
    lines = archive.lines(table, tally)
    if not tally.rows:
        return
    sealed = [column for column in columns if column.sealed]
    if sealed:
        if lock is None:
            raise NoPassphrase
        lines = (_sealed_anew(line, number, sealed, lock) for line in lines)
    into = [quoted(one.name) for one in columns]
    out = [one.read for one in columns]
    if sealed:
        into.append("seal_id")
        out.append("p.seal_id")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE handover_lines (line json) ON COMMIT DROP")
        copying = cursor.copy("COPY pg_temp.handover_lines FROM STDIN")
        with connection.wrap_database_errors, copying as copy:
            for line in lines:
                copy.write_row([line.decode("utf-8")])
        cursor.execute(
            f"INSERT INTO {quoted(table)} (company_id, {', '.join(into)})"  # noqa: S608 - our own columns
            f" SELECT %s, {', '.join(out)} FROM pg_temp.handover_lines s,"
            f" LATERAL json_populate_record(NULL::{quoted(table)}, s.line) p",
            [number],
        )
        cursor.execute("DROP TABLE pg_temp.handover_lines")
        cursor.execute("DISCARD PLANS")


def _sealed_anew(line: bytes, number: int, columns: list[Column], lock: Lock) -> bytes:
    """A line whose sealed columns are sealed under this installation's key."""
    row = json.loads(line)
    if not isinstance(row, dict):
        raise Tampered(what=columns[0].table)
    row["seal_id"] = str(uuid.uuid4())
    for column in columns:
        field: SealedField | None = column.sealed
        if field is None or row.get(column.name) is None:
            continue
        try:
            plain = lock.unseal(row[column.name], place_in_file(column, row.get("id")))
        except (CannotOpen, TypeError):
            raise Tampered(what=f"{column.table}.{column.name}") from None
        row[column.name] = vault.seal_bytes(plain, place=field.place_of(number, row["seal_id"]))
    return json.dumps(row, ensure_ascii=False).encode()


def _move_sequences() -> None:
    """New rows get ids beyond those that were taken in; never back, whoever counts on meanwhile.

    All companies count by the same sequences: ids that would use these up are no company's.
    """
    with connection.cursor() as cursor:
        for table in IN_ORDER:
            cursor.execute(f"SELECT min(id), max(id) FROM {quoted(table)}")  # noqa: S608
            lowest, highest = cursor.fetchone()
            if lowest is not None and not 0 < lowest <= highest <= HIGHEST:
                raise NotTheSame(what=f"{table}.id: {lowest} … {highest}")
            cursor.execute(
                "SELECT setval(s.name, h.highest) FROM (SELECT pg_get_serial_sequence(%s, 'id') AS name) s,"  # noqa: S608
                f" (SELECT max(id) AS highest FROM {quoted(table)}) h"
                " WHERE h.highest > coalesce(pg_sequence_last_value(s.name::regclass), 0)",
                [table],
            )


def _proven(told: Told, company: Company, lock: Lock | None) -> tuple[int, int]:
    """Prove that what is here now is what was written there. Raises ``NotTheSame`` with the difference."""
    theirs = told.manifest["company"]["row"] | {"short_name": company.short_name}
    ours = company_row(company.pk)
    if ours != theirs:
        odd = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
        raise NotTheSame(what=f"erp_company: {', '.join(map(str, odd))[:200]}")
    if dict(StoredFile.of(company).values_list("digest", "size")) != dict(told.files):
        raise NotTheSame(what="the files that rows name")
    for table in TAKEN:
        try:
            lines = lines_of(company.pk, table, told.columns[table], lock, by_former=True)
            found = tallied(lines)
        except vault.CannotOpen as error:
            raise NotTheSame(what=f"{table}: {error}") from None
        if found != told.tallies[table]:
            raise NotTheSame(what=_difference(table, found.rows, told.tallies[table].rows))
    if heads_of(company) != told.manifest["heads"]:
        raise NotTheSame(what="the ends of the hash chains")
    ledger = verify_ledger(company, anchors=[_anchor(told, "ledger")])
    events = verify_audit(company, anchors=[_anchor(told, "trail")])
    for name, found_breaks in (("ledger", ledger.breaks), ("trail", events.breaks)):
        if found_breaks:
            one = found_breaks[0]
            raise NotTheSame(what=f"{name}: {one.kind}, {one.details}")
    return ledger.entries, events.events


def _difference(table: str, found: int, told: int) -> str:
    return f"{table} has {found} rows, not {told}" if found != told else f"rows of {table} differ"


def _anchor(told: Told, name: str) -> Anchor:
    head = told.manifest["heads"][name]
    return Anchor(head["position"], head["digest"])


def _hand_to(company: Company, owner: User, details: dict[str, Any]) -> None:
    """Make somebody the owner, and note what was done. Guards are back: it is an act like any other."""
    role = Role.of(company).filter(code=OWNER).first()
    if role is None:
        raise NotTheSame(what=f"erp_role: {OWNER}")
    Membership.unscoped.get_or_create(company=company, user=owner, role=role)
    begin_anew(company)
    trail.record(company=company, by=owner, action="company.import", subject=company,
                 details=details | {"owner": owner.email})  # fmt: skip
