"""``/api/v1/companies/{company}/open-items/``: what is owed, either way, and settling it."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.open_items import queries, reports, settling, taking_over
from accounting.open_items.api.shapes import (
    AccountQuery,
    AgeingOutput,
    AgeingQuery,
    ControlOutput,
    ControlQuery,
    DueListOutput,
    DueQuery,
    OpenItemBrief,
    OpenItemOutput,
    OpenItemQuery,
    OpenListOutput,
    PartyAccountOutput,
    PostedOutput,
    PreviewOutput,
    ResidueLimitInput,
    ResidueLimitOutput,
    SettleInput,
    SettlementOutput,
    SharedOutput,
    SharePaymentInput,
    UndoInput,
)
from accounting.open_items.checking import comparison
from accounting.open_items.contacts import contact_of
from accounting.open_items.due import due_list
from accounting.open_items.models import OpenItem, ResidueLimit, Settlement, Side
from accounting.open_items.party_account import party_account, sides_of, usual_span
from accounting.open_items.planning import shared_out
from erp.access.permissions import Permission
from erp.api.delta import is_asked
from erp.api.endpoints import CompanyViewSet
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.core import clock
from erp.core.money import ZERO


class OpenItemViewSet(Filed):
    """``…/open-items/``"""

    permissions = {
        "list": Permission.OPEN_ITEMS_READ,
        "ageing": Permission.OPEN_ITEMS_READ,
        "due": Permission.OPEN_ITEMS_READ,
        "retrieve": Permission.OPEN_ITEMS_READ,
        "preview": Permission.OPEN_ITEMS_SETTLE,
        "settle": Permission.OPEN_ITEMS_SETTLE,
        "account": Permission.OPEN_ITEMS_READ,
        "share": Permission.OPEN_ITEMS_SETTLE,
        "control": Permission.OPEN_ITEMS_READ,
        "residue_limits": Permission.OPEN_ITEMS_READ,
        "set_residue_limit": Permission.OPEN_ITEMS_WRITE_OFF,
        "undo_take_over": Permission.LEDGER_REVERSE,
    }
    takes_along = dict.fromkeys(("list", "ageing", "due", "account"), Permission.LEDGER_EXPORT)
    serializer_class = OpenItemOutput
    follows = "open_item"
    changed_shape = OpenItemBrief
    queryset = OpenItem.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[OpenItem]:
        return queries.items_of(self.company)

    @shown_or_filed(OpenListOutput, parameters=[OpenItemQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What is open on a day; items whenever settled where it is asked what changed."""
        if is_asked(self):
            page = self.paginate_queryset(self.get_queryset())
            return self.get_paginated_response(OpenItemBrief(page, many=True).data)
        told = self.asked(OpenItemQuery)
        side, on = Side(told.pop("side")), told.pop("on", None) or clock.today()
        if "contact" in told:
            told["contact"] = told["contact"].pk
        rows = queries.open_on(self.company, on, side, **told)
        if self.form:
            own = self.company.currency
            return self.filed(reports.list_table(rows, side=side, on=on, own=own))
        page = self.page_of(rows, by=attrgetter("id"))
        return self.told_beside(OpenListOutput, page, side=side, on=on, total=queries.total(rows))

    @shown_or_filed(AgeingOutput, parameters=[AgeingQuery])
    @action(detail=False, methods=["get"])
    def ageing(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What each party owes on a day, by age."""
        told = self.asked(AgeingQuery)
        on = told.get("on") or clock.today()
        side = Side(told["side"])
        found = queries.ageing(self.company, on, side)
        if self.form:
            return self.filed(reports.ageing_table(found, side=side))
        page = self.page_of(found.rows, by=attrgetter("contact", "party"))
        return self.told_beside(AgeingOutput, page, on=on, totals=found.totals, total=found.total)

    @shown_or_filed(DueListOutput, parameters=[DueQuery])
    @action(detail=False, methods=["get"])
    def due(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What falls due when, by day or week, with a running sum."""
        told = self.asked(DueQuery)
        on = told.get("on") or clock.today()
        found = due_list(self.company, on, Side(told["side"]), weekly=told["by"] == "week")
        if self.form:
            return self.filed(reports.due_table(found, side=Side(told["side"])))
        rows = [row for group in found.groups for row in group.rows]
        page = self.page_of(rows, by=attrgetter("item.id"))
        return self.told_beside(
            DueListOutput, page, on=on, total=found.total, with_discount=found.with_discount,
            groups=found.groups,
        )  # fmt: skip

    @shown_or_filed(PartyAccountOutput, parameters=[AccountQuery])
    @action(detail=False, methods=["get"], url_path="parties/(?P<contact>[0-9]{1,18})")
    def account(self, request: Request, contact: str, **kwargs: Any) -> HttpResponse | Response:
        """All that was owed and settled of a contact in a span, with a running balance."""
        found = contact_of(self.company, int(contact))
        if found is None:
            raise Http404
        told = self.asked(AccountQuery)
        start, end = usual_span(self.company, told.get("start"), told.get("end"))
        side = Side(told.get("side") or next(iter(sides_of(found)), Side.RECEIVABLES))
        shown = party_account(found, side, start=start, end=end)
        if self.form:
            return self.filed(reports.party_table(shown, own=self.company.currency))
        return Response(PartyAccountOutput(shown).data)

    @extend_schema(parameters=[ControlQuery], responses=ControlOutput(many=True))
    @action(detail=False, methods=["get"])
    def control(self, request: Request, **kwargs: Any) -> Response:
        """Each control account of debtors and creditors beside its items on a day."""
        on = self.asked(ControlQuery).get("on") or clock.today()
        return Response(ControlOutput(comparison(self.company, on), many=True).data)

    @extend_schema(responses=ResidueLimitOutput(many=True))
    @action(detail=False, methods=["get"], url_path="residue-limits")
    def residue_limits(self, request: Request, **kwargs: Any) -> Response:
        """Up to what residues are cleared by rule, from which day on; the latest first."""
        rows = ResidueLimit.of(self.company).order_by("-valid_from")
        return Response(ResidueLimitOutput(rows, many=True).data)

    @extend_schema(request=ResidueLimitInput, responses={201: ResidueLimitOutput}, parameters=[KEY])
    @residue_limits.mapping.post
    def set_residue_limit(self, request: Request, **kwargs: Any) -> Response:
        """Set up to what residues are cleared by rule from a day on; zero clears none."""

        def act() -> Response:
            told = self.told(ResidueLimitInput)
            limit = settling.set_residue_limit(self.company, by=self.access.user, **told)
            return Response(ResidueLimitOutput(limit).data, status=201)

        return self.once(act)

    @extend_schema(request=SharePaymentInput, responses=SharedOutput)
    @action(detail=False, methods=["post"])
    def share(self, request: Request, **kwargs: Any) -> Response:
        """How a payment would settle items in this order, each with its discount; nothing is written."""
        told = self.told(SharePaymentInput)
        parts = shared_out(told["items"], told["amount"], date=told["date"])
        rest = told["amount"] - sum((part.paid for part in parts), ZERO)
        return Response(SharedOutput({"parts": parts, "rest": rest}).data)

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
