"""Hiring somebody: one page with all that the first wage takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts import queries as contact_queries
from contacts.activities import UnknownNumber
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.companies.models import Language
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError, gathered, raise_all
from erp.web.pages import CompanyView, refused
from payroll.employees import hiring, masks, reading
from payroll.employees.common import ValueMissing
from payroll.employees.facts import FactValue, Personal
from payroll.employees.fields import KINDS, PERSONAL
from payroll.employees.known import Known
from payroll.employees.reading import day_of
from payroll.employees.telling import all_told

#: What the page asks for, in its order; children and recurring wage types come afterwards.
ASKED: Final = ("wage", "insured", "pension", "residence", "civil_status", "permit", "religion",
                "withholding", "payout", "holidays")  # fmt: skip
CONTACT: Final = ("contact", "salutation", "first_name", "last_name", "language", "street",
                  "house_number", "postcode", "town", "country", "mobile", "mail")  # fmt: skip
WORK: Final = ("number", "entry", "exit", "function")
#: What contacts call an input of ours.
PLACES: Final = {
    **{f"addresses[0].{name}": name
       for name in ("street", "house_number", "postcode", "town", "country")},
    "communications[0].value": "mobile", "communications[1].value": "mail",
}  # fmt: skip


class Hire(CompanyView):
    """``/c/{company}/payroll/employees/add/``"""

    permission = Permission.PAYROLL_PEOPLE
    help_page = "employee-hiring"
    step_up = frozenset({"POST"})  # the account that wages go to is among what is entered

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        known = Known(self.company, on=clock.today())
        mask = masks.Mask(reading.defaults(Personal, PERSONAL))
        for name in ASKED:
            kind = KINDS[name]
            told = reading.defaults(kind.value, kind.fields)
            mask.values |= masks.values(told, prefix=f"{name}.")
        mask.values |= {
            "language": self.company.language, "country": "CH", "nationality": "CH",
            "contact": request.GET.get("contact", "")[:10],
            "entry": swiss_date(clock.today().replace(day=1)),
            "insured.solutions": [str(pk) for pk, one in known.solutions.items() if one.is_usual],
        }  # fmt: skip
        return self._show(mask, known)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        query = request.POST
        mask = masks.Mask({name: query.get(name, "").strip() for name in (*CONTACT, *WORK)})
        mask.values |= masks.sent(query, PERSONAL)
        for name in ASKED:
            told = masks.sent(query, KINDS[name].fields, prefix=f"{name}.")
            mask.values |= masks.values(told, prefix=f"{name}.")
        try:
            with transaction.atomic():
                hired = self._hire(query, mask.values)
        except DomainError as refusal:
            mask.refuse(refusal, PLACES)
            known = Known(self.company, on=clock.today())
            return refused(request, self._show(mask, known))
        name = hired.employee.contact.name
        messages.success(request, _("%s is hired.") % name)
        for one in all_told(hired.remarks):
            messages.warning(request, one.text)
        return redirect("employee", self.company.pk, hired.employee.pk)

    def _hire(self, query: QueryDict, typed: Mapping[str, Any]) -> hiring.Hired:
        """Read all parts, so that all faults of reading are told at once; then act."""
        faults: list[DomainError] = []
        contact = gathered(faults, lambda: self._contact(typed["contact"]))
        personal = gathered(
            faults, lambda: reading.read(Personal, PERSONAL, masks.sent(query, PERSONAL))
        )
        entry = gathered(faults, lambda: day_of(typed["entry"], "entry"))
        exit = gathered(faults, lambda: day_of(typed["exit"], "exit"))
        if entry is None and not any(one.place == "entry" for one in faults):
            faults.append(ValueMissing(field="entry", name=pgettext("employment", "Entry")))
        facts = [one for name in ASKED if (one := self._fact(name, query, faults))]
        raise_all(faults)
        assert personal is not None and entry is not None
        return hiring.hire(
            company=self.company, by=self.access.user, personal=personal, entry=entry, exit=exit,
            contact=contact, person=None if contact else _person(typed), number=typed["number"],
            function=typed["function"], facts=facts,
        )  # fmt: skip

    def _contact(self, text: str) -> Contact | None:
        number = text.partition(" ")[0]
        if not number:
            return None
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise UnknownNumber(field="contact", value=number[:20])
        found = contact_queries.by_number(self.company, [int(number)]).get(int(number))
        if found is None:
            raise UnknownNumber(field="contact", value=number)
        return found

    def _fact(self, name: str, query: QueryDict, faults: list[DomainError]) -> FactValue | None:
        """A fact that was typed; one of which nothing was is left out. Where somebody lives never is."""
        kind = KINDS[name]
        told = masks.sent(query, kind.fields, prefix=f"{name}.")
        if name != "residence" and _says_nothing(name, told):
            return None
        return gathered(
            faults, lambda: reading.read(kind.value, kind.fields, told, prefix=f"{name}.")
        )

    def _show(self, mask: masks.Mask, known: Known) -> HttpResponse:
        texts = {name: mask.values.get(name, "") for name in (*CONTACT, *WORK)}
        sections = [
            (KINDS[name], masks.inputs(KINDS[name].value, KINDS[name].fields, mask, known,
                                       prefix=f"{name}."))
            for name in ASKED
        ]  # fmt: skip
        personal = masks.inputs(Personal, PERSONAL, mask, known)
        shown = [*personal, *(one for _kind, inputs in sections for one in inputs)]
        own = [masks.Input(name, name, "text") for name in (*CONTACT, *WORK)]
        context = {
            "page_title": _("Hire"), "texts": texts, "faults": mask.faults, "personal": personal,
            "sections": sections, "others": mask.others([*shown, *own]),
            "salutations": Contact.Salutation.choices[:3], "languages": Language.choices,
            "back_url": reverse("employees", args=[self.company.pk]),
        }  # fmt: skip
        return render(self.request, "payroll/employees/hire.html", context)


def _says_nothing(name: str, told: Mapping[str, Any]) -> bool:
    """Whether a section is as it is sent when nothing was typed; what is ticked alone says nothing."""
    kind = KINDS[name]
    blank = reading.defaults(kind.value, kind.fields) | {"solutions": [], "shares": []}
    return all(value == blank[field] for field, value in told.items() if field != "only_job")


def _person(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody new, as contacts take it."""
    told: dict[str, Any] = {
        name: typed[name] for name in ("salutation", "first_name", "last_name", "language")
    }
    address = {
        name: typed[name] for name in ("street", "house_number", "postcode", "town", "country")
    }
    if any(address[name] for name in ("street", "postcode", "town")):
        told["addresses"] = [{"kind": "main", **address}]
    told["communications"] = [{"kind": kind, "value": typed[kind]}
                              for kind in ("mobile", "mail") if typed[kind]]  # fmt: skip
    return told
