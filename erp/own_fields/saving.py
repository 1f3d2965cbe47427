"""Defining own fields (eigene Felder einrichten): added, changed, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.companies.naming import NAMES, put_names
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.own_fields.models import OwnField
from erp.own_fields.subjects import Subject, subject_of

SHOWN: Final = ("subject", "code", "kind", "choices", "position", "printed", *NAMES)


class ChoicesMissing(DomainError):
    code = "fields.choices_missing"
    message = _("A field of the kind choice needs at least two choices. Type one per line.")
    field = "choices"


class FieldHasValues(DomainError):
    code = "fields.has_values"
    message = _("“%(value)s” stays: the field “%(name)s” has values on %(count)s records. Empty them "
                "first, or add another field.")  # fmt: skip
    field = "kind"
    conflict = True


class ChoiceInUse(DomainError):
    code = "fields.choice_in_use"
    message = _(
        "“%(value)s” is chosen on %(count)s records. Change them first, or leave the choice."
    )
    field = "choices"
    conflict = True


class NotOnPaper(DomainError):
    code = "fields.not_on_paper"
    message = _("Own fields of “%(subject)s” are never printed. Leave it off.")
    field = "printed"


class SubjectStays(DomainError):
    code = "fields.subject_stays"
    message = _(
        "The field “%(name)s” stays with “%(subject)s”. Add another field for other records."
    )
    field = "subject"


@transaction.atomic
def save_own_field(
    *, company: Company, by: User, own_field: OwnField | None = None, subject: str = "",
    choices: Sequence[str] | None = None, **told: Any,
) -> OwnField:  # fmt: skip
    """Add an own field of a subject, or change one (eigenes Feld).

    ``told`` are code, kind, position, printed and names. While records have values of the field,
    its kind and code stay, and so do choices that are used. Raises ``UnknownSubject``,
    ``SubjectStays``, ``NotOnPaper``, ``FieldHasValues``, ``ChoiceInUse``, ``ChoicesMissing``,
    ``BadCode``, ``CodeTaken`` or ``NoName``.
    """
    row = own_field or OwnField(company=company, subject=subject)
    carrier = subject_of(company, row.subject)
    if subject and subject != row.subject:
        raise SubjectStays(name=row.name, subject=str(carrier.label))
    before = _values(row) if row.pk else {}
    old = OwnField(code=row.code, kind=row.kind, choices=list(row.choices))
    put_names(row, told, among=OwnField.of(company).filter(subject=row.subject))
    row.kind = told.get("kind", row.kind)
    row.position = told.get("position") or row.position or 0
    row.printed = bool(told.get("printed", row.printed))
    if row.printed and not carrier.prints:
        raise NotOnPaper(subject=str(carrier.label))
    if choices is not None:
        lines = [one_line(text, field="choices", most=60) for text in choices]
        row.choices = list(dict.fromkeys(filter(None, lines)))
    if row.kind == OwnField.Kind.CHOICE and len(row.choices) < 2:
        raise ChoicesMissing
    if row.kind != OwnField.Kind.CHOICE:
        row.choices = []
    if row.pk:
        _require_kept(row, old, carrier)
    row.save()
    if not before:
        trail.record(company=company, by=by, action="own_field.add", subject=row,
                     details=trail.filled(_values(row)))  # fmt: skip
    elif changes := trail.changes(before, _values(row)):
        trail.record(company=company, by=by, action="own_field.change", subject=row,
                     details=changes)  # fmt: skip
    return row


@transaction.atomic
def delete_own_field(own_field: OwnField, *, by: User) -> None:
    """Delete an own field that has no values. Raises ``FieldHasValues``."""
    carrier = subject_of(own_field.company, own_field.subject)
    if count := sum(carrier.values_of(own_field.company, own_field.code).values()):
        raise FieldHasValues(name=own_field.name, count=count, value=own_field.code, field="code")
    trail.record(company=own_field.company, by=by, action="own_field.delete", subject=own_field,
                 details=trail.values(own_field, "subject", "code", "kind", *NAMES))  # fmt: skip
    own_field.delete()


def _require_kept(row: OwnField, old: OwnField, carrier: Subject) -> None:
    """What values rest on stays as it was. Raises ``FieldHasValues`` or ``ChoiceInUse``."""
    gone = set(old.choices) - set(row.choices)
    if (row.kind, row.code) == (old.kind, old.code) and not gone:
        return
    used = carrier.values_of(row.company, old.code)
    if used and (row.kind, row.code) != (old.kind, old.code):
        place, stays = "code", old.code
        if row.kind != old.kind:
            place, stays = "kind", str(OwnField.Kind(old.kind).label)
        raise FieldHasValues(name=row.name, count=sum(used.values()), value=stays, field=place)
    for value in sorted(gone):
        if used.get(value):
            raise ChoiceInUse(value=value, count=used[value])


def _values(row: OwnField) -> dict[str, Any]:
    return {**trail.values(row, *SHOWN), "choices": ", ".join(row.choices)}
