"""Settling withholding tax with a canton (Quellensteuer abrechnen): the debt to its tax office, and undoing it.

What was withheld leaves its liability account; the commission is credited to the account of the tax office
(5790 in the usual chart), and the rest becomes an open item, paid by a payment run. A refund becomes a
credit. Source: DBG Art. 88 and 100, QStV Art. 6, circular 45 of the ESTV.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.ledger import posting
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import Purpose
from accounting.open_items.opening import OWNER, NewItem, Party, open_items, signed
from accounting.open_items.settling import hold_of_entry, release
from accounting.qr.references import parse_qrr, parse_scor
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module
from erp.core import clock
from payroll.declarations.taxes import Due
from payroll.rates.tariffs import commission
from payroll.runs.beginning import hold_company
from payroll.runs.models import PayrollRun
from payroll.runs.refusals import ReasonMissing
from payroll.settlements import paying
from payroll.settlements.deadlines import Deadline, deadline_of
from payroll.settlements.models import SettledRun, SettledTax, TaxSettlement, span_of
from payroll.settlements.refusals import (
    ChangedSince,
    CreditorsOff,
    DueTooEarly,
    NothingToSettle,
    OfficeMissing,
    RunOpen,
    SettledAlready,
    SettlementUndone,
)
from payroll.settlements.withheld import due_of, first_open_run, open_of
from payroll.setup.accounts import plan_of
from payroll.setup.models import Institution
from payroll.setup.queries import tax_offices
from payroll.setup.settings import settings_of
from payroll.wages.spans import month_end

KEY = "payroll-tax"


@dataclass(frozen=True)
class Proposal:
    """A settlement as it would be made: ``sums`` of all rows, by the canton's rule and commission."""

    canton: str
    year: int
    first: dt.date
    last: dt.date
    sums: Due
    percent: Decimal
    how: str
    rule: Deadline
    rows: Sequence[SettledTax] = field(repr=False)

    @property
    def due_date(self) -> dt.date:
        return self.rule.due(self.last)

    @property
    def span(self) -> str:
        return span_of(self.first, self.last)


def propose(company: Company, canton: str, until: dt.date, *, year: int | None = None) -> Proposal:
    """What would be settled with a canton: all that is open of a year's wages until a month, its first day.

    ``year`` is that of the month without; another one has supplements, paid after it had ended.
    Raises ``NothingToSettle``, ``SettledAlready``, ``RunOpen`` or ``TariffMissing``.
    """
    year = until.year if year is None else year
    rows = open_of(company, canton, until, year)
    if not rows:
        _refuse_empty(company, canton, until, year)
    not_posted = first_open_run(company, until, year)
    if not_posted is not None:
        raise RunOpen(month=str(not_posted))
    how = settings_of(company).commission
    percent = commission(canton, min(month_end(until), dt.date(year, 12, 31)), how)
    return Proposal(
        canton, year, min(row.month for row in rows), until, due_of(canton, until, rows, percent, year),
        percent, how, deadline_of(canton, until), rows,
    )  # fmt: skip


def _refuse_empty(company: Company, canton: str, until: dt.date, year: int) -> None:
    made = TaxSettlement.of(company).filter(
        canton=canton, cancelled_at=None, last__gte=until, year=year
    )
    found = made.order_by("last").first()
    told = {"canton": canton, "month": f"{until:%m.%Y}"}
    if found is not None:
        raise SettledAlready(name=str(found), **told)
    raise NothingToSettle(**told)


@transaction.atomic
def settle(
    *, company: Company, canton: str, until: dt.date, date: dt.date, by: User,
    due_date: dt.date | None = None, reference: str = "", account: str = "",
    seen: Decimal | None = None, year: int | None = None,
) -> TaxSettlement:  # fmt: skip
    """Settle with a canton all that was withheld until a month and is not settled; ``date`` is that of the entry.

    ``due_date`` is as the canton's rule says without; ``reference`` (QRR or SCOR) and ``account`` are those
    of the payment slip, the contact's account counts without; ``seen`` is the tax in CHF that somebody
    looked at; ``year`` is as ``propose`` has it. A refund becomes a credit of the tax office. Raises
    what ``propose`` raises, ``ChangedSince``, ``OfficeMissing``, ``CreditorsOff``, ``DueTooEarly``,
    ``NotAQrr``, ``NotAScor``, ``PurposeMissing``, and what ``setup.accounts``, ``paying.instruct`` and
    ``posting.post`` raise.
    """
    hold_company(company)
    until = until.replace(day=1)
    found = propose(company, canton, until, year=year)
    if seen is not None and seen != found.sums.tax:
        raise ChangedSince(canton=canton, month=f"{until:%m.%Y}", seen=seen, now=found.sums.tax)
    office = _office(company, canton, month_end(found.last))
    due_date = due_date or max(found.due_date, date)
    if due_date < month_end(found.last):
        raise DueTooEarly(value=due_date, end=month_end(found.last))
    one = TaxSettlement(
        company=company, institution=office, canton=canton, year=found.year, first=found.first, last=found.last,
        people=found.sums.people, tax=found.sums.tax, how=found.how,
        percent=found.percent, commission=found.sums.commission, date=date, due_date=due_date,
        reference=_checked(reference), content=tuple(found.rows), settled_at=clock.now(),
        settled_by=by,
    )  # fmt: skip
    if one.tax:
        one.entry = _post(one, office, by, account)
    one.save()
    numbers = {row.run for row in found.rows}
    runs = PayrollRun.of(company).filter(number__in=numbers)
    SettledRun.unscoped.bulk_create(
        SettledRun(company=company, settlement=one, canton=canton, run=run) for run in runs
    )
    trail.record(company=company, by=by, action="tax_settlement.settle", subject=one,
                 details={"canton": canton, "months": one.span, "tax": one.tax,
                          "commission": one.commission,
                          "entry": one.entry.number if one.entry else None})  # fmt: skip
    return one


