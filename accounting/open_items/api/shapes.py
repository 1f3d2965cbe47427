"""What goes in and comes out of the endpoints of open items."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.ledger.models import Account
from accounting.open_items import queries
from accounting.open_items.contacts import contact_of
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.opening import Party
from accounting.open_items.plans import Money, Part
from erp.api.inputs import AmountField, DayField, Input
from erp.api.paging import PageOutput


class ContactField(serializers.IntegerField):
    """A contact's id; a merged one is what it became. One that is not there is refused."""

    def to_internal_value(self, data: Any) -> Any:
        pk = super().to_internal_value(data)
        found = contact_of(self.context["company"], pk) if 0 < pk < 10**18 else None
        if found is None:
            raise serializers.ValidationError(_("There is no such contact."), code="unknown")
        return found


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
    discount_percent = AmountField(allow_null=True)
    discount_until = serializers.DateField(allow_null=True)


class OpenListOutput(PageOutput):
    """``total`` is what is open of all pages, in the company's currency."""

    side = serializers.CharField()
    on = serializers.DateField()
    total = AmountField()
    results = OpenRowOutput(many=True)


class AgeingRowOutput(serializers.Serializer[Any]):
    party = serializers.CharField()
    contact = serializers.IntegerField(allow_null=True)
    buckets = serializers.ListField(child=AmountField())
    total = AmountField()


class AgeingOutput(PageOutput):
    """In the company's currency: not due, 1 to 30, 31 to 60, 61 to 90 days, and older.

    ``totals`` and ``total`` are those of all pages.
    """

    on = serializers.DateField()
    results = AgeingRowOutput(many=True)
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

    @extend_schema_field(SettlementOutput(many=True))
    def get_settlements(self, item: OpenItem) -> list[dict[str, Any]]:
        found = SettlementOutput(queries.settlements_of(item), many=True).data
        return cast(list[dict[str, Any]], found)


class OpenItemBrief(OpenItemOutput):
    """An item without what became of it; where ``settled_on`` is a day, nothing is open any more."""

    settlements = None  # type: ignore[assignment]

    class Meta(OpenItemOutput.Meta):
        fields = OpenItemOutput.Meta.fields[:-1]  # type: ignore[assignment]


class OpenItemQuery(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=Side.choices, default=Side.RECEIVABLES)
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")
    party = serializers.CharField(max_length=140, required=False, help_text="Part of the name")
    contact = ContactField(required=False)
    overdue = serializers.BooleanField(required=False)


class AgeingQuery(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=Side.choices, default=Side.RECEIVABLES)
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class DueQuery(AgeingQuery):
    """``by`` day, or by week from Monday."""

    by = serializers.ChoiceField(choices=("day", "week"), default="day")


class DueRowOutput(serializers.Serializer[Any]):
    """``amount`` and ``with_discount``, which the discount of the day leaves, in the company's currency."""

    item = OpenRowOutput()
    amount = AmountField()
    discount = AmountField()
    with_discount = AmountField()


class DueGroupOutput(serializers.Serializer[Any]):
    """A day or week; what was due before the day has no ``start``. ``running`` is all until then."""

    start = serializers.DateField(allow_null=True)
    end = serializers.DateField()
    amount = AmountField()
    with_discount = AmountField()
    running = AmountField()


class DueListOutput(PageOutput):
    """Items by their due date; ``groups`` add up all pages, by the days or weeks that have any."""

    on = serializers.DateField()
    total = AmountField()
    with_discount = AmountField()
    groups = DueGroupOutput(many=True)
    results = DueRowOutput(many=True)


class PartInput(Input):
    item = serializers.IntegerField(min_value=1, max_value=10**18)
    paid = AmountField(required=False)
    discount = AmountField(required=False)
    write_off = AmountField(required=False)


class MoneyInput(Input):
    """What was paid: ``base`` in the company's currency, where the items are in another.

    Left out it follows the official rate of the day, on an account kept in that currency.
    """

    account = serializers.CharField(max_length=10)
    amount = AmountField()
    base = AmountField(required=False)


class PartyInput(Input):
    name = serializers.CharField(max_length=140, required=False, help_text="Or by its contact")
    contact = ContactField(required=False)

    def validate(self, told: dict[str, Any]) -> Party:  # type: ignore[override]
        contact = told.get("contact")
        name = told.get("name") or (contact.name if contact else "")
        if not name:
            raise serializers.ValidationError({"name": [_("Say whose it is.")]})
        return Party(name, contact.pk if contact else None)


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
                                  paid.get("base"))  # fmt: skip
        if "account" in told:
            told["account"] = self._account(told["account"])
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


class AccountQuery(serializers.Serializer[Any]):
    """The span of an account; by default the fiscal year so far."""

    side = serializers.ChoiceField(choices=Side.choices, required=False)
    until = DayField(source="end", required=False)

    def get_fields(self) -> dict[str, Any]:
        return {"from": DayField(source="start", required=False), **super().get_fields()}


class MovementOutput(serializers.Serializer[Any]):
    """Something that was owed (positive), or that settled it; ``kind`` is item, or of a settlement."""

    date = serializers.DateField()
    kind = serializers.CharField()
    item = serializers.IntegerField()
    document = serializers.CharField()
    text = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    entry = serializers.IntegerField()
    number = serializers.IntegerField()
    currency = serializers.CharField()
    amount = AmountField()
    base = AmountField()
    balance = AmountField()


class InCurrencyOutput(serializers.Serializer[Any]):
    currency = serializers.CharField()
    opening = AmountField()
    closing = AmountField()


class PartyAccountOutput(serializers.Serializer[Any]):
    """What a contact owed, or was owed, over a span, with a running balance."""

    contact = serializers.IntegerField(source="contact.pk")
    party = serializers.CharField(source="contact.name")
    side = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    opening = AmountField()
    owed = AmountField()
    settled = AmountField()
    closing = AmountField()
    currencies = InCurrencyOutput(many=True)
    complete = serializers.BooleanField(help_text="False where only the first 5000 rows are here")
    rows = MovementOutput(many=True)


class ControlQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class ControlOutput(serializers.Serializer[Any]):
    """A control account beside its items, debit positive; they agree where ``difference`` is zero."""

    account = serializers.CharField(source="account.number")
    side = serializers.CharField(source="account.control")
    ledger = AmountField()
    items = AmountField()
    difference = AmountField()


class ResidueLimitInput(Input):
    """``amount`` in the company's currency."""

    valid_from = DayField()
    amount = AmountField(positive=True)


class ResidueLimitOutput(serializers.Serializer[Any]):
    valid_from = serializers.DateField()
    amount = AmountField()


class SharePaymentInput(Input):
    """A payment in the items' currency, and the items of one side that it settles, in their order."""

    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**18), min_length=1, max_length=1000
    )
    amount = AmountField()
    date = DayField()

    def validate_items(self, ids: list[int]) -> list[OpenItem]:
        found = queries.items_of(self.context["company"]).filter(settled_on=None).in_bulk(ids)
        if len(found) != len(ids):
            raise serializers.ValidationError(_("Name items of this company, each once."))
        if len({(one.side, one.currency) for one in found.values()}) != 1:
            raise serializers.ValidationError(_("Name items of one side and currency."))
        return [found[pk] for pk in ids]


class SharedPartOutput(serializers.Serializer[Any]):
    item = serializers.IntegerField(source="item.pk")
    paid = AmountField()
    discount = AmountField()


class SharedOutput(serializers.Serializer[Any]):
    """What a payment settles; ``rest`` is what is beyond the items, an overpayment."""

    parts = SharedPartOutput(many=True)
    rest = AmountField()
