"""Who is dunned, for what, and why: values in, values out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.receivables.dunning.models import Interest
from accounting.receivables.dunning.planning import interest_on, plan
from accounting.receivables.dunning.reasons import SENTENCES, why
from accounting.receivables.dunning.values import Customer, Level, Owed, Rules, Sent, Stop
from tests.examples import cases

DAY = dt.date(2026, 5, 1)
FEES = {"CHF": Decimal("20.00"), "EUR": Decimal("18.00")}
RULES = Rules("Standard", (
    Level(1, 10, 0, 10), Level(2, 20, 10, 10, FEES), Level(3, 30, 10, 10, FEES),
))  # fmt: skip


def day(text):
    return dt.date.fromisoformat(text)


def owed(pk=1, open="100.00", due="2026-04-01", *, contact=7, amount=None, **more):
    return Owed(pk, contact, "Huber AG", more.pop("document", f"R-{pk}"), day("2026-03-02"), day(due),
                more.pop("currency", "CHF"), Decimal(amount or open), Decimal(open), **more)  # fmt: skip


def sent(step, date, until):
    return Sent(step, day(date), day(until))


def planned(*items, rules=RULES, on=DAY, stop=None, mail="", **more):
    customers = {n: Customer(n, f"Kunde {n}", rules=rules, stop=stop, mail=mail) for n in (7, 8)}
    return plan(on, items=items, customers=customers, **more)


def only(found):
    (letter,) = found.letters
    return letter


def reasons(found):
    return [(other.owed.id, [one.code for one in other.why], other.next_on)
            for letter in (*found.letters, *found.quiet) for other in letter.others]  # fmt: skip


def test_what_is_overdue_beyond_the_days_of_grace_is_dunned():
    letter = only(planned(owed()))
    assert [(i.owed.id, i.step, i.rest, i.days) for i in letter.items] == [
        (1, 1, Decimal("100.00"), 30)
    ]
    assert (letter.total, letter.fee, letter.pay_until) == (Decimal("100.00"), 0, day("2026-05-11"))
    assert letter.items[0].why[0].code == "first" and letter.next_on == day("2026-05-12")


@pytest.mark.parametrize(("due", "code", "next_on"), [
    ("2026-05-01", "not_due", "2026-05-11"),  # the last day to pay
    ("2026-04-30", "within_grace", "2026-05-10"),
    ("2026-04-22", "within_grace", "2026-05-02"),
])  # fmt: skip
def test_what_is_not_due_or_within_the_days_of_grace_waits(due, code, next_on):
    found = planned(owed(due=due))
    assert found.letters == () and reasons(found) == [(1, [code], day(next_on))]
    assert found.quiet[0].next_on == day(next_on)


def test_the_first_day_after_the_days_of_grace_counts():
    assert only(planned(owed(due="2026-04-21"))).items


def test_without_days_of_grace_the_day_after_the_due_date_is_the_first():
    now = Rules("", (Level(1, 0),))
    assert only(planned(owed(due="2026-04-30"), rules=now)).items[0].days == 1
    assert planned(owed(due="2026-05-01"), rules=now).letters == ()


def test_of_what_is_paid_in_part_the_rest_is_dunned():
    letter = only(planned(owed(open="40.00", amount="100.00")))
    assert letter.total == Decimal("40.00")
    told = letter.items[0].why[1]
    assert (told.code, told["paid"], told["amount"]) == (
        "part_paid",
        Decimal("60.00"),
        Decimal("100.00"),
    )


def test_a_discount_taken_too_late_is_owed():
    late = owed(open="2.00", amount="100.00", discount_percent=Decimal("2.00"),
                discount_until=day("2026-03-12"))  # fmt: skip
    assert [one.code for one in only(planned(late)).items[0].why] == [
        "first",
        "part_paid",
        "discount_over",
    ]
    partly = replace(late, open=Decimal("50.00"))
    assert "discount_over" not in [one.code for one in only(planned(partly)).items[0].why]


def test_credits_are_set_off_the_oldest_due_first():
    letter = only(planned(owed(1, "100.00", "2026-04-10"), owed(2, "50.00", "2026-04-01"),
                          owed(3, "-70.00", "2026-04-20", document="GS-3")))  # fmt: skip
    assert [(i.owed.id, i.netted, i.rest) for i in letter.items] == [
        (1, Decimal("20.00"), Decimal("80.00")),
    ]  # fmt: skip
    assert [(c.owed.id, c.used) for c in letter.credits] == [(3, Decimal("20.00"))]
    assert reasons(planned(owed(1, "100.00", "2026-04-10"), owed(2, "50.00", "2026-04-01"),
                           owed(3, "-70.00", document="GS-3"))) == [(2, ["netted"], None)]  # fmt: skip
    assert (letter.open, letter.netted, letter.total) == (
        Decimal("100.00"), Decimal("20.00"), Decimal("80.00"))  # fmt: skip
    assert letter.items[0].why[-1]["credits"] == ("GS-3",)


def test_who_has_more_to_his_credit_is_not_dunned():
    found = planned(owed(1), owed(2, "-250.00"))
    assert found.letters == () and reasons(found) == [(1, ["netted"], None)]
    assert [c.used for c in found.quiet[0].credits] == [0]  # nothing is on a letter


def test_credits_do_not_pay_what_is_disputed_nor_another_currency():
    found = planned(owed(1, stop=Stop("disputed", "Mängel")), owed(2, "60.00", "2026-04-02"),
                    owed(3, "-10.00"), owed(4, "-10.00", currency="EUR"))  # fmt: skip
    assert [(i.owed.id, i.rest) for i in only(found).items] == [(2, Decimal("50.00"))]


@pytest.mark.parametrize(
    ("until", "dunned"), [(None, False), ("2026-05-01", False), ("2026-04-30", True)]
)
def test_a_stopped_item_waits_until_its_stop_is_over(until, dunned):
    stop = Stop("agreed", "Ratenzahlung", day(until) if until else None)
    found = planned(owed(1, stop=stop), owed(2))
    assert [i.owed.id for i in only(found).items] == ([1, 2] if dunned else [2])
    if not dunned:
        ((pk, (code,), next_on),) = reasons(found)
        assert (pk, code) == (1, "stopped_until" if until else "stopped")
        assert next_on == (day("2026-05-02") if until else None)


def test_a_stopped_customer_gets_no_letter():
    found = planned(owed(1), stop=Stop("other", "Nachlassstundung"))
    assert reasons(found) == [(1, ["customer_stopped"], None)]
    text = str(found.quiet[0].others[0].why[0])
    assert "Nachlassstundung" in text


def test_currencies_have_letters_of_their_own():
    found = planned(owed(1, sent=sent(1, "2026-04-11", "2026-04-21")),
                    owed(2, "30.00", currency="EUR", sent=sent(1, "2026-04-11", "2026-04-21")))  # fmt: skip
    assert [(one.currency, one.fee, one.total) for one in found.letters] == [
        ("CHF", Decimal("20.00"), Decimal("120.00")), ("EUR", Decimal("18.00"), Decimal("48.00")),
    ]  # fmt: skip


def test_each_item_goes_by_its_own_level_and_the_letter_by_the_highest():
    letter = only(planned(owed(1, "10.00", "2026-03-01", sent=sent(2, "2026-04-10", "2026-04-20")),
                          owed(2, "20.00", sent=sent(1, "2026-04-15", "2026-04-25")),
                          owed(3, "30.00", "2026-04-15")))  # fmt: skip
    assert [(i.owed.id, i.step) for i in letter.items] == [(1, 3), (2, 2), (3, 1)]
    assert (letter.level.step, letter.fee, letter.total) == (3, Decimal("20.00"), Decimal("80.00"))
    assert [one.code for one in letter.why] == ["highest_level", "fee"]
    assert letter.next_on is None  # there is no level behind


@pytest.mark.parametrize(("before", "code", "next_on"), [
    (sent(1, "2026-04-25", "2026-05-05"), "period_runs", "2026-05-06"),
    (sent(1, "2026-04-28", "2026-04-29"), "level_waits", "2026-05-08"),
    (sent(1, "2026-05-01", "2026-04-30"), "level_waits", "2026-05-11"),  # this very day
    (sent(3, "2026-04-01", "2026-04-11"), "last_level", None),
])  # fmt: skip
def test_who_was_dunned_has_time_to_pay(before, code, next_on):
    found = planned(owed(sent=before))
    assert reasons(found) == [(1, [code], day(next_on) if next_on else None)]


def test_interest_runs_from_the_day_after_the_due_date_on_what_was_open():
    item = owed(open="1000.00", amount="2000.00", late=((day("2026-04-11"), Decimal("1000.00")),))
    # 1000 for 30 days and 1000 for 10 days at 5 %: 40'000 * 0.05 / 365
    assert interest_on(item, DAY, rest=Decimal("1000.00"), percent=Decimal(5)) == Decimal("5.48")
    assert interest_on(owed(open="36500.00"), day("2026-04-02"), rest=Decimal("36500.00"),
                       percent=Decimal(5)) == Decimal("5.00")  # fmt: skip


@pytest.mark.parametrize(("mode", "total"), [
    (Interest.OFF, "1000.00"), (Interest.SHOWN, "1000.00"), (Interest.CHARGED, "1004.11"),
])  # fmt: skip
def test_interest_is_left_shown_or_demanded(mode, total):
    rules = Rules("", (Level(1, 10, interest=mode),))
    letter = only(planned(owed(open="1000.00"), rules=rules))
    assert letter.total == Decimal(total)
    assert letter.interest == (0 if mode == Interest.OFF else Decimal("4.11"))


def test_below_the_least_amount_nobody_is_dunned():
    rules = replace(RULES, minimum=Decimal("50.00"))
    found = planned(owed(1, "49.99"), rules=rules)
    assert reasons(found) == [(1, ["below_minimum"], None)]
    assert only(planned(owed(1, "30.00"), owed(2, "20.00"), rules=rules)).total == Decimal("50.00")
    assert planned(owed(1, "60.00"), owed(2, "-20.00"), rules=rules).letters == ()


def test_a_fee_before_comes_along_but_never_alone_and_bears_no_interest():
    fee = owed(2, "20.00", "2026-04-20", document="M-1", is_fee=True)
    assert reasons(planned(fee)) == [(2, ["fee_alone"], None)]
    rules = Rules("", (Level(1, 10, interest=Interest.CHARGED, percent=Decimal(5)),))
    letter = only(planned(owed(1, "1000.00"), fee, rules=rules))
    assert [(i.owed.id, i.step, i.interest) for i in letter.items] == [
        (1, 1, Decimal("4.11")), (2, None, Decimal("0.00")),
    ]  # fmt: skip
    assert letter.total == Decimal("1024.11")


def test_what_names_nobody_or_has_no_level_is_told():
    assert reasons(planned(owed(contact=None))) == [(1, ["no_contact"], None)]
    assert reasons(planned(owed(), rules=Rules())) == [(1, ["no_procedure"], None)]


def test_items_and_customers_are_left_out_for_once():
    found = planned(
        owed(1), owed(2), owed(3, contact=8), left_out_items=[1], left_out_customers=[8]
    )
    assert [i.owed.id for i in only(found).items] == [2]
    assert reasons(found) == [(1, ["left_out"], day("2026-05-02")),
                              (3, ["customer_left_out"], day("2026-05-02"))]  # fmt: skip


def test_a_letter_goes_by_mail_where_there_is_an_address_and_the_level_allows_it():
    assert only(planned(owed(), mail="a@b.ch")).channel == "mail"
    assert only(planned(owed())).channel == "print"
    paper = Rules("", (Level(1, 10, channel="print"),))
    assert only(planned(owed(), mail="a@b.ch", rules=paper)).channel == "print"


def test_the_fingerprint_tells_any_change():
    seen = planned(owed(1), owed(2)).fingerprint
    assert planned(owed(2), owed(1)).fingerprint == seen
    for other in (planned(owed(1)), planned(owed(1), owed(2, "99.00")), planned(owed(1), owed(2), mail="a@b.ch"),
                  planned(owed(1), owed(2), on=day("2026-05-02"))):  # fmt: skip
        assert other.fingerprint != seen


def test_every_reason_has_a_sentence_for_its_values():
    values = {name: Decimal("1.00") for name in ("amount", "paid", "used", "total", "minimum")}
    values |= dict.fromkeys(("due", "sent", "until", "on"), DAY)
    values |= {"days": 3, "after": 1, "step": 2, "before": 1, "percent": Decimal(5), "kind": "disputed",
               "text": "x", "credits": ("GS-1",), "mail": "a@b.ch", "currency": "CHF"}  # fmt: skip
    for code in SENTENCES:
        text = str(why(code, **values))
        assert text and "%(" not in text and "%%" not in text


cents = st.integers(1, 500_000).map(lambda n: Decimal(n).scaleb(-2))
signed = st.one_of(cents, cents.map(lambda n: -n))
days = st.dates(day("2026-01-01"), day("2026-06-01"))


@st.composite
def anything_owed(draw, pk):
    open = draw(signed)
    more = {}
    if open > 0:
        more["amount"] = open + draw(st.one_of(st.just(Decimal(0)), cents))
        more["is_fee"] = draw(st.booleans())
        more["sent"] = draw(st.none() | st.builds(Sent, st.integers(1, 3), days, days))
        more["stop"] = draw(
            st.none() | st.builds(Stop, st.just("disputed"), st.just(""), st.none() | days)
        )
        more["late"] = tuple(draw(st.lists(st.tuples(days, cents), max_size=2)))
    return owed(pk, str(open), str(draw(days)), contact=draw(st.sampled_from([7, 8, None])),
                currency=draw(st.sampled_from(["CHF", "EUR"])), **more)  # fmt: skip


@st.composite
def books(draw):
    count = draw(st.integers(0, 8))
    return [draw(anything_owed(pk)) for pk in range(1, count + 1)]


@settings(max_examples=cases(300, each_time=100), deadline=None)
@given(books(), st.sampled_from(list(Interest)), cents)
def test_never_more_is_demanded_than_is_open_and_every_letter_adds_up(items, mode, minimum):
    rules = replace(RULES, minimum=minimum / 100,
                    levels=tuple(replace(one, interest=mode) for one in RULES.levels))  # fmt: skip
    found = planned(*items, rules=rules)
    by_id = {one.id: one for one in items}
    seen = [i.owed.id for letter in found.letters for i in letter.items]
    seen += [o.owed.id for letter in (*found.letters, *found.quiet) for o in letter.others]
    seen += [c.owed.id for letter in (*found.letters, *found.quiet) for c in letter.credits]
    assert sorted(seen) == sorted(by_id)  # each item has its place, and one only
    for letter in found.letters:
        mine = [one for one in items
                if (one.contact, one.currency) == (letter.customer.contact, letter.currency)]  # fmt: skip
        for item in letter.items:
            assert 0 < item.rest <= by_id[item.owed.id].open and item.owed.due_date < DAY
        used = sum(credit.used for credit in letter.credits)
        assert used == letter.netted <= -sum(one.open for one in mine if one.open < 0)
        assert letter.rest == sum(item.rest for item in letter.items) >= rules.minimum - sum(
            item.rest for item in letter.items if item.step is None)  # fmt: skip
        charged = letter.interest if mode == Interest.CHARGED else 0
        assert letter.total == letter.open - used + letter.fee + charged
        assert letter.rest <= sum(one.open for one in mine if one.open > 0)
        assert max(item.step or 0 for item in letter.items) == letter.level.step
        assert all(item.why for item in letter.items)
    for letter in found.quiet:
        assert letter.total == letter.fee == 0 and all(other.why for other in letter.others)
