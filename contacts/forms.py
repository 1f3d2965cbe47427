"""What the page of a contact sends: fields, and rows of its parts by name and number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from contacts.numbers import number_of, proposed
from contacts.phones import format_phone
from contacts.rows import PHONES
from contacts.saving import whole
from contacts.writing import SETS
from erp.core.display import swiss_date
from erp.core.errors import DomainError, Refusals
from erp.core.identifiers import format_iban, format_uid
from erp.own_fields import masks
from erp.own_fields.models import OwnField
from erp.web.dates import read_day

PLAIN: Final = ("kind", "name", "name_addition", "salutation", "title", "first_name", "last_name",
                "language", "uid", "notes")  # fmt: skip
_NUMBERS: Final = ("number", "proposed", "version")
#: Fields of rows that people type; a row without any of ``TELLING`` is none.
ROWS: Final[dict[str, tuple[str, ...]]] = {
    "addresses": ("id", "kind", "addition", "street", "house_number", "po_box", "postcode", "town",
                  "country", "valid_from", "valid_to"),
    "communications": ("id", "kind", "value", "extension", "label"),
    "bank_accounts": ("id", "iban", "holder", "label", "valid_to"),
}  # fmt: skip
TELLING: Final[dict[str, tuple[str, ...]]] = {
    "addresses": ("addition", "street", "house_number", "po_box", "postcode", "town"),
    "communications": ("value",),
    "bank_accounts": ("iban",),
}
BLANK: Final[dict[str, list[dict[str, Any]]]] = {
    "addresses": [{"kind": "main", "country": "CH"}],
    "communications": [{"kind": "phone"}, {"kind": "mobile"}, {"kind": "mail"}, {"kind": "web"}],
    "bank_accounts": [{}],
}
_ROW: Final = re.compile(r"(addresses|communications|bank_accounts)-(\d{1,4})-([a-z_]+)", re.ASCII)
_PLACE: Final = re.compile(r"([a-z_]+)\[(\d+)\]\.([a-z_]+)")


class NotADay(DomainError):
    code = "contacts.not_a_day"
    message = _("“%(value)s” is no date. Write 31.12.2026.")
    field = "valid_from"


@dataclass
class Mask:
    """What the form shows: values and faults by field, and the same of each row."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def refuse(self, refusal: DomainError) -> None:
        """Put each fault where it belongs."""
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            place, text = one.place or "", str(one)
            found = _PLACE.fullmatch(place)
            if found and int(found[2]) < len(self.rows.get(found[1], [])):
                row = self.rows[found[1]][int(found[2])]
                row.setdefault("faults", {})[found[3]] = text
            elif place in {*PLAIN, "number", "groups"} or place.startswith("own_values."):
                self.faults[place] = text
            else:
                self.others.append(text)


def blank(company: Any, told: Mapping[str, str]) -> Mask:
    """An empty form; ``told`` fills what an address says, such as the kind."""
    values = {name: told.get(name, "") for name in PLAIN}
    values["kind"] = values["kind"] if values["kind"] in Contact.Kind.values else "organisation"
    values["language"] = values["language"] or company.language
    values["number"] = values["proposed"] = str(proposed(company))
    group = told.get("group", "")
    return Mask(values=values, rows={name: [dict(row) for row in rows] for name, rows in BLANK.items()},
                groups=[group] if group else [])  # fmt: skip


def filled(contact: Contact, own_fields: Iterable[OwnField]) -> Mask:
    """The form of a contact as it is."""
    draft = whole(contact)
    mask = Mask(values={name: getattr(contact, name) for name in PLAIN})
    mask.values |= {
        "uid": format_uid(contact.uid),
        "number": contact.number,
        "version": contact.version,
    }
    for name in SETS:
        mask.rows[name] = [
            {field: _shown(field, getattr(row, field), row) for field in ROWS[name]}
            for row in getattr(draft, name)
        ] or [dict(row) for row in BLANK[name][:1]]
    mask.groups = [group.code for group in draft.groups or ()]
    mask.own = masks.as_typed(own_fields, contact.own_values)
    return mask


def _shown(name: str, value: Any, row: Any) -> Any:
    if name == "value" and row.kind in PHONES:
        return format_phone(value, abroad=True)
    if name in {"valid_from", "valid_to"}:
        return swiss_date(value)
    if name == "iban":
        return format_iban(value)
    return "" if value is None else value


def typed(
    sent: QueryDict, own_fields: Iterable[OwnField]
) -> tuple[Mask, dict[str, Any], list[DomainError]]:
    """What was typed: the form to show again, the values for the act, and days that are none."""
    mask = Mask(values={name: sent.get(name, "").strip() for name in (*PLAIN, *_NUMBERS)})
    found: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in ROWS}
    for name, value in sent.items():
        part = _ROW.fullmatch(name)
        if part and part[3] in ROWS[part[1]]:
            found[part[1]].setdefault(int(part[2]), {})[part[3]] = str(value).strip()
    faults: list[DomainError] = []
    told: dict[str, Any] = {name: mask.values[name] for name in PLAIN}
    told["number"] = _number(mask.values, faults)
    for name, numbered in found.items():
        rows = [row for _nth, row in sorted(numbered.items())
                if any(row.get(field) for field in TELLING[name])]  # fmt: skip
        mask.rows[name] = [dict(row) for row in rows] or [dict(row) for row in BLANK[name][:1]]
        told[name] = [_read(row, f"{name}[{nth}]", faults) for nth, row in enumerate(rows)]
    mask.groups = told["groups"] = sent.getlist("groups")
    mask.own = masks.sent(own_fields, sent)
    told["own_values"] = {code: value for code, value in mask.own.items() if value != ""}
    return mask, told, faults


def _number(values: Mapping[str, str], faults: list[DomainError]) -> int | None:
    """The number that was chosen; one that was only proposed may be another's by now."""
    if values["number"] == values["proposed"]:
        return None
    try:
        return number_of(values["number"])
    except DomainError as refusal:
        faults.append(refusal)
        return None


def _read(row: dict[str, Any], place: str, faults: list[DomainError]) -> dict[str, Any]:
    read = dict(row)
    pk = read.get("id", "")
    read["id"] = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    for name in ("valid_from", "valid_to"):
        if name not in read:
            continue
        read[name] = read_day(row[name]) if row[name] else None
        if row[name] and read[name] is None:
            faults.append(NotADay(field=f"{place}.{name}", value=row[name][:20]))
    return read
