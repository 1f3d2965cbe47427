"""Projects of the demo books: hours that are entered, approved, billed, and what was bought for them."""

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
from accounting.ledger import posting
from accounting.ledger.charting import save_cost_unit
from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.models import CostObject
from accounting.receivables import issuing
from accounting.receivables.models import Product, SalesDocument
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module

FIRST, LAST = dt.date(2026, 10, 5), dt.date(2026, 11, 25)
JANUARY, OCTOBER_31 = dt.date(2026, 1, 1), dt.date(2026, 10, 31)
SUNDAY: Final = 6
#: Number, name, customer, budget in hours; what is for a customer has a cost object of the same number.
PROJECTS: Final = (
    ("2601", "Terrasse Seeblick", "Hotel Seeblick AG", 240),
    ("2602", "Fassade Werkhof", "Gemeinde Flüelen", 180),
    ("INT", "Werkstatt und Unterhalt", "", None),
)
#: Project, day of October, text, account, amount with VAT.
BOUGHT: Final = (
    ("2601", 9, "Gerüstbau Aschwanden, Gerüst Terrasse", "4400", "734.40"),
    ("2601", 13, "Holz Import AG, Lärche für die Terrasse", "4200", "1284.65"),
    ("2602", 16, "Beschläge Koch AG, Befestigungen Fassade", "4200", "386.90"),
    ("2602", 22, "Kranmiete Zgraggen", "4400", "1450.00"),
)
TEXTS: Final = ("Ausmass und Planung", "Zuschnitt", "Montage", "Besprechung")


def add_hours(company: Company, owner: User, worker: User, chance: random.Random) -> None:
    """Let the company keep projects: two of customers, one of its own; October is approved and billed.

    One invoice has gone out for each customer, another one is a draft.
    """
    before = list(company.modules)
    company.modules = [*before, Module.HOURS]
    company.save(update_fields=["modules"])
    trail.record(company=company, by=owner, action="company.change", subject=company,
                 details={"modules": [before, company.modules]})  # fmt: skip
    product = Product.of(company).get(number="ZU")
    projects = []
    for number, name, customer, budget in PROJECTS:
        contact = Contact.of(company).filter(name=customer).first() if customer else None
        unit = CostObject(company=company) if contact else None
        if unit:
            save_cost_unit(unit, number=number, name_de=name, by=owner)
        projects.append(save_project(
            Project(company=company, number=number, name=name, contact=contact, cost_object=unit,
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
    terrace, front = projects[:2]
    issuing.issue(_billed(terrace, dt.date(2026, 10, 18), owner), by=owner)
    issuing.issue(_billed(front, OCTOBER_31, owner), by=owner)
    _billed(terrace, OCTOBER_31, owner)
    _buy(company, owner)


def _billed(project: Project, until: dt.date, owner: User) -> SalesDocument:
    """The draft of an invoice over the approved hours until a day, dated the first working day after."""
    date = until + dt.timedelta(days=1 if until.weekday() == SUNDAY else 2)
    return billing.bill(company=project.company, project=project, until=until, date=date,
                        grouping=Grouping.TEXT, by=owner)  # fmt: skip


def _buy(company: Company, owner: User) -> None:
    """What was bought for the projects, paid at once by bank."""
    reader = Reader(company)
    for number, day, text, account, amount in BOUGHT:
        date = dt.date(2026, 10, day)
        typed = [TypedLine(account, debit=Decimal(amount), vat_code="MN", cost_centre="20",
                           cost_object=number),
                 TypedLine("1020", credit=Decimal(amount))]  # fmt: skip
        posting.post(company=company, date=date, text=text, lines=reader.lines(typed, date=date),
                     by=owner, voucher=f"2610{day:02}")  # fmt: skip


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
