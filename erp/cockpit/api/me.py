"""``/api/v1/me/``: one's own account: where one is signed in, what happened, another address."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import User
from erp.access.sign_in import ending, grants
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import KnownDevice, PhoneGrant, SecurityEvent
from erp.api.endpoints import session_of
from erp.api.inputs import Input
from erp.api.paging import Pages
from erp.api.personal import PersonalViewSet
from erp.cockpit import account, addresses


class MeOutput(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("email", "name", "language", "is_operator", "approval_mails")


class NameInput(Input):
    name = serializers.CharField(max_length=100)


class ApprovalMailsInput(Input):
    wanted = serializers.BooleanField()


class SessionOutput(serializers.ModelSerializer[UserSession]):
    """A browser, or the present session of a phone; ``is_this`` the one at hand."""

    is_this = serializers.SerializerMethodField()

    class Meta:
        model = UserSession
        fields = ("id", "ip", "user_agent", "created_at", "last_seen_at", "is_this")

    def get_is_this(self, row: UserSession) -> bool:
        return row.session_key == self.context["session"]


class PhoneOutput(serializers.ModelSerializer[PhoneGrant]):
    """A phone that stays signed in until ``expires_at``."""

    agent = serializers.CharField(source="device.agent", default="")

    class Meta:
        model = PhoneGrant
        fields = ("id", "agent", "begun_at", "used_at", "expires_at")


class DeviceOutput(serializers.ModelSerializer[KnownDevice]):
    """A browser or phone that is known; a sign-in from another one is told by mail."""

    class Meta:
        model = KnownDevice
        fields = ("id", "agent", "address", "first_seen_at", "last_seen_at")


class DevicesOutput(serializers.Serializer[Any]):
    """Where one is signed in, and what is known."""

    sessions = SessionOutput(many=True)
    phones = PhoneOutput(many=True)
    devices = DeviceOutput(many=True)


class OwnEventOutput(serializers.ModelSerializer[SecurityEvent]):
    """Something that matters to the safety of the account; ``label`` in the caller's language."""

    label = serializers.CharField(source="get_kind_display")  # type: ignore[assignment]
    kind = serializers.CharField()

    class Meta:
        model = SecurityEvent
        fields = ("id", "at", "kind", "label", "address", "agent")


class EndedOutput(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class AddressInput(Input):
    email = serializers.EmailField(max_length=254)


class MeViewSet(PersonalViewSet):
    """``/api/v1/me/…``: for people, never for app tokens."""

    step_up = frozenset({"address"})
    serializer_class = MeOutput
    queryset = User.objects.none()
    pagination_class = None
    ordering = ("-at", "-pk")  # of events

    @property
    def session(self) -> str:
        """The key of the session at hand."""
        return str(getattr(session_of(self.request), "session_key", "") or "")

    @extend_schema(responses=MeOutput)
    def read(self, request: Request) -> Response:
        """Who one is."""
        return Response(MeOutput(self.person).data)

    @extend_schema(request=NameInput, responses=MeOutput)
    def rename(self, request: Request) -> Response:
        """Be called otherwise from now on."""
        account.rename(self.person, **self.told(NameInput))
        return Response(MeOutput(self.person).data)

    @extend_schema(request=ApprovalMailsInput, responses=MeOutput)
    def approval_mails(self, request: Request) -> Response:
        """Let the daily mail about what waits for approval come, or not."""
        account.want_approval_mails(self.person, **self.told(ApprovalMailsInput))
        return Response(MeOutput(self.person).data)

    @extend_schema(responses=DevicesOutput)
    def devices(self, request: Request) -> Response:
        """Where one is signed in, the phones that stay so, and the devices that are known."""
        sessions = UserSession.objects.purge_and_list(self.person)
        told = {
            "sessions": sorted(sessions, key=lambda one: one.last_seen_at, reverse=True),
            "phones": grants.open_grants().filter(user=self.person).select_related("device")
                .order_by("-used_at"),
            "devices": KnownDevice.objects.filter(user=self.person).order_by("-last_seen_at"),
        }  # fmt: skip
        context = {**self.get_serializer_context(), "session": self.session}
        return Response(DevicesOutput(told, context=context).data)

    @extend_schema(responses=OwnEventOutput(many=True))
    def events(self, request: Request) -> Response:
        """What happened to one's account, the newest first."""
        page = self.paginate_queryset(SecurityEvent.objects.filter(user=self.person))
        return self.get_paginated_response(OwnEventOutput(page, many=True).data)

    @extend_schema(request=None, responses={204: None})
    def end_session(self, request: Request, number: int) -> Response:
        """Sign one browser or phone out."""
        ending.end_session(get_object_or_404(UserSession, user=self.person, pk=number))
        return self._ended()

    @extend_schema(request=None, responses={204: None})
    def end_phone(self, request: Request, number: int) -> Response:
        """Sign a phone out that stays signed in."""
        ending.end_phone(get_object_or_404(grants.open_grants(), user=self.person, pk=number))
        return self._ended()

    def _ended(self) -> Response:
        note(self.person, Kind.SESSIONS_ENDED, count=1)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def forget(self, request: Request, number: int) -> Response:
        """Know a device no more; a phone that is bound to it is signed out."""
        ending.forget(get_object_or_404(KnownDevice, user=self.person, pk=number))
        return Response(status=204)

    @extend_schema(request=None, responses=EndedOutput)
    def end_others(self, request: Request) -> Response:
        """Sign out everywhere but here."""
        count = ending.end_all(self.person, but=self.session)
        note(self.person, Kind.SESSIONS_ENDED, count=count)
        return Response(EndedOutput({"count": count}).data)

    @extend_schema(request=AddressInput, responses={202: None})
    def address(self, request: Request) -> Response:
        """Ask to sign in with another address: a link goes to it by mail. Wants the second factor."""
        addresses.ask(self.person, **self.told(AddressInput))
        return Response(status=202)


urls = [
    path("me/", MeViewSet.as_view({"get": "read"}), name="api-me"),
    path("me/name/", MeViewSet.as_view({"post": "rename"}), name="api-me-name"),
    path("me/approval-mails/", MeViewSet.as_view({"post": "approval_mails"}),
         name="api-me-approval-mails"),
    path("me/devices/", MeViewSet.as_view({"get": "devices"}), name="api-me-devices"),
    path("me/events/", MeViewSet.as_view({"get": "events"}, pagination_class=Pages),
         name="api-me-events"),
    path("me/sessions/<int:number>/end/", MeViewSet.as_view({"post": "end_session"}),
         name="api-me-session"),
    path("me/phones/<int:number>/end/", MeViewSet.as_view({"post": "end_phone"}),
         name="api-me-phone"),
    path("me/devices/<int:number>/forget/", MeViewSet.as_view({"post": "forget"}),
         name="api-me-device"),
    path("me/end-others/", MeViewSet.as_view({"post": "end_others"}), name="api-me-others"),
    path("me/address/", MeViewSet.as_view({"post": "address"}), name="api-me-address"),
]  # fmt: skip
