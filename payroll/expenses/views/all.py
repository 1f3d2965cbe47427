"""The claims of all: looked at, approved, sent back, booked; and the kinds of expenses."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.ledger.lookups import offered
from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web import pictures
from erp.web.keyed import page_by_key
from erp.web.pages import CompanyView, id_of, id_or_none, refused, tell
from payroll.expenses import booking, claiming, deciding, kinds, queries
from payroll.expenses.forms import BillForm, KindForm, KindRateForm
from payroll.expenses.models import ExpenseClaim, ExpenseKind, ExpenseRate
from payroll.expenses.views.own import receipt_of
from payroll.runs.views.common import read_month, this_month
from vat.codes.models import CodeKind

PAGE: Final = 50
_State = ExpenseClaim.State


class AllClaims(CompanyView):
    """``/c/{company}/expenses/all/?state=``: the claims of all; those that wait by default."""

    permission = Permission.EXPENSES_READ
    help_page = "expenses"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        state = request.GET.get("state", _State.SUBMITTED)
        state = state if state in _State.values else ""
        rows = queries.claims(self.company, state=state)
        page = page_by_key(
            rows, among=ExpenseClaim.of(self.company), column="number", down=True, size=PAGE,
            after=id_or_none(request.GET.get("after")), before=id_or_none(request.GET.get("before")),
        )  # fmt: skip
        totals = ExpenseClaim.of(self.company).filter(**{"state": state} if state else {})
        context = {"page_title": _("Expense claims"), "page": page, "state": state,
                   "states": _State.choices, "is_own": False,
                   "total": totals.aggregate(Sum("total"))["total__sum"]}  # fmt: skip
        return render(request, "payroll/expenses/list.html", context)


class OfClaim(CompanyView):
    """A page of anybody's claim."""

    permission = Permission.EXPENSES_READ
    help_page = "expenses"

    def found(self) -> ExpenseClaim:
        found: ExpenseClaim = get_object_or_404(
            queries.claims(self.company), pk=self.kwargs["claim"]
        )
        return found


class ClaimPage(OfClaim):
    """``/c/{company}/expenses/all/{claim}/``; a POST approves it or sends it back."""

    permissions = {"POST": Permission.EXPENSES_APPROVE}

    def get(self, request: HttpRequest, claim: int, **kwargs: Any) -> HttpResponse:
        found = self.found()
        payee = booking.payee_of(found) if found.state == _State.APPROVED else None
        initial = {"date": clock.today(), "contact": payee.number if payee else None}
        context = {
            "page_title": str(found), "claim": found, "is_own": False,
            "lines": claiming.lines_of(found), "month": this_month(),
            "bill": BillForm(company=self.company, initial=initial),
        }  # fmt: skip
        return render(request, "payroll/expenses/claim.html", context)

    def post(self, request: HttpRequest, claim: int, **kwargs: Any) -> HttpResponse:
        found, do = self.found(), request.POST.get("do")
        seen = id_or_none(request.POST.get("version")) or 0
        try:
            if do == "approve":
                deciding.approve(found, by=self.access.user, version=seen)
            elif do == "reject":
                reason = request.POST.get("reason", "")
                deciding.reject(found, reason=reason, by=self.access.user, version=seen)
            else:
                raise Http404
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _("The claim is approved.") if do == "approve"
                             else _("The claim is sent back."))  # fmt: skip
        return redirect("expense-claim", self.company.pk, found.pk)


class BookClaim(OfClaim):
    """``…/expenses/all/{claim}/book/``: as a bill, with the wage, or taken back (``do``)."""

    permission = Permission.EXPENSES_POST

    def post(self, request: HttpRequest, claim: int, **kwargs: Any) -> HttpResponse:
        found, do, by = self.found(), request.POST.get("do"), self.access.user
        try:
            if do == "bill":
                form = BillForm(request.POST, company=self.company)
                if not form.is_valid():
                    for errors in form.errors.values():
                        messages.error(request, " ".join(map(str, errors)))
                    return redirect("expense-claim", self.company.pk, found.pk)
                booking.book_as_bill(found, by=by, **form.cleaned_data)
            elif do in {"movement", "take_back"}:
                self._with_payroll(found, do)
            else:
                raise Http404
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _("The booking is taken back.") if do == "take_back"
                             else _("The claim is booked."))  # fmt: skip
        return redirect("expense-claim", self.company.pk, found.pk)

    def _with_payroll(self, claim: ExpenseClaim, do: str) -> None:
        """Movements are payroll's: who changes them has the right to."""
        if not self.access.may(Permission.PAYROLL_CAPTURE):
            raise PermissionDenied
        if do == "take_back":
            booking.take_back(claim, by=self.access.user)
            return
        month = read_month(self.request.POST.get("month")) or this_month()
        booking.book_as_movement(claim, month=month, by=self.access.user)


