"""What is to go says so, in each answer and in the document."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from psycopg.errors import DeadlockDetected
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

    permissions = {
        "list": Permission.COMPANY_READ, "create": Permission.COMPANY_CHANGE,
        "retrieve": Permission.COMPANY_READ,
    }  # fmt: skip
    serializer_class = Problem
    queryset = Company.objects.none()
    deprecated = Deprecated(**YEAR, instead="/api/v1/companies/{company}/contacts/",
                            actions=frozenset({"list", "retrieve"}))  # fmt: skip

    def list(self, request, **kwargs):
        """List things as they were."""
        return Response([])

    def retrieve(self, request, pk, **kwargs):
        """One thing as it was: it breaks, or somebody else was quicker."""
        if pk == "1":
            raise ZeroDivisionError
        raise OperationalError("deadlock") from DeadlockDetected()

    def create(self, request, **kwargs):
        """Add to things as they were."""
        return Response({}, status=201)


router = SimpleRouter()
router.register("old-things", OldThings, basename="old-things")
handler500 = "erp.web.unanswered.broken"
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


@pytest.mark.usefixtures("old")
def test_limits_and_methods_that_there_are_not_say_it_too(api, settings):
    refused = api.delete("old-things/7/")
    problem(refused, 405)
    assert {name: refused[name] for name in GOES} == GOES
    stays = api.delete("old-things/")  # of which one may still add
    assert stays.status_code == 405 and "Sunset" not in stays
    settings.API_LIMITS = {**settings.API_LIMITS, "person": 0}
    waits = api.get("old-things/")
    problem(waits, 429)
    assert {name: waits[name] for name in GOES} == GOES and "Sunset" not in api.post(
        "old-things/", {}
    )


@pytest.mark.usefixtures("old")
def test_what_breaks_says_it_too(api):
    api.client.raise_request_exception = False
    broken = api.get("old-things/1/")
    problem(broken, 500)
    assert {name: broken[name] for name in GOES} == GOES


@pytest.mark.usefixtures("old")
def test_who_was_overtaken_is_told_it_too(api):
    late = api.get("old-things/2/")
    problem(late, 409)
    assert {name: late[name] for name in GOES} == GOES


def test_the_document_marks_it_and_names_what_to_use():
    paths = SchemaGenerator(urlconf=__name__).get_schema(public=True)["paths"]
    methods = paths["/api/v1/companies/{company}/old-things/"]
    assert methods["get"]["deprecated"] is True and "deprecated" not in methods["post"]
    assert methods["get"]["description"].endswith(
        "Deprecated since 2026-11-26, answered until 2028-01-01:"
        " use `/api/v1/companies/{company}/contacts/`."
    )


def test_nothing_goes_within_a_year():
    with pytest.raises(ValueError, match="at least a year"):
        Deprecated(since=YEAR["since"], until=dt.date(2027, 11, 25), instead="/")
