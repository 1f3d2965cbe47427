"""Asking and answering (Rückfragen und Belegwünsche) between a company and its fiduciary."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounting.ledger import posting
from accounting.ledger.models import JournalEntry
from accounting.payables.capture.models import Channel, InboxDocument
from accounting.payables.capture.receiving import Incoming, receive
from erp.access.firms.models import Firm, FirmStaff, Mandate
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.rights import held
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.fiduciary import notices
from erp.fiduciary.models import Question, QuestionMessage

MOST_TEXT: Final = 4000
Side, State, Kind = Question.Side, Question.State, Question.Kind


class NoFiduciary(DomainError):
    code = "questions.no_fiduciary"
    message = _("No fiduciary works here by a mandate that you could ask. Give a mandate first.")
    field = "firm"


class NothingAsked(DomainError):
    code = "questions.nothing_asked"
    message = _("The question has no subject. Say in a few words what it is about.")
    field = "title"


class NothingSaid(DomainError):
    code = "questions.nothing_said"
    message = _("Write something, or add a file.")
    field = "text"


class SaidTooMuch(DomainError):
    code = "questions.said_too_much"
    message = _("The text has %(length)s characters; at most %(limit)s are kept. Shorten it.")
    field = "text"


class MandateOver(DomainError):
    code = "questions.mandate_over"
    message = _(
        "%(firm)s works here by no mandate any more, and reads nothing that is said. Settle “%(title)s”."
    )
    conflict = True


class QuestionClosed(DomainError):
    code = "questions.closed"
    message = _("“%(title)s” is settled. Open it again to go on.")
    conflict = True


class NotClosed(DomainError):
    code = "questions.not_closed"
    message = _("“%(title)s” is not settled.")
    conflict = True


class NoFileToTake(DomainError):
    code = "questions.no_file_to_take"
    message = _(
        "“%(title)s” is not about an entry, or the message has no file. Look into the inbox."
    )


def seen_by(company: Company, user: User) -> QuerySet[Question]:
    """The threads somebody may see: members by their own role all, a firm's staff those of their firm."""
    rows = Question.of(company).select_related("opened_by", "firm")
    if not is_of_firm(company, user):
        return rows
    return rows.filter(firm__in=FirmStaff.objects.filter(user=user).values("firm"))


def is_of_firm(company: Company, user: User) -> bool:
    """Whether somebody sees the threads of their firm alone."""
    return not _is_member(company, user, Permission.QUESTIONS_READ)


def side_of(company: Company, user: User) -> str:
    """Which side somebody speaks for: of the company is whose own role lets them answer there."""
    is_client = _is_member(company, user, Permission.QUESTIONS_WRITE)
    return Side.CLIENT if is_client else Side.FIDUCIARY


def _is_member(company: Company, user: User, right: Permission) -> bool:
    """Whether somebody has a right by a role of their own; who comes by no mandate has no other way."""
    has = held(user, company)
    return right in has.own or bool(has.own and not has.firms)


def firms_here(company: Company, user: User) -> list[Firm]:
    """The firms that somebody may ask, or ask for, by mandates that run; by name."""
    running = Mandate.of(company).filter(ended_at=None).select_related("firm")
    if side_of(company, user) == Side.FIDUCIARY:
        running = running.filter(firm__in=FirmStaff.objects.filter(user=user).values("firm"))
    return [one.firm for one in running.order_by("firm__name", "firm")]


@transaction.atomic
def ask(
    *, company: Company, by: User, title: str, text: str = "", kind: str = Kind.QUESTION,
    subject: str = "", subject_id: int | None = None, party: str = "",
    amount: Decimal | None = None, day: dt.date | None = None, due_on: dt.date | None = None,
    firm: int | None = None, link: str = "",
) -> Question:  # fmt: skip
    """Ask the other side (Rückfrage stellen), or for a receipt that is missing (Beleg anfordern).

    ``amount`` is in the currency of what it is about. ``firm`` is needed where several could be
    meant. A question goes out by mail at once; receipts are asked for together, once a day.
    ``link`` is the address of the company's questions. Raises ``NoFiduciary``, ``NothingAsked``,
    ``SaidTooMuch``, ``NotOneLine`` or ``LineTooLong``.
    """
    title = one_line(title, field="title", most=160)
    if not title:
        raise NothingAsked
    firms = firms_here(company, by)
    chosen = [one for one in firms if one.pk == firm] if firm is not None else firms
    if len(chosen) != 1:
        raise NoFiduciary
    asks = Side.CLIENT if side_of(company, by) == Side.FIDUCIARY else Side.FIDUCIARY
    question = Question.unscoped.create(
        company=company, firm=chosen[0], kind=kind, title=title, subject=subject,
        subject_id=subject_id, party=one_line(party, field="party", most=140), amount=amount,
        day=day, due_on=due_on, asks=asks, opened_at=clock.now(), opened_by=by,
    )  # fmt: skip
    if link:
        question.link = f"{link.rstrip('/')}/{question.pk}/"[:200]
        question.save(update_fields=["link"])
    if text.strip():
        _say(question, by=by, text=text)
    trail.record(company=company, by=by, action="question.ask", subject=question,
                 details={"kind": kind, "firm": str(question.firm)})  # fmt: skip
    if kind == Kind.QUESTION:
        notices.tell_question(question, by=by)
    return question


