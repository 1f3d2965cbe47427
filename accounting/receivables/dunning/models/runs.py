"""Runs, letters and what they demanded: what went out stays as it was written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import JournalEntry
from accounting.open_items.models import OpenItem
from accounting.receivables.dunning.models.levels import Channel, Interest
from contacts.models import Contact
from erp.companies.models import CompanyOwned, Language
from erp.documents.models import StoredFile


def _person(name: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True, verbose_name=name,  # type: ignore[arg-type]
    )  # fmt: skip


def _money(name: object) -> models.DecimalField:
    return models.DecimalField(name, max_digits=15, decimal_places=2, default=Decimal(0))  # type: ignore[arg-type]


class DunningRun(CompanyOwned):
    """All letters of a day (Mahnlauf). As a draft it holds but what somebody left out."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        EXECUTED = "executed", _("executed")
        DISCARDED = "discarded", _("discarded")
        CANCELLED = "cancelled", _("cancelled")

    date = models.DateField(_("date"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    left_out_items = ArrayField(models.BigIntegerField(), default=list)
    left_out_customers = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField(_("created at"))
    created_by = _person(_("created by"))
    executed_at = models.DateTimeField(_("executed at"), null=True)
    executed_by = _person(_("executed by"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    cancelled_by = _person(_("cancelled by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    batch = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name=_("to print"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("dunning run")
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(status="draft"), name="dunning_run_drafted_once"
            ),
        ]
        indexes = [models.Index(fields=["company", "-date", "-id"], name="dunning_run_newest")]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y}"


class DunningNotice(CompanyOwned):
    """A letter to a customer, in one currency (Mahnung), with what it demanded.

    ``rest`` is what was open of its items on the day, ``netted`` what credits took off; ``total``
    is the rest with fee, and with interest where that was demanded. ``paper`` is the letter as
    values; ``file`` its PDF, once it was made. ``reference`` is what its slip bears.
    """

    run = models.ForeignKey(
        DunningRun, on_delete=models.PROTECT, related_name="notices", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    number = models.PositiveIntegerField(_("number"))
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("customer"),
    )  # fmt: skip
    party = models.CharField(_("customer"), max_length=140)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    date = models.DateField(_("date"))
    step = models.PositiveSmallIntegerField(_("level"))
    title = models.CharField(_("title"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    rest = _money(_("open"))
    netted = _money(_("credits"))
    fee = _money(_("fee"))
    interest = _money(_("interest on arrears"))
    interest_mode = models.CharField(max_length=7, choices=Interest, default=Interest.OFF)
    interest_percent = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal(0))
    total = _money(_("to be paid"))
    pay_until = models.DateField(_("pay until"))
    reference = models.CharField(_("reference"), max_length=35, blank=True)
    channel = models.CharField(_("sent"), max_length=5, choices=Channel)
    mail_address = models.CharField(_("e-mail"), max_length=254, blank=True)
    paper = models.JSONField(encoder=DjangoJSONEncoder)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name="PDF",
    )  # fmt: skip
    fee_entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("journal entry"),
    )  # fmt: skip
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)

    sent: Any = None  # the newest mail about it, where a list has looked it up

    class Meta:
        verbose_name = _("dunning letter")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="dunning_notice_once"),
            models.CheckConstraint(
                condition=Q(total__gt=0, rest__gte=0, netted__gte=0, fee__gte=0, interest__gte=0),
                name="dunning_notice_demands_something",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "run", "number"], name="dunning_notice_of_run"),
            models.Index(fields=["company", "contact", "-date"], name="dunning_notice_of_customer"),
            models.Index(
                fields=["company", "reference"], name="dunning_notice_by_reference",
                condition=~Q(reference=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} {self.party}"


class DunningNoticeItem(CompanyOwned):
    """An item on a letter, as it stood on its day; of a credit, what it took off is negative."""

    notice = models.ForeignKey(
        DunningNotice, on_delete=models.PROTECT, related_name="items", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    item = models.ForeignKey(
        OpenItem, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("open item"),
    )  # fmt: skip
    position = models.PositiveIntegerField()
    step = models.PositiveSmallIntegerField(_("level"), null=True)
    document = models.CharField(_("document"), max_length=40, blank=True)
    document_date = models.DateField(_("document date"))
    due_date = models.DateField(_("due"))
    amount = _money(_("amount"))
    rest = _money(_("open"))
    netted = _money(_("credits"))
    days = models.IntegerField(_("days overdue"), default=0)
    interest = _money(_("interest on arrears"))
    date = models.DateField(_("date"))
    pay_until = models.DateField(_("pay until"))
    is_cancelled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "notice", "position"], name="dunning_item_in_order"
            ),
            models.UniqueConstraint(
                fields=["company", "item", "step"], name="dunning_item_once_on_a_level",
                condition=Q(is_cancelled=False, step__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["company", "item"], name="dunning_item_of_item",
                condition=Q(is_cancelled=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.document
