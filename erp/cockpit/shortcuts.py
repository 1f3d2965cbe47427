"""Shortcuts of the installed app (Verknüpfungen): from no company in particular to what one does in one."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import View

from erp.access.gate import access_to, companies_of
from erp.access.permissions import Permission
from erp.web.manifest import SHORTCUTS
from erp.web.pages import id_or_none

#: Where a shortcut leads by right, the first that one has; the search begins at the company's start.
PLACES: Final[dict[str, tuple[tuple[Permission, str], ...]]] = {
    "receipt": ((Permission.PAYABLES_CAPTURE, "inbox"), (Permission.EXPENSES_OWN, "expense-new")),
    "hours": ((Permission.HOURS_OWN, "hours"),),
    "owed": ((Permission.OPEN_ITEMS_READ, "open-receivables"),),
    "search": (),
}


class Shortcut(View):
    """``/go/{what}/?company=``: on to the page of the only company, or of the one chosen; else a choice.

    Whoever may not do it there begins at the company's start. An unknown shortcut is a 404.
    """

    def get(self, request: HttpRequest, what: str) -> HttpResponse:
        if what not in SHORTCUTS:
            raise Http404
        with transaction.atomic():
            companies = companies_of(request.user)  # type: ignore[arg-type]
        chosen = id_or_none(request.GET.get("company"))
        found = companies if chosen is None else [one for one in companies if one.pk == chosen]
        if chosen is not None and not found:
            raise Http404
        if len(found) != 1:
            request.help_page = "start"  # type: ignore[attr-defined]
            context = {"page_title": SHORTCUTS[what], "companies": companies}
            return render(request, "erp/shortcut.html", context)
        (company,) = found
        with transaction.atomic():
            access = access_to(company.pk, user=request.user)  # type: ignore[arg-type]
        page = next((page for right, page in PLACES[what] if access.may(right)), "start")
        answer = redirect(page, company.pk)
        if what == "search":
            answer["Location"] += "#search"
        return answer
