"""What goes in and comes out of the endpoints of cash books."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounting.cash.booking import Share
from accounting.cash.models import CashBook, CashCount
from accounting.ledger.api.named import NumberedField
from accounting.ledger.api.spans import SpanQuery
from accounting.ledger.models import Account
from erp.api.inputs import AmountField, DayField, Input
from erp.core.money import RATE_DIGITS


class BookOutput(serializers.ModelSerializer[CashBook]):
    account = serializers.CharField(source="account.number")
    settled_by = serializers.CharField(source="settled_by.number", default=None, allow_null=True)
    currency = serializers.CharField()

    class Meta:
        model = CashBook
        fields = ("id", "name", "kind", "account", "currency", "prefix", "last_number",
                  "kept_from", "settled_by", "is_closed")  # fmt: skip


class BookBalanceOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    currency = serializers.CharField()
    balance = AmountField()


class BookInput(Input):
    """A cash book to add, or the fields of one to change; accounts by number."""

    name = serializers.CharField(max_length=60)
    kind = serializers.ChoiceField(choices=CashBook.Kind.choices, required=False)
    account = NumberedField(Account, max_length=10)
    prefix = serializers.CharField(max_length=12, required=False, allow_blank=True)
    kept_from = DayField()
    settled_by = NumberedField(Account, max_length=10, required=False, allow_blank=True,
                               allow_null=True)  # fmt: skip
    is_closed = serializers.BooleanField(required=False)


class SumsQuery(SpanQuery):
    by = serializers.ChoiceField(choices=("day", "month"), default="day")


class BookRowOutput(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    number = serializers.IntegerField()
    date = serializers.DateField()
    voucher = serializers.CharField()
    text = serializers.CharField()
    contra = serializers.CharField()
    vat_code = serializers.CharField()
    receipt = AmountField()
    payment = AmountField()
    balance = AmountField()


class BookPageOutput(serializers.Serializer[Any]):
    """A span of a book, in its currency."""

    start = serializers.DateField()
    end = serializers.DateField()
    opening = AmountField()
    receipts = AmountField()
    payments = AmountField()
    closing = AmountField()
    complete = serializers.BooleanField(help_text="False where only the first 5000 rows are here")
    rows = BookRowOutput(many=True)


class SumsOutput(serializers.Serializer[Any]):
    """A day, or a month by its first day; ``balance`` is that at its end."""

    start = serializers.DateField()
    receipts = AmountField()
    payments = AmountField()
    balance = AmountField()


class ShareInput(Input):
    """What an account takes, with the VAT in it, in the book's currency."""

    account = serializers.CharField(max_length=10)
    amount = AmountField()
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    vat_code = serializers.CharField(max_length=6, required=False, allow_blank=True)
    vat_rate = AmountField(required=False, positive=True, allow_null=True)
    supply_date = DayField(required=False, allow_null=True)
    cost_centre = serializers.CharField(max_length=10, required=False, allow_blank=True)
    cost_object = serializers.CharField(max_length=10, required=False, allow_blank=True)


class _Dated(Input):
    date = DayField()
    rate = AmountField(decimals=RATE_DIGITS, positive=True, required=False)


class CashEntryInput(_Dated):
    """A receipt (``amount`` positive) or a payment (negative); the shares come to it without sign."""

    text = serializers.CharField(max_length=200)
    amount = AmountField()
    shares = ShareInput(many=True, max_length=100)  # type: ignore[call-arg]

    def validate_shares(self, rows: list[dict[str, Any]]) -> list[Share]:
        return [Share(**row) for row in rows]


class TransferInput(_Dated):
    """``other`` is an account's number; left out, it goes by way of transfers in transit."""

    amount = AmountField()
    other = NumberedField(Account, max_length=10, required=False, allow_null=True)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CardInput(_Dated):
    """The statement's last day (``until``), what it says is owed, and the day it is paid."""

    until = DayField()
    amount = AmountField(positive=True)


class PiecesInput(Input):
    value = AmountField(positive=True)
    pieces = serializers.IntegerField(min_value=0, max_value=1_000_000)


class CountInput(_Dated):
    """Either ``pieces`` of each note and coin, or ``counted``, what they come to."""

    pieces = PiecesInput(many=True, required=False, max_length=50)  # type: ignore[call-arg]
    counted = AmountField(positive=True, required=False)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    books_difference = serializers.BooleanField(required=False)


class CountOutput(serializers.ModelSerializer[CashCount]):
    """Amounts in the book's currency; ``entry`` booked the difference."""

    counted = AmountField()
    expected = AmountField()
    difference = AmountField()
    pieces = serializers.DictField(child=serializers.IntegerField())
    entry = serializers.IntegerField(source="entry_id", allow_null=True)

    class Meta:
        model = CashCount
        fields = ("id", "date", "pieces", "counted", "expected", "difference", "text", "entry")


class CashUndoInput(Input):
    entry = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class EnteredOutput(serializers.Serializer[Any]):
    """The entry that was posted."""

    entry = serializers.IntegerField(source="pk")
    number = serializers.IntegerField()
    voucher = serializers.CharField()
    date = serializers.DateField()
