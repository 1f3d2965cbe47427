"""Pages and endpoints of VAT settings, activities and codes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.client import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.ledger.entering import Reader
from erp.core import clock
from tests import make
from tests.accounting.open_items import books
from tests.erp.client import Api, places, problem
from vat.codes.models import VatActivity, VatCode, VatSettings
from vat.codes.queries import form_on
from vat.settings.activities import assign_accounts, grant_activity
from vat.settings.examples import example
from vat.settings.models import ActivityAccount
from vat.settings.queries import account_rows

pytestmark = pytest.mark.django_db
D = Decimal
ANY = {"HTTP_IF_MATCH": "*"}
TODAY = dt.date(2026, 6, 9)


@pytest.fixture
def company(db):
    with clock.at(dt.datetime(2026, 6, 9, 8, tzinfo=dt.UTC)):
        yield books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def desk(anna):
    client = Client()
    client.force_login(anna)
    return client


@pytest.fixture
def api(company, anna):
    return Api(company, anna)


def at(company, name, *values):
    return reverse(name, args=[company.pk, *values])


def shown(desk, address, **query):
    answer = desk.get(address, query)
    assert answer.status_code == 200, answer.content[:300]
    return answer.content.decode()


def own(api, code="MN50", **more):
    return api.post("vat-codes/", {"code": code, "based_on": "MN", "name_de": f"Halb {code}",
                                   "deductible_percent": "50.00"} | more)  # fmt: skip


# Codes


def test_the_table_of_codes_costs_the_same_with_more_codes(company, desk, api):
    address = at(company, "vat-codes")
    shown(desk, address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        shown(desk, address)
    for nth in range(8):
        assert own(api, f"M{nth}X").status_code == 201
    with CaptureQueriesContext(connection) as many:
        text = shown(desk, address)
    assert len(few) == len(many)
    assert "M7X" in text and "50.00 %" in text and "303" in text


def test_codes_are_filtered_and_taken_along(company, desk, api):
    own(api)
    address = at(company, "vat-codes")
    assert "MN50" in shown(desk, address, show="own")
    assert "vat/codes/UN/" not in shown(desk, address, show="own")
    assert "vat/codes/SN/" in shown(desk, address, kind="discount", q="normal")
    assert "vat/codes/SR/" not in shown(desk, address, kind="discount", q="normal")
    assert "302" in shown(desk, address, on="31.12.2023", q="UN")
    table = desk.get(address, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert any(line.startswith("MN50;") and ";8.10;400;50.00;MN;" in line for line in table)
    assert len(table) == VatCode.of(company).count() + 1
    for form in ("pdf", "xlsx"):
        assert desk.get(address, {"format": form}).status_code == 200


def test_an_own_code_is_made_and_changed_on_the_page(company, desk):
    told = {"code": "MN50", "based_on": "MN", "name_de": "Halb privat", "deductible_percent": "50"}
    wrong = desk.post(at(company, "vat-codes"), told | {"deductible_percent": "150"})
    assert wrong.status_code == 422 and not VatCode.of(company).filter(code="MN50").exists()
    done = desk.post(at(company, "vat-codes"), told)
    assert done.url == at(company, "vat-code", "MN50")
    text = shown(desk, done.url)
    for figure in ("104.05", "4.05", "108.10", "400"):
        assert figure in text
    changed = desk.post(done.url, {"name_de": "Ein Viertel", "deductible_percent": "25"})
    assert changed.status_code == 302
    code = VatCode.of(company).get(code="MN50")
    assert (code.name_de, code.deductible_percent, code.active) == (
        "Ein Viertel",
        D("25.00"),
        False,
    )
    assert "note" in shown(desk, done.url)  # a code that is switched off has no example


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("UN", [("3000", "", "100.00", ("200", "303"), "100.00"), ("2200", "", "8.10", ("303",), "8.10"),
                ("", "108.10", "", (), None)]),
        ("SN", [(None, "100.00", "", ("235", "303"), "100.00"), ("2200", "8.10", "", ("303",), "8.10"),
                ("", "", "108.10", (), None)]),
        ("BI", [(None, "100.00", "", ("383",), "100.00"), ("1171", "8.10", "", ("405",), "8.10"),
                ("2202", "", "8.10", ("383",), "8.10"), ("", "", "100.00", (), None)]),
        ("MZ", [("1170", "100.00", "", ("400",), "100.00"), ("", "", "100.00", (), None)]),
        ("UX", [(None, "", "100.00", ("200", "220"), "100.00"), ("", "100.00", "", (), None)]),
        ("KN", [("1171", "100.00", "", ("415",), "100.00"), ("", "", "100.00", (), None)]),
    ],
)  # fmt: skip
def test_the_example_is_what_booking_makes(company, name, lines):
    code = VatCode.of(company).get(code=name)
    found = example(code, reader=Reader(company), form=form_on(TODAY), day=TODAY)
    assert [(one.debit, one.credit, one.boxes, one.amount) for one in found] == [
        (D(debit or 0), D(credit or 0), boxes, amount and D(amount))
        for _account, debit, credit, boxes, amount in lines
    ]
    for one, (account, *_rest) in zip(found, lines, strict=True):
        assert account is None or one.account == account


def test_every_shipped_code_has_an_example(company):
    reader, form = Reader(company), form_on(TODAY)
    for code in VatCode.of(company):
        rows = example(code, reader=reader, form=form, day=TODAY)
        assert sum(row.debit - row.credit for row in rows) == 0


def test_with_a_new_rate_the_table_follows(company, desk, rate_of_2028):
    text = shown(desk, at(company, "vat-codes"), on="01.01.2028", q="UN")
    assert "8.90" in text and "304" in text
    with clock.at(dt.datetime(2028, 2, 1, 8, tzinfo=dt.UTC)):
        desk.force_login(make.owner_of(company))
        assert "108.90" in shown(desk, at(company, "vat-code", "UN"))


def test_codes_by_the_endpoints(api, company):
    made = own(api)
    assert (made.status_code, made.json()["catalogue_code"], made.json()["deductible_percent"]) == (
        201, "MN", "50.00"
    )  # fmt: skip
    assert places(problem(own(api), 409)) == [("code", "vat.code_taken")]
    assert places(problem(own(api, "X1", deductible_percent="101.00"), 422)) == [
        ("deductible_percent", "vat.bad_share")
    ]  # fmt: skip
    changed = api.patch(
        "vat-codes/MN50/", {"deductible_percent": "60.00", "name_fr": "Moitié"}, **ANY
    )
    assert (changed.json()["deductible_percent"], changed.json()["name_fr"]) == ("60.00", "Moitié")
    assert api.patch("vat-codes/MN50/", {"code": "X"}, **ANY).status_code == 400


# Settings


def test_a_change_is_shown_before_it_is_saved(company, desk):
    books.invoice(company, "1081.00", code="UN")
    told = {"valid_from": "01.01.2027", "method": "effective", "basis": "received",
            "interval": "quarter", "rate_method": "bazg-daily"}  # fmt: skip
    address = at(company, "vat-settings")
    text = desk.post(address, told | {"preview": "1"})
    assert text.status_code == 200 and "1’000.00" in text.content.decode()
    assert VatSettings.of(company).count() == 1
    assert desk.post(address, told).status_code == 302
    assert VatSettings.of(company).count() == 2
    wrong = desk.post(
        address, told | {"valid_from": "01.05.2027", "basis": "agreed", "preview": "1"}
    )
    assert wrong.status_code == 422
    assert "1. Januar" in wrong.content.decode() or "1 January" in wrong.content.decode()
    later = VatSettings.of(company).get(basis="received")
    assert desk.post(at(company, "vat-settings-remove", later.pk)).status_code == 302
    assert VatSettings.of(company).count() == 1


def test_a_preview_by_the_endpoint_costs_the_same_with_more_items(company, api):
    query = {"valid_from": "2027-01-01", "method": "net", "basis": "received", "interval": "half"}
    counts = []
    for _nth in range(2):
        for _more in range(3):
            books.invoice(company, "1081.00", code="UN")
        with CaptureQueriesContext(connection) as asked:
            told = api.get("vat-settings/preview/", **query).json()
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert told["sums"] == [{"side": "receivables", "code": "UN", "rate": "8.10", "net": "6000.00",
                             "vat": "486.00"}]  # fmt: skip
    assert (told["edge"], told["direction"], told["correction_code"]) == (
        "2026-12-31",
        "subtract",
        "KN",
    )
    problem(api.get("vat-settings/preview/", **(query | {"valid_from": "2027-05-01"})), 422,
            "vat.changes_at_new_year")  # fmt: skip


def test_settings_are_taken_back_by_the_endpoint(company, api):
    made = api.post("vat-settings/", {"valid_from": "2027-01-01", "method": "net", "basis": "agreed",
                                      "interval": "half", "group_uid": "CHE-123.456.788"})  # fmt: skip
    assert made.json()["group_uid"] == "CHE123456788"
    assert api.delete(f"vat-settings/{made.json()['id']}/", **ANY).status_code == 204
    only = VatSettings.of(company).get()
    problem(api.delete(f"vat-settings/{only.pk}/", **ANY), 409, "vat.only_settings")


# Activities


def test_activities_and_accounts_by_the_endpoints(company, api):
    VatSettings.of(company).update(method="net", interval="half")
    body = {"activity_code": "01234", "name": "Schreinerei", "percent": "3.70",
            "valid_from": "2026-01-01"}  # fmt: skip
    made = api.post("vat-activities/", body)
    assert {**body, "valid_to": None, "id": made.json()["id"]} == made.json()
    assert places(problem(api.post("vat-activities/", body | {"activity_code": "9", }), 422)) == [
        ("activity_code", "vat.bad_activity_code")
    ]  # fmt: skip
    ended = api.patch(f"vat-activities/{made.json()['id']}/", {"valid_to": "2026-12-31"}, **ANY)
    assert ended.json()["valid_to"] == "2026-12-31"
    done = api.post("vat-activity-accounts/", {"accounts": {"3200": "01234"}})
    assert done.json() == api.get("vat-activity-accounts/").json() == [
        {"account": "3200", "activity_code": "01234"}
    ]  # fmt: skip
    problem(api.post("vat-activity-accounts/", {"accounts": {"3200": "77777"}}), 422,
            "vat.unknown_activity")  # fmt: skip


def test_accounts_with_turnover_and_without_activity_are_shown(company, anna, desk):
    VatSettings.of(company).update(method="net", interval="half")
    (
        books.invoice(company, "1081.00", code="UN"),
        books.invoice(company, "20.00", code="UE", contra="3400"),
    )
    address = at(company, "vat-activities")
    assert desk.post(address, {"activity_code": "01234", "name": "Handel", "percent": "0.6",
                               "valid_from": "01.01.2026"}).status_code == 302  # fmt: skip
    since, until = dt.date(2025, 6, 10), TODAY
    missing = [row.account.number for row in account_rows(company, since, until) if row.is_missing]
    assert missing == ["3200"]
    wrong = desk.post(address, {"accounts": "1", "account-3200": "99999"})
    assert wrong.status_code == 422
    assert desk.post(address, {"accounts": "1", "account-3200": "01234"}).status_code == 302
    assert ActivityAccount.of(company).get().activity_code == "01234"
    assert not any(row.is_missing for row in account_rows(company, since, until))
    assert "01234" in shown(desk, address)
    activity = VatActivity.of(company).get()
    assert (
        desk.post(at(company, "vat-activity", activity.pk), {"valid_to": "31.12.2025"}).status_code
        == 422
    )
    assert (
        desk.post(at(company, "vat-activity", activity.pk), {"valid_to": "31.12.2026"}).status_code
        == 302
    )


def test_the_page_of_activities_costs_the_same_with_more_accounts(company, anna, desk):
    VatSettings.of(company).update(method="net", interval="half")
    grant_activity(company=company, activity_code="01234", name="x", percent=D("0.6"),
                   valid_from=dt.date(2026, 1, 1), by=anna)  # fmt: skip
    address, counts = at(company, "vat-activities"), []
    shown(desk, address)
    for number in ("3000", "3200", "3400"):
        assign_accounts(company=company, accounts={number: "01234"}, by=anna)
        with CaptureQueriesContext(connection) as asked:
            shown(desk, address)
        counts.append(len(asked))
    assert len(set(counts)) == 1


@pytest.mark.parametrize(("granted", "read", "change"), [(["vat.read"], 200, 403), ([], 403, 403)])
def test_rights(company, granted, read, change):
    client = Client()
    client.force_login(make.user(company=company, granted=granted))
    for name in ("vat-settings", "vat-activities", "vat-codes"):
        assert client.get(at(company, name)).status_code == read
        assert client.post(at(company, name), {}).status_code == change
