"""``…/wage-deliveries/``: what was delivered of a run or of a year's certificates, and delivering it."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input, named
from erp.api.jobs import JobOutput, accepted
from erp.api.schema import KEY
from erp.audit import access_log
from payroll.declarations import delivering as certificates
from payroll.declarations.gathering import YEARS
from payroll.declarations.models import IssuedCertificate
from payroll.delivery.handing import Row
from payroll.delivery.models import Delivery, Way
from payroll.delivery.views.common import portal_address
from payroll.employees.models import Employee
from payroll.runs import delivering as slips
from payroll.runs.api.shapes import LARGEST_ID
from payroll.runs.models import PayrollRun, Payslip


class WhatToDeliver(Input):
    """``run`` is the id of a posted run, ``year`` that of certificates; one of both."""

    run = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    year = serializers.IntegerField(min_value=YEARS[0], max_value=YEARS[-1], required=False)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if len(told) != 1:
            raise serializers.ValidationError("Send either run or year.", code="one_of")
        return told


class DeliverAgainInput(WhatToDeliver):
    """The slip of the run, or the certificate of the year, with this id."""

    record = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        super().validate({name: value for name, value in told.items() if name != "record"})
        return told


class DeliveredOutput(serializers.Serializer[Any]):
    """A delivery; ``nth`` time."""

    record = serializers.IntegerField()
    way = serializers.CharField()
    nth = serializers.IntegerField()
    mail = serializers.IntegerField(allow_null=True)


class WageDeliveryEntryOutput(serializers.Serializer[Any]):
    """A slip or certificate (``record``) with its last delivery; without one ``way`` is how it would go out.

    ``mail`` is the id of the mail, ``state`` what became of it.
    """

    record = serializers.IntegerField()
    employee = serializers.IntegerField(source="to.employee")
    number = serializers.CharField(source="to.number")
    name = serializers.CharField(source="to.name")
    way = serializers.SerializerMethodField()
    delivered_at = serializers.DateTimeField(source="last.at", default=None, allow_null=True)
    times = serializers.SerializerMethodField()
    mail = serializers.IntegerField(source="last.mail_id", default=None, allow_null=True)
    state = serializers.CharField(source="last.mail.state", default=None, allow_null=True)
    fault = serializers.SerializerMethodField()

    def get_way(self, row: Row) -> str:
        return Way(row.last.way if row.last else row.to.way).value

    def get_times(self, row: Row) -> int:
        return len(row.deliveries)

    def get_fault(self, row: Row) -> str:
        return "" if row.last else str(row.to.fault or "")


class WageDeliveriesViewSet(CompanyViewSet):
    """``…/wage-deliveries/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_EXPORT,
        "again": Permission.PAYROLL_EXPORT,
    }
    step_up = frozenset({"create", "again"})
    serializer_class = WageDeliveryEntryOutput
    queryset = Delivery.unscoped.none()

    def run(self, pk: int) -> PayrollRun:
        run: PayrollRun = named(PayrollRun.of(self.company), pk, place="run")
        run.company = self.company
        return run

    @extend_schema(parameters=[WhatToDeliver], responses=WageDeliveryEntryOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The papers of a run, or of a year's certificates, with what became of them, by name."""
        told = self.asked(WhatToDeliver)
        year = told.get("year")
        rows = (certificates.log_of(self.company, year) if year
                else slips.log_of(self.run(told["run"])))  # fmt: skip
        page = self.page_of(rows, by=attrgetter("record"))
        access_log.note(company=self.company, by=self.access.user, kind="list", subject=Employee,
                        count=len(page))  # fmt: skip
        return self.get_paginated_response(WageDeliveryEntryOutput(page, many=True).data)

    @extend_schema(request=WhatToDeliver, responses={202: JobOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Deliver what did not go out yet, in the background; wants the second factor."""
        told = self.told(WhatToDeliver)
        link = portal_address(request._request, self.company)
        within = bearer_in(request)

        def act() -> Response:
            if "run" in told:
                run = self.run(told["run"])
                return accepted(slips.begin(run, by=self.access.user, link=link, within=within))
            return accepted(certificates.begin(self.company, told["year"], by=self.access.user,
                                               link=link, within=within))  # fmt: skip

        return self.once(act)

    @extend_schema(request=DeliverAgainInput, responses={201: DeliveredOutput}, parameters=[KEY])
    @action(detail=False, methods=["post"])
    def again(self, request: Request, **kwargs: Any) -> Response:
        """Deliver one paper once more, the way its person wants it now; wants the second factor."""
        told = self.told(DeliverAgainInput)
        link = portal_address(request._request, self.company)

        def act() -> Response:
            made = self.once_more(told, link)
            answer = {"record": told["record"], "way": made.way, "nth": made.nth,
                      "mail": made.mail_id}  # fmt: skip
            return Response(DeliveredOutput(answer).data, 201)

        return self.once(act)

    def once_more(self, told: dict[str, Any], link: str) -> Delivery:
        """Deliver the slip or certificate; refused where the run or year has none such."""
        if "run" in told:
            run = self.run(told["run"])
            slip = named(Payslip.of(self.company).filter(run=run), told["record"], place="record")
            slip.run = run
            return slips.deliver_again(slip, by=self.access.user, link=link)
        rows = IssuedCertificate.of(self.company).select_related("company").defer("paper")
        row = named(rows.filter(year=told["year"]), told["record"], place="record")
        return certificates.deliver_again(row, by=self.access.user, link=link)


router = SimpleRouter()
router.register("wage-deliveries", WageDeliveriesViewSet, basename="wage-deliveries")
urls = router.urls
