"""What the closing of a year asks of foreign currencies: are they valued as of its last day?"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from accounting.valuation.rates import restored
from accounting.valuation.reckoning import Subtotal, reckon, standing_run
from erp.companies.models import Company


def is_valued(company: Company, year: FiscalYear) -> Finding:
    """Whether a valuation of the last day stands, and nothing foreign has changed since."""
    run = standing_run(company, year.end)
    used = restored(run.rates) if run else []
    found = reckon(company, year.end, typed={one.currency: one.rate for one in used})
    page = reverse("valuation-proposal", args=[company.pk]) + f"?date={year.end.isoformat()}"
    if not found.subtotals and run is None:
        return Finding(None, _("Nothing is held or owed in foreign currencies."))
    evidence = tuple(figure for one in found.subtotals for figure in _figures(one, page))
    if run is None:
        return Finding(False, _("Foreign currencies are not valued as of the last day."), evidence,
                       page, _("Valuation"))  # fmt: skip
    if found.changed_since(run):
        return Finding(False, _("Since the valuation something in foreign currencies has changed."),
                       evidence, page, _("Valuation"))  # fmt: skip
    return Finding(True, _("Foreign currencies are valued as of the last day."), evidence)


def _figures(one: Subtotal, page: str) -> Iterator[Evidence]:
    """What is held in the currency, what the ledger says, and what it is worth."""
    name, key = f"{one.account} · {one.currency}", f"{one.account.pk}:{one.currency}:{one.by_item}"
    yield Evidence(name, one.amount, one.currency, page, f"{key}:amount")
    yield Evidence(_("%s: ledger") % name, one.book, link=page, key=f"{key}:book")
    yield Evidence(_("%s: valued") % name, one.value, link=page, key=f"{key}:value")


def register_own() -> None:
    """The check of this room."""
    register(Check("foreign_currencies", gettext_lazy("Foreign currencies are valued"), 200,
                   Weight.WARNS, is_valued))  # fmt: skip
