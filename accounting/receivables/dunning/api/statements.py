"""``…/account-statements/``: what customers owe on a day, as data, as PDF, and by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.open_items.api.shapes import OpenRowOutput
from accounting.receivables import paper
from accounting.receivables.dunning import mailing, statements
from accounting.receivables.dunning.api.shapes import LARGEST_ID
from accounting.receivables.dunning.jobs import begin_statements
from accounting.receivables.dunning.models import DunningNotice
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import AmountField, DayField, Input
from erp.api.jobs import JobOutput, accepted
from erp.api.schema import KEY
from erp.core import clock
from erp.core.filetypes import PDF


class AccountStatementOutput(serializers.Serializer[Any]):
    """A customer in one currency; ``ages``: not due, 1 to 30, 31 to 60, 61 to 90 days, and older."""

    contact = serializers.IntegerField()
    customer = serializers.CharField(source="party")
    currency = serializers.CharField()
    on = serializers.DateField()
    balance = AmountField()
    overdue = AmountField()
    ages = serializers.ListField(child=AmountField())
    items = OpenRowOutput(many=True, source="rows")


class StatementQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class StatementPdfQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")
    slip = serializers.BooleanField(required=False, help_text="With a QR-bill; so where left out")


class StatementsInput(Input):
    """``by_mail`` sends those who have an address theirs; the others are one PDF of the job."""

    on = DayField()
    slip = serializers.BooleanField(default=True)
    by_mail = serializers.BooleanField(default=False)


class SendStatementInput(Input):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class StatementSentOutput(serializers.Serializer[Any]):
    """The mail, to be asked for in ``mails``, and to whom it goes."""

    mail = serializers.IntegerField(source="pk")
    to = serializers.ListField(child=serializers.CharField())


class AccountStatementViewSet(CompanyViewSet):
    """``…/account-statements/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "create": Permission.RECEIVABLES_DUN,
        "pdf": Permission.RECEIVABLES_READ,
        "send": Permission.RECEIVABLES_SEND,
    }
    serializer_class = AccountStatementOutput
    queryset = DunningNotice.unscoped.none()

    @extend_schema(parameters=[StatementQuery], responses=AccountStatementOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What customers owe on a day, each with its items."""
        told = self.asked(StatementQuery)
        found = statements.statements(self.company, told.get("on") or clock.today(),
                                      contact=told.get("contact"))  # fmt: skip
        page = self.page_of(found, by=attrgetter("contact", "currency"))
        return self.get_paginated_response(AccountStatementOutput(page, many=True).data)

    @extend_schema(request=StatementsInput, responses={202: JobOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Write the statements of all who owe something; the answer is the job that does."""
        told = self.told(StatementsInput)
        if told["by_mail"] and not self.access.may(Permission.RECEIVABLES_SEND):
            raise PermissionDenied
        return self.once(lambda: accepted(begin_statements(
            self.company, by=self.access.user, within=bearer_in(request), **told
        )))  # fmt: skip

    @extend_schema(parameters=[StatementPdfQuery], responses={(200, PDF): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def pdf(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The statement of a customer, by the id of the contact."""
        made = [one.paper for one in self._printed(pk, self.asked(StatementPdfQuery))]
        content = paper.pdf(made[0]) if len(made) == 1 else paper.book(made)
        return HttpResponse(content, content_type=PDF)

    @extend_schema(request=SendStatementInput, responses=StatementSentOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Mail a customer what they owe on a day, with a QR-bill, by the id of the contact."""

        def act() -> Response:
            told = self.told(SendStatementInput)
            mail = mailing.mail_statement(self._printed(pk, told), by=self.access.user)
            return Response(StatementSentOutput(mail).data)

        return self.once(act)

    def _printed(self, contact: str, told: dict[str, Any]) -> Sequence[statements.Printed]:
        """The statements of a customer, one of each currency; a 404 where nothing is owed."""
        on = told.get("on") or clock.today()
        found = statements.statements(self.company, on, contact=int(contact))
        if not found:
            raise Http404
        return statements.printed(self.company, found, slip=told.get("slip", True))
