"""The rules of payment orders (Regeln der SPS): reads any pain.001, ours or not, and tells each breach.

The XML schema is not enough: Swiss Payment Standards 2025, business rules 3.2 and implementation
guidelines for credit transfers 2.2. What a bank cannot know from the file alone, such as a message
sent before, is not found here.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from accounting.payments.pain.elements import Found, amount_in, first_text, kids, text_at
from accounting.payments.pain.findings import Finding
from accounting.payments.pain.order import MOST_TRANSACTIONS, Advice
from accounting.payments.pain.text import is_allowed
from accounting.payments.pain.transaction_rules import (
    SALARIES,
    Levels,
    agent,
    category_of,
    check_reference,
    check_transaction,
    iban_of,
    service_levels,
)
from erp.core.errors import DomainError
from erp.core.identifiers import is_qr_iban
from erp.core.money import ZERO

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LARGEST: Final = 200 * 1024 * 1024
SOFTWARE: Final = frozenset({"NAME", "PRVD", "VRSN", "SPSV"})
METHODS: Final = frozenset({"TRF", "TRA", "CHK"})
ADVICES: Final = frozenset(advice.value for advice in Advice if advice.value)

_EMPTY = etree.XPath("//*[not(*) and not(normalize-space())]")


class NotAPaymentFile(DomainError):
    code = "payments.not_a_payment_file"
    message = _("This is no readable XML file: %(reason)s. Choose a payment order (pain.001).")
    field = "file"


def check(content: bytes, *, on: dt.date | None = None) -> list[Finding]:
    """All breaches in the bytes of a payment order, in the order of the file; none where it is good.

    ``on`` also finds days of execution that have gone by. Entities and the network are off.
    Raises ``NotAPaymentFile`` where it is no XML at all.
    """
    if len(content) > LARGEST:
        raise NotAPaymentFile(reason=f"> {LARGEST >> 20} MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotAPaymentFile(reason=str(error.msg or "?")[:120]) from None
    found = []
    declared = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    if content.startswith(b"\xef\xbb\xbf") or declared != "UTF-8":
        found.append(Finding("encoding", "/", declared))
    if b"<![CDATA[" in content:
        found.append(Finding("cdata", "/"))
    return found + check_tree(root, on=on)


def check_tree(root: Any, *, on: dt.date | None = None) -> list[Finding]:
    """All breaches in a tree that was read or made; see ``check``."""
    return _Check(on).of(root)


class _Check:
    def __init__(self, on: dt.date | None) -> None:
        self.day = on
        self.found: Found = []

    def of(self, root: Any) -> list[Finding]:
        namespace, _brace, name = root.tag.rpartition("}")
        if namespace.lstrip("{") != NAMESPACE:
            self._add("namespace", "Document", namespace.lstrip("{"))
        top = kids(root).get("CstmrCdtTrfInitn") if name == "Document" else None
        if top is None:
            self._add("structure", name, "")
            return self.found
        self._texts(root)
        blocks = [child for child in top if _name(child) == "PmtInf"]
        if not blocks:
            self._add("structure", "CstmrCdtTrfInitn", "")
        self._header(kids(top).get("GrpHdr"), blocks)
        for nth, block in enumerate(blocks, 1):
            self._block(block, f"PmtInf[{nth}]")
        ids = [first_text(block, "PmtInfId") for block in blocks]
        self._twice("duplicate_block", ids, "PmtInf[{}]/PmtInfId")
        return self.found

    # --- the whole file -----------------------------------------------------------------------------
    def _texts(self, root: Any) -> None:
        for element in _EMPTY(root):
            if not element.attrib:
                self._add("empty_element", _path(element), "")
        if is_allowed("".join(text for text in root.itertext() if not text.isspace())):
            return
        for element in root.iter():
            text = element.text or ""
            if not len(element) and not is_allowed(text):
                wrong = "".join(dict.fromkeys(c for c in text if not is_allowed(c)))
                self._add("characters", _path(element), wrong)

    def _header(self, header: Any, blocks: list[Any]) -> None:
        if header is None:
            self._add("missing", "GrpHdr", "")
            return
        told = kids(header)
        self._need(told, "GrpHdr", "MsgId", "CreDtTm", "NbOfTxs", "InitgPty")
        self._reference(told, "GrpHdr", "MsgId")
        rows = [one for block in blocks for one in block if _name(one) == "CdtTrfTxInf"]
        count = text_at(told, "NbOfTxs")
        if count and count != str(len(rows)):
            self._add("count", "GrpHdr/NbOfTxs", count)
        if len(rows) > MOST_TRANSACTIONS:
            self._add("too_many", "GrpHdr/NbOfTxs", str(len(rows)))
        control = text_at(told, "CtrlSum")
        if control and amount_in(control) != sum((_amount_of(one) for one in rows), ZERO):
            self._add("sum", "GrpHdr/CtrlSum", control)
        if "InitgPty" in told:
            self._initiator(told["InitgPty"])

    def _initiator(self, party: Any) -> None:
        told = kids(party)
        place = "GrpHdr/InitgPty"
        if "Nm" not in told and "Id" not in told:
            self._add("missing", f"{place}/Nm", "")
        if "PstlAdr" in told:
            self._add("initiator_address", f"{place}/PstlAdr", "")
        if len(text_at(told, "Nm")) > 140:
            self._add("too_long", f"{place}/Nm", text_at(told, "Nm"))
        channels = []
        for other in told.get("CtctDtls", ()):
            of_channel = kids(other)
            channels.append(text_at(of_channel, "ChanlTp"))
            if channels[-1] not in SOFTWARE or not text_at(of_channel, "Id"):
                self._add("software", f"{place}/CtctDtls", channels[-1] or _name(other))
        if len(set(channels)) < len(channels):
            self._add("software", f"{place}/CtctDtls", ", ".join(channels))

    # --- blocks -------------------------------------------------------------------------------------
    def _block(self, block: Any, place: str) -> None:
        told = kids(block)
        self._need(told, place, "PmtInfId", "PmtMtd", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt")
        self._reference(told, place, "PmtInfId")
        method = text_at(told, "PmtMtd")
        if method and method not in METHODS:
            self._add("method", f"{place}/PmtMtd", method)
        batch = text_at(told, "BtchBookg")
        if batch not in {"", "true", "false", "1", "0"}:
            self._add("batch", f"{place}/BtchBookg", batch)
        if "ReqdExctnDt" in told:
            self._date(told["ReqdExctnDt"], f"{place}/ReqdExctnDt")
        self._debtor(told, place)
        kind = told.get("PmtTpInf")
        if category_of(kind) in SALARIES and batch in {"false", "0"}:
            self._add("salary_single", f"{place}/BtchBookg", batch)
        rows = [child for child in block if _name(child) == "CdtTrfTxInf"]
        if not rows:
            self._add("missing", f"{place}/CdtTrfTxInf", "")
        levels = Levels(method, service_levels(kind), "PmtTpInf" in told, text_at(told, "ChrgBr"))
        if levels.charges:
            self._charges(levels, f"{place}/ChrgBr")
        currencies = set()
        ids = []
        for nth, one in enumerate(rows, 1):
            at = f"{place}/CdtTrfTxInf[{nth}]"
            currency, name = check_transaction(one, at, levels, self.found)
            currencies.add(currency)
            ids.append(name)
        if len(currencies) > 1:
            self._add("currencies", place, ", ".join(sorted(currencies)))
        self._twice("duplicate_payment", ids, place + "/CdtTrfTxInf[{}]/PmtId/InstrId")

    def _charges(self, levels: Levels, place: str) -> None:
        if levels.charges not in {"DEBT", "CRED", "SHAR", "SLEV"}:
            self._add("charges", place, levels.charges)
        elif "SEPA" in levels.services and levels.charges != "SLEV":
            self._add("sepa_charges", place, levels.charges)

    def _date(self, element: Any, place: str) -> None:
        told = kids(element)
        text = text_at(told, "Dt") or text_at(told, "DtTm")[:10]
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            self._add("date", place, text or (element.text or "").strip())
            return
        if self.day is not None and day < self.day:
            self._add("date_past", f"{place}/Dt", text)

    def _debtor(self, told: dict[str, Any], place: str) -> None:
        if "Dbtr" in told and "PstlAdr" in kids(told["Dbtr"]):
            self._add("debtor_address", f"{place}/Dbtr/PstlAdr", "")
        if "DbtrAcct" in told:
            at = f"{place}/DbtrAcct/Id/IBAN"
            iban, valid = iban_of(told["DbtrAcct"])
            if not iban:
                self._add("missing", at, "")
            elif not valid:
                self._add("iban", at, iban)
            elif is_qr_iban(iban):
                self._add("debtor_qr_iban", at, iban)
            kind = kids(told["DbtrAcct"]).get("Tp")
            advice = text_at(kids(kind), "Prtry") if kind is not None else ""
            if kind is not None and advice not in ADVICES:
                self._add("advice", f"{place}/DbtrAcct/Tp/Prtry", advice)
        if "DbtrAgt" in told:
            agent(told["DbtrAgt"], f"{place}/DbtrAgt/FinInstnId", self.found)

    # --- what many rules share ----------------------------------------------------------------------
    def _need(self, told: dict[str, Any], place: str, *names: str) -> None:
        for name in names:
            if name not in told:
                self._add("missing", f"{place}/{name}", "")

    def _reference(self, told: dict[str, Any], place: str, name: str) -> None:
        check_reference(told, place, name, self.found)

    def _twice(self, code: str, ids: list[str], place: str) -> None:
        many = {name for name, count in Counter(ids).items() if name and count > 1}
        for nth, name in enumerate(ids, 1):
            if name in many and ids.index(name) != nth - 1:
                self._add(code, place.format(nth), name)

    def _add(self, code: str, place: str, value: str) -> None:
        self.found.append(Finding(code, place, value))


def _amount_of(one: Any) -> Decimal:
    amount = kids(one).get("Amt")
    inner = amount[0] if amount is not None and len(amount) else None
    text = "" if inner is None else (inner.text or "").strip()
    if inner is not None and _name(inner) == "EqvtAmt":
        text = first_text(inner, "Amt")
    return amount_in(text) or ZERO


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _path(element: Any) -> str:
    """The path of an element below CstmrCdtTrfInitn, its blocks and payments numbered."""
    names = []
    while element is not None and element.getparent() is not None:
        name = _name(element)
        if name in {"PmtInf", "CdtTrfTxInf"}:
            before = sum(1 for _one in element.itersiblings(element.tag, preceding=True))
            name = f"{name}[{before + 1}]"
        if name != "CstmrCdtTrfInitn":
            names.append(name)
        element = element.getparent()
    return "/".join(reversed(names))
