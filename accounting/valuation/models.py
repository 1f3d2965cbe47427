"""How foreign currencies are valued, from a day on, and each valuation with its positions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, JournalEntry
from accounting.open_items.models import OpenItem
from erp.companies.models import CompanyOwned
from erp.reference.models import ExchangeRate


class Gains(models.TextChoices):
    """What becomes of gains that are not realised yet (Imparitätsprinzip)."""

    DEFERRED = "deferred", _("deferred as a liability")
    INCOME = "income", _("shown as income")


def _entry(label: Any) -> Any:
    return models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=label,
    )  # fmt: skip


class ValuationRule(CompanyOwned):
    """How foreign currencies are valued from a day on (Bewertungsregel).

    Before the first one, gains are deferred and the BAZG's daily rate counts: unrealised losses are
    booked, unrealised gains are not shown as income (OR 960 para. 2).
    """

    valid_from = models.DateField(_("valid from"))
    gains = models.CharField(
        _("unrealised gains"), max_length=8, choices=Gains, default=Gains.DEFERRED
    )
    rate_source = models.CharField(
        _("exchange rates"), max_length=12, choices=ExchangeRate.Source,
        default=ExchangeRate.Source.BAZG_DAILY,
    )  # fmt: skip

    class Meta:
        verbose_name = _("rule of valuation")
        constraints = [
            models.UniqueConstraint(fields=["company", "valid_from"], name="valuation_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.gains}"


class ValuationRun(CompanyOwned):
    """A valuation as of a day (Bewertungslauf), posted at once, released on the next day.

    ``entry`` holds the unrealised differences and ``release`` their mirror image of the day after;
    ``residue`` what stood in the books of accounts without foreign money, which is realised and
    stays. Each may be missing where there was none. ``rates`` says by which rates, and where each
    comes from, ``left_out`` what was not valued, and why. One run of a day stands; one that was
    undone keeps its positions.
    """

    Gains = Gains

    date = models.DateField(_("as of"))
    gains = models.CharField(_("unrealised gains"), max_length=8, choices=Gains)
    rates = models.JSONField(_("exchange rates"))
    left_out = models.JSONField(_("not valued"), default=list)
    entry = _entry(_("journal entry"))
    release = _entry(_("released by"))
    residue = _entry(_("residues"))
    created_at = models.DateTimeField(_("valued at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("valuation")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "date"], condition=Q(undone_at=None), name="valuation_run_stands"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}"

    @property
    def stands(self) -> bool:
        return self.undone_at is None


class ValuationPosition(CompanyOwned):
    """An account, or an open item, as a run valued it. Only ever added.

    Amounts are debit positive: ``amount`` in ``currency``, ``book`` and ``value`` in the company's.
    ``value`` above ``book`` is a gain, below it a loss, of what is held and of what is owed alike.
    """

    run = models.ForeignKey(
        ValuationRun, on_delete=models.PROTECT, related_name="positions", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    item = models.ForeignKey(
        OpenItem, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True,
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount in currency"), max_digits=15, decimal_places=2)
    book = models.DecimalField(_("in the books"), max_digits=15, decimal_places=2)
    value = models.DecimalField(_("value"), max_digits=15, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "run", "account", "item", "currency"], nulls_distinct=False,
                name="valuation_position_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    @property
    def difference(self) -> Decimal:
        return self.value - self.book
