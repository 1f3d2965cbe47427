"""Passwords everybody uses: the list Django brings, and what is made of one with little effort.

Source: ``django.contrib.auth.password_validation.CommonPasswordValidator``, 19,640 entries in lower
case, by Royce Williams.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.views.decorators.debug import sensitive_variables

from erp.access.passwords.leet import readings

#: A shorter core is what any long password may have between its digits.
SHORTEST_CORE: Final = 4

_LETTER: Final = re.compile(r"[^\W\d_]")
_REPEATED: Final = re.compile(r"(.+?)\1+", re.DOTALL)


@sensitive_variables()
def is_common(password: str) -> bool:
    """Whether a password is in the list, or is an entry in thin disguise.

    Hardly an entry is twelve characters long, so alone the list would refuse next to nothing.
    Whoever has to fill up ``dragon`` puts digits and punctuation around it (``Dragon2026!!``),
    writes it twice, or writes ``dr4g0n``; guessing programs do these first. What is left must be an
    entry as a whole: a phrase that merely contains one is none of them.
    """
    entries = _entries()
    return any(form in entries for form in _forms(password.casefold().strip()))


def _forms(password: str) -> Iterator[str]:
    yield password
    for core in _cores(password):
        yield from (core, *readings(core))
        if repeated := _REPEATED.fullmatch(core):
            yield from (repeated[1], *readings(repeated[1]))


def _cores(password: str) -> Iterator[str]:
    """With and without what stands before the first letter, and all or some behind the last."""
    letters = [match.start() for match in _LETTER.finditer(password)]
    if not letters:
        return
    for start in {0, letters[0]}:
        for end in range(max(letters[-1] + 1, start + SHORTEST_CORE), len(password) + 1):
            yield password[start:end]


@lru_cache(maxsize=1)
def _entries() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
