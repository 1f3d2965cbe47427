"""Runs: their list, a new one, one run with its payments, approval and file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.banking.models import BankAccount
from accounting.payments import (
    approving,
    drafting,
    exporting,
    four_eyes,
    payees,
    queries,
    reporting,
)
from accounting.payments.bank_days import next_bank_day
from accounting.payments.checking import Checked, checked
from accounting.payments.digest import digest_of
from accounting.payments.forms import RunForm
from accounting.payments.models import PaymentRun
from accounting.payments.pain.status import LARGEST
from accounting.payments.proposing import balance_of, propose
from accounting.payments.words import reasons_in_words, status_in_words
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import ZERO, typed_amount
from erp.documents.serving import download
from erp.documents.storing import read_upload
from erp.web.dates import read_day
from erp.web.pages import CompanyView, id_of, refused

PAGE: Final = 100
Status = PaymentRun.Status


class PaymentsView(CompanyView):
    """What pages of payments have in common."""

    permission = Permission.PAYMENTS_READ
    permissions = {"POST": Permission.PAYMENTS_PROPOSE}
    help_page = "payments"

    def run(self) -> PaymentRun:
        run: PaymentRun = get_object_or_404(queries.runs_of(self.company), pk=self.kwargs["run"])
        return run

    def here(self) -> HttpResponse:
        return redirect("payment-run", self.company.pk, self.kwargs["run"])


class Overview(PaymentsView):
    """``/c/{company}/payments/``: the runs, the newest first."""

    permissions = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = queries.runs_of(self.company).order_by("-number")
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        waiting = payees.waiting_of(self.company)
        return render(request, "accounting/payments/overview.html",
                      {"page_title": _("Payment runs"), "page": page, "waiting": len(waiting)})  # fmt: skip


class NewRun(PaymentsView):
    """``…/payments/new/``: what would be paid from an account on a day, and why not; then a run of it."""

    permission = Permission.PAYMENTS_PROPOSE
    permissions = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, RunForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form, bank = RunForm(request.POST), self._bank()
        chosen = {id_of(text) for text in request.POST.getlist("item")}
        if bank is None or not form.is_valid():
            return refused(request, self._show(request, form))
        try:
            run = drafting.draft(
                bank, date=self._day("date"), until=self._day("until"), by=self.access.user,
                currency=self._currency(bank), only=chosen, **form.cleaned_data,
            )  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request, form))
        return redirect("payment-run", self.company.pk, run.pk)

    def _asked(self, name: str) -> str:
        return self.request.POST.get(name) or self.request.GET.get(name) or ""

    def _bank(self) -> BankAccount | None:
        banks, asked = queries.banks_of(self.company), self._asked("bank")
        return next((one for one in banks if str(one.pk) == asked), banks[0] if banks else None)

    def _currency(self, bank: BankAccount) -> str:
        asked = self._asked("currency").upper()
        return asked if len(asked) == 3 and asked.isascii() and asked.isalpha() else bank.currency

    def _day(self, name: str) -> dt.date:
        found = read_day(self._asked(name))
        if found is not None:
            return found
        tomorrow = next_bank_day(clock.today() + dt.timedelta(days=1), "CHF")
        return tomorrow if name == "date" else tomorrow + dt.timedelta(days=7)

    def _show(self, request: HttpRequest, form: RunForm) -> HttpResponse:
        bank, banks = self._bank(), queries.banks_of(self.company)
        context: dict[str, Any] = {
            "page_title": _("New payment run"), "banks": banks, "bank": bank, "form": form,
            "date": self._day("date"), "until": self._day("until"),
        }  # fmt: skip
        if bank is not None:
            currency = self._currency(bank)
            found = propose(bank, date=context["date"], until=context["until"], currency=currency)
            context |= {"proposal": found, "currency": currency,
                        "others": found.others[: PAGE * 2]}  # fmt: skip
        return render(request, "accounting/payments/new.html", context)


class RunPage(PaymentsView):
    """``…/payments/runs/{run}/``: its payments, what speaks against them, and what the bank said."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act = _ACTS.get(request.POST.get("do", ""))
        if act is None:
            raise Http404
        try:
            act(self, self.run(), request)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        return self.here()

    def take(self, run: PaymentRun, request: HttpRequest) -> None:
        item = request.POST.get("item")
        drafting.take_out(run, by=self.access.user, payment=id_of(request.POST.get("payment")),
                          item=id_of(item) if item else None)  # fmt: skip

    def amount(self, run: PaymentRun, request: HttpRequest) -> None:
        drafting.set_amount(run, by=self.access.user, item=id_of(request.POST.get("item")),
                            amount=typed_amount(request.POST.get("amount", "")))  # fmt: skip

    def date(self, run: PaymentRun, request: HttpRequest) -> None:
        payment, day = request.POST.get("payment"), read_day(request.POST.get("date"))
        if day is None:
            raise drafting.DayGone(date=request.POST.get("date", ""))
        drafting.set_date(run, by=self.access.user, date=day,
                          payment=id_of(payment) if payment else None)  # fmt: skip

    def reopen(self, run: PaymentRun, request: HttpRequest) -> None:
        approving.reopen(run, by=self.access.user)

    def cancel(self, run: PaymentRun, request: HttpRequest) -> None:
        approving.cancel(run, reason=request.POST.get("reason", ""), by=self.access.user)

    def give_back(self, run: PaymentRun, request: HttpRequest) -> None:
        approving.give_back(run, payment=id_of(request.POST.get("payment")), by=self.access.user)

    def _show(self, request: HttpRequest) -> HttpResponse:
        run = self.run()
        rows = checked(run)
        is_open = run.status in {Status.DRAFT, Status.APPROVED}
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        total = sum((row.payment.amount for row in rows), ZERO)
        balance = balance_of(run.bank_account, run.currency) if is_open else None
        context = {
            "page_title": _("Payment run %s") % run, "run": run, "page": page, "is_open": is_open,
            "rows": [_shown(row, is_open) for row in page], "reports": queries.reports_of(run),
            "faults": sum(bool(row.faults) for row in rows) if is_open else 0,
            "seen": digest_of(run) if run.is_draft else run.digest, "balance": balance,
            "left": None if balance is None else balance - total,
            "said": status_in_words(run.bank_status),
            "waiver": four_eyes.WAIVERS.get(run.waiver, ""),
            "discount": sum(row.discount for row in rows),
        }  # fmt: skip
        return render(request, "accounting/payments/run.html", context)


