"""The ledger against books on paper: the same random acts, the same answers after each (VER-3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounting.ledger import posting
from accounting.ledger.balances import account_sums
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, CostCentre, FiscalYear, JournalEntry, Period
from accounting.ledger.queries import account_sheet
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import lock_period, open_fiscal_year
from accounting.statements.trial_balance import trial_balance
from erp.core.errors import DomainError
from erp.core.tenancy import set_local
from tests import make
from tests.accounting.ledger.paper import PaperBooks, Row, Slip
from tests.examples import cases

pytestmark = pytest.mark.django_db

#: Two short years that part in the middle of a month, so that acts meet in few periods.
YEARS = [
    (dt.date(2026, 1, 10), dt.date(2026, 3, 14)),
    (dt.date(2026, 3, 15), dt.date(2026, 6, 30)),
]
FIRST, LAST = YEARS[0][0], YEARS[1][1]
ACCOUNTS = {
    "1000": {"carried": True},
    "1024": {"carried": True, "currency": "EUR"},
    "2979": {"carried": True},
    "3200": {"carried": False, "centre": "no"},
    "4000": {"carried": False, "centre": "must"},
    "6000": {"carried": False, "blocked": dt.date(2026, 6, 1)},
}
CENTRES = {"10": None, "20": dt.date(2026, 3, 20)}
LOCKS = ["open", "closing", "locked"]

EDGES = [day for year in YEARS for day in year]


def a_day(chance: Random) -> dt.date:
    """Mostly a day of the two years, often one of their edges, seldom one outside."""
    if chance.random() < 0.2:
        return chance.choice(EDGES)
    stray = 9 if chance.random() < 0.06 else 0
    return FIRST + dt.timedelta(chance.randint(-stray, (LAST - FIRST).days + stray))


def a_row(chance: Random, amount: Decimal) -> Row:
    account = chance.choice(sorted(ACCOUNTS))
    careless = chance.random() < 0.03
    asked = "may" if careless else ACCOUNTS[account].get("centre", "may")
    centre = chance.choice({"no": [""], "must": ["10", "10", "20"]}.get(asked, ["", "", "10"]))
    currency = ACCOUNTS[account].get("currency", chance.choice(["", "", "", "USD"]))
    if careless:
        currency = chance.choice(["", "EUR", "USD"])
    foreign = Decimal(chance.randint(1, 99999)).scaleb(-2) * (-1 if amount < 0 else 1)
    return Row(account, amount, centre, currency, foreign if currency else None)


def a_slip(seed: int, least: int) -> Slip:
    """Two to five rows that balance, or now and then something the books must refuse."""
    chance = Random(seed)
    amounts = [
        Decimal(chance.choice([-1, 1]) * chance.randint(1, 999999)).scaleb(-2)
        for _ in range(chance.randint(least, 5) - 1)
    ]
    if least or amounts:
        amounts.append(-sum(amounts, Decimal("0.01") if chance.random() < 0.05 else Decimal(0)))
    return Slip(
        a_day(chance), " " if chance.random() < 0.03 else "Beleg",
        tuple(a_row(chance, amount) for amount in amounts), opening=chance.random() < 0.15,
    )  # fmt: skip


# One number stands for a whole entry, so that a run of many steps stays small to Hypothesis.
seeds = st.integers(0, 2**24)
slips = seeds.map(lambda seed: a_slip(seed, least=2))
drafts = seeds.map(lambda seed: a_slip(seed, least=seed % 3))
days = seeds.map(lambda seed: a_day(Random(seed)))
inside = days.filter(lambda day: FIRST <= day <= LAST)
picks = st.integers(0, 999)


class Bookkeeping(RuleBasedStateMachine):
    """Every act is done in the books and on paper; one savepoint per run."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.company = company = books()
        self.by = make.owner_of(company)
        self.accounts = {a.number: a for a in Account.of(company).filter(number__in=ACCOUNTS)}
        self.centres = {c.number: c for c in CostCentre.of(company)}
        self.years = list(FiscalYear.of(company).order_by("start"))
        self.periods = {
            (self.years.index(p.fiscal_year), f"{p.start:%Y-%m}"): p
            for p in Period.of(company).select_related("fiscal_year")
        }
        self.paper = PaperBooks(YEARS, ACCOUNTS, CENTRES)
        self.may_close(False)

    def teardown(self) -> None:
        try:
            if not connection.needs_rollback:
                self.the_proof_holds()
                for day in (*YEARS[0], *YEARS[1]):
                    self.balances(day=day, centre="")
                connection.check_constraints()  # what the database itself checks at commit
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @initialize(seed=seeds)
    def begin(self, seed) -> None:
        """A handful of entries and two drafts to start from."""
        chance = Random(seed)
        for _ in range(8):
            self.post(a_slip(chance.getrandbits(32), least=2))
        for _ in range(2):
            self.write_draft(a_slip(chance.getrandbits(32), least=1))

    # --- acts

    @rule(slip=slips)
    def post(self, slip) -> None:
        entry = self.attempt(
            lambda: posting.post(company=self.company, kind=kind(slip), **self.told(slip)),
            refusals=self.paper.refusals_of_post(slip),
        )
        if entry is not None:
            assert entry.number == self.paper.post(entry.pk, slip).number

    @rule(batch=st.lists(slips, max_size=4))
    def post_many(self, batch) -> None:
        faulty = [found for slip in batch if (found := self.paper.refusals_of_post(slip))]
        entries = [
            NewEntry(slip.date, slip.text, self.lines(slip), kind=kind(slip)) for slip in batch
        ]
        ids = self.attempt(
            lambda: post_many(
                company=self.company, entries=entries, by=self.by, closing=self.paper.may_close
            ),
            refusals=faulty[0] if faulty else set(),
        )
        for pk, slip in zip(ids or [], batch, strict=not faulty):
            self.paper.post(pk, slip)

    @rule(slip=drafts)
    def write_draft(self, slip) -> None:
        draft = self.attempt(
            lambda: posting.write_draft(company=self.company, kind=kind(slip), **self.told(slip)),
            refusals=self.paper.refusals_of_draft(slip),
        )
        if draft is not None:
            self.paper.keep(draft.pk, slip)

    @precondition(lambda self: self.paper.slips)
    @rule(pick=picks, slip=drafts)
    def change_draft(self, pick, slip) -> None:
        key = self.any_slip(pick, draft=True)
        changed = replace(slip, opening=self.paper.slips[key].opening)
        refusals = self.paper.refusals_of_change(key) or self.paper.refusals_of_draft(slip)
        if self.attempt(
            lambda: posting.change_draft(self.entry(key), **self.told(slip)), refusals=refusals
        ):
            self.paper.keep(key, changed)

    @precondition(lambda self: self.paper.slips)
    @rule(pick=picks)
    def post_draft(self, pick) -> None:
        key = self.any_slip(pick, draft=True)
        slip = self.paper.slips[key]
        refusals = self.paper.refusals_of_change(key) or self.paper.refusals_of_post(slip)
        entry = self.attempt(
            lambda: posting.post_draft(self.entry(key), by=self.by), refusals=refusals
        )
        if entry is not None:
            assert entry.number == self.paper.post(key, slip).number

    @precondition(lambda self: self.paper.slips)
    @rule(pick=picks)
    def delete_draft(self, pick) -> None:
        key = self.any_slip(pick, draft=True)
        refusals = self.paper.refusals_of_change(key)
        self.attempt(lambda: posting.delete_draft(self.entry(key), by=self.by), refusals=refusals)
        if not refusals:
            del self.paper.slips[key]

    @precondition(lambda self: self.paper.slips)
    @rule(pick=picks, date=days)
    def reverse(self, pick, date) -> None:
        key = self.any_slip(pick, draft=False)
        reversal = self.attempt(
            lambda: posting.reverse(self.entry(key), date=date, by=self.by),
            refusals=self.paper.refusals_of_reversal(key, date),
        )
        if reversal is not None:
            slip = self.paper.post(reversal.pk, self.paper.mirror(key, date))
            assert (reversal.number, reversal.reverses_id) == (slip.number, key)

    @rule(pick=picks, lock=st.sampled_from(["open", *LOCKS]))
    def lock_period(self, pick, lock) -> None:
        place = sorted(self.periods)[pick % len(self.periods)]
        refusals = self.paper.refusals_of_lock(place, lock)
        self.attempt(
            lambda: lock_period(
                company=self.company, period=self.periods[place], lock=lock, by=self.by
            ),
            refusals=refusals,
        )
        if not refusals:
            self.paper.locks[place] = lock

    @rule(may=st.booleans())
    def may_close(self, may) -> None:
        """Whether the user has the right to post into periods open for closing only."""
        set_local("rappen.closing", "on" if may else "off")
        self.paper.may_close = may

    # --- questions

    @rule(day=inside, centre=st.sampled_from(["", "", "10", "20"]))
    def balances(self, day, centre) -> None:
        pk = self.centres[centre].pk if centre else None
        sums = account_sums(self.company, year=self.year_of(day), until=day, cost_centre=pk)
        told = {
            number: (own.before + own.opened, own.debit, own.credit, own.foreign)
            for number, account in self.accounts.items()
            if (own := sums.get(account.pk))
        }
        assert told == self.paper.sums(day, centre)
        assert len(told) == len(sums)
        if not centre:
            balance = trial_balance(self.company, year=self.year_of(day), until=day)
            assert (balance.opening, balance.closing) == (0, 0)
            assert balance.debit == balance.credit

    @rule(number=st.sampled_from(sorted(ACCOUNTS)), start=inside, end=inside)
    def account_sheet(self, number, start, end) -> None:
        start, end = min(start, end), max(start, end)
        if not ACCOUNTS[number]["carried"]:
            end = min(end, self.year_of(start).end)
        sheet = account_sheet(self.company, self.accounts[number], start=start, end=end)
        told = [(row.number, row.date, row.debit - row.credit, row.balance) for row in sheet.rows]
        assert (sheet.opening, told) == self.paper.sheet(number, start, end)
        assert sheet.closing == (told[-1][-1] if told else sheet.opening)

    @rule()
    def the_proof_holds(self) -> None:
        verdict = verify_ledger(self.company)
        assert verdict.breaks == []
        assert verdict.entries == verdict.position == len(self.paper.journal)

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        posted = JournalEntry.of(self.company).filter(number__isnull=False)
        told = posted.order_by("chain_position").values_list(
            "chain_position", "fiscal_year", "number"
        )
        assert list(told) == [
            (place, self.years[year].pk, number)
            for place, (year, number) in enumerate(self.paper.numbers(), 1)
        ]

    # --- between the two

    def attempt(self, act, *, refusals: set[str]):
        """Do ``act``; it must be refused exactly when paper has ``refusals``, and for one of them."""
        try:
            done = act()
        except DomainError as refusal:
            told = {one.code for one in getattr(refusal, "refusals", [refusal])}
            assert told <= refusals, (told, refusals)
            return None
        assert not refusals, refusals
        return done

    def any_slip(self, pick: int, *, draft: bool) -> int:
        """Any entry or draft; small picks are drafts, or entries that can be reversed."""
        undone = {slip.reverses for slip in self.paper.slips.values()}

        def fits(key: int) -> bool:
            return (self.paper.slips[key].number is None) == draft and key not in undone

        ordered = sorted(self.paper.slips, key=lambda key: (not fits(key), -key))
        return ordered[pick % len(ordered)]

    def entry(self, key: int) -> JournalEntry:
        return JournalEntry.of(self.company).select_related("company").get(pk=key)

    def year_of(self, day: dt.date) -> FiscalYear:
        return next(year for year in self.years if year.contains(day))

    def told(self, slip: Slip) -> dict:
        return {"date": slip.date, "text": slip.text, "lines": self.lines(slip), "by": self.by}

    def lines(self, slip: Slip) -> list[Line]:
        zero = Decimal(0)
        return [
            Line(
                self.accounts[row.account], debit=max(row.amount, zero),
                credit=max(-row.amount, zero), currency=row.currency, amount_foreign=row.foreign,
                cost_centre=self.centres.get(row.centre),
            )
            for row in slip.rows
        ]  # fmt: skip


def kind(slip: Slip) -> str:
    return "opening" if slip.opening else "normal"


def books():
    company = make.company(first_year=YEARS[0])
    by = make.owner_of(company)
    open_fiscal_year(company=company, start=YEARS[1][0], end=YEARS[1][1], by=by, name="2026 II")
    for number, own in ACCOUNTS.items():
        account = make.account(company, number)
        account.cost_centre_rule = own.get("centre", "may")
        account.blocked_from = own.get("blocked")
        account.save()
        assert account.currency == own.get("currency", "")
        assert account.is_balance_sheet == own["carried"]
    for number, until in CENTRES.items():
        CostCentre.unscoped.create(
            company=company, number=number, name_de=f"Stelle {number}", active_until=until
        )
    return company


def test_the_books_agree_with_books_on_paper():
    run_state_machine_as_test(
        Bookkeeping,
        settings=settings(
            max_examples=cases(30, each_time=10), stateful_step_count=40, deadline=None, derandomize=True,
            database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip
