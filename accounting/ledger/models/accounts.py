"""The chart of accounts, and what costs are tracked by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned, Multilingual


class AccountGroup(CompanyOwned, Multilingual):
    """A heading of the chart (Kontengruppe): class, main group or group."""

    number = models.CharField(_("number"), max_length=10)
    parent_number = models.CharField(_("belongs to"), max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="group_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class AccountType(models.TextChoices):
    """What an account measures. The first three are carried forward, the others start at zero."""

    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")
    CLOSING = "closing", _("Closing")


BALANCE_SHEET_TYPES = frozenset({AccountType.ASSET, AccountType.LIABILITY, AccountType.EQUITY})
RESULT_TYPES = frozenset({AccountType.INCOME, AccountType.EXPENSE})
LIQUID = "959a-1-1a"  # place in the statements of cash, post and banks (OR 959a para. 1 no. 1 a)


class Rule(models.TextChoices):
    """Whether a line on the account names a cost centre or cost object."""

    NO = "no", _("no")
    MAY = "may", _("may")
    MUST = "must", _("must")


class Purpose(models.TextChoices):
    """Accounts the program itself books to, one of each per company."""

    RECEIVABLES = "receivables", _("Receivables")
    PAYABLES = "payables", _("Payables")
    RECEIVABLES_FOREIGN = "receivables_foreign", _("Receivables in foreign currencies")
    PAYABLES_FOREIGN = "payables_foreign", _("Payables in foreign currencies")
    INPUT_TAX_MATERIAL = "input_tax_material", _("Input tax on material and services")
    INPUT_TAX_INVESTMENT = "input_tax_investment", _("Input tax on investments and other costs")
    OUTPUT_TAX = "output_tax", _("VAT due")
    ACQUISITION_TAX = "acquisition_tax", _("Acquisition tax due")
    VAT_SETTLEMENT = "vat_settlement", _("VAT settlement")
    NET_TAX = "net_tax", _("VAT at net and flat rates")
    SUSPENSE = "suspense", _("Suspense")
    TRANSFER = "transfer", _("Transfers in transit")
    ROUNDING_EXPENSE = "rounding_expense", _("Rounding differences, expense")
    ROUNDING_INCOME = "rounding_income", _("Rounding differences, income")
    CURRENCY_LOSS = "currency_loss", _("Currency losses")
    CURRENCY_GAIN = "currency_gain", _("Currency gains")
    CURRENCY_DEFERRED = "currency_deferred", _("Unrealised currency gains, deferred")
    RECEIVABLES_VALUATION = (
        "receivables_valuation",
        _("Valuation of receivables in foreign currencies"),
    )
    PAYABLES_VALUATION = "payables_valuation", _("Valuation of payables in foreign currencies")
    RESULT_OF_YEAR = "result_of_year", _("Result of the year")
    RETAINED_EARNINGS = "retained_earnings", _("Result carried forward")
    OWN_SHARES_RESERVE = "own_shares_reserve", _("Reserve for own shares in the group")
    REVALUATION_RESERVE = "revaluation_reserve", _("Reserve from revaluations")
    OPENING = "opening", _("Opening balance sheet")
    PROFIT_AND_LOSS = "profit_and_loss", _("Income statement")
    SALES_DISCOUNTS = "sales_discounts", _("Discounts given")
    PURCHASE_DISCOUNTS = "purchase_discounts", _("Discounts received")
    BAD_DEBTS = "bad_debts", _("Bad debts")
    DEPOSITS_RECEIVED = "deposits_received", _("Prepayments received")
    DEPOSITS_PAID = "deposits_paid", _("Prepayments to suppliers")
    PREPAID_EXPENSES = "prepaid_expenses", _("Prepaid expenses")
    BANK_CHARGES = "bank_charges", _("Bank charges")
    DUNNING_FEES = "dunning_fees", _("Dunning fees")
    CASH_DIFFERENCES = "cash_differences", _("Cash differences")
    WAGES_CLEARING = "wages_clearing", _("Wages clearing")


class AccountValuation(models.TextChoices):
    """By which rate an account in a foreign currency is valued, where its place does not say it."""

    CLOSING = "closing", _("the rate of the day")
    HISTORICAL = "historical", _("the rate it was booked at")


class SubLedger(models.TextChoices):
    """The sub-ledger that owns a control account; nobody else posts to it by hand."""

    RECEIVABLES = "receivables", _("Debtors")
    PAYABLES = "payables", _("Creditors")
    PAYROLL = "payroll", _("Payroll")


OPEN_ITEMS = frozenset({SubLedger.RECEIVABLES, SubLedger.PAYABLES})


class CostCentre(CompanyOwned, Multilingual):
    """Where costs arise (Kostenstelle)."""

    number = models.CharField(_("number"), max_length=10)
    active_until = models.DateField(_("active until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="cost_centre_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CostObject(CompanyOwned, Multilingual):
    """What costs are for (Kostenträger): a project, an order, a product."""

    number = models.CharField(_("number"), max_length=10)
    active_until = models.DateField(_("active until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="cost_object_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Account(CompanyOwned, Multilingual):
    """An account of the chart (Konto). Reports group it by its place in the law, not its number."""

    Type = AccountType
    Rule = Rule
    Purpose = Purpose
    SubLedger = SubLedger

    number = models.CharField(_("number"), max_length=10)
    type = models.CharField(_("type"), max_length=9, choices=AccountType)
    or_position = models.CharField(_("position in the statements"), max_length=12, blank=True)
    group_number = models.CharField(_("group"), max_length=10, blank=True)
    currency = models.CharField(_("foreign currency"), max_length=3, blank=True)
    cost_centre_rule = models.CharField(
        _("cost centre"), max_length=4, choices=Rule, default=Rule.MAY
    )
    cost_object_rule = models.CharField(
        _("cost object"), max_length=4, choices=Rule, default=Rule.MAY
    )
    vat_code = models.ForeignKey(
        "vat.VatCode",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("default VAT code"),
        db_index=False,
    )
    purpose = models.CharField(_("purpose"), max_length=24, choices=Purpose, blank=True)
    valuation = models.CharField(
        _("rate of valuation"), max_length=10, choices=AccountValuation, blank=True
    )
    control = models.CharField(_("owned by"), max_length=12, choices=SubLedger, blank=True)
    blocked_from = models.DateField(_("blocked from"), null=True, blank=True)

    class Meta:
        verbose_name = _("account")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="account_once"),
            models.UniqueConstraint(
                fields=["company", "purpose"], condition=~Q(purpose=""), name="account_purpose_once"
            ),
            models.CheckConstraint(
                condition=Q(type="closing", or_position="")
                | (~Q(type="closing") & ~Q(or_position="")),
                name="account_stands_in_a_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_balance_sheet(self) -> bool:
        return self.type in BALANCE_SHEET_TYPES

    @property
    def is_result(self) -> bool:
        return self.type in RESULT_TYPES

    @property
    def only_pays(self) -> bool:
        """Whether it is money or keeps open items, and so is no supply that VAT is charged on."""
        return self.or_position == LIQUID or self.control in OPEN_ITEMS
