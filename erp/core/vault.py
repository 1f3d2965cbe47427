"""Secrets at rest (Verschlüsselung): sealed field by field, under keys that can be changed.

AES-256 in GCM: what was tampered with does not open, nor what was moved to another column or
row. The keys come from outside the database (``settings.FIELD_KEYS``): the first one seals, each
of them opens. ``manage.py rotate_secrets`` seals everything anew under the first.
"""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE: Final = 12  # bytes, as GCM wants


class CannotOpen(Exception):
    """A sealed text is damaged, belongs elsewhere, or its key is gone. It is no user's mistake."""


def seal(text: str, *, place: str) -> str:
    """Text as it may lie in the database. ``place`` names table, column and row it belongs to."""
    return seal_bytes(text.encode(), place=place)


def seal_bytes(content: bytes, *, place: str) -> str:
    """As ``seal``, of bytes."""
    name, key = settings.FIELD_KEYS[0]
    nonce = secrets.token_bytes(NONCE)
    sealed = _cipher(key).encrypt(nonce, content, place.encode())
    return f"{name}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, place: str) -> str:
    """What ``seal`` was given for the same place. Raises ``CannotOpen``."""
    return unseal_bytes(sealed, place=place).decode()


def unseal_bytes(sealed: str, *, place: str) -> bytes:
    """What ``seal_bytes`` was given for the same place. Raises ``CannotOpen``."""
    name, _colon, written = sealed.partition(":")
    key = next((key for known, key in settings.FIELD_KEYS if known == name), None)
    if key is None:
        raise CannotOpen(f"there is no key {name[:20]!r}; add it to RAPPEN_FIELD_KEYS")
    try:
        content = base64.urlsafe_b64decode(written)
        return _cipher(key).decrypt(content[:NONCE], content[NONCE:], place.encode())
    except (ValueError, InvalidTag):
        raise CannotOpen("the sealed text is damaged or belongs elsewhere") from None


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    """A key's cipher, made once: it holds no state."""
    return AESGCM(key)


def is_current(sealed: str) -> bool:
    """Whether the key that seals today has sealed it."""
    return sealed.partition(":")[0] == settings.FIELD_KEYS[0][0]
