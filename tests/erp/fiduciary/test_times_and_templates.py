"""Time spent for clients, and what a new client begins with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounting.ledger.charting import add_account
from accounting.ledger.models import Account
from accounting.receivables.models import DocumentText
from accounting.receivables.texts import save_text
from accounting.terms.models import PaymentTerms
from accounting.terms.payment_terms import save_payment_terms
from erp.access.firms.gate import in_client, over_mandates, staff_of
from erp.cockpit import firms
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies
from erp.fiduciary import templates, times
from erp.fiduciary.models import MandateTemplate, MandateTime
from erp.fiduciary.time_pages import minutes_of
from tests import make
from tests.erp.fiduciary.conftest import mandate
from tests.erp.test_api_paging import queries, walked
from vat.codes.models import VatCode
from vat.codes.own import add_code


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("1:30", 90), ("1.5h", 90), ("1,5", 90), ("0.25", 15), ("2 h", 120), ("x", 0), ("", 0),
     ("1:2:3", 0), ("-5", 0), ("\u00b2", 0)],
)  # fmt: skip
def test_time_is_read_as_people_write_it(text, minutes):
    assert minutes_of(text) == minutes


def test_time_outlives_the_mandate_and_is_seen_by_the_firm_alone(three):
    arnold, berger, _conti = three
    shared = arnold.clients[1]
    with transaction.atomic():
        access = in_client(arnold.firm.pk, shared.pk, user=arnold.lead)
        row = times.enter(
            firm=arnold.firm, access=access, day=dt.date(2026, 3, 2), minutes=90, text="MWST"
        )
    with transaction.atomic():
        over_mandates(berger.firm.pk, user=berger.lead)
        assert not MandateTime.unscoped.exists()
    with transaction.atomic():
        open_companies([shared.pk])
        ended = next(one for one, _staff in firms.works_here(shared) if one.firm == arnold.firm)
        firms.end_mandate(ended, by=make.owner_of(shared))
    client = Client()
    client.force_login(arnold.lead)
    address = f"/firms/{arnold.firm.pk}/times/?month=2026-03"
    assert shared.name in client.get(address).content.decode()
    client.post(address, {"do": "bill", "row": [row.pk]})
    with transaction.atomic():
        staff_of(arnold.firm.pk, user=arnold.lead)
        assert MandateTime.of_firm(arnold.firm).get().is_billed
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        staff_of(arnold.firm.pk, user=arnold.lead)
        MandateTime.unscoped.create(
            firm=arnold.firm, company=shared, client_name="x", user=arnold.lead,
            day=dt.date(2026, 3, 3), minutes=1, text="x",
        )  # fmt: skip
    text = client.get(f"{address}&form=csv").content.decode("utf-8-sig")
    assert "MWST" in text and ";90;" in text


def test_entered_and_taken_back_on_the_page(three):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    address = f"/firms/{arnold.firm.pk}/times/"
    told = {
        "do": "enter",
        "company": arnold.clients[0].pk,
        "minutes": "0:45",
        "text": "Bank",
        "day": "",
    }
    assert client.post(address, told).status_code == 302
    api = f"/api/v1{address}?month={clock.today():%Y-%m}"
    (row,) = client.get(api).json()["results"]
    assert (row["minutes"], row["user"]) == (45, arnold.lead.email)
    with transaction.atomic():
        other = make.staff(arnold.firm, arnold.lead, "accountant")
    theirs = Client()
    theirs.force_login(other)
    assert theirs.post(address, {"do": "take_back", "row": row["id"]}).status_code == 409
    client.post(address, {"do": "take_back", "row": row["id"]})
    assert client.get(api).json()["results"] == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"minutes": 0}, "times.no_such_time"),
        ({"minutes": 1441}, "times.no_such_time"),
        ({"day": dt.date(2199, 1, 1)}, "times.not_yet"),
        ({"text": " "}, "times.nothing_done"),
    ],
)
def test_time_that_cannot_be_is_refused(db, told, code):
    lead, company = make.user(), make.company()
    firm = firms.found_firm(name="x", manager=lead, by=make.user(is_operator=True))
    mandate(company, firm)
    access = in_client(firm.pk, company.pk, user=lead)
    with pytest.raises(DomainError) as refusal:
        times.enter(firm=firm, access=access,
                    **{"day": dt.date(2026, 1, 1), "minutes": 5, "text": "x"} | told)  # fmt: skip
    assert refusal.value.code == code


@pytest.fixture
def model(three):
    """The first client of Arnold has an account, a code, terms and a text of its own."""
    arnold = three[0]
    company = arnold.clients[0]
    with transaction.atomic():
        access = in_client(arnold.firm.pk, company.pk, user=arnold.lead)
        told = {"company": company, "by": arnold.lead}
        shipped = VatCode.of(company).filter(kind="input").first()
        add_code(**told, code="VSGEM", based_on=shipped.code, names={"name_de": "Gemischt"},
                 deductible_percent=Decimal(40))  # fmt: skip
        add_account(**told, number="6998", type="expense", name_de="Sonstiges Eigenes")
        save_payment_terms(**told, code="n45", name_de="45 Tage", net_days=45)
        save_text(**told, kind="invoice", language="de", intro="Guten Tag")
        return templates.take(firm=arnold.firm, access=access, name="Standard",
                              parts=["accounts", "vat_codes", "terms", "texts"])  # fmt: skip


def test_a_new_client_gets_what_it_lacks_and_keeps_what_it_has(three, model):
    arnold = three[0]
    target = arnold.clients[1]
    client = Client()
    client.force_login(arnold.lead)
    address = f"/api/v1/firms/{arnold.firm.pk}/mandate-templates/{model.pk}/apply/"
    answer = client.post(address, {"company": target.pk}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert {key: answer.json()["added"][key] for key in ("accounts", "vat_codes", "terms", "texts")} == {
        "accounts": 1, "vat_codes": 1, "terms": 1, "texts": 1,
    }  # fmt: skip
    again = client.post(address, {"company": target.pk}, content_type="application/json")
    assert set(again.json()["added"].values()) == {0}
    with transaction.atomic():
        open_companies([target.pk])
        assert Account.of(target).get(number="6998").name_de == "Sonstiges Eigenes"
        assert PaymentTerms.of(target).get(code="n45").net_days == 45
        assert DocumentText.of(target).get().intro == "Guten Tag"


def test_a_part_takes_its_right_in_the_client(three):
    arnold = three[0]
    with pytest.raises(templates.RightMissing), transaction.atomic():
        access = in_client(arnold.firm.pk, arnold.clients[0].pk, user=arnold.lead)
        templates.take(firm=arnold.firm, access=access, name="x", parts=["wage_types"])


def test_templates_are_of_the_firm_and_of_those_who_lead(three, model):
    arnold, berger, _conti = three
    with transaction.atomic():
        over_mandates(berger.firm.pk, user=berger.lead)
        assert not MandateTemplate.unscoped.exists()
    with transaction.atomic():
        accountant = make.staff(arnold.firm, arnold.lead, "accountant")
    client = Client()
    client.force_login(accountant)
    address = f"/firms/{arnold.firm.pk}/templates/"
    assert model.name in client.get(address).content.decode()
    assert client.post(address, {"do": "delete", "template": model.pk}).status_code == 409
    client.force_login(arnold.lead)
    told = {"name": "Standard", "company": arnold.clients[0].pk, "part": ["terms"]}
    assert client.post(address, told, follow=True).content.decode().count("Standard") >= 2
    client.post(address, {"do": "delete", "template": model.pk})
    with transaction.atomic():
        staff_of(arnold.firm.pk, user=arnold.lead)
        assert not MandateTemplate.unscoped.exists()


def test_times_come_by_day_and_as_they_were_entered_however_many(three):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    address = f"/api/v1/firms/{arnold.firm.pk}/times/?month=2026-03"

    def enter(*minutes):
        for one in minutes:
            told = {
                "company": arnold.clients[0].pk,
                "day": "2026-03-02",
                "minutes": one,
                "text": "x",
            }
            answer = client.post(address, told, content_type="application/json")
            assert answer.status_code == 201

    enter(3)
    few = queries(client, address)
    enter(1, 2, 5, 4)
    assert queries(client, address) == few
    rows, pages, _beside = walked(client, address)
    assert [row["minutes"] for row in rows] == [3, 1, 2, 5, 4] and pages == 3


def test_the_cockpit_comes_client_by_client_with_how_many_there_are(three):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    rows, pages, beside = walked(client, f"/api/v1/firms/{arnold.firm.pk}/cockpit/", 1)
    assert {row["company"] for row in rows} == {one.pk for one in arnold.clients}
    assert (pages, beside["total"]) == (2, 2)
    mandates = f"/api/v1/firms/{arnold.firm.pk}/mandates/"
    rows, pages, _beside = walked(client, mandates, 1)
    assert [row["name"] for row in rows] == sorted(one.name for one in arnold.clients)
