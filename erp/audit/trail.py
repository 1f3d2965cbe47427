"""Writing the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from erp.access.models import User
from erp.companies.models import Company
from erp.core import clock

_INSERT = """
    INSERT INTO erp_auditevent (company_id, at, by_id, action, subject, subject_id, details)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def record(
    *,
    company: Company,
    by: User,
    action: str,
    subject: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note an act in the transaction that does it. ``action`` reads ``noun.verb``."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                company.pk,
                clock.now(),
                by.pk,
                action,
                subject._meta.model_name if subject is not None else "",
                subject.pk if subject is not None else None,
                json.dumps(details or {}, cls=DjangoJSONEncoder),
            ],
        )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs, as ``{field: [old, new]}``."""
    return {
        field: [before.get(field), value]
        for field, value in after.items()
        if before.get(field) != value
    }
