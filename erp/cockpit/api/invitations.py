"""``…/invitations/``: who is invited, and has not come yet."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import Invitation
from erp.access.permissions import Permission
from erp.api.inputs import Input
from erp.api.schema import KEY
from erp.audit.models import AccessLogEntry
from erp.cockpit import invitations
from erp.cockpit.api.members import HoldingViewSet
from erp.cockpit.inviting import Issued
from erp.cockpit.joining import send_link
from erp.companies.models import Language


class InvitationOutput(serializers.ModelSerializer[Invitation]):
    """An invitation that was neither accepted nor withdrawn. Its link leaves by mail only."""

    roles: Any = serializers.ListField(child=serializers.CharField())
    by = serializers.CharField(source="by.email")
    is_open = serializers.BooleanField(help_text="false: expired, to be sent again")
    stands = serializers.SerializerMethodField(
        help_text="false: expired, or its sender has lost a right or changed credentials since"
    )

    class Meta:
        model = Invitation
        fields = ("id", "email", "roles", "language", "by", "created_at", "expires_at", "is_open",
                  "stands")  # fmt: skip

    def get_stands(self, invitation: Invitation) -> bool:
        return invitation.pk in self.context["standing"]()


class InvitationInput(Input):
    """``roles`` by their codes; the e-mail is in ``language``, or in that of the company."""

    email = serializers.EmailField(max_length=254)
    roles: Any = serializers.ListField(
        child=serializers.CharField(max_length=30), min_length=1, max_length=100
    )
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class InvitationViewSet(mixins.ListModelMixin, HoldingViewSet):
    """``…/invitations/``"""

    permissions = {
        "list": Permission.MEMBERS_READ,
        "retrieve": Permission.MEMBERS_READ,
        "create": Permission.MEMBERS_CHANGE,
        "resend": Permission.MEMBERS_CHANGE,
        "destroy": Permission.MEMBERS_CHANGE,
    }
    step_up = frozenset({"create", "resend", "destroy"})
    serializer_class = InvitationOutput
    queryset = Invitation.unscoped.none()

    def get_queryset(self) -> QuerySet[Invitation]:
        return invitations.unfinished(self.company)

    def get_serializer_context(self) -> dict[str, Any]:
        """With what stands, asked once for all of an answer."""
        context = super().get_serializer_context()
        return context | {"standing": cache(lambda: self._standing(context["company"]))}

    def _standing(self, company: Any) -> frozenset[int]:
        return invitations.standing(company, invitations.unfinished(company))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = super().list(request, *args, **kwargs)
        self.note(AccessLogEntry.Kind.LIST, Invitation, len(found.data["results"]))
        return found

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found = self.get_object()
        self.note(AccessLogEntry.Kind.READ, found)
        return self.shown(found)

    @extend_schema(request=InvitationInput, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Invite somebody; the answer is the same whether or not they sign in here already."""
        told = self.told(InvitationInput)
        return self.once(
            lambda: self._sent(
                invitations.invite(company=self.company, by=self.access.user, **told)
            )
        )

    @extend_schema(request=None, responses={201: InvitationOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Send it again, for 72 hours from now; the old link is dead."""
        invitation = self.get_object()
        return self.once(lambda: self._sent(invitations.resend(invitation, by=self.access.user)))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Withdraw an invitation; its link is dead."""
        invitations.withdraw(self.changing(), by=self.access.user)
        return Response(status=204)

    def _sent(self, issued: Issued[Invitation]) -> Response:
        send_link(self.request._request, issued)
        return self.shown(issued.invitation, 201)
