"""What the closing of a year stores beside the closing itself."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, CostObject, FiscalYear, JournalEntry
from erp.companies.models import CompanyOwned
from erp.documents.models import StoredFile


class CheckNote(CompanyOwned):
    """Somebody's word on a check of a year: that it is done, or why what was found is accepted.

    It holds for what was found then (``finding``, a digest); where the figures change, it lapses.
    Rows are added and withdrawn, never changed.
    """

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    check_code = models.CharField(max_length=40)
    finding = models.CharField(max_length=32)
    text = models.CharField(_("reason or note"), max_length=500)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("file"),
    )  # fmt: skip
    at = models.DateTimeField(_("written at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("note on a closing check")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fiscal_year", "check_code"], condition=Q(is_withdrawn=False),
                name="check_note_once",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="check_note_says_why"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.check_code}: {self.text}"


class YearAccrual(CompanyOwned):
    """An accrual (Transitorische Abgrenzung): an entry at the end of a year, and its reversal next day.

    ``amount`` is in the company's currency. ``entry`` is dated on the last day of the year,
    ``reversal`` on the first of the next; both were posted by one act, and are undone by one. ``origin``
    is the entry that a part of is accrued, where it said so when it was entered.
    """

    class Kind(models.TextChoices):
        """On which side, and whether money or the expense comes first."""

        PREPAID_EXPENSE = "prepaid_expense", _("Expense of next year, paid already")
        ACCRUED_INCOME = "accrued_income", _("Income of this year, not received yet")
        ACCRUED_EXPENSE = "accrued_expense", _("Expense of this year, not paid yet")
        DEFERRED_INCOME = "deferred_income", _("Income of next year, received already")

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("fiscal year"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("income or expense account"),
    )  # fmt: skip
    balance_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("accrual account"),
    )  # fmt: skip
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    text = models.CharField(_("text"), max_length=200)
    cost_centre = models.ForeignKey(
        CostCentre, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("cost centre"),
    )  # fmt: skip
    cost_object = models.ForeignKey(
        CostObject, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("cost object"),
    )  # fmt: skip
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("entry"),
    )  # fmt: skip
    reversal = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("reversal"),
    )  # fmt: skip
    origin = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, blank=True, verbose_name=_("accrued entry"),
    )  # fmt: skip
    is_undone = models.BooleanField(_("undone"), default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("accrual")
        constraints = [
            models.UniqueConstraint(fields=["company", "entry"], name="year_accrual_entry_once"),
            models.UniqueConstraint(
                fields=["company", "reversal"], name="year_accrual_reversal_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="year_accrual_is_something"),
            models.CheckConstraint(
                condition=~Q(entry=F("reversal")), name="year_accrual_has_two_entries"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "fiscal_year"], name="year_accrual_of_year"),
            models.Index(
                fields=["company", "origin"], name="year_accrual_of_origin",
                condition=Q(origin__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text


class Appropriation(CompanyOwned):
    """How the profit of a closed year is used (Gewinnverwendung), as the general meeting decided.

    Posted by one entry in the year after. Amounts are in the company's currency. ``entry`` is None
    once it was undone.
    """

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("fiscal year"),
    )  # fmt: skip
    decided_on = models.DateField(_("decided on"))
    available = models.DecimalField(_("at disposal"), max_digits=15, decimal_places=2)
    statutory = models.DecimalField(_("to the statutory reserve"), max_digits=15, decimal_places=2)
    voluntary = models.DecimalField(_("to voluntary reserves"), max_digits=15, decimal_places=2)
    dividend = models.DecimalField(_("dividend"), max_digits=15, decimal_places=2)
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("entry"),
    )  # fmt: skip
    is_undone = models.BooleanField(_("undone"), default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("appropriation of profit")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fiscal_year"], condition=Q(is_undone=False),
                name="appropriation_once",
            ),
            models.CheckConstraint(
                condition=Q(statutory__gte=0, voluntary__gte=0, dividend__gte=0),
                name="appropriation_is_not_negative",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.fiscal_year}"

    @property
    def used(self) -> Decimal:
        """What no longer stands carried forward."""
        return self.statutory + self.voluntary + self.dividend


class AnnualNote(CompanyOwned):
    """A company's own text of a note to the annual accounts of a year (Anhang, OR 959c).

    An empty ``text`` leaves the note out; no row means that the usual text stands.
    """

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    code = models.CharField(max_length=40)
    text = models.TextField(_("text"), max_length=8000, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("note to the accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fiscal_year", "code"], name="annual_note_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code