@transaction.atomic
def answer(
    question: Question, *, by: User, text: str = "", file: Incoming | None = None
) -> QuestionMessage:
    """Say something in a thread (antworten); the other side is to speak next, and gets a mail.

    A file that answers a request for a receipt goes to the inbox, too, where the company keeps one:
    if the other side has asked for it, no other right is needed. Raises ``QuestionClosed``,
    ``MandateOver``, ``NothingSaid``, ``SaidTooMuch``, and what storing a file raises.
    """
    _require_open(question)
    kept = _kept(question, file, by)  # may take long: nobody is to wait for it
    question = _held(question)
    _require_open(question)
    message = _say(question, by=by, text=text, file=kept)
    question.asks = (
        Side.CLIENT if side_of(question.company, by) == Side.FIDUCIARY else Side.FIDUCIARY
    )
    question.state = State.ANSWERED if question.asks == Side.FIDUCIARY else State.OPEN
    if question.asks == Side.CLIENT:
        question.told_at = clock.now()  # by the mail that follows
    question.save(update_fields=["asks", "state", "told_at"])
    notices.tell_answer(question, by=by)
    return message


@transaction.atomic
def close(question: Question, *, by: User) -> Question:
    """Settle a thread (erledigen); nobody is reminded of it any more. Raises ``QuestionClosed``."""
    question = _held(question)
    if question.is_closed:
        raise QuestionClosed(title=question.title)
    return _set(question, State.CLOSED, by=by, action="question.close")


@transaction.atomic
def reopen(question: Question, *, by: User) -> Question:
    """Go on with a settled thread (wieder öffnen). Raises ``NotClosed`` or ``MandateOver``."""
    question = _held(question)
    if not question.is_closed:
        raise NotClosed(title=question.title)
    _require_mandate(question)
    return _set(question, State.OPEN, by=by, action="question.reopen")


@transaction.atomic
def take_file(message: QuestionMessage, *, by: User) -> JournalEntry:
    """Hang the file of an answer on the entry that was asked about (Beleg anhängen).

    Raises ``NoFileToTake``.
    """
    question = message.question
    entry = JournalEntry.of(question.company_id).filter(pk=question.subject_id or 0).first()
    if question.subject != "entry" or entry is None or message.file is None:
        raise NoFileToTake(title=question.title)
    posting.attach(entry, [message.file])
    trail.record(company=question.company, by=by, action="question.take_file", subject=question,
                 details={"entry": entry.number})  # fmt: skip
    return entry


def _held(question: Question) -> Question:
    rows = Question.of(question.company_id).select_for_update(no_key=True, of=("self",))
    return rows.select_related("company", "firm", "opened_by").get(pk=question.pk)


def _require_open(question: Question) -> None:
    if question.is_closed:
        raise QuestionClosed(title=question.title)
    _require_mandate(question)


def _require_mandate(question: Question) -> None:
    if not notices.is_running(question):
        raise MandateOver(firm=question.firm, title=question.title)


def _set(question: Question, state: str, *, by: User, action: str) -> Question:
    question.state = state
    question.save(update_fields=["state"])
    trail.record(company=question.company, by=by, action=action, subject=question, details={})
    return question


def _say(
    question: Question, *, by: User, text: str, file: StoredFile | None = None
) -> QuestionMessage:
    text = text.replace("\r\n", "\n").strip()
    if not text and file is None:
        raise NothingSaid
    if len(text) > MOST_TEXT:
        raise SaidTooMuch(length=len(text), limit=MOST_TEXT)
    return QuestionMessage.unscoped.create(
        company_id=question.company_id, question=question, at=clock.now(), by=by, text=text,
        file=file,
    )  # fmt: skip


def _may_deliver(question: Question, by: User) -> bool:
    """Whether a file goes to the inbox: the other side asked for it, or one may bring it anyway."""
    company = question.company
    if side_of(company, question.opened_by) != side_of(company, by):
        return True
    return Permission.PAYABLES_CAPTURE in held(by, company).rights


def _kept(question: Question, file: Incoming | None, by: User) -> StoredFile | None:
    """The file as it is stored; in the inbox, too, if it is a receipt that belongs there."""
    if file is None:
        return None
    company: Any = question.company
    is_for_inbox = question.kind == Kind.RECEIPT and question.subject != "entry"
    if is_for_inbox and company.uses("payables") and _may_deliver(question, by):
        (received,), _job = receive(company=company, incoming=[file], channel=Channel.UPLOAD, by=by)
        if received.refusal is not None:
            raise received.refusal
        document: InboxDocument | None = received.document
        if document is not None:
            return document.file
    return storing.store(company=company, name=file.name, content=file.content, by=by)
