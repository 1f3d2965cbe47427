"""Pages and endpoints of payroll's setup."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payroll.setup.models import Institution, Solution, SolutionRate
from payroll.setup.settings import settings_of
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.payroll.setup.insurers import demo_employer, insurer, rate

pytestmark = pytest.mark.django_db
ANY = {"HTTP_IF_MATCH": "*"}


def table(*rows):
    """A table of rates as the page sends it."""
    told = {"rates-TOTAL_FORMS": len(rows), "rates-INITIAL_FORMS": 0}
    for nth, row in enumerate(rows):
        told |= {f"rates-{nth}-{name}": value for name, value in row.items()}
    return told


def test_the_guided_start_leads_to_what_is_missing(company, page):
    text = page.get(f"{page.start}start/").content.decode()
    assert 'class="badge bad"' in text and "/payroll/institutions/" in text
    demo_employer(company)
    answer = page.get(f"{page.start}start/")
    assert answer.context["is_ready"] and 'class="badge bad"' not in answer.content.decode()


def test_settings_on_their_page(company, page):
    address = f"{page.start}settings/"
    assert page.get(address).status_code == 200
    told = {"version": 0, "rounding": "0.01", "weekly_hours": "41", "pay_day": "24", "jump_percent": "10",
            "commission": "PEL"}  # fmt: skip
    assert page.post(address, told | {"weekly_hours": "90"}).status_code == 422
    assert page.post(address, told).status_code == 302
    assert settings_of(company).rounding == "0.01"
    assert page.post(address, told).status_code == 422  # somebody was faster


def test_from_an_institution_to_its_rates(company, page):
    added = page.post(
        f"{page.start}institutions/add/", {"kind": "uvg", "name": "Suva", "version": 0}
    )
    assert added.status_code == 302, added.context["form"].errors
    one = Institution.of(company).get()
    assert page.get(added.url).status_code == 200
    add = f"{page.start}institutions/{one.pk}/solutions/add/"
    assert "rates-3-insures" in page.get(add).content.decode()
    rows = table(
        {"insures": "bu", "valid_from": "01.01.2026", "employer_percent": "0.1735"},
        {"insures": "nbu", "valid_from": "01.01.2026", "employee_percent": "1.2"},
        {"insures": "bu", "valid_from": ""},
    )  # fmt: skip
    assert page.post(add, {"code": "A9"} | rows).status_code == 422
    twice = page.post(
        add, {"code": "A1"} | table(*[{"insures": "bu", "valid_from": "01.01.2026"}] * 2)
    )
    assert twice.status_code == 422 and "1" in twice.content.decode()
    done = page.post(add, {"code": "a1", "name": "Büro", "is_usual": "on"} | rows)
    assert done.status_code == 302
    solution = Solution.of(company).get()
    assert (solution.code, solution.is_usual, solution.rates.count()) == ("A1", True, 2)
    text = page.get(done.url).content.decode()
    assert "0.1735" in text and 'value="1.2"' in text
    assert "A1" in page.get(f"{page.start}institutions/").content.decode()
    assert page.post(added.url, {"delete": "1"}).status_code == 422
    assert page.post(done.url, {"delete": "1"}).status_code == 302
    assert page.post(added.url, {"delete": "1"}).status_code == 302
    assert not Institution.of(company).exists()


def test_the_lists_ask_the_same_for_more(company, page):
    demo_employer(company)
    addresses = [f"{page.start}{name}/" for name in ("institutions", "accounts", "start")]
    counts = []
    for _round in range(2):
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert page.get(address).status_code == 200
            counts.append(len(asked))
        if not _round:
            for canton in ("BE", "LU", "SG"):
                insurer(
                    company, "fak", ("1", [rate("fak", employer="1")]), canton=canton, name=canton
                )
    assert counts[:3] == counts[3:]


def test_rates_are_copied_on_the_page(company, page):
    demo_employer(company)
    count = SolutionRate.of(company).count()
    address = f"{page.start}institutions/"
    assert page.post(address, {"valid_from": "01.01.2027"}).status_code == 302
    assert SolutionRate.of(company).count() == 2 * count
    assert page.post(address, {"valid_from": "01.01.2027"}).status_code == 422


def test_the_accounts_page_names_what_leads_nowhere(company, page):
    demo_employer(company)
    account = make.account(company, "5830")
    account.blocked_from = "2020-01-01"
    account.save()
    text = page.get(f"{page.start}accounts/").content.decode()
    assert "2273" in text and "1091" in text and 'class="badge bad"' in text


def test_the_endpoints(company, api):
    told, version = api.read("payroll-settings/")
    assert told["weekly_hours"] == "42.00"
    changed = api.post("payroll-settings/change/", {"weekly_hours": "40.00"}, **version)
    assert changed.json()["weekly_hours"] == "40.00"
    problem(api.post("payroll-settings/change/", {"pay_day": 3}, **version), 412)
    body = {"kind": "ktg", "name": "Versicherung AG", "liability": "2274"}
    one = api.post("institutions/", body, key=new_key()).json()
    assert (one["liability"], one["solutions"]) == ("2274", [])
    wrong = problem(api.patch(f"institutions/{one['id']}/", {"canton": "XX"}, **ANY), 422)
    assert wrong["errors"][0]["code"] == "payrollsetup.unknown_canton"
    rates = [{"insures": "ktg", "valid_from": "2025-01-01", "employee_percent": "0.9660",
              "wage_to": "120000.00"}]  # fmt: skip
    body = {"institution": one["id"], "code": "11", "rates": rates}
    made = api.post("insurance-solutions/", body, key=new_key())
    assert made.status_code == 201 and made.json()["rates"][0]["employee_percent"] == "0.9660"
    address = f"insurance-solutions/{made.json()['id']}/"
    problem(api.patch(address, {"rates": rates * 2}, **ANY), 422)
    assert api.patch(address, {"name": "Alle"}, **ANY).json()["rates"][0]["wage_to"] == "120000.00"
    assert api.post("institutions/copy-rates/", {"valid_from": "2026-01-01"}).json() == {
        "copied": 1
    }
    assert len(api.get("insurance-solutions/").json()) == len(api.get("institutions/").json()) == 1
    steps = {row["code"]: row["state"] for row in api.get("payroll-readiness/").json()}
    assert steps["ktg"] == "good" and steps["uvg"] == "bad"
    problem(api.delete(f"institutions/{one['id']}/", **ANY), 409, "payrollsetup.institution_used")
    assert api.delete(address, **ANY).status_code == 204
    assert api.delete(f"institutions/{one['id']}/", **ANY).status_code == 204


def test_whoever_only_reads_changes_nothing(company):
    reader = Api(company, make.user(company=company, granted=["payroll.read"]))
    for address in ("institutions/", "insurance-solutions/", "wage-types/", "payroll-settings/"):
        assert reader.get(address).status_code == 200
    assert reader.post("institutions/", {}).status_code == 403
    other = Api(company, make.user(company=company, granted=["ledger.read"]))
    assert other.get("institutions/").status_code == 403
