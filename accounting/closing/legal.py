"""What the law asks of the closing balance sheet: capital loss and over-indebtedness (OR 725a, 725b)."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from accounting.ledger.year_end_checks import confirmed_at
from erp.companies.models import Company, LegalForm
from erp.core.money import ZERO, to_centimes

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CapitalLossRule:
    """From what share of capital and statutory reserves on a loss of capital is presumed."""

    valid_from: dt.date
    legal_forms: frozenset[str]
    covered_share: Decimal
    positions: frozenset[str]


@cache
def capital_loss_rules() -> tuple[CapitalLossRule, ...]:
    """The rules, the latest first."""
    with (DATA / "capital_loss.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            CapitalLossRule(
                dt.date.fromisoformat(row["valid_from"]), frozenset(row["legal_forms"].split(";")),
                Decimal(row["covered_share"]), frozenset(row["capital_positions"].split(";")),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    return tuple(sorted(rows, key=lambda rule: rule.valid_from, reverse=True))


def capital_is_covered(company: Company, year: FiscalYear) -> Finding:
    """Net assets beside the share of capital and statutory reserves that must be covered.

    Counted are share capital, statutory capital and retained-earnings reserve, as they stand on the
    balance sheet; that part of the capital reserve which may be paid back to shareholders counts, too,
    so the warning comes early rather than late.
    """
    rule = next(
        (one for one in capital_loss_rules()
         if one.valid_from <= year.end and company.legal_form in one.legal_forms), None,
    )  # fmt: skip
    if rule is None:
        return Finding(None, _("The law knows no capital loss for this legal form."))
    sums = account_sums(company, year=year, until=year.end)
    net, capital = ZERO, ZERO
    for account in Account.of(company):
        if account.pk not in sums:
            continue
        closing = sums[account.pk].closing
        if account.type in {Account.Type.ASSET, Account.Type.LIABILITY}:
            net += closing
        elif account.or_position in rule.positions:
            capital -= closing
    needed = to_centimes(capital * rule.covered_share)
    evidence = (
        Evidence(_("Assets less liabilities"), net),
        Evidence(_("Capital and statutory reserves"), capital),
        Evidence(_("Must be covered"), needed),
    )
    if net < 0:
        return Finding(False, _("The liabilities are no longer covered by the assets (OR 725b): the board "
                                "must act at once, and notify the court unless creditors subordinate "
                                "their claims."), evidence)  # fmt: skip
    if net < needed:
        return Finding(False, _("Half of capital and statutory reserves is no longer covered (OR 725a): "
                                "the board must take measures, and have the accounts audited."),
                       evidence)  # fmt: skip
    return Finding(True, _("Capital and reserves are covered."), evidence)


def direct_taxes(company: Company, year: FiscalYear) -> Finding:
    """What stands as direct taxes of the year; natural persons pay them themselves."""
    if company.legal_form in {LegalForm.SOLE_PROPRIETOR, LegalForm.PARTNERSHIP}:
        return Finding(None, _("The owners pay the direct taxes themselves."))
    reason = gettext_lazy("Confirm that the direct taxes of the year are accrued.")
    return confirmed_at("959b-2-10", reason=reason, nothing="")(company, year)


def register_own() -> None:
    """The checks that stand on the law."""
    register(Check("direct_taxes", gettext_lazy("Direct taxes are accrued"), 350, Weight.CONFIRM,
                   direct_taxes))  # fmt: skip
    register(Check("capital_loss", gettext_lazy("Capital is covered (OR 725a)"), 400, Weight.WARNS,
                   capital_is_covered))  # fmt: skip
