"""Signing what is delivered (Signatur), as Standard Webhooks 1.0.0 says (standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from erp.webhooks.models import Secrets

PREFIX: Final = "whsec_"


def new_secret() -> str:
    """32 random bytes, as receivers want them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers_of(number: str, body: bytes, *, moment: int, keys: Secrets) -> dict[str, str]:
    """The headers that prove a body, at ``moment`` in seconds since 1970; by both secrets while there are two."""
    signed = b".".join([number.encode(), str(moment).encode(), body])
    marks = [
        "v1," + base64.b64encode(hmac.digest(_key(one), signed, hashlib.sha256)).decode()
        for one in (keys.current, keys.before) if one
    ]  # fmt: skip
    return {
        "webhook-id": number,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(marks),
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
