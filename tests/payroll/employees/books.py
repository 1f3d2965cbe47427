"""People for tests, hired through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from erp.companies.models import Module
from payroll.employees import hiring
from payroll.employees.facts import (
    CivilStatus,
    Payout,
    Personal,
    Residence,
    Share,
    Status,
    Wage,
)
from payroll.wages.kinds import Pay, Sex
from tests import make

AHV = "756.9217.0769.85"
OTHER_AHV = "756.1234.5678.97"
IBAN = "CH9300762011623852957"
JANUARY = dt.date(2026, 1, 1)
ZURICH = 261  # number of the commune


def company(**more):
    return make.company(modules=Module.values, **more)


def personal(**more):
    told = {"birth_date": dt.date(1986, 3, 1), "sex": Sex.FEMALE, "ahv_number": AHV}
    return Personal(**(told | more))


def wage(amount="6000.00", **more):
    return Wage(**({"pay": Pay.MONTH, "amount": Decimal(amount), "canton": "ZH"} | more))


def payout(iban=IBAN, **more):
    return Payout(shares=(Share(iban=iban, **more),))


def facts(*more):
    """What a first wage takes."""
    return (
        CivilStatus(status=Status.SINGLE), Residence(canton="ZH", commune=ZURICH), wage(), payout(),
        *more,
    )  # fmt: skip


def person(**more):
    """A contact as it is typed when somebody new is hired."""
    told = {
        "first_name": "Anna", "last_name": "Muster", "language": "de",
        "addresses": [{"kind": "main", "street": "Gasse", "house_number": "1", "postcode": "8001",
                       "town": "Zürich"}],
    }  # fmt: skip
    return told | more


def hire(company, *, by=None, entry=JANUARY, **more):
    told = {"personal": personal(), "person": person(), "facts": facts()} | more
    by = by or make.owner_of(company)
    return hiring.hire(company=company, by=by, entry=entry, **told).employee
