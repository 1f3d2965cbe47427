"""The statement of account (Kontoauszug): what a customer owes on a day, as rows and as a paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from accounting.open_items.models import Side
from accounting.open_items.queries import BUCKETS, OpenRow, bucket_of, open_on
from accounting.qr.bill import Bill
from accounting.receivables.dunning import gathering, issuing
from accounting.receivables.dunning.issuing import Issuer, issuer_of
from accounting.receivables.dunning.wording import wording_of
from accounting.receivables.paper import Column, Letter, Paper, Style, TableBody
from contacts import letters as greetings
from contacts.models import Contact
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class Statement:
    """What is open of a customer in one currency; credits are negative."""

    contact: int
    party: str
    currency: str
    on: dt.date
    rows: tuple[OpenRow, ...]

    @property
    def balance(self) -> Decimal:
        return sum((row.open for row in self.rows), ZERO)

    @property
    def ages(self) -> tuple[Decimal, ...]:
        """What is open by age: not due, up to 30, 60 and 90 days, older."""
        sums = [ZERO] * (len(BUCKETS) + 2)
        for row in self.rows:
            sums[bucket_of(row.days)] += row.open
        return tuple(sums)

    @property
    def overdue(self) -> Decimal:
        return sum(self.ages[1:], ZERO)


def statements(company: Company, on: dt.date, *, contact: int | None = None) -> list[Statement]:
    """The statements of a day, by name and currency; of one customer where asked. One query.

    Items that name no contact have nobody to be sent to, and are in none.
    """
    groups: dict[tuple[int, str], list[OpenRow]] = {}
    for row in open_on(company, on, Side.RECEIVABLES, contact=contact):
        if row.contact is not None:
            groups.setdefault((row.contact, row.currency), []).append(row)
    found = [Statement(pk, rows[-1].party, currency, on, tuple(rows))
             for (pk, currency), rows in groups.items()]  # fmt: skip
    return sorted(found, key=lambda one: (one.party.casefold(), one.contact, one.currency))


@dataclass(frozen=True, slots=True)
class Printed:
    """A statement as a paper, for whom, and why it has no slip, where it should have one."""

    statement: Statement
    contact: Contact
    paper: Paper
    faults: tuple[DomainError, ...] = ()


def printed(company: Company, found: list[Statement], *, slip: bool = True) -> list[Printed]:
    """Statements as papers, each in its customer's language: a fixed number of queries.

    With ``slip`` each has one over its balance. What keeps it from being made stands in
    ``faults``, and the statement goes without.
    """
    if not found:
        return []
    issuer = issuer_of(company, found[0].on)
    contacts = {one.pk: one for one in gathering.contacts_of(company, {s.contact for s in found})}
    return [_printed(one, contacts[one.contact], issuer, slip=slip) for one in found]


def _printed(found: Statement, contact: Contact, issuer: Issuer, *, slip: bool) -> Printed:
    words, day = wording_of(contact.language), swiss_date(found.on)
    bills, faults = _slip(found, contact, issuer) if slip else ((), ())
    letter = Letter(
        language=contact.language, sender=issuer.sender,
        recipient=issuing.envelope(contact, found.on, issuer), title=words.statement,
        date=found.on, facts=((words.customer, str(contact.number)), (words.as_of, day)),
        greeting=greetings.greeting(contact), intro=words.statement_intro.format(day=day),
        closing=words.statement_closing, address_left=issuer.address_left,
        look=issuer.look,
    )  # fmt: skip
    paper = Paper(letter, _body(found, contact.language), bills, issuer.codes)
    return Printed(found, contact, paper, faults)


def _slip(
    found: Statement, contact: Contact, issuer: Issuer
) -> tuple[tuple[Bill, ...], tuple[DomainError, ...]]:
    """One item's own reference, else none: what is paid is told by payer and amount."""
    account = issuer.accounts.get(found.currency)
    if found.balance <= 0:
        return (), ()
    reference = found.rows[0].reference if len(found.rows) == 1 else ""
    if account is None or not issuing.fits(reference, account):
        reference = ""
    try:
        made = issuing.bill(
            issuer, currency=found.currency, amount=found.balance, reference=reference,
            debtor=issuing.debtor_of(contact, found.on),
            message=f"{wording_of(contact.language).statement} {swiss_date(found.on)}",
        )  # fmt: skip
    except DomainError as refusal:
        return (), (refusal,)
    bills = (made,) if made is not None else ()
    faults = issuing.faults(bills, issuer)
    return (() if faults else bills), faults


def _body(found: Statement, language: str) -> TableBody:
    words = wording_of(language)
    columns = (
        (words.document, Column.TEXT), (words.date, Column.DATE), (words.due, Column.DATE),
        (words.amount, Column.AMOUNT), (words.settled, Column.AMOUNT),
        (words.open, Column.AMOUNT),
    )  # fmt: skip
    rows = tuple(
        (row.document or (words.in_credit if row.open < 0 else ""), row.document_date,
         row.due_date, row.amount,
         row.amount - row.open, row.open)
        for row in found.rows
    )  # fmt: skip
    totals = [(label, amount, str(Style.PLAIN))
              for label, amount in zip((words.not_due, *words.ages), found.ages, strict=True)
              if amount]  # fmt: skip
    label = words.balance if found.balance >= 0 else words.in_credit
    totals.append((label, abs(found.balance), str(Style.SUM)))
    return TableBody(columns=tuple((head, str(kind)) for head, kind in columns), rows=rows,
                     totals=tuple(totals), currency=found.currency)  # fmt: skip
