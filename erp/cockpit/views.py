"""The entrance, a company's start page and its settings."""

from __future__ import annotations

from typing import Any, cast

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from accounting.ledger import queries
from accounting.ledger.models import Account
from contacts import activities
from erp.access.firms.models import Firm
from erp.access.gate import companies_of, open_to, supported_by
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.cockpit import charts, overview, setup_steps
from erp.cockpit.firms import firms_of
from erp.cockpit.forms import CompanyForm, NewCompanyForm
from erp.cockpit.founding import founding_firms, set_up_client, set_up_company
from erp.cockpit.members import change_company
from erp.cockpit.support import running_consent
from erp.cockpit.today import tiles
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.documents.logos import set_logo
from erp.documents.storing import read_upload
from erp.web.pages import CompanyView, refused, tell

COMPANIES_AT_ONCE = 100  # on the entrance; what it costs does not grow with how many one has
MOST_TASKS = 8  # on the start page; all of them have a page of their own


class Companies(View):
    """``/``: the companies a user may open, a page of them; ``q`` finds them by name, town or number."""

    def get(self, request: HttpRequest) -> HttpResponse:
        request.help_page = "start"  # type: ignore[attr-defined]
        asked = request.GET.get("q", "").strip()[:120]
        with transaction.atomic():
            user: Any = request.user
            rows = open_to(user).order_by("name", "pk")
            if asked:
                named = Q(name__icontains=asked) | Q(town__icontains=asked)
                number = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
                rows = rows.filter(named | Q(pk=number))
            page = Paginator(rows, COMPANIES_AT_ONCE).get_page(request.GET.get("page"))
            page.object_list = list(page.object_list)
            supported = supported_by(user) if page.number == 1 and not asked else []
            firms = firms_of(user)
        context = {
            "companies": page.object_list,
            "page": page,
            "asked": asked,
            "supported": supported,
            "firms": firms,
            "page_title": _("Companies"),
        }
        return render(request, "erp/companies.html", context)


