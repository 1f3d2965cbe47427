"""Instalments of a year that is settled yearly (MWSTG Art. 86a): planned, owed, paid, set off."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounting.ledger.years import open_fiscal_year
from accounting.open_items.models import OpenItem
from tests import make
from tests.accounting.open_items import books as items
from tests.erp.client import Api, new_key, problem
from tests.vat.returns.books import D, entry, pay, settled_by
from tests.vat.returns.test_filing import UID, balance, filed_return
from vat.returns import errors, instalments, settling
from vat.returns.models import TaxOffice, VatInstalment
from vat.returns.queries import period_starting
from vat.settings.activities import grant_activity

pytestmark = pytest.mark.django_db
YEAR = dt.date(2026, 1, 1)
MAY = dt.date(2026, 5, 20)


def books_of(method="effective", *, turnover="43240.00"):
    """2025 is declared; 2026 is settled yearly. 43'240.00 with 3'240.00 of tax."""
    before = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    books = items.company(uid=UID, first_year=before)
    by = make.owner_of(books)
    open_fiscal_year(company=books, by=by, start=YEAR, end=dt.date(2026, 12, 31))
    if method != "effective":
        grant_activity(company=books, activity_code="A0001", name="A", percent=D("5.3"),
                       valid_from=before[0], by=by)  # fmt: skip
    settled_by(books, method=method, interval="year", valid_from=before[0])
    if turnover:
        entry(books, dt.date(2025, 6, 15), "1020", "3200", turnover, "UN")
        filed_return(books, before[0])
    office, _party = items.contact(books, "Eidgenössische Steuerverwaltung")
    TaxOffice.unscoped.create(company=books, contact=office)
    return books


def planned(books):
    found = instalments.instalments(books, [period_starting(books, YEAR)])[YEAR]
    return [(one.due, one.amount, one.state) for one in found]


def entered(books, nth=1, amount="810.00", **more):
    told = {"due_date": dt.date(2026, 5, 31), "date": MAY, "by": make.owner_of(books)} | more
    return instalments.enter_instalment(
        company=books, start=YEAR, nth=nth, amount=D(amount), **told
    )


def test_effective_years_have_three_quarters():
    # 3'240.00 / 4; the 150th, 240th and 330th day of the year
    assert planned(books_of()) == [
        (dt.date(2026, 5, 30), D("810.00"), "planned"),
        (dt.date(2026, 8, 28), D("810.00"), "planned"),
        (dt.date(2026, 11, 26), D("810.00"), "planned"),
    ]


def test_net_rates_have_one_half():
    # 43'240.00 x 5.3 % = 2'291.72, its half
    assert planned(books_of("net")) == [(dt.date(2026, 8, 28), D("1145.86"), "planned")]


def test_small_ones_are_not_billed():
    assert {row[1:] for row in planned(books_of(turnover="10810.00"))} == {(D(0), "none")}  # 202.50


def test_without_the_year_before_they_are_as_billed():
    assert {row[1:] for row in planned(books_of(turnover=""))} == {(None, "planned")}


def test_quarters_have_no_instalments():
    books = items.company(uid=UID)
    assert instalments.instalments(books, [period_starting(books, YEAR)]) == {}
    with pytest.raises(errors.NoInstalment):
        entered(books)


def test_who_begins_within_the_year_has_those_that_lie_in_it():
    """Liable from July: the 150th day is 27 November, the 240th lies in the next year."""
    books = items.company(uid=UID)
    settled_by(books, method="none", interval="year")
    settled_by(books, interval="year", valid_from=dt.date(2026, 7, 1))
    start = dt.date(2026, 7, 1)
    found = instalments.instalments(books, [period_starting(books, start)])[start]
    assert [(one.nth, one.of, one.due, one.amount) for one in found] == [
        (1, 1, dt.date(2026, 11, 27), None)
    ]


def test_an_instalment_is_owed_paid_and_set_off():
    books = books_of()
    one = entered(books, reference="RF18539007547034")
    item = OpenItem.of(books).get()
    assert (item.amount, item.due_date, item.reference) == (
        D("810.00"), dt.date(2026, 5, 31), "RF18539007547034"
    )  # fmt: skip
    assert (balance(books, "2201"), balance(books, "2000")) == (D("810.00"), D("-810.00"))
    pay(item, "810.00", date=dt.date(2026, 5, 28))
    entered(books, nth=2, amount="700.00", due_date=dt.date(2026, 8, 30))
    assert [row[1:] for row in planned(books)] == [
        (D("810.00"), "paid"), (D("700.00"), "entered"), (D("810.00"), "planned")
    ]  # fmt: skip

    entry(books, MAY, "1020", "3200", "54050.00", "UN")  # tax of 4'050.00
    year = filed_return(books, YEAR, today=dt.date(2027, 1, 20))
    settling.settle(year, date=dt.date(2026, 12, 31), by=make.owner_of(books))

    year.refresh_from_db()
    rest = OpenItem.of(books).get(entry=year.entry_id)
    assert rest.amount == D("2540.00")  # 4'050.00 - 810.00 - 700.00
    assert balance(books, "2201") == 0
    with pytest.raises(errors.YearSettled):
        instalments.take_back_instalment(one, date=MAY, by=make.owner_of(books))
    with pytest.raises(errors.YearSettled):
        entered(books, nth=3)


def test_more_paid_than_owed_stays_a_claim():
    books = books_of()
    entered(books)
    entry(books, MAY, "1020", "3200", "1081.00", "UN")
    year = filed_return(books, YEAR, today=dt.date(2027, 1, 20))
    settling.settle(year, date=dt.date(2026, 12, 31), by=make.owner_of(books))
    assert OpenItem.of(books).count() == 1  # the instalment alone
    assert balance(books, "2201") == D("729.00")  # 810.00 - 81.00, to be had


def test_an_instalment_taken_back_is_planned_again():
    books = books_of()
    by = make.owner_of(books)
    one = entered(books)
    with pytest.raises(errors.InstalmentEntered):
        entered(books)
    instalments.take_back_instalment(one, date=MAY, by=by)
    assert balance(books, "2201") == balance(books, "2000") == 0
    assert planned(books)[0][2] == "planned" and not VatInstalment.of(books).exists()
    entered(books, amount="600.00")


def test_what_is_refused_names_its_remedy():
    books = books_of()
    with pytest.raises(errors.InstalmentAmount):
        entered(books, amount="-1.00")
    with pytest.raises(errors.InstalmentAmount):
        entered(books, amount="1.005")
    with pytest.raises(errors.NoInstalment):
        entered(books, nth=4)
    TaxOffice.of(books).delete()
    with pytest.raises(errors.InstalmentNeedsOffice):
        entered(books)
    assert not VatInstalment.of(books).exists()


def signed_in(books):
    client = Client()
    client.force_login(make.owner_of(books))
    return client


def test_pages_and_endpoints():
    books = books_of()
    with time_machine.travel(dt.datetime(2026, 5, 20, 9), tick=True):
        desk = signed_in(books)
        page = desk.get(f"/c/{books.pk}/vat/returns/")
        assert page.status_code == 200 and "30.05.2026" in page.content.decode()
        here = f"/c/{books.pk}/vat/returns/instalments/2026-01-01/1/"
        assert desk.get(here).status_code == 200
        told = {"amount": "810.00", "due_date": "30.05.2026", "date": "20.05.2026"}
        assert desk.post(here, told | {"amount": "0"}).status_code == 422
        assert desk.post(here, told).status_code == 302
        assert "810.00" in desk.get(here).content.decode()
        assert desk.post(here, {"do": "take_back", "date": "21.05.2026"}).status_code == 302
        assert desk.get(here.replace("/1/", "/9/")).status_code == 404

        api = Api(books, make.owner_of(books))
        rows = api.get("vat-instalments/").json()
        assert [row["amount"] for row in rows[-3:]] == ["810.00"] * 3
        body = {"start": "2026-01-01", "nth": 2, "amount": "800.00", "due_date": "2026-08-30",
                "date": "2026-05-20"}  # fmt: skip
        done = api.post("vat-instalments/", body, key=new_key())
        assert (done.status_code, done.json()["state"]) == (201, "entered")
        problem(api.post("vat-instalments/", body, key=new_key()), 409, "vat.instalment_entered")
        back = api.post(f"vat-instalments/{done.json()['id']}/take-back/", {"date": "2026-05-21"},
                        key=new_key())  # fmt: skip
        assert (back.status_code, back.json()["state"]) == (200, "planned")
