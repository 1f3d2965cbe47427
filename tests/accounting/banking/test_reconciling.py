"""The reconciliation: what is suggested for lines, taken by a key, shared out, undone; by page and script."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.banking import booking
from accounting.banking.matching.choosing import ProposalGone, Share
from accounting.banking.models import BankRule, BankTransaction
from accounting.banking.reconciling import paging, taking
from accounting.banking.reconciling.learning import learnt
from accounting.banking.reconciling.sharing import Slot, Wanted, shared_over
from accounting.banking.reconciling.suggesting import Source, line_of
from accounting.ledger.entering import TypedLine
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import Party
from tests import make
from tests.accounting.banking.files import IBAN, camt053, entry, tx
from tests.accounting.banking.test_matching import OTHER_QRR, QRR, left, owed, paid, sound
from tests.accounting.banking.test_rules import charged, rule
from tests.accounting.open_items.books import company as books_of
from tests.accounting.open_items.books import lines_of
from tests.make import chf

__all__ = ["charged", "owed", "paid"]  # fixtures
SCRIPT = {"headers": {"Accept": "application/json"}}


@pytest.fixture(name="company")
def books(db):
    return books_of()


@pytest.fixture
def desk(anna):
    client = Client()
    client.force_login(anna)
    return client


def page_of(company, rest=""):
    return f"/c/{company.pk}/banking/reconcile/{rest}"


def booked(movement):
    movement.refresh_from_db()
    return lines_of(movement.entry)


class TestLearning:
    def test_what_was_booked_before_is_proposed_with_how_often(self, company, anna, charged):
        for day in ("2026-01-31", "2026-02-28"):
            booking.book(charged(text=f"Kontoführung {day}", day=day), contra=[TypedLine("6940")],
                         by=anna)  # fmt: skip
        other = charged(text="KONTOFÜHRUNG 7", day="2026-03-01")
        booking.book(other, contra=[TypedLine("6570")], by=anna)
        line = line_of(charged(text="Kontoführung 31.03.", day="2026-03-31"))
        assert line.best.source is Source.LEARNT
        assert line.best.contra.account == "6940"
        assert [(one.why, dict(one.values)) for one in line.best.reasons] == [
            ("booked_so", {"count": 2, "total": 3, "date": make.dt.date(2026, 2, 28)}),
            ("booked_otherwise", {"count": 1, "total": 3}),
        ]

    def test_code_and_cost_units_are_learnt_and_taken(self, company, anna, paid):
        first = paid("107.70", party="Swisscom (Schweiz) AG", side="DBIT", role="Cdtr")
        booking.book(first, contra=[TypedLine("6510", vat_code="IN")], by=anna)
        second = paid("53.85", party="SWISSCOM SCHWEIZ AG", side="DBIT", role="Cdtr")
        line = line_of(second)
        assert (line.best.contra.account, line.best.contra.vat_code) == ("6510", "IN")
        taking.take(second, key=line.best.key, by=anna)
        assert ("1171", chf("4.04")) in booked(second)
        assert second.matched["reasons"][0][0] == "booked_so"

    def test_settlements_splits_and_the_other_direction_teach_nothing(
        self, company, anna, owed, paid
    ):
        owed(), taking.take(settled := paid(text="RE-2026-00001"), key=line_of(settled).best.key,
                            by=anna)  # fmt: skip
        booking.book(paid("30.00"), contra=[TypedLine("3200", credit=chf("10.00")), TypedLine("3400")],
                     by=anna)  # fmt: skip
        assert learnt(company, [paid("5.00")]) == {}
        booking.book(paid("30.00"), contra=[TypedLine("3200")], by=anna)
        out = paid("5.00", side="DBIT", role="Cdtr")
        assert learnt(company, [out]) == {}

    def test_nothing_learnt_is_booked_by_itself(self, company, anna, charged):
        from tests.accounting.banking.test_rules import by_itself

        booking.book(charged(), contra=[TypedLine("6940")], by=anna)
        charged("13.00")
        assert by_itself(company).booked == 0


class TestOrder:
    def test_certain_items_then_likely_ones_then_rules_then_the_past(
        self, company, anna, owed, paid
    ):
        booking.book(paid("1.00"), contra=[TypedLine("3400")], by=anna)
        rule(company, account="3200", party_contains="huber")
        owed(), owed(reference=QRR)
        line = line_of(paid(reference=QRR))
        assert [one.source for one in line.suggestions][:1] == [Source.ITEMS]
        assert line.best.is_certain
        line = line_of(paid(text="RE-2026-00001"))
        kinds = [one.source for one in line.suggestions if one.is_likely]
        assert kinds[0] is Source.ITEMS and kinds[-2:] == [Source.RULE, Source.LEARNT]

    def test_a_rule_says_why_and_why_it_does_not_book(self, company, charged):
        rule(company, text_contains="gebühr")
        best = line_of(charged()).best
        assert [one.why for one in best.reasons] == ["rule", "rule_text", "rule_asks"]
        assert [one.why for one in best.speaks_against] == ["rule_asks"]

    def test_where_the_account_books_nothing_by_itself_it_says_so(self, company, bank, owed, paid):
        owed(reference=QRR)
        bank.books_certain = False
        bank.save()
        best = line_of(paid(reference=QRR)).best
        assert best.is_certain and best.speaks_against[-1].why == "switched_off"


class TestTaking:
    def test_what_was_shown_is_what_is_booked(self, company, anna, charged):
        one = rule(company, text_contains="gebühr")
        movement = charged()
        key = line_of(movement).best.key
        one.account = make.account(company, "6570")
        one.save()
        with pytest.raises(ProposalGone):
            taking.take(movement, key=key, by=anna)
        taking.take(movement, key=line_of(movement).best.key, by=anna)
        assert ("6570", chf("12.00")) in booked(movement)
        with pytest.raises(booking.AlreadyBooked):
            taking.take(movement, key=key, by=anna)

    def test_one_line_over_items_and_accounts_and_the_rest(self, company, anna, owed, paid):
        first, second = owed("60.00"), owed("30.00", party=Party("Meier"))
        movement = paid("100.00", party="Wer")
        taking.book_parts(
            [movement], items=[Share(first.pk, chf("60.00")), Share(second.pk, chf("30.00"))],
            lines=[TypedLine("3400", credit=chf("4.00")), TypedLine("3200", vat_code="UN")], by=anna,
        )  # fmt: skip
        assert left(first, second) == ["0.00", "0.00"]
        found = booked(movement)
        assert ("3400", chf("-4.00")) in found and ("3200", chf("-5.55")) in found
        assert sum(amount for _account, amount in found) == 0
        sound(company)
        booking.unbook(movement, by=anna)
        assert left(first, second) == ["60.00", "30.00"]
        sound(company)

    def test_a_fee_taken_off_is_split_with_a_minus(self, company, anna, owed, paid):
        item, movement = owed("100.00"), paid("95.00")
        taking.book_parts([movement], items=[Share(item.pk, chf("100.00"))],
                          lines=[TypedLine("6940", debit=chf("5.00"))], by=anna)  # fmt: skip
        assert (left(item), ("6940", chf("5.00")) in booked(movement)) == (["0.00"], True)

    def test_several_lines_pay_one_item(self, company, anna, owed, paid):
        item = owed("100.00")
        rows = [paid("40.00"), paid("60.00")]
        entries = taking.book_parts(rows, items=[Share(item.pk, chf("100.00"))], by=anna)
        assert (len(entries), left(item)) == (2, ["0.00"])
        sound(company)

    def test_several_lines_pay_several_items_less_a_credit(self, company, anna, owed, paid):
        items = owed("100.00"), owed("50.00"), owed("-10.00")
        rows = [paid("80.00"), paid("60.00")]
        shares = [Share(one.pk, one.open_amount) for one in items]
        taking.book_parts(rows, items=shares, by=anna)
        assert left(*items) == ["0.00"] * 3
        sound(company)

    def test_several_lines_go_to_one_account_and_not_to_parts(self, company, anna, charged):
        rows = [charged("5.00"), charged("7.00")]
        with pytest.raises(taking.OneLineOnly):
            taking.book_parts(rows, lines=[TypedLine("6940", debit=chf("1.00"))], by=anna)
        taking.book_parts(rows, lines=[TypedLine("6940")], by=anna)
        assert [booked(row)[1] for row in rows] == [("6940", chf("5.00")), ("6940", chf("7.00"))]

    def test_all_or_none(self, company, anna, owed, paid):
        item = owed("100.00")
        rows = [paid("40.00"), paid("60.00", day="2025-12-31")]
        with pytest.raises(Exception, match=r"."):
            taking.book_parts(rows, items=[Share(item.pk, chf("100.00"))], by=anna)
        rows[0].refresh_from_db()
        assert rows[0].entry is None

    @pytest.mark.parametrize(
        ("slots", "items", "shared"),
        [
            (["40", "60"], ["100"], [["40"], ["60"]]),
            (["40", "60"], ["60", "40"], [["40"], ["60"]]),
            (["50", "50"], ["70", "30"], [["50"], ["20", "30"]]),
            (["50", "50"], ["120"], [["50"], ["70"]]),
            (["80", "60"], ["150", "-10"], [["-10", "90"], ["60"]]),
            (["-40", "-60"], ["-100"], [["-40"], ["-60"]]),
        ],
    )
    def test_sharing_out(self, slots, items, shared):
        places = [Slot((nth, 0), chf(amount)) for nth, amount in enumerate(slots)]
        wanted = [Wanted(Share(nth, chf(amount)), 1) for nth, amount in enumerate(items)]
        found = shared_over(places, wanted)
        assert [[str(one.paid) for one in found.get(place.name, [])] for place in places] == shared
        assert sum(one.paid for each in found.values() for one in each) == sum(map(Decimal, items))


class TestPage:
    def test_it_shows_each_line_with_its_reasons(self, company, desk, bank, owed, paid, charged):
        item, movement = owed(reference=QRR), paid(reference=QRR)
        rule(company, text_contains="gebühr")
        charged()
        page = desk.get(page_of(company, f"{bank.pk}/")).content.decode()
        assert item.document in page and "6940" in page
        for reason in line_of(movement).best.reasons:
            assert reason.sentence in page
        assert desk.get(page_of(company)).headers["Location"].endswith(f"/{bank.pk}/")

    def test_ten_queries_over_ten_thousand_lines(self, company, desk, bank, owed, take_in, anna):
        """The page's own ones, beside those of session, gate and access log, which every page has."""
        rule(company, text_contains="gebühr")
        owed(reference=QRR)
        rows = [entry(f"{nth}.00", tx(f"{nth}.00", party=f"P{nth % 90}", iban=IBAN,
                                      reference=QRR if nth % 2 else OTHER_QRR), ref=f"N{nth}")
                for nth in range(1, 301)]  # fmt: skip
        take_in(camt053(*rows, ident="S-many"))
        first, back = BankTransaction.of(company).order_by("pk")[:2]
        booking.book(first, contra=[TypedLine("3200")], by=anna)
        BankTransaction.of(company).filter(pk=back.pk).update(is_reversal=True)
        many(company, bank, 10_000)
        desk.get(page_of(company, f"{bank.pk}/"))
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(page_of(company, f"{bank.pk}/")).content.decode()
        assert page.count('class="line"') == paging.PAGE
        assert len([query for query in asked if "accounting_" in query["sql"]]) <= 10

    def test_pages_by_key_meet_each_line_once(self, company, desk, bank, take_in):
        take_in(camt053(*(entry(f"{n}.00", ref=f"r{n}") for n in range(1, 121))))
        seen, after = [], ""
        while True:
            page = paging.page_of(paging.accounts_of(company)[0], after=after)
            seen += [line.movement.pk for line in page.lines]
            after = page.after
            if not after:
                break
        assert len(seen) == len(set(seen)) == 120
        back = paging.page_of(paging.accounts_of(company)[0], before=page.before)
        assert [line.movement.pk for line in back.lines] == seen[50:100]

    def test_without_a_script_a_line_is_taken_and_undone(self, company, desk, bank, charged):
        rule(company, text_contains="gebühr")
        movement = charged()
        where = page_of(company, f"lines/{movement.pk}/")
        assert 'name="key"' in desk.get(where).content.decode()
        answer = desk.post(where + "take/", {"key": line_of(movement).best.key})
        assert answer.headers["Location"] == page_of(company, f"{bank.pk}/?booked=1")
        follows = desk.get(answer.headers["Location"]).content.decode()
        assert f"lines/{movement.pk}/undo/" in follows
        assert ("6940", chf("12.00")) in booked(movement)
        assert desk.get(where).status_code == 302
        assert desk.post(where + "undo/").status_code == 302
        movement.refresh_from_db()
        assert movement.entry is None and movement.by_hand

    def test_without_a_script_items_are_found_kept_and_settled(self, company, desk, owed, paid):
        first, second = owed("60.00"), owed("70.00", party=Party("Meier & Co"))
        movement = paid("100.00", party="Unbekannt")
        where = page_of(company, f"lines/{movement.pk}/")
        chosen = {"item": [first.pk], f"paid-{first.pk}": "60.00", "account": ["", ""],
                  "amount": ["", ""]}  # fmt: skip
        page = desk.post(where, {**chosen, "q": "meier", "find": "1"}).content.decode()
        assert f'value="{first.pk}" checked' in page and "Meier &amp; Co" in page
        page = desk.post(where, {**chosen, "more": "1"}).content.decode()
        assert page.count('name="account"') == 4  # with the script's template
        told = {**chosen, "item": [first.pk, second.pk], f"paid-{second.pk}": "40.00"}
        assert desk.post(where, told).status_code == 302
        assert left(first, second) == ["0.00", "30.00"]

    def test_a_script_gets_json_and_faults_in_words(self, company, desk, charged):
        movement, other = charged(), charged("13.00")
        where = page_of(company, f"lines/{movement.pk}/")
        refused = desk.post(where, {"account": "9999"}, **SCRIPT)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "account")
        told = {"account": "6940", "line": [other.pk], "text": "Spesen"}
        answer = desk.post(where, told, **SCRIPT).json()
        assert answer["booked"] == [movement.pk, other.pk] and answer["waiting"] == 0
        movement.refresh_from_db()
        assert movement.entry.text == "Spesen"

    @pytest.mark.parametrize(
        "typed",
        [{}, {"item": "x"}, {"item": "999999"}, {"account": "6940", "amount": "viel"},
         {"account": "6940", "line": "-1"}, {"amount": "5.00"}],
    )  # fmt: skip
    def test_nonsense_is_refused_and_nothing_is_written(self, company, desk, charged, typed):
        movement = charged()
        where = page_of(company, f"lines/{movement.pk}/")
        assert desk.post(where, typed, **SCRIPT).status_code == 422
        assert desk.post(where, typed).status_code == 422
        movement.refresh_from_db()
        assert movement.entry is None

    def test_who_may_not_settle_sees_no_items_and_takes_none(self, company, bank, owed, paid):
        item, movement = owed(reference=QRR), paid(reference=QRR)
        key = line_of(movement).best.key
        client = Client()
        client.force_login(make.user(company=company, granted=["banking.read", "banking.post"]))
        page = client.get(page_of(company, f"{bank.pk}/")).content.decode()
        assert item.document not in page
        where = page_of(company, f"lines/{movement.pk}/")
        assert client.post(where + "take/", {"key": key}).status_code == 403
        assert client.post(where, {"item": item.pk}).status_code == 403
        assert client.get(where + "items/").status_code == 403
        assert client.post(where + "take/", {"key": "rule:1:x"}, **SCRIPT).status_code == 422


