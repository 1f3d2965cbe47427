"""Bank statements as banks send them, small enough to be read in a test."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN = "CH9300762011623852957"
OTHER_IBAN = "CH5604835012345678009"
EURO_IBAN = "DE89370400440532013000"
ROOTS = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
         "052": ("BkToCstmrAcctRpt", "Rpt")}  # fmt: skip
_SIGNED = re.compile(
    r"<Ntry>.*?<Amt[^>]*>([^<]*)</Amt><CdtDbtInd>(CRDT|DBIT)</CdtDbtInd>.*?<Cd>(BOOK|PDNG|INFO)<"
)


def tx(
    amount: str = "", *, party: str = "", iban: str = "", reference: str = "", kind: str = "QRR",
    text: str = "", end_to_end: str = "NOTPROVIDED", role: str = "Dbtr", currency: str = "CHF",
) -> str:  # fmt: skip
    """A payment within an entry (TxDtls, version 8)."""
    structured = (
        f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>{kind}</Prtry></CdOrPrtry></Tp>"
        f"<Ref>{reference}</Ref></CdtrRefInf></Strd>" if reference else ""
    )  # fmt: skip
    return "".join(
        [
            f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>",
            f'<Amt Ccy="{currency}">{amount}</Amt>' if amount else "",
            "<RltdPties>",
            f"<{role}><Pty><Nm>{escape(party)}</Nm></Pty></{role}>" if party else "",
            f"<{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>" if iban else "",
            "</RltdPties>",
            f"<RmtInf>{f'<Ustrd>{escape(text)}</Ustrd>' if text else ''}{structured}</RmtInf>",
            "</TxDtls>",
        ]
    )


def entry(
    amount: str = "100.00", *payments: str, side: str = "CRDT", day: str = "2026-03-31",
    ref: str = "", status: str = "BOOK", currency: str = "CHF", text: str = "", more: str = "",
) -> str:  # fmt: skip
    """A booking of the bank (Ntry, version 8); ``ref`` is the bank's own reference."""
    details = f"<NtryDtls>{''.join(payments)}</NtryDtls>" if payments else ""
    return "".join(
        [
            f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}',
            f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>",
            f"<ValDt><Dt>{day}</Dt></ValDt>",
            f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else "",
            f"{details}<AddtlNtryInf>{escape(text)}</AddtlNtryInf></Ntry>",
        ]
    )


def paid(amount: str, party: str, *, iban: str = "", text: str = "", **more: str) -> str:
    """An entry with one payment: received from the party, or paid to it with ``side="DBIT"``."""
    role = "Cdtr" if more.get("side") == "DBIT" else "Dbtr"
    payment = tx(amount, party=party, iban=iban, text=text, role=role,
                 currency=more.get("currency", "CHF"))  # fmt: skip
    return entry(amount, payment, **more)


def statement(
    *entries: str, ident: str = "S-1", opening: str = "0.00", closing: str | None = None,
    account: str = f"<Id><IBAN>{IBAN}</IBAN></Id><Ccy>CHF</Ccy>", currency: str = "CHF",
    days: tuple[str, str] | None = ("2026-03-01", "2026-03-31"), kind: str = "053", more: str = "",
) -> str:  # fmt: skip
    """A statement; unless told, its closing balance is what the booked entries lead to."""
    if closing is None:
        closing = str(Decimal(opening) + turnover("".join(entries)))
    last = days[1] if days else "2026-03-31"
    balances = balance("OPBD", opening, currency=currency, day=last)
    balances += balance("CLBD", closing, currency=currency, day=last)
    span = (
        f"<FrToDt><FrDtTm>{days[0]}T00:00:00</FrDtTm><ToDtTm>{days[1]}T23:59:59</ToDtTm></FrToDt>"
        if days else ""
    )  # fmt: skip
    name = ROOTS[kind][1]
    return (
        f"<{name}><Id>{ident}</Id><CreDtTm>2026-04-01T06:00:00</CreDtTm>{span}"
        f"<Acct>{account}</Acct>{balances if kind == '053' else ''}{more}{''.join(entries)}</{name}>"
    )


def balance(code: str, amount: str, *, currency: str = "CHF", day: str = "2026-03-31") -> str:
    side = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount.removeprefix("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def summary(**figures: tuple[object, object]) -> str:
    """Control figures of a statement (TxsSummry), a count and a sum each; None is not told."""
    told = (
        f"<{name}>{_told('NbOfNtries', count)}{_told('Sum', total)}</{name}>"
        for name, (count, total) in figures.items()
    )
    return f"<TxsSummry>{''.join(told)}</TxsSummry>"


def batch(count: object = None, total: object = None, *, currency: str = "CHF") -> str:
    """Control figures of a collective entry (Btch), to be given before its payments."""
    told = _told("NbOfTxs", count) + _told("TtlAmt", total, f' Ccy="{currency}"')
    return f"<Btch>{told}</Btch>"


def _told(name: str, value: object, attributes: str = "") -> str:
    return "" if value is None else f"<{name}{attributes}>{value}</{name}>"


def turnover(entries: str) -> Decimal:
    """What booked entries move the balance by."""
    return sum(
        (
            Decimal(amount) if side == "CRDT" else -Decimal(amount)
            for amount, side, status in _SIGNED.findall(entries)
            if status == "BOOK"
        ),
        Decimal("0.00"),
    )


def camt(*statements: str, kind: str = "053") -> bytes:
    """A file of version 8."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08"><{ROOTS[kind][0]}>'
        "<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-04-01T06:00:00</CreDtTm></GrpHdr>"
        f"{''.join(statements)}</{ROOTS[kind][0]}></Document>"
    ).encode()


def camt053(*entries: str, **told: str | None) -> bytes:
    """A camt.053 of one statement."""
    return camt(statement(*entries, **told))


def camt054(*entries: str, **told: str) -> bytes:
    """A camt.054 of one notification."""
    return camt(statement(*entries, kind="054", **told), kind="054")


def zipped(*files: bytes, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", how) as archive:
        for nth, content in enumerate(files, 1):
            archive.writestr(f"{nth}.xml", content)
    return box.getvalue()
