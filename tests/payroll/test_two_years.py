"""People of all kinds over two years: slips, lists, certificates, wage accounts and the ledger say the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import translation

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.models import Account, EntryLine
from accounting.ledger.years import open_fiscal_year
from erp.cockpit.demo import add_cost_centres
from erp.cockpit.demo_payroll import money, open_office
from erp.cockpit.demo_payroll.people import PEOPLE
from erp.cockpit.demo_payroll.tariffs import load_tariffs
from erp.cockpit.members import grant
from payroll.declarations import families, issuing, lists, pensions, taxes
from payroll.declarations.accounts import wage_account
from payroll.declarations.gathering import year_of
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.runs.models import PayrollRun, Payslip, WageOrder
from tests import make
from vat.codes.tax import tax_in_gross

YEARS = (2025, 2026)
ZERO = Decimal(0)


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """Two whole years, run month by month, paid by the bank; all of it is undone in the end."""
    with django_db_blocker.unblock(), translation.override("de"), transaction.atomic():
        load_tariffs()
        company = make.found(first_year=(dt.date(2025, 1, 1), dt.date(2025, 12, 31)))
        by, approver = make.owner_of(company), make.user()
        open_fiscal_year(
            company=company, start=dt.date(2026, 1, 1), end=dt.date(2026, 12, 31), by=by
        )
        add_cost_centres(company, by)
        save_bank_account(BankAccount(company=company, name="Bank", iban="CH9300762011623852957",
                                      currency="CHF", account=make.account(company, "1020")), by=by)  # fmt: skip
        grant(company=company, user=approver, role="payroll", by=by)
        made = open_office(company, by=by, approver=approver)
        for year in YEARS:
            made.year_of(dt.date(year, 1, 1), dt.date(year, 12, 1))
            money.paid_by_the_bank(made)
            money.settle_with_insurers(made, year, until=dt.date(2026, 12, 31))
        yield made
        transaction.set_rollback(True)
    connection.close()


@pytest.fixture(scope="module")
def people(office):
    return {year: year_of(office.company, year) for year in YEARS}


@pytest.fixture(scope="module")
def slips(office):
    """The raw slips of each year, with the month they were paid for."""
    found = defaultdict(list)
    rows = (
        Payslip.of(office.company).filter(run__status__in=PayrollRun.BOOKED).select_related("run")
    )
    for row in rows.defer("paper"):
        found[row.run.month.year].append((row.run, row.content.slip))
    return found


@pytest.fixture(scope="module")
def certificates(office):
    return {year: prepared(office.company, year) for year in YEARS}


def charged(slips, *kinds, part=None):
    """What the slips charge of some insurances: both parts, or one of them."""
    return sum((getattr(one, name) for _run, slip in slips for one in slip.charges
                if one.insurance.value in kinds
                for name in ([part] if part else ["employee", "employer"])), ZERO)  # fmt: skip


def of_types(slips, *types, paid=True):
    return sum((line.amount for _run, slip in slips for line in slip.lines
                if line.type in types and line.paid == paid), ZERO)  # fmt: skip


def column(report, name):
    """A column of the rows that are no totals."""
    place = [key for key, _label in report.columns].index(name)
    return sum(
        (row[place] or ZERO for nth, row in enumerate(report.rows) if nth not in report.kinds), ZERO
    )


def test_all_of_them_were_paid_and_every_run_is_closed(office):
    runs = list(PayrollRun.of(office.company).order_by("number"))
    assert [one.number for one in runs] == list(range(1, 26))
    assert [one.month for one in runs if one.is_correction] == [dt.date(2026, 5, 1)]
    assert {one.status for one in runs} == {PayrollRun.Status.PAID}
    assert {one.waiver for one in runs} == {""}
    assert {one.approved_by_id for one in runs} == {office.approver.pk}
    assert not WageOrder.of(office.company).filter(booked_entry=None).exists()
    paid = Payslip.of(office.company).values_list("employee", flat=True)
    assert len(set(paid)) == len(PEOPLE) >= 25


@pytest.mark.parametrize("year", YEARS)
def test_lists_are_the_sums_of_the_slips(people, slips, year):
    mine, theirs = slips[year], people[year]
    for report, kinds in (
        (lists.ahv(theirs), ("ahv",)), (lists.alv(theirs), ("alv",)),
        (lists.uvg(theirs), ("bu", "nbu")), (lists.uvgz(theirs), ("uvgz",)),
        (lists.ktg(theirs), ("ktg",)), (families.fak(theirs), ("fak",)), (pensions.bvg(theirs), ("bvg",)),
    ):  # fmt: skip
        for part in ("employee", "employer"):
            assert column(report, part) == charged(mine, *kinds, part=part), (report.key, part)
    insured = {
        kind: sum((one.insured for _run, slip in mine for one in slip.charges
                   if one.insurance.value == kind), ZERO) for kind in ("ahv", "alv", "fak", "ktg", "uvgz")
    }  # fmt: skip
    assert column(lists.ahv(theirs), "ahv_wage") == insured["ahv"]
    assert (
        column(lists.ahv(theirs), "alv_wage")
        == column(lists.alv(theirs), "alv_wage")
        == insured["alv"]
    )
    assert column(families.fak(theirs), "fak_wage") == insured["fak"]
    assert column(lists.ktg(theirs), "contributory") == insured["ktg"]
    assert column(families.fak(theirs), "allowances") == of_types(
        mine, 3000, 3001, 3010, 3011, 3034
    )


@pytest.mark.parametrize("year", YEARS)
def test_certificates_are_the_sums_of_the_slips(certificates, slips, year):
    boxes = Counter()
    for one in certificates[year]:
        for box, amount in one.draft.boxes.items():
            boxes[box] += amount
    mine = slips[year]
    assert -boxes["12"] == of_types(mine, 5060, 5061) or boxes["12"] == -of_types(mine, 5060, 5061)
    assert boxes["9"] == charged(mine, "ahv", "alv", "nbu", part="employee")
    assert boxes["10.1"] == charged(mine, "bvg", part="employee")
    income = sum((amount for box, amount in boxes.items() if box in {"1", "2.1", "2.2", "2.3", "3", "4", "5",
                                                                    "6", "7"}), ZERO)  # fmt: skip
    gross = sum((slip.gross for _run, slip in mine), ZERO)
    assert income == gross
    expenses = sum((amount for box, amount in boxes.items() if box.startswith("13")), ZERO)
    assert expenses == of_types(mine, 6000, 6040, 6050)


@pytest.mark.parametrize("year", YEARS)
def test_wage_accounts_are_the_sums_of_the_slips(people, slips, year):
    lines = Counter()
    for _run, slip in slips[year]:
        for line in slip.lines:
            lines[f"{line.type:04d}"] += line.amount
    every = [row for part in wage_account(people[year]) for row in part.rows]
    told = Counter()
    for row in every:
        if row.number:
            told[row.number] += row.total
    assert {k: v for k, v in told.items() if v} == {k: v for k, v in lines.items() if v}
    each = Counter()
    for person in people[year]:
        for part in wage_account([person]):
            for row in part.rows:
                if row.number:
                    each[row.number] += row.total
    assert each == told
    totals = [row.total for row in every if row.kind == "total"]
    assert totals == [sum((getattr(slip, name) for _run, slip in slips[year]), ZERO)
                      for name in ("gross", "net", "payout")]  # fmt: skip


@pytest.mark.parametrize("year", YEARS)
def test_withholding_tax_is_settled_month_by_month(people, slips, year):
    """A canton's month is what the slips paid in it withheld; nothing is settled twice or not at all."""
    withheld = Counter()
    for run, slip in slips[year]:
        month = run.date.replace(day=1) if run.is_correction else run.month
        for tax in slip.taxes:
            withheld[tax.canton, month] += tax.amount
    rows = taxes.taxes_of(people[year])
    settled = {(due.canton, due.month): due.tax for due in taxes.dues(rows, {})}
    assert settled == dict(withheld)
    assert {canton for canton, _month in settled} == {"UR", "TI"}
    assert len(settled) == 24
    assert sum(withheld.values()) == -of_types(slips[year], 5060, 5061)
    assert column(taxes.settlement(people[year], {}), "tax") == sum(settled.values())


