"""Notes, calls and tasks (Aktivitäten), documents, and who acts for whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from contacts import saving
from contacts.models import Activity, Contact, ContactFile, ContactPerson
from contacts.rows import NotAChoice, clean_text
from erp.access.models import Membership, User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.documents import storing


class TextMissing(DomainError):
    code = "contacts.text_missing"
    message = _("The text is missing. Say in a few words what it is about.")
    field = "text"


class DayMissing(DomainError):
    code = "contacts.day_missing"
    message = _("A reminder needs a day on which the task is due. Fill it in.")
    field = "due_on"


class NoMember(DomainError):
    code = "contacts.no_member"
    message = _("%(person)s is no member of the company. Choose somebody who is.")
    field = "assignee"


class AlreadyThere(DomainError):
    code = "contacts.already_there"
    message = _("%(person)s acts for %(organisation)s already. Change the function there.")
    field = "person"


class NotForOrganisations(DomainError):
    code = "contacts.no_person"
    message = _("%(organisation)s needs a person to act for it: %(person)s is none, or it is no "
                "organisation. Choose others.")  # fmt: skip
    field = "person"


class UnknownNumber(DomainError):
    code = "contacts.unknown_number"
    message = _("There is no contact with the number “%(value)s”. Look it up in the list.")
    field = "number"


@transaction.atomic
def add_activity(
    contact: Contact, *, by: User, text: str, kind: str = Activity.Kind.NOTE,
    due_on: dt.date | None = None, remind_on: dt.date | None = None, assignee: User | None = None,
) -> Activity:  # fmt: skip
    """Note what happened, or what is to be done (Aktivität).

    Raises ``TextMissing``, ``DayMissing``, ``NoMember``, ``NotAChoice`` or ``ContactMerged``.
    """
    current = saving.held(contact)
    one = Activity(company=current.company, contact=current, at=clock.now(), by=by)
    _put(one, text=text, kind=kind, due_on=due_on, remind_on=remind_on, assignee=assignee)
    one.save()
    _told(one, by, "activity.add")
    return one


@transaction.atomic
def change_activity(activity: Activity, *, by: User, **told: Any) -> Activity:
    """Change text, days or whom it is for. Raises as ``add_activity`` does."""
    one: Activity = (
        Activity.of(activity.company_id).select_for_update(no_key=True).get(pk=activity.pk)
    )
    names = ("text", "kind", "due_on", "remind_on", "assignee")
    before = trail.values(one, *names)
    _put(one, **{name: told.get(name, getattr(one, name)) for name in names})
    one.save()
    if changes := trail.changes(before, trail.values(one, *names)):
        trail.record(company=one.company, by=by, action="activity.change", subject=one.contact,
                     details=changes)  # fmt: skip
    return one


@transaction.atomic
def set_done(activity: Activity, *, by: User, done: bool = True) -> Activity:
    """Say that a task is done (erledigt), or that it is not."""
    one: Activity = (
        Activity.of(activity.company_id).select_for_update(no_key=True).get(pk=activity.pk)
    )
    if (one.done_at is not None) != done:
        one.done_at = clock.now() if done else None
        one.save(update_fields=["done_at"])
        _told(one, by, "activity.done" if done else "activity.reopen")
    return one


@transaction.atomic
def delete_activity(activity: Activity, *, by: User) -> None:
    """Delete a note or a task; the trail keeps its text."""
    _told(activity, by, "activity.delete")
    activity.delete()


@transaction.atomic
def attach(
    contact: Contact, *, name: str, content: bytes, by: User, label: str = ""
) -> ContactFile:
    """Keep a document with a contact (Dokument ablegen); the same file is there once.

    Raises what ``documents.storing.store`` raises, and ``ContactMerged``.
    """
    label = one_line(label, field="label", most=80)
    file = storing.store(
        company=contact.company, name=name, content=content, by=by
    )  # may take long
    current = saving.held(contact)
    row, made = ContactFile.unscoped.get_or_create(
        company=current.company, contact=current, file=file,
        defaults={"label": label, "at": clock.now(), "by": by},
    )  # fmt: skip
    if made:
        trail.record(company=current.company, by=by, action="contact.attach", subject=current,
                     details={"file": label or file.name})  # fmt: skip
    return row


@transaction.atomic
def add_person(
    organisation: Contact,
    *,
    by: User,
    person: Contact | None = None,
    function: str = "",
    **told: Any,
) -> ContactPerson:
    """Let somebody act for an organisation (Kontaktperson): a contact that is there, or a new one.

    A new one is made of ``told``, as by ``saving.add_contact``. Raises ``AlreadyThere``,
    ``NotForOrganisations``, and what ``add_contact`` raises.
    """
    current = saving.held(organisation)
    function = one_line(function, field="function", most=60)
    if person is None:
        told.setdefault("language", current.language)
        person = saving.add_contact(company=current.company, by=by, kind="person", **told)
    if person.is_organisation or not current.is_organisation:
        raise NotForOrganisations(person=person.name, organisation=current.name)
    row, made = ContactPerson.unscoped.get_or_create(
        company=current.company,
        organisation=current,
        person=person,
        defaults={"function": function},
    )
    if not made:
        raise AlreadyThere(person=person.name, organisation=current.name)
    trail.record(company=current.company, by=by, action="contact.add_person", subject=current,
                 details=trail.filled({"person": person.name, "function": function}))  # fmt: skip
    return row


@transaction.atomic
def remove_person(row: ContactPerson, *, by: User) -> None:
    """End that somebody acts for an organisation; both contacts stay."""
    trail.record(company=row.company, by=by, action="contact.remove_person", subject=row.organisation,
                 details={"person": row.person.name})  # fmt: skip
    row.delete()


def due(company: Company, *, on: dt.date, user: User | None = None) -> QuerySet[Activity]:
    """What is to be done or to be reminded of by a day: of ``user``, or of nobody in particular."""
    found = (
        Activity.of(company).filter(done_at=None, due_on__isnull=False)
        .annotate(first=Coalesce("remind_on", "due_on")).filter(first__lte=on)
        .filter(contact__archived_at=None)
    )  # fmt: skip
    if user is not None:
        found = found.filter(Q(assignee=user) | Q(assignee=None))
    return found.select_related("contact", "assignee").order_by("due_on", "pk")


def open_tasks(company: Company) -> QuerySet[Activity]:
    """All that is not done yet, by the day it is due."""
    found = Activity.of(company).filter(done_at=None, kind=Activity.Kind.TASK)
    return found.select_related("contact", "assignee", "by").order_by(
        F("due_on").asc(nulls_last=True), "pk"
    )


def people(company: Company) -> QuerySet[User]:
    """Whom a task can be for: everybody who has a role in the company."""
    members = Membership.of(company).values("user")
    return User.objects.filter(pk__in=members).order_by("name", "email")


def _put(
    one: Activity, *, text: str, kind: str, due_on: dt.date | None, remind_on: dt.date | None,
    assignee: User | None,
) -> None:  # fmt: skip
    one.text = clean_text(text, "text")
    if not one.text:
        raise TextMissing
    if kind not in Activity.Kind.values:
        raise NotAChoice(value=str(kind)[:40], known=", ".join(Activity.Kind.values))
    if remind_on and not due_on:
        raise DayMissing
    if assignee is not None and assignee.pk != one.by_id and not people(one.company).filter(
        pk=assignee.pk).exists():  # fmt: skip
        raise NoMember(person=str(assignee))
    one.kind, one.due_on, one.remind_on, one.assignee = kind, due_on, remind_on, assignee


def _told(one: Activity, by: User, action: str) -> None:
    details = trail.filled(trail.values(one, "kind", "text", "due_on", "remind_on"))
    trail.record(company=one.company, by=by, action=action, subject=one.contact,
                 details=details | {"text": one.text[:200]})  # fmt: skip
