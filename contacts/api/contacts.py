"""``…/contacts/``: found, read, added, changed, archived, merged."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import duplicates, exporting, lifecycle, lookup, merging, queries, saving
from contacts.api.shapes import LARGEST_ID, ContactBrief, ContactInput, ContactOutput
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.api.own_values import OwnQueryField, asked_own
from erp.api.paging import Pages
from erp.api.reports import Filed, form_of
from erp.api.schema import KEY
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.own_fields.lists import fields_of, narrowed

Look = AccessLogEntry.Kind
FILE = form_of(exporting.FORMS)


class ContactQuery(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=80, required=False, help_text="Words of name, town, number …"
    )
    group = serializers.CharField(max_length=20, required=False, help_text="The code of a group")
    kind = serializers.ChoiceField(choices=Contact.Kind.choices, required=False)
    own = OwnQueryField()
    archived = serializers.BooleanField(required=False, default=False)
    order = serializers.ChoiceField(
        choices=[*queries.ORDERS, *(f"-{one}" for one in queries.ORDERS)], default="name"
    )


class MergeInput(Input):
    """``into`` is the id of the contact that stays."""

    into = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)

    def validate_into(self, pk: int) -> Contact:
        found = Contact.of(self.context["company"]).filter(pk=pk, merged_into=None).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such contact."), code="unknown")
        return found


class ContactPages(Pages):
    """In the order that was asked for."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        order = view.asked(ContactQuery)["order"]
        mark = "-" if order.startswith("-") else ""
        return (mark + queries.ORDERS[order.removeprefix("-")], f"{mark}id")


