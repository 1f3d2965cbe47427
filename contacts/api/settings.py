"""``…/contact-groups/``"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import groups
from contacts.models import ContactGroup
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import NamedInput
from erp.companies.naming import NAMES


class ContactGroupOutput(serializers.ModelSerializer[ContactGroup]):
    class Meta:
        model = ContactGroup
        fields = ("id", "code", *NAMES)


class ContactGroupInput(NamedInput):
    """A group to add, or what is to change."""


class ContactGroupViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/contact-groups/``"""

    permissions = {
        "list": Permission.CONTACTS_READ,
        "retrieve": Permission.CONTACTS_READ,
        "create": Permission.CONTACTS_SETTINGS,
        "partial_update": Permission.CONTACTS_SETTINGS,
        "destroy": Permission.CONTACTS_SETTINGS,
    }
    serializer_class = ContactGroupOutput
    follows = "contact_group"
    queryset = ContactGroup.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[ContactGroup]:
        return ContactGroup.of(self.company).select_related("company").order_by("code")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ContactGroupInput, responses={201: ContactGroupOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(ContactGroupInput)
        return self.shown(groups.save_group(company=self.company, by=self.access.user, **told), 201)

    @extend_schema(request=ContactGroupInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        group, told = self.changing(), self.told(ContactGroupInput, partial=True)
        return self.shown(
            groups.save_group(company=self.company, by=self.access.user, group=group, **told)
        )

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a group; its contacts stay."""
        groups.delete_group(self.changing(), by=self.access.user)
        return Response(status=204)
