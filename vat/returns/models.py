"""Returns as they were checked, filed and settled."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from erp.companies.models import CompanyOwned
from erp.documents.models import StoredFile
from vat.codes.models import VatSettings


class VatReturn(CompanyOwned):
    """A VAT return (MWST-Abrechnung) of a period.

    As long as it is open its figures are those of the ledger now; filed, they are frozen with the
    places in the chain they cover (``spans``), so that the ledger gives them again for ever. What is
    ``elsewhere`` was filed with another program: it has no figures, and says only that its period is
    done. A filed return is never changed; a correction return follows it. ``next_basis`` and
    ``carried_place`` are told where method and basis change after it, see ``carrying.Closing``.
    """

    class Kind(models.IntegerChoices):
        """Values of ``typeOfSubmission`` of eCH-0217."""

        FIRST = 1, _("VAT return")
        CORRECTION = 2, _("correction return")
        RECONCILIATION = 3, _("annual reconciliation")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        CHECKED = "checked", _("checked")
        FILED = "filed", _("filed")

    kind = models.PositiveSmallIntegerField(_("kind"), choices=Kind, default=Kind.FIRST)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    nth = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT)
    elsewhere = models.BooleanField(_("filed with another program"), default=False)
    method = models.CharField(_("method"), max_length=9, choices=VatSettings.Method)
    basis = models.CharField(_("basis"), max_length=8, choices=VatSettings.Basis)
    interval = models.CharField(_("interval"), max_length=7, choices=VatSettings.Interval)
    switched_on = models.DateField(null=True)
    next_basis = models.CharField(max_length=8, choices=VatSettings.Basis, blank=True)
    carried_place = models.BigIntegerField(null=True)
    round_down = models.BooleanField(default=False)
    uid = models.CharField(_("UID"), max_length=12, blank=True)
    note_280 = models.CharField(_("what box 280 is"), max_length=50, blank=True)
    differences = models.BooleanField(_("declares the differences"), default=False)
    reference = models.CharField(_("reference"), max_length=50, blank=True)
    spans = models.JSONField(default=list)
    until_place = models.BigIntegerField(null=True)
    figures = models.JSONField(default=dict)
    checked_digest = models.CharField(max_length=64, blank=True)
    accepted = models.JSONField(default=list)
    payable = models.DecimalField(_("payable"), max_digits=15, decimal_places=2, null=True)
    due_date = models.DateField(_("due"))
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    checked_at = models.DateTimeField(_("checked at"), null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    filed_at = models.DateTimeField(_("filed at"), null=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    xml = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    pdf = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    entry = models.ForeignKey(
        "accounting.JournalEntry", on_delete=models.PROTECT, null=True, related_name="+",
        db_constraint=False, db_index=False, verbose_name=_("settled by entry"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("VAT return")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "start", "end", "nth"], name="vat_return_once"
            ),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="vat_return_ends_later"),
            models.CheckConstraint(
                condition=Q(state="filed", filed_at__isnull=False, until_place__isnull=False)
                | (~Q(state="filed") & Q(filed_at=None, until_place=None, entry=None)),
                name="vat_return_filed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="filed") | Q(elsewhere=True)
                | Q(payable__isnull=False, xml__isnull=False, pdf__isnull=False),
                name="vat_return_filed_with_figures",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.start}/{self.end}"

    @property
    def is_filed(self) -> bool:
        return self.state == self.State.FILED

    @property
    def is_settled(self) -> bool:
        return self.entry_id is not None


class TaxOffice(CompanyOwned):
    """Whom VAT is paid to (Steuerverwaltung): a contact of the creditors, and how returns go there."""

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("contact"),
    )  # fmt: skip
    differences = models.BooleanField(_("corrections declare the differences"), default=False)

    class Meta:
        verbose_name = _("tax office")
        constraints = [
            models.UniqueConstraint(fields=["company"], name="tax_office_once"),
        ]

    def __str__(self) -> str:
        return str(self.contact or "")


class VatInstalment(CompanyOwned):
    """An instalment of the tax of a year that is settled yearly (Rate), as it was entered to be paid.

    ``start`` is the first day of the year. It is owed to the tax office by its ``entry``, and set off
    when the return of the year is posted (MWSTG Art. 86a para. 7).
    """

    start = models.DateField(_("first day of the year"))
    nth = models.PositiveSmallIntegerField(_("instalment"))
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    due_date = models.DateField(_("due"))
    entry = models.ForeignKey(
        "accounting.JournalEntry", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("entry"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("VAT instalment")
        constraints = [
            models.UniqueConstraint(fields=["company", "start", "nth"], name="vat_instalment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="vat_instalment_owes"),
        ]

    def __str__(self) -> str:
        return f"{self.start.year}/{self.nth}"
