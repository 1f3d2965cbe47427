"""Questions about returns: which there are, what one covers, and what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.companies.models import Company
from erp.core.errors import DomainError
from vat.codes.models import VatSettings
from vat.returns import spans
from vat.returns.carrying import Closing
from vat.returns.computing import Computed, Scope, compute
from vat.returns.freezing import added, of_sums, thawed
from vat.returns.models import VatReturn
from vat.returns.periods import Reporting, periods
from vat.returns.rules import filing_deadline
from vat.returns.spans import END, Filed

Kind = VatReturn.Kind
State = VatReturn.State
#: States of periods that wait for somebody; see ``Row.state``.
OPEN: Final = ("open", State.DRAFT, State.CHECKED)
DAY: Final = dt.timedelta(days=1)


class NoSuchPeriod(DomainError):
    code = "vat.no_such_period"
    message = _(
        "No reporting period begins on %(value)s. Choose one of the list, or check the VAT settings."
    )
    field = "start"


@dataclass(frozen=True)
class Row:
    """A period of the list, or a correction or reconciliation: what became of it, and by when."""

    period: Reporting
    stored: VatReturn | None
    due: dt.date

    @property
    def kind(self) -> int:
        return self.stored.kind if self.stored else Kind.FIRST

    @property
    def state(self) -> str:
        """``open`` where nothing was begun, else the state; ``settled`` when it is posted."""
        if self.stored is None:
            return "open"
        return "settled" if self.stored.is_settled else str(self.stored.state)

    @property
    def method_label(self) -> str:
        return str(VatSettings.Method(self.period.method).label)

    @property
    def basis_label(self) -> str:
        return str(VatSettings.Basis(self.period.basis).label)

    @property
    def key(self) -> str:
        """What its page is found by: a first return by its first day, others by number."""
        if self.stored is None or self.stored.kind == Kind.FIRST:
            return self.period.start.isoformat()
        return str(self.stored.pk)


def overview(company: Company, until: dt.date) -> list[Row]:
    """All periods that begin up to a day with what became of them, newest first; two queries.

    Stored returns of periods that the settings no longer know stay in the list.
    """
    stored = VatReturn.of(company).order_by("start", "kind", "nth")
    return rows_of(VatSettings.of(company), list(stored), until)


def rows_of(
    settings: Iterable[VatSettings], stored: Sequence[VatReturn], until: dt.date
) -> list[Row]:
    """As ``overview``, of the settings and stored returns of one company; asks nothing.

    ``stored`` is in the order of start, kind and number.
    """
    firsts = {one.start: one for one in stored if one.kind == Kind.FIRST}
    filed = {one.start for one in firsts.values() if one.is_filed}
    covered = [(one.start, one.end) for one in firsts.values() if one.is_filed]
    rows = [
        Row(period, firsts.get(period.start), filing_deadline(period.end))
        for period in periods(settings, until)
        if period.start in filed or not _overlaps(period, covered)
    ]
    known = {row.stored.pk for row in rows if row.stored}
    rows += [Row(period_of(one), one, one.due_date) for one in stored if one.pk not in known]
    return sorted(rows, key=lambda row: (row.period.start, row.kind), reverse=True)


def next_due(company: Company, today: dt.date) -> Row | None:
    """The oldest period that is over and not filed yet; two queries."""
    stored = VatReturn.of(company).order_by("start", "kind", "nth")
    return next(iter(due_rows(VatSettings.of(company), list(stored), today)), None)


def due_rows(
    settings: Iterable[VatSettings], stored: Sequence[VatReturn], today: dt.date
) -> list[Row]:
    """The periods that are over and not filed yet, the oldest first; asks nothing."""
    rows = [
        row for row in rows_of(settings, stored, today)
        if row.kind == Kind.FIRST and row.state in OPEN and row.period.end < today
    ]  # fmt: skip
    return rows[::-1]


def _overlaps(period: Reporting, covered: Sequence[tuple[dt.date, dt.date]]) -> bool:
    return any(start <= period.end and period.start <= end for start, end in covered)


def reporting(company: Company, until: dt.date) -> list[Reporting]:
    """The reporting periods of a company's settings that begin up to a day."""
    return periods(VatSettings.of(company), until)


def period_starting(company: Company, start: dt.date) -> Reporting:
    """The reporting period that begins on a day. Raises ``NoSuchPeriod``."""
    found = next((one for one in reporting(company, start) if one.start == start), None)
    if found is None:
        raise NoSuchPeriod(value=start)
    return found


def period_of(one: VatReturn) -> Reporting:
    """The period of a stored return, as it was settled then."""
    return Reporting(one.start, one.end, one.method, one.basis, one.interval, one.uid,
                     one.round_down, switched=one.switched_on is not None,
                     next_basis=one.next_basis)  # fmt: skip


def filed_returns(company: Company) -> list[VatReturn]:
    """All filed returns, in the order of their filing."""
    return list(VatReturn.of(company).filter(state=State.FILED).order_by("filed_at", "pk"))


def as_filed(rows: Sequence[VatReturn]) -> list[Filed]:
    return [
        Filed(
            row.start,
            row.end,
            row.until_place or 0,
            sweeps=row.kind == Kind.FIRST,
            method=row.method,
        )
        for row in rows
    ]


