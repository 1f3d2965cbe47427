"""Endpoints of banking: bank accounts and their agreement, transactions booked and undone."""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.banking.models import BankAccount, BankTransaction
from accounting.ledger import charting
from accounting.ledger.models import CostCentre, JournalEntry, Period
from accounting.ledger.years import lock_period
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import IBAN, OTHER_IBAN, camt053, entry, paid, tx
from tests.erp.client import Api, new_key, places, problem

ANY = {"HTTP_IF_MATCH": "*"}


@pytest.fixture
def bank(company):
    return bank_account(company)


@pytest.fixture
def take_in(api, bank):
    def take(*entries, **told):
        answer = api.upload("statements/", camt053(*entries, **told), key=new_key())
        assert answer.status_code == 201, answer.json()
        return answer.json()

    return take


def transactions(api, **query):
    return api.get("bank-transactions/", **query).json()["results"]


# Bank accounts


def test_a_bank_account_is_changed_as_it_was_read(api, company, bank):
    path = f"bank-accounts/{bank.pk}/"
    told, version = api.read(path)
    assert told == api.get("bank-accounts/").json()[0]
    problem(api.patch(path, {"name": "Neue Bank"}), 428)
    done = api.patch(path, {"name": "Neue Bank", "iban": "CH56 0483 5012 3456 7800 9"}, **version)
    assert done.json() == {**told, "name": "Neue Bank", "iban": OTHER_IBAN}
    problem(api.patch(path, {"name": "x"}, **version), 412)
    problem(api.patch(path, {"iban": "CH00"}, **ANY), 422, "identifiers.not_an_iban")
    problem(api.patch(path, {"currency": "EUR"}, **ANY), 422, "banking.wrong_ledger_account")
    assert places(problem(api.patch(path, {"account": "9998", "id": 1}, **ANY), 400)) == [
        ("account", "unknown"), ("id", "unknown")
    ]  # fmt: skip
    assert api.get(path).json() == done.json()


def test_the_currency_stays_once_there_are_statements(api, company, bank, take_in, anna):
    charting.add_account(company=company, by=anna, number="1026", name_de="Bank EUR",
                         type="asset", currency="EUR")  # fmt: skip
    path, euro = f"bank-accounts/{bank.pk}/", {"currency": "EUR", "account": "1026"}
    assert api.patch(path, euro, **ANY).status_code == 200
    assert api.patch(path, {"currency": "CHF", "account": "1020"}, **ANY).status_code == 200
    take_in(paid("100.00", "Meier"))
    problem(api.patch(path, euro, **ANY), 409, "banking.currency_fixed")
    assert BankAccount.of(company).get().currency == "CHF"


def test_the_agreement_compares_the_ledger_with_the_last_statement(api, bank, take_in):
    path = f"bank-accounts/{bank.pk}/agreement/"
    empty = api.get(path).json()
    assert (empty["statement"], empty["difference"], empty["agrees"]) == (None, None, False)
    take_in(paid("100.00", "Meier", ref="A"), paid("40.00", "Muster", side="DBIT", ref="B"))
    told = api.get(path).json()
    assert {k: v for k, v in told.items() if k != "statement"} == {
        "bank_account": bank.pk, "date": "2026-03-31", "closing": "60.00", "ledger": "0.00",
        "unbooked": "60.00", "waiting": 2, "difference": "0.00", "agrees": False,
    }  # fmt: skip
    for one in transactions(api):
        api.post(f"bank-transactions/{one['id']}/book/", {"account": "3000"}, key=new_key())
    told = api.get(path).json()
    assert (told["ledger"], told["unbooked"], told["waiting"], told["agrees"]) == (
        "60.00", "0.00", 0, True
    )  # fmt: skip
    api.enter({"date": "2026-03-31", "text": "von Hand", "lines": [
        {"account": "1020", "debit": "5.00"}, {"account": "3000", "credit": "5.00"}]})  # fmt: skip
    told = api.get(path).json()
    assert (told["difference"], told["agrees"]) == ("-5.00", False)


# Bank transactions


