"""Runs of depreciation (Abschreibungslauf): proposed, posted as one entry, reversed as a whole."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounting.assets.errors import (
    DepreciatedAlready,
    MovedLater,
    MovedSince,
    NothingToDepreciate,
    NotMonthEnd,
    NotTheLastRun,
    ProposalChanged,
    RunReversed,
)
from accounting.assets.holding import hold
from accounting.assets.models import AssetMovement, DepreciationRun
from accounting.assets.posting import OWNER, Place, Sums, mirror, of_result, post
from accounting.assets.standings import (
    Outlook,
    in_use,
    live,
    outlooks,
    require_years_before,
)
from accounting.ledger import posting
from accounting.ledger.errors import NoOpenYear
from accounting.ledger.models import FiscalYear
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import called
from erp.core.money import ZERO

_Kind = AssetMovement.Kind
_MOVEMENTS = """
    INSERT INTO accounting_assetmovement
        (company_id, date, kind, cost, entry_id, run_id, text, asset_id, category_id, depreciation, told)
    SELECT %s, %s, 'depreciation', 0, %s, %s, '', m.asset, m.category, m.amount, m.told
    FROM jsonb_to_recordset(%s::jsonb) AS m (asset bigint, category bigint, amount numeric, told jsonb)
"""


@dataclass(frozen=True)
class Proposal:
    """What a run would post: assets with an amount, and those without."""

    year: FiscalYear
    start: dt.date
    until: dt.date
    rows: list[Outlook]

    @property
    def posted(self) -> list[Outlook]:
        return [row for row in self.rows if row.amount]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), ZERO)

    @property
    def warned(self) -> int:
        """How many are above what tax accepts without proof."""
        return sum(row.over_ceiling for row in self.rows)


def runs(company: Company) -> QuerySet[DepreciationRun]:
    """Runs with their entries, the latest first."""
    related = ("company", "fiscal_year", "entry", "reversal", "created_by")
    return DepreciationRun.of(company).select_related(*related).order_by("-end", "-pk")


def last_run(company: Company) -> DepreciationRun | None:
    """The latest run that stands."""
    return DepreciationRun.of(company).filter(reversal=None).order_by("-end").first()


def propose(company: Company, *, until: dt.date) -> Proposal:
    """What a run until a day would post, per asset, in a number of queries that does not grow.

    ``until`` is the last day of a month or of a fiscal year. Raises ``NotMonthEnd``, ``NoOpenYear`` where
    there is no fiscal year, ``DepreciatedAlready``, ``YearBefore`` while an earlier year lacks
    depreciation, ``MovedLater`` where an asset with an amount was revalued or transferred after that day,
    or ``NoRule``.
    """
    year = FiscalYear.of(company).filter(start__lte=until, end__gte=until).first()
    if year is None:
        raise NoOpenYear(field="until", date=until)
    if until != year.end and (until + dt.timedelta(days=1)).day != 1:
        raise NotMonthEnd(value=until, nearest=min(month_end(until), year.end))
    last = last_run(company)
    if last is not None and last.end >= until:
        raise DepreciatedAlready(until=until, done=last.end)
    start = year.start
    if last is not None and last.end >= year.start:
        start = last.end + dt.timedelta(days=1)
    standing = in_use(company, until)
    require_years_before(company, standing, year=year, field="until")
    found = Proposal(year, start, until, outlooks(company, standing, year=year, until=until))
    _require_first(company, found)
    return found


@transaction.atomic
def run(
    company: Company, *, until: dt.date, by: User, expected: Decimal | None = None
) -> DepreciationRun:
    """Post what ``propose`` shows as one entry on ``until``, by account and cost unit.

    ``expected`` is the total that was shown; where it is another by now, nothing is posted. Raises what
    ``propose`` and ``posting.post`` raise, ``NothingToDepreciate``, ``ProposalChanged`` or
    ``CostUnitNeeded``.
    """
    hold(company)
    proposal = propose(company, until=until)
    if not proposal.posted:
        raise NothingToDepreciate(until=until)
    if expected is not None and expected != proposal.total:
        raise ProposalChanged(expected=expected, now=proposal.total)
    sums = Sums()
    for row in proposal.posted:
        sums.add(of_result(row.asset, row.asset.category.expense), row.amount)
        sums.add(Place(row.asset.category.credited), -row.amount)
    text = _("Depreciation %(since)s to %(until)s") % {
        "since": swiss_date(proposal.start), "until": swiss_date(until)}  # fmt: skip
    with called(date="until"):
        entry = post(company, date=until, text=text, sums=sums, by=by, key="")
    assert entry is not None  # there are amounts, and expense is no asset account
    made = DepreciationRun.unscoped.create(
        company=company, fiscal_year=proposal.year, start=proposal.start, end=until,
        count=len(proposal.posted), total=proposal.total, entry=entry, created_at=clock.now(),
        created_by=by,
    )  # fmt: skip
    _write(made, proposal.posted)
    trail.record(company=company, by=by, action="depreciation_run.post", subject=made,
                 details={"until": until, "count": made.count, "total": made.total,
                          "entry": entry.number})  # fmt: skip
    return made


@transaction.atomic
def reverse(made: DepreciationRun, *, by: User) -> DepreciationRun:
    """Undo a whole run on its own day by the mirror image of its entry; only the latest one.

    Raises ``RunReversed``, ``NotTheLastRun``, ``MovedSince``, and what ``posting.reverse`` raises.
    """
    hold(made.company)
    now: DepreciationRun = runs(made.company).get(pk=made.pk)
    if not now.stands:
        raise RunReversed(until=now.end)
    later = runs(now.company).filter(reversal=None, end__gt=now.end).first()
    if later is not None:
        raise NotTheLastRun(until=later.end)
    movements = list(AssetMovement.of(now.company).filter(run=now, undoes=None))
    _require_last(now.company, movements)
    with called(date="run"):
        now.reversal = posting.reverse(now.entry, date=now.end, by=by, owner=OWNER)
    mirror(movements, date=now.end, entry=now.reversal)
    now.save(update_fields=["reversal"])
    trail.record(company=now.company, by=by, action="depreciation_run.reverse", subject=now,
                 details={"until": now.end, "total": now.total, "entry": now.reversal.number})  # fmt: skip
    return now


def movements_of(made: DepreciationRun) -> QuerySet[AssetMovement]:
    """What a run posted, by asset."""
    rows = AssetMovement.of(made.company_id).filter(run=made, undoes=None)
    return rows.select_related("asset", "category", "entry").order_by("asset__number", "pk")


def month_end(day: dt.date) -> dt.date:
    """The last day of a month."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def _write(made: DepreciationRun, rows: Sequence[Outlook]) -> None:
    """The movements of a run, in one statement and without an object for each."""
    told = json.dumps([
        {"asset": row.asset.pk, "category": row.asset.category_id, "amount": str(row.amount),
         "told": row.told}
        for row in rows
    ])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, [made.company_id, made.end, made.entry_id, made.pk, told])


def _require_first(company: Company, proposal: Proposal) -> None:
    """Nothing was reckoned on the book values that a run would change. Raises ``MovedLater``."""
    later = live(company).filter(
        asset__in=[row.asset.pk for row in proposal.posted], date__gt=proposal.until,
        kind__in=[_Kind.WRITE_DOWN, _Kind.WRITE_UP, _Kind.TRANSFER],
    )  # fmt: skip
    found = later.select_related("asset").order_by("-date", "-pk").first()
    if found is not None:
        raise MovedLater(field="until", asset=found.asset.number, date=proposal.until,
                         later=found.date, kind=found.get_kind_display())  # fmt: skip


def _require_last(company: Company, movements: Sequence[AssetMovement]) -> None:
    """Nothing that rests on the run's book values was posted since. Raises ``MovedSince``."""
    newest = max((one.pk for one in movements), default=0)
    since = live(company).filter(pk__gt=newest, asset__in=[one.asset_id for one in movements])
    found = since.exclude(kind__in=[_Kind.OPENING, _Kind.PURCHASE]).select_related("asset").first()
    if found is not None:
        raise MovedSince(asset=found.asset.number, kind=found.get_kind_display(), date=found.date)
