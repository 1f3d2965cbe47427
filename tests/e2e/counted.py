"""The program as it is served to the browser's tests: each answer says how many statements it asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from erp.wsgi import application as served


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    count = 0

    def note(execute: Any, *told: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*told)

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("X-Statements", str(count))], *more)

    with connection.execute_wrapper(note):
        return served(environ, start)
