"""Rows of a contact (Zeilen einer Adresse): addresses, ways to reach it, bank accounts, each checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contacts.known import Known
from contacts.models import Communication, ContactAddress, ContactBankAccount
from contacts.phones import parse_link, parse_mail, parse_phone
from erp.core.errors import DomainError
from erp.core.identifiers import parse_iban
from erp.core.texts import one_line

Row = Mapping[str, Any]
PHONES: Final = frozenset({Communication.Kind.PHONE, Communication.Kind.MOBILE})
_LINES: Final = ("addition", "street", "house_number", "po_box", "postcode", "town")


class NotAChoice(DomainError):
    code = "contacts.not_a_choice"
    message = _("“%(value)s” is not known here. Choose one of: %(known)s.")
    field = "kind"


class BadPostcode(DomainError):
    code = "contacts.bad_postcode"
    message = _("“%(value)s” is no postcode of Switzerland or Liechtenstein: it has four digits. Look it "
                "up by the town, or choose another country.")  # fmt: skip
    field = "postcode"


class TownMissing(DomainError):
    code = "contacts.town_missing"
    message = _("The town of the address is missing. Type it, or leave the address out.")
    field = "town"


class UnknownCountry(DomainError):
    code = "contacts.unknown_country"
    message = _("“%(value)s” is no country code. Write two letters, such as CH or DE.")
    field = "country"


class EndsBefore(DomainError):
    code = "contacts.ends_before"
    message = _("The address would end on %(end)s, before it begins on %(start)s. Correct a day.")
    field = "valid_to"


class AddressesOverlap(DomainError):
    code = "contacts.addresses_overlap"
    message = _("There would be two addresses of the kind “%(kind)s” at the same time. End one before the "
                "other begins, or choose another kind.")  # fmt: skip
    field = "valid_from"


def choice_of(value: Any, choices: Any, place: str) -> str:
    """A value that is one of some choices. Raises ``NotAChoice``."""
    if value not in choices.values:
        known = ", ".join(filter(None, choices.values))
        raise NotAChoice(field=place, value=str(value)[:40], known=known)
    return str(value)


def clean_text(text: str, place: str, most: int = 4000) -> str:
    """A text of several lines, without characters that nobody sees."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    for line in lines:
        one_line(line, field=place, most=most)
    if len(text) > most:
        one_line(text.replace("\n", " "), field=place, most=most)
    return "\n".join(line.rstrip() for line in lines).strip()


def longest(model: type[Any], name: str) -> int:
    """How many characters a field holds."""
    most: int = model._meta.get_field(name).max_length
    return most


def address_of(row: Row, known: Known) -> ContactAddress:
    """A checked address; canton and commune are filled in where they are certain.

    Raises ``NotAChoice``, ``UnknownCountry``, ``TownMissing``, ``BadPostcode`` or ``EndsBefore``.
    """
    one = ContactAddress(company=known.company, kind=choice_of(row.get("kind") or "main",
                                                             ContactAddress.Kind, "kind"))  # fmt: skip
    for name in _LINES:
        setattr(
            one, name, one_line(row.get(name) or "", field=name, most=longest(ContactAddress, name))
        )
    one.country = (row.get("country") or "CH").strip().upper()
    if one.country not in known.countries and not _is_unread(one.country, known):
        raise UnknownCountry(value=str(row.get("country"))[:20])
    if not one.town:
        raise TownMissing
    if one.country in {"CH", "LI"}:
        if not (one.postcode.isascii() and one.postcode.isdigit() and len(one.postcode) == 4):
            raise BadPostcode(value=one.postcode)
        one.canton, one.bfs_nr = known.commune(one.postcode, one.town)
    one.canton = (row.get("canton") or one.canton).strip().upper()[:2]
    one.bfs_nr = row.get("bfs_nr") or one.bfs_nr
    one.valid_from, one.valid_to = row.get("valid_from"), row.get("valid_to")
    if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
        raise EndsBefore(start=one.valid_from, end=one.valid_to)
    return one


def _is_unread(country: str, known: Known) -> bool:
    """Without reference data the form of a code is all there is to check."""
    return not known.countries and len(country) == 2 and country.isascii() and country.isalpha()


def require_apart(addresses: Sequence[ContactAddress]) -> None:
    """No two addresses of a kind at the same time. Raises ``AddressesOverlap``."""
    first, last = dt.date.min, dt.date.max
    for nth, one in enumerate(addresses):
        for other in addresses[:nth]:
            if one.kind != other.kind or one.kind == ContactAddress.Kind.OTHER:
                continue
            if (one.valid_from or first) <= (other.valid_to or last) and (
                other.valid_from or first
            ) <= (one.valid_to or last):
                raise AddressesOverlap(field=f"addresses[{nth}].kind", kind=one.get_kind_display())


def communication_of(row: Row, country: str) -> Communication:
    """A checked way to reach somebody, in its one form. Raises ``NotAPhone``, ``NotAMail`` or ``NotALink``."""
    kind = choice_of(row.get("kind"), Communication.Kind, "kind")
    one = Communication(kind=kind, label=one_line(row.get("label") or "", field="label", most=40))
    text = row.get("value") or ""
    if kind in PHONES:
        phone = parse_phone(text, country=country, extension=row.get("extension") or "")
        one.value, one.extension = phone.number, phone.extension
    elif kind == Communication.Kind.MAIL:
        one.value = parse_mail(text)
    else:
        one.value = parse_link(text)
    return one


def bank_account_of(row: Row, known: Known) -> ContactBankAccount:
    """A checked account; bank and BIC are filled in from the bank master. Raises ``NotAnIban``."""
    iban = parse_iban(row.get("iban") or "")
    one = ContactBankAccount(
        iban=iban, holder=one_line(row.get("holder") or "", field="holder", most=70),
        label=one_line(row.get("label") or "", field="label", most=40),
        bic=one_line(row.get("bic") or "", field="bic", most=11).upper(),
        valid_to=row.get("valid_to"),
    )  # fmt: skip
    if (found := known.bank(iban)) is not None:
        one.bank, one.bic = found.bank.name, found.bank.bic or one.bic
    return one
