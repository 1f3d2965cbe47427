"""The dunning letter (Mahnung) as a paper: values in, a paper out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounting.qr.bill import Bill
from accounting.receivables.dunning import defaults, issuing
from accounting.receivables.dunning.issuing import Issuer
from accounting.receivables.dunning.models import DunningText, Interest
from accounting.receivables.dunning.values import Letter
from accounting.receivables.dunning.wording import wording_of
from accounting.receivables.paper import Column, Paper, Style, TableBody
from accounting.receivables.paper import Letter as Sheet
from contacts import letters as greetings
from contacts.models import Contact
from erp.core.display import chf, swiss_date
from erp.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it goes out."""

    letter: Letter
    number: int
    title: str
    reference: str
    paper: Paper
    faults: tuple[DomainError, ...]


def write(
    letter: Letter, *, day: dt.date, number: int, contact: Contact, issuer: Issuer,
    texts: Mapping[tuple[int, str], DunningText], draft: bool = False,
) -> Written:  # fmt: skip
    """Write a planned letter, in the customer's language, with a slip over what is to be paid.

    ``number`` is that of the letter; ``texts`` are those of the company by level and language,
    without one of them ours counts. What keeps the slip from being made stands in ``faults``.
    """
    level = letter.level
    assert level is not None and letter.pay_until is not None  # it has items
    language = contact.language
    words = wording_of(language)
    text = texts.get((level.id, language))
    title, intro, closing = (
        (text.title, text.intro, text.closing) if text else defaults.wording(level.step, language)
    )
    reference, bills, faults = _slip(letter, day, number, contact, issuer, title)
    filled = {"{until}": swiss_date(letter.pay_until), "{fee}": f"{letter.currency} {chf(letter.fee)}",
              "{total}": f"{letter.currency} {chf(letter.total)}"}  # fmt: skip
    facts = [
        (words.number, str(number)),
        (words.customer, str(contact.number)),
        (words.pay_until, swiss_date(letter.pay_until)),
    ]
    if level.interest == Interest.SHOWN and letter.interest:
        facts.append((_interest(letter, day), f"{letter.currency} {chf(letter.interest)}"))
    sheet = Sheet(
        language=language, sender=issuer.sender,
        recipient=issuing.envelope(contact, day, issuer), title=title, date=day,
        facts=tuple(facts), greeting=greetings.greeting(contact), intro=_filled(intro, filled),
        closing=_filled(closing, filled), draft=draft, address_left=issuer.address_left,
        look=issuer.look,
    )  # fmt: skip
    paper = Paper(sheet, _body(letter, day), tuple(bills), issuer.codes)
    return Written(letter, number, title, reference, paper, faults)


def _slip(
    letter: Letter, day: dt.date, number: int, contact: Contact, issuer: Issuer, title: str
) -> tuple[str, Sequence[Bill], tuple[DomainError, ...]]:
    account = issuer.accounts.get(letter.currency)
    reference = ""
    if account is not None:
        alone = letter.items[0].owed.reference if _is_of_one(letter) else ""
        reference = alone if alone and issuing.fits(alone, account) else (
            issuing.own_reference(number, contact.number, account)
        )  # fmt: skip
    try:
        made = issuing.bill(
            issuer, currency=letter.currency, amount=letter.total, reference=reference,
            debtor=issuing.debtor_of(contact, day), message=f"{title} {number}",
        )  # fmt: skip
    except DomainError as refusal:
        return "", (), (refusal,)
    bills = (made,) if made is not None else ()
    return reference if bills else "", bills, issuing.faults(bills, issuer)


def _is_of_one(letter: Letter) -> bool:
    """Whether nothing but one item is demanded, so that its own reference says what is paid."""
    return len(letter.items) == 1 and letter.total == letter.rest


def _body(letter: Letter, day: dt.date) -> TableBody:
    words = wording_of(letter.customer.language)
    charged = letter.charges_interest and bool(letter.interest)
    columns = [
        (words.document, Column.TEXT), (words.date, Column.DATE), (words.due, Column.DATE),
        (words.level, Column.TEXT), (words.amount, Column.AMOUNT), (words.open, Column.AMOUNT),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for item in letter.items:
        owed = item.owed
        level = str(item.step) if item.step else words.fee_before
        rows.append((owed.called, owed.document_date, owed.due_date, level, owed.amount, owed.open))
    for credit in letter.credits:
        if credit.used:
            owed = credit.owed
            rows.append((f"{words.credit} {owed.document}".strip(), owed.document_date, None, "",
                         owed.amount, -credit.used))  # fmt: skip
    if charged:  # in place of the first amount, so that documents keep their room
        columns = [*columns[:4], columns[5], (words.interest, Column.AMOUNT)]
        interest = [item.interest for item in letter.items]
        rows = [(*row[:4], row[5], interest[nth] if nth < len(interest) else None)
                for nth, row in enumerate(rows)]  # fmt: skip
    totals = [(words.rest, letter.rest, Style.PLAIN)]
    if letter.fee:
        totals.append((words.fee, letter.fee, Style.PLAIN))
    if charged:
        totals.append((_interest(letter, day), letter.interest, Style.PLAIN))
    totals.append((words.to_pay, letter.total, Style.SUM))
    if len(totals) == 2:  # nothing comes to the rest
        totals = totals[1:]
    return TableBody(
        columns=tuple((head, str(kind)) for head, kind in columns), rows=tuple(rows),
        totals=tuple((label, amount, str(style)) for label, amount, style in totals),
        currency=letter.currency,
    )  # fmt: skip


def _interest(letter: Letter, day: dt.date) -> str:
    assert letter.level is not None
    percent = f"{letter.level.percent.normalize():f}"
    told = wording_of(letter.customer.language).interest_until
    return told.format(percent=percent, day=swiss_date(day))


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text
