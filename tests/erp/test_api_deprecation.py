"""What is to go says so, in each answer and in the document."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.deprecation import Deprecated
from erp.api.endpoints import CompanyViewSet
from erp.api.schema import Problem
from erp.companies.models import Company
from tests.erp.client import problem

YEAR = {"since": dt.date(2026, 11, 26), "until": dt.date(2028, 1, 1)}
GOES = {"Deprecation": "@1795651200", "Sunset": "Sat, 01 Jan 2028 00:00:00 GMT"}


class OldThings(CompanyViewSet):
    """Things as they were."""

    permissions = {"list": Permission.COMPANY_READ, "create": Permission.COMPANY_CHANGE}
    serializer_class = Problem
    queryset = Company.objects.none()
    deprecated = Deprecated(**YEAR, instead="/api/v1/companies/{company}/contacts/",
                            actions=frozenset({"list"}))  # fmt: skip

    def list(self, request, **kwargs):
        """List things as they were."""
        return Response([])

    def create(self, request, **kwargs):
        """Add to things as they were."""
        return Response({}, status=201)


router = SimpleRouter()
router.register("old-things", OldThings, basename="old-things")
urlpatterns = [path("api/v1/companies/<int:company>/", include(router.urls))]


@pytest.fixture
def old(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.usefixtures("old")
def test_each_answer_says_since_when_until_when_and_what_to_use(api, company):
    answer = api.get("old-things/")
    assert answer.status_code == 200
    assert {name: answer[name] for name in GOES} == GOES
    assert answer["Link"] == f'</api/v1/companies/{company.pk}/contacts/>; rel="successor-version"'


@pytest.mark.usefixtures("old")
def test_a_refusal_says_it_too_and_what_stays_does_not(api):
    refused = Client().get(f"{api.start}old-things/")
    problem(refused, 401)
    assert refused["Sunset"] == GOES["Sunset"]
    stays = api.post("old-things/", {})
    assert stays.status_code == 201 and not {"Deprecation", "Sunset", "Link"} & set(stays.headers)


def test_the_document_marks_it_and_names_what_to_use():
    paths = SchemaGenerator(urlconf=__name__).get_schema(public=True)["paths"]
    (methods,) = paths.values()
    assert methods["get"]["deprecated"] is True and "deprecated" not in methods["post"]
    assert methods["get"]["description"].endswith(
        "Deprecated since 2026-11-26, answered until 2028-01-01:"
        " use `/api/v1/companies/{company}/contacts/`."
    )


def test_nothing_goes_within_a_year():
    with pytest.raises(ValueError, match="at least a year"):
        Deprecated(since=YEAR["since"], until=dt.date(2027, 11, 25), instead="/")
