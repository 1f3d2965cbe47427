"""``…/inbox-documents/``: bills that come in, for phones and programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.payables.capture import contacting, files, proposing, queries, receiving
from accounting.payables.capture.models import WAITING, InboxDocument
from accounting.payables.capture.receiving import Incoming
from accounting.payables.capture.shapes import (
    CapturedOutput,
    InboxDocumentOutput,
    InboxQuery,
    PayeeContactOutput,
    ProposalQuery,
    ReasonInput,
    ReceivedManyOutput,
    ReceiveInput,
    UnknownPayeeInput,
)
from erp.access.permissions import Permission
from erp.api import pictures
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.jobs import JobOutput, accepted
from erp.api.parsers import StrictJSONParser
from erp.api.pictures import PictureQuery
from erp.api.schema import KEY
from erp.documents import storing
from erp.documents.serving import download


class InboxDocumentViewSet(CompanyViewSet):
    """``…/inbox-documents/``"""

    permissions = {
        "list": Permission.PAYABLES_READ,
        "retrieve": Permission.PAYABLES_READ,
        "proposal": Permission.PAYABLES_READ,
        "original": Permission.PAYABLES_READ,
        "page": Permission.PAYABLES_READ,
        "create": Permission.PAYABLES_CAPTURE,
        "contact": Permission.CONTACTS_CHANGE,
        "set_aside": Permission.PAYABLES_CAPTURE,
        "bring_back": Permission.PAYABLES_CAPTURE,
        "read_again": Permission.PAYABLES_CAPTURE,
    }
    serializer_class = InboxDocumentOutput
    follows = "inbox_document"
    queryset = InboxDocument.unscoped.none()
    parser_classes = (StrictJSONParser, MultiPartParser)
    largest_file, largest_together = files.LARGEST, storing.LARGEST_TOGETHER
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[InboxDocument]:
        return queries.documents(self.company).select_related("company")

    @extend_schema(parameters=[InboxQuery], responses=InboxDocumentOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What waits to be captured, or what is in a state, the newest first."""
        state = self.asked(InboxQuery).get("state", "")
        rows = self.get_queryset()
        if state != "all":
            rows = rows.filter(state__in=[state] if state else WAITING)
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(InboxDocumentOutput(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """One document, and whether it is read."""
        return self.shown(self.get_object())

    @extend_schema(request={"multipart/form-data": ReceiveInput, "application/json": ReceiveInput},
                   parameters=[KEY], responses={201: ReceivedManyOutput})  # fmt: skip
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Send files. Each stands for itself: what is refused keeps none of the others."""
        told = self.told(ReceiveInput)
        files.require_together(one.size for one in told["files"])

        def take() -> Response:
            incoming = [Incoming(one.name, one.read(files.LARGEST + 1)) for one in told["files"]]
            received, job = receiving.receive(
                company=self.company, incoming=incoming, channel=told["channel"], by=self.access.user,
                within=bearer_in(request),
            )  # fmt: skip
            shown = ReceivedManyOutput({"received": received, "job": job.pk if job else None})
            return Response(shown.data, status=201)

        return self.once(take)

    @extend_schema(parameters=[ProposalQuery], responses=CapturedOutput)
    @action(detail=True, methods=["get"])
    def proposal(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What was read, who may have sent it, and what may be the same."""
        nth = self.asked(ProposalQuery).get("bill", 0)
        document = (
            InboxDocument.of(self.company).select_related("company").get(pk=self.get_object().pk)
        )
        return Response(CapturedOutput(proposing.propose(self.company, document, nth=nth)).data)

    @extend_schema(request=UnknownPayeeInput, responses={201: PayeeContactOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def contact(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Make a contact of the payee that nobody knows yet, as it was read."""
        if not self.access.may(Permission.PAYABLES_READ):
            raise Http404  # who does not see the inbox does not learn what is in it
        document, told = self.get_object(), self.told(UnknownPayeeInput)

        def add() -> Response:
            made = contacting.add_payee(document, by=self.access.user, nth=told.get("bill", 0))
            return Response(PayeeContactOutput(made).data, status=201)

        return self.once(add)

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="file", renderer_classes=[AnyType])
    def original(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The original, bit for bit."""
        return download(self.get_object().file)

    @extend_schema(parameters=[PictureQuery], responses=pictures.RESPONSES)
    @action(detail=True, methods=["get"], url_path="pages/(?P<nth>[1-9][0-9]{0,2})",
            renderer_classes=[AnyType])  # fmt: skip
    def page(self, request: Request, pk: str, nth: str, **kwargs: Any) -> HttpResponse:
        """A page of it, from 1, drawn anew as a picture of a size."""
        told = self.asked(PictureQuery)
        return pictures.shown(request, self.get_object().file, page=int(nth), **told)

    @extend_schema(request=ReasonInput, responses=InboxDocumentOutput)
    @action(detail=True, methods=["post"], url_path="set-aside")
    def set_aside(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """It is no bill to be captured, and why."""
        found = self.get_object()
        receiving.set_aside(found, reason=self.told(ReasonInput)["reason"], by=self.access.user)
        return self.shown(self.get_object())

    @extend_schema(request=None, responses=InboxDocumentOutput)
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let what was set aside wait again."""
        receiving.bring_back(self.get_object(), by=self.access.user)
        return self.shown(self.get_object())

    @extend_schema(request=None, parameters=[KEY], responses={202: JobOutput})
    @action(detail=True, methods=["post"], url_path="read")
    def read_again(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Read it once more, in the background."""
        found = self.get_object()
        return self.once(
            lambda: accepted(
                receiving.read_again(found, by=self.access.user, within=bearer_in(request))
            )
        )


router = SimpleRouter()
router.register("inbox-documents", InboxDocumentViewSet, "inbox-document")
urls = router.urls
