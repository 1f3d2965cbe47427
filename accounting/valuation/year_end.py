"""What the closing of a year asks of foreign currencies: are they valued as of its last day?"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from accounting.valuation.leaving import LeftOut
from accounting.valuation.rates import restored
from accounting.valuation.reckoning import Subtotal, reckon, standing_run
from erp.companies.models import Company
from erp.core.display import swiss_date


def is_valued(company: Company, year: FiscalYear) -> Finding:
    """Whether a valuation of the last day stands, nothing foreign has changed since, and none was overlooked."""
    run = standing_run(company, year.end)
    used = restored(run.rates) if run else []
    found = reckon(company, year.end, typed={one.currency: one.rate for one in used})
    page = reverse("valuation-proposal", args=[company.pk]) + f"?date={year.end.isoformat()}"
    if not found.subtotals and run is None and not found.left_out:
        return Finding(None, _("Nothing is held or owed in foreign currencies."))
    evidence = (
        *(figure for one in found.subtotals for figure in _figures(one, page)),
        *(figure for one in found.left_out for figure in _kept(one, page)),
    )
    if run is None and found.subtotals:
        return Finding(False, _("Foreign currencies are not valued as of the last day."), evidence,
                       page, _("Valuation"))  # fmt: skip
    if run is not None and found.changed_since(run):
        held = Evidence(_("Valuation"), text=swiss_date(run.date), key=f"changed {run.pk}",
                        link=reverse("valuation", args=[company.pk, run.pk]))  # fmt: skip
        evidence = (*evidence, held)
        return Finding(False, _("Since the valuation something in foreign currencies has changed."),
                       evidence, page, _("Valuation"))  # fmt: skip
    if overlooked := [one for one in found.left_out if one.is_finding]:
        numbers = ", ".join(dict.fromkeys(one.number for one in overlooked))
        return Finding(
            False, _("Not valued are amounts in foreign currencies on accounts that are kept in none: %s. Post "
                     "what is held or owed to an account of the currency, or say on the account that it "
                     "keeps the rate it was booked at.") % numbers,
            evidence, page, _("Valuation"),
        )  # fmt: skip
    if run is None:
        return Finding(True, _("What is held in foreign currencies keeps the rate it was booked at."),
                       evidence)  # fmt: skip
    return Finding(True, _("Foreign currencies are valued as of the last day."), evidence)


def _figures(one: Subtotal, page: str) -> Iterator[Evidence]:
    """What is held in the currency, what the ledger says, and what it is worth."""
    name, key = f"{one.account} · {one.currency}", f"{one.account.pk}:{one.currency}:{one.by_item}"
    yield Evidence(name, one.amount, one.currency, page, f"{key}:amount")
    yield Evidence(_("%s: ledger") % name, one.book, link=page, key=f"{key}:book")
    yield Evidence(_("%s: valued") % name, one.value, link=page, key=f"{key}:value")


def _kept(one: LeftOut, page: str) -> Iterator[Evidence]:
    """What is not valued: in the currency, and in the ledger."""
    name, key = (
        f"{one.number} {one.name} · {one.currency}",
        f"{one.account}:{one.currency}:{one.why}",
    )
    yield Evidence(_("%s: not valued") % name, one.amount, one.currency, page, f"{key}:amount")
    yield Evidence(_("%s: ledger") % name, one.book, link=page, key=f"{key}:book")


def register_own() -> None:
    """The check of this room."""
    register(Check("foreign_currencies", gettext_lazy("Foreign currencies are valued"), 200,
                   Weight.WARNS, is_valued))  # fmt: skip
