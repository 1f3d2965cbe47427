"""``…/year-end/`` and ``…/year-accruals/``: checks, closing, accruals, use of the profit, notes."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.closing import accruing, appropriating, jobs
from accounting.closing.api_shapes import (
    AnnualNoteInput,
    AnnualNoteOutput,
    AppropriationInput,
    CheckAcceptInput,
    ReopenInput,
    UseOfProfitOutput,
    YearAccrualInput,
    YearAccrualOutput,
    YearChangesOutput,
    YearCheckOutput,
    YearClosingOutput,
    YearEndOutput,
)
from accounting.closing.asking import standings
from accounting.closing.closing import close_year, reopen_year
from accounting.closing.comparing import changes, closings_of
from accounting.closing.models import YearAccrual
from accounting.closing.notes import notes_of, write_note
from accounting.closing.noting import accept, file_of, withdraw
from accounting.closing.report import annual_report
from accounting.ledger.models import FiscalYear, YearClosing
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import named
from erp.api.jobs import JobOutput, accepted
from erp.api.layouts import LookQuery, asked_look
from erp.api.parsers import StrictJSONParser
from erp.api.schema import KEY
from erp.core.errors import DomainError
from erp.core.filetypes import DOCUMENTS
from erp.core.money import ZERO
from erp.documents import storing
from erp.documents.serving import original
from erp.layouts.queries import look_of
from erp.layouts.values import Kind
from erp.web.export import as_file

CHECK = "checks/(?P<check>[a-z_]{1,40})"


class YearEndViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/year-end/``: the ids are those of the fiscal years."""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "checks": Permission.LEDGER_READ,
        "closings": Permission.LEDGER_READ,
        "changes": Permission.LEDGER_READ,
        "appropriation": Permission.LEDGER_READ,
        "notes": Permission.LEDGER_READ,
        "report": Permission.LEDGER_EXPORT,
        "check_file": Permission.LEDGER_READ,
        "accept": Permission.YEAR_CLOSE,
        "withdraw": Permission.YEAR_CLOSE,
        "close": Permission.YEAR_CLOSE,
        "reopen": Permission.YEAR_REOPEN,
        "appropriate": Permission.YEAR_CLOSE,
        "undo_appropriation": Permission.YEAR_CLOSE,
        "write_note": Permission.YEAR_CLOSE,
    }
    step_up = frozenset({"close", "reopen"})
    serializer_class = YearEndOutput
    queryset = FiscalYear.unscoped.none()
    parser_classes = (StrictJSONParser, MultiPartParser)

    def get_queryset(self) -> QuerySet[FiscalYear]:
        standing = YearClosing.standing(self.company).select_related("closed_by", "reopened_by")
        return FiscalYear.of(self.company).prefetch_related(
            Prefetch("closings", standing, to_attr="standing")
        )

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(responses=YearCheckOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def checks(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """How the checks of the year stand now."""
        found = standings(self.company, self.get_object(), may=self.access.may)
        return Response(YearCheckOutput(found, many=True).data)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in DOCUMENTS})
    @action(detail=True, methods=["get"], url_path=CHECK, renderer_classes=[JSONRenderer, AnyType])
    def check_file(self, request: Request, pk: str, check: str, **kwargs: Any) -> HttpResponseBase:
        """The paper that somebody put to their word on a check."""
        return original(file_of(self.access, self.get_object(), check=check), download=True)

    @extend_schema(request={"multipart/form-data": CheckAcceptInput, "application/json": CheckAcceptInput},
                   responses={204: None})  # fmt: skip
    @check_file.mapping.post
    def accept(self, request: Request, pk: str, check: str, **kwargs: Any) -> Response:
        """Accept what a check found, or confirm what it asks for; holds while it finds the same."""
        year, told = self.get_object(), self.told(CheckAcceptInput)
        file = None
        if upload := told.get("file"):
            file = storing.store(company=self.company, name=upload.name or "file",
                                 by=self.access.user, content=storing.read_upload(upload))  # fmt: skip
        accept(self.access, year, check=check, text=told["text"], file=file)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    @check_file.mapping.delete
    def withdraw(self, request: Request, pk: str, check: str, **kwargs: Any) -> Response:
        """Take back what was said to a check."""
        withdraw(self.access, self.changing(), check=check)
        return Response(status=204)

    @extend_schema(
        request=None, responses={201: YearClosingOutput, 202: JobOutput}, parameters=[KEY]
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Close the year, where nothing is in the way; of large books in the background (202).

        Wants the second factor.
        """
        year = self.get_object()

        def act() -> Response:
            by = self.access.user
            if jobs.is_large(self.company):
                within = bearer_in(request)
                return accepted(jobs.begin(self.company, year, by=by, within=within))
            done = close_year(company=self.company, year=year, by=by)
            return Response(YearClosingOutput(done).data, status=201)

        return self.once(act)

    @extend_schema(request=ReopenInput, responses={201: YearClosingOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Open a closed year again, for closing only, with a reason. Wants the second factor."""
        year, told = self.get_object(), self.told(ReopenInput)

        def act() -> Response:
            done = reopen_year(company=self.company, year=year, by=self.access.user, **told)
            return Response(YearClosingOutput(done).data, status=201)

        return self.once(act)

    @extend_schema(responses=YearClosingOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def closings(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """All closings of the year, the first first."""
        found = closings_of(self.company, self.get_object())
        return Response(YearClosingOutput(found, many=True).data)

    @extend_schema(responses=YearChangesOutput)
    @action(detail=True, methods=["get"])
    def changes(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What changed since the last closing that was taken back; all blank without one."""
        year = self.get_object()
        found = changes(self.company, year, closings_of(self.company, year))
        told: dict[str, Any] = {
            "since": None,
            "until": None,
            "result": ZERO,
            "entries": 0,
            "balances": [],
        }
        if found is not None:
            told = {"since": found.since, "until": found.until, "result": found.result,
                    "entries": found.entries.count(), "balances": found.balances}  # fmt: skip
        return Response(YearChangesOutput(told).data)

    @extend_schema(responses=UseOfProfitOutput)
    @action(detail=True, methods=["get"])
    def appropriation(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What the year leaves to decide, and what was decided."""
        year = self.get_object()
        used, found = appropriating.used_of(self.company, year), None
        try:
            found = appropriating.proposal(self.company, year)
        except DomainError:
            if used is None:
                raise
        return Response(UseOfProfitOutput({"proposal": found, "used": used}).data)

    @extend_schema(request=AppropriationInput, responses={201: UseOfProfitOutput}, parameters=[KEY])
    @appropriation.mapping.post
    def appropriate(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Keep what the general meeting decided, and post it."""
        year, told = self.get_object(), self.told(AppropriationInput)

        def act() -> Response:
            used = appropriating.appropriate(
                company=self.company, year=year, by=self.access.user, **told
            )
            found = {"proposal": appropriating.proposal(self.company, year), "used": used}
            return Response(UseOfProfitOutput(found).data, status=201)

        return self.once(act)

    @extend_schema(request=None, responses={204: None})
    @appropriation.mapping.delete
    def undo_appropriation(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take it back; its entry is reversed on its own day."""
        appropriating.undo_appropriation(
            company=self.company, year=self.changing(), by=self.access.user
        )
        return Response(status=204)

    @extend_schema(responses=AnnualNoteOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def notes(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """The notes to the annual accounts, in the language of the company."""
        return Response(AnnualNoteOutput(notes_of(self.company, self.get_object()), many=True).data)

    @extend_schema(request=AnnualNoteInput, responses=AnnualNoteOutput(many=True))
    @notes.mapping.patch
    def write_note(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Write one note."""
        year, told = self.changing(), self.told(AnnualNoteInput)
        write_note(company=self.company, year=year, by=self.access.user, **told)
        return Response(AnnualNoteOutput(notes_of(self.company, year), many=True).data)

    @extend_schema(
        parameters=[LookQuery], responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def report(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The annual accounts as a PDF; with a layout that is tried, and not kept, where one is told."""
        year, told = self.get_object(), self.asked(LookQuery)
        look = asked_look(told, look_of(self.company, Kind.ANNUAL)) if told else None
        name = f"{self.company.short_name}-{year.name.replace('/', '-')}.pdf"
        return as_file(annual_report(self.company, year, look=look), "application/pdf", name)


class YearAccrualViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/year-accruals/``"""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "create": Permission.LEDGER_POST,
        "undo": Permission.LEDGER_REVERSE,
    }
    serializer_class = YearAccrualOutput
    queryset = YearAccrual.unscoped.none()

    def get_queryset(self) -> QuerySet[YearAccrual]:
        return accruing.accruals_of(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=YearAccrualInput, responses={201: YearAccrualOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Post an accrual at the end of a year, and its reversal on the day after."""
        told = self.told(YearAccrualInput)
        pk = told.pop("fiscal_year")
        year = named(FiscalYear.of(self.company), pk, place="fiscal_year")

        def act() -> Response:
            made = accruing.accrue(company=self.company, year=year, by=self.access.user, **told)
            return self.shown(made, 201)

        return self.once(act)

    @extend_schema(request=None, responses={201: YearAccrualOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take an accrual back: both its entries are reversed."""
        found = self.get_object()
        return self.once(lambda: self.shown(accruing.undo_accrual(found, by=self.access.user), 201))


router = SimpleRouter()
router.register("year-end", YearEndViewSet, basename="api-year-end")
router.register("year-accruals", YearAccrualViewSet, basename="api-year-accruals")
urls = router.urls
