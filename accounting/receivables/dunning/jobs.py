"""What dunning does in the background: the PDFs and mails of a run, and statements of account."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.receivables import paper
from accounting.receivables.dunning import archiving, gathering, mailing, statements
from accounting.receivables.dunning.models import Channel, DunningNotice, DunningRun
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.filetypes import PDF
from erp.documents import storing
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job, State
from erp.jobs.starting import start

LETTERS: Final = "dunning.letters"
STATEMENTS: Final = "dunning.statements"
AT_ONCE: Final = 10  # papers of a step


class NobodyOwes(DomainError):
    code = "dunning.nobody_owes"
    message = gettext_lazy("On %(date)s nobody owes anything, so there is no statement to write.")


def begin_letters(run: DunningRun, *, by: User, within: Bearer | None = None) -> Job:
    """Make the PDFs of an executed run and send its mails, once; anew where a job came to nothing."""
    last = letters_job(run)
    if last is not None and last.state not in {State.FAILED, State.CANCELLED}:
        return last
    number = int(last.key.partition(".")[2]) + 1 if last is not None else 1
    return start(LETTERS, company=run.company, by=by, arguments={"run": run.pk},
                 key=f"{run.pk}.{number}", within=within)  # fmt: skip


def letters_job(run: DunningRun) -> Job | None:
    """The newest job that makes the letters of a run."""
    jobs = Job.of(run.company_id).filter(kind=LETTERS, key__startswith=f"{run.pk}.")
    return jobs.order_by("-pk").first()


def begin_statements(
    company: Company, *, on: dt.date, by: User, slip: bool = True, by_mail: bool = False,
    within: Bearer | None = None,
) -> Job:  # fmt: skip
    """Write the statements of all who owe something; what does not go by mail is one PDF."""
    told = {"on": on.isoformat(), "slip": slip, "by_mail": by_mail}
    return start(STATEMENTS, company=company, by=by, arguments=told, within=within)


@job(LETTERS, title=gettext_lazy("Dunning letters"), permission=Permission.RECEIVABLES_DUN)
def write_letters(job: Running, cursor: Cursor) -> Next | Done:
    """Make and keep the PDF of each letter of ``run``, and hand mails over; then one PDF to print."""
    run = DunningRun.of(job.company).select_related("company").get(pk=job.arguments["run"])
    rows = DunningNotice.of(job.company).filter(run=run, cancelled_at=None)
    total = cursor.get("total") or rows.count()
    waiting = rows.filter(file=None).select_related("company", "file", "contact")
    some = list(waiting.order_by("number")[:AT_ONCE])
    done = cursor.get("done", 0)
    if some:
        stationery = archiving.Stationery(job.company)
        for notice in some:
            archiving.archive(notice, by=job.user, stationery=stationery)
            if notice.channel == Channel.MAIL:
                _mail(job, notice)
        done += len(some)
        return Next({"done": done, "total": total}, done=done, total=total + 1,
                    message=_("%(done)s of %(total)s letters are made.")
                    % {"done": done, "total": total})  # fmt: skip
    batch = archiving.to_print(run, by=job.user)
    mailed = rows.filter(channel=Channel.MAIL).count()
    return Done({"letters": total, "mailed": mailed, "printed": total - mailed}, file=batch,
                message=_("%(mailed)s letters go by e-mail, %(printed)s are to be printed.")
                % {"mailed": mailed, "printed": total - mailed})  # fmt: skip


@job(STATEMENTS, title=gettext_lazy("Statements of account"), permission=Permission.RECEIVABLES_DUN)
def write_statements(job: Running, cursor: Cursor) -> Next | Done:
    """Mail the statements of ``on`` customer by customer; then the others as one PDF."""
    told, on = job.arguments, dt.date.fromisoformat(job.arguments["on"])
    found = job.memory.get("found")
    if found is None:
        found = job.memory["found"] = statements.statements(job.company, on)
    if not found:
        raise NobodyOwes(date=on)
    by_mail = bool(told["by_mail"]) and job.may(Permission.RECEIVABLES_SEND)
    customers = sorted({one.contact for one in found})
    after, mailed = cursor.get("after", 0), cursor.get("mailed", 0)
    some = [pk for pk in customers if pk > after][:AT_ONCE] if by_mail else []
    if some:
        mine = [one for one in found if one.contact in some]
        for pk, papers in _by_contact(
            statements.printed(job.company, mine, slip=told["slip"])
        ).items():
            if gathering.mail_of(papers[0].contact):
                mailing.mail_statement(papers, by=job.user)
                mailed += 1
                job.log(f"{papers[0].contact.number} {papers[0].contact.name}")
            after = pk
        done = customers.index(after) + 1
        return Next({"after": after, "mailed": mailed}, done=done, total=len(customers) + 1)
    papers = statements.printed(job.company, found, slip=told["slip"])
    if by_mail:
        papers = [one for one in papers if not gathering.mail_of(one.contact)]
    file = None
    if papers:
        file = storing.keep(company=job.company, name=f"{on:%Y-%m-%d}.pdf", by=job.user,
                            content=paper.book(one.paper for one in papers), content_type=PDF)  # fmt: skip
    return Done({"mailed": mailed, "printed": len(papers)}, file=file,
                message=_("%(mailed)s statements go by e-mail, %(printed)s are to be printed.")
                % {"mailed": mailed, "printed": len(papers)})  # fmt: skip


def _mail(job: Running, notice: DunningNotice) -> None:
    """Hand a letter over to the mails; what they refuse goes out on paper, and the log says why."""
    try:
        with transaction.atomic():
            mailing.mail_notice(notice, by=job.user)
    except DomainError as refusal:
        notice.channel = Channel.PRINT
        notice.save(update_fields=["channel"])
        job.log(f"{notice.number} {notice.party}: {refusal}")


def _by_contact(papers: list[statements.Printed]) -> dict[int, list[statements.Printed]]:
    found: dict[int, list[statements.Printed]] = {}
    for one in papers:
        found.setdefault(one.contact.pk, []).append(one)
    return dict(sorted(found.items()))
