"""The year: wage accounts, recapitulation, lists, reconciliation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.export import answer, shown
from payroll.declarations.accounts import person_table, recap_table, wage_account
from payroll.declarations.deferring import (
    USUAL,
    WrongAccrualAccount,
    accounts_for,
    accrued,
    post_accruals,
    undo_accruals,
    unfinished_year,
)
from payroll.declarations.gathering import PersonYear, year_of, years_of
from payroll.declarations.listing import SHORT, TITLES, report_of, subtitle_of
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile, reconciliation_table
from payroll.declarations.views.common import FileView, YearView
from payroll.declarations.words import month_names
from payroll.wage_types.queries import names_of


class Years(YearView):
    """``/c/{company}/payroll/year/``: leads to the latest year that has posted runs."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        years = years_of(self.company)
        if years:
            return redirect("payroll-year", self.company.pk, years[0])
        return render(request, "payroll/declarations/empty.html",
                      {"page_title": _("Payroll year")})  # fmt: skip


def person_of(view: YearView) -> PersonYear:
    """The person of the address with their year; a 404 without posted slips."""
    found = year_of(view.company, view.year, only=[view.kwargs["employee"]])
    if not found:
        raise Http404
    return found[0]


class WageAccount(YearView):
    """``…/payroll/year/{year}/accounts/{employee}/``: twelve months and a total."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = person_of(self)
        self.note_one()
        return self.show(
            request, "account.html", "people", parts=wage_account([person], names_of(self.company)), person=person,
            months=month_names(),
            page_title=_("Wage account %(name)s") % {"name": person.file.name},
        )  # fmt: skip


class WageAccountFile(FileView):
    """``…/accounts/{employee}/{form}/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        table = person_table(person_of(self), self.year, names_of(self.company))
        self.note_one(kind="export")
        return answer(self.kwargs["form"], table, company=self.company)


class Recap(YearView):
    """``…/payroll/year/{year}/recap/``: all people by wage type and month."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        people = year_of(self.company, self.year)
        self.note(len(people))
        return self.show(
            request, "account.html", "recap", parts=wage_account(people, names_of(self.company)), person=None,
            months=month_names(), page_title=_("Recapitulation %(year)s") % {"year": self.year},
        )  # fmt: skip


class RecapFile(FileView):
    """``…/recap/{form}/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        people = year_of(self.company, self.year)
        return self.table(recap_table(people, self.year, names_of(self.company)), len(people))


class Lists(YearView):
    """``…/payroll/year/{year}/lists/{list}/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        key = kwargs["list"]
        if key not in TITLES:
            raise Http404
        people = year_of(self.company, self.year)
        self.note(len(people))
        report = report_of(self.company, key, people)
        if not self.access.may(Permission.PAYROLL_PEOPLE):
            report = report.masked()
        rows = [(report.kinds.get(nth, ""), [shown(cell) for cell in row])
                for nth, row in enumerate(report.rows)]  # fmt: skip
        more: dict[str, Any] = {}
        if key == "accruals":
            more = {"accruable": True, "accrued": accrued(self.company, self.year),
                    "unfinished": unfinished_year(self.company, self.year),
                    "accounts": [(str(one.number), str(one)) for one in accounts_for(self.company)],
                    "usual": USUAL}  # fmt: skip
        return self.show(
            request, "list.html", "lists", report=report, rows=rows, lists=SHORT.items(), key=key,
            page_title=report.title, **more,
        )  # fmt: skip


class Accruals(YearView):
    """``…/payroll/year/{year}/accruals/``: a POST posts the accruals, or undoes them."""

    permission = Permission.PAYROLL_POST

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            if request.POST.get("do") == "undo":
                undo_accruals(company=self.company, year=self.year, by=self.access.user)
                messages.success(request, _("The accruals are undone."))
            else:
                number = request.POST.get("account", USUAL)[:10]
                account = Account.of(self.company).filter(number=number).first()
                if account is None:
                    raise WrongAccrualAccount(value=number)
                done = post_accruals(company=self.company, year=self.year, by=self.access.user,
                                     account=account)  # fmt: skip
                messages.success(request, _("Entries %(first)s and %(second)s are posted.") % {
                    "first": done.closing.number, "second": done.opening.number,
                })  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
        return redirect("payroll-list", self.company.pk, self.year, "accruals")


class ListFile(FileView):
    """``…/lists/{list}/{form}/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        key = kwargs["list"]
        if key not in TITLES:
            raise Http404
        people = year_of(self.company, self.year)
        report = report_of(self.company, key, people)
        table = report.as_table(year=self.year, subtitle=subtitle_of(self.company, key))
        return self.table(table, len(people))


class Reconciled(YearView):
    """``…/payroll/year/{year}/reconciliation/``"""

    help_page = "payroll-reconciliation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        certificates = prepared(self.company, self.year)
        self.note(len(certificates))
        return self.show(
            request, "reconciliation.html", "reconciliation",
            whole=reconcile(self.company, self.year, certificates),
            page_title=_("Reconciliation of wages %(year)s") % {"year": self.year},
        )  # fmt: skip


class ReconciledFile(FileView):
    """``…/reconciliation/{form}/``"""

    help_page = "payroll-reconciliation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        certificates = prepared(self.company, self.year)
        whole = reconcile(self.company, self.year, certificates)
        return self.table(reconciliation_table(whole, year=self.year), len(certificates))
