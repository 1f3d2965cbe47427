"""``…/overview/``: how a company stands, and what is to be done, for the start of a phone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger.models import JournalEntry
from contacts import activities
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, MonthField
from erp.cockpit import overview
from erp.cockpit.waiting import waiting
from erp.core import clock

MOST_TASKS = 8  # all of them are in ``contact-activities``


class OverviewMonthOutput(serializers.Serializer[Any]):
    """A month; ``liquidity`` at its end. In the company's currency."""

    month = MonthField()
    income = AmountField()
    expense = AmountField()
    liquidity = AmountField()


class OverviewFiguresOutput(serializers.Serializer[Any]):
    """Liquid funds and the year's result on ``day``, in the company's currency."""

    day = serializers.DateField()
    liquidity = AmountField()
    result = AmountField()
    months = OverviewMonthOutput(many=True)


class VatDueOutput(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="Of ``vat-returns/{key}``")
    period = serializers.CharField(source="period.name")
    due = serializers.DateField()


class OverviewTodoOutput(serializers.Serializer[Any]):
    """Bank transactions to be booked, drafts, recurring entries that are due, and the next return."""

    bank = serializers.IntegerField(allow_null=True)
    drafts = serializers.IntegerField()
    recurring = serializers.IntegerField()
    vat = VatDueOutput(allow_null=True)


class OverviewTaskOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    contact = serializers.IntegerField(source="contact_id")
    name = serializers.CharField(source="contact.name")
    text = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)


class OverviewOutput(serializers.Serializer[Any]):
    """What one may not see is null; ``figures`` also where there is no fiscal year.

    ``to_approve`` counts the suppliers' invoices that wait for one's own visa, the others what else
    waits for whom one is: hours up to the end of last week, expense claims, and payment runs of others.
    """

    figures = OverviewFiguresOutput(allow_null=True)
    todo = OverviewTodoOutput(allow_null=True)
    tasks = OverviewTaskOutput(many=True, allow_null=True)
    to_approve = serializers.IntegerField(allow_null=True)
    hours_to_approve = serializers.IntegerField(allow_null=True)
    expenses_to_approve = serializers.IntegerField(allow_null=True)
    payments_to_approve = serializers.IntegerField(allow_null=True)


class OverviewViewSet(CompanyViewSet):
    """``…/overview/``"""

    permissions = {"read": Permission.COMPANY_READ}
    serializer_class = OverviewOutput
    queryset = JournalEntry.unscoped.none()
    pagination_class = None

    @extend_schema(responses=OverviewOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """Liquidity, result, months, what is to be done, and one's own tasks of the day."""
        today, user = clock.today(), self.access.user
        sees_books = self.access.may(Permission.LEDGER_READ)
        tasks = None
        if self.access.may(Permission.CONTACTS_READ):
            tasks = activities.due(self.company, on=today, user=user)[:MOST_TASKS]
        found = waiting(self.company, user, self.access.granted, on=today)
        counts = {one.kind: one.count for one in found}
        told = {
            "figures": overview.figures(self.company, today) if sees_books else None,
            "todo": overview.todo(self.access, today) if sees_books else None,
            "tasks": tasks, "to_approve": counts.get("bills"),
            "hours_to_approve": counts.get("hours"), "expenses_to_approve": counts.get("claims"),
            "payments_to_approve": counts.get("payments"),
        }  # fmt: skip
        return self.shown(told)
