"""A company that sells hours, for the tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.hours import approving, entering, rates
from accounting.hours.entering import TypedHours
from accounting.hours.models import Project
from accounting.hours.projects import save_project
from erp.companies.models import Module
from tests import make
from tests.accounting.receivables import sales

MARCH_2, MARCH_3, MARCH_9, MARCH_31 = (dt.date(2026, 3, day) for day in (2, 3, 9, 31))
JANUARY_1 = dt.date(2026, 1, 1)


def company():
    new = sales.company()
    new.modules = [*new.modules, Module.HOURS]
    new.save(update_fields=["modules"])
    return new


def project(company, number="P1", name="Umbau", *, contact=True, **more):
    told = {"number": number, "name": name, "currency": "CHF"} | more
    if contact is True:
        told["contact"] = sales.customer(company, f"Kunde {number} AG")
    return save_project(Project(company=company, **told), by=make.owner_of(company))


def rate(company, amount="150.00", *, valid_from=JANUARY_1, **more):
    return rates.add_rate(company=company, rate=Decimal(amount), valid_from=valid_from,
                          by=make.owner_of(company), **more)  # fmt: skip


def hours(project, minutes=60, *, user, day=MARCH_2, **more):
    row = TypedHours(project.number, day, minutes, **more)
    return entering.save_hours(company=project.company, user=user, rows=[row], by=user)[0]


def approved(project, *entries, by=None):
    ids = [one.pk for one in entries]
    by = by or make.owner_of(project.company)
    return approving.approve(company=project.company, entries=ids, by=by)
