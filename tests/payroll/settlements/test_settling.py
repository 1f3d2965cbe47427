"""Withholding tax is settled with the canton: once, as a debt of its tax office, and undone as a whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import Period
from accounting.ledger.posting import reverse
from accounting.ledger.years import lock_period
from accounting.open_items.models import OpenItem
from accounting.payments import approving, drafting, exporting
from accounting.payments.digest import digest_of
from accounting.payments.instructions import QrIbanNeeded, QrrNeeded
from accounting.qr.references import NotAQrr
from contacts import saving
from erp.core import clock
from erp.documents import storing
from payroll.declarations.gathering import year_of
from payroll.declarations.listing import report_of
from payroll.employees.keeping import set_fact
from payroll.employees.models import Employee
from payroll.runs import approving as approving_runs
from payroll.runs import booking, correcting, paying
from payroll.runs.digest import digest_of_run
from payroll.runs.models import PayrollRun
from payroll.settlements import refusals, settling
from payroll.settlements.deadlines import deadline_of
from payroll.settlements.models import SettledRun, TaxSettlement
from payroll.settlements.withheld import year_view
from payroll.setup.institutions import save_institution
from payroll.setup.refusals import WrongCommission
from tests import make
from tests.accounting.payments import books as payments
from tests.payroll.employees.books import wage
from tests.payroll.runs import books
from tests.payroll.runs.test_posting import balances
from tests.payroll.settlements import made

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 1) for month in (1, 2, 3))
LAST = dt.date(2026, 1, 31)


@pytest.fixture
def company():
    made.tariff()
    company = books.company()
    made.taxed(company)
    return company


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def settle(company, anna):
    def act(until=JANUARY, **more):
        told = {"company": company, "canton": "ZH", "until": until, "date": LAST, "by": anna}
        return settling.settle(**(told | more))

    return act


def test_what_was_withheld_becomes_a_debt_of_the_tax_office(company, settle):
    made.office(company)
    books.posted(company)
    before = balances(company)
    assert before["2279"] == "-300.00"

    one = settle(reference="21 00000 00003 13947 14300 09017")

    assert (one.tax, one.percent, one.commission, one.net) == (
        Decimal("300.00"), Decimal("2.00"), Decimal("6.00"), Decimal("294.00"),
    )  # fmt: skip
    after = balances(company)
    assert "2279" not in after
    assert (after["2000"], after["5790"]) == ("-294.00", "-6.00")
    item = OpenItem.of(company).get()
    assert (item.party, item.amount, item.due_date, item.reference) == (
        "Kantonales Steueramt", Decimal("294.00"), dt.date(2026, 3, 2), "210000000003139471430009017",
    )  # fmt: skip
    assert [(row.name, row.amount) for row in one.content] == [("Anna Muster", Decimal("300.00"))]


def test_the_debt_is_paid_with_the_reference_of_its_slip(company, settle, anna):
    made.office(company)
    company.street, company.postcode, company.town = "Gasse", "8001", "Zürich"
    company.save()
    books.posted(company)
    settle(reference="210000000003139471430009017")
    with clock.at(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)):
        run = drafting.draft(books.bank_of(company), date=payments.DAY, until=payments.DAY, by=anna)
        run = approving.approve(run, seen=digest_of(run), by=payments.colleague(company))
        run = exporting.export(run, by=run.approved_by)
    order = storing.content_of(run.file)
    assert b"<Prtry>QRR</Prtry>" in order
    assert b"210000000003139471430009017" in order
    assert b'<InstdAmt Ccy="CHF">294.00</InstdAmt>' in order


def test_how_it_is_paid_is_asked_for(company, settle, anna):
    office = made.office(company)
    books.posted(company)
    with pytest.raises(NotAQrr):
        settle(reference="210000000003139471430009018")
    with pytest.raises(QrIbanNeeded):
        settle(reference="210000000003139471430009017", account="CH9300762011623852957")
    with pytest.raises(QrrNeeded):
        settle(account=made.OFFICE_IBAN)
    contact = saving.add_contact(company=company, by=anna, kind="organisation", name="Steuern")
    save_institution(company=company, by=anna, row=office, contact=contact)
    with pytest.raises(refusals.AccountMissing):
        settle(reference="210000000003139471430009017")
    assert settle().net == Decimal("294.00")


def test_the_list_of_the_year_says_the_same(company, settle):
    made.office(company)
    books.posted(company)
    one = settle()
    listed = report_of(company, "tax", year_of(company, 2026)).rows[-1]
    assert (one.taxable, one.tax, one.commission, one.net) == (
        listed[6], listed[8], listed[9], listed[10],
    )  # fmt: skip


def test_a_quarter_is_settled_at_once(company, settle):
    made.office(company)
    for month in (JANUARY, FEBRUARY, MARCH):
        books.posted(company, month)
    assert [(one.month, one.tax) for one in year_view(company, 2026).open] == [
        (month, Decimal("300.00")) for month in (JANUARY, FEBRUARY, MARCH)
    ]
    one = settle(MARCH, date=dt.date(2026, 3, 31))
    assert (str(one), one.tax, one.commission) == (
        "ZH 01.2026–03.2026", Decimal("900.00"), Decimal("18.00"),  # noqa: RUF001
    )  # fmt: skip
    assert year_view(company, 2026).open == []


def test_the_same_month_is_settled_once(company, settle):
    made.office(company)
    books.posted(company)
    settle()
    with pytest.raises(refusals.SettledAlready):
        settle()
    with pytest.raises(refusals.NothingToSettle):
        settle(FEBRUARY)
    with pytest.raises(refusals.NothingToSettle):
        settle(canton="BE")
    assert TaxSettlement.of(company).count() == 1


def corrected(run, anna, *, day):
    """A higher wage, told, and corrected with a booking date."""
    set_fact(Employee.of(run.company).order_by("pk")[0], value=wage("7000.00"), valid_from=dt.date(2026, 1, 2),
             by=anna)  # fmt: skip
    one = correcting.begin_correction(run, by=anna, date=day)
    one = approving_runs.approve(one, seen=digest_of_run(one), by=anna)
    return booking.post(one, by=anna)


def test_a_correction_is_settled_in_the_month_of_its_booking_date(company, settle, anna):
    made.office(company)
    january = books.posted(company)
    first = settle()
    corrected(january, anna, day=dt.date(2026, 3, 10))
    books.posted(company, FEBRUARY)
    assert [(one.month, one.tax > 0) for one in year_view(company, 2026).open] == [
        (FEBRUARY, True), (MARCH, True),
    ]  # fmt: skip
    settle(FEBRUARY, date=dt.date(2026, 2, 28))
    march = settle(MARCH, date=dt.date(2026, 3, 31))
    (row,) = march.content
    assert (row.origin, row.month, row.is_correction) == (JANUARY, MARCH, True)
    listed = report_of(company, "tax", year_of(company, 2026)).rows
    assert march.tax == listed[-1][8]
    whole = sum(one.tax for one in TaxSettlement.of(company))
    assert whole == sum(
        tax.amount for one in year_of(company, 2026) for _posted, tax in one.taxes()
    )
    assert first.tax == Decimal("300.00")


def test_a_correction_paid_later_stays_in_its_month(company, settle, anna):
    """Paying chooses the day of payment anew, when its month may be settled already."""
    made.office(company)
    one = corrected(books.posted(company), anna, day=dt.date(2026, 3, 10))
    with clock.at(dt.datetime(2026, 4, 7, 9, tzinfo=dt.UTC)):
        paying.pay(one, bank=books.bank_of(company), date=dt.date(2026, 4, 9), by=anna)
    one.refresh_from_db()
    assert one.pay_date == dt.date(2026, 4, 9)
    assert [row.month for row in year_view(company, 2026).open] == [JANUARY, MARCH]


def test_the_office_that_was_active_in_the_month_is_owed(company, settle, anna):
    """An office that has ended is no heir of the active one, whichever was entered first."""
    made.office(company, name="Früher", active_until=dt.date(2025, 12, 31))
    active = made.office(company)
    made.office(company, name="Noch früher", active_until=dt.date(2024, 12, 31))
    books.posted(company)
    assert settle().institution == active
    save_institution(company=company, by=anna, row=active, active_until=LAST)
    books.posted(company, FEBRUARY)
    with pytest.raises(refusals.OfficeMissing):
        settle(FEBRUARY, date=dt.date(2026, 2, 28))


def test_what_stands_in_the_way_is_named(company, settle, anna):
    books.posted(company)
    with pytest.raises(refusals.OfficeMissing):
        settle()
    made.office(company)
    with pytest.raises(refusals.ChangedSince):
        settle(seen=Decimal("299.00"))
    with pytest.raises(refusals.DueTooEarly):
        settle(due_date=dt.date(2026, 1, 30))
    books.calculated(company, FEBRUARY)
    with pytest.raises(refusals.RunOpen):
        settle(FEBRUARY)
    lock_period(
        company=company, period=Period.of(company).get(start=JANUARY), lock="locked", by=anna
    )
    with pytest.raises(PeriodLocked):
        settle()
    company.modules = [one for one in company.modules if one != "payables"]
    company.save()
    with pytest.raises(refusals.CreditorsOff):
        settle()
    assert not TaxSettlement.of(company).exists()


def test_an_undone_settlement_leaves_nothing_and_can_be_made_anew(company, settle, anna):
    made.office(company)
    run = books.posted(company)
    before = balances(company)
    one = settle()
    with pytest.raises(refusals.UndoneAtSettlement):
        reverse(one.entry, date=LAST, by=anna)
    with pytest.raises(refusals.TaxSettled):
        booking.undo(run, reason="wrong", by=anna)

    undone = settling.undo(one, date=LAST, reason="wrong reference", by=anna)

    assert not undone.is_live
    assert balances(company) == before
    assert not SettledRun.of(company).exists()
    with pytest.raises(refusals.SettlementUndone):
        settling.undo(one, date=LAST, reason="again", by=anna)
    again = settle()
    assert again.tax == one.tax
    settling.undo(again, date=LAST, reason="wrong", by=anna)
    assert booking.undo(run, reason="wrong", by=anna).status == PayrollRun.Status.CANCELLED


def test_a_settlement_stays_as_it_was_made(company, settle):
    made.office(company)
    books.posted(company)
    one = settle()
    for change in ({"tax": Decimal(1)}, {"due_date": LAST}, {"entry": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            TaxSettlement.of(company).filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        SettledRun.of(company).update(canton="BE")


def test_the_commission_has_an_account_of_income_or_expense(company, anna, settle):
    with pytest.raises(Exception) as refused:
        made.office(company, expense=make.account(company, "2279"))
    assert [type(one) for one in refused.value.refusals] == [WrongCommission]
    made.office(company, expense=make.account(company, "3600"))
    books.posted(company)
    settle()
    assert balances(company)["3600"] == "-6.00"


def test_an_office_that_was_paid_stays(company, settle, anna):
    from payroll.setup.institutions import delete_institution
    from payroll.setup.refusals import InstitutionUsed

    office = made.office(company)
    books.posted(company)
    settle()
    with pytest.raises(InstitutionUsed):
        delete_institution(office, by=anna)
    save_institution(company=company, by=anna, row=office, active_until=LAST)


def test_months_without_tax_are_settled_without_an_entry(company, settle):
    made.office(company)
    made.load(made.record("06", "A0N", 1, percent=0, year=2026),
              made.record("12", "PEL", percent=200, year=2026),
              made.record("13", "MED", least=587500, year=2026), year=2026, made="20251209")  # fmt: skip
    books.posted(company)
    one = settle()
    assert (one.tax, one.entry, one.people) == (Decimal("0.00"), None, 1)
    settling.undo(one, date=LAST, reason="wrong", by=make.owner_of(company))


@pytest.mark.parametrize(
    ("canton", "how", "month", "end", "due"),
    [
        ("ZH", "PEL", 1, "2026-01-01", "2026-03-02"), ("GR", "PPA", 1, "2026-03-01", "2026-04-30"),
        ("GR", "PPA", 5, "2026-06-01", "2026-07-30"), ("GR", "PEL", 5, "2026-05-01", "2026-06-30"),
        ("GE", "PPA", 12, "2026-12-01", "2027-01-30"),
    ],
)  # fmt: skip
def test_periods_and_days_follow_the_canton(canton, how, month, end, due):
    rule = deadline_of(canton, dt.date(2026, month, 1))
    last = rule.end(dt.date(2026, month, 1), how)
    assert (last.isoformat(), rule.due(last).isoformat()) == (end, due)
