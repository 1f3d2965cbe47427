"""What a settlement would post, and why: reckoned before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Protocol

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import Line
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import Purpose
from accounting.open_items.errors import (
    DoesNotAddUp,
    MixedItems,
    MoreThanOpen,
    NothingToSettle,
    PaidBaseMissing,
    PartyMissing,
    WrongMoneyAccount,
)
from accounting.open_items.models import OpenItem, ResidueLimit, Settlement, Side
from accounting.open_items.opening import Party, signed
from accounting.open_items.plans import (
    Money,
    Paid,
    Part,
    Plan,
    PlannedCredit,
    PlannedLine,
    PlannedRow,
)
from accounting.open_items.reductions import codes_for_reductions, lines_of_entries, reduction
from erp.companies.models import Company
from erp.core.money import CENTIME, ZERO, to_centimes
from vat.codes.queries import exchange_rate

Kind = Settlement.Kind
HALF: Final = CENTIME / 2  # at most this is lost by rounding


def residue_limit(company: Company, date: dt.date) -> Decimal:
    """Up to what a residue is cleared by rule on a day; zero where nothing is set."""
    found = ResidueLimit.of(company).filter(valid_from__lte=date).order_by("-valid_from").first()
    return found.amount if found else ZERO


class Owed(Protocol):
    """What a discount is reckoned from: an item, or what another room knows of one."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def open_amount(self) -> Decimal: ...
    @property
    def discount_percent(self) -> Decimal | None: ...
    @property
    def discount_until(self) -> dt.date | None: ...


def discount_of(item: Owed, date: dt.date) -> Decimal:
    """The discount (Skonto) that may still be taken off on a day, at most what is open."""
    if item.discount_percent is None or item.discount_until is None or date > item.discount_until:
        return ZERO
    whole = to_centimes(item.amount * item.discount_percent / 100)
    return min(whole, item.open_amount, key=abs)


def shared_out(
    items: Sequence[OpenItem], amount: Decimal, *, date: dt.date, discounts: bool = True
) -> list[Part]:
    """How a payment settles items in their order, each with its discount where that settles it.

    What is left when all are settled is an overpayment.
    """
    parts, rest = [], amount
    for item in items:
        off = discount_of(item, date) if discounts else ZERO
        if off and abs(rest) >= abs(item.open_amount - off):
            paid = item.open_amount - off
        else:
            paid, off = min(rest, item.open_amount, key=abs), ZERO
        parts.append(Part(item, paid=paid, discount=off))
        rest -= paid
    return parts


def plan(
    company: Company,
    *,
    date: dt.date,
    parts: Sequence[Part],
    money: Money | None = None,
    account: Account | None = None,
    party: Party | None = None,
    clear_residues: bool = True,
) -> Plan:
    """What a settlement would post. Nothing is written.

    With ``money`` the parts' ``paid`` are shares of it, and what is beyond becomes a credit of
    ``party`` (that of the items, where they have one). Without, credits and debts are netted and
    come to zero. A payment on account names ``account``, the control account, and ``party``.
    Raises ``NothingToSettle``, ``MixedItems``, ``MoreThanOpen``, ``DoesNotAddUp``,
    ``PartyMissing``, ``WrongMoneyAccount``, ``PaidBaseMissing``, ``NoRate`` or ``PurposeMissing``.
    """
    reckoning = _Reckoning(company, date, list(parts), money, account, party, clear_residues)
    return reckoning.done()


def _worth(item: OpenItem, amount: Decimal) -> Decimal:
    """What a part of what is open of an item stands for in the books; of all of it, all."""
    if amount == item.open_amount:
        return item.open_base
    return to_centimes(item.open_base * amount / item.open_amount)


