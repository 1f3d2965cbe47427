"""``…/audit-events/`` and ``…/access-log/``: who did what, and who looked at people's data."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField
from erp.api.reports import Filed, form_of
from erp.audit import access_log, queries
from erp.audit.labels import ACTIONS
from erp.audit.models import AccessLogEntry, AuditEvent
from erp.audit.readers import needed_for
from erp.cockpit.trail import exported


class AuditEventOutput(serializers.ModelSerializer[AuditEvent]):
    """An act: ``subject`` and ``subject_id`` say on what, ``description`` how it is called.

    In ``details`` a change stands as an old and a new value; they are null where the reader may not
    see such records. ``via`` is page, api, token, command
    or job. ``position`` and ``digest`` are its place in the chain and the link there.
    """

    by = serializers.CharField(source="by.email")
    description = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField()
    via = serializers.CharField()
    digest = serializers.SerializerMethodField()

    class Meta:
        model = AuditEvent
        fields = ("id", "at", "by", "action", "description", "subject", "subject_id", "details",
                  "address", "agent", "via", "request_id", "position", "digest")  # fmt: skip

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": {}})
    def get_details(self, event: AuditEvent) -> dict[str, Any] | None:
        if needed_for(event.subject) not in self.context["access"].granted:
            return None
        return event.details

    def get_description(self, event: AuditEvent) -> str:
        return str(ACTIONS.get(event.action, event.action))

    def get_digest(self, event: AuditEvent) -> str:
        return bytes(event.digest or b"").hex()


class AccessLogOutput(serializers.ModelSerializer[AccessLogEntry]):
    """A look at people's data: of one record (``subject_id``), or of ``count`` of them.

    ``kind`` is read, list, search, export or disclosure, the last to a ``recipient``.
    """

    by = serializers.CharField(source="by.email")
    kind = serializers.CharField()
    via = serializers.CharField()

    class Meta:
        model = AccessLogEntry
        fields = ("id", "at", "by", "kind", "subject", "subject_id", "count", "recipient",
                  "address", "via")  # fmt: skip


class AccessLogQuery(serializers.Serializer[Any]):
    by = serializers.CharField(max_length=254, required=False)
    since = DayField(required=False)
    until = DayField(required=False)


class AuditEventQuery(AccessLogQuery):
    action = serializers.CharField(max_length=40, required=False)
    subject = serializers.CharField(max_length=40, required=False)
    subject_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class AuditEventViewSet(mixins.ListModelMixin, Filed):
    """``…/audit-events/``: newest first."""

    permissions = {"list": Permission.AUDIT_READ}
    forms = ("csv", "xlsx")
    takes_along = {"list": Permission.AUDIT_READ}  # as on the page
    serializer_class = AuditEventOutput
    queryset = AuditEvent.unscoped.none()
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return queries.events(
            self.company, granted=self.access.granted, **self.asked(AuditEventQuery)
        )

    @extend_schema(parameters=[AuditEventQuery, form_of(forms)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Who did what, the newest first; a file tells it in words, the oldest first."""
        if self.form:
            return self.filed(exported(self.access, self.get_queryset()))
        return super().list(request, *args, **kwargs)


class AccessLogViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/access-log/``: newest first."""

    permissions = {"list": Permission.AUDIT_READ}
    serializer_class = AccessLogOutput
    queryset = AccessLogEntry.unscoped.none()
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[AccessLogEntry]:
        return access_log.entries(self.company, **self.asked(AccessLogQuery))

    @extend_schema(parameters=[AccessLogQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)
