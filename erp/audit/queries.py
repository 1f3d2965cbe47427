"""Reading the trail: of a company, of one record, in people's words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from erp.access.models import Role, User
from erp.audit.labels import ACTIONS, FIELDS, HIDDEN, SUBJECTS
from erp.audit.models import AuditEvent
from erp.audit.readers import readable
from erp.audit.subjects import subjects
from erp.companies.models import Company, CompanyOwned
from erp.core import clock
from erp.core.display import swiss_date

NOTHING: Final = "–"
#: What a record is called by, the first that its model has.
_NAMES: Final = ("number", "code", "name", "identification")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class NoSuchSubject(LookupError):
    """There is no such kind of record, or nothing is known of this one in the company."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A value that was set, or one that took the place of another."""

    label: str
    old: str | None
    new: str

    def __str__(self) -> str:
        return f"{self.label}: " + (self.new if self.old is None else f"{self.old} → {self.new}")


@dataclass(frozen=True, slots=True)
class Told:
    """An event in people's words; ``about`` is what the record is called now, if it is there.

    Of records that the reader may not see it is ``closed``: without their names and values.
    """

    event: AuditEvent
    label: str
    subject: str
    about: str
    details: list[Detail]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Trail:
    """What is known of one record: its kind, what it is called, and its events, the newest first."""

    subject: str
    about: str
    events: QuerySet[AuditEvent]


@dataclass(frozen=True, slots=True)
class History:
    """What became of one record, newest first."""

    subject: str
    about: str
    rows: list[Told]
    complete: bool


def events(
    company: Company,
    *,
    granted: Collection[str],
    by: str = "",
    action: str = "",
    subject: str = "",
    subject_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    text: str = "",
) -> QuerySet[AuditEvent]:
    """The events that meet what is asked, newest first. ``by`` is an e-mail address.

    ``text`` is looked for in the names of acts, in the address it came from, and in the details of
    what somebody with the rights ``granted`` may see.
    """
    found = AuditEvent.of(company).select_related("by").order_by("-pk")
    exact = {"by__email": by.lower(), "action": action, "subject": subject,
             "subject_id": subject_id, "at__gte": since and clock.starts(since),
             "at__lt": until and clock.starts(until + dt.timedelta(days=1))}  # fmt: skip
    found = found.filter(
        **{name: value for name, value in exact.items() if value not in (None, "")}
    )
    if text:
        wanted = text.casefold()
        acts = [code for code, label in ACTIONS.items() if wanted in str(label).casefold()]
        found = found.annotate(written=Cast("details", TextField())).filter(
            Q(written__icontains=text, subject__in=readable(granted))
            | Q(action__in=acts)
            | Q(address=text)
        )
    return found


def people(company: Company) -> QuerySet[User]:
    """Everybody who ever did something in a company, by name."""
    acted = AuditEvent.of(company).order_by().values("by").distinct()
    return User.objects.filter(pk__in=acted).order_by("name", "email")


def trail_of(company: Company, subject: str, subject_id: int, *, granted: Collection[str]) -> Trail:
    """The events of a record, with what belongs to it and what was done to many at once.

    What it is called is told to those who may see such records, by the rights ``granted``.
    Raises ``NoSuchSubject``; a record of another company is one of which nothing is known.
    """
    model = subjects().get(subject)
    if model is None:
        raise NoSuchSubject(subject)
    record = _rows(model, company).filter(pk=subject_id).first()
    wanted = Q(subject=subject, subject_id=subject_id)
    for part in getattr(model, "history_parts", ()):
        if record is not None:
            parts = getattr(record, part)
            name = parts.model._meta.model_name
            wanted |= Q(subject=name, subject_id__in=list(parts.values_list("pk", flat=True)))
    if record is not None:
        wanted |= Q(subject=subject, subject_id=None, details__first_id__lte=subject_id,
                    details__last_id__gte=subject_id)  # fmt: skip
    found = AuditEvent.of(company).filter(wanted).select_related("by").order_by("-pk")
    if record is None and not found.exists():
        raise NoSuchSubject(subject)
    return Trail(
        subject=_kind(subject),
        about=str(record) if record is not None and subject in readable(granted) else "",
        events=found,
    )


def history(
    company: Company, subject: str, subject_id: int, *, granted: Collection[str], limit: int = 200
) -> History:
    """The last of what became of a record, in words; raises as ``trail_of``."""
    found = trail_of(company, subject, subject_id, granted=granted)
    rows = list(found.events[: limit + 1])
    return History(
        subject=found.subject, about=found.about,
        rows=list(in_words(company, rows[:limit], granted=granted)), complete=len(rows) <= limit,
    )  # fmt: skip


