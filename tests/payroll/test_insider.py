"""What somebody inside could try who may make runs, and no more; and somebody who may do all but alone."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounting.payments.four_eyes import NeedsAnother
from erp.api.models import IdempotencyRecord
from erp.audit.models import AuditEvent
from payroll.employees.keeping import correct_fact
from payroll.employees.models import Employee, Fact
from payroll.runs import approving, booking, calculating, paying, refusals
from payroll.runs.digest import digest_of_run
from payroll.runs.models import PayrollRun, Payslip, WageOrder
from payroll.setup.models import PayrollSettings
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.payroll.employees.books import payout, wage
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 23)
MINE = books.iban(66)
ALL = [
    "payroll.read", "payroll.people", "payroll.capture", "payroll.run", "payroll.approve", "payroll.post",
    "payroll.pay", "payroll.export", "payroll.settings",
]  # fmt: skip


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    made = books.company()
    books.p1(made)
    books.employee(made, "5000.00", number=1, iban=books.iban(1))
    return made


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def maker(company):
    """Who makes runs."""
    return make.user(company=company, granted=["payroll.read", "payroll.run"])


@pytest.fixture
def boss(company):
    """Somebody with all rights, beside the owner: so nobody works alone."""
    return make.user(company=company, granted=ALL)


def payees(company, by):
    order = WageOrder.of(company).get()
    return paying.taken_along(order, by=by).decode()


# --- who may only make runs ------------------------------------------------------------------------
def test_who_makes_runs_neither_approves_posts_pays_nor_takes_files(company, anna, maker):
    api, page = Api(company, maker), Client()
    page.force_login(maker)
    run = api.post("payroll-runs/", {"month": "2026-01"}, key=new_key()).json()["id"]
    calculating.calculate_all(PayrollRun.of(company).get(), by=maker)
    seen = api.get(f"payroll-runs/{run}/").json()["digest_now"]
    slip = Payslip.of(company).order_by("pk")[0].pk
    place, start = f"payroll-runs/{run}/", f"/c/{company.pk}/payroll/runs/{run}/"
    for path, body in (
        ("approve/", {"seen": seen}), ("post/", {}), ("undo/", {"reason": "x"}),
        ("pay/", {"bank_account": books.bank_of(company).pk, "date": "2026-01-23"}),
        ("recall/", {"reason": "x"}),
    ):  # fmt: skip
        problem(api.post(place + path, body, key=new_key()), 403)
        assert page.post(start + path, body).status_code == 403, path
    for path in (f"slips/{slip}/pdf/", "slips.pdf", "recap/csv/"):
        assert page.get(start + path).status_code == 403, path
    problem(api.get(f"payslips/{slip}/pdf/"), 403)
    assert PayrollRun.of(company).get().status == "draft"


def test_who_makes_runs_changes_no_account_no_wage_and_no_movement(company, maker):
    api = Api(company, maker)
    who = Employee.of(company).order_by("pk")[0]
    share = {"shares": [{"iban": MINE}]}
    for path, body in (
        ("employee-facts/", {"employee": who.pk, "kind": "payout", "valid_from": "2026-01-02",
                             "content": share}),
        ("movements/", {"employee": who.pk, "month": "2026-01",
                        "movements": [{"type": 1210, "amount": "9000.00"}]}),
        ("payroll-settings/change/", {"pay_day": 1}),
        ("employees/", {}),
    ):  # fmt: skip
        problem(api.post(path, body, key=new_key()), 403)
    fact = Fact.of(company).get(employee=who, kind="payout")
    version = {"HTTP_IF_MATCH": f'"{fact.version}"'}
    problem(api.patch(f"employee-facts/{fact.pk}/", {"content": share}, **version), 403)


@pytest.mark.parametrize("field", [
    "status", "digest", "number", "approved_by", "approved_at", "waiver", "entry", "created_by", "kind",
    "corrects", "calculated_by", "company", "id", "is_stale", "exported_at",
])  # fmt: skip
def test_what_the_program_sets_is_taken_from_nobody(company, maker, field):
    """API-3: such fields are unknown, whatever they say."""
    api = Api(company, maker)
    body = {"month": "2026-01", field: "approved" if field == "status" else 1}
    told = problem(api.post("payroll-runs/", body, key=new_key()), 400)
    assert [one["field"] for one in told["errors"]] == [field]
    assert not PayrollRun.of(company).exists()
    run = books.calculated(company)
    days = {"date": "2026-01-31", "pay_date": "2026-01-23", field: 1}
    problem(api.post(f"payroll-runs/{run.pk}/days/", days), 400)
    for method in ("put", "patch", "delete"):
        answer = getattr(api.client, method)(
            f"{api.start}payroll-runs/{run.pk}/", json.dumps({field: 1}),
            content_type="application/json", HTTP_IF_MATCH='"1"',
        )  # fmt: skip
        assert answer.status_code == 405, method


def test_a_key_that_is_sent_again_makes_no_second_run_and_tells_no_wage(company, maker):
    api, key = Api(company, maker), new_key()
    first = api.post("payroll-runs/", {"month": "2026-01"}, key=key)
    again = api.post("payroll-runs/", {"month": "2026-01"}, key=key)
    assert first.json() == again.json()
    assert PayrollRun.of(company).count() == 1
    problem(api.post("payroll-runs/", {"month": "2026-02"}, key=key), 422)
    stranger = Api(company, make.user(company=company, granted=["payroll.read", "payroll.run"]))
    problem(
        stranger.post("payroll-runs/", {"month": "2026-01"}, key=key), 409
    )  # a key is its owner's
    assert "6500" not in str(list(IdempotencyRecord.of(company).values_list("body", flat=True)))


def test_a_calculation_voids_what_was_approved(company, anna, maker, boss):
    run = books.calculated(company)
    approving.approve(run, seen=digest_of_run(run), by=boss)
    one = Payslip.of(company).order_by("pk")[0]
    calculating.calculate_one(run, employee=one.employee_id, by=maker)
    run.refresh_from_db()
    assert (run.status, run.approved_by) == ("draft", None)
    with pytest.raises(refusals.NotApproved):
        booking.post(run, by=anna)
    assert AuditEvent.of(company).filter(action="payroll_run.reopen", by=maker).exists()


# --- who may do everything, but not alone ----------------------------------------------------------
def test_nobody_approves_what_they_made(company, anna, boss):
    run = calculating.calculate_all(books.begun(company), by=boss)
    with pytest.raises(NeedsAnother):
        approving.approve(run, seen=digest_of_run(run), by=boss)
    one = Payslip.of(company).order_by("pk")[0]
    calculating.calculate_one(run, employee=one.employee_id, by=anna)  # a colleague presses once
    with pytest.raises(NeedsAnother):
        approving.approve(run, seen=digest_of_run(run), by=boss)


def test_an_account_that_is_changed_after_the_approval_gets_no_wage(company, anna, boss):
    run = books.calculated(company)
    approving.approve(run, seen=digest_of_run(run), by=boss)
    fact = Fact.of(company).filter(kind="payout").select_related("employee").order_by("pk")[0]
    correct_fact(fact, value=payout(MINE), by=boss)
    with pytest.raises(refusals.Stale):
        booking.post(run, by=anna)
    run = calculating.calculate_all(run, by=anna)
    with pytest.raises(NeedsAnother):  # who gave the account does not approve it
        approving.approve(run, seen=digest_of_run(run), by=boss)


def test_an_account_that_is_changed_after_posting_waits_for_the_next_run(company, anna, boss):
    run = books.calculated(company)
    approving.approve(run, seen=digest_of_run(run), by=boss)
    booking.post(run, by=anna)
    fact = Fact.of(company).filter(kind="payout").select_related("employee").order_by("pk")[0]
    correct_fact(fact, value=payout(MINE), by=boss)
    paying.pay(PayrollRun.of(company).get(), bank=books.bank_of(company), date=DAY, by=boss)
    assert MINE not in payees(company, boss)
    assert "CH9300762011623852957" in payees(company, boss)


def test_a_wage_that_is_raised_and_lowered_again_is_paid_as_it_was_approved(company, anna, boss):
    fact = Fact.of(company).filter(kind="wage").select_related("employee").order_by("pk")[0]
    correct_fact(fact, value=wage("9999.00"), by=boss)
    run = books.calculated(company)
    seen = digest_of_run(run)
    fact.refresh_from_db()
    correct_fact(fact, value=wage("6500.00"), by=boss)
    third = make.user(company=company, granted=ALL)
    with pytest.raises(refusals.Stale):
        approving.approve(run, seen=seen, by=third)


def test_an_old_approval_does_not_fit_a_new_calculation(company, anna, boss):
    run = books.calculated(company)
    seen = digest_of_run(run)
    run = calculating.calculate_all(run, by=anna)
    with pytest.raises(refusals.ContentChanged):
        approving.approve(run, seen=seen, by=boss)


def test_four_eyes_are_switched_off_in_no_setting_of_payroll(company, boss):
    api = Api(company, boss)
    problem(api.post("payroll-settings/change/", {"needs_approval": False}), 400)
    assert not hasattr(PayrollSettings.of(company).get(), "needs_approval")


def test_paying_again_makes_the_same_file_and_no_second_one(company, anna, boss):
    run = books.calculated(company)
    approving.approve(run, seen=digest_of_run(run), by=boss)
    booking.post(run, by=anna)
    api = Api(company, boss)
    body = {"bank_account": books.bank_of(company).pk, "date": "2026-01-23"}
    for _time in range(2):
        assert api.post(f"payroll-runs/{run.pk}/pay/", body, key=new_key()).status_code == 200
    assert WageOrder.of(company).count() == 1
    assert WageOrder.of(company).get().total == sum(
        (part.amount for one in Payslip.of(company) for part in one.content.payout), Decimal(0)
    )
    problem(api.post(f"payroll-runs/{run.pk}/undo/", {"reason": "x"}, key=new_key()), 409,
            "payroll.paid_already")  # fmt: skip


def test_acts_that_move_money_want_the_second_factor_of_now(company, anna, boss):
    run = books.calculated(company)
    api = Api(company, boss)
    session = api.client.session
    session["account_authentication_methods"] = []
    session.save()
    for path, body in (("approve/", {"seen": digest_of_run(run)}), ("undo/", {"reason": "x"}),
                       ("pay/", {}), ("recall/", {"reason": "x"})):  # fmt: skip
        told = api.post(f"payroll-runs/{run.pk}/{path}", body, key=new_key())
        problem(told, 403, "step_up_needed")
    assert PayrollRun.of(company).get().status == "draft"
