"""How a contact is addressed in letters (Anrede, Anschrift): pure functions over texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, Protocol
from urllib.parse import quote, urlencode

#: Forms of address by language: to a man, a woman, a family, a couple, a person, an organisation.
#: ``{name}`` is the last name with its title. Source: "Schreibweisungen" of the Federal Chancellery
#: (2015, 8.4), and its French and Italian counterparts.
GREETINGS: Final = {
    "de": {
        "mr": "Sehr geehrter Herr {name}", "ms": "Sehr geehrte Frau {name}",
        "family": "Sehr geehrte Familie {name}",
        "couple": "Sehr geehrte Frau {name}, sehr geehrter Herr {name}",
        "": "Guten Tag {full}", "organisation": "Sehr geehrte Damen und Herren",
    },
    "fr": {
        "mr": "Monsieur", "ms": "Madame", "family": "Chère famille {name}",
        "couple": "Madame, Monsieur", "": "Bonjour {full}", "organisation": "Madame, Monsieur",
        "mr title": "Monsieur le {title}", "ms title": "Madame la {title}",
    },
    "it": {
        "mr": "Egregio signor {name}", "ms": "Gentile signora {name}",
        "family": "Gentile famiglia {name}", "couple": "Gentili signori {name}",
        "": "Buongiorno {full}", "organisation": "Gentili signore, egregi signori",
    },
    "en": {
        "mr": "Dear Mr {name}", "ms": "Dear Ms {name}", "family": "Dear {name} family",
        "couple": "Dear Ms and Mr {name}", "": "Dear {full}", "organisation": "Dear Sir or Madam",
        "mr title": "Dear {title} {last}", "ms title": "Dear {title} {last}",
    },
}  # fmt: skip
#: The line above a name on an envelope.
OPENINGS: Final = {
    "de": {"mr": "Herr", "ms": "Frau", "family": "Familie", "couple": "Frau und Herr"},
    "fr": {"mr": "Monsieur", "ms": "Madame", "family": "Famille", "couple": "Madame et Monsieur"},
    "it": {"mr": "Signor", "ms": "Signora", "family": "Famiglia", "couple": "Signori"},
    "en": {"mr": "Mr", "ms": "Ms", "family": "Family", "couple": "Ms and Mr"},
}
PO_BOX: Final = {"de": "Postfach", "fr": "Case postale", "it": "Casella postale", "en": "PO Box"}
#: French says the whole word where it speaks to somebody by a title.
_SPOKEN: Final = {"fr": {"dr": "Docteur", "dre": "Docteure", "prof": "Professeur",
                         "me": "Maître"}}  # fmt: skip


class Addressee(Protocol):
    """Whom a letter goes to."""

    kind: str
    name: str
    name_addition: str
    salutation: str
    title: str
    first_name: str
    last_name: str
    language: str


class Place(Protocol):
    """Where it goes."""

    kind: str
    addition: str
    street: str
    house_number: str
    po_box: str
    postcode: str
    town: str
    country: str
    valid_from: dt.date | None
    valid_to: dt.date | None


def greeting(contact: Addressee, *, language: str = "") -> str:
    """The first line of a letter (Briefanrede), without a comma.

    It is in ``language``, that of the letter, or else in the contact's own. Without a salutation
    the form is neutral, with the full name; an organisation is greeted without one. A title is said
    before the last name, in French instead of it.
    """
    language = language or contact.language
    language = language if language in GREETINGS else "de"
    forms = GREETINGS[language]
    if contact.kind == "organisation":
        return forms["organisation"]
    how = contact.salutation if contact.last_name else ""
    title = contact.title
    if title and f"{how} title" in forms:
        spoken = _SPOKEN.get(language, {})
        title = spoken.get(title.lower().rstrip("."), title)
        return forms[f"{how} title"].format(title=title, last=contact.last_name)
    name = " ".join(filter(None, (title, contact.last_name)))
    full = " ".join(filter(None, (title, contact.first_name, contact.last_name)))
    return forms[how].format(name=name, full=full or contact.name)


def address_on(addresses: Iterable[Place], on: dt.date, *kinds: str) -> Place | None:
    """The address that counts on a day, of the first of ``kinds`` that there is, else the main one."""
    valid = [
        one for one in addresses
        if (one.valid_from is None or one.valid_from <= on)
        and (one.valid_to is None or on <= one.valid_to)
    ]  # fmt: skip
    for kind in (*kinds, "main"):
        for one in valid:
            if one.kind == kind:
                return one
    return None if kinds else (valid[0] if valid else None)


def address_lines(
    contact: Addressee,
    address: Place | None,
    *,
    country_name: str = "",
    person: Addressee | None = None,
) -> list[str]:
    """The address as on an envelope (Anschrift), by the rules of Swiss Post.

    Name, addition, street, PO box, postcode and town; the line of the town is the last, abroad the
    country in capitals is. ``person`` is somebody within the organisation. ``country_name`` is told
    by the caller, since the name of a country is data. Source: Swiss Post, "Briefe richtig
    adressieren" (structure of addresses).
    """
    language = contact.language if contact.language in OPENINGS else "de"
    lines: list[str] = []
    if contact.kind == "organisation":
        lines += [contact.name, contact.name_addition]
        if person is not None:
            lines.append(_named(person, language))
    else:
        lines += [OPENINGS[language].get(contact.salutation, ""), _full(contact)]
        lines.append(contact.name_addition)
    if address is not None:
        lines += [
            address.addition,
            " ".join(filter(None, (address.street, address.house_number))),
            box_line(address.po_box, language),
            _town(address),
        ]
        if address.country not in {"", "CH"}:
            lines.append((country_name or address.country).upper())
    return [line for line in lines if line]


def box_line(po_box: str, language: str) -> str:
    """``12`` as ``Postfach 12``; what says so itself stays, and a dash is a box without a number."""
    if not po_box:
        return ""
    said = PO_BOX.get(language, PO_BOX["de"])
    if any(po_box.lower().startswith(word.lower()) for word in PO_BOX.values()):
        return po_box
    return said if po_box == "-" else f"{said} {po_box}"


def _full(contact: Addressee) -> str:
    parts = (contact.title, contact.first_name, contact.last_name)
    return " ".join(filter(None, parts)) or contact.name


def _named(person: Addressee, language: str) -> str:
    return " ".join(filter(None, (OPENINGS[language].get(person.salutation, ""), _full(person))))


def _town(address: Place) -> str:
    return " ".join(filter(None, (address.postcode, address.town)))


def map_link(address: Place) -> str:
    """A map of the address: of the Confederation in Switzerland and Liechtenstein, else OpenStreetMap."""
    street = " ".join(filter(None, (address.street, address.house_number)))
    sought = " ".join(filter(None, (street, address.postcode, address.town)))
    if address.country in {"CH", "LI"}:
        return "https://map.geo.admin.ch/?" + urlencode({"swisssearch": sought}, quote_via=quote)
    query = ", ".join(filter(None, (sought, address.country)))
    return "https://www.openstreetmap.org/search?" + urlencode({"query": query}, quote_via=quote)


def tel_link(number: str, extension: str = "") -> str:
    """``tel:`` after RFC 3966."""
    return f"tel:{number}" + (f";ext={extension}" if extension else "")


def mail_link(address: str) -> str:
    return "mailto:" + quote(address, safe="@+.-_")
