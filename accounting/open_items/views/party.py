"""The account of a customer or supplier: ``?side=&from=&until=``, with ``format=pdf|xlsx|csv``."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounting.open_items import reports
from accounting.open_items.contacts import contact_of
from accounting.open_items.models import Side
from accounting.open_items.party_account import party_account, sides_of, usual_span
from contacts.queries import call_of
from erp.access.permissions import Permission
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView


class PartyPage(CompanyView):
    """``/c/{company}/open-items/parties/{contact}/``"""

    permission = Permission.OPEN_ITEMS_READ
    help_page = "open-items"

    def get(self, request: HttpRequest, contact: int, **kwargs: Any) -> HttpResponse:
        found = contact_of(self.company, contact)
        if found is None:
            raise Http404
        if found.pk != contact:  # an old link still leads to the right place
            return redirect("open-party", self.company.pk, found.pk)
        sides, asked = sides_of(found), request.GET.get("side", "")
        side = Side(asked) if asked in Side.values else next(iter(sides), Side.RECEIVABLES)
        start, end = usual_span(
            self.company, read_day(request.GET.get("from")), read_day(request.GET.get("until"))
        )
        account = party_account(found, side, start=start, end=end)
        content = reports.party_table(account, own=self.company.currency)
        if form := request.GET.get("format", ""):
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, content, company=self.company)
        context = {
            "page_title": found.name, "call": call_of(self.access, found), "account": account, "side": side,
            "sides": sides if len(sides) > 1 else [], "list_url": f"open-{side}",
            "foreign": [one for one in account.currencies if one.currency != self.company.currency],
            "rows": [(row, *reports.debit_and_credit(row.base, side)) for row in account.rows],
            "sums": reports.debit_and_credit(account.owed, side, account.settled),
        }  # fmt: skip
        return render(request, "accounting/open_items/party.html", context)
