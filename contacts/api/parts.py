"""``…/contact-persons/`` and ``…/contact-files/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import activities
from contacts.api.shapes import LARGEST_ID, ContactBrief
from contacts.models import Contact, ContactFile, ContactPerson
from erp.access.permissions import Permission
from erp.api import pictures
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType, UploadInput
from erp.api.inputs import Input
from erp.api.pictures import PageQuery
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core.filetypes import DOCUMENTS
from erp.documents.serving import original
from erp.documents.storing import read_upload


class ContactField(serializers.IntegerField):
    """A contact of the company by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        pk = super().run_validation(data)
        found = Contact.of(self.context["company"]).select_related("company").filter(pk=pk).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such contact."), code="unknown")
        return found


class ContactPersonOutput(serializers.ModelSerializer[ContactPerson]):
    organisation = ContactBrief()
    person = ContactBrief()

    class Meta:
        model = ContactPerson
        fields = ("id", "organisation", "person", "function")


class ContactPersonInput(Input):
    """Both are ids of contacts; a new person is added as a contact first."""

    organisation = ContactField()
    person = ContactField()
    function = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ContactOfQuery(serializers.Serializer[Any]):
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class ContactPersonViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/contact-persons/``"""

    permissions = {
        "list": Permission.CONTACTS_READ,
        "retrieve": Permission.CONTACTS_READ,
        "create": Permission.CONTACTS_CHANGE,
        "destroy": Permission.CONTACTS_CHANGE,
    }
    serializer_class = ContactPersonOutput
    queryset = ContactPerson.unscoped.none()

    def get_queryset(self) -> QuerySet[ContactPerson]:
        rows = ContactPerson.of(self.company).select_related("organisation", "person", "company")
        if self.action == "list" and (pk := self.asked(ContactOfQuery).get("contact")):
            rows = rows.filter(organisation=pk)
        return rows

    @extend_schema(parameters=[ContactOfQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Who acts for whom; of one organisation with ``contact``."""
        answer = super().list(request, **kwargs)
        access_log.note(company=self.company, by=self.access.user, subject=Contact,
                        kind=AccessLogEntry.Kind.LIST, count=len(answer.data["results"]))  # fmt: skip
        return answer

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ContactPersonInput, responses={201: ContactPersonOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(ContactPersonInput)
        row = activities.add_person(told.pop("organisation"), by=self.access.user, **told)
        return self.shown(row, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """End that a person acts for an organisation; both contacts stay."""
        activities.remove_person(self.changing(), by=self.access.user)
        return Response(status=204)


class ContactFileOutput(serializers.ModelSerializer[ContactFile]):
    """A document; its bytes are at ``…/contact-files/{id}/``."""

    contact = serializers.IntegerField(source="contact_id")
    name = serializers.CharField(source="file.name")
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size")
    digest = serializers.CharField(source="file.digest", help_text="SHA-256")
    label: Any = serializers.CharField()

    class Meta:
        model = ContactFile
        fields = ("id", "contact", "name", "label", "content_type", "size", "digest", "at")


class ContactFileInput(UploadInput):
    contact = ContactField()
    label: Any = serializers.CharField(max_length=80, required=False, allow_blank=True)


class ContactFileViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/contact-files/``"""

    permissions = {
        "list": Permission.CONTACTS_READ,
        "retrieve": Permission.CONTACTS_READ,
        "picture": Permission.CONTACTS_READ,
        "create": Permission.CONTACTS_CHANGE,
    }
    serializer_class = ContactFileOutput
    queryset = ContactFile.unscoped.none()
    parser_classes = (MultiPartParser, JSONParser)
    renderer_classes = (JSONRenderer, AnyType)

    def get_queryset(self) -> QuerySet[ContactFile]:
        rows = ContactFile.of(self.company).select_related("file", "contact")
        if self.action == "list" and (pk := self.asked(ContactOfQuery).get("contact")):
            rows = rows.filter(contact=pk)
        return rows

    @extend_schema(parameters=[ContactOfQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        return super().list(request, **kwargs)

    @extend_schema(request={"multipart/form-data": ContactFileInput},
                   responses={201: ContactFileOutput})  # fmt: skip
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Keep a document (PDF, JPEG, PNG, WebP or HEIC) with a contact."""
        told = self.told(ContactFileInput)
        upload = told["file"]
        row = activities.attach(
            told["contact"], name=upload.name or "", content=read_upload(upload),
            label=told.get("label", ""), by=self.access.user,
        )  # fmt: skip
        return self.shown(row, 201)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in DOCUMENTS})
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The document, to be saved."""
        return original(self._seen().file, download=True)

    @extend_schema(parameters=[PageQuery], responses=pictures.RESPONSES)
    @action(detail=True, methods=["get"])
    def picture(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """A page of the document, drawn anew as a picture of a size."""
        return pictures.shown(request, self._seen().file, **self.asked(PageQuery))

    def _seen(self) -> ContactFile:
        row: ContactFile = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=row.contact,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        return row