class ClaimReceipt(OfClaim):
    """``…/expenses/all/{claim}/receipts/{line}/?width=``"""

    def get(self, request: HttpRequest, claim: int, line: int, **kwargs: Any) -> HttpResponse:
        return pictures.shown(request, receipt_of(self.found(), line))


class Kinds(CompanyView):
    """``/c/{company}/expenses/kinds/``: what may be claimed; a POST adds a kind."""

    permission = Permission.EXPENSES_READ
    permissions = {"POST": Permission.EXPENSES_SETTINGS}
    help_page = "expense-kinds"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(KindForm(kind=ExpenseKind(company=self.company)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = KindForm(request.POST, kind=ExpenseKind(company=self.company))
        if form.is_valid():
            try:
                made = kinds.save_kind(form.applied(), by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("expense-kind", self.company.pk, made.pk)
        return refused(request, self._show(form))

    def _show(self, form: KindForm) -> HttpResponse:
        on = clock.today()
        rates = {one.kind.pk: one.rate for one in queries.offered(self.company, on)}
        rows = [(one, rates.get(one.pk)) for one in queries.kinds(self.company)]
        context = {
            "page_title": _("Kinds of expenses"),
            "form": form,
            "rows": rows,
            **choices(self),
        }
        return render(self.request, "payroll/expenses/kinds.html", context)


class KindPage(CompanyView):
    """``/c/{company}/expenses/kinds/{expense}/``: a kind, and its flat rates."""

    permission = Permission.EXPENSES_READ
    permissions = {"POST": Permission.EXPENSES_SETTINGS}
    help_page = "expense-kinds"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self._found(), None, None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found, do, by = self._found(), request.POST.get("do"), self.access.user
        form = KindForm(request.POST, kind=found) if do == "save" else None
        rate = KindRateForm(request.POST) if do == "rate" else None
        try:
            if do == "delete":
                kinds.delete_kind(found, by=by)
                return redirect("expense-kinds", self.company.pk)
            if gone := request.POST.get("delete_rate"):
                rows = ExpenseRate.of(self.company).select_related("company", "kind")
                kinds.delete_rate(get_object_or_404(rows, pk=id_of(gone), kind=found), by=by)
            elif form is not None and form.is_valid():
                kinds.save_kind(form.applied(), by=by)
            elif rate is not None and rate.is_valid():
                kinds.add_rate(found, by=by, **rate.cleaned_data)
            else:
                return refused(request, self._show(self._found(), form, rate))
        except DomainError as refusal:
            if refusal.conflict:
                raise
            tell(form or rate or KindRateForm(), refusal)
            return refused(request, self._show(self._found(), form, rate))
        messages.success(request, _("The kind of expense is saved."))
        return redirect("expense-kind", self.company.pk, found.pk)

    def _found(self) -> ExpenseKind:
        found: ExpenseKind = get_object_or_404(
            queries.kinds(self.company), pk=self.kwargs["expense"]
        )
        return found

    def _show(
        self, kind: ExpenseKind, form: KindForm | None, rate: KindRateForm | None
    ) -> HttpResponse:
        context = {
            "page_title": str(kind), "kind": kind, "form": form or KindForm(kind=kind),
            "rate": rate or KindRateForm(initial={"valid_from": clock.today().replace(month=1, day=1)}),
            "rates": list(queries.rates_of(self.company, kind.pk)), **choices(self),
        }  # fmt: skip
        return render(self.request, "payroll/expenses/kind.html", context)


def choices(view: CompanyView) -> dict[str, Any]:
    """What the fields of a kind offer."""
    accounts = Account.of(view.company).order_by("number")
    return offered(view.company, accounts=accounts, kinds=frozenset({CodeKind.INPUT}))
