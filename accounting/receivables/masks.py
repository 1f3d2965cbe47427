"""What the mask of a document sends, to a typed document and back (Erfassungsmaske).

All values are text. What is blank comes from the customer's terms, the product or the company's
settings; ``-`` says that a line has no VAT code.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger import sent as values
from accounting.ledger.sent import LARGEST, LineTooLarge, Sent
from accounting.ledger.typed import NotADate
from accounting.receivables.lines import Kind
from accounting.receivables.models import SalesDocument
from accounting.receivables.typed import TypedDocument, TypedItem
from erp.companies.models import Language
from erp.core.errors import DomainError, Refusals
from vat.codes.breakdown import Basis

NO_CODE: Final = "-"  # a VAT code that says: none
MOST_LINES: Final = 500


class CustomerMissing(DomainError):
    code = "receivables.customer_missing"
    message = _("Choose the customer: type a part of the name or the number.")
    field = "contact"


class NetDaysMissing(DomainError):
    code = "receivables.net_days_missing"
    message = _("A discount for early payment needs the days to pay as well. Enter both.")
    field = "net_days"


class TooManyLines(DomainError):
    code = "receivables.too_many_lines"
    message = _("A document has %(most)s lines at most. Write a second one for the rest.")
    field = "lines"


def typed_document(sent: Sent) -> TypedDocument:
    """A document as the mask sends it. Raises ``Refusals`` with all that cannot be read."""
    reader = values.Reader()
    tried = reader.tried
    rows = sent.get("lines") or []
    if len(rows) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    contact = tried(values.number, sent, "contact")
    if contact is None:
        reader.faults.append(CustomerMissing())
    date = tried(values.day, sent, "date", "date")
    if date is None and not any(fault.place == "date" for fault in reader.faults):
        reader.faults.append(NotADate(value=""))
    net_days = tried(values.days, sent, "net_days", "net_days")
    discount = tried(values.figure, sent, "terms_discount", "terms_discount", 2)
    discount_days = tried(values.days, sent, "terms_discount_days", "terms_discount_days")
    if net_days is None and (discount is not None or discount_days is not None):
        reader.faults.append(NetDaysMissing())
    told: dict[str, Any] = {
        "kind": tried(values.choice, sent, "kind", SalesDocument.Kind.values),
        "contact": contact, "date": date, "person": tried(values.number, sent, "person"),
        "language": tried(values.choice, sent, "language", Language.values) or None,
        "subject": tried(values.line_of_text, sent, "subject", "subject", 140) or "",
        "customer_reference": tried(
            values.line_of_text, sent, "customer_reference", "customer_reference", 40) or "",
        "intro": tried(values.own_text, sent, "intro"), "closing": tried(values.own_text, sent, "closing"),
        "currency": tried(values.currency, sent) or None,
        "exchange_rate": tried(values.rate, sent),
        "basis": tried(values.choice, sent, "basis", Basis.values) or None,
        "five_centimes": {"yes": True, "no": False}.get(str(sent.get("five_centimes"))),
        "discount_percent": tried(values.figure, sent, "discount_percent", "discount_percent", 2),
        "discount_amount": tried(values.figure, sent, "discount_amount", "discount_amount", 2) or Decimal(0),
        "net_days": net_days, "terms_discount": discount, "terms_discount_days": discount_days,
        "instalments": tried(values.instalments, sent),
        "bank_account": tried(values.number, sent, "bank_account"),
        "is_deposit": sent.get("is_deposit") is True,
        "open_amount_on_slip": sent.get("open_amount_on_slip") is True,
        "follows": tried(values.number, sent, "follows"),
        "own_values": {str(one.get("code", ""))[:40]: one.get("value", "")
                       for one in sent.get("own") or [] if one.get("value")},
        "lines": tuple(_item(row, nth, reader) for nth, row in enumerate(rows)),
    }  # fmt: skip
    for name in ("supply_from", "supply_until", "valid_until"):
        told[name] = tried(values.day, sent, name, name)
    if reader.faults:
        raise Refusals(reader.faults) if len(reader.faults) > 1 else reader.faults[0]
    return TypedDocument(**told)


def _item(row: Sent, nth: int, reader: values.Reader) -> TypedItem:
    tried, at = reader.tried, f"lines[{nth}]"
    kind = tried(values.choice, row, "kind", [one.value for one in Kind], f"{at}.kind") or Kind.ITEM
    text = tried(values.text, row, "text", f"{at}.text")
    if kind != Kind.ITEM:
        return TypedItem(kind=kind, text=text or "")
    code = tried(values.line_of_text, row, "vat_code", f"{at}.vat_code", 20)
    told: dict[str, Any] = {
        "product": tried(values.line_of_text, row, "product", f"{at}.product", 30) or "",
        "text": text, "unit": tried(values.line_of_text, row, "unit", f"{at}.unit", 20) or None,
        "price": tried(values.figure, row, "price", f"{at}.price", 4),
        "vat_code": "" if code == NO_CODE else code or None,
        "supply_from": tried(values.day, row, "supply_from", f"{at}.supply_from"),
        "supply_until": tried(values.day, row, "supply_until", f"{at}.supply_until"),
        "source": tried(values.number, row, "source"), "deposit": tried(values.number, row, "deposit"),
    }  # fmt: skip
    quantity = tried(values.figure, row, "quantity", f"{at}.quantity", 4)
    told["quantity"] = Decimal(1) if quantity is None else quantity
    for name in ("discount_percent", "discount_amount"):
        told[name] = tried(values.figure, row, name, f"{at}.{name}", 2) or Decimal(0)
    for name in ("account", "cost_centre", "cost_object"):
        told[name] = tried(values.line_of_text, row, name, f"{at}.{name}", 20) or None
    if abs(told["quantity"] * (told["price"] or 0)) >= LARGEST * 10:
        reader.faults.append(LineTooLarge(field=f"{at}.price", value=told["price"]))
    return TypedItem(kind=kind, **told)


# --- back ---------------------------------------------------------------------------------------
def sent_by(typed: TypedDocument) -> Sent:
    """The mask of a document as typed: what it would send."""
    told: Sent = {
        name: values.written(getattr(typed, name))
        for name in ("kind", "date", "contact", "person", "language", "subject", "customer_reference",
                     "intro", "closing", "currency", "exchange_rate", "basis", "discount_percent",
                     "discount_amount", "supply_from", "supply_until", "valid_until", "net_days",
                     "terms_discount", "terms_discount_days", "bank_account", "follows")
    }  # fmt: skip
    if typed.discount_percent is not None:
        told["discount_percent"] = told["discount_percent"] or "0"
    told["five_centimes"] = {True: "yes", False: "no", None: ""}[typed.five_centimes]
    told["is_deposit"], told["open_amount_on_slip"] = typed.is_deposit, typed.open_amount_on_slip
    told["instalments"] = [
        {"percent": values.written(percent), "days": str(days)}
        for percent, days in typed.instalments or ()
    ]
    told["lines"] = [_sent_line(item) for item in typed.lines]
    return told


def _sent_line(item: TypedItem) -> Sent:
    if item.kind != Kind.ITEM:
        return {"kind": str(item.kind), "text": item.text or ""}
    told = {
        name: values.written(getattr(item, name))
        for name in ("kind", "product", "text", "quantity", "unit", "price", "discount_percent",
                     "discount_amount", "account", "supply_from", "supply_until", "cost_centre",
                     "cost_object", "source", "deposit")
    }  # fmt: skip
    told["quantity"] = told["quantity"] or "0"
    told["price"] = "0.00" if item.price == 0 else told["price"]
    told["vat_code"] = NO_CODE if item.vat_code == "" else item.vat_code or ""
    return told
