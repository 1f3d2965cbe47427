"""Runs: written once, as they were looked at; fees; taking them back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounting.ledger.models import JournalEntry
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.open_items.errors import CreditUsed
from accounting.open_items.models import OpenItem
from accounting.qr.references import parse_qrr, parse_scor
from accounting.receivables.dunning import cancelling, gathering, levels, queries, running, stops
from accounting.receivables.dunning.cancelling import CancelledAlready, LaterLevels, NotExecuted
from accounting.receivables.dunning.issuing import NoAccountToPayTo
from accounting.receivables.dunning.models import DunningNotice, DunningNoticeItem, DunningRun
from accounting.receivables.dunning.running import (
    DayAhead,
    NoLetterPossible,
    NoLevels,
    NothingToDun,
    PlanChanged,
)
from contacts import merging
from erp.audit.models import AuditEvent
from erp.core import clock
from erp.core.errors import Refusals
from tests import make
from tests.accounting.receivables.dunning.books import (
    MAY_1,
    MAY_12,
    MAY_31,
    claim,
    company,
    customer,
    level,
    pay,
    procedure,
    run,
    set_level,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    return company()


@pytest.fixture
def anna(books):
    return make.owner_of(books)


@pytest.fixture
def huber(books):
    return customer(books)


def test_a_run_writes_what_it_planned(books, huber, anna):
    first = claim(books, huber, "100.00", document="R-1")
    claim(books, huber, "60.00", document="R-2", due="2026-04-10")
    claim(books, huber, "-30.00", document="G-1")
    claim(books, huber, "500.00", document="R-3", due="2026-05-20")
    made, (notice,) = run(books)
    assert (notice.number, notice.step, notice.party, notice.channel) == (1, 1, "Huber AG", "print")
    assert (notice.rest, notice.netted, notice.total) == (
        Decimal("160.00"), Decimal("30.00"), Decimal("130.00"))  # fmt: skip
    rows = [(r.document, r.step, r.rest, r.netted) for r in queries.items_of(notice)]
    assert rows == [("R-1", 1, Decimal("100.00"), Decimal("30.00")), ("R-2", 1, Decimal("60.00"), 0),
                    ("G-1", None, Decimal("-30.00"), 0)]  # fmt: skip
    assert sum(r[2] for r in rows) + notice.fee == notice.total
    made.refresh_from_db()
    assert (made.status, made.executed_by) == ("executed", anna)
    assert OpenItem.of(books).get(pk=first.pk).open_amount == Decimal("100.00")  # nothing is posted
    event = AuditEvent.of(books).get(action="dunning.execute")
    assert event.details["count"] == 1


def test_run_twice_on_one_day_nothing_new_comes_of_it(books, huber):
    claim(books, huber)
    run(books)
    with pytest.raises(NothingToDun):
        run(books)
    assert DunningNotice.of(books).count() == 1
    with pytest.raises(NothingToDun):  # the new period runs until May 11
        run(books, dt.date(2026, 5, 11))
    _made, (second,) = run(books, MAY_12)
    assert second.step == 2


def test_levels_advance_to_the_last_and_stay_there(books, huber):
    item = claim(books, huber)
    steps = [run(books, day)[1][0].step for day in (MAY_1, MAY_12, dt.date(2026, 5, 23))]
    assert steps == [1, 2, 3]
    with pytest.raises(NothingToDun):
        run(books, dt.date(2026, 8, 1))
    letters = queries.notices_of_item(item)
    assert [(one.step, one.notice.title) for one in letters] == [
        (1, "Zahlungserinnerung"), (2, "Mahnung"), (3, "Letzte Mahnung"),
    ]  # fmt: skip


def test_what_is_paid_after_the_day_is_not_dunned(books, huber):
    part, whole = claim(books, huber, "100.00"), claim(books, huber, "50.00", document="R-2")
    pay(books, part, "40.00", on=dt.date(2026, 4, 20))
    pay(books, whole, "50.00", on=dt.date(2026, 5, 5))
    _made, (notice,) = run(books)  # of May 1, but today is later
    assert [(r.document, r.rest) for r in queries.items_of(notice)] == [("R-1", Decimal("60.00"))]


def test_what_changed_since_somebody_looked_is_not_executed(books, huber, anna):
    claim(books, huber)
    made = running.draft(books, date=MAY_1, by=anna)
    seen = running.preview(made).fingerprint
    claim(books, huber, "70.00", document="R-2")
    with pytest.raises(PlanChanged):
        running.execute(made, by=anna, seen=seen)
    assert not DunningNotice.of(books).exists()
    assert len(running.execute(made, by=anna, seen=running.preview(made).fingerprint)) == 1


def test_there_is_one_draft_and_no_day_ahead(books, huber, anna):
    first = running.draft(books, date=MAY_1, by=anna)
    assert running.draft(books, date=MAY_12, by=anna).pk == first.pk
    with pytest.raises(DayAhead):
        running.draft(books, date=clock.today() + dt.timedelta(days=1), by=anna)
    running.discard(first, by=anna)
    assert running.draft(books, date=MAY_1, by=anna).pk != first.pk
    with pytest.raises(running.NotADraftRun):
        running.execute(first, by=anna)


def test_without_levels_nothing_begins():
    bare = company(levels_too=False)
    with pytest.raises(NoLevels):
        running.draft(bare, date=MAY_1, by=make.owner_of(bare))


def test_items_and_customers_are_left_out_and_come_back(books, huber, anna):
    other = customer(books, "Meier AG")
    one, two = claim(books, huber), claim(books, huber, "20.00", document="R-2")
    claim(books, other)
    made = running.draft(books, date=MAY_1, by=anna)
    running.leave_out(made, by=anna, item=one.pk)
    running.leave_out(made, by=anna, contact=other.pk)
    made.refresh_from_db()
    plan = running.preview(made)
    assert [[i.owed.id for i in letter.items] for letter in plan.letters] == [[two.pk]]
    running.leave_out(made, by=anna, item=one.pk, back=True)
    running.leave_out(made, by=anna, contact=other.pk, back=True)
    made.refresh_from_db()
    assert len(running.preview(made).letters) == 2


def test_disputed_items_wait_until_the_stop_is_lifted(books, huber, anna):
    item = claim(books, huber)
    stops.stop_item(item, kind="disputed", text="Mängel gerügt", by=anna)
    with pytest.raises(stops.StoppedAlready):
        stops.stop_item(item, kind="other", text="x", by=anna)
    (quiet,) = gathering.plan_on(books, MAY_1).quiet
    assert quiet.others[0].why[0].code == "stopped"
    stops.lift_item_stop(item, by=anna)
    with pytest.raises(stops.NotStopped):
        stops.lift_item_stop(item, by=anna)
    assert len(gathering.plan_on(books, MAY_1).letters) == 1
    told = list(AuditEvent.of(books).filter(subject="openitem", subject_id=item.pk)
                .values_list("action", flat=True).order_by("pk"))  # fmt: skip
    assert told[-2:] == ["item.stop_dunning", "item.dun_again"]


@pytest.mark.parametrize(("kind", "text", "refusal"), [
    ("other", "", stops.ReasonMissing), ("whatever", "x", stops.NoStopKind),
])  # fmt: skip
def test_a_stop_says_why(books, huber, anna, kind, text, refusal):
    with pytest.raises(refusal):
        stops.stop_item(claim(books, huber), kind=kind, text=text, by=anna)
    with pytest.raises(stops.NotAClaim):
        stops.stop_item(claim(books, huber, "-5.00", document="G"), kind="disputed", by=anna)


def test_a_customer_has_a_procedure_of_his_own_or_none_at_all(books, huber, anna):
    claim(books, huber)
    stops.set_customer(huber, by=anna, stop_kind="agreed", stopped_until=MAY_31)
    assert gathering.plan_on(books, MAY_1).letters == ()
    gentle = levels.save_procedure(company=books, by=anna, code="gentle", name_de="Sanft")
    levels.add_level(gentle, by=anna, days_after_due=60)
    stops.set_customer(huber, by=anna, procedure=gentle)
    (quiet,) = gathering.plan_on(books, MAY_1).quiet
    assert quiet.others[0].why[0].code == "within_grace"
    with pytest.raises(levels.ProcedureInUse):
        levels.delete_procedure(gentle, by=anna)


def test_a_change_of_levels_leaves_letters_as_they_were(books, huber, anna):
    claim(books, huber)
    _made, (notice,) = run(books)
    before = (notice.paper, notice.title, notice.total)
    texts = {"de": {"title": "Anders", "intro": "Neu", "closing": ""}}
    set_level(books, 1, texts=texts, period=30, fees={"CHF": Decimal("50.00")})
    notice.refresh_from_db()
    assert (notice.paper, notice.title, notice.total) == before
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounting_dunningnotice SET total = 1 WHERE id = %s", [notice.pk])


def test_fees_are_claimed_on_the_letter_and_not_posted_unless_wanted(books, huber):
    claim(books, huber)
    set_level(books, 1, fees={"CHF": Decimal("20.00"), "EUR": Decimal("18.00")})
    before = JournalEntry.of(books).count()
    _made, (notice,) = run(books)
    assert (notice.fee, notice.total, notice.fee_entry) == (
        Decimal("20.00"),
        Decimal("120.00"),
        None,
    )
    assert JournalEntry.of(books).count() == before


def test_a_posted_fee_is_an_item_that_comes_along_without_a_fee_of_its_own(books, huber, anna):
    claim(books, huber)
    levels.save_procedure(company=books, by=anna, procedure=procedure(books), post_fees=True)
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    _made, (notice,) = run(books)
    item = OpenItem.of(books).get(entry=notice.fee_entry)
    assert (item.document, item.amount, item.due_date) == (
        "M-1",
        Decimal("20.00"),
        notice.pay_until,
    )
    lines = notice.fee_entry.lines.order_by("position").values_list(
        "account__number", "debit", "credit", "vat_code")  # fmt: skip
    assert list(lines) == [("1100", Decimal("20.00"), 0, None), ("6950", 0, Decimal("20.00"), None)]
    _again, (second,) = run(books, MAY_12)
    rows = [(r.document, r.step, r.rest) for r in queries.items_of(second)]
    assert rows == [("R-1", 2, Decimal("100.00")), ("M-1", None, Decimal("20.00"))]
    assert differences(books, MAY_31) == [] and verify_ledger(books).breaks == []


def test_a_run_is_taken_back_with_its_fees(books, huber, anna):
    item = claim(books, huber)
    levels.save_procedure(company=books, by=anna, procedure=procedure(books), post_fees=True)
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    made, (notice,) = run(books)
    again, _second = run(books, MAY_12)
    with pytest.raises(LaterLevels):
        cancelling.cancel(made, by=anna, reason="falsch")
    cancelling.cancel(again, by=anna, reason="falsch")
    cancelling.cancel(made, by=anna, reason="falscher Tag")
    with pytest.raises(NotExecuted):
        cancelling.cancel(made, by=anna, reason="nochmals")
    notice.refresh_from_db()
    assert notice.cancelled_at is not None and notice.paper  # it stays
    assert OpenItem.of(books).get(entry=notice.fee_entry).open_amount == 0
    assert not DunningNoticeItem.of(books).filter(is_cancelled=False).exists()
    _third, (anew,) = run(books, MAY_12)
    assert (anew.step, anew.number) == (1, 3)
    assert [one.is_cancelled for one in queries.notices_of_item(item)] == [True, True, False]
    assert differences(books, MAY_31) == []


def test_a_fee_that_is_paid_keeps_its_letter(books, huber, anna):
    claim(books, huber)
    levels.save_procedure(company=books, by=anna, procedure=procedure(books), post_fees=True)
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    made, (notice,) = run(books)
    pay(books, OpenItem.of(books).get(entry=notice.fee_entry), "20.00", on=MAY_12)
    with pytest.raises(CreditUsed):
        cancelling.cancel(made, by=anna, reason="falsch")


def test_a_single_letter_is_taken_back(books, huber, anna):
    claim(books, huber), claim(books, customer(books, "Meier AG"))
    _made, (one, two) = run(books)
    cancelling.cancel_notice(one, by=anna, reason="Kunde hat angerufen")
    with pytest.raises(CancelledAlready):
        cancelling.cancel_notice(one, by=anna, reason="nochmals")
    plan = gathering.plan_on(books, MAY_12)
    assert [(one.customer.name, one.level.step) for one in plan.letters] == [
        ("Huber AG", 1), ("Meier AG", 2),
    ]  # fmt: skip
    assert two.cancelled_at is None


def test_a_slip_that_cannot_be_made_stops_the_run_and_says_whose(huber):
    bare = company()
    bare.street = bare.postcode = ""
    bare.save()
    claim(bare, customer(bare, "Muster AG")), claim(bare, customer(bare, "Zwei AG"))
    with pytest.raises(Refusals) as refused:
        run(bare)
    assert {one.values["customer"] for one in refused.value.refusals} == {"Muster AG", "Zwei AG"}
    assert not DunningNotice.of(bare).exists()


def test_without_an_account_in_the_currency_there_is_no_letter(books, huber, anna):
    books.bank = None
    from accounting.banking.models import BankAccount

    BankAccount.of(books).filter(currency="EUR").delete()
    claim(books, huber, "100.00", currency="EUR", base="94.00")
    with pytest.raises(NoLetterPossible) as refused:
        run(books)
    assert str(NoAccountToPayTo(currency="EUR")) in str(refused.value)


def test_two_currencies_are_two_letters(books, huber):
    claim(books, huber, "100.00")
    claim(books, huber, "50.00", currency="EUR", base="47.00", document="R-2")
    set_level(books, 1, fees={"CHF": Decimal("20.00"), "EUR": Decimal("18.00")})
    _made, notices = run(books)
    assert [(n.currency, n.total) for n in notices] == [
        ("CHF", Decimal("120.00")),
        ("EUR", Decimal("68.00")),
    ]
    assert parse_scor(notices[1].reference)  # the euro account has no QR-IBAN


def test_one_item_alone_keeps_its_reference_and_else_the_letter_has_its_own(books, huber):
    own = "210000000003139471430009017"
    claim(books, huber, "100.00", reference=own)
    _first, (alone,) = run(books)
    assert alone.reference == own
    set_level(books, 2, fees={"CHF": Decimal("20.00")})
    _made, (with_fee,) = run(books, MAY_12)
    assert parse_qrr(with_fee.reference) != own and with_fee.reference.startswith("9")
    claimed = queries.claimed_by(books, [with_fee.reference, own, "nothing"])
    claim_of = claimed[with_fee.reference]
    assert (claim_of.number, claim_of.fees) == (with_fee.number, Decimal("20.00"))
    assert [amount for _item, amount in claim_of.items] == [Decimal("100.00")]
    assert sum(a for _i, a in claim_of.items) + claim_of.fees == with_fee.total


def test_without_a_qr_iban_references_are_creditor_references(huber):
    plain = company(qr=False)
    claim(plain, customer(plain)), claim(plain, customer(plain, "Meier AG"))
    _made, notices = run(plain)
    assert [parse_scor(n.reference)[4:] for n in notices] == ["MAHN000001", "MAHN000002"]


def test_letters_follow_when_contacts_are_merged(books, huber, anna):
    other = customer(books, "Huber Aktiengesellschaft")
    claim(books, other)
    _made, (notice,) = run(books)
    stops.set_customer(other, by=anna, stop_kind="agreed")
    assert merging.uses_elsewhere(other)
    merging.merge(huber, other, by=anna)
    notice.refresh_from_db()
    assert notice.contact_id == huber.pk


@pytest.mark.parametrize(("told", "refusal"), [
    ({"fees": {"CHF": Decimal("-1.00")}}, levels.BadFee),
    ({"fees": {"Fr": Decimal("1.00")}}, levels.BadFee),
    ({"texts": {"de": {"title": "", "intro": "x"}}}, levels.TitleMissing),
    ({"texts": {"de": {"title": "T", "intro": "{name}"}}}, levels.UnknownPlaceholder),
])  # fmt: skip
def test_levels_refuse_what_no_letter_could_say(books, told, refusal):
    with pytest.raises(refusal):
        set_level(books, 1, **told)


def test_only_the_last_level_goes_and_one_procedure_counts_for_all(books, anna):
    with pytest.raises(levels.OnlyTheLast):
        levels.delete_level(level(books, 1), by=anna)
    levels.delete_level(level(books, 3), by=anna)
    with pytest.raises(levels.OneDefault):
        levels.save_procedure(company=books, by=anna, procedure=procedure(books), is_default=False)
    with pytest.raises(levels.SetUpAlready):
        levels.set_up(books, by=anna)
    other = levels.save_procedure(
        company=books, by=anna, code="firms", name_de="Firmen", is_default=True
    )
    assert procedure(books) == other
    with pytest.raises(levels.ProcedureCodeTaken):
        levels.save_procedure(company=books, by=anna, code="firms", name_de="Nochmals")
    assert DunningRun.of(books).count() == 0


def test_planning_costs_the_same_for_many_customers(books, django_assert_max_num_queries):
    from django.test.utils import CaptureQueriesContext

    def queries_of():
        with CaptureQueriesContext(connection) as found:
            gathering.plan_on(books, MAY_31)
        return len(found)

    claim(books, customer(books, "Erste AG"))
    run(books)
    one = queries_of()
    for nth in range(6):
        new = customer(books, f"Kunde {nth}")
        item = claim(books, new, document=f"R-{nth}")
        pay(books, item, "10.00", on=dt.date(2026, 4, 20))
        claim(books, new, "-5.00", document=f"G-{nth}")
    assert queries_of() == one <= 16
