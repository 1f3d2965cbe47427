"""Pages and endpoints from the first look to the payment, in German and for those who may."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.audit.models import AccessLogEntry
from erp.core.tenancy import open_companies
from erp.documents.pdf import render
from erp.jobs import running
from erp.jobs.models import Job, State
from payroll.employees.models import Employee
from payroll.runs import calculating, jobs, papers
from payroll.runs.digest import digest_of_run
from payroll.runs.models import PayrollRun, Payslip, WageOrder
from tests import make
from tests.erp.client import Api, new_key
from tests.payroll import tables
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
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def client(company, anna):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/payroll/"
    return client


@pytest.fixture
def api(company, anna):
    return Api(company, anna)


def worked(company):
    job = Job.of_place(company.pk).order_by("-pk").first()
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    job.refresh_from_db()
    assert job.state == State.DONE, (job.error, job.error_code)
    return job


def test_from_the_first_look_to_the_payment(client, company):
    who = books.p1(company)
    assert "01.2026" in client.get(client.start + "runs/").content.decode()
    begun = client.post(client.start + "runs/", {"month": "01.2026"})
    run = PayrollRun.of(company).get()
    place = f"{client.start}runs/{run.pk}/"
    assert begun.url == place
    grid = client.get(client.start + "movements/?month=2026-01&type=1210").content.decode()
    assert f"c-{who.pk}-1210" in grid
    saved = client.post(client.start + "movements/?type=1210",
                        {"month": "2026-01", f"c-{who.pk}-1210": "1'000.00"})  # fmt: skip
    assert saved.status_code == 302
    assert client.post(place, {"do": "calculate"}).status_code == 302
    worked(company)
    slip = Payslip.of(company).get()
    page = client.get(place).content.decode()
    assert "7’715.00" in page
    assert client.get(f"{place}recap/").status_code == 200
    assert client.get(f"{place}recap/xlsx/").status_code == 200
    one = client.get(f"{place}slips/{slip.pk}/").content.decode()
    assert "241.85" in one
    run.refresh_from_db()
    assert client.post(f"{place}approve/", {"seen": digest_of_run(run)}).status_code == 302
    assert client.post(f"{place}post/").status_code == 302
    bank = books.bank_of(company)
    paid = client.post(f"{place}pay/", {"bank": bank.pk, "date": "23.01.2026"})
    assert paid.status_code == 302
    order = WageOrder.of(company).get()
    file = client.get(f"{place}orders/{order.pk}/")
    assert file.content.startswith(b"<?xml")
    assert client.post(place, {"do": "slips"}).status_code == 302
    worked(company)
    pdf = client.get(f"{place}slips/{slip.pk}/pdf/")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.content == client.get(f"{place}slips/{slip.pk}/pdf/").content
    assert client.get(f"{place}slips.pdf").content.startswith(b"%PDF")
    assert AccessLogEntry.of(company).filter(kind="read").exists()


def test_refusals_are_told_on_the_page_and_nothing_is_kept(client, company):
    books.p1(company)
    assert client.post(client.start + "runs/", {"month": "x"}).status_code == 422
    run = books.begun(company)
    place = f"{client.start}runs/{run.pk}/"
    assert client.post(f"{place}approve/", {"seen": ""}).status_code == 422
    assert client.post(f"{place}post/").status_code == 422
    assert client.post(place, {"do": "cancel", "reason": ""}).status_code == 422
    assert client.post(place, {"do": "nothing"}).status_code == 404
    grid = client.post(client.start + "movements/", {"month": "2026-01", "c-1-1210": "abc"})
    assert grid.status_code == 422


def test_one_persons_movements_keep_what_was_typed(client, company):
    who = books.p1(company)
    place = f"{client.start}movements/{who.pk}/"
    assert client.get(f"{place}?month=2026-01").status_code == 200
    row = {"type": "1210 Bonus", "quantity": "", "rate": "", "amount": "500", "text": "Projekt",
           "cost_centre": "", "for_month": "01.2026", "percent": "", "keeps": ""}  # fmt: skip
    assert client.post(place, {"month": "2026-01", **row}).status_code == 302
    assert "Projekt" in client.get(f"{place}?month=2026-01").content.decode()
    wrong = client.post(place, {"month": "2026-01", **row, "type": "77777"})
    assert wrong.status_code == 422
    assert "Projekt" in wrong.content.decode()


def test_pages_of_a_posted_and_of_a_corrected_run(client, company, anna):
    who = books.p1(company)
    run = books.posted(company)
    place = f"{client.start}runs/{run.pk}/"
    assert client.get(place).status_code == 200
    assert client.post(place, {"do": "correct"}).status_code == 422
    client.post(f"{client.start}movements/", {"month": "2026-01", f"c-{who.pk}-1210": "100"})
    assert client.post(place, {"do": "correct"}).status_code == 302
    made = PayrollRun.of(company).get(kind="correction")
    assert client.get(f"{client.start}runs/{made.pk}/").status_code == 200
    slip = Payslip.of(company).get(run=made)
    assert client.get(f"{client.start}runs/{made.pk}/slips/{slip.pk}/").status_code == 200
    assert client.get(f"{client.start}runs/{made.pk}/slips/{slip.pk}/pdf/").status_code == 200


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_slip_is_printed_in_the_employees_language(company, language):
    from payroll.setup.settings import settings_of

    who = books.p1(company)
    who.contact.language = language
    who.contact.save(update_fields=["language"])
    run = books.calculated(company)
    content = Payslip.of(company).get().content
    assert content.language == language
    html = papers.html_of(run, content, settings=settings_of(company), logo="")
    assert "CH93 … 2957" in html
    assert "CH9300762011623852957" not in html
    assert render(html, sheets=["payslip"]).startswith(b"%PDF")


def test_a_run_by_program_leaves_nothing_that_can_be_read(api, company):
    """Two people, so that sums in the ledger are nobody's wage."""
    books.employee(company, "7123.45", number=7)
    books.employee(company, "4001.00", number=8, iban=books.iban(8))
    run = api.post("payroll-runs/", {"month": "2026-01"}, key=new_key()).json()
    place = f"payroll-runs/{run['id']}/"
    for who, amount in zip(Employee.of(company).order_by("pk"), ("1234.55", "201.00"), strict=True):
        bonus = [{"type": 1210, "amount": amount}]
        typed = {"employee": who.pk, "month": "2026-01", "movements": bonus}
        assert api.post("movements/", typed, key=new_key()).json() == {"count": 1}
    calculating.calculate_all(PayrollRun.of(company).get(), by=make.owner_of(company))
    seen = api.get(place).json()
    slip = api.get(f"payslips/{seen['people'][0]['slip']}/").json()
    assert api.post(f"{place}approve/", {"seen": seen["digest_now"]}).status_code == 200
    assert api.post(f"{place}post/", {}, key=new_key()).status_code == 200
    paid = {"bank_account": books.bank_of(company).pk, "date": "2026-01-23"}
    assert api.post(f"{place}pay/", paid, key=new_key()).status_code == 200
    assert api.get(f"payslips/{slip['id']}/pdf/").status_code == 200
    everything = tables.everything()
    assert "payroll-runs" in everything  # what is kept for a key was looked through
    for secret in (
        "7123.45",
        "7123.4",
        "1234.55",
        "4001.00",
        slip["payout"],
        books.iban(8),
        books.ahv(7),
    ):
        assert secret not in everything, secret


