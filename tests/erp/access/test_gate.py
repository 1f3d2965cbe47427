"""The gate opens a company in three round trips at most, and to nobody else in any number of them."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from erp.access.gate import access_to
from erp.access.models import Membership
from erp.access.rights import held, held_by
from erp.cockpit import firms
from erp.cockpit.members import grant
from erp.core.tenancy import open_companies
from tests import make


@pytest.fixture(autouse=True)
def _in_a_transaction(request):
    if "committed_db" not in request.fixturenames:
        request.getfixturevalue("db")


def opened():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('rappen.companies', true)")
        return cursor.fetchone()[0]


def test_a_member_is_let_in_in_two_round_trips():
    company = make.company()
    anna = make.user(company=company, granted=["ledger.read"])
    open_companies([])
    with CaptureQueriesContext(connection) as seen:
        access = access_to(company.pk, user=anna)
    assert len(seen) == 2
    assert (access.company, access.granted) == (company, {"ledger.read"})
    assert opened() == f"{{{company.pk}}}"


def test_the_staff_of_a_firm_is_let_in_by_as_many():
    company, lead = make.company(), make.user()
    firm = firms.found_firm(name="Treuhand AG", manager=lead, by=make.user(is_operator=True))
    open_companies([company.pk])
    owner = make.owner_of(company)
    firms.give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=owner)
    open_companies([])
    with CaptureQueriesContext(connection) as seen:
        access = access_to(company.pk, user=lead)
    assert len(seen) == 2 + ("ledger.close" in access.granted) and "ledger.read" in access.granted
    found = held(lead, company)
    assert found == held_by([lead.pk], company)[lead.pk]
    assert found.firms == {firm.pk} and not found.own


def test_closing_is_open_to_those_alone_who_may():
    company = make.company()
    owner, bea = make.owner_of(company), make.user(company=company, granted=["ledger.read"])
    for user, closing in ((owner, "on"), (bea, "off"), (owner, "on")):
        with CaptureQueriesContext(connection) as seen:
            access_to(company.pk, user=user)
        assert len(seen) == 2 + (closing == "on")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('rappen.closing')")
            assert cursor.fetchone() == (closing,)


def test_to_strangers_nothing_is_opened():
    company, other = make.company(), make.company()
    stranger = make.owner_of(other)
    open_companies([])
    for number in (company.pk, 10**17, 2**63 - 1, 2**63, 10**30):
        with pytest.raises(Http404):
            access_to(number, user=stranger)
        assert opened() == "{}"
    access_to(other.pk, user=stranger)
    with pytest.raises(Http404):
        access_to(company.pk, user=stranger)
    assert opened() == f"{{{other.pk}}}"


def test_who_has_left_is_a_stranger_at_once():
    company = make.company()
    bea = make.user(company=company, granted=["ledger.read"])
    assert access_to(company.pk, user=bea).may("ledger.read")
    Membership.of(company).filter(user=bea).delete()
    open_companies([])
    with pytest.raises(Http404):
        access_to(company.pk, user=bea)
    assert opened() == "{}"


def test_several_roles_add_up():
    company = make.company()
    owner = make.owner_of(company)
    bea = make.user(company=company, granted=["ledger.read"])
    grant(company=company, user=bea, role="auditor", by=owner)
    assert held(bea, company).own > {"ledger.read", "audit.read"}
    assert held(bea, company) == held_by([bea.pk], company)[bea.pk]


def test_no_door_is_opened_outside_a_transaction(committed_db):
    with transaction.atomic():
        company = make.company()
        anna = make.owner_of(company)
    with pytest.raises(RuntimeError):
        access_to(company.pk, user=anna)
