"""``…/contact-activities/``: notes, calls, tasks."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import activities
from contacts.api.shapes import LARGEST_ID
from contacts.models import Activity, Contact
from erp.access.models import User
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input
from erp.api.schema import KEY
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock


class ActivityOutput(serializers.ModelSerializer[Activity]):
    """``by`` and ``assignee`` are e-mail addresses of members."""

    contact = serializers.IntegerField(source="contact_id")
    by = serializers.CharField(source="by.email")
    assignee = serializers.CharField(source="assignee.email", default=None, allow_null=True)

    class Meta:
        model = Activity
        fields = ("id", "contact", "kind", "text", "at", "due_on", "remind_on", "done_at", "by",
                  "assignee")  # fmt: skip


class ActivityChange(Input):
    """``done`` says that a task is done, or no longer."""

    kind = serializers.ChoiceField(choices=Activity.Kind.choices, required=False)
    text = serializers.CharField(max_length=4000)
    due_on = DayField(required=False, allow_null=True)
    remind_on = DayField(required=False, allow_null=True)
    assignee = serializers.EmailField(required=False, allow_null=True)
    done = serializers.BooleanField(required=False)

    def validate_assignee(self, email: str | None) -> User | None:
        if not email:
            return None
        found = activities.people(self.context["company"]).filter(email=email.lower()).first()
        if found is None:
            raise serializers.ValidationError(_("There is no member with this address."))
        return found


class ActivityInput(ActivityChange):
    """``contact`` is the id of the contact it is about."""

    contact = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)

    def validate_contact(self, pk: int) -> Contact:
        found = Contact.of(self.context["company"]).filter(pk=pk).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such contact."), code="unknown")
        return found


class ActivityQuery(serializers.Serializer[Any]):
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    open = serializers.BooleanField(required=False, help_text="Tasks that are not done")
    due = serializers.BooleanField(required=False, help_text="What is due today, for whoever asks")


class ActivityViewSet(CompanyViewSet):
    """``…/contact-activities/``"""

    permissions = {
        "list": Permission.CONTACTS_READ,
        "retrieve": Permission.CONTACTS_READ,
        "create": Permission.CONTACTS_CHANGE,
        "partial_update": Permission.CONTACTS_CHANGE,
        "destroy": Permission.CONTACTS_CHANGE,
    }
    serializer_class = ActivityOutput
    follows = "activity"
    queryset = Activity.unscoped.none()
    ordering = ("-at", "-id")

    def get_queryset(self) -> QuerySet[Activity]:
        return Activity.of(self.company).select_related("by", "assignee", "contact", "company")

    @extend_schema(parameters=[ActivityQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        told = self.asked(ActivityQuery)
        found = self.get_queryset()
        if told.get("due"):
            due = activities.due(self.company, on=clock.today(), user=self.access.user)
            found = found.filter(pk__in=due.values("pk"))
        if told.get("open"):
            found = found.filter(done_at=None, kind=Activity.Kind.TASK)
        if told.get("contact"):
            found = found.filter(contact=told["contact"])
        page = self.paginate_queryset(found) or []
        access_log.note(company=self.company, by=self.access.user, subject=Activity,
                        kind=AccessLogEntry.Kind.LIST, count=len(page))  # fmt: skip
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ActivityInput, parameters=[KEY], responses={201: ActivityOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Note what happened with a contact, or what is to be done."""

        def act() -> Response:
            told = self.told(ActivityInput)
            contact, done = told.pop("contact"), told.pop("done", False)
            one = activities.add_activity(contact, by=self.access.user, **told)
            if done:
                one = activities.set_done(one, by=self.access.user)
            return self.shown(one, 201)

        return self.once(act)

    @extend_schema(request=ActivityChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        one, told = self.changing(), self.told(ActivityChange, partial=True)
        done = told.pop("done", None)
        if told:
            one = activities.change_activity(one, by=self.access.user, **told)
        if done is not None:
            one = activities.set_done(one, by=self.access.user, done=done)
        return self.shown(self.get_queryset().get(pk=one.pk))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        activities.delete_activity(self.changing(), by=self.access.user)
        return Response(status=204)
