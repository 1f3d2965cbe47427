"""Kinds of jobs (Auftragsarten): what can be done in the background, and the steps it is made of.

A kind is one function. It is called again and again, each time in a transaction of its own, with
the cursor it returned the last time, at first with ``{}``::

    @job("dunning.run", title=_("Dunning"), permission=Permission.RECEIVABLES_DUN)
    def dun(job: Running, cursor: Cursor) -> Next | Done:
        due = list(queries.due(job.company, after=cursor.get("after", 0))[:50])
        if not due:
            return Done({"letters": cursor.get("letters", 0)})
        for item in due:
            dunning.dun(item, by=job.user)
        letters = cursor.get("letters", 0) + len(due)
        return Next({"after": due[-1].pk, "letters": letters}, done=letters, total=job.arguments["of"])

What a step writes and where the cursor moves is committed together, or neither is: whatever is
killed at whatever moment, each step has one effect. Three rules make it so:

- A step takes its place from ``cursor`` and ``job.arguments`` alone. ``job.memory`` may hold what
  was costly to find out, but it is gone when another process takes over.
- A step does nothing outside its transaction that may not be done twice: no mail, no payment file
  sent. What leaves does so by ``transaction.on_commit`` or by an outbox of its own.
- A step is short: seconds, not minutes. It is cancelled, shown and resumed between steps.

A kind that is ``whole`` holds something open in ``job.memory`` from step to step, such as one state
of the database: it is done in one go by one process, and ``job.at_the_end`` closes what was opened.
It may take ``settings.JOB_WHOLE_LIMIT`` seconds; other kinds are asked again and again, and never near
the limit of their worker.

All or nothing is one step; what only looks may come in many steps before it. A refusal
(``DomainError``) fails the job with its text; anything else is a bug, and fails it with a number
under which the log has more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from django.conf import settings

from erp.access.gate import Access
from erp.access.models import User
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.documents.models import StoredFile

Cursor = Mapping[str, Any]


class NoSuchKind(LookupError):
    """A kind that no room offers: a bug, or a job that an older program has left."""


@dataclass(frozen=True)
class Next:
    """There is more to do: where, and how far it has come. ``total`` None: as it was."""

    cursor: Cursor
    done: int | None = None
    total: int | None = None
    message: str = ""


@dataclass(frozen=True)
class Done:
    """All is done: ``result`` tells programs what came of it, ``message`` people.

    ``file`` is there to be taken along.
    """

    result: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    file: StoredFile | None = None


@dataclass
class Running:
    """What a step knows. Of the installation's jobs, ``access`` is None."""

    number: int
    arguments: Mapping[str, Any]
    access: Access | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    opened: ExitStack = field(default_factory=ExitStack)

    def at_the_end(self, close: Callable[[], None]) -> None:
        """Close what is held in ``memory`` when this process leaves the job, however it does."""
        self.opened.callback(close)

    @property
    def company(self) -> Company:
        return self._access.company

    @property
    def user(self) -> User:
        return self._access.user

    def may(self, permission: Permission) -> bool:
        return self._access.may(permission)

    def holds(self, permission: Permission) -> bool:
        return self._access.holds(permission)

    def log(self, text: str) -> None:
        """Add a line to the job's log, if the step comes to its end."""
        self.said.append(str(text))

    @property
    def _access(self) -> Access:
        if self.access is None:
            raise TypeError("a job of the installation has no company")
        return self.access


Work = Callable[[Running, Cursor], "Next | Done"]


@dataclass(frozen=True)
class Kind:
    """``permission``, and ``also`` where one is not enough, are asked before every step.

    None is for jobs of the installation. What a kind with ``step_up`` has made is handed out after
    the second factor alone. One that is ``whole`` does not go to the end of the queue in between.
    ``page`` names the page of the company that shows what was made.
    """

    name: str
    title: Any
    permission: Permission | None
    work: Work
    step_up: bool = False
    also: Permission | None = None
    whole: bool = False
    page: str = ""

    def is_open_to(self, access: Access) -> bool:
        """Whether somebody may do this, and have what came of it."""
        return access.may(self.permission) and (self.also is None or access.may(self.also))


_KINDS: Final[dict[str, Kind]] = {}


def job(
    name: str, *, title: Any, permission: Permission | None, also: Permission | None = None,
    step_up: bool = False, whole: bool = False, page: str = "",
) -> Callable[[Work], Work]:  # fmt: skip
    """Offer a function as a kind of job called ``room.verb``."""

    def offer(work: Work) -> Work:
        _KINDS[name] = Kind(name, title, permission, work, step_up, also, whole, page)
        return work

    return offer


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises ``NoSuchKind``."""
    found = _known().get(name)
    if found is None:
        raise NoSuchKind(name)
    return found


def is_whole(name: str) -> bool:
    found = _known().get(name)
    return found is not None and found.whole


def page_of(name: str) -> str:
    """The name of the page that shows what a kind has made; blank where there is none."""
    found = _known().get(name)
    return found.page if found else ""


def title_of(name: str) -> str:
    found = _known().get(name)
    return str(found.title) if found else name


def open_to(access: Access) -> list[str]:
    """The kinds that somebody might start themselves."""
    return [kind.name for kind in _known().values() if kind.is_open_to(access)]


def _known() -> dict[str, Kind]:
    _load()
    return _KINDS


@lru_cache(maxsize=1)
def _load() -> None:
    """The rooms' kinds, in whatever process asks."""
    for module in settings.JOB_KINDS:
        import_module(module)
