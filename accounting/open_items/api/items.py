"""``/api/v1/companies/{company}/open-items/``: what is owed, either way, and settling it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.open_items import queries, settling, taking_over
from accounting.open_items.api.shapes import (
    AccountQuery,
    AgeingOutput,
    AgeingQuery,
    DueListOutput,
    DueQuery,
    OpenItemBrief,
    OpenItemOutput,
    OpenItemQuery,
    OpenListOutput,
    PartyAccountOutput,
    PostedOutput,
    PreviewOutput,
    SettleInput,
    SettlementOutput,
    UndoInput,
)
from accounting.open_items.contacts import contact_of
from accounting.open_items.due import due_list
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.party_account import party_account, sides_of, usual_span
from erp.access.permissions import Permission
from erp.api.delta import is_asked
from erp.api.endpoints import CompanyViewSet
from erp.api.schema import KEY
from erp.core import clock


class OpenItemViewSet(CompanyViewSet):
    """``…/open-items/``"""

    permissions = {
        "list": Permission.OPEN_ITEMS_READ,
        "ageing": Permission.OPEN_ITEMS_READ,
        "due": Permission.OPEN_ITEMS_READ,
        "retrieve": Permission.OPEN_ITEMS_READ,
        "preview": Permission.OPEN_ITEMS_SETTLE,
        "settle": Permission.OPEN_ITEMS_SETTLE,
        "account": Permission.OPEN_ITEMS_READ,
        "undo_take_over": Permission.LEDGER_REVERSE,
    }
    serializer_class = OpenItemOutput
    follows = "open_item"
    changed_shape = OpenItemBrief
    queryset = OpenItem.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[OpenItem]:
        return queries.items_of(self.company)

    @extend_schema(parameters=[OpenItemQuery], responses=OpenListOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What is open on a day; items whenever settled where it is asked what changed."""
        if is_asked(self):
            page = self.paginate_queryset(self.get_queryset())
            return self.get_paginated_response(OpenItemBrief(page, many=True).data)
        told = self.asked(OpenItemQuery)
        side, on = Side(told.pop("side")), told.pop("on", None) or clock.today()
        if "contact" in told:
            told["contact"] = told["contact"].pk
        rows = queries.open_on(self.company, on, side, **told)
        found = {"side": side, "on": on, "total": queries.total(rows), "items": rows}
        return Response(OpenListOutput(found).data)

    @extend_schema(parameters=[AgeingQuery], responses=AgeingOutput)
    @action(detail=False, methods=["get"])
    def ageing(self, request: Request, **kwargs: Any) -> Response:
        """What each party owes on a day, by age."""
        told = self.asked(AgeingQuery)
        on = told.get("on") or clock.today()
        return Response(AgeingOutput(queries.ageing(self.company, on, Side(told["side"]))).data)

    @extend_schema(parameters=[DueQuery], responses=DueListOutput)
    @action(detail=False, methods=["get"])
    def due(self, request: Request, **kwargs: Any) -> Response:
        """What falls due when, by day or week, with a running sum."""
        told = self.asked(DueQuery)
        on = told.get("on") or clock.today()
        found = due_list(self.company, on, Side(told["side"]), weekly=told["by"] == "week")
        return Response(DueListOutput(found).data)

    @extend_schema(parameters=[AccountQuery], responses=PartyAccountOutput)
    @action(detail=False, methods=["get"], url_path="parties/(?P<contact>[0-9]{1,18})")
    def account(self, request: Request, contact: str, **kwargs: Any) -> Response:
        """All that was owed and settled of a contact in a span, with a running balance."""
        found = contact_of(self.company, int(contact))
        if found is None:
            raise Http404
        told = self.asked(AccountQuery)
        start, end = usual_span(self.company, told.get("start"), told.get("end"))
        side = Side(told.get("side") or next(iter(sides_of(found)), Side.RECEIVABLES))
        shown = party_account(found, side, start=start, end=end)
        return Response(PartyAccountOutput(shown).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=SettleInput, responses=PreviewOutput)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request, **kwargs: Any) -> Response:
        """What settling would post. Nothing is written."""
        told = self.told(SettleInput)
        for name in ("text", "voucher"):
            told.pop(name, None)
        told.setdefault("parts", [])
        return Response(PreviewOutput(settling.preview(self.company, **told)).data)

    @extend_schema(request=SettleInput, responses={201: PostedOutput}, parameters=[KEY])
    @action(detail=False, methods=["post"])
    def settle(self, request: Request, **kwargs: Any) -> Response:
        """Settle items by a payment, discount, write-off, or against each other."""
        told = self.told(SettleInput)
        told.setdefault("parts", [])
        writes_off = any(part.write_off for part in told["parts"])
        if writes_off and not self.access.may(Permission.OPEN_ITEMS_WRITE_OFF):
            raise PermissionDenied

        def act() -> Response:
            entry = settling.settle(company=self.company, by=self.access.user, **told)
            return Response(PostedOutput(entry).data, status=201)

        return self.once(act)

    @extend_schema(request=UndoInput, responses={201: PostedOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="undo-take-over")
    def undo_take_over(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Reverse the opening entry an item was taken over with; all of its items are closed."""
        item, told = self.get_object(), self.told(UndoInput)

        def act() -> Response:
            mirror = taking_over.undo_take_over(
                item, date=told.get("date") or item.opened_on, by=self.access.user
            )
            return Response(PostedOutput(mirror).data, status=201)

        return self.once(act)


class SettlementViewSet(CompanyViewSet):
    """``…/settlements/``"""

    permissions = {"undo": Permission.OPEN_ITEMS_SETTLE}
    serializer_class = SettlementOutput
    queryset = Settlement.unscoped.none()

    def get_queryset(self) -> QuerySet[Settlement]:
        return Settlement.of(self.company).select_related("entry__company")

    @extend_schema(request=UndoInput, responses={201: PostedOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Reverse the entry of a settlement; all that it settled is open again."""
        found, told = self.get_object(), self.told(UndoInput)
        if settling.writes_off(found) and not self.access.may(Permission.OPEN_ITEMS_WRITE_OFF):
            raise PermissionDenied

        def act() -> Response:
            mirror = settling.undo(found, date=told.get("date") or clock.today(),
                                   by=self.access.user)  # fmt: skip
            return Response(PostedOutput(mirror).data, status=201)

        return self.once(act)
