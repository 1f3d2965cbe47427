"""``…/vat-returns/`` and ``…/tax-office/``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet, with_etag
from erp.api.files import AnyType
from erp.api.inputs import AmountField, DayField, Input
from erp.api.jobs import JobOutput, accepted
from erp.api.paging import Pages
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.core import clock
from erp.core.filetypes import PDF
from erp.documents.serving import download
from erp.web.export import as_file
from vat.returns import filing, queries, settling
from vat.returns.addressing import computed_of, row_of
from vat.returns.api.shapes import (
    TaxOfficeOutput,
    VatEntriesOutput,
    VatPeriodOutput,
    VatReturnOutput,
)
from vat.returns.entries import journal_rows
from vat.returns.jobs import print_in_parts
from vat.returns.journal import journal_file
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.office import set_office
from vat.returns.queries import Row
from vat.returns.views.entries import entries_of, read_asked

XML = "application/xml"


class VatPeriodInput(Input):
    """A reporting period, by its first day."""

    start = DayField()


class VatReconcileInput(Input):
    """A fiscal year whose returns are all filed."""

    start = DayField()
    end = DayField()


class VatNoteInput(Input):
    note_280 = serializers.CharField(max_length=50, allow_blank=True)


class VatCheckInput(Input):
    """Codes of warnings that are accepted as they are."""

    accepted = serializers.ListField(child=serializers.CharField(max_length=60), required=False)


class VatSettleInput(Input):
    date = DayField()
    reference = serializers.CharField(max_length=35, required=False, allow_blank=True)


class VatUnsettleInput(Input):
    date = DayField()


class TaxOfficeInput(Input):
    contact = serializers.IntegerField(
        allow_null=True, required=False, min_value=1, max_value=10**18
    )
    differences = serializers.BooleanField(required=False)


class VatJournalRowOutput(serializers.Serializer[Any]):
    """What an entry brought to a box under a code and a rate, signed as in the box; francs."""

    box = serializers.CharField()
    code = serializers.CharField()
    rate = AmountField()
    date = serializers.DateField()
    number = serializers.IntegerField()
    voucher = serializers.CharField()
    text = serializers.CharField()
    supply_date = serializers.DateField()
    net = AmountField()
    tax = AmountField()
    entry = serializers.IntegerField()


class VatReturnViewSet(Filed):
    """``…/vat-returns/{key}/``: a first return by its first day, others by their number."""

    permissions = {
        "list": Permission.VAT_READ,
        "retrieve": Permission.VAT_READ,
        "entries": Permission.VAT_READ,
        "journal": Permission.VAT_READ,
        "print_journal": Permission.LEDGER_EXPORT,
        "xml": Permission.VAT_READ,
        "pdf": Permission.VAT_READ,
        "create": Permission.VAT_FILE,
        "partial_update": Permission.VAT_FILE,
        "destroy": Permission.VAT_FILE,
        "check": Permission.VAT_FILE,
        "file": Permission.VAT_FILE,
        "settle": Permission.VAT_FILE,
        "unsettle": Permission.VAT_FILE,
        "correct": Permission.VAT_FILE,
        "reconcile": Permission.VAT_FILE,
        "filed_elsewhere": Permission.VAT_FILE,
    }
    step_up = frozenset({"file"})
    takes_along = {"journal": Permission.LEDGER_EXPORT}
    serializer_class = VatReturnOutput
    queryset = VatReturn.unscoped.none()
    pagination_class = None
    lookup_field = "key"
    lookup_value_regex = "[0-9-]{1,18}"

    def get_object(self) -> Row:
        found = row_of(self.company, self.kwargs["key"])
        if found is None:
            raise Http404
        return found

    def stored(self) -> VatReturn:
        """The return that the address names, begun."""
        found = self.get_object().stored
        if found is None:
            raise Http404
        return found

    def hold(self) -> None:
        VatReturn.of(self.company).select_for_update().get(pk=self.stored().pk)

    def whole(self, one: VatReturn, status: int = 200) -> Response:
        found = row_of(self.company, str(one.pk))
        return self.shown(found, status)

    @extend_schema(responses=VatPeriodOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """All periods with what became of them, the newest first."""
        rows = queries.overview(self.company, clock.today())
        return Response(VatPeriodOutput(instance=rows, many=True).data)

    def retrieve(self, request: Request, key: str, **kwargs: Any) -> Response:
        """A return with its form; of a period that is not begun, a preview from the ledger."""
        return self.shown(self.get_object())

    @extend_schema(request=VatPeriodInput, responses={201: VatReturnOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Begin the return of a period, or take it up."""
        return self._begun(VatPeriodInput, filing.begin)

    @extend_schema(request=VatReconcileInput, responses={201: VatReturnOutput}, parameters=[KEY])
    @action(detail=False, methods=["post"])
    def reconcile(self, request: Request, **kwargs: Any) -> Response:
        """Begin the annual reconciliation of a year."""
        return self._begun(VatReconcileInput, filing.begin_reconciliation)

    @extend_schema(request=VatPeriodInput, responses={201: VatReturnOutput}, parameters=[KEY])
    @action(detail=False, methods=["post"], url_path="filed-elsewhere")
    def filed_elsewhere(self, request: Request, **kwargs: Any) -> Response:
        """Say that a period was filed with another program."""
        return self._begun(VatPeriodInput, filing.filed_elsewhere)

    @extend_schema(request=VatNoteInput)
    def partial_update(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Say what the deductions of box 280 are."""
        found = self.changing()
        told = self.told(VatNoteInput)
        return self.whole(filing.note(found.stored, by=self.access.user, **told))

    def destroy(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Discard an open return; its period is open as before."""
        filing.discard(self.changing().stored, by=self.access.user)
        return Response(status=204)

    @extend_schema(request=VatCheckInput)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Check a return; warnings are accepted by their codes."""
        one = self.stored()
        return self.whole(filing.check(one, by=self.access.user, **self.told(VatCheckInput)))

    @extend_schema(request=None, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def file(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Freeze a checked return, with its file and PDF; wants the second factor."""
        one = self.stored()
        return self.once(lambda: self.whole(
            filing.file(one, by=self.access.user, today=clock.today())
        ))  # fmt: skip

    @extend_schema(request=VatSettleInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Post a filed return, with the debt to the tax office."""
        one = self.stored()

        def act() -> Response:
            settling.settle(one, by=self.access.user, **self.told(VatSettleInput))
            return self.whole(one)

        return self.once(act)

    @extend_schema(request=VatUnsettleInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def unsettle(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Undo the posting of a return."""
        one = self.stored()

        def act() -> Response:
            settling.unsettle(one, by=self.access.user, **self.told(VatUnsettleInput))
            return self.whole(one)

        return self.once(act)

    @extend_schema(request=None, responses={201: VatReturnOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Begin a correction return of a filed one."""
        one = self.stored()
        return self.once(lambda: self.whole(filing.begin_correction(one, by=self.access.user), 201))

    @extend_schema(
        responses=VatEntriesOutput,
        parameters=[OpenApiParameter(name) for name in
                    ("code", "rate", "activity", "granted", "old", "box", "after")],
    )  # fmt: skip
    @action(detail=True, methods=["get"])
    def entries(self, request: Request, key: str, **kwargs: Any) -> Response:
        """The entries that count under a code, 100 a page, with the sum they re-add to."""
        _row, found = entries_of(self.company, key, read_asked(request.query_params.dict()),
                           after=request.query_params.get("after", ""))  # fmt: skip
        return Response(VatEntriesOutput(found).data)

    @shown_or_filed(VatJournalRowOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=Pages)
    def journal(self, request: Request, key: str, **kwargs: Any) -> HttpResponse | Response:
        """All that counts, by box and code; a long one is printed by ``print-journal``."""
        row = self.get_object()
        found = computed_of(self.company, row)
        if found is None:
            raise Http404
        rows = journal_rows(found)
        if not self.form:
            page = self.page_of(rows, by=attrgetter("box", "entry", "code", "rate", "supply_date"))
            return self.get_paginated_response(VatJournalRowOutput(page, many=True).data)
        made = journal_file(self.form, rows, company=self.company, method=row.period.method,
                            start=row.period.start, end=row.period.end)  # fmt: skip
        content, kind, name = made
        return as_file(content, kind, name)

    @extend_schema(request=None, responses={202: JobOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="print-journal")
    def print_journal(self, request: Request, key: str, **kwargs: Any) -> Response:
        """Print the journal in the background, as one PDF of the job."""
        self.access.require(Permission.VAT_READ)
        row = self.get_object()
        return self.once(lambda: accepted(print_in_parts(
            company=self.company, key=row.key, by=self.access.user, within=bearer_in(request)
        )))  # fmt: skip

    @extend_schema(responses={(200, XML): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def xml(self, request: Request, key: str, **kwargs: Any) -> HttpResponse:
        """The file for the tax portal (eCH-0217), as it was filed."""
        return self._file("xml")

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def pdf(self, request: Request, key: str, **kwargs: Any) -> HttpResponse:
        """The form as PDF, as it was filed."""
        return self._file("pdf")

    def _file(self, what: str) -> HttpResponse:
        file = getattr(self.stored(), what)
        if file is None:
            raise Http404
        return download(file)

    def _begun(self, body: type[Input], begin: Callable[..., VatReturn]) -> Response:
        def act() -> Response:
            told: dict[str, dt.date] = self.told(body)
            return self.whole(begin(company=self.company, by=self.access.user, **told), 201)

        return self.once(act)


class TaxOfficeViewSet(CompanyViewSet):
    """``…/tax-office/``: whom VAT is paid to, and how corrections go there; there is one."""

    permissions = {"list": Permission.VAT_READ, "create": Permission.VAT_CHANGE}
    serializer_class = TaxOfficeOutput
    queryset = TaxOffice.unscoped.none()
    pagination_class = None

    @extend_schema(responses=TaxOfficeOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        return with_etag(TaxOfficeOutput(self._office()).data)

    @extend_schema(request=TaxOfficeInput, responses={200: TaxOfficeOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Set it; what is left out stays."""
        told, office = self.told(TaxOfficeInput), self._office()
        contact = office.contact
        if "contact" in told:
            contact = self._contact(told["contact"])
        found = set_office(company=self.company, contact=contact, by=self.access.user,
                           differences=told.get("differences", office.differences))  # fmt: skip
        return with_etag(TaxOfficeOutput(found).data)

    def _office(self) -> TaxOffice:
        found = TaxOffice.of(self.company).select_related("contact").first()
        return found or TaxOffice(company=self.company)

    def _contact(self, pk: int | None) -> Contact | None:
        found = Contact.of(self.company).filter(pk=pk).first() if pk else None
        if pk and found is None:
            raise serializers.ValidationError({"contact": ["There is no such contact."]})
        return found
