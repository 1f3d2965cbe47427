"""One contact: its page, its form, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts import activities, forms, lifecycle, merging, panels, queries, saving
from contacts.activities import UnknownNumber
from contacts.letters import greeting
from contacts.models import (
    Activity,
    Communication,
    Contact,
    ContactAddress,
    ContactFile,
    ContactGroup,
    ContactPerson,
)
from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.companies.models import Language
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.documents.serving import original
from erp.documents.storing import read_upload
from erp.own_fields import masks
from erp.own_fields.lists import fields_of
from erp.own_fields.models import OwnField
from erp.web.dates import read_day
from erp.web.pages import CompanyView, id_of, refused


class OfContact(CompanyView):
    """A page of one contact."""

    permission = Permission.CONTACTS_READ
    help_page = "contacts"

    def found(self) -> Contact:
        rows = Contact.of(self.company).select_related("company", "merged_into")
        contact: Contact = get_object_or_404(rows, pk=self.kwargs["contact"])
        return contact

    def home(self, contact: Contact) -> HttpResponse:
        return redirect("contact", self.company.pk, contact.pk)


class ContactPage(OfContact):
    """``/c/{company}/contacts/{contact}/``: all that is known of a contact."""

    permissions = {"POST": Permission.CONTACTS_CHANGE}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contact = self.found()
        if contact.merged_into is not None:  # an old link still leads to the right place
            return self.home(contact.merged_into)
        return self._show(request, contact)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contact, act = self.found(), request.POST.get("act", "")
        acts = {"note": self._note, "done": self._done, "forget": self._forget,
                "attach": self._attach, "person": self._person, "part": self._part}  # fmt: skip
        if act not in acts:
            raise Http404
        try:
            with transaction.atomic():
                acts[act](request, contact)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request, contact, typed=request.POST))
        return self.home(contact)

    def _note(self, request: HttpRequest, contact: Contact) -> None:
        told = request.POST
        days = {name: read_day(told.get(name)) for name in ("due_on", "remind_on")}
        for name, day in days.items():
            if told.get(name, "").strip() and day is None:
                raise forms.NotADay(field=name, value=told[name][:20])
        people = {str(one.pk): one for one in activities.people(self.company)}
        activities.add_activity(
            contact, by=self.access.user, text=told.get("text", ""),
            kind=told.get("kind", ""), assignee=people.get(told.get("assignee", "")), **days,
        )  # fmt: skip

    def _activity(self, request: HttpRequest, contact: Contact) -> Activity:
        rows = Activity.of(self.company).filter(contact=contact).select_related("company")
        one: Activity = get_object_or_404(rows, pk=id_of(request.POST.get("activity")))
        return one

    def _done(self, request: HttpRequest, contact: Contact) -> None:
        one = self._activity(request, contact)
        activities.set_done(one, by=self.access.user, done=one.done_at is None)

    def _forget(self, request: HttpRequest, contact: Contact) -> None:
        activities.delete_activity(self._activity(request, contact), by=self.access.user)

    def _attach(self, request: HttpRequest, contact: Contact) -> None:
        upload = request.FILES.get("file")
        if upload is None or isinstance(upload, list):
            raise Http404
        activities.attach(contact, name=upload.name or "", content=read_upload(upload),
                          label=request.POST.get("label", ""), by=self.access.user)  # fmt: skip

    def _person(self, request: HttpRequest, contact: Contact) -> None:
        told = request.POST
        number = told.get("number", "").partition(" ")[0]
        person = None
        new: dict[str, Any] = {}
        if number:
            if not (number.isascii() and number.isdigit() and len(number) < 10):
                raise UnknownNumber(value=number[:20])
            person = queries.by_number(self.company, [int(number)]).get(int(number))
            if person is None:
                raise UnknownNumber(value=number)
        else:
            reached = [{"kind": kind, "value": told.get(kind, "")}
                       for kind in ("mobile", "mail") if told.get(kind, "").strip()]  # fmt: skip
            new |= {name: told.get(name, "") for name in ("salutation", "first_name", "last_name")}
            new["communications"] = reached
        activities.add_person(
            contact, by=self.access.user, person=person, function=told.get("function", ""), **new
        )

    def _part(self, request: HttpRequest, contact: Contact) -> None:
        rows = ContactPerson.of(self.company).filter(organisation=contact)
        rows = rows.select_related("organisation", "person", "company")
        row = get_object_or_404(rows, pk=id_of(request.POST.get("person")))
        activities.remove_person(row, by=self.access.user)

    def _show(self, request: HttpRequest, contact: Contact, typed: Any = None) -> HttpResponse:
        today = clock.today()
        found = queries.whole(contact, on=today)
        access_log.note(company=self.company, by=self.access.user, subject=found.contact,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        context = {
            "page_title": found.contact.name, "found": found, "contact": found.contact,
            "greeting": greeting(found.contact), "today": today,
            "kinds": Activity.Kind.choices, "people": activities.people(self.company),
            "salutations": Contact.Salutation.choices, "typed": typed or {},
            "call": next((r for r in found.reaches if r.kind in queries.REACHED), None),
            "write": next((r for r in found.reaches if r.kind == "mail"), None),
            "activities": [(one, one.is_overdue(today)) for one in found.activities],
            "panels": panels.panels_of(self.access, found.contact),
            "links": panels.links_of(self.access, found.contact),
        }  # fmt: skip
        return render(request, "contacts/contact.html", context)


class EditContact(OfContact):
    """``/c/{company}/contacts/add/`` and ``…/contacts/{contact}/edit/``"""

    permission = Permission.CONTACTS_CHANGE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contact = self.found() if "contact" in kwargs else None
        own = fields_of(self.company, Contact.OWN_FIELDS)
        mask = forms.filled(contact, own) if contact else forms.blank(self.company, request.GET)
        return self._show(request, contact, mask, own)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contact = self.found() if "contact" in kwargs else None
        own = fields_of(self.company, Contact.OWN_FIELDS)
        mask, told, faults = forms.typed(request.POST, own)
        try:
            if faults:
                raise Refusals(faults)
            with transaction.atomic():
                if contact is None:
                    saved = saving.add_contact(company=self.company, by=self.access.user, **told)
                else:
                    version = mask.values["version"]
                    saved = saving.change_contact(
                        contact, by=self.access.user, **told,
                        version=int(version) if version.isascii() and version.isdigit() else 0,
                    )  # fmt: skip
        except DomainError as refusal:
            mask.refuse(refusal)
            return refused(request, self._show(request, contact, mask, own))
        messages.success(request, _("%s is saved.") % saved.name)
        return self.home(saved)

    def _show(
        self, request: HttpRequest, contact: Contact | None, mask: forms.Mask,
        own: list[OwnField],
    ) -> HttpResponse:  # fmt: skip
        if contact is not None:
            access_log.note(company=self.company, by=self.access.user, subject=contact,
                            kind=AccessLogEntry.Kind.READ)  # fmt: skip
        context = {
            "page_title": contact.name if contact else _("Add a contact"), "contact": contact,
            "mask": mask, "kinds": Contact.Kind.choices, "languages": Language.choices,
            "salutations": Contact.Salutation.choices,
            "address_kinds": ContactAddress.Kind.choices,
            "communication_kinds": Communication.Kind.choices,
            "groups": ContactGroup.of(self.company).order_by("code"),
            "own": masks.inputs(own, mask.own, mask.faults),
            "back_url": reverse("contact", args=[self.company.pk, contact.pk]) if contact
            else reverse("contacts", args=[self.company.pk]),
        }  # fmt: skip
        return render(request, "contacts/edit.html", context)


class ShelveContact(OfContact):
    """``/c/{company}/contacts/{contact}/shelve/``: archive, bring back, delete."""

    permission = Permission.CONTACTS_MERGE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contact, act = self.found(), request.POST.get("act")
        try:
            with transaction.atomic():
                if act == "archive":
                    lifecycle.archive(contact, by=self.access.user)
                elif act == "restore":
                    lifecycle.restore(contact, by=self.access.user)
                elif act == "delete":
                    lifecycle.delete(contact, by=self.access.user)
                    messages.success(request, _("%s is deleted.") % contact.name)
                    return redirect("contacts", self.company.pk)
                else:
                    raise Http404
        except DomainError as refusal:
            self.tell_all(refusal)
        return self.home(contact)


class MergeContact(OfContact):
    """``/c/{company}/contacts/{contact}/merge/``: choose what it is the same as, then merge."""

    permission = Permission.CONTACTS_MERGE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, self.found())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        gone = self.found()
        number = request.POST.get("keep", "").partition(" ")[0]
        try:
            if not (number.isascii() and number.isdigit() and len(number) < 10):
                raise UnknownNumber(field="keep", value=number[:20])
            keep = queries.by_number(self.company, [int(number)]).get(int(number))
            if keep is None:
                raise UnknownNumber(field="keep", value=number)
            with transaction.atomic():
                merging.merge(keep, gone, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request, gone))
        messages.success(request, _("%(gone)s is merged into %(keep)s.")
                         % {"gone": gone.name, "keep": keep.name})  # fmt: skip
        return self.home(keep)

    def _show(self, request: HttpRequest, contact: Contact) -> HttpResponse:
        from contacts import drafting, duplicates

        draft = saving.whole(contact)
        traits = drafting.traits_of(contact, draft.addresses or (), draft.communications or (),
                                    draft.bank_accounts or ())  # fmt: skip
        found = duplicates.find(self.company, traits, but=contact.pk)
        access_log.note(company=self.company, by=self.access.user, subject=contact,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        today = clock.today()
        context = {
            "page_title": _("Merge %s") % contact.name, "contact": contact,
            "rows": [(one, queries.main_address(one.contact, today)) for one in found],
        }  # fmt: skip
        return render(request, "contacts/merge.html", context)


class ContactDocument(CompanyView):
    """``/c/{company}/contacts/files/{file}/``: a document as it came in."""

    permission = Permission.CONTACTS_READ

    def get(self, request: HttpRequest, file: int, **kwargs: Any) -> HttpResponse:
        rows = ContactFile.of(self.company).select_related("file", "contact")
        row = get_object_or_404(rows, pk=file)
        access_log.note(company=self.company, by=self.access.user, subject=row.contact,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        return original(row.file, download=True)
