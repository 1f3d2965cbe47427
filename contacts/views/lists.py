"""The list of contacts, what is typed ahead, and what is due."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts import activities, duplicates, exporting, queries
from contacts.models import Contact, ContactGroup
from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.own_fields.lists import FILTERED, asked, fields_of, narrowed
from erp.own_fields.masks import inputs
from erp.own_fields.values import texts
from erp.web.pages import CompanyView

Look = AccessLogEntry.Kind


class Contacts(CompanyView):
    """``/c/{company}/contacts/``: found while typing, paged by key."""

    permission = Permission.CONTACTS_READ
    help_page = "contacts"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        search = told.get("q", "").replace("\x00", "").strip()[:80]
        kind = told.get("kind", "")
        order = told.get("order", "name")
        found = queries.listing(
            self.company, search=search, group=told.get("group", "")[:20],
            kind=kind if kind in Contact.Kind.values else "",
            archived=told.get("archived") == "1",
        )  # fmt: skip
        own = fields_of(self.company, Contact.OWN_FIELDS)
        wanted = asked(own, told)
        found = narrowed(found, own, wanted)
        if form := told.get("format"):
            self.require(Permission.CONTACTS_EXPORT)
            try:
                return exporting.answer(form, found, access=self.access)
            except exporting.TooMany as refusal:
                messages.error(request, str(refusal))
                return redirect("contacts", self.company.pk)
        page = queries.page_of(
            found, order=order if order.removeprefix("-") in queries.ORDERS else "name",
            after=_id(told.get("after")), before=_id(told.get("before")),
        )  # fmt: skip
        access_log.note(company=self.company, by=self.access.user, subject=Contact,
                        kind=Look.SEARCH if search else Look.LIST, count=len(page.rows))  # fmt: skip
        today = clock.today()
        columns = own if told.get("columns") == "own" else []
        context = {
            "page_title": _("Contacts"), "page": page, "search": search,
            "rows": [(row, queries.main_address(row, today), queries.phone_of(row),
                      queries.mail_of(row), texts(columns, row.own_values)) for row in page.rows],
            "has_own": bool(own), "columns": columns,
            "groups": ContactGroup.of(self.company).order_by("code"),
            "kinds": Contact.Kind.choices, "order": order,
            "own": inputs([one for one in own if one.kind in FILTERED], wanted, {}),
        }  # fmt: skip
        return render(request, "contacts/list.html", context)


class Duplicates(CompanyView):
    """``/c/{company}/contacts/duplicates/``: who may be there already, for the form's script."""

    permission = Permission.CONTACTS_READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        names = ("name", "first_name", "last_name", "uid", "postcode", "street", "house_number")
        told: dict[str, Any] = {n: request.GET.get(n, "").replace("\x00", "")[:140] for n in names}
        told |= {n: request.GET.getlist(n)[:10] for n in ("phones", "mails", "ibans")}
        found = duplicates.find(
            self.company, duplicates.typed(told), but=_id(request.GET.get("but"))
        )
        if found:
            access_log.note(company=self.company, by=self.access.user, subject=Contact,
                            kind=Look.SEARCH, count=len(found))  # fmt: skip
        today = clock.today()
        rows = [
            {"number": one.contact.number, "name": one.contact.name,
             "place": _place(one.contact, today), "reasons": ", ".join(one.reasons),
             "archived": one.contact.archived_at is not None,
             "url": reverse("contact", args=[self.company.pk, one.contact.pk])}
            for one in found
        ]  # fmt: skip
        return JsonResponse({"found": rows})


class Tasks(CompanyView):
    """``/c/{company}/contacts/tasks/``: what is not done yet, by the day it is due."""

    permission = Permission.CONTACTS_READ
    help_page = "contacts"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        today = clock.today()
        rows = list(activities.open_tasks(self.company)[:200])
        access_log.note(company=self.company, by=self.access.user, subject=Contact,
                        kind=Look.LIST, count=len(rows))  # fmt: skip
        context = {"page_title": _("Tasks"),
                   "rows": [(one, one.is_overdue(today)) for one in rows]}  # fmt: skip
        return render(request, "contacts/tasks.html", context)


def _place(contact: Contact, today: Any) -> str:
    address = queries.main_address(contact, today)
    return f"{address.postcode} {address.town}".strip() if address else ""


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
