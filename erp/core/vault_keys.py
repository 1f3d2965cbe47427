"""Keys of the vault, as the environment names them."""

from __future__ import annotations

import base64


def parse_keys(text: str) -> list[tuple[str, bytes]]:
    """Keys as the environment names them: ``2027:KEY,2026:KEY``, 32 bytes each in base64 or hex.

    Raises ``ValueError`` naming what is wrong.
    """
    keys = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, colon, written = part.partition(":")
        try:
            key = bytes.fromhex(written) if len(written) == 64 else _base64(written)
        except ValueError:
            key = b""
        if not colon or not name or len(key) != 32:
            raise ValueError(f"key {name[:20]!r} is no NAME:KEY of 32 bytes in base64 or hex")
        if len(set(key)) < 8:
            raise ValueError(f"key {name[:20]!r} is no random key")
        keys.append((name, key))
    if not keys or len({name for name, _key in keys}) != len(keys):
        raise ValueError("give at least one key, each with a name of its own")
    return keys


def _base64(written: str) -> bytes:
    return base64.b64decode(written.replace("-", "+").replace("_", "/"), validate=True)
