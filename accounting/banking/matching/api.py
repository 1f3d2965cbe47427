"""``…/bank-transactions/{id}/matches/`` and ``…/accept/``: proposals with reasons, and taking them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.banking import booking
from accounting.banking.matching import accepting, choosing
from accounting.banking.matching.choosing import Choice, Share
from accounting.banking.matching.jobs import AT_ONCE, match_later
from accounting.banking.matching.proposing import Matched, matched_of, search, waiting
from accounting.ledger.api.lines import typed_lines
from accounting.open_items.opening import Party
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, Input
from erp.api.schema import KEY
from erp.core.money import RATE_DIGITS, ZERO


class ReasonOutput(serializers.Serializer[Any]):
    """Why: a code, and a sentence in the caller's language."""

    code = serializers.CharField(source="why.value")
    sentence = serializers.CharField()


class ShareOutput(serializers.Serializer[Any]):
    """What is settled of an item, in its currency and the direction of its side."""

    item = serializers.IntegerField(source="item.id")
    document = serializers.CharField(source="item.document")
    party = serializers.CharField(source="item.party")
    currency = serializers.CharField(source="item.currency")
    open = AmountField(source="item.open_amount")
    paid = AmountField()
    discount = AmountField()


class MatchOutput(serializers.Serializer[Any]):
    """A proposal: ``key`` is sent back to take it, ``confidence`` is certain, likely or none.

    ``over`` would become a credit, ``fees`` income from dunning; ``returns`` is the earlier
    transaction whose payment goes back.
    """

    key = serializers.CharField()
    confidence = serializers.CharField(source="confidence.value")
    shares = ShareOutput(many=True)
    over = AmountField()
    fees = AmountField()
    charge = AmountField(source="payment.charge")
    returns = serializers.IntegerField(allow_null=True)
    speaks_for = ReasonOutput(many=True)
    speaks_against = ReasonOutput(many=True)


class MatchedPaymentOutput(serializers.Serializer[Any]):
    """A payment within the transaction, and the proposals for it, the best first."""

    nth = serializers.IntegerField(source="payment.nth")
    amount = AmountField(source="payment.amount")
    currency = serializers.CharField(source="payment.currency")
    party = serializers.CharField(source="payment.party")
    is_return = serializers.BooleanField(source="payment.is_return")
    proposals = MatchOutput(many=True)


class ChosenShareInput(Input):
    item = serializers.IntegerField(min_value=1, max_value=10**18)
    paid = AmountField()
    discount = AmountField(required=False)


class OnAccountInput(Input):
    """Whose credit it becomes what no item takes."""

    name = serializers.CharField(max_length=140)
    contact = serializers.IntegerField(required=False, min_value=1, max_value=10**18)


class ChosenPaymentInput(Input):
    """What becomes of one payment: ``proposal`` by its key, or shares, or a credit of ``party``.

    ``charge`` is what banks took off, in the account's currency.
    """

    nth = serializers.IntegerField(min_value=0, max_value=100_000)
    proposal = serializers.CharField(required=False, max_length=5000)
    shares = ChosenShareInput(many=True, required=False, max_length=1000)  # type: ignore[call-arg]
    charge = AmountField(required=False)
    party = OnAccountInput(required=False)


class AcceptInput(Input):
    """Payments and what they settle; without any the best proposal for each.

    What is not named goes to ``account``. ``rate`` as for booking; the day's official one without.
    """

    payments = ChosenPaymentInput(many=True, required=False, max_length=10_000)  # type: ignore[call-arg]
    account = serializers.CharField(max_length=10, required=False, allow_blank=True)
    vat_code = serializers.CharField(max_length=10, required=False, allow_blank=True)
    rate = AmountField(decimals=RATE_DIGITS, positive=True, required=False)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AcceptedOutput(serializers.Serializer[Any]):
    """The entry that was posted."""

    entry = serializers.IntegerField(source="pk")
    number = serializers.IntegerField()


class CertainOutput(serializers.Serializer[Any]):
    """How many were booked, why others were refused, and the job that looks through the rest."""

    booked = serializers.IntegerField()
    refused = serializers.ListField(child=serializers.CharField())
    job = serializers.IntegerField(allow_null=True)


class ItemsQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=60)


