"""Projects, what an hour of them costs, and the hours that were worked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import CostObject
from accounting.receivables.models import Product, SalesDocument
from accounting.terms.models import fk, person
from contacts.models import Contact
from erp.companies.models import CompanyOwned

DAY_MINUTES = 24 * 60


class Project(CompanyOwned):
    """What hours are worked for (Projekt).

    ``contact`` is whom they are billed to, none where they never are; ``product`` says how they are
    billed: account and VAT code. ``cost_object`` goes onto the invoice's lines. Rates are in
    ``currency``. ``budget_minutes`` is what was planned in all.
    """

    number = models.CharField(_("number"), max_length=10)
    name = models.CharField(_("name"), max_length=120)
    contact = fk(Contact, _("customer"), null=True, blank=True)
    product = fk(Product, _("is billed as"), null=True, blank=True)
    cost_object = fk(CostObject, _("cost object"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    budget_minutes = models.PositiveIntegerField(_("budget in hours"), null=True, blank=True)
    is_closed = models.BooleanField(_("closed"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("project")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="project_number_once"),
        ]
        indexes = [
            models.Index(
                fields=["company", "contact"], name="project_of_contact",
                condition=Q(contact__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class HourRate(CompanyOwned):
    """What an hour costs from a day on (Stundensatz), without VAT.

    Of a project and a person, of either, or of all; the most particular holds. Rates that name no
    project are in the company's currency.
    """

    project = fk(Project, _("project"), null=True, blank=True)
    user = person(_("person"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("rate per hour"), max_digits=9, decimal_places=2)

    class Meta:
        verbose_name = _("hourly rate")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "project", "user", "valid_from"], name="hour_rate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="hour_rate_is_something"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.rate:.2f}"


class HourEntry(CompanyOwned):
    """Time that somebody worked on a day for a project (Stundenrapport).

    ``changed_by`` wrote it last. Approved it stays as it is; ``document`` is the invoice that bills it,
    ``billed_rate`` at what rate, ``billed_amount`` its share of the line, without VAT. ``rate`` is what
    was agreed for this work alone, in the project's currency; None as the rates say.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        BILLED = "billed", _("billed")

    project = fk(Project, _("project"))
    user = person(_("person"))
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    text = models.CharField(_("text"), max_length=200, blank=True)
    is_billable = models.BooleanField(_("billable"), default=True)
    rate = models.DecimalField(
        _("rate per hour"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    changed_by = person(_("last changed by"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    approved_by = person(_("approved by"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    document = fk(SalesDocument, _("invoice"), null=True, blank=True)
    billed_rate = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    billed_amount = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=DAY_MINUTES), name="hour_entry_of_a_day"
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gt=0), name="hour_entry_rate_is_something"
            ),
            models.CheckConstraint(
                condition=Q(state="open", approved_by=None, approved_at=None)
                | ~Q(state="open") & Q(approved_by__isnull=False, approved_at__isnull=False),
                name="hour_entry_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="billed", document__isnull=False, billed_rate__isnull=False,
                            billed_amount__isnull=False)
                | ~Q(state="billed") & Q(document=None, billed_rate=None, billed_amount=None),
                name="hour_entry_billed_by_a_document",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "user", "day"], name="hour_entry_of_person"),
            models.Index(fields=["company", "project", "state"], name="hour_entry_of_project"),
            models.Index(fields=["company", "-day", "-id"], name="hour_entry_by_day"),
            models.Index(
                fields=["company", "document"], name="hour_entry_of_document",
                condition=Q(document__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y} {self.minutes // 60}:{self.minutes % 60:02d}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