def test_transactions_are_found_by_bank_account_and_state(api, company, bank, take_in):
    other = bank_account(company, iban=OTHER_IBAN, account="1010", name="Post")
    take_in(
        paid("100.00", "Meier", ref="A"), paid("5.00", "Muster", ref="B"), entry("0.00", ref="C")
    )
    take_in(paid("7.00", "Huber", ref="D"), ident="S-2",
            account=f"<Id><IBAN>{OTHER_IBAN}</IBAN></Id><Ccy>CHF</Ccy>")  # fmt: skip
    rows = transactions(api)
    book = api.post(f"bank-transactions/{rows[0]['id']}/book/", {"account": "3000"}, key=new_key())
    assert book.status_code == 201
    amounts = {
        query: [t["amount"] for t in transactions(api, **dict(query))]
        for query in ((), (("open", "true"),), (("open", "false"),),
                      (("bank_account", other.pk),),
                      (("bank_account", bank.pk), ("open", "true")))
    }  # fmt: skip
    assert list(amounts.values()) == [
        ["100.00", "5.00", "0.00", "7.00"],
        ["5.00", "7.00"],
        ["100.00"],
        ["7.00"],
        ["5.00"],
    ]
    assert transactions(api, bank_account=bank.pk + 1000) == []
    for query in ({"open": "perhaps"}, {"bank_account": "Post"}):
        assert places(problem(api.get("bank-transactions/", **query), 400))[0][0] in query


def test_a_transaction_shows_its_payments(api, take_in):
    take_in(entry("30.00", tx("10.00", party="Meier", iban=OTHER_IBAN, text="Miete"),
                  tx("20.00", party="Muster"), ref="A"))  # fmt: skip
    (row,) = transactions(api)
    told = api.get(f"bank-transactions/{row['id']}/").json()
    assert {name: told[name] for name in row} == row
    assert [(p["amount"], p["party"], p["party_iban"], p["text"]) for p in told["details"]] == [
        ("10.00", "Meier", OTHER_IBAN, "Miete"), ("20.00", "Muster", "", "")
    ]  # fmt: skip
    assert told["statement"] == api.get("statements/").json()["results"][0]["id"]


def test_what_was_booked_for_a_party_is_proposed(api, take_in):
    take_in(paid("100.00", "Meier", ref="A"), paid("50.00", "Meier", ref="B"))
    one, two = (t["id"] for t in transactions(api))
    nothing = {"account": None, "vat_code": None, "because": None}
    assert api.get(f"bank-transactions/{two}/proposal/").json() == nothing
    api.post(f"bank-transactions/{one}/book/", {"account": "3200", "vat_code": "UN"}, key=new_key())
    told = api.get(f"bank-transactions/{two}/proposal/").json()
    assert (told["account"], told["vat_code"]) == ("3200", "UN") and "1" in told["because"]


def test_a_transaction_is_split_as_on_the_page(api, company, take_in, anna):
    """The line without an amount takes the rest; a fee stands on the bank's own side."""
    charting.save_cost_unit(CostCentre(company=company), by=anna, number="10", name_de="Laden")
    take_in(paid("97.00", "Meier"))
    (row,) = transactions(api)
    path, key = f"bank-transactions/{row['id']}/book/", new_key()
    body = {"text": "Kartenzahlung", "lines": [
        {"account": "3200", "cost_centre": "10"},
        {"account": "3000", "credit": "20.00", "text": "Teil"},
        {"account": "6900", "debit": "3.00"},
    ]}  # fmt: skip
    done, again = (api.post(path, body, key=key) for _ in range(2))
    assert done.status_code == 201 and done.json() == again.json()
    lines = api.get(f"journal-entries/{done.json()['entry']}/").json()["lines"]
    assert [(x["account"], x["debit"], x["credit"], x["cost_centre"]) for x in lines] == [
        ("1020", "97.00", "0.00", None), ("3200", "0.00", "80.00", "10"),
        ("3000", "0.00", "20.00", None), ("6900", "3.00", "0.00", None),
    ]  # fmt: skip
    problem(api.post(path, body, key=new_key()), 409, "banking.already_booked")
    assert JournalEntry.of(company).count() == 1


