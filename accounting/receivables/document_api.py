"""``…/sales-documents/``: offers, orders, invoices and credit notes, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.receivables import (
    archiving,
    checking,
    drafting,
    issuing,
    jobs,
    listing,
    making,
    papers,
    queries,
    sending,
    tasks,
)
from accounting.receivables.document_inputs import (
    AroundOutput,
    CollectInput,
    CreditInput,
    DecideInput,
    DepositInput,
    DeriveInput,
    DocumentQuery,
    DocumentsInput,
    SendDocumentsInput,
    SendInput,
    quantities_of,
)
from accounting.receivables.document_shapes import (
    DayInput,
    DocumentBrief,
    DocumentInput,
    DocumentOutput,
    DocumentPreviewOutput,
    previewed,
)
from accounting.receivables.models import SalesDocument
from accounting.receivables.typed import TypedDocument
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.files import AnyType
from erp.api.jobs import JobOutput, accepted
from erp.api.own_values import asked_own
from erp.api.paging import Pages
from erp.api.reports import FORM, Filed
from erp.api.schema import KEY
from erp.core import clock
from erp.documents.serving import download
from erp.jobs.starting import start
from erp.mails.queries import states_of
from erp.own_fields.lists import fields_of, narrowed

_Kind = SalesDocument.Kind


class DocumentPages(Pages):
    ordering = ("-date", "-id")


class SalesDocumentViewSet(Filed):
    """``…/sales-documents/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "neighbours": Permission.RECEIVABLES_READ,
        "pdf": Permission.RECEIVABLES_READ,
        "preview": Permission.RECEIVABLES_DRAFT,
        "create": Permission.RECEIVABLES_DRAFT,
        "update": Permission.RECEIVABLES_DRAFT,
        "destroy": Permission.RECEIVABLES_DRAFT,
        "copy": Permission.RECEIVABLES_DRAFT,
        "derive": Permission.RECEIVABLES_DRAFT,
        "deposit": Permission.RECEIVABLES_DRAFT,
        "credit": Permission.RECEIVABLES_DRAFT,
        "collect": Permission.RECEIVABLES_DRAFT,
        "decide": Permission.RECEIVABLES_DRAFT,
        "issue": Permission.RECEIVABLES_ISSUE,
        "cancel": Permission.RECEIVABLES_ISSUE,
        "issue_many": Permission.RECEIVABLES_ISSUE,
        "print_many": Permission.RECEIVABLES_READ,
        "send": Permission.RECEIVABLES_SEND,
        "send_many": Permission.RECEIVABLES_SEND,
    }
    takes_along = {"list": Permission.RECEIVABLES_EXPORT}
    serializer_class = DocumentOutput
    queryset = SalesDocument.unscoped.none()
    follows = "sales_document"
    pagination_class = DocumentPages
    ordering = ("-date", "-id")

    def get_queryset(self) -> QuerySet[SalesDocument]:
        rows = SalesDocument.of(self.company).exclude(status=SalesDocument.Status.PATTERN)
        return rows.select_related("company", "contact", "file", "entry__company")

    @extend_schema(parameters=[DocumentQuery, FORM], responses=DocumentBrief(many=True))
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Documents that meet what is asked, the latest first, each with where it stands.

        As a file all of them at once.
        """
        told = self.asked(DocumentQuery)
        if self.form:
            return self._filed(told)
        found = queries.documents(
            self.company, kind=told.get("kind", ""), status=told.get("status", ""),
            search=told.get("q", ""), contact=told.get("contact"), since=told.get("since"),
            until=told.get("until"),
        )  # fmt: skip
        if wanted := asked_own(told):
            found = narrowed(found, fields_of(self.company, SalesDocument.OWN_FIELDS), wanted)
        page = self.paginate_queryset(found) or []
        known = queries.standings(self.company, page, on=clock.today())
        mails = states_of(self.company, SalesDocument, [row.pk for row in page])
        context = self.get_serializer_context() | {"standings": known, "mails": mails}
        return self.get_paginated_response(DocumentBrief(page, many=True, context=context).data)

    def _filed(self, told: dict[str, Any]) -> HttpResponse:
        wanted = listing.Asked(
            kind=told.get("kind", ""), status=told.get("status", ""), search=told.get("q", ""),
            contact=told.get("contact"), since=told.get("since"), until=told.get("until"),
            own=asked_own(told),
        )  # fmt: skip
        return self.filed(listing.as_table(self.company, wanted, on=clock.today(), form=self.form))

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(responses=AroundOutput)
    @action(detail=True, methods=["get"], url_path="around")
    def neighbours(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What keeps a draft from going out, what it was made from, and what was made from it."""
        document = self.get_object()
        lines = drafting.lines_of(document)
        against: Sequence[Any] = ()
        if not document.is_issued:
            against = issuing.obstacles(document, lines, papers.printed(document, lines))
        left = making.left_to_credit(lines) if document.kind == _Kind.INVOICE else {}
        told = {
            "obstacles": [{"code": one.code, "message": str(one)} for one in against],
            "made_from": [one.pk for one in queries.origins(document, lines)],
            "made": [one.pk for one in queries.made_from(document)],
            "left_to_credit": [{"line": line, "quantity": quantity}
                               for line, quantity in left.items()],
        }  # fmt: skip
        return Response(AroundOutput(told).data)

    @extend_schema(request=DocumentInput, responses=DocumentPreviewOutput)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request, **kwargs: Any) -> Response:
        """What a document would come to. Nothing is written."""
        draft = checking.drafted(self.company, self._typed())
        return Response(DocumentPreviewOutput(previewed(draft)).data)

    @extend_schema(request=DocumentInput, parameters=[KEY], responses={201: DocumentOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Write a draft."""
        return self.once(lambda: self._kept(self._typed()))

    @extend_schema(request=DocumentInput)
    def update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Put new contents into a draft; its kind stays."""
        found = self.changing()
        told = drafting.save(company=self.company, typed=self._typed(), by=self.access.user,
                             document=found)  # fmt: skip
        return self._anew(told)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Throw a draft away."""
        drafting.delete(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=None, parameters=[KEY], responses=DocumentOutput)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let a draft go out: it gets its number; invoices and credit notes are posted."""
        found = self.get_object()

        def act() -> Response:
            issued = issuing.issue(found, by=self.access.user)
            tasks.archive_soon(self.company, self.access.user, [issued.pk])
            return self._anew(issued)

        return self.once(act)

    @extend_schema(request=DayInput, parameters=[KEY], responses={201: DocumentOutput})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Cancel an invoice by a credit note over all of it, which is issued and set off."""
        found = self.get_object()

        def act() -> Response:
            date = self.told(DayInput)["date"]
            note = issuing.cancel(found, date=date, by=self.access.user)
            tasks.archive_soon(self.company, self.access.user, [note.pk])
            return self._anew(note, 201)

        return self.once(act)

    @extend_schema(request=DayInput, parameters=[KEY], responses={201: DocumentOutput})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """The same once more, as a draft of another day."""
        found = self.get_object()
        return self.once(lambda: self._kept(making.copy(found, date=self.told(DayInput)["date"])))

    @extend_schema(request=DeriveInput, parameters=[KEY], responses={201: DocumentOutput})
    @action(detail=True, methods=["post"])
    def derive(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A draft of what becomes of a document: an order of an offer, an invoice of either."""
        found = self.get_object()

        def act() -> Response:
            told = self.told(DeriveInput)
            return self._kept(making.derived(found, told["kind"], date=told["date"],
                                             quantities=quantities_of(told)))  # fmt: skip

        return self.once(act)

    @extend_schema(request=DepositInput, parameters=[KEY], responses={201: DocumentOutput})
    @action(detail=True, methods=["post"])
    def deposit(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A draft of a deposit invoice over a part of an offer or order."""
        found = self.get_object()
        return self.once(lambda: self._kept(making.deposit(found, **self.told(DepositInput))))

    @extend_schema(request=CreditInput, parameters=[KEY], responses={201: DocumentOutput})
    @action(detail=True, methods=["post"])
    def credit(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A draft of a credit note over an invoice, or a part of it."""
        found = self.get_object()

        def act() -> Response:
            told = self.told(CreditInput)
            return self._kept(
                making.credit(found, date=told["date"], quantities=quantities_of(told))
            )

        return self.once(act)

    @extend_schema(request=CollectInput, parameters=[KEY], responses={201: DocumentOutput})
    @action(detail=False, methods=["post"])
    def collect(self, request: Request, **kwargs: Any) -> Response:
        """A draft of one invoice over several orders of a customer."""

        def act() -> Response:
            told = self.told(CollectInput)
            return self._kept(making.collective(self._named(told["documents"]), date=told["date"]))

        return self.once(act)

    @extend_schema(request=DecideInput, responses=DocumentOutput)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Say what became of an offer or order."""
        found, told = self.get_object(), self.told(DecideInput)
        return self._anew(issuing.decide(found, told["decision"], by=self.access.user))

    @extend_schema(request=DocumentsInput, parameters=[KEY], responses={202: JobOutput})
    @action(detail=False, methods=["post"], url_path="issue-many")
    def issue_many(self, request: Request, **kwargs: Any) -> Response:
        """Issue many drafts in the background, in this order."""
        return self.once(lambda: self._job(jobs.ISSUE))

    @extend_schema(request=DocumentsInput, parameters=[KEY], responses={202: JobOutput})
    @action(detail=False, methods=["post"], url_path="print-many")
    def print_many(self, request: Request, **kwargs: Any) -> Response:
        """Print many documents as one PDF, in the background."""
        return self.once(lambda: self._job(jobs.PRINT))

    @extend_schema(request=SendInput, parameters=[KEY], responses=DocumentOutput)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Mail a document that was issued, with its PDF; ``mail`` tells what becomes of it."""
        found = self.get_object()

        def act() -> Response:
            sending.send(found, by=self.access.user, **self.told(SendInput))
            return self._anew(found)

        return self.once(act)

    @extend_schema(request=SendDocumentsInput, parameters=[KEY], responses={202: JobOutput})
    @action(detail=False, methods=["post"], url_path="send-many")
    def send_many(self, request: Request, **kwargs: Any) -> Response:
        """Let many documents go out in the background: by mail, or as one PDF to print.

        Each as its customer's terms say. What is mailed already is left out.
        """
        return self.once(lambda: self._job(jobs.SEND, SendDocumentsInput))

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[AnyType])
    def pdf(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The PDF of a document; of a draft as it would be today, with a watermark."""
        found: SalesDocument = self.get_object()
        if found.is_issued and not self.access.read_only:
            return download(archiving.archive(found, by=self.access.user))
        if found.file is not None:
            return download(found.file)
        return HttpResponse(archiving.preview(found), content_type="application/pdf")

    def _typed(self) -> TypedDocument:
        body = DocumentInput(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return body.typed()

    def _kept(self, typed: TypedDocument) -> Response:
        new = drafting.save(company=self.company, typed=typed, by=self.access.user)
        return self._anew(new, 201)

    def _job(self, kind: str, body: type[DocumentsInput] = DocumentsInput) -> Response:
        told = self.told(body)
        self._named(told["documents"])
        return accepted(start(kind, company=self.company, by=self.access.user, arguments=told,
                              within=bearer_in(self.request)))  # fmt: skip

    def _named(self, ids: Sequence[int]) -> Sequence[SalesDocument]:
        """The documents of these ids, in this order; one that is missing is told."""
        found = self.get_queryset().in_bulk(ids)
        if len(found) != len(set(ids)):
            raise serializers.ValidationError(
                {"documents": [_("Name documents of this company, each once.")]}
            )
        return [found[pk] for pk in ids]

    def _anew(self, document: SalesDocument, status: int = 200) -> Response:
        return self.shown(self.get_queryset().get(pk=document.pk), status)


router = SimpleRouter()
router.register("sales-documents", SalesDocumentViewSet, basename="sales-documents")
urls = router.urls
