"""How an item is to be paid, which accounts of payees are good, and who has to approve."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem
from contacts.models import Contact
from erp.companies.models import CompanyOwned


def person(name: Any, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=null, verbose_name=name,
    )  # fmt: skip


class PayeeFields(models.Model):
    """Who is paid, and to which account: an IBAN, or with ``is_iban`` False another number."""

    class Reference(models.TextChoices):
        QRR = "QRR", _("QR reference")
        SCOR = "SCOR", _("creditor reference (SCOR)")

    class Charges(models.TextChoices):
        SHARED = "SHAR", _("shared")
        DEBTOR = "DEBT", _("borne by us")

    payee = models.CharField(_("payee"), max_length=140)
    street = models.CharField(_("street"), max_length=70, blank=True)
    house_number = models.CharField(_("house number"), max_length=16, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    town = models.CharField(_("town"), max_length=35, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    account = models.CharField(_("account"), max_length=34)
    is_iban = models.BooleanField(default=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    bank = models.CharField(_("bank"), max_length=140, blank=True)
    reference_kind = models.CharField(
        _("kind of reference"), max_length=4, choices=Reference, blank=True
    )
    reference = models.CharField(_("reference"), max_length=27, blank=True)
    message = models.CharField(_("message"), max_length=140, blank=True)
    charges = models.CharField(_("charges abroad"), max_length=4, choices=Charges, blank=True)

    class Meta:
        abstract = True


class PaymentInstruction(PayeeFields, CompanyOwned):
    """How an open item is to be paid (Zahlungsanweisung), one for each item.

    ``blocked`` is why it must not be paid; blank where it may.
    """

    item = models.ForeignKey(
        OpenItem, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("open item"),
    )  # fmt: skip
    blocked = models.CharField(_("blocked because"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = person(_("changed by"))

    class Meta:
        verbose_name = _("payment instruction")
        constraints = [
            models.UniqueConstraint(fields=["company", "item"], name="instruction_of_item"),
        ]

    def __str__(self) -> str:
        return f"{self.payee} {self.account}"


class PayeeAccount(CompanyOwned):
    """An account to which a payee is, was or shall be paid, and who said so (PAY-3).

    The first account of a payee is good with the approval of its first run. Another one is paid
    to only after a second person has approved it. ``contact`` is whose it is; without one it is
    ``party``, by name.
    """

    class Status(models.TextChoices):
        FIRST = "first", _("first account")
        WAITING = "waiting", _("waits for approval")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name=_("contact"),
    )  # fmt: skip
    party = models.CharField(_("payee"), max_length=140, blank=True)
    account = models.CharField(_("account"), max_length=34)
    status = models.CharField(_("status"), max_length=8, choices=Status)
    before = models.CharField(_("account before"), max_length=34, blank=True)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = person(_("changed by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = person(_("decided by"), null=True)
    waiver = models.CharField(_("waiver"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("account of a payee")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contact", "account"], name="payee_account_of_contact",
                condition=Q(contact__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["company", "party", "account"], name="payee_account_of_party",
                condition=Q(contact=None),
            ),
            models.CheckConstraint(
                condition=Q(contact=None) & ~Q(party="") | Q(contact__isnull=False, party=""),
                name="payee_account_of_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.account

    @property
    def is_good(self) -> bool:
        return self.status in {self.Status.FIRST, self.Status.APPROVED}


class PaymentSettings(CompanyOwned):
    """Whether runs need two people (PAY-1); off only by two who give access, one after the other."""

    four_eyes = models.BooleanField(_("four eyes"), default=True)
    off_asked_at = models.DateTimeField(null=True)
    off_asked_by = person(_("asked by"), null=True)
    off_at = models.DateTimeField(null=True)
    off_by = person(_("confirmed by"), null=True)

    class Meta:
        verbose_name = _("settings of payments")
        constraints = [
            models.UniqueConstraint(fields=["company"], name="payment_settings_once"),
            models.CheckConstraint(
                condition=Q(four_eyes=True)
                | Q(off_asked_by__isnull=False, off_by__isnull=False)
                & ~Q(off_asked_by=models.F("off_by")),
                name="payment_four_eyes_off_by_two",
            ),
        ]

    def __str__(self) -> str:
        return str(self.four_eyes)
