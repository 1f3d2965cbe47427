"""``/api/v1/reference/``: banks, places, rates and their sources. The same for every company."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from erp.api.endpoints import OneTransaction
from erp.api.inputs import DayField, Input
from erp.core import clock
from erp.core.identifiers import format_iban, parse_iban
from erp.reference import queries, statuses
from erp.reference.models import Bank, Country, Currency, ExchangeRate, Holiday, Locality

LONGEST = 40
OFFICIAL = (ExchangeRate.Source.BAZG_DAILY, ExchangeRate.Source.BAZG_MONTHLY)


class BankOutput(serializers.ModelSerializer[Bank]):
    """``instant_chf`` says whether instant payments reach it, null where that is unknown."""

    class Meta:
        model = Bank
        fields = ("iid", "name", "street", "building", "postcode", "town", "country", "bic",
                  "rtgs_chf", "instant_chf", "valid_to")  # fmt: skip


class IbanOutput(serializers.Serializer[Any]):
    """What an IBAN says: written in fours, whether it is a QR-IBAN, and the bank that has it today.

    ``bank`` is null for other countries, and where no bank has the number. ``was_taken_over`` says
    that the number was joined with that of ``bank``.
    """

    iban = serializers.CharField()
    is_qr = serializers.BooleanField()
    was_taken_over = serializers.BooleanField()
    bank = BankOutput(allow_null=True)


class LocalityOutput(serializers.ModelSerializer[Locality]):
    """A locality, as far as it lies in one commune; ``share`` is of its addresses, in percent.

    ``kind`` tells it from the postcodes of post-office boxes and of companies.
    """

    class Meta:
        model = Locality
        fields = ("kind", "postcode", "addition", "name", "commune", "bfs_nr", "canton", "country",
                  "share")  # fmt: skip


class RateOutput(serializers.Serializer[queries.Rate]):
    """Francs for one unit of ``currency``; ``quoted`` is for ``unit`` units, as published."""

    currency = serializers.CharField()
    value = serializers.DecimalField(max_digits=20, decimal_places=None, normalize_output=True)
    unit = serializers.IntegerField()
    quoted = serializers.DecimalField(max_digits=20, decimal_places=None, normalize_output=True)
    source = serializers.ChoiceField(choices=ExchangeRate.Source.choices)  # type: ignore[assignment]
    source_name = serializers.SerializerMethodField()
    published = serializers.DateField()

    def get_source_name(self, one: queries.Rate) -> str:
        return str(ExchangeRate.Source(one.source).label)


class CountryOutput(serializers.ModelSerializer[Country]):
    name = serializers.CharField()

    class Meta:
        model = Country
        fields = ("alpha2", "alpha3", "name")


class CurrencyOutput(serializers.ModelSerializer[Currency]):
    name = serializers.CharField()

    class Meta:
        model = Currency
        fields = ("code", "name", "minor_units")


class HolidayOutput(serializers.ModelSerializer[Holiday]):
    name = serializers.CharField()

    class Meta:
        model = Holiday
        fields = ("day", "name", "category", "place")


class SourceOutput(serializers.Serializer[Any]):
    """How current a source is."""

    name = serializers.CharField()
    title = serializers.CharField()
    edition_date = serializers.DateField(allow_null=True)
    rows = serializers.IntegerField()
    checked_at = serializers.DateTimeField(allow_null=True)
    next_run = serializers.DateTimeField(allow_null=True)
    is_stale = serializers.BooleanField()
    error = serializers.CharField()


class IbanQuestion(Input):
    iban = serializers.CharField(max_length=60)


class PlaceQuestion(Input):
    q = serializers.CharField(max_length=LONGEST)
    on = DayField(required=False)


class RateQuestion(Input):
    currency = serializers.RegexField(r"^[A-Z]{3}\Z")
    on = DayField()
    method = serializers.ChoiceField(
        choices=[(one.value, one.label) for one in OFFICIAL], required=False
    )


class HolidayQuestion(Input):
    canton = serializers.RegexField(r"^[A-Z]{2}\Z")
    year = serializers.IntegerField(min_value=1900, max_value=2199)
    place = serializers.CharField(max_length=LONGEST, required=False, default="")


class ReferenceViewSet(OneTransaction):
    """What everybody who is signed in may look up."""

    pagination_class = None
    serializer_class = BankOutput

    def _asked(self, request: Request, question: type[Input]) -> dict[str, Any]:
        told = question(data=request.query_params.dict())
        told.is_valid(raise_exception=True)
        return cast(dict[str, Any], told.validated_data)

    @extend_schema(parameters=[IbanQuestion], responses=IbanOutput)
    def iban(self, request: Request) -> Response:
        """The bank behind an IBAN; 422 where it is none."""
        canonical = parse_iban(self._asked(request, IbanQuestion)["iban"])
        found = queries.bank_of(canonical)
        told = {
            "iban": format_iban(canonical), "is_qr": found is not None and found.is_qr,
            "was_taken_over": found is not None and found.was_taken_over,
            "bank": found.bank if found else None,
        }  # fmt: skip
        return Response(IbanOutput(told).data)

    @extend_schema(parameters=[PlaceQuestion], responses=LocalityOutput(many=True))
    def localities(self, request: Request) -> Response:
        """Localities by postcode or its beginning, or by the beginning of their name."""
        asked = self._asked(request, PlaceQuestion)
        found = queries.localities(asked["q"], on=asked.get("on") or clock.today())
        return Response(LocalityOutput(found, many=True).data)

    @extend_schema(parameters=[RateQuestion], responses=RateOutput)
    def rate(self, request: Request) -> Response:
        """The official rate of a day, or the mean of its month; 422 where there is none."""
        asked = self._asked(request, RateQuestion)
        method = asked.get("method", queries.DAILY)
        return Response(
            RateOutput(queries.rate(asked["currency"], asked["on"], method=method)).data
        )

    @extend_schema(responses=CountryOutput(many=True))
    def countries(self, request: Request) -> Response:
        return Response(CountryOutput(queries.countries(), many=True).data)

    @extend_schema(responses=CurrencyOutput(many=True))
    def currencies(self, request: Request) -> Response:
        return Response(CurrencyOutput(queries.currencies(), many=True).data)

    @extend_schema(parameters=[HolidayQuestion], responses=HolidayOutput(many=True))
    def holidays(self, request: Request) -> Response:
        """Public holidays of a canton in a year, and those of a town in it."""
        asked = self._asked(request, HolidayQuestion)
        found = queries.holidays(asked["canton"], asked["year"], place=asked["place"])
        return Response(HolidayOutput(found, many=True).data)

    @extend_schema(responses=SourceOutput(many=True))
    def sources(self, request: Request) -> Response:
        """How current each source is."""
        return Response(SourceOutput(statuses.statuses(), many=True).data)

    @extend_schema(
        parameters=[OpenApiParameter("source", str, OpenApiParameter.PATH)], responses=SourceOutput
    )
    def source(self, request: Request, source: str) -> Response:
        found = next((one for one in statuses.statuses() if one.name == source), None)
        if found is None:
            raise NotFound
        return Response(SourceOutput(found).data)
