"""What the closing of a year asks of open items: do they come to the control accounts?"""

from __future__ import annotations

import datetime as dt

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from accounting.open_items.checking import comparison
from accounting.open_items.models import OpenItem
from erp.access.permissions import Permission
from erp.companies.models import Company


def control_agrees(company: Company, year: FiscalYear) -> Finding:
    """Control accounts beside their open items at the end of the year; four queries.

    An account of which items were kept later only does not count. Where they were first kept in this
    year, a difference may come from before, and may be accepted.
    """
    first = OpenItem.of(company).values_list("account").annotate(Min("opened_on")).order_by()
    since: dict[int, dt.date] = dict(first)
    rows = [
        one for one in comparison(company, year.end)
        if company.uses(one.account.control)
        and since.get(one.account.pk, dt.date.max) <= year.end
    ]  # fmt: skip
    if not rows:
        return Finding(None, _("No open items were kept in this year."))
    page = f"{reverse('open-control', args=[company.pk])}?on={year.end.isoformat()}"
    evidence = []
    for one in rows:
        if one.ledger or one.items:
            key = one.account.pk
            evidence += [
                Evidence(_("%s: ledger") % one.account, one.ledger, link=page, key=f"{key}:ledger"),
                Evidence(
                    _("%s: open items") % one.account, one.items, link=page, key=f"{key}:items"
                ),
            ]
    wrong = [one.account for one in rows if one.difference]
    if not wrong:
        return Finding(True, _("The control accounts agree with the open items."), tuple(evidence))
    is_new = all(since[account.pk] > year.start for account in wrong)
    return Finding(
        False, ngettext("%(accounts)s differs from the open items.",
                        "%(accounts)s differ from the open items.", len(wrong))
        % {"accounts": ", ".join(one.number for one in wrong)},
        tuple(evidence), page, _("Control accounts"), Weight.WARNS if is_new else None,
    )  # fmt: skip


def register_own() -> None:
    """The check of this room."""
    register(Check("open_items", gettext_lazy("Control accounts agree with the open items"), 130,
                   Weight.BLOCKS, control_agrees, Permission.OPEN_ITEMS_READ))  # fmt: skip
