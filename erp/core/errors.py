"""Refusals (Ablehnungen): what the trade forbids, told with a place and a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext_lazy as _

from erp.core.display import told

T = TypeVar("T")


class DomainError(Exception):
    """A request that the rules of the trade refuse; nothing was written.

    Each refusal is a subclass beside the act that raises it, with a stable ``code``
    (``room.what_is_wrong``), a ``message`` that names value and remedy as a ``%(name)s`` format,
    and the ``field`` it belongs to. What is no ``DomainError`` is a bug.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[Any] = _("This is not possible.")
    field: ClassVar[str | None] = None
    conflict: ClassVar[bool] = False  # True: the state of the books is in the way (HTTP 409)
    missing: ClassVar[bool] = False  # True: an id was sent that nothing here has (HTTP 400)

    def __init__(self, *, field: str | None = None, **values: Any) -> None:
        self.values = values
        self.place = field or self.field
        super().__init__(self.code, values)

    def __str__(self) -> str:
        return str(self.message) % {name: told(value) for name, value in self.values.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.place, self.values))


def _restore(kind: type[DomainError], place: str | None, values: dict[str, Any]) -> DomainError:
    return kind(field=place, **values)


class Overtaken(DomainError):
    """What the database refused because another write came first."""

    code = "core.overtaken"
    message = _("Somebody saved the same at the same moment. Look at it again, and repeat what is "
                "still missing.")  # fmt: skip
    conflict = True


class Refusals(DomainError):
    """Several refusals at once, so that a form or an import names all of them."""

    code = "refused"
    message = _("%(count)s problems were found. Correct them and try again.")

    def __init__(self, refusals: list[DomainError]) -> None:
        self.refusals = refusals
        super().__init__(count=len(refusals))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Refusals, (self.refusals,))


def raise_all(faults: Sequence[DomainError], *, most: int | None = None) -> None:
    """Raise what was found, all of it at once, or the first ``most``; nothing where nothing was."""
    if faults:
        raise faults[0] if len(faults) == 1 else Refusals(list(faults[:most]))


def gathered(faults: list[DomainError], act: Callable[[], T], *, prefix: str = "") -> T | None:
    """Do something; a refusal is kept, with its place below ``prefix``, and nothing comes out."""
    try:
        return act()
    except DomainError as refusal:
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            one.place = ".".join(filter(None, (prefix, one.place)))
            faults.append(one)
    return None


@contextmanager
def called(**places: str) -> Iterator[None]:
    """Let a refusal from within name its place as the caller does: ``called(start="year_start")``."""
    try:
        yield
    except DomainError as refusal:
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            one.place = places.get(one.place or "", one.place)
        raise
