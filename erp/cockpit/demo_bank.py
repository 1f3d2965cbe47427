"""Bank statements as the demo's bank would send them (camt.053.001.08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple
from xml.sax.saxutils import escape


class Movement(NamedTuple):
    """A booking of the bank: day of the month, amount, other party, text, QR reference.

    ``batch`` are the numbers of message and block of an order that was executed as one debit.
    """

    day: int
    amount: Decimal
    party: str
    text: str
    reference: str = ""
    batch: tuple[str, str] | None = None


def statement_xml(
    iban: str, opening: Decimal, start: dt.date, movements: Sequence[tuple[Any, ...]]
) -> bytes:
    """A file with the statement of a month; each movement has the values of a ``Movement``."""
    every = [Movement(*one) for one in movements]
    return _file(start, [_statement(iban, opening, start, every)])


def statements_xml(
    iban: str, opening: Decimal, movements: Iterable[tuple[dt.date, Movement]]
) -> bytes:
    """A file with a statement for each month of dated movements, which follow one another."""
    made = []
    rows = sorted(movements, key=lambda row: row[0])
    for start, of_month in groupby(rows, key=lambda row: row[0].replace(day=1)):
        every = [one for _day, one in of_month]
        made.append(_statement(iban, opening, start, every))
        opening += sum((one.amount for one in every), Decimal(0))
    return _file(rows[0][0], made)


def _file(start: dt.date, statements: Iterable[str]) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><GrpHdr>"
        f"<MsgId>D{start:%Y%m%d}</MsgId><CreDtTm>{start}T20:00:00</CreDtTm></GrpHdr>"
        f"{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()


def _statement(iban: str, opening: Decimal, start: dt.date, movements: Sequence[Movement]) -> str:
    closing = opening + sum((one.amount for one in movements), Decimal(0))
    last = max((start.replace(day=one.day) for one in movements), default=start)
    return (
        f"<Stmt><Id>S{start:%Y%m}</Id><CreDtTm>{last}T20:00:00</CreDtTm><FrToDt><FrDtTm>{start}T00:00:00"
        f"</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>{iban}</IBAN></Id>"
        f"<Ccy>CHF</Ccy></Acct>{_balance('OPBD', opening, start)}{_balance('CLBD', closing, last)}"
        f"{''.join(_entries(start, movements))}</Stmt>"
    )


def _balance(code: str, amount: Decimal, day: dt.date) -> str:
    side = "CRDT" if amount >= 0 else "DBIT"
    return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CHF'>{abs(amount)}"
            f"</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>")  # fmt: skip


def _entries(start: dt.date, movements: Iterable[Movement]) -> Iterator[str]:
    for nth, one in enumerate(movements, 1):
        date, side = start.replace(day=one.day), "CRDT" if one.amount > 0 else "DBIT"
        yield (
            f"<Ntry><Amt Ccy='CHF'>{abs(one.amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>"
            f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{date}</Dt></BookgDt><ValDt><Dt>{date}</Dt></ValDt>"
            f"<AcctSvcrRef>{start:%Y%m}{nth:06}</AcctSvcrRef><NtryDtls>{_details(one)}</NtryDtls></Ntry>"
        )


def _details(one: Movement) -> str:
    if one.batch is not None:  # a confidential order: the bank names it and nobody in it
        message, block = one.batch
        return f"<Btch><MsgId>{escape(message)}</MsgId><PmtInfId>{escape(block)}</PmtInfId></Btch>"
    told = f"<Ustrd>{escape(one.text)}</Ustrd>"
    if one.reference:
        told = ("<Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp>"
                f"<Ref>{one.reference}</Ref></CdtrRefInf></Strd>")  # fmt: skip
    role = "Dbtr" if one.amount > 0 else "Cdtr"
    return (
        "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f"<Amt Ccy='CHF'>{abs(one.amount)}</Amt><RltdPties><{role}><Pty><Nm>{escape(one.party)}</Nm>"
        f"</Pty></{role}></RltdPties><RmtInf>{told}</RmtInf></TxDtls>"
    )
