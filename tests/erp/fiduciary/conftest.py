"""Three firms with clients that overlap: what each may see of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from erp.access.firms.models import Firm
from erp.access.models import User
from erp.cockpit import firms
from erp.companies.models import Company, Module
from erp.core.tenancy import open_companies
from tests import make


@dataclass
class House:
    """A firm, who leads it, and its clients."""

    firm: Firm
    lead: User
    clients: list[Company]


def mandate(company: Company, firm: Firm, role: str = "fiduciary") -> Any:
    """A mandate, given by the owner; the company stays open."""
    open_companies([company.pk])
    return firms.give_mandate(
        company=company, firm_code=firm.code, role=role, by=make.owner_of(company)
    )


@pytest.fixture
def three(committed_db) -> tuple[House, House, House]:
    """Arnold has two clients, Berger one of them and one of its own, Conti none; all are committed."""
    with transaction.atomic():
        operator, leads = make.user(is_operator=True), [make.user() for _one in range(3)]
    houses = []
    for name, lead in zip(("Arnold", "Berger", "Conti"), leads, strict=True):
        with transaction.atomic():
            houses.append(House(firms.found_firm(name=name, manager=lead, by=operator), lead, []))
    companies = []
    for _one in range(3):
        with transaction.atomic():
            companies.append(make.company(modules=Module.values))
    for house, whose in zip(houses, ([0, 1], [1, 2], []), strict=True):
        for nth in whose:
            with transaction.atomic():
                mandate(companies[nth], house.firm)
            house.clients.append(companies[nth])
    return tuple(houses)  # type: ignore[return-value]
