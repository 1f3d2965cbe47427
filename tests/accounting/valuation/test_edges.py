"""Valuations on pages, in files and through the API: the same figures everywhere."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounting.valuation import jobs
from accounting.valuation.models import ValuationRun
from erp.core.tenancy import open_companies
from erp.jobs.models import Job, State
from tests.accounting.ledger.test_jobs import worked
from tests.accounting.valuation.books import DEC_31
from tests.erp.client import new_key, problem

pytestmark = pytest.mark.django_db


def test_a_program_sees_the_proposal_posts_reads_and_undoes(api, euro):
    told = api.get("valuations/proposal/?date=2026-12-31").json()
    assert told["rates"] == [{"currency": "EUR", "rate": "0.9000000000", "source": "bazg-daily",
                              "source_name": "BAZG, Tageskurs (Verkauf)", "published": "2026-12-31"}]  # fmt: skip
    assert [(s["account"], s["amount"], s["book"], s["value"], s["difference"])
            for s in told["subtotals"]] == [
        ("1024", "1000.00", "950.00", "900.00", "-50.00"), ("1101", "100.00", "95.00", "90.00", "-5.00"),
    ]  # fmt: skip
    assert [(r["party"], r["document"], r["difference"]) for r in told["results"]] == [
        (None, None, "-50.00"), ("Huber AG", "R-7", "-5.00"),
    ]  # fmt: skip
    assert (told["missing"], told["replaces"]) == ([], None)
    key = new_key()
    made = api.post("valuations/", {"date": "2026-12-31"}, key=key)
    assert made.status_code == 201
    assert api.post("valuations/", {"date": "2026-12-31"}, key=key).json() == made.json()
    again = problem(api.post("valuations/", {"date": "2026-12-31"}, key=new_key()), 409)
    assert again["code"] == "valuation.valued_already"
    run = made.json()["id"]
    assert api.get(f"valuations/{run}/").json()["subtotals"] == told["subtotals"]
    assert api.get(f"valuations/{run}/positions/").json()["results"] == told["results"]
    assert api.get("valuations/proposal/?date=2026-12-31").json()["replaces"] == run
    assert api.post(f"valuations/{run}/undo/", {}, key=new_key()).json()["undone_at"]
    (listed,) = api.get("valuations/").json()["results"]
    assert listed["id"] == run and "subtotals" not in listed


def test_a_program_is_told_which_rate_is_missing_and_may_send_it(api):
    told = problem(api.post("valuations/", {"date": "2026-12-31"}, key=new_key()), 422)
    assert told["code"] == "valuation.rate_missing"
    assert (
        told["errors"][0]["field"] == "rates.EUR"
        if "errors" in told
        else told["field"] == "rates.EUR"
    )
    sent = {"date": "2026-12-31", "rates": [{"currency": "EUR", "rate": "0.938450"}]}
    made = api.post("valuations/", sent, key=new_key()).json()
    assert (made["rates"][0]["rate"], made["rates"][0]["source"]) == ("0.9384500000", "typed")
    rule = {"valid_from": "2026-01-01", "gains": "income", "rate_source": "bazg-monthly"}
    assert api.post("valuation-rules/", rule).status_code == 201
    assert api.get("valuation-rules/").json() == [rule]


def test_pages_show_propose_post_and_undo(page, company, euro):
    assert page.get(page.start + "valuations/").status_code == 200
    address = page.start + "valuations/proposal/?date=31.12.2026"
    shown = page.get(address).content.decode()
    assert "Huber AG" in shown and "Tageskurs" in shown
    typed = page.get(address + "&rate-EUR=0.96").content.decode()
    assert "von Hand" in typed
    assert page.get(address + "&rate-EUR=x").status_code == 422
    done = page.post(page.start + "valuations/proposal/", {"date": "2026-12-31"})
    run = ValuationRun.of(company).get(date=DEC_31)
    assert done.url == f"{page.start}valuations/{run.pk}/"
    shown = page.get(done.url).content.decode()
    assert ("Huber AG" in shown and f"/entries/{run.entry_id}/" in shown) or str(
        run.entry.number
    ) in shown
    for form in ("csv", "xlsx", "pdf"):
        assert page.get(f"{done.url}?format={form}").status_code == 200
    rows = page.get(f"{done.url}?format=csv").content.decode("utf-8-sig").splitlines()
    assert rows[2] == "1101;Huber AG;R-7;2026-03-31;EUR;100.00;0.9;95.00;90.00;-5.00" or rows[
        3
    ].startswith("1101;Huber AG")
    assert rows[-1].endswith("1045.00;990.00;-55.00")
    page.post(done.url)
    run.refresh_from_db()
    assert not run.stands


def test_the_page_names_a_missing_rate(page):
    address = page.start + "valuations/proposal/"
    shown = page.get(address + "?date=31.12.2026").content.decode()
    assert "keinen Kurs von" in shown
    refused = page.post(address, {"date": "2026-12-31"})
    assert refused.status_code == 422 and "EUR" in refused.content.decode()
    rule = {"valid_from": "2026-01-01", "gains": "income", "rate_source": "ecb"}
    assert page.post(page.start + "valuations/", rule).status_code == 302


def test_very_many_items_are_valued_by_a_job(api, page, company, anna, euro, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 0)
    sent = page.post(
        page.start + "valuations/proposal/", {"date": "2026-12-31", "rate-EUR": "0.91"}
    )
    open_companies([company.pk])
    job = Job.of(company).get(kind=jobs.VALUE)
    assert sent["Location"] == reverse("job", args=[company.pk, job.pk])
    done = worked(job)
    run = ValuationRun.of(company).get()
    assert (done.state, done.result["valuation"]) == (State.DONE, run.pk)
    assert run.rates[0]["rate"] == "0.91"
    again = api.post("valuations/", {"date": "2026-12-31", "rates": [{"currency": "EUR", "rate": "0.91"}]},
                     key=new_key())  # fmt: skip
    assert again.status_code == 202
    failed = worked(Job.of(company).get(pk=again.json()["id"]))
    assert (failed.state, failed.error_code) == (State.FAILED, "valuation.valued_already")
    assert "31.12.2026" in failed.error and ValuationRun.of(company).count() == 1
