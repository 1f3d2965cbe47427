"""Open items, what settled them, and up to what a residue is cleared by rule."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, JournalEntry
from contacts.models import Contact
from erp.companies.models import CompanyOwned


class Side(models.TextChoices):
    """Who owes: customers us, or we suppliers. The values are those of the control accounts."""

    RECEIVABLES = "receivables", _("Debtors")
    PAYABLES = "payables", _("Creditors")

    @property
    def sign(self) -> int:
        """What turns an amount of this side into debit positive."""
        return 1 if self is Side.RECEIVABLES else -1


class OpenItem(CompanyOwned):
    """An invoice or instalment that is owed, or what is owed back (offener Posten).

    Amounts are positive in the direction of their side: what a customer owes us, what we owe a
    supplier. Credit notes and overpayments are negative. ``amount`` is in ``currency``, ``base`` in the company's
    currency. The database keeps ``open_amount``, ``open_base`` and ``settled_on`` up
    to date with each settlement; ``settled_on`` is the day from which nothing is open any more.

    The item stands on one line of a posted entry, on a control account. ``contact`` is whose it
    is, and follows when contacts are merged; ``party`` is its name as it was.
    """

    Side = Side

    side = models.CharField(_("side"), max_length=11, choices=Side)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("control account"),
    )  # fmt: skip
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name=_("contact"),
    )  # fmt: skip
    party = models.CharField(_("party"), max_length=140)
    document = models.CharField(_("document"), max_length=40, blank=True)
    document_date = models.DateField(_("document date"))
    reference = models.CharField(_("reference"), max_length=35, blank=True)
    text = models.CharField(_("text"), max_length=200, blank=True)
    due_date = models.DateField(_("due date"))
    discount_percent = models.DecimalField(
        _("discount in percent"), max_digits=5, decimal_places=2, null=True
    )
    discount_until = models.DateField(_("discount until"), null=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    base = models.DecimalField(_("amount in the books"), max_digits=15, decimal_places=2)
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("journal entry"),
    )  # fmt: skip
    position = models.PositiveIntegerField(_("line"))
    opened_on = models.DateField(_("opened on"))
    open_amount = models.DecimalField(_("open"), max_digits=15, decimal_places=2)
    open_base = models.DecimalField(_("open in the books"), max_digits=15, decimal_places=2)
    settled_on = models.DateField(_("settled on"), null=True)

    class Meta:
        verbose_name = _("open item")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, base__gte=0) | Q(amount__lt=0, base__lte=0),
                name="open_item_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(open_amount__gte=0, open_amount__lte=F("amount"))
                | Q(open_amount__lte=0, open_amount__gte=F("amount")),
                name="open_item_within_its_amount",
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None) & ~Q(open_amount=0)
                | Q(settled_on__isnull=False, open_amount=0, open_base=0),
                name="open_item_settled_when_nothing_is_open",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=None, discount_until=None)
                | Q(discount_percent__gt=0, discount_percent__lt=100, discount_until__isnull=False),
                name="open_item_discount_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "side", "due_date"], name="open_item_open",
                condition=Q(settled_on=None),
            ),
            models.Index(
                fields=["company", "side", "settled_on"], name="open_item_settled",
                condition=Q(settled_on__isnull=False),
            ),
            models.Index(fields=["entry", "position"], name="open_item_of_entry"),
            models.Index(
                fields=["company", "reference"], name="open_item_by_reference",
                condition=~Q(reference=""),
            ),
            models.Index(
                fields=["company", "contact", "side"], name="open_item_of_contact",
                condition=Q(contact__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.document or self.pk} {self.party}"

    @property
    def sign(self) -> int:
        return Side(self.side).sign

    @property
    def is_credit(self) -> bool:
        """Whether it is owed the other way round: a credit note, or an overpayment."""
        return self.amount < 0


class Settlement(CompanyOwned):
    """A part of an item that is no longer owed (Ausgleich). Only ever added.

    Amounts have the sign of the item they reduce; an undo has the opposite one and names what it
    undoes. Each stands on a line of a posted entry, on the item's control account.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        CREDIT = "credit", _("Netting")
        DISCOUNT = "discount", _("Discount")
        WRITE_OFF = "write_off", _("Write-off")
        RESIDUE = "residue", _("Residue cleared by rule")
        CURRENCY = "currency", _("Currency difference")
        UNDO = "undo", _("Undone")

    item = models.ForeignKey(
        OpenItem, on_delete=models.PROTECT, related_name="settlements", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    base = models.DecimalField(_("amount in the books"), max_digits=15, decimal_places=2)
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("journal entry"),
    )  # fmt: skip
    position = models.PositiveIntegerField(_("line"))
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by",
        db_constraint=False, db_index=False,
    )  # fmt: skip
    created_at = models.DateTimeField(_("written at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("settlement")
        constraints = [
            models.UniqueConstraint(fields=["company", "undoes"], name="settlement_undone_once"),
            models.CheckConstraint(
                condition=~Q(amount=0, base=0), name="settlement_settles_something"
            ),
            models.CheckConstraint(
                condition=Q(undoes=None) | Q(kind="undo"), name="settlement_undo_is_an_undo"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "item", "date"], name="settlement_of_item"),
            models.Index(fields=["company", "date"], name="settlement_by_date"),
            models.Index(fields=["entry", "position"], name="settlement_of_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class ResidueLimit(CompanyOwned):
    """Up to what a residue is cleared by rule, in the company's currency, from a day on."""

    valid_from = models.DateField(_("valid from"))
    amount = models.DecimalField(_("up to"), max_digits=9, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = _("limit for residues")
        constraints = [
            models.UniqueConstraint(fields=["company", "valid_from"], name="residue_limit_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="residue_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.amount}"
