"""Support access: with the company's consent, for a time, to read only, and seen by the company."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from erp.access.gate import access_to, companies_of, supported_by
from erp.access.permissions import SUPPORT, ready_rights
from erp.access.support.models import SupportConsent
from erp.audit.models import AuditEvent
from erp.cockpit.support import AlreadyAllowed, OutOfHours, allow_support, end_support
from erp.companies.models import Module
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.client import Api, places, problem
from tests.erp.sign_in.people import browser
from tests.erp.test_routes import addresses, fill, offered
from tests.examples import of_today

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    """A company that uses everything, so that each right means something."""
    return make.company(modules=Module.values)


@pytest.fixture
def operator():
    return make.user(is_operator=True)


@pytest.fixture
def consent(company, anna):
    return allow_support(company=company, reason="Saldo 1020", hours=4, by=anna)


def signed_in(user, *, ago=0):
    client = browser()
    with clock.at(clock.now() - dt.timedelta(minutes=ago)):
        client.force_login(user)
    return client


def statuses(client, company, methods):
    """What each route of a company answers to those of ``methods`` that it offers.

    And to the first that it does not offer: to further ones the answer is the same. Of today's routes.
    """
    told = {}
    for start, pattern in of_today(addresses()):
        if "\\." in str(pattern.pattern):
            continue
        has = offered(pattern)
        others = [method for method in methods if method not in has][:1]
        for method in [*(method for method in methods if method in has), *others]:
            answer = getattr(client, method)(fill(pattern, company.pk))
            told[start[:3], pattern.name, method, method in has] = answer.status_code
    return told


def looks(company):
    found = AuditEvent.of(company).filter(action="support.look").order_by("pk")
    return [(event.by.pk, event.details) for event in found]


def test_without_consent_an_operator_is_a_stranger_on_every_route(company, operator):
    client = signed_in(operator)
    told = statuses(client, company, ("get", "post"))
    assert len(told) > 100
    assert {k: s for k, s in told.items() if s not in {404, 405}} == {}
    foreign = client.get(f"/c/{company.pk}/")
    nowhere = client.get("/c/987654/")
    assert (foreign.status_code, len(foreign.content)) == (404, len(nowhere.content))
    assert company.name not in client.get("/").content.decode()


def test_with_consent_an_operator_sees_what_auditors_see(company, operator, consent):
    assert ready_rights("auditor") == SUPPORT
    access = access_to(company.pk, user=operator)
    assert (access.granted, access.read_only) == (ready_rights("auditor"), True)
    assert not any(p.partition(".")[2] not in {"read", "export"} for p in access.granted)
    make.rent(company, by=make.owner_of(company))
    client = signed_in(operator)
    assert "Miete" in client.get(f"/c/{company.pk}/ledger/journal/").content.decode()
    assert Api(company, operator).get("journal-entries/").status_code == 200
    company.modules = ["ledger"]
    company.save()
    assert client.get(f"/c/{company.pk}/banking/accounts/").status_code == 403


def test_an_operator_writes_nothing_anywhere(company, operator, consent):
    client = signed_in(operator)
    told = statuses(client, company, ("post", "put", "patch", "delete"))
    assert {k: s for k, s in told.items() if s not in {403, 405}} == {}
    refused = {method for (*_route, method, has), status in told.items() if has and status == 403}
    assert refused == {"post", "put", "patch", "delete"}
    problem(Api(company, operator).post("app-tokens/", {}), 403)
    form = {"company": company.pk, "name": "x", "days": 3, "scopes": ["ledger.read"]}
    assert client.post("/account/tokens/", form).status_code == 404


def test_every_page_tells_the_operator_where_they_are(company, anna, operator, consent):
    until = f"{consent.until.astimezone(clock.ZURICH):%d.%m.%Y %H:%M}"
    client, owner = signed_in(operator), signed_in(anna)
    for path in ("", "ledger/journal/", "settings/", "reports/balance-sheet/"):
        shown = client.get(f"/c/{company.pk}/{path}").content.decode()
        (banner,) = re.findall(r'<div class="note warning" role="status">([^<]*)', shown)
        assert until in banner and "Saldo 1020" in banner
        assert (
            'class="note warning" role="status"'
            not in owner.get(f"/c/{company.pk}/{path}").content.decode()
        )
    for path in ("settings/", "settings/support/"):  # and the members
        assert until in owner.get(f"/c/{company.pk}/{path}").content.decode()


def test_consented_companies_are_marked_in_the_operators_list(company, operator, consent):
    shown = signed_in(operator).get("/").content.decode()
    assert company.name in shown and 'class="badge warn"' in shown
    assert [one.company for one in supported_by(operator)] == [company]
    assert companies_of(operator) == []
    make.grant(company=company, user=operator, role="auditor", by=make.owner_of(company))
    assert supported_by(operator) == []
    assert access_to(company.pk, user=operator).support is None


def test_it_ends_by_itself_by_the_clock(company, operator, consent):
    client = signed_in(operator)
    page = f"/c/{company.pk}/"
    with clock.at(consent.until - dt.timedelta(seconds=1)):
        client.force_login(operator)
        assert client.get(page).status_code == 200
    with clock.at(consent.until):
        client.force_login(operator)
        assert client.get(page).status_code == 404
        assert supported_by(operator) == []


def test_it_ends_at_once_when_it_is_ended(company, anna, operator, consent):
    client = signed_in(operator)
    page = f"/c/{company.pk}/"
    assert client.get(page).status_code == 200
    end_support(consent, by=anna)
    assert client.get(page).status_code == 404
    acts = AuditEvent.of(company).filter(subject="supportconsent").order_by("pk")
    open_companies([company.pk])
    assert [e.action for e in acts] == ["support.allow", "support.look", "support.end"]
    allow_support(company=company, reason="noch einmal", hours=1, by=anna)
    assert client.get(page).status_code == 200


def test_only_operators_get_in_by_consent(company, consent):
    for person in (make.user(), make.user(is_operator=True, is_active=False)):
        client = Client()
        client.force_login(person)
        assert client.get(f"/c/{company.pk}/").status_code in {302, 404}
        assert client.get(f"/api/v1/companies/{company.pk}/").status_code in {401, 404}
        assert supported_by(person) == [] or not person.is_active
    other = make.company()
    someone = make.owner_of(other)
    client = signed_in(someone)
    assert client.get(f"/c/{company.pk}/").status_code == 404


def test_consent_of_one_company_opens_no_other(company, operator, consent):
    other = make.company()
    client = signed_in(operator)
    assert client.get(f"/c/{other.pk}/").status_code == 404
    assert client.get(f"/c/{company.pk}/").status_code == 200


def test_the_first_look_of_a_day_and_each_file_stand_in_the_trail(company, operator, consent):
    client = signed_in(operator)
    page = f"/c/{company.pk}/"
    noon = clock.now().astimezone(clock.ZURICH).replace(hour=12)
    SupportConsent.of(company).filter(pk=consent.pk).update(ended_at=clock.now())
    with clock.at(noon):
        long = allow_support(company=company, reason="Woche", hours=168, by=make.owner_of(company))
    told = (operator.pk, {"reason": "Woche"})
    for hours, seen in ((0, 1), (1, 1), (11, 1), (13, 2), (30, 2), (37, 3)):
        with clock.at(noon + dt.timedelta(hours=hours)):
            client.force_login(operator)
            assert client.get(page).status_code == 200
        assert looks(company) == [told] * seen, hours
    with clock.at(noon + dt.timedelta(hours=38)):
        client.force_login(operator)
        for form in ("csv", "xlsx"):
            assert client.get(f"{page}settings/audit/", {"format": form}).status_code == 200
    names = [f"{company.short_name}-audit.{form}" for form in ("csv", "xlsx")]
    assert looks(company)[3:] == [(operator.pk, {"file": name}) for name in names]
    event = AuditEvent.of(company).filter(action="support.look").last()
    assert (event.subject, event.subject_id, event.via) == ("supportconsent", long.pk, "page")


def test_members_leave_no_such_tracks(company, anna, consent):
    client = signed_in(anna)
    client.get(f"/c/{company.pk}/")
    client.get(f"/c/{company.pk}/settings/audit/", {"format": "csv"})
    assert looks(company) == []


def test_the_page_gives_and_ends_consent_with_the_second_factor(company, anna, operator):
    page = f"/c/{company.pk}/settings/support/"
    told = {"reason": "Bank", "hours": "24"}
    assert "reauthenticate" in signed_in(anna, ago=6).post(page, told)["Location"]
    assert not SupportConsent.of(company).exists()
    client = signed_in(anna)
    assert client.post(page, {**told, "hours": "5"}).status_code == 422
    assert client.post(page, {**told, "reason": ""}).status_code == 422
    assert client.post(page, told).status_code == 302
    given = SupportConsent.of(company).get()
    assert (given.given_by, given.reason, given.read_only) == (anna, "Bank", True)
    assert given.until - given.given_at == dt.timedelta(hours=24)
    assert client.post(page, told).status_code == 422  # one runs already
    open_companies([company.pk])
    assert client.post(page, {"end": given.pk}).status_code == 302
    assert signed_in(operator).get(page).status_code == 404
    open_companies([company.pk])
    given.refresh_from_db()
    assert given.ended_by == anna
    reader = signed_in(make.user(company=company, granted=["company.read"]))
    assert reader.get(page).status_code == 200
    assert reader.post(page, told).status_code == 403


def test_the_endpoint_gives_lists_and_ends_consent(api, company, anna):
    made = api.post("support-consents/", {"reason": "Bank", "hours": 168})
    assert made.status_code == 201, made.json()
    (listed,) = api.get("support-consents/").json()["results"]
    assert listed == made.json()
    assert (listed["given_by"], listed["read_only"], listed["ended_at"]) == (anna.email, True, None)
    problem(api.post("support-consents/", {"reason": "x", "hours": 1}), 409)
    _told, version = api.read(f"support-consents/{listed['id']}/")
    assert api.delete(f"support-consents/{listed['id']}/", **version).status_code == 204
    assert api.get(f"support-consents/{listed['id']}/").json()["ended_by"] == anna.email
    problem(api.delete(f"support-consents/{listed['id']}/", **version), 412)
    for hours in (0, 169):
        answer = problem(api.post("support-consents/", {"reason": "x", "hours": hours}), 400)
        assert [place for place, _code in places(answer)] == ["hours"]
    stale = Api(company, anna)
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        stale.client.force_login(anna)
    problem(stale.post("support-consents/", {"reason": "x", "hours": 1}), 403, "step_up_needed")


def test_nobody_opens_to_operators_what_is_closed_to_themselves(company):
    clerk = make.user(company=company, granted=["company.read", "company.change"])
    told = {"reason": "Bank", "hours": "24"}
    page = f"/c/{company.pk}/settings/support/"
    assert signed_in(clerk).post(page, told).status_code == 422
    told = Api(company, clerk).post("support-consents/", {"reason": "Bank", "hours": 1})
    problem(told, 422, "access.more_than_you_have")
    open_companies([company.pk])
    assert not SupportConsent.of(company).exists()


def test_a_consent_is_neither_longer_nor_wider_than_it_was_given(company, anna, consent):
    for hours in (0, 169):
        with pytest.raises(OutOfHours):
            allow_support(company=company, reason="x", hours=hours, by=anna)
    with pytest.raises(AlreadyAllowed):
        allow_support(company=company, reason="x", hours=1, by=anna)
    mine = SupportConsent.of(company)
    for values in ({"until": consent.until + dt.timedelta(hours=1)}, {"read_only": False}):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            mine.update(**values)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        mine.delete()
    now = clock.now()
    for values in (
        {"until": now + dt.timedelta(days=8)},
        {"until": now + dt.timedelta(minutes=59)},
        {"until": now + dt.timedelta(hours=2), "read_only": False},
    ):
        with pytest.raises(DatabaseError, match="consent_"), transaction.atomic():
            SupportConsent.unscoped.create(
                company=company, given_by=anna, given_at=now, reason="x", **values
            )
    end_support(consent, by=anna)
    with pytest.raises(DatabaseError, match="stays ended"), transaction.atomic():
        mine.filter(pk=consent.pk).update(ended_at=None)


def test_the_database_shows_consents_to_operators_alone_and_while_they_run(
    company, operator, consent
):
    def seen(person, moment):
        open_companies([])
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('rappen.user', %s, true)", [str(person.pk)])
            cursor.execute("SELECT set_config('rappen.moment', %s, true)", [moment])
            cursor.execute(
                "SELECT (SELECT count(*) FROM erp_supportconsent),"
                " (SELECT count(*) FROM erp_company), (SELECT count(*) FROM erp_role)"
            )
            return cursor.fetchone()

    now, later = clock.now().isoformat(), consent.until.isoformat()
    assert seen(operator, now) == (1, 1, 0)  # that there is a company, and nothing of it
    assert seen(operator, later) == (0, 0, 0)
    assert seen(operator, "") == (0, 0, 0)
    assert seen(make.user(), now) == (0, 0, 0)
