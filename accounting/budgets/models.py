"""Budgets and their amounts."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, FiscalYear
from erp.companies.models import CompanyOwned


class Budget(CompanyOwned):
    """A plan for a fiscal year (Budget). A year may have several; reports show the chosen one."""

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("fiscal year"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=60)
    is_chosen = models.BooleanField(_("shown in reports"), default=False)
    changed_at = models.DateTimeField(_("changed at"))
    warn_percent = models.DecimalField(
        _("warns beyond, in percent"), max_digits=6, decimal_places=2, default=Decimal(10)
    )

    class Meta:
        verbose_name = _("budget")
        constraints = [
            models.UniqueConstraint(fields=["company", "fiscal_year", "name"], name="budget_once"),
            models.UniqueConstraint(
                fields=["company", "fiscal_year"],
                condition=Q(is_chosen=True),
                name="budget_chosen_once",
            ),
            models.CheckConstraint(
                condition=Q(warn_percent__range=(0, 1000)), name="budget_warn_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BudgetAmount(CompanyOwned):
    """What is planned for an account in a month, for one cost centre or for none.

    ``amount`` is positive on the account's own side: expense, income, and what an asset or a
    liability is to grow by. ``month`` is the first day of a calendar month. No row means nothing.
    """

    budget = models.ForeignKey(
        Budget, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    cost_centre = models.ForeignKey(
        CostCentre, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True,
    )  # fmt: skip
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "budget", "account", "cost_centre", "month"],
                nulls_distinct=False,
                name="budget_amount_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="budget_amount_of_a_month"),
            models.CheckConstraint(condition=~Q(amount=0), name="budget_amount_is_something"),
        ]
