"""Movements of a month: a grid for all people, one person's, copying a month, an import."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core.display import figure
from erp.core.errors import DomainError, called, raise_all
from erp.core.money import typed_amount
from erp.web.importing import ImportPage
from erp.web.pages import CompanyView, id_of, id_or_none, refused
from payroll.employees import converting, people
from payroll.employees.models import Employee
from payroll.runs import grid, movement_importing, movements
from payroll.runs.models import Typed
from payroll.runs.movement_importing import Preview
from payroll.runs.movements import Cell
from payroll.runs.views.common import RunsView, read_month, this_month
from payroll.wages.spans import month_end

PAGE: Final = 50
BLANK_ROWS: Final = 3


class OfMonth(CompanyView):
    """A page of one month, which stands in the address as ``?month=2026-03``."""

    def month(self) -> dt.date:
        asked = self.request.POST.get("month") or self.request.GET.get("month")
        return read_month(asked) or grid.usual_month(self.company) or this_month()


class MovementsView(OfMonth, RunsView):
    """A page of what is typed for a month."""

    permission = Permission.PAYROLL_READ
    permissions = {"POST": Permission.PAYROLL_CAPTURE}
    help_page = "payroll-movements"


class Grid(MovementsView):
    """``/c/{company}/payroll/movements/``: people by wage types; Enter and arrows move about."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        month = self.month()
        try:
            if request.POST.get("do") == "copy":
                return self._copied(request, month)
            changed = movements.save_cells(
                company=self.company, month=month, cells=self._cells(request), by=self.access.user
            )
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        messages.success(request, _("%s changes are saved.") % changed)
        return redirect(self._address(month))

    def _copied(self, request: HttpRequest, month: dt.date) -> HttpResponse:
        source = read_month(request.POST.get("source"))
        if source is None:
            source = (month - dt.timedelta(days=1)).replace(day=1)
        count = movements.copy_month(
            company=self.company, source=source, month=month, by=self.access.user
        )
        messages.success(request, _("%s movements are taken over.") % count)
        return redirect(self._address(month))

    def _address(self, month: dt.date) -> str:
        asked = self.request.GET.copy()
        asked["month"] = f"{month:%Y-%m}"
        return f"{reverse('movements', args=[self.company.pk])}?{asked.urlencode()}"

    def _cells(self, request: HttpRequest) -> list[Cell]:
        """The cells of the form, named ``c-{employee}-{type}``; a quantity ends in ``-q``."""
        cells, faults = [], list[DomainError]()
        for name, text in request.POST.items():
            if not name.startswith("c-"):
                continue
            who, _dash, number = name.removeprefix("c-").removesuffix("-q").partition("-")
            by_quantity = name.endswith("-q")
            try:
                value = typed(str(text), decimals=4 if by_quantity else 2)
            except DomainError as fault:
                fault.place = name
                faults.append(fault)
                continue
            told = {"quantity" if by_quantity else "amount": value}
            cells.append(Cell(id_of(who), id_of(number), **told))
        raise_all(faults)
        return cells

    def _show(self, request: HttpRequest) -> HttpResponse:
        month = self.month()
        rows = grid.people_of(self.company, month)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        wanted = [pk for text in request.GET.getlist("type") if (pk := id_or_none(text))]
        shown = grid.grid_of(self.company, month, list(page.object_list), also=wanted)
        self.note(len(page.object_list))
        return render(request, "payroll/runs/movements.html", {
            "page_title": _("Movements %(month)s") % {"month": f"{month:%m.%Y}"}, "month": month,
            "page": page, "grid": shown, "before": (month - dt.timedelta(days=1)).replace(day=1),
            "after": (month + dt.timedelta(days=32)).replace(day=1), "typed": dict(request.POST.items()),
            "choices": grid.choices_of(self.company),
        })  # fmt: skip


def typed(text: str, *, decimals: int) -> Decimal | None:
    """A figure of a cell; blank is none. Raises ``NotAnAmount``."""
    plain = text.strip()
    return typed_amount(plain, decimals=decimals) if plain else None


