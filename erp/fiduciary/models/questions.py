"""Threads between a company and its fiduciary."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.access.firms.models import Firm
from erp.companies.models import CompanyOwned
from erp.documents.models import StoredFile


class Question(CompanyOwned):
    """A thread between a company and its fiduciary (Rückfrage): about a record, or about nothing named.

    Both sides see it. ``kind`` receipt asks for an original that is missing. ``asks`` says who has to
    answer next. ``subject`` and ``subject_id`` name what it is about, as ``subjects.SUBJECTS`` does;
    ``party``, ``amount`` and ``day`` tell it to whoever may not see the record. ``link`` is the
    address of its page. Mails and reminders to the client are counted by ``reminders``.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        RECEIPT = "receipt", _("receipt wanted")

    class Side(models.TextChoices):
        CLIENT = "client", pgettext_lazy("side", "company")
        FIDUCIARY = "fiduciary", pgettext_lazy("side", "fiduciary")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("question", "open")
        ANSWERED = "answered", pgettext_lazy("question", "answered")
        CLOSED = "closed", pgettext_lazy("question", "settled")

    firm = models.ForeignKey(
        Firm, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("fiduciary"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.QUESTION)
    title = models.CharField(_("subject"), max_length=160)
    subject = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    party = models.CharField(_("party"), max_length=140, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2, null=True)
    day = models.DateField(_("date"), null=True)
    asks = models.CharField(_("to be answered by"), max_length=9, choices=Side)
    due_on = models.DateField(_("answer until"), null=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("asked at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("asked by"),
    )  # fmt: skip
    link = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="question_of_company"),
            models.CheckConstraint(
                condition=models.Q(subject="", subject_id=None)
                | (~models.Q(subject="") & models.Q(subject_id__isnull=False)),
                name="question_about_something",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "asks"], name="question_waiting",
                condition=~models.Q(state="closed"),
            ),
            models.Index(
                fields=["company", "subject", "subject_id"], name="question_about",
                condition=~models.Q(subject=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED


class QuestionMessage(CompanyOwned):
    """What somebody said in a thread, with a file; only ever added."""

    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="messages", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("by"),
    )  # fmt: skip
    text = models.TextField(_("text"), max_length=4000, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name=_("file"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("message")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="question_message_of_company"),
            models.CheckConstraint(
                condition=~models.Q(text="") | models.Q(file__isnull=False),
                name="question_message_says_something",
            ),
        ]
        indexes = [models.Index(fields=["company", "question", "id"], name="message_of_question")]

    def __str__(self) -> str:
        return self.text[:60]
