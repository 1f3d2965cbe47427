"""``…/security/``, ``…/mail-domains/``, ``…/leak-findings/``: how safe the accounts are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.sign_in.models import SecurityEvent
from erp.api.endpoints import CompanyViewSet, session_of
from erp.api.inputs import Input
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.cockpit import leaks, security, tasks
from erp.cockpit.api.members import MandatedOutput
from erp.cockpit.members import member_named


class MailDomainOutput(serializers.ModelSerializer[MailDomain]):
    """A domain; it is watched while its ``state`` is verified. ``problem`` says why it is not."""

    state = serializers.CharField(help_text="unverified, verified or refused")
    problem = serializers.CharField(help_text="no_member, not_subscribed, no_answer or blank")
    added_by = serializers.CharField(source="added_by.email")

    class Meta:
        model = MailDomain
        fields = ("id", "domain", "state", "problem", "added_by", "added_at", "checked_at")


class MailDomainInput(Input):
    domain = serializers.CharField(max_length=253)


class LeakFindingOutput(serializers.ModelSerializer[LeakFinding]):
    """An address in a breach; ``user`` is set where it was a member's when it was found."""

    user = serializers.CharField(source="user.email", allow_null=True, default=None)
    state = serializers.CharField(help_text="new, told or settled")

    class Meta:
        model = LeakFinding
        fields = ("id", "address", "domain", "alias", "breach", "breach_date", "found_at", "user",
                  "state")  # fmt: skip


class LeakFindingInput(Input):
    """A finding can be settled, and nothing else."""

    state = serializers.ChoiceField(choices=["settled"], required=True)


class LeakFindingQuery(serializers.Serializer[Any]):
    state = serializers.CharField(max_length=10, required=False)


class GuardedOutput(serializers.Serializer[Any]):
    """A member and how the account is guarded; ``factor`` is passkey, app or none."""

    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")
    roles: Any = serializers.ListField(child=serializers.CharField())
    is_owner = serializers.BooleanField()
    is_active = serializers.BooleanField(source="user.is_active")
    factor = serializers.CharField()
    factors = serializers.IntegerField()
    last_sign_in = serializers.DateTimeField(source="user.last_login", allow_null=True)
    password_breached_at = serializers.DateTimeField(
        source="user.password_breached_at", allow_null=True
    )
    sessions = serializers.SerializerMethodField()
    oldest_session = serializers.DateTimeField(allow_null=True)
    app_tokens = serializers.IntegerField(source="tokens")

    def get_sessions(self, person: security.Guarded) -> int:
        return len(person.sessions)


class FixOutput(serializers.Serializer[Any]):
    """Something to put right: the greater the weight, the sooner. ``page`` is where to do it."""

    code = serializers.CharField()
    weight = serializers.IntegerField()
    count = serializers.IntegerField()
    text = serializers.CharField()
    who: Any = serializers.ListField(child=serializers.CharField())
    page = serializers.SerializerMethodField()

    def get_page(self, fix: security.Fix) -> str:
        return fix.address(self.context["company"])


class SecurityEventOutput(serializers.ModelSerializer[SecurityEvent]):
    email = serializers.CharField(source="user.email")
    kind = serializers.CharField()
    description = serializers.CharField(source="get_kind_display")

    class Meta:
        model = SecurityEvent
        fields = ("at", "email", "kind", "description", "address")


class FiguresOutput(serializers.Serializer[Any]):
    """Addresses that were ever found, the domains they are in, and how many per domain."""

    accounts = serializers.IntegerField()
    domains = serializers.IntegerField()
    mean = serializers.DecimalField(max_digits=12, decimal_places=2)
    maximum = serializers.IntegerField()


class SecurityOutput(serializers.Serializer[Any]):
    """What the security page shows; of findings those that are not settled, 500 at most."""

    fixes = FixOutput(many=True)
    members = GuardedOutput(source="people", many=True)
    by_mandate = MandatedOutput(source="staff", many=True)
    events = SecurityEventOutput(many=True)
    watching = serializers.BooleanField()
    domains = MailDomainOutput(many=True)
    figures = FiguresOutput()
    findings = serializers.SerializerMethodField()

    @extend_schema_field(LeakFindingOutput(many=True))
    def get_findings(self, shown: security.Overview) -> Any:
        rows = [finding for one in shown.found for finding in one.findings]
        return LeakFindingOutput(rows, many=True).data


