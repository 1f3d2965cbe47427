"""Mails on their way out, the files they carry, and the texts a company writes them with."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.companies.models import CompanyOwned, Language
from erp.core import clock
from erp.documents.models import StoredFile
from erp.mails import kinds

LONGEST_ADDRESS: Final = 254  # RFC 5321, 4.5.3.1.3, without its brackets
LONGEST_SUBJECT: Final = 200
LONGEST_BODY: Final = 50_000
LONGEST_NAME: Final = 150  # of an attached file
LONGEST_ERROR: Final = 300


class State(models.TextChoices):
    """Where a mail stands. Sent and cancelled are for good; the rest may be tried again.

    ``unclear``: the server was given the mail, and nobody heard what it said.
    """

    QUEUED = "queued", pgettext_lazy("mail", "waits to be sent")
    SENDING = "sending", pgettext_lazy("mail", "is being sent")
    SENT = "sent", pgettext_lazy("mail", "sent")
    FAILED = "failed", pgettext_lazy("mail", "not sent")
    REFUSED = "refused", pgettext_lazy("mail", "refused")
    UNCLEAR = "unclear", pgettext_lazy("mail", "unclear")
    CANCELLED = "cancelled", pgettext_lazy("mail", "cancelled")


OVER: Final = (State.SENT, State.CANCELLED)
#: From which a person may send a mail again.
AGAIN: Final = (State.FAILED, State.REFUSED, State.UNCLEAR)


class Fault(models.TextChoices):
    """Why the last try did not succeed, in people's words; the server's own follow."""

    AWAY = "away", _("The mail server cannot be reached.")
    LATER = "later", _("The mail server asks to try again later.")
    LOCKED_OUT = "locked_out", _("The mail server does not let this installation in.")
    REFUSED = "refused", _("The mail server refuses the mail.")
    RECIPIENT = "recipient", _("The mail server refuses a recipient; nobody got the mail.")
    CUT_OFF = (
        "cut_off",
        _("The connection ended while the mail was handed over. It may have arrived."),
    )
    STOPPED = (
        "stopped",
        _("Sending was interrupted while the mail was handed over. It may have arrived."),
    )
    TOO_MANY = "too_many", _("The company has sent as many mails as it may in an hour.")
    FILE_LOST = "file_lost", _("An attached file is not in the archive as it was any more.")
    BROKEN = "broken", _("The program stumbled over this mail. Tell support its number.")


def _addresses(name: Any, **more: Any) -> Any:
    return ArrayField(models.CharField(max_length=LONGEST_ADDRESS), verbose_name=name, **more)


class OutgoingMail(CompanyOwned):
    """A mail that leaves the house, and what became of it (Ausgangspost).

    What it says never changes; ``message_id`` is given before the first try, so that a mail handed
    over twice can be told by whoever receives it. Who sends it holds ``lease``; ``data_at`` is
    written down before the server is given the mail itself, and is what makes a lost answer
    ``unclear`` rather than a mail that is sent twice.
    """

    about_model = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    about_name = models.CharField(_("about"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    to = _addresses(_("to"))
    cc = _addresses(_("copy"), default=list, blank=True)
    bcc = _addresses(_("blind copy"), default=list, blank=True)
    reply_to = models.CharField(_("answers to"), max_length=LONGEST_ADDRESS, blank=True)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    body = models.TextField(_("text"))
    message_id = models.CharField("Message-ID", max_length=100)
    queued_at = models.DateTimeField(_("written at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"),
        db_index=False,
    )  # fmt: skip

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    enqueued_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    data_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    fault = models.CharField(max_length=10, choices=Fault, blank=True)
    last_error = models.CharField(_("answer of the server"), max_length=LONGEST_ERROR, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.UniqueConstraint(fields=["company", "message_id"], name="mail_once"),
            models.CheckConstraint(condition=~Q(to=[]), name="mail_to_somebody"),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False)
                | (~Q(state=State.SENT) & Q(sent_at=None)),
                name="mail_sent_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(about_model="", about_id=None)
                | (~Q(about_model="") & Q(about_id__isnull=False)),
                name="mail_about_something",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "-id"], name="mail_of_company_newest"),
            models.Index(fields=["company", "about_model", "about_id", "-id"], name="mail_about"),
            models.Index(fields=["company", "began_at"], name="mail_tried"),
            models.Index(
                fields=["next_try_at"], name="mail_due",
                condition=Q(state__in=(State.QUEUED, State.SENDING)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} {self.pk}"  # the trail tells it to more people than may read the mail

    @property
    def title(self) -> str:
        """What kind of mail it is, in the language of whoever looks."""
        return kinds.label_of(self.kind)

    @property
    def recipients(self) -> list[str]:
        """All who get it, those of a blind copy included."""
        return [*self.to, *self.cc, *self.bcc]

    @property
    def trouble(self) -> str:
        """Why the last try did not succeed, and what the server said; blank where it did."""
        return f"{self.get_fault_display()} {self.last_error}".strip() if self.fault else ""

    @property
    def waits_until(self) -> Any:
        """When it is tried again, if that is not at once."""
        later = self.state == State.QUEUED and self.next_try_at > clock.now()
        return self.next_try_at if later else None

    @property
    def can_be_retried(self) -> bool:
        return self.state in AGAIN

    @property
    def can_be_cancelled(self) -> bool:
        return self.state == State.QUEUED


class MailFile(CompanyOwned):
    """A file that a mail carries, under the name that its reader sees."""

    mail = models.ForeignKey(
        OutgoingMail, on_delete=models.PROTECT, related_name="files", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.CharField(_("file name"), max_length=LONGEST_NAME)

    class Meta:
        indexes = [models.Index(fields=["company", "mail", "id"], name="mail_file_in_order")]

    def __str__(self) -> str:
        return self.name


class MailTemplate(CompanyOwned):
    """A company's own text for a kind of mail in a language (Mailtext); without one, ours holds."""

    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "language"], name="mail_template_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{kinds.label_of(self.kind)} ({self.get_language_display()})"
