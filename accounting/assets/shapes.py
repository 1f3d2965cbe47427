"""What goes in and comes out of the endpoints of fixed assets."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.assets.models import (
    Asset,
    AssetCategory,
    AssetMovement,
    AssetRule,
    AssetVoucher,
    Method,
)
from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.open_items.api.shapes import ContactField
from erp.api.files import UploadInput
from erp.api.inputs import AmountField, DayField, Input, NamedInput
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode

LARGEST_ID = 2**63 - 1
MOST_LINE = 100_000
_OR_NONE: dict[str, Any] = {"required": False, "allow_blank": True, "allow_null": True}
_ID: dict[str, Any] = {"min_value": 1, "max_value": LARGEST_ID}


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,2})?$"})
class PercentField(AmountField):
    """Percent of a year, from 0 to 100."""

    def to_internal_value(self, data: Any) -> Any:
        percent = super().to_internal_value(data)
        if not 0 <= percent <= 100:
            raise serializers.ValidationError("Send a percentage from 0 to 100.")
        return percent


class AssetRuleOutput(serializers.ModelSerializer[AssetRule]):
    """``rate`` in percent of a year, ``residual`` in the company's currency; ``ceiling`` a tax class."""

    rate = AmountField()
    residual = AmountField()

    class Meta:
        model = AssetRule
        fields = (
            "id",
            "valid_from",
            "method",
            "rate",
            "life_months",
            "pro_rata",
            "residual",
            "ceiling",
        )


class AssetCategoryOutput(serializers.ModelSerializer[AssetCategory]):
    """Accounts by number; without ``contra`` depreciation is credited to the asset account."""

    account = serializers.CharField(source="account.number")
    contra = serializers.CharField(source="contra.number", allow_null=True, default=None)
    expense = serializers.CharField(source="expense.number")
    gain = serializers.CharField(source="gain.number")
    loss = serializers.CharField(source="loss.number")
    rules = AssetRuleOutput(many=True, read_only=True)

    class Meta:
        model = AssetCategory
        fields = ("id", "code", "name_de", "name_fr", "name_it", "name_en", "account", "contra",
                  "expense", "gain", "loss", "rules", "version")  # fmt: skip


class AssetCategoryInput(NamedInput):
    code = serializers.CharField(max_length=10)
    account = NumberedField(Account, max_length=10)
    contra = NumberedField(Account, max_length=10, **_OR_NONE)
    expense = NumberedField(Account, max_length=10)
    gain = NumberedField(Account, max_length=10)
    loss = NumberedField(Account, max_length=10)


class AssetRuleInput(Input):
    valid_from = DayField()
    method = serializers.ChoiceField(choices=Method.choices)
    rate = PercentField(required=False)
    life_months = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=1200
    )
    pro_rata = serializers.BooleanField(default=True)
    residual = AmountField(positive=True, required=False)
    ceiling = serializers.CharField(max_length=40, required=False, allow_blank=True)


class AssetDefaultsInput(Input):
    valid_from = DayField()


class DepreciationCeilingOutput(serializers.Serializer[Any]):
    """The highest rates that tax accepts without proof, in percent of a year."""

    code = serializers.CharField()
    name = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    of_book_value = AmountField()
    of_cost = AmountField()
    origin = serializers.CharField()


class CeilingQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="As of this day; today without")


class AssetValuesOutput(serializers.Serializer[Any]):
    cost = AmountField()
    accumulated = AmountField()
    book = AmountField()


class AssetOutput(serializers.ModelSerializer[Asset]):
    """``category`` by code, cost units by number; without ``method`` the category's rule holds."""

    category = serializers.CharField(source="category.code")
    cost_centre = serializers.CharField(source="cost_centre.number", allow_null=True, default=None)
    cost_object = serializers.CharField(source="cost_object.number", allow_null=True, default=None)
    rate = AmountField(allow_null=True)
    residual = AmountField()

    class Meta:
        model = Asset
        fields = ("id", "number", "name", "category", "cost_centre", "cost_object", "acquired_on",
                  "in_service_on", "serial_number", "location", "voucher", "notes", "method", "rate",
                  "life_months", "residual", "disposed_on", "version")  # fmt: skip


class AssetsQuery(serializers.Serializer[Any]):
    search = serializers.CharField(required=False, max_length=80)
    category = NumberedField(AssetCategory, by="code", required=False, max_length=10)
    state = serializers.ChoiceField(choices=("in_use", "gone", "all"), default="in_use")
    on = DayField(required=False, help_text="Values of a file as of this day; today without")


class AssetChange(Input):
    number = serializers.CharField(max_length=20, required=False)
    name = serializers.CharField(max_length=120, required=False)
    cost_centre = NumberedField(CostCentre, max_length=10, **_OR_NONE)
    cost_object = NumberedField(CostObject, max_length=10, **_OR_NONE)
    acquired_on = DayField(required=False)
    in_service_on = DayField(required=False)
    serial_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    location = serializers.CharField(max_length=80, required=False, allow_blank=True)
    voucher = serializers.CharField(max_length=40, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    method = serializers.ChoiceField(choices=Method.choices, required=False, allow_blank=True)
    rate = PercentField(required=False, allow_null=True)
    life_months = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=1200
    )
    residual = AmountField(positive=True, required=False)


class AssetInput(AssetChange):
    """An asset that was there before: ``cost`` and ``accumulated`` as of ``date``; nothing is posted.

    ``in_service_on`` is ``acquired_on`` where it is left out, ``residual`` the category's.
    """

    name = serializers.CharField(max_length=120)
    category = NumberedField(AssetCategory, by="code", max_length=10)
    acquired_on = DayField()
    date = DayField()
    cost = AmountField(positive=True)
    accumulated = AmountField(positive=True, required=False)


