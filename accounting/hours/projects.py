"""Projects (Projekte): added, changed, closed, deleted."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from accounting.hours.errors import (
    CurrencyStays,
    NameMissing,
    NumberMissing,
    NumberTaken,
    ProjectInUse,
)
from accounting.hours.models import HourEntry, HourRate, Project
from accounting.terms.agreeing import known_currency
from erp.access.models import User
from erp.audit import trail
from erp.core.texts import one_line

_TOLD = ("number", "name", "contact", "product", "cost_object", "currency", "budget_minutes",
         "is_closed")  # fmt: skip


@transaction.atomic
def save_project(project: Project, *, by: User) -> Project:
    """Add or change a project. A blank currency is the company's.

    Raises ``NumberMissing``, ``NameMissing``, ``NumberTaken``, ``UnknownCurrency``, ``CurrencyStays``, or what
    ``one_line`` raises.
    """
    company = project.company
    project.number = one_line(project.number, field="number", most=10, plain=True)
    project.name = one_line(project.name, field="name", most=120)
    project.currency = known_currency(project.currency) or company.currency
    if not project.number:
        raise NumberMissing
    if not project.name:
        raise NameMissing
    same = Project.of(company).filter(number=project.number).exclude(pk=project.pk).first()
    if same is not None:
        raise NumberTaken(value=project.number, name=same.name)
    before = held(project) if project.pk else None
    if before is not None and before.currency != project.currency:
        _require_unused_currency(before)
    project.version = before.version + 1 if before else 1
    project.save()
    told = trail.values(project, *_TOLD)
    details = trail.changes(trail.values(before, *_TOLD), told) if before else trail.filled(told)
    if details:
        trail.record(company=company, by=by, action="project.save", subject=project,
                     details=details)  # fmt: skip
    return project


@transaction.atomic
def delete_project(project: Project, *, by: User) -> None:
    """Delete a project for which nobody worked. Raises ``ProjectInUse``."""
    now = held(project)
    if HourEntry.of(now.company_id).filter(project=now).exists():
        raise ProjectInUse(name=now.name)
    trail.record(company=now.company, by=by, action="project.delete", subject=now,
                 details=trail.filled(trail.values(now, *_TOLD)))  # fmt: skip
    HourRate.of(now.company_id).filter(project=now).delete()
    try:
        now.delete()
    except ProtectedError:
        raise ProjectInUse(name=now.name) from None


def held(project: Project) -> Project:
    """The project as it is now, held until the transaction ends."""
    rows = Project.of(project.company_id).select_for_update(no_key=True, of=("self",))
    found: Project = rows.select_related("company", "contact", "product", "cost_object").get(
        pk=project.pk
    )
    return found


def _require_unused_currency(project: Project) -> None:
    hours = HourEntry.of(project.company_id).filter(project=project)
    if hours.exists() or HourRate.of(project.company_id).filter(project=project).exists():
        raise CurrencyStays(name=project.name, currency=project.currency)
