"""What the mask of a document sends, to a typed document and back (Erfassungsmaske).

All values are text. What is blank comes from the customer's terms, the product or the company's
settings; ``-`` says that a line has no VAT code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.typed import NotADate
from accounting.receivables.lines import Kind
from accounting.receivables.models import SalesDocument
from accounting.receivables.typed import TypedDocument, TypedItem
from erp.companies.models import Language
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.money import parse_amount
from erp.core.texts import LineTooLong, one_line
from erp.web.dates import read_day
from vat.codes.breakdown import Basis

Sent = dict[str, Any]
NO_CODE: Final = "-"  # a VAT code that says: none
MOST_LINES: Final = 500
LARGEST: Final = Decimal(10**9)  # of a quantity or price; a line comes to ten times as much at most
LONGEST_DAYS: Final = 999
_TEXT: Final = 4000


class NotAChoice(DomainError):
    code = "receivables.not_a_choice"
    message = _("“%(value)s” is not among what can be chosen here. Choose one of the list.")


class CustomerMissing(DomainError):
    code = "receivables.customer_missing"
    message = _("Choose the customer: type a part of the name or the number.")
    field = "contact"


class NotANumberOfDays(DomainError):
    code = "receivables.not_a_number_of_days"
    message = _("“%(value)s” is no number of days. Enter a whole number from 0 to %(most)s.")


class NotARate(DomainError):
    code = "receivables.not_a_rate"
    message = _("%(value)s is no exchange rate. Enter what one unit of the currency costs.")
    field = "exchange_rate"


class NetDaysMissing(DomainError):
    code = "receivables.net_days_missing"
    message = _("A discount for early payment needs the days to pay as well. Enter both.")
    field = "net_days"


class TooManyLines(DomainError):
    code = "receivables.too_many_lines"
    message = _("A document has %(most)s lines at most. Write a second one for the rest.")
    field = "lines"


class LineTooLarge(DomainError):
    code = "receivables.line_too_large"
    message = _("%(value)s is too large for a line. Check quantity and price, or split the line.")


@dataclass
class _Reader:
    """Reads values one by one, and keeps what is wrong with them."""

    faults: list[DomainError] = field(default_factory=list)

    def tried(self, read: Callable[..., Any], *values: Any, **more: Any) -> Any:
        try:
            return read(*values, **more)
        except DomainError as refusal:
            self.faults.append(refusal)
            return None


def typed_document(sent: Sent) -> TypedDocument:
    """A document as the mask sends it. Raises ``Refusals`` with all that cannot be read."""
    reader = _Reader()
    tried = reader.tried
    rows = sent.get("lines") or []
    if len(rows) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    contact = tried(_id, sent, "contact")
    if contact is None:
        reader.faults.append(CustomerMissing())
    date = tried(_day, sent, "date", "date")
    if date is None and not any(fault.place == "date" for fault in reader.faults):
        reader.faults.append(NotADate(value=""))
    net_days = tried(_days, sent, "net_days", "net_days")
    discount = tried(_figure, sent, "terms_discount", "terms_discount", 2)
    discount_days = tried(_days, sent, "terms_discount_days", "terms_discount_days")
    if net_days is None and (discount is not None or discount_days is not None):
        reader.faults.append(NetDaysMissing())
    told: dict[str, Any] = {
        "kind": tried(_choice, sent, "kind", SalesDocument.Kind.values),
        "contact": contact, "date": date, "person": tried(_id, sent, "person"),
        "language": tried(_choice, sent, "language", Language.values) or None,
        "subject": tried(_line_of_text, sent, "subject", "subject", 140) or "",
        "customer_reference": tried(
            _line_of_text, sent, "customer_reference", "customer_reference", 40) or "",
        "intro": tried(_own_text, sent, "intro"), "closing": tried(_own_text, sent, "closing"),
        "currency": tried(_currency, sent) or None,
        "exchange_rate": tried(_rate, sent),
        "basis": tried(_choice, sent, "basis", Basis.values) or None,
        "five_centimes": {"yes": True, "no": False}.get(str(sent.get("five_centimes"))),
        "discount_percent": tried(_figure, sent, "discount_percent", "discount_percent", 2),
        "discount_amount": tried(_figure, sent, "discount_amount", "discount_amount", 2) or Decimal(0),
        "net_days": net_days, "terms_discount": discount, "terms_discount_days": discount_days,
        "instalments": tried(_instalments, sent),
        "bank_account": tried(_id, sent, "bank_account"),
        "is_deposit": sent.get("is_deposit") is True,
        "open_amount_on_slip": sent.get("open_amount_on_slip") is True,
        "follows": tried(_id, sent, "follows"),
        "own_values": {str(one.get("code", ""))[:40]: one.get("value", "")
                       for one in sent.get("own") or [] if one.get("value")},
        "lines": tuple(_item(row, nth, reader) for nth, row in enumerate(rows)),
    }  # fmt: skip
    for name in ("supply_from", "supply_until", "valid_until"):
        told[name] = tried(_day, sent, name, name)
    if reader.faults:
        raise Refusals(reader.faults) if len(reader.faults) > 1 else reader.faults[0]
    return TypedDocument(**told)


def _item(row: Sent, nth: int, reader: _Reader) -> TypedItem:
    tried, at = reader.tried, f"lines[{nth}]"
    kind = tried(_choice, row, "kind", [one.value for one in Kind], f"{at}.kind") or Kind.ITEM
    text = tried(_text, row, "text", f"{at}.text")
    if kind != Kind.ITEM:
        return TypedItem(kind=kind, text=text or "")
    code = tried(_line_of_text, row, "vat_code", f"{at}.vat_code", 20)
    told: dict[str, Any] = {
        "product": tried(_line_of_text, row, "product", f"{at}.product", 30) or "",
        "text": text, "unit": tried(_line_of_text, row, "unit", f"{at}.unit", 20) or None,
        "price": tried(_figure, row, "price", f"{at}.price", 4),
        "vat_code": "" if code == NO_CODE else code or None,
        "supply_from": tried(_day, row, "supply_from", f"{at}.supply_from"),
        "supply_until": tried(_day, row, "supply_until", f"{at}.supply_until"),
        "source": tried(_id, row, "source"), "deposit": tried(_id, row, "deposit"),
    }  # fmt: skip
    quantity = tried(_figure, row, "quantity", f"{at}.quantity", 4)
    told["quantity"] = Decimal(1) if quantity is None else quantity
    for name in ("discount_percent", "discount_amount"):
        told[name] = tried(_figure, row, name, f"{at}.{name}", 2) or Decimal(0)
    for name in ("account", "cost_centre", "cost_object"):
        told[name] = tried(_line_of_text, row, name, f"{at}.{name}", 20) or None
    if abs(told["quantity"] * (told["price"] or 0)) >= LARGEST * 10:
        reader.faults.append(LineTooLarge(field=f"{at}.price", value=told["price"]))
    return TypedItem(kind=kind, **told)


def _id(sent: Sent, name: str) -> int | None:
    text = str(sent.get(name) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _choice(sent: Sent, name: str, choices: Any, place: str = "") -> str:
    text = str(sent.get(name) or "")
    if text and text not in choices:
        raise NotAChoice(field=place or name, value=text[:40])
    return text


def _currency(sent: Sent) -> str:
    text = str(sent.get("currency") or "").strip().upper()
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise NotAChoice(field="currency", value=text[:20])
    return text


def _rate(sent: Sent) -> Decimal | None:
    found = _figure(sent, "exchange_rate", "exchange_rate", 6)
    if found is not None and found <= 0:
        raise NotARate(value=found)
    return found


def _day(sent: Sent, name: str, place: str) -> dt.date | None:
    text = str(sent.get(name) or "").strip()
    if not text:
        return None
    day = read_day(text)
    if day is None or day.year not in clock.YEARS:
        raise NotADate(field=place, value=text[:20])
    return day


def _days(sent: Sent, name: str, place: str) -> int | None:
    text = str(sent.get(name) or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= LONGEST_DAYS):
        raise NotANumberOfDays(field=place, value=text[:20], most=LONGEST_DAYS)
    return int(text)


def _figure(sent: Sent, name: str, place: str, decimals: int) -> Decimal | None:
    text = str(sent.get(name) or "").strip()
    return figure(text, place, decimals=decimals) if text else None


def figure(text: str, place: str, *, decimals: int) -> Decimal:
    """A figure as people type it: groups, a comma and the typographic minus are taken too.

    Raises ``NotAnAmount`` or ``LineTooLarge``.
    """
    for sign, plain in (("’", ""), ("'", ""), (" ", ""), ("\u2212", "-"), (",", ".")):
        text = text.replace(sign, plain)
    found = parse_amount(text, decimals=decimals, field=place)
    if abs(found) >= LARGEST:
        raise LineTooLarge(field=place, value=found)
    return found


def _line_of_text(sent: Sent, name: str, place: str, most: int) -> str:
    return one_line(str(sent.get(name) or ""), field=place, most=most)


def _text(sent: Sent, name: str, place: str) -> str | None:
    """A text of several lines; None where it is blank, so that the default takes its place."""
    text = str(sent.get(name) or "").replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if len(text) > _TEXT:
        raise LineTooLong(field=place, text=f"{text[:60]}…", most=_TEXT)
    return text if text.strip() else None


def _own_text(sent: Sent, name: str) -> str | None:
    """A text that the mask leaves out as long as nobody touched it; blank is none."""
    return None if sent.get(name) is None else _text(sent, name, name) or ""


def _instalments(sent: Sent) -> tuple[tuple[Decimal, int], ...] | None:
    found = []
    for row in sent.get("instalments") or []:
        percent = _figure(row, "percent", "instalments", 2)
        days = _days(row, "days", "instalments")
        if percent is not None and days is not None:
            found.append((percent, days))
    return tuple(found) or None


# --- back ---------------------------------------------------------------------------------------
def sent_by(typed: TypedDocument) -> Sent:
    """The mask of a document as typed: what it would send."""
    told: Sent = {
        name: _written(getattr(typed, name))
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
        {"percent": _written(percent), "days": str(days)}
        for percent, days in typed.instalments or ()
    ]
    told["lines"] = [_sent_line(item) for item in typed.lines]
    return told


def _sent_line(item: TypedItem) -> Sent:
    if item.kind != Kind.ITEM:
        return {"kind": str(item.kind), "text": item.text or ""}
    told = {
        name: _written(getattr(item, name))
        for name in ("kind", "product", "text", "quantity", "unit", "price", "discount_percent",
                     "discount_amount", "account", "supply_from", "supply_until", "cost_centre",
                     "cost_object", "source", "deposit")
    }  # fmt: skip
    told["quantity"] = told["quantity"] or "0"
    told["price"] = "0.00" if item.price == 0 else told["price"]
    told["vat_code"] = NO_CODE if item.vat_code == "" else item.vat_code or ""
    return told


def _written(value: Any) -> str:
    """A value as text: nothing for None and zero, figures without needless zeros, days in ISO."""
    if value is None or (isinstance(value, Decimal) and not value):
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, dt.date) else str(value)
