"""Proposals and runs of depreciation as files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounting.assets.models import AssetMovement, DepreciationRun, Method
from accounting.assets.running import Proposal
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table


def how(told: dict[str, Any]) -> str:
    """How an amount came, in words: method, and what ended it."""
    if not told.get("method"):
        return ""
    words = [str(Method(told["method"]).label)]
    if told.get("ended"):
        words.append(_("end of useful life"))
    elif told.get("capped"):
        words.append(_("down to the residual value"))
    return ", ".join(words)


def proposal_table(proposal: Proposal) -> Table:
    """What a run would post, with base, rate and months of each asset."""
    rows: list[list[Any]] = [
        [one.asset.number, one.asset.name, how(one.told), one.figures.base, _rate(one.figures.rate),
         one.figures.months, one.standing.book_value, one.amount, one.book_after,
         one.ceiling, _("above it") if one.over_ceiling else ""]
        for one in proposal.posted
    ]  # fmt: skip
    return table(
        title=_("Depreciation: proposal"), subtitle=_span(proposal.start, proposal.until), wide=True,
        head=[_("No."), _("Fixed asset"), _("Method"), _("Base"), _("Rate"), _("Months"),
              _("Book value before"), _("Depreciation"), _("Book value after"),
              _("Accepted by tax, of the year"), _("Note")],
        rows=[*rows, [_("Total"), "", "", None, None, None,
                      _sum(rows, 6), proposal.total, _sum(rows, 8), None, ""]],
        kinds={len(rows): "grand"}, name="depreciation-proposal",
    )  # fmt: skip


def run_table(run: DepreciationRun, movements: Sequence[AssetMovement]) -> Table:
    """What a run posted, with base, rate and months of each asset."""
    rows: list[list[Any]] = [
        [one.asset.number, one.asset.name, one.category.code, how(one.told), Decimal(one.told["base"]),
         _rate(Decimal(one.told["rate"])), one.told["months"], Decimal(one.told["of_year"]),
         one.depreciation]
        for one in movements
    ]  # fmt: skip
    return table(
        title=_("Depreciation"), subtitle=_span(run.start, run.end), wide=True, name="depreciation",
        head=[_("No."), _("Fixed asset"), _("Category"), _("Method"), _("Base"), _("Rate"), _("Months"),
              _("Of the year so far"), _("Depreciation")],
        rows=[*rows, [_("Total"), "", "", "", None, None, None, None, run.total]],
        kinds={len(rows): "grand"},
    )  # fmt: skip


def _rate(rate: Decimal) -> Decimal:
    return round(rate, 2)


def _sum(rows: Sequence[Sequence[Any]], nth: int) -> Decimal:
    return sum((row[nth] for row in rows), ZERO)


def _span(start: Any, end: Any) -> str:
    return _("%(first)s to %(last)s") % {"first": swiss_date(start), "last": swiss_date(end)}
