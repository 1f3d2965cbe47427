"""How people get wage papers: the company's rule, each person's way, passwords, and who signs in."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.web.pages import CompanyView, id_or_none, refused
from payroll.delivery import passwords, signing_in, terms
from payroll.delivery.models import Way
from payroll.employees.models import Employee
from payroll.employees.queries import STATES, listing

PAGE: Final = 100


class DeliveryView(CompanyView):
    """A page of delivery: looking is ``payroll.read``, changing ``payroll.people``, with the second factor.

    Whoever changes an address or a password decides who reads wages.
    """

    permission = Permission.PAYROLL_READ
    permissions = {"POST": Permission.PAYROLL_PEOPLE}
    step_up = frozenset({"POST"})
    help_page = "payroll-delivery"

    def employee(self) -> Employee:
        rows = Employee.of(self.company).select_related("company", "contact")
        found: Employee = get_object_or_404(rows, pk=self.kwargs["employee"])
        return found


class Terms(DeliveryView):
    """``/c/{company}/payroll/delivery/``: all people with their way; a POST saves what was changed."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_READ)
        told = request.POST
        try:
            if told.get("do") == "settings":
                self.require(Permission.PAYROLL_SETTINGS)
                terms.change_settings(company=self.company, by=self.access.user, way=told.get("way", ""),
                                      reply_to=told.get("reply_to", ""),
                                      tells_employer="tells_employer" in told)  # fmt: skip
            elif told.get("do") == "passwords":
                return self._passwords(request)
            elif told.get("do") == "people":
                self._people(request)
            else:
                raise Http404
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())

    def _people(self, request: HttpRequest) -> None:
        """Save the rows that differ from what is held; all faults are told, or all rows are saved."""
        faults = list[DomainError]()
        for employee in self._chosen("person"):
            way, mail = (request.POST.get(f"{name}-{employee.pk}") for name in ("way", "mail"))
            try:
                terms.set_terms(employee, by=self.access.user, way=way, mail=mail,
                                version=id_or_none(request.POST.get(f"version-{employee.pk}")))  # fmt: skip
            except DomainError as refusal:
                faults.append(refusal)
        if faults:
            raise Refusals(faults)

    def _passwords(self, request: HttpRequest) -> HttpResponse:
        """Make passwords for the chosen people and show them, this once."""
        chosen = self._chosen("chosen")
        if not chosen:
            messages.warning(request, _("Choose somebody first."))
            return redirect(request.get_full_path())
        made = [(one, passwords.set_password(one, by=self.access.user)) for one in chosen]
        response = render(request, "payroll/delivery/passwords.html", {
            "page_title": _("Passwords for encrypted files"), "made": made, "day": clock.today(),
        })  # fmt: skip
        response["Cache-Control"] = "no-store"
        return response

    def _chosen(self, name: str) -> list[Employee]:
        ids = [pk for one in self.request.POST.getlist(name) if (pk := id_or_none(one))][:PAGE]
        rows = Employee.of(self.company).filter(pk__in=ids).select_related("company", "contact")
        return list(rows.order_by("contact__sort_name", "pk"))

    def _show(self, request: HttpRequest) -> HttpResponse:
        state = request.GET.get("state", "active")
        state = state if state in STATES else "active"
        found = listing(
            self.company, on=clock.today(), state=state, search=request.GET.get("q", "")
        )
        ids = found.order_by("contact__sort_name", "pk").values_list("pk", flat=True)
        page = Paginator(ids, PAGE).get_page(request.GET.get("page"))
        people = terms.reached(self.company, list(page.object_list))
        access_log.note(company=self.company, by=self.access.user, kind="list", subject=Employee,
                        count=len(people))  # fmt: skip
        return render(request, "payroll/delivery/terms.html", {
            "page_title": _("Delivery of wage papers"), "page": page, "state": state,
            "rows": [people[pk] for pk in page.object_list], "ways": Way.choices,
            "settings": terms.settings_of(self.company), "q": request.GET.get("q", ""),
        })  # fmt: skip


class Link(DeliveryView):
    """``…/payroll/delivery/{employee}/link/``: who signs in as this person, or nobody any more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_READ)
        employee = self.employee()
        try:
            if request.POST.get("do") == "unlink":
                signing_in.unlink(employee, by=self.access.user)
            else:
                signing_in.link(employee, email=request.POST.get("email", ""), by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _("Saved."))
        return redirect("payroll-delivery", self.company.pk)
