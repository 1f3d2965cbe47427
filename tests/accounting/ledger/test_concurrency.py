"""People who post at the same moment: real connections, real commits, real locks (VER-4)."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import partial
from random import Random
from threading import Barrier, Event

import pytest
from django.db import connection, connections, transaction

from accounting.ledger import posting
from accounting.ledger.balances import account_sums
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.errors import AlreadyReversed, NotADraft, PeriodLocked
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import FiscalYear, JournalEntry, Period
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import lock_period, open_fiscal_year
from erp.core.tenancy import open_companies, set_local
from tests import make
from tests.make import MARCH_31, chf

pytestmark = pytest.mark.usefixtures("committed_db")

APRIL_30 = dt.date(2026, 4, 30)
NEXT_YEAR = (dt.date(2027, 1, 1), dt.date(2027, 12, 31))


@pytest.fixture
def company(committed_db):
    return make.company()


@contextmanager
def at_the_desk(company):
    """A transaction with the company's books open; it fails rather than wait for ever."""
    with transaction.atomic():
        open_companies([company.pk])
        set_local("lock_timeout", "20s")
        yield make.owner_of(company)


def at_once(*acts):
    """Start all acts together, each on its own connection; what each returned or raised."""
    start = Barrier(len(acts))

    def run(act):
        start.wait(timeout=20)
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def wait_for_a_waiter(future):
    """Return once somebody waits for a lock; fail when ``future`` ends without having waited."""
    sql = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = current_user AND wait_event_type = 'Lock'"
    )
    for _ in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                assert not future.done()
                return
        assert not future.done(), "nothing was waited for"
        time.sleep(0.005)
    pytest.fail("nobody waited")


def one_waits_for_the_other(company, first, second, *, kept=True):
    """Do ``first``, start ``second`` before the end of its transaction, and keep ``first`` or not.

    Returns what ``second`` returned or raised; it must have waited.
    """

    def run():
        try:
            return second()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with at_the_desk(company) as by:
            first(by)
            waiting = pool.submit(run)
            wait_for_a_waiter(waiting)
            transaction.set_rollback(not kept)
        return waiting.exception() or waiting.result()


def rent(company, **more):
    """Post rent in a transaction of its own."""
    with at_the_desk(company) as by:
        return make.rent(company, by=by, **more)


def lock(company, state, *, day=MARCH_31):
    with at_the_desk(company) as by:
        period = Period.of(company).get(start__lte=day, end__gte=day)
        lock_period(company=company, period=period, lock=state, by=by)


def prove(company, *, entries):
    """The books are sound, and the numbers of each year run from 1 in the order of the chain."""
    with at_the_desk(company):
        verdict = verify_ledger(company)
        assert verdict.breaks == []
        assert verdict.entries == verdict.position == entries
        for year in FiscalYear.of(company):
            posted = JournalEntry.of(company).filter(fiscal_year=year, number__isnull=False)
            numbers = list(posted.order_by("chain_position").values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))


def drafted(company, amount="5.00"):
    with at_the_desk(company) as by:
        return posting.write_draft(
            company=company, date=MARCH_31, text="Entwurf", by=by, lines=rent_lines(company, amount)
        )


def rent_lines(company, amount="5.00"):
    return [
        debit(make.account(company, "6000"), chf(amount)),
        credit(make.account(company, "1020"), chf(amount)),
    ]


# --- posting


def post_in_a_process(company, count):
    connections.close_all()
    try:
        return [rent(company, amount=f"{n}.05").number for n in range(1, count + 1)]
    finally:
        connections.close_all()


def test_four_processes_post_without_gaps(company):
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(4) as pool:
        given = pool.map(partial(post_in_a_process, company), [15] * 4, chunksize=1)

    assert sorted(number for numbers in given for number in numbers) == list(range(1, 61))
    assert all(numbers == sorted(numbers) for numbers in given)
    prove(company, entries=60)
    with at_the_desk(company):
        year = FiscalYear.of(company).get()
        sums = account_sums(company, year=year, until=MARCH_31)
        spent = 4 * sum(Decimal(n) + Decimal("0.05") for n in range(1, 16))
        assert sums[make.account(company, "6000").pk].debit == spent
        assert sums[make.account(company, "1020").pk].credit == spent


