"""``…/entry-templates/``: what to copy from, and what comes again."""

from __future__ import annotations

import datetime as dt
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger import queries, recurring
from accounting.ledger.api.entries import JournalEntryOutput
from accounting.ledger.api.lines import LineInput, LinesInput
from accounting.ledger.entering import Reader
from accounting.ledger.models import EntryTemplate, JournalEntry
from accounting.ledger.typed import content_of, typed_anew
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input
from erp.api.schema import KEY
from erp.core import clock

LONGEST_VIEW = dt.timedelta(days=2 * 366)


class _Told(serializers.CharField):
    """A text as the entry mask sent it; left out where it sent none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class ContentLineOutput(serializers.Serializer[Any]):
    account, text, currency = _Told(), _Told(), _Told()
    debit, credit, amount_foreign = _Told(), _Told(), _Told()
    vat_code, vat_basis, vat_rate, supply_date = _Told(), _Told(), _Told(), _Told()
    cost_centre, cost_object = _Told(), _Told()


class ContentOutput(serializers.Serializer[Any]):
    """What the entry mask is filled with: mode ``split`` has lines, ``simple`` one amount."""

    mode, text, voucher = _Told(), _Told(), _Told()
    debit, credit, amount, amount_foreign = _Told(), _Told(), _Told(), _Told()
    vat_code, vat_basis, supply_date = _Told(), _Told(), _Told()
    cost_centre, cost_object = _Told(), _Told()
    lines = ContentLineOutput(many=True, required=False)


class TemplateOutput(serializers.ModelSerializer[EntryTemplate]):
    content = ContentOutput()

    class Meta:
        model = EntryTemplate
        fields = ("id", "name", "rhythm", "next_date", "until", "content")


class TemplateChange(Input):
    """Name and rhythm; with a rhythm, ``next_date`` says when it is due next."""

    name = serializers.CharField(max_length=80)
    rhythm = serializers.ChoiceField(
        choices=EntryTemplate.Rhythm.choices, required=False, allow_blank=True
    )  # fmt: skip
    next_date = DayField(required=False, allow_null=True)
    until = DayField(required=False, allow_null=True)


class TemplateInput(TemplateChange, LinesInput):
    """A template from an ``entry`` (id, posted or draft), or from ``text`` and ``lines``."""

    entry = serializers.IntegerField(required=False, min_value=1, max_value=10**18)
    text = serializers.CharField(max_length=200, required=False)
    voucher = serializers.CharField(max_length=40, required=False, allow_blank=True)
    lines = LineInput(many=True, max_length=1000, required=False)  # type: ignore[call-arg]

    def validate_entry(self, pk: int) -> JournalEntry:
        entry = queries.within_reach(self.context["access"]).filter(pk=pk).first()
        if entry is None:
            raise serializers.ValidationError(f"There is no entry {pk}.", code="unknown")
        return entry

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        """The columns of a template, its content put together."""
        entry, lines = told.pop("entry", None), told.pop("lines", None)
        text, voucher = told.pop("text", ""), told.pop("voucher", "")
        if (entry is None) == (not lines):
            raise serializers.ValidationError({"entry": ["Send an entry, or text and lines."]})
        if entry is not None:
            return told | {"content": typed_anew(entry, Reader(self.context["company"]))}
        if not text:
            raise serializers.ValidationError({"text": ["Say what is booked."]}, code="required")
        return told | {"content": content_of(lines, text=text, voucher=voucher)}


class DateInput(Input):
    date = DayField()


class DueQuery(serializers.Serializer[Any]):
    until = DayField(required=False, help_text="today where it is left out")

    def validate_until(self, day: dt.date) -> dt.date:
        if day > clock.today() + LONGEST_VIEW:
            raise serializers.ValidationError(
                f"Send a day at most {LONGEST_VIEW.days} days from today.", code="out_of_range"
            )
        return day


class DueOutput(serializers.Serializer[Any]):
    template = serializers.IntegerField()
    name = serializers.CharField()
    date = serializers.DateField()


class TemplateViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/entry-templates/``"""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "due": Permission.LEDGER_READ,
        "create": Permission.LEDGER_DRAFT,
        "partial_update": Permission.LEDGER_DRAFT,
        "destroy": Permission.LEDGER_DRAFT,
        "book": Permission.LEDGER_POST,
        "skip": Permission.LEDGER_POST,
    }
    serializer_class = TemplateOutput
    queryset = EntryTemplate.unscoped.none()
    ordering = ("name", "pk")

    def get_queryset(self) -> QuerySet[EntryTemplate]:
        return EntryTemplate.of(self.company).select_related("company")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=TemplateInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        template = EntryTemplate(company=self.company, **self.told(TemplateInput))
        return self.shown(recurring.save_template(template, by=self.access.user), 201)

    @extend_schema(request=TemplateChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        template = self.changing()
        for name, value in self.told(TemplateChange, partial=True).items():
            setattr(template, name, value)
        return self.shown(recurring.save_template(template, by=self.access.user))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Remove a template; what was booked from it stays."""
        recurring.delete_template(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(parameters=[DueQuery], responses=DueOutput(many=True))
    @action(detail=False, methods=["get"])
    def due(self, request: Request, **kwargs: Any) -> Response:
        """Each recurring entry with every date it is due on until a day, oldest first."""
        until = self.asked(DueQuery).get("until") or clock.today()
        rows = [
            {"template": template.pk, "name": template.name, "date": day}
            for template, day in recurring.due(self.company, until)
        ]
        page = self.page_of(rows, by=itemgetter("template", "date"))
        return self.get_paginated_response(DueOutput(page, many=True).data)

    @extend_schema(request=DateInput, responses={201: JournalEntryOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def book(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Post a recurring entry for the date it is due next."""
        template, date = self.get_object(), self.told(DateInput)["date"]

        def act() -> Response:
            entry = recurring.book_due(template, date=date, by=self.access.user)
            shown = queries.journal(self.company).get(pk=entry.pk)
            return Response(JournalEntryOutput(shown).data, status=201)

        return self.once(act)

    @extend_schema(request=DateInput, responses=TemplateOutput)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Leave out the date a recurring entry is due next; twice for one date is refused."""
        template, date = self.get_object(), self.told(DateInput)["date"]
        recurring.skip_due(template, date=date, by=self.access.user)
        return self.shown(self.get_object())
