"""Booking in the background what is certain (Abgleich als Auftrag): after an import, or when asked."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.banking.matching import proposing
from accounting.banking.matching.orders import may_match
from accounting.banking.models import BankRule, BankTransaction
from accounting.banking.rules import applying
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job
from erp.jobs.starting import start

MATCH: Final = "banking.match"
AT_ONCE: Final = 100  # transactions of a step


@job(MATCH, title=gettext_lazy("Match bank transactions"), permission=Permission.BANKING_POST,
     also=Permission.OPEN_ITEMS_SETTLE)  # fmt: skip
def match(job: Running, cursor: Cursor) -> Next | Done:
    """Go through what waits, in the order it was taken in, and book what is certain or ruled."""
    rows = BankTransaction.waiting(job.company).filter(by_hand=False)
    after, booked, seen = cursor.get("after", 0), cursor.get("booked", 0), cursor.get("seen", 0)
    total = cursor.get("total") or rows.count()
    part = list(rows.filter(pk__gt=after).select_related("bank_account").order_by("pk")[:AT_ONCE])
    by_rule = cursor.get("by_rule", 0)
    if not part:
        told = {"booked": booked, "seen": seen, "by_rule": by_rule}
        message = _("%(booked)s of %(seen)s transactions were certain, and are booked.") % told
        if by_rule:
            message += " " + _("%(by_rule)s more are booked by your rules.") % told
        return Done(told, message=message)
    outcome = applying.book_by_itself(
        job.company, part, by=job.user, asked=bool(job.arguments.get("asked"))
    )
    for refusal in outcome.refusals:
        job.log(str(refusal))
    seen += len(part)
    state = {"after": part[-1].pk, "booked": booked + outcome.certain, "seen": seen,
             "total": total, "by_rule": by_rule + outcome.by_rule}  # fmt: skip
    return Next(state, done=min(seen, total), total=total)


def match_later(access: Access, *, within: Bearer | None = None, asked: bool = False) -> Job | None:
    """Start matching after an import, where somebody may book and there is something to book by:
    open items, or a rule. With ``asked`` the bank accounts' own switch does not count."""
    company = access.company
    allowed = access.may(Permission.BANKING_POST) and access.may(Permission.OPEN_ITEMS_SETTLE)
    if not allowed:
        return None
    if not may_match(company) and (
        not BankRule.of(company).filter(is_active=True, books=True).exists()
    ):
        return None
    if not proposing.waiting(company).filter(by_hand=False).exists():
        return None
    return start(
        MATCH,
        company=company,
        by=access.user,
        arguments={"asked": True} if asked else {},
        within=within,
    )
