"""Entries and what the ledger derives from them in the same transaction."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models.accounts import Account, CostCentre, CostObject
from accounting.ledger.models.years import FiscalYear
from erp.companies.models import Company, CompanyOwned
from erp.core import clock
from erp.documents.models import StoredFile


class JournalEntry(CompanyOwned):
    """A dated, balanced set of debits and credits (Buchung).

    Without a number it is a draft. Posting numbers and freezes it for good; a mistake is put
    right by a reversing entry (Storno), never by an edit (OR 957a, GeBüV Art. 3).
    """

    class Kind(models.TextChoices):
        NORMAL = "normal", _("Entry")
        OPENING = "opening", _("Opening")
        REVERSAL = "reversal", _("Reversal")

    class Source(models.TextChoices):
        MANUAL = "manual", _("typed")
        IMPORT = "import", _("journal import")
        BANK = "bank", _("bank statement")
        RECURRING = "recurring", _("recurring entry")
        ITEMS = "items", _("open items")
        CASH = "cash", _("cash book")
        VAT = "vat", _("VAT return")
        PAYROLL = "payroll", _("payroll run")
        ASSETS = "assets", _("fixed assets")
        VALUATION = "valuation", _("currency valuation")

    fiscal_year = models.ForeignKey(
        FiscalYear,
        on_delete=models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    date = models.DateField(_("date"))
    text = models.CharField(_("text"), max_length=200)
    voucher = models.CharField(_("voucher"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.NORMAL)
    source = models.CharField(_("source"), max_length=9, choices=Source, default=Source.MANUAL)
    source_key = models.CharField(max_length=100, blank=True)
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversals",
        db_constraint=False,
        verbose_name=_("reverses"),
        db_index=False,
    )
    series = models.CharField(max_length=8, default="J")
    number = models.PositiveIntegerField(_("number"), null=True)
    created_at = models.DateTimeField(_("written at"), default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    posted_at = models.DateTimeField(_("posted at"), null=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    chain_position = models.BigIntegerField(null=True)
    content_digest = models.BinaryField(null=True)
    chain_digest = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("journal entry")
        constraints = [
            models.UniqueConstraint(fields=["company", "id", "date"], name="entry_with_date"),
            models.UniqueConstraint(
                fields=["company", "fiscal_year", "series", "number"], name="entry_once"
            ),
            models.UniqueConstraint(fields=["company", "chain_position"], name="entry_in_chain"),
            models.UniqueConstraint(fields=["company", "reverses"], name="entry_reversed_once"),
            models.CheckConstraint(
                condition=Q(
                    number=None,
                    posted_at=None,
                    posted_by=None,
                    chain_position=None,
                    content_digest=None,
                    chain_digest=None,
                )
                | Q(
                    number__gt=0,
                    posted_at__isnull=False,
                    posted_by__isnull=False,
                    chain_position__gt=0,
                    content_digest__isnull=False,
                    chain_digest__isnull=False,
                ),
                name="entry_numbered_when_posted",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses=None)),
                name="entry_reversal_names_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "date", "number", "id"], name="entry_in_journal"),
            models.Index(
                fields=["company", "source", "source_key"],
                name="entry_by_source",
                condition=~Q(source_key=""),
            ),
            models.Index(
                fields=["company", "-id"], name="entry_draft", condition=Q(number=None)
            ),  # few among many, and each start page counts them
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.text}"

    @property
    def amount(self) -> Decimal:
        """The sum of its debits in the company's currency, of lines that were fetched along."""
        return sum((line.debit for line in self.lines.all()), Decimal(0))

    @property
    def is_posted(self) -> bool:
        return self.number is not None


