"""How somebody gets wage papers, and what was delivered."""

from __future__ import annotations

import msgspec
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.core.sealed import Sealed, SealedField
from erp.mails.models import OutgoingMail
from payroll.employees.models import Employee


class Way(models.TextChoices):
    """On paper, by mail in a file that opens with a password, or on a page behind the sign-in."""

    PAPER = "paper", _("on paper")
    MAIL = "mail", _("by mail, encrypted")
    PORTAL = "portal", _("on the page “My wage”")


class DeliverySettings(CompanyOwned):
    """How wage papers of a company are delivered as a rule (Zustellung); one row."""

    way = models.CharField(_("wage papers go out"), max_length=6, choices=Way, default=Way.PAPER)
    reply_to = models.CharField(_("answers to"), max_length=254, blank=True)
    tells_employer = models.BooleanField(
        _("payslips tell the employer's contributions"), default=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("settings of delivery")
        constraints = [models.UniqueConstraint(fields=["company"], name="delivery_settings_once")]

    def __str__(self) -> str:
        return str(_("settings of delivery"))


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody's mail goes instead of the contact's address, and what opens the files in it."""

    mail: str = ""
    password: str = ""


class DeliveryTerms(Sealed, CompanyOwned):
    """How one person gets wage papers; a blank way is the company's.

    ``user`` signs in and sees this person's papers on “My wage”; until an ``invitation`` (its number)
    is accepted there is none.
    """

    employee = models.ForeignKey(
        Employee, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    way = models.CharField(_("wage papers go out"), max_length=6, choices=Way, blank=True)
    content = SealedField(Reach)
    password_set_at = models.DateTimeField(_("password set"), null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True, verbose_name=_("signs in as"),
    )  # fmt: skip
    invitation = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("delivery of a person")
        constraints = [
            models.UniqueConstraint(fields=["company", "employee"], name="delivery_terms_once"),
            models.UniqueConstraint(fields=["company", "user"], name="delivery_user_once"),
        ]

    def __str__(self) -> str:
        return str(self.employee_id)


class Delivery(CompanyOwned):
    """A wage paper that was handed over (zugestellt): what, how, by whom; it never changes.

    ``nth`` counts the times of one paper; by itself it goes out once. Of what went by mail, ``mail``
    tells what became of it.
    """

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    slip = models.ForeignKey(
        "payroll.Payslip", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True,
    )  # fmt: skip
    certificate = models.ForeignKey(
        "payroll.IssuedCertificate", on_delete=models.PROTECT, related_name="+",
        db_constraint=False, db_index=False, null=True,
    )  # fmt: skip
    nth = models.PositiveSmallIntegerField(default=1)
    way = models.CharField(_("way"), max_length=6, choices=Way)
    mail = models.ForeignKey(
        OutgoingMail, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True,
    )  # fmt: skip
    at = models.DateTimeField(_("delivered at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("delivery")
        constraints = [
            models.UniqueConstraint(fields=["company", "slip", "nth"], name="delivery_slip_once"),
            models.UniqueConstraint(
                fields=["company", "certificate", "nth"], name="delivery_certificate_once"
            ),
            models.CheckConstraint(
                condition=Q(slip=None, certificate__isnull=False)
                | Q(slip__isnull=False, certificate=None),
                name="delivery_of_one_paper",
            ),
            models.CheckConstraint(
                condition=Q(way="paper", mail=None)
                | Q(way__in=["mail", "portal"], mail__isnull=False),
                name="delivery_mailed_or_printed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slip_id or self.certificate_id}/{self.nth}"
