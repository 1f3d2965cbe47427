"""What the trail and the access log keep."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class Way(models.TextChoices):
    """How somebody came in; the same codes as ``erp.core.origin.Via``."""

    PAGE = "page", _("page")
    API = "api", _("interface")
    TOKEN = "token", _("program with a key of its own")  # noqa: S105
    COMMAND = "command", _("command on the server")
    JOB = "job", _("background work")


class AuditEvent(CompanyOwned):
    """Something a person did to a company's data (Protokolleintrag).

    Only ever added, by ``erp_audit_record`` alone: the runtime role may read and nothing else. At
    the commit the database gives each event its place in the company's chain.
    """

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    action = models.CharField(_("action"), max_length=40)
    subject = models.CharField(_("subject"), max_length=40)
    subject_id = models.BigIntegerField(null=True)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    address = models.CharField(_("address"), max_length=45, default="")
    agent = models.CharField(_("program"), max_length=200, default="")
    via = models.CharField(_("way in"), max_length=10, choices=Way, default=Way.COMMAND)
    request_id = models.CharField(_("request"), max_length=32, default="")
    position = models.BigIntegerField(_("place in the chain"), null=True)
    content_digest = models.BinaryField(null=True)
    digest = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "-at"], name="audit_by_time"),
            models.Index(fields=["company", "subject", "subject_id"], name="audit_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["company", "position"], name="audit_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class AuditHead(CompanyOwned):
    """The end of a company's audit chain: one row, the last lock of every transaction that acts."""

    position = models.BigIntegerField(default=0)
    digest = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="audit_head_once"),
        ]

    def __str__(self) -> str:
        return str(self.position)


class AccessLogEntry(CompanyOwned):
    """Somebody looked at people's data (Zugriffsprotokoll, DSV Art. 4). Only ever added."""

    class Kind(models.TextChoices):
        READ = "read", _("looked at")
        LIST = "list", _("list looked at")
        SEARCH = "search", _("searched")
        EXPORT = "export", _("exported")
        DISCLOSURE = "disclosure", _("handed on")

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    subject = models.CharField(_("data"), max_length=40)
    subject_id = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(_("number of records"), null=True)
    recipient = models.CharField(_("recipient"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    via = models.CharField(_("way in"), max_length=10, choices=Way)

    class Meta:
        indexes = [
            models.Index(fields=["company", "-at"], name="access_log_by_time"),
            models.Index(fields=["company", "subject", "subject_id"], name="access_log_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.subject}"
