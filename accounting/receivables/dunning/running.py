"""A dunning run (Mahnlauf): prepared, looked at, and executed once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem, Side
from accounting.open_items.settling import hold
from accounting.receivables.dunning import fees, gathering, letters, queries
from accounting.receivables.dunning.issuing import issuer_of
from accounting.receivables.dunning.letters import Written
from accounting.receivables.dunning.models import (
    DunningNotice,
    DunningNoticeItem,
    DunningProcedure,
    DunningRun,
    Interest,
)
from accounting.receivables.dunning.values import Letter, Plan
from accounting.receivables.paper import Paper, to_json
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, raise_all

Status = DunningRun.Status


class NothingToLeaveOut(DomainError):
    code = "dunning.nothing_to_leave_out"
    message = _("There is no such record.")
    missing = True


class DayAhead(DomainError):
    code = "dunning.day_ahead"
    message = _("%(date)s is yet to come, and what is paid until then is not known. Choose today or an "
                "earlier day.")  # fmt: skip
    field = "date"


class NoLevels(DomainError):
    code = "dunning.no_levels"
    message = _("There are no dunning levels yet. Set them up in the settings of dunning.")
    conflict = True


class NotADraftRun(DomainError):
    code = "dunning.not_a_draft"
    message = _(
        "The dunning run of %(date)s is %(status)s; only a draft can be changed or executed."
    )
    conflict = True


class PlanChanged(DomainError):
    code = "dunning.plan_changed"
    message = _("Something was paid, stopped or changed since you looked. Look at the letters again, and "
                "execute them then.")  # fmt: skip
    conflict = True


class NothingToDun(DomainError):
    code = "dunning.nothing_to_dun"
    message = _("On %(date)s there is nothing to dun. The preview says why of each item.")
    conflict = True


class NoLetterPossible(DomainError):
    code = "dunning.no_letter_possible"
    message = _("The letter to %(customer)s cannot be made: %(reason)s")
    field = "letters"


@transaction.atomic
def draft(company: Company, *, date: dt.date, by: User) -> DunningRun:
    """Prepare the run of a day. There is one draft at a time: an earlier one takes the new day.

    Raises ``DayAhead`` or ``NoLevels``.
    """
    if date > clock.today():
        raise DayAhead(date=date)
    if not DunningProcedure.of(company).filter(levels__isnull=False).exists():
        raise NoLevels
    alone(company)
    run = DunningRun.of(company).filter(status=Status.DRAFT).first()
    if run is None:
        run = DunningRun.unscoped.create(company=company, date=date, created_at=clock.now(),
                                         created_by=by)  # fmt: skip
        trail.record(company=company, by=by, action="dunning.draft", subject=run,
                     details={"date": date})  # fmt: skip
    elif run.date != date:
        run.date = date
        run.save(update_fields=["date"])
    return run


@transaction.atomic
def leave_out(
    run: DunningRun, *, by: User, item: int | None = None, contact: int | None = None,
    back: bool = False,
) -> DunningRun:  # fmt: skip
    """Leave an item or a customer out of this run alone, or take them back in.

    Raises ``NotADraftRun`` or ``NothingToLeaveOut``.
    """
    held = _draft(run)
    claims = OpenItem.of(run.company).filter(side=Side.RECEIVABLES)
    for name, one, rows in (("left_out_items", item, claims),
                            ("left_out_customers", contact, Contact.of(run.company))):  # fmt: skip
        if one is not None:
            if not rows.filter(pk=one).exists():
                raise NothingToLeaveOut(field="item" if rows is claims else "contact")
            others = [pk for pk in getattr(held, name) if pk != one]
            setattr(held, name, others if back else sorted([*others, one]))
    held.save(update_fields=["left_out_items", "left_out_customers"])
    return held


@transaction.atomic
def discard(run: DunningRun, *, by: User) -> None:
    """Give a draft up; nothing was written. Raises ``NotADraftRun``."""
    held = _draft(run)
    held.status = Status.DISCARDED
    held.save(update_fields=["status"])
    trail.record(company=held.company, by=by, action="dunning.discard", subject=held)


def preview(run: DunningRun) -> Plan:
    """What executing a draft would write, and why."""
    return gathering.plan_on(run.company, run.date, run=run)


def written(company: Company, plan: Plan, *, draft: bool = False) -> list[Written]:
    """The letters of a plan as papers, with what keeps any from going out: a fixed number of queries."""
    issuer = issuer_of(company, plan.day)
    levels = {letter.level.id for letter in plan.letters if letter.level is not None}
    texts = queries.texts_of(company, levels)
    ids = {letter.customer.contact for letter in plan.letters if letter.customer.contact}
    contacts = {one.pk: one for one in gathering.contacts_of(company, ids)}
    first = next_number(company)
    return [
        letters.write(letter, day=plan.day, number=nth, contact=_contact(contacts, letter),
                      issuer=issuer, texts=texts, draft=draft)
        for nth, letter in enumerate(plan.letters, first)
    ]  # fmt: skip


def draft_paper(run: DunningRun, *, contact: int, currency: str) -> Paper | None:
    """A customer's letter of a draft, with a watermark; None where there is none."""
    if run.status != Status.DRAFT:
        return None
    plan = gathering.plan_on(run.company, run.date, run=run, contact=contact)
    found = written(run.company, plan, draft=True)
    return next((one.paper for one in found if one.letter.currency == currency), None)


