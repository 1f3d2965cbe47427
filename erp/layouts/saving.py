"""Choosing a layout (Layout einrichten): checked whole, kept for papers to come."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.money import to_centimes
from erp.layouts.models import Layout
from erp.layouts.queries import look_of
from erp.layouts.values import (
    FIELDS,
    LEAST_WIDTH,
    MOST_WIDTH,
    Font,
    Lines,
    Look,
    Place,
    Shown,
    Size,
    contrast,
)

LEAST_CONTRAST: Final = Decimal("4.5")  # of small text: WCAG 2.2, criterion 1.4.3
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_CHOICES: Final[dict[str, type[TextChoices]]] = {
    "font": Font, "size": Size, "logo_place": Place, "lines": Lines,
}  # fmt: skip


class NotAColour(DomainError):
    code = "layouts.not_a_colour"
    message = _("“%(value)s” is no colour. Write it as #rrggbb, such as #1f4e79.")
    field = "accent"


class TooPale(DomainError):
    code = "layouts.too_pale"
    message = _("%(value)s is too pale to be read on white paper: its contrast is %(contrast)s, the "
                "least is %(least)s. Choose a darker colour.")  # fmt: skip
    field = "accent"


class BadLogoWidth(DomainError):
    code = "layouts.bad_logo_width"
    message = _("A logo %(value)s mm wide is not possible. From %(least)s to %(most)s mm is.")
    field = "logo_width"


class NotOffered(DomainError):
    code = "layouts.not_offered"
    message = _("“%(value)s” is not offered. Choose among: %(known)s.")


def checked(look: Look) -> Look:
    """A layout that can be printed; its colour in small letters, its columns in their order.

    Raises ``Refusals`` with all of ``NotAColour``, ``TooPale``, ``BadLogoWidth`` and ``NotOffered``.
    """
    faults = list[DomainError]()
    accent = look.accent.strip().lower()
    if not _COLOUR.fullmatch(accent):
        faults.append(NotAColour(value=look.accent[:20]))
    elif (found := contrast(accent)) < LEAST_CONTRAST:
        faults.append(TooPale(value=accent, contrast=to_centimes(found), least=LEAST_CONTRAST))
    if not LEAST_WIDTH <= look.logo_width <= MOST_WIDTH:
        faults.append(BadLogoWidth(value=look.logo_width, least=LEAST_WIDTH, most=MOST_WIDTH))
    for name, offered in _CHOICES.items():
        if getattr(look, name) not in offered.values:
            faults.append(_not_offered(getattr(look, name), offered, name))
    faults += [
        _not_offered(one, Shown, "columns") for one in look.columns if one not in Shown.values
    ]
    if faults:
        raise Refusals(faults)
    return replace(
        look, accent=accent, columns=tuple(one for one in Shown.values if one in look.columns)
    )


@transaction.atomic
def save_layout(*, company: Company, kind: str, by: User, **told: Any) -> Look:
    """Let papers of a kind look so from now on; ``told`` are fields of ``Look``, others stay.

    A kind that had none of its own begins with what held for it. Raises what ``checked`` raises.
    """
    hold(company)
    row = Layout.of(company).filter(kind=kind).first()
    before = trail.values(row, *FIELDS) if row is not None else {}
    changed = dict(told)
    if "columns" in changed:
        changed["columns"] = tuple(changed["columns"])
    look = checked(replace(look_of(company, kind), **changed))
    if row is None:
        row = Layout(company=company, kind=kind)
    for name, value in look.told().items():
        setattr(row, name, value)
    row.save()
    if changes := trail.changes(before, trail.values(row, *FIELDS)):
        trail.record(company=company, by=by, action="layout.change", subject=row, details=changes)
    return look


@transaction.atomic
def forget_layout(*, company: Company, kind: str, by: User) -> None:
    """Let papers of a kind look as all others do, or all as they usually do."""
    hold(company)
    row = Layout.of(company).filter(kind=kind).first()
    if row is not None:
        trail.record(company=company, by=by, action="layout.forget", subject=row,
                     details=trail.values(row, "kind", *FIELDS))  # fmt: skip
        row.delete()


def hold(company: Company) -> None:
    """Keep others from changing layouts until the end of the transaction."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _not_offered(value: Any, offered: type[TextChoices], field: str) -> NotOffered:
    return NotOffered(value=str(value)[:20], known=", ".join(offered.values), field=field)
