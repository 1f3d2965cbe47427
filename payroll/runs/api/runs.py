"""``…/payroll-runs/``: what pages do with runs, by program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.banking.models import BankAccount
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.files import AnyType
from erp.api.inputs import DayField, Input, MonthField, named
from erp.api.jobs import JobOutput, accepted
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.audit import access_log
from erp.jobs.starting import start
from erp.web.export import as_file
from payroll.employees.models import Employee
from payroll.runs import (
    approving,
    beginning,
    booking,
    correcting,
    jobs,
    paying,
    queries,
    recap,
)
from payroll.runs.api.shapes import (
    LARGEST_ID,
    PayrollRunOutput,
    PayrollRunWhole,
    RunRecapOutput,
)
from payroll.runs.digest import digest_of_run
from payroll.runs.models import PayrollRun, WageOrder
from payroll.wage_types.queries import names_of


class NewPayrollRunInput(Input):
    month = MonthField()
    date = DayField(required=False, help_text="Booking date; the last day of the month without")
    pay_date = DayField(required=False)


class PayrollRunDaysInput(Input):
    date = DayField()
    pay_date = DayField()


class ApprovePayrollRunInput(Input):
    seen = serializers.CharField(max_length=64, help_text="`digest_now` as it was seen")


class PostPayrollRunInput(Input):
    date = DayField(required=False, help_text="Another booking date, where that period is locked")


class PayrollReasonInput(Input):
    reason = serializers.CharField(max_length=200)


class UndoPayrollRunInput(PayrollReasonInput):
    date = DayField(required=False, help_text="Date of the reversal; that of the run without")


class PayPayrollRunInput(Input):
    bank_account = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    date = DayField(help_text="Day of execution")


class CorrectPayrollRunInput(Input):
    date = DayField(required=False, help_text="Booking date of the correction; today without")
    employees = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), required=False
    )


class PayrollRunViewSet(mixins.ListModelMixin, Filed):
    """``…/payroll-runs/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "recap": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_RUN,
        "calculate": Permission.PAYROLL_RUN,
        "slips": Permission.PAYROLL_RUN,
        "days": Permission.PAYROLL_RUN,
        "reopen": Permission.PAYROLL_RUN,
        "cancel": Permission.PAYROLL_RUN,
        "correct": Permission.PAYROLL_RUN,
        "approve": Permission.PAYROLL_APPROVE,
        "post_run": Permission.PAYROLL_POST,
        "undo": Permission.PAYROLL_POST,
        "pay": Permission.PAYROLL_PAY,
        "recall": Permission.PAYROLL_PAY,
        "order": Permission.PAYROLL_PAY,
    }
    step_up = frozenset({"approve", "undo", "pay", "recall", "order"})
    takes_along = {"recap": Permission.PAYROLL_EXPORT}
    fresh = frozenset({"recap"})
    serializer_class = PayrollRunOutput
    queryset = PayrollRun.unscoped.none()
    ordering = ("-month", "-pk")

    def get_queryset(self) -> QuerySet[PayrollRun]:
        return queries.runs_of(self.company)

    def whole(self, run: PayrollRun, status: int = 200) -> Response:
        """A run as it is now, with its people: that wages were looked at is noted."""
        found = self.get_queryset().get(pk=run.pk)
        found.company = self.company
        slips = queries.slips_of(found)
        access_log.note(company=self.company, by=self.access.user, kind="list", subject=Employee,
                        count=len(slips))  # fmt: skip
        told = {
            "run": found, "digest_now": digest_of_run(found),
            "totals": recap.totals_of(one.content for one in slips),
            "people": queries.person_rows(found, slips), "orders": paying.orders_of(found),
        }  # fmt: skip
        return Response(PayrollRunWhole(told).data, status)

    def state(self, run: PayrollRun, status: int = 200) -> Response:
        """A run as it is now, without its people: what an act answers is kept for its key, unsealed."""
        return Response(PayrollRunOutput(self.get_queryset().get(pk=run.pk)).data, status)

    def acted(self, act: Callable[[], PayrollRun], status: int = 200) -> Response:
        return self.once(lambda: self.state(act(), status))

    def run(self) -> PayrollRun:
        run: PayrollRun = self.get_object()
        run.company = self.company
        return run

    @extend_schema(responses=PayrollRunWhole)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A run with its people, their findings, and its payment orders."""
        return self.whole(self.run())

    @extend_schema(request=NewPayrollRunInput, responses={201: PayrollRunOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Begin the run of a month; nothing is calculated yet."""
        return self.acted(
            lambda: beginning.begin(
                company=self.company, by=self.access.user, **self.told(NewPayrollRunInput)
            ),
            201,
        )

    @extend_schema(
        request=None, responses={200: PayrollRunOutput, 202: JobOutput}, parameters=[KEY]
    )
    @action(detail=True, methods=["post"])
    def calculate(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Calculate all people in the background, a correction at once (200); an approval is void."""

        def act() -> Response:
            run = self.run()
            if run.is_correction:
                return self.state(correcting.recalculate(run, by=self.access.user))
            return accepted(jobs.begin(run, by=self.access.user, within=bearer_in(request)))

        return self.once(act)

    @extend_schema(request=None, responses={202: JobOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def slips(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Make the PDF files of a posted run's slips in the background; see `payslips/{id}/pdf/`."""
        run = self.run()
        return self.once(lambda: accepted(start(
            jobs.SLIPS, company=self.company, by=self.access.user, arguments={"run": run.pk},
            within=bearer_in(request),
        )))  # fmt: skip

    @extend_schema(request=PayrollRunDaysInput, responses=PayrollRunOutput)
    @action(detail=True, methods=["post"])
    def days(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Book and pay on other days. An approval is void."""
        run, told = self.run(), self.told(PayrollRunDaysInput)
        return self.state(beginning.set_days(run, by=self.access.user, **told))

    @extend_schema(request=ApprovePayrollRunInput, responses=PayrollRunOutput)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Approve what was seen, as a second person; wants the second factor."""
        run, told = self.run(), self.told(ApprovePayrollRunInput)
        return self.state(approving.approve(run, by=self.access.user, **told))

    @extend_schema(request=None, responses=PayrollRunOutput)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take an approval back."""
        return self.state(beginning.reopen(self.run(), by=self.access.user))

    @extend_schema(request=PayrollReasonInput, responses=PayrollRunOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Cancel a run that is not posted."""
        run, told = self.run(), self.told(PayrollReasonInput)
        return self.state(beginning.cancel(run, by=self.access.user, **told))

    @extend_schema(request=PostPayrollRunInput, responses=PayrollRunOutput, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="post", url_name="post")
    def post_run(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Post an approved run by one entry, and freeze it."""
        run = self.run()
        return self.acted(
            lambda: booking.post(run, by=self.access.user, **self.told(PostPayrollRunInput))
        )

    @extend_schema(request=UndoPayrollRunInput, responses=PayrollRunOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take the run that was posted last back; wants the second factor."""
        run = self.run()
        return self.acted(
            lambda: booking.undo(run, by=self.access.user, **self.told(UndoPayrollRunInput))
        )

    @extend_schema(request=PayPayrollRunInput, responses=PayrollRunOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def pay(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Make the payment orders, once; wants the second factor."""
        run = self.run()

        def act() -> PayrollRun:
            told = self.told(PayPayrollRunInput)
            banks = BankAccount.of(self.company).select_related("account")
            bank = named(banks, told["bank_account"], place="bank_account")
            paying.pay(run, bank=bank, date=told["date"], by=self.access.user)
            return run

        return self.acted(act)

    @extend_schema(request=PayrollReasonInput, responses=PayrollRunOutput)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Give up payment orders that the bank shall not execute; wants the second factor."""
        run, told = self.run(), self.told(PayrollReasonInput)
        return self.state(paying.recall(run, by=self.access.user, **told))

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path=r"orders/(?P<order>[0-9]{1,18})",
            renderer_classes=[JSONRenderer, AnyType])  # fmt: skip
    def order(self, request: Request, pk: str, order: str, **kwargs: Any) -> HttpResponse:
        """A payment file, byte by byte as it was made; wants the second factor."""
        rows = WageOrder.of(self.company).select_related("run", "bank_account", "company")
        found = get_object_or_404(rows, run=self.run().pk, pk=order)
        content = paying.taken_along(found, by=self.access.user)
        return as_file(content, "application/xml", paying.file_name(found))

    @extend_schema(
        request=CorrectPayrollRunInput, responses={201: PayrollRunOutput}, parameters=[KEY]
    )
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Make the run that corrects this month with today's data; it is approved as any other."""
        run = self.run()

        def act() -> PayrollRun:
            told = self.told(CorrectPayrollRunInput)
            return correcting.begin_correction(
                run, by=self.access.user, date=told.get("date"), only=told.get("employees")
            )

        return self.acted(act, 201)

    @shown_or_filed(RunRecapOutput)
    @action(detail=True, methods=["get"])
    def recap(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """Totals by wage type and insurance."""
        run = self.run()
        contents = [one.content for one in queries.slips_of(run)]
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind="export" if self.form else "list", count=len(contents))  # fmt: skip
        if self.form:
            return self.filed(recap.recap_table(run, contents, names_of(self.company)))
        told = {"totals": recap.totals_of(contents), "types": recap.by_type(contents, names_of(self.company)),
                "charges": recap.by_charge(contents)}  # fmt: skip
        return Response(RunRecapOutput(told).data)