@transaction.atomic
def undo(settlement: TaxSettlement, *, date: dt.date, reason: str, by: User) -> TaxSettlement:
    """Undo a settlement of which nothing is paid: its entry is reversed, its months can be settled anew.

    ``date`` is that of the reversal. Raises ``ReasonMissing``, ``SettlementUndone``, and what
    ``posting.reverse`` and ``release`` raise, as where a part is paid.
    """
    if not reason.strip():
        raise ReasonMissing
    hold_company(settlement.company)
    rows = TaxSettlement.of(settlement.company_id).select_related("company", "entry")
    current: TaxSettlement = rows.select_for_update(of=("self",)).get(pk=settlement.pk)
    if not current.is_live:
        raise SettlementUndone(name=str(current))
    current.cancelled_at, current.cancelled_by = clock.now(), by
    current.reason = reason.strip()[:200]
    current.save(update_fields=["cancelled_at", "cancelled_by", "reason"])
    number = None
    if current.entry is not None:
        hold_of_entry(current.entry)
        mirror = posting.reverse(current.entry, date=date, by=by, owner=OWNER)
        if current.net:
            release(current.entry, mirror=mirror, by=by)
        number = mirror.number
    SettledRun.of(current.company_id).filter(settlement=current).delete()
    trail.record(company=current.company, by=by, action="tax_settlement.undo", subject=current,
                 details={"canton": current.canton, "months": current.span, "entry": number,
                          "reason": current.reason})  # fmt: skip
    return current


def _office(company: Company, canton: str, on: dt.date) -> Institution:
    """The tax office that is owed, active on a day. Raises ``CreditorsOff`` or ``OfficeMissing``."""
    if not company.uses(Module.PAYABLES):
        raise CreditorsOff
    office = tax_offices(company, on).get(canton)
    if office is None or office.contact is None:
        raise OfficeMissing(canton=canton)
    return office


def _post(one: TaxSettlement, office: Institution, by: User, account: str) -> JournalEntry:
    """The entry of a settlement, with the open item of the tax office."""
    company = one.company
    plan = plan_of(company, one.date)
    control = _payables(company)
    lines = [signed(plan.liability("tax", institution=office.pk), one.tax)]
    if one.commission:
        lines.append(signed(plan.expense("tax", institution=office.pk), -one.commission))
    if one.net:
        lines.append(signed(control, -one.net))
    with override(company.language):
        text = _("Withholding tax %(canton)s %(months)s") % {
            "canton": one.canton,
            "months": one.span,
        }
    document = f"QST {one}"[:40]
    entry = posting.post(
        company=company, date=one.date, text=text, lines=lines, by=by, voucher=document,
        source=JournalEntry.Source.PAYROLL, source_key=_key(one), owner=OWNER,
    )  # fmt: skip
    if one.net:
        assert office.contact is not None  # refused before
        (item,) = open_items(
            entry=entry, account=control, party=Party(office.contact.name, office.contact.pk), by=by,
            items=[NewItem(one.net, one.due_date, reference=one.reference, text=text)],
            document=document, document_date=one.date,
        )  # fmt: skip
        if one.net > 0 and (one.reference or account):
            paying.instruct(item, office.contact, reference=one.reference, account=account, by=by)
    return entry


def _key(one: TaxSettlement) -> str:
    """What the ledger calls the entry: the same months may be settled again after an undo."""
    made = TaxSettlement.of(one.company_id).filter(canton=one.canton, last=one.last).count()
    return f"{KEY}:{one.canton}:{one.last:%Y-%m}:{made + 1}"


def _payables(company: Company) -> Account:
    found: Account | None = Account.of(company).filter(purpose=Purpose.PAYABLES).first()
    if found is None:
        raise PurposeMissing(purpose=Purpose.PAYABLES.label)
    return found


def _checked(reference: str) -> str:
    """A reference in its canonical form, or none. Raises ``NotAQrr`` or ``NotAScor``."""
    bare = "".join(reference.split()).upper()
    if not bare:
        return ""
    return parse_scor(bare) if bare.startswith("RF") else parse_qrr(bare)
