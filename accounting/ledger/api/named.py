"""Values of request bodies that name a row by its number or code."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from erp.companies.models import CompanyOwned


class NumberedField(serializers.CharField):
    """A row of the company by its number, or what else it is called ``by``; blank or null is none.

    All of them are read once per request, however many are named.
    """

    def __init__(self, model: type[CompanyOwned], *, by: str = "number", **kwargs: Any) -> None:
        self.model, self.by = model, by
        super().__init__(**kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        number = super().run_validation(data)
        if not number:
            return None
        kept: dict[Any, Any] = cast(dict[Any, Any], self.context)
        if self.model not in kept:
            found = self.model.of(kept["company"])
            kept[self.model] = {getattr(one, self.by): one for one in found}
        known = kept[self.model]
        if number not in known:
            raise serializers.ValidationError(
                _("There is nothing with the number %s.") % number, code="unknown"
            )
        return known[number]