def test_what_cannot_be_booked_leaves_the_transaction_open(api, company, take_in):
    take_in(paid("97.00", "Meier"))
    (row,) = transactions(api)
    path = f"bank-transactions/{row['id']}/book/"
    for body, place in (
        ({"account": "9998"}, "account"), ({"account": "3200", "vat_code": "QQ"}, "vat_code"),
        ({"lines": [{"account": "9998"}]}, "lines[0].account"), ({}, "account"),
        ({"account": "3200", "lines": [{"account": "3200"}]}, "account"),
        ({"account": "3200", "amount": "5.00"}, "amount"),
    ):  # fmt: skip
        told = problem(api.post(path, body, key=new_key()), 400)
        assert [field for field, _code in places(told)] == [place], body
    lines = [{"account": "3200"}, {"account": "3000", "credit": "97.00"}]
    problem(api.post(path, {"lines": lines}, key=new_key()), 422, "banking.parts_too_large")
    problem(api.post(path, {"account": "3200"}), 400)
    assert transactions(api, open="true") == [row] and not JournalEntry.of(company).exists()


def test_a_booking_is_undone_once_and_the_transaction_is_open_again(api, company, take_in):
    take_in(paid("100.00", "Meier"))
    (row,) = transactions(api)
    path = f"bank-transactions/{row['id']}/"
    problem(api.post(f"{path}unbook/", {}, key=new_key()), 409, "banking.not_booked")
    booked = api.post(f"{path}book/", {"account": "3200"}, key=new_key()).json()["entry"]
    problem(api.post(f"{path}unbook/", {}), 400)
    key = new_key()
    done, again = (api.post(f"{path}unbook/", {}, key=key) for _ in range(2))
    assert done.status_code == again.status_code == 201 and done.json() == again.json()
    assert done.json() == {**row, "reversal": done.json()["reversal"]}
    mirror = api.get(f"journal-entries/{done.json()['reversal']}/").json()
    assert (mirror["reverses"], mirror["date"]) == (booked, "2026-03-31")
    assert transactions(api, open="true") == [row] and JournalEntry.of(company).count() == 2


def test_a_booking_in_a_locked_period_is_undone_today(api, company, take_in, anna):
    take_in(paid("100.00", "Meier"))
    (row,) = transactions(api)
    api.post(f"bank-transactions/{row['id']}/book/", {"account": "3200"}, key=new_key())
    lock_period(company=company, period=Period.of(company).get(start=dt.date(2026, 3, 1)),
                lock="locked", by=anna)  # fmt: skip
    with clock.at(dt.datetime(2026, 5, 2, 12, tzinfo=dt.UTC)):
        api.sign_in_now()
        done = api.post(f"bank-transactions/{row['id']}/unbook/", {}, key=new_key()).json()
    api.sign_in_now()
    assert api.get(f"journal-entries/{done['reversal']}/").json()["date"] == "2026-05-02"


def test_who_only_reads_the_bank_changes_nothing(api, company, bank, take_in):
    take_in(paid("100.00", "Meier"))
    (row,) = transactions(api)
    bea = Api(company, make.user(company=company, granted=["banking.read", "ledger.read"]))
    path = f"bank-transactions/{row['id']}/"
    for act in ("book/", "unbook/"):
        problem(bea.post(path + act, {"account": "3200"}, key=new_key()), 403)
    problem(bea.patch(f"bank-accounts/{bank.pk}/", {"name": "x"}, **ANY), 403)
    for seen in (path, f"{path}proposal/", f"bank-accounts/{bank.pk}/agreement/"):
        assert bea.get(seen).status_code == 200
    assert BankAccount.of(company).get().name == "Hausbank"


def test_another_companys_bank_is_not_there(api, company, bank, take_in):
    other = make.company()
    bea = Api(other, make.owner_of(other))
    theirs = bank_account(other, iban=IBAN)
    bea.upload("statements/", camt053(paid("1.00", "Meier")), key=new_key())
    movement = BankTransaction.of(other).get()
    for path in (f"bank-accounts/{theirs.pk}/", f"bank-accounts/{theirs.pk}/agreement/",
                 f"bank-transactions/{movement.pk}/", f"bank-transactions/{movement.pk}/proposal/"):  # fmt: skip
        problem(api.get(path), 404)
    problem(api.patch(f"bank-accounts/{theirs.pk}/", {"name": "x"}, **ANY), 404)
    for act in ("book", "unbook"):
        path = f"bank-transactions/{movement.pk}/{act}/"
        problem(api.post(path, {"account": "3200"}, key=new_key()), 404)
    assert transactions(api, bank_account=theirs.pk) == []
    open_companies([other.pk])
    assert BankTransaction.of(other).get().entry is None
