"""Mails of questions (Benachrichtigungen): a title and a link, never an amount.

Questions and answers go out at once. Receipts that are missing are asked for together, once a day,
and each request is recalled three times at most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction

from erp.access.firms.models import FirmStaff, Mandate
from erp.access.models import Membership, User
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date
from erp.fiduciary import mail_kinds
from erp.fiduciary.models import Question, QuestionMessage
from erp.mails.queueing import queue
from erp.mails.templates import written

#: Days after which a request is recalled, the first, second and third time.
PAUSES: Final = (3, 7, 14)
MOST_RECEIVERS: Final = 20
Side, State = Question.Side, Question.State


def tell_question(question: Question, *, by: User) -> None:
    """Write to those who are asked."""
    _tell(question, mail_kinds.QUESTION, by=by)


def tell_answer(question: Question, *, by: User) -> None:
    """Write to those who are to speak next."""
    _tell(question, mail_kinds.ANSWER, by=by)


@transaction.atomic
def remind(company: Company, *, by: User) -> int:
    """Ask the company for its missing receipts, and recall what it has not answered: one mail.

    ``by`` is in whose name the mail is written. Returns how many requests it names; nothing is sent
    where nobody waits, or no fiduciary works here any more.
    """
    today = clock.today()
    rows = Question.of(company).select_for_update(no_key=True, of=("self",)).filter(
        state=State.OPEN, asks=Side.CLIENT,
        firm__in=Mandate.of(company).filter(ended_at=None).values("firm"),
    )  # fmt: skip
    wanted = [one for one in rows.order_by("pk") if _is_due(one, today)]
    to = _emails(_of_company(company))
    if not wanted or not to:
        return 0
    titles = "\n".join(f"\N{EN DASH} {_named(one)}" for one in wanted)
    language = company.language
    subject, body = written(company, mail_kinds.RECEIPTS, language, {
        "list": titles, "number": len(wanted), "link": _all_of(wanted[0]),
    })  # fmt: skip
    queue(company=company, by=by, kind=mail_kinds.RECEIPTS, to=to, subject=subject, body=body,
          language=language)  # fmt: skip
    for one in wanted:
        is_first = one.kind == Question.Kind.RECEIPT and one.told_at is None
        one.reminders += 0 if is_first else 1
        one.told_at = clock.now()
        one.save(update_fields=["told_at", "reminders"])
    return len(wanted)


def _is_due(one: Question, today: dt.date) -> bool:
    """Whether a request goes out today: for the first time, or again after its pause."""
    if one.kind == Question.Kind.RECEIPT and one.told_at is None:
        return True
    if one.reminders >= len(PAUSES):
        return False
    asked = one.opened_at.astimezone(clock.ZURICH).date()
    told = (one.told_at or one.opened_at).astimezone(clock.ZURICH).date()
    return (today - asked).days >= PAUSES[one.reminders] and (today - told).days >= PAUSES[0]


def _named(one: Question) -> str:
    day = swiss_date(one.day)
    return ", ".join(part for part in (one.title, day) if part)


def _all_of(one: Question) -> str:
    """The address of all questions of the company, from the one of one of them."""
    return one.link.rstrip("/").rpartition("/")[0] + "/" if one.link else ""


def _tell(question: Question, kind: str, *, by: User) -> None:
    company = question.company
    people = _of_company(company) if question.asks == Side.CLIENT else _of_firm(question)
    to = _emails(one for one in people if one.pk != by.pk)
    if not to:
        return
    subject, body = written(company, kind, company.language, {
        "title": question.title, "by": str(by), "firm": str(question.firm), "link": question.link,
    })  # fmt: skip
    queue(company=company, by=by, kind=kind, to=to, subject=subject, body=body,
          language=company.language, about=question)  # fmt: skip


def _of_company(company: Company) -> Sequence[User]:
    """Members who may answer."""
    rows = Membership.of(company).filter(user__is_active=True).select_related("user", "role")
    return [one.user for one in rows if Permission.QUESTIONS_WRITE in one.role.rights]


def is_running(question: Question) -> bool:
    """Whether the firm of a thread still works for the company."""
    running = Mandate.of(question.company_id).filter(firm=question.firm_id, ended_at=None)
    return running.exists()


def _of_firm(question: Question) -> Sequence[User]:
    """Who of the firm has spoken in the thread; where nobody has yet, who manages the firm.

    Nobody once the mandate has ended.
    """
    if not is_running(question):
        return []
    staff = FirmStaff.objects.filter(firm=question.firm_id, user__is_active=True)
    spoke = QuestionMessage.of(question.company_id).filter(question=question).values("by")
    rows = list(staff.select_related("user"))
    taking_part = {*spoke.values_list("by", flat=True), question.opened_by_id}
    found = [one.user for one in rows if one.user_id in taking_part]
    return found or [one.user for one in rows if one.is_manager]


def _emails(people: Iterable[User]) -> list[str]:
    return sorted({one.email for one in people})[:MOST_RECEIVERS]
