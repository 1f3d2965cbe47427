"""What is paid, how and why not (Zahlungsvorschlag): a pure function of what is owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from accounting.open_items.planning import discount_of
from accounting.payments.models import PayeeAccount
from accounting.payments.pain.order import SEPA_NAME, Kind, kind_of
from accounting.payments.pain.text import fitted
from accounting.payments.payees import HIGHLIGHTED, Whose
from accounting.payments.values import (
    MESSAGE,
    Details,
    NotPaid,
    Owed,
    PlannedItem,
    PlannedPayment,
    Reason,
    Why,
    reason,
    way_of,
)
from erp.core.identifiers import is_qr_iban

Status = PayeeAccount.Status
#: What is known of the bank of an account: a reason against paying to it, or to look at, or nothing.
Banks = Mapping[str, Reason]
Payees = Mapping[Whose, Mapping[str, PayeeAccount]]


def plan(
    owed: Iterable[Owed], *, date: dt.date, currency: str, fallback: Mapping[int, Details],
    payees: Payees, banks: Banks, left_out: Iterable[int] = (), today: dt.date | None = None,
) -> tuple[list[PlannedPayment], list[NotPaid]]:  # fmt: skip
    """Payments of a day, with what is not paid and why.

    Each item is paid less the discount that may still be taken on ``date``. Items of a creditor to one
    account go together unless they bear a reference or a text of their own; credit notes are taken off
    the largest payments of their creditor. The order of ``owed`` is kept. ``fallback`` says how contacts
    are paid without an instruction, ``payees`` which accounts are good, ``banks`` what is known of them.
    """
    planning = Planning(date, currency, fallback, payees, banks, today or date)
    out = frozenset(left_out)
    for one in owed:
        planning.take(one, left_out=one.id in out)
    return planning.done()


class Planning:
    """Items on their way to payments; ``look`` judges to whom and how."""

    def __init__(
        self, date: dt.date, currency: str, fallback: Mapping[int, Details], payees: Payees,
        banks: Banks, today: dt.date,
    ) -> None:  # fmt: skip
        self.date, self.currency = date, currency
        self.fallback, self.payees, self.banks = fallback, payees, banks
        self.recent = today - HIGHLIGHTED
        self.of_payee: dict[Whose, list[PlannedPayment]] = {}
        self.open: dict[tuple[Any, ...], PlannedPayment] = {}
        self.credits: list[Owed] = []
        self.others: list[NotPaid] = []
        self._looked: dict[Any, tuple[list[Reason], list[Reason]]] = {}

    def take(self, one: Owed, *, left_out: bool) -> None:
        if left_out:
            self.others.append(NotPaid(one, (reason(Why.LEFT_OUT),)))
        elif one.blocked:
            self.others.append(NotPaid(one, (reason(Why.BLOCKED, reason=one.blocked),)))
        elif one.open_amount < 0:
            self.credits.append(one)
        else:
            self._pay(one)

    def _pay(self, one: Owed) -> None:
        details = one.instructed or self.fallback.get(one.contact or 0)
        if details is None:
            self.others.append(NotPaid(one, (reason(Why.NO_ACCOUNT),)))
            return
        whose = one.whose
        against, warnings = self.look(whose, details)
        if against:
            self.others.append(NotPaid(one, tuple(against)))
            return
        off = discount_of(one, self.date) if one.discount_until else Decimal(0)
        item = PlannedItem(one, one.open_amount - off, off)
        if details.is_of_one_item:
            self._new(whose, details, item, warnings)
            return
        way = (whose, *way_of(details))
        together = self.open.get(way)
        if together is not None and len(together.message) + len(one.document) + 2 <= MESSAGE:
            together.items.append(item)
        else:
            self.open[way] = self._new(whose, details, item, warnings)

    def _new(
        self, whose: Whose, details: Details, item: PlannedItem, warnings: Sequence[Reason]
    ) -> PlannedPayment:
        made = PlannedPayment(details, [item], tuple(warnings))
        self.of_payee.setdefault(whose, []).append(made)
        return made

    def done(self) -> tuple[list[PlannedPayment], list[NotPaid]]:
        for credit in self.credits:
            self._take_off(credit)
        payments = [one for payments in self.of_payee.values() for one in payments]
        return payments, self.others

    def _take_off(self, credit: Owed) -> None:
        """A credit goes with the largest payment of its creditor, which stays above zero."""
        rows = self.of_payee.get(credit.whose, ())
        fitting = [one for one in rows if one.amount > -credit.open_amount]
        if fitting:
            largest = max(fitting, key=lambda one: one.amount)
            largest.items.append(PlannedItem(credit, credit.open_amount))
        elif rows:
            self.others.append(NotPaid(credit, (reason(Why.CREDIT_LEFT),)))

    def look(self, whose: Whose, details: Details) -> tuple[list[Reason], list[Reason]]:
        """What speaks against paying so, and what to look at; the same details are looked at once."""
        key = (whose, details.account, details.reference_kind, details.payee, details.bic, details.bank,
               details.town, details.country, details.is_iban)  # fmt: skip
        if key not in self._looked:
            against = [found for check in _AGAINST if (found := check(self, whose, details))]
            warnings = [found for check in _WARNINGS if (found := check(self, whose, details))]
            self._looked[key] = against, warnings
        return self._looked[key]

    # --- against ------------------------------------------------------------------------------------
    def _account(self, whose: Whose, details: Details) -> Reason | None:
        kept = self.payees.get(whose)
        if not kept:
            return None  # nobody was ever told another account
        found = kept.get(details.account)
        if found is None or found.status == Status.WAITING:
            return reason(Why.ACCOUNT_WAITS, account=details.account)
        if found.status == Status.REFUSED:
            return reason(Why.ACCOUNT_REFUSED, account=details.account)
        return None

    def _bank(self, _whose: Whose, details: Details) -> Reason | None:
        found = self.banks.get(details.account)
        return found if found and found.why is not Why.BANK_TAKEN_OVER else None

    def _reference(self, _whose: Whose, details: Details) -> Reason | None:
        needs = details.is_iban and is_qr_iban(details.account) and details.reference_kind != "QRR"
        return reason(Why.QRR_NEEDED, account=details.account) if needs else None

    def _abroad(self, _whose: Whose, details: Details) -> Reason | None:
        kind = kind_of(details.account if details.is_iban else "", self.currency, on=self.date)
        if kind is not Kind.FOREIGN or (details.is_iban and details.account[:2] in {"CH", "LI"}):
            return None
        if not (details.bic or details.bank):
            return reason(Why.BANK_NEEDED)
        return None if details.town and details.country else reason(Why.ADDRESS_NEEDED)

    def _name(self, _whose: Whose, details: Details) -> Reason | None:
        return reason(Why.UNWRITABLE, name=details.payee) if fitted(details.payee).lost else None

    # --- to look at ---------------------------------------------------------------------------------
    def _fresh(self, whose: Whose, details: Details) -> Reason | None:
        found = self.payees.get(whose, {}).get(details.account)
        if found is None or found.status == Status.FIRST:
            return reason(Why.NEW_ACCOUNT)
        if found.before and found.changed_at.date() >= self.recent:
            day = found.changed_at.date()
            return reason(Why.CHANGED_ACCOUNT, date=day, before=found.before)
        return None

    def _taken_over(self, _whose: Whose, details: Details) -> Reason | None:
        found = self.banks.get(details.account)
        return found if found and found.why is Why.BANK_TAKEN_OVER else None

    def _address(self, _whose: Whose, details: Details) -> Reason | None:
        return None if details.town and details.country else reason(Why.NO_ADDRESS)

    def _long_name(self, _whose: Whose, details: Details) -> Reason | None:
        name = fitted(details.payee).text
        if len(name) <= SEPA_NAME or not details.is_iban:
            return None
        kind = kind_of(details.account, self.currency, on=self.date)
        cut = reason(Why.NAME_CUT, most=SEPA_NAME, name=name[:SEPA_NAME])
        return cut if kind is Kind.SEPA else None


_Check = Callable[[Planning, Whose, Details], Reason | None]
_AGAINST: Final[tuple[_Check, ...]] = (
    Planning._account, Planning._bank, Planning._reference, Planning._abroad, Planning._name,
)  # fmt: skip
_WARNINGS: Final[tuple[_Check, ...]] = (
    Planning._fresh, Planning._taken_over, Planning._address, Planning._long_name,
)  # fmt: skip
