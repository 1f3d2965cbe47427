"""All proofs at once (Prüflauf): books, trails, control accounts, balances, files, and clients kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from accounting.ledger.verifying import HEADS as LEDGER_HEADS
from accounting.ledger.verifying import verify_ledger
from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.audit.verifying import HEADS as TRAIL_HEADS
from erp.audit.verifying import verify_audit
from erp.companies.models import Company
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


def proofs() -> Iterator[Proof]:
    """One after the other: of the installation, then of each company."""
    yield Proof("tenancy", None, len(all_companies()), tenancy.breaches())
    for number in all_companies():
        try:
            with operating(number) as access:
                yield from _of(access.company)
        except NobodyToActFor:
            continue


def _of(company: Company) -> Iterator[Proof]:
    ledger = verify_ledger(company, anchors=LEDGER_HEADS.kept(company.pk))
    yield Proof("ledger", company.pk, ledger.entries,
                [f"{one.kind}: {one.details}" for one in ledger.breaks])  # fmt: skip
    trail = verify_audit(company, anchors=TRAIL_HEADS.kept(company.pk))
    yield Proof("audit", company.pk, trail.events,
                [f"{one.kind}: {one.details}" for one in trail.breaks])  # fmt: skip
    yield _balances(company)
    yield _files(company)


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


def _files(company: Company) -> Proof:
    """Each file that the database knows is there, with its digest."""
    digests = StoredFile.of(company).order_by("pk").values_list("digest", flat=True)
    count, breaks = 0, []
    for digest in digests.iterator(chunk_size=5000):
        count += 1
        if not is_intact(company.pk, digest):
            breaks.append(f"file {digest} is missing or damaged")
    return Proof("files", company.pk, count, breaks)
