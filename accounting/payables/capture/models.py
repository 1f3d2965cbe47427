"""Bills as they came in, and what became of them."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.documents.models import StoredFile


class State(models.TextChoices):
    """Where a document stands. What is captured or set aside does not wait any more."""

    NEW = "new", _("new")
    READING = "reading", _("is being read")
    READ = "read", _("read")
    FAILED = "failed", _("not readable")
    CAPTURED = "captured", _("captured")
    SET_ASIDE = "aside", _("set aside")


class Channel(models.TextChoices):
    """How a document came (GeBüV: the way is kept with the original)."""

    UPLOAD = "upload", _("uploaded")
    PHOTO = "photo", _("photographed")
    FOLDER = "folder", _("from the folder")
    API = "api", _("by the API")


UNREAD: Final = (State.NEW, State.READING)
WAITING: Final = (State.NEW, State.READING, State.READ, State.FAILED)


def _person() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        db_index=False,
    )  # fmt: skip


class InboxDocument(CompanyOwned):
    """An original in the inbox (Beleg im Eingang): kept bit for bit, read by the program, then captured.

    ``found`` is what was found in the file, in the form of ``keeping.VERSION``: raw, so that what it
    means is told by the program of the day. Of it, ``payee`` to ``amount`` stand in columns of their own
    for lists, as the first bill of the file has them. A refusal of a file that cannot be read is its
    ``refusal``: code and values. ``bill`` is the number of the supplier's bill it was captured as, which
    a room above keeps.
    """

    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.CharField(_("file name"), max_length=200)
    channel = models.CharField(_("came"), max_length=6, choices=Channel)
    received_at = models.DateTimeField(_("received at"))
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True)
    found = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    read_at = models.DateTimeField(_("read at"), null=True)

    payee = models.CharField(_("payee"), max_length=140, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    reference = models.CharField(_("reference"), max_length=35, blank=True)
    number = models.CharField(_("invoice number"), max_length=70, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2, null=True)

    bill = models.BigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = _person()

    class Meta:
        verbose_name = _("document in the inbox")
        verbose_name_plural = _("inbox")
        constraints = [
            models.UniqueConstraint(fields=["company", "file"], name="inbox_file_once"),
            models.CheckConstraint(
                condition=Q(state=State.CAPTURED, bill__isnull=False)
                | (~Q(state=State.CAPTURED) & Q(bill=None)),
                name="inbox_captured_as_a_bill",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.SET_ASIDE) & ~Q(reason=""))
                | (~Q(state=State.SET_ASIDE) & Q(reason="")),
                name="inbox_aside_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(State.CAPTURED, State.SET_ASIDE), decided_at__isnull=False,
                    decided_by__isnull=False,
                ) | Q(state__in=WAITING, decided_at=None, decided_by=None),
                name="inbox_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED) | ~Q(refusal={}), name="inbox_failed_says_why"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="inbox_by_state"),
            models.Index(fields=["company", "-id"], name="inbox_newest"),
            models.Index(fields=["company", "iban", "reference"], name="inbox_of_payee"),
            models.Index(fields=["company", "bill"], name="inbox_of_bill", condition=~Q(bill=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def waits(self) -> bool:
        """Whether somebody still has to decide what becomes of it."""
        return self.state in WAITING

    @property
    def is_unread(self) -> bool:
        return self.state in UNREAD
