"""Booking bank transactions (Bankbewegungen verbuchen), and what to propose for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounting.banking.matching.hearing import Booked, tell_booked
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.ledger import holders, posting
from accounting.ledger.balances import balance_before
from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, JournalEntry
from accounting.open_items import settling
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.identifiers import parse_iban
from erp.core.money import ZERO, to_centimes
from erp.reference.queries import NoRate
from vat.codes.queries import exchange_rate

ROOM: Final = "banking"


class AlreadyBooked(DomainError):
    code = "banking.already_booked"
    message = _("This transaction is booked already, by entry %(number)s. "
                "Undo it first if that is wrong.")  # fmt: skip
    field = "transaction"
    conflict = True


class NotBooked(DomainError):
    code = "banking.not_booked"
    message = _("This transaction is not booked.")
    field = "transaction"
    conflict = True


class RateMissing(DomainError):
    code = "banking.rate_missing"
    message = _("The account is kept in %(currency)s. Give the exchange rate of %(date)s.")
    field = "rate"


class PartsTooLarge(DomainError):
    code = "banking.parts_too_large"
    message = _(
        "The parts come to %(parts)s; that leaves nothing of %(amount)s for the first line."
    )
    field = "amount"


class BankAccountTaken(DomainError):
    code = "banking.bank_account_taken"
    message = _("%(value)s belongs to another bank account already. "
                "Check the number, or change that account.")  # fmt: skip
    field = "iban"


class WrongLedgerAccount(DomainError):
    code = "banking.wrong_ledger_account"
    message = _(
        "Ledger account %(account)s is kept in %(found)s, the bank account in %(expected)s. "
        "Choose a ledger account of the same currency."
    )
    field = "account"


class CurrencyFixed(DomainError):
    code = "banking.currency_fixed"
    message = _("Statements in %(currency)s were imported for this bank account. Add another "
                "one for %(wanted)s.")  # fmt: skip
    field = "currency"
    conflict = True


@transaction.atomic
def save_bank_account(bank: BankAccount, *, by: User) -> BankAccount:
    """Add or change a bank account.

    Raises ``NotAnIban``, ``BankAccountTaken``, ``AccountHeld``, ``WrongLedgerAccount`` or, once
    there are statements, ``CurrencyFixed``.
    """
    bank.iban = parse_iban(bank.iban)
    bank.qr_iban = parse_iban(bank.qr_iban) if bank.qr_iban else ""
    others = BankAccount.of(bank.company).exclude(pk=bank.pk)
    if others.filter(iban=bank.iban).exists():
        raise BankAccountTaken(value=bank.iban)
    if others.filter(account=bank.account).exists():
        raise BankAccountTaken(field="account", value=bank.account.number)
    before = BankAccount.of(bank.company).filter(pk=bank.pk).first()
    moved = before is not None and before.currency != bank.currency
    if before is not None and moved and before.statements.exists():
        raise CurrencyFixed(currency=before.currency, wanted=bank.currency)
    kept_in = bank.account.currency or bank.company.currency
    if kept_in != bank.currency:
        raise WrongLedgerAccount(account=bank.account.number, found=kept_in, expected=bank.currency)
    if before is None or before.account_id != bank.account_id:
        holders.require_free(bank.account, room=ROOM)
    told = _shown(bank)
    held = _shown(before) if before else {}
    bank.save()
    if before is None:
        trail.record(company=bank.company, by=by, action="bank_account.add", subject=bank,
                     details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(held, told):
        trail.record(company=bank.company, by=by, action="bank_account.change", subject=bank,
                     details=changed)  # fmt: skip
    return bank


def named(account: Account) -> str:
    """The bank account that a ledger account stands for, or nothing."""
    return (
        BankAccount.of(account.company_id)
        .filter(account=account)
        .values_list("name", flat=True)
        .first()
        or ""
    )


def _shown(bank: BankAccount) -> dict[str, Any]:
    return {
        **trail.values(bank, "name", "iban", "qr_iban", "currency", "books_certain"),
        "account": bank.account.number,
    }


@transaction.atomic
def book(
    movement: BankTransaction,
    *,
    contra: Sequence[TypedLine],
    by: User,
    text: str = "",
    rate: Decimal | None = None,
    told: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Book a bank transaction against typed lines, which take the other side.

    The amounts of ``contra`` are in the company's currency; one line without an amount takes what
    the others leave. ``rate`` is the company's currency per unit of the account's, needed where they differ.
    ``told`` is what the transaction keeps of why it was booked so. Rooms above hear of it.
    Raises ``AlreadyBooked``, ``RateMissing`` and what ``posting.post`` raises.
    """
    current = waiting(movement)
    bank, company = current.bank_account, current.company
    amount = in_books(current, bank, rate)
    reader = Reader(company)
    line = bank_line(bank, current, amount)
    typed = shared_out(contra, amount, inward=current.amount > 0)
    lines = [line, *reader.lines(typed, date=current.booking_date)]
    entry = posting.post(
        company=company, date=current.booking_date, text=(text or description(current))[:200],
        lines=lines, by=by, voucher=current.statement.identification[:40],
        source=JournalEntry.Source.BANK, source_key=f"bank:{current.pk}",
    )  # fmt: skip
    BankTransaction.of(company).filter(pk=current.pk).update(entry=entry, matched=told or {})
    tell_booked(Booked(current, entry, frozenset(), ()))
    return entry


