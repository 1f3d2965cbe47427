"""Secrets at rest (Verschlüsselung): sealed field by field, under keys that can be changed.

AES-256 in GCM: what was tampered with does not open, nor what was moved to another column or
row. The keys come from outside the database (``settings.FIELD_KEYS``): the first one seals, each
of them opens. ``manage.py rotate_secrets`` seals everything anew under the first.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE: Final = 12  # bytes, as GCM wants
_FROM_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


class CannotOpen(Exception):
    """A sealed text is damaged, belongs elsewhere, or its key is gone. It is no user's mistake."""


def seal(text: str, *, place: str) -> str:
    """Text as it may lie in the database. ``place`` names table, column and row it belongs to."""
    return seal_bytes(text.encode(), place=place)


def seal_bytes(content: bytes, *, place: str) -> str:
    """As ``seal``, of bytes."""
    name = settings.FIELD_KEYS[0][0]
    nonce = secrets.token_bytes(NONCE)
    sealed = _ciphers(tuple(settings.FIELD_KEYS))[name].encrypt(nonce, content, place.encode())
    return f"{name}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, place: str) -> str:
    """What ``seal`` was given for the same place. Raises ``CannotOpen``."""
    return unseal_bytes(sealed, place=place).decode()


def unseal_bytes(sealed: str, *, place: str) -> bytes:
    """What ``seal_bytes`` was given for the same place. Raises ``CannotOpen``."""
    name, _colon, written = sealed.partition(":")
    cipher = _ciphers(tuple(settings.FIELD_KEYS)).get(name)
    if cipher is None:
        raise CannotOpen(f"there is no key {name[:20]!r}; add it to RAPPEN_FIELD_KEYS")
    try:
        content = binascii.a2b_base64(written.encode().translate(_FROM_URL_SAFE))
        return cipher.decrypt(content[:NONCE], content[NONCE:], place.encode())
    except (ValueError, InvalidTag):
        raise CannotOpen("the sealed text is damaged or belongs elsewhere") from None


@lru_cache(maxsize=4)
def _ciphers(keys: tuple[tuple[str, bytes], ...]) -> dict[str, AESGCM]:
    """The ciphers of keys by their names, made once: they hold no state."""
    return {name: AESGCM(key) for name, key in keys}


def is_current(sealed: str) -> bool:
    """Whether the key that seals today has sealed it."""
    return sealed.partition(":")[0] == settings.FIELD_KEYS[0][0]
