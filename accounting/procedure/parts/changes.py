"""What was changed of all this in the fiscal year, and since it is over, as the audit trail has it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounting.procedure.happened import Span
from accounting.procedure.values import NONE, Asked, Content, Table
from erp.access.permissions import Permission
from erp.audit.queries import in_words
from erp.core import clock


def changes(asked: Asked) -> Content:
    """Every act of set-up, with what it changed as far as the reader may see such records.

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
         f"{told.subject} {told.about}".strip() or NONE,
         _("not for readers of this paper") if told.closed and told.event.details
         else "; ".join(str(one) for one in told.details) or NONE)
        for told in in_words(asked.company, span.events, granted=asked.granted)
    ]  # fmt: skip
    if span.more:
        rows.append(("…", "", _("%s more are in the audit trail") % span.more, "", ""))
    return Table(title, (_("When"), _("Who"), _("What"), _("Of"), _("Details")), tuple(rows))