@pytest.mark.parametrize("_round", range(3))
def test_the_first_entries_of_a_new_company_come_at_once(company, _round):
    with at_the_desk(company) as by:
        open_fiscal_year(company=company, start=NEXT_YEAR[0], end=NEXT_YEAR[1], by=by)

    this, following = partial(rent, company), partial(rent, company, date=NEXT_YEAR[0])
    entries = at_once(this, following, this, following, this, this)

    assert sorted(e.number for e in entries if e.date == MARCH_31) == [1, 2, 3, 4]
    assert sorted(e.number for e in entries if e.date == NEXT_YEAR[0]) == [1, 2]
    prove(company, entries=6)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "given up"])
def test_a_posting_waits_for_the_one_before_and_takes_the_next_number(company, kept):
    second = one_waits_for_the_other(
        company, lambda by: make.rent(company, by=by), partial(rent, company), kept=kept
    )
    assert second.number == (2 if kept else 1)
    prove(company, entries=second.number)


def test_given_up_postings_leave_no_gaps(company):
    class Regret(Exception):
        pass

    def post_and_waver(seed):
        chance, kept = Random(seed), 0
        for _ in range(12):
            try:
                with at_the_desk(company) as by:
                    make.rent(company, by=by)
                    if chance.random() < 0.5:
                        raise Regret
                kept += 1
            except Regret:
                pass
        return kept

    kept = sum(at_once(*(partial(post_and_waver, seed) for seed in range(4))))
    assert 0 < kept < 48
    prove(company, entries=kept)


# --- periods


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "given up"])
def test_locking_waits_for_a_posting_under_way(company, kept):
    locked = one_waits_for_the_other(
        company, lambda by: make.rent(company, by=by), partial(lock, company, "locked"), kept=kept
    )
    assert locked is None
    with pytest.raises(PeriodLocked):
        rent(company)
    prove(company, entries=int(kept))


@pytest.mark.parametrize("how", ["post", "post_many", "post_draft", "reverse"])
@pytest.mark.parametrize("kept", [True, False], ids=["locked", "lock given up"])
def test_a_posting_under_way_waits_for_the_lock_and_obeys_it(company, how, kept):
    before, draft = rent(company, date=APRIL_30), drafted(company, "7.00")
    acts = {
        "post": lambda by: make.rent(company, by=by),
        "post_many": lambda by: post_many(
            company=company, by=by, entries=[NewEntry(MARCH_31, "Miete", rent_lines(company))]
        ),
        "post_draft": lambda by: posting.post_draft(draft, by=by),
        "reverse": lambda by: posting.reverse(before, date=MARCH_31, by=by),
    }

    def post():
        with at_the_desk(company) as by:
            acts[how](by)

    def lock_march(by):  # by hand, as a period with drafts is not locked otherwise
        Period.of(company).filter(start=dt.date(2026, 3, 1)).update(lock="locked")

    refusal = one_waits_for_the_other(company, lock_march, post, kept=kept)

    assert isinstance(refusal, PeriodLocked) if kept else refusal is None
    prove(company, entries=1 if kept else 2)


def test_once_a_period_is_locked_nothing_more_gets_in(company):
    posting_goes_on = Event()

    def post_until_refused():
        for count in range(1000):
            try:
                rent(company)
            except PeriodLocked:
                return count
            posting_goes_on.set()
        return pytest.fail("the lock never held")

    def lock_and_count():
        posting_goes_on.wait(timeout=20)
        time.sleep(0.1)
        lock(company, "locked")
        with at_the_desk(company):
            return JournalEntry.of(company).count()

    counted, *posted = at_once(lock_and_count, *[post_until_refused] * 4)
    assert counted == sum(posted) > 0
    prove(company, entries=counted)


@pytest.mark.parametrize("lock_first", [True, False])
def test_who_locks_and_posts_in_one_go_never_deadlocks_with_others(company, lock_first):
    def close_the_month():
        with at_the_desk(company) as by:
            march = Period.of(company).get(start=dt.date(2026, 3, 1))
            shut = partial(lock_period, company=company, period=march, lock="closing", by=by)
            enter = partial(make.rent, company, by=by, date=APRIL_30)
            for act in (shut, enter) if lock_first else (enter, shut):
                act()
                time.sleep(0.2)

    def post_in_it():
        time.sleep(0.1)
        return rent(company)

    done = at_once(close_the_month, *[post_in_it] * 3)
    assert done[0] is None
    assert {type(found) for found in done[1:]} <= {PeriodLocked, JournalEntry}
    prove(company, entries=1 + sum(isinstance(found, JournalEntry) for found in done))


# --- one entry, several people


def reverse(company, entry):
    with at_the_desk(company) as by:
        return posting.reverse(entry, date=MARCH_31, by=by)


