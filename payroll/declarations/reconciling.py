"""Payroll beside certificates, lists and the ledger for a year (Abstimmung): sums that must be the same.

What differs for a reason that is known says so; what remains is shown as a fault. Source: guide to the
wage certificate, margin 5; AHVV Art. 143 (books and declarations agree).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.ledger.balances import balance_before
from accounting.ledger.models import Account, EntryLine
from accounting.ledger.models.accounts import Purpose
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.web.export import Table
from payroll.declarations.certificate import INCOME, amounts_of, totals_of
from payroll.declarations.gathering import PersonYear
from payroll.declarations.insured import by_kind, insured_rows
from payroll.declarations.preparing import Prepared
from payroll.runs.entries import Entry
from payroll.runs.models import PayrollRun
from payroll.setup.accounts import plan_of
from payroll.setup.words import insurance_name
from payroll.wages.kinds import Base, Insurance, Kind
from payroll.wages.simplified import KEY as SIMPLIFIED_TAX


@dataclass(frozen=True, slots=True)
class Check:
    """Two sums that must agree, but for what is explained; all in CHF."""

    name: str
    left: str
    left_amount: Decimal
    right: str
    right_amount: Decimal
    explained: Decimal = ZERO
    why: str = ""

    @property
    def difference(self) -> Decimal:
        """What is not explained."""
        return self.left_amount - self.right_amount - self.explained

    @property
    def agrees(self) -> bool:
        return not self.difference


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account: what slips make of it, what payroll posted, what others posted; debit positive."""

    number: str
    name: str
    slips: Decimal
    posted: Decimal
    others: Decimal

    @property
    def agrees(self) -> bool:
        return self.slips == self.posted

    @property
    def total(self) -> Decimal:
        return self.posted + self.others


@dataclass(frozen=True)
class Reconciliation:
    """``clearing`` is the balance of the clearing account at the end of the year; None without one.

    ``missing`` says why the ledger could not be compared.
    """

    checks: Sequence[Check]
    accounts: Sequence[AccountRow]
    clearing: Decimal | None
    missing: str = ""
    missing_key: str = ""  # the same in all languages

    @property
    def agrees(self) -> bool:
        sums = all(one.agrees for one in self.checks)
        return sums and all(row.agrees for row in self.accounts) and not self.missing


def reconcile(company: Company, year: int, certificates: Sequence[Prepared]) -> Reconciliation:
    """A year's payroll beside all that stands on it; a fixed number of queries beyond ``certificates``."""
    people = list({one.person.file.id: one.person for one in certificates}.values())
    accounts: Sequence[AccountRow] = ()
    missing = missing_key = ""
    try:
        accounts = _accounts(company, year, people)
    except DomainError as refusal:
        missing = str(refusal)
        with override("en"):
            missing_key = f"{refusal.code}: {refusal}"
    checks = [*_checks(people, certificates), *_issued(certificates)]
    return Reconciliation(checks, accounts, _clearing(company, year), missing, missing_key)


# --- within payroll ---------------------------------------------------------------------------------
def _checks(people: Sequence[PersonYear], certificates: Sequence[Prepared]) -> list[Check]:
    boxes = totals_of(one.draft for one in certificates)
    lines = [line for person in people for _posted, line in person.lines()]
    gross = sum((person.gross for person in people), ZERO)
    boxed = sum(
        (amount for line in lines for box, amount in amounts_of(line) if box in INCOME), ZERO
    )
    of_gross = sum((line.amount for line in lines if line.paid and Base.GROSS in line.bases), ZERO)
    slips, forms = _("payslips"), _("wage certificates")
    found = [
        Check(_("Gross wages, box 8"), slips, gross, forms, boxes["8"], of_gross - boxed,
              _("wage types in a box that do not count as gross, or the other way round")),
        Check(_("AHV, ALV and NBU, box 9"), slips, _employee(people, *_BOX_9), forms, boxes["9"],
              *_others_in_9(people)),
        Check(_("Pension fund, boxes 10.1 and 10.2"), slips,
              _employee(people, Insurance.BVG) + _beyond_charges(people), forms,
              boxes["10.1"] + boxes["10.2"]),
        Check(_("Withholding tax, box 12"), slips, _taxes(people), forms, boxes["12"]),
        Check(_("Lines of all payslips"), _("lines"), _payout_of_lines(people), _("payouts"),
              sum((one.slip.payout for person in people for one in person.slips), ZERO)),
    ]  # fmt: skip
    return found + _accumulated(people)


_BOX_9 = (Insurance.AHV, Insurance.ALV, Insurance.NBU)


def _employee(people: Iterable[PersonYear], *kinds: Insurance) -> Decimal:
    return sum((row.employee for row in by_kind(insured_rows(people), *kinds)), ZERO)


def _others_in_9(people: Iterable[PersonYear]) -> tuple[Decimal, str]:
    """Other contributions whose wage type the company put into box 9."""
    usual = {
        charge.type for person in people for _posted, charge in person.charges()
        if charge.insurance in _BOX_9
    }  # fmt: skip
    more = sum(
        (amount for person in people for _posted, line in person.lines()
         if line.type not in usual for box, amount in amounts_of(line) if box == "9"), ZERO
    )  # fmt: skip
    return -more, _("other contributions that stand in box 9")


def _beyond_charges(people: Iterable[PersonYear]) -> Decimal:
    """What boxes 10 hold beside the monthly contributions: buy-ins, and what the employer took over."""
    total = ZERO
    for person in people:
        usual = {charge.type for _posted, charge in person.charges()
                 if charge.insurance == Insurance.BVG}  # fmt: skip
        for _posted, line in person.lines():
            if line.type not in usual or line.kind == Kind.EMPLOYER_PAID:
                total += sum((amount for box, amount in amounts_of(line)
                              if box in {"10.1", "10.2"}), ZERO)  # fmt: skip
    return total


