"""Projects as they are found by search (Suche in den Projekten): a company has few, they are gone through."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.hours.models import Project
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.core.spelling import looked_up_by
from erp.search import kinds
from erp.search.asking import Question
from erp.search.kinds import Hit


def _projects(access: Access, question: Question, limit: int) -> Iterator[Hit]:
    """By number, name and customer; closed ones last."""
    rows = Project.of(access.company).order_by("is_closed", "-pk").select_related("contact")
    for one in rows.only("number", "name", "is_closed", "contact__name"):
        customer = one.contact.name if one.contact else ""
        if question.fits(looked_up_by([one.number, one.name, customer])):
            address = reverse("project", args=[access.company.pk, one.pk])
            yield Hit(one.pk, f"{one.number} {one.name}", address, note=customer)


def register() -> None:
    kinds.register(
        "projects", label=_("Projects"), permission=Permission.HOURS_READ, find=_projects
    )
