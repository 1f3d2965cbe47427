"""The endpoints: once per key, every fault told, nothing of others, all of it documented."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import translation
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from rest_framework.viewsets import ViewSetMixin

from accounting.ledger import bulk, charting
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import CostCentre, JournalEntry, Period
from accounting.ledger.years import lock_period
from erp.access.gate import operating
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.client import Api, changed, places, problem
from tests.make import MARCH_31, chf

RENT = {
    "date": "2026-03-31", "text": "Miete",
    "lines": [{"account": "6000", "debit": "2000.00"}, {"account": "1020", "credit": "2000.00"}],
}  # fmt: skip
SALE = {
    "date": "2026-03-31", "text": "Verkauf", "voucher": "R-1",
    "lines": [{"account": "1020", "debit": "108.10"},
              {"account": "3200", "credit": "108.10", "vat_code": "un"}],
}  # fmt: skip


# Once per key


def test_an_entry_is_posted_and_told_with_its_lines(api, company, anna):
    answer = api.enter(SALE)
    told = answer.json()
    assert answer.status_code == 201 and answer["Content-Type"] == "application/json"
    assert (told["number"], told["voucher"], told["posted_by"]) == (1, "R-1", anna.email)
    assert [
        (x["account"], x["debit"], x["credit"], x["vat_code"], x["vat_part"], x["vat_rate"], x["vat_base"])
        for x in told["lines"]
    ] == [
        ("1020", "108.10", "0.00", None, "", None, None),
        ("3200", "0.00", "100.00", "UN", "B", "8.10", "-100.00"),
        ("2200", "0.00", "8.10", "UN", "T", "8.10", "-100.00"),
    ]  # fmt: skip
    read = api.get(f"journal-entries/{told['id']}/")
    assert read.json() == told and read["ETag"]


def test_the_same_key_gives_the_same_answer_and_one_entry(api, company):
    first = api.post("journal-entries/", RENT, key="aaaaaaaa")
    again = api.post("journal-entries/", RENT, key="aaaaaaaa")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert JournalEntry.of(company).count() == 1
    assert api.post("journal-entries/", RENT, key="bbbbbbbb").json()["number"] == 2


def test_the_same_key_for_something_else_is_refused(api, company):
    api.post("journal-entries/", RENT, key="aaaaaaaa")
    other = changed(RENT, text="Andere Miete")
    told = problem(api.post("journal-entries/", other, key="aaaaaaaa"), 422,
                   "api.idempotency_key_reused")  # fmt: skip
    assert told["errors"][0]["values"] == {"key": "aaaaaaaa"}
    assert JournalEntry.of(company).count() == 1


def test_the_same_key_and_body_for_another_entry_is_refused(api, company):
    """A reversal names its entry in the address alone."""
    one, two = (api.enter(RENT).json()["id"] for _ in range(2))
    body = {"date": "2026-03-31"}
    first = api.post(f"journal-entries/{one}/reverse/", body, key="aaaaaaaa")
    assert first.json()["reverses"] == one
    problem(api.post(f"journal-entries/{two}/reverse/", body, key="aaaaaaaa"), 422,
            "api.idempotency_key_reused")  # fmt: skip
    assert (
        api.post(f"journal-entries/{two}/reverse/", body, key="bbbbbbbb").json()["reverses"] == two
    )
    problem(api.post(f"journal-entries/{two}/reverse/", body, key="cccccccc"), 409,
            "ledger.already_reversed")  # fmt: skip


def test_a_refused_request_may_be_mended_under_its_key(api, company):
    wrong = changed(RENT, lines=[RENT["lines"][0], {"account": "1020", "credit": "1.00"}])
    problem(api.post("journal-entries/", wrong, key="aaaaaaaa"), 422, "ledger.unbalanced_entry")
    assert api.post("journal-entries/", RENT, key="aaaaaaaa").status_code == 201


@pytest.mark.parametrize("key", [None, "", "short", "x" * 101, "zwölf Zeichen"])
def test_posting_without_a_key_is_refused(api, company, key):
    told = problem(api.post("journal-entries/", RENT, key=key), 400, "invalid")
    assert places(told) == [("Idempotency-Key", "invalid")]
    assert not JournalEntry.of(company).exists()


def test_keys_are_each_persons_own(api, company):
    api.post("journal-entries/", RENT, key="aaaaaaaa")
    bea = make.user(company=company, granted=["ledger.read", "ledger.post"])
    assert Api(company, bea).post("journal-entries/", RENT, key="aaaaaaaa").json()["number"] == 2


def test_a_request_sent_four_times_at_once_posts_one_entry(committed_db):
    with transaction.atomic():
        company = make.company()
        anna = make.owner_of(company)
    clients = [Api(company, anna) for _ in range(4)]
    answers, barrier = [], threading.Barrier(4)

    def send(api):
        barrier.wait(10)
        answers.append(api.post("journal-entries/", RENT, key="aaaaaaaa"))
        connection.close()

    threads = [threading.Thread(target=send, args=[api]) for api in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(a.status_code for a in answers)
    assert 201 in codes and set(codes) <= {201, 409}
    assert {a.json()["id"] for a in answers if a.status_code == 201} == {
        next(a.json()["id"] for a in answers if a.status_code == 201)
    }
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "api.still_running")
    with operating(str(company.pk)):
        assert JournalEntry.of(company).count() == 1


# Faults


def test_all_faults_of_a_body_are_told_at_once(api, company):
    body = {
        "date": "31.03.2026", "colour": "red", "number": 7, "posted_by": 1,
        "lines": [
            {"account": "6000", "debit": "5.00", "vat": "IN"},
            {"account": "1020", "credit": 5.0},
            {"debit": "-1.00", "supply_date": "gestern", "vat_basis": "both"},
        ],
    }  # fmt: skip
    told = problem(api.enter(body), 400, "invalid")
    assert sorted(places(told)) == sorted([
        ("date", "invalid"), ("text", "required"), ("colour", "unknown"), ("number", "unknown"),
        ("posted_by", "unknown"), ("lines[0].vat", "unknown"), ("lines[1].credit", "not_an_amount"),
        ("lines[2].account", "required"), ("lines[2].debit", "negative"),
        ("lines[2].supply_date", "invalid"), ("lines[2].vat_basis", "invalid_choice"),
    ])  # fmt: skip
    assert not JournalEntry.of(company).exists()


@pytest.mark.parametrize(
    "amount",
    [5, 5.0, 0.1, "5,00", "1e2", " 5.00", "5.001", "1'000.00", "-0", "", "NaN", True, None, ["5.00"],
     {"amount": "5.00"}, "10000000000000.00", "٥"],
)  # fmt: skip
def test_amounts_are_text_with_a_point(api, company, amount):
    """MON-1, MON-2"""
    lines = [{"account": "6000", "debit": amount}, {"account": "1020", "credit": "5.00"}]
    told = problem(api.enter(changed(RENT, lines=lines)), 400, "invalid")
    assert [field for field, _code in places(told)] == ["lines[0].debit"]


def test_a_line_with_two_sides_or_none_is_refused(api):
    for line in ({"account": "6000"}, {"account": "6000", "debit": "5.00", "credit": "5.00"}):
        lines = [line, {"account": "1020", "credit": "5.00"}, {"account": "1000", "debit": "5.00"}]
        problem(api.enter(changed(RENT, lines=lines)), 422)


def test_an_unbalanced_entry_is_refused_with_both_sums(api):
    lines = [{"account": "6000", "debit": "5.00"}, {"account": "1020", "credit": "4.00"}]
    told = problem(api.enter(changed(RENT, lines=lines)), 422, "ledger.unbalanced_entry")
    assert told["errors"] == [
        {"code": "ledger.unbalanced_entry", "field": "lines", "message": told["detail"],
         "values": {"debit": "5.00", "credit": "4.00"}}
    ]  # fmt: skip
    problem(api.enter(changed(RENT, lines=[])), 422, "ledger.too_few_lines")


def test_the_state_of_the_books_in_the_way_is_a_conflict(api, company, anna):
    entry = api.enter(RENT).json()["id"]
    period = Period.of(company).get(start=dt.date(2026, 3, 1))
    lock_period(company=company, period=period, lock="locked", by=anna)
    told = problem(api.enter(RENT), 409, "ledger.period_locked")
    assert told["errors"][0]["field"] == "date"
    assert told["errors"][0]["values"] == {"date": "2026-03-31"}
    problem(api.post(f"journal-entries/{entry}/reverse/", {"date": "2026-03-31"}, key="a" * 8), 409)
    problem(api.enter(changed(RENT, date="2030-01-01")), 422, "ledger.no_open_year")
    assert JournalEntry.of(company).count() == 1


def test_foreign_numbers_and_ids_are_as_unknown_as_any(api, company, anna):
    """In the address 404, in the body 400, both told the same way as what never was."""
    other = make.company()
    charting.add_account(company=other, by=anna, number="7777", name_de="Fremd", type="asset",
                         or_position="959a-1-1c")  # fmt: skip
    charting.save_cost_unit(CostCentre(company=other), by=anna, number="77", name_de="Fremd")
    theirs = make.rent(other, by=make.owner_of(other))
    open_companies([company.pk])
    for pk in (theirs.pk, 999999999, 10**17):
        missing = problem(api.get(f"journal-entries/{pk}/"), 404, "not_found")
        assert missing["detail"] == problem(api.get("accounts/7777/"), 404)["detail"]
        problem(
            api.post(f"journal-entries/{pk}/reverse/", {"date": "2026-03-31"}, key="a" * 8), 404
        )
    for name, values in (
        ("account", ["7777", "7778"]), ("cost_centre", ["77", "78"]), ("cost_object", ["77", "78"]),
        ("vat_code", ["QQ", "RR"]),
    ):  # fmt: skip
        answers = []
        for value in values:
            lines = [{**RENT["lines"][0], name: value}, RENT["lines"][1]]
            told = problem(api.enter(changed(RENT, lines=lines)), 400, "invalid")
            assert [field for field, _code in places(told)] == [f"lines[0].{name}"]
            assert value in told["errors"][0]["message"]
            answers.append(told["errors"][0]["message"].replace(value, "…"))
        assert answers[0] == answers[1]
    open_companies([company.pk, other.pk])  # the proof of balance at the end sees both


def test_several_refusals_are_told_together(api, company, anna):
    charting.change_account(make.account(company, "6000"), by=anna, cost_centre_rule="must",
                            blocked_from=dt.date(2026, 1, 1))  # fmt: skip
    told = problem(api.enter(RENT), 422, "refused")
    assert places(told) == [
        ("account", "ledger.account_blocked"), ("cost_centre", "ledger.cost_centre_missing")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ('{"date": "2026-03-31", "date": "2026-04-01"}', "application/json", 400),
        ('{"text": NaN}', "application/json", 400),
        ('{"text": "a\\u0000b"}', "application/json", 400),
        ("[" * 30 + "]" * 30, "application/json", 400),
        ("[]", "application/json", 400),
        ('"text"', "application/json", 400),
        ('{"text": "Müll"}'.encode("latin-1"), "application/json", 400),
        (json.dumps(RENT), "application/json; charset=latin-1", 400),
        ("date=2026-03-31", "application/x-www-form-urlencoded", 415),
        ("<entry/>", "application/xml", 415),
    ],
)
def test_a_body_that_is_no_json_of_ours_is_refused(api, company, body, content_type, status):
    problem(api.post("journal-entries/", body, key="a" * 8, content_type=content_type), status)
    assert not JournalEntry.of(company).exists()


@pytest.mark.parametrize(
    "path", ["accounts/%00/", "accounts/1020%00/", "journal-entries/?search=%00"]
)
def test_an_address_that_cannot_be_looked_up_is_a_problem_like_any(api, path):
    told = problem(api.client.get(api.start + path), 400, "invalid")
    assert "NUL" in told["detail"] and told["errors"] == []
    problem(Client().get("/api/v1/companies/?x=%00"), 400, "invalid")
    page = api.client.get("/c/1/ledger/journal/?q=%00")
    assert (page.status_code, page["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_who_is_not_signed_in_or_may_not_is_told_so(company):
    stranger = Client().get(f"/api/v1/companies/{company.pk}/accounts/")
    assert stranger.status_code in {401, 403}
    problem(stranger, stranger.status_code)
    reader = Api(company, make.user(company=company, granted=["ledger.read"]))
    problem(reader.enter(RENT), 403, "permission_denied")
    assert reader.get("journal-entries/").status_code == 200


# Changes


def test_a_change_says_what_it_has_read(api, company):
    read = api.get("accounts/6000/")
    told = problem(api.patch("accounts/6000/", {"name_de": "Miete"}), 428)
    assert "If-Match" in told["detail"]
    answer = api.patch("accounts/6000/", {"name_de": "Miete"}, HTTP_IF_MATCH=read["ETag"])
    assert (answer.status_code, answer.json()["name_de"]) == (200, "Miete")
    assert answer["ETag"] == api.get("accounts/6000/")["ETag"] != read["ETag"]
    problem(api.patch("accounts/6000/", {"name_de": "Neu"}, HTTP_IF_MATCH=read["ETag"]), 412)
    assert make.account(company, "6000").name_de == "Miete"
    answer = api.patch(
        "accounts/6000/", {"vat_code": "IN", "purpose": "suspense"}, HTTP_IF_MATCH="*"
    )
    assert places(problem(answer, 400)) == [("purpose", "unknown")]


def test_an_account_is_opened_once(api, company):
    body = {"number": "1021", "type": "asset", "name_fr": "Banque", "vat_code": None}
    answer = api.post("accounts/", body)
    assert answer.status_code == 201 and answer["ETag"] == api.get("accounts/1021/")["ETag"]
    told = problem(api.post("accounts/", body), 422, "ledger.number_taken")
    assert places(told) == [("number", "ledger.number_taken")]
    api.enter(changed(RENT, lines=[{"account": "1021", "debit": "5.00"},
                                   {"account": "1020", "credit": "5.00"}]))  # fmt: skip
    problem(api.patch("accounts/1021/", {"type": "expense"}, HTTP_IF_MATCH="*"), 409,
            "ledger.account_in_use")  # fmt: skip


# Lists


def everything(api, **query):
    """All pages of the journal, following the links."""
    found, address = [], api.start + "journal-entries/"
    for _ in range(50):
        told = api.client.get(address, query).json()
        found.append([e["number"] for e in told["results"]])
        if not told["next"]:
            return found
        address, query = told["next"], {}
    raise AssertionError("the pages never end")


def many(company, count, *, day=MARCH_31):
    lines = [debit(make.account(company, "6000"), chf("1.00")),
             credit(make.account(company, "1020"), chf("1.00"))]  # fmt: skip
    bulk.post_many(company=company, by=make.owner_of(company),
                   entries=[bulk.NewEntry(day, f"Nr. {n}", lines) for n in range(count)])  # fmt: skip


def test_the_cursor_goes_through_all_pages_in_order_and_back(api, company):
    for month in (1, 1, 2, 3, 3, 3, 4):
        make.rent(company, date=dt.date(2026, month, 1))
    assert everything(api, page_size="3") == [[1, 2, 3], [4, 5, 6], [7]]
    assert everything(api, page_size="3", date_from="2026-02-01", date_until="2026-03-31") == [
        [3, 4, 5], [6]
    ]  # fmt: skip
    first = api.get("journal-entries/", page_size="3").json()
    second = api.client.get(first["next"]).json()
    assert first["previous"] is None
    assert api.client.get(second["previous"]).json()["results"] == first["results"]


def test_a_new_entry_does_not_shift_the_pages_being_read(api, company):
    for month in (1, 2, 4, 5):
        make.rent(company, date=dt.date(2026, month, 1))
    first = api.get("journal-entries/", page_size="2").json()
    make.rent(company, date=dt.date(2026, 1, 15))
    second = api.client.get(first["next"]).json()
    assert [e["number"] for e in first["results"] + second["results"]] == [1, 2, 3, 4]


def test_a_day_with_thousands_of_entries_has_an_end(api, company):
    many(company, 2100)
    numbers = [number for page in everything(api, page_size="500") for number in page]
    assert numbers == list(range(1, 2101))


def test_lists_are_filtered_by_what_is_offered_only(api, company):
    make.rent(company, voucher="B-77")
    make.rent(company, date=dt.date(2026, 4, 1))
    assert len(everything(api, search="B-77")[0]) == 1
    assert len(everything(api, account="6000")[0]) == 2
    assert everything(api, account="9999") == [[]]
    assert len(everything(api, posted_by="x", ordering="-number")[0]) == 2
    told = problem(api.get("journal-entries/", date_until="gestern"), 400)
    assert places(told) == [("date_until", "invalid")]
    assert len(api.get("journal-entries/", page_size="100000").json()["results"]) == 2


# The document


@pytest.fixture(scope="module")
def document():
    return Client().get("/api/v1/openapi.json").json()


def routes():
    """Every address under /api/ with its methods, as the router knows them."""

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            else:
                yield prefix + str(pattern.pattern), pattern.callback

    for address, callback in walk(get_resolver().url_patterns):
        view = getattr(callback, "cls", None)
        ours = address.startswith("api/") and "format" not in address
        if ours and isinstance(view, type) and issubclass(view, ViewSetMixin):
            yield address, set(callback.actions) - {"head"}


def as_documented(address):
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", address)  # the router's
    named = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named)  # our own paths
    return "/" + re.sub(r"\^|\$|\\Z", "", named)


def test_the_document_names_every_route_and_method_and_no_other(document):
    """API-8"""
    known = {as_documented(address): methods for address, methods in routes()}
    told = {
        re.sub(r"{id}", "{pk}", address): set(methods)
        for address, methods in document["paths"].items()
    }
    assert told == known
    assert len(known) > 15


def test_every_operation_tells_its_errors_and_the_key_it_asks_for(document):
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            assert {"400", "401", "403", "404", "422"} <= set(operation["responses"]), address
            refused = operation["responses"]["422"]["content"]["application/problem+json"]
            assert refused["schema"] == {"$ref": "#/components/schemas/Problem"}
            headers = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "header"}
            if method == "post" and "journal-entries" in address:
                assert headers["Idempotency-Key"]["required"]


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_document_is_drawn_up_without_a_warning(language, capsys):
    """A choice without a name of its own would be called after its digest, which differs by language."""
    reset_generator_stats()
    with translation.override(language):
        drawn = SchemaGenerator(urlconf="erp.urls").get_schema(public=True)
    told = capsys.readouterr()
    assert told.err + told.out == ""
    assert {name for name in drawn["components"]["schemas"] if name.endswith("KindEnum")} == {
        "AccrualKindEnum", "AssetMovementOutputKindEnum", "AssetRevaluationInputKindEnum",
        "EntryKindEnum", "TypedKindEnum", "VatCodeOutputKindEnum", "ContactKindEnum",
        "ContactAddressKindEnum", "CommunicationKindEnum", "ActivityKindEnum", "OwnFieldKindEnum",
        "LocalityKindEnum", "DocumentKindEnum", "DunningStopKindEnum", "DeriveInputKindEnum",
        "DocumentLineInputKindEnum", "CashBookKindEnum", "SuggestionOutputKindEnum",
        "SupplierInvoiceInputKindEnum", "WageTypeKindEnum", "InstitutionKindEnum", "FactKindEnum",
        "LayoutKindEnum", "LeaveKindEnum", "FieldWorkKindEnum", "QuestionKindEnum", "SettlementKindEnum",
    }  # fmt: skip


def test_amounts_are_documented_as_text(document):
    line = document["components"]["schemas"]["LineInputRequest"]["properties"]
    assert line["debit"]["type"] == "string" and line["debit"]["pattern"].startswith("^-?[0-9]")
    assert document["openapi"].startswith("3.1")
