"""The form of a fact: what holds, from when, until when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.web.pages import refused
from payroll.employees import keeping, masks, people, reading
from payroll.employees.facts import SEVERAL
from payroll.employees.fields import KINDS, Kind
from payroll.employees.models import Employee, Fact
from payroll.employees.reading import ValueMissing, day_of
from payroll.employees.views.base import OfEmployee

#: Where money goes to has an address of its own, which wants the second factor.
PAYOUT = "payout"
#: Begins with the exit, and goes with it.
LEAVING = "leaving"


class SetFact(OfEmployee):
    """``…/employees/{employee}/facts/{kind}/``: let something hold from a day on."""

    permission = Permission.PAYROLL_PEOPLE
    help_page = "employee-facts"

    @property
    def kind(self) -> Kind:
        name = self.kwargs.get("kind", PAYOUT)
        if name not in KINDS or name == LEAVING or (name == PAYOUT and "kind" in self.kwargs):
            raise Http404
        return KINDS[name]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What holds is proposed, so that only what changes is typed."""
        employee, kind = self.found(), self.kind
        today = clock.today()
        file = people.file_of(employee, on=today)
        held = [one for one in file.facts if one.kind == kind.name]
        key = request.GET.get("key", "")
        mine = [one for one in held if one.key == key] if kind.name in SEVERAL else held
        mask = masks.Mask()
        if mine:
            mask.values = reading.as_typed(mine[-1].value, kind.fields)
        else:
            mask.values = reading.defaults(kind.value, kind.fields)
        entry = max((one.entry for one in file.employments), default=today)
        start = entry if not mine else max(today.replace(day=1), mine[-1].first)
        mask.values |= {"valid_from": swiss_date(max(start, entry)), "valid_until": "", "key": key}
        return self.show(employee, kind, mask)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee, kind = self.found(), self.kind
        told, mask = self.typed(request, kind)
        try:
            with transaction.atomic():
                kept = self.act(employee, kind, told, mask)
        except DomainError as refusal:
            mask.refuse(refusal)
            return refused(request, self.show(employee, kind, mask))
        messages.success(request, _("%(what)s of %(name)s is saved.")
                         % {"what": kind.label, "name": employee.contact.name})  # fmt: skip
        self.say(kept.remarks)
        return self.home(employee)

    def typed(self, request: HttpRequest, kind: Kind) -> tuple[dict[str, Any], masks.Mask]:
        told = masks.sent(request.POST, kind.fields)
        days = {name: request.POST.get(name, "").strip()
                for name in ("valid_from", "valid_until", "key", "version")}  # fmt: skip
        return told, masks.Mask({**told, **days})

    def act(
        self, employee: Employee, kind: Kind, told: dict[str, Any], mask: masks.Mask
    ) -> keeping.Kept:
        start = day_of(mask.values["valid_from"], "valid_from")
        if start is None:
            raise ValueMissing(field="valid_from", name=_("Valid from"))
        return keeping.set_fact(
            employee, by=self.access.user, value=reading.read(kind.value, kind.fields, told),
            valid_from=start, valid_until=day_of(mask.values["valid_until"], "valid_until"),
            key=mask.values["key"][:12],
        )  # fmt: skip

    def show(
        self, employee: Employee, kind: Kind, mask: masks.Mask, fact: Fact | None = None
    ) -> HttpResponse:
        self.note(employee)
        days = [] if kind.name == LEAVING else [
            masks.Input(name, label, "day", mask.values.get(name, ""), hint=hint,
                        fault=mask.faults.get(name, ""))
            for name, label, hint in (
                ("valid_from", _("Valid from"), ""),
                ("valid_until", _("Valid until"), _("blank: until the next one")),
            )
        ]  # fmt: skip
        inputs = masks.inputs(kind.value, kind.fields, mask, self.known())
        context = {
            "page_title": f"{kind.label}: {employee.contact.name}", "employee": employee,
            "kind": kind, "days": days, "inputs": inputs, "fact": fact,
            "others": mask.others([*days, *inputs]), "key": mask.values.get("key", ""),
            "version": mask.values.get("version", ""),
            "back_url": reverse("employee", args=[self.company.pk, employee.pk]),
        }  # fmt: skip
        return render(self.request, "payroll/employees/fact.html", context)


class SetPayout(SetFact):
    """``…/employees/{employee}/payout/``: to which accounts wages go, from a day on."""

    step_up = frozenset({"POST"})


class CorrectFact(SetFact):
    """``…/employees/{employee}/fact/{fact}/``: correct it, let it end, take it away."""

    payout = False

    def fact(self) -> Fact:
        rows = Fact.of(self.company).filter(employee=self.kwargs["employee"])
        rows = rows.filter(kind=PAYOUT) if self.payout else rows.exclude(kind=PAYOUT)
        fact: Fact = get_object_or_404(rows.select_related("employee"), pk=self.kwargs["fact"])
        return fact

    @property
    def kind(self) -> Kind:
        return KINDS[self.fact().kind]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        fact = self.fact()
        kind = KINDS[fact.kind]
        mask = masks.Mask(reading.as_typed(fact.content, kind.fields))
        mask.values |= {"valid_from": swiss_date(fact.valid_from), "version": str(fact.version),
                        "valid_until": swiss_date(fact.valid_until)}  # fmt: skip
        return self.show(self.found(), kind, mask, fact)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "remove" not in request.POST or self.kind.name == LEAVING:
            return super().post(request, **kwargs)
        employee, fact = self.found(), self.fact()
        try:
            with transaction.atomic():
                keeping.remove_fact(
                    fact, by=self.access.user, version=_version(request.POST.get("version", ""))
                )
        except DomainError as refusal:
            self.tell_all(refusal)
        return self.home(employee)

    def act(
        self, employee: Employee, kind: Kind, told: dict[str, Any], mask: masks.Mask
    ) -> keeping.Kept:
        return keeping.correct_fact(
            self.fact(), by=self.access.user, value=reading.read(kind.value, kind.fields, told),
            valid_from=day_of(mask.values["valid_from"], "valid_from"),
            valid_until=day_of(mask.values["valid_until"], "valid_until"),
            version=_version(mask.values["version"]),
        )  # fmt: skip

    def show(
        self, employee: Employee, kind: Kind, mask: masks.Mask, fact: Fact | None = None
    ) -> HttpResponse:
        return super().show(employee, kind, mask, fact or self.fact())


class CorrectPayout(CorrectFact):
    """``…/employees/{employee}/payout/{fact}/``"""

    payout = True
    step_up = frozenset({"POST"})


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
