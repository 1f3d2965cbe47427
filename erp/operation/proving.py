"""All proofs at once (Prüflauf): books, trails, control accounts, balances, files, and clients kept apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import connection

from accounting.ledger.verifying import HEADS as LEDGER_HEADS
from accounting.ledger.verifying import verify_ledger
from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.access.sign_in import sealing
from erp.audit.verifying import HEADS as TRAIL_HEADS
from erp.audit.verifying import verify_audit
from erp.companies.models import Company
from erp.core import vault
from erp.core.sealed import sealed_fields
from erp.documents.models import StoredFile
from erp.documents.storing import is_intact
from erp.operation import tenancy


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven, in which company if of one; ``count`` is of what was looked at."""

    name: str
    company: int | None
    count: int
    breaks: list[str]

    @property
    def sound(self) -> bool:
        return not self.breaks


def proofs(*, files_until: dt.datetime | None = None) -> Iterator[Proof]:
    """One after the other: of the installation, then of each company.

    Files that were stored after ``files_until`` need not be there.
    """
    yield Proof("tenancy", None, len(all_companies()), tenancy.breaches())
    yield Proof("seeds", None, *_seeds())
    for number in all_companies():
        try:
            with operating(number) as access:
                yield from _of(access.company, files_until)
        except NobodyToActFor:
            continue


def _of(company: Company, files_until: dt.datetime | None) -> Iterator[Proof]:
    ledger = verify_ledger(company, anchors=LEDGER_HEADS.kept(company.pk))
    yield Proof("ledger", company.pk, ledger.entries,
                [f"{one.kind}: {one.details}" for one in ledger.breaks])  # fmt: skip
    trail = verify_audit(company, anchors=TRAIL_HEADS.kept(company.pk))
    yield Proof("audit", company.pk, trail.events,
                [f"{one.kind}: {one.details}" for one in trail.breaks])  # fmt: skip
    yield _balances(company)
    yield _files(company, files_until)
    yield Proof("keys", company.pk, *_keys(company))


def _balances(company: Company) -> Proof:
    """The trial balance of every year adds up to nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fiscal_year_id, count(*), sum(debit) - sum(credit) FROM accounting_accounttotal"
            " WHERE company_id = %s GROUP BY fiscal_year_id ORDER BY fiscal_year_id",
            [company.pk],
        )
        rows = cursor.fetchall()
    breaks = [f"fiscal year {year} differs by {over}" for year, _count, over in rows if over]
    return Proof("trial_balance", company.pk, sum(count for _year, count, _over in rows), breaks)


def _files(company: Company, until: dt.datetime | None) -> Proof:
    """Each file that the database knows is there, with its digest."""
    files = StoredFile.of(company).order_by("pk").values_list("digest", "stored_at")
    count, breaks = 0, []
    for digest, stored_at in files.iterator(chunk_size=5000):
        if is_intact(company.pk, digest):
            count += 1
        elif until is None or stored_at <= until:
            count += 1
            breaks.append(f"file {digest} is missing or damaged")
    return Proof("files", company.pk, count, breaks)


def _seeds() -> tuple[int, list[str]]:
    """That a second factor opens of each key that sealed some."""
    opened, breaks = set[str](), list[str]()
    for row in Authenticator.objects.order_by("-pk").iterator(chunk_size=500):
        for name in sealing.SEALED:
            key = str(row.data.get(name, "")).partition(":")[0]
            if key and key not in opened:
                opened.add(key)
                try:
                    sealing.unseal(row.data[name])
                except vault.CannotOpen as error:
                    breaks.append(f"mfa_authenticator {row.pk}: {error}")
    return len(opened), breaks


def _keys(company: Company) -> tuple[int, list[str]]:
    """That of each sealed column the newest row opens of each key that sealed some."""
    looked, breaks = 0, list[str]()
    for field in sealed_fields():
        about = field.model._meta
        table, column, pk = about.db_table, field.column, about.pk.column
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {pk}, seal_id, {column} FROM {table} WHERE {pk} IN (SELECT max({pk}) FROM {table}"  # noqa: S608
                f" WHERE company_id = %s AND {column} IS NOT NULL GROUP BY split_part(left({column}, 64), ':', 1))",
                [company.pk],
            )
            rows = cursor.fetchall()
        for row, seal, text in rows:
            looked += 1
            try:
                vault.unseal_bytes(text, place=field.place_of(company.pk, seal))
            except vault.CannotOpen as error:
                breaks.append(f"{table} {row}: {error}")
    return looked, breaks
