"""What the closing of a year asks of creditors: are costs released that belong to the year?"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, key_of, register
from accounting.payables.accruing import due
from erp.access.permissions import Permission
from erp.companies.models import Company, Module
from erp.core.money import ZERO


def released(company: Company, year: FiscalYear) -> Finding:
    """Costs of suppliers' invoices whose time was until the end of the year; one query."""
    if not company.uses(Module.PAYABLES):
        return Finding(None, _("Creditors are switched off."))
    left = dict(due(company, year.end).order_by().values_list("pk", "amount"))
    if not left:
        return Finding(True, _("All costs of the year that were paid before are released."))
    return Finding(
        False, _("Costs whose time has come still stand as prepaid. Release them."),
        (Evidence(_("Not released"), sum(left.values(), ZERO), key=key_of(left)),),
        reverse("accruals", args=[company.pk]), _("Deferred costs"),
    )  # fmt: skip


def register_own() -> None:
    """The check of this room."""
    register(Check("released", gettext_lazy("Prepaid costs of suppliers’ invoices are released"), 140,
                   Weight.WARNS, released, Permission.PAYABLES_READ))  # fmt: skip
