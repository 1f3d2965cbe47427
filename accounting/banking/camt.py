"""Reading bank statements: camt.052, .053 and .054 of ISO 20022, versions .04 and .08.

Tolerant where banks differ, strict where money is read: an amount that cannot be understood
refuses the whole file. Elements are found in whatever namespace the file declares. Swiss Payment
Standards; differences of the versions: ``Sts`` became ``Sts/Cd``, parties got a ``Pty`` level.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from lxml import etree

from erp.core.errors import DomainError
from erp.core.money import CENTIME

LARGEST: Final = 50 * 1024 * 1024  # 50,000 entries with details
MOST_ENTRIES: Final = 100_000  # the most that the Swiss Payment Standards allow in one message
YEARS: Final = range(1900, 2100)  # what lies outside is no day a bank books on
ZURICH: Final = ZoneInfo("Europe/Zurich")
KINDS: Final = {"BkToCstmrStmt": "camt.053", "BkToCstmrDbtCdtNtfctn": "camt.054",
                "BkToCstmrAcctRpt": "camt.052"}  # fmt: skip

_AMOUNT = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,5})?", re.ASCII)
_BANK_INTERNALS = re.compile(r"\?(?:REJECT|ERROR)\?\S*")
_QRR = re.compile(r"[0-9]{27}", re.ASCII)


class NotXml(DomainError):
    code = "banking.not_xml"
    message = _("This is no readable XML file: %(reason)s. Download the statement again.")
    field = "file"


class ForbiddenDoctype(DomainError):
    code = "banking.forbidden_doctype"
    message = _("The file declares a document type, which bank statements never do. It is refused.")
    field = "file"


class TooLarge(DomainError):
    code = "banking.too_large"
    message = _("The file has more than %(limit)s MB. Ask the bank for a shorter span.")
    field = "file"


class TooManyEntries(DomainError):
    code = "banking.too_many_entries"
    message = _("The file has more than %(limit)s entries. Ask the bank for a shorter span.")
    field = "file"


class NotACamtFile(DomainError):
    code = "banking.not_a_camt_file"
    message = _("This is no camt.052, .053 or .054 file; it starts with “%(found)s”. Choose the "
                "statement in ISO 20022 format.")  # fmt: skip
    field = "file"


class UnreadableValue(DomainError):
    code = "banking.unreadable_value"
    message = _("Entry %(entry)s: %(element)s is “%(value)s”, which cannot be read. The file is "
                "refused as a whole; ask the bank.")  # fmt: skip
    field = "file"


@dataclass(frozen=True, slots=True)
class Detail:
    """One payment within an entry; ``amount`` from the account holder's view, credits positive.

    ``party`` is the other side: who paid, or who was paid.
    """

    amount: Decimal
    currency: str
    servicer_reference: str = ""
    end_to_end_id: str = ""
    message_id: str = ""
    reference: str = ""
    reference_type: str = ""
    text: str = ""
    party: str = ""
    party_iban: str = ""
    return_reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking of the bank; ``amount`` is signed, credits positive."""

    amount: Decimal
    currency: str
    status: str
    booking_date: dt.date | None
    value_date: dt.date | None
    reversal: bool
    reference: str
    servicer_reference: str
    bank_code: str
    text: str
    details: tuple[Detail, ...]

    @property
    def is_booked(self) -> bool:
        return self.status == "BOOK"


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's statement, notification or report."""

    identification: str
    iban: str
    other_account: str
    currency: str
    from_date: dt.date | None
    to_date: dt.date | None
    opening: Decimal | None
    closing: Decimal | None
    balance_currencies: frozenset[str]
    entries: tuple[Entry, ...]

    @property
    def booked(self) -> Decimal:
        return sum((e.amount for e in self.entries if e.is_booked), Decimal(0))


@dataclass(frozen=True, slots=True)
class StatementFile:
    """What a file holds."""

    kind: str
    message_id: str
    statements: tuple[Statement, ...]


@dataclass
class _Reading:
    ns: str
    entries: list[Entry] = field(default_factory=list)
    count: int = 0