def test_by_program_from_begin_to_payment(api, company):
    who = books.p1(company)
    run = api.post("payroll-runs/", {"month": "2026-01"}, key=new_key())
    assert run.status_code == 201, run.content
    place = f"payroll-runs/{run.json()['id']}/"
    typed = {"month": "2026-01", "employee": who.pk,
             "movements": [{"type": 1210, "amount": "100.00", "text": "x"}]}  # fmt: skip
    assert api.post("movements/", typed, key=new_key()).status_code == 200
    cells = {"month": "2026-01", "cells": [{"employee": who.pk, "type": 1203, "amount": "5.00"}]}
    assert api.post("movements/cells/", cells, key=new_key()).json() == {"count": 1}
    assert api.get("movements/?month=2026-01").json()["results"][0]["amount"] == "100.00"
    assert api.post(f"{place}calculate/", {}, key=new_key()).status_code == 202
    worked(company)
    whole = api.get(place).json()
    assert whole["people"][0]["gross"] == "6820.00"
    slip = api.get(f"payslips/{whole['people'][0]['slip']}/").json()
    assert slip["lines"][0]["why"]
    assert api.get(f"payslips/{slip['id']}/pdf/").content.startswith(b"%PDF")
    assert api.post(f"{place}approve/", {"seen": whole["digest_now"]}).status_code == 200
    assert api.post(f"{place}post/", {}, key=new_key()).status_code == 200
    paid = api.post(f"{place}pay/", {"bank_account": books.bank_of(company).pk, "date": "2026-01-23"},
                    key=new_key())  # fmt: skip
    assert paid.status_code == 200
    order = api.get(place).json()["orders"][0]
    assert order["total"] == whole["totals"]["payout"]
    assert api.get(f"{place}orders/{order['id']}/").content.startswith(b"<?xml")
    assert api.get(f"{place}recap/").json()["totals"]["people"] == 1
    assert api.get("payroll-runs/").json()["results"][0]["status"] == "posted"


def test_many_people_are_shared_out_among_workers(company, anna, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    for number in range(3):
        books.employee(company, "5000.00", number=number + 1, iban=books.iban(number))
    run = books.begun(company)
    first = jobs.begin(run, by=anna)
    both = list(Job.of_place(company.pk).filter(kind=jobs.CALCULATE).order_by("pk"))
    assert [job.arguments["part"] for job in both] == [0, 1]
    for nth, job in enumerate(both):
        running.run(job.pk, company.pk)
        open_companies([company.pk])
        run.refresh_from_db()
        assert bool(run.calculated_at) == (nth == 1)
    assert first.pk == both[0].pk
    assert Payslip.of(company).filter(run=run).count() == 3


def test_a_calculation_that_was_overtaken_writes_nothing(company, anna):
    books.p1(company)
    run = books.begun(company)
    first = calculating.start_turn(run, by=anna)
    second = calculating.start_turn(run, by=anna)
    ids = calculating.employed_ids(run)
    assert not calculating.calculate_some(run, ids, turn=calculating.Turn(run.pk, first.turn))
    assert not calculating.end_turn(run, turn=first.turn, by=anna)
    assert calculating.calculate_some(run, ids, turn=calculating.Turn(run.pk, second.turn))
    assert calculating.end_turn(run, turn=second.turn, by=anna)
    assert second.turn == 2
    assert Payslip.of(company).get().content.slip.payout == Decimal("5940.15")


def test_a_runs_page_takes_the_same_queries_for_one_and_for_four(client, company):
    counts = []
    run = books.begun(company)
    for number in range(4):
        books.employee(company, "5000.00", number=number + 1, iban=books.iban(number))
        if number not in (0, 3):
            continue
        calculating.calculate_all(run, by=make.owner_of(company))
        client.get(f"{client.start}runs/{run.pk}/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{client.start}runs/{run.pk}/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    grids = []
    for time in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{client.start}movements/?month=2026-01").status_code == 200
        grids.append(len(seen))
        books.employee(company, "5000.00", number=8 + time, iban=books.iban(8 + time))
    assert grids[0] == grids[1]
