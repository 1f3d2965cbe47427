"""Who is told that something changed (Webhooks), and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.core.sealed import Sealed, SealedField


@dataclass(frozen=True)
class Secrets:
    """What deliveries are signed with: the secret, and the one before until its receiver has the new one."""

    current: str
    before: str = ""


class Webhook(Sealed, CompanyOwned):
    """An address elsewhere that is told which records changed, never what they say.

    ``place`` is how far it was told, in ``epoch``. It is told nothing before ``confirmed_at``: the
    receiver has to send a challenge back first. One delivery at a time keeps the order.
    """

    name = models.CharField(_("name"), max_length=60)
    url = models.CharField(_("address"), max_length=500)
    resources = ArrayField(models.CharField(max_length=20), verbose_name=_("told of"))
    secrets = SealedField(Secrets)
    is_on = models.BooleanField(_("on"), default=True)
    off_reason = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    epoch = models.CharField(max_length=12, blank=True)
    place = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("made by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("webhook")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="webhook_of_company"),
            models.CheckConstraint(
                condition=models.Q(url__startswith="https://"), name="webhook_encrypted"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="webhook_due", condition=models.Q(is_on=True))
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(CompanyOwned):
    """What a webhook is told at once: the same ``number`` and ``body`` however often it is tried."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("delivered")
        FAILED = "failed", _("failed")

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    body = models.TextField()
    epoch = models.CharField(max_length=12, blank=True)
    place = models.BigIntegerField(default=0)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    fault = models.CharField(_("fault"), max_length=100, blank=True)
    made_at = models.DateTimeField(_("made at"))
    tried_at = models.DateTimeField(_("tried at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="delivery_of_company"),
            models.UniqueConstraint(
                fields=["company", "webhook"], name="delivery_one_at_a_time",
                condition=models.Q(state="waiting"),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["company", "webhook", "-id"], name="delivery_newest")]
