"""One slip: each line with its reasons, its PDF, and that person calculated anew."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.export import as_file
from erp.web.pages import refused
from payroll.runs import calculating, keeping, papers, queries
from payroll.runs.digest import require_untouched
from payroll.runs.models import Payslip
from payroll.runs.views.common import RunsView
from payroll.runs.words import why_in_words
from payroll.setup.models import PayrollSettings
from payroll.setup.words import insurance_name


class OfSlip(RunsView):
    """A page of a slip of a run."""

    def slip(self) -> Payslip:
        slip: Payslip = get_object_or_404(
            Payslip.of(self.company).select_related("run", "employee").defer("paper"),
            run=self.kwargs["run"], pk=self.kwargs["slip"],
        )  # fmt: skip
        slip.run.company = self.company
        return slip


class SlipPage(OfSlip):
    """``…/runs/{run}/slips/{slip}/``"""

    permissions = {"POST": Permission.PAYROLL_RUN}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        slip = self.slip()
        try:
            calculating.calculate_one(slip.run, employee=slip.employee_id, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        messages.success(request, _("%s is calculated anew.") % slip.content.person.get("name", ""))
        made = Payslip.of(self.company).filter(run=slip.run, employee=slip.employee_id).first()
        if made is None:
            return self.here()
        return redirect("payslip", self.company.pk, slip.run_id, made.pk)

    def _show(self, request: HttpRequest) -> HttpResponse:
        slip = self.slip()
        require_untouched(slip)
        run, content = slip.run, slip.content
        before = None
        if not run.is_correction:
            before = keeping.last_slips(run, [slip.employee_id]).get(slip.employee_id)
        settings = PayrollSettings.of(self.company).first() or PayrollSettings()
        context = papers.paper_context(run, content, settings=settings)
        context |= {
            "page_title": f"{content.person.get('name', '')} {run}", "own": slip,
            "row": queries.person_row(slip, before),
            "charges": [(insurance_name(one.insurance), one, [why_in_words(why) for why in one.why])
                        for one in content.slip.charges],
            "taxes": [(one, [why_in_words(why) for why in one.why]) for one in content.slip.taxes],
            "bases": [one for one in content.slip.lines if not one.paid],
            "others": _beside(slip),
        }  # fmt: skip
        self.note(1, kind="read", subject=slip.employee)
        return render(request, "payroll/runs/slip.html", context)


def _beside(slip: Payslip) -> dict[str, int | None]:
    """The slips of the persons before and after, by name: one query, and no other slip is opened."""
    rows = Payslip.of(slip.company_id).filter(run=slip.run).order_by(
        "employee__contact__sort_name", "pk"
    )  # fmt: skip
    slips = list(rows.values_list("pk", flat=True))
    place = slips.index(slip.pk)
    return {
        "before": slips[place - 1] if place else None,
        "after": slips[place + 1] if place + 1 < len(slips) else None,
    }


class SlipPdf(OfSlip):
    """``…/runs/{run}/slips/{slip}/pdf/``: the kept PDF; of a draft as it would look."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        slip = self.slip()
        run, content = slip.run, slip.content
        self.note(1, kind="export", subject=slip.employee)
        if run.is_booked:
            made = papers.paper_of(slip)
        else:
            settings = PayrollSettings.of(self.company).first() or PayrollSettings()
            made = papers.preview(run, content, settings=settings)
        return as_file(made, "application/pdf", papers.file_name(run, content))
