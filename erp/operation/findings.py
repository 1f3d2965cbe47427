"""A finding (Befund): how one thing stands, and what helps where it does not stand well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How something stands. Bookkeeping goes on under a warning."""

    OK = "ok", _("in order")
    WARNING = "warning", _("to be watched")
    FAULT = "fault", _("faulty")


@dataclass(frozen=True)
class Finding:
    """How a thing stands: ``text`` says it in a sentence, ``remedy`` what to do, or is blank.

    ``figures`` hold what a program watches: seconds, bytes, counts, versions, moments as ISO 8601.
    """

    code: str
    title: Any
    state: State
    text: Any
    remedy: Any = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


def fine(code: str, title: Any, text: Any, figures: Mapping[str, Any] | None = None) -> Finding:
    """Something that is in order."""
    return Finding(code, title, State.OK, text, "", figures or {})


def watch(
    code: str, title: Any, text: Any, remedy: Any, figures: Mapping[str, Any] | None = None
) -> Finding:
    """Something that is to be watched."""
    return Finding(code, title, State.WARNING, text, remedy, figures or {})


def fault(
    code: str, title: Any, text: Any, remedy: Any, figures: Mapping[str, Any] | None = None
) -> Finding:
    """Something that is faulty."""
    return Finding(code, title, State.FAULT, text, remedy, figures or {})


def worst(found: Iterable[Finding]) -> State:
    """The state of all together."""
    states = {one.state for one in found}
    return next((s for s in (State.FAULT, State.WARNING) if s in states), State.OK)
