"""What debtors do in the background: issue many drafts, bill what comes again, print or send many."""

from __future__ import annotations

import datetime as dt
import time
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.receivables import archiving, issuing, recurring, sending, tasks
from accounting.receivables.models import RecurringInvoice, SalesDocument
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.documents import joining, storing
from erp.documents.models import StoredFile
from erp.jobs.kinds import Cursor, Done, Next, Running, job

ISSUE: Final = "receivables.issue"
RECURRING: Final = "receivables.recurring"
PRINT: Final = "receivables.print"
SEND: Final = "receivables.send"
MADE_AT_ONCE: Final = 8  # PDF files of a step: about a second


@job(ISSUE, title=gettext_lazy("Issue documents"), permission=Permission.RECEIVABLES_ISSUE)
def issue_many(job: Running, cursor: Cursor) -> Next | Done:
    """Issue drafts, one in each step; what is refused stays a draft, and the log says why.

    ``documents`` are their ids, in the order of the numbers they get.
    """
    ids: list[int] = job.arguments["documents"]
    at, issued, refused = cursor.get("at", 0), cursor.get("issued", 0), cursor.get("refused", 0)
    if at >= len(ids):
        tasks.archive_soon(job.company, job.user, ids)
        return Done({"issued": issued, "refused": refused}, message=_told(issued, refused))
    document = SalesDocument.of(job.company).filter(pk=ids[at]).first()
    try:
        with transaction.atomic():
            if document is not None and document.is_draft:
                issuing.issue(document, by=job.user)
                issued += 1
    except DomainError as refusal:
        refused += 1
        job.log(f"{document}: {_reasons(refusal)}")
    return Next({"at": at + 1, "issued": issued, "refused": refused}, done=at + 1, total=len(ids))


@job(
    RECURRING,
    title=gettext_lazy("Bill recurring invoices"),
    permission=Permission.RECEIVABLES_ISSUE,
)
def bill_recurring(job: Running, cursor: Cursor) -> Next | Done:
    """Bill what is due until the day ``on``, one in each step, or of ``chosen`` (ids) alone.

    What is refused waits, and the log says why.
    """
    on = dt.date.fromisoformat(job.arguments["on"])
    chosen: list[int] | None = job.arguments.get("chosen")
    left: list[list[Any]] | None = cursor.get("left")
    if left is None:
        left = [
            [one.recurring.pk, one.date.isoformat()] for one in recurring.due(job.company, on)
            if chosen is None or one.recurring.pk in chosen
        ]  # fmt: skip
        return Next({"left": left, "of": len(left)}, done=0, total=len(left))
    billed, refused = cursor.get("billed", 0), cursor.get("refused", 0)
    made: list[int] = cursor.get("made", [])
    if not left:
        tasks.archive_soon(job.company, job.user, made)
        return Done({"billed": billed, "refused": refused, "documents": made},
                    message=_told(billed, refused))  # fmt: skip
    (pk, day), rest = left[0], left[1:]
    found = RecurringInvoice.of(job.company).filter(pk=pk).first()
    try:
        with transaction.atomic():
            if found is not None:
                made = [*made, recurring.bill(found, dt.date.fromisoformat(day), by=job.user).pk]
                billed += 1
    except DomainError as refusal:
        refused += 1
        job.log(f"{found}, {day}: {_reasons(refusal)}")
        rest = [one for one in rest if one[0] != pk]  # later ones would come before it
    of = cursor["of"]
    return Next({"left": rest, "of": of, "billed": billed, "refused": refused, "made": made},
                done=of - len(rest))  # fmt: skip


