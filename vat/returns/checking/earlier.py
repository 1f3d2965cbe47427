"""The return beside earlier ones (Vergleich): what came late, unusual figures, missing acquisitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from erp.core.display import chf, swiss_date
from erp.core.money import ZERO
from vat.codes.models import CodeKind
from vat.returns import pieces
from vat.returns.checking.looking import Look
from vat.returns.computing import compute
from vat.returns.findings import Finding
from vat.returns.form import Declaration, fill
from vat.returns.freezing import sums_of
from vat.returns.models import VatReturn
from vat.returns.periods import period_name
from vat.returns.pieces import Question
from vat.returns.queries import as_filed
from vat.returns.rules import rule
from vat.returns.spans import Span, late_into

#: So many earlier returns are looked at.
COMPARED: Final = 4
DAY: Final = dt.timedelta(days=1)


def late(look: Look) -> Iterator[Finding]:
    """What the return takes up of earlier periods, because it was posted after their filing."""
    spans = look.scope.spans[1:]
    if not spans:
        return
    turnover, tax = _amounts(look, _plain(look, spans))
    if turnover or tax:
        first, last = min(span.start for span in spans), max(span.end for span in spans)
        yield Finding(
            "vat.posted_late",
            _("Posted into filed periods afterwards, and declared here: turnover of %(turnover)s, tax of "
              "%(tax)s.") % {"turnover": chf(turnover), "tax": chf(tax)},
            link=look.to("journal", from_=first, until=last), link_text=_("Journal"),
            amount=chf(tax), is_info=True,
        )  # fmt: skip


def other_methods(look: Look) -> Iterator[Finding]:
    """What came late into periods of another method, which no return of this one takes up."""
    filed = as_filed(look.filed)
    others = [one for one in filed if one.end < look.one.start and one.method != look.scope.method]
    if not others or look.one.kind != VatReturn.Kind.FIRST:
        return
    spans = late_into(others, filed)
    asked = _plain(look, spans)
    if any(row.net or row.tax or row.owed for row in pieces.sums(asked)):
        first, last = min(span.start for span in spans), max(span.end for span in spans)
        yield Finding(
            "vat.late_under_another_method",
            _("Something was posted into filed periods of another method. This return does not take it "
              "up: declare it by a correction return or the annual reconciliation of that year."),
            link=look.to("journal", from_=first, until=last), link_text=_("Journal"),
        )  # fmt: skip


def elsewhere(look: Look) -> Iterator[Finding]:
    """A correction of what another program has filed tells the differences, not the whole."""
    if look.one.kind != VatReturn.Kind.CORRECTION:
        return
    if any(
        one.elsewhere and (one.start, one.end) == (look.one.start, look.one.end)
        for one in look.filed
    ):
        yield Finding(
            "vat.differences_alone",
            _("The period was filed with another program. This correction tells only what was posted since."),
            link=look.journal(), link_text=_("Journal"), is_info=True,
        )  # fmt: skip


def closing(look: Look) -> Iterator[Finding]:
    """What is open when method and basis change together: the last return of the old method carries it,
    at its rates (MWSTV Art. 79 para. 4, Art. 81 para. 6, as in force since 2025).
    """
    if look.scope.closing is not None and look.one.kind == VatReturn.Kind.FIRST:
        nothing = Span(look.one.end + DAY, look.one.end)
        told = compute(replace(look.scope, spans=[nothing])).declaration
        yield Finding(
            "vat.carried_at_change",
            _("Method and basis change on %(date)s. What is open then is carried here, by the method that "
              "ends: turnover of %(turnover)s, tax of %(tax)s.")
            % {"date": swiss_date(look.one.end + DAY), "turnover": chf(told.taxable),
               "tax": chf(told.payable)},
            link=look.to("open-receivables"), link_text=_("Open items"), amount=chf(told.payable),
            is_info=True,
        )  # fmt: skip
    yield from _not_carried(look)


def _not_carried(look: Look) -> Iterator[Finding]:
    """The return before a change of method and basis was filed without what was open then."""
    if look.one.kind != VatReturn.Kind.FIRST:
        return
    before = [one for one in look.filed if one.end + DAY == look.one.start]
    changed = [one for one in look.periods if one.end + DAY == look.one.start and one.next_basis]
    if not before or not changed:
        return
    name = {"period": period_name(before[0].start, before[0].end)}
    if not any(one.next_basis for one in before):
        yield Finding(
            "vat.method_and_basis_changed",
            _("Method and basis changed together, but the return of %(period)s was filed without what was "
              "open then. Make a correction return of it (MWSTV Art. 79 and 81).") % name,
            link=look.to("vat-return", before[0].start.isoformat()), link_text=_("VAT return"),
        )  # fmt: skip
    elif all(one.elsewhere for one in before):
        yield Finding(
            "vat.carried_elsewhere",
            _("Method and basis changed together. The return of %(period)s was filed with another program: "
              "what was open then belongs there (MWSTV Art. 79 and 81).") % name,
            link=look.to("open-receivables"), link_text=_("Open items"), is_info=True,
        )  # fmt: skip


def _plain(look: Look, spans: Sequence[Span]) -> Question:
    """The question of the return about other spans, without what it carries."""
    return replace(look.scope.question, spans=spans, switched_on=None, closing=None)


def _amounts(look: Look, asked: Question) -> tuple[Decimal, Decimal]:
    """Turnover, and tax as it is booked, credit positive; one query."""
    turnover = tax = ZERO
    for row in pieces.sums(asked):
        if look.codes[row.code].kind in {CodeKind.OUTPUT, CodeKind.DISCOUNT}:
            turnover -= row.net if look.scope.is_effective else row.gross
        tax -= row.tax + row.owed
    return turnover, tax


def unusual(look: Look) -> Iterator[Finding]:
    """Turnover or input tax far from the earlier returns, or below zero."""
    told = look.found.declaration
    if told.box("200") < 0:
        yield Finding(
            "vat.turnover_negative",
            _("Turnover is below zero: %(amount)s. Check credit notes and reversals.")
            % {"amount": chf(told.box("200"))},
            link=look.journal(), link_text=_("Journal"), amount=chf(told.box("200")),
        )  # fmt: skip
    before = _before(look)
    if not before:
        return
    for code, name, value in (
        ("vat.turnover_unusual", _("Turnover"), lambda one: one.box("200")),
        ("vat.input_tax_unusual", _("Input tax"), _input_tax),
    ):
        now, usual = value(told), sum((value(one) for one in before), ZERO) / len(before)
        if _is_far(now, usual, look):
            yield Finding(
                code,
                _("%(name)s is %(now)s, in earlier periods it was %(usual)s on average. Check whether "
                  "something is missing or posted twice.")
                % {"name": name, "now": chf(now), "usual": chf(usual)},
                link=look.journal(), link_text=_("Journal"), amount=chf(now - usual),
            )  # fmt: skip


def acquisitions_missing(look: Look) -> Iterator[Finding]:
    """No acquisition tax, though each of the returns before had some."""
    before = _before(look)
    if len(before) == COMPARED and not look.found.declaration.acquisitions:
        amounts = [sum((row.turnover for row in one.acquisitions), ZERO) for one in before]
        if all(amounts):
            yield Finding(
                "vat.acquisitions_missing",
                _("There is no acquisition tax, while each of the %(count)s returns before had some, "
                  "%(usual)s on average. Look for services from abroad.")
                % {"count": COMPARED, "usual": chf(sum(amounts, ZERO) / len(amounts))},
                link=look.journal(), link_text=_("Journal"),
            )  # fmt: skip


def _before(look: Look) -> Sequence[Declaration]:
    """The newest comparable returns before this one: as long, and by the same method."""
    one, found = look.one, look.found
    rows = [
        row for row in look.filed
        if row.kind == VatReturn.Kind.FIRST and not row.elsewhere and row.end < one.start
        and (row.method, row.interval) == (one.method, one.interval)
    ]  # fmt: skip
    return [
        fill(sums_of(row.figures), start=row.start, end=row.end, method=row.method, basis=row.basis,
             rate_boxes=found.rate_boxes)
        for row in rows[-COMPARED:]
    ]  # fmt: skip


def _input_tax(one: Declaration) -> Decimal:
    return one.box("400") + one.box("405")


def _is_far(now: Decimal, usual: Decimal, look: Look) -> bool:
    factor, least = (rule(name, look.one.end) for name in ("unusual_factor", "unusual_least"))
    small, large = sorted((abs(now), abs(usual)))
    if large < least:
        return False
    return now * usual < 0 or large > factor * small