class TestRulePages:
    def test_a_line_becomes_a_rule(self, company, desk, charged):
        movement = charged()
        new = f"/c/{company.pk}/banking/rules/new/"
        page = desk.get(new, {"line": movement.pk}).content.decode()
        assert 'value="Kontoführungsgebühr"' in page
        told = {"name": "Gebühren", "text_contains": "gebühr", "account": "6940",
                "is_active": "on", "books": "on"}  # fmt: skip
        tried = desk.post(new, {**told, "try": "1"}).content.decode()
        assert 'id="tried"' in tried and not BankRule.of(company).exists()
        assert desk.post(new, {**told, "account": "0"}).status_code == 422
        assert desk.post(new, told).status_code == 302
        made = BankRule.of(company).get()
        assert (made.account.number, made.books, made.position) == ("6940", True, 1)
        where = f"/c/{company.pk}/banking/rules/{made.pk}/"
        assert (
            desk.post(where, {**told, "name": "Spesen", "amount_to": "1000.00"}).status_code == 302
        )
        other = rule(company, "b", text_contains="zins")
        desk.post(f"/c/{company.pk}/banking/rules/", {"rule": other.pk, "move": "up"})
        assert list(BankRule.of(company).order_by("position").values_list("name", flat=True)) == [
            "b", "Spesen",
        ]  # fmt: skip
        assert desk.get(f"/c/{company.pk}/banking/rules/").status_code == 200
        assert desk.post(where, {"remove": "1"}).status_code == 302
        assert BankRule.of(company).get() == other


