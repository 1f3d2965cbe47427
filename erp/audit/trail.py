"""Writing the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from erp.access.models import User
from erp.companies.models import Company
from erp.core import clock, origin

_RECORD = "SELECT erp_audit_record(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def record(
    *,
    company: Company,
    by: User,
    action: str,
    subject: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note an act in the transaction that does it. ``action`` reads ``noun.verb``.

    ``details`` hold what a change replaced and what took its place (``changes``), what something
    new was given, or what something deleted held: never a secret, never what a person earns.
    """
    where = origin.current()
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                company.pk,
                clock.now(),
                by.pk,
                action,
                (subject._meta.model_name or "") if subject is not None else "",
                subject.pk if subject is not None else None,
                json.dumps(details or {}, cls=DjangoJSONEncoder),
                where.address,
                where.agent,
                where.via,
                where.request_id,
            ],
        )


def record_many(
    *, company: Company, by: User, action: str, subjects: Sequence[tuple[models.Model, Mapping[str, Any]]]
) -> None:  # fmt: skip
    """Note the same act on many records, each with details of its own, in one statement."""
    where = origin.current()
    told = [json.dumps(details, cls=DjangoJSONEncoder) for _subject, details in subjects]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(erp_audit_record(%s, %s, %s, %s, s.name, s.id, s.told, %s, %s, %s, %s)::text)"
            " FROM unnest(%s::text[], %s::bigint[], %s::jsonb[]) AS s(name, id, told)",
            [company.pk, clock.now(), by.pk, action, where.address, where.agent, where.via,
             where.request_id, [one._meta.model_name or "" for one, _details in subjects],
             [one.pk for one, _details in subjects], told],
        )  # fmt: skip


def values(row: models.Model, *names: str) -> dict[str, Any]:
    """What some fields of a row hold, for ``details``: other rows by how they are called."""
    held = {name: getattr(row, name) for name in names}
    return {
        name: str(value) if isinstance(value, models.Model) else value
        for name, value in held.items()
    }


def filled(told: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not blank: what something new was given."""
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs, as ``{field: [old, new]}``."""
    return {
        field: [before.get(field), value]
        for field, value in after.items()
        if before.get(field) != value
    }
