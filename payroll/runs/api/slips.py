"""``…/payslips/``: one slip with its reasons, and its PDF."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.schema import KEY
from erp.audit import access_log
from erp.web.export import as_file
from payroll.employees.ahv import masked
from payroll.runs import calculating, papers
from payroll.runs.api.shapes import PayslipOutput
from payroll.runs.digest import require_untouched
from payroll.runs.models import Payslip
from payroll.runs.queries import person_row
from payroll.runs.words import why_in_words
from payroll.setup.settings import settings_of


class SlipAnewOutput(serializers.Serializer[Any]):
    """The slip that a person has now; null where there is none any more."""

    slip = serializers.IntegerField(allow_null=True)


class PayslipViewSet(CompanyViewSet):
    """``…/payslips/``; their ids are those of the run's people."""

    permissions = {
        "retrieve": Permission.PAYROLL_READ,
        "calculate": Permission.PAYROLL_RUN,
        "pdf": Permission.PAYROLL_EXPORT,
    }
    step_up = frozenset({"pdf"})
    serializer_class = PayslipOutput
    queryset = Payslip.unscoped.none()

    def get_queryset(self) -> QuerySet[Payslip]:
        return Payslip.of(self.company).select_related("run", "employee").defer("paper")

    def slip(self, kind: str) -> Payslip:
        slip: Payslip = self.get_object()
        slip.run.company = self.company
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=slip.employee)
        return slip

    @extend_schema(responses=PayslipOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A slip with its lines, contributions and taxes, and why each is what it is."""
        slip = self.slip("read")
        require_untouched(slip)
        opens_ahv = self.access.may(Permission.PAYROLL_PEOPLE)
        return Response(PayslipOutput(told_of(slip, opens_ahv=opens_ahv)).data)

    @extend_schema(request=None, responses=SlipAnewOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def calculate(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Calculate this person of a draft anew; the slip gets another id, and an approval is void.

        The answer tells no wages: it is kept for its key, unsealed.
        """

        def act() -> Response:
            slip: Payslip = self.get_object()
            slip.run.company = self.company
            calculating.calculate_one(slip.run, employee=slip.employee_id, by=self.access.user)
            rows = Payslip.of(self.company).filter(run=slip.run, employee=slip.employee_id)
            made = rows.values_list("pk", flat=True).first()
            return Response(SlipAnewOutput({"slip": made}).data)

        return self.once(act)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def pdf(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The slip's PDF: of a posted run as it was made once, else as it would look; wants the second factor."""
        slip = self.slip("export")
        if slip.run.is_booked:
            made = papers.paper_of(slip)
        else:
            settings = settings_of(self.company)
            made = papers.preview(slip.run, slip.content, settings=settings)
        return as_file(made, "application/pdf", papers.file_name(slip.run, slip.content))


def told_of(slip: Payslip, *, opens_ahv: bool) -> dict[str, Any]:
    """A slip as its endpoint tells it; the AHV number is masked unless ``opens_ahv``."""
    content = slip.content
    person = content.person
    if not opens_ahv:
        person = {**person, "ahv_number": masked(person.get("ahv_number", ""))}
    now = content.slip

    def reasons(one: Any) -> list[str]:
        return [why_in_words(why) for why in one.why]

    return {
        "id": slip.pk, "run": slip.run_id, "employee": slip.employee_id,
        "person": person, "language": content.language, "gross": now.gross, "net": now.net,
        "payout": now.payout, "days": now.days, "digest": slip.digest,
        "lines": [{"line": one, "why": reasons(one)} for one in now.lines],
        "charges": [{"charge": one, "why": reasons(one)} for one in now.charges],
        "taxes": [{"tax": one, "why": reasons(one)} for one in now.taxes],
        "payments": content.payout, "findings": person_row(slip, None).findings,
    }  # fmt: skip