class TestState:
    @pytest.mark.parametrize("form", ["", "pdf", "xlsx", "csv"])
    def test_page_and_files(self, company, desk, bank, charged, form):
        charged()
        answer = desk.get(f"/c/{company.pk}/banking/accounts/{bank.pk}/state/", {"format": form})
        assert answer.status_code == 200
        if form == "csv":
            rows = [row.split(";") for row in answer.content.decode().splitlines()[1:]]
            assert [(row[0], row[-1]) for row in rows] == [
                ("", "0.00"), ("", "-12.00"), ("2026-03-31", "-12.00"), ("2026-03-31", "-12.00"),
            ]  # fmt: skip


def many(company, bank, count):
    """Waiting lines beside what was taken in: copies, as a file of that size would take long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounting_banktransaction (company_id, bank_account_id, statement_id,"
            " position, dedupe_key, booking_date, amount, is_reversal, bank_code, party, party_iban,"
            " reference, text, details, matched, by_hand)"
            " SELECT company_id, bank_account_id, statement_id, position, 'm' || n, booking_date,"
            " amount, is_reversal, bank_code, party, party_iban, reference, text || n, details,"
            " matched, by_hand FROM (SELECT * FROM accounting_banktransaction WHERE company_id = %s"
            " AND entry_id IS NULL ORDER BY id DESC LIMIT 1) t, generate_series(1, %s) n",
            [company.pk, count],
        )
    assert OpenItem.of(company).exists()
