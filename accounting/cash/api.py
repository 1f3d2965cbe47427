"""``…/cash-books/``: books, their rows and sums, entering, counting, settling and undoing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.cash import booking, queries, reports
from accounting.cash.api_shapes import (
    BookBalanceOutput,
    BookInput,
    BookOutput,
    BookPageOutput,
    CardInput,
    CashEntryInput,
    CashUndoInput,
    CountInput,
    CountOutput,
    EnteredOutput,
    SumsOutput,
    SumsQuery,
    TransferInput,
)
from accounting.cash.books import save_book
from accounting.cash.counting import count_cash
from accounting.cash.models import CashBook, CashCount
from accounting.ledger.api.spans import SpanQuery
from accounting.ledger.models import JournalEntry
from accounting.open_items.api.shapes import SettleInput
from erp.access.permissions import Permission
from erp.api.inputs import named
from erp.api.paging import Pages
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.core import clock


class CashBookViewSet(mixins.ListModelMixin, Filed):
    """``…/cash-books/``"""

    permissions = {
        "list": Permission.CASH_READ,
        "retrieve": Permission.CASH_READ,
        "rows": Permission.CASH_READ,
        "sums": Permission.CASH_READ,
        "counts": Permission.CASH_READ,
        "one_count": Permission.CASH_READ,
        "balances": Permission.CASH_READ,
        "create": Permission.CASH_CHANGE,
        "partial_update": Permission.CASH_CHANGE,
        "enter": Permission.CASH_POST,
        "transfer": Permission.CASH_POST,
        "settle_card": Permission.CASH_POST,
        "settle": Permission.CASH_POST,
        "count": Permission.CASH_POST,
        "undo": Permission.CASH_POST,
    }
    takes_along = dict.fromkeys(("rows", "sums", "one_count"), Permission.LEDGER_EXPORT)
    serializer_class = BookOutput
    queryset = CashBook.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[CashBook]:
        return queries.books_of(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=BookInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        book = CashBook(company=self.company, **self.told(BookInput))
        return self.shown(save_book(book, by=self.access.user), 201)

    @extend_schema(request=BookInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        book = self.changing()
        for name, value in self.told(BookInput, partial=True).items():
            setattr(book, name, value)
        return self.shown(save_book(book, by=self.access.user))

    @extend_schema(responses=BookBalanceOutput(many=True))
    @action(detail=False, methods=["get"])
    def balances(self, request: Request, **kwargs: Any) -> Response:
        """What is in each book by all that was entered, in its currency."""
        found = queries.balances(self.company, list(self.get_queryset()))
        told = [{"id": book.pk, "currency": book.currency, "balance": amount}
                for book, amount in found]  # fmt: skip
        return Response(BookBalanceOutput(told, many=True).data)

    @shown_or_filed(BookPageOutput, parameters=[SpanQuery])
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """The rows of a span with the balance running, between its opening and closing balance."""
        found = self._page(self.asked(SpanQuery))
        if self.form:
            return self.filed(reports.book_table(found))
        return Response(BookPageOutput(found).data)

    @shown_or_filed(SumsOutput(many=True), parameters=[SumsQuery])
    @action(detail=True, methods=["get"])
    def sums(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """Receipts, payments and the balance of each day or month of a span."""
        told = self.asked(SumsQuery)
        by = told.pop("by")
        found = self._page(told)
        sums = found.by_day() if by == "day" else found.by_month()
        if self.form:
            return self.filed(reports.sums_table(found, sums, monthly=by != "day"))
        return Response(SumsOutput(sums, many=True).data)

    def _page(self, told: dict[str, dt.date]) -> queries.BookPage:
        return queries.page(self.get_object(), start=told["since"], end=told["until"])

    @extend_schema(request=CashEntryInput, responses={201: EnteredOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def enter(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Enter a receipt (positive) or a payment (negative)."""
        return self._entered(CashEntryInput, booking.record)

    @extend_schema(request=TransferInput, responses={201: EnteredOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Bring money into the book (positive), or take it elsewhere (negative)."""
        return self._entered(TransferInput, booking.transfer)

    @extend_schema(request=CardInput, responses={201: EnteredOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="settle-card")
    def settle_card(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Pay what a card's statement says, which must be what the book says."""
        return self._entered(CardInput, booking.settle_card)

    @extend_schema(request=SettleInput, responses={201: EnteredOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Settle open items from the book; ``money.account`` must be the book's."""
        book, told = self.get_object(), self.told(SettleInput)
        self._may_settle()
        told.pop("voucher", None)
        money = told.pop("money", None)
        if money is None or money.account.pk != book.account_id:
            raise serializers.ValidationError({"money": [f"Send account {book.account.number}."]})
        told.setdefault("parts", [])
        if any(part.write_off for part in told["parts"]) and not self.access.may(
            Permission.OPEN_ITEMS_WRITE_OFF
        ):
            raise PermissionDenied

        def act() -> Response:
            entry = booking.settle_items(book=book, by=self.access.user, amount=money.amount,
                                         base=money.base, **told)  # fmt: skip
            return Response(EnteredOutput(entry).data, status=201)

        return self.once(act)

    @extend_schema(responses=CountOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=Pages, ordering=("-date", "-pk"))
    def counts(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What was counted, the last first."""
        page = self.paginate_queryset(queries.counts_of(self.get_object()))
        return self.get_paginated_response(CountOutput(page, many=True).data)

    @shown_or_filed(CountOutput)
    @action(detail=True, methods=["get"], url_path="counts/(?P<count>[0-9]{1,18})")
    def one_count(
        self, request: Request, pk: str, count: str, **kwargs: Any
    ) -> HttpResponse | Response:
        """What was counted; as a file the record to be signed."""
        rows = CashCount.of(self.company).select_related(
            "book__account", "book__company", "created_by"
        )
        found = get_object_or_404(rows, pk=count, book=self.get_object())
        if self.form:
            return self.filed(reports.count_table(found))
        return Response(CountOutput(found).data)

    @extend_schema(request=CountInput, responses={201: CountOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def count(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Keep what was counted, and book the difference."""
        book, told = self.get_object(), self.told(CountInput)
        pieces = told.pop("pieces", None)
        if pieces is not None:
            told["pieces"] = {Decimal(one["value"]): one["pieces"] for one in pieces}

        def act() -> Response:
            count = count_cash(book=book, by=self.access.user, **told)
            return Response(CountOutput(count).data, status=201)

        return self.once(act)

    @extend_schema(request=CashUndoInput, responses={201: EnteredOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo an entry of the book on its own day, or today where that period is locked."""
        book, told = self.get_object(), self.told(CashUndoInput)
        rows = JournalEntry.of(self.company).select_related("company")
        entry = named(rows, told["entry"], place="entry")
        if entry.source == JournalEntry.Source.ITEMS:
            self._may_settle()

        def act() -> Response:
            mirror = booking.undo(book=book, entry=entry, by=self.access.user, date=clock.today())
            return Response(EnteredOutput(mirror).data, status=201)

        return self.once(act)

    def _entered(self, body: Any, act: Any) -> Response:
        book, told = self.get_object(), self.told(body)

        def enter() -> Response:
            entry = act(book=book, by=self.access.user, **told)
            return Response(EnteredOutput(entry).data, status=201)

        return self.once(enter)

    def _may_settle(self) -> None:
        if not self.access.may(Permission.OPEN_ITEMS_SETTLE):
            raise PermissionDenied


router = SimpleRouter()
router.register("cash-books", CashBookViewSet, basename="cash-books")
urls = router.urls
