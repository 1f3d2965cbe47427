"""What the closing of a year asks of open items: do they come to the control accounts?"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from accounting.open_items.checking import comparison
from erp.access.permissions import Permission
from erp.companies.models import Company


def control_agrees(company: Company, year: FiscalYear) -> Finding:
    """Control accounts beside their open items at the end of the year."""
    rows = [one for one in comparison(company, year.end) if company.uses(one.account.control)]
    if not rows:
        return Finding(None, _("Debtors and creditors are not kept as open items."))
    page = f"{reverse('open-control', args=[company.pk])}?on={year.end.isoformat()}"
    evidence = []
    for one in rows:
        if one.ledger or one.items:
            evidence.append(Evidence(_("%s: ledger") % one.account, one.ledger, link=page))
            evidence.append(Evidence(_("%s: open items") % one.account, one.items, link=page))
    wrong = [one.account.number for one in rows if one.difference]
    if not wrong:
        return Finding(True, _("The control accounts agree with the open items."), tuple(evidence))
    return Finding(
        False, _("%s differ from the open items.") % ", ".join(wrong), tuple(evidence), page,
        _("Control accounts"),
    )  # fmt: skip


def register_own() -> None:
    """The check of this room."""
    register(Check("open_items", gettext_lazy("Control accounts agree with the open items"), 130,
                   Weight.BLOCKS, control_agrees, Permission.OPEN_ITEMS_READ))  # fmt: skip
