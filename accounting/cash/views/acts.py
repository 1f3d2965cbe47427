"""What is done less often with a cash book: transfers, card statements, counting, items paid in cash."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.cash import booking, queries, reports
from accounting.cash.counting import count_cash
from accounting.cash.forms import CardForm, CountForm, TransferForm
from accounting.cash.models import CashCount
from accounting.cash.views.books import OfBook
from accounting.ledger.models import JournalEntry
from accounting.open_items.views.paying import PaymentForm, PaymentPage
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.export import answer
from erp.web.pages import refused, tell


class _Act(OfBook):
    """A form that enters one thing, and goes back to the book."""

    title: ClassVar[Any]
    form_class: ClassVar[Any]

    def initial(self) -> dict[str, Any]:
        return {"date": clock.today(), "key": uuid.uuid4().hex}

    def act(self, told: Mapping[str, Any]) -> JournalEntry:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self.form_class(book=self.book, initial=self.initial()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, book=self.book)
        if form.is_valid():
            try:
                entry = self.act(form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Entry %s is posted.") % entry.number)
                return redirect(f"{self.back}?from={entry.date:%Y-%m}-01")
        return refused(request, self._show(form))

    def _show(self, form: Any) -> HttpResponse:
        context = {"page_title": f"{self.book.name}: {self.title}", "form": form,
                   "back_url": self.back, "submit_label": _("Enter")}  # fmt: skip
        return render(self.request, "erp/components/form_page.html", context)


class Transfer(_Act):
    """``/c/{company}/cash/{book}/transfer/``"""

    title = gettext_lazy("Transfer")
    form_class = TransferForm

    def act(self, told: Mapping[str, Any]) -> JournalEntry:
        amount = told["amount"] if told["way"] == "in" else -told["amount"]
        return booking.transfer(
            book=self.book, date=told["date"], amount=amount, other=told["other"],
            text=told["text"], rate=told.get("rate"), key=told["key"], by=self.access.user,
        )  # fmt: skip


class CardStatement(_Act):
    """``/c/{company}/cash/{book}/card/``"""

    title = gettext_lazy("Card statement")
    form_class = CardForm

    def act(self, told: Mapping[str, Any]) -> JournalEntry:
        return booking.settle_card(
            book=self.book, until=told["until"], amount=told["amount"], date=told["date"],
            rate=told.get("rate"), key=told["key"], by=self.access.user,
        )  # fmt: skip


class CountPage(OfBook):
    """``/c/{company}/cash/{book}/count/``: what was counted, and counting."""

    permission = Permission.CASH_READ
    permissions = {"POST": Permission.CASH_POST}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(CountForm(book=self.book, initial={"date": clock.today()}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = CountForm(request.POST, book=self.book)
        if form.is_valid():
            try:
                count = count_cash(book=self.book, by=self.access.user, **form.told())
            except DomainError as refusal:
                tell(form, refusal)
            else:
                said = _("The cash is counted; it agrees with the book.")
                if count.difference:
                    said = (
                        _("The cash is counted; the difference is %s.") % f"{count.difference:.2f}"
                    )
                messages.success(request, said)
                return redirect("cash-count", self.company.pk, self.book.pk)
        return refused(request, self._show(form))

    def _show(self, form: CountForm) -> HttpResponse:
        context = {
            "page_title": f"{self.book.name}: {_('Cash count')}", "form": form, "book": self.book,
            "back_url": self.back, "counts": queries.counts_of(self.book)[:50],
            "expected": queries.balance_on(self.book, clock.today()),
        }  # fmt: skip
        return render(self.request, "accounting/cash/count.html", context)


class CountFile(OfBook):
    """``/c/{company}/cash/{book}/counts/{count}/?format=pdf``: the record of a count, to be signed."""

    permission = Permission.CASH_READ

    def get(self, request: HttpRequest, count: int, **kwargs: Any) -> HttpResponse:
        rows = CashCount.of(self.company).select_related(
            "book__account", "book__company", "created_by"
        )
        found = get_object_or_404(rows, pk=count, book=self.book)
        self.require(Permission.LEDGER_EXPORT)
        form = request.GET.get("format", "pdf")
        return answer(form, reports.count_table(found), company=self.company)


class PayItems(OfBook, PaymentPage):
    """``/c/{company}/cash/{book}/receivables/`` and ``…/payables/``: items paid from or into the book."""

    permission = Permission.CASH_POST
    help_page = "cash-books"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_book()
        return super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_book()
        return super().post(request, **kwargs)

    def _require_book(self) -> None:
        """A 404 where there is none, whether or not anything asks for it afterwards."""
        self.require(Permission.OPEN_ITEMS_SETTLE)
        _there = self.book

    def form(self, **told: Any) -> PaymentForm:
        """The book is the account that is paid on."""
        form = super().form(**told)
        account = form.fields["account"]
        account.queryset = account.queryset.filter(pk=self.book.account_id)  # type: ignore[attr-defined]
        account.empty_label = None  # type: ignore[attr-defined]
        return form

    def settle(self, told: Mapping[str, Any], wish: dict[str, Any]) -> JournalEntry:
        money = wish.pop("money")
        return booking.settle_items(
            book=self.book, by=self.access.user, amount=money.amount, base=money.base,
            text=told["text"], key=told["key"], **wish,
        )  # fmt: skip

    def done(self, entry: JournalEntry) -> HttpResponse:
        return redirect(f"{self.back}?from={entry.date:%Y-%m}-01")
