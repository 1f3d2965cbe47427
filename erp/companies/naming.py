"""Things with a code of their own and a name in four languages (Kürzel und Namen)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.texts import one_line

NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}", re.ASCII)


class BadCode(DomainError):
    code = "naming.bad_code"
    message = _(
        "“%(value)s” is no code. Use up to 20 small letters, digits, dashes and underscores."
    )
    field = "code"


class CodeTaken(DomainError):
    code = "naming.code_taken"
    message = _("The code “%(value)s” is taken. Choose another.")
    field = "code"


class NoName(DomainError):
    code = "naming.no_name"
    message = _("“%(value)s” has no name. Give it one in at least one language.")
    field = "name_de"


def put_names(row: Any, told: Mapping[str, Any], *, among: QuerySet[Any]) -> None:
    """Put code and names on a row, those that were told.

    ``among`` are the rows whose codes differ. Raises ``BadCode``, ``CodeTaken`` or ``NoName``.
    """
    code = str(told.get("code") or row.code).strip().lower()
    if not _CODE.fullmatch(code):
        raise BadCode(value=code[:40])
    if among.filter(code=code).exclude(pk=row.pk).exists():
        raise CodeTaken(value=code)
    row.code = code
    for name in NAMES:
        if name in told:
            setattr(row, name, one_line(told[name] or "", field=name, most=160))
    if not row.name:
        raise NoName(value=code)
