"""What a log line never holds (LOG-1): links that open something, and rows of the database; and how it is written."""

from __future__ import annotations

import re
from typing import Any, Final

import structlog
from django.core.exceptions import BadRequest, PermissionDenied

_LINKS: Final = re.compile(
    r"(/invitation/(?:firm/)?|/accounts/password/reset/key/|/accounts/confirm-email/|/account/email/"
    r"|/address-back/|/lost-factors/(?:not-me/)?)(?!firm/|not-me/)[^/\s]+"
)
#: PostgreSQL tells here the values that it refused, in as many lines as they have.
_VALUES: Final = re.compile(
    r"^(\s*(?:DETAIL|CONTEXT|LINE \d+):).*?"
    r"(?=^\s*(?:DETAIL|CONTEXT|HINT|LINE \d+):|^Traceback |^The above |^During handling |\Z)",
    re.MULTILINE | re.DOTALL,
)
#: And here, in the line of the error itself.
_REFUSED: Final = re.compile(
    r"(invalid input (?:syntax|value) for [^:\n]*:|field value out of range:|is out of range for [^:\n]*:)[^\n]*"
)


def discreet(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Take out of a line what nobody who reads the log may know."""
    for part in ("event", "exception"):
        if isinstance(told := line.get(part), str):
            told = _LINKS.sub(r"\1…", told)
            line[part] = _REFUSED.sub(r"\1 …", _VALUES.sub("\\1 …\n", told))
    return line


def briefly(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """A request that was refused is no fault of the program: said without the place in the program."""
    told = line.get("exc_info")
    if isinstance(told, tuple) and isinstance(told[1], (PermissionDenied, BadRequest)):
        del line["exc_info"]
    return line


def logging_of(mode: str) -> dict[str, Any]:
    """The settings of ``logging``: a line of JSON per event in production, one for the eye elsewhere."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if mode == "production"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            briefly,
            structlog.processors.format_exc_info,
        ],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            discreet,
            renderer,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        # A letter that no font has is a warning there, letter by letter.
        "loggers": {"weasyprint": {"level": "ERROR"}, "weasyprint.progress": {"level": "ERROR"}},
        "root": {"handlers": ["console"], "level": "WARNING" if mode == "test" else "INFO"},
    }
