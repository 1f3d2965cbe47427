"""Writing a payment order as pain.001.001.09.ch.03 (Zahlungsauftrag erstellen).

The order is taken as it is: texts are fitted and rules kept by whoever makes it. What is written is
checked by ``rules`` before it leaves.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from accounting.payments.pain import rules
from accounting.payments.pain.findings import Finding
from accounting.payments.pain.order import (
    MOST_TRANSACTIONS,
    Address,
    Advice,
    Bank,
    Block,
    Charges,
    Kind,
    Order,
    ReferenceKind,
    Transaction,
)
from erp.core.errors import DomainError

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA: Final = "pain.001.001.09.ch.03.xsd"
SALARY: Final = "SALA"
SWISS_CLEARING: Final = "CHBCC"
DEFAULT_CHARGES: Final = Charges.SHARED


class TooManyTransactions(DomainError):
    code = "payments.too_many_transactions"
    message = _(
        "One file holds at most %(most)s payments, and these are %(count)s. Divide the run."
    )
    conflict = True


class BreaksRules(DomainError):
    code = "payments.breaks_rules"
    message = _("The bank would refuse this file, at %(place)s: “%(value)s”. %(remedy)s")
    conflict = True

    def __init__(self, findings: list[Finding] | None = None, **values: Any) -> None:
        self.findings = findings or []
        if self.findings:
            first = self.findings[0]
            values = {"place": first.place, "value": first.value, "remedy": first.remedy}
        super().__init__(**values)


def write(order: Order) -> bytes:
    """The bytes of a message, by the rules of the Swiss Payment Standards: the same order, the same
    bytes.

    Raises ``TooManyTransactions`` (see ``order.in_chunks``), or ``BreaksRules`` with all findings.
    """
    if order.count > MOST_TRANSACTIONS:
        raise TooManyTransactions(most=MOST_TRANSACTIONS, count=order.count)
    root = tree_of(order)
    findings = rules.check_tree(root)
    if findings:
        raise BreaksRules(findings)
    return serialised(root)


def serialised(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def tree_of(order: Order) -> Any:
    """The order as a tree, unchecked."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
    message = _new(root, "CstmrCdtTrfInitn")
    header = _new(message, "GrpHdr")
    _text(header, "MsgId", order.id)
    _text(header, "CreDtTm", order.created.replace(tzinfo=None, microsecond=0).isoformat())
    _text(header, "NbOfTxs", str(order.count))
    _text(header, "CtrlSum", amount_text(order.total))
    party = _new(header, "InitgPty")
    _text(party, "Nm", order.initiator)
    contact = _new(party, "CtctDtls")
    made_by = order.software
    for channel, value in (("NAME", made_by.name), ("PRVD", made_by.vendor),
                           ("VRSN", made_by.version), ("SPSV", made_by.guideline)):  # fmt: skip
        other = _new(contact, "Othr")
        _text(other, "ChanlTp", channel)
        _text(other, "Id", value)
    for block in order.blocks:
        _block(message, block)
    return root


def amount_text(amount: Decimal) -> str:
    """With a point and two decimals, without filling zeros in front."""
    return f"{amount:.2f}"


def _block(message: Any, block: Block) -> None:
    place = _new(message, "PmtInf")
    _text(place, "PmtInfId", block.id)
    _text(place, "PmtMtd", "TRF")
    _text(place, "BtchBookg", "true" if block.batch else "false")
    _text(place, "NbOfTxs", str(len(block.transactions)))
    _text(place, "CtrlSum", amount_text(block.total))
    is_sepa = block.is_salary and all(one.kind is Kind.SEPA for one in block.transactions)
    if block.is_salary:  # the type of payment then stands on this level alone
        kind = _new(place, "PmtTpInf")
        if is_sepa:
            _text(_new(kind, "SvcLvl"), "Cd", "SEPA")
        _text(_new(kind, "CtgyPurp"), "Cd", SALARY)
    _text(_new(place, "ReqdExctnDt"), "Dt", block.date.isoformat())
    _text(_new(place, "Dbtr"), "Nm", block.debtor)
    account = _new(place, "DbtrAcct")
    _text(_new(account, "Id"), "IBAN", block.account)
    if block.advice is not Advice.BANK:
        _text(_new(account, "Tp"), "Prtry", block.advice.value)
    bank = _new(_new(place, "DbtrAgt"), "FinInstnId")
    if block.bank_bic:
        _text(bank, "BICFI", block.bank_bic)
    else:
        member = _new(bank, "ClrSysMmbId")
        _text(_new(member, "ClrSysId"), "Cd", SWISS_CLEARING)
        _text(member, "MmbId", str(int(block.bank_iid)) if block.bank_iid else "")
    if is_sepa:
        _text(place, "ChrgBr", Charges.SERVICE_LEVEL.value)
    for one in block.transactions:
        _transaction(place, one, block.is_salary)


def _transaction(block: Any, one: Transaction, is_salary: bool) -> None:
    place, kind = _new(block, "CdtTrfTxInf"), one.kind
    ids = _new(place, "PmtId")
    _text(ids, "InstrId", one.instruction_id)
    _text(ids, "EndToEndId", one.end_to_end_id)
    if kind is Kind.SEPA and not is_salary:
        _text(_new(_new(place, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    amount = _text(_new(place, "Amt"), "InstdAmt", amount_text(one.amount))
    amount.set("Ccy", one.currency)
    if kind is Kind.SEPA and not is_salary:
        _text(place, "ChrgBr", Charges.SERVICE_LEVEL.value)
    elif kind is Kind.FOREIGN:
        _text(place, "ChrgBr", (one.charges or DEFAULT_CHARGES).value)
    if kind is Kind.FOREIGN and one.bank:
        _bank(place, one.bank)
    creditor = _new(place, "Cdtr")
    _text(creditor, "Nm", one.name)
    if one.address is not None:
        _address(creditor, one.address)
    identity = _new(_new(place, "CdtrAcct"), "Id")
    if one.is_iban:
        _text(identity, "IBAN", one.account)
    else:
        _text(_new(identity, "Othr"), "Id", one.account)
    _remittance(place, one)


def _bank(place: Any, bank: Bank) -> None:
    told = _new(_new(place, "CdtrAgt"), "FinInstnId")
    if bank.bic:
        _text(told, "BICFI", bank.bic)
        return
    _text(told, "Nm", bank.name)
    if bank.address is not None:
        _address(told, bank.address)


def _address(party: Any, address: Address) -> None:
    place = _new(party, "PstlAdr")
    for name, value in (("StrtNm", address.street), ("BldgNb", address.house_number),
                        ("PstCd", address.postcode), ("TwnNm", address.town),
                        ("Ctry", address.country)):  # fmt: skip
        if value:
            _text(place, name, value)


def _remittance(place: Any, one: Transaction) -> None:
    if one.reference_kind is ReferenceKind.NONE:
        if one.message:
            _text(_new(place, "RmtInf"), "Ustrd", one.message)
        return
    structured = _new(_new(place, "RmtInf"), "Strd")
    reference = _new(structured, "CdtrRefInf")
    choice = _new(_new(reference, "Tp"), "CdOrPrtry")
    is_qrr = one.reference_kind is ReferenceKind.QRR
    _text(choice, "Prtry" if is_qrr else "Cd", one.reference_kind.value)
    _text(reference, "Ref", one.reference)
    if one.message:
        _text(structured, "AddtlRmtInf", one.message)


def _new(parent: Any, name: str) -> Any:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _text(parent: Any, name: str, value: str) -> Any:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = value
    return element
