"""“My wage”: one's own papers, and no other's, by page and by program, whatever is tried."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from contacts import saving
from erp.access.models import Invitation
from erp.audit.models import AccessLogEntry
from erp.cockpit import invitations, members
from erp.cockpit.wage_access import invite_employee
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies
from payroll.declarations import issuing
from payroll.declarations.models import IssuedCertificate
from payroll.delivery import signing_in, terms
from payroll.delivery.models import DeliveryTerms
from payroll.runs import booking
from payroll.runs.models import Payslip
from tests import make
from tests.erp.client import Api
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def owner(company):
    return make.owner_of(company)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def reader(company, employee, by):
    """Somebody with the role “Employee” alone, who signs in as this person."""
    user = make.user(company=company, granted=["payroll.own"])
    signing_in.link(employee, email=user.email, by=by)
    return user


def test_own_slips_and_certificates_and_no_others(company, owner):
    one, other = books.p1(company), books.employee(company, "5000.00", number=2, iban=books.iban(2))
    books.posted(company)
    issuing.issue(company=company, year=2026, by=owner)
    user = reader(company, one, owner)
    client, api = signed_in(user), Api(company, user)
    start = f"/c/{company.pk}/payroll/my-wage/"
    mine, theirs = (Payslip.of(company).get(employee=who) for who in (one, other))
    own, foreign = (IssuedCertificate.of(company).get(employee=who) for who in (one, other))
    page = client.get(start).content.decode()
    assert f"slips/{mine.pk}/" in page and f"slips/{theirs.pk}/" not in page
    assert f"certificates/{own.pk}/" in page and f"certificates/{foreign.pk}/" not in page
    assert "6’500" not in page
    assert client.get(f"{start}slips/{mine.pk}/").content.startswith(b"%PDF")
    assert client.get(f"{start}certificates/{own.pk}/").content == bytes(own.paper)
    for wrong in (f"slips/{theirs.pk}/", f"certificates/{foreign.pk}/", "slips/999999/",
                  f"slips/{own.pk + 10**6}/"):  # fmt: skip
        assert client.get(start + wrong).status_code == 404, wrong
    assert [row["id"] for row in api.get("my-wages/").json()["results"]] == [mine.pk]
    assert [row["id"] for row in api.get("my-wage-certificates/").json()["results"]] == [own.pk]
    assert api.get(f"my-wages/{mine.pk}/pdf/").content.startswith(b"%PDF")
    assert api.get(f"my-wages/{theirs.pk}/pdf/").status_code == 404
    assert api.get(f"my-wage-certificates/{own.pk}/pdf/").content == bytes(own.paper)
    assert api.get(f"my-wage-certificates/{foreign.pk}/pdf/").status_code == 404
    open_companies([company.pk])
    looked = AccessLogEntry.of(company).filter(by=user, kind="export")
    assert {row.subject_id for row in looked} == {one.pk}


def test_drafts_and_runs_taken_back_are_not_there_and_corrections_are(company, owner):
    one = books.p1(company)
    user = reader(company, one, owner)
    client, start = signed_in(user), f"/c/{company.pk}/payroll/my-wage/"
    run = books.approved(company)
    slip = Payslip.of(company).get()
    assert client.get(f"{start}slips/{slip.pk}/").status_code == 404
    assert f"slips/{slip.pk}/" not in client.get(start).content.decode()
    booking.post(run, by=owner)
    assert client.get(f"{start}slips/{slip.pk}/").status_code == 200
    run.refresh_from_db()
    booking.undo(run, reason="falsch", by=owner)
    assert client.get(f"{start}slips/{slip.pk}/").status_code == 404
    assert Api(company, user).get("my-wages/").json()["results"] == []


def test_a_certificate_that_was_replaced_is_not_there(company, owner):
    one = books.p1(company)
    books.posted(company)
    (first,) = issuing.issue(company=company, year=2026, by=owner)
    books.posted(company, dt.date(2026, 2, 1))
    (second,) = issuing.issue(company=company, year=2026, by=owner)
    client = signed_in(reader(company, one, owner))
    start = f"/c/{company.pk}/payroll/my-wage/certificates/"
    assert second.version == 2
    assert client.get(f"{start}{first.pk}/").status_code == 404
    assert client.get(f"{start}{second.pk}/").status_code == 200


def test_the_role_opens_nothing_else_of_the_company(company, owner):
    one = books.p1(company)
    run = books.posted(company)
    client = signed_in(reader(company, one, owner))
    slip = Payslip.of(company).get()
    start = f"/c/{company.pk}/"
    home = client.get(start)
    assert (home.status_code, home.url) == (302, f"{start}payroll/my-wage/")
    for closed in ("payroll/runs/", f"payroll/runs/{run.pk}/", f"payroll/runs/{run.pk}/slips/{slip.pk}/pdf/",
                   f"payroll/runs/{run.pk}/slips.zip", f"payroll/runs/{run.pk}/deliveries/",
                   "payroll/employees/", f"payroll/employees/{one.pk}/", "payroll/delivery/",
                   "payroll/year/2026/", "settings/company/", "ledger/journal/", "contacts/", "mails/"):  # fmt: skip
        assert client.get(start + closed).status_code in {403, 404}, closed
    assert client.post(f"{start}payroll/delivery/{one.pk}/link/", {"email": "x"}).status_code == 403
    assert client.post(f"{start}payroll/delivery/{one.pk}/invite/").status_code == 403
    api = Api(company, make.user(company=company, granted=["payroll.own"]))
    for closed in ("payslips/1/", "payroll-runs/", "employees/", "wage-delivery/", "contacts/"):
        assert api.get(closed).status_code == 403, closed


def test_who_is_linked_nowhere_or_works_elsewhere_sees_nothing(company, owner):
    one = books.p1(company)
    books.posted(company)
    slip = Payslip.of(company).get()
    start = f"/c/{company.pk}/payroll/my-wage/"
    unlinked = signed_in(make.user(company=company, granted=["payroll.own"]))
    assert "slips/" not in unlinked.get(start).content.decode()
    assert unlinked.get(f"{start}slips/{slip.pk}/").status_code == 404
    user = reader(company, one, owner)
    elsewhere = make.company()
    stranger = make.user(company=elsewhere, granted=["payroll.own"])
    assert signed_in(stranger).get(f"{start}slips/{slip.pk}/").status_code == 404
    assert (
        signed_in(user).get(f"/c/{elsewhere.pk}/payroll/my-wage/slips/{slip.pk}/").status_code
        == 404
    )
    open_companies([company.pk])
    signing_in.unlink(one, by=owner)
    assert signed_in(user).get(f"{start}slips/{slip.pk}/").status_code == 404


def test_each_pdf_wants_the_second_factor(company, owner, monkeypatch):
    one = books.p1(company)
    books.posted(company)
    user = reader(company, one, owner)
    slip = Payslip.of(company).get()
    from erp.api import endpoints
    from erp.web import pages

    for module in (pages, endpoints):
        monkeypatch.setattr(module, "is_fresh", lambda _session: False)
    client = signed_in(user)
    answer = client.get(f"/c/{company.pk}/payroll/my-wage/slips/{slip.pk}/")
    assert answer.status_code == 302 and "reauthenticate" in answer.url
    assert client.get(f"/c/{company.pk}/payroll/my-wage/").status_code == 200
    assert Api(company, user).get(f"my-wages/{slip.pk}/pdf/").status_code in {401, 403}


def test_an_invitation_links_whoever_accepts_it(company, owner):
    one = books.p1(company)
    terms.set_terms(one, by=owner, mail="neu@example.ch")
    issued = invite_employee(one, by=owner, seen="Neu@example.ch")
    assert issued.invitation.roles == ["employee"]
    assert DeliveryTerms.of(company).get().invitation == issued.invitation.pk
    user = invitations.accept_as_new(issued.token, name="Anna", password="kuh mond leiter wolke 77")
    open_companies([company.pk])
    row = DeliveryTerms.of(company).get()
    assert (row.user, row.invitation) == (user, None)
    assert signing_in.employee_of(company, user) == one
    with pytest.raises(DomainError) as refused:
        invite_employee(one, by=owner, seen="neu@example.ch")
    assert refused.value.code == "delivery.linked_already"


def test_a_member_is_linked_at_once_and_nobody_is_two_people(company, owner):
    one, other = books.p1(company), books.employee(company, "5000.00", number=2, iban=books.iban(2))
    user = make.user(company=company, granted=["ledger.read"])
    terms.set_terms(one, by=owner, mail=user.email)
    assert invite_employee(one, by=owner, seen=user.email) == user
    assert not Invitation.of(company).exists()
    assert signing_in.employee_of(company, user) == one
    with pytest.raises(DomainError) as refused:
        signing_in.link(other, email=user.email, by=owner)
    assert refused.value.code == "delivery.linked_elsewhere"
    with pytest.raises(DomainError) as refused:
        signing_in.link(other, email="nobody@example.ch", by=owner)
    assert refused.value.code == "delivery.not_a_member"
    members.withdraw(company=company, user=user, role="employee", by=owner)
    start = f"/c/{company.pk}/payroll/my-wage/"
    assert signed_in(user).get(start).status_code == 403


def test_nobody_is_invited_at_an_address_that_was_not_looked_at(company, owner):
    """Whoever changes contacts could put in their own, and would see somebody's wage as theirs."""
    one = books.p1(company)
    saving.change_contact(
        one.contact, by=owner, communications=[{"kind": "mail", "value": "anna@example.ch"}]
    )
    client = signed_in(owner)
    page = client.get(f"/c/{company.pk}/payroll/delivery/").content.decode()
    assert 'name="seen" value="anna@example.ch"' in page
    saving.change_contact(
        one.contact, by=owner, communications=[{"kind": "mail", "value": "thief@example.ch"}]
    )
    place = f"/c/{company.pk}/payroll/delivery/{one.pk}/invite/"
    for seen in ({"seen": "anna@example.ch"}, {}):
        told = client.post(place, seen, follow=True).content.decode()
        assert "thief@example.ch" in told
        assert not Invitation.of(company).exists()
        assert not DeliveryTerms.of(company).exclude(invitation=None).exists()
    told = client.post(place, {"seen": "thief@example.ch"}, follow=True)
    assert "thief@example.ch" in [str(one) for one in told.context["messages"]][-1]
    assert Invitation.of(company).get().email == "thief@example.ch"


def test_whom_a_person_was_linked_to_is_told(company, owner):
    one = books.p1(company)
    user = make.user(company=company, granted=["ledger.read"])
    terms.set_terms(one, by=owner, mail=user.email)
    told = signed_in(owner).post(
        f"/c/{company.pk}/payroll/delivery/{one.pk}/invite/", {"seen": user.email}, follow=True
    )
    assert user.email in [str(each) for each in told.context["messages"]][-1]
    assert signing_in.employee_of(company, user) == one


def test_who_may_not_see_wages_links_nobody_to_them(company, owner):
    """Whoever changes people only would otherwise read anybody's wage by linking themselves."""
    one = books.p1(company)
    user = make.user(company=company, granted=["payroll.people", "payroll.own", "members.change"])
    client = signed_in(user)
    start = f"/c/{company.pk}/payroll/delivery/{one.pk}/"
    assert client.post(f"{start}link/", {"email": user.email}).status_code == 403
    assert client.post(f"{start}invite/").status_code == 403
