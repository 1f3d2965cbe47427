"""Who and what is not dunned (Mahnstopp), and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem
from accounting.receivables.dunning.models.levels import DunningProcedure
from contacts.models import Contact
from erp.companies.models import CompanyOwned


class StopKind(models.TextChoices):
    """Why somebody is not reminded."""

    DISPUTED = "disputed", _("disputed")
    AGREED = "agreed", _("delay agreed")
    OTHER = "other", _("other reason")


class CustomerDunning(CompanyOwned):
    """How a customer is dunned, where not as all others: another procedure, or not at all.

    With a ``stop_kind`` it is stopped, until ``stopped_until`` or, without a day, until lifted.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("customer"),
    )  # fmt: skip
    procedure = models.ForeignKey(
        DunningProcedure, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("dunning procedure"),
    )  # fmt: skip
    stop_kind = models.CharField(_("stopped"), max_length=8, choices=StopKind, blank=True)
    stop_reason = models.CharField(_("reason"), max_length=200, blank=True)
    stopped_until = models.DateField(_("stopped until"), null=True)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("customer's dunning")
        constraints = [
            models.UniqueConstraint(fields=["company", "contact"], name="customer_dunning_once"),
            models.CheckConstraint(
                condition=~Q(stop_kind="") | Q(stop_reason="", stopped_until=None),
                name="customer_dunning_stop_has_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return str(self.contact)


class ItemStop(CompanyOwned):
    """An item is not dunned, until a day or until the stop is lifted. Kept when it is over."""

    item = models.ForeignKey(
        OpenItem, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("open item"),
    )  # fmt: skip
    kind = models.CharField(_("stopped"), max_length=8, choices=StopKind)
    text = models.CharField(_("reason"), max_length=200, blank=True)
    until = models.DateField(_("stopped until"), null=True)
    created_at = models.DateTimeField(_("stopped at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("dunning stop")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "item"], condition=Q(lifted_at=None), name="item_stopped_once"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="item_stop_lifted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["company", "item"], name="item_stop_of_item")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}".strip()
