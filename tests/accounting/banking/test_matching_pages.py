"""Pages, endpoints and the job of matching: what is seen, taken by one click, and by whom."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.banking.booking import AlreadyBooked
from accounting.banking.matching import jobs
from accounting.banking.matching.accepting import accept
from accounting.banking.matching.choosing import NothingMatches, ProposalGone, best_of
from accounting.banking.matching.proposing import matched_of
from accounting.banking.models import BankTransaction
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import Party
from contacts import saving
from erp.access.gate import access_to
from erp.core.tenancy import open_companies
from erp.jobs.kinds import Done, Running
from erp.jobs.models import Job
from tests import make
from tests.accounting.banking.files import IBAN, camt053, entry, tx
from tests.accounting.banking.test_matching import OTHER_QRR, QRR, left, owed, paid, sound
from tests.accounting.open_items.books import company as books_of
from tests.accounting.open_items.books import invoice, lines_of
from tests.erp.client import Api, new_key, problem

__all__ = ["owed", "paid"]  # fixtures


@pytest.fixture(name="company")
def books(db):
    return books_of()


@pytest.fixture
def desk(anna):
    client = Client()
    client.force_login(anna)
    return client


def page_of(company, rest=""):
    return f"/c/{company.pk}/banking/transactions/{rest}"


def accepted(desk, company, movement, **typed):
    return desk.post(page_of(company, f"{movement.pk}/accept/"), json.dumps(typed),
                     content_type="application/json")  # fmt: skip


def key_of(movement, nth=0):
    return matched_of(movement)[nth].best.key


class TestPage:
    def test_it_shows_what_is_proposed_with_its_reasons(self, company, desk, owed, paid):
        item, movement = owed(reference=QRR), paid(reference=QRR, party="Treuhand Kern")
        page = desk.get(page_of(company)).content.decode()
        best = matched_of(movement)[0].best
        assert item.document in page and f'value="{best.key}" checked' in page
        for reason in best.reasons:
            assert reason.sentence in page
        assert page_of(company, f"{movement.pk}/accept/") in page
        assert page_of(company, "certain/") in page

    def test_it_costs_the_same_however_much_waits_and_is_open(
        self, company, desk, owed, take_in, bank
    ):
        def queries():
            with CaptureQueriesContext(connection) as found:
                answer = desk.get(page_of(company))
            assert answer.status_code == 200
            return len(found), answer.content.decode().count('class="match"')

        def grow(first, count):
            rows = []
            for nth in range(first, first + count):
                owed(f"{nth}.00", reference=QRR if nth == first else "", party=Party(f"P{nth}"))
                rows.append(entry(f"{nth}.00", tx(f"{nth}.00", party=f"P{nth}", iban=IBAN,
                                                  reference=QRR if nth == first else OTHER_QRR),
                                  ref=f"N{nth}"))  # fmt: skip
                back = tx(f"{nth}.00", party=f"P{nth}", role="Cdtr")
                rows.append(entry(f"{nth}.00", back, side="DBIT", ref=f"B{nth}",
                                  more="<RvslInd>true</RvslInd>"))  # fmt: skip
            take_in(camt053(*rows, ident=f"S-{first}"))

        grow(10, 2)
        queries()
        few, shown = queries()
        grow(20, 18)
        many, more = queries()
        assert (few, shown, more) == (many, 4, 40)

    def test_one_click_settles(self, company, desk, owed, paid):
        item, movement = owed(), paid(text="RE-2026-00001")
        answer = accepted(desk, company, movement, payments=[{"nth": "0", "key": key_of(movement)}])
        assert answer.status_code == 200
        movement.refresh_from_db()
        assert answer.json()["number"] == movement.entry.number
        assert left(item) == ["0.00"]
        page = desk.get(page_of(company)).content.decode()
        assert page_of(company, f"{movement.pk}/unbook/") in page
        assert desk.post(page_of(company, f"{movement.pk}/unbook/")).status_code == 302
        assert left(item) == ["100.00"]
        sound(company)

    def test_what_is_no_longer_so_is_not_booked(self, company, desk, owed, paid):
        owed(), owed("40.00")
        movement = paid(text="RE-2026-00001")
        key = key_of(movement)
        other = paid("30.00", text="RE-2026-00001")
        accepted(desk, company, other, payments=[{"nth": "0", "key": key_of(other)}])
        answer = accepted(desk, company, movement, payments=[{"nth": "0", "key": key}])
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["message"] == str(ProposalGone())
        movement.refresh_from_db()
        assert movement.entry is None

    def test_what_the_job_booked_meanwhile_is_said_to_be_booked(self, company, desk, owed, paid):
        owed()
        movement = paid()
        key = key_of(movement)
        entry = accept(movement, choices=best_of(matched_of(movement)), by=make.owner_of(company))
        answer = accepted(desk, company, movement, payments=[{"nth": "0", "key": key}])
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["message"] == str(AlreadyBooked(number=entry.number))

    def test_items_are_searched_and_chosen(self, company, desk, owed, paid):
        first, second = owed("60.00"), owed("70.00", party=Party("Meier & Co"))
        movement = paid("100.00", party="Unbekannt")
        found = desk.get(page_of(company, f"{movement.pk}/items/"), {"q": "meier"}).json()["items"]
        assert [(one["id"], one["open"], one["sign"]) for one in found] == [(second.pk, "70.00", 1)]
        parts = [{"nth": "0", "item": str(first.pk), "paid": "60.00", "discount": ""},
                 {"nth": "0", "item": str(second.pk), "paid": "40.00"}]  # fmt: skip
        assert accepted(desk, company, movement, parts=parts).status_code == 200
        assert left(first, second) == ["0.00", "30.00"]

    def test_charges_and_a_credit_are_said_by_hand(self, company, desk, owed, paid):
        item, movement = owed("100.00"), paid("95.00", party="Unbekannt")
        told = {"parts": [{"nth": "0", "item": str(item.pk), "paid": "100.00"}],
                "payments": [{"nth": "0", "charge": "5.00"}]}  # fmt: skip
        assert accepted(desk, company, movement, **told).status_code == 200
        movement.refresh_from_db()
        assert ("6940", Decimal("5.00")) in lines_of(movement.entry)
        other = paid("12.00", party="Neu AG")
        told = {"payments": [{"nth": "0", "party": "Neu AG"}]}
        assert accepted(desk, company, other, **told).status_code == 200
        assert OpenItem.of(company).get(party="Neu AG").open_amount == Decimal("-12.00")

    def test_the_rest_of_a_batch_goes_to_the_account_typed(self, company, desk, owed, paid):
        owed(reference=QRR)
        details = [tx("100.00", reference=QRR), tx("50.00", party="Unbekannt")]
        movement = paid("150.00", details=details)
        told = {"payments": [{"nth": "0", "key": key_of(movement)}]}
        assert accepted(desk, company, movement, **told).status_code == 422
        assert accepted(desk, company, movement, account="1099", **told).status_code == 200
        movement.refresh_from_db()
        assert ("1099", Decimal("-50.00")) in lines_of(movement.entry)

    @pytest.mark.parametrize(
        "typed",
        [{}, {"payments": [{"nth": "x", "key": "1"}]}, {"parts": [{"nth": "0", "item": "-1"}]},
         {"parts": [{"nth": "0", "item": "1", "paid": "viel"}]}, {"payments": "no"},
         {"parts": [{"nth": "7", "item": "1", "paid": "1.00"}]}, {"payments": [{"nth": "0", "key": "?"}]}],
    )  # fmt: skip
    def test_nonsense_is_refused_and_nothing_is_written(self, company, desk, paid, typed):
        movement = paid()
        assert accepted(desk, company, movement, **typed).status_code == 422
        movement.refresh_from_db()
        assert movement.entry is None

    def test_all_certain_ones_at_once(self, company, desk, owed, paid):
        items = owed(reference=QRR), owed("50.00", reference=OTHER_QRR)
        paid(reference=QRR), paid("50.00", reference=OTHER_QRR), paid("7.00", party="Wer")
        assert desk.post(page_of(company, "certain/")).status_code == 302
        assert left(*items) == ["0.00", "0.00"]
        assert BankTransaction.waiting(company).count() == 1

    def test_who_may_not_settle_sees_and_takes_nothing(self, company, owed, paid):
        owed(reference=QRR)
        movement = paid(reference=QRR)
        key = key_of(movement)
        client = Client()
        client.force_login(
            make.user(company=company, granted=["banking.read", "banking.post", "banking.import"])
        )
        page = client.get(page_of(company)).content.decode()
        assert 'class="match"' not in page
        told = {"payments": [{"nth": "0", "key": key}]}
        assert accepted(client, company, movement, **told).status_code == 403
        assert client.post(page_of(company, "certain/")).status_code == 403
        assert client.get(page_of(company, f"{movement.pk}/items/")).status_code == 403
        movement.refresh_from_db()
        assert movement.entry is None

    def test_what_others_have_is_not_there(self, company, desk, paid, owed):
        other = books_of()
        invoice(other, "100.00")
        open_companies([company.pk, other.pk])
        movement = paid()
        url = page_of(other, f"{movement.pk}/items/")
        assert desk.get(url).status_code == 404
        found = desk.get(page_of(company, f"{movement.pk}/items/")).json()
        assert found == {"items": []}
        open_companies([company.pk, other.pk])  # for what is proven at the commit


class TestApi:
    @pytest.fixture
    def api(self, company, anna):
        return Api(company, anna)

    def test_proposals_are_read_and_taken_once(self, company, api, owed, paid):
        item = owed("120.00", reference=QRR)
        movement = paid(reference=QRR, party="Kern")
        path = f"bank-transactions/{movement.pk}/"
        (payment,) = api.get(path + "matches/").json()
        best = payment["proposals"][0]
        assert (payment["amount"], payment["is_return"]) == ("100.00", False)
        assert (best["confidence"], best["over"], best["returns"]) == ("likely", "0.00", None)
        assert best["shares"] == [
            {"item": item.pk, "document": item.document, "party": "Huber AG", "currency": "CHF",
             "open": "120.00", "paid": "100.00", "discount": "0.00"}
        ]  # fmt: skip
        assert [one["code"] for one in best["speaks_for"]] == ["reference"]
        assert [one["code"] for one in best["speaks_against"]] == ["other_party", "partial"]
        key, body = new_key(), {"payments": [{"nth": 0, "proposal": best["key"]}]}
        first, again = (api.post(path + "accept/", body, key=key) for _ in range(2))
        assert (first.status_code, first.json()) == (201, again.json())
        problem(api.post(path + "accept/", body, key=new_key()), 409, "banking.already_booked")
        assert api.get(path + "matches/").json() == []
        assert api.post(path + "unbook/", {}, key=new_key()).status_code == 201
        assert left(item) == ["120.00"]

    def test_money_is_credited_to_contacts_of_the_company_alone(self, company, api, paid):
        movement = paid("75.00", party="Neu AG")
        other = books_of()
        stranger = saving.add_contact(company=other, by=make.owner_of(other), kind="organisation",
                                      name="Fremd AG")  # fmt: skip
        path = f"bank-transactions/{movement.pk}/accept/"
        told = {"payments": [{"nth": 0, "party": {"name": "Fremd", "contact": stranger.pk}}]}
        problem(api.post(path, told, key=new_key()), 400, "invalid")
        told = {"payments": [{"nth": 0, "party": {"name": "Fremd"}}]}
        assert api.post(path, told, key=new_key()).status_code == 201

    def test_without_a_choice_the_best_is_taken_or_nothing(self, api, owed, paid):
        item = owed(reference=QRR)
        movement = paid(reference=QRR)
        path = f"bank-transactions/{movement.pk}/accept/"
        assert api.post(path, {}, key=new_key()).status_code == 201
        assert left(item) == ["0.00"]
        other = paid("3.00", party="Niemand")
        path = f"bank-transactions/{other.pk}/accept/"
        problem(api.post(path, {}, key=new_key()), 422, NothingMatches.code)

    def test_shares_charges_party_and_account(self, company, api, owed, paid):
        item = owed()
        movement = paid("145.00", details=[tx("97.00", party="X"), tx("48.00", party="Y")])
        chosen = {"nth": 0, "shares": [{"item": item.pk, "paid": "100.00"}], "charge": "3.00"}
        path = f"bank-transactions/{movement.pk}/accept/"
        problem(api.post(path, {"payments": [chosen]}, key=new_key()), 422,
                "banking.rest_unmatched")  # fmt: skip
        credited = {"nth": 1, "party": {"name": "Y AG"}}
        body = {"payments": [chosen, credited]}
        assert api.post(path, body, key=new_key()).status_code == 201
        assert OpenItem.of(company).get(party="Y AG").amount == Decimal("-48.00")
        sound(company)

    def test_rights(self, company, owed, paid):
        movement = paid()
        reader = Api(company, make.user(company=company, granted=["banking.read"]))
        path = f"bank-transactions/{movement.pk}/"
        assert reader.get(path + "matches/").status_code == 403
        clerk = Api(company, make.user(company=company, granted=["banking.read", "banking.post"]))
        assert clerk.post(path + "accept/", {}, key=new_key()).status_code == 403


class TestJob:
    def run(self, company, by):
        access = access_to(company.pk, user=by)
        job, cursor, logged = Running(1, {}, access), {}, []
        for _step in range(50):
            step = jobs.match(job, cursor)
            logged += job.said
            job.said = []
            if isinstance(step, Done):
                return step.result, logged
            cursor = step.cursor
        raise AssertionError("it does not end")

    def test_it_books_what_is_certain_in_steps(self, company, anna, owed, paid, monkeypatch):
        monkeypatch.setattr(jobs, "AT_ONCE", 2)
        items = [owed(f"{n}.00", reference="000000000000000000000012347" if n == 3 else "")
                 for n in range(1, 6)]  # fmt: skip
        for n in range(1, 6):
            paid(f"{n}.00", reference=OTHER_QRR if n == 3 else "", party="")
        result, _log = self.run(company, anna)
        assert result == {"booked": 1, "seen": 5, "by_rule": 0}
        assert left(items[2]) == ["0.00"]
        assert self.run(company, anna)[0] == {"booked": 0, "seen": 4, "by_rule": 0}

    def test_an_import_starts_it_for_those_who_may_book(
        self, company, anna, desk, owed, paid, django_capture_on_commit_callbacks
    ):
        owed(reference=QRR)
        content = camt053(entry("100.00", tx("100.00", reference=QRR), ref="X"))
        Api(company, anna).upload("statements/", content, key=new_key())
        assert [job.kind for job in Job.of(company)] == [jobs.MATCH]
        importer = make.user(company=company, granted=["banking.read", "banking.import"])
        content = camt053(entry("9.00", ref="Y"), ident="S-2")
        assert (
            Api(company, importer).upload("statements/", content, key=new_key()).status_code == 201
        )
        assert Job.of(company).count() == 1

    def test_without_open_items_no_job_is_started(self, anna):
        plain = make.company(by=anna)
        assert jobs.match_later(access_to(plain.pk, user=anna)) is None


class TestPaymentPage:
    def page(self, company, **query):
        rest = "&".join(f"{name}={value}" for name, value in query.items())
        return f"/c/{company.pk}/open-items/receivables/pay/?{rest}"

    def test_a_payment_is_shared_out_previewed_and_posted(self, company, desk, owed):
        first = owed("60.00", due_date=make.MARCH_31)
        second = owed("70.00")
        owed("99.00", party=Party("Meier"))
        assert "Huber AG" in desk.get(self.page(company)).content.decode()
        page = self.page(company, party="Huber AG")
        shown = desk.get(page).content.decode()
        assert shown.count('id="id_paid-') == 2
        cash = make.account(company, "1000").pk
        told = {"date": "2026-04-09", "account": cash, "amount": "100.00", "key": "k1"}
        shown = desk.post(page, {**told, "do": "share"}).content.decode()
        assert 'value="60.00"' in shown and 'value="40.00"' in shown
        told |= {f"paid-{first.pk}": "60.00", f"paid-{second.pk}": "40.00"}
        preview = desk.post(page, {**told, "do": "preview"}).content.decode()
        assert 'id="plan"' in preview and not Settlement.of(company).exists()
        assert desk.post(page, {**told, "do": "settle"}).status_code == 302
        assert left(first, second) == ["0.00", "30.00"]
        assert desk.post(page, {**told, "do": "settle"}).status_code == 422  # pressed twice
        sound(company)

    def test_money_without_an_item_is_kept_on_account(self, company, desk):
        page = self.page(company, party="Neu AG")
        told = {"date": "2026-04-09", "account": make.account(company, "1020").pk,
                "amount": "50.00", "do": "settle"}  # fmt: skip
        assert desk.post(page, told).status_code == 302
        assert str(OpenItem.of(company).get(party="Neu AG").amount) == "-50.00"
        sound(company)

    def test_a_discount_is_taken_where_it_settles(self, company, desk, owed):
        item = owed("1081.00", code="UN", discount_percent=Decimal(2),
                    discount_until=make.MARCH_31)  # fmt: skip
        page = self.page(company, party="Huber AG")
        told = {"date": "2026-03-31", "account": make.account(company, "1020").pk,
                "amount": "1059.38"}  # fmt: skip
        shown = desk.post(page, {**told, "do": "share"}).content.decode()
        assert 'value="21.62"' in shown
        told |= {f"paid-{item.pk}": "1059.38", f"discount-{item.pk}": "21.62", "do": "settle"}
        assert desk.post(page, told).status_code == 302
        assert left(item) == ["0.00"]
        sound(company)

    def test_it_needs_the_right_and_an_amount(self, company, desk, owed):
        owed()
        page = self.page(company, party="Huber AG")
        assert desk.post(page, {"date": "2026-04-09", "do": "settle"}).status_code == 422
        client = Client()
        client.force_login(make.user(company=company, granted=["open_items.read"]))
        assert client.get(page).status_code == 403

    def test_it_costs_the_same_for_many_items(self, company, desk, owed):
        def queries():
            with CaptureQueriesContext(connection) as found:
                assert desk.get(self.page(company, party="Huber AG")).status_code == 200
            return len(found)

        owed()
        queries()
        one = queries()
        for _ in range(5):
            owed()
        assert queries() == one
