"""What comes in: every field declared, unknown ones refused, amounts as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from erp.core.errors import DomainError
from erp.core.money import parse_amount


class Input(serializers.Serializer[Any]):
    """A request body. Unknown fields are refused by name (no mass assignment)."""

    def to_internal_value(self, data: Any) -> Any:
        faults: dict[str, Any] = {}
        values: Any = None
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            faults |= cast(dict[str, Any], error.detail)
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        for name in sorted(map(str, unknown)):
            faults[name] = [ErrorDetail(str(_("This field is unknown.")), "unknown")]
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
