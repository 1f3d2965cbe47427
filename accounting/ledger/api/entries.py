"""``…/journal-entries/`` and ``…/drafts/``."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger import later, posting, queries
from accounting.ledger.api.lines import LineInput, LineOutput, LinesInput
from accounting.ledger.api.vouchers import VoucherOutput
from accounting.ledger.entering import Reader
from accounting.ledger.models import EntryVoucher, JournalEntry
from accounting.ledger.typed import lines_of, typed_of
from erp.access.permissions import Permission
from erp.api.delta import InOrder
from erp.api.endpoints import CompanyViewSet, with_etag
from erp.api.files import UploadInput
from erp.api.inputs import DayField, Input
from erp.api.schema import IF_MATCH, KEY
from erp.documents import storing

Kind = JournalEntry.Kind
TYPED_KINDS = [Kind.NORMAL, Kind.OPENING]  # a reversal has an act of its own


class JournalEntryOutput(serializers.ModelSerializer[JournalEntry]):
    """An entry with its lines; a draft has no number."""

    lines = LineOutput(many=True)
    fiscal_year = serializers.IntegerField(source="fiscal_year_id")
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    posted_by = serializers.CharField(source="posted_by.email", default=None, allow_null=True)

    class Meta:
        model = JournalEntry
        fields = ("id", "number", "fiscal_year", "date", "text", "voucher", "kind", "source",
                  "reverses", "posted_at", "posted_by", "lines")  # fmt: skip


class EntryInput(LinesInput):
    date = DayField()
    text = serializers.CharField(max_length=200)
    voucher = serializers.CharField(max_length=40, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=TYPED_KINDS, required=False)


class JournalEntryInput(EntryInput):
    """With the days it concerns, what belongs to later fiscal years is accrued along (``…/year-accruals/``)."""

    draft = serializers.BooleanField(required=False)
    concerns_from = DayField(required=False, allow_null=True)
    concerns_until = DayField(required=False, allow_null=True)


class DraftChange(EntryInput):
    """What is told takes the place of what was there, the lines as a whole; the rest stays."""

    date = DayField(required=False)
    text = serializers.CharField(max_length=200, required=False)
    lines = LineInput(many=True, max_length=1000, required=False)  # type: ignore[call-arg]


class ReversalInput(Input):
    date = DayField()
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)


class JournalQuery(serializers.Serializer[Any]):
    search = serializers.CharField(max_length=60, required=False)
    account = serializers.CharField(max_length=10, required=False)
    date_from = DayField(required=False)
    date_until = DayField(required=False)


class _Entries(mixins.ListModelMixin, CompanyViewSet):
    """What entries and drafts have in common."""

    serializer_class = JournalEntryOutput
    queryset = JournalEntry.unscoped.none()
    parts = {"lines": "lines", "vouchers": "vouchers"}

    @extend_schema(parameters=[JournalQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    def _found(self, *, drafts: bool | None) -> QuerySet[JournalEntry]:
        if self.action != "list":
            return queries.journal(
                self.company, drafts=drafts, reach=queries.within_reach(self.access)
            )
        told = self.asked(JournalQuery)
        return queries.journal(
            self.company, search=told.get("search", ""), account=told.get("account", ""),
            start=told.get("date_from"), end=told.get("date_until"), drafts=drafts,
            reach=queries.within_reach(self.access),
        ).order_by(*self.ordering)  # fmt: skip

    def _write(self, told: dict[str, Any], *, draft: bool) -> Response:
        write = posting.write_draft if draft else posting.post
        entry = write(
            company=self.company, date=told["date"], text=told["text"],
            lines=Reader(self.company).lines(told["lines"], date=told["date"]),
            by=self.access.user, voucher=told.get("voucher", ""),
            kind=told.get("kind", Kind.NORMAL),
        )  # fmt: skip
        time = later.Time.of(told.get("concerns_from"), told.get("concerns_until"))
        later.accrue(entry, time, by=self.access.user)
        return self._answer(entry, 201)

    def _answer(self, entry: JournalEntry, status: int = 200) -> Response:
        shown = queries.journal(self.company, drafts=None).get(pk=entry.pk)
        return with_etag(JournalEntryOutput(shown).data, status)


class JournalEntryViewSet(_Entries):
    """``…/journal-entries/``: posted entries in the order of the journal; a draft by its id, too."""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "create": Permission.LEDGER_POST,
        "reverse": Permission.LEDGER_REVERSE,
        "vouchers": Permission.LEDGER_READ,
        "attach": Permission.LEDGER_DRAFT,
    }
    ordering = ("date", "number", "pk")
    follows = InOrder("chain_position")

    def get_queryset(self) -> QuerySet[JournalEntry]:
        return self._found(drafts=False if self.action == "list" else None)

    @extend_schema(request=JournalEntryInput, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(JournalEntryInput)
        return self.once(lambda: self._write(told, draft=told.get("draft", False)))

    @extend_schema(
        request=ReversalInput, responses={201: JournalEntryOutput}, parameters=[KEY]
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo an entry by its mirror image (stornieren)."""
        entry = self._named(pk)
        told = self.told(ReversalInput)
        return self.once(
            lambda: self._answer(posting.reverse(entry, by=self.access.user, **told), 201)
        )

    @extend_schema(responses=VoucherOutput(many=True))
    @action(detail=True, methods=["get"], parser_classes=[MultiPartParser], pagination_class=None)
    def vouchers(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """The originals that hang on an entry or a draft."""
        rows = EntryVoucher.of(self.company).filter(entry=self._named(pk))
        return Response(VoucherOutput(rows.select_related("file").order_by("pk"), many=True).data)

    @extend_schema(
        request={"multipart/form-data": UploadInput}, responses={201: VoucherOutput},
        parameters=[KEY],
    )  # fmt: skip
    @vouchers.mapping.post
    def attach(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Hang an original on an entry or a draft (Beleg anhängen): PDF, JPEG, PNG, WebP or HEIC."""
        entry = self._named(pk)
        upload = self.told(UploadInput)["file"]
        return self.once(lambda: self._attach(entry, upload))

    def _attach(self, entry: JournalEntry, upload: UploadedFile) -> Response:
        file = storing.store(
            company=self.company, name=upload.name or "file", by=self.access.user,
            content=storing.read_upload(upload),
        )  # fmt: skip
        posting.attach(entry, [file])
        found = EntryVoucher.of(self.company).select_related("file").get(entry=entry, file=file)
        return Response(VoucherOutput(found).data, status=201)

    def _named(self, pk: str) -> JournalEntry:
        entries = queries.within_reach(self.access).select_related("company")
        found: JournalEntry = get_object_or_404(entries, pk=int(pk))
        return found


class DraftViewSet(_Entries):
    """``…/drafts/``: entries that are not posted yet."""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "create": Permission.LEDGER_DRAFT,
        "partial_update": Permission.LEDGER_DRAFT,
        "destroy": Permission.LEDGER_DRAFT,
        "post_draft": Permission.LEDGER_POST,
    }
    ordering = ("date", "pk")

    def get_queryset(self) -> QuerySet[JournalEntry]:
        return self._found(drafts=True)

    def hold(self) -> None:
        """Tells what was posted meanwhile as such, with its number."""
        entries = queries.within_reach(self.access)
        posting.locked_draft(get_object_or_404(entries, pk=int(self.kwargs["pk"])))

    @extend_schema(request=EntryInput, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(EntryInput)
        return self.once(lambda: self._write(told, draft=True))

    @extend_schema(request=DraftChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        draft: JournalEntry = self.changing()
        told = self.told(DraftChange)
        date, reader = told.get("date", draft.date), Reader(self.company)
        lines = told.get("lines")
        if lines is None:
            lines = lines_of(typed_of(draft, reader), reader, date)
        changed = posting.change_draft(
            draft, date=date, text=told.get("text", draft.text),
            lines=reader.lines(lines, date=date), voucher=told.get("voucher", draft.voucher),
            kind=told.get("kind"), by=self.access.user,
        )  # fmt: skip
        return self._answer(changed)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        posting.delete_draft(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(
        request=None, responses={201: JournalEntryOutput}, parameters=[KEY, IF_MATCH]
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="post", url_name="post")
    def post_draft(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Number and freeze a draft as it was read (definitiv verbuchen)."""
        return self.once(
            lambda: self._answer(posting.post_draft(self.changing(), by=self.access.user), 201)
        )
