"""What the returns of a year say (Deklaration), and what lies between them and the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final, Protocol

from erp.companies.models import Company
from erp.core.money import ZERO
from vat.codes.catalogue import CatalogueCode
from vat.codes.models import CodeKind, VatCode, VatSettings
from vat.returns import pieces, spans
from vat.returns.freezing import sums_of
from vat.returns.models import VatReturn
from vat.returns.periods import Reporting
from vat.returns.pieces import Question
from vat.returns.queries import DAY, as_filed, frozen_scope, latest, reporting
from vat.returns.spans import Span

DEDUCTING: Final = (CodeKind.INPUT, CodeKind.IMPORT, CodeKind.ACQUISITION)
DEDUCTED_IN: Final = ("400", "405")
Kind = VatReturn.Kind


class Amounts(Protocol):
    """What sums of the ledger and of frozen returns have in common."""

    @property
    def net(self) -> Decimal: ...
    @property
    def gross(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Both:
    """Turnover less reductions, credit positive, and input tax of boxes 400 and 405."""

    turnover: Decimal = ZERO
    input_tax: Decimal = ZERO

    def __add__(self, other: Both) -> Both:
        return Both(self.turnover + other.turnover, self.input_tax + other.input_tax)

    def __sub__(self, other: Both) -> Both:
        return Both(self.turnover - other.turnover, self.input_tax - other.input_tax)


@dataclass
class YearOfReturns:
    """The returns of a year: periods, what was filed, and what their spans leave open."""

    company: Company
    start: dt.date
    end: dt.date
    codes: Mapping[int, VatCode]

    @cached_property
    def periods(self) -> list[Reporting]:
        found = reporting(self.company, self.end)
        return [one for one in found if self.start <= one.start and one.end <= self.end]

    @cached_property
    def stored(self) -> list[VatReturn]:
        """All returns of the company, those that are filed in the order of their filing."""
        return list(VatReturn.of(self.company).order_by("filed_at", "pk"))

    @cached_property
    def filed(self) -> list[VatReturn]:
        return [one for one in self.stored if one.is_filed]

    @cached_property
    def inside(self) -> list[VatReturn]:
        """The filed returns of the year, corrections and reconciliations among them."""
        return [one for one in self.filed if self.start <= one.start and one.end <= self.end]

    @cached_property
    def missing(self) -> list[Reporting]:
        """The periods of the year that are not filed."""
        filed = [one for one in self.inside if one.kind == Kind.FIRST]
        return [
            period for period in self.periods
            if not any(one.start <= period.start and period.end <= one.end for one in filed)
        ]  # fmt: skip

    @property
    def _last(self) -> Reporting | None:
        return self.periods[-1] if self.periods else None

    @property
    def method(self) -> str:
        return self._last.method if self._last else VatSettings.Method.NOT_LIABLE

    @property
    def basis(self) -> str:
        return self._last.basis if self._last else VatSettings.Basis.AGREED

    @property
    def is_effective(self) -> bool:
        return self.method == VatSettings.Method.EFFECTIVE

    # --- amounts ------------------------------------------------------------------------------------
    @cached_property
    def declared(self) -> Both:
        """What the filed returns of the year declare; of a period corrected as a whole, the last word."""
        return self._summed(
            (one.shipped, one) for row in self._last_words for one in sums_of(row.figures)
        )

    @cached_property
    def _last_words(self) -> list[VatReturn]:
        """The returns that together say what is declared; of a period corrected as a whole, the last."""
        together: dict[tuple[dt.date, dt.date], list[VatReturn]] = {}
        for one in self.inside:
            if not one.elsewhere:
                together.setdefault((one.start, one.end), []).append(one)
        return [row for group in together.values() for row in latest(group)]

    @cached_property
    def runs(self) -> list[Span]:
        """The times of the year by received consideration; all of it where the basis never changes."""
        found: list[Span] = []
        for one in self.periods:
            if one.basis != VatSettings.Basis.RECEIVED:
                continue
            first = max(one.start, self.start)
            if found and found[-1].end + DAY == first:
                first = found.pop().start
            found.append(Span(first, one.end))
        if len({one.basis for one in self.periods}) == 1 and found:
            return [Span(self.start, self.end)]
        return found

    def received(self, run: Span) -> Both:
        """What was received and paid in a time, of what VAT lines say."""
        return self._asked([run], VatSettings.Basis.RECEIVED)

    def agreed(self, run: Span) -> Both:
        """What was invoiced and billed in a time, of what VAT lines say."""
        return self._asked([run], VatSettings.Basis.AGREED)

    def carried(self) -> Both:
        """What the year's returns carry because the basis changes (MWSTV Art. 79, 81, 106 and 107)."""
        whole = Both()
        for one in self._last_words:
            if one.switched_on is not None or one.next_basis:
                asked = frozen_scope(one).question
                plain = replace(asked, switched_on=None, closing=None)
                whole += self._of(asked) - self._of(plain)
        return whole

    def open_on(self, day: dt.date) -> Both:
        """What of documents before a day was open on it."""
        nothing = Span(day, day - dt.timedelta(days=1))
        return self._asked([nothing], VatSettings.Basis.AGREED, edge=day)

    def late(self) -> Both:
        """What was posted into filed periods afterwards, and is declared nowhere."""
        firsts = [one for one in self.inside if one.kind == Kind.FIRST]
        return self._asked(spans.late_into(as_filed(firsts), as_filed(self.filed)))

    def open_periods(self) -> Both:
        """What lies in periods that are not filed."""
        rows = as_filed(self.filed)
        return self._asked([spans.undeclared(one.start, one.end, rows) for one in self.missing])

    def of_earlier_years(self) -> Both:
        """What the year's returns declare of time before it."""
        return self._asked([span for one in self.inside for span in spans.restored(one.spans)
                            if span.end < self.start])  # fmt: skip

    def in_later_years(self) -> Both:
        """What returns of later time declare of the year."""
        return self._asked([
            span for one in self.filed if one not in self.inside
            for span in spans.restored(one.spans) if self.start <= span.start and span.end <= self.end
        ])  # fmt: skip

    def elsewhere(self) -> Both:
        """What the books held when periods were filed with another program."""
        return self._asked([Span(one.start, one.end, 0, one.until_place or 0)
                            for one in self.inside if one.elsewhere])  # fmt: skip

    def _asked(
        self, covers: Sequence[Span], basis: str = "", *, edge: dt.date | None = None
    ) -> Both:
        if not covers:
            return Both()
        return self._of(Question(self.company, covers, basis or self.basis, edge))

    def _of(self, asked: Question) -> Both:
        return self._summed((self.codes[row.code].shipped, row) for row in pieces.sums(asked))

    def _summed(self, rows: Iterable[tuple[CatalogueCode, Amounts]]) -> Both:
        turnover = tax = ZERO
        for code, row in rows:
            if code.kind in {CodeKind.OUTPUT, CodeKind.DISCOUNT}:
                turnover -= row.net if self.is_effective else row.gross
            elif code.kind in DEDUCTING and code.tax_box in DEDUCTED_IN:
                tax += row.tax
        return Both(turnover, tax)
