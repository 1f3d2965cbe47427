"""What the closing of a year asks of fixed assets: register and ledger equal, the year depreciated."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.assets import control
from accounting.assets.errors import NoRule
from accounting.assets.models import Asset
from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, key_of, register
from erp.access.permissions import Permission
from erp.companies.models import Company, Module
from erp.core.money import ZERO


def _does_not_apply(company: Company, year: FiscalYear) -> Finding | None:
    """Without assets in the year there is nothing to ask."""
    here = Asset.of(company).filter(acquired_on__lte=year.end)
    if not company.uses(Module.ASSETS) or not here.filter(
        Q(disposed_on=None) | Q(disposed_on__gte=year.start)
    ).exists():  # fmt: skip
        return Finding(None, _("The company keeps no register of assets."))
    return None


def equal(company: Company, year: FiscalYear) -> Finding:
    """Each account of assets says the same in the register and in the ledger at the year's end."""
    if none := _does_not_apply(company, year):
        return none
    days = f"?since={year.start:%Y-%m-%d}&until={year.end:%Y-%m-%d}"
    page = reverse("assets-table", args=[company.pk]) + days
    found = control.differs(company, until=year.end)
    if not found:
        return Finding(True, _("Register and ledger are equal."), link=page,
                       link_text=_("Assets table"))  # fmt: skip
    evidence = tuple(
        Evidence(f"{row.account.number} {row.account.name}", row.difference,
                 link=reverse("account-sheet", args=[company.pk, row.account.number]),
                 key=str(row.account.pk))
        for row in found
    )  # fmt: skip
    return Finding(False, _("Register and ledger differ: register purchases that are missing, or correct what was "
                            "posted by hand."), evidence, page, _("Assets table"))  # fmt: skip


def depreciated(company: Company, year: FiscalYear) -> Finding:
    """A run covers the year to its end, or there is nothing to depreciate."""
    if none := _does_not_apply(company, year):
        return none
    page = f"{reverse('asset-runs', args=[company.pk])}?until={year.end:%Y-%m-%d}"
    try:
        left = control.undepreciated(company, year=year)
    except NoRule as refusal:
        category = Evidence(_("Category"), text=str(refusal.values["category"]))
        return Finding(False, str(refusal), (category,), reverse("asset-categories", args=[company.pk]),
                       _("Asset categories"))  # fmt: skip
    if not left:
        return Finding(True, _("The year is depreciated."), link=page, link_text=_("Depreciation"))
    return Finding(False, _("Post the depreciation to the end of the year."),
                   (Evidence(_("Still to be posted"), sum(left.values(), ZERO), link=page,
                             key=key_of(left)),), page, _("Depreciation"))  # fmt: skip


def register_own() -> None:
    """The checks of this room."""
    register(Check("assets_equal", gettext_lazy("The register of assets equals the ledger"), 150,
                   Weight.WARNS, equal, Permission.ASSETS_READ))  # fmt: skip
    register(Check("assets_depreciated", gettext_lazy("Fixed assets are depreciated"), 151,
                   Weight.WARNS, depreciated, Permission.ASSETS_READ))  # fmt: skip
