"""``/api/v1/companies/{company}/open-items/``: what is owed, either way, and settling it."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger.models import Account
from accounting.open_items import queries, settling
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.opening import Party
from accounting.open_items.planning import Money, Part
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField, Input
from erp.api.schema import KEY
from erp.core import clock


class OpenRowOutput(serializers.Serializer[Any]):
    """An item as it stood on the day. Amounts are positive in the direction of their side."""

    id = serializers.IntegerField()
    party = serializers.CharField()
    contact = serializers.IntegerField(allow_null=True)
    document = serializers.CharField()
    document_date = serializers.DateField()
    reference = serializers.CharField()
    due_date = serializers.DateField()
    days = serializers.IntegerField()
    currency = serializers.CharField()
    amount = AmountField()
    base = AmountField()
    open = AmountField()
    open_base = AmountField()


class OpenListOutput(serializers.Serializer[Any]):
    side = serializers.CharField()
    on = serializers.DateField()
    total = AmountField()
    items = OpenRowOutput(many=True)


class AgeingRowOutput(serializers.Serializer[Any]):
    party = serializers.CharField()
    contact = serializers.IntegerField(allow_null=True)
    buckets = serializers.ListField(child=AmountField())
    total = AmountField()


class AgeingOutput(serializers.Serializer[Any]):
    """In the company's currency: not due, 1 to 30, 31 to 60, 61 to 90 days, and older."""

    on = serializers.DateField(source="date")
    rows = AgeingRowOutput(many=True)
    totals = serializers.ListField(child=AmountField())
    total = AmountField()


class SettlementOutput(serializers.ModelSerializer[Settlement]):
    amount = AmountField()
    base = AmountField()
    entry = serializers.IntegerField(source="entry_id")
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True)

    class Meta:
        model = Settlement
        fields = ("id", "kind", "date", "amount", "base", "entry", "undoes", "created_at")


class OpenItemOutput(serializers.ModelSerializer[OpenItem]):
    account = serializers.CharField(source="account.number")
    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    entry = serializers.IntegerField(source="entry_id")
    amount = AmountField()
    base = AmountField()
    open_amount = AmountField()
    open_base = AmountField()
    discount_percent = AmountField(allow_null=True)
    settlements = serializers.SerializerMethodField()

    class Meta:
        model = OpenItem
        fields = (
            "id", "side", "account", "contact", "party", "document", "document_date", "reference",
            "text", "due_date", "discount_percent", "discount_until", "currency", "amount", "base",
            "open_amount", "open_base", "opened_on", "settled_on", "entry", "settlements",
        )  # fmt: skip

    def get_settlements(self, item: OpenItem) -> list[dict[str, Any]]:
        found = SettlementOutput(queries.settlements_of(item), many=True).data
        return cast(list[dict[str, Any]], found)


class OpenItemQuery(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=Side.choices, default=Side.RECEIVABLES)
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")
    party = serializers.CharField(max_length=140, required=False, help_text="Part of the name")
    contact = serializers.IntegerField(required=False, min_value=1, max_value=10**18)
    overdue = serializers.BooleanField(required=False)


class AgeingQuery(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=Side.choices, default=Side.RECEIVABLES)
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class PartInput(Input):
    item = serializers.IntegerField(min_value=1, max_value=10**18)
    paid = AmountField(required=False)
    discount = AmountField(required=False)
    write_off = AmountField(required=False)


class MoneyInput(Input):
    """What was paid: ``base`` in the company's currency, where the items are in another."""

    account = serializers.CharField(max_length=10)
    amount = AmountField()
    base = AmountField(required=False)


class PartyInput(Input):
    name = serializers.CharField(max_length=140)
    contact = serializers.IntegerField(required=False, min_value=1, max_value=10**18)


class SettleInput(Input):
    """Items and what becomes of each; ``paid`` are shares of ``money``, what is beyond a credit.

    Without ``money`` debts and credits of one party are netted. On account: ``account``, the
    control account, with ``party``.
    """

    date = DayField()
    parts = PartInput(many=True, required=False, max_length=1000)  # type: ignore[call-arg]
    money = MoneyInput(required=False)
    account = serializers.CharField(max_length=10, required=False)
    party = PartyInput(required=False)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    voucher = serializers.CharField(max_length=40, required=False, allow_blank=True)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        """What ``settling.settle`` takes."""
        company, rows = self.context["company"], told.get("parts", [])
        ids = [row["item"] for row in rows]
        items = {i.pk: i for i in queries.items_of(company).filter(pk__in=ids)}
        if len(items) != len(ids):
            raise serializers.ValidationError(
                {"parts": [_("Name items of this company, each once.")]}
            )
        told["parts"] = [Part(**{**row, "item": items[row["item"]]}) for row in rows]
        if "money" in told:
            paid = told["money"]
            told["money"] = Money(self._account(paid["account"]), paid["amount"],
                                  paid.get("base", paid["amount"]))  # fmt: skip
        if "account" in told:
            told["account"] = self._account(told["account"])
        if "party" in told:
            told["party"] = Party(told["party"]["name"], told["party"].get("contact"))
        return told

    def _account(self, number: str) -> Account:
        account = Account.of(self.context["company"]).filter(number=number).first()
        if account is None:
            raise serializers.ValidationError(f"There is no account {number}.", code="unknown")
        return account


class UndoInput(Input):
    date = DayField(required=False)


class PlannedLineOutput(serializers.Serializer[Any]):
    account = serializers.CharField(source="line.account.number")
    debit = AmountField(source="line.debit")
    credit = AmountField(source="line.credit")
    why = serializers.CharField()


class PreviewOutput(serializers.Serializer[Any]):
    """The lines that would be posted, each with its reason."""

    lines = PlannedLineOutput(many=True)


class PostedOutput(serializers.Serializer[Any]):
    """The entry that was posted."""

    entry = serializers.IntegerField(source="pk")
    number = serializers.IntegerField()


class OpenItemViewSet(CompanyViewSet):
    """``…/open-items/``"""

    permissions = {
        "list": Permission.OPEN_ITEMS_READ,
        "ageing": Permission.OPEN_ITEMS_READ,
        "retrieve": Permission.OPEN_ITEMS_READ,
        "preview": Permission.OPEN_ITEMS_SETTLE,
        "settle": Permission.OPEN_ITEMS_SETTLE,
    }
    serializer_class = OpenItemOutput
    queryset = OpenItem.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[OpenItem]:
        return queries.items_of(self.company)

    @extend_schema(parameters=[OpenItemQuery], responses=OpenListOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What is open on a day."""
        told = self.asked(OpenItemQuery)
        side, on = Side(told.pop("side")), told.pop("on", None) or clock.today()
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


router = SimpleRouter()
router.register("open-items", OpenItemViewSet, basename="open-items")
router.register("settlements", SettlementViewSet, basename="settlements")
urls = router.urls