def read(content: bytes) -> StatementFile:
    """Read a file's bytes.

    Raises ``TooLarge``, ``NotXml``, ``ForbiddenDoctype``, ``NotACamtFile``, ``TooManyEntries`` or
    ``UnreadableValue``. Nothing is fetched, no entity is resolved.
    """
    if len(content) > LARGEST:
        raise TooLarge(limit=LARGEST >> 20)
    try:
        return _read(content)
    except etree.XMLSyntaxError as error:
        raise NotXml(reason=str(error.msg or "?")[:120]) from None


def _read(content: bytes) -> StatementFile:
    events = etree.iterparse(
        BytesIO(content), events=("end",), tag=("{*}Ntry", "{*}GrpHdr", "{*}Stmt", "{*}Ntfctn", "{*}Rpt"),
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    reading: _Reading | None = None
    root: Any = None
    message_id, statements = "", []
    for _event, element in events:
        if reading is None:
            root = element.getroottree().getroot()
            reading = _begin(root)
        name = element.tag.rpartition("}")[2]
        if name == "Ntry":
            reading.count += 1
            if reading.count > MOST_ENTRIES:
                raise TooManyEntries(limit=MOST_ENTRIES)
            reading.entries.append(_entry(element, reading))
            _forget(element)
        elif name == "GrpHdr":
            message_id = _text(element, reading, "MsgId")
        elif element.getparent() is not None and element.getparent().getparent() is root:
            statements.append(_statement(element, reading))
            reading.entries = []
    if reading is None:
        root = events.root
        if root is None:
            raise NotACamtFile(found="")
        _refuse_doctype(root)
        raise NotACamtFile(found=str(root.tag)[:100])
    return StatementFile(_kind(root), message_id, tuple(statements))


def _forget(entry: Any) -> None:
    """Free an entry that was read, so that memory does not grow with the file."""
    entry.clear()
    before = entry.getprevious()
    if before is not None and before.tag == entry.tag:
        entry.getparent().remove(before)


def _begin(root: Any) -> _Reading:
    _refuse_doctype(root)
    _kind(root)
    return _Reading(root.tag.rpartition("}")[0] + "}" if "}" in root.tag else "")


def _refuse_doctype(root: Any) -> None:
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise ForbiddenDoctype


def _kind(root: Any) -> str:
    first = next((c.tag.rpartition("}")[2] for c in root if isinstance(c.tag, str)), "")
    if root.tag.rpartition("}")[2] != "Document" or first not in KINDS:
        raise NotACamtFile(found=str(root.tag)[:100])
    return KINDS[first]


def _statement(element: Any, reading: _Reading) -> Statement:
    ns = reading.ns
    balances: dict[str, tuple[Decimal, dt.date | None, str]] = {}
    for balance in element.iterfind(f"{ns}Bal"):
        code = _text(balance, reading, "Tp", "CdOrPrtry", "Cd")
        if code not in balances:
            amount, day = _signed(balance, reading), _date(balance.find(f"{ns}Dt"), reading)
            balances[code] = (amount, day, balance.find(f"{ns}Amt").get("Ccy", ""))
    account = element.find(f"{ns}Acct")
    span = element.find(f"{ns}FrToDt")
    opening = balances.get("OPBD") or balances.get("PRCD")
    closing = balances.get("CLBD")
    days = [e.booking_date for e in reading.entries if e.booking_date]
    currency = "" if account is None else _text(account, reading, "Ccy")
    if not currency:
        currency = next((e.currency for e in reading.entries), "")
    return Statement(
        identification=_text(element, reading, "Id"),
        iban="" if account is None else _text(account, reading, "Id", "IBAN"),
        other_account="" if account is None else _text(account, reading, "Id", "Othr", "Id"),
        currency=currency,
        from_date=_moment(span, reading, "FrDtTm") or min(days, default=None),
        to_date=_moment(span, reading, "ToDtTm")
        or (closing[1] if closing else None) or max(days, default=None),
        opening=opening[0] if opening else None,
        closing=closing[0] if closing else None,
        balance_currencies=frozenset(b[2] for b in (opening, closing) if b),
        entries=tuple(reading.entries),
    )  # fmt: skip


def _entry(element: Any, reading: _Reading) -> Entry:
    ns, told = reading.ns, _children(element)
    amount = _signed(told, reading)
    status = _child(told, reading, "Sts")
    status_code = "" if status is None else _text(status, reading, "Cd") or _value(status, reading)
    is_credit = amount > 0 or (not amount and _text(told, reading, "CdtDbtInd") == "CRDT")
    currency = _child(told, reading, "Amt").get("Ccy", "")
    reversal = _text(told, reading, "RvslInd") in {"true", "1"}
    details = tuple(
        _detail(tx, reading, is_credit, reversal, amount, currency)
        for group in element.iterchildren(f"{ns}NtryDtls")
        for tx in group.iterchildren(f"{ns}TxDtls")
    )
    code = _child(told, reading, "BkTxCd", "Domn")
    return Entry(
        amount=amount,
        currency=currency,
        status=status_code or "BOOK",
        booking_date=_date(_child(told, reading, "BookgDt"), reading),
        value_date=_date(_child(told, reading, "ValDt"), reading),
        reversal=reversal,
        reference=_text(told, reading, "NtryRef"),
        servicer_reference=_given(_text(told, reading, "AcctSvcrRef")),
        bank_code="" if code is None else "/".join(
            filter(None, (_text(code, reading, "Cd"), _text(code, reading, "Fmly", "Cd"),
                          _text(code, reading, "Fmly", "SubFmlyCd")))
        ),
        text=_clean(_text(told, reading, "AddtlNtryInf")),
        details=details,
    )  # fmt: skip


def _detail(
    tx: Any, reading: _Reading, is_credit: bool, reversal: bool, total: Decimal, currency: str
) -> Detail:
    """A payment; in a reversal the parties keep the roles they had in the payment reversed."""
    ns, told = reading.ns, _children(tx)
    place = _child(told, reading, "Amt")
    if place is None:
        place = _child(told, reading, "AmtDtls", "TxAmt", "Amt")
    amount = abs(total)
    if place is not None:
        amount, currency = _amount(place, reading), place.get("Ccy", currency)
    indicator = _text(told, reading, "CdtDbtInd")
    credited = is_credit if indicator not in {"CRDT", "DBIT"} else indicator == "CRDT"
    refs, parties = _child(told, reading, "Refs"), _child(told, reading, "RltdPties")
    role = "Dbtr" if credited != reversal else "Cdtr"
    reference, kind = _reference(tx, reading)
    texts = [
        _value(text, reading)
        for path in (f"{ns}Ustrd", f"{ns}Strd/{ns}AddtlRmtInf")
        for remittance in tx.iterchildren(f"{ns}RmtInf")
        for text in remittance.iterfind(path)
    ]
    texts.append(_text(told, reading, "AddtlTxInf"))
    return Detail(
        amount=amount if credited else -amount,
        currency=currency,
        servicer_reference="" if refs is None else _given(_text(refs, reading, "AcctSvcrRef")),
        end_to_end_id="" if refs is None else _given(_text(refs, reading, "EndToEndId")),
        message_id="" if refs is None else _text(refs, reading, "MsgId"),
        reference=reference,
        reference_type=kind,
        text=_clean(" ".join(filter(None, texts))),
        party=_party(parties, reading, role),
        party_iban="" if parties is None else _text(parties, reading, f"{role}Acct", "Id", "IBAN"),
        return_reason=_text(told, reading, "RtrInf", "Rsn", "Cd"),
    )


def _given(reference: str) -> str:
    """A reference, unless the bank wrote that there is none."""
    return "" if reference == "NOTPROVIDED" else reference


def _reference(tx: Any, reading: _Reading) -> tuple[str, str]:
    ns = reading.ns
    found = tx.find(f"{ns}RmtInf/{ns}Strd/{ns}CdtrRefInf")
    if found is None:
        return "", ""
    reference = _text(found, reading, "Ref").replace(" ", "")
    kind = _text(found, reading, "Tp", "CdOrPrtry", "Cd") or _text(
        found, reading, "Tp", "CdOrPrtry", "Prtry"
    )
    if kind not in {"SCOR", "QRR"} and _QRR.fullmatch(reference):
        kind = "QRR"
    return reference, kind if kind in {"SCOR", "QRR"} else ""


def _party(parties: Any, reading: _Reading, role: str) -> str:
    """Name of a party, ultimate party or bank, with or without the ``Pty`` level of version 8."""
    if parties is None:
        return ""
    for name in (f"Ultmt{role}", role):
        found = _child(parties, reading, name)
        if found is None:
            continue
        holder = _child(found, reading, "Pty")
        told = _text(found if holder is None else holder, reading, "Nm") or _text(
            found, reading, "Agt", "FinInstnId", "Nm"
        )
        if told:
            return told.split("\n", 1)[0].strip()[:140]
    return ""


def _signed(element: Any, reading: _Reading) -> Decimal:
    place = _child(element, reading, "Amt")
    if place is None:
        raise UnreadableValue(entry=reading.count, element="Amt", value="")
    amount = _amount(place, reading)
    if amount != amount.quantize(CENTIME):  # the books could not keep it
        raise UnreadableValue(entry=reading.count, element="Amt", value=str(amount))
    direction = _text(element, reading, "CdtDbtInd")
    if direction not in {"CRDT", "DBIT"}:
        raise UnreadableValue(entry=reading.count, element="CdtDbtInd", value=direction[:40])
    return amount if direction == "CRDT" else -amount


def _amount(element: Any, reading: _Reading) -> Decimal:
    text = _value(element, reading)
    if not _AMOUNT.fullmatch(text):
        raise UnreadableValue(entry=reading.count, element="Amt", value=text[:40])
    amount = Decimal(text)
    centimes = amount.quantize(CENTIME)
    return centimes if centimes == amount else amount


def _text(element: Any, reading: _Reading, *path: str) -> str:
    found = _child(element, reading, *path)
    return "" if found is None else _value(found, reading)


def _child(element: Any, reading: _Reading, *path: str) -> Any:
    """The first child of that name, and its first child … ``find`` takes five times as long.

    ``element`` may be the children of one, by name, where many are asked for.
    """
    ns, found = reading.ns, element
    if type(element) is dict:
        found, path = element.get(ns + path[0]), path[1:]
        if found is None:
            return None
    for name in path:
        found = next(found.iterchildren(ns + name), None)
        if found is None:
            return None
    return found


def _children(element: Any) -> dict[str, Any]:
    """The first child of each name."""
    found: dict[str, Any] = {}
    for child in element:
        found.setdefault(child.tag, child)
    return found


def _value(element: Any, reading: _Reading) -> str:
    """What stands in an element; a comment or instruction hidden in it refuses the file."""
    if len(element):
        shown = "".join(element.itertext())[:40]
        name = element.tag.rpartition("}")[2]
        raise UnreadableValue(entry=reading.count, element=name, value=shown)
    return (element.text or "").strip()


def _date(element: Any, reading: _Reading) -> dt.date | None:
    if element is None:
        return None
    day = _text(element, reading, "Dt")
    if not day:
        return _moment(element, reading, "DtTm")
    try:
        return _sensible(dt.date.fromisoformat(day[:10]))
    except ValueError:
        raise UnreadableValue(entry=reading.count, element="Dt", value=day[:40]) from None


def _moment(element: Any, reading: _Reading, name: str) -> dt.date | None:
    """The business day in Zurich of a moment; without a time zone it is local time."""
    text = "" if element is None else _text(element, reading, name)
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return _sensible(moment.astimezone(ZURICH).date() if moment.tzinfo else moment.date())
    except (ValueError, OverflowError):
        raise UnreadableValue(entry=reading.count, element=name, value=text[:40]) from None


def _sensible(day: dt.date) -> dt.date:
    if day.year not in YEARS:
        raise ValueError(day)
    return day


def _clean(text: str) -> str:
    return " ".join(_BANK_INTERNALS.sub("", text).split())[:500] if text else ""
