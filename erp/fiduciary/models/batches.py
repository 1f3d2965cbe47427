"""One act in many clients (Sammelauftrag), and time spent for them (Zeiterfassung je Mandat)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.fiduciary.models.base import FirmOwned, OfClient


class FirmBatch(FirmOwned):
    """The same kind of job, started in several clients at once."""

    kind = models.CharField(_("kind"), max_length=60)
    arguments = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=100)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("by"),
    )  # fmt: skip
    at = models.DateTimeField(_("started at"))

    class Meta:
        verbose_name = _("bulk job")
        constraints = [
            models.UniqueConstraint(fields=["firm", "by", "key"], name="firm_batch_once"),
            models.UniqueConstraint(fields=["firm", "id"], name="firm_batch_of_firm"),
        ]

    @property
    def for_each(self) -> dict[str, Any]:
        """The arguments of the job in each client: all but which clients were chosen."""
        return {name: value for name, value in self.arguments.items() if name != "companies"}

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class FirmBatchPart(OfClient):
    """A bulk job's part in one client: the number of the job there, or why none was started."""

    batch = models.ForeignKey(
        FirmBatch, on_delete=models.CASCADE, related_name="parts", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    job = models.BigIntegerField(null=True)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("part of a bulk job")
        constraints = [
            models.UniqueConstraint(fields=["batch", "company"], name="firm_batch_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.company_id}"


class MandateTime(OfClient):
    """Time somebody spent for a client (Aufwand). It outlives the mandate: it is still to be billed."""

    client_name = models.CharField(_("client"), max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("person"),
    )  # fmt: skip
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    text = models.CharField(_("text"), max_length=200)
    is_billed = models.BooleanField(_("billed"), default=False)

    class Meta:
        verbose_name = _("time for a client")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gt=0, minutes__lte=1440), name="mandate_time_in_a_day"
            ),
        ]
        indexes = [models.Index(fields=["firm", "day"], name="mandate_time_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.minutes} {self.text}"
