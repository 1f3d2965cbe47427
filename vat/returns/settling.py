"""Posting a filed return (Abrechnung verbuchen): tax accounts to the settlement account, then the debt."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounting.ledger import posting
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import Purpose
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import OWNER, NewItem, Party, open_items, signed
from accounting.open_items.settling import hold_of_entry, release
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Module
from erp.core.money import ZERO
from vat.codes.models import VatSettings
from vat.returns import pieces
from vat.returns.computing import Computed
from vat.returns.errors import NotFiled, NothingToPost, NotSettled, SettledAlready, UndoneAtReturn
from vat.returns.holding import held
from vat.returns.models import TaxOffice, VatInstalment, VatReturn
from vat.returns.periods import period_name
from vat.returns.queries import declared_for, frozen_scope, latest
from vat.returns.rules import rule

SOURCE: Final = JournalEntry.Source.VAT


@transaction.atomic
def settle(filed: VatReturn, *, date: dt.date, by: User, reference: str = "") -> JournalEntry:
    """Post a filed return: what is booked as tax goes to the settlement account.

    What is declared beyond what is booked is a difference of rounding, or with net and flat rates
    the tax itself. Where creditors are in use and a tax office is set, what is to be paid becomes an
    open item of it, due when the return is due; ``reference`` is that of its payment slip. Instalments
    of the year that are owed or paid already are set off: the rest alone is owed. Raises ``NotFiled``,
    ``NothingToPost``, ``SettledAlready``, ``PurposeMissing``, and what ``posting.post`` raises.
    """
    current = held(filed)
    name = period_name(current.start, current.end)
    if not current.is_filed or current.elsewhere:
        raise NotFiled(period=name)
    if current.entry is not None:
        raise SettledAlready(number=current.entry.number)
    accounts = {a.pk: a for a in Account.of(current.company)}
    lines = settlement_lines(current, accounts)
    if not lines:
        raise NothingToPost(period=name)
    office = TaxOffice.of(current.company).select_related("contact").first()
    owed = sum((line.credit - line.debit for line in lines
                if line.account.purpose == Purpose.VAT_SETTLEMENT), ZERO)  # fmt: skip
    owed -= set_off(current)
    item = None
    if owed > 0 and office and office.contact and current.company.uses(Module.PAYABLES):
        control, settlement = (
            purpose_of(accounts, p) for p in (Purpose.PAYABLES, Purpose.VAT_SETTLEMENT)
        )
        lines += [signed(settlement, owed), signed(control, -owed)]
        item = NewItem(
            owed, max(current.due_date, date), reference=reference, text=_("VAT") + f" {name}"
        )
    entry = posting.post(
        company=current.company, date=date, text=_("VAT %(period)s") % {"period": name}, lines=lines,
        by=by, voucher=current.reference[:40], vouchers=[current.pdf] if current.pdf else [],
        source=SOURCE, source_key=f"vat-return:{current.pk}", owner=OWNER,
    )  # fmt: skip
    if item is not None:
        assert office is not None and office.contact is not None
        open_items(entry=entry, account=control, party=Party(office.contact.name, office.contact.pk),
                   items=[item], by=by, document=current.reference[:40], document_date=date)  # fmt: skip
    current.entry = entry
    current.save(update_fields=["entry"])
    trail.record(company=current.company, by=by, action="vat_return.settle", subject=current,
                 details={"number": entry.number, "payable": current.payable})  # fmt: skip
    return entry


def settlement_lines(filed: VatReturn, accounts: dict[int, Account]) -> list[Line]:
    """What settles a filed return: every tax account, the difference, and the settlement account."""
    moved = _booked(filed)
    payable = _payable(filed)
    lines = [signed(accounts[pk], -amount) for pk, amount in moved if amount]
    booked = -sum((amount for _pk, amount in moved), ZERO)
    difference = payable - booked
    if difference:
        lines.append(signed(purpose_of(accounts, _for_difference(filed, difference)), difference))
    if payable:
        lines.append(signed(purpose_of(accounts, Purpose.VAT_SETTLEMENT), -payable))
    return lines


@transaction.atomic
def unsettle(settled: VatReturn, *, date: dt.date, by: User) -> JournalEntry:
    """Undo the posting of a return; it stays filed, and can be posted again.

    Raises ``NotSettled``, and what ``posting.reverse`` raises, as where it is paid already.
    """
    current = held(settled)
    if current.entry is None:
        raise NotSettled
    hold_of_entry(current.entry)
    mirror = posting.reverse(current.entry, date=date, by=by, owner=OWNER)
    if OpenItem.of(current.company).filter(entry=current.entry).exists():
        release(current.entry, mirror=mirror, by=by)
    current.entry = None
    current.save(update_fields=["entry"])
    trail.record(company=current.company, by=by, action="vat_return.unsettle", subject=current,
                 details={"number": mirror.number})  # fmt: skip
    return mirror


def is_minor(filed: Computed) -> bool:
    """Whether declared and booked tax differ by no more than rounding brings."""
    rows = len(filed.declaration.supplies) + len(filed.declaration.acquisitions)
    limit = rule("minor_difference", filed.scope.end) * max(rows, 1)
    return abs(filed.difference) <= limit


def require_not_settlement(entry: JournalEntry, owner: str) -> None:
    """Refuse to reverse the posting of a return in the journal. Raises ``UndoneAtReturn``."""
    if entry.source == SOURCE and owner != OWNER:
        raise UndoneAtReturn(number=entry.number)


def before(filed: VatReturn) -> list[VatReturn]:
    """What was declared for the period of a correction before it, see ``queries.latest``."""
    rows = [one for one in declared_for(filed) if _order(one) < _order(filed)]
    return latest(rows)


def _order(one: VatReturn) -> tuple[dt.datetime, int]:
    assert one.filed_at is not None  # filed returns have it
    return (one.filed_at, one.pk)


def _payable(filed: VatReturn) -> Decimal:
    """What a return adds to what was declared: a correction that tells the whole, the rest of it."""
    assert filed.payable is not None  # the database wants it of filed returns
    if filed.kind != VatReturn.Kind.CORRECTION or filed.differences:
        return filed.payable
    return filed.payable - sum((one.payable or ZERO for one in before(filed)), ZERO)


def _booked(filed: VatReturn) -> list[tuple[int, Decimal]]:
    """The booked tax that a return settles, by account: of a whole told anew, what is beyond before."""
    moved = dict(pieces.booked(frozen_scope(filed).question))
    if filed.kind == VatReturn.Kind.CORRECTION and not filed.differences:
        for one in before(filed):
            for account, amount in pieces.booked(frozen_scope(one).question):
                moved[account] = moved.get(account, ZERO) - amount
    return sorted(moved.items())


def set_off(filed: VatReturn) -> Decimal:
    """What was entered as instalments of the period of a first return, francs (MWSTG Art. 86a para. 7)."""
    if filed.kind != VatReturn.Kind.FIRST:
        return ZERO
    rows = VatInstalment.of(filed.company_id).filter(start=filed.start)
    return rows.aggregate(whole=Sum("amount"))["whole"] or ZERO


def _for_difference(filed: VatReturn, difference: Decimal) -> Purpose:
    if filed.method != VatSettings.Method.EFFECTIVE:
        return Purpose.NET_TAX
    return Purpose.ROUNDING_EXPENSE if difference > 0 else Purpose.ROUNDING_INCOME


def purpose_of(accounts: dict[int, Account], purpose: Purpose) -> Account:
    """The account of a purpose. Raises ``PurposeMissing``."""
    for account in accounts.values():
        if account.purpose == purpose:
            return account
    raise PurposeMissing(purpose=purpose.label)
