"""The page of who approves suppliers' invoices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.payables import approving
from accounting.payables.forms import RuleForm
from accounting.payables.models import ApprovalRule
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class ApprovalRules(CompanyView):
    """``/c/{company}/payables/approval/``: all rules, and a form for one (``rule``), new or changed."""

    permission = Permission.PAYABLES_READ
    permissions = {"POST": Permission.PAYABLES_SETTINGS}
    help_page = "approval"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._row(request.GET.get("rule"))
        return self._show(RuleForm(instance=row, company=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._row(request.POST.get("rule"))
        if request.POST.get("do") == "delete" and row.pk:
            approving.delete_rule(row, by=self.access.user)
            messages.success(
                request, _("The rule is gone. What waits for approval already still does.")
            )
            return redirect("approval-rules", self.company.pk)
        form = RuleForm(request.POST, instance=row, company=self.company)
        if not form.is_valid():
            return refused(request, self._show(form))
        try:
            with transaction.atomic():
                approving.save_rule(form.save(commit=False), by=self.access.user)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(form))
        messages.success(request, _("The rule is saved."))
        return redirect("approval-rules", self.company.pk)

    def _row(self, wanted: str | None) -> ApprovalRule:
        if not wanted:
            return ApprovalRule(company=self.company)
        found: ApprovalRule = get_object_or_404(ApprovalRule.of(self.company), pk=id_of(wanted))
        return found

    def _show(self, form: RuleForm) -> HttpResponse:
        rows = ApprovalRule.of(self.company).select_related("approver", "deputy", "cost_centre")
        return render(self.request, "accounting/payables/rules.html", {
            "page_title": _("Approval of suppliers' invoices"), "form": form, "rule": form.instance,
            "rows": list(rows.order_by("position", "from_amount", "pk")),
        })  # fmt: skip
