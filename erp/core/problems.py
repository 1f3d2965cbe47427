"""What an error looks like to a program: problem+json (RFC 9457), one shape for all of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from erp.core import origin

CONTENT_TYPE: Final = "application/problem+json"


def problem(
    status: int, code: str, detail: str, errors: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The body of an answer that is an error, with the request's id to ask about."""
    return {
        "type": "about:blank",
        "title": code.replace("_", " ").replace(".", ": "),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": list(errors),
        "request_id": origin.current().request_id or uuid.uuid4().hex,
    }
