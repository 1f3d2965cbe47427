"""The cockpit: all clients at once, to read only, and nothing of others."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounting.banking.models import BankAccount, BankTransaction, Statement
from erp.access.firms.gate import in_client, over_mandates
from erp.access.gate import access_to
from erp.access.permissions import Permission
from erp.cockpit import firms
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.fiduciary import mandates, overview
from erp.fiduciary.figures import figures
from erp.fiduciary.keeping import look_at
from erp.fiduciary.models import MandateSetting
from erp.fiduciary.overview import Wanted
from tests import make
from tests.erp.fiduciary.conftest import mandate

TODAY = dt.date(2026, 11, 26)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def seen(house, **wanted):
    with transaction.atomic():
        access = over_mandates(house.firm.pk, user=house.lead)
        return overview.cockpit(access, Wanted(**wanted), TODAY).rows


def test_a_firm_sees_its_own_clients_and_no_other(three):
    arnold, berger, conti = three
    assert {row.company for row in seen(arnold)} == set(arnold.clients)
    assert {row.company for row in seen(berger)} == set(berger.clients)
    assert seen(conti) == []
    for house in three:
        for other in three:
            status = signed_in(house.lead).get(f"/firms/{other.firm.pk}/cockpit/").status_code
            api = signed_in(house.lead).get(f"/api/v1/firms/{other.firm.pk}/cockpit/").status_code
            assert (status, api) == ((200, 200) if house is other else (404, 404))


def test_of_an_ended_mandate_nothing_is_left_at_once(three):
    arnold, _berger, _conti = three
    gone, stays = arnold.clients
    with transaction.atomic():
        open_companies([gone.pk])
        owner = make.owner_of(gone)
        running = firms.works_here(gone)[0][0]
        firms.end_mandate(running, by=owner)
    assert [row.company for row in seen(arnold)] == [stays]
    page = signed_in(arnold.lead).get(f"/firms/{arnold.firm.pk}/cockpit/").content.decode()
    assert gone.name not in page and stays.name in page
    with pytest.raises(Http404), transaction.atomic():
        in_client(arnold.firm.pk, gone.pk, user=arnold.lead)


def test_over_all_clients_nothing_is_written(three):
    arnold = three[0]
    with pytest.raises(DatabaseError, match="read-only"), transaction.atomic():
        access = over_mandates(arnold.firm.pk, user=arnold.lead)
        MandateSetting.unscoped.create(
            firm=arnold.firm, company=next(iter(access.companies.values())), responsible=None
        )


def test_what_a_firm_notes_of_a_client_is_its_own(three):
    """Neither the client nor another firm of the same client sees who answers for it."""
    arnold, berger, _conti = three
    shared = arnold.clients[1]
    with transaction.atomic():
        in_client(arnold.firm.pk, shared.pk, user=arnold.lead)
        mandates.set_responsible(firm=arnold.firm, company=shared, responsible=arnold.lead)
    with transaction.atomic():
        open_companies([shared.pk])
        access_to(shared.pk, user=make.owner_of(shared))
        assert not MandateSetting.unscoped.exists()
    with transaction.atomic():
        over_mandates(berger.firm.pk, user=berger.lead)
        assert not MandateSetting.unscoped.exists()
    (row,) = (row for row in seen(arnold) if row.company == shared)
    assert row.responsible == arnold.lead
    assert [one.company for one in seen(arnold, responsible=arnold.lead.pk)] == [shared]
    assert [one.company for one in seen(arnold, responsible=0)] == [arnold.clients[0]]


def test_only_its_staff_answers_for_a_client(three):
    arnold, berger, _conti = three
    company = arnold.clients[0]
    answer = signed_in(arnold.lead).post(
        f"/api/v1/firms/{arnold.firm.pk}/clients/{company.pk}/",
        {"responsible": berger.lead.email}, content_type="application/json",
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (422, "fiduciary.not_of_the_firm")
    foreign = berger.clients[1]
    answer = signed_in(arnold.lead).post(
        f"/api/v1/firms/{arnold.firm.pk}/clients/{foreign.pk}/",
        {"responsible": None}, content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 404


def test_a_figure_is_told_in_the_clients_alone_where_one_has_its_right(db):
    operator, lead = make.user(is_operator=True), make.user()
    firm = firms.found_firm(name="Rechte", manager=lead, by=operator)
    company = make.company(modules=["ledger", "banking", "vat", "payables"])
    mandate(company, firm, role="bookkeeper")
    assistant = make.staff(firm, lead, "assistant")
    with transaction.atomic():
        access = over_mandates(firm.pk, user=assistant)
        assert access.companies_with(Permission.PAYROLL_READ) == []
        assert access.companies_with(Permission.LEDGER_READ) == [company.pk]
        told = figures(access, TODAY)[company.pk]
    open_companies([company.pk])
    assert told.counts["drafts"] is None and told.counts["findings"] is None
    assert told.counts["bank"].number == 0
    assert told.counts["runs"] is None and told.counts["invoices"] is None
    assert told.counts["inbox"].number == 0


def test_the_figures_are_those_of_the_books(db):
    operator, lead = make.user(is_operator=True), make.user()
    firm = firms.found_firm(name="Zahlen", manager=lead, by=operator)
    company = make.company(modules=["ledger", "banking", "vat", "payables"])
    owner = make.owner_of(company)
    mandate(company, firm)
    make.rent(company, by=owner)
    make.rent(company, by=owner, date=dt.date(2026, 4, 30))
    bank = BankAccount.unscoped.create(
        company=company, name="Bank", iban="CH9300762011623852957",
        account=make.account(company, "1020"),
    )  # fmt: skip
    statement = Statement.unscoped.create(
        company=company, bank_account=bank, message_type="camt.053", identification="A",
        from_date=TODAY, to_date=TODAY, closing=make.chf("10.00"), opening=make.chf("0.00"),
        file_digest="x", imported_at=clock.now(), imported_by=owner,
    )  # fmt: skip
    BankTransaction.unscoped.create(
        company=company, bank_account=bank, statement=statement, position=1, dedupe_key="x",
        booking_date=dt.date(2026, 10, 3), amount=make.chf("10.00"),
    )  # fmt: skip
    look_at(company)
    with transaction.atomic():
        told = figures(over_mandates(firm.pk, user=lead), TODAY)[company.pk]
    open_companies([company.pk])
    assert (told.counts["bank"].number, told.counts["bank"].since) == (1, dt.date(2026, 10, 3))
    assert told.counts["vouchers"].number == 2
    assert told.counts["differing"].number == 1
    assert told.counts["periods"].number == 10 and told.counts["periods"].since == dt.date(
        2026, 1, 1
    )
    assert [(one.duty, one.day) for one in told.deadlines] == [
        ("vat", dt.date(2026, 5, 30)), ("vat", dt.date(2026, 8, 29)), ("vat", dt.date(2026, 11, 29)),
    ]  # fmt: skip
    assert told.control == 0


@pytest.mark.parametrize("address", ["/firms/{}/cockpit/", "/api/v1/firms/{}/cockpit/"])
def test_the_cockpit_asks_no_more_for_many_clients(address, db):
    """At most 15 queries for the whole request, and as many for one client as for six."""
    operator, lead = make.user(is_operator=True), make.user()
    firm = firms.found_firm(name="Viele", manager=lead, by=operator)
    client, counts = signed_in(lead), []
    for _round in range(2):
        for _one in range(1 if not counts else 5):
            mandate(make.company(), firm)
        client.get(address.format(firm.pk))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address.format(firm.pk)).status_code == 200
        told = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        counts.append(len(told))
    assert counts[0] == counts[1] <= 15, told


def test_the_list_goes_out_as_a_file(three):
    arnold = three[0]
    client = signed_in(arnold.lead)
    text = client.get(f"/firms/{arnold.firm.pk}/cockpit/?form=csv&sort=name").content.decode(
        "utf-8-sig"
    )
    first, *rows = text.splitlines()
    assert first.count(";") == 20 and len(rows) == 2
    book = load_workbook(
        io.BytesIO(client.get(f"/firms/{arnold.firm.pk}/cockpit/?form=xlsx").content)
    )
    assert book.active.max_row == 6
    assert client.get(f"/firms/{arnold.firm.pk}/cockpit/?form=pdf").status_code == 404


def test_filters_and_orders_find_the_right_clients(three):
    arnold = three[0]
    first, second = arnold.clients
    assert [row.company for row in seen(arnold, q=first.name)] == [first]
    assert seen(arnold, until=dt.date(2020, 1, 1)) == []
    assert len(seen(arnold, until=TODAY, work=True)) == 2
    for order in overview.ORDERS:
        assert {row.company for row in seen(arnold, sort=order)} == {first, second}


@pytest.mark.parametrize("way", ["page", "api"])
def test_who_is_no_colleague_is_refused_without_a_name(three, way):
    """Nobody finds out by it who else has an account."""
    arnold, berger, _conti = three
    client, company = signed_in(arnold.lead), arnold.clients[0]
    for told in (berger.lead, None):
        if way == "page":
            typed = str(told.pk) if told else "999999"
            address = f"/firms/{arnold.firm.pk}/clients/{company.pk}/"
            answer = client.post(address, {"do": "responsible", "responsible": typed}, follow=True)
            (text,) = (str(one) for one in answer.context["messages"])
        else:
            typed = told.email if told else "niemand@example.ch"
            answer = client.post(
                f"/api/v1/firms/{arnold.firm.pk}/clients/{company.pk}/", {"responsible": typed},
                content_type="application/json",
            )  # fmt: skip
            assert (answer.status_code, answer.json()["code"]) == (422, "fiduciary.not_of_the_firm")
            text = answer.json()["detail"]
        assert f"\u00ab{typed}\u00bb" in text or f"\u201e{typed}\u201c" in text, text
        assert berger.lead.name not in text
    with transaction.atomic():
        over_mandates(arnold.firm.pk, user=arnold.lead)
        assert not MandateSetting.unscoped.exclude(responsible=None).exists()


def test_a_reviewer_says_nowhere_who_answers_for_a_client(three):
    arnold = three[0]
    with transaction.atomic():
        reviewer = make.staff(arnold.firm, arnold.lead, "reviewer")
    answer = signed_in(reviewer).post(
        f"/api/v1/firms/{arnold.firm.pk}/clients/{arnold.clients[0].pk}/",
        {"responsible": arnold.lead.email}, content_type="application/json",
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (409, "fiduciary.only_who_works")


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2200-01", "1899-12", "x"])
def test_months_beyond_the_books_are_none(three, month):
    arnold = three[0]
    client, start = signed_in(arnold.lead), f"/firms/{arnold.firm.pk}"
    one = f"{start}/clients/{arnold.clients[0].pk}/"
    for address in (f"{start}/checklists/", f"{start}/times/", one):
        assert client.get(f"{address}?month={month}").status_code == 200
    for address in (f"{start}/times/", f"{one}checklist/"):
        assert client.get(f"/api/v1{address}?month={month}").status_code == 400
    answer = client.post(f"/api/v1{one}checklist/begin/", {"month": month},
                         content_type="application/json")  # fmt: skip
    assert answer.status_code == 400
