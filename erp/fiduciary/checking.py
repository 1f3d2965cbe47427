"""What the program asks the books itself, before a step is signed off (automatische Kontrollen)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankTransaction
from accounting.ledger.models import JournalEntry, Period
from accounting.open_items.checking import differences
from accounting.payables.capture.models import WAITING, InboxDocument
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.fiduciary.keeping import bank_differences, missing_vouchers
from erp.fiduciary.models import Check
from payroll.runs.models import PayrollRun
from vat.codes.models import VatSettings
from vat.returns.models import VatReturn
from vat.returns.queries import due_rows


class StillOpen(DomainError):
    code = "checklists.still_open"
    message = _("“%(step)s” cannot be signed off: asked whether %(check)s, the books of %(company)s "
                "name %(count)s. Put it right first, or mark the step as not needed.")  # fmt: skip
    field = "item"


class MayNotCheck(DomainError):
    code = "checklists.may_not_check"
    message = _("“%(step)s” rests on what you may not see in %(company)s. Somebody with the right "
                "“%(right)s” signs it off.")  # fmt: skip
    field = "item"


def _bank(company: Company, end: dt.date) -> int:
    return BankTransaction.of(company).filter(entry=None, booking_date__lte=end).count()


def _bank_agrees(company: Company, end: dt.date) -> int:
    return bank_differences(company, on=end)


def _vouchers(company: Company, end: dt.date) -> int:
    """Of locked periods, too: what lacks its original does so under lock."""
    return missing_vouchers(company, end=end, locked=True)


def _inbox(company: Company, end: dt.date) -> int:
    received = InboxDocument.of(company).filter(state__in=WAITING)
    return received.filter(received_at__lt=clock.starts(end + dt.timedelta(days=1))).count()


def _drafts(company: Company, end: dt.date) -> int:
    return JournalEntry.of(company).filter(number=None, date__lte=end).count()


def _control(company: Company, end: dt.date) -> int:
    return sum(company.uses(one.account.control) for one in differences(company, end))


def _payroll(company: Company, end: dt.date) -> int:
    runs = PayrollRun.of(company).filter(month=end.replace(day=1), kind=PayrollRun.Kind.REGULAR)
    return 0 if runs.filter(status__in=PayrollRun.BOOKED).exists() else 1


def _vat(company: Company, end: dt.date) -> int:
    stored = VatReturn.of(company).order_by("start", "kind", "nth")
    rows = due_rows(VatSettings.of(company), list(stored), clock.today())
    return sum(row.period.end <= end for row in rows)


def _lock(company: Company, end: dt.date) -> int:
    return Period.of(company).exclude(lock=Period.Lock.LOCKED).filter(end__lte=end).count()


#: How many there still are up to the end of a month, and the right that seeing it takes.
CHECKS: Final[Mapping[str, tuple[Permission, Callable[[Company, dt.date], int]]]] = {
    Check.BANK: (Permission.BANKING_READ, _bank),
    Check.BANK_AGREES: (Permission.BANKING_READ, _bank_agrees),
    Check.INBOX: (Permission.PAYABLES_READ, _inbox),
    Check.VOUCHERS: (Permission.LEDGER_READ, _vouchers),
    Check.DRAFTS: (Permission.LEDGER_DRAFT_ALL, _drafts),
    Check.CONTROL: (Permission.OPEN_ITEMS_READ, _control),
    Check.PAYROLL: (Permission.PAYROLL_READ, _payroll),
    Check.VAT: (Permission.VAT_READ, _vat),
    Check.LOCK: (Permission.LEDGER_READ, _lock),
}  # fmt: skip


def require_done(access: Access, check: str, *, step: str, end: dt.date) -> None:
    """Ask the books of an open client up to the end of a month.

    Raises ``StillOpen`` where they name something, ``MayNotCheck`` for whoever may not see it.
    """
    permission, count = CHECKS[check]
    if not access.may(permission):
        raise MayNotCheck(step=step, company=access.company, right=permission.label)
    if found := count(access.company, end):
        raise StillOpen(step=step, company=access.company, check=Check(check).label, count=found)
