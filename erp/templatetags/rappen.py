"""Template filters: figures, dates, percentages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from erp.core import display
from erp.core.identifiers import format_iban, format_uid

register = template.Library()


@register.filter
def chf(amount: Decimal | None) -> str:
    return display.chf(amount)


@register.filter
def chf_blank(amount: Decimal | None) -> str:
    """As ``chf``; zero shows as nothing."""
    return display.chf(amount, zero="")


@register.filter
def money(amount: Decimal | None) -> str | SafeString:
    """As ``chf``; negative amounts are marked beyond their minus."""
    if amount is not None and amount < 0:
        return format_html('<span class="negative">{}</span>', display.chf(amount))
    return display.chf(amount)


@register.filter
def money_blank(amount: Decimal | None) -> str | SafeString:
    return money(amount) if amount else ""


@register.filter
def day(value: dt.date | None) -> str:
    return display.swiss_date(value)


@register.filter
def iban(value: str) -> str:
    return format_iban(value)


@register.filter
def uid(value: str) -> str:
    return format_uid(value)


@register.filter
def may(access: Any, permission: str) -> bool:
    """``{% if access|may:"ledger.post" %}``"""
    return bool(access and access.may(permission))


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query string with some values changed; None removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return "?" + query.urlencode()