@job(PRINT, title=gettext_lazy("Print documents"), permission=Permission.RECEIVABLES_READ)
def print_many(job: Running, cursor: Cursor) -> Next | Done:
    """One PDF of documents that were issued, by id in their order; missing ones are made first.

    Idle workers lend a hand: each document is made by whoever holds it.
    """
    ids: list[int] = job.arguments["documents"]
    if not cursor:
        transaction.on_commit(partial(tasks.lend_hands, job.company.pk, job.user.pk, ids))
        return Next({"begun": True}, done=0, total=len(ids))
    for _nth in range(MADE_AT_ONCE):
        document = archiving.next_without_file(job.company, ids)
        if document is None:
            time.sleep(1 / 20)  # others hold what is left
            break
        archiving.archive(document, by=job.user)
    rows = SalesDocument.of(job.company).filter(pk__in=ids, status=SalesDocument.Status.ISSUED)
    if rows.filter(file=None).exists():
        done = rows.exclude(file=None).count()
        return Next({"begun": True, "at": clock.now().isoformat()}, done=done, total=len(ids))
    whole, count = _as_one(job, ids)
    return Done({"documents": count}, message=_("%(count)s documents") % {"count": count},
                file=whole)  # fmt: skip


@job(
    SEND, title=gettext_lazy("Send documents"), permission=Permission.RECEIVABLES_SEND,
    also=Permission.RECEIVABLES_READ,
)  # fmt: skip
def send_many(job: Running, cursor: Cursor) -> Next | Done:
    """Let documents (ids) go out as their customers want them, one in each step; paper as one PDF.

    What was mailed already is skipped, unless ``again`` says otherwise. What is refused is not
    sent, and the log says why.
    """
    ids = list(dict.fromkeys(job.arguments["documents"]))
    at: int = cursor.get("at", 0)
    paper: list[int] = cursor.get("paper", [])
    counts = {name: cursor.get(name, 0) for name in ("mailed", "skipped", "refused")}
    if at >= len(ids):
        whole, count = _as_one(job, paper) if paper else (None, 0)
        return Done({**counts, "printed": count}, message=_sent(counts, count), file=whole)
    rows = SalesDocument.of(job.company).select_related("contact").defer("paper")
    document = rows.filter(pk=ids[at]).first()
    try:
        if document is not None:
            with transaction.atomic():
                done = sending.hand_over(
                    document, by=job.user, again=bool(job.arguments.get("again"))
                )
            if done == sending.Handed.ON_PAPER:
                paper = [*paper, document.pk]
            else:
                counts[done] += 1
    except DomainError as refusal:
        counts["refused"] += 1
        assert document is not None
        job.log(f"{document}, {document.contact.name}: {_reasons(refusal)}")
    return Next({"at": at + 1, "paper": paper, **counts}, done=at + 1, total=len(ids))


def _as_one(job: Running, ids: list[int]) -> tuple[StoredFile, int]:
    """The PDF files of documents as one, in the order of the ids, and how many they are."""
    rows = SalesDocument.of(job.company).filter(pk__in=ids).exclude(file=None)
    by_id = {row.pk: row.file for row in rows.select_related("file").defer("paper")}
    files = [file for pk in ids if (file := by_id.get(pk)) is not None]
    content = joining.joined(storing.content_of(file) for file in files)
    name = f"{job.company.short_name}-{clock.today().isoformat()}.pdf"
    whole = storing.keep(company=job.company, name=name, content=content,
                         content_type="application/pdf", by=job.user)  # fmt: skip
    return whole, len(files)


def _sent(counts: dict[str, int], printed: int) -> str:
    told = [_("%(count)s mailed") % {"count": counts["mailed"]}]
    if printed:
        told.append(_("%(count)s to print") % {"count": printed})
    if counts["skipped"]:
        told.append(_("%(count)s were mailed before") % {"count": counts["skipped"]})
    if counts["refused"]:
        told.append(_("%(count)s refused; the log says why") % {"count": counts["refused"]})
    return ", ".join(told)


def _told(done: int, refused: int) -> str:
    if refused:
        return _("%(done)s done, %(refused)s refused; the log says why") % {
            "done": done, "refused": refused}  # fmt: skip
    return _("%(done)s done") % {"done": done}


def _reasons(refusal: DomainError) -> str:
    every = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
    return " ".join(str(one) for one in every)
