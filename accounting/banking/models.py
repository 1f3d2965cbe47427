"""Bank accounts and what the bank reported on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, JournalEntry
from erp.companies.models import Company, CompanyOwned
from erp.core.identifiers import format_iban


class BankAccount(CompanyOwned):
    """An own account at a bank (Bankkonto), kept on an account of the ledger."""

    name = models.CharField(_("name"), max_length=60)
    iban = models.CharField("IBAN", max_length=34)
    qr_iban = models.CharField("QR-IBAN", max_length=21, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CHF")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        verbose_name=_("ledger account"), db_index=False)  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "iban"], name="bank_account_once"),
            models.UniqueConstraint(fields=["company", "account"], name="bank_account_on_account"),
            models.UniqueConstraint(fields=["company", "id"], name="bank_account_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {format_iban(self.iban)}"


class Statement(CompanyOwned):
    """An account statement (Kontoauszug, camt.053), taken in whole or not at all."""

    bank_account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        related_name="statements",
        db_constraint=False,
        db_index=False,
    )
    identification = models.CharField(_("statement"), max_length=80)
    message_type = models.CharField(max_length=8)
    file_digest = models.CharField(max_length=64)
    from_date = models.DateField(_("from"), null=True)
    to_date = models.DateField(_("until"), null=True)
    opening = models.DecimalField(_("opening balance"), max_digits=15, decimal_places=2, null=True)
    closing = models.DecimalField(_("closing balance"), max_digits=15, decimal_places=2, null=True)
    entry_count = models.PositiveIntegerField(_("entries"), default=0)
    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "bank_account", "message_type", "identification", "file_digest"],
                name="statement_once",
            ),
            models.UniqueConstraint(fields=["company", "id"], name="statement_of_company"),
        ]
        indexes = [
            models.Index(fields=["company", "bank_account", "-to_date"], name="statement_by_date"),
        ]

    def __str__(self) -> str:
        return self.identification


class BankTransaction(CompanyOwned):
    """One booking on the bank's side (Bankbewegung), to be booked in the ledger once.

    ``amount`` is in the bank account's currency, from the holder's view: credits positive.
    ``matched`` says with which open items it was settled, and why (``matching.record``). What was
    undone is ``by_hand``: no rule books it again.
    """

    bank_account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        related_name="transactions",
        db_constraint=False,
        db_index=False,
    )
    statement = models.ForeignKey(
        Statement,
        on_delete=models.PROTECT,
        related_name="transactions",
        db_constraint=False,
        db_index=False,
    )
    position = models.PositiveIntegerField()
    dedupe_key = models.CharField(max_length=140)
    booking_date = models.DateField(_("booking date"))
    value_date = models.DateField(_("value date"), null=True)
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    is_reversal = models.BooleanField(_("reversal"), default=False)
    bank_code = models.CharField(max_length=20, blank=True)
    party = models.CharField(_("party"), max_length=140, blank=True)
    party_iban = models.CharField(max_length=34, blank=True)
    reference = models.CharField(_("reference"), max_length=35, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    details = models.JSONField(_("details"), default=list)
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False,
        verbose_name=_("journal entry"), db_index=False)  # fmt: skip
    matched = models.JSONField(_("matched"), default=dict)
    by_hand = models.BooleanField(_("booked by hand only"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "bank_account", "dedupe_key"], name="bank_transaction_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "bank_account", "booking_date", "id"],
                name="bank_transaction_by_date",
            ),
            models.Index(
                fields=["company", "booking_date", "id"],
                name="bank_transaction_waiting",
                condition=models.Q(entry=None),
            ),
            models.Index(
                fields=["company", "entry"],
                name="bank_transaction_of_entry",
                condition=models.Q(entry__isnull=False),
            ),
            models.Index(fields=["company", "party"], name="bank_transaction_by_name"),
            models.Index(
                fields=["company", "party_iban"],
                name="bank_transaction_by_party",
                condition=~models.Q(party_iban=""),
            ),
        ]

    @classmethod
    def waiting(cls, company: Company) -> models.QuerySet[BankTransaction]:
        """What is to be booked; a notice without an amount needs no entry."""
        return cls.of(company).filter(entry=None).exclude(amount=0)

    def __str__(self) -> str:
        return f"{self.booking_date} {self.amount} {self.party}"