@pytest.mark.parametrize("year", YEARS)
def test_the_ledger_holds_what_the_slips_say_by_account(office, slips, year):
    """Re-added from lines and charges by code of its own, account by account."""
    mine = slips[year]
    vat = sum((tax_in_gross(line.amount, rate=Decimal("8.1")) for _run, slip in mine
               for line in slip.lines if line.type == 5210), ZERO)  # fmt: skip
    expected = Counter({
        "5820": of_types(mine, 6000), "5830": of_types(mine, 6040, 6050),
        "6270": of_types(mine, 5210) - vat, "2200": vat,
        "5001": of_types(mine, 1203, 1209, 1210), "1140": of_types(mine, 6510, 6520),
        "2210": of_types(mine, 6530),
        "5700": charged(mine, "ahv", "alv", "admin", part="employer"),
        "5710": charged(mine, "fak", "cantonal", part="employer"),
        "5720": charged(mine, "bvg", part="employer"),
        "5730": charged(mine, "bu", "nbu", "uvgz", part="employer"),
        "5740": charged(mine, "ktg", part="employer"),
        "2270": -charged(mine, "cantonal"),
        "2271": -charged(mine, "ahv", "alv", "admin", "fak") + of_types(mine, 3000, 3010, 3034),
        "2272": -charged(mine, "bvg"), "2273": -charged(mine, "bu", "nbu", "uvgz"),
        "2274": -charged(mine, "ktg"), "2279": of_types(mine, 5060, 5061),
        "1091": -sum((slip.payout for _run, slip in mine), ZERO),
    })  # fmt: skip
    wages = {1000, 1001, 1005, 1006, 1061, 1160, 1161, 1162, 1200, 1201, 1218, 1500, 1900, 1910, 5150,
             2000, 2030, 2035, 2050, 2060, 2070, 2075, 5200}  # fmt: skip
    expected["5000"] = of_types(mine, *wages)
    entries = [run.entry_id for run in {run.pk: run for run, _slip in mine}.values()]
    posted = Counter()
    for line in EntryLine.of(office.company).filter(entry__in=entries).select_related("account"):
        posted[line.account.number] += line.debit - line.credit
    assert {k: v for k, v in posted.items() if v} == {k: v for k, v in expected.items() if v}
    assert sum(posted.values()) == 0


