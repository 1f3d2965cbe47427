"""What endpoints of depreciation and of the assets' table take and tell."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounting.assets.models import (
    AssetMovement,
    DepreciationRun,
)
from accounting.assets.shapes import DepreciationOutlookOutput
from erp.api.inputs import AmountField, DayField, Input
from erp.api.paging import PageOutput


class DepreciationProposedOutput(DepreciationOutlookOutput):
    asset = serializers.IntegerField(source="asset.pk")
    number = serializers.CharField(source="asset.number")
    name = serializers.CharField(source="asset.name")


class DepreciationProposalOutput(PageOutput):
    """``total`` and ``warned``, how many are above what tax accepts, are of all pages."""

    start = serializers.DateField()
    until = serializers.DateField()
    total = AmountField()
    warned = serializers.IntegerField()
    results = DepreciationProposedOutput(many=True)


class DepreciationUntilQuery(serializers.Serializer[Any]):
    until = DayField()


class DepreciationInput(Input):
    """``total`` is what the proposal said; where it is another by now, nothing is posted."""

    until = DayField()
    total = AmountField(required=False)


class DepreciationRunOutput(serializers.ModelSerializer[DepreciationRun]):
    entry = serializers.IntegerField(source="entry_id")
    reversal = serializers.IntegerField(source="reversal_id", allow_null=True)
    total = AmountField()

    class Meta:
        model = DepreciationRun
        fields = ("id", "start", "end", "count", "total", "entry", "reversal", "created_at")


class DepreciationReversalInput(Input):
    """Nothing: the whole run is reversed."""


class DepreciatedOutput(serializers.ModelSerializer[AssetMovement]):
    asset = serializers.IntegerField(source="asset_id")
    number = serializers.CharField(source="asset.number")
    name = serializers.CharField(source="asset.name")
    depreciation = AmountField()

    class Meta:
        model = AssetMovement
        fields = ("id", "asset", "number", "name", "depreciation", "told")


class AssetAmountsOutput(serializers.Serializer[Any]):
    """Cost, accumulated depreciation (``gone_…``) and book value; disposals are negative."""

    cost_before = AmountField()
    added = AmountField()
    disposed = AmountField()
    moved = AmountField()
    cost_after = AmountField()
    gone_before = AmountField()
    gone_of_span = AmountField()
    gone_disposed = AmountField()
    gone_moved = AmountField()
    gone_after = AmountField()
    book_before = AmountField()
    book_after = AmountField()


class AssetsTableRowOutput(serializers.Serializer[Any]):
    asset = serializers.IntegerField(source="asset.pk")
    number = serializers.CharField(source="asset.number")
    name = serializers.CharField(source="asset.name")
    amounts = AssetAmountsOutput()


class AssetGroupOutput(serializers.Serializer[Any]):
    category = serializers.CharField(source="category.code")
    name = serializers.CharField(source="category.name")
    total = AssetAmountsOutput()
    rows = AssetsTableRowOutput(many=True)


class AssetControlOutput(serializers.Serializer[Any]):
    """An account of assets; ``difference`` is what the ledger has more than the register."""

    account = serializers.CharField(source="account.number")
    register = AmountField()
    ledger = AmountField()
    difference = AmountField()


class AssetsTableOutput(serializers.Serializer[Any]):
    groups = AssetGroupOutput(many=True)
    total = AssetAmountsOutput()
    control = AssetControlOutput(many=True)
