"""Messages with a code (Meldungen): every refusal, as it reads, with its place and the page that explains it."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import exceptions

from erp.core.errors import DomainError
from erp.core.spelling import plain
from erp.manual.contents import order
from erp.manual.explained import page_of
from erp.manual.placeholders import WORDS

TITLE: Final = _("Messages and their codes")
ABOUT: Final = _(
    "Whenever something is refused, nothing is saved, and the message says why. Here are all messages "
    "with the code that programs get. Where a message names a value, its kind stands ‹in pointed "
    "brackets›."
)
PACKAGES: Final = ("erp", "contacts", "vat", "accounting", "payroll")
#: What is no refusal of the trade, and is explained where programs read.
OF_PROGRAMS: Final = "api"
_VALUE: Final = re.compile(r"%\((\w+)\)[sd]")
_BRACED: Final = re.compile(r'"?\{(\w+)\}"?')
_LEFT_OUT: Final = re.compile(r"\.(migrations|management|wsgi|celery)(\.|$)")


@dataclass(frozen=True)
class Message:
    """A code with what it says: ``text`` has ‹words› for values; ``field`` is the name programs use."""

    code: str
    text: str
    field: str
    status: int
    page: str


@cache
def refusals() -> tuple[type[DomainError], ...]:
    """Every kind of refusal, the whole program read for it."""
    for name in PACKAGES:
        package = import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}.", onerror=_raise):
            if not _LEFT_OUT.search(found.name):
                import_module(found.name)
    return tuple(
        one for one in dict.fromkeys(_below(DomainError))
        if one.__module__.split(".")[0] in PACKAGES and "message" in vars(one)
    )  # fmt: skip


@lru_cache(maxsize=8)
def messages(language: str) -> tuple[Message, ...]:
    """All messages in a language: by page in the order of the manual, then by code."""
    with override(language):
        found = [
            Message(one.code, readable(str(one.message)), one.field or "", status_of(one),
                    page_of(one.__module__))
            for one in refusals()
        ]  # fmt: skip
        found += [
            Message(str(one.default_code), readable(_BRACED.sub(r"‹\1›", str(one.default_detail))), "",
                    one.status_code, OF_PROGRAMS)
            for one in of_programs()
        ]  # fmt: skip
    turns = {name: nth for nth, name in enumerate(order())}
    return tuple(sorted(found, key=lambda one: (turns[one.page], one.code)))


def by_page(language: str, asked: str = "") -> dict[str, list[Message]]:
    """Messages by the page that explains them; of those alone whose code or text has all words asked for."""
    words = plain(asked).split()
    found: dict[str, list[Message]] = {}
    for one in messages(language):
        told = plain(f"{one.code} {one.text}")
        if all(word in told for word in words):
            found.setdefault(one.page, []).append(one)
    return found


def readable(message: str) -> str:
    """A message with words in place of its values: ``Debit is ‹debit›``. Raises ``KeyError`` for one unknown."""
    return _VALUE.sub(lambda found: f"‹{WORDS[found[1]]}›", message).replace("%%", "%")


def status_of(kind: type[DomainError]) -> int:
    """What the API answers with such a refusal alone."""
    return 409 if kind.conflict and not kind.missing else 400 if kind.missing else 422


@cache
def of_programs() -> tuple[type[exceptions.APIException], ...]:
    """What the API refuses without a word of the trade: each code once."""
    seen = {one.code for one in refusals()} | {
        "error"
    }  # a fault of ours, of which nothing is known
    found: dict[str, type[exceptions.APIException]] = {}
    for one in _below(exceptions.APIException):
        if one.__module__.startswith(("rest_framework.", "erp.")) and one.default_code not in seen:
            found.setdefault(str(one.default_code), one)
    return tuple(found.values())


def _below(kind: Any) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _raise(name: str) -> None:
    raise ImportError(name)