#: Rooms above hear which entry of a bank transaction was undone.
unbooked: list[Callable[[JournalEntry], None]] = []


@transaction.atomic
def unbook(movement: BankTransaction, *, by: User, date: dt.date | None = None) -> JournalEntry:
    """Undo a booking: its entry is reversed, and the transaction is open again.

    The reversal gets the date of the entry, or ``date`` where that period is locked; the ledger
    itself refuses to reverse what was booked here. Items that it settled are open again, and no
    rule books the transaction anew. Raises ``NotBooked``, ``CreditUsed`` and what
    ``posting.reverse`` raises.
    """
    current = locked(movement)
    if current.entry is None:
        raise NotBooked
    settling.hold_of_entry(current.entry)
    day = current.entry.date
    if date is not None and not posting.is_open(current.company, day):
        day = date
    mirror = posting.reverse(current.entry, date=day, by=by, owner=JournalEntry.Source.BANK)
    settling.release(current.entry, mirror=mirror, by=by)
    BankTransaction.of(current.company).filter(pk=current.pk).update(
        entry=None, matched={}, by_hand=True
    )
    for hear in unbooked:
        hear(current.entry)
    return mirror


def description(movement: BankTransaction) -> str:
    """What the entry is called unless somebody says otherwise."""
    return " ".join(filter(None, (movement.party, movement.text)))[:200] or str(_("Bank"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was booked last for the same party: contra account and VAT code, and why."""

    account: str
    vat_code: str
    because: str


_HISTORY = """
    SELECT DISTINCT ON (t.party_iban, t.party, t.amount > 0)
           t.booking_date, t.id, t.party_iban, t.party, t.amount > 0,
           a.number, coalesce(c.code, ''), e.number
    FROM accounting_banktransaction t
    JOIN accounting_journalentry e ON e.company_id = t.company_id AND e.id = t.entry_id
    JOIN accounting_bankaccount b ON b.company_id = t.company_id AND b.id = t.bank_account_id
    JOIN accounting_entryline l ON l.company_id = e.company_id AND l.entry_id = e.id
         AND l.account_id <> b.account_id AND l.vat_part <> 'T'
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    LEFT JOIN vat_vatcode c ON c.company_id = l.company_id AND c.id = l.vat_code_id
    WHERE t.company_id = %s AND (t.party_iban = ANY (%s) OR t.party = ANY (%s))
    ORDER BY t.party_iban, t.party, t.amount > 0, t.booking_date DESC, t.id DESC, l.position
"""


def proposals(company: Company, movements: Iterable[BankTransaction]) -> dict[int, Proposal]:
    """For each transaction what was booked for its party before, the account number first."""
    rows = list(movements)
    ibans = sorted({m.party_iban for m in rows if m.party_iban})
    parties = sorted({m.party for m in rows if m.party})
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [company.pk, ibans, parties])
        history = [row[2:] for row in sorted(cursor.fetchall())]  # the last one counts
    by_iban = {(iban, inward): rest for iban, _p, inward, *rest in history if iban}
    by_name = {(party, inward): rest for _i, party, inward, *rest in history if party}
    found = {}
    for movement in rows:
        inward = movement.amount > 0
        hit, why = by_iban.get((movement.party_iban, inward)), _("same account as in entry %s")
        if hit is None:
            hit, why = by_name.get((movement.party, inward)), _("same name as in entry %s")
        if hit is not None:
            account, code, number = hit
            found[movement.pk] = Proposal(account, code, str(why) % number)
    return found


@dataclass(frozen=True)
class Agreement:
    """A bank account's ledger balance beside its statement, in the account's currency."""

    bank_account: BankAccount
    statement: Statement | None
    ledger: Decimal
    unbooked: Decimal
    waiting: int = 0

    @property
    def difference(self) -> Decimal | None:
        """Statement less ledger and what is not booked yet; zero when all is well."""
        if self.statement is None or self.statement.closing is None:
            return None
        return self.statement.closing - self.ledger - self.unbooked

    @property
    def agrees(self) -> bool:
        return self.difference == 0 and not self.waiting


def agreement(bank: BankAccount) -> Agreement:
    """Whether the ledger agrees with the last statement's closing balance, on its day."""
    statement = (
        Statement.of(bank.company)
        .filter(bank_account=bank, message_type="camt.053")
        .exclude(closing=None)
        .exclude(to_date=None)
        .order_by("-to_date", "-pk")
        .first()
    )
    if statement is None:
        return Agreement(bank, None, ZERO, ZERO)
    assert statement.to_date is not None  # the query asked for it
    balance, foreign = balance_before(
        bank.company, account=bank.account_id, day=statement.to_date + dt.timedelta(days=1),
        year=None, carried=True,
    )  # fmt: skip
    ledger = foreign if bank.account.currency else balance
    waiting = (
        BankTransaction.of(bank.company)
        .filter(bank_account=bank, entry=None, booking_date__lte=statement.to_date)
        .exclude(amount=0)
        .values_list("amount", flat=True)
    )
    return Agreement(bank, statement, ledger, sum(waiting, ZERO), len(waiting))


def locked(movement: BankTransaction) -> BankTransaction:
    """The transaction as it is once nobody else holds it.

    Two statements: what is joined to a row that was waited for is seen as of before the wait, so
    that an entry posted meanwhile would be missed.
    """
    rows = BankTransaction.of(movement.company_id)
    rows.select_for_update().get(pk=movement.pk)
    found: BankTransaction = rows.select_related(
        "company", "bank_account__account", "statement", "entry__company"
    ).get(pk=movement.pk)
    return found


def waiting(movement: BankTransaction) -> BankTransaction:
    """The transaction, held until the transaction ends, as it is not booked. Raises ``AlreadyBooked``."""
    current = locked(movement)
    if current.entry is not None:
        raise AlreadyBooked(number=current.entry.number)
    return current


def rate_of(
    company: Company, bank: BankAccount, date: dt.date, rate: Decimal | None = None
) -> Decimal | None:
    """The rate given, or the official one by the company's method; None where account and books
    have one currency.

    Raises ``RateMissing``.
    """
    if rate is not None or bank.currency == company.currency:
        return rate
    if company.currency != "CHF":  # official rates are in francs
        raise RateMissing(currency=bank.currency, date=date)
    try:
        return exchange_rate(company, bank.currency, date).value
    except NoRate:
        raise RateMissing(currency=bank.currency, date=date) from None


def in_books(movement: BankTransaction, bank: BankAccount, rate: Decimal | None) -> Decimal:
    """The amount without sign in the company's currency."""
    if bank.currency == movement.company.currency:
        return abs(movement.amount)
    if rate is None:
        raise RateMissing(currency=bank.currency, date=movement.booking_date)
    return to_centimes(abs(movement.amount) * rate)


def bank_line(bank: BankAccount, movement: BankTransaction, amount: Decimal) -> Line:
    """The bank's own line; ``amount`` is without sign, in the company's currency."""
    foreign: dict[str, Any] = (
        {"currency": bank.currency, "amount_foreign": movement.amount}
        if bank.account.currency else {}
    )  # fmt: skip
    if movement.amount > 0:
        return Line(bank.account, debit=amount, **foreign)
    return Line(bank.account, credit=amount, **foreign)


def shared_out(
    contra: Sequence[TypedLine], amount: Decimal, *, inward: bool
) -> list[TypedLine]:  # fmt: skip
    """The line without an amount takes what the others leave, on the other side of the bank's."""
    given = sum((line.credit - line.debit for line in contra), ZERO)
    rest = amount - (given if inward else -given)
    if rest <= 0 and any(not line.debit and not line.credit for line in contra):
        raise PartsTooLarge(parts=amount - rest, amount=amount)
    side = "credit" if inward else "debit"
    return [
        line if line.debit or line.credit else replace(line, **{side: rest})  # type: ignore[arg-type]
        for line in contra
    ]
