"""What pages of payroll do, by program: acts, papers and files, with the same rights and the second factor."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.core import mail

from erp.audit.models import AccessLogEntry
from erp.core import clock
from payroll.declarations.models import CertificateNotes, IssuedCertificate
from payroll.delivery import signing_in, terms
from payroll.delivery.models import Delivery, DeliveryTerms
from payroll.employees import leave
from payroll.employees.facts import LeaveKind
from payroll.runs import calculating, papers
from payroll.runs.models import Payslip
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
MARK = "\ufeff".encode()


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def who(company):
    return books.p1(company)


@pytest.fixture
def api(company):
    return Api(company, make.owner_of(company))


def stale(api):
    """The same client with a second factor that was used too long ago."""
    old = Api.__new__(Api)
    old.__dict__ |= api.__dict__ | {"client": type(api.client)()}
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        old.client.force_login(api.user)
    return old


def test_one_person_is_calculated_anew(api, company, who):
    run = books.begun(company)
    calculating.calculate_all(run, by=api.user)
    before = Payslip.of(company).get()
    key = new_key()
    told = api.post(f"payslips/{before.pk}/calculate/", {}, key=key)
    assert told.status_code == 200, told.content
    now = Payslip.of(company).get().pk
    assert told.json() == {"slip": now} and now != before.pk
    assert api.post(f"payslips/{before.pk}/calculate/", {}, key=key).json() == {"slip": now}
    assert api.post(f"payslips/{before.pk}/calculate/", {}, key=new_key()).status_code == 404


def test_what_was_reckoned_from_the_net_is_taken_over(api, company, who):
    told = {"employee": who.pk, "month": "2026-02", "wanted": "5000.00"}
    wage = api.post("payroll/net-to-gross/wage/", told, key=new_key())
    assert wage.json() == {"employee": who.pk, "month": "2026-02"}, wage.content
    reached = api.post("payroll/net-to-gross/", told).json()
    assert who.facts.filter(kind="wage").latest("valid_from").content.amount == make.chf(
        reached["amount"]
    )
    bonus = told | {"type": 1203, "wanted": "6000.00"}
    assert api.post("payroll/net-to-gross/movement/", bonus, key=new_key()).status_code == 200
    assert api.get("movements/?month=2026-02").json()["results"][0]["type"] == 1203
    blind = Api(company, make.user(company=company, granted=["payroll.capture"]))
    problem(blind.post("payroll/net-to-gross/movement/", bonus, key=new_key()), 403)


def test_a_slip_goes_out_once_more_and_papers_are_taken_along(api, company, who):
    run = books.posted(company)
    slip = Payslip.of(company).select_related("run").get()
    papers.make_papers(run, [slip])
    for path, begin in (("all", b"%PDF"), ("print", b"%PDF"), ("zip", b"PK")):
        place = f"payroll-runs/{run.pk}/papers/{path}/"
        found = api.get(place)
        content = b"".join(found) if found.streaming else found.content
        assert (found.status_code, content[: len(begin)]) == (200, begin), path
        problem(stale(api).get(place), 403)
    assert zipfile.ZipFile(io.BytesIO(content)).namelist()
    told = {"run": run.pk, "record": slip.pk}
    sent = api.post("wage-deliveries/again/", told, key=new_key())
    assert sent.json() == {"record": slip.pk, "way": "paper", "nth": 1, "mail": None}
    problem(api.post("wage-deliveries/again/", told | {"year": 2026}, key=new_key()), 400)
    problem(api.post("wage-deliveries/again/", told | {"record": 999999}, key=new_key()), 400)
    problem(stale(api).post("wage-deliveries/again/", told, key=new_key()), 403)
    assert Delivery.of(company).count() == 1


def test_a_certificate_has_its_notes_and_is_issued_alone(api, company, who):
    books.posted(company)
    place = f"payroll/years/2026/people/{who.pk}/"
    notes, version = api.read(f"{place}notes/")
    assert (notes["version"], notes["remark"], notes["shares"]) == (0, "", None)
    typed = {"remark": "Umzug", "activity_rate": "80.00",
             "shares": {"canton": "ZH", "date": "2026-01-05"}}  # fmt: skip
    saved = api.put(f"{place}notes/", typed, **version)
    assert saved.status_code == 200, saved.content
    assert CertificateNotes.of(company).get().content.shares.canton == "ZH"
    assert api.get(f"{place}notes/").json() == saved.json() | {"version": 1}
    problem(api.put(f"{place}notes/", typed, **version), 412)
    problem(api.put(f"{place}notes/", typed | {"activity_rate": "180.00"}, HTTP_IF_MATCH="*"), 422)
    blind = Api(company, make.user(company=company, granted=["payroll.people"]))
    problem(blind.put(f"{place}notes/", typed, HTTP_IF_MATCH="*"), 403)
    assert api.get(f"{place}preview/").content.startswith(b"%PDF")
    issued = api.post(f"{place}issue/", {}, key=new_key())
    row = IssuedCertificate.of(company).get()
    assert issued.json() == {"issued": [row.pk]}
    assert api.post(f"{place}issue/", {}, key=new_key()).json() == {"issued": []}
    problem(stale(api).post(f"{place}issue/", {}, key=new_key()), 403)
    problem(api.get(f"payroll/years/1800/people/{who.pk}/notes/"), 404)
    for path in ("all", "print", "zip"):
        assert api.get(f"payroll/years/2026/papers/{path}/").status_code == 200, path
    told = {"year": 2026, "record": row.pk}
    assert api.post("wage-deliveries/again/", told, key=new_key()).status_code == 201


def test_who_signs_certificates_is_read_and_changed(api, company):
    _told, version = api.read("payroll/declaration-settings/")
    typed = {"contact_name": "Anna Muster", "expense_rule": "guide"}
    answer = api.patch("payroll/declaration-settings/", typed, **version)
    assert answer.json() | typed == answer.json(), answer.content
    problem(api.patch("payroll/declaration-settings/", typed, **version), 412)


def test_reports_of_payroll_are_files_too(api, company, who):
    run = books.posted(company)
    reader = Api(company, make.user(company=company, granted=["payroll.read"]))
    for path, form, begin in (
        (f"payroll-runs/{run.pk}/recap/", "xlsx", b"PK"),
        (f"payroll/years/2026/accounts/{who.pk}/", "csv", "\ufeff".encode()),
        ("payroll/years/2026/recap/", "pdf", b"%PDF"),
        ("payroll/years/2026/lists/ahv/", "csv", "\ufeff".encode()),
        ("payroll/years/2026/reconciliation/", "csv", "\ufeff".encode()),
        ("employees/", "csv", "\ufeff".encode()),
    ):
        found = api.get(path, form=form)
        assert (found.status_code, found.content[: len(begin)]) == (200, begin), path
        assert f".{form}" in found["Content-Disposition"], path
        told = api.get(path)
        assert (told.status_code, told["Content-Type"]) == (200, "application/json"), path
        problem(reader.get(path, form=form), 403)
        problem(stale(api).get(path, form=form), 403)
        assert problem(api.get(path, form="doc"), 400)["errors"][0]["field"] == "form"
    assert AccessLogEntry.of(company).filter(kind="export").count() == 6
    assert api.get("payroll/figures/", form="csv").content.startswith(MARK)
    places_of = api.get("payroll-accounts/").json()
    assert places_of["types"] and places_of["clearing"]
    assert api.get("wage-types/", form="csv").content.startswith("\ufeff".encode())
    number = books.ahv(1)
    assert number not in api.get("employees/", form="csv").content.decode()


def test_a_wage_type_says_what_it_does(api, company):
    one = next(row for row in api.get("wage-types/?page_size=500").json()["results"]
               if row["number"] == 1210)  # fmt: skip
    told = api.get(f"wage-types/{one['id']}/explained/").json()
    assert (told["example"]["amount"], told["example"]["payout"]) == ("100.00", "100.00")
    assert told["side"]["number"] == told["example"]["debit"]["number"] and told["differs"] == []


def test_own_leave_is_told_to_who_it_is(api, company, who):
    leave.book(who, kind=LeaveKind.HOLIDAYS, date=dt.date(2026, 1, 5), amount=make.chf("-2"),
               by=api.user)  # fmt: skip
    user = make.user(company=company, granted=["payroll.own"])
    own = Api(company, user)
    assert own.get("my-leave/").json() == []
    signing_in.link(who, email=user.email, by=api.user)
    (holidays, overtime) = own.get("my-leave/").json()
    assert (holidays["kind"], holidays["year"], holidays["taken"]) == ("holidays", 2026, "-2.00")
    assert holidays == api.get(f"employees/{who.pk}/balances/").json()[0]
    assert overtime["left"] == "0.00"
    problem(own.get("my-leave/?year=20"), 400)
    problem(own.get(f"employees/{who.pk}/balances/"), 403)


def test_who_signs_in_as_whom_is_linked_unlinked_and_invited(api, company, who,
                                                             django_capture_on_commit_callbacks):  # fmt: skip
    place = f"wage-delivery/{who.pk}/"
    user = make.user(company=company, granted=["payroll.own"])
    told = api.post(f"{place}link/", {"email": user.email}, key=new_key())
    assert told.json() == {"employee": who.pk, "signs_in_as": user.email}, told.content
    problem(api.post(f"{place}link/", {"email": user.email}, key=new_key()), 409)
    assert api.post(f"{place}unlink/", {}, key=new_key()).json()["signs_in_as"] is None
    for act in ("link", "unlink", "invite"):
        problem(stale(api).post(f"{place}{act}/", {}, key=new_key()), 403)
    terms.set_terms(who, by=api.user, mail="neu@example.ch")
    problem(api.post(f"{place}invite/", {"seen": "x@example.ch"}, key=new_key()), 422)
    with django_capture_on_commit_callbacks(execute=True):
        invited = api.post(f"{place}invite/", {"seen": "neu@example.ch"}, key=new_key())
    assert invited.json() == {"employee": who.pk, "email": "neu@example.ch", "linked": False}
    assert [one.to for one in mail.outbox] == [["neu@example.ch"]]
    assert DeliveryTerms.of(company).get().invitation
    lead = Api(company, make.user(company=company, granted=["members.change"]))
    problem(lead.post(f"{place}invite/", {"seen": "neu@example.ch"}, key=new_key()), 403)
