"""Template filters: figures, dates, percentages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from erp.core import clock, display
from erp.core.filetypes import DOCUMENTS
from erp.core.identifiers import format_iban, format_uid
from erp.manual import fields
from erp.web.asides import asides_of

register = template.Library()


@register.filter
def chf(amount: Decimal | None) -> str:
    return display.chf(amount)


@register.filter
def typed_chf(text: str) -> str:
    """An amount as somebody typed it: as ``chf`` where it is one."""
    try:
        return display.chf(Decimal(text), zero="")
    except (InvalidOperation, TypeError):
        return text or ""


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
def figure(value: Decimal | None) -> str:
    """A quantity, rate or percentage without needless zeros: 2.5, 1’000."""
    return "" if value is None else display.figure(value)


@register.filter
def price(amount: Decimal | None) -> str:
    """As ``chf``, with all decimals that a price has."""
    return display.price(amount)


@register.filter
def day(value: dt.date | None) -> str:
    return display.swiss_date(value)


@register.filter
def duration(minutes: int | None) -> str:
    """``{{ 150|duration }}``: 2:30"""
    return display.duration(minutes)


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


@register.filter
def subject(row: models.Model) -> str:
    """What the audit trail calls the kind of a record."""
    return row._meta.model_name or ""


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query string with some values changed; None removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def asides(context: dict[str, Any], kind: str, pk: int) -> SafeString:
    """What rooms above show beside a record: ``{% asides "entry" entry.pk %}``."""
    access = context.get("access")
    return asides_of(access, kind, pk) if access else SafeString()


@register.simple_tag
def document_types() -> str:
    """What documents may be, for the ``accept`` of an input; some systems know HEIC by its ending only."""
    return ",".join((*DOCUMENTS, ".heic"))


@register.simple_tag
def demo_code() -> tuple[str, int]:
    """In demo mode, the code of the demo's authenticator app, and for how many seconds it holds."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    now = int(clock.now().timestamp())
    return format_hotp_value(hotp_value(settings.DEMO_SIGN_IN["seed"], now // 30)), 30 - now % 30


@register.filter
def in_fives(text: str) -> str:
    """A long code as people copy it: in groups of five."""
    return " ".join(text[nth : nth + 5] for nth in range(0, len(text), 5))


@register.filter
def browser(agent: str) -> str:
    """A browser's or program's name out of what it says of itself: ``Firefox, Linux``."""
    programs = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    names = {"Edg": "Edge", "OPR": "Opera"}
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux")
    program = next((names.get(one, one) for one in programs if f"{one}/" in agent), "")
    system = next((one for one in systems if one in agent), "")
    told = ", ".join(filter(None, (program, system.replace("Mac OS X", "macOS"))))
    return told or agent[:40] or "–"


@register.simple_tag
def why(mask: str, field: str, label: Any = "") -> SafeString | str:
    """``{% why "entry" "vat_code" %}``: a link to what the manual says of an input, or nothing."""
    return _why(fields.of_mask(mask, field), label)


@register.simple_tag
def why_field(bound: Any) -> SafeString | str:
    """The same for a field of a form."""
    return _why(fields.of_form(type(bound.form), bound.name), bound.label)


@register.simple_tag
def why_refused(code: str | None) -> SafeString | str:
    """Behind a message: a link to what the manual says of its code. Of the framework's own it says nothing."""
    return _why(reverse("manual-code", args=[code]), code) if code and "." in code else ""


def _why(address: str, label: Any) -> SafeString | str:
    """Not reached by Tab, which goes from field to field; F1 in the field does the same."""
    if not address:
        return ""
    told = _("Explained: %(field)s") % {"field": label} if label else _("What the manual says")
    return format_html('<a class="why" href="{}" tabindex="-1" aria-label="{}" title="{} (F1)">?</a>',
                       address, told, told)  # fmt: skip
