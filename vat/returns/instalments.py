"""Instalments of a year that is settled yearly (Raten bei jährlicher Abrechnung, MWSTG Art. 35a and 86a).

How many there are, which share of last year's tax each asks for and when it is due are dated data. The
tax administration bills them: what its invoice says goes before what is planned here.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounting.ledger import posting
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import Purpose
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import OWNER, NewItem, Party, open_items, signed
from accounting.open_items.settling import hold_of_entry, release
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module
from erp.core.money import ZERO, to_centimes
from vat.codes.models import VatSettings
from vat.returns.errors import (
    InstalmentAmount,
    InstalmentEntered,
    InstalmentNeedsOffice,
    NoInstalment,
    YearSettled,
)
from vat.returns.holding import alone
from vat.returns.models import TaxOffice, VatInstalment, VatReturn
from vat.returns.periods import Reporting
from vat.returns.queries import latest, period_starting, reporting
from vat.returns.settling import SOURCE, purpose_of

DATA: Final = Path(__file__).parent / "data" / "instalments.csv"


@dataclass(frozen=True, slots=True)
class Rule:
    """The ``nth`` instalment of a method: its share of the tax of the year before, and its day.

    ``days`` are counted from the first day of the year, which is day one: so it is never planned later
    than the law wants it. Below ``least`` francs nothing is billed: the law says no more than that, the
    amount is the practice of the tax administration.
    """

    method: str
    nth: int
    share: Decimal
    days: int
    least: Decimal
    valid_from: dt.date
    valid_to: dt.date
    source: str

    def due(self, start: dt.date) -> dt.date:
        return start + dt.timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Planned:
    """An instalment of a year; ``of`` is how many there are.

    ``amount`` is what is planned, or what was entered, in francs; None where the tax of the year before
    is not known here, zero where it is too small to be billed. ``is_paid`` tells it of what was entered.
    """

    period: Reporting
    nth: int
    of: int
    due: dt.date
    amount: Decimal | None
    source: str
    stored: VatInstalment | None = None
    is_paid: bool = False

    @property
    def state(self) -> str:
        """``planned``, ``none`` where nothing is billed, ``entered``, or ``paid``."""
        if self.stored is None:
            return "none" if self.amount == ZERO else "planned"
        return "paid" if self.is_paid else "entered"


def rules_of(method: str, day: dt.date) -> list[Rule]:
    """The instalments of a method in the year of a day, the first one first."""
    return [
        one for one in _rules()
        if one.method == method and one.valid_from <= day <= one.valid_to
    ]  # fmt: skip


def instalments(company: Company, periods: Iterable[Reporting]) -> dict[dt.date, list[Planned]]:
    """The instalments of those periods that are years, by their first day; three queries at most."""
    years = [one for one in periods if one.interval == VatSettings.Interval.YEAR
             and rules_of(one.method, one.start)]  # fmt: skip
    if not years:
        return {}
    entered = {
        (one.start, one.nth): one for one in VatInstalment.of(company).select_related("entry")
    }
    items = OpenItem.of(company).filter(entry__in=[one.entry_id for one in entered.values()])
    paid = (
        set(items.exclude(settled_on=None).values_list("entry_id", flat=True)) if entered else set()
    )
    filed = list(
        VatReturn.of(company).filter(state=VatReturn.State.FILED).order_by("filed_at", "pk")
    )
    return {one.start: _planned(one, entered, paid, _tax_before(one.start, filed)) for one in years}


def instalment(company: Company, start: dt.date, nth: int) -> Planned | None:
    """An instalment of the year that begins on a day; None where there is no such one."""
    periods = [one for one in reporting(company, start) if one.start == start]
    found = instalments(company, periods).get(start, ())
    return next((one for one in found if one.nth == nth), None)


def _planned(
    period: Reporting, entered: Mapping[tuple[dt.date, int], VatInstalment], paid: set[int],
    tax: Decimal | None,
) -> list[Planned]:  # fmt: skip
    rows = [(rule, entered.get((period.start, rule.nth)))
            for rule in rules_of(period.method, period.start)]  # fmt: skip
    rows = [(rule, one) for rule, one in rows if one or rule.due(period.start) <= period.end]
    return [
        Planned(
            period, rule.nth, len(rows), one.due_date if one else rule.due(period.start),
            one.amount if one else _amount(rule, tax), rule.source, one,
            bool(one and one.entry_id in paid),
        )
        for rule, one in rows
    ]  # fmt: skip


def _amount(rule: Rule, tax: Decimal | None) -> Decimal | None:
    if tax is None:
        return None
    amount = to_centimes(tax * rule.share)
    return amount if amount >= rule.least else ZERO


def _tax_before(start: dt.date, filed: Iterable[VatReturn]) -> Decimal | None:
    """The tax of the calendar year before, as it was declared here (Art. 86a para. 2); None where a part
    of it was filed elsewhere, or not at all."""
    first, last = dt.date(start.year - 1, 1, 1), dt.date(start.year - 1, 12, 31)
    together: dict[tuple[dt.date, dt.date, bool], list[VatReturn]] = {}
    for one in filed:
        if first <= one.start and one.end <= last:
            if one.elsewhere:
                return None
            year = one.kind == VatReturn.Kind.RECONCILIATION
            together.setdefault((one.start, one.end, year), []).append(one)
    days = sum(((end - begin).days + 1 for begin, end, year in together if not year), 0)
    if days < (last - first).days + 1:
        return None
    return sum((one.payable or ZERO for rows in together.values() for one in latest(rows)), ZERO)


@transaction.atomic
def enter_instalment(
    *, company: Company, start: dt.date, nth: int, amount: Decimal, due_date: dt.date, date: dt.date,
    by: User, reference: str = "",
) -> VatInstalment:  # fmt: skip
    """Owe an instalment to the tax office (Rate erfassen), as its invoice says; francs, above zero.

    It is posted to the settlement account, where the return of the year will meet it, and becomes an
    open item of the tax office, paid by a payment run. ``date`` is the booking date. Raises
    ``NoSuchPeriod``, ``NoInstalment``, ``InstalmentEntered``, ``YearSettled``, ``InstalmentAmount``,
    ``InstalmentNeedsOffice``, ``PurposeMissing``, and what ``posting.post`` raises.
    """
    alone(company.pk)
    period = period_starting(company, start)
    name = _("Instalment %(nth)s of %(period)s") % {"nth": nth, "period": period.name}
    if nth not in {one.nth for one in instalments(company, [period]).get(start, ())}:
        raise NoInstalment(period=period.name, nth=nth)
    before = VatInstalment.of(company).filter(start=start, nth=nth).select_related("entry").first()
    if before is not None:
        raise InstalmentEntered(number=before.entry.number)
    _require_open(company, start, period.name)
    if amount <= 0 or amount != to_centimes(amount):
        raise InstalmentAmount(value=amount)
    office = TaxOffice.of(company).select_related("contact").first()
    if office is None or office.contact is None or not company.uses(Module.PAYABLES):
        raise InstalmentNeedsOffice
    accounts = {row.pk: row for row in Account.of(company)}
    control, settlement = (
        purpose_of(accounts, p) for p in (Purpose.PAYABLES, Purpose.VAT_SETTLEMENT)
    )
    text = _("VAT") + f" {name}"
    entry = posting.post(
        company=company, date=date, text=text, by=by, source=SOURCE, owner=OWNER,
        source_key=f"vat-instalment:{start}:{nth}",
        lines=[signed(settlement, amount), signed(control, -amount)],
    )  # fmt: skip
    open_items(entry=entry, account=control, party=Party(office.contact.name, office.contact.pk), by=by,
               items=[NewItem(amount, due_date, reference=reference, text=text)],
               document=f"{start.year}/{nth}", document_date=date)  # fmt: skip
    one = VatInstalment(
        company=company, start=start, nth=nth, amount=amount, due_date=due_date, entry=entry
    )
    one.save()
    trail.record(company=company, by=by, action="vat_instalment.enter", subject=one,
                 details={"number": entry.number, "amount": amount, "due_date": due_date})  # fmt: skip
    return one


@transaction.atomic
def take_back_instalment(instalment: VatInstalment, *, date: dt.date, by: User) -> JournalEntry:
    """Undo an instalment that was entered; it is planned as before.

    Raises ``YearSettled``, and what ``posting.reverse`` and ``release`` raise, as where it is paid.
    """
    alone(instalment.company_id)
    rows = VatInstalment.of(instalment.company_id).select_related("company", "entry")
    current = rows.get(pk=instalment.pk)
    company = current.company
    _require_open(company, current.start, str(current.start.year))
    hold_of_entry(current.entry)
    mirror = posting.reverse(current.entry, date=date, by=by, owner=OWNER)
    release(current.entry, mirror=mirror, by=by)
    trail.record(company=company, by=by, action="vat_instalment.take_back", subject=current,
                 details={"number": mirror.number, "amount": current.amount})  # fmt: skip
    current.delete()
    return mirror


def _require_open(company: Company, start: dt.date, name: str) -> None:
    """Instalments of a year that is posted stay as they were set off."""
    rows = VatReturn.of(company).filter(kind=VatReturn.Kind.FIRST, start=start)
    if rows.exclude(entry=None).exists():
        raise YearSettled(period=name)


@cache
def _rules() -> tuple[Rule, ...]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Rule(
                row["method"], int(row["nth"]), Decimal(row["share"]), int(row["days"]),
                Decimal(row["least"]), dt.date.fromisoformat(row["valid_from"]),
                dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else dt.date.max, row["source"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
