"""A run from its begin to its entry, and what stands in its way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import CostCentre, EntryLine, JournalEntry, Period
from accounting.ledger.posting import reverse
from accounting.ledger.years import lock_period
from accounting.payments.four_eyes import NeedsAnother
from erp.audit.models import AuditEvent
from erp.core.bulk import update_rows
from payroll.employees.facts import LeaveKind
from payroll.employees.keeping import correct_fact, set_fact
from payroll.employees.leave import book
from payroll.employees.models import Fact
from payroll.runs import approving, beginning, booking, calculating, movements, refusals
from payroll.runs.digest import digest_of_run
from payroll.runs.models import PayrollRun, Payslip, Typed
from tests import make
from tests.payroll.employees.books import wage
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY

pytestmark = pytest.mark.django_db
FEBRUARY = dt.date(2026, 2, 1)


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def balances(company):
    found = {}
    for line in EntryLine.of(company).select_related("account"):
        number = line.account.number
        found[number] = found.get(number, Decimal(0)) + line.debit - line.credit
    return {number: str(amount) for number, amount in sorted(found.items()) if amount}


def test_the_payslip_p1_is_posted_to_the_rappen(company):
    books.p1(company)
    run = books.posted(company)
    slip = Payslip.of(company).get().content.slip
    assert (slip.gross, slip.payout) == (Decimal("6715.00"), Decimal("5940.15"))
    assert balances(company) == {
        "1091": "-5940.15", "2271": "-708.80", "2272": "-483.70", "2273": "-89.05",
        "2274": "-78.00", "5000": "6500.00", "5700": "429.80", "5710": "78.00",
        "5720": "241.85", "5730": "11.05", "5740": "39.00",
    }  # fmt: skip
    assert (run.number, run.status) == (1, "posted")
    assert run.entry.source == JournalEntry.Source.PAYROLL
    assert "Muster" not in run.entry.text + "".join(run.entry.lines.values_list("text", flat=True))
    assert (run.entry.voucher, run.entry.vouchers.count()) == (
        "LL-1",
        0,
    )  # sums by account, no more


def test_a_run_is_begun_once_and_in_turn(company, anna):
    books.p1(company)
    run = books.begun(company)
    assert (run.month, run.date, run.number) == (JANUARY, dt.date(2026, 1, 31), None)
    assert run.pay_date == dt.date(2026, 1, 23)  # the 25th is a Sunday
    for month, refusal in ((JANUARY, refusals.RunExists), (FEBRUARY, refusals.EarlierOpen)):
        with pytest.raises(refusal):
            books.begun(company, month)
    beginning.cancel(run, reason="Test", by=anna)
    books.posted(company, FEBRUARY)
    with pytest.raises(refusals.MonthGone):
        books.begun(company, JANUARY)


def test_a_run_needs_settings():
    bare = make.company(modules=["ledger", "payroll"])
    with pytest.raises(refusals.NotSetUp):
        beginning.begin(company=bare, month=JANUARY, by=make.owner_of(bare))


def test_a_run_needs_an_open_period(company, anna):
    period = Period.of(company).get(start__lte=JANUARY, end__gte=JANUARY)
    lock_period(company=company, period=period, lock=Period.Lock.LOCKED, by=anna, reason="Test")
    with pytest.raises(PeriodLocked):
        books.begun(company)


def test_numbers_come_with_posting_and_have_no_gaps(company, anna):
    books.p1(company)
    first = books.posted(company)
    beginning.cancel(books.begun(company, FEBRUARY), reason="Test", by=anna)
    second = books.posted(company, FEBRUARY)
    assert (first.number, second.number) == (1, 2)


def test_what_changed_since_voids_the_approval(company, anna):
    who = books.p1(company)
    run = books.approved(company)
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna,
                          rows=[Typed(type=1210, amount=Decimal("1000.00"))])  # fmt: skip
    run.refresh_from_db()
    assert (run.status, run.is_stale, run.digest) == ("draft", True, "")
    with pytest.raises(refusals.NotApproved):
        booking.post(run, by=anna)
    with pytest.raises(refusals.Stale):
        approving.approve(run, seen=digest_of_run(run), by=anna)
    run = calculating.calculate_all(run, by=anna)
    assert Payslip.of(company).get().content.slip.gross == Decimal("7715.00")
    assert approving.approve(run, seen=digest_of_run(run), by=anna).status == "approved"


def test_a_fact_that_changed_since_is_told_with_the_name(company, anna):
    who = books.p1(company)
    run = books.approved(company)
    correct_fact(Fact.of(company).get(employee=who, kind="wage"), value=wage("7000.00"), by=anna)
    with pytest.raises(refusals.Stale, match="Muster"):
        booking.post(run, by=anna)


def test_what_was_seen_is_what_is_approved(company, anna):
    books.p1(company)
    run = books.calculated(company)
    seen = digest_of_run(run)
    beginning.set_days(run, by=anna, date=dt.date(2026, 1, 30), pay_date=run.pay_date)
    with pytest.raises(refusals.ContentChanged):
        approving.approve(run, seen=seen, by=anna)


def test_another_person_approves(company, anna):
    books.p1(company)
    run = books.calculated(company)
    other = make.user(company=company, granted=["payroll.approve"])
    with pytest.raises(NeedsAnother):
        approving.approve(run, seen=digest_of_run(run), by=anna)
    assert approving.approve(run, seen=digest_of_run(run), by=other).waiver == ""


def test_who_changed_an_account_or_typed_something_does_not_approve(company, anna):
    who = books.p1(company)
    bea = make.user(company=company, granted=["payroll.approve", "payroll.people"])
    cleo = make.user(company=company, granted=["payroll.approve"])
    other = books.payout(books.iban(9))
    correct_fact(Fact.of(company).get(employee=who, kind="payout"), value=other, by=bea)
    run = books.calculated(company)
    with pytest.raises(NeedsAnother):
        approving.approve(run, seen=digest_of_run(run), by=bea)
    assert approving.approve(run, seen=digest_of_run(run), by=cleo).status == "approved"


def test_who_only_calculated_approves_what_another_person_calculated_after_them(company, anna):
    books.p1(company)
    bea = make.user(company=company, granted=["payroll.approve", "payroll.run"])
    run = books.calculated(company)
    calculating.calculate_all(run, by=bea)
    with pytest.raises(NeedsAnother):
        approving.approve(run, seen=digest_of_run(run), by=bea)
    calculating.calculate_all(run, by=anna)
    assert approving.approve(run, seen=digest_of_run(run), by=bea).status == "approved"


def test_who_works_alone_approves_and_the_run_says_so(company, anna):
    books.p1(company)
    assert books.approved(company).waiver == "alone"


def test_findings_that_stop_are_told(company, anna):
    books.hire(company, facts=(wage("5000.00"),))
    run = books.calculated(company)
    with pytest.raises(Exception, match="Konto") as told:
        approving.approve(run, seen=digest_of_run(run), by=anna)
    assert "Muster" in str(getattr(told.value, "refusals", [told.value])[0])


def test_two_people_paid_to_one_account_and_a_jump_are_pointed_out(company, anna):
    who = books.employee(company, "6000.00")
    books.employee(company, "5000.00", number=1)
    run = books.calculated(company)
    codes = {one.code for slip in Payslip.of(company).filter(run=run)
             for one in slip.content.slip.findings}  # fmt: skip
    assert "run.iban_twice" in codes
    run = approving.approve(run, seen=digest_of_run(run), by=anna)
    booking.post(run, by=anna)
    set_fact(who, value=wage("9000.00"), valid_from=FEBRUARY, by=anna)
    run = books.calculated(company, FEBRUARY)
    found = [one for slip in Payslip.of(company).filter(run=run)
             for one in slip.content.slip.findings if one.code == "run.jump"]  # fmt: skip
    assert len(found) == 1
    assert found[0].values["percent"] == "+52"


def test_a_posted_run_is_frozen_by_the_database(company, anna):
    books.p1(company)
    run = books.posted(company)
    slip = Payslip.of(company).get()
    other = books.employee(company, "5000.00", number=2, iban=books.iban(2))
    for statement in (
        "UPDATE payroll_payslip SET digest = 'x' WHERE id = %(slip)s",
        "DELETE FROM payroll_payslip WHERE id = %(slip)s",
        "INSERT INTO payroll_payslip (company_id, run_id, employee_id, content, digest, findings, seal_id)"
        " SELECT company_id, run_id, %(other)s, content, digest, 0, gen_random_uuid()"
        " FROM payroll_payslip WHERE id = %(slip)s",
        "UPDATE payroll_payrollrun SET number = 7 WHERE id = %(run)s",
        "UPDATE payroll_payrollrun SET status = 'draft', number = NULL, entry_id = NULL WHERE id = %(run)s",
        "DELETE FROM payroll_payrollrun WHERE id = %(run)s",
    ):
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, {"slip": slip.pk, "run": run.pk, "other": other.pk})


def test_slips_of_an_approved_run_cannot_be_changed_unseen(company, anna):
    books.p1(company)
    run = books.approved(company)
    with (
        pytest.raises(DatabaseError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE payroll_payslip SET findings = 1 WHERE run_id = %s", [run.pk])


def test_content_that_was_swapped_is_noticed(company, anna):
    books.p1(company)
    run = books.approved(company)
    slip = Payslip.of(company).get()
    slip.content = msgspec.structs.replace(slip.content, language="fr")
    update_rows(Payslip, [slip], ["content"])
    with pytest.raises(refusals.Tampered):
        booking.post(run, by=anna)


def test_only_the_last_run_is_taken_back_and_the_month_run_anew(company, anna):
    books.p1(company)
    first = books.posted(company)
    second = books.posted(company, FEBRUARY)
    with pytest.raises(refusals.NotTheLast):
        booking.undo(first, reason="Test", by=anna)
    booking.undo(second, reason="Test", by=anna)
    assert balances(company)["5000"] == "6500.00"
    again = books.posted(company, FEBRUARY)
    assert again.number == 3
    carried = Payslip.of(company).get(run=again).content.slip.carry
    assert carried.sums["ahv"].wages == Decimal("13000.00")


def test_its_entry_is_not_reversed_elsewhere(company, anna):
    books.p1(company)
    run = books.posted(company)
    with pytest.raises(refusals.ReversedElsewhere):
        reverse(run.entry, date=run.date, by=anna)


def test_the_trail_tells_acts_and_no_wages(company, anna):
    who = books.p1(company)
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna,
                          rows=[Typed(type=1210, amount=Decimal("8765.40"))])  # fmt: skip
    books.posted(company)
    events = AuditEvent.of(company).filter(action__startswith="payroll_run")
    assert [one.action.partition(".")[2] for one in events.order_by("pk")] == [
        "begin", "calculate", "approve", "post",
    ]  # fmt: skip
    told = str([one.details for one in AuditEvent.of(company)])
    assert "8765" not in told
    assert "6500" not in told


def test_cost_centres_share_wages_and_contributions(company, anna):
    for number in ("10", "20"):
        CostCentre.unscoped.create(company=company, number=number, name_de=number)
    split = {"10": Decimal(60), "20": Decimal(40)}
    books.employee(company, "5000.00", cost_split=split)
    run = books.posted(company)
    lines = EntryLine.of(company).filter(entry=run.entry).select_related("account", "cost_centre")
    found = {(one.account.number, one.cost_centre.number): one.debit
             for one in lines if one.cost_centre}  # fmt: skip
    assert found["5000", "10"] == Decimal("3000.00")
    assert found["5000", "20"] == Decimal("2000.00")
    assert found["5700", "10"] + found["5700", "20"] == sum(
        one.debit for one in lines if one.account.number == "5700"
    )


def test_calculating_takes_the_same_queries_for_one_and_for_five(company, anna):
    counts = []
    run = None
    for number in range(5):
        books.employee(company, "5000.00", number=number + 1, iban=books.iban(number))
        if number not in (0, 4):
            continue
        run = run or books.begun(company)
        held = calculating.start_turn(run, by=anna)
        turn = calculating.Turn(held.pk, held.turn)
        ids = calculating.employed_ids(held)
        with CaptureQueriesContext(connection) as seen:
            calculating.calculate_some(held, ids, turn=turn)
        counts.append(len(seen))
        calculating.end_turn(held, turn=held.turn, by=anna)
    assert counts[0] == counts[1]
    assert counts[0] <= 32
    assert PayrollRun.of(company).get().slips.count() == 5


def test_a_slip_tells_what_is_left_of_the_holidays(company, anna):
    """25 days a year, five taken; who came in 2012 and was entered this year brings nothing along unbooked."""
    who = books.employee(
        company, "5000.00", number=3, iban=books.iban(3), entry=dt.date(2012, 1, 1)
    )
    book(who, kind=LeaveKind.HOLIDAYS, date=dt.date(2026, 1, 5), amount=Decimal(-5), by=anna)
    book(who, kind=LeaveKind.HOLIDAYS, date=dt.date(2026, 2, 2), amount=Decimal(-1), by=anna)
    run = books.calculated(company)
    slip = Payslip.of(company).get(run=run, employee=who)
    assert slip.content.leave == {"holidays": "20.0"}