@transaction.atomic
def execute(run: DunningRun, *, by: User, seen: str = "") -> list[DunningNotice]:
    """Write the letters of a run (Mahnlauf ausführen): items advance, fees are posted by choice.

    ``seen`` is the fingerprint of the plan that somebody looked at. The PDFs are made afterwards,
    as a job. Raises ``NotADraftRun``, ``PlanChanged``, ``NothingToDun``, ``Refusals`` with a
    ``NoLetterPossible`` for each letter, and what posting a fee raises.
    """
    company = run.company
    alone(company)
    held = _draft(run)
    plan = preview(held)
    ids = [item.owed.id for letter in plan.letters for item in letter.items]
    ids += [credit.owed.id for letter in plan.letters for credit in letter.credits if credit.used]
    hold(company, [OpenItem(pk=pk) for pk in ids])
    if preview(held).fingerprint != plan.fingerprint or seen not in {"", plan.fingerprint}:
        raise PlanChanged
    if not plan.letters:
        raise NothingToDun(date=held.date)
    papers = written(company, plan)
    refusals: list[DomainError] = [
        NoLetterPossible(customer=one.letter.customer.name, reason=str(fault))
        for one in papers for fault in one.faults
    ]  # fmt: skip
    raise_all(refusals)
    notices = _write(held, papers)
    for notice, one in zip(notices, papers, strict=True):
        if one.letter.customer.rules.post_fees and notice.fee:
            fees.post_fee(notice, account=_account(one.letter), by=by)
    held.status, held.executed_at, held.executed_by = Status.EXECUTED, clock.now(), by
    held.save(update_fields=["status", "executed_at", "executed_by"])
    trail.record(company=company, by=by, action="dunning.execute", subject=held,
                 details={"date": held.date, "count": len(notices)})  # fmt: skip
    return notices


def next_number(company: Company) -> int:
    last = DunningNotice.of(company).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def alone(company: Company) -> None:
    """Let no two people dun for a company at once; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))",
                       [f"dunning:{company.pk}"])  # fmt: skip


def held_run(run: DunningRun) -> DunningRun:
    """A run as it is now, held until the transaction ends."""
    rows = DunningRun.of(run.company_id).select_for_update(of=("self",))
    return rows.select_related("company").get(pk=run.pk)


def _draft(run: DunningRun) -> DunningRun:
    held = held_run(run)
    if held.status != Status.DRAFT:
        raise NotADraftRun(date=held.date, status=held.get_status_display())
    return held


def _contact(contacts: dict[int, Contact], letter: Letter) -> Contact:
    assert letter.customer.contact is not None  # items without one are not dunned
    return contacts[letter.customer.contact]


def _account(letter: Letter) -> int:
    """The item whose control account takes a fee: the newest of the letter."""
    return letter.items[-1].owed.id


def _write(run: DunningRun, papers: Sequence[Written]) -> list[DunningNotice]:
    made: list[DunningNotice] = DunningNotice.unscoped.bulk_create(
        _notice(run, one) for one in papers
    )
    rows: list[DunningNoticeItem] = []
    for notice, one in zip(made, papers, strict=True):
        rows += _items(notice, one.letter)
    DunningNoticeItem.unscoped.bulk_create(rows)
    return made


def _notice(run: DunningRun, one: Written) -> DunningNotice:
    letter = one.letter
    level = letter.level
    contact = letter.customer.contact
    assert level is not None and letter.pay_until is not None and contact is not None
    off = level.interest == Interest.OFF
    return DunningNotice(
        company=run.company, run=run, number=one.number, contact_id=contact,
        party=letter.customer.name, language=one.paper.letter.language, date=run.date,
        step=level.step, title=one.title, currency=letter.currency, rest=letter.open,
        netted=letter.netted, fee=letter.fee, interest=letter.interest,
        interest_mode=level.interest, interest_percent=0 if off else level.percent,
        total=letter.total, pay_until=letter.pay_until, reference=one.reference,
        channel=letter.channel, mail_address=letter.customer.mail, paper=to_json(one.paper),
    )  # fmt: skip


def _items(notice: DunningNotice, letter: Letter) -> list[DunningNoticeItem]:
    told = {"company_id": notice.company_id, "notice": notice, "date": notice.date,
            "pay_until": notice.pay_until}  # fmt: skip
    rows = [
        DunningNoticeItem(
            item_id=item.owed.id, step=item.step, document=item.owed.document,
            document_date=item.owed.document_date, due_date=item.owed.due_date,
            amount=item.owed.amount, rest=item.owed.open, netted=item.netted, days=item.days,
            interest=item.interest, **told,
        )
        for item in letter.items
    ]  # fmt: skip
    rows += [
        DunningNoticeItem(
            item_id=credit.owed.id, document=credit.owed.document, rest=-credit.used,
            document_date=credit.owed.document_date, due_date=credit.owed.due_date,
            amount=credit.owed.amount, **told,
        )
        for credit in letter.credits if credit.used
    ]  # fmt: skip
    for position, row in enumerate(rows, 1):
        row.position = position
    return rows