def test_everything_is_paid_in_the_end(office):
    """The clearing account and that of the bank are empty; what is owed is the last quarter alone."""
    balances = Counter()
    for line in (
        EntryLine.of(office.company).filter(entry__number__isnull=False).select_related("account")
    ):
        balances[line.account.number] += line.debit - line.credit
    assert (balances["1091"], balances["1021"]) == (ZERO, ZERO)
    assert Account.of(office.company).filter(purpose="wages_clearing").get().number == "1091"


@pytest.mark.parametrize("year", YEARS)
def test_the_reconciliation_explains_everything(office, certificates, year):
    whole = reconcile(office.company, year, certificates[year])
    assert [(one.name, one.difference) for one in whole.checks if not one.agrees] == []
    assert [(row.number, row.slips, row.posted) for row in whole.accounts if not row.agrees] == []
    assert whole.agrees
    assert whole.clearing == ZERO


def test_certificates_of_a_year_are_issued_and_stay_as_they_are(office):
    """Each once; those who came back have one for each period."""
    some = [office.people[who].pk for who in ("anna", "quirin", "jacopo")]
    issued = issuing.issue(company=office.company, year=2025, by=office.by, only=some)
    assert sorted(row.nth for row in issued) == [1, 1, 1, 2]
    assert issuing.issue(company=office.company, year=2025, by=office.by, only=some) == []