class ContactViewSet(Filed):
    """``…/contacts/``"""

    permissions = {
        "list": Permission.CONTACTS_READ,
        "retrieve": Permission.CONTACTS_READ,
        "create": Permission.CONTACTS_CHANGE,
        "partial_update": Permission.CONTACTS_CHANGE,
        "destroy": Permission.CONTACTS_MERGE,
        "archive": Permission.CONTACTS_MERGE,
        "restore": Permission.CONTACTS_MERGE,
        "merge": Permission.CONTACTS_MERGE,
    }
    forms = exporting.FORMS
    takes_along = {"list": Permission.CONTACTS_EXPORT}
    serializer_class = ContactOutput
    follows = "contact"
    queryset = Contact.unscoped.none()
    pagination_class = ContactPages
    parts = {
        "addresses": "addresses", "communications": "communications", "memberships": "groups",
        "bank_accounts": "bank_accounts",
    }  # fmt: skip

    def get_queryset(self) -> QuerySet[Contact]:
        rows = Contact.of(self.company).select_related("company")
        return queries.with_parts(rows).prefetch_related("bank_accounts")

    @extend_schema(parameters=[ContactQuery, FILE])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Contacts that meet what is asked; merged ones are left out. As a file all of them at once."""
        told = self.asked(ContactQuery)
        found = queries.listing(
            self.company, search=told.get("q", ""), group=told.get("group", ""),
            kind=told.get("kind", ""), archived=told["archived"],
        )  # fmt: skip
        if wanted := asked_own(told):
            found = narrowed(found, fields_of(self.company, Contact.OWN_FIELDS), wanted)
        if self.form:
            return exporting.answer(self.form, found, access=self.access)
        rows = queries.with_parts(found).prefetch_related("bank_accounts")
        page = self.paginate_queryset(rows) or []
        access_log.note(company=self.company, by=self.access.user, subject=Contact,
                        kind=Look.SEARCH if told.get("q") else Look.LIST, count=len(page))  # fmt: skip
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=found, kind=Look.READ)
        return self.shown(found)

    @extend_schema(request=ContactInput, parameters=[KEY], responses={201: ContactOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add a contact with its parts; without a number it gets the next one."""

        def act() -> Response:
            told = self.told(ContactInput)
            return self._anew(
                saving.add_contact(company=self.company, by=self.access.user, **told), 201
            )

        return self.once(act)

    @extend_schema(request=ContactInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change a contact; sets of rows that are not sent stay as they are."""
        contact, told = self.changing(), self.told(ContactInput, partial=True)
        return self._anew(saving.change_contact(contact, by=self.access.user, **told))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a contact that nothing refers to; else archive it."""
        lifecycle.delete(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a contact out of lists and choices."""
        return self._anew(lifecycle.archive(self.get_object(), by=self.access.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Bring an archived contact back."""
        return self._anew(lifecycle.restore(self.get_object(), by=self.access.user))

    @extend_schema(request=MergeInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Merge this contact into another one, which takes over all of it."""
        gone = self.get_object()

        def act() -> Response:
            into = self.told(MergeInput)["into"]
            return self._anew(merging.merge(into, gone, by=self.access.user))

        return self.once(act)

    def _anew(self, contact: Contact, status: int = 200) -> Response:
        return self.shown(self.get_queryset().get(pk=contact.pk), status)


class LookUpQuery(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=80, help_text="The beginnings of words: of names, towns, numbers, phones …"
    )


class LookUpOutput(serializers.ModelSerializer[Contact]):
    """A contact, and the town of its address of today."""

    place = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = ("id", "number", "kind", "name", "place")

    def get_place(self, contact: Contact) -> str:
        address = queries.main_address(contact, self.context["today"])
        return f"{address.postcode} {address.town}".strip() if address else ""


class LookUpViewSet(CompanyViewSet):
    """``…/contact-lookup/``"""

    permissions = {"list": Permission.CONTACTS_READ}
    serializer_class = LookUpOutput
    queryset = Contact.unscoped.none()
    pagination_class = None

    @extend_schema(parameters=[LookUpQuery], responses=LookUpOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Contacts in use with words that begin like what is typed: for fields that find while typing."""
        found = lookup.find(self.company, self.asked(LookUpQuery)["q"])
        if found:
            access_log.note(company=self.company, by=self.access.user, subject=Contact,
                            kind=Look.SEARCH, count=len(found))  # fmt: skip
        context = self.get_serializer_context() | {"today": clock.today()}
        return Response(LookUpOutput(found, many=True, context=context).data)


class DuplicateQuery(serializers.Serializer[Any]):
    """What is known so far; what cannot be read yet is as if it were left out."""

    name = serializers.CharField(max_length=140, required=False)
    first_name = serializers.CharField(max_length=60, required=False)
    last_name = serializers.CharField(max_length=70, required=False)
    uid = serializers.CharField(max_length=30, required=False)
    postcode = serializers.CharField(max_length=16, required=False)
    street = serializers.CharField(max_length=70, required=False)
    house_number = serializers.CharField(max_length=16, required=False)
    phone = serializers.CharField(max_length=40, required=False)
    mail = serializers.CharField(max_length=254, required=False)
    iban = serializers.CharField(max_length=42, required=False)
    country = serializers.CharField(max_length=2, default="CH")
    but = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID,
                                   help_text="The id of the contact itself")  # fmt: skip


class DuplicateOutput(serializers.Serializer[Any]):
    """A contact that may be the same; ``reasons`` are in words, the strongest first."""

    contact = ContactBrief()
    score = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class DuplicateViewSet(CompanyViewSet):
    """``…/contact-duplicates/``"""

    permissions = {"list": Permission.CONTACTS_READ}
    serializer_class = DuplicateOutput
    queryset = Contact.unscoped.none()
    pagination_class = None

    @extend_schema(parameters=[DuplicateQuery], responses=DuplicateOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Contacts that may be the same as one that is being typed, the likeliest first."""
        told = self.asked(DuplicateQuery)
        for name in ("phone", "mail", "iban"):
            told[f"{name}s"] = [told[name]] if told.get(name) else []
        traits = duplicates.typed(told, told["country"].upper())
        found = duplicates.find(self.company, traits, but=told.get("but"))
        access_log.note(company=self.company, by=self.access.user, subject=Contact,
                        kind=Look.SEARCH, count=len(found))  # fmt: skip
        return Response(DuplicateOutput(found, many=True).data)
