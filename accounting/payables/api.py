"""``…/supplier-invoices/``, for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.payables import (
    accruing,
    approving,
    booking,
    capturing,
    drafting,
    listing,
    making,
    queries,
)
from accounting.payables.capture.models import InboxDocument
from accounting.payables.duplicates import twins
from accounting.payables.models import SupplierInvoice
from accounting.payables.shapes import (
    LARGEST_ID,
    SupplierInvoiceBrief,
    SupplierInvoiceInput,
    SupplierInvoiceOutput,
    SupplierInvoicePreviewOutput,
)
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField, Input, missing, named
from erp.api.reports import FORM, Filed
from erp.api.schema import KEY
from erp.core import clock

_STATES = sorted({*SupplierInvoice.Status.values, *queries.State.values} - {"pattern"})


class SupplierInvoiceQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=SupplierInvoice.Kind.choices, required=False)
    status = serializers.ChoiceField(choices=_STATES, required=False)
    q = serializers.CharField(max_length=80, required=False, help_text="Part of number, name …")
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    since = DayField(required=False)
    until = DayField(required=False)
    waiting_for_me = serializers.BooleanField(
        required=False, help_text="Those that wait for my visa"
    )


class RejectInput(Input):
    reason = serializers.CharField(max_length=400)


class OnInput(Input):
    date = DayField()


class InvoicesInput(Input):
    invoices = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=1,
        max_length=approving.MOST_AT_ONCE,
    )  # fmt: skip


class RefusedOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class InvoiceDoneOutput(serializers.Serializer[Any]):
    """An invoice, where it stands now, and why it was refused; empty where it was not."""

    id = serializers.IntegerField()
    status = serializers.CharField()
    refused = RefusedOutput(many=True)


class ManyDoneOutput(serializers.Serializer[Any]):
    """What became of each, by date; those that are not there are left out."""

    invoices = InvoiceDoneOutput(many=True)


class AccrualOutput(serializers.Serializer[Any]):
    """A part of a cost that belongs to the time from ``date`` on; ``entry`` released it."""

    id = serializers.IntegerField()
    invoice = serializers.IntegerField(source="line.invoice_id")
    account = serializers.CharField(source="line.account.number")
    date = serializers.DateField()
    amount = AmountField()
    entry = serializers.IntegerField(source="entry_id", allow_null=True)


class ReleasedOutput(serializers.Serializer[Any]):
    """The entries that release what is due, and what could not be released."""

    entries = serializers.ListField(child=serializers.IntegerField())
    refused = serializers.ListField(child=serializers.CharField())


class SupplierInvoiceViewSet(Filed):
    """``…/supplier-invoices/``"""

    permissions = {
        "list": Permission.PAYABLES_READ, "retrieve": Permission.PAYABLES_READ,
        "create": Permission.PAYABLES_DRAFT, "update": Permission.PAYABLES_DRAFT,
        "destroy": Permission.PAYABLES_DRAFT, "preview": Permission.PAYABLES_DRAFT,
        "submit": Permission.PAYABLES_POST, "approve": Permission.PAYABLES_APPROVE,
        "reject": Permission.PAYABLES_APPROVE, "withdraw": Permission.PAYABLES_DRAFT,
        "post_approved": Permission.PAYABLES_POST, "reverse": Permission.PAYABLES_POST,
        "credit": Permission.PAYABLES_DRAFT, "accruals": Permission.PAYABLES_READ,
        "release": Permission.PAYABLES_POST, "copy": Permission.PAYABLES_DRAFT,
        "submit_many": Permission.PAYABLES_POST, "approve_many": Permission.PAYABLES_APPROVE,
    }  # fmt: skip
    takes_along = {"list": Permission.PAYABLES_EXPORT}
    serializer_class = SupplierInvoiceOutput
    follows = "supplier_invoice"
    queryset = SupplierInvoice.unscoped.none()
    ordering = ("-date", "-pk")

    def get_queryset(self) -> QuerySet[SupplierInvoice]:
        return queries.with_all(self.company).exclude(status=SupplierInvoice.Status.PATTERN)

    @extend_schema(
        parameters=[SupplierInvoiceQuery, FORM], responses=SupplierInvoiceBrief(many=True)
    )
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Suppliers' invoices, the latest first; as a file all of them at once."""
        told = self.asked(SupplierInvoiceQuery)
        if self.form:
            return self._filed(told)
        rows = queries.invoices(
            self.company, kind=told.get("kind", ""), status=told.get("status", ""),
            search=told.get("q", ""), contact=told.get("contact"), since=told.get("since"),
            until=told.get("until"), on=clock.today(),
        )  # fmt: skip
        if told.get("waiting_for_me"):
            mine = approving.waiting_for(self.company, self.access.user)
            rows = rows.filter(pk__in=mine.values("pk"))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(SupplierInvoiceBrief(page, many=True).data)

    def _filed(self, told: dict[str, Any]) -> HttpResponse:
        wanted = listing.Asked(
            status=told.get("status", ""), search=told.get("q", ""), contact=told.get("contact"),
            since=told.get("since"), until=told.get("until"),
        )  # fmt: skip
        return self.filed(listing.as_table(self.company, wanted, on=clock.today()))

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(
        request=SupplierInvoiceInput, parameters=[KEY], responses={201: SupplierInvoiceOutput}
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Write a draft; of a document of the inbox, which is captured by that."""

        def act() -> Response:
            body = self._body()
            wanted = body.validated_data.get("document")
            document = None
            if wanted is not None:
                document = named(InboxDocument.of(self.company), wanted, place="document")
            saved = drafting.save(
                company=self.company, by=self.access.user,
                typed=body.typed(file=document.file_id if document else None),
            )  # fmt: skip
            if document is not None:
                capturing.keep_link(
                    self.company, {"inbox": str(document.pk)}, saved, by=self.access.user
                )
            return self._told(saved, 201)

        return self.once(act)

    @extend_schema(request=SupplierInvoiceInput)
    def update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change a draft, whole."""
        invoice = self.changing()
        typed = self._body().typed(file=invoice.file_id)
        return self._told(drafting.save(company=self.company, typed=typed, by=self.access.user,
                                        invoice=invoice, version=invoice.version))  # fmt: skip

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Throw a draft away; a document of the inbox waits again."""
        capturing.delete(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=SupplierInvoiceInput, responses=SupplierInvoicePreviewOutput)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request, **kwargs: Any) -> Response:
        """A draft checked and reckoned; nothing is written."""
        draft = drafting.drafted(self.company, self._body().typed())
        told = {
            name: getattr(draft.invoice, name)
            for name in ("net", "vat", "payable", "due_date", "currency")
        }
        repeated = [f"{twin.called}: {twin.why}" for twin in twins(draft.invoice)]
        return Response(SupplierInvoicePreviewOutput({**told, "duplicates": repeated}).data)

    @extend_schema(request=None, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Hand a draft in: to its approvers, or where nobody has to approve it, to the books."""
        return self._done(approving.submit)

    @extend_schema(request=None, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Give one's visa; the last one posts the invoice."""
        return self._done(approving.approve)

    @extend_schema(request=RejectInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Send an invoice back, with a reason."""
        return self._done(approving.reject, lambda: self.told(RejectInput))

    @extend_schema(request=None, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take an invoice back that is handed in but not posted."""
        return self._done(approving.withdraw)

    @extend_schema(request=None, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="post")
    def post_approved(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Post an approved invoice that the books did not take before."""
        return self._done(approving.post_approved)

    @extend_schema(request=OnInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo a posted invoice by its mirror image."""
        return self._done(booking.reverse, lambda: self.told(OnInput))

    @extend_schema(request=OnInput, parameters=[KEY], responses={201: SupplierInvoiceOutput})
    @action(detail=True, methods=["post"])
    def credit(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A draft of a credit note over all of an invoice."""
        found = self.get_object()

        def act() -> Response:
            typed = making.credit(found, date=self.told(OnInput)["date"])
            return self._told(
                drafting.save(company=self.company, typed=typed, by=self.access.user), 201
            )

        return self.once(act)

    @extend_schema(request=OnInput, parameters=[KEY], responses={201: SupplierInvoiceOutput})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """The same once more, as a draft of another day, without number, original and reference."""
        found = self.get_object()

        def act() -> Response:
            typed = making.copy(found, date=self.told(OnInput)["date"])
            return self._told(
                drafting.save(company=self.company, typed=typed, by=self.access.user), 201
            )

        return self.once(act)

    @extend_schema(request=InvoicesInput, parameters=[KEY], responses=ManyDoneOutput)
    @action(detail=False, methods=["post"], url_path="submit-many")
    def submit_many(self, request: Request, **kwargs: Any) -> Response:
        """Hand drafts in, each by itself: what is refused of one keeps none of the others."""
        return self._each(approves=False)

    @extend_schema(request=InvoicesInput, parameters=[KEY], responses=ManyDoneOutput)
    @action(detail=False, methods=["post"], url_path="approve-many")
    def approve_many(self, request: Request, **kwargs: Any) -> Response:
        """Give one's visa to invoices, each by itself; the last visa posts an invoice."""
        return self._each(approves=True)

    def _each(self, *, approves: bool) -> Response:
        def act() -> Response:
            ids = set(self.told(InvoicesInput)["invoices"])
            rows = self.get_queryset().filter(pk__in=ids).values_list("pk", "status")
            if ids - dict(rows).keys():
                raise missing("invoices")
            found = approving.each(self.company, ids, by=self.access.user, approves=approves)
            kept = dict(rows.all())
            told = [
                {"id": invoice.pk, "status": kept[invoice.pk],
                 "refused": [{"code": one.code, "message": str(one)} for one in refusals]}
                for invoice, refusals in found
            ]  # fmt: skip
            return Response(ManyDoneOutput({"invoices": told}).data)

        return self.once(act)

    @extend_schema(responses=AccrualOutput(many=True))
    @action(detail=False, methods=["get"], ordering=("date", "pk"))
    def accruals(self, request: Request, **kwargs: Any) -> Response:
        """Costs of later times that are not released yet, the earliest first."""
        page = self.paginate_queryset(accruing.parts_of(self.company).filter(entry=None))
        return self.get_paginated_response(AccrualOutput(page, many=True).data)

    @extend_schema(request=OnInput, parameters=[KEY], responses=ReleasedOutput)
    @action(detail=False, methods=["post"])
    def release(self, request: Request, **kwargs: Any) -> Response:
        """Release all costs that are due until a day."""

        def act() -> Response:
            until = self.told(OnInput)["date"]
            entries, refusals = accruing.release_due(self.company, until=until, by=self.access.user)
            return Response(ReleasedOutput({
                "entries": [entry.pk for entry in entries], "refused": [str(one) for one in refusals],
            }).data)  # fmt: skip

        return self.once(act)

    def _body(self) -> SupplierInvoiceInput:
        body = SupplierInvoiceInput(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return body

    def _done(self, act: Any, more: Any = dict) -> Response:
        found = self.get_object()
        return self.once(lambda: self._told(act(found, by=self.access.user, **more())))

    def _told(self, invoice: SupplierInvoice, status: int = 200) -> Response:
        return self.shown(self.get_queryset().get(pk=invoice.pk), status)


router = SimpleRouter()
router.register("supplier-invoices", SupplierInvoiceViewSet, basename="supplier-invoices")
urls = router.urls
