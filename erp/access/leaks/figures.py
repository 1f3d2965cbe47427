"""How much is known of leaks: accounts, domains, mean and maximum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count

from erp.access.leaks.domains import is_free_mail
from erp.access.leaks.models import LeakFinding
from erp.companies.models import Company
from erp.core.money import to_centimes

NOTHING: Final = Decimal("0.00")


@dataclass(frozen=True)
class Figures:
    """Addresses that were found, the domains they are in, and how many there are per domain."""

    accounts: int
    domains: int
    mean: Decimal
    maximum: int


def mean_per_domain(accounts: int, domains: int) -> Decimal:
    """Accounts per domain to two decimals, half away from zero; 0.00 where there is no domain.

    531,321 accounts in 187,244 domains are 2.84 each.
    """
    return to_centimes(Decimal(accounts) / domains) if domains else NOTHING


def figures_of(accounts: Mapping[str, int]) -> Figures:
    """Figures from the number of found accounts by domain; free-mail providers are left out."""
    counted = {name: n for name, n in accounts.items() if n > 0 and not is_free_mail(name)}
    total = sum(counted.values())
    return Figures(
        accounts=total, domains=len(counted), mean=mean_per_domain(total, len(counted)),
        maximum=max(counted.values(), default=0),
    )  # fmt: skip


def leak_figures(company: Company) -> Figures:
    """What was ever found of a company, settled or not; an address counts once."""
    rows = (
        LeakFinding.of(company).values_list("domain").annotate(n=Count("alias", distinct=True))
    )  # fmt: skip
    return figures_of(dict(rows))
