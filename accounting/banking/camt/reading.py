"""Reading a file of statements.

Tolerant where banks differ, strict where money is read: an amount that cannot be understood
refuses the whole file. Elements are found in whatever namespace the file declares. Swiss Payment
Standards; differences of the versions: ``Sts`` became ``Sts/Cd``, parties got a ``Pty`` level.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from lxml import etree
from msgspec.structs import replace

from accounting.banking.camt.charges import charges_of, instructed_of
from accounting.banking.camt.contents import Detail, Entry, Statement, StatementFile
from accounting.banking.camt.elements import (
    Reading,
    amount_of,
    child_of,
    children_of,
    day_of,
    moment_of,
    paid_in,
    signed_of,
    text_of,
    value_of,
)
from accounting.banking.camt.totals import is_one_of_several, require_batch, require_totals
from erp.core.errors import DomainError

LARGEST: Final = 50 * 1024 * 1024  # 50,000 entries with details
MOST_ENTRIES: Final = 100_000  # the most that the Swiss Payment Standards allow in one message
DEEPEST: Final = 64  # levels; banks use 13
ENTRY_LEVEL: Final = 3  # below the root: message, statement, entry
NOT_SPECIFIED: Final = "MS03"  # ISO 20022, external return reasons: the agent gives none
STATEMENTS: Final = {"Stmt", "Ntfctn", "Rpt"}
KINDS: Final = {"BkToCstmrStmt": "camt.053", "BkToCstmrDbtCdtNtfctn": "camt.054",
                "BkToCstmrAcctRpt": "camt.052"}  # fmt: skip

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


class TooDeep(DomainError):
    code = "banking.too_deep"
    message = _("Elements of the file lie within each other more than %(limit)s levels deep, as in no "
                "bank's statement. Download it again from the bank.")  # fmt: skip
    field = "file"


class NotACamtFile(DomainError):
    code = "banking.not_a_camt_file"
    message = _("This is no camt.052, .053 or .054 file; it starts with “%(found)s”. Choose the "
                "statement in ISO 20022 format.")  # fmt: skip
    field = "file"


def read(content: bytes) -> StatementFile:
    """Read a file's bytes.

    Raises ``TooLarge``, ``NotXml``, ``ForbiddenDoctype``, ``NotACamtFile``, ``TooManyEntries``,
    ``TooDeep``, ``UnreadableValue``, ``FalseTotal`` or ``FalseBatch``. Nothing is fetched, no entity
    is resolved.
    """
    if len(content) > LARGEST:
        raise TooLarge(limit=LARGEST >> 20)
    try:
        return _read(content)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT and "depth" in str(error.msg):
            raise TooDeep(limit=DEEPEST) from None
        raise NotXml(reason=str(error.msg or "?")[:120]) from None


def _read(content: bytes) -> StatementFile:
    events = etree.iterparse(
        BytesIO(content), events=("end",), tag=("{*}Ntry", "{*}GrpHdr", "{*}Stmt", "{*}Ntfctn", "{*}Rpt"),
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    reading: Reading | None = None
    root: Any = None
    message_id, statements = "", []
    for _event, element in events:
        if reading is None:
            root = element.getroottree().getroot()
            reading = _begin(root)
        name = element.tag.rpartition("}")[2]
        if name == "Ntry":
            if not _is_in_statement(root, element):
                continue  # hidden in another one, which is read as a whole, or elsewhere
            reading.count += 1
            if reading.count > MOST_ENTRIES:
                raise TooManyEntries(limit=MOST_ENTRIES)
            if _deeper_in_entry(element):
                raise TooDeep(limit=DEEPEST)
            reading.entries.append(_entry(element, reading))
            _forget(element)
        elif not _lies_below(root, element, ENTRY_LEVEL - 1):
            continue
        elif name == "GrpHdr":
            message_id = text_of(element, reading, "MsgId")
            reading.paged = is_one_of_several(element, reading)
        else:
            require_totals(element, reading.entries, reading)
            statements.append(_statement(element, reading))
            reading.entries = []
    if reading is None:
        root = events.root
        if root is None:
            raise NotACamtFile(found="")
        _refuse_doctype(root)
        raise NotACamtFile(found=str(root.tag)[:100])
    if _deeper_in_file(root):  # the entries are out of it by now
        raise TooDeep(limit=DEEPEST)
    return StatementFile(_kind(root), message_id, tuple(statements))


def _deeper(levels: int) -> etree.XPath:
    """Whether an element holds others within each other over so many levels; meets each once."""
    return etree.XPath(f"boolean({'/'.join('*' * levels)})")


_deeper_in_file = _deeper(DEEPEST)  # from the root, the first level
_deeper_in_entry = _deeper(DEEPEST - ENTRY_LEVEL)


def _is_in_statement(root: Any, entry: Any) -> bool:
    holder = entry.getparent().tag.rpartition("}")[2]
    return holder in STATEMENTS and _lies_below(root, entry, ENTRY_LEVEL)


def _lies_below(root: Any, element: Any, levels: int) -> bool:
    for _level in range(levels):
        element = element.getparent()
        if element is None:
            return False
    return element is root


def _forget(entry: Any) -> None:
    """Free an entry that was read, so that memory does not grow with the file."""
    entry.clear()
    before = entry.getprevious()
    if before is not None and before.tag == entry.tag:
        entry.getparent().remove(before)


def _begin(root: Any) -> Reading:
    _refuse_doctype(root)
    _kind(root)
    return Reading(root.tag.rpartition("}")[0] + "}" if "}" in root.tag else "")


def _refuse_doctype(root: Any) -> None:
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise ForbiddenDoctype


def _kind(root: Any) -> str:
    first = next((c.tag.rpartition("}")[2] for c in root if isinstance(c.tag, str)), "")
    if root.tag.rpartition("}")[2] != "Document" or first not in KINDS:
        raise NotACamtFile(found=str(root.tag)[:100])
    return KINDS[first]


def _statement(element: Any, reading: Reading) -> Statement:
    ns = reading.ns
    balances: dict[str, tuple[Decimal, dt.date | None, str]] = {}
    for balance in element.iterfind(f"{ns}Bal"):
        code = text_of(balance, reading, "Tp", "CdOrPrtry", "Cd")
        if code not in balances:
            amount, day = signed_of(balance, reading), day_of(balance.find(f"{ns}Dt"), reading)
            balances[code] = (amount, day, balance.find(f"{ns}Amt").get("Ccy", ""))
    account = element.find(f"{ns}Acct")
    span = element.find(f"{ns}FrToDt")
    opening = balances.get("OPBD") or balances.get("PRCD")
    closing = balances.get("CLBD")
    days = [e.booking_date for e in reading.entries if e.booking_date]
    currency = "" if account is None else text_of(account, reading, "Ccy")
    if not currency:
        currency = next((e.currency for e in reading.entries), "")
    return Statement(
        identification=text_of(element, reading, "Id"),
        iban="" if account is None else text_of(account, reading, "Id", "IBAN"),
        other_account="" if account is None else text_of(account, reading, "Id", "Othr", "Id"),
        currency=currency,
        from_date=moment_of(span, reading, "FrDtTm") or min(days, default=None),
        to_date=moment_of(span, reading, "ToDtTm")
        or (closing[1] if closing else None) or max(days, default=None),
        opening=opening[0] if opening else None,
        closing=closing[0] if closing else None,
        balance_currencies=frozenset(b[2] for b in (opening, closing) if b),
        entries=tuple(reading.entries),
    )  # fmt: skip


def _entry(element: Any, reading: Reading) -> Entry:
    ns, told = reading.ns, children_of(element)
    amount = signed_of(told, reading)
    status = child_of(told, reading, "Sts")
    status_code = (
        "" if status is None else text_of(status, reading, "Cd") or value_of(status, reading)
    )
    is_credit = amount > 0 or (not amount and text_of(told, reading, "CdtDbtInd") == "CRDT")
    currency = child_of(told, reading, "Amt").get("Ccy", "")
    reversal = text_of(told, reading, "RvslInd") in {"true", "1"}
    details: list[Detail] = []
    for group in element.iterchildren(f"{ns}NtryDtls"):
        paid = [
            _detail(tx, reading, is_credit, reversal, amount, currency)
            for tx in group.iterchildren(f"{ns}TxDtls")
        ]
        require_batch(group, paid, amount, currency, reading)
        details += paid
        if not paid and amount < 0:
            details += _batch(group, reading, amount, currency)
    of_entry = charges_of(told, reading, currency)
    if of_entry and details and not any(detail.charges for detail in details):
        details[0] = replace(details[0], charges=of_entry)
    code = child_of(told, reading, "BkTxCd", "Domn")
    return Entry(
        amount=amount,
        currency=currency,
        status=status_code or "BOOK",
        booking_date=day_of(child_of(told, reading, "BookgDt"), reading),
        value_date=day_of(child_of(told, reading, "ValDt"), reading),
        reversal=reversal,
        reference=text_of(told, reading, "NtryRef"),
        servicer_reference=_given(text_of(told, reading, "AcctSvcrRef")),
        bank_code="" if code is None else "/".join(
            filter(None, (text_of(code, reading, "Cd"), text_of(code, reading, "Fmly", "Cd"),
                          text_of(code, reading, "Fmly", "SubFmlyCd")))
        ),
        text=_clean(text_of(told, reading, "AddtlNtryInf")),
        details=tuple(details),
    )  # fmt: skip


def _batch(group: Any, reading: Reading, amount: Decimal, currency: str) -> list[Detail]:
    """An order of our own that was debited in one, of which the bank tells the numbers alone."""
    batch = child_of(children_of(group), reading, "Btch")
    if batch is None:
        return []
    message, block = text_of(batch, reading, "MsgId"), text_of(batch, reading, "PmtInfId")
    if not (_given(message) or _given(block)):
        return []
    return [Detail(amount, currency, message_id=_given(message), block_id=_given(block))]


def _detail(
    tx: Any, reading: Reading, is_credit: bool, reversal: bool, total: Decimal, currency: str
) -> Detail:
    """A payment; in a reversal the parties keep the roles they had in the payment reversed."""
    ns, told = reading.ns, children_of(tx)
    place = paid_in(told, reading)
    amount, own = abs(total), currency
    if place is not None:
        amount, currency = amount_of(place, reading), place.get("Ccy", currency)
    indicator = text_of(told, reading, "CdtDbtInd")
    credited = is_credit if indicator not in {"CRDT", "DBIT"} else indicator == "CRDT"
    refs, parties = (_children_in(told, reading, name) for name in ("Refs", "RltdPties"))
    role = "Dbtr" if credited != reversal else "Cdtr"
    remittances = list(tx.iterchildren(f"{ns}RmtInf"))
    reference, kind = _reference(remittances, reading)
    texts = [*_told_in(remittances, reading), text_of(told, reading, "AddtlTxInf")]
    instructed, instructed_currency = instructed_of(told, reading)
    return Detail(
        amount=amount if credited else -amount,
        currency=currency,
        servicer_reference=_given(text_of(refs, reading, "AcctSvcrRef")),
        end_to_end_id=_given(text_of(refs, reading, "EndToEndId")),
        message_id=text_of(refs, reading, "MsgId"),
        instruction_id=_given(text_of(refs, reading, "InstrId")),
        block_id=_given(text_of(refs, reading, "PmtInfId")),
        reference=reference,
        reference_type=kind,
        text=_clean(" ".join(filter(None, texts))),
        party=_party(parties, reading, role),
        party_iban=text_of(parties, reading, f"{role}Acct", "Id", "IBAN"),
        return_reason=_return_reason(told, reading),
        charges=charges_of(told, reading, own),
        instructed=instructed,
        instructed_currency=instructed_currency,
    )


def _return_reason(told: Any, reading: Reading) -> str:
    """Why a payment came back: the code, or the bank's own word; a return without one is MS03."""
    if child_of(told, reading, "RtrInf") is None:
        return ""
    found = (text_of(told, reading, "RtrInf", "Rsn", name) for name in ("Cd", "Prtry"))
    return next(filter(None, found), NOT_SPECIFIED)[:35]


