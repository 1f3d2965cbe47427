"""What must be done before a year is closed (Abschlusskontrollen): each room brings its own checks.

A room writes a question, ``(company, year) -> Finding``, and registers it as a ``Check`` when the
apps are ready; the closing (``accounting.closing``) asks all of them and knows none by name. What the
books cannot know, as whether the stock was counted, is a check that ``Weight.CONFIRM``s: somebody
says so, with a note and a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import FiscalYear
from erp.access.permissions import Permission
from erp.companies.models import Company


class Weight(StrEnum):
    """What a check that is not fulfilled does to the closing."""

    BLOCKS = "blocks"
    WARNS = "warns"  # somebody may accept it, with a reason
    CONFIRM = "confirm"  # as WARNS, but only somebody can say that it is done


class State(StrEnum):
    """How a check stands."""

    OK = "ok"
    OPEN = "open"
    BLOCKING = "blocking"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> Any:
        return _STATES[self]


_STATES: Final[dict[State, Any]] = {
    State.OK: _("in order"),
    State.OPEN: _("open"),
    State.BLOCKING: _("in the way"),
    State.NOT_APPLICABLE: _("does not apply"),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure that a finding rests on, in the company's currency unless ``text`` says otherwise.

    Whatever makes somebody's word on the finding lapse is said here: amount, ``text`` and ``key``.
    ``label`` is in the language of whoever looks; ``text``, such as a currency, a count or a day, is the
    same in all of them. ``link`` is the address of the page behind it, blank where there is none. ``key``
    says what the figure is of, such as an account's id, where several are told: it stays when pages move
    or an account is renamed.
    """

    label: str
    amount: Decimal | None = None
    text: str = ""
    link: str = ""
    key: str = ""


def key_of(ids: Iterable[object]) -> str:
    """Of which rows a count or a sum is, in a few letters: other rows make another, in any order."""
    return hashlib.sha256(",".join(sorted(map(str, ids))).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: fulfilled or not, why, the figures, and the page that mends it.

    ``fulfilled`` is None where the check does not apply. ``reason`` is a sentence for people.
    ``weight`` stands in for that of the check, where what was found weighs less than usual.
    """

    fulfilled: bool | None
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    link: str = ""
    link_text: str = ""
    weight: Weight | None = None

    @property
    def digest(self) -> str:
        """What was found, in a few letters: another figure makes another digest, another language does not."""
        told = [str(self.fulfilled), *(f"{e.key}|{e.amount}|{e.text}" for e in self.evidence)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Check:
    """A point of the closing. ``place`` orders it; ``permission`` is what seeing its figures takes.

    With ``Weight.CONFIRM`` the question tells what there is to confirm: None where nothing is, True
    where the books themselves say that it is done.
    """

    code: str
    title: Any
    place: int
    weight: Weight
    ask: Callable[[Company, FiscalYear], Finding]
    permission: Permission = Permission.LEDGER_READ
    hint: Any = ""

    def state(self, finding: Finding) -> State:
        if finding.fulfilled is None:
            return State.NOT_APPLICABLE
        if finding.fulfilled:
            return State.OK
        weight = finding.weight or self.weight
        return State.BLOCKING if weight == Weight.BLOCKS else State.OPEN


_checks: dict[str, Check] = {}


def register(check: Check) -> None:
    """Add a check. A code stands once: registering it again is a bug, and raises ``ValueError``."""
    if check.code in _checks:
        raise ValueError(f"the check {check.code} is there already")
    _checks[check.code] = check


def checks() -> Iterator[Check]:
    """All checks in their order."""
    return iter(sorted(_checks.values(), key=lambda check: (check.place, check.code)))


def check_named(code: str) -> Check | None:
    return _checks.get(code)