class FoundItemOutput(serializers.Serializer[Any]):
    """An open item; ``open`` is positive in the direction of its side, ``sign`` that of the money."""

    id = serializers.IntegerField()
    document = serializers.CharField()
    party = serializers.CharField()
    due_date = serializers.DateField()
    currency = serializers.CharField()
    open = AmountField(source="open_amount")
    sign = serializers.IntegerField()


class MatchingActions(CompanyViewSet):
    """What bank transactions can do besides being booked against accounts."""

    @extend_schema(responses=MatchedPaymentOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def matches(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What a transaction may settle, payment by payment, with reasons for and against."""
        if not self.access.may(Permission.OPEN_ITEMS_READ):
            raise PermissionDenied
        found = matched_of(self.get_object())
        return Response(MatchedPaymentOutput(found, many=True).data)

    @extend_schema(request=AcceptInput, responses={201: AcceptedOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Book a transaction by what it settles. ``unbook`` undoes it."""
        if not self.access.may(Permission.OPEN_ITEMS_SETTLE):
            raise PermissionDenied
        movement, told = self.get_object(), self.told(AcceptInput)
        self.require_contacts([one["party"] for one in told.get("payments", ()) if "party" in one])
        account, code = told.get("account", ""), told.get("vat_code", "")
        rest = (
            typed_lines(self.company, [{"account": account, "vat_code": code}]) if account else []
        )

        def act() -> Response:
            held = booking.waiting(movement)
            choices = chosen(matched_of(held), told.get("payments"))
            entry = accepting.accept(held, choices=choices, by=self.access.user, rest=rest,
                                     rate=told.get("rate"), text=told.get("text", ""))  # fmt: skip
            return Response(AcceptedOutput(entry).data, status=201)

        return self.once(act)

    @extend_schema(request=None, responses=CertainOutput, parameters=[KEY])
    @action(detail=False, methods=["post"], url_path="accept-certain", pagination_class=None)
    def accept_certain(self, request: Request, **kwargs: Any) -> Response:
        """Book all that is certain: the first 100 that wait at once, the others by ``job``."""
        if not self.access.may(Permission.OPEN_ITEMS_SETTLE):
            raise PermissionDenied

        def act() -> Response:
            rows = list(waiting(self.company)[: AT_ONCE + 1])
            booked, refusals = accepting.accept_certain(
                self.company, rows[:AT_ONCE], by=self.access.user
            )
            more = len(rows) > AT_ONCE
            job = match_later(self.access, within=bearer_in(request), asked=True) if more else None
            told = {"booked": booked, "refused": [str(one) for one in refusals],
                    "job": job.pk if job else None}  # fmt: skip
            return Response(CertainOutput(told).data)

        return self.once(act)

    @extend_schema(parameters=[ItemsQuery], responses=FoundItemOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def items(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Open items that it may settle, by number, name, reference or amount; 30 at most."""
        if not self.access.may(Permission.OPEN_ITEMS_READ):
            raise PermissionDenied
        text = self.asked(ItemsQuery).get("q", "")
        found = search(self.company, text, inward=self.get_object().amount > 0)
        return Response(FoundItemOutput(found, many=True).data)

    def require_contacts(self, parties: Sequence[dict[str, Any]]) -> None:
        """Refuse contacts of others. Raises ``ValidationError``."""
        wanted = {one["contact"] for one in parties if one.get("contact")}
        if Contact.of(self.company).filter(pk__in=wanted).count() < len(wanted):
            raise serializers.ValidationError(
                {"payments": [_("There is no such contact. Name one of this company, or none.")]}
            )


def chosen(matched: Sequence[Matched], told: Sequence[dict[str, Any]] | None) -> list[Choice]:
    """Choices as ``accepting.accept`` takes them; a proposal keeps its reasons."""
    if not told:
        return choosing.best_of(matched)
    return [_choice(matched, row) for row in told]


def _choice(matched: Sequence[Matched], row: dict[str, Any]) -> Choice:
    if "proposal" in row:
        return choosing.taken(matched, row["nth"], row["proposal"])
    shares = [
        Share(one["item"], one["paid"], one.get("discount", ZERO)) for one in row.get("shares", ())
    ]
    party = row.get("party")
    credited = Party(party["name"], party.get("contact")) if party else None
    choice = Choice(row["nth"], shares, charge=row.get("charge", ZERO), party=credited)
    return choosing.by_hand(matched, choice)
