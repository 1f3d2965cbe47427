"""What goes in and comes out of the endpoints of projects and hours."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.hours.billing import Grouping
from accounting.hours.forms import MOST_BUDGET
from accounting.hours.models import DAY_MINUTES, HourEntry, HourRate, Project
from accounting.hours.people import people_of
from accounting.hours.rates import LARGEST
from accounting.hours.reports import By
from accounting.ledger.api.named import NumberedField
from accounting.ledger.api.spans import SpanQuery
from accounting.ledger.api.units import UnitLineOutput
from accounting.ledger.models import CostObject
from accounting.open_items.api.shapes import ContactField
from accounting.receivables.models import Product
from erp.api.inputs import AmountField, DayField, Input
from erp.api.paging import PageOutput

LARGEST_ID = 2**63 - 1
MOST_ENTRIES = 500
_OR_NONE: dict[str, Any] = {"required": False, "allow_blank": True, "allow_null": True}


class PersonField(serializers.IntegerField):
    """Somebody with access to the company, by id."""

    def to_internal_value(self, data: Any) -> Any:
        pk = super().to_internal_value(data)
        found = {one.pk: one for one in people_of(self.context["company"])}
        if pk not in found:
            raise serializers.ValidationError(_("There is no such person."), code="unknown")
        return found[pk]


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,13}(\.[0-9]{1,2})?$"})
class RateField(AmountField):
    """A rate per hour without VAT, more than nothing."""

    def to_internal_value(self, data: Any) -> Any:
        rate = super().to_internal_value(data)
        if not 0 < rate <= LARGEST:
            raise serializers.ValidationError(_("Send a rate of more than 0."), code="bad_rate")
        return rate


class ProjectBrief(serializers.ModelSerializer[Project]):
    """What is enough to enter hours for a project."""

    class Meta:
        model = Project
        fields = ("id", "number", "name")


class ProjectOutput(serializers.ModelSerializer[Project]):
    """Product and cost object by number; ``contact`` by id."""

    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    product = serializers.CharField(source="product.number", allow_null=True, default=None)
    cost_object = serializers.CharField(source="cost_object.number", allow_null=True, default=None)

    class Meta:
        model = Project
        fields = ("id", "number", "name", "contact", "product", "cost_object", "currency",
                  "budget_minutes", "is_closed", "version")  # fmt: skip


class ProjectInput(Input):
    number = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=120)
    contact = ContactField(required=False, allow_null=True)
    product = NumberedField(Product, max_length=40, **_OR_NONE)
    cost_object = NumberedField(CostObject, max_length=10, **_OR_NONE)
    currency = serializers.CharField(min_length=3, max_length=3, required=False)
    budget_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MOST_BUDGET
    )
    is_closed = serializers.BooleanField(required=False)


class StandingOutput(serializers.Serializer[Any]):
    """How far a project is, in minutes; ``unbilled`` is null where a rate is missing.

    Amounts are without VAT in the project's currency.
    """

    project = ProjectOutput()
    minutes = serializers.IntegerField()
    billable = serializers.IntegerField()
    billed_minutes = serializers.IntegerField()
    billed = AmountField()
    open_minutes = serializers.IntegerField()
    waiting = serializers.IntegerField()
    unbilled = AmountField(allow_null=True)
    oldest = serializers.DateField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)


class HourRateOutput(serializers.ModelSerializer[HourRate]):
    """``project`` by number, ``person`` by id; null is all of them."""

    project = serializers.CharField(source="project.number", allow_null=True, default=None)
    person = serializers.IntegerField(source="user_id", allow_null=True)
    rate = AmountField()

    class Meta:
        model = HourRate
        fields = ("id", "project", "person", "valid_from", "rate")


class HourRateInput(Input):
    project = NumberedField(Project, max_length=10, **_OR_NONE)
    person = PersonField(required=False, allow_null=True)
    valid_from = DayField()
    rate = RateField()


class HourEntryOutput(serializers.ModelSerializer[HourEntry]):
    """``project`` by number; ``document`` is the invoice that bills it, by id."""

    project = serializers.CharField(source="project.number")
    project_name = serializers.CharField(source="project.name")
    person = serializers.IntegerField(source="user_id")
    person_name = serializers.CharField(source="user.name")
    rate = AmountField(allow_null=True)
    document = serializers.IntegerField(source="document_id", allow_null=True)

    class Meta:
        model = HourEntry
        fields = ("id", "project", "project_name", "person", "person_name", "day", "minutes", "text",
                  "is_billable", "rate", "state", "document", "version")  # fmt: skip


class OwnHoursOutput(HourEntryOutput):
    """One's own hours: without rates, which are not everybody's to see."""

    class Meta:
        model = HourEntry
        fields = ("id", "project", "project_name", "day", "minutes", "text", "is_billable", "state",
                  "version")  # fmt: skip


class OwnHoursInput(Input):
    project = serializers.CharField(max_length=10)
    day = DayField()
    minutes = serializers.IntegerField(min_value=1, max_value=DAY_MINUTES)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    is_billable = serializers.BooleanField(required=False)


class HourEntryInput(OwnHoursInput):
    """``person`` stays on a change."""

    person = PersonField()
    rate = RateField(required=False, allow_null=True)


class HourEntryChange(OwnHoursInput):
    rate = RateField(required=False, allow_null=True)


class HoursQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=HourEntry.State.choices, required=False)
    project = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    since = DayField(required=False)
    until = DayField(required=False)


class HourEntriesQuery(HoursQuery):
    person = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class SeenHoursInput(Input):
    """Hours by their id, as they were read."""

    id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)


class EntriesInput(Input):
    """Hours with the versions that were read; those that are not there are left out."""

    entries = serializers.ListField(
        child=SeenHoursInput(), allow_empty=False, max_length=MOST_ENTRIES
    )


class DecidedOutput(serializers.Serializer[Any]):
    entries = serializers.ListField(child=serializers.IntegerField())


class ProjectBillInput(Input):
    """``until`` is the last day that is billed, ``date`` that of the invoice."""

    until = DayField()
    date = DayField()
    grouping = serializers.ChoiceField(choices=Grouping.choices, default=Grouping.ENTRY)


class BilledOutput(serializers.Serializer[Any]):
    """The draft that was written."""

    document = serializers.IntegerField()
    currency = serializers.CharField()
    payable = AmountField()


class HoursReportQuery(SpanQuery):
    by = serializers.ChoiceField(choices=By.choices)


class CurrencyAmount(serializers.Serializer[Any]):
    currency = serializers.CharField()
    amount = AmountField()


class HoursRowOutput(serializers.Serializer[Any]):
    """Minutes; ``billed`` is what was invoiced, without VAT, by currency."""

    key = serializers.CharField()
    name = serializers.CharField()
    minutes = serializers.IntegerField()
    billable = serializers.IntegerField()
    open = serializers.IntegerField()
    billed_minutes = serializers.IntegerField()
    billed = serializers.SerializerMethodField()

    @extend_schema_field(CurrencyAmount(many=True))
    def get_billed(self, row: Any) -> list[dict[str, str]]:
        return [{"currency": name, "amount": f"{amount:.2f}"} for name, amount in row.amounts]


class HoursReportOutput(PageOutput):
    """``total`` adds up all pages."""

    total = HoursRowOutput()
    results = HoursRowOutput(many=True)


class MarginsQuery(SpanQuery):
    """``customer`` is a contact, by id."""

    customer = ContactField(required=False)


class ProjectNameOutput(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ("id", "number", "name")


class MarginOutput(serializers.Serializer[Any]):
    """A project, or several with one cost object. Minutes; ``worth`` is what billable ones come to at rates.

    ``income``, ``costs`` and ``margin`` are in the company's currency as the books have them, without VAT
    where the effective method is used, and null without a cost object; the cost of one's own hours is not
    deducted. ``percent`` is of the income.
    """

    projects = ProjectNameOutput(many=True)
    customer = serializers.CharField()
    cost_object = serializers.CharField()
    minutes = serializers.IntegerField()
    billable = serializers.IntegerField()
    billed_minutes = serializers.IntegerField()
    unrated = serializers.IntegerField(help_text="Billable minutes without a rate")
    worth = serializers.SerializerMethodField()
    income = AmountField(allow_null=True)
    costs = AmountField(allow_null=True)
    margin = AmountField(allow_null=True)
    percent = AmountField(decimals=1, allow_null=True)

    @extend_schema_field(CurrencyAmount(many=True))
    def get_worth(self, row: Any) -> list[dict[str, str]]:
        return [{"currency": name, "amount": f"{amount:.2f}"} for name, amount in row.worths]


class MarginsOutput(PageOutput):
    """``total`` adds up all pages; what is not known counts as nothing."""

    total = MarginOutput()
    results = MarginOutput(many=True)


class ProjectMarginOutput(serializers.Serializer[Any]):
    """The figures, and the lines behind income and costs, the newest first; ``more``: there are further ones."""

    margin = MarginOutput()
    lines = UnitLineOutput(many=True)
    more = serializers.BooleanField()
