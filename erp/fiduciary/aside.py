"""Threads beside the record they are about."""

from __future__ import annotations

from django.template.loader import render_to_string

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.fiduciary.questions import seen_by
from erp.fiduciary.subjects import SUBJECTS


def show(access: Access, subject: str, pk: int) -> str:
    """The threads about a record and the buttons that ask; blank for whoever may not see any."""
    if subject not in SUBJECTS or not access.may(Permission.QUESTIONS_READ):
        return ""
    rows = seen_by(access.company, access.user).filter(subject=subject, subject_id=pk)
    return render_to_string("erp/fiduciary/_aside.html", {
        "rows": list(rows.order_by("-pk")), "company": access.company, "about": f"{subject}-{pk}",
        "may_ask": access.may(Permission.QUESTIONS_WRITE) and not access.read_only,
    })  # fmt: skip