def test_of_four_who_reverse_one_entry_one_succeeds(company):
    entry = rent(company)

    done = at_once(*[partial(reverse, company, entry)] * 4)

    assert sorted(type(found).__name__ for found in done) == [
        "AlreadyReversed", "AlreadyReversed", "AlreadyReversed", "JournalEntry",
    ]  # fmt: skip
    refusal = next(found for found in done if isinstance(found, AlreadyReversed))
    assert refusal.values == {"number": 1}
    prove(company, entries=2)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "given up"])
def test_a_second_reversal_waits_for_the_first(company, kept):
    entry = rent(company)

    second = one_waits_for_the_other(
        company,
        lambda by: posting.reverse(entry, date=MARCH_31, by=by),
        partial(reverse, company, entry),
        kept=kept,
    )

    assert isinstance(second, AlreadyReversed) if kept else second.number == 2
    prove(company, entries=2)


def test_of_four_who_post_one_draft_one_succeeds(company):
    draft = drafted(company)

    def post_it():
        with at_the_desk(company) as by:
            return posting.post_draft(draft, by=by)

    done = at_once(*[post_it] * 4)

    assert sorted(type(found).__name__ for found in done) == [
        "JournalEntry", "NotADraft", "NotADraft", "NotADraft",
    ]  # fmt: skip
    prove(company, entries=1)


@pytest.mark.parametrize("_round", range(4))
def test_a_draft_is_posted_as_it_was_before_or_after_a_change(company, _round):
    draft = drafted(company, "5.00")

    def post_it():
        with at_the_desk(company) as by:
            return posting.post_draft(draft, by=by)

    def change_it():
        with at_the_desk(company) as by:
            return posting.change_draft(
                draft, date=MARCH_31, text="Neu", lines=rent_lines(company, "9.00"), by=by
            )

    posted, changed = at_once(post_it, change_it)

    assert isinstance(posted, JournalEntry)
    assert isinstance(changed, (JournalEntry, NotADraft))
    prove(company, entries=1)
    with at_the_desk(company):
        stored = JournalEntry.of(company).get()
        told = (stored.text, {line.debit + line.credit for line in stored.lines.all()})
        expected = {NotADraft: ("Entwurf", {chf("5.00")}), JournalEntry: ("Neu", {chf("9.00")})}
        assert told == expected[type(changed)]


# --- everything at once


def test_all_acts_mixed_need_no_retry(company):
    with at_the_desk(company) as by:
        open_fiscal_year(company=company, start=NEXT_YEAR[0], end=NEXT_YEAR[1], by=by)
        for _ in range(6):
            make.rent(company, by=by)
    refusals = (AlreadyReversed, PeriodLocked)

    def act(chance):
        with at_the_desk(company) as by:
            day = chance.choice([MARCH_31, APRIL_30, NEXT_YEAR[0]])
            what = chance.choice(["post", "post_many", "reverse", "reverse", "draft", "lock"])
            if what == "post":
                make.rent(company, date=day, by=by)
                return 1
            if what == "post_many":
                days = chance.choices([MARCH_31, APRIL_30, NEXT_YEAR[0]], k=3)
                entries = [NewEntry(date, "Miete", rent_lines(company)) for date in days]
                return len(post_many(company=company, entries=entries, by=by))
            if what == "reverse":
                posted = JournalEntry.of(company).filter(number__isnull=False)
                posting.reverse(chance.choice(list(posted.order_by("pk"))), date=day, by=by)
                return 1
            if what == "draft":
                draft = posting.write_draft(
                    company=company, date=day, text="Entwurf", lines=rent_lines(company), by=by
                )
                posting.post_draft(draft, by=by)
                return 1
            april = Period.of(company).get(start=dt.date(2026, 4, 1))
            lock_period(
                company=company, period=april, lock=chance.choice(["open", "closing"]), by=by
            )
            return 0

    def work(seed):
        chance, posted = Random(seed), 0
        for _ in range(12):
            with suppress(*refusals):
                posted += act(chance)
        return posted

    done = at_once(*(partial(work, seed) for seed in range(5)))
    assert [found for found in done if isinstance(found, Exception)] == []
    prove(company, entries=6 + sum(done))


def test_the_proof_is_not_disturbed_by_those_who_post(company):
    proving_ended = Event()

    def post_on():
        count = 0
        while not proving_ended.is_set():
            rent(company)
            count += 1
        return count

    def prove_again_and_again():
        found = []
        try:
            for _ in range(15):
                with at_the_desk(company):
                    found += verify_ledger(company).breaks
        finally:
            proving_ended.set()
        return found

    breaks, *posted = at_once(prove_again_and_again, *[post_on] * 3)
    assert breaks == []
    prove(company, entries=sum(posted))
