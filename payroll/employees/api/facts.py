"""``…/employee-facts/``: what holds of somebody, from when, until when."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.api.shapes import LARGEST_ID
from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.api.endpoints import CompanyViewSet, session_of, with_etag
from erp.api.permissions import StepUpNeeded
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from payroll.employees import keeping
from payroll.employees.api.people import remarks, require_fresh
from payroll.employees.api.shapes import (
    FACT_KINDS,
    FactChange,
    FactInput,
    FactOutput,
    RemarkOutput,
)
from payroll.employees.models import Employee, Fact
from payroll.employees.reading import decoded

Look = AccessLogEntry.Kind


class FactQuery(serializers.Serializer[Any]):
    employee = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    kind = serializers.ChoiceField(choices=FACT_KINDS, required=False)


class KeptOutput(FactOutput):
    """A fact as it is kept, with what should be looked at."""

    remarks = RemarkOutput(many=True)

    class Meta(FactOutput.Meta):
        fields: tuple[str, ...] = (*FactOutput.Meta.fields, "remarks")  # type: ignore[assignment]


class FactViewSet(CompanyViewSet):
    """``…/employee-facts/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_PEOPLE,
        "partial_update": Permission.PAYROLL_PEOPLE,
        "destroy": Permission.PAYROLL_PEOPLE,
    }
    serializer_class = FactOutput
    queryset = Fact.unscoped.none()

    def get_queryset(self) -> QuerySet[Fact]:
        return Fact.of(self.company).select_related("employee", "company")

    @extend_schema(parameters=[FactQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Facts, of one employee or kind; the next one of a kind ends the one before."""
        told = self.asked(FactQuery)
        page = self.paginate_queryset(self.get_queryset().filter(**told)) or []
        access_log.note(company=self.company, by=self.access.user, subject=Employee, kind=Look.LIST,
                        count=len({one.employee_id for one in page}))  # fmt: skip
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=found.employee,
                        kind=Look.READ)  # fmt: skip
        return self.shown(found)

    @extend_schema(request=FactInput, responses={201: KeptOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let something hold from a day on; the one before ends the day before.

        ``content`` has the fields of its kind, amounts and days as texts: a wage is
        ``{"pay": "month", "amount": "6000.00", "canton": "ZH"}``.
        """
        told = self.told(FactInput)
        value = decoded(told.pop("kind"), told.pop("content"))
        require_fresh(request, [value])
        kept = keeping.set_fact(told.pop("employee"), value=value, by=self.access.user, **told)
        return self._kept(kept, 201)

    @extend_schema(request=FactChange, responses=KeptOutput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Correct what was wrong from its beginning, or let it end. ``content`` is sent as a whole."""
        fact, told = self.changing(), self.told(FactChange, partial=True)
        content = told.pop("content", None)
        self._require_fresh(fact)
        if content is not None:
            told["value"] = decoded(fact.kind, content)
        return self._kept(keeping.correct_fact(fact, by=self.access.user, **told))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take away what should never have been there."""
        fact = self.changing()
        self._require_fresh(fact)
        keeping.remove_fact(fact, by=self.access.user)
        return Response(status=204)

    def _require_fresh(self, fact: Fact) -> None:
        if fact.kind == "payout" and not is_fresh(session_of(self.request)):
            raise StepUpNeeded

    def _kept(self, kept: keeping.Kept, status: int = 200) -> Response:
        shown = self.get_serializer(kept.fact).data
        answer = with_etag(shown, status)
        answer.data = shown | {"remarks": remarks(kept.remarks)}
        return answer
