"""Taking proposals on the page of bank transactions, and choosing other items."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.banking import booking
from accounting.banking.matching import accepting, choosing
from accounting.banking.matching.choosing import Choice, Share
from accounting.banking.matching.jobs import match_later
from accounting.banking.matching.proposing import Matched, matched_of, search, waiting
from accounting.banking.models import BankTransaction
from accounting.banking.views import PAGE, booked_answer, contra_of
from accounting.open_items.opening import Party
from erp.access.permissions import Permission
from erp.core.display import chf
from erp.core.errors import DomainError
from erp.core.money import RATE_DIGITS, ZERO, parse_amount
from erp.web.bodies import NotUnderstood, read_object
from erp.web.faults import told
from erp.web.pages import CompanyView, refused


class AcceptMatch(CompanyView):
    """``/c/{company}/banking/transactions/{movement}/accept/``: POST JSON, answer JSON.

    ``payments`` name proposals by their key, ``parts`` items chosen by hand, with what is paid and
    taken off; what neither names goes to ``account``.
    """

    permission = Permission.BANKING_POST

    def post(self, request: HttpRequest, movement: int, **kwargs: Any) -> HttpResponse:
        self.require(Permission.OPEN_ITEMS_SETTLE)
        found = get_object_or_404(BankTransaction.of(self.company), pk=movement)
        try:
            typed = read_object(request.body, lists=("payments", "parts"))
            found = booking.waiting(found)
            entry = accepting.accept(
                found, choices=_choices(matched_of(found), typed), by=self.access.user,
                rest=contra_of(typed) if typed.get("account") else (),
                rate=parse_amount(typed["rate"], decimals=RATE_DIGITS, field="rate")
                if typed.get("rate") else None,
            )  # fmt: skip
        except DomainError as refusal:
            return refused(request, JsonResponse({"errors": told(refusal)}))
        return booked_answer(request, self.company, entry)


def _choices(matched: list[Matched], typed: dict[str, Any]) -> list[Choice]:
    parts: dict[int, list[Share]] = {}
    for row in typed.get("parts") or []:
        parts.setdefault(_number(row, "nth"), []).append(
            Share(_number(row, "item"), _amount(row, "paid"), _amount(row, "discount"))
        )
    choices = []
    for row in typed.get("payments") or []:
        nth = _number(row, "nth")
        if nth in parts or row.get("party"):
            party = Party(str(row["party"])[:140]) if row.get("party") else None
            shares = parts.pop(nth, [])
            choice = Choice(nth, shares, charge=_amount(row, "charge"), party=party)
            choices.append(choosing.by_hand(matched, choice))
        elif row.get("key"):
            choices.append(choosing.taken(matched, nth, str(row["key"])))
    choices += [choosing.by_hand(matched, Choice(nth, found)) for nth, found in parts.items()]
    if not choices:
        raise choosing.NothingMatches
    return choices


def _number(row: dict[str, Any], name: str) -> int:
    text = str(row.get(name, ""))
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotUnderstood
    return int(text)


def _amount(row: dict[str, Any], name: str) -> Any:
    return parse_amount(str(row[name]), field=name) if row.get(name) else ZERO


class ItemsToMatch(CompanyView):
    """``/c/{company}/banking/transactions/{movement}/items/?q=``: open items to choose from."""

    permission = Permission.BANKING_READ

    def get(self, request: HttpRequest, movement: int, **kwargs: Any) -> HttpResponse:
        self.require(Permission.OPEN_ITEMS_READ)
        found = get_object_or_404(BankTransaction.of(self.company), pk=movement)
        rows = search(self.company, request.GET.get("q", ""), inward=found.amount > 0)
        return JsonResponse({"items": [
            {"id": item.id, "document": item.document, "party": item.party,
             "due": item.due_date.isoformat(), "currency": item.currency,
             "open": str(item.open_amount), "shown": chf(item.open_amount), "sign": item.sign}
            for item in rows
        ]})  # fmt: skip


class AcceptCertain(CompanyView):
    """``/c/{company}/banking/transactions/certain/``: book all that is certain.

    What the page shows at once, the rest as a job.
    """

    permission = Permission.BANKING_POST

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.OPEN_ITEMS_SETTLE)
        rows = list(waiting(self.company)[: PAGE + 1])
        booked, refusals = accepting.accept_certain(self.company, rows[:PAGE], by=self.access.user)
        for refusal in dict.fromkeys(str(refusal) for refusal in refusals):
            messages.error(request, refusal)
        text = ngettext("%s transaction is booked.", "%s transactions are booked.", booked)
        messages.success(request, text % booked)
        if len(rows) > PAGE and match_later(self.access, asked=True):
            messages.info(request, _("The others are looked through in the background."))
        return redirect("bank-transactions", self.company.pk)