class AssetFromLineInput(AssetChange):
    """A new asset from the line at ``position`` of the posted ``entry``, or a part of it.

    What is left out comes from the line.
    """

    category = NumberedField(AssetCategory, by="code", max_length=10, required=False)
    entry = serializers.IntegerField(**_ID)
    position = serializers.IntegerField(min_value=1, max_value=MOST_LINE)
    amount = AmountField(required=False)


class AssetAdditionInput(Input):
    entry = serializers.IntegerField(**_ID)
    position = serializers.IntegerField(min_value=1, max_value=MOST_LINE)
    amount = AmountField(required=False)


class AssetRevaluationInput(Input):
    """``kind`` down is an impairment, up takes depreciation back."""

    kind = serializers.ChoiceField(choices=("down", "up"))
    date = DayField()
    amount = AmountField(positive=True)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AssetTransferInput(Input):
    category = NumberedField(AssetCategory, by="code", max_length=10)
    date = DayField()


class AssetDisposalInput(Input):
    """A sale by the posted credit line at ``position`` of ``entry``; without them it is scrapped."""

    date = DayField()
    entry = serializers.IntegerField(required=False, **_ID)
    position = serializers.IntegerField(required=False, min_value=1, max_value=MOST_LINE)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if ("entry" in told) != ("position" in told):
            raise serializers.ValidationError({"position": ["Send entry and position together."]})
        return told


class AssetSaleInput(Input):
    """A sale to be posted: either ``account`` takes the money, or the contact ``customer``, by id, gets an invoice.

    ``amount`` is with the tax of ``vat_code`` in it, or with ``vat_basis`` net without.
    """

    date = DayField()
    amount = AmountField(positive=True)
    account = NumberedField(Account, max_length=10, **_OR_NONE)
    customer = ContactField(required=False, allow_null=True)
    vat_code = NumberedField(VatCode, by="code", max_length=6, **_OR_NONE)
    vat_basis = serializers.ChoiceField(choices=Basis.choices, default=Basis.GROSS)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AssetUndoInput(Input):
    """The latest movement is undone; with ``movement``, its id, only if it is that one."""

    movement = serializers.IntegerField(required=False, **_ID)


class AssetMovementOutput(serializers.ModelSerializer[AssetMovement]):
    """``cost`` and ``depreciation`` are what was added to either; ``told`` is how it came."""

    category = serializers.CharField(source="category.code")
    entry = serializers.IntegerField(source="entry_id", allow_null=True)
    run = serializers.IntegerField(source="run_id", allow_null=True)
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True)
    cost = AmountField()
    depreciation = AmountField()

    class Meta:
        model = AssetMovement
        fields = ("id", "date", "kind", "category", "cost", "depreciation", "entry", "position", "run",
                  "undoes", "text", "told")  # fmt: skip


class DepreciationOutlookOutput(serializers.Serializer[Any]):
    """``base`` times ``rate`` percent is a whole year's; ``ceiling`` is the most that tax accepts."""

    method = serializers.CharField(source="figures.method")
    base = AmountField(source="figures.base")
    rate = AmountField(source="figures.rate", decimals=4)
    months = serializers.IntegerField(source="figures.months")
    of_year = AmountField(source="figures.of_year")
    booked = AmountField(source="figures.booked")
    amount = AmountField()
    book_after = AmountField()
    ceiling = AmountField(allow_null=True)
    over_ceiling = serializers.BooleanField()


class AssetWhole(serializers.Serializer[Any]):
    """``asset`` with its values, its movements, and the fiscal year's depreciation; null when it is gone."""

    asset = AssetOutput()
    values = AssetValuesOutput()
    movements = AssetMovementOutput(many=True)
    outlook = DepreciationOutlookOutput(allow_null=True)


class AssetVoucherOutput(serializers.ModelSerializer[AssetVoucher]):
    """An original on an asset; its bytes are at ``…/asset-vouchers/{id}/file/``."""

    asset = serializers.IntegerField(source="asset_id")
    name = serializers.CharField(source="file.name")
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size")
    digest = serializers.CharField(source="file.digest", help_text="SHA-256")
    added_by = serializers.CharField(source="added_by.email")

    class Meta:
        model = AssetVoucher
        fields = ("id", "asset", "name", "content_type", "size", "digest", "added_at", "added_by")


class AssetVoucherInput(UploadInput):
    """A PDF file or a picture, and the asset it belongs to, by id."""

    asset = serializers.IntegerField(**_ID)


class AssetVouchersQuery(serializers.Serializer[Any]):
    asset = serializers.IntegerField(required=False, help_text="Of this asset, by id", **_ID)


class AssetLineOutput(serializers.Serializer[Any]):
    """``rest`` is what of the line no asset has, debit positive."""

    entry = serializers.IntegerField()
    position = serializers.IntegerField()
    date = serializers.DateField()
    number = serializers.IntegerField()
    text = serializers.CharField()
    voucher = serializers.CharField()
    account = serializers.CharField()
    rest = AmountField()


class AssetsOnQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Until this day; today without")


class AssetProceedsOutput(serializers.Serializer[Any]):
    entry = serializers.IntegerField(source="entry_id")
    position = serializers.IntegerField()
    date = serializers.DateField()
    account = serializers.CharField(source="account.number")
    amount = AmountField(source="credit")


class AssetImportOutput(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    rows = serializers.IntegerField()
    cost = AmountField()
    accumulated = AmountField()
