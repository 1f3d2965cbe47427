"""vCards in and out (RFC 2426, RFC 6350): a thin reader that forgives, and a writer of 3.0 and 4.0."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contacts.models import Communication, Contact, ContactAddress
from erp.core.spreadsheets import UnreadableFile

BEGIN: Final = b"BEGIN:VCARD"
_PARAMETER: Final = re.compile(
    r';([A-Za-z0-9-]+)(?:=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*))?'
)
_NAME: Final = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)")
_ESCAPED: Final = re.compile(r"\\(.)")
#: A house number at the end of a street, as it is written here.
_HOUSE: Final = re.compile(r"(.*?\D)[ ,]+(\d{1,5}\s?[a-zA-Z]?(?:\s?[-/]\s?\d{1,5}\s?[a-zA-Z]?)?)")
KINDS: Final = {"work": "main", "home": "private"}


@dataclass
class Property:
    """A line of a card: its name in small letters, its types, its value as it stands."""

    name: str
    types: frozenset[str]
    value: str


@dataclass
class Card:
    """A card as values for ``drafting.check``; ``line`` is where it begins in the file."""

    line: int
    told: dict[str, Any] = field(default_factory=dict)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    communications: list[dict[str, Any]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


def is_vcard(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[: len(BEGIN)].upper() == BEGIN


def read(content: bytes) -> list[Card]:
    """The cards of a file, of any version. Raises ``UnreadableFile`` where a card does not end."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    cards: list[Card] = []
    gathered: list[Property] | None = None
    begun = 0
    for number, line in _lines(text):
        one = _property(line)
        if one is None:
            continue
        if one.name == "begin" and one.value.strip().upper() == "VCARD":
            if gathered is not None:
                raise UnreadableFile(reason=f"END:VCARD, {begun}")
            gathered, begun = [], number
        elif one.name == "end" and gathered is not None:
            cards.append(_card(begun, gathered))
            gathered = None
        elif gathered is not None:
            gathered.append(one)
    if gathered is not None:
        raise UnreadableFile(reason=f"END:VCARD, {begun}")
    return cards


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines put together again that were folded, or broken by quoted-printable."""
    current, begun = "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        soft = current.endswith("=") and "QUOTED-PRINTABLE" in current.upper()
        if soft:
            current = current + "\n" + line
        elif line[:1] in {" ", "\t"} and current:
            current += line[1:]
        else:
            if current:
                yield begun, current
            current, begun = line, number
    if current:
        yield begun, current


def _property(line: str) -> Property | None:
    name = _NAME.match(line)
    if name is None:
        return None
    place, types, quoted = name.end(), set[str](), False
    while found := _PARAMETER.match(line, place):
        key, value = found[1].lower(), (found[2] or "").replace('"', "").lower()
        if key in {"type", "pref"}:
            types |= set(value.split(",")) if key == "type" else {"pref"}
        elif not value:
            types.add(key)  # vCard 2.1: TEL;WORK;VOICE
        quoted = quoted or "quoted-printable" in {key, value}
        place = found.end()
    if line[place : place + 1] != ":":
        return None
    value = line[place + 1 :]
    if quoted:
        value = quopri.decodestring(value.encode()).decode("utf-8", errors="replace")
    return Property(name[1].lower(), frozenset(types), value)


def _parts(value: str, separator: str = ";") -> list[str]:
    """The parts of a value, unescaped."""
    parts, current, escaped = [], "", False
    for letter in value:
        if escaped:
            current, escaped = current + ("\n" if letter in "nN" else letter), False
        elif letter == "\\":
            escaped = True
        elif letter == separator:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    return [*parts, current.strip()]


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip()


def _card(line: int, properties: Sequence[Property]) -> Card:
    card, by_name = Card(line), {one.name: one for one in reversed(properties)}
    last, first, _middle, title, *_suffix = [*_parts(by_name["n"].value if "n" in by_name else ""),
                                             "", "", "", ""]  # fmt: skip
    full = _plain(by_name["fn"].value) if "fn" in by_name else ""
    organisation, *units = _parts(by_name["org"].value) if "org" in by_name else [""]
    kind = by_name["kind"].value.strip().lower() if "kind" in by_name else ""
    if kind in {"org", "organization"} or (not last and not first and organisation):
        card.told = {"kind": "organisation", "name": organisation or full,
                     "name_addition": ", ".join(filter(None, units))}  # fmt: skip
    else:
        if not last and not first:
            first, _blank, last = full.rpartition(" ")
        card.told = {"kind": "person", "first_name": first, "last_name": last, "title": title,
                     "name_addition": organisation}  # fmt: skip
    gender = by_name["gender"].value[:1].upper() if "gender" in by_name else ""
    if card.told["kind"] == "person" and gender in {"M", "F"}:
        card.told["salutation"] = "mr" if gender == "M" else "ms"
    if "note" in by_name:
        card.told["notes"] = _plain(by_name["note"].value)
    if "lang" in by_name and by_name["lang"].value[:2].lower() in {"de", "fr", "it", "en"}:
        card.told["language"] = by_name["lang"].value[:2].lower()
    for one in properties:
        _reach(card, one)
    return card


def _reach(card: Card, one: Property) -> None:
    value = _plain(one.value)
    if one.name == "tel" and value:
        number, _semicolon, more = value.removeprefix("tel:").partition(";ext=")
        mobile = one.types & {"cell", "mobile"}
        if not one.types & {"fax", "pager"}:
            card.communications.append({"kind": "mobile" if mobile else "phone", "value": number,
                                        "extension": more})  # fmt: skip
    elif one.name == "email" and value:
        card.communications.append({"kind": "mail", "value": value})
    elif one.name == "url" and value:
        card.communications.append({"kind": "web", "value": value})
    elif one.name == "categories":
        card.groups += [name for name in _parts(one.value, ",") if name]
    elif one.name == "adr":
        box, extra, street, town, _region, postcode, country, *_more = [
            *_parts(one.value),
            *[""] * 7,
        ]
        if not town:
            return
        taken = {address["kind"] for address in card.addresses}
        kind = next((KINDS[t] for t in ("work", "home") if t in one.types), "main")
        if not card.addresses:
            kind = "main"
        house = _HOUSE.fullmatch(street)
        card.addresses.append({
            "kind": "other" if kind in taken else kind, "addition": extra.replace("\n", ", "),
            "street": (house[1].rstrip(" ,") if house else street).replace("\n", ", "),
            "house_number": house[2] if house else "", "po_box": box, "postcode": postcode,
            "town": town, "country": country,
        })  # fmt: skip


def write(contacts: Iterable[Contact], *, version: str = "4.0") -> bytes:
    """Cards of contacts whose parts were read; ``version`` is 3.0 or 4.0."""
    lines: list[str] = []
    for contact in contacts:
        lines += _written(contact, version)
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _written(contact: Contact, version: str) -> list[str]:
    four = version == "4.0"
    lines = ["BEGIN:VCARD", f"VERSION:{version}", f"UID:rappen-{contact.company_id}-{contact.number}",
             f"FN:{_escape(contact.name)}"]  # fmt: skip
    if contact.is_organisation:
        lines.append(f"ORG:{_escape(contact.name)};{_escape(contact.name_addition)}")
        lines.append("N:;;;;")
        if four:
            lines.append("KIND:org")
    else:
        name = (contact.last_name, contact.first_name, "", contact.title, "")
        lines.append("N:" + ";".join(map(_escape, name)))
        if contact.name_addition:
            lines.append(f"ORG:{_escape(contact.name_addition)}")
        if four and contact.salutation in {"mr", "ms"}:
            lines.append("GENDER:" + ("M" if contact.salutation == "mr" else "F"))
    if four:
        lines.append(f"LANG:{contact.language}")
    for one in contact.communications.all():
        lines.append(_tel(one, four))
    for address in contact.addresses.all():
        lines.append(_adr(address))
    groups = [row.group.code for row in contact.memberships.all()]
    if groups:
        lines.append("CATEGORIES:" + ",".join(map(_escape, groups)))
    if contact.notes:
        lines.append(f"NOTE:{_escape(contact.notes)}")
    lines.append(f"REV:{contact.changed_at:%Y%m%dT%H%M%SZ}")
    return [*lines, "END:VCARD"]


def _tel(one: Communication, four: bool) -> str:
    if one.kind == Communication.Kind.MAIL:
        return f"EMAIL:{_escape(one.value)}"
    if one.kind == Communication.Kind.WEB:
        return f"URL:{one.value}"
    kind = "cell" if one.kind == Communication.Kind.MOBILE else "voice"
    more = f";ext={one.extension}" if one.extension else ""
    if four:
        return f"TEL;VALUE=uri;TYPE={kind}:tel:{one.value}{more}"
    return f"TEL;TYPE={kind.upper()}:{one.value}{more}"


def _adr(one: ContactAddress) -> str:
    kind = "home" if one.kind == ContactAddress.Kind.PRIVATE else "work"
    street = " ".join(filter(None, (one.street, one.house_number)))
    parts = (one.po_box, one.addition, street, one.town, one.canton, one.postcode, one.country)
    return f"ADR;TYPE={kind}:" + ";".join(map(_escape, parts))


def _escape(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes, letters kept whole."""
    piece, room = "", 75
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield piece
            piece, room = " ", 74
        piece, room = piece + letter, room - size
    yield piece
