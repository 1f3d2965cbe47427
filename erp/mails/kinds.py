"""Kinds of mail (Mailarten): what a room writes, who may see it, and the texts it begins with.

A room declares its kinds in a module that ``erp/kinds.py`` names::

    register(
        "invoice", label=_("Invoice"), see=Permission.RECEIVABLES_READ,
        send=Permission.RECEIVABLES_SEND, page="document",
        placeholders={"number": _("number of the invoice"), "greeting": _("salutation")},
        defaults={"de": ("Rechnung {number}", "{greeting}\\n\\n…\\n\\n{company}"), "fr": …},
    )

``company`` is a placeholder of every kind, and is filled in by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Language

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
#: What every kind may name.
COMMON: Final[Mapping[str, Any]] = {"company": _("name of your company")}


class NoSuchKind(LookupError):
    """A kind that no room offers: a bug, or an address somebody made up."""


@dataclass(frozen=True)
class Kind:
    """``see`` is the right to see such mails, ``send`` the one to send, repeat and cancel them.

    ``page`` names the page of what a mail is about: a route of a company with one number.
    ``examples`` fill placeholders where a text is previewed.
    """

    name: str
    label: Any
    see: Permission
    send: Permission
    placeholders: Mapping[str, Any]
    defaults: Mapping[str, tuple[str, str]]
    page: str = ""
    examples: Mapping[str, str] = field(default_factory=dict)


_KINDS: Final[dict[str, Kind]] = {}


def register(
    name: str, *, label: Any, see: Permission, send: Permission, placeholders: Mapping[str, Any],
    defaults: Mapping[str, tuple[str, str]], page: str = "",
    examples: Mapping[str, str] | None = None,
) -> Kind:  # fmt: skip
    """Offer a kind of mail, with its texts (subject, body) in all four languages.

    ``placeholders`` name what texts may hold in braces, with what it stands for. Raises
    ``ValueError`` for what is a bug: a language is missing, or a text names something unknown.
    """
    if not _NAME.fullmatch(name) or set(defaults) != set(Language.values):
        raise ValueError(f"the mail kind {name} needs a simple name and texts in all languages")
    known = {**placeholders, **COMMON}
    for language, texts in defaults.items():
        if unknown := {one for text in texts for one in named(text)} - set(known):
            raise ValueError(f"{name} in {language} names {', '.join(sorted(unknown))}")
    _KINDS[name] = Kind(name, label, see, send, known, dict(defaults), page, dict(examples or {}))
    return _KINDS[name]


def named(text: str) -> Iterator[str]:
    """What stands between braces, whether it is known or not."""
    yield from _BRACES.findall(text)


def replaced(text: str, values: Mapping[str, str]) -> str:
    """A text with what is known put in place of its braces: once, so that values stay as they are."""
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises ``NoSuchKind``."""
    found = all_kinds().get(name)
    if found is None:
        raise NoSuchKind(name)
    return found


def label_of(name: str) -> str:
    found = all_kinds().get(name)
    return str(found.label) if found else name


def seen_by(access: Access) -> list[str]:
    """The kinds whose mails somebody may see."""
    return [kind.name for kind in all_kinds().values() if access.may(kind.see)]


def may_send(access: Access, name: str) -> bool:
    """Whether somebody may send mails of a kind, which those who only look in never may."""
    found = all_kinds().get(name)
    return found is not None and access.may(found.send) and not access.read_only


def all_kinds() -> Mapping[str, Kind]:
    """All kinds by name, in the order in which the rooms declare them."""
    _load()
    return _KINDS


@lru_cache(maxsize=1)
def _load() -> None:
    """The rooms' kinds, in whatever process asks."""
    for module in settings.MAIL_KINDS:
        import_module(module)
