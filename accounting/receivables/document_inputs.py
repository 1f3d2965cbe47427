"""What endpoints of documents are asked, and told besides the document itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounting.receivables.document_shapes import (
    LARGEST_ID,
)
from accounting.receivables.models import SalesDocument
from erp.api.inputs import AmountField, DayField, Input
from erp.api.own_values import OwnQueryField
from erp.mails.models import LONGEST_BODY, LONGEST_SUBJECT

_Kind = SalesDocument.Kind


class DocumentQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=_Kind.choices, required=False)
    status = serializers.ChoiceField(choices=["draft", "issued", "open"], required=False)
    q = serializers.CharField(max_length=80, required=False, help_text="Part of number, name …")
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    since = DayField(required=False)
    until = DayField(required=False)
    own = OwnQueryField()


class LinePartInput(Input):
    """So much of a line, by its id."""

    line = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    quantity = AmountField(decimals=4)


class DeriveInput(Input):
    """What to make of a document; ``parts`` bill so much of each line, else all that is left."""

    kind = serializers.ChoiceField(choices=[_Kind.ORDER, _Kind.INVOICE])
    date = DayField()
    parts = LinePartInput(many=True, required=False, max_length=500)  # type: ignore[call-arg]


class CreditInput(Input):
    """``parts`` credit so much of each line, else all of the invoice."""

    date = DayField()
    parts = LinePartInput(many=True, required=False, max_length=500)  # type: ignore[call-arg]


class DepositInput(Input):
    date = DayField()
    percent = AmountField(positive=True)
    text = serializers.CharField(max_length=200)


class CollectInput(Input):
    """The orders to bill together, by id."""

    documents = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=1,
        max_length=200,
    )  # fmt: skip
    date = DayField()


class DocumentsInput(Input):
    documents = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=1,
        max_length=5000,
    )  # fmt: skip


class SendInput(Input):
    """Whom to mail it to, and what to say; what is left out is as the program proposes it."""

    to = serializers.ListField(
        child=serializers.CharField(max_length=254), required=False, min_length=1, max_length=30
    )
    subject = serializers.CharField(max_length=LONGEST_SUBJECT, required=False)
    body = serializers.CharField(max_length=LONGEST_BODY, required=False, trim_whitespace=False)


class SendDocumentsInput(DocumentsInput):
    """``again``: also what was mailed already."""

    again = serializers.BooleanField(default=False)


class DecideInput(Input):
    decision = serializers.ChoiceField(choices=SalesDocument.Decision.choices, allow_blank=True)


class ObstacleOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class LeftOutput(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    quantity = AmountField(decimals=4)


class AroundOutput(serializers.Serializer[Any]):
    """What stands around a document: ``made_from`` and ``made`` are ids of documents."""

    obstacles = ObstacleOutput(many=True)
    made_from = serializers.ListField(child=serializers.IntegerField())
    made = serializers.ListField(child=serializers.IntegerField())
    left_to_credit = LeftOutput(many=True)


def quantities_of(told: dict[str, Any]) -> dict[int, Decimal] | None:
    if "parts" not in told:
        return None
    return {part["line"]: part["quantity"] for part in told["parts"]}