def _same_rate(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> bool:
    """Whether two amounts, each with what it was rounded to in the books, may have had one rate."""
    (amount, base), (whole, booked) = ([abs(figure) for figure in pair] for pair in (one, other))
    lowest = max((base - HALF) / amount, (booked - HALF) / whole)
    return lowest < min((base + HALF) / amount, (booked + HALF) / whole)


class _Reckoning:
    """Puts a plan together, line by line."""

    def __init__(
        self, company: Company, date: dt.date, parts: list[Part], money: Money | None,
        account: Account | None, party: Party | None, clear_residues: bool,
    ) -> None:  # fmt: skip
        self.parts = parts = [part for part in parts if part.whole]
        self.company, self.date = company, date
        if not parts and (money is None or not money.amount or account is None):
            raise NothingToSettle
        first = parts[0].item if parts else None
        control = first.account if first else account
        assert control is not None  # without parts there is an account
        own = company.currency
        self.plan = Plan(
            company, date, Side(control.control),
            first.currency if first else (control.currency or own), control, party,
        )  # fmt: skip
        self.own = self.plan.currency == own
        self.money = self._paid(money) if money else None
        self.limit = residue_limit(company, date) if clear_residues else ZERO
        self._require_sound()
        self.plan.party = party or self._party_of_items()

    def done(self) -> Plan:
        paid = sum((part.paid for part in self.parts), ZERO)
        money = self.money.amount if self.money else ZERO
        over = money - paid
        if over and (self.money is None or over * money <= 0):
            raise DoesNotAddUp(money=money, parts=paid)
        shares = self._shares()
        if self.money and money:
            self._money_line()
        for part, share in zip(self.parts, shares, strict=False):
            self._settle(part, share)
        if self.money is None:
            self._currency(
                sum((row.base for row in self.plan.rows if row.kind == Kind.CREDIT), ZERO)
            )
        if over:
            self._beyond(over)
        return self.plan

    def _paid(self, money: Money) -> Paid:
        """What was paid, with what it is worth in the books."""
        base = money.base
        if base is None and self.own:
            base = money.amount
        if base is None:
            if money.account.currency != self.plan.currency:
                raise PaidBaseMissing(account=money.account.number, currency=self.plan.currency,
                                      own=self.company.currency)  # fmt: skip
            rate = exchange_rate(self.company, self.plan.currency, self.date).value
            base = to_centimes(money.amount * rate)
        return Paid(money.account, money.amount, base)

    def _require_sound(self) -> None:
        plan, items = self.plan, [part.item for part in self.parts]
        same = {(item.side, item.currency) for item in items}
        whose = {(item.contact_id, None if item.contact_id else item.party) for item in items}
        if len(same) > 1 or (
            self.money is None and len(whose) > 1 and any(p.paid for p in self.parts)
        ):
            raise MixedItems
        for part in self.parts:
            wrong = [
                a for a in (part.paid, part.discount, part.write_off) if a * part.item.amount < 0
            ]
            if wrong or abs(part.whole) > abs(part.item.open_amount):
                raise MoreThanOpen(item=str(part.item), open=part.item.open_amount,
                                   wanted=part.whole)  # fmt: skip
        if self.money is None:
            return
        kept_in = self.money.account.currency or self.company.currency
        if kept_in not in {plan.currency, self.company.currency}:
            raise WrongMoneyAccount(account=self.money.account.number, found=kept_in,
                                    expected=plan.currency)  # fmt: skip
        if self.own and self.money.amount != self.money.base:
            raise DoesNotAddUp(money=self.money.base, parts=self.money.amount)

    def _party_of_items(self) -> Party | None:
        found = {Party(part.item.party, part.item.contact_id) for part in self.parts}
        return found.pop() if len(found) == 1 else None

    def _shares(self) -> list[Decimal | None]:
        """What each part's money came to in the books; None where no money moved."""
        if self.money is None or not self.money.amount:
            return [None] * len(self.parts)
        shares, so_far, booked = [], ZERO, ZERO
        for part in self.parts:
            so_far += part.paid
            until = to_centimes(self.money.base * so_far / self.money.amount)
            shares.append(until - booked)
            booked = until
        self._beyond_base = self.money.base - booked
        if self.money.account.currency and not self.own:
            return self._as_rounded_before(self.money, shares)
        return [*shares]

    def _as_rounded_before(self, money: Paid, shares: list[Decimal]) -> list[Decimal | None]:
        """Shares at the rate of the item come to what it stands for, to the centime.

        Money in the items' own currency has no other worth in the books than its rate gives it.
        Where that rate and the document's cannot be told apart by their rounded amounts, rounding
        in parts is no difference of rates: the money's line takes the centimes instead.
        """
        found = [
            _worth(part.item, part.paid)
            if part.paid and _same_rate((money.amount, money.base), self._document(part.item))
            else share
            for part, share in zip(self.parts, shares, strict=True)
        ]
        self.money = replace(money, base=sum(found, self._beyond_base))
        return [*found]

    def _document(self, item: OpenItem) -> tuple[Decimal, Decimal]:
        """What the whole document came to, of which the item may be an instalment."""
        return self._documents.get((item.entry_id, item.position), (item.amount, item.base))

    @cached_property
    def _documents(self) -> dict[tuple[int, int], tuple[Decimal, Decimal]]:
        entries = {part.item.entry_id for part in self.parts}
        rows = OpenItem.of(self.company).filter(entry__in=entries).order_by()
        sums = rows.values_list("entry", "position").annotate(Sum("amount"), Sum("base"))
        return {(entry, position): (amount, base) for entry, position, amount, base in sums}

    def _money_line(self) -> None:
        assert self.money is not None
        account, sign = self.money.account, self.plan.side.sign
        foreign: dict[str, Any] = {}
        if account.currency and not self.own:
            foreign = {"currency": self.plan.currency, "amount_foreign": sign * self.money.amount}
        self._add(signed(account, sign * self.money.base, **foreign), _("what was paid"))

    def _settle(self, part: Part, share: Decimal | None) -> None:
        """The rows of one part; each takes its share of what the item stands for in the books."""
        item, so_far, booked = part.item, ZERO, ZERO

        def book(amount: Decimal) -> Decimal:
            nonlocal so_far, booked
            so_far += amount
            until = _worth(item, so_far)
            taken, booked = until - booked, until
            return taken

        if part.paid:
            worth = book(part.paid)
            paid_back = self.money is None or item.is_credit == (self.money.amount > 0)
            kind = Kind.CREDIT if paid_back else Kind.PAYMENT
            actual = worth if share is None else share
            self._control(item, kind, part.paid, actual)
            if worth != actual:
                self._control(item, Kind.CURRENCY, ZERO, worth - actual)
                self._currency(worth - actual)
        if part.discount:
            self._take_off(item, Kind.DISCOUNT, part.discount, book(part.discount))
        if part.write_off:
            self._take_off(item, Kind.WRITE_OFF, part.write_off, book(part.write_off))
        rest = item.open_amount - part.whole
        if rest and part.paid and self.money and abs(item.open_base - booked) <= self.limit:
            base = book(rest)
            self._control(item, Kind.RESIDUE, rest, base)
            self._rounding(base)

    def _take_off(self, item: OpenItem, kind: Kind, amount: Decimal, base: Decimal) -> None:
        self._control(item, kind, amount, base)
        if not base:
            return
        if item.side == Side.PAYABLES:
            purpose = Purpose.PURCHASE_DISCOUNTS
        else:
            purpose = Purpose.SALES_DISCOUNTS if kind == Kind.DISCOUNT else Purpose.BAD_DEBTS
        taken_off = reduction(item, base, account=self._account(purpose), stored=self._stored,
                              codes=self._codes)  # fmt: skip
        for line in taken_off:
            tax = line.vat is not None and line.vat.part == "T"
            why = _("tax taken back, as the document had it") if tax else str(kind.label)
            self._add(line, why)

    def _control(self, item: OpenItem, kind: Kind, amount: Decimal, base: Decimal) -> None:
        """A settlement and its line on the control account."""
        self._add_control(
            item.account, amount, base, f"{kind.label}: {item.document or item.party}"
        )
        self.plan.rows.append(PlannedRow(item, kind, amount, base, len(self.plan.lines)))

    def _add_control(self, account: Account, amount: Decimal, base: Decimal, why: str) -> None:
        sign = self.plan.side.sign
        foreign: dict[str, Any] = (
            {} if self.own
            else {"currency": self.plan.currency, "amount_foreign": -sign * amount}
        )  # fmt: skip
        self._add(signed(account, -sign * base, **foreign), why)

    def _currency(self, base: Decimal) -> None:
        """A difference of exchange rates, realised; ``base`` in the direction of the side."""
        amount = self.plan.side.sign * base
        if amount:
            purpose = Purpose.CURRENCY_LOSS if amount > 0 else Purpose.CURRENCY_GAIN
            self._add(signed(self._account(purpose), amount), _("difference of exchange rates"))

    def _rounding(self, base: Decimal) -> None:
        amount = self.plan.side.sign * base
        if amount:
            purpose = Purpose.ROUNDING_EXPENSE if amount > 0 else Purpose.ROUNDING_INCOME
            self._add(signed(self._account(purpose), amount), _("residue within the limit"))

    def _beyond(self, over: Decimal) -> None:
        """What was paid beyond the items: cleared where it is small, else a credit."""
        base = self._beyond_base
        if self.parts and abs(base) <= self.limit:
            self._rounding(-base)
            return
        if self.plan.party is None:
            raise PartyMissing(amount=over)
        self._add_control(self.plan.account, over, base, _("paid beyond what is owed"))
        self.plan.credit = PlannedCredit(-over, -base, len(self.plan.lines))

    def _add(self, line: Line, why: str) -> None:
        self.plan.lines.append(PlannedLine(line, str(why)))

    @cached_property
    def _stored(self) -> Any:
        return lines_of_entries(self.company, [part.item for part in self.parts])

    @cached_property
    def _codes(self) -> Any:
        return codes_for_reductions(self.company)

    @cached_property
    def _by_purpose(self) -> dict[str, Account]:
        return {a.purpose: a for a in Account.of(self.company).exclude(purpose="")}

    def _account(self, purpose: Purpose) -> Account:
        if purpose not in self._by_purpose:
            raise PurposeMissing(purpose=purpose.label)
        return self._by_purpose[purpose]
