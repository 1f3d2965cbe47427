"""``…/wage-delivery/`` and ``…/wage-delivery-settings/``: how people get wage papers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.api.schema import IF_MATCH, KEY
from erp.audit import access_log
from payroll.delivery import passwords, signing_in, terms
from payroll.delivery.models import DeliverySettings, DeliveryTerms, Way
from payroll.employees.models import Employee


class WageDeliverySettingsOutput(serializers.ModelSerializer[DeliverySettings]):
    class Meta:
        model = DeliverySettings
        fields = ("way", "reply_to", "tells_employer", "version")


class WageDeliverySettingsInput(Input):
    """What is left out stays."""

    way = serializers.ChoiceField(choices=Way.choices, required=False)
    reply_to = serializers.CharField(max_length=254, required=False, allow_blank=True)
    tells_employer = serializers.BooleanField(required=False)


class WageDeliverySettingsViewSet(CompanyViewSet):
    """``…/wage-delivery-settings/``"""

    permissions = {"list": Permission.PAYROLL_READ, "change": Permission.PAYROLL_SETTINGS}
    step_up = frozenset({"change"})
    serializer_class = WageDeliverySettingsOutput
    queryset = DeliverySettings.unscoped.none()
    pagination_class = None

    @extend_schema(responses={200: WageDeliverySettingsOutput})
    def list(self, request: Request, **kwargs: Any) -> Response:
        """How wage papers go out as a rule."""
        return self.shown(terms.settings_of(self.company))

    @extend_schema(
        parameters=[IF_MATCH],
        request=WageDeliverySettingsInput,
        responses={200: WageDeliverySettingsOutput},
    )
    @action(detail=False, methods=["post"])
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Change how wage papers go out as a rule; wants the second factor."""
        told = self.told(WageDeliverySettingsInput, partial=True)
        self.require_match(self.get_serializer(terms.settings_of(self.company)).data)
        return self.shown(terms.change_settings(company=self.company, by=self.access.user, **told))


class WageDeliveryOutput(serializers.Serializer[Any]):
    """How somebody gets wage papers. ``own_way`` blank: as the company; ``fault`` says why nothing reaches them.

    A password never leaves here.
    """

    employee = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField()
    way = serializers.ChoiceField(choices=Way.choices)
    own_way = serializers.CharField(allow_blank=True)
    own_mail = serializers.CharField(allow_blank=True)
    mail = serializers.CharField(allow_blank=True)
    has_password = serializers.BooleanField()
    signs_in_as = serializers.CharField(source="user.email", default=None, allow_null=True)
    fault = serializers.SerializerMethodField()

    def get_fault(self, row: terms.Reached) -> str:
        return str(row.fault or "")


class WageDeliveryInput(Input):
    """What is left out stays. ``way`` blank: as the company; ``mail`` blank: as the contact."""

    way = serializers.ChoiceField(choices=Way.choices, required=False, allow_blank=True)
    mail = serializers.CharField(max_length=254, required=False, allow_blank=True)
    password = serializers.CharField(
        max_length=256, required=False, write_only=True, trim_whitespace=False,
        help_text="for encrypted files from now on; at least 12 characters",
    )  # fmt: skip


class SignInInput(Input):
    email = serializers.EmailField(
        max_length=254, help_text="Of a member with the right payroll.own"
    )


class SignsInOutput(serializers.Serializer[Any]):
    """Who signs in as a person; null for nobody."""

    employee = serializers.IntegerField()
    signs_in_as = serializers.CharField(allow_null=True)


class WageDeliveryViewSet(CompanyViewSet):
    """``…/wage-delivery/``; their ids are those of employees."""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "partial_update": Permission.PAYROLL_PEOPLE,
        "link": Permission.PAYROLL_PEOPLE,
        "unlink": Permission.PAYROLL_PEOPLE,
    }
    step_up = frozenset({"partial_update", "link", "unlink"})
    serializer_class = WageDeliveryOutput
    queryset = Employee.unscoped.none()

    def get_queryset(self) -> QuerySet[Employee]:
        return Employee.of(self.company).select_related("company", "contact")

    def get_serializer(self, found: Any, **kwargs: Any) -> Any:
        """An employee's, as papers reach them."""
        found = terms.reached_one(found) if isinstance(found, Employee) else found
        return super().get_serializer(found, **kwargs)

    @extend_schema(responses=WageDeliveryOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """All people by page, in the order they were entered."""
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None
        people = terms.reached(self.company, [one.pk for one in page])
        access_log.note(company=self.company, by=self.access.user, kind="list", subject=Employee,
                        count=len(page))  # fmt: skip
        rows = [people[one.pk] for one in page]
        return self.get_paginated_response(WageDeliveryOutput(rows, many=True).data)

    @extend_schema(responses=WageDeliveryOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """How one person gets wage papers."""
        employee = self.get_object()
        access_log.note(company=self.company, by=self.access.user, kind="read", subject=employee)
        return self.shown(employee)

    @extend_schema(request=WageDeliveryInput, responses=WageDeliveryOutput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change how one person gets wage papers; wants the second factor."""
        self.access.require(Permission.PAYROLL_READ)
        employee = self.changing()
        told = self.told(WageDeliveryInput, partial=True)
        password = told.pop("password", None)
        terms.set_terms(employee, by=self.access.user, **told)
        if password is not None:
            passwords.set_password(employee, by=self.access.user, chosen=password)
        return self.shown(employee)

    @extend_schema(request=SignInInput, responses=SignsInOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def link(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let a member see a person's wage papers as their own; wants the second factor."""
        self.access.require(Permission.PAYROLL_READ)
        employee = self.get_object()

        def act() -> Response:
            told = self.told(SignInInput)
            return self.signs_in(signing_in.link(employee, by=self.access.user, **told))

        return self.once(act)

    @extend_schema(request=None, responses=SignsInOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def unlink(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take somebody's look at wage papers away, and forget an invitation; wants the second factor."""
        self.access.require(Permission.PAYROLL_READ)
        employee = self.get_object()
        return self.once(lambda: self.signs_in(signing_in.unlink(employee, by=self.access.user)))

    def signs_in(self, row: DeliveryTerms) -> Response:
        told = {"employee": row.employee_id, "signs_in_as": row.user.email if row.user else None}
        return Response(SignsInOutput(told).data)


router = SimpleRouter()
router.register("wage-delivery", WageDeliveryViewSet, basename="wage-delivery")
router.register(
    "wage-delivery-settings", WageDeliverySettingsViewSet, basename="wage-delivery-settings"
)
urls = router.urls
