"""Elements of a message by their local names, whatever their namespace."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final, TypeAlias

from accounting.payments.pain.findings import Finding

Found: TypeAlias = list[Finding]
_AMOUNT: Final = re.compile(r"[0-9]{1,18}(\.[0-9]{0,5})?|\.[0-9]{1,5}", re.ASCII)


def kids(element: Any) -> dict[str, Any]:
    """The children by name; of several of a name the first."""
    found: dict[str, Any] = {}
    for child in element:
        name = child.tag
        name = name[name.rfind("}") + 1 :]
        if name not in found:
            found[name] = child
    return found


def text_at(told: dict[str, Any], name: str) -> str:
    """The text of a child, without blanks around it; empty where there is none."""
    found = told.get(name)
    return (found.text or "").strip() if found is not None else ""


def first_text(element: Any, name: str) -> str:
    return text_at(kids(element), name)


def down(element: Any, *names: str) -> Any:
    """The element that a path leads to; None where it ends before."""
    for name in names:
        if element is None:
            return None
        element = kids(element).get(name)
    return element


def amount_in(text: str) -> Decimal | None:
    """An amount as XML has it, in plain digits with a point; None where it is none."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None
