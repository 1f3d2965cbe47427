"""Categories of assets and their rules (Anlagekategorien): added, changed, proposed by the KMU chart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounting.assets import ceilings
from accounting.assets.errors import (
    BadAmount,
    CategoryCodeMissing,
    CategoryCodeTaken,
    CategoryInUse,
    LastRule,
    NoDefaults,
    RuleIncomplete,
    RuleTaken,
    UnknownCeiling,
    WrongAccount,
)
from accounting.assets.holding import hold
from accounting.assets.models import AssetCategory, AssetMovement, AssetRule, Method
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import RESULT_TYPES, AccountType
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.texts import one_line

NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
ACCOUNTS: Final = ("account", "contra", "expense", "gain", "loss")
_TOLD: Final = ("code", *NAMES, *ACCOUNTS)
_RULE: Final = ("valid_from", "method", "rate", "life_months", "pro_rata", "residual", "ceiling")
_WANTED: Final = {
    "account": (frozenset({AccountType.ASSET}), _("an account of assets is needed")),
    "contra": (frozenset({AccountType.ASSET}), _("an account of assets is needed")),
    "expense": (frozenset({AccountType.EXPENSE}), _("an account of expense is needed")),
    "gain": (RESULT_TYPES, _("an account of income or expense is needed")),
    "loss": (RESULT_TYPES, _("an account of income or expense is needed")),
}
#: One franc stays, so that the asset stays in sight (Erinnerungsfranken).
PRO_MEMORIA: Final = Decimal("1.00")


def categories(company: Company) -> QuerySet[AssetCategory]:
    """The categories with their accounts, by code."""
    return AssetCategory.of(company).select_related("company", *ACCOUNTS).order_by("code")


@transaction.atomic
def save_category(category: AssetCategory, *, by: User) -> AssetCategory:
    """Add or change a category. Its accounts stay once something was posted for it.

    Raises ``CategoryCodeMissing``, ``CategoryCodeTaken``, ``WrongAccount`` or ``CategoryInUse``.
    """
    company = category.company
    hold(company)
    category.code = one_line(category.code, field="code", most=10, plain=True)
    for name in NAMES:
        setattr(category, name, one_line(getattr(category, name), field=name, most=160))
    if not category.code or not any(getattr(category, name) for name in NAMES):
        raise CategoryCodeMissing
    same = AssetCategory.of(company).filter(code=category.code).exclude(pk=category.pk)
    if same.exists():
        raise CategoryCodeTaken(value=category.code)
    for name in ACCOUNTS:
        _require_fit(category, name)
    before = categories(company).filter(pk=category.pk).first() if category.pk else None
    if before is not None:
        _require_accounts_stay(before, category)
    category.version = before.version + 1 if before else 1
    category.save()
    told = trail.values(category, *_TOLD)
    details = trail.changes(trail.values(before, *_TOLD), told) if before else trail.filled(told)
    if details:
        action = "asset_category.change" if before else "asset_category.add"
        trail.record(company=company, by=by, action=action, subject=category, details=details)
    return category


@transaction.atomic
def add_rule(
    category: AssetCategory, *, by: User, valid_from: dt.date, method: str,
    rate: Decimal = Decimal(0), life_months: int | None = None, pro_rata: bool = True,
    residual: Decimal = PRO_MEMORIA, ceiling: str = "",
) -> AssetRule:  # fmt: skip
    """Let a rule of depreciation hold for a category from a day on.

    ``rate`` is in percent of a year, ``residual`` in the company's currency. A rule counts for whole
    fiscal years: for those that begin on its day or later. Raises ``RuleTaken``, ``RuleIncomplete``,
    ``BadAmount`` or ``UnknownCeiling``.
    """
    hold(category.company)
    rule = AssetRule(
        company=category.company, category=category, valid_from=valid_from, method=method, rate=rate,
        life_months=life_months, pro_rata=pro_rata, residual=residual, ceiling=ceiling,
    )  # fmt: skip
    require_complete(method, rate, life_months)
    if residual < 0:
        raise BadAmount(field="residual", value=residual,
                        remedy=_("The residual value is not negative."))  # fmt: skip
    if ceiling and not ceilings.known(ceiling):
        raise UnknownCeiling(value=ceiling)
    if AssetRule.of(category.company).filter(category=category, valid_from=valid_from).exists():
        raise RuleTaken(date=valid_from)
    rule.save(force_insert=True)
    trail.record(company=category.company, by=by, action="asset_rule.add", subject=category,
                 details=trail.filled(trail.values(rule, *_RULE)))  # fmt: skip
    return rule


@transaction.atomic
def delete_rule(rule: AssetRule, *, by: User) -> None:
    """Delete a rule; another one must stay. Raises ``LastRule``."""
    hold(rule.company)
    others = AssetRule.of(rule.company).filter(category=rule.category).exclude(pk=rule.pk)
    if not others.exists():
        raise LastRule(category=rule.category.code)
    trail.record(company=rule.company, by=by, action="asset_rule.delete", subject=rule.category,
                 details=trail.filled(trail.values(rule, *_RULE)))  # fmt: skip
    rule.delete()


@transaction.atomic
def add_defaults(company: Company, *, by: User, valid_from: dt.date) -> list[AssetCategory]:
    """Add the categories of the KMU chart whose accounts the company has and no category uses yet.

    Indirect, declining at the highest rates of tax, with one franc that stays. Raises ``NoDefaults``.
    """
    hold(company)
    chart = {one.number: one for one in Account.of(company)}
    codes = set(AssetCategory.of(company).values_list("code", flat=True))
    used = set(AssetCategory.of(company).values_list("account", flat=True))
    made = []
    for one in ceilings.default_categories():
        numbers = (one.account, one.contra, one.expense, one.gain, one.loss)
        if one.code in codes or not all(n in chart for n in numbers):
            continue
        if chart[one.account].pk in used:
            continue
        told: dict[str, Any] = dict(one.names)
        told |= {name: chart[n] for name, n in zip(ACCOUNTS, numbers, strict=True)}
        category = save_category(AssetCategory(company=company, code=one.code, **told), by=by)
        add_rule(category, by=by, valid_from=valid_from, method=one.method, rate=one.rate,
                 ceiling=one.ceiling)  # fmt: skip
        made.append(category)
    if not made:
        raise NoDefaults
    return made


def require_complete(method: str, rate: Decimal | None, life_months: int | None) -> None:
    """Refuse a rule that says no amount. Raises ``RuleIncomplete``."""
    by_rate = rate is not None and 0 < rate <= 100
    if method == Method.DECLINING and not by_rate:
        raise RuleIncomplete(method=Method(method).label)
    if method == Method.LINEAR and not by_rate and not life_months:
        raise RuleIncomplete(method=Method(method).label)


def _require_fit(category: AssetCategory, name: str) -> None:
    account: Account | None = getattr(category, name)
    if account is None:
        return
    types, wanted = _WANTED[name]
    if account.type not in types or account.currency or account.control:
        raise WrongAccount(field=name, account=account.number, wanted=wanted)
    if name == "contra" and account.pk == category.account_id:
        raise WrongAccount(field=name, account=account.number,
                           wanted=_("without an account of its own leave it empty"))  # fmt: skip


def _require_accounts_stay(before: AssetCategory, after: AssetCategory) -> None:
    moved = (before.account_id, before.contra_id) != (after.account_id, after.contra_id)
    if moved and AssetMovement.of(before.company).filter(category=before).exists():
        raise CategoryInUse(category=before.code, account=before.account.number)