class EntryLine(CompanyOwned):
    """A debit or a credit on one account (Buchungszeile), in the company's currency."""

    # The key to the entry proves the company along; a second proof per line would cost an import.
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class VatPart(models.TextChoices):
        BASE = "B", _("base")
        TAX = "T", _("tax")

    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
    )
    date = models.DateField(_("date"))
    position = models.PositiveIntegerField()
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    debit = models.DecimalField(_("debit"), max_digits=15, decimal_places=2, default=Decimal(0))
    credit = models.DecimalField(_("credit"), max_digits=15, decimal_places=2, default=Decimal(0))
    text = models.CharField(_("text"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    amount_foreign = models.DecimalField(
        _("amount in currency"), max_digits=15, decimal_places=2, null=True
    )
    cost_centre = models.ForeignKey(
        CostCentre,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    cost_object = models.ForeignKey(
        CostObject,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    vat_code = models.ForeignKey(
        "vat.VatCode",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    vat_part = models.CharField(max_length=1, choices=VatPart, blank=True)
    vat_rate = models.DecimalField(_("VAT rate"), max_digits=5, decimal_places=2, null=True)
    vat_base = models.DecimalField(_("VAT base"), max_digits=15, decimal_places=2, null=True)
    supply_date = models.DateField(_("supply date"), null=True)

    class Meta:
        verbose_name = _("entry line")
        constraints = [
            models.UniqueConstraint(fields=["company", "entry", "position"], name="line_once"),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0)
                | Q(debit=0, credit__gt=0)
                | (Q(debit=0, credit=0) & ~Q(amount_foreign=None)),
                name="line_debit_or_credit",
            ),
            models.CheckConstraint(
                condition=Q(currency="", amount_foreign=None)
                | (~Q(currency="") & Q(amount_foreign__isnull=False)),
                name="line_currency_with_amount",
            ),
            models.CheckConstraint(
                condition=Q(
                    vat_code=None, vat_part="", vat_rate=None, vat_base=None, supply_date=None
                )
                | Q(
                    vat_code__isnull=False,
                    vat_part__in=["B", "T"],
                    vat_rate__isnull=False,
                    vat_base__isnull=False,
                    supply_date__isnull=False,
                ),
                name="line_vat_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "account", "date", "entry", "position"], name="line_on_account"
            ),
            models.Index(
                fields=["company", "account"], name="line_in_currency", condition=~Q(currency="")
            ),
            models.Index(
                fields=["company", "cost_object", "date"], name="line_on_cost_object",
                condition=Q(cost_object__isnull=False),
            ),
            models.Index(
                fields=["company", "date"], name="line_with_vat",
                condition=Q(vat_code__isnull=False),
                include=["entry", "account", "vat_code", "vat_part", "vat_rate", "vat_base",
                         "supply_date", "debit", "credit"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account_id}: {self.debit} / {self.credit}"


class EntryVoucher(CompanyOwned):
    """A stored original that belongs to an entry (Beleg zur Buchung)."""

    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="vouchers",
        db_constraint=False,
        db_index=False,
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    sealed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "entry", "file"], name="voucher_once"),
        ]
        indexes = [models.Index(fields=["company", "file"], name="voucher_of_file")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.file_id}"


class AccountTotal(CompanyOwned):
    """What was posted to an account in a month (Verkehrszahlen).

    Added to in the posting transaction and never changed otherwise; reports read these instead of
    lines, so that their cost follows the accounts and not the lines.
    """

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField(_("month"))
    opening = models.BooleanField(default=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    cost_centre = models.ForeignKey(
        CostCentre,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    debit = models.DecimalField(max_digits=18, decimal_places=2)
    credit = models.DecimalField(max_digits=18, decimal_places=2)
    amount_foreign = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fiscal_year", "month", "opening", "account", "cost_centre"],
                name="total_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%m.%Y}: {self.debit} / {self.credit}"


class NumberSeries(CompanyOwned):
    """The last number given in a series and year (Nummernkreis). Numbers have no gaps."""

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    series = models.CharField(max_length=8)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fiscal_year", "series"], name="number_series_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class LedgerHead(CompanyOwned):
    """The end of a company's hash chain: one row, locked last in each posting."""

    position = models.BigIntegerField(default=0)
    digest = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="ledger_head_once"),
        ]

    def __str__(self) -> str:
        return str(self.position)
