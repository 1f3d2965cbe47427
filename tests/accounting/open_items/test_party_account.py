"""The account of a customer or supplier, and how they pay."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.open_items.habits import habits_of, payment_habits
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.opening import Party
from accounting.open_items.party_account import party_account
from accounting.open_items.plans import Part
from accounting.open_items.settling import net, settle, undo
from contacts import merging
from tests import make
from tests.accounting.open_items.books import company, contact, invoice, money
from tests.erp.client import Api

pytestmark = pytest.mark.django_db
D = Decimal
RECEIVABLES, PAYABLES = Side.RECEIVABLES, Side.PAYABLES


def day(text):
    return dt.date.fromisoformat(f"2026-{text}")


@pytest.fixture
def books():
    return company()


@pytest.fixture
def by(books):
    return make.owner_of(books)


def pay(item, amount, on, *, base=None, over=None, **more):
    books = item.company
    part = Part(item, paid=D(amount), **more)
    return settle(company=books, date=on, parts=[part], by=make.owner_of(books),
                  money=money(books, over or amount, base=base))  # fmt: skip


def shown(account):
    return [(r.date, r.kind, r.document, r.base, r.balance) for r in account.rows]


def test_an_account_tells_all_that_was_owed_and_settled_with_a_running_balance(books, by):
    huber, party = contact(books)
    invoice(books, "999.00", party=Party("Wer anders"))
    first = invoice(books, "100.00", party=party, date=day("01-10"), document="R-1")
    pay(first, "40.00", day("02-01"))
    invoice(books, "200.00", party=party, date=day("03-05"), document="R-2")
    entry = pay(OpenItem.of(books).get(pk=first.pk), "58.00", day("03-20"), discount=D("2.00"))
    account = party_account(huber, RECEIVABLES, start=day("03-01"), end=day("03-31"))
    assert (account.opening, account.owed, account.settled, account.closing) == (
        D("60.00"), D("200.00"), D("60.00"), D("200.00")
    )  # fmt: skip
    assert shown(account) == [
        (day("03-05"), "item", "R-2", D("200.00"), D("260.00")),
        (day("03-20"), "payment", "R-1", D("-58.00"), D("202.00")),
        (day("03-20"), "discount", "R-1", D("-2.00"), D("200.00")),
    ]  # fmt: skip
    assert account.rows[1].number == entry.number and account.complete
    before = party_account(huber, RECEIVABLES, start=day("01-01"), end=day("02-28"))
    assert (before.opening, before.closing) == (D(0), D("60.00"))
    assert party_account(huber, PAYABLES, start=day("01-01"), end=day("12-31")).rows == []


def test_what_was_overpaid_netted_and_undone_keeps_the_balance_right(books, by):
    huber, party = contact(books)
    item = invoice(books, "100.00", party=party)
    pay(item, "100.00", day("03-10"), over="130.00")
    other = invoice(books, "50.00", party=party, date=day("03-11"), document="R-2")
    credit = OpenItem.of(books).get(amount__lt=0)
    net(books, items=[other, credit], date=day("03-12"), by=by)
    settlement = Settlement.of(books).get(kind="credit", amount__gt=0)
    undo(settlement, date=day("03-13"), by=by)
    account = party_account(huber, RECEIVABLES, start=day("01-01"), end=day("12-31"))
    balances = {row.date: row.balance for row in account.rows}
    assert balances == {day("03-01"): D("100.00"), day("03-10"): D("-30.00"), day("03-11"): D("20.00"),
                        day("03-12"): D("20.00"), day("03-13"): D("20.00")}  # fmt: skip
    assert account.closing == sum(i.open_base for i in OpenItem.of(books))


def test_each_currency_has_its_balance(books):
    huber, party = contact(books)
    item = invoice(books, "100.00", currency="EUR", base="95.00", account="1101", party=party)
    invoice(books, "10.00", party=party)
    pay(item, "40.00", day("03-09"), base="37.00")
    account = party_account(huber, RECEIVABLES, start=day("03-05"), end=day("12-31"))
    assert [(c.currency, c.opening, c.closing) for c in account.currencies] == [
        ("CHF", D("10.00"), D("10.00")), ("EUR", D("100.00"), D("60.00"))
    ]  # fmt: skip
    assert [(r.kind, r.amount, r.base) for r in account.rows] == [
        ("payment", D("-40.00"), D("-37.00")), ("currency", D("0.00"), D("-1.00"))
    ]  # fmt: skip
    assert account.closing == D("67.00")


def test_the_page_and_the_endpoint_show_the_account(books, by):
    huber, party = contact(books)
    page, api = Client(), Api(books, by)
    page.force_login(by)
    here = f"/c/{books.pk}/open-items/parties/{huber.pk}/"
    item = invoice(books, "100.00", party=party)
    invoice(books, "70.00", party=party, side="payables", document="L-1")
    pay(item, "40.00", day("03-09"))
    span = "?from=2026-03-05&until=2026-12-31"

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert page.get(here + span).status_code == 200
        return len(found)

    queries()
    few = queries()
    for nth in range(4):
        invoice(books, party=party, document=f"M-{nth}", date=day("03-20"))
    assert queries() == few
    text = page.get(here + span).content.decode()
    assert f"/open-items/{item.pk}/" in text and "side=payables" in text
    for form in ("csv", "xlsx", "pdf"):
        assert page.get(f"{here}{span}&format={form}").status_code == 200
    rows = page.get(f"{here}?side=payables&format=csv&from=2026-01-01&until=2026-12-31")
    assert ";L-1;" in rows.content.decode() and ";70.00;70.00" in rows.content.decode()
    told = api.get(
        f"open-items/parties/{huber.pk}/?from=2026-03-05&until=2026-03-31&side=receivables"
    )
    body = told.json()
    assert (body["opening"], body["settled"], body["rows"][0]["base"]) == (
        "100.00",
        "40.00",
        "-40.00",
    )
    assert api.get(f"open-items/parties/{huber.pk}/").json()["start"] == "2026-01-01"
    other, _party = contact(books, "Neu AG")
    merging.merge(other, huber, by=by)
    assert page.get(here)["Location"] == f"/c/{books.pk}/open-items/parties/{other.pk}/"
    assert page.get(f"/c/{books.pk}/open-items/parties/999999/").status_code == 404
    reader = make.user(company=books, granted=["open_items.read"])
    page.force_login(reader)
    here = here.replace(str(huber.pk), str(other.pk))
    assert page.get(here).status_code == 200
    assert page.get(f"{here}?format=csv").status_code == 403


def test_how_contacts_pay_is_weighted_by_what_they_pay(books, by):
    (huber, one), (meier, two) = contact(books, "Huber AG"), contact(books, "Meier AG")
    due = day("03-31")
    big = invoice(books, "300.00", party=one, due_date=due)  # of the 1st of March
    small = invoice(books, "100.00", party=one, due_date=due)
    pay(big, "300.00", day("03-11"))  # after 10 days, 20 early
    pay(small, "100.00", day("04-20"), discount=D(0))  # after 50 days, 20 late
    other = invoice(books, "10.00", party=two, due_date=due)
    pay(other, "10.00", due)
    invoice(books, "-5.00", party=two), invoice(books, "500.00", party=Party("ohne Adresse"))
    with CaptureQueriesContext(connection) as asked:
        found = payment_habits(books, day("12-31"), RECEIVABLES)
    assert len(asked) == 1 and set(found) == {huber.pk, meier.pk}
    mine = found[huber.pk]
    assert (mine.items, mine.days, mine.days_late, mine.percent_late, mine.latest, mine.paid) == (
        2, D("20.0"), D("-10.0"), D("25.0"), 20, D("400.00")
    )  # fmt: skip
    assert mine.last_paid == day("04-20")
    punctual = found[meier.pk]
    assert (punctual.days, punctual.percent_late, punctual.latest) == (D("30.0"), D("0.0"), 0)
    assert habits_of(books, huber.pk, day("12-31"), RECEIVABLES) == mine
    early = habits_of(books, huber.pk, day("03-31"), RECEIVABLES)
    assert (early.items, early.days) == (1, D("10.0"))


def test_only_payments_that_stand_and_of_the_last_two_years_count(books, by):
    huber, party = contact(books)
    item = invoice(books, "100.00", party=party)
    pay(item, "60.00", day("03-09"))
    undo(Settlement.of(books).get(kind="payment"), date=day("03-10"), by=by)
    note = invoice(books, "-20.00", party=party, document="G-1")
    net(books, items=[item, note], date=day("03-12"), by=by)
    settle(company=books, date=day("03-13"), parts=[Part(item, write_off=D("5"))], by=by)
    assert payment_habits(books, day("12-31"), RECEIVABLES) == {}
    pay(
        OpenItem.of(books).select_related("company", "account").get(pk=item.pk),
        "10.00",
        day("05-01"),
    )
    assert habits_of(books, huber.pk, day("12-31"), RECEIVABLES).days == D("61.0")
    assert habits_of(books, huber.pk, dt.date(2028, 4, 30), RECEIVABLES) is not None
    assert habits_of(books, huber.pk, dt.date(2028, 5, 1), RECEIVABLES) is None
    assert payment_habits(books, day("12-31"), PAYABLES) == {}