class EndSessionsInput(Input):
    email = serializers.EmailField(max_length=254)


class EndSessionsOutput(serializers.Serializer[Any]):
    ended = serializers.IntegerField()


class SecurityViewSet(CompanyViewSet):
    """``…/security/``"""

    permissions = {"read": Permission.SECURITY_READ, "end_sessions": Permission.SECURITY_CHANGE}
    step_up = frozenset({"end_sessions"})
    serializer_class = SecurityOutput

    @extend_schema(operation_id="security_read")
    def read(self, request: Request, **kwargs: Any) -> Response:
        """How the accounts of all members are guarded, and what to fix first."""
        shown = security.overview(self.company, asking=self.access.user)
        access_log.note(company=self.company, by=self.access.user, subject=User,
                        kind=AccessLogEntry.Kind.LIST, count=len(shown.people))  # fmt: skip
        return Response(self.get_serializer(shown).data)

    @extend_schema(request=EndSessionsInput, responses=EndSessionsOutput)
    def end_sessions(self, request: Request, **kwargs: Any) -> Response:
        """Sign a member out everywhere, in other companies, too; this session stays."""
        user = member_named(self.company, self.told(EndSessionsInput)["email"])
        mine = getattr(session_of(request), "session_key", None) or ""
        ended = security.end_sessions(
            company=self.company, user=user, by=self.access.user, but=mine
        )
        return Response({"ended": ended})


class MailDomainViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/mail-domains/``: what is watched for leaks."""

    permissions = {
        "list": Permission.SECURITY_READ,
        "retrieve": Permission.SECURITY_READ,
        "create": Permission.SECURITY_CHANGE,
        "destroy": Permission.SECURITY_CHANGE,
    }
    step_up = frozenset({"create", "destroy"})
    serializer_class = MailDomainOutput
    queryset = MailDomain.unscoped.none()

    def get_queryset(self) -> QuerySet[MailDomain]:
        return leaks.domains_of(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=MailDomainInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Watch a domain; it is proven and looked for in leaks soon afterwards."""
        added = leaks.add_domain(
            company=self.company, by=self.access.user, **self.told(MailDomainInput)
        )
        tasks.check_soon(self.company)
        return self.shown(added, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Watch it no longer. What was found stays."""
        leaks.remove_domain(self.changing(), by=self.access.user)
        return Response(status=204)


class LeakFindingViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/leak-findings/``: addresses in stolen data, settled ones, too."""

    permissions = {
        "list": Permission.SECURITY_READ,
        "retrieve": Permission.SECURITY_READ,
        "partial_update": Permission.SECURITY_CHANGE,
    }
    step_up = frozenset({"partial_update"})
    serializer_class = LeakFindingOutput
    queryset = LeakFinding.unscoped.none()

    def get_queryset(self) -> QuerySet[LeakFinding]:
        found = leaks.findings_of(self.company)
        if self.action == "list" and (state := self.asked(LeakFindingQuery).get("state")):
            found = found.filter(state=state)
        return found

    @extend_schema(parameters=[LeakFindingQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = super().list(request, *args, **kwargs)
        self._note(AccessLogEntry.Kind.LIST, LeakFinding, len(found.data["results"]))
        return found

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found = self.get_object()
        self._note(AccessLogEntry.Kind.READ, found)
        return self.shown(found)

    @extend_schema(request=LeakFindingInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Settle a finding."""
        finding = self.changing()
        self.told(LeakFindingInput)
        mine = leaks.findings_of(self.company).filter(pk=finding.pk)
        leaks.settle(company=self.company, findings=mine, by=self.access.user)
        return self.shown(self.get_object())

    def _note(self, kind: str, subject: Any, count: int | None = None) -> None:
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=subject,
                        count=count)  # fmt: skip
