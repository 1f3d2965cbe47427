"""``/api/v1/firms/{firm}/…``: a fiduciary's staff, whom it invites, and who of it lost their factors."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.firms.models import Firm, FirmInvitation, FirmStaff, Mandate
from erp.access.models import User
from erp.access.recovery.models import RecoveryApproval
from erp.api.inputs import Input
from erp.api.paging import Pages
from erp.api.personal import PersonalViewSet
from erp.cockpit import recovery, staffing
from erp.cockpit.api.recoveries import RecoveryOutput
from erp.cockpit.inviting import Issued
from erp.cockpit.joining import send_link
from erp.companies.models import Language
from erp.core.tenancy import set_local


class StaffOutput(serializers.ModelSerializer[FirmStaff]):
    """Somebody of the firm; ``id`` is the person's."""

    id = serializers.IntegerField(source="user_id")
    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")
    is_active = serializers.BooleanField(source="user.is_active")
    team_role = serializers.CharField(help_text="lead, accountant, assistant or reviewer")

    class Meta:
        model = FirmStaff
        fields = ("id", "email", "name", "is_active", "team_role", "is_manager", "since")


class FirmMandateOutput(serializers.ModelSerializer[Mandate]):
    company = serializers.IntegerField(source="company_id")
    name = serializers.CharField(source="company.name")

    class Meta:
        model = Mandate
        fields = ("company", "name")


class FirmInvitationOutput(serializers.ModelSerializer[FirmInvitation]):
    """An invitation that was neither accepted nor withdrawn; its link leaves by mail only."""

    team_role = serializers.CharField()
    language = serializers.CharField()
    by = serializers.CharField(source="by.email")

    class Meta:
        model = FirmInvitation
        fields = ("id", "email", "team_role", "language", "by", "created_at", "expires_at")


class FirmWholeOutput(serializers.Serializer[Any]):
    """A firm with its staff; what its managers alone see is empty to others."""

    name = serializers.CharField()
    code = serializers.CharField()
    staff = StaffOutput(many=True)
    invitations = FirmInvitationOutput(many=True)
    recoveries = RecoveryOutput(many=True)


class StaffInput(Input):
    team_role = serializers.ChoiceField(choices=FirmStaff.TeamRole.choices)
    is_manager = serializers.BooleanField(default=False)


class FirmInvitationInput(Input):
    """The e-mail is in ``language``, or in the caller's."""

    email = serializers.EmailField(max_length=254)
    team_role = serializers.ChoiceField(choices=FirmStaff.TeamRole.choices)
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class FirmViewSet(PersonalViewSet):
    """``/api/v1/firms/{firm}/…``: read by its staff, changed by its managers with the second factor."""

    serializer_class = FirmWholeOutput
    queryset = FirmStaff.objects.none()
    pagination_class = Pages
    ordering = ("called", "pk")  # of mandates
    step_up = frozenset({"invite", "resend", "withdraw", "change", "remove", "confirm", "refuse"})
    own: FirmStaff
    firm: Firm

    def admit(self, request: Request) -> None:
        set_local("rappen.user", str(self.person.pk))
        rows = FirmStaff.objects.select_related("firm", "user")
        self.own = get_object_or_404(rows, firm=self.kwargs["firm"], user=self.person)
        self.firm = self.own.firm
        if request.method not in SAFE_METHODS and not self.own.is_manager:
            raise Http404

    @extend_schema(responses=FirmWholeOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """The firm with its staff."""
        manages = self.own.is_manager
        told = {
            "name": self.firm.name, "code": self.firm.code,
            "staff": self.firm.staff.select_related("user").order_by("user__name", "user__email"),
            "invitations": staffing.unfinished(self.firm) if manages else [],
            "recoveries": recovery.waiting_in(self.firm) if manages else [],
        }  # fmt: skip
        return Response(FirmWholeOutput(told).data)

    @extend_schema(responses=FirmMandateOutput(many=True))
    def mandates(self, request: Request, **kwargs: Any) -> Response:
        """The companies that are clients of the firm, by name, whoever of it may open them."""
        running = Mandate.unscoped.filter(firm=self.firm, ended_at=None).select_related("company")
        page = self.paginate_queryset(running.annotate(called=F("company__name")))
        return self.get_paginated_response(FirmMandateOutput(page, many=True).data)

    @extend_schema(request=FirmInvitationInput, responses={201: FirmInvitationOutput})
    def invite(self, request: Request, **kwargs: Any) -> Response:
        """Invite whoever reads the mail of an address to work for the firm."""
        told = self.told(FirmInvitationInput)
        return self._sent(staffing.invite_staff(self.firm, by=self.own.user, **told))

    @extend_schema(request=None, responses={201: FirmInvitationOutput})
    def resend(self, request: Request, **kwargs: Any) -> Response:
        """Send an invitation again, for 72 hours from now; the old link is dead."""
        return self._sent(staffing.resend(self._invitation(), by=self.own.user))

    @extend_schema(request=None, responses={204: None})
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Take an invitation back; its link is dead."""
        staffing.withdraw(self._invitation(), by=self.own.user)
        return Response(status=204)

    @extend_schema(request=StaffInput, responses=StaffOutput)
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Say how far somebody may go, in every mandate from the next request on."""
        told = self.told(StaffInput)
        found = staffing.set_staff(self.firm, user=self._person(), by=self.own.user, **told)
        return Response(StaffOutput(found).data)

    @extend_schema(request=None, responses={204: None})
    def remove(self, request: Request, **kwargs: Any) -> Response:
        """Let somebody no longer work for the firm: every client closes to them at once."""
        staffing.remove_staff(self.firm, user=self._person(), by=self.own.user)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Say of somebody who lost all factors that it is them."""
        recovery.confirm(self._approval(), place=self.firm, by=self.own.user)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        """Say of somebody who lost all factors that it is not them; it is over everywhere."""
        recovery.refuse(self._approval(), place=self.firm, by=self.own.user)
        return Response(status=204)

    def _person(self) -> User:
        team = User.objects.filter(firms__firm=self.firm)
        return cast(User, get_object_or_404(team, pk=self.kwargs["number"]))

    def _invitation(self) -> FirmInvitation:
        return get_object_or_404(staffing.unfinished(self.firm), pk=self.kwargs["number"])

    def _approval(self) -> RecoveryApproval:
        rows = RecoveryApproval.objects.filter(firm=self.firm)
        return get_object_or_404(rows, pk=self.kwargs["number"])

    def _sent(self, issued: Issued[FirmInvitation]) -> Response:
        send_link(self.request._request, issued)
        return Response(FirmInvitationOutput(issued.invitation).data, status=201)


FIRM = "firms/<int:firm>/"
urls = [
    path(FIRM, FirmViewSet.as_view({"get": "read"}), name="api-firm"),
    path(f"{FIRM}mandates/", FirmViewSet.as_view({"get": "mandates"}), name="api-firm-mandates"),
    path(f"{FIRM}invitations/", FirmViewSet.as_view({"post": "invite"}), name="api-firm-invite"),
    *(
        path(f"{FIRM}{rows}/<int:number>/{act}/", FirmViewSet.as_view({"post": act}),
             name=f"api-firm-{rows}-{act}")
        for rows, act in (
            ("invitations", "resend"), ("invitations", "withdraw"), ("staff", "change"),
            ("staff", "remove"), ("recoveries", "confirm"), ("recoveries", "refuse"),
        )
    ),
]  # fmt: skip
