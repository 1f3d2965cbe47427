"""From the net to the gross wage: a page that reckons, and two acts that take over what was found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.open_items.forms import Amount
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.pages import refused, tell
from payroll.employees import people
from payroll.employees.models import Employee
from payroll.runs import grid, net_to_gross
from payroll.runs.findings import in_words
from payroll.runs.net_to_gross import Grossed
from payroll.runs.views.common import RunsView, read_month, this_month
from payroll.runs.words import why_in_words
from payroll.wages.net_to_gross import Target
from payroll.wages.spans import month_end

CONTRACT = "contract"


class NetForm(forms.Form):
    """Whose net wage or payout shall be how much in which month, and what is looked for."""

    employee = forms.ChoiceField(label=gettext_lazy("Employee"))
    month = forms.CharField(label=gettext_lazy("Month"), max_length=10)
    wanted = Amount(label=gettext_lazy("Wanted amount"), required=True, empty=None)
    target = forms.ChoiceField(
        label=gettext_lazy("that is to be the"),
        choices=[(Target.NET.value, gettext_lazy("net wage")), (Target.PAYOUT.value, gettext_lazy("payout"))],
    )  # fmt: skip
    what = forms.ChoiceField(label=gettext_lazy("Look for"))

    def __init__(self, *args: Any, employed: Any, types: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employee"].choices = employed  # type: ignore[attr-defined]
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (CONTRACT, _("the monthly wage of the contract")), *types,
        ]  # fmt: skip
        for name, field in self.fields.items():
            field.width = "w3" if name in {"month", "wanted"} else "w6"  # type: ignore[attr-defined]

    def clean_month(self) -> Any:
        month = read_month(self.cleaned_data["month"])
        if month is None:
            raise forms.ValidationError(_("Write a month such as 03.2026."))
        return month


class NetToGross(RunsView):
    """``/c/{company}/payroll/net-to-gross/``: a POST reckons; no wage stands in an address.

    It shows wages, so what takes over asks for ``payroll.read`` beside its own right.
    """

    help_page = "payroll-net-to-gross"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_READ)
        month = grid.usual_month(self.company) or this_month()
        told = {"month": f"{month:%m.%Y}", "employee": request.GET.get("employee", "")}
        return self._show(request, self._form(initial=told))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_READ)
        form = self._form(request.POST)
        if not form.is_valid():
            return refused(request, self._show(request, form))
        try:
            found = self._found(form)
            done = self.take_over(found)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        return done or self._show(request, form, found)

    def take_over(self, found: Grossed) -> HttpResponse | None:
        """What a POST does with what was found; here nothing."""
        return None

    def _form(self, *args: Any, **kwargs: Any) -> NetForm:
        rows = Employee.of(self.company).filter(pk__in=self._employed()).select_related("contact")
        employed = [(str(row.pk), row.contact.name) for row in rows.order_by("contact__name")]
        types = [(number, f"{number} {name}") for number, name in grid.choices_of(self.company)]
        return NetForm(*args, employed=employed, types=types, **kwargs)

    def _employed(self) -> list[int]:
        month = this_month()
        rows = people.employed_ids(self.company, month.replace(month=1), month_end(month))
        return [row["employee"] for row in rows]

    def _found(self, form: NetForm) -> Grossed:
        told = form.cleaned_data
        employee = get_object_or_404(
            Employee.of(self.company).select_related("contact", "company"), pk=told["employee"]
        )
        self.note(1, kind="read", subject=employee)
        return net_to_gross.gross_of(
            company=self.company, employee=employee, month=told["month"], wanted=told["wanted"],
            target=Target(told["target"]),
            type=None if told["what"] == CONTRACT else int(told["what"]),
        )  # fmt: skip

    def _show(
        self, request: HttpRequest, form: NetForm, found: Grossed | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = {"page_title": _("From net to gross"), "form": form}
        if found is not None:
            context |= {
                "found": found, "lines": [line for line in found.slip.lines if line.paid],
                "why": why_in_words(found.why) if found.why else "",
                "findings": [(one.stops, in_words(one)) for one in found.slip.findings],
            }  # fmt: skip
        return render(request, "payroll/runs/net_to_gross.html", context)


class TakeOverWage(NetToGross):
    """``…/net-to-gross/wage/``: what was found becomes the wage of the contract."""

    permission = Permission.PAYROLL_PEOPLE

    def take_over(self, found: Grossed) -> HttpResponse | None:
        net_to_gross.take_over_wage(found, by=self.access.user)
        messages.success(self.request, _("The wage holds from %(month)s on.") % {
            "month": f"{found.month:%m.%Y}"
        })  # fmt: skip
        return redirect("employee", self.company.pk, found.employee.pk)


class TakeOverMovement(NetToGross):
    """``…/net-to-gross/movement/``: what was found is typed for the month."""

    permission = Permission.PAYROLL_CAPTURE

    def take_over(self, found: Grossed) -> HttpResponse | None:
        net_to_gross.take_over_movement(found, company=self.company, by=self.access.user)
        messages.success(
            self.request,
            _("The movements of %s are saved.") % found.employee.contact.name,
        )
        address = reverse("movements-person", args=[self.company.pk, found.employee.pk])
        return redirect(f"{address}?month={found.month:%Y-%m}")
