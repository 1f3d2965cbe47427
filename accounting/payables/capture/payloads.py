"""The code of a supplier's bill (QR-Code der Rechnung), read with forbearance: text in, values out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.payables.capture import remarks
from accounting.payables.capture.remarks import Remark, Weight
from accounting.qr import billing, payload
from accounting.qr.bill import Bill
from erp.core.errors import DomainError
from erp.core.identifiers import NotAUid, parse_uid
from erp.core.money import ZERO, to_centimes

#: What the payee's own rounding of VAT may come to, for each rate.
ROUNDING: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class ReadBill:
    """What a code says: the bill as it stands, its billing information, and what is odd about both.

    ``uid`` is canonical and has a right check digit, or is blank.
    """

    bill: Bill
    information: billing.Information
    uid: str
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> tuple[Remark, ...]:
        """What keeps it from being paid as it was read."""
        return tuple(one for one in self.remarks if one.weight == Weight.ERROR)

    @property
    def warnings(self) -> tuple[Remark, ...]:
        return tuple(one for one in self.remarks if one.weight != Weight.ERROR)


def is_bill(text: str) -> bool:
    """Whether a code may be that of a QR-bill; others stand on bills, too."""
    return text.removeprefix("\ufeff").split("\n", 1)[0].rstrip("\r").startswith("SPC")


def read(content: str | bytes, *, countries: Collection[str]) -> ReadBill:
    """Read the code of a bill: types S and K, versions 02xx, 31 to 34 lines, UTF-8 or Latin-1.

    ``countries`` are the ISO 3166-1 codes in use. Whatever can be understood is; what is odd is a
    remark. Raises ``NotAQrBill`` where the text is none. Source: SIX, guidelines for the QR-bill,
    version 2.3; Swico, syntax definition S1.
    """
    text, is_utf8 = (content, True) if isinstance(content, str) else payload.decoded(content)
    reading = payload.parse(text, countries=countries)
    bill = reading.bill
    found = billing.read(bill.billing)
    information = found.information if found else billing.Information()
    uid, broken = _uid(information.uid)
    told = [one for odd in reading.warnings if (one := remarks.received(odd)) is not None]
    if not is_utf8:
        told.append(_warning(remarks.NotUtf8(value=bill.creditor.name[:40])))
    told += _about_amount(bill, reading.warnings)
    if found and found.skipped:
        told.append(_warning(remarks.SkippedTags(value=", ".join(found.skipped)[:60])))
    told += [_warning(one) for one in (broken, _about_vat(bill, information)) if one is not None]
    return ReadBill(bill, information, uid, tuple(told))


def gross(information: billing.Information) -> Decimal | None:
    """Net amounts with their VAT, to the centime; None where no amounts are told per rate."""
    if not information.vat:
        return None
    return to_centimes(sum((one.amount * (100 + one.rate) / 100 for one in information.vat), ZERO))


def _warning(about: DomainError) -> Remark:
    return Remark(Weight.WARNING, about)


def _about_amount(bill: Bill, odd: tuple[DomainError, ...]) -> Iterator[Remark]:
    if bill.amount is None and not any(isinstance(one, payload.UnreadableAmount) for one in odd):
        yield Remark(Weight.NOTICE, remarks.NoAmount(value=bill.creditor.name[:40]))
    elif bill.amount == ZERO:
        yield Remark(Weight.NOTICE, remarks.NotForPayment(value=bill.amount))


def _uid(told: str) -> tuple[str, DomainError | None]:
    try:
        return (parse_uid(told) if told else ""), None
    except NotAUid:
        return "", remarks.BrokenUid(value=told)


def _about_vat(bill: Bill, information: billing.Information) -> DomainError | None:
    """Whether amounts per rate fit the amount; import VAT, and what else is on the bill, may not be in it."""
    whole = gross(information)
    if whole is None or not bill.amount or information.import_vat:
        return None
    if abs(whole - bill.amount) <= ROUNDING * len(information.vat):
        return None
    return remarks.VatDoesNotAddUp(value=whole, amount=bill.amount)
