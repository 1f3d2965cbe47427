"""Reading a status report of the bank (pain.002): what became of an order, as far as it says.

Versions 10 and 3. Tolerant where banks differ: elements are found in whatever namespace the file
has. A report confirms no execution, and nothing is ever posted on it (Swiss Payment Standards,
business rules 3.2, chapter 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from accounting.payments.pain.elements import down, kids, text_at
from erp.core.errors import DomainError

LARGEST: Final = 20 * 1024 * 1024
MOST_PAYMENTS: Final = 100_000
DEEPEST: Final = 32


class NotAStatusReport(DomainError):
    code = "payments.not_a_status_report"
    message = _(
        "This is no readable status report (pain.002): %(reason)s. Download it again from the bank."
    )
    field = "file"


class ReportTooLarge(DomainError):
    code = "payments.report_too_large"
    message = _("The status report has more than %(limit)s MB. Choose the file that the bank sent.")
    field = "file"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: an ISO 20022 or Swiss code, and the bank's own words."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What is said of one payment; ``status`` is blank where only reasons are given."""

    instruction_id: str
    end_to_end_id: str
    status: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockStatus:
    id: str
    status: str
    reasons: tuple[Reason, ...] = ()
    payments: tuple[PaymentStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report on one message; ``message_id`` is the report's own."""

    message_id: str
    created: str
    order_id: str
    status: str
    reasons: tuple[Reason, ...] = ()
    blocks: tuple[BlockStatus, ...] = ()


def read(content: bytes) -> Report:
    """Read a report's bytes. Raises ``ReportTooLarge`` or ``NotAStatusReport``; fetches nothing."""
    if len(content) > LARGEST:
        raise ReportTooLarge(limit=LARGEST >> 20)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotAStatusReport(reason=str(error.msg or "?")[:120]) from None
    _require_plain(root)
    body = kids(root).get("CstmrPmtStsRpt")
    if body is None:
        raise NotAStatusReport(reason=str(root.tag)[:100])
    return _report(body)


def _require_plain(root: Any) -> None:
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise NotAStatusReport(reason="DOCTYPE")
    if root.xpath(f"boolean({'/'.join('*' * DEEPEST)})"):
        raise NotAStatusReport(reason=f"> {DEEPEST}")
    if root.xpath("count(//*[local-name()='TxInfAndSts'])") > MOST_PAYMENTS:
        raise NotAStatusReport(reason=f"> {MOST_PAYMENTS}")


def _report(body: Any) -> Report:
    told = kids(body)
    header = kids(told["GrpHdr"]) if "GrpHdr" in told else {}
    original = told.get("OrgnlGrpInfAndSts")
    if original is None or not text_at(kids(original), "OrgnlMsgId"):
        raise NotAStatusReport(reason="OrgnlMsgId")
    of_group = kids(original)
    return Report(
        message_id=text_at(header, "MsgId")[:35],
        created=text_at(header, "CreDtTm")[:40],
        order_id=text_at(of_group, "OrgnlMsgId")[:35],
        status=text_at(of_group, "GrpSts")[:4],
        reasons=_reasons(original),
        blocks=tuple(_block(one) for one in body if _is(one, "OrgnlPmtInfAndSts")),
    )


def _block(element: Any) -> BlockStatus:
    told = kids(element)
    return BlockStatus(
        text_at(told, "OrgnlPmtInfId")[:35],
        text_at(told, "PmtInfSts")[:4],
        _reasons(element),
        tuple(_payment(one) for one in element if _is(one, "TxInfAndSts")),
    )


def _payment(element: Any) -> PaymentStatus:
    told = kids(element)
    return PaymentStatus(
        text_at(told, "OrgnlInstrId")[:35],
        text_at(told, "OrgnlEndToEndId")[:35],
        text_at(told, "TxSts")[:4],
        _reasons(element),
    )


def _reasons(element: Any) -> tuple[Reason, ...]:
    found = []
    for one in element:
        if not _is(one, "StsRsnInf"):
            continue
        codes = (down(one, "Rsn", name) for name in ("Cd", "Prtry"))
        code = next((c.text.strip() for c in codes if c is not None and c.text), "")
        words = " ".join((more.text or "").strip() for more in one if _is(more, "AddtlInf"))
        if code or words:
            found.append(Reason(code[:35], " ".join(words.split())[:500]))
    return tuple(found)


def _is(element: Any, name: str) -> bool:
    return str(element.tag).rpartition("}")[2] == name
