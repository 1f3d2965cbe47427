"""What happens with a contact, and the documents that are kept of it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.contacts import Contact
from erp.companies.models import CompanyOwned
from erp.documents.models import StoredFile


class Activity(CompanyOwned):
    """A note, a call, a visit, or a task that is due (Aktivität)."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", _("call")
        VISIT = "visit", _("visit")
        TASK = "task", _("task")

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="activities", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.NOTE)
    text = models.TextField(_("text"), max_length=4000)
    at = models.DateTimeField(_("at"))
    due_on = models.DateField(_("due on"), null=True)
    remind_on = models.DateField(_("reminder on"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("by"),
    )  # fmt: skip
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True, verbose_name=_("for"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["company", "contact", "-at"], name="activity_of_contact"),
            models.Index(
                fields=["company", "due_on"], name="activity_open",
                condition=Q(done_at=None, due_on__isnull=False),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(remind_on=None) | Q(due_on__isnull=False),
                name="activity_reminds_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def is_overdue(self, today: dt.date) -> bool:
        return self.done_at is None and self.due_on is not None and self.due_on < today


class ContactFile(CompanyOwned):
    """A document kept with a contact: a contract, a letter."""

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="files", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    label = models.CharField(_("label"), max_length=80, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("document of a contact")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contact", "file"], name="contact_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.file.name
