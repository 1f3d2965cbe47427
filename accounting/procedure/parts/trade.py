"""How documents go out and come in: numbers, texts and rounding of invoices, who approves bills."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounting.payables.models import ApprovalRule
from accounting.procedure.values import NONE, Asked, Content, Table, facts_of, label, shown, yes
from accounting.receivables.models import NumberRange
from accounting.receivables.number_ranges import ranges
from accounting.receivables.sales_settings import settings_of
from erp.access.permissions import Permission
from erp.core.display import chf

SETTINGS = ("basis", "rounding", "five_centimes", "payment_terms", "bank_account")


def sales(asked: Asked) -> Content:
    """Settings of documents and their number ranges; four queries at most."""
    if not asked.may(Permission.RECEIVABLES_READ):
        return Content(withheld=(Permission.RECEIVABLES_READ,))
    year = asked.year.end.year
    rows = tuple(
        (str(one.label), one.prefix or NONE, str(one.width), yes(one.yearly), str(one.last))
        for one in ranges(asked.company, year=year)
    )
    names = (label(NumberRange, one) for one in ("kind", "prefix", "width", "yearly"))
    heads = (*names, _("Last number of %s") % year)
    facts = facts_of(settings_of(asked.company), SETTINGS)
    return Content(facts, (Table(_("Number ranges"), heads, rows),))


def purchases(asked: Asked) -> Content:
    """Who approves suppliers' invoices; one query."""
    if not asked.may(Permission.PAYABLES_READ):
        return Content(withheld=(Permission.PAYABLES_READ,))
    found = ApprovalRule.of(asked.company).select_related("cost_centre", "approver", "deputy")
    rows = tuple(
        (str(one.position), chf(one.from_amount), *(shown(one, name) for name in
                                                    ("cost_centre", "approver", "deputy")))
        for one in found.order_by("position", "from_amount", "pk")
    )  # fmt: skip
    heads = tuple(label(ApprovalRule, one) for one in
                  ("position", "from_amount", "cost_centre", "approver", "deputy"))  # fmt: skip
    return Content(tables=(Table(_("Rules of approval"), heads, rows),))
