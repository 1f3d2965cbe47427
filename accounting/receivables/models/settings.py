"""How a company writes its documents: defaults, texts, numbers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount
from accounting.receivables.amounts import Rounding
from accounting.receivables.models.documents import SalesDocument
from accounting.terms.models import PaymentTerms, fk
from erp.companies.models import CompanyOwned, Language
from vat.codes.breakdown import Basis


class SalesSettings(CompanyOwned):
    """What documents of a company have in common; changing it changes no document written before."""

    basis = models.CharField(_("prices"), max_length=5, choices=Basis, default=Basis.NET)
    rounding = models.CharField(
        _("amounts are rounded"), max_length=10, default=Rounding.EACH_LINE,
        choices=[
            (Rounding.EACH_LINE.value, _("on each line")), (Rounding.AT_THE_END.value, _("at the end")),
        ],
    )  # fmt: skip
    five_centimes = models.BooleanField(_("totals in CHF rounded to 0.05"), default=True)
    payment_terms = fk(PaymentTerms, _("payment terms"), null=True, blank=True)
    bank_account = fk(BankAccount, _("bank account on the QR-bill"), null=True, blank=True)
    offer_days = models.PositiveSmallIntegerField(_("offers are valid for days"), default=30)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    mail = models.CharField(_("e-mail"), max_length=254, blank=True)
    web = models.CharField(_("web"), max_length=120, blank=True)
    footer = models.CharField(_("text at the foot of each page"), max_length=300, blank=True)
    address_left = models.BooleanField(_("window of the envelope on the left"), default=False)

    class Meta:
        verbose_name = _("settings of documents")
        constraints = [models.UniqueConstraint(fields=["company"], name="sales_settings_once")]

    def __str__(self) -> str:
        return str(self.company)


class DocumentText(CompanyOwned):
    """What stands above and below the lines, by kind of document and language (eigene Texte)."""

    kind = models.CharField(_("kind"), max_length=11, choices=SalesDocument.Kind)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    intro = models.TextField(_("above the lines"), max_length=4000, blank=True)
    closing = models.TextField(_("below the lines"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("text of documents")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "language"], name="document_text_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


class NumberRange(CompanyOwned):
    """How documents of a kind are numbered (Nummernkreis).

    ``prefix`` may hold ``{year}``; ``yearly`` begins anew with each calendar year.
    """

    kind = models.CharField(_("kind"), max_length=11, choices=SalesDocument.Kind)
    prefix = models.CharField(_("prefix"), max_length=12, blank=True)
    width = models.PositiveSmallIntegerField(_("digits"), default=5)
    yearly = models.BooleanField(_("begins anew each year"), default=True)

    class Meta:
        verbose_name = _("number range")
        constraints = [
            models.UniqueConstraint(fields=["company", "kind"], name="number_range_once"),
            models.CheckConstraint(
                condition=models.Q(width__gte=1, width__lte=10), name="number_range_width"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.prefix}"


class NumberCount(CompanyOwned):
    """The last number of a range, in a year; 0 where the years are not told apart."""

    kind = models.CharField(max_length=11, choices=SalesDocument.Kind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "year"], name="number_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"
