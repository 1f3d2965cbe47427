"""Writing a return as eCH-0217 v2.0.0 (XML der MWST-Abrechnung): the same return, the same bytes.

Sources: eCH-0217-2-0-0.xsd with eCH-0108-7 and eCH-0058-5. The order of the elements is that of the
boxes, which is that of the schema.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from erp.core.money import ZERO
from erp.core.version import VERSION
from vat.codes.models import VatSettings
from vat.returns.boxes import Box, form_order
from vat.returns.ech0217.head import Filing, Head, filing_of
from vat.returns.form import Declaration, RateRow

NAMESPACE: Final = "http://www.ech.ch/xmlns/eCH-0217/2"
SENDING: Final = "http://www.ech.ch/xmlns/eCH-0058/5"
NAMES: Final = {
    "eCH-0217": NAMESPACE,
    "eCH-0058": SENDING,
    "eCH-0108": "http://www.ech.ch/xmlns/eCH-0108/7",
}
NAME: Final = "Rappen"
NET_AMOUNTS: Final = "1"  # grossOrNet: turnover without tax
AGREED, RECEIVED = "1", "2"


def written(declaration: Declaration, head: Head) -> bytes:
    """The bytes of a filed return, in UTF-8.

    Amounts are in francs with two decimals, rates in percent. Boxes and rows of zero are left out,
    but for box 200; of 900 and 910 either brings the other. The time is written in UTC. What
    ``refusals`` finds is not looked for here: ask it first. ``ValueError`` for a method that files
    no return, a moment without time zone, or characters that XML cannot hold.
    """
    filing = filing_of(declaration)
    if filing is None:
        raise ValueError(f"no return is filed by method {declaration.method}")
    root = etree.Element(f"{{{NAMESPACE}}}VATDeclaration", nsmap=NAMES)
    _general(root, declaration, head)
    boxes = form_order(declaration.method, declaration.end)
    _turnover(root, declaration, boxes)
    _method(root, declaration, filing, boxes)
    _text(root, "payableTax", amount_text(declaration.payable))
    _flows(root, declaration, boxes)
    etree.indent(root)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content + b"\n"


def amount_text(amount: Decimal) -> str:
    """With a point and two decimals; zero never has a sign."""
    return f"{amount or ZERO:.2f}"


def merged(rows: Iterable[RateRow]) -> list[RateRow]:
    """One row for each activity and rate, in the order in which they come; none of zero."""
    sums: dict[tuple[str, Decimal], RateRow] = {}
    for row in rows:
        key = (row.activity or row.name, row.rate)
        before = sums[key].turnover if key in sums else ZERO
        sums[key] = RateRow(row.box, row.rate, before + row.turnover, row.activity, row.name)
    return [row for row in sums.values() if row.turnover]


def activity_text(row: RateRow) -> str:
    """What tells the activity of a flat rate until 2024."""
    return f"{row.activity} {row.name}".strip()


def _general(root: Any, declaration: Declaration, head: Head) -> None:
    place = _new(root, "generalInformation")
    _text(place, "uid", head.uid)
    _text(place, "organisationName", " ".join(head.name.split()))
    _text(place, "generationTime", _moment(head.generated_at))
    _text(place, "reportingPeriodFrom", declaration.start.isoformat())
    _text(place, "reportingPeriodTill", declaration.end.isoformat())
    _text(place, "typeOfSubmission", str(int(head.kind)))
    received = declaration.basis == VatSettings.Basis.RECEIVED
    _text(place, "formOfReporting", RECEIVED if received else AGREED)
    _text(place, "businessReferenceId", " ".join(head.reference.split()))
    sender = _new(place, "sendingApplication")
    for name, value in (("manufacturer", NAME), ("product", NAME), ("productVersion", VERSION)):
        etree.SubElement(sender, f"{{{SENDING}}}{name}").text = value


def _moment(moment: dt.datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment has a time zone")
    told = moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    return f"{told.isoformat()}Z"


def _turnover(root: Any, declaration: Declaration, boxes: Iterable[Box]) -> None:
    place = _new(root, "turnoverComputation")
    for box, name in _elements(boxes, "turnoverComputation"):
        amount = declaration.box(box.number)
        if name == "variousDeduction":
            if amount:
                various = _new(place, name)
                _text(various, "amountVariousDeduction", amount_text(amount))
                note = " ".join(declaration.note_280.split())
                _text(various, "descriptionVariousDeduction", note)
        elif amount or name == "totalConsideration":
            _text(place, name, amount_text(amount))


def _method(root: Any, declaration: Declaration, filing: Filing, boxes: tuple[Box, ...]) -> None:
    place = _new(root, filing.element)
    found = list(_elements(boxes, filing.element))
    if filing.element == "effectiveReportingMethod":
        _text(place, "grossOrNet", NET_AMOUNTS)
        _amounts(place, declaration, [(box, name) for box, name in found if name == "opted"])
    for row in merged(declaration.supplies):
        supply = _new(place, "suppliesPerTaxRate")
        if filing.element == "simpleTaxRateMethod":
            _text(supply, "activityID", row.activity)
        elif filing.element == "flatTaxRateMethod":
            _text(supply, "activity", activity_text(row))
        _rate(supply, row)
    for row in merged(declaration.acquisitions):
        _rate(_new(place, "acquisitionTax"), row)
    _amounts(place, declaration, [(box, name) for box, name in found if name != "opted"])


def _flows(root: Any, declaration: Declaration, boxes: Iterable[Box]) -> None:
    flows = list(_elements(boxes, "otherFlowsOfFunds"))
    if any(declaration.box(box.number) for box, _name in flows):
        place = _new(root, "otherFlowsOfFunds")
        for box, name in flows:
            _text(place, name, amount_text(declaration.box(box.number)))


def _amounts(place: Any, declaration: Declaration, found: Iterable[tuple[Box, str]]) -> None:
    for box, name in found:
        if declaration.box(box.number):
            _text(place, name, amount_text(declaration.box(box.number)))


def _elements(boxes: Iterable[Box], parent: str) -> Iterable[tuple[Box, str]]:
    """The boxes that stand under an element, each with its own."""
    for box in boxes:
        above, _slash, name = box.element.partition("/")
        if above == parent and name != "suppliesPerTaxRate":
            yield box, name


def _rate(place: Any, row: RateRow) -> None:
    _text(place, "taxRate", amount_text(row.rate))
    _text(place, "turnover", amount_text(row.turnover))


def _new(parent: Any, name: str) -> Any:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _text(parent: Any, name: str, value: str) -> None:
    _new(parent, name).text = value
