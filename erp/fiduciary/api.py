"""``/api/v1/firms/{firm}/…``: the cockpit over all clients."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.api.firms import FirmViewSet
from erp.api.inputs import Input
from erp.api.paging import PageOutput
from erp.core import clock
from erp.fiduciary import checklists, mandates, overview
from erp.fiduciary.overview import ORDERS, Row, Wanted
from erp.reference.statuses import stale_sources

COUNTS = ("bank", "inbox", "vouchers", "differing", "drafts", "invoices", "bills", "periods", "runs",
          "findings", "to_firm", "to_client", "checklist", "overdue")  # fmt: skip


class CockpitQuery(serializers.Serializer[Any]):
    """``responsible`` is a user's number, 0 for clients nobody answers for."""

    q = serializers.CharField(max_length=100, required=False)
    responsible = serializers.IntegerField(min_value=0, required=False)
    until = serializers.DateField(required=False)
    work = serializers.BooleanField(required=False)
    sort = serializers.ChoiceField(list(ORDERS), required=False)


class CountOutput(serializers.Serializer[Any]):
    """How many there are, and since when the oldest waits."""

    number = serializers.IntegerField()
    since = serializers.DateField(allow_null=True)


class FirmDeadlineOutput(serializers.Serializer[Any]):
    """Something due: vat, tax, ahv or certificates, and of which period."""

    day = serializers.DateField()
    duty = serializers.CharField()
    what = serializers.CharField()
    start = serializers.DateField()


class ClientOutput(serializers.Serializer[Any]):
    """A client; a figure that one may not see there is null.

    ``counts`` by name: bank (lines not booked), inbox, vouchers (missing) and differing (bank accounts),
    both as of the day in ``since``; drafts, invoices, bills, periods (not locked), runs (of payroll),
    findings (of breaches), to_firm and to_client (questions to be answered by either side),
    checklist (open steps) and overdue (those late).
    ``control`` is what control accounts differ from their items.
    """

    company = serializers.IntegerField(source="company.pk")
    name = serializers.CharField(source="company.name")
    responsible = serializers.CharField(source="responsible.email", allow_null=True, default=None)
    deadlines = FirmDeadlineOutput(many=True)
    counts = serializers.SerializerMethodField()
    control = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    signed_in = serializers.DateField(allow_null=True)

    def get_counts(self, row: Row) -> dict[str, Any]:
        return {name: CountOutput(found).data if (found := row.counts.get(name)) else None
                for name in COUNTS}  # fmt: skip


class CockpitOutput(PageOutput):
    """The clients as wanted, of ``total``; ``stale`` are reference data that are too old."""

    total = serializers.IntegerField()
    stale = serializers.ListField(child=serializers.CharField())
    results = ClientOutput(many=True)


class MandateChange(Input):
    """Who of the staff answers for the client, by e-mail; null for nobody."""

    responsible = serializers.EmailField(allow_null=True)


class CockpitViewSet(FirmViewSet):
    """``/api/v1/firms/{firm}/cockpit/``"""

    pagination_class = None
    serializer_class = CockpitOutput

    @extend_schema(parameters=[CockpitQuery], responses=CockpitOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """All clients with what is due in each; at most 15 queries, however many there are."""
        today = clock.today()
        found = overview.cockpit(self.access, Wanted(**self.asked(CockpitQuery)), today)
        stale = [str(title) for title in stale_sources(on=today)]
        page = self.page_of(found.rows, by=attrgetter("company.pk"))
        return self.told_beside(CockpitOutput, page, total=found.total, stale=stale)


class FirmClientViewSet(FirmViewSet):
    """``/api/v1/firms/{firm}/clients/{company}/``"""

    asks = {"answer_for": checklists.require_working}
    pagination_class = None
    serializer_class = ClientOutput

    @extend_schema(responses=ClientOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """One client."""
        rows = overview.cockpit(self.access, Wanted(), clock.today()).rows
        found = next((row for row in rows if row.company.pk == int(kwargs["company"])), None)
        if found is None:
            raise Http404
        return Response(ClientOutput(found).data)

    @extend_schema(request=MandateChange, responses={204: None})
    def answer_for(self, request: Request, **kwargs: Any) -> Response:
        """Say who of the firm answers for a client."""
        email = self.told(MandateChange)["responsible"]
        firm, company = self.staff.firm, self.client.company
        person = mandates.colleague(firm, email) if email else None
        mandates.set_responsible(firm=firm, company=company, responsible=person)
        return Response(status=204)
