"""What can have own fields (Träger): rooms above say so, and how often a value is used.

``register("contact", label=…, settings=Permission.CONTACTS_SETTINGS, values_of=counted(Contact))`` in
the ``AppConfig.ready`` of the room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.companies.models import Company, CompanyOwned
from erp.core.errors import DomainError

#: Given a company and the code of a field, its values with the number of records; empty: none has one.
ValuesOf = Callable[[Company, str], Mapping[str, int]]


class UnknownSubject(DomainError):
    code = "fields.unknown_subject"
    message = _("“%(value)s” has no own fields. Choose one of: %(known)s.")
    field = "subject"


@dataclass(frozen=True)
class Subject:
    """A kind of record with own fields; ``settings`` is the right to change them.

    ``note`` is told where fields are added.
    """

    name: str
    label: Any
    settings: Permission
    values_of: ValuesOf
    prints: bool = False  # on a paper, where a field can stand, too
    note: Any = ""


_subjects: Final[dict[str, Subject]] = {}


def register(
    name: str, *, label: Any, settings: Permission, values_of: ValuesOf, prints: bool = False,
    note: Any = "",
) -> None:  # fmt: skip
    """Let a kind of record have own fields; a name registers once.

    ``values_of`` keeps kind and code of a field while records have values of it. The room keeps
    values in ``own_values`` of its model, checked by ``values.checked``.
    """
    _subjects[name] = Subject(name, label, settings, values_of, prints, note)


def unregister(name: str) -> None:
    _subjects.pop(name, None)


def offered(company: Company) -> list[Subject]:
    """The subjects whose module a company uses, in the order they registered."""
    return [
        one for one in _subjects.values()
        if one.settings.module is None or company.uses(one.settings.module)
    ]  # fmt: skip


def subject_of(company: Company, name: str) -> Subject:
    """A subject that the company can give own fields. Raises ``UnknownSubject``."""
    known = {one.name: one for one in offered(company)}
    if name not in known:
        raise UnknownSubject(value=name[:40], known=", ".join(known))
    return known[name]


def counted(model: type[CompanyOwned]) -> ValuesOf:
    """The ``values_of`` of a model that keeps its values in ``own_values``: one query."""

    def values_of(company: Company, code: str) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT own_values ->> %s, count(*) FROM {model._meta.db_table}"  # noqa: S608
                " WHERE company_id = %s AND own_values ? %s GROUP BY 1",
                [code, company.pk, code],
            )
            return dict(cursor.fetchall())

    return values_of
