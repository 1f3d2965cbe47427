"""Sealed values in a file: under a key of its own, from a passphrase that travels another way.

The key comes by scrypt (RFC 7914). Values are sealed by AES in SIV mode (RFC 5297): it needs no random
numbers, so that the same value in the same place reads the same each time, which is how a company that
was taken in is proven to be the same. Each value is bound to its table, column and row.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

SHORTEST: Final = 16  # characters of a passphrase
LONGEST: Final = 1_000
_COST: Final = {"n": 2**17, "r": 8, "p": 1}  # OWASP's advice for scrypt; 128 MB
_DEAREST: Final = {"n": 2**20, "r": 16, "p": 4}  # what a file may ask of us
_KEY: Final = 64  # bytes: two keys of AES-256
_KNOWN: Final = (
    b"rappen-company-1"  # what the manifest keeps sealed, to tell a wrong passphrase at once
)


class NoPassphrase(DomainError):
    code = "handover.no_passphrase"
    message = _(
        "This company holds wages and personal data. Give a file with the passphrase that seals them."
    )
    field = "passphrase"


class ShortPassphrase(DomainError):
    code = "handover.short_passphrase"
    message = _("The passphrase is too short. Use at least %(least)s characters.")
    field = "passphrase"


class WrongPassphrase(DomainError):
    code = "handover.wrong_passphrase"
    message = _("This passphrase does not open the file. Give the one it was written with.")
    field = "passphrase"


class CannotOpen(Exception):
    """A sealed value of a file was changed or stands elsewhere."""


@dataclass(frozen=True)
class Lock:
    """A key with what the manifest tells of how it came about."""

    cipher: AESSIV
    told: dict[str, Any]

    def seal(self, content: bytes, place: str) -> str:
        """A value as a file has it."""
        return base64.b64encode(self.cipher.encrypt(content, [place.encode()])).decode()

    def unseal(self, sealed: str, place: str) -> bytes:
        """What was sealed at the same place. Raises ``CannotOpen``."""
        try:
            return self.cipher.decrypt(base64.b64decode(sealed, validate=True), [place.encode()])
        except (InvalidTag, ValueError, binascii.Error):
            raise CannotOpen(place) from None


def require_long(passphrase: str) -> str:
    """A passphrase for a new file, without blanks at its ends. Raises ``ShortPassphrase``."""
    passphrase = passphrase.strip()
    if len(passphrase) < SHORTEST:
        raise ShortPassphrase(least=SHORTEST)
    return passphrase


def new_lock(passphrase: str) -> Lock:
    """A lock for a new file. Raises ``ShortPassphrase``."""
    passphrase = require_long(passphrase)
    salt = secrets.token_bytes(16)
    lock = Lock(_cipher(passphrase, salt, **_COST), {})
    told = {"kdf": "scrypt", **_COST, "salt": salt.hex(), "cipher": "AES-SIV (RFC 5297), 2 x 256 bit",
            "place": "table.column:id, as the one piece of associated data",
            "check": lock.seal(_KNOWN, "manifest")}  # fmt: skip
    return Lock(lock.cipher, told)


def lock_of(passphrase: str, told: dict[str, Any]) -> Lock:
    """The lock of a file by its manifest. Raises ``WrongPassphrase``."""
    try:
        cost = {name: told[name] for name in _COST}
        salt = bytes.fromhex(told["salt"])
        if any(
            type(value) is not int or not 1 <= value <= _DEAREST[name]
            for name, value in cost.items()
        ):
            raise WrongPassphrase
        lock = Lock(_cipher(passphrase.strip(), salt, **cost), told)
        if lock.unseal(told["check"], "manifest") != _KNOWN:
            raise WrongPassphrase
    except (KeyError, TypeError, ValueError, AttributeError, CannotOpen):
        raise WrongPassphrase from None
    return lock


def _cipher(passphrase: str, salt: bytes, *, n: int, r: int, p: int) -> AESSIV:
    return AESSIV(Scrypt(salt=salt, length=_KEY, n=n, r=r, p=p).derive(passphrase.encode()))
