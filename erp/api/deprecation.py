"""That an endpoint is to go (Abkündigung): told with each of its answers, and in the OpenAPI document.

Source: RFC 9745 (``Deprecation``), RFC 8594 (``Sunset``), RFC 5829 (``successor-version``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.http import http_date


@dataclass(frozen=True)
class Deprecated:
    """Since when one shall use something else, ``until`` when this is answered, and what else.

    ``instead`` is an address, with names of the old one's in braces:
    ``/api/v1/companies/{company}/contacts/``. ``actions`` are those of the view set; blank: all.
    """

    since: dt.date
    until: dt.date
    instead: str
    actions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.until < self.since + dt.timedelta(days=365):  # docs/api/versions.md
            raise ValueError("What is to go stays for at least a year.")

    def covers(self, actions: Collection[str]) -> bool:
        """Whether all of these actions are to go."""
        return not self.actions or self.actions >= set(actions)

    def mark(self, response: HttpResponseBase, named: Mapping[str, Any]) -> None:
        """Say it in the headers of an answer; ``named`` is what its address names."""
        response["Deprecation"] = f"@{_seconds(self.since)}"
        response["Sunset"] = http_date(_seconds(self.until))
        names = {"id": named.get("pk"), **named}
        if not {name for _text, name, *_more in Formatter().parse(self.instead) if name} <= {
            *names
        }:
            return  # of one record, and here it is asked for all
        link = f'<{self.instead.format_map(names)}>; rel="successor-version"'
        response["Link"] = ", ".join(filter(None, [response.get("Link"), link]))

    def __str__(self) -> str:
        """As the document tells it."""
        return f"Deprecated since {self.since}, answered until {self.until}: use `{self.instead}`."


def _seconds(day: dt.date) -> int:
    """The beginning of a day, in UTC, in seconds since 1970."""
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())