def scope(
    company: Company, period: Reporting, *, kind: int = Kind.FIRST, note_280: str = "",
    until: int = END, filed: Sequence[VatReturn] | None = None,
) -> Scope:  # fmt: skip
    """What an open return covers now, up to a place in the chain; ``filed`` are ``filed_returns``."""
    stored = filed_returns(company) if filed is None else filed
    rows, basis = as_filed(stored), period.basis
    if kind == Kind.RECONCILIATION:
        inside = [one for one in rows if period.start <= one.start and one.end <= period.end]
        covers = spans.late_into(inside, rows, until=until)
        # What comes late after a switch is filed counts by the basis since.
        switch = switch_after(period.end, stored)
        basis = switch.basis if switch else basis
    elif kind == Kind.CORRECTION:
        covers = [spans.undeclared(period.start, period.end, rows, until=until)]
    else:
        covers = spans.spans_of(period.start, period.end, rows, until=until, method=period.method)
    return Scope(
        company, period.start, period.end, period.method, basis, covers,
        period.start if period.switched and kind == Kind.FIRST else None, period.round_down, note_280,
        _closing(period, until if kind == Kind.FIRST else 0) if kind != Kind.RECONCILIATION else None,
    )  # fmt: skip


def _closing(period: Reporting, place: int) -> Closing | None:
    """What a period carries, if method and basis change after it; of what came up to a place, all."""
    return Closing(period.end, period.next_basis, place) if period.next_basis else None


@dataclass(frozen=True)
class Switch:
    """A change of basis that a filed return has carried: from which day on, to which basis."""

    day: dt.date
    basis: str
    carried_by: VatReturn


def switch_after(end: dt.date, filed: Sequence[VatReturn]) -> Switch | None:
    """The newest change of basis after a day that a filed return has carried, if there is one.

    A change of basis alone is carried by the first return after it, one of the method, too, by the last
    one before it.
    """
    found = [Switch(one.start, one.basis, one) for one in filed
             if one.kind == Kind.FIRST and one.switched_on is not None]  # fmt: skip
    found += [Switch(one.end + DAY, one.next_basis, one) for one in filed if one.next_basis]
    later = [one for one in found if one.day > end]
    return max(later, key=lambda one: one.day, default=None)


def frozen_scope(one: VatReturn) -> Scope:
    """What a filed return covers, for ever."""
    return Scope(
        one.company, one.start, one.end, one.method, one.basis, spans.restored(one.spans),
        one.switched_on, one.round_down, one.note_280, _closing(period_of(one), one.carried_place or 0),
    )  # fmt: skip


def computed(one: VatReturn, *, until: int = END) -> Computed:
    """What a stored return says: filed as it was frozen, open as the ledger is now."""
    if one.is_filed:
        return thawed(frozen_scope(one), one.figures)
    period = period_of(one)
    now = scope(one.company, period, kind=one.kind, note_280=one.note_280, until=until)
    if one.kind != Kind.CORRECTION or one.differences:
        return compute(now)
    return _corrected(one, now)


def _corrected(one: VatReturn, now: Scope) -> Computed:
    """The whole of a period as it should have been declared.

    That is what was declared for it, and what it lacks; what a later return has declared stays there.
    Under another method or basis all of it is computed anew.
    """
    before = latest(declared_for(one))
    whole = _whole(one, now, before)
    if not _goes_on(one, before):
        return compute(whole)
    parts = [thawed(frozen_scope(row), row.figures).sums for row in before]
    return of_sums(whole, added(*parts, compute(now).sums))


def _goes_on(one: VatReturn, before: Sequence[VatReturn]) -> bool:
    """Whether a correction follows the same method and basis as what it corrects."""
    way = (one.method, one.basis, one.next_basis)
    return all((row.method, row.basis, row.next_basis) == way for row in before)


def _whole(one: VatReturn, now: Scope, before: Sequence[VatReturn]) -> Scope:
    """What a correction covers that tells the whole of its period."""
    covers = [span for row in before for span in spans.restored(row.spans)]
    switched_on, place = one.switched_on, 0
    if before and _goes_on(one, before):
        switched_on, place = before[0].switched_on, before[0].carried_place or 0
    elif before and one.next_basis:
        place = declared_for(one)[0].until_place or 0  # up to it all periods were swept
    return replace(now, spans=spans.joined([*covers, *now.spans]), switched_on=switched_on,
                   closing=_closing(period_of(one), place))  # fmt: skip


def covered(one: VatReturn, *, filed: Sequence[VatReturn] | None = None) -> Scope:
    """What a stored return covers: filed as it was frozen, open as the ledger is now.

    ``filed`` are ``filed_returns``.
    """
    if one.is_filed:
        return frozen_scope(one)
    now = scope(one.company, period_of(one), kind=one.kind, note_280=one.note_280, filed=filed)
    if one.kind != Kind.CORRECTION or one.differences:
        return now
    return _whole(one, now, latest(declared_for(one)))


def declared_for(one: VatReturn) -> list[VatReturn]:
    """The filed returns of the very period of a correction, in the order of their filing."""
    rows = VatReturn.of(one.company_id).filter(
        state=State.FILED, elsewhere=False, start=one.start, end=one.end
    )
    return list(rows.exclude(pk=one.pk).order_by("filed_at", "pk"))


def latest(rows: Sequence[VatReturn]) -> list[VatReturn]:
    """Of returns of one period those that together say what is declared: a correction that tells the
    whole stands for all before it.
    """
    found: list[VatReturn] = []
    for row in rows:
        if row.kind == Kind.CORRECTION and not row.differences:
            found = []
        found.append(row)
    return found