class CompanyList(View):
    """``/companies/list/``: the companies to change to, for the command palette."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            companies = companies_of(request.user)  # type: ignore[arg-type]
            supported = supported_by(request.user)  # type: ignore[arg-type]
        found = [*companies, *(consent.company for consent in supported)]
        rows = [
            {
                "label": f"{one.pk} {one.name}",
                "note": one.town,
                "url": reverse("start", args=[one.pk]),
            }
            for one in found
        ]
        return JsonResponse(rows, safe=False)


class NewCompany(View):
    """``/companies/add/``: take on a company with chart, codes and first year.

    Operators do, and those who lead a fiduciary that may, for its clients; the latter confirm with
    their second factor, as a mandate is given with it.
    """

    firms: list[Firm]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.help_page = "mandates"  # type: ignore[attr-defined]
        user: Any = request.user
        with transaction.atomic():
            self.firms = [one.firm for one in founding_firms(user)]
        if not (user.is_operator or self.firms):
            raise PermissionDenied
        of_firm = request.method == "POST" and (request.POST.get("firm") or not user.is_operator)
        if of_firm and not is_fresh(request.session):
            raise ReauthenticationRequired
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        form = self._form(initial={
            "year_start": today.replace(month=1, day=1), "year_end": today.replace(month=12, day=31),
            "firm": request.GET.get("firm", ""),
        })  # fmt: skip
        return self._show(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            first_year = (values.pop("year_start"), values.pop("year_end"))
            firm, by = values.pop("firm", None), cast(User, request.user)
            try:
                with transaction.atomic():
                    company = (
                        set_up_client(firm=firm, by=by, first_year=first_year, **values) if firm
                        else set_up_company(by=by, first_year=first_year, **values)
                    )  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("setup", company.pk)
        response = self._show(request, form)
        response.status_code = 422
        return response

    def _form(self, *args: Any, **kwargs: Any) -> NewCompanyForm:
        alone = cast(User, self.request.user).is_operator
        return NewCompanyForm(*args, firms=self.firms, alone=alone, **kwargs)

    def _show(self, request: HttpRequest, form: NewCompanyForm) -> HttpResponse:
        context = {"form": form, "page_title": _("Add a company"), "groups": _groups(form)}
        return render(request, "erp/new_company.html", context)


def _groups(form: NewCompanyForm) -> list[tuple[str, list[Any]]]:
    """The fields of founding a company under the headings that they belong to."""
    headings = {
        _("Who it is"): ("name", "legal_form", "street", "house_number", "postcode", "town", "uid",
                         "short_name"),
        _("Books"): ("year_start", "year_end", "language", "currency", "vat_method", "vat_basis"),
        _("What it works with"): ("modules", "firm"),
    }  # fmt: skip
    return [(heading, [form[name] for name in names if name in form.fields])
            for heading, names in headings.items()]  # fmt: skip


class Start(CompanyView):
    """``/c/{company}/``: how the company stands, and what is to be done."""

    permission = Permission.COMPANY_READ
    help_page = "start"

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super()._answer(request, *args, **kwargs)
        except PermissionDenied:  # whoever sees their own wage alone begins there
            if request.method != "GET" or not self.access.may(Permission.PAYROLL_OWN):
                raise
            return redirect("my-wage", kwargs["company"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context: dict[str, Any] = {
            "page_title": self.company.name,
            "setup": setup_steps.waiting(self.access),
        }
        if self.access.may(Permission.CONTACTS_READ):
            due = activities.due(self.company, on=clock.today(), user=self.access.user)
            context["tasks"] = due[:MOST_TASKS]
        if self.access.may(Permission.LEDGER_READ):
            context |= self._figures()
        context["tiles"] = tiles(self.access, on=clock.today(), liquidity=context.get("liquidity"))
        return render(request, "erp/start.html", context)

    def _figures(self) -> dict[str, Any]:
        today = clock.today()
        found = overview.figures(self.company, today)
        if found is None:
            return {"no_year": True}
        return {
            "day": found.day,
            "liquidity": found.liquidity,
            "result": found.result,
            "income": charts.income_and_expense(found.months),
            "liquid": charts.liquidity(found.months),
            "latest": queries.journal(self.company).order_by("-chain_position")[:8],
            "todo": self._todo(overview.todo(self.access, today)),
        }

    def _todo(self, found: overview.Todo) -> list[tuple[str, str]]:
        company = self.company
        todo = []
        if found.bank:
            todo.append((ngettext("%s bank transaction is to be booked",
                                  "%s bank transactions are to be booked", found.bank) % found.bank,
                         reverse("bank-transactions", args=[company.pk])))  # fmt: skip
        if found.drafts:
            todo.append((ngettext("%s draft waits", "%s drafts wait", found.drafts) % found.drafts,
                         reverse("drafts", args=[company.pk])))  # fmt: skip
        if found.recurring:
            todo.append((ngettext("%s recurring entry is due", "%s recurring entries are due",
                                  found.recurring) % found.recurring,
                         reverse("recurring", args=[company.pk])))  # fmt: skip
        if waits := found.vat:
            text = _("VAT %(period)s is due on %(day)s")
            todo.append((text % {"period": waits.period.name, "day": swiss_date(waits.due)},
                         reverse("vat-return", args=[company.pk, waits.key])))  # fmt: skip
        return todo


class Palette(CompanyView):
    """``/c/{company}/palette/``: accounts for the command palette; contacts are asked for by letters."""

    permission = Permission.COMPANY_READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = []
        if self.access.may(Permission.LEDGER_READ):
            rows = [
                {"label": f"{a.number} {a.name}", "note": _("Account"),
                 "url": reverse("account-sheet", args=[self.company.pk, a.number])}
                for a in Account.of(self.company).order_by("number")
            ]  # fmt: skip
        return JsonResponse(rows, safe=False)


class CompanySettings(CompanyView):
    """``/c/{company}/settings/``"""

    permission = Permission.COMPANY_READ
    permissions = {"POST": Permission.COMPANY_CHANGE}
    help_page = "company"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, CompanyForm(instance=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = CompanyForm(request.POST, request.FILES, instance=self.company)
        if not form.is_valid():
            return refused(request, self._show(request, form))
        values = {name: form.cleaned_data[name] for name in CompanyForm.Meta.fields}
        logo = form.cleaned_data["logo"]
        try:
            company = change_company(self.company, by=self.access.user, **values)
            if logo is not None:
                set_logo(company=company, name=logo.name, content=read_upload(logo),
                         by=self.access.user)  # fmt: skip
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        messages.success(request, _("The settings are saved."))
        return redirect("company-settings", company.pk)

    def _show(self, request: HttpRequest, form: CompanyForm) -> HttpResponse:
        read_only = not self.access.may(Permission.COMPANY_CHANGE)
        for field in form.fields.values():
            field.disabled = read_only
        context = {"page_title": _("Company"), "form": form, "read_only": read_only,
                   "history_of": self.company, "support": running_consent(self.company),
                   "back_url": reverse("start", args=[self.company.pk])}  # fmt: skip
        return render(request, "erp/company_settings.html", context)
