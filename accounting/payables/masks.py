"""What the mask of a supplier's invoice sends, to a typed invoice and back (Erfassungsmaske).

All values are text. What is blank comes from the supplier's terms; ``-`` says that a line has no VAT
code. One line without an amount takes what the others leave of the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger import sent as values
from accounting.ledger.sent import Sent
from accounting.ledger.typed import NotADate
from accounting.payables.models import Spread, SupplierInvoice
from accounting.payables.paying import ADDRESS
from accounting.payables.typed import Payment, TypedInvoice, TypedLine
from erp.core.errors import DomainError, Refusals
from erp.core.money import ZERO
from vat.codes.breakdown import Basis

NO_CODE: Final = "-"  # a VAT code that says: none
MOST_LINES: Final = 300
LISTS: Final = ("lines", "instalments", "payee")
_Kind = SupplierInvoice.Kind


class SupplierMissing(DomainError):
    code = "payables.supplier_missing"
    message = _("Choose the supplier: type a part of the name or the number.")
    field = "contact"


class AmountMissing(DomainError):
    code = "payables.amount_missing"
    message = _("Line %(line)s has no amount. One line may take what is left of the total; the others need "
                "theirs.")  # fmt: skip
    field = "amount"


class TooManyLines(DomainError):
    code = "payables.too_many_lines"
    message = _("An invoice has %(most)s lines at most. Put some of them together.")
    field = "lines"


def typed_invoice(sent: Sent) -> TypedInvoice:
    """An invoice as the mask sends it. Raises ``Refusals`` with all that cannot be read."""
    reader = values.Reader()
    tried, rows = reader.tried, sent.get("lines") or []
    if len(rows) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    contact = tried(values.number, sent, "contact")
    if contact is None:
        reader.faults.append(SupplierMissing())
    date = tried(values.day, sent, "date", "date")
    if date is None and not any(fault.place == "date" for fault in reader.faults):
        reader.faults.append(NotADate(field="date", value=""))
    told: dict[str, Any] = {
        "kind": tried(values.choice, sent, "kind", _Kind.values) or _Kind.INVOICE,
        "contact": contact, "date": date,
        "number": tried(values.line_of_text, sent, "number", "number", 40) or "",
        "subject": tried(values.line_of_text, sent, "subject", "subject", 140) or "",
        "currency": tried(values.currency, sent) or None,
        "exchange_rate": tried(values.rate, sent),
        "basis": tried(values.choice, sent, "basis", Basis.values) or None,
        "payable": tried(values.figure, sent, "payable", "payable", 2),
        "net_days": tried(values.days, sent, "net_days", "net_days"),
        "terms_discount": tried(values.figure, sent, "terms_discount", "terms_discount", 2),
        "terms_discount_days": tried(values.days, sent, "terms_discount_days", "terms_discount_days"),
        "instalments": tried(values.instalments, sent),
        "payment": _payment(sent, reader), "is_deposit": sent.get("is_deposit") is True,
        "duplicate_confirmed": sent.get("duplicate_confirmed") is True,
        "follows": tried(values.number, sent, "follows"),
    }  # fmt: skip
    for name in ("booked_on", "due_date", "supply_from", "supply_until"):
        told[name] = tried(values.day, sent, name, name)
    lines = [_line(row, nth, reader) for nth, row in enumerate(rows)]
    told["lines"] = tuple(_with_the_rest(lines, told, reader))
    if reader.faults:
        raise Refusals(reader.faults) if len(reader.faults) > 1 else reader.faults[0]
    return TypedInvoice(**told)


def _line(row: Sent, nth: int, reader: values.Reader) -> tuple[TypedLine, bool]:
    """A line, and whether it says its amount."""
    tried, at = reader.tried, f"lines[{nth}]"
    code = tried(values.line_of_text, row, "vat_code", f"{at}.vat_code", 20)
    amount = tried(values.figure, row, "amount", f"{at}.amount", 2)
    told: dict[str, Any] = {
        "text": tried(values.line_of_text, row, "text", f"{at}.text", 200) or "",
        "vat_code": "" if code == NO_CODE else code or None,
        "vat_amount": tried(values.figure, row, "vat_amount", f"{at}.vat_amount", 2),
        "supply_from": tried(values.day, row, "supply_from", f"{at}.supply_from"),
        "supply_until": tried(values.day, row, "supply_until", f"{at}.supply_until"),
        "spread": tried(values.choice, row, "spread", Spread.values, f"{at}.spread") or "",
        "deposit": tried(values.number, row, "deposit"),
    }  # fmt: skip
    for name in ("account", "cost_centre", "cost_object"):
        told[name] = tried(values.line_of_text, row, name, f"{at}.{name}", 20) or None
    said = amount is not None or bool(str(row.get("amount") or "").strip())
    return TypedLine(amount=amount or ZERO, **told), said


def _with_the_rest(
    lines: Sequence[tuple[TypedLine, bool]], told: dict[str, Any], reader: values.Reader
) -> list[TypedLine]:
    """One line without an amount takes what the others leave of the total, with its VAT."""
    silent = [nth for nth, (_one, said) in enumerate(lines) if not said]
    found = [line for line, _said in lines]
    whole = told["payable"]
    if len(silent) == 1 and whole is not None and told["basis"] != Basis.NET:
        rest = whole - sum((line.amount for line in found), Decimal(0))
        found[silent[0]] = replace(found[silent[0]], amount=rest)
    else:
        reader.faults += [
            AmountMissing(field=f"lines[{nth}].amount", line=nth + 1) for nth in silent
        ]
    return found


def _payment(sent: Sent, reader: values.Reader) -> Payment:
    payee = (sent.get("payee") or [{}])[0]
    return Payment(
        iban=str(sent.get("iban") or "")[:60], reference=str(sent.get("reference") or "")[:60],
        message=reader.tried(values.line_of_text, sent, "message", "message", 140) or "",
        blocked=reader.tried(values.line_of_text, sent, "blocked", "blocked", 200) or "",
        payee={name: str(payee.get(name) or "") for name in ADDRESS if payee.get(name)},
    )  # fmt: skip


# --- back ---------------------------------------------------------------------------------------
def sent_by(typed: TypedInvoice) -> Sent:
    """The mask of an invoice as typed: what it would send."""
    told: Sent = {
        name: values.written(getattr(typed, name))
        for name in ("kind", "date", "contact", "number", "booked_on", "due_date", "subject",
                     "currency", "exchange_rate", "basis", "payable", "supply_from", "supply_until",
                     "net_days", "terms_discount", "terms_discount_days", "follows")
    }  # fmt: skip
    for name in ("iban", "reference", "message", "blocked"):
        told[name] = getattr(typed.payment, name)
    told["payee"] = [typed.payment.payee]
    told["is_deposit"] = typed.is_deposit
    told["duplicate_confirmed"] = typed.duplicate_confirmed
    told["instalments"] = [
        {"percent": values.written(percent), "days": str(days)}
        for percent, days in typed.instalments or ()
    ]
    told["lines"] = [sent_line(line) for line in typed.lines]
    return told


def sent_line(line: TypedLine) -> Sent:
    """A line as the mask would send it."""
    told = {
        name: values.written(getattr(line, name))
        for name in ("text", "account", "vat_amount", "supply_from", "supply_until", "cost_centre",
                     "cost_object", "spread", "deposit")
    }  # fmt: skip
    told["amount"] = f"{line.amount:f}"
    told["vat_code"] = NO_CODE if line.vat_code == "" else line.vat_code or ""
    return told
