"""``…/setup/``: what is still missing before a company works with Rappen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.cockpit import setup_steps
from erp.cockpit.setting_up import ask_for
from erp.companies.models import Company, SetupStep


class SetupStepOutput(serializers.Serializer[Any]):
    """A step: ``holds`` says what is there, ``missing`` what is not; ``aside`` is missing and not asked for."""

    code = serializers.ChoiceField(choices=SetupStep.choices)
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=[one.value for one in setup_steps.State])
    holds = serializers.CharField(allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField())


class SetupOutput(serializers.Serializer[Any]):
    """``asked`` are the steps that the guided set-up asks for; none once it is over."""

    asked = serializers.ListField(child=serializers.ChoiceField(choices=SetupStep.choices))
    steps = SetupStepOutput(many=True)


class SetupChange(Input):
    """The steps to ask for from now on; none ends the set-up."""

    asked = serializers.MultipleChoiceField(choices=SetupStep.choices, allow_empty=True)


class SetupViewSet(CompanyViewSet):
    """``…/setup/``"""

    permissions = {"read": Permission.COMPANY_CHANGE, "change": Permission.COMPANY_CHANGE}
    serializer_class = SetupOutput
    queryset = Company.objects.none()
    pagination_class = None

    def get_object(self) -> dict[str, Any]:
        access = replace(self.access, company=self.company)
        return {"asked": self.company.setup_steps, "steps": setup_steps.steps(access)}

    def hold(self) -> None:
        """Rows that name the company may still be written meanwhile."""
        self.company = Company.objects.select_for_update(no_key=True).get(pk=self.company.pk)

    def read(self, request: Request, **kwargs: Any) -> Response:
        """The steps of the guided set-up in their order, each as the data says."""
        return self.shown(self.get_object())

    @extend_schema(request=SetupChange)
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Set steps aside, or take them up again."""
        self.changing()
        told = self.told(SetupChange)
        self.company = ask_for(self.company, steps=told["asked"], by=self.access.user)
        return self.shown(self.get_object())