def _taxes(people: Iterable[PersonYear]) -> Decimal:
    at_source = (tax.amount for person in people for _posted, tax in person.taxes())
    flat = (charge.employee for person in people for _posted, charge in person.charges()
            if charge.key == SIMPLIFIED_TAX)  # fmt: skip
    return sum(at_source, ZERO) + sum(flat, ZERO)


def _payout_of_lines(people: Iterable[PersonYear]) -> Decimal:
    return sum((line.amount for person in people for _posted, line in person.lines() if line.paid),
               ZERO)  # fmt: skip


def _accumulated(people: Sequence[PersonYear]) -> list[Check]:
    """The months of each insurance beside what the last slip of the year had accumulated."""
    listed: dict[Insurance, Decimal] = defaultdict(Decimal)
    kept: dict[Insurance, Decimal] = defaultdict(Decimal)
    for person in people:
        kinds = {charge.key: charge.insurance for _posted, charge in person.charges()}
        for _posted, charge in person.charges():
            listed[charge.insurance] += charge.insured
        sums = person.slips[-1].slip.carry.sums
        for key, kind in kinds.items():
            if key in sums:
                kept[kind] += sums[key].insured
    return [
        Check(_("Insured wages %(insurance)s") % {"insurance": insurance_name(kind)}, _("lists"),
              listed[kind], _("accumulated"), kept[kind])
        for kind in Insurance if listed[kind] or kept[kind]
    ]  # fmt: skip


def _issued(certificates: Sequence[Prepared]) -> list[Check]:
    issued = [one.issued.content for one in certificates if one.issued is not None]
    if not issued:
        return []
    now = totals_of(one.draft for one in certificates if one.issued is not None)
    before = totals_of(issued)
    return [
        Check(_("Box %(box)s, as issued") % {"box": box}, _("certificates today"), now[box],
              _("issued"), before[box])
        for box in ("8", "11")
    ]  # fmt: skip


# --- the ledger -------------------------------------------------------------------------------------
def _accounts(company: Company, year: int, people: Sequence[PersonYear]) -> list[AccountRow]:
    """Each account that payroll touches. Raises what leads to no account."""
    entry = Entry(plan_of(company, dt.date(year, 12, 31)), by_centre=False)
    for person in people:
        for one in person.slips:
            if one.content is not None:
                entry.add(one.content)
    made: dict[int, Decimal] = defaultdict(Decimal)
    for is_debit, rows in entry.sums.items():
        for (account, _centre), amount in rows.items():
            made[account] += amount if is_debit else -amount
    posted, every = _posted(company, year)
    rows_ = Account.of(company).filter(pk__in={*made, *posted}).order_by("number")
    return [
        AccountRow(row.number, row.name, made.get(row.pk, ZERO), posted.get(row.pk, ZERO),
                   every.get(row.pk, ZERO) - posted.get(row.pk, ZERO))
        for row in rows_
    ]  # fmt: skip


def _posted(company: Company, year: int) -> tuple[Mapping[int, Decimal], Mapping[int, Decimal]]:
    """By account what the runs of the year posted, and all that was posted in the year."""
    runs = PayrollRun.of(company).filter(status__in=PayrollRun.BOOKED, month__year=year)
    entries = runs.values("entry")
    by_runs = _sums(EntryLine.of(company).filter(entry__in=entries))
    all_lines = EntryLine.of(company).filter(
        entry__posted_at__isnull=False, date__year=year, account__in=list(by_runs)
    )
    return by_runs, _sums(all_lines)


def _sums(lines: Any) -> dict[int, Decimal]:
    rows = lines.values_list("account").annotate(Sum("debit"), Sum("credit")).order_by()
    return {account: debit - credit for account, debit, credit in rows}


def _clearing(company: Company, year: int) -> Decimal | None:
    account = Account.of(company).filter(purpose=Purpose.WAGES_CLEARING).first()
    if account is None:
        return None
    day = dt.date(year + 1, 1, 1)
    return balance_before(company, account=account.pk, day=day, year=None, carried=True)[0]


def reconciliation_table(one: Reconciliation, *, year: int) -> Table:
    """The reconciliation to be printed or taken along."""
    rows: list[list[Any]] = []
    kinds: dict[int, str] = {}
    for check in one.checks:
        told = _("agrees") if check.agrees else _("differs")
        rows.append([check.name, check.left, check.left_amount, check.right, check.right_amount,
                     check.explained or None, check.difference, told])  # fmt: skip
    kinds[len(rows)] = "section"
    rows.append([_("Accounts"), "", None, "", None, None, None, ""])
    for row in one.accounts:
        told = _("agrees") if row.agrees else _("differs")
        rows.append([f"{row.number} {row.name}", _("payslips"), row.slips, _("posted"), row.posted,
                     row.others or None, row.slips - row.posted, told])  # fmt: skip
    if one.clearing is not None:
        kinds[len(rows)] = "total"
        rows.append([_("Clearing account at the end of the year"), "", None, "", one.clearing, None,
                     one.clearing, _("agrees") if not one.clearing else _("open")])  # fmt: skip
    return Table(
        title=_("Reconciliation of wages"), subtitle=str(year),
        head=[_("What"), _("Here"), _("Amount"), _("There"), _("Amount"), _("Explained, others"),
              _("Difference"), ""],
        rows=rows, kinds=kinds, name=f"reconciliation-{year}", wide=True, currency="CHF",
    )  # fmt: skip
