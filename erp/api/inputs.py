"""What comes in: every field declared, unknown ones refused, amounts as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from erp.core.errors import DomainError
from erp.core.money import parse_amount


class Input(serializers.Serializer[Any]):
    """A request body. Unknown fields are refused by name (no mass assignment)."""

    def to_internal_value(self, data: Any) -> Any:
        faults: dict[str, Any] = {}
        if isinstance(data, dict):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            faults = {
                name: [ErrorDetail(_("This field is unknown."), "unknown")] for name in unknown
            }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **faults}) from None
        if faults:
            raise serializers.ValidationError(faults)
        return values


class AmountField(serializers.Field[Decimal, str, str, Any]):
    """An amount as text with a point, such as ``"1234.50"``."""

    def __init__(self, *, decimals: int = 2, positive: bool = False, **kwargs: Any) -> None:
        self.decimals, self.positive = decimals, positive
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        try:
            amount = parse_amount(data, decimals=self.decimals)
        except (DomainError, TypeError):
            raise serializers.ValidationError(
                _('Send an amount as text with a point, such as "1234.50".'), code="not_an_amount"
            ) from None
        if self.positive and amount < 0:
            raise serializers.ValidationError(
                _("This amount must not be negative."), code="negative"
            )
        return amount

    def to_representation(self, value: Decimal) -> str:
        return f"{value:.{self.decimals}f}"
