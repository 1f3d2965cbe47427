"""``…/contact-groups/`` and ``…/contact-own-fields/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import groups
from contacts.models import ContactGroup, OwnField
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input


class ContactGroupOutput(serializers.ModelSerializer[ContactGroup]):
    class Meta:
        model = ContactGroup
        fields = ("id", "code", *groups.NAMES)


class ContactGroupInput(Input):
    code = serializers.CharField(max_length=20)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)


class OwnFieldOutput(serializers.ModelSerializer[OwnField]):
    choices = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = OwnField
        fields = ("id", "code", "kind", *groups.NAMES, "choices", "position")


class OwnFieldInput(ContactGroupInput):
    """``choices`` are for fields of the kind choice; the kind stays while there are values."""

    kind = serializers.ChoiceField(choices=OwnField.Kind.choices)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=100
    )
    position = serializers.IntegerField(required=False, min_value=0, max_value=999)


class _Settings(mixins.ListModelMixin, CompanyViewSet):
    """What groups and own fields have in common."""

    permissions = {
        "list": Permission.CONTACTS_READ,
        "retrieve": Permission.CONTACTS_READ,
        "create": Permission.CONTACTS_SETTINGS,
        "partial_update": Permission.CONTACTS_SETTINGS,
        "destroy": Permission.CONTACTS_SETTINGS,
    }
    pagination_class = None
    model: type[Any]

    def get_queryset(self) -> QuerySet[Any]:
        return self.model.of(self.company).select_related("company").order_by("code")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())


class ContactGroupViewSet(_Settings):
    """``…/contact-groups/``"""

    serializer_class = ContactGroupOutput
    queryset = ContactGroup.unscoped.none()
    model = ContactGroup

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


class OwnFieldViewSet(_Settings):
    """``…/contact-own-fields/``"""

    serializer_class = OwnFieldOutput
    queryset = OwnField.unscoped.none()
    model = OwnField

    @extend_schema(request=OwnFieldInput, responses={201: OwnFieldOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(OwnFieldInput)
        return self.shown(
            groups.save_own_field(company=self.company, by=self.access.user, **told), 201
        )

    @extend_schema(request=OwnFieldInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        field, told = self.changing(), self.told(OwnFieldInput, partial=True)
        return self.shown(
            groups.save_own_field(
                company=self.company, by=self.access.user, own_field=field, **told
            )
        )

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete an own field that no contact has a value of."""
        groups.delete_own_field(self.changing(), by=self.access.user)
        return Response(status=204)
