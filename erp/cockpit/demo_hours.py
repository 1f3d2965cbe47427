"""Projects of the demo books, with hours that are entered, approved, and billed by a draft."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Final

from accounting.hours import approving, billing, entering
from accounting.hours.billing import Grouping
from accounting.hours.entering import TypedHours
from accounting.hours.models import HourEntry, Project
from accounting.hours.projects import save_project
from accounting.hours.rates import add_rate
from accounting.receivables.models import Product
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module

FIRST, LAST = dt.date(2026, 10, 5), dt.date(2026, 11, 25)
JANUARY: Final = dt.date(2026, 1, 1)
#: Number, name, customer, budget in hours.
PROJECTS: Final = (
    ("2601", "Terrasse Seeblick", "Hotel Seeblick AG", 240),
    ("2602", "Fassade Werkhof", "Gemeinde Flüelen", 180),
    ("INT", "Werkstatt und Unterhalt", "", None),
)
TEXTS: Final = ("Ausmass und Planung", "Zuschnitt", "Montage", "Besprechung")


def add_hours(company: Company, owner: User, worker: User, chance: random.Random) -> None:
    """Let the company keep projects: two of customers, one of its own; October is approved and billed."""
    before = list(company.modules)
    company.modules = [*before, Module.HOURS]
    company.save(update_fields=["modules"])
    trail.record(company=company, by=owner, action="company.change", subject=company,
                 details={"modules": [before, company.modules]})  # fmt: skip
    product = Product.of(company).get(number="ZU")
    projects = []
    for number, name, customer, budget in PROJECTS:
        contact = Contact.of(company).filter(name=customer).first() if customer else None
        projects.append(save_project(
            Project(company=company, number=number, name=name, contact=contact,
                    product=product if contact else None, currency="CHF",
                    budget_minutes=budget * 60 if budget else None), by=owner,
        ))  # fmt: skip
    add_rate(company=company, rate=Decimal("95.00"), valid_from=JANUARY, by=owner)
    add_rate(company=company, rate=Decimal("125.00"), valid_from=JANUARY, by=owner, user=owner)
    for person in (owner, worker):
        rows = list(_worked(projects, chance))
        entering.save_hours(company=company, user=person, rows=rows, by=person)
    october = HourEntry.of(company).filter(day__lt=dt.date(2026, 11, 1), user=worker)
    ids = list(october.values_list("pk", flat=True))
    approving.approve(company=company, entries=ids, by=owner)
    billing.bill(company=company, project=projects[0], until=dt.date(2026, 10, 31),
                 date=dt.date(2026, 11, 2), grouping=Grouping.TEXT, by=owner)  # fmt: skip


def _worked(projects: list[Project], chance: random.Random) -> list[TypedHours]:
    """Somebody's working days: one or two entries each."""
    rows = []
    day = FIRST
    while day <= LAST:
        if day.weekday() < 5:  # noqa: PLR2004 - Monday to Friday
            first = chance.choice((180, 240, 255, 300))
            project = chance.choice(projects)
            rows.append(TypedHours(project.number, day, first, _said(project, chance),
                                   is_billable=project.contact_id is not None))  # fmt: skip
            if chance.randrange(10) < 7:
                other = chance.choice([one for one in projects if one != project])
                rows.append(TypedHours(other.number, day, 480 - first, _said(other, chance),
                                       is_billable=other.contact_id is not None))  # fmt: skip
        day += dt.timedelta(days=1)
    return rows


def _said(project: Project, chance: random.Random) -> str:
    return chance.choice(TEXTS) if project.contact_id else "Unterhalt"
