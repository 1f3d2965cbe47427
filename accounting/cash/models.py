"""Cash books, and what was counted."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, JournalEntry
from erp.companies.models import CompanyOwned


class CashBook(CompanyOwned):
    """A money account that is kept by hand (Kassenbuch), on an account of the ledger.

    It holds no amounts: rows and balances are the ledger's. On no day from ``kept_from`` on may a
    box of cash hold less than nothing; the database refuses what would make it so. What is entered
    here is numbered without gaps: ``prefix`` and a number that only rises.
    """

    class Kind(models.TextChoices):
        CASH = "cash", _("Cash box")
        CARD = "card", _("Card account")
        OTHER = "other", _("Other money account")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.CASH)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("ledger account"),
    )  # fmt: skip
    prefix = models.CharField(_("voucher numbers begin with"), max_length=12, blank=True)
    last_number = models.PositiveIntegerField(_("last voucher number"), default=0)
    kept_from = models.DateField(_("kept from"))
    settled_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("card bills are paid from"),
    )  # fmt: skip
    is_closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        verbose_name = _("cash book")
        constraints = [
            models.UniqueConstraint(fields=["company", "account"], name="cash_book_on_account"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def currency(self) -> str:
        """What it is kept in: the account's own currency, or the company's."""
        return self.account.currency or self.company.currency

    @property
    def is_foreign(self) -> bool:
        return bool(self.account.currency)


class CashCount(CompanyOwned):
    """What was counted in a cash box at the end of a day (Kassensturz). Only ever added.

    ``pieces`` maps the value of a note or coin to how many there were. ``counted`` and ``expected``,
    the book's balance at that moment, are in the book's currency. ``entry`` booked the difference.
    """

    book = models.ForeignKey(
        CashBook, on_delete=models.PROTECT, related_name="counts", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    date = models.DateField(_("date"))
    pieces = models.JSONField(_("notes and coins"), default=dict)
    counted = models.DecimalField(_("counted"), max_digits=15, decimal_places=2)
    expected = models.DecimalField(_("in the book"), max_digits=15, decimal_places=2)
    text = models.CharField(_("text"), max_length=200, blank=True)
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("journal entry"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("written at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("cash count")
        constraints = [
            models.CheckConstraint(condition=Q(counted__gte=0), name="cash_count_is_not_negative"),
        ]
        indexes = [models.Index(fields=["company", "book", "date"], name="cash_count_of_book")]

    def __str__(self) -> str:
        return f"{self.date} {self.counted}"

    @property
    def difference(self) -> Decimal:
        """What there was more (positive) or less than the book said."""
        return self.counted - self.expected
