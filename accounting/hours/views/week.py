"""A week of hours, entered with the keyboard; on a phone one day of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.hours import entering, queries, weeks
from accounting.hours.people import people_of
from erp.access.models import User
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.web.dates import read_day
from erp.web.pages import CompanyView, refused


def _day(text: str | None) -> dt.date | None:
    """A day of the years that books are kept for."""
    day = read_day(text)
    return day if day is not None and day.year in clock.YEARS else None


class OwnWeek(CompanyView):
    """``/c/{company}/hours/?day=``: one's own hours of a week."""

    permission = Permission.HOURS_OWN
    help_page = "hours"

    def person(self) -> User:
        return self.access.user

    def address(self) -> str:
        return reverse("hours", args=[self.company.pk])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        day = _day(request.GET.get("day")) or clock.today()
        week = weeks.week_of(self.company, self.person(), weeks.monday(day))
        return self._show(week, day, {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        day = _day(request.POST.get("day")) or clock.today()
        start, person, told = weeks.monday(day), self.person(), request.POST.dict()
        names: list[str] = []
        try:
            rows, names = weeks.typed_rows(start, told)
            entering.save_hours(company=self.company, user=person, rows=rows, by=self.access.user)
        except DomainError as refusal:
            weeks.placed(refusal, names)
            week = weeks.week_of(self.company, person, start)
            weeks.retype(week, told)
            several = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
            faults = {one.place or "": str(one) for one in several}
            return refused(request, self._show(week, day, faults))
        if rows:
            messages.success(request, _("The hours are saved."))
        after = _day(request.POST.get("go")) or day
        return redirect(f"{self.address()}?day={after:%Y-%m-%d}")

    def _show(self, week: weeks.Week, day: dt.date, faults: dict[str, str]) -> HttpResponse:
        person = self.person()
        may_write = self.access.may(Permission.HOURS_OWN) and person.pk == self.access.user.pk
        context = {
            "page_title": _("Hours"), "week": week, "day": day, "faults": faults, "person": person,
            "is_own": person.pk == self.access.user.pk, "here": self.address(),
            "may_write": may_write or self.access.may(Permission.HOURS_CHANGE),
            "days": list(zip(week.days, week.sums, strict=True)), "today": clock.today(),
            "projects": list(queries.projects(self.company, closed=False)),
            "before": day - dt.timedelta(days=weeks.DAYS), "after": day + dt.timedelta(days=weeks.DAYS),
            "people": people_of(self.company) if self.access.may(Permission.HOURS_READ) else [],
        }  # fmt: skip
        return render(self.request, "accounting/hours/week.html", context)


class PersonsWeek(OwnWeek):
    """``/c/{company}/hours/people/{person}/``: the same of somebody else."""

    permission = Permission.HOURS_READ
    permissions = {"POST": Permission.HOURS_CHANGE}

    def person(self) -> User:
        if not hasattr(self, "_person"):
            wanted = self.kwargs["person"]
            rows = User.objects.filter(pk=wanted)
            if wanted not in {one.pk for one in people_of(self.company)}:  # somebody who has left
                worked = queries.entries(self.company, user=wanted)
                rows = rows.filter(pk__in=worked.values("user"))
            self._person: User = get_object_or_404(rows)
        return self._person

    def address(self) -> str:
        return reverse("hours-person", args=[self.company.pk, self.kwargs["person"]])
