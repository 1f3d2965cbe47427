"""Whether a minimum that stays may stand with a wage type (Lohnpfändung, SchKG Art. 93)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from payroll.wage_types.models import WageType


class KeepsNotHere(DomainError):
    code = "wagetypes.keeps_not_here"
    message = _("Wage type %(value)s garnishes no wage: a minimum that stays belongs to advances, loans and "
                "garnishments. Leave it out, or choose one of these.")  # fmt: skip
    field = "keeps"


class KeepsNegative(DomainError):
    code = "wagetypes.keeps_negative"
    message = _(
        "%(value)s francs cannot stay with somebody. Write what the debt enforcement office set."
    )
    field = "keeps"


def require_keeps(row: WageType, keeps: Decimal | None) -> None:
    """What of the net wage stays with the employee, in CHF. Raises ``KeepsNotHere`` or ``KeepsNegative``."""
    if keeps is None:
        return
    if row.kind != WageType.Kind.ADVANCE:
        raise KeepsNotHere(value=str(row))
    if keeps < 0:
        raise KeepsNegative(value=keeps)