class Person(MovementsView):
    """``…/payroll/movements/{employee}/``: all that one person has in a month, with texts and cost centres."""

    def employee(self) -> Employee:
        found: Employee = get_object_or_404(
            Employee.of(self.company).select_related("contact"), pk=self.kwargs["employee"]
        )
        return found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        month, employee = self.month(), self.employee()
        try:
            rows = _typed_rows(request)
            movements.save_person(company=self.company, employee=employee, month=month, rows=rows,
                                  by=self.access.user)  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        messages.success(request, _("The movements of %s are saved.") % employee.contact.name)
        address = reverse("movements-person", args=[self.company.pk, employee.pk])
        return redirect(f"{address}?month={month:%Y-%m}")

    def _show(self, request: HttpRequest) -> HttpResponse:
        month, employee = self.month(), self.employee()
        if request.method == "POST":
            rows = _as_typed(request)
        else:
            kept = movements.of_month(self.company, month, only=[employee.pk])
            rows = [_row(one) for one in kept.get(employee.pk, [])]
        file = people.file_of(employee, on=month_end(month))
        self.note(1, kind="read", subject=employee)
        return render(request, "payroll/runs/person.html", {
            "page_title": f"{employee.contact.name} {month:%m.%Y}", "month": month,
            "employee": employee, "rows": [*rows, *({} for _n in range(BLANK_ROWS))],
            "recurring": grid.named(self.company, converting.recurring_of(file, month)),
            "choices": grid.choices_of(self.company), "centres": grid.centres_of(self.company),
        })  # fmt: skip


FIELDS: Final = ("type", "quantity", "rate", "percent", "amount", "keeps", "text", "cost_centre",
                 "for_month")  # fmt: skip
#: Figures of the form with their decimals.
FIGURES: Final = {"quantity": 4, "rate": 4, "percent": 4, "amount": 2, "keeps": 2}


def _row(one: Typed) -> dict[str, str]:
    """A movement as the form shows it."""
    figures = {name: getattr(one, name) for name in FIGURES}
    return {
        "type": str(one.type), "text": one.text, "cost_centre": one.cost_centre,
        "for_month": f"{one.for_month:%m.%Y}" if one.for_month else "",
        **{name: "" if value is None else figure(value) for name, value in figures.items()},
    }  # fmt: skip


def _as_typed(request: HttpRequest) -> list[dict[str, str]]:
    columns = [request.POST.getlist(name) for name in FIELDS]
    rows = zip_longest(*columns, fillvalue="")  # a form without a column loses no rows
    return [dict(zip(FIELDS, row, strict=True)) for row in rows if any(row)]


def _typed_rows(request: HttpRequest) -> list[Typed]:
    """Rows of the form as movements. Raises ``NotAnAmount`` and ``NoSuchType``, with their places."""
    rows, faults = [], list[DomainError]()
    for nth, row in enumerate(_as_typed(request)):
        try:
            with called(**{name: f"rows[{nth}].{name}" for name in FIELDS}):
                rows.append(_read(row))
        except DomainError as fault:
            faults.append(fault)
    raise_all(faults)
    return rows


def _read(row: dict[str, str]) -> Typed:
    number = row["type"].strip().split(" ")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise movements.NoSuchType(value=row["type"])
    for_month = read_month(row["for_month"]) if row["for_month"].strip() else None
    if row["for_month"].strip() and for_month is None:
        raise grid.NotAMonth(value=row["for_month"])
    figures = {name: typed(row[name], decimals=places) for name, places in FIGURES.items()}
    return Typed(
        type=int(number), **figures,
        text=row["text"].strip()[:80], cost_centre=row["cost_centre"].strip().split(" ")[0],
        for_month=for_month,
    )  # fmt: skip


class Import(OfMonth, ImportPage):
    """``…/payroll/movements/import/``: rows of a file are added to a month."""

    permission = Permission.PAYROLL_CAPTURE
    help_page = "payroll-movements"
    template = "payroll/runs/import_movements.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import movements")

    def preview(self, content: bytes) -> Preview:
        return movement_importing.dry_run(company=self.company, content=content)

    def perform(self, content: bytes) -> tuple[str, str]:
        month = self.month()
        done = movement_importing.import_movements(
            company=self.company, month=month, content=content, by=self.access.user
        )
        address = reverse("movements", args=[self.company.pk])
        said = _("%(count)s movements of %(people)s people are added.")
        told = {"count": len(done.entries), "people": done.people}
        return said % told, f"{address}?month={month:%Y-%m}"

    def done_before(self, content: bytes) -> int:
        return movement_importing.was_imported(self.company, self.month(), content)

    def more(self, content: bytes) -> dict[str, Any]:
        return {"month": self.month()}
