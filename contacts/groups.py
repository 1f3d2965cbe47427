"""Groups and own fields of contacts (Gruppen, eigene Felder): how a company sorts its addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactGroup, OwnField
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.texts import one_line

NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}", re.ASCII)


class BadCode(DomainError):
    code = "contacts.bad_code"
    message = _(
        "“%(value)s” is no code. Use up to 20 small letters, digits, dashes and underscores."
    )
    field = "code"


class CodeTaken(DomainError):
    code = "contacts.code_taken"
    message = _("The code “%(value)s” is taken. Choose another.")
    field = "code"


class NoName(DomainError):
    code = "contacts.no_name"
    message = _("“%(value)s” has no name. Give it one in at least one language.")
    field = "name_de"


class ChoicesMissing(DomainError):
    code = "contacts.choices_missing"
    message = _("A field of the kind choice needs at least two choices. Type one per line.")
    field = "choices"


class FieldHasValues(DomainError):
    code = "contacts.own_field_has_values"
    message = _("The field “%(name)s” has values on %(count)s contacts, so its kind stays. Empty them "
                "first (export, then import with the column empty), or add another field.")  # fmt: skip
    field = "kind"
    conflict = True


class ChoiceInUse(DomainError):
    code = "contacts.choice_in_use"
    message = _(
        "“%(value)s” is chosen on %(count)s contacts. Change them first, or leave the choice."
    )
    field = "choices"
    conflict = True


@transaction.atomic
def save_group(
    *, company: Company, by: User, group: ContactGroup | None = None, **told: Any
) -> ContactGroup:
    """Add a group, or change one (Gruppe). Raises ``BadCode``, ``CodeTaken`` or ``NoName``."""
    row = group or ContactGroup(company=company)
    before = trail.values(row, "code", *NAMES) if row.pk else {}
    _name(ContactGroup, row, told)
    row.save()
    _record(company, by, "contact_group", row, before, trail.values(row, "code", *NAMES))
    return row


@transaction.atomic
def delete_group(group: ContactGroup, *, by: User) -> None:
    """Delete a group; its contacts stay."""
    trail.record(company=group.company, by=by, action="contact_group.delete", subject=group,
                 details={**trail.values(group, "code", *NAMES),
                          "count": group.memberships.count()})  # fmt: skip
    group.delete()


@transaction.atomic
def save_own_field(
    *, company: Company, by: User, own_field: OwnField | None = None,
    choices: Sequence[str] | None = None, **told: Any,
) -> OwnField:  # fmt: skip
    """Add an own field, or change one (eigenes Feld).

    While contacts have values of it, its kind stays, its code too, and so do choices that are used.
    Raises ``FieldHasValues``, ``ChoiceInUse``, ``ChoicesMissing``, ``BadCode``, ``CodeTaken`` or
    ``NoName``.
    """
    row = own_field or OwnField(company=company)
    shown = ("code", "kind", "choices", "position", *NAMES)
    before = trail.values(row, *shown) if row.pk else {}
    old_code, old_kind, old_choices = row.code, row.kind, list(row.choices)
    _name(OwnField, row, told)
    row.kind = told.get("kind", row.kind)
    row.position = told.get("position") or row.position or 0
    if choices is not None:
        lines = [one_line(text, field="choices", most=60) for text in choices]
        row.choices = list(dict.fromkeys(filter(None, lines)))
    if row.kind == OwnField.Kind.CHOICE and len(row.choices) < 2:
        raise ChoicesMissing
    if row.kind != OwnField.Kind.CHOICE:
        row.choices = []
    if row.pk:
        used = _values(company, old_code)
        count = sum(used.values())
        if count and (row.kind != old_kind or row.code != old_code):
            raise FieldHasValues(name=row.name, count=count)
        for gone in set(old_choices) - set(row.choices):
            if row.kind == OwnField.Kind.CHOICE and used.get(gone):
                raise ChoiceInUse(value=gone, count=used[gone])
    row.save()
    _record(company, by, "own_field", row, before, trail.values(row, *shown))
    return row


@transaction.atomic
def delete_own_field(own_field: OwnField, *, by: User) -> None:
    """Delete an own field that has no values. Raises ``FieldHasValues``."""
    count = sum(_values(own_field.company, own_field.code).values())
    if count:
        raise FieldHasValues(name=own_field.name, count=count)
    trail.record(company=own_field.company, by=by, action="own_field.delete", subject=own_field,
                 details=trail.values(own_field, "code", "kind", *NAMES))  # fmt: skip
    own_field.delete()


def _values(company: Company, code: str) -> dict[str, int]:
    """How often each value of an own field stands on contacts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT own_values ->> %s, count(*) FROM contacts_contact"
            " WHERE company_id = %s AND own_values ? %s GROUP BY 1",
            [code, company.pk, code],
        )
        return dict(cursor.fetchall())


def _name(model: type[Any], row: Any, told: dict[str, Any]) -> None:
    """Put code and names on a group or a field."""
    code = str(told.get("code") or row.code).strip().lower()
    if not _CODE.fullmatch(code):
        raise BadCode(value=code[:40])
    if model.of(row.company).filter(code=code).exclude(pk=row.pk).exists():
        raise CodeTaken(value=code)
    row.code = code
    for name in NAMES:
        if name in told:
            setattr(row, name, one_line(told[name] or "", field=name, most=160))
    if not row.name:
        raise NoName(value=code)


def _record(
    company: Company, by: User, noun: str, row: Any, before: dict[str, Any], after: dict[str, Any]
) -> None:
    after = {k: ", ".join(v) if isinstance(v, list) else v for k, v in after.items()}
    before = {k: ", ".join(v) if isinstance(v, list) else v for k, v in before.items()}
    if not before:
        trail.record(company=company, by=by, action=f"{noun}.add", subject=row,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=company, by=by, action=f"{noun}.change", subject=row, details=changes)