_ACTS: Final[dict[str, Callable[[RunPage, PaymentRun, HttpRequest], None]]] = {
    "take": RunPage.take, "amount": RunPage.amount, "date": RunPage.date, "reopen": RunPage.reopen,
    "cancel": RunPage.cancel, "give_back": RunPage.give_back,
}  # fmt: skip


def _shown(row: Checked, is_open: bool) -> dict[str, Any]:
    payment = row.payment
    return {
        "payment": payment, "items": row.items, "discount": row.discount,
        "only": row.items[0] if len(row.items) == 1 else None, "faults": row.faults if is_open else (),
        "warnings": row.warnings if is_open else (), "said": status_in_words(payment.bank_status),
        "reasons": reasons_in_words(payment.bank_reasons),
        "is_rejected": payment.bank_status in {"RJCT", "CANC"} and any(i.is_live for i in row.items),
    }  # fmt: skip


class Approve(PaymentsView):
    """``…/runs/{run}/approve/``: what was seen is what is approved; the second factor is asked for."""

    permissions = {"POST": Permission.PAYMENTS_APPROVE}
    step_up = frozenset({"POST"})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            approving.approve(self.run(), seen=request.POST.get("seen", ""), by=self.access.user)
        except DomainError as refusal:
            return _back(self, refusal)
        messages.success(request, _("The run is approved."))
        return self.here()


class Export(PaymentsView):
    """``…/runs/{run}/export/``: the file is made, once; the second factor is asked for."""

    permissions = {"POST": Permission.PAYMENTS_EXPORT}
    step_up = frozenset({"POST"})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            exporting.export(self.run(), by=self.access.user)
        except DomainError as refusal:
            return _back(self, refusal)
        messages.success(
            request, _("The payment file is made. Download it, and send it to the bank.")
        )
        return self.here()


def _back(view: PaymentsView, refusal: DomainError) -> HttpResponse:
    """The run's page with what was refused; nothing of the request is kept."""
    view.tell_all(refusal)
    page = RunPage()
    page.setup(view.request, **view.kwargs)
    page.access, page.company = view.access, view.company
    return refused(view.request, page._show(view.request))


class PaymentFile(PaymentsView):
    """``…/runs/{run}/file/``: the payment file, byte by byte as it was made."""

    permission = Permission.PAYMENTS_EXPORT
    permissions = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.run()
        if run.file is None:
            raise Http404
        return download(run.file)


class StatusReport(PaymentsView):
    """``…/payments/report/``: a status report of the bank (pain.002) is read."""

    permissions = {"POST": Permission.PAYMENTS_EXPORT}
    http_method_names = ["post"]
    largest_file = LARGEST

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        upload = request.FILES.get("file")
        if upload is None:
            raise Http404
        try:
            run = reporting.read_report(self.company, content=read_upload(upload, LARGEST),
                                        name=upload.name or "", by=self.access.user)  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            page = Overview()
            page.setup(request, **self.kwargs)
            page.access, page.company = self.access, self.company
            return refused(request, page.get(request))
        messages.success(request, _("The report is read: %s.") % status_in_words(run.bank_status))
        return redirect("payment-run", self.company.pk, run.pk)
