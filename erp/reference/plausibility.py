"""What an edition must be like to be taken in (Plausibilität), and what it changes."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.reference import merging
from erp.reference.editions import Edition
from erp.reference.merging import Difference
from erp.reference.models import ReferenceVersion
from erp.reference.sources import Source

FURTHEST: Final = 400  # days ahead that an edition may be dated


class TooFewRows(DomainError):
    code = "reference.too_few_rows"
    message = _("The file has %(rows)s rows; %(source)s has at least %(least)s. Download it again.")
    field = "file"


class TooManyRows(DomainError):
    code = "reference.too_many_rows"
    message = _("The file has %(rows)s rows; %(source)s has at most %(most)s. Download it again.")
    field = "file"


class TooMuchGone(DomainError):
    code = "reference.too_much_gone"
    message = _("%(before)s rows are in force and the file has %(rows)s, %(percent)s %% fewer; "
                "%(limit)s %% are plausible. If it is right all the same, let it be accepted.")  # fmt: skip
    field = "file"


class OlderEdition(DomainError):
    code = "reference.older_edition"
    message = _("The edition in force is of %(active)s, the file of %(edition)s. Take a newer one; to "
                "go back to this one, let it be accepted.")  # fmt: skip
    field = "file"


class TooFarAhead(DomainError):
    code = "reference.too_far_ahead"
    message = _("The file is dated %(edition)s, which is too far ahead. Download it again.")
    field = "file"


def require_sound(source: Source, edition: Edition, *, today: dt.date) -> None:
    """Refuse an edition that cannot be one, whatever is in force.

    Raises ``TooFewRows``, ``TooManyRows``, ``TooFarAhead``, or what the source itself requires.
    """
    rows = len(edition.rows)
    if rows < source.least_rows:
        raise TooFewRows(rows=rows, source=source.title, least=source.least_rows)
    if rows > source.most_rows:
        raise TooManyRows(rows=rows, source=source.title, most=source.most_rows)
    if (edition.edition_date - today).days > FURTHEST:
        raise TooFarAhead(edition=edition.edition_date)
    source.requires(edition)


def require_not_older(active: ReferenceVersion | None, edition: Edition) -> None:
    """Raise ``OlderEdition`` where something newer is in force."""
    if active is not None and active.edition_date and edition.edition_date < active.edition_date:
        raise OlderEdition(active=active.edition_date, edition=edition.edition_date)


def compared(source: Source, edition: Edition, *, accept: bool) -> Difference:
    """Take an edition up, in this transaction, and compare it. Raises ``TooMuchGone``."""
    if source.table is None:
        return Difference(0, len(edition.rows), 0, 0, 0, 0)
    merging.take_up(source.table, edition)
    found = merging.difference(source.table, edition)
    before = found.before or _rows_before(source, edition)
    percent = max(before - found.after, 0) * 100 // before if before else 0
    if percent > source.drop_percent and not accept:
        raise TooMuchGone(before=before, rows=found.after, percent=percent,
                          limit=source.drop_percent)  # fmt: skip
    return found


def _rows_before(source: Source, edition: Edition) -> int:
    """Of a part that is new, as a day or a canton's year, how many rows the one before has."""
    if not edition.scope:
        return 0
    found = ReferenceVersion.objects.filter(
        source=source.name, state=ReferenceVersion.State.ACTIVE,
        edition_date__lte=edition.edition_date,
    )  # fmt: skip
    if " " in edition.scope:  # a canton and its year
        found = found.filter(scope__startswith=edition.scope.partition(" ")[0] + " ")
    return found.order_by("-edition_date", "-pk").values_list("rows", flat=True).first() or 0
