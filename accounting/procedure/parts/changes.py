"""What was changed of all this in the fiscal year, and since it is over, as the audit trail has it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from accounting.procedure.happened import Span
from accounting.procedure.values import NONE, Asked, Content, Table
from erp.access.permissions import Permission
from erp.audit.queries import Detail, in_words
from erp.core import clock

#: Letters of a detail, and of all details of a change: the audit trail has the rest.
LONGEST: Final = 300
WIDEST: Final = 600


def changes(asked: Asked) -> Content:
    """The last acts of set-up, with what they changed as far as the reader may see such records, long texts cut.

    As many queries as there are kinds of records among them, whatever their number.
    """
    if not asked.may(Permission.AUDIT_READ):
        return Content(withheld=(Permission.AUDIT_READ,))
    return Content(tables=(
        _table(asked, _("Changes in the fiscal year"), asked.happened.in_year),
        _table(asked, _("Changes since the end of the fiscal year"), asked.happened.after),
    ))  # fmt: skip


def _table(asked: Asked, title: str, span: Span) -> Table:
    rows = [
        (f"{told.event.at.astimezone(clock.ZURICH):%d.%m.%Y %H:%M}", str(told.event.by), told.label,
         _cut(f"{told.subject} {told.about}".strip()) or NONE,
         _("not for readers of this paper") if told.closed and told.event.details
         else _cut("; ".join(_short(one) for one in told.details), WIDEST) or NONE)
        for told in in_words(asked.company, span.events, granted=asked.granted)
    ]  # fmt: skip
    if span.more:
        rows.insert(0, ("…", "", _("%s earlier ones are in the audit trail") % span.more, "", ""))
    return Table(title, (_("When"), _("Who"), _("What"), _("Of"), _("Details")), tuple(rows))


def _short(one: Detail) -> str:
    """A value that was set or took the place of another, in no more than ``LONGEST`` letters of values."""
    if one.old is None:
        return f"{one.label}: {_cut(one.new)}"
    return f"{one.label}: {_cut(one.old, LONGEST // 2)} → {_cut(one.new, LONGEST // 2)}"


def _cut(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
