"""How employees and their facts look to programs, and what these send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contacts.api.shapes import LARGEST_ID, ContactInput
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField, Input
from payroll.employees.ahv import masked
from payroll.employees.facts import KINDS, LeaveKind, LeavingReason
from payroll.employees.models import Employee, EmployeeFile, Employment, Fact, LeaveEntry
from payroll.employees.reading import encoded
from payroll.employees.showing import AHV

FACT_KINDS: Final = [(one, one) for one in sorted(KINDS)]
LEAVE_KINDS: Final = [(one.value, one.value) for one in LeaveKind]


def opened(context: Mapping[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """A value with its AHV numbers masked for those who do not change people."""
    if "access" in context and context["access"].may(Permission.PAYROLL_PEOPLE):
        return told
    return {name: masked(text) if name in AHV else text for name, text in told.items()}


class EmployeeField(serializers.IntegerField):
    """An employee of the company by the id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        pk = super().run_validation(data)
        rows = Employee.of(self.context["company"]).select_related("company", "contact")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such employee."), code="unknown")
        return found


class EmploymentOutput(serializers.ModelSerializer[Employment]):
    employee = serializers.IntegerField(source="employee_id")

    class Meta:
        model = Employment
        fields = ("id", "employee", "entry", "exit", "function")


class EmployeeOutput(serializers.ModelSerializer[Employee]):
    """An employee; facts are at ``…/employee-facts/?employee=…``. AHV numbers may be masked."""

    contact = serializers.IntegerField(source="contact_id")
    name = serializers.CharField(source="contact.name")
    language = serializers.CharField(source="contact.language")
    personal = serializers.SerializerMethodField()
    employments = EmploymentOutput(many=True)
    own_values = serializers.DictField(help_text="Values of own fields, by their codes")

    class Meta:
        model = Employee
        fields = ("id", "number", "contact", "name", "language", "personal", "employments",
                  "own_values", "version")  # fmt: skip

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_personal(self, employee: Employee) -> dict[str, Any]:
        return opened(self.context, encoded(employee.personal))


class RemarkOutput(serializers.Serializer[Any]):
    """What should be looked at; ``stops`` is what keeps a run from being made."""

    code = serializers.CharField()
    text = serializers.CharField()
    stops = serializers.BooleanField()


class FactOutput(serializers.ModelSerializer[Fact]):
    """A fact with its validity. ``content`` has amounts and days as texts."""

    employee = serializers.IntegerField(source="employee_id")
    content = serializers.SerializerMethodField()

    class Meta:
        model = Fact
        fields = ("id", "employee", "kind", "key", "valid_from", "valid_until", "content",
                  "version")  # fmt: skip

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_content(self, fact: Fact) -> dict[str, Any]:
        return opened(self.context, encoded(fact.content))


class ContactOf(serializers.IntegerField):
    """A contact of the company by its id."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        pk = super().run_validation(data)
        found = Contact.of(self.context["company"]).select_related("company").filter(pk=pk).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such contact."), code="unknown")
        return found


class NewFact(Input):
    """A fact that holds from the entry on; ``content`` is as in ``…/employee-facts/``."""

    kind = serializers.ChoiceField(choices=FACT_KINDS)
    content = serializers.DictField()


class PersonInput(ContactInput):
    """A person as ``…/contacts/`` takes one."""

    kind = None  # type: ignore[assignment]


class EmployeeInput(Input):
    """Somebody to hire: a ``contact`` that is there, or a ``person`` as ``…/contacts/`` takes it."""

    contact = ContactOf(required=False, min_value=1, max_value=LARGEST_ID)
    person = PersonInput(required=False)
    number = serializers.CharField(max_length=12, required=False, allow_blank=True)
    personal = serializers.DictField()
    entry = DayField()
    exit = DayField(required=False, allow_null=True)
    function = serializers.CharField(max_length=80, required=False, allow_blank=True)
    facts = serializers.ListField(child=NewFact(), required=False, max_length=60)
    own_values = serializers.DictField(required=False)


class EmployeeChange(Input):
    number = serializers.CharField(max_length=12, required=False)
    personal = serializers.DictField(required=False)
    own_values = serializers.DictField(required=False)


class EmploymentChange(Input):
    """An ``exit`` of null takes it back."""

    entry = DayField(required=False)
    exit = DayField(required=False, allow_null=True)
    function = serializers.CharField(max_length=80, required=False, allow_blank=True)


class LeaveInput(Input):
    """The last day, and why."""

    exit = DayField()
    reason = serializers.ChoiceField(choices=[one.value for one in LeavingReason], default="other")
    text = serializers.CharField(max_length=120, required=False, allow_blank=True)


class ReturnInput(Input):
    entry = DayField()
    exit = DayField(required=False, allow_null=True)
    function = serializers.CharField(max_length=80, required=False, allow_blank=True)
    facts = serializers.ListField(child=NewFact(), required=False, max_length=60)


class FactChange(Input):
    valid_from = DayField(required=False)
    valid_until = DayField(required=False, allow_null=True)
    content = serializers.DictField(required=False)


class FactInput(Input):
    """``key`` goes on with a child or recurring wage type that is there; blank is a new one."""

    employee = EmployeeField()
    kind = serializers.ChoiceField(choices=FACT_KINDS)
    valid_from = DayField()
    valid_until = DayField(required=False, allow_null=True)
    key = serializers.CharField(max_length=12, required=False, allow_blank=True)
    content = serializers.DictField()


class LeaveOutput(serializers.ModelSerializer[LeaveEntry]):
    employee = serializers.IntegerField(source="employee_id")
    kind = serializers.CharField(source="content.kind.value")
    amount = AmountField(source="content.amount")
    text = serializers.CharField(source="content.text")

    class Meta:
        model = LeaveEntry
        fields = ("id", "employee", "date", "kind", "amount", "text")


class LeaveEntryInput(Input):
    """Days, of overtime hours; positive is earned, negative is taken."""

    employee = EmployeeField()
    kind = serializers.ChoiceField(choices=LEAVE_KINDS)
    date = DayField()
    amount = AmountField()
    text = serializers.CharField(max_length=80, required=False, allow_blank=True)


class BalanceOutput(serializers.Serializer[Any]):
    """A year of holidays (days) or overtime (hours)."""

    kind = serializers.CharField(source="kind.value")
    year = serializers.IntegerField()
    carried = AmountField()
    entitled = AmountField()
    earned = AmountField()
    taken = AmountField()
    left = AmountField()


class ComingOutput(serializers.Serializer[Any]):
    employee = serializers.IntegerField(source="file.id")
    name = serializers.CharField(source="file.name")
    day = serializers.DateField()
    code = serializers.CharField()
    text = serializers.CharField()


class EmployeeFileOutput(serializers.ModelSerializer[EmployeeFile]):
    """A document; its bytes are at ``…/employee-files/{id}/file/``."""

    employee = serializers.IntegerField(source="employee_id")

    class Meta:
        model = EmployeeFile
        fields = ("id", "employee", "title", "media_type", "size", "added_at")
