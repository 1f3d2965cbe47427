"""Two people dun at once: real connections, real commits, real locks."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounting.receivables.dunning import running
from accounting.receivables.dunning.models import DunningNotice, DunningRun
from accounting.receivables.dunning.running import NotADraftRun, NothingToDun, PlanChanged
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.receivables.dunning.books import MAY_1, claim, company, customer, pay

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def books(committed_db):
    with transaction.atomic():
        return company()


def test_of_two_who_execute_a_run_one_writes_the_letters(books):
    with at_the_desk(books) as by:
        for nth in range(5):
            claim(books, customer(books, f"Kunde {nth} AG"))
        made = running.draft(books, date=MAY_1, by=by)

    def execute():
        with at_the_desk(books) as by:
            return running.execute(
                DunningRun.of(books).select_related("company").get(pk=made.pk), by=by
            )

    answers = at_once(*[execute] * 3)
    assert sum(isinstance(one, NotADraftRun) for one in answers) == 2, answers
    with at_the_desk(books):
        assert DunningNotice.of(books).count() == 5


def test_two_runs_of_one_day_dun_nothing_twice(books):
    with at_the_desk(books):
        claim(books, customer(books))

    def dun():
        with at_the_desk(books) as by:
            return running.execute(running.draft(books, date=MAY_1, by=by), by=by)

    answers = at_once(*[dun] * 3)
    assert sum(isinstance(one, NothingToDun) for one in answers) == 2, answers
    with at_the_desk(books):
        assert [n.number for n in DunningNotice.of(books)] == [1]


def test_what_is_paid_meanwhile_is_dunned_or_paid_but_never_both_unseen(books):
    with at_the_desk(books) as by:
        item = claim(books, customer(books))
        made = running.draft(books, date=MAY_1, by=by)
        seen = running.preview(made).fingerprint

    def dun():
        with at_the_desk(books) as by:
            run = DunningRun.of(books).select_related("company").get(pk=made.pk)
            return running.execute(run, by=by, seen=seen)

    def settle():
        with at_the_desk(books):
            return pay(books, item, "100.00", on=MAY_1)

    dunned, paid = at_once(dun, settle)
    assert not isinstance(paid, Exception), paid
    with at_the_desk(books):
        count = DunningNotice.of(books).count()
    assert count == (0 if isinstance(dunned, PlanChanged) else 1), dunned
