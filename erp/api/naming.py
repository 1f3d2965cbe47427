"""What an operation is called in the OpenAPI document: its room, its name, its summary.

The names are part of what generated clients are built on: they follow from the address and the
method alone, so that they stay as they are while the code behind them moves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

#: Rooms whose own name says too little beside those of other apps.
_PREFIXED: Final = {"payroll": "payroll", "vat": "vat"}
#: What is under the roof, and what every company has.
_ROOF: Final = {"erp.cockpit": "company", "erp.api.reference": "reference", "erp.api": "general"}
_STANDARD: Final = {
    "list": "List", "retrieve": "Read one of", "create": "Add to", "update": "Replace one of",
    "partial_update": "Change one of", "destroy": "Delete one of",
}  # fmt: skip
_BY_METHOD: Final = {
    "GET": "retrieve", "POST": "", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy",
}  # fmt: skip
LONGEST: Final = 120  # letters of a summary
_ADDRESS: Final = re.compile(
    r"``[^`]*/[^`]*``[:,.]?\s*"
)  # a docstring that begins with its address
_SENTENCE: Final = re.compile(r"(?<=[a-zäöü0-9)”])[.;] ")


def room_of(module: str) -> str:
    """The room a module is in: ``accounting.receivables.api.documents`` is in ``receivables``."""
    for start, name in _ROOF.items():
        if module == start or module.startswith(f"{start}."):
            return name
    app, *rooms = module.split(".")
    if not rooms or rooms[0].startswith("api"):
        return app
    name = rooms[0].replace("_", "-")
    return f"{_PREFIXED[app]}-{name}" if app in _PREFIXED else name


def operation_id(tokens: Sequence[str], method: str, action: str | None, *, many: bool) -> str:
    """``sales_documents_list``, ``sales_documents_issue``: the words of the address, and the act.

    ``tokens`` are the fixed words of the address without the company's; what is POSTed to an
    address of its own is named by that alone.
    """
    words = [token.replace("-", "_") for token in tokens] or ["company"]
    act = action if action in _STANDARD else "list" if many else _BY_METHOD[method]
    return "_".join([*words, act] if act else words)


def summary(told: str, tokens: Sequence[str], action: str) -> str:
    """The first sentence of what the code says of an operation; else what it does, and with what."""
    text = _ADDRESS.sub("", told.split("\n\n")[0].replace("\n", " ")).strip()
    if text:
        first = _SENTENCE.split(text)[0].rstrip(".")
        return first if len(first) <= LONGEST else first[: LONGEST - 2].rsplit(" ", 1)[0] + " …"
    words = " ".join(tokens).replace("-", " ") or "company"
    return f"{_STANDARD.get(action, 'See')} {words}"
