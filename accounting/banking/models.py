"""Bank accounts and what the bank reported on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, CostObject, JournalEntry
from erp.companies.models import Company, CompanyOwned
from erp.core.identifiers import format_iban
from vat.codes.models import VatCode


class BankAccount(CompanyOwned):
    """An own account at a bank (Bankkonto), kept on an account of the ledger.

    With ``books_certain`` a payment whose open items are certain is booked by itself.
    """

    name = models.CharField(_("name"), max_length=60)
    iban = models.CharField("IBAN", max_length=34)
    qr_iban = models.CharField("QR-IBAN", max_length=21, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CHF")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        verbose_name=_("ledger account"), db_index=False)  # fmt: skip
    books_certain = models.BooleanField(_("book certain matches by itself"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "iban"], name="bank_account_once"),
            models.UniqueConstraint(fields=["company", "account"], name="bank_account_on_account"),
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
        ]
        indexes = [
            models.Index(fields=["company", "bank_account", "-to_date"], name="statement_by_date"),
        ]

    def __str__(self) -> str:
        return self.identification


class BankTransaction(CompanyOwned):
    """One booking on the bank's side (Bankbewegung), to be booked in the ledger once.

    ``amount`` is in the bank account's currency, from the holder's view: credits positive.
    ``matched`` says with which open items it was settled, or by which rule it was booked, and why.
    What was undone is ``by_hand``: no rule books it again. ``habit`` is what earlier bookings of
    the same party, or of the same text, are found by: its words without figures.
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
    habit = models.GeneratedField(
        expression=models.Func(models.F("party"), models.F("text"), function="accounting_habit"),
        output_field=models.CharField(max_length=140),
        db_persist=True,
    )

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
            models.Index(
                fields=["company", "habit", "-booking_date", "-id"],
                name="bank_transaction_by_habit",
                condition=models.Q(entry__isnull=False),
            ),
            models.Index(
                fields=["company", "bank_account", "booking_date", "id"],
                name="bank_waiting_of_account",
                condition=models.Q(entry=None),
            ),
        ]

    @classmethod
    def waiting(cls, company: Company) -> models.QuerySet[BankTransaction]:
        """What is to be booked; a notice without an amount needs no entry."""
        return cls.of(company).filter(entry=None).exclude(amount=0)

    def __str__(self) -> str:
        return f"{self.booking_date} {self.amount} {self.party}"


class Direction(models.TextChoices):
    """Which way money goes."""

    IN = "in", _("money in")
    OUT = "out", _("money out")


class BankRule(CompanyOwned):
    """How a company books what its bank reports again and again (eigene Regel).

    All conditions that are given must hold; amounts are without sign, in the bank account's
    currency. ``position`` says which of several is proposed first. With ``books`` it books by
    itself what nothing else claims, else it only proposes.
    """

    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveIntegerField(_("order"))
    is_active = models.BooleanField(_("active"), default=True)
    books = models.BooleanField(_("book by itself"), default=False)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_constraint=False, db_index=False, verbose_name=_("bank account"))  # fmt: skip
    direction = models.CharField(
        _("direction"), max_length=3, choices=Direction.choices, blank=True
    )
    text_contains = models.CharField(_("text contains"), max_length=120, blank=True)
    party_contains = models.CharField(_("party contains"), max_length=120, blank=True)
    iban = models.CharField(_("IBAN of the party"), max_length=34, blank=True)
    amount_from = models.DecimalField(
        _("amount from"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    amount_to = models.DecimalField(
        _("amount to"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("contra account"))  # fmt: skip
    vat_code = models.ForeignKey(
        VatCode, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_constraint=False, db_index=False, verbose_name=_("VAT code"))  # fmt: skip
    cost_centre = models.ForeignKey(
        CostCentre, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_constraint=False, db_index=False, verbose_name=_("cost centre"))  # fmt: skip
    cost_object = models.ForeignKey(
        CostObject, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_constraint=False, db_index=False, verbose_name=_("cost object"))  # fmt: skip
    text = models.CharField(_("text"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "position"],
                name="bank_rule_in_order",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    text_contains="", party_contains="", iban="", amount_from=None, amount_to=None
                ),
                name="bank_rule_looks_at_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name
