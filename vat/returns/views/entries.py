"""The entries of a code, page by page, with the sum that they re-add to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from erp.companies.models import Company
from vat.returns.addressing import scope_of
from vat.returns.entries import Asked, Entries, code_of, entries
from vat.returns.queries import Row
from vat.returns.views.base import ReturnsView


class EntriesPage(ReturnsView):
    """``…/{key}/entries/?code=UN&rate=8.10&box=303``, with ``activity``, ``granted`` and ``old`` where
    rates are granted; ``after`` is the last row of the page before.
    """

    permissions = {}
    help_page = "vat-return"

    def get(self, request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        asked = read_asked(request.GET.dict())
        row, found = entries_of(self.company, key, asked, after=request.GET.get("after", ""))
        context = {
            "page_title": _("VAT %(period)s: entries of %(code)s") % {
                "period": row.period.name, "code": asked.code},
            "row": row, "key": row.key, "asked": asked, "found": found,
            "is_first": not request.GET.get("after"),
        }  # fmt: skip
        return render(request, "vat/returns/entries.html", context)


def entries_of(company: Company, key: str, asked: Asked, *, after: str) -> tuple[Row, Entries]:
    """A page of entries of a return. Answers 404 for a code that is none, or without figures here."""
    code, named = code_of(company, asked.code), scope_of(company, key)
    if code is None or named is None:
        raise Http404
    row, covers = named
    return row, entries(covers, code, asked, after=after)


def read_asked(told: Mapping[str, str]) -> Asked:
    """What the address asks for; what is no figure is a 404."""
    try:
        rate = read_figure(told.get("rate", ""))
        granted = told.get("granted", "")
        return Asked(
            told.get("code", "")[:6], rate, told.get("activity", "")[:5],
            None if granted == "none" else read_figure(granted), told.get("old") == "1",
            told.get("box", "")[:5], unassigned=granted == "none",
        )  # fmt: skip
    except InvalidOperation:
        raise Http404 from None


def read_figure(text: str) -> Decimal | None:
    """A rate of the address. Raises ``InvalidOperation``."""
    if not text:
        return None
    found = Decimal(text[:8])
    if not found.is_finite():
        raise InvalidOperation
    return found
