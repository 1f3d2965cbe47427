"""Pages: a list is read whole by its links, in one order, and each page costs the same."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from operator import itemgetter
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounting.open_items.opening import Party
from accounting.payments.models import RunPayment
from erp.api.paging import RowPages
from payroll.runs import movements
from payroll.runs.models import Typed
from tests import make
from tests.accounting.open_items import books as items
from tests.accounting.payments import books as payments
from tests.erp.client import Api, places, problem
from tests.payroll.runs import books as wages


def walked(client, address, size=2):
    """What the pages of a list hold, following its links to the end, and back to its beginning."""
    mark = "&" if "?" in address else "?"
    there, back, whole = [], [], []
    answer = client.get(f"{address}{mark}page_size={size}").json()
    while True:
        there.append(answer["results"])
        whole.append({k: v for k, v in answer.items() if k not in {"next", "previous", "results"}})
        if answer["next"] is None:
            break
        answer = client.get(answer["next"]).json()
        before = client.get(answer["previous"]).json()  # turning round anywhere
        assert before["results"] == there[-1]
        assert client.get(before["next"]).json()["results"] == answer["results"]
    while answer["previous"] is not None:
        answer = client.get(answer["previous"]).json()
        back.append(answer["results"])
    assert back == there[-2::-1]
    assert all(one == whole[0] for one in whole), "what stands beside a page is that of all of them"
    assert all(len(page) == size for page in there[:-1])
    return [row for page in there for row in page], len(there), whole[0]


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200, address
    return len(seen)


def page_of(rows, by=itemgetter(0), **query):
    pages = RowPages(by)
    request = Request(APIRequestFactory().get("/x/", query))
    return pages.paginate_queryset(rows, request), pages


def cursor_of(link):
    return link.split("cursor=")[1].split("&")[0].replace("%3D", "=")


def test_one_goes_on_from_the_row_that_was_told_last_wherever_it_stands():
    rows = [(letter,) for letter in "abcdef"]
    page, pages = page_of(rows, page_size=2)
    assert page == [("a",), ("b",)] and pages.get_previous_link() is None
    after = {"cursor": cursor_of(pages.get_next_link()), "page_size": 2}
    assert page_of(rows, **after)[0] == [("c",), ("d",)]
    assert page_of([("A",), *rows], **after)[0] == [("c",), ("d",)]  # one came before
    assert page_of(rows[1:], **after)[0] == [("c",), ("d",)]  # one before is gone
    gone = [rows[0], *rows[2:]]
    assert page_of(gone, **after)[0] == [("c",), ("d",)]  # the row itself is gone
    assert page_of(rows[:1], **after)[0] == [] and page_of([], **after)[0] == []
    _page, second = page_of(rows, **after)
    before = {"cursor": cursor_of(second.get_previous_link()), "page_size": 2}
    assert page_of(rows, **before)[0] == [("a",), ("b",)]
    assert page_of(rows[1:], **before)[0] == [("b",)]  # no row is told twice
    assert page_of([], **before)[0] == []


def test_rows_that_are_called_alike_do_not_send_one_round_in_circles():
    rows, found, query = [("a", nth) for nth in range(5)], [], {"page_size": 2}
    while True:
        page, pages = page_of(rows, **query)
        found += page
        if pages.get_next_link() is None:
            break
        query = {"cursor": cursor_of(pages.get_next_link()), "page_size": 2}
    assert found == rows


@pytest.mark.parametrize("cursor", ["x", base64.b64encode(b"o=-1").decode(),
                                    base64.b64encode(b"o=x&p=1").decode()])  # fmt: skip
@pytest.mark.parametrize("path", ["contacts/", "open-items/"])
def test_what_is_no_cursor_is_refused_by_name(api, path, cursor):
    assert places(problem(api.get(path, cursor=cursor), 400)) == [("cursor", "unknown")]


@pytest.mark.parametrize("path", ["journal-entries/", "payments-journal/?since=2026-01-01&until=2026-12-31",
                                  "uploads/"])  # fmt: skip
@pytest.mark.django_db
def test_a_cursor_that_was_tampered_with_breaks_nothing(path):
    books = payments.company()
    client, address = Api(books, make.owner_of(books)), path
    mark = "&" if "?" in path else "?"
    for place in ("nonsense", "[]", '["x"]', '["x", "y"]', '["x", "y", "z"]', '{"x": 1}', "[null]"):
        cursor = base64.b64encode(urlencode({"p": place}).encode()).decode()
        answer = client.client.get(f"{client.start}{address}{mark}{urlencode({'cursor': cursor})}")
        assert places(problem(answer, 400)) == [("cursor", "unknown")], place


@pytest.mark.parametrize("size", ["0", "-3", "x", "999999999999"])
def test_a_page_has_never_more_than_500_rows(api, size):
    answer = api.get("contacts/", page_size=size)
    assert answer.status_code == 200 and len(answer.json()["results"]) <= 500


@pytest.mark.django_db
def test_open_items_come_by_due_date_and_id_with_the_total_of_all():
    books = items.company()
    made = [items.invoice(books, f"{100 + nth}.00", party=Party(f"P{nth % 2}")) for nth in range(5)]
    api = Api(books, make.owner_of(books))
    rows, pages, beside = walked(api.client, f"{api.start}open-items/?on=2026-04-30")
    assert [row["id"] for row in rows] == [one.pk for one in made] and pages == 3  # all due at once
    assert beside["total"] == "510.00" and beside["side"] == "receivables"
    few = queries(api.client, f"{api.start}open-items/?on=2026-04-30&page_size=1")
    assert queries(api.client, f"{api.start}open-items/?on=2026-04-30") == few
    lean = api.get("open-items/", on="2026-04-30", fields="id", page_size=1).json()
    assert lean["results"] == [{"id": made[0].pk}] and lean["total"] == "510.00"
    assert (
        len(api.get("open-items/", on="2026-04-30", form="csv", page_size=1).content.splitlines())
        > 6
    )
    rows, pages, beside = walked(api.client, f"{api.start}open-items/ageing/?on=2026-04-30", 1)
    assert [(row["party"], row["total"]) for row in rows] == [("P0", "306.00"), ("P1", "204.00")]
    assert (pages, beside["total"]) == (2, "510.00")
    rows, pages, beside = walked(api.client, f"{api.start}open-items/due/?on=2026-04-30")
    assert [row["item"]["id"] for row in rows] == [one.pk for one in made] and pages == 3
    assert [group["running"] for group in beside["groups"]] == [beside["total"]] == ["510.00"]


@pytest.mark.django_db
def test_the_journal_of_payments_comes_in_order_with_totals_of_all():
    with time_machine.travel(dt.datetime(2026, 3, 24, 9), tick=True):
        books = payments.company()
        api = Api(books, make.owner_of(books))
        address = f"{api.start}payments-journal/?since=2026-01-01&until=2026-12-31"

        def pay(first, last):
            for nth in range(first, last):
                who = payments.supplier(books, f"L{nth} AG")
                payments.owe(books, who, f"{nth}.00", document=f"L-{nth}")
            payments.exported(books)

        pay(1, 3)
        few = queries(api.client, address)
        pay(3, 6)
        assert queries(api.client, address) == few
        rows, pages, beside = walked(api.client, address)
        order = RunPayment.of(books).order_by("date", "run_id", "position")
        assert [row["payee"] for row in rows] == [one.payee for one in order] and pages == 3
        assert beside["totals"] == [{"currency": "CHF", "amount": "15.00"}]
        assert {row["documents"] for row in rows} == {f"L-{nth}" for nth in range(1, 6)}


@pytest.mark.django_db
def test_movements_come_by_person_in_the_order_they_were_typed():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        company = wages.company()
        by, api = make.owner_of(company), Api(company, make.owner_of(company))
        address = f"{api.start}movements/?month=2026-01"

        def hire(number):
            who = wages.employee(company, "5000.00", number=number, iban=wages.iban(number))
            movements.save_person(
                company=company, employee=who, month=dt.date(2026, 1, 1), by=by,
                rows=[Typed(type=1200, amount=Decimal(nth)) for nth in (3, 1, 2)],
            )  # fmt: skip
            return who

        people = [hire(1)]
        few = queries(api.client, address)
        people += [hire(2), hire(3)]
        assert queries(api.client, address) == few
        rows, pages, _beside = walked(api.client, address)
        assert [(row["employee"], row["amount"]) for row in rows] == [
            (who.pk, f"{nth}.00") for who in people for nth in (3, 1, 2)
        ]
        assert pages == 5
        alone, _pages, _beside = walked(api.client, f"{address}&employee={people[1].pk}")
        assert [row["employee"] for row in alone] == [people[1].pk] * 3


def test_companies_come_by_name_and_those_of_one_name_by_id(committed_db):
    with transaction.atomic():
        user = make.user()
    for name in ("Zett AG", "Huber AG", "Huber AG"):
        with transaction.atomic():
            make.found(by=user, name=name)
    client = Client()
    client.force_login(user)
    rows, pages, _beside = walked(client, "/api/v1/companies/")
    assert [row["name"] for row in rows] == ["Huber AG", "Huber AG", "Zett AG"] and pages == 2
    assert rows[0]["id"] < rows[1]["id"]
