"""The cash books of a company, and how each is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.cash import books, queries
from accounting.cash.forms import BookForm
from accounting.cash.models import CashBook
from accounting.ledger.queries import year_of
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, refused, tell


class CashBooks(CompanyView):
    """``/c/{company}/cash/``: the books with their balances; a POST adds one."""

    permission = Permission.CASH_READ
    permissions = {"POST": Permission.CASH_CHANGE}
    help_page = "cash-books"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = year_of(self.company, clock.today())
        initial = {"kept_from": year.start if year else clock.today()}
        return self._show(BookForm(company=self.company, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        book = CashBook(company=self.company)
        form = BookForm(request.POST, instance=book, company=self.company)
        if form.is_valid():
            try:
                books.save_book(book, by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("cash-book", self.company.pk, book.pk)
        return refused(request, self._show(form))

    def _show(self, form: BookForm) -> HttpResponse:
        rows = list(queries.books_of(self.company))
        context = {"page_title": _("Cash books"), "form": form,
                   "rows": queries.balances(self.company, rows)}  # fmt: skip
        return render(self.request, "accounting/cash/books.html", context)


class OfBook(CompanyView):
    """A page of one book."""

    permission = Permission.CASH_POST
    help_page = "cash-books"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self._book: CashBook | None = None

    @property
    def book(self) -> CashBook:
        """The book that the address names, or 404."""
        if self._book is None:
            self._book = get_object_or_404(queries.books_of(self.company), pk=self.kwargs["book"])
        return self._book

    @property
    def back(self) -> str:
        return reverse("cash-book", args=[self.company.pk, self.kwargs["book"]])


class EditBook(OfBook):
    """``/c/{company}/cash/{book}/edit/``"""

    permission = Permission.CASH_CHANGE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(BookForm(instance=self.book, company=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = BookForm(request.POST, instance=self.book, company=self.company)
        if form.is_valid():
            try:
                books.save_book(self.book, by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The book is saved."))
                return redirect(self.back)
        return refused(request, self._show(form))

    def _show(self, form: BookForm) -> HttpResponse:
        context = {"page_title": _("Change a cash book"), "form": form, "back_url": self.back,
                   "history_of": self.book}  # fmt: skip
        return render(self.request, "erp/components/form_page.html", context)
