"""Statements of account: who owes something, one statement, all of them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounting.receivables import paper
from accounting.receivables.dunning import mailing, statements
from accounting.receivables.dunning.forms import StatementsForm
from accounting.receivables.dunning.jobs import begin_statements
from accounting.receivables.dunning.views.runs import DunningView
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.core.filetypes import PDF
from erp.web.pages import refused

PAGE: Final = 200


class StatementsPage(DunningView):
    """``/c/{company}/receivables/statements/``: balances of a day; all statements as one PDF, or by mail."""

    permissions = {"POST": Permission.RECEIVABLES_DUN}
    help_page = "account-statements"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, StatementsForm(initial={"on": self.day(), "slip": True}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = StatementsForm(request.POST)
        if not form.is_valid():
            return refused(request, self._show(request, form))
        told = form.cleaned_data
        if told["by_mail"]:
            self.require(Permission.RECEIVABLES_SEND)
        job = begin_statements(self.company, by=self.access.user, **told)
        return redirect("job", self.company.pk, job.pk)

    def _show(self, request: HttpRequest, form: StatementsForm) -> HttpResponse:
        found = statements.statements(self.company, self.day())
        context = {
            "page_title": _("Statements of account"), "on": self.day(), "form": form,
            "page": Paginator(found, PAGE).get_page(request.GET.get("page")), "count": len(found),
        }  # fmt: skip
        return render(request, "accounting/receivables/dunning/statements.html", context)


class StatementFile(DunningView):
    """``…/statements/{contact}/``: a customer's statement as PDF; a POST sends it by e-mail."""

    permissions = {"POST": Permission.RECEIVABLES_SEND}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        papers = [one.paper for one in self._printed(slip=request.GET.get("slip") != "0")]
        content = paper.pdf(papers[0]) if len(papers) == 1 else paper.book(papers)
        return HttpResponse(content, content_type=PDF)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.access.may(Permission.RECEIVABLES_SEND):
            raise PermissionDenied
        try:
            mail = mailing.mail_statement(self._printed(slip=True), by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The statement goes out to %s.") % ", ".join(mail.to))
        return redirect("customer-dunning", self.company.pk, kwargs["contact"])

    def _printed(self, *, slip: bool) -> list[statements.Printed]:
        found = statements.statements(self.company, self.day(), contact=self.kwargs["contact"])
        if not found:
            raise Http404
        return statements.printed(self.company, found, slip=slip)
