"""What is to be dunned, a run with its letters, and one letter."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from csp.decorators import csp_replace
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounting.receivables import paper
from accounting.receivables.dunning import archiving, cancelling, gathering, queries, running
from accounting.receivables.dunning.jobs import begin_letters, letters_job
from accounting.receivables.dunning.models import DunningNotice, DunningRun
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.filetypes import PDF
from erp.documents.serving import original
from erp.jobs.models import State
from erp.mails.queries import mails_about
from erp.web.dates import read_day
from erp.web.pages import CompanyView, id_of, refused

PAGE: Final = 50
RUNS: Final = 20
Status = DunningRun.Status


class DunningView(CompanyView):
    """What pages of dunning have in common."""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_DUN}
    help_page = "dunning"

    def day(self) -> dt.date:
        return read_day(self.request.GET.get("on")) or clock.today()

    def run(self) -> DunningRun:
        runs = queries.runs_of(self.company).select_related("company", "batch", "executed_by",
                                                            "cancelled_by")  # fmt: skip
        run: DunningRun = get_object_or_404(runs, pk=self.kwargs["run"])
        return run

    def notice(self) -> DunningNotice:
        notices = queries.notices_of(self.company)
        notice: DunningNotice = get_object_or_404(notices, pk=self.kwargs["notice"])
        return notice


class Overview(DunningView):
    """``/c/{company}/receivables/dunning/``: what would be dunned on a day, by customer, and why not."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            day = read_day(request.POST.get("date")) or clock.today()
            run = running.draft(self.company, date=day, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        return redirect("dunning-run", self.company.pk, run.pk)

    def _show(self, request: HttpRequest) -> HttpResponse:
        plan = gathering.plan_on(self.company, self.day())
        rows = (*plan.letters, *plan.quiet)
        context = {
            "page_title": _("Dunning"), "plan": plan, "on": plan.day,
            "page": Paginator(rows, PAGE * 4).get_page(request.GET.get("page")),
            "levels": queries.by_level(plan), "runs": list(queries.runs_of(self.company)
                                                           .order_by("-date", "-pk")[:RUNS]),
            "is_set_up": bool(gathering.rules_of(self.company)),
        }  # fmt: skip
        return render(request, "accounting/receivables/dunning/overview.html", context)


class RunPage(DunningView):
    """``/c/{company}/receivables/dunning/runs/{run}/``: a draft explains each line; then its letters."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.run()
        if run.status == Status.DISCARDED:
            raise Http404
        return self._show(request, run)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run, by, do = self.run(), self.access.user, request.POST.get("do", "")
        try:
            if do == "execute":
                notices = running.execute(run, by=by, seen=request.POST.get("seen", ""))
                begin_letters(run, by=by)
                messages.success(request, _("%s letters are written.") % len(notices))
            elif do == "letters":
                begin_letters(run, by=by)
            elif do == "discard":
                running.discard(run, by=by)
                return redirect("dunning", self.company.pk)
            elif do == "cancel":
                cancelling.cancel(run, by=by, reason=request.POST.get("reason", ""))
            elif do in {"leave", "back"}:
                item, contact = request.POST.get("item"), request.POST.get("contact")
                running.leave_out(run, by=by, item=id_of(item) if item else None,
                                  contact=id_of(contact) if contact else None, back=do == "back")  # fmt: skip
            else:
                raise Http404
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request, self.run()))
        return redirect(request.get_full_path())

    def _show(self, request: HttpRequest, run: DunningRun) -> HttpResponse:
        context: dict[str, Any] = {"page_title": _("Dunning run of %s") % run, "run": run}
        if run.status == Status.DRAFT:
            plan = running.preview(run)
            faults = {
                (one.letter.customer.contact, one.letter.currency): one.faults
                for one in running.written(self.company, plan, draft=True) if one.faults
            }  # fmt: skip
            letters = Paginator(plan.letters, PAGE).get_page(request.GET.get("page"))
            rows = [(one, faults.get((one.customer.contact, one.currency), ())) for one in letters]
            context |= {"plan": plan, "page": letters, "rows": rows, "faults": len(faults),
                        "levels": queries.by_level(plan), "quiet": plan.quiet[: PAGE * 4]}  # fmt: skip
            return render(request, "accounting/receivables/dunning/draft.html", context)
        notices = queries.notices_of(self.company).filter(run=run).order_by("number")
        page = Paginator(notices, PAGE * 2).get_page(request.GET.get("page"))
        job = letters_job(run)
        context |= {"page": page, "notices": queries.with_mails(self.company, page), "job": job,
                    "came_to_nothing": run.status == Status.EXECUTED and (
                        job is None or job.state in {State.FAILED, State.CANCELLED})}  # fmt: skip
        if job is not None:
            where = [self.company.pk, job.pk]
            context["urls"] = {name: reverse(f"job-{name}", args=where)
                               for name in ("progress", "file", "cancel")}  # fmt: skip
        return render(request, "accounting/receivables/dunning/run.html", context)


class RunBatch(DunningView):
    """``…/runs/{run}/print/``: all letters that go out on paper, as one PDF."""

    permissions = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.run()
        if run.batch is None:
            raise Http404
        return original(run.batch, download="download" in request.GET)


class DraftLetter(DunningView):
    """``…/runs/{run}/letters/{contact}/{currency}/``: a letter of a draft, with a watermark."""

    permissions = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.run()
        found = running.draft_paper(run, contact=kwargs["contact"], currency=kwargs["currency"])
        if found is None:
            raise Http404
        return HttpResponse(paper.pdf(found), content_type=PDF)


class NoticePage(DunningView):
    """``/c/{company}/receivables/dunning/letters/{notice}/``: a letter and what it demanded."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            cancelling.cancel_notice(self.notice(), by=self.access.user,
                                     reason=request.POST.get("reason", ""))  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        messages.success(request, _("The letter is cancelled."))
        return redirect("dunning-letter", self.company.pk, self.kwargs["notice"])

    def _show(self, request: HttpRequest) -> HttpResponse:
        notice = self.notice()
        context = {"page_title": f"{notice.title} {notice.number}", "notice": notice,
                   "items": queries.items_of(notice), "mails": mails_about(self.access, notice)}  # fmt: skip
        return render(request, "accounting/receivables/dunning/letter.html", context)


class NoticeFile(DunningView):
    """``…/letters/{notice}/pdf/``: the letter as it went out."""

    permissions = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        notice = self.notice()
        if notice.file is not None:
            return original(notice.file, download="download" in request.GET)
        made = paper.pdf(archiving.Stationery(self.company).paper(notice))
        return HttpResponse(made, content_type=PDF)


#: A letter may be shown in a frame of our own pages, and can do nothing there.
notice_file = xframe_options_sameorigin(
    csp_replace({"default-src": ["'none'"], "img-src": ["'self'"], "object-src": ["'self'"],
                 "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]})(
        NoticeFile.as_view()
    )
)  # fmt: skip