def in_words(
    company: Company, rows: Iterable[AuditEvent], *, granted: Collection[str]
) -> Iterator[Told]:
    """Events as people read them, what they were done to by its name.

    Names and values are told to those who may see such records, by the rights ``granted``.
    """
    rows, open_to = list(rows), readable(granted)
    names = {
        subject: _names(company, subject, {r.subject_id for r in rows if r.subject == subject})
        for subject in {r.subject for r in rows} & open_to
    }
    roles = dict(Role.of(company).values_list("code", "name"))
    for row in rows:
        about = names.get(row.subject, {}).get(row.subject_id or 0, "")
        yield Told(
            event=row, label=str(ACTIONS.get(row.action, row.action)),
            subject=_kind(row.subject), about=about,
            details=_details(row, roles) if row.subject in open_to else [],
            closed=row.subject not in open_to,
        )  # fmt: skip


def _kind(subject: str) -> str:
    """What a kind of record is called: by our word for it, else as its model says."""
    model = subjects().get(subject)
    told = SUBJECTS.get(subject) or (capfirst(model._meta.verbose_name) if model else subject)
    return str(told)


def _rows(model: type[models.Model], company: Company) -> QuerySet[Any]:
    """The rows of a model that a company may know of."""
    if model is Company:
        return Company.objects.filter(pk=company.pk)
    if model is User:
        return User.objects.filter(memberships__company=company).distinct()
    assert issubclass(model, CompanyOwned)
    return model.of(company)


def names_of(
    company: Company, subject: str, ids: Iterable[int], *, granted: Collection[str]
) -> dict[int, str]:
    """What records are called now: those that are there, and that such rights let one see."""
    return _names(company, subject, ids) if subject in readable(granted) else {}


def _names(company: Company, subject: str, ids: Iterable[int | None]) -> dict[int, str]:
    model = subjects().get(subject)
    wanted = {one for one in ids if one is not None}
    if model is None or not wanted:
        return {}
    if model is User:
        people = User.objects.filter(pk__in=wanted)  # who was a member once is still called so
        return {person.pk: str(person) for person in people}
    fields = {field.name for field in model._meta.get_fields()}
    name = next((name for name in _NAMES if name in fields), None)
    rows = _rows(model, company).filter(pk__in=wanted)
    if name is None or getattr(model, "called_in_full", False):
        return {row.pk: str(row) for row in rows}
    return {pk: str(value) for pk, value in rows.values_list("pk", name) if value is not None}


def _details(event: AuditEvent, roles: Mapping[str, str]) -> list[Detail]:
    model = subjects().get(event.subject)
    told = []
    for name in _in_order(model, event.details):
        if name in HIDDEN:
            continue
        value = event.details[name]
        field = _field(model, name)
        label = _label(name, field)
        if name in {"role", "roles"}:
            value = _called(value, roles)
        if isinstance(value, list) and len(value) == 2 and not _is_list(field, value):
            told.append(Detail(label, _shown(field, value[0]), _shown(field, value[1])))
        else:
            told.append(Detail(label, None, _shown(field, value)))
    return told


def _called(value: Any, roles: Mapping[str, str]) -> Any:
    """Roles by their names, as deep in lists as their codes are."""
    if isinstance(value, list):
        return [_called(one, roles) for one in value]
    return roles.get(value, value)


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _label(name: str, field: Any) -> str:
    """What a field is called: as its model says, unless it only repeats the name in the code."""
    told = str(getattr(field, "verbose_name", ""))
    if told and (told != name.replace("_", " ") or name not in FIELDS):
        return told
    return str(FIELDS.get(name, name))


def _in_order(model: type[models.Model] | None, details: Mapping[str, Any]) -> list[str]:
    """The names of details as their model orders its fields; what is no field comes last."""
    fields = [field.name for field in model._meta.get_fields()] if model else []
    return sorted(details, key=lambda n: fields.index(n) if n in fields else len(fields))


def _is_list(field: Any, value: list[Any]) -> bool:
    """Whether two elements are one value, not an old and a new one."""
    return isinstance(field, ArrayField) and not any(isinstance(one, list) for one in value)


def _shown(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        inner = field.base_field if isinstance(field, ArrayField) else None
        return ", ".join(_shown(inner, one) for one in value)
    choices = {str(code): label for code, label in getattr(field, "flatchoices", None) or ()}
    text = str(value)
    return str(choices.get(text) or _swiss(text))


def _swiss(text: str) -> str:
    """A day in Swiss form; any other text as it is."""
    try:
        return swiss_date(dt.date.fromisoformat(text)) if _DAY.fullmatch(text) else text
    except ValueError:
        return text
