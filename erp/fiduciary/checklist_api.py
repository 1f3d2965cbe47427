"""``/api/v1/firms/{firm}/…``: checklists of a firm, and what is due of them in a client."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.api.firms import FirmViewSet
from erp.api.inputs import DayField, Input, MonthField, named
from erp.core import clock
from erp.fiduciary import checklists
from erp.fiduciary.checklist_pages import month_of
from erp.fiduciary.checklists import Step
from erp.fiduciary.models import Check, ChecklistItem, ChecklistStep, ChecklistTemplate

#: A month of one of ``clock.YEARS``.
MONTH_OF_BOOKS: Final = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"


def in_books(month: dt.date) -> None:
    """Raises for a month of a year beyond those of the books."""
    if month.year not in clock.YEARS:
        raise serializers.ValidationError("There are no books of this year.", code="not_a_month")


class ChecklistStepOutput(serializers.ModelSerializer[ChecklistStep]):
    """``check_code`` is what the program asks the books itself, blank for nothing."""

    class Meta:
        model = ChecklistStep
        fields = ("position", "text", "rhythm", "due_day", "check_code")


class ChecklistTemplateOutput(serializers.ModelSerializer[ChecklistTemplate]):
    steps = ChecklistStepOutput(many=True)

    class Meta:
        model = ChecklistTemplate
        fields = ("id", "name", "is_off", "version", "steps")


class ChecklistStepInput(Input):
    text = serializers.CharField(max_length=160)
    due_day = serializers.IntegerField(min_value=0, max_value=checklists.MOST_DAYS)
    rhythm = serializers.ChoiceField(choices=checklists.Rhythm.choices, required=False)
    check_code = serializers.ChoiceField(choices=Check.choices, required=False, allow_blank=True)


class ChecklistTemplateInput(Input):
    name = serializers.CharField(max_length=80)
    is_off = serializers.BooleanField(required=False)
    steps = ChecklistStepInput(many=True)


class ChecklistItemOutput(serializers.ModelSerializer[ChecklistItem]):
    """A step of a client's month: open, done or not_needed."""

    responsible = serializers.EmailField(source="responsible.email", default=None, allow_null=True)
    signed_by = serializers.EmailField(source="signed_by.email", default=None, allow_null=True)

    class Meta:
        model = ChecklistItem
        fields = ("id", "month", "position", "text", "check_code", "due_on", "responsible", "state",
                  "signed_by", "signed_at", "note")  # fmt: skip


class ChecklistQuery(serializers.Serializer[Any]):
    """``month`` as 2026-11; without it the last that is over."""

    month = serializers.RegexField(MONTH_OF_BOOKS, required=False)


class ChecklistBegin(Input):
    """``template`` gives the client this checklist first."""

    month = MonthField(validators=[in_books])
    template = serializers.IntegerField(min_value=1, max_value=10**18 - 1, required=False)


class ChecklistItemInput(Input):
    month = MonthField(validators=[in_books])
    text = serializers.CharField(max_length=160)
    due_on = DayField()


class ChecklistSignature(Input):
    """``state``: done, not_needed, or open, which takes the signature back."""

    state = serializers.ChoiceField(choices=ChecklistItem.State.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ChecklistTemplateViewSet(FirmViewSet):
    """``/api/v1/firms/{firm}/checklist-templates/``"""

    of_clients = False
    asks = dict.fromkeys(("keep", "change"), checklists.require_leading)
    pagination_class = None
    serializer_class = ChecklistTemplateOutput

    @extend_schema(responses=ChecklistTemplateOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The firm's checklists with their steps."""
        rows = ChecklistTemplate.of_firm(self.staff.firm).prefetch_related("steps")
        return Response(ChecklistTemplateOutput(rows.order_by("name"), many=True).data)

    @extend_schema(responses=ChecklistTemplateOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """One checklist with its steps."""
        return self.shown(self._named(kwargs))

    @extend_schema(request=ChecklistTemplateInput, responses={201: ChecklistTemplateOutput})
    def keep(self, request: Request, **kwargs: Any) -> Response:
        """Keep a new checklist; those who lead or manage the firm may."""
        return self._saved(None, 201)

    @extend_schema(request=ChecklistTemplateInput, responses=ChecklistTemplateOutput)
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Change a checklist, all of its steps at once; those who lead or manage the firm may."""
        template = self._named(kwargs)
        self.require_match(self.get_serializer(template).data)
        return self._saved(template)

    def _saved(self, template: ChecklistTemplate | None, status: int = 200) -> Response:
        told = self.told(ChecklistTemplateInput)
        steps = [Step(**one) for one in told.pop("steps")]
        read = template.version if template else None
        made = checklists.save_template(
            firm=self.staff.firm, steps=steps, template=template, version=read, **told
        )
        return self.shown(made, status)

    def _named(self, kwargs: dict[str, Any]) -> ChecklistTemplate:
        rows = ChecklistTemplate.of_firm(self.staff.firm)
        found: ChecklistTemplate = get_object_or_404(rows, pk=int(kwargs["template"]))
        return found


class ClientChecklistViewSet(FirmViewSet):
    """``/api/v1/firms/{firm}/clients/{company}/checklist/``"""

    asks = dict.fromkeys(("add", "begin", "sign"), checklists.require_working)
    serializer_class = ChecklistItemOutput
    ordering = ("position", "pk")

    @extend_schema(parameters=[ChecklistQuery], responses=ChecklistItemOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The steps of a client's month."""
        company = int(kwargs["company"])
        if company not in self.access.companies:
            raise Http404
        month = month_of(self.asked(ChecklistQuery).get("month"))
        page = self.paginate_queryset(checklists.items_of(self.staff.firm, company, month))
        return self.get_paginated_response(ChecklistItemOutput(page, many=True).data)

    @extend_schema(
        request=ChecklistItemInput, responses={201: ChecklistItemOutput},
        operation_id="firms_clients_checklist_add",
    )  # fmt: skip
    def add(self, request: Request, **kwargs: Any) -> Response:
        """Add a step for this client and month alone."""
        item = checklists.add_item(
            firm=self.staff.firm, company=self.client.company, **self.told(ChecklistItemInput)
        )
        return Response(ChecklistItemOutput(item).data, status=201)

    @extend_schema(request=ChecklistBegin, responses=ChecklistItemOutput(many=True))
    def begin(self, request: Request, **kwargs: Any) -> Response:
        """Begin a month, or fill it up; what is there stays."""
        told, firm, company = self.told(ChecklistBegin), self.staff.firm, self.client.company
        if "template" in told:
            template = named(ChecklistTemplate.of_firm(firm), told["template"], place="template")
            checklists.assign(firm=firm, company=company, template=template)
        items = checklists.begin_month(firm=firm, company=company, month=told["month"])
        return Response(ChecklistItemOutput(items, many=True).data)

    @extend_schema(request=ChecklistSignature, responses=ChecklistItemOutput)
    def sign(self, request: Request, **kwargs: Any) -> Response:
        """Sign a step off; what the program can ask the books itself, it asks now."""
        told, access = self.told(ChecklistSignature), self.client
        rows = ChecklistItem.of_firm(self.staff.firm).filter(company=access.company)
        item: ChecklistItem = get_object_or_404(rows, pk=int(kwargs["item"]))
        if told["state"] == ChecklistItem.State.OPEN:
            item = checklists.open_again(item, access=access)
        else:
            item = checklists.sign_off(
                item, access=access, note=told.get("note", ""),
                not_needed=told["state"] == ChecklistItem.State.NOT_NEEDED,
            )  # fmt: skip
        return Response(ChecklistItemOutput(item).data)
