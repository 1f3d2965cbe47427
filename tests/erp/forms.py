"""Forms as a browser would send them, and which of their fields hold ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml import html

from tests.erp.isolation import ID


@dataclass
class Sent:
    """What a form or a link sends, and those of its fields that hold an id."""

    method: str
    address: str
    values: list[tuple[str, str]]
    ids: list[str]

    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """The same for forms and links that differ by what they are of alone."""
        return self.method, ID.sub("7", self.address), tuple(self.ids)

    def with_id(self, name: str, value: str) -> list[tuple[str, str]]:
        return [*((n, v) for n, v in self.values if n != name), (name, value)]


def sent_from(page: bytes, address: str) -> Iterator[Sent]:
    """Forms and links of a page that send ids along."""
    tree = html.fromstring(page)
    for form in tree.iter("form"):
        found = _of_form(form, address)
        if found.ids:
            yield found
    for link in tree.iter("a"):
        parts = urlsplit(link.get("href") or "")
        told = parse_qsl(parts.query)
        ids = [name for name, value in told if ID.fullmatch(value)]
        if ids and not parts.netloc:
            yield Sent("get", parts.path or address, told, ids)


def _of_form(form: Any, address: str) -> Sent:
    values: list[tuple[str, str]] = []
    ids: list[str] = []
    pressed = False
    for one in form.iter("input", "select", "textarea", "button"):
        name, kind = one.get("name"), one.get("type", "")
        if not name or name == "csrfmiddlewaretoken" or kind == "file":
            continue
        if one.tag == "select":
            offered = [option.get("value") or "" for option in one.iter("option")]
            chosen = [
                o.get("value") or "" for o in one.iter("option") if o.get("selected") is not None
            ]
            value = (chosen or offered or [""])[0]
        else:
            value = (one.text or "") if one.tag == "textarea" else one.get("value") or ""
            offered = [value]
        has_id = any(ID.fullmatch(text) for text in offered) or one.get("data-contact") is not None
        if has_id and name not in ids:
            ids.append(name)
        if one.tag == "button":
            if pressed or has_id:
                continue
            pressed = True
        if kind in {"checkbox", "radio"} and one.get("checked") is None:
            continue
        values.append((name, value))
    told = form.get("action") or address
    return Sent((form.get("method") or "get").lower(), urlsplit(told).path or address, values, ids)
