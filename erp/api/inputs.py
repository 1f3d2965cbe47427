"""What comes in: every field declared, unknown ones refused, amounts as text."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from erp.core.clock import YEARS
from erp.core.errors import DomainError
from erp.core.money import parse_amount

M = TypeVar("M", bound=Model)
MONTH: Final = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])", re.ASCII)


class RowsInput(serializers.ListSerializer[Any]):
    """Rows of a body. The list may be null where its field says so; a row never is."""

    def run_child_validation(self, data: Any) -> Any:
        if data is None:
            raise serializers.ValidationError(
                [ErrorDetail(str(self.error_messages["null"]), "null")]
            )
        return super().run_child_validation(data)


class Input(serializers.Serializer[Any]):
    """A request body. Unknown fields are refused by name (no mass assignment), numbers where text or yes and no
    are wanted by place.
    """

    class Meta:
        list_serializer_class = RowsInput

    def to_internal_value(self, data: Any) -> Any:
        faults: dict[str, Any] = {}
        values: Any = None
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            faults |= cast(dict[str, Any], error.detail)
        told: dict[str, Any] = data if isinstance(data, dict) else {}
        for name in sorted(map(str, told.keys() - set(self.fields))):
            faults[name] = [ErrorDetail(str(_("This field is unknown.")), "unknown")]
        for name, field in self.fields.items():
            if _is_number(told.get(name)) and isinstance(
                field, serializers.CharField | serializers.BooleanField
            ):
                faults[name] = [ErrorDetail(str(field.error_messages["invalid"]), "invalid")]
        if faults:
            raise serializers.ValidationError(faults)
        return values


def _is_number(value: Any) -> bool:
    """A number of JSON, which fields of text and of yes and no would take as theirs."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def named(rows: QuerySet[M], pk: int | None, *, place: str) -> M:
    """The row that a body or a query names by its id at ``place``.

    Raises ``ValidationError``, with the same words for what is nobody's and for what is another
    company's: 404 is for what the address names.
    """
    found = rows.filter(pk=pk).first()
    if found is None:
        raise missing(place)
    return found


def missing(place: str) -> serializers.ValidationError:
    """What to raise for an id at ``place`` that names nothing, or nothing of one's own."""
    told = ErrorDetail(str(_("There is no such record.")), "unknown")
    return serializers.ValidationError({place: [told]})


class NamedInput(Input):
    """A code and a name in at least one language."""

    code = serializers.CharField(max_length=20)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)


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


class DayField(serializers.DateField):
    """A day as text, such as ``"2026-12-31"``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if day.year not in YEARS:
            raise serializers.ValidationError(
                f"Send a day of the years {YEARS[0]} to {YEARS[-1]}.", code="out_of_range"
            )
        return day


class MonthField(serializers.Field[dt.date, str, str, Any]):
    """A month as text, such as ``"2026-01"``; its first day within."""

    def to_internal_value(self, data: Any) -> dt.date:
        found = MONTH.fullmatch(data) if isinstance(data, str) else None
        if found is None:
            raise serializers.ValidationError(
                'Send a month as text, such as "2026-01".', code="not_a_month"
            )
        return dt.date(int(found[1]), int(found[2]), 1)

    def to_representation(self, value: dt.date) -> str:
        return f"{value:%Y-%m}"
