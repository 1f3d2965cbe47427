"""What a log line never holds (LOG-1): links that open something, and rows of the database."""

from __future__ import annotations

import re
from typing import Any, Final

_LINKS: Final = re.compile(r"(/invitation/(?:firm/)?|/accounts/password/reset/key/)[^/\s]+")
#: PostgreSQL tells here the values that it refused.
_VALUES: Final = re.compile(r"^(\s*(?:DETAIL|CONTEXT):).*$", re.MULTILINE)


def discreet(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Take out of a line what nobody who reads the log may know."""
    for part in ("event", "exception"):
        if isinstance(told := line.get(part), str):
            line[part] = _VALUES.sub(r"\1 …", _LINKS.sub(r"\1…", told))
    return line
