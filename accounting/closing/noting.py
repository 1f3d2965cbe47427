"""What somebody says to a check: accept what was found (Warnung annehmen), confirm what was done."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404

from accounting.closing.closing import require_open
from accounting.closing.errors import (
    MayNotSee,
    NoSuchCheck,
    NothingToAccept,
    ReasonMissing,
)
from accounting.closing.models import CheckNote
from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, State, check_named
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.documents.models import StoredFile


@transaction.atomic
def accept(
    access: Access, year: FiscalYear, *, check: str, text: str, file: StoredFile | None = None
) -> CheckNote:
    """Accept what a check found, or confirm what it asks for, with a reason.

    It holds as long as the check finds the same. Raises ``NoSuchCheck``, ``ReasonMissing``,
    ``AlreadyClosed``, ``MayNotSee``, or ``NothingToAccept`` where nothing is open or it blocks.
    """
    company, found = access.company, _check(check)
    require_open(company, year)
    if not text.strip():
        raise ReasonMissing
    if not access.may(found.permission):
        raise MayNotSee(check=found.title, right=found.permission.label)
    finding = found.ask(company, year)
    state = found.state(finding)
    if state != State.OPEN:
        raise NothingToAccept(check=found.title, state=state.label)
    _withdraw(company, year, check)
    note: CheckNote = CheckNote.unscoped.create(
        company=company, fiscal_year=year, check_code=check, finding=finding.digest,
        text=text.strip(), file=file, at=clock.now(), by=access.user,
    )  # fmt: skip
    told = {"reason": note.text} if found.permission == Permission.LEDGER_READ else {}
    trail.record(company=company, by=access.user, action="year.accept", subject=year,
                 details={"name": year.name, "check": check, **told})  # fmt: skip
    return note


@transaction.atomic
def withdraw(access: Access, year: FiscalYear, *, check: str) -> None:
    """Take back what was said to a check. Raises ``NoSuchCheck`` or ``AlreadyClosed``."""
    _check(check)
    require_open(access.company, year)
    if _withdraw(access.company, year, check):
        trail.record(company=access.company, by=access.user, action="year.withdraw", subject=year,
                     details={"name": year.name, "check": check})  # fmt: skip


def file_of(access: Access, year: FiscalYear, *, check: str) -> StoredFile:
    """The paper put to what was said to a check; a 404 where there is none, or where one may not see it."""
    found = check_named(check)
    rows = CheckNote.of(access.company).filter(fiscal_year=year, is_withdrawn=False)
    note = rows.filter(check_code=check, file__isnull=False).select_related("file").first()
    if found is None or note is None or note.file is None or not access.may(found.permission):
        raise Http404
    return note.file


def _withdraw(company: Company, year: FiscalYear, check: str) -> int:
    rows = CheckNote.of(company).filter(fiscal_year=year, check_code=check, is_withdrawn=False)
    return rows.update(is_withdrawn=True)


def _check(code: str) -> Check:
    found = check_named(code)
    if found is None:
        raise NoSuchCheck(code=code)
    return found
