"""Paying a posted run (Lohnzahlung): pain.001 with the mark for wages, one debit, nobody named on it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import transaction

from accounting.banking.models import BankAccount
from accounting.payments.bank_days import is_bank_day, next_bank_day
from accounting.payments.pain import writing
from accounting.payments.pain.order import (
    SEPA_NAME,
    Address,
    Advice,
    Bank,
    Block,
    Order,
    Software,
    Transaction,
)
from accounting.payments.pain.text import fitted
from accounting.payments.refusals import DayGone, NotABankDay
from erp.access.models import User
from erp.audit import access_log, trail
from erp.core import clock, crashpoints
from erp.reference import queries as reference
from payroll.employees.models import Employee
from payroll.runs.bank import close
from payroll.runs.beginning import held_run
from payroll.runs.digest import changed_slips
from payroll.runs.models import Payment, PayrollRun, Payslip, WageOrder
from payroll.runs.refusals import (
    BankNotUsable,
    NothingToPay,
    NotPosted,
    OrderMissing,
    PaidAlready,
    ReasonMissing,
    Tampered,
)

Status = PayrollRun.Status
CURRENCY = "CHF"


@transaction.atomic
def pay(run: PayrollRun, *, bank: BankAccount, date: dt.date, by: User) -> list[WageOrder]:
    """Make the payment orders of a posted run, once; asked again, they are returned as they were made.

    Each is one debit that the bank shows without details (SALA, batch booking, collective advice); what
    the payees read names the company and the month. Accounts abroad have an order of their own. Raises
    ``NotPosted``, ``PaidAlready``, ``BankNotUsable``, ``DayGone``, ``NotABankDay``, ``Tampered``,
    ``NothingToPay`` or what the writing of orders refuses.
    """
    held = held_run(run)
    there = orders_of(held)
    made = [one for one in there if one.recalled_at is None]
    if made:
        return made
    if any(one.booked_entry_id for one in there):  # the bank executed what was given up
        raise PaidAlready(month=str(held))
    if held.status != Status.POSTED:
        kind = PaidAlready if held.status == Status.PAID else NotPosted
        raise kind(month=str(held), status=held.get_status_display())
    if bank.currency != CURRENCY or bank.iban[:2] not in {"CH", "LI"}:
        raise BankNotUsable(value=str(bank))
    if date < clock.today():
        raise DayGone(date=date)
    if not is_bank_day(date, CURRENCY):
        raise NotABankDay(date=date, next=next_bank_day(date, CURRENCY))
    slips = list(Payslip.of(held.company_id).filter(run=held).defer("paper").order_by("employee"))
    if changed_slips(slips):
        raise Tampered(month=str(held))
    groups = _groups(held, slips)
    if not groups:
        raise NothingToPay(month=str(held))
    for nth, (_kind, rows) in enumerate(sorted(groups.items()), len(there) + 1):
        made.append(_order(held, bank, date, nth, rows, by))
    held.bank_account, held.pay_date, held.exported_at = bank, date, clock.now()
    held.save(update_fields=["bank_account", "pay_date", "exported_at"])
    trail.record(company=held.company, by=by, action="payroll_run.pay", subject=held,
                 details={"orders": [one.message for one in made], "date": date,
                          "bank_account": bank.name})  # fmt: skip
    crashpoints.reach("payroll.paid")
    return made


def orders_of(run: PayrollRun) -> list[WageOrder]:
    """The orders of a run without their files, also those that were given up."""
    rows = WageOrder.of(run.company_id).filter(run=run).select_related("bank_account", "made_by")
    return list(rows.defer("file").order_by("pk"))


def _groups(held: PayrollRun, slips: Iterable[Payslip]) -> dict[str, list[Transaction]]:
    """Payments by how the bank sorts them: wages say their kind on the block, so one has one kind."""
    groups: dict[str, list[Transaction]] = defaultdict(list)
    told = fitted(f"{held.company.name} {held}").text[:140]
    for slip in slips:
        content = slip.content
        for nth, part in enumerate(content.payout, 1):
            name = fitted(part.name or content.person.get("name", "")).text[:SEPA_NAME]
            reference_ = f"L{held.number}-{slip.employee_id}-{nth}"
            one = Transaction(reference_, reference_, part.amount, CURRENCY, name, part.iban,
                              message=told, **_abroad(part))  # fmt: skip
            groups[one.kind.value].append(one)
    return groups


def _abroad(part: Payment) -> dict[str, Any]:
    """The bank and the address of a payee abroad, as banks write them."""
    told = part.abroad
    if isinstance(told, msgspec.UnsetType):
        return {}
    street, town = fitted(told.street).text[:70], fitted(told.town).text[:35]
    return {
        "bank": Bank(bic=told.bic),
        "address": Address(town, told.country, street, told.house_number[:16], told.postcode[:16]),
    }


def _order(
    held: PayrollRun, bank: BankAccount, date: dt.date, nth: int, rows: list[Transaction], by: User
) -> WageOrder:
    now = clock.now().astimezone(clock.ZURICH)
    name = f"LL{held.company_id}-{held.number}-{now:%y%m%d%H%M}-{nth}"
    debtor = fitted(held.company.name).text[:SEPA_NAME]
    own = reference.bank_of(bank.iban)
    block = Block(
        f"{name}-1", date, bank.iban, debtor, tuple(rows),
        bank_iid=own.bank.iid if own is not None else bank.iban[4:9], batch=True, is_salary=True,
        advice=Advice.COLLECTIVE,
    )  # fmt: skip
    content = writing.write(Order(name, now, debtor, (block,), Software()))
    made: WageOrder = WageOrder.unscoped.create(
        company=held.company, run=held, bank_account=bank, date=date, message=name, block=block.id,
        count=len(rows), total=block.total, file=content,
        digest=hashlib.sha256(content).hexdigest(), made_at=clock.now(), made_by=by,
    )  # fmt: skip
    return made


def taken_along(order: WageOrder, *, by: User) -> bytes:
    """The file of an order, byte by byte as it was made; that it left the house is noted.

    Raises ``Tampered`` where it is not what was made.
    """
    if hashlib.sha256(order.file).hexdigest() != order.digest:
        raise Tampered(month=str(order.run))
    access_log.note(company=order.company, by=by, kind="export", subject=Employee,
                    count=order.count, recipient=order.bank_account.name)  # fmt: skip
    trail.record(company=order.company, by=by, action="payroll_run.download", subject=order.run,
                 details={"file": order.digest, "number": order.message})  # fmt: skip
    return order.file


def file_name(order: WageOrder) -> str:
    """What the file of an order is called; of one that was given up it says so."""
    ending = "-recalled" if order.recalled_at else ""
    return f"{order.company.short_name}-{order.message}{ending}.xml"


@transaction.atomic
def recall(run: PayrollRun, *, reason: str, by: User) -> PayrollRun:
    """Give up orders that the bank did not execute; they are kept, and the run can be paid anew.

    The bank must know that it shall not pay. Where it executed all that was given up before, the run is
    paid with this. Raises ``ReasonMissing``, ``OrderMissing`` or ``PaidAlready``.
    """
    if not reason.strip():
        raise ReasonMissing
    held = held_run(run)
    orders = WageOrder.of(held.company_id).filter(run=held, recalled_at=None)
    names = list(orders.order_by("pk").values_list("message", flat=True))
    if not names:
        raise OrderMissing(month=str(held))
    waiting = orders.filter(booked_entry=None)
    if held.status != Status.POSTED or len(names) != waiting.update(
        recalled_at=clock.now(), recalled_by=by
    ):
        raise PaidAlready(month=str(held))
    held.exported_at = None
    held.save(update_fields=["exported_at"])
    close(held.company_id, held.pk)
    trail.record(company=held.company, by=by, action="payroll_run.recall", subject=held,
                 details={"orders": names, "reason": reason.strip()[:200]})  # fmt: skip
    return held
