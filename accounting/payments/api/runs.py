"""``…/payment-proposal/`` and ``…/payment-runs/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.banking.models import BankAccount
from accounting.open_items.models import OpenItem, Side
from accounting.payments import approving, drafting, exporting, queries, reporting
from accounting.payments.api.shapes import (
    LARGEST_ID,
    PaymentProposalOutput,
    PaymentReportOutput,
    PaymentRunOutput,
    PaymentRunWithPayments,
)
from accounting.payments.models import PaymentRun
from accounting.payments.pain.status import LARGEST
from accounting.payments.proposing import propose
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType, UploadInput
from erp.api.inputs import AmountField, DayField, Input, named
from erp.api.schema import KEY
from erp.documents.serving import download
from erp.documents.storing import read_upload


class PaymentProposalQuery(serializers.Serializer[Any]):
    bank_account = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    date = DayField(help_text="Day of execution")
    until = DayField(help_text="Due by then, or with a discount that would be lost by then")
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)


class NewPaymentRunInput(Input):
    """A run of what is proposed; ``items`` are ids of open items, all where they are left out."""

    bank_account = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    date = DayField()
    until = DayField()
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), required=False
    )

    def validate_items(self, ids: list[int]) -> list[int]:
        owed = OpenItem.of(self.context["company"]).filter(side=Side.PAYABLES, pk__in=ids)
        if len(set(ids)) != owed.count():
            raise serializers.ValidationError(_("There is no such item."), code="unknown")
        return ids

    batch = serializers.BooleanField(required=False)
    advice = serializers.ChoiceField(PaymentRun.Advice.choices, required=False)


class TakeOutInput(Input):
    payment = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    item = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class ItemAmountInput(Input):
    item = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    amount = AmountField()


class PaymentDateInput(Input):
    date = DayField()
    payment = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class ApproveInput(Input):
    seen = serializers.CharField(max_length=64, help_text="Digest of the run you looked at")


class CancelPaymentRunInput(Input):
    reason = serializers.CharField(max_length=200)


class PaymentInput(Input):
    payment = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)


def bank_of(view: CompanyViewSet, pk: int) -> BankAccount:
    rows = BankAccount.of(view.company).select_related("account", "company")
    return named(rows, pk, place="bank_account")


class PaymentProposalViewSet(CompanyViewSet):
    """``…/payment-proposal/``"""

    permissions = {"list": Permission.PAYMENTS_PROPOSE}
    serializer_class = PaymentProposalOutput
    pagination_class = None

    @extend_schema(parameters=[PaymentProposalQuery], responses=PaymentProposalOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What would be paid on a day from an account, and why other items would not."""
        told = self.asked(PaymentProposalQuery)
        found = propose(bank_of(self, told.pop("bank_account")), **told)
        return Response(PaymentProposalOutput(found).data)


class PaymentRunViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/payment-runs/``"""

    permissions = {
        "list": Permission.PAYMENTS_READ,
        "retrieve": Permission.PAYMENTS_READ,
        "create": Permission.PAYMENTS_PROPOSE,
        "take_out": Permission.PAYMENTS_PROPOSE,
        "amount": Permission.PAYMENTS_PROPOSE,
        "date": Permission.PAYMENTS_PROPOSE,
        "approve": Permission.PAYMENTS_APPROVE,
        "reopen": Permission.PAYMENTS_PROPOSE,
        "export": Permission.PAYMENTS_EXPORT,
        "file": Permission.PAYMENTS_EXPORT,
        "cancel": Permission.PAYMENTS_PROPOSE,
        "give_back": Permission.PAYMENTS_PROPOSE,
        "report": Permission.PAYMENTS_EXPORT,
        "reports": Permission.PAYMENTS_READ,
    }
    step_up = frozenset({"approve", "export"})
    serializer_class = PaymentRunOutput
    follows = "payment_run"
    queryset = PaymentRun.unscoped.none()
    ordering = ("-number",)

    def get_queryset(self) -> QuerySet[PaymentRun]:
        return queries.runs_of(self.company)

    def whole(self, run: PaymentRun, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=run.pk)
        return Response(PaymentRunWithPayments(found).data, status)

    @extend_schema(responses=PaymentRunWithPayments)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A run with its payments, and what speaks against them now."""
        return self.whole(self.get_object())

    @extend_schema(
        request=NewPaymentRunInput, responses={201: PaymentRunWithPayments}, parameters=[KEY]
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Prepare a run of what is proposed; nothing is posted."""

        def act() -> Response:
            told = self.told(NewPaymentRunInput)
            bank, only = bank_of(self, told.pop("bank_account")), told.pop("items", None)
            return self.whole(drafting.draft(bank, by=self.access.user, only=only, **told), 201)

        return self.once(act)

    @extend_schema(request=TakeOutInput, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"], url_path="take-out")
    def take_out(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a payment out, or one item of it. An approval is void."""
        run, told = self.get_object(), self.told(TakeOutInput)
        return self.whole(drafting.take_out(run, by=self.access.user, **told))

    @extend_schema(request=ItemAmountInput, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"])
    def amount(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Pay another amount of an item. An approval is void."""
        run, told = self.get_object(), self.told(ItemAmountInput)
        return self.whole(drafting.set_amount(run, by=self.access.user, **told))

    @extend_schema(request=PaymentDateInput, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"])
    def date(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Pay on another day, one payment or all. An approval is void."""
        run, told = self.get_object(), self.told(PaymentDateInput)
        return self.whole(drafting.set_date(run, by=self.access.user, **told))

    @extend_schema(request=ApproveInput, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Approve what was seen, as a second person; wants the second factor."""
        run, told = self.get_object(), self.told(ApproveInput)
        return self.whole(approving.approve(run, by=self.access.user, **told))

    @extend_schema(request=None, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take an approval back."""
        return self.whole(approving.reopen(self.get_object(), by=self.access.user))

    @extend_schema(request=None, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"])
    def export(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Make the payment file, once; wants the second factor."""
        return self.whole(exporting.export(self.get_object(), by=self.access.user))

    @extend_schema(responses={(200, exporting.XML): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def file(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The payment file, byte by byte as it was made."""
        run = self.get_object()
        if run.file is None:
            raise Http404
        return download(run.file)

    @extend_schema(request=CancelPaymentRunInput, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Cancel a run that is not booked; its items can be proposed again."""
        run, told = self.get_object(), self.told(CancelPaymentRunInput)
        return self.whole(approving.cancel(run, by=self.access.user, **told))

    @extend_schema(request=PaymentInput, responses=PaymentRunWithPayments)
    @action(detail=True, methods=["post"], url_path="give-back")
    def give_back(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let what the bank did not pay be proposed again."""
        run, told = self.get_object(), self.told(PaymentInput)
        return self.whole(approving.give_back(run, by=self.access.user, **told))

    @extend_schema(request=UploadInput, responses=PaymentRunWithPayments)
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def report(self, request: Request, **kwargs: Any) -> Response:
        """Note what a status report of the bank (pain.002) says; nothing is posted."""
        upload = self.told(UploadInput)["file"]
        run = reporting.read_report(self.company, content=read_upload(upload, LARGEST),
                                    name=upload.name or "", by=self.access.user)  # fmt: skip
        return self.whole(run)

    @extend_schema(responses=PaymentReportOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def reports(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What the bank reported of a run, the newest first."""
        found = queries.reports_of(self.get_object())
        return Response(PaymentReportOutput(found, many=True).data)
