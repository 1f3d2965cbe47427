"""The rules of the QR-bill (Regeln der QR-Rechnung), each told with field, value and remedy."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.qr import references
from accounting.qr.bill import Bill, Party, written
from erp.core.errors import DomainError
from erp.core.identifiers import NotAnIban, is_qr_iban, parse_iban

CURRENCIES: Final = ("CHF", "EUR")
LEAST, MOST = Decimal("0.01"), Decimal("999999999.99")
MOST_BYTES: Final = 997  # what version 25 holds at error correction M; SIX allows no larger symbol
TEXT_LENGTH: Final = 140  # message and billing information together
PROCEDURE_LENGTH, PROCEDURES = 100, 2
NAME_LENGTH: Final = 70
SWISS: Final = frozenset({"CH", "LI"})  # where a slip's account is kept

#: Field of an address, its length, and whether it must be there. SIX v2.3, chapter 4.2.2.
ADDRESS: Final = (
    ("name", NAME_LENGTH, True), ("street", 70, False), ("house_number", 16, False), ("postcode", 16, True),
    ("town", 35, True), ("country", 2, True),
)  # fmt: skip

#: Version 2.3 allows what payments do: Latin-1, Latin Extended-A, and five characters more.
_ALLOWED = re.compile("[\u0020-\u007e\u00a0-\u00ff\u0100-\u017f\u0218-\u021b\u20ac]*")

#: What a bill over 0.00 says: it is no request to pay. SIX v2.3, chapter 4.2.2.
NOTICES: Final = {
    "de": "NICHT ZUR ZAHLUNG VERWENDEN", "fr": "NE PAS UTILISER POUR LE PAIEMENT",
    "it": "NON UTILIZZARE PER IL PAGAMENTO", "en": "DO NOT USE FOR PAYMENT",
}  # fmt: skip


class Missing(DomainError):
    code = "qr.missing"
    message = _("%(what)s is missing. A QR-bill needs it; add it.")


class TooLong(DomainError):
    code = "qr.too_long"
    message = _(
        "“%(value)s” has %(length)s characters; a QR-bill has room for %(most)s. Shorten it."
    )


class ForbiddenCharacter(DomainError):
    code = "qr.forbidden_character"
    message = _("“%(value)s” holds %(character)s, which a QR-bill cannot. Write it with Latin letters, "
                "in one line.")  # fmt: skip


class BadAddressType(DomainError):
    code = "qr.bad_address_type"
    message = _("The address is of type “%(value)s”. Only structured addresses (S) are accepted.")


class UnknownCountry(DomainError):
    code = "qr.unknown_country"
    message = _("“%(value)s” is not a country. Write its two capital letters, such as CH.")


class PrefixedPostcode(DomainError):
    code = "qr.prefixed_postcode"
    message = _(
        "The postcode “%(value)s” carries a country. Write it without, and choose the country beside it."
    )


class NotASwissAccount(DomainError):
    code = "qr.not_a_swiss_account"
    message = _("“%(value)s” is no account in Switzerland or Liechtenstein. Choose an account whose IBAN "
                "begins with CH or LI.")  # fmt: skip
    field = "iban"


class BadCurrency(DomainError):
    code = "qr.bad_currency"
    message = _(
        "A QR-bill cannot be in “%(value)s”, only in CHF or EUR. Bill it without a payment part."
    )
    field = "currency"


class BadAmount(DomainError):
    code = "qr.bad_amount"
    message = _("A QR-bill cannot ask for %(value)s. From 0.01 to 999’999’999.99 is possible, in whole "
                "centimes, or no amount at all.")  # fmt: skip
    field = "amount"


class ZeroWithoutNotice(DomainError):
    code = "qr.zero_without_notice"
    message = _("A bill over 0.00 must say “%(value)s” as its message. Leave the amount empty if the "
                "payer is to fill it in.")  # fmt: skip
    field = "message"


class BadReferenceType(DomainError):
    code = "qr.bad_reference_type"
    message = _("“%(value)s” is not a kind of reference. QRR, SCOR and NON are.")
    field = "reference_type"


class QrIbanNeedsQrr(DomainError):
    code = "qr.qr_iban_needs_qrr"
    message = _("%(iban)s is a QR-IBAN and needs a QR reference (27 digits); %(value)s was chosen. Use "
                "a QR reference, or the ordinary IBAN of the account.")  # fmt: skip
    field = "reference_type"


class QrrNeedsQrIban(DomainError):
    code = "qr.qrr_needs_qr_iban"
    message = _("A QR reference needs a QR-IBAN, and %(iban)s is an ordinary IBAN. Use the QR-IBAN of "
                "the account, or a creditor reference (RF…).")  # fmt: skip
    field = "reference_type"


class NoReferenceWanted(DomainError):
    code = "qr.no_reference_wanted"
    message = _(
        "The bill says it has no reference, yet “%(value)s” is given. Remove it, or choose its kind."
    )
    field = "reference"


class TextsTooLong(DomainError):
    code = "qr.texts_too_long"
    message = _("Message and billing information have %(length)s characters together; %(most)s are the "
                "most. Shorten the message.")  # fmt: skip
    field = "message"


class TooManyProcedures(DomainError):
    code = "qr.too_many_procedures"
    message = _("%(count)s alternative procedures are given; %(most)s are the most. Remove some.")
    field = "procedures"


class TooMuchData(DomainError):
    code = "qr.too_much_data"
    message = _(
        "The bill needs %(length)s bytes; the symbol holds %(most)s. Shorten names or texts."
    )
    field = "message"


def violations(bill: Bill, *, countries: Collection[str]) -> list[DomainError]:
    """Everything that keeps a bill from being a QR-bill, in the order of its fields."""
    found = [*_account(bill), *_party(bill.creditor, "creditor", countries), *_money(bill)]
    if bill.debtor is not None:
        found += _party(bill.debtor, "debtor", countries)
    found += [*_reference(bill), *_texts(bill)]
    size = len(written(bill).encode())
    if not found and size > MOST_BYTES:
        found.append(TooMuchData(length=size, most=MOST_BYTES))
    return found


def _account(bill: Bill) -> Iterator[DomainError]:
    try:
        canonical = parse_iban(bill.iban)
    except NotAnIban as refusal:
        yield refusal
        return
    if canonical[:2] not in SWISS:
        yield NotASwissAccount(value=bill.iban)
    elif canonical != bill.iban:
        yield NotAnIban(value=bill.iban)


def _party(party: Party, role: str, countries: Collection[str]) -> Iterator[DomainError]:
    for name, most, needed in ADDRESS:
        value, field = getattr(party, name), f"{role}.{name}"
        if needed and not value.strip():
            yield Missing(field=field, what=_LABELS[name])
        yield from _text(value, field, most)
    if party.country.strip() and party.country not in countries:
        yield UnknownCountry(field=f"{role}.country", value=party.country[:10])
    if re.match(r"[A-Z]{1,3}[-–]\s*[0-9]", party.postcode.strip()):
        yield PrefixedPostcode(field=f"{role}.postcode", value=party.postcode)


def _money(bill: Bill) -> Iterator[DomainError]:
    if bill.currency not in CURRENCIES:
        yield BadCurrency(value=bill.currency[:10])
    if bill.amount is None:
        return
    if bill.amount == 0:
        if bill.message not in NOTICES.values():
            yield ZeroWithoutNotice(value=NOTICES["de"])
    elif not LEAST <= bill.amount <= MOST or bill.amount != bill.amount.quantize(LEAST):
        yield BadAmount(value=bill.amount)


def _reference(bill: Bill) -> Iterator[DomainError]:
    kind, reference = bill.reference_type, bill.reference
    if kind not in {"QRR", "SCOR", "NON"}:
        yield BadReferenceType(value=kind[:10])
        return
    swiss = re.fullmatch(r"(CH|LI)[0-9]{7}[0-9A-Z]{12}", bill.iban, re.ASCII)
    if swiss and is_qr_iban(bill.iban) and kind != "QRR":
        yield QrIbanNeedsQrr(iban=bill.iban, value=kind)
    elif swiss and not is_qr_iban(bill.iban) and kind == "QRR":
        yield QrrNeedsQrIban(iban=bill.iban)
    if kind == "NON":
        if reference:
            yield NoReferenceWanted(value=reference[:40])
        return
    parse = references.parse_qrr if kind == "QRR" else references.parse_scor
    refused = references.NotAQrr if kind == "QRR" else references.NotAScor
    try:
        if parse(reference) != reference:
            yield refused(value=reference[:60])
    except DomainError as refusal:
        yield refusal


def _texts(bill: Bill) -> Iterator[DomainError]:
    yield from _text(bill.message, "message", TEXT_LENGTH)
    yield from _text(bill.billing, "billing", TEXT_LENGTH)
    length = len(bill.message) + len(bill.billing)
    if length > TEXT_LENGTH and max(len(bill.message), len(bill.billing)) <= TEXT_LENGTH:
        yield TextsTooLong(length=length, most=TEXT_LENGTH)
    if len(bill.procedures) > PROCEDURES:
        yield TooManyProcedures(count=len(bill.procedures), most=PROCEDURES)
    for nth, procedure in enumerate(bill.procedures):
        if not procedure:
            yield Missing(field=f"procedures.{nth}", what=_("Alternative procedure"))
        yield from _text(procedure, f"procedures.{nth}", PROCEDURE_LENGTH)


def _text(value: str, field: str, most: int) -> Iterator[DomainError]:
    if len(value) > most:
        yield TooLong(field=field, value=f"{value[:40]}…", length=len(value), most=most)
    for character in value:
        if not _ALLOWED.fullmatch(character):
            shown = _ALLOWED.match(value)
            before = shown.group()[-20:] if shown else ""
            yield ForbiddenCharacter(field=field, value=f"{before}…", character=_named(character))
            return


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"“{character}” ({code})" if character.isprintable() else code


_LABELS: Final = {
    "name": _("Name"), "postcode": _("Postcode"), "town": _("Town"), "country": _("Country"),
}  # fmt: skip
