"""``…/vat-instalments/``: what is paid ahead of a return of a year."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField, Input
from erp.api.schema import KEY
from erp.core import clock
from vat.returns import queries
from vat.returns.instalments import (
    enter_instalment,
    instalment,
    instalments,
    take_back_instalment,
)
from vat.returns.models import VatInstalment


class VatInstalmentInput(Input):
    """An instalment as the tax office bills it; ``start`` is the first day of its year."""

    start = DayField()
    nth = serializers.IntegerField(min_value=1, max_value=12)
    amount = AmountField()
    due_date = DayField()
    date = DayField()
    reference = serializers.CharField(max_length=35, required=False, allow_blank=True)


class VatTakeBackInput(Input):
    date = DayField()


class VatInstalmentOutput(serializers.Serializer[Any]):
    """``amount`` is null where it is as billed; ``id`` and ``entry`` are of what was entered."""

    id = serializers.IntegerField(source="stored.pk", default=None, allow_null=True)
    start = serializers.DateField(source="period.start")
    nth = serializers.IntegerField()
    of = serializers.IntegerField()
    due_date = serializers.DateField(source="due")
    amount = AmountField(allow_null=True)
    state = serializers.CharField(help_text="planned, none, entered or paid")
    entry = serializers.IntegerField(source="stored.entry_id", default=None, allow_null=True)


class VatInstalmentViewSet(CompanyViewSet):
    """``…/vat-instalments/``: planned ones by year and number, entered ones with their id."""

    permissions = {
        "list": Permission.VAT_READ,
        "create": Permission.VAT_FILE,
        "take_back": Permission.VAT_FILE,
    }
    serializer_class = VatInstalmentOutput
    queryset = VatInstalment.unscoped.none()
    pagination_class = None

    @extend_schema(responses=VatInstalmentOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The instalments of all years that are settled yearly, the oldest first."""
        periods = queries.reporting(self.company, clock.today())
        rows = [row for rows in instalments(self.company, periods).values() for row in rows]
        return Response(VatInstalmentOutput(instance=rows, many=True).data)

    @extend_schema(
        request=VatInstalmentInput, responses={201: VatInstalmentOutput}, parameters=[KEY]
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Owe an instalment to the tax office."""

        def act() -> Response:
            told = self.told(VatInstalmentInput)
            done = enter_instalment(company=self.company, by=self.access.user, **told)
            return self._shown(done, 201)

        return self.once(act)

    @extend_schema(request=VatTakeBackInput, responses=VatInstalmentOutput, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo an instalment that was entered; it is planned as before."""

        def act() -> Response:
            one = VatInstalment.of(self.company).filter(pk=int(pk)).first()
            if one is None:
                raise Http404
            take_back_instalment(one, by=self.access.user, **self.told(VatTakeBackInput))
            return self._shown(one, 200)

        return self.once(act)

    def _shown(self, one: VatInstalment, status: int) -> Response:
        found = instalment(self.company, one.start, one.nth)
        return Response(VatInstalmentOutput(found).data, status=status)
