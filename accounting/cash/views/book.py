"""A cash book: its rows, the row that is entered next, and undoing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.cash import booking, queries, reports
from accounting.cash.booking import Share
from accounting.cash.views.books import OfBook
from accounting.ledger import queries as ledger
from accounting.ledger.lookups import offered
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.typed import day_of
from accounting.ledger.views.entering import told
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import RATE_DIGITS, ZERO, parse_amount
from erp.documents import storing
from erp.web.bodies import read_object
from erp.web.dates import read_day
from erp.web.export import Table, answer
from erp.web.pages import refused
from vat.codes.models import CodeKind
from vat.codes.queries import is_liable_on

VIEWS = ("rows", "days", "months")


class BookPage(OfBook):
    """``/c/{company}/cash/{book}/?from=…&until=…&q=…&by=rows|days|months``; a POST (JSON) enters a row."""

    permission = Permission.CASH_READ
    permissions = {"POST": Permission.CASH_POST}
    largest_together = storing.LARGEST_TOGETHER

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        start, end = self._span()
        found = queries.page(self.book, start=start, end=end)
        by = request.GET.get("by", "rows")
        by = by if by in VIEWS else "rows"
        sums = {"days": found.by_day, "months": found.by_month}.get(by, list)()
        if form := request.GET.get("format", ""):
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, self._table(found, by), company=self.company)
        search = request.GET.get("q", "").strip()[:60]
        rows = found.found(search) if search else found.rows
        context = {
            "page_title": self.book.name, "book": self.book, "found": found, "by": by,
            "sums": sums, "rows": rows, "q": search, "undoable": self._undoable(rows),
            "last_count": queries.counts_of(self.book).first(),
            "before": _month_of(start - dt.timedelta(days=1)),
            "after": _month_of(end + dt.timedelta(days=1)),
            "next_date": found.rows[-1].date if found.rows else max(start, min(clock.today(), end)),
            **(self._mask() if self.access.may(Permission.CASH_POST) else {}),
        }  # fmt: skip
        return render(request, "accounting/cash/book.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            typed = read_object(request.POST.get("entry", ""), lists=("parts",))
            files = [
                storing.store(company=self.company, name=upload.name or "file", by=self.access.user,
                              content=storing.read_upload(upload))
                for upload in request.FILES.getlist("voucher_file")
            ]  # fmt: skip
            entry = booking.record(
                book=self.book, by=self.access.user, files=files, **wish_of(typed)
            )
        except DomainError as refusal:
            return refused(request, JsonResponse({"errors": told(refusal)}))
        return JsonResponse({
            "id": entry.pk, "number": entry.number, "voucher": entry.voucher,
            "url": reverse("entry", args=[self.company.pk, entry.pk]),
            "said": _("%(voucher)s of %(day)s is entered.")
            % {"voucher": entry.voucher, "day": swiss_date(entry.date)},
        })  # fmt: skip

    def _span(self) -> tuple[dt.date, dt.date]:
        """What was asked for; by default this month."""
        asked = self.request.GET
        start = read_day(asked.get("from")) or clock.today().replace(day=1)
        end = read_day(asked.get("until")) or _month_of(start)[1]
        return start, max(start, end)

    def _table(self, found: queries.BookPage, by: str) -> Table:
        if by == "rows":
            return reports.book_table(found)
        sums = found.by_day() if by == "days" else found.by_month()
        return reports.sums_table(found, sums, monthly=by == "months")

    def _undoable(self, rows: list[queries.BookRow]) -> set[int]:
        """The entries of these rows that were entered here and stand."""
        if not self.access.may(Permission.CASH_POST):
            return set()
        found = JournalEntry.of(self.company).filter(
            pk__in=[row.entry for row in rows], reversals=None,
            source_key__startswith=f"{booking.PREFIX}{self.book.pk}:",
        )  # fmt: skip
        return set(found.exclude(kind=JournalEntry.Kind.REVERSAL).values_list("pk", flat=True))

    def _mask(self) -> dict[str, Any]:
        """What the row that is entered next offers."""
        today = clock.today()
        accounts = Account.of(self.company).select_related("vat_code").order_by("number")
        mine = self.book.account.number
        history = [
            [text, credit if debit == mine else debit, code, centre]
            for text, debit, credit, code, centre in ledger.history(self.company)
            if mine in (debit, credit)
        ]
        return {
            **offered(self.company, accounts=Account.of(self.company).none(),
                      kinds=frozenset(CodeKind)),
            "accounts": [
                [a.number, a.name, a.vat_code.code if a.vat_code else "", a.currency, a.type]
                for a in accounts
                if a.pk != self.book.account_id and (a.blocked_from is None or a.blocked_from > today)
                and not (a.control and self.company.uses(a.control))
            ],
            "history": history, "uses_vat": is_liable_on(self.company, today), "today": today,
        }  # fmt: skip


class UndoEntry(OfBook):
    """``/c/{company}/cash/{book}/entries/{entry}/undo/``"""

    def post(self, request: HttpRequest, entry: int, **kwargs: Any) -> HttpResponse:
        rows = JournalEntry.of(self.company).select_related("company")
        found = get_object_or_404(rows, pk=entry)
        try:
            if found.source == JournalEntry.Source.ITEMS:
                self.require(Permission.OPEN_ITEMS_SETTLE)
            mirror = booking.undo(book=self.book, entry=found, by=self.access.user,
                                  date=clock.today())  # fmt: skip
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Entry %(old)s is reversed by entry %(new)s.")
                             % {"old": found.number, "new": mirror.number})  # fmt: skip
        return redirect(f"{self.back}?from={found.date:%Y-%m}-01")


def wish_of(typed: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the page sends it, as ``booking.record`` takes it. Raises what is wrong with a value."""

    def amount(row: Mapping[str, Any], name: str) -> Decimal:
        text = str(row.get(name) or "")
        return parse_amount(text, field=name) if text else ZERO

    receipt, payment = amount(typed, "receipt"), amount(typed, "payment")
    parts = [part for part in typed.get("parts") or [] if part.get("account") or part.get("amount")]
    shares = [_share(part, amount(part, "amount")) for part in parts]
    rest = abs(receipt - payment) - sum((share.amount for share in shares), ZERO)
    if rest or not shares:
        shares.insert(0, _share(typed, rest, text=""))
    rate = str(typed.get("rate") or "")
    return {
        "date": day_of(typed.get("date", "")), "text": str(typed.get("text") or "")[:200],
        "amount": receipt - payment, "shares": shares, "key": str(typed.get("once") or "")[:60],
        "rate": parse_amount(rate, decimals=RATE_DIGITS, field="rate") if rate else None,
    }  # fmt: skip


def _share(row: Mapping[str, Any], amount: Decimal, text: str | None = None) -> Share:
    def told(name: str) -> str:
        return str(row.get(name) or "").strip()

    return Share(
        account=told("account"), amount=amount, text=told("text")[:200] if text is None else text,
        vat_code=told("vat_code"), cost_centre=told("cost_centre"), cost_object=told("cost_object"),
    )  # fmt: skip


def _month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    start = day.replace(day=1)
    return start, (start + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