def _given(reference: str) -> str:
    """A reference, unless the bank wrote that there is none."""
    return "" if reference == "NOTPROVIDED" else reference


def _children_in(told: dict[str, Any], reading: Reading, name: str) -> dict[str, Any]:
    """The first child of each name in the element of this name; none where it is missing."""
    found = child_of(told, reading, name)
    return {} if found is None else children_of(found)


def _structured(remittances: Iterable[Any], reading: Reading, name: str) -> Iterator[Any]:
    """What the structured parts of remittance information hold under a name, in turn."""
    for remittance in remittances:
        for part in remittance.iterchildren(f"{reading.ns}Strd"):
            yield from part.iterchildren(reading.ns + name)


def _told_in(remittances: Iterable[Any], reading: Reading) -> list[str]:
    """The texts of remittance information: the free ones first."""
    free = [text for one in remittances for text in one.iterchildren(f"{reading.ns}Ustrd")]
    more = _structured(remittances, reading, "AddtlRmtInf")
    return [value_of(text, reading) for text in (*free, *more)]


def _reference(remittances: Iterable[Any], reading: Reading) -> tuple[str, str]:
    found = next(_structured(remittances, reading, "CdtrRefInf"), None)
    if found is None:
        return "", ""
    reference = text_of(found, reading, "Ref").replace(" ", "")
    kind = text_of(found, reading, "Tp", "CdOrPrtry", "Cd") or text_of(
        found, reading, "Tp", "CdOrPrtry", "Prtry"
    )
    if kind not in {"SCOR", "QRR"} and _QRR.fullmatch(reference):
        kind = "QRR"
    return reference, kind if kind in {"SCOR", "QRR"} else ""


def _party(parties: dict[str, Any], reading: Reading, role: str) -> str:
    """Name of a party, ultimate party or bank, with or without the ``Pty`` level of version 8."""
    for name in (f"Ultmt{role}", role):
        found = child_of(parties, reading, name)
        if found is None:
            continue
        holder = child_of(found, reading, "Pty")
        told = text_of(found if holder is None else holder, reading, "Nm") or text_of(
            found, reading, "Agt", "FinInstnId", "Nm"
        )
        if told:
            return told.split("\n", 1)[0].strip()[:140]
    return ""


def _clean(text: str) -> str:
    return " ".join(_BANK_INTERNALS.sub("", text).split())[:500] if text else ""
