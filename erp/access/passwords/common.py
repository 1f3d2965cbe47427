"""Passwords everybody uses: two bundled lists, and what is made of an entry with little effort.

Sources: ``django.contrib.auth.password_validation.CommonPasswordValidator``, 19,640 entries in lower
case, by Royce Williams, most of them short; and ``data/common.pwn1``, over 100,000 passwords that
are long enough to be chosen here and that guessing programs try (AUT-2), made by
``tools/common_passwords.py``, which names where they come from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.views.decorators.debug import sensitive_variables

from erp.access.passwords.corpus import Corpus
from erp.access.passwords.leet import readings
from erp.access.passwords.normal import normalised

#: A shorter core is what any long password may have between its digits.
SHORTEST_CORE: Final = 4

_LONG: Final = Path(__file__).parent / "data" / "common.pwn1"
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
    entries, folded = _entries(), normalised(password).casefold()
    if hashlib.sha1(folded.encode(), usedforsecurity=False).digest() in Corpus.open(_LONG):
        return True
    return any(form in entries for form in _forms(folded))


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
