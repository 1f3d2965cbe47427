"""Runs: their list, a new one, one run with its people, its totals and what becomes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.banking.models import BankAccount
from accounting.payments import four_eyes
from accounting.payments.bank_days import next_bank_day
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.jobs.models import Job
from erp.jobs.starting import start
from erp.web.dates import read_day
from erp.web.export import answer, as_file
from erp.web.pages import id_of, refused
from payroll.runs import (
    approving,
    beginning,
    booking,
    correcting,
    jobs,
    papers,
    paying,
    queries,
    recap,
)
from payroll.runs.digest import digest_of_run
from payroll.runs.models import PayrollRun, Payslip, WageOrder
from payroll.runs.refusals import BadDay, Tampered
from payroll.runs.views.common import RunsView, read_month, this_month
from payroll.wage_types.queries import names_of

PAGE: Final = 100
Status = PayrollRun.Status


class Overview(RunsView):
    """``/c/{company}/payroll/runs/``: the runs, the newest first; a new one is begun here."""

    permissions = {"POST": Permission.PAYROLL_RUN}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        month = read_month(request.POST.get("month"))
        try:
            if month is None:
                raise BadDay(field="month", value=request.POST.get("month", ""), month="–")
            run = beginning.begin(company=self.company, month=month, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        return redirect("payroll-run", self.company.pk, run.pk)

    def _show(self, request: HttpRequest) -> HttpResponse:
        rows = queries.runs_of(self.company).order_by("-month", "-pk")
        last = rows.filter(kind=PayrollRun.Kind.REGULAR).exclude(status=Status.CANCELLED).first()
        after = (last.month + dt.timedelta(days=32)).replace(day=1) if last else this_month()
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        return render(request, "payroll/runs/overview.html", {
            "page_title": _("Payroll runs"), "page": page, "next_month": after,
        })  # fmt: skip


class RunPage(RunsView):
    """``…/payroll/runs/{run}/``: its people with findings and differences, and what can be done."""

    permissions = {"POST": Permission.PAYROLL_RUN}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act = _ACTS.get(request.POST.get("do", ""))
        if act is None:
            raise Http404
        try:
            found = act(self, self.run(), request)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        return self.here(found)

    def calculate(self, run: PayrollRun, request: HttpRequest) -> None:
        if run.is_correction:
            correcting.recalculate(run, by=self.access.user)
        else:
            jobs.begin(run, by=self.access.user)

    def reopen(self, run: PayrollRun, request: HttpRequest) -> None:
        beginning.reopen(run, by=self.access.user)

    def cancel(self, run: PayrollRun, request: HttpRequest) -> None:
        beginning.cancel(run, reason=request.POST.get("reason", ""), by=self.access.user)

    def days(self, run: PayrollRun, request: HttpRequest) -> None:
        told = {name: read_day(request.POST.get(name)) for name in ("date", "pay_date")}
        for name, day in told.items():
            if day is None:
                raise BadDay(field=name, value=request.POST.get(name, ""), month=str(run))
        beginning.set_days(run, by=self.access.user, **told)  # type: ignore[arg-type]

    def correct(self, run: PayrollRun, request: HttpRequest) -> PayrollRun:
        return correcting.begin_correction(run, by=self.access.user)

    def slips(self, run: PayrollRun, request: HttpRequest) -> None:
        start(jobs.SLIPS, company=self.company, by=self.access.user, arguments={"run": run.pk})

    def _show(self, request: HttpRequest) -> HttpResponse:
        run = self.run()
        slips = queries.slips_of(run)
        page = Paginator(slips, PAGE).get_page(request.GET.get("page"))
        rows = queries.person_rows(run, list(page.object_list))
        job, orders = job_of(run), paying.orders_of(run)
        context: dict[str, Any] = {
            "page_title": _("Payroll run %s") % run, "run": run, "page": page, "rows": rows,
            "totals": recap.totals_of(one.content for one in slips), "job": job,
            "seen": digest_of_run(run) if run.status == Status.DRAFT else run.digest,
            "waiver": four_eyes.WAIVERS.get(run.waiver, ""), "orders": orders,
            "at_bank": [one for one in orders if one.recalled_at is None],
            "banks": BankAccount.of(self.company).filter(currency="CHF").order_by("name"),
            "stopped": sum(bool(one.findings) for one in slips),
            "pay_on": _pay_on(run), "corrections": run.corrections.order_by("pk"),
            "papers": Payslip.of(self.company).filter(run=run, paper=None).count(),
        }  # fmt: skip
        if job is not None:
            where = [self.company.pk, job.pk]
            context["urls"] = {name: reverse(f"job-{name}", args=where)
                               for name in ("progress", "file", "cancel")}  # fmt: skip
        self.note(len(rows))
        return render(request, "payroll/runs/run.html", context)


def job_of(run: PayrollRun) -> Job | None:
    """The newest job of a run that is not over."""
    rows = Job.of_place(run.company_id).filter(
        kind__in=[jobs.CALCULATE, jobs.SLIPS], arguments__run=run.pk, finished_at=None
    )
    found: Job | None = rows.order_by("-pk").first()
    return found


def _pay_on(run: PayrollRun) -> dt.date:
    day = max(run.pay_date, clock.today())
    return next_bank_day(day, "CHF")


_ACTS: Final[dict[str, Callable[[RunPage, PayrollRun, HttpRequest], PayrollRun | None]]] = {
    "calculate": RunPage.calculate, "reopen": RunPage.reopen, "cancel": RunPage.cancel,
    "days": RunPage.days, "correct": RunPage.correct, "slips": RunPage.slips,
}  # fmt: skip


class Decide(RunsView):
    """What wants the second factor, or another right: one act, then back to the run."""

    http_method_names = ["post"]
    done: Any = ""

    def act(self, run: PayrollRun, request: HttpRequest) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            self.act(self.run(), request)
        except DomainError as refusal:
            self.tell_all(refusal)
            page = RunPage()
            page.setup(self.request, **self.kwargs)
            page.access, page.company = self.access, self.company
            return refused(request, page._show(request))
        messages.success(request, self.done)
        return self.here()


class Approve(Decide):
    """``…/runs/{run}/approve/``: what was seen is what is approved."""

    permission = Permission.PAYROLL_APPROVE
    step_up = frozenset({"POST"})
    done = gettext_lazy("The run is approved.")

    def act(self, run: PayrollRun, request: HttpRequest) -> None:
        approving.approve(run, seen=request.POST.get("seen", ""), by=self.access.user)


class Post(Decide):
    """``…/runs/{run}/post/``: the run is posted and frozen."""

    permission = Permission.PAYROLL_POST
    done = gettext_lazy("The run is posted.")

    def act(self, run: PayrollRun, request: HttpRequest) -> None:
        booking.post(run, by=self.access.user, date=read_day(request.POST.get("date")))


class Undo(Decide):
    """``…/runs/{run}/undo/``: the entry of the last run is reversed."""

    permission = Permission.PAYROLL_POST
    step_up = frozenset({"POST"})
    done = gettext_lazy("The run is taken back; its entry is reversed.")

    def act(self, run: PayrollRun, request: HttpRequest) -> None:
        booking.undo(run, reason=request.POST.get("reason", ""), by=self.access.user,
                     date=read_day(request.POST.get("date")))  # fmt: skip


class Pay(Decide):
    """``…/runs/{run}/pay/``: the payment files are made, once."""

    permission = Permission.PAYROLL_PAY
    step_up = frozenset({"POST"})
    done = gettext_lazy("The payment file is made. Download it, and send it to the bank.")

    def act(self, run: PayrollRun, request: HttpRequest) -> None:
        bank = get_object_or_404(BankAccount.of(self.company).select_related("account"),
                                 pk=id_of(request.POST.get("bank")))  # fmt: skip
        date = read_day(request.POST.get("date"))
        if date is None:
            raise BadDay(value=request.POST.get("date", ""), month=str(run))
        paying.pay(run, bank=bank, date=date, by=self.access.user)


class Recall(Decide):
    """``…/runs/{run}/recall/``: payment files that the bank shall not execute are given up."""

    permission = Permission.PAYROLL_PAY
    step_up = frozenset({"POST"})
    done = gettext_lazy(
        "The payment file is given up. Make sure that the bank does not execute it."
    )

    def act(self, run: PayrollRun, request: HttpRequest) -> None:
        paying.recall(run, reason=request.POST.get("reason", ""), by=self.access.user)


class PaymentFile(RunsView):
    """``…/runs/{run}/orders/{order}/``: a payment file; each time the second factor is asked for."""

    permission = Permission.PAYROLL_PAY
    step_up = frozenset({"GET", "POST"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        order = get_object_or_404(
            WageOrder.of(self.company).select_related("run", "bank_account", "company"),
            run=self.kwargs["run"], pk=self.kwargs["order"],
        )  # fmt: skip
        content = paying.taken_along(order, by=self.access.user)
        return as_file(content, "application/xml", paying.file_name(order))


class Recap(RunsView):
    """``…/runs/{run}/recap/``: totals by wage type and insurance, and the entry they make."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.run()
        contents = [one.content for one in queries.slips_of(run)]
        self.note(len(contents))
        lines, missing = [], ""
        try:
            lines = booking.lines_for(self.company, contents, date=run.date)[1] if contents else []
        except DomainError as refusal:
            missing = str(refusal)
        return render(request, "payroll/runs/recap.html", {
            "page_title": _("Totals of the run %s") % run, "run": run, "lines": lines,
            "types": recap.by_type(contents, names_of(self.company)), "charges": recap.by_charge(contents),
            "totals": recap.totals_of(contents), "missing": missing,
        })  # fmt: skip


class RecapFile(RunsView):
    """``…/runs/{run}/recap/{form}/``: the totals to be taken along, with the second factor used minutes ago."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.run()
        contents = [one.content for one in queries.slips_of(run)]
        self.note(len(contents), kind="export")
        table = recap.recap_table(run, contents, names_of(self.company))
        return answer(self.kwargs["form"], table, company=self.company)


class AllSlips(RunsView):
    """``…/runs/{run}/slips.pdf``: all slips as one PDF; those that are made."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.run()
        self.note(run.people, kind="export")  # type: ignore[attr-defined]
        try:
            content = papers.whole_pdf(run)
        except Tampered:
            raise
        except DomainError as refusal:  # none is made yet
            self.tell_all(refusal)
            return redirect("payroll-run", self.company.pk, run.pk)
        return as_file(content, "application/pdf",
                       f"{self.company.short_name}-{run.month:%Y-%m}.pdf")  # fmt: skip
