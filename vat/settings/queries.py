"""Questions about how a company settles its VAT, and what it turned over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet

from accounting.ledger.models import Account
from erp.companies.models import Company
from erp.core.money import ZERO
from vat.codes.catalogue import catalogue
from vat.codes.models import CodeKind, VatActivity
from vat.settings.models import ActivityAccount

#: Boxes of turnover that is no taxable supply in Switzerland: abroad, exempt, and other deductions.
UNTAXED: Final = {"221", "230", "280"}
TURNOVER: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT)

_TURNOVER: Final = """
    SELECT l.account_id, sum(l.credit - l.debit) FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    JOIN vat_vatcode c ON c.company_id = l.company_id AND c.id = l.vat_code_id
    WHERE l.company_id = %(company)s AND l.date BETWEEN %(since)s AND %(until)s
      AND e.number IS NOT NULL AND c.catalogue_code = ANY (%(codes)s) {part}
    GROUP BY l.account_id
"""


def taxable_turnover(company: Company, since: dt.date, until: dt.date) -> Decimal:
    """What a company turned over in taxable supplies, VAT included, in its currency; one query.

    Exports count, supplies abroad and exempt ones do not (MWSTG Art. 35 and 37).
    """
    return sum(_turnover(company, since, until, part="").values(), ZERO)


def turnover_of_accounts(company: Company, since: dt.date, until: dt.date) -> dict[int, Decimal]:
    """Consideration of taxable supplies by id of the account it was booked on; one query."""
    return _turnover(company, since, until, part="AND l.vat_part = 'B'")


def _turnover(company: Company, since: dt.date, until: dt.date, *, part: str) -> dict[int, Decimal]:
    codes = [
        one.code for one in catalogue().values()
        if one.kind in TURNOVER and not UNTAXED & set(one.base_boxes)
    ]  # fmt: skip
    told: dict[str, Any] = {"company": company.pk, "since": since, "until": until, "codes": codes}
    with connection.cursor() as cursor:
        cursor.execute(_TURNOVER.format(part=part), told)
        return dict(cursor.fetchall())


def activities_of(company: Company) -> QuerySet[VatActivity]:
    """All activities that were ever granted, each with its rates in time."""
    return VatActivity.of(company).order_by("activity_code", "valid_from")


def activities_on(company: Company, day: dt.date) -> QuerySet[VatActivity]:
    """The activities with a granted rate on a day."""
    running = Q(valid_to=None) | Q(valid_to__gte=day)
    return activities_of(company).filter(running, valid_from__lte=day)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with its activity, if any, and the consideration of taxable supplies on it."""

    account: Account
    activity_code: str
    turnover: Decimal

    @property
    def is_missing(self) -> bool:
        return bool(self.turnover) and not self.activity_code


def account_rows(company: Company, since: dt.date, until: dt.date) -> list[AccountRow]:
    """Accounts of income, and all others that taxable supplies were booked on; three queries."""
    turnover = turnover_of_accounts(company, since, until)
    held = dict(ActivityAccount.of(company).values_list("account_id", "activity_code"))
    wanted = Q(type=Account.Type.INCOME, purpose="") | Q(pk__in=[*turnover, *held])
    accounts: Iterable[Account] = Account.of(company).filter(wanted).order_by("number")
    return [AccountRow(one, held.get(one.pk, ""), turnover.get(one.pk, ZERO)) for one in accounts]
