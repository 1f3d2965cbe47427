"""Keeping checklists (Checklisten führen): templates of a firm, and what is due per client and month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm, FirmStaff
from erp.access.gate import Access
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.fiduciary.checking import require_done
from erp.fiduciary.mandates import require_staff
from erp.fiduciary.models import (
    ChecklistItem,
    ChecklistStep,
    ChecklistTemplate,
    MandateSetting,
)
from payroll.wages.spans import month_end

MOST_STEPS: Final = 60
MOST_DAYS: Final = 366
Rhythm, State = ChecklistTemplate.Rhythm, ChecklistItem.State
#: Months of the year at whose end a rhythm falls due.
MONTHS: Final = {Rhythm.MONTH: range(1, 13), Rhythm.QUARTER: (3, 6, 9, 12), Rhythm.YEAR: (12,)}


class OnlyWhoWorks(DomainError):
    code = "fiduciary.only_who_works"
    message = _("As a reviewer of %(firm)s you only look. Ask a colleague with another team role.")
    conflict = True


class OnlyTheLead(DomainError):
    code = "fiduciary.only_the_lead"
    message = _(
        "Templates of %(firm)s are changed by those who lead or manage it. Ask one of them."
    )
    conflict = True


class NoName(DomainError):
    code = "checklists.no_name"
    message = _("The checklist has no name. Give it one.")
    field = "name"


class NameTaken(DomainError):
    code = "checklists.name_taken"
    message = _("There is a checklist “%(name)s” already. Choose another name.")
    field = "name"


class ChecklistChanged(DomainError):
    code = "checklists.changed"
    message = _("“%(name)s” was changed by somebody else meanwhile. Look at it again, and repeat what is "
                "still missing.")  # fmt: skip
    field = "version"
    conflict = True


class NoSteps(DomainError):
    code = "checklists.no_steps"
    message = _("The checklist has %(count)s steps; it takes from one to %(most)s.")
    field = "steps"


class DueTooLate(DomainError):
    code = "checklists.due_too_late"
    message = _("“%(step)s” is due %(days)s days after the end; at most %(most)s are possible.")
    field = "steps"


class NoChecklist(DomainError):
    code = "checklists.no_checklist"
    message = _("%(company)s has no checklist. Choose one on the client's page first.")
    field = "checklist"


class NothingThisMonth(DomainError):
    code = "checklists.nothing_this_month"
    message = _("No step of “%(template)s” falls due for %(month)s.")
    field = "month"


class AlreadySigned(DomainError):
    code = "checklists.already_signed"
    message = _("“%(step)s” is signed off by %(by)s already.")
    conflict = True


@dataclass(frozen=True)
class Step:
    """A step as it is typed; ``due_day`` counts days after the end of its month, quarter or year."""

    text: str
    due_day: int = 20
    rhythm: str = Rhythm.MONTH
    check_code: str = ""


def require_working(staff: FirmStaff) -> None:
    """Raises ``OnlyWhoWorks`` for those who only look."""
    if staff.team_role == FirmStaff.TeamRole.REVIEWER:
        raise OnlyWhoWorks(firm=staff.firm)


def require_leading(staff: FirmStaff) -> None:
    """Raises ``OnlyTheLead`` for those who neither lead nor manage the firm."""
    if not (staff.is_manager or staff.team_role == FirmStaff.TeamRole.LEAD):
        raise OnlyTheLead(firm=staff.firm)


@transaction.atomic
def save_template(
    *, firm: Firm, name: str, steps: Sequence[Step], template: ChecklistTemplate | None = None,
    is_off: bool = False, version: int | None = None,
) -> ChecklistTemplate:  # fmt: skip
    """Keep a checklist with its steps in order (Checklistenvorlage); what was begun stays as it is.

    ``version`` is that of the ``template`` as it was read: with another one nothing is written, and
    ``ChecklistChanged`` is raised. Raises ``NoName``, ``NameTaken``, ``NoSteps``, ``DueTooLate``,
    ``NotOneLine`` or ``LineTooLong``.
    """
    name = one_line(name, field="name", most=80)
    if not name:
        raise NoName
    rows = [(one, one_line(one.text, field="steps", most=160)) for one in steps]
    rows = [(one, text) for one, text in rows if text]
    if not 0 < len(rows) <= MOST_STEPS:
        raise NoSteps(count=len(rows), most=MOST_STEPS)
    for one, text in rows:
        if not 0 <= one.due_day <= MOST_DAYS:
            raise DueTooLate(step=text, days=one.due_day, most=MOST_DAYS)
    if template is not None:
        held = ChecklistTemplate.of_firm(firm).select_for_update(no_key=True)
        template = held.get(pk=template.pk)
        if version not in {None, template.version}:
            raise ChecklistChanged(name=template.name)
    others = ChecklistTemplate.of_firm(firm).filter(name=name)
    if template is not None:
        others = others.exclude(pk=template.pk)
    if others.exists():
        raise NameTaken(name=name)
    row = template or ChecklistTemplate(firm=firm)
    row.name, row.is_off, row.version = name, is_off, row.version + (1 if template else 0)
    row.save()
    ChecklistStep.of_firm(firm).filter(template=row).delete()
    ChecklistStep.unscoped.bulk_create(
        ChecklistStep(firm=firm, template=row, position=nth, text=text, rhythm=one.rhythm,
                      due_day=one.due_day, check_code=one.check_code)
        for nth, (one, text) in enumerate(rows, start=1)
    )  # fmt: skip
    return row


@transaction.atomic
def assign(*, firm: Firm, company: Company, template: ChecklistTemplate | None) -> MandateSetting:
    """Say which checklist a client has, or none; the client is open by ``in_client``."""
    found, _new = MandateSetting.unscoped.update_or_create(
        firm=firm, company=company, defaults={"checklist": template}
    )
    return found


@transaction.atomic
def begin_month(*, firm: Firm, company: Company, month: dt.date) -> list[ChecklistItem]:
    """Begin a client's month (Monat eröffnen): the steps that fall due for it, those there stay.

    ``month`` is any day of it; the client is open by ``in_client``. Who answers for the client is
    responsible. Returns all items of the month. Raises ``NoChecklist`` or ``NothingThisMonth``.
    """
    first = month.replace(day=1)
    settings = (
        MandateSetting.of_firm(firm).filter(company=company).select_related("checklist").first()
    )
    if settings is None or settings.checklist is None:
        raise NoChecklist(company=company)
    steps = ChecklistStep.of_firm(firm).filter(template=settings.checklist).order_by("position")
    due = [one for one in steps if first.month in MONTHS[Rhythm(one.rhythm)]]
    if not due:
        raise NothingThisMonth(template=settings.checklist, month=f"{first:%m.%Y}")
    there = set(items_of(firm, company, first).values_list("position", "text"))
    ChecklistItem.unscoped.bulk_create(
        (ChecklistItem(
            firm=firm, company=company, month=first, step_id=one.pk, position=one.position,
            text=one.text, check_code=one.check_code, responsible_id=settings.responsible_id,
            due_on=month_end(first) + dt.timedelta(days=one.due_day),
        ) for one in due if (one.position, one.text) not in there),
        ignore_conflicts=True,
    )  # fmt: skip
    return list(items_of(firm, company, first))


@transaction.atomic
def add_item(
    *, firm: Firm, company: Company, month: dt.date, text: str, due_on: dt.date,
    responsible: User | None = None,
) -> ChecklistItem:  # fmt: skip
    """Add a step for one client and month alone (eigene Pendenz).

    Raises ``NoSteps``, ``NotOfTheFirm``, ``NotOneLine`` or ``LineTooLong``.
    """
    text = one_line(text, field="text", most=160)
    if not text:
        raise NoSteps(count=0, most=MOST_STEPS, field="text")
    require_staff(firm, responsible)
    return ChecklistItem.unscoped.create(
        firm=firm, company=company, month=month.replace(day=1), position=MOST_STEPS + 1, text=text,
        due_on=due_on, responsible=responsible,
    )  # fmt: skip


@transaction.atomic
def sign_off(
    item: ChecklistItem, *, access: Access, note: str = "", not_needed: bool = False
) -> ChecklistItem:
    """Sign a step off (visieren), or say that it is not needed this time.

    What the program can ask the books itself, it asks now. ``access`` is of the open client. Raises
    ``AlreadySigned``, ``StillOpen``, ``MayNotCheck``, ``NotOneLine`` or ``LineTooLong``.
    """
    item = _held(item)
    if item.state != State.OPEN:
        raise AlreadySigned(step=item.text, by=item.signed_by)
    if item.check_code and not not_needed:
        require_done(access, item.check_code, step=item.text, end=month_end(item.month))
    item.state = State.NOT_NEEDED if not_needed else State.DONE
    item.note = one_line(note, field="note", most=200)
    item.signed_by, item.signed_at = access.user, clock.now()
    item.save(update_fields=["state", "note", "signed_by", "signed_at"])
    action = "checklist.not_needed" if not_needed else "checklist.sign"
    trail.record(company=access.company, by=access.user, action=action, subject=item,
                 details=_told(item))  # fmt: skip
    return item


@transaction.atomic
def open_again(item: ChecklistItem, *, access: Access) -> ChecklistItem:
    """Take a signature back (Visum zurücknehmen); ``access`` is of the open client."""
    item = _held(item)
    if item.state == State.OPEN:
        return item
    trail.record(company=access.company, by=access.user, action="checklist.open_again",
                 subject=item, details=_told(item))  # fmt: skip
    item.state, item.signed_by, item.signed_at = State.OPEN, None, None
    item.save(update_fields=["state", "signed_by", "signed_at"])
    return item


@transaction.atomic
def hand_over(item: ChecklistItem, *, responsible: User | None) -> ChecklistItem:
    """Give a step to somebody else of the staff. Raises ``NotOfTheFirm``."""
    item = _held(item)
    require_staff(item.firm, responsible)
    item.responsible = responsible
    item.save(update_fields=["responsible"])
    return item


def items_of(firm: Firm | int, company: Company | int, month: dt.date) -> Any:
    """The steps of a client's month, in their order."""
    rows = ChecklistItem.of_firm(firm).filter(company=company, month=month.replace(day=1))
    return rows.select_related("responsible", "signed_by").order_by("position", "pk")


def _told(item: ChecklistItem) -> dict[str, str]:
    """What the client reads of a step in its own trail."""
    return {"firm": str(item.firm), "step": item.text, "month": f"{item.month:%Y-%m}"}


def _held(item: ChecklistItem) -> ChecklistItem:
    rows = ChecklistItem.of_firm(item.firm_id).select_for_update(no_key=True, of=("self",))
    return rows.select_related("signed_by", "firm").get(pk=item.pk)
