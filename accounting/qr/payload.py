"""The text in a QR symbol (Datenstruktur): written by the rules, read with forbearance."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounting.qr import rules
from accounting.qr.bill import HEADER, STRUCTURED, TRAILER, Bill, Party, written
from erp.core.errors import DomainError, Refusals

LEAST_LINES, MOST_LINES = 31, 34


@dataclass(frozen=True, slots=True)
class Reading:
    """A payload that was read: the bill, what separates its lines, and what is odd about it."""

    bill: Bill
    newline: str
    ends_with_newline: bool
    warnings: tuple[DomainError, ...]


class NotAQrBill(DomainError):
    code = "qr.not_a_bill"
    message = _("This is not the code of a Swiss QR-bill: %(reason)s. Scan the bill again.")
    field = "payload"


class CombinedAddress(DomainError):
    code = "qr.combined_address"
    message = _("The address of “%(value)s” is written in two free lines (type K), which banks no longer "
                "accept. Check street, postcode and town, and ask for a new bill if the bank refuses it.")  # fmt: skip


class NewerVersion(DomainError):
    code = "qr.newer_version"
    message = _("The bill says version %(value)s; known is 0200. Check what was read.")
    field = "version"


class UnreadableAmount(DomainError):
    code = "qr.unreadable_amount"
    message = _("The amount “%(value)s” of the bill cannot be read: digits, a point and two decimals are "
                "possible. Enter it as it is printed.")  # fmt: skip
    field = "amount"


class ForbiddenParty(DomainError):
    code = "qr.final_creditor"
    message = _("The bill names an ultimate creditor (“%(value)s”), which must stay empty. It was "
                "left out; ask for a correct bill.")  # fmt: skip
    field = "ultimate_creditor"


def payload(bill: Bill, *, countries: Collection[str], newline: str = "\n") -> str:
    """The text in the QR symbol of a bill that keeps all rules.

    ``countries`` are the ISO 3166-1 codes in use; ``newline`` is LF or CRLF. Raises ``Refusals``
    with every violation at once (see ``rules.violations``).
    """
    found = rules.violations(bill, countries=countries)
    if found:
        raise Refusals(found)
    return written(bill, newline=newline)


def parse(text: str, *, countries: Collection[str], strict: bool = False) -> Reading:
    """Read the code of a bill.

    Tolerant by default, for bills of others: what can be understood is, and every oddity becomes a
    warning; addresses of type K are taken apart as well as they can be. ``strict`` raises
    ``Refusals`` instead. Raises ``NotAQrBill`` where the text is none.
    """
    newline = next((one for one in ("\r\n", "\n", "\r") if one in text), "\n")
    lines = re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))
    at_end = len(lines) > LEAST_LINES and not lines[-1]
    if at_end:
        lines.pop()
    if lines[0] != HEADER[0] or len(lines) < 3:
        raise NotAQrBill(reason=_("it does not begin with SPC"))
    if not re.fullmatch(r"02[0-9]{2}", lines[1]) or lines[2] != HEADER[2]:
        raise NotAQrBill(reason=_("its version or coding is unknown"))
    if not LEAST_LINES <= len(lines) <= MOST_LINES:
        raise NotAQrBill(reason=_("it has another number of lines than 31 to 34"))
    if lines[30] != TRAILER:
        raise NotAQrBill(reason=_("line 31 is not EPD"))
    odd: list[DomainError] = []
    amount = _read_amount(lines[18], odd)
    if lines[1] != HEADER[1]:
        odd.append(NewerVersion(value=lines[1]))
    if any(lines[11:18]):
        odd.append(ForbiddenParty(value=lines[12][:40]))
    creditor = _read_party(lines[4:11], odd, "creditor")
    debtor = _read_party(lines[20:27], odd, "debtor") if any(lines[20:27]) else None
    bill = Bill(
        iban=re.sub(r"\s", "", lines[3]).upper(), creditor=creditor, debtor=debtor, currency=lines[19],
        amount=amount, reference_type=lines[27],
        reference=re.sub(r"\s", "", lines[28]).upper(), message=lines[29],
        billing=lines[31] if len(lines) > 31 else "", procedures=tuple(lines[32:]),
    )  # fmt: skip
    odd += rules.violations(bill, countries=countries)
    if strict and odd:
        raise Refusals(odd)
    return Reading(bill, newline, at_end, tuple(odd))


def decoded(content: bytes) -> tuple[str, bool]:
    """The text of a code's bytes, and whether it was UTF-8 as it should be; else it is Latin-1."""
    try:
        return content.decode(), True
    except UnicodeDecodeError:
        return content.decode("latin-1"), False


def _read_amount(text: str, odd: list[DomainError]) -> Decimal | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text, re.ASCII):
        odd.append(UnreadableAmount(value=text[:20]))
        return None
    return Decimal(text).quantize(rules.LEAST)


def _read_party(lines: list[str], odd: list[DomainError], role: str) -> Party:
    kind, name, first, second, postcode, town, country = lines
    if kind != "K":
        if kind != STRUCTURED:
            odd.append(rules.BadAddressType(field=f"{role}.type", value=kind[:10]))
        return Party(name, postcode, town, country, first, second)
    odd.append(CombinedAddress(field=role, value=name[:40]))
    place = re.match(r"(?:[A-Z]{1,2}-)?([0-9][0-9A-Z ]{2,9}?)\s+(\D.*)", second.strip())
    street = re.match(r"(.*\D)\s+([0-9]+\s?[a-zA-Z]?)$", first.strip())
    values: dict[str, Any] = {"name": name, "country": country}
    values["postcode"], values["town"] = place.groups() if place else ("", second)
    values["street"], values["house_number"] = street.groups() if street else (first, "")
    return Party(**values)
