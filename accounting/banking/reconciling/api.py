"""Reconciling by program: suggestions, taking them, sharing lines out, and the state of an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.banking.matching.api import (
    ChosenShareInput,
    MatchingActions,
    OnAccountInput,
    ReasonOutput,
    ShareOutput,
)
from accounting.banking.matching.choosing import Share
from accounting.banking.models import BankTransaction
from accounting.banking.reconciling import taking
from accounting.banking.reconciling.masks import MOST_ITEMS, MOST_LINES, MOST_ROWS
from accounting.banking.reconciling.suggesting import Source, Suggestion, line_of
from accounting.ledger.api.lines import LineInput, LinesInput
from accounting.open_items.opening import Party
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField, Input
from erp.api.schema import KEY
from erp.core.money import RATE_DIGITS, ZERO

LARGEST_ID = 10**18


class ContraOutput(serializers.Serializer[Any]):
    """What is booked against, for the whole amount."""

    account = serializers.CharField()
    vat_code = serializers.CharField()
    cost_centre = serializers.CharField()
    cost_object = serializers.CharField()
    text = serializers.CharField()


class SuggestionOutput(serializers.Serializer[Any]):
    """What may become of a line: ``key`` is sent back to take it.

    ``kind`` is items, rule or learnt; ``shares`` are of items, ``contra`` of the others.
    """

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=[one.value for one in Source], source="source.value")
    is_certain = serializers.BooleanField()
    is_likely = serializers.BooleanField()
    shares = serializers.SerializerMethodField()
    contra = ContraOutput(allow_null=True)
    rule = serializers.IntegerField(source="fit.rule.pk", default=None, allow_null=True)
    speaks_for = ReasonOutput(many=True)
    speaks_against = ReasonOutput(many=True)

    @extend_schema_field(ShareOutput(many=True))
    def get_shares(self, one: Suggestion) -> Any:
        shares = [share for found in one.proposals for share in found.shares]
        return ShareOutput(shares, many=True).data


class BankLineOutput(serializers.Serializer[Any]):
    """A waiting line with its suggestions, the best first."""

    id = serializers.IntegerField(source="movement.pk")
    bank_account = serializers.IntegerField(source="movement.bank_account_id")
    booking_date = serializers.DateField(source="movement.booking_date")
    amount = AmountField(source="movement.amount")
    party = serializers.CharField(source="movement.party")
    text = serializers.CharField(source="movement.text")
    suggestions = SuggestionOutput(many=True)


class LinesQuery(serializers.Serializer[Any]):
    after = serializers.CharField(
        required=False, max_length=40, help_text="``after`` of the page before"
    )
    q = serializers.CharField(required=False, max_length=60, help_text="Party or text")


class BankLinePageOutput(serializers.Serializer[Any]):
    """A page of lines; ``after`` is blank on the last one."""

    after = serializers.CharField(allow_blank=True)
    lines = BankLineOutput(many=True)


class TakeInput(Input):
    key = serializers.CharField(max_length=20_000, help_text="Of a suggestion, as it was told")
    rate = AmountField(decimals=RATE_DIGITS, positive=True, required=False)


class ShareOutInput(LinesInput):
    """Items and accounts for one line, or items, or one account, for several (``others``).

    A line without an amount takes the rest. What is beyond the items becomes a credit of their
    party, or of ``party``. ``rate`` as for booking; the day's official one without.
    """

    others = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), required=False,
        max_length=MOST_LINES, help_text="Further lines of the same bank account",
    )  # fmt: skip
    items = ChosenShareInput(many=True, required=False, max_length=MOST_ITEMS)  # type: ignore[call-arg]
    lines = LineInput(many=True, required=False, max_length=MOST_ROWS)  # type: ignore[call-arg]
    party = OnAccountInput(required=False)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    rate = AmountField(decimals=RATE_DIGITS, positive=True, required=False)


class BookedOutput(serializers.Serializer[Any]):
    """An entry that was posted."""

    entry = serializers.IntegerField(source="pk")
    number = serializers.IntegerField()


class ReconcilingActions(MatchingActions):
    """What bank transactions can do in the reconciliation."""

    @extend_schema(responses=SuggestionOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def suggestions(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What a line may be: open items, rules, and what past bookings teach, with reasons."""
        line = line_of(self.get_object(), with_items=self.sees_items())
        return Response(SuggestionOutput(line.suggestions if line else (), many=True).data)

    @extend_schema(request=TakeInput, responses={201: BookedOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Book a line as it was suggested. ``unbook`` undoes it."""
        movement, told = self.get_object(), self.told(TakeInput)
        if told["key"].startswith(f"{Source.ITEMS}:"):
            self.require_settling()

        def act() -> Response:
            entry = taking.take(movement, by=self.access.user, with_items=self.sees_items(), **told)
            return Response(BookedOutput(entry).data, status=201)

        return self.once(act)

    @extend_schema(
        request=ShareOutInput, responses={201: BookedOutput(many=True)}, parameters=[KEY]
    )
    @action(detail=True, methods=["post"], url_path="share-out", pagination_class=None)
    def share_out(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Book lines against items and accounts, all of them or none."""
        told = self.told(ShareOutInput)
        if told.get("items") or told.get("party"):
            self.require_settling()
        rows = self._rows(told.pop("others", ()))
        party = told.pop("party", None)
        items = [Share(one["item"], one["paid"], one.get("discount", ZERO))
                 for one in told.pop("items", ())]  # fmt: skip

        def act() -> Response:
            entries = taking.book_parts(
                rows, items=items, by=self.access.user,
                party=Party(party["name"], party.get("contact")) if party else None, **told,
            )  # fmt: skip
            return Response(BookedOutput(entries, many=True).data, status=201)

        if party:
            self.require_contacts([party])
        return self.once(act)

    def sees_items(self) -> bool:
        return self.access.may(Permission.OPEN_ITEMS_READ)

    def require_settling(self) -> None:
        if not self.access.may(Permission.OPEN_ITEMS_SETTLE):
            raise PermissionDenied

    def _rows(self, others: Sequence[int]) -> list[BankTransaction]:
        """The line of the address and others of its account. Raises ``ValidationError``."""
        first = self.get_object()
        rows = BankTransaction.of(self.company).filter(bank_account=first.bank_account_id)
        found = list(rows.filter(pk__in=others).exclude(pk=first.pk).select_related("bank_account"))
        if len(found) < len(set(others) - {first.pk}):
            text = _("There is no such line on this bank account.")
            raise serializers.ValidationError({"others": [text]})
        return [first, *found]


class DifferenceOutput(serializers.Serializer[Any]):
    """Positive where the bank has more."""

    date = serializers.DateField(allow_null=True)
    text = serializers.CharField()
    amount = AmountField()
    transaction = serializers.IntegerField(source="movement", allow_null=True)
    entry = serializers.IntegerField(allow_null=True)


class DifferencesOutput(serializers.Serializer[Any]):
    """All differences of a kind; ``amount`` counts those that are not told one by one, too."""

    kind = serializers.CharField(source="kind.value")
    sentence = serializers.CharField(source="kind.label")
    count = serializers.IntegerField()
    amount = AmountField()
    rows = DifferenceOutput(many=True)


class AccountStateOutput(serializers.Serializer[Any]):
    """Ledger and bank on the day of a statement, in the account's currency.

    ``difference`` is the bank's less the ledger's; the ``groups`` come to it. Without a statement
    with a closing balance until the day, ``statement`` and ``closing`` are null.
    """

    date = serializers.DateField(allow_null=True)
    statement = serializers.IntegerField(source="statement.pk", default=None, allow_null=True)
    ledger = AmountField()
    closing = AmountField(allow_null=True)
    difference = AmountField()
    agrees = serializers.BooleanField()
    groups = DifferencesOutput(many=True)


class StateQuery(serializers.Serializer[Any]):
    on = DayField(
        required=False, help_text="The last statement until this day; the last of all without"
    )
