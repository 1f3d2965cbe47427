"""Operators who look into a company with its consent leave tracks in its audit trail.

The first look of a day, and each file that is taken along.
"""

from __future__ import annotations

import re
from typing import Final

from django.http.response import HttpResponseBase

from erp.access.gate import Access
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.core import clock

_NAME: Final = re.compile(r'filename="([^"]{1,120})"')


def note_entry(access: Access) -> None:
    """Note that an operator came in, once a day for each consent."""
    if access.support is None:
        return
    today = AuditEvent.of(access.company).filter(
        at__gte=clock.starts(clock.today()), by=access.user, action="support.look",
        subject_id=access.support.pk,
    )  # fmt: skip
    if not today.exists():
        trail.record(company=access.company, by=access.user, action="support.look",
                     subject=access.support, details={"reason": access.support.reason})  # fmt: skip


def note_file(access: Access, response: HttpResponseBase) -> None:
    """Note that an operator took a file along."""
    told = response.headers.get("Content-Disposition", "")
    if access.support is None or not told or response.status_code >= 400:
        return
    name = _NAME.search(told)
    trail.record(company=access.company, by=access.user, action="support.look",
                 subject=access.support, details={"file": name[1] if name else told[:120]})  # fmt: skip
