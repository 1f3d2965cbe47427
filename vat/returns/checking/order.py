"""Whether it is a return's turn (Reihenfolge): earlier periods, overlaps, the end of the period."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounting.ledger.models import FiscalYear
from erp.core import clock
from erp.core.display import swiss_date
from vat.returns.checking.looking import Look, enumerated
from vat.returns.findings import Finding
from vat.returns.models import VatReturn
from vat.returns.periods import period_name

FIRST = VatReturn.Kind.FIRST


def earlier_open(look: Look) -> Iterator[Finding]:
    """Returns are filed in order, so that what came late belongs to one of them alone.

    Asked are the periods for which there are books.
    """
    if look.one.kind != FIRST:
        return
    years = FiscalYear.of(look.company).order_by("start").values_list("start", flat=True)
    books = years.first()
    filed = [one for one in look.filed if one.kind == FIRST]
    missing = [
        period for period in look.periods
        if period.end < look.one.start and books is not None and period.end >= books
        and not any(one.start <= period.end and period.start <= one.end for one in filed)
    ]  # fmt: skip
    if missing:
        yield Finding(
            "vat.earlier_period_open",
            _("Earlier periods are not filed yet: %(periods)s. File them first, or say that they were "
              "filed with another program.") % {"periods": enumerated([one.name for one in missing])},
            is_error=True,
        )  # fmt: skip


def overlapping(look: Look) -> Iterator[Finding]:
    """No day is declared by two returns."""
    one = look.one
    if one.kind != FIRST:
        return
    for other in look.filed:
        same = (other.start, other.end) == (one.start, one.end)
        if other.kind == FIRST and not same and other.start <= one.end and one.start <= other.end:
            yield Finding(
                "vat.periods_overlap",
                _("The filed return of %(period)s covers days of this one. Correct the VAT settings so "
                  "that periods follow each other.")
                % {"period": period_name(other.start, other.end)},
                is_error=True, link=look.to("vat-settings"), link_text=_("VAT settings"),
            )  # fmt: skip


def not_over(look: Look) -> Iterator[Finding]:
    """What can be checked, but not filed yet."""
    if clock.today() <= look.one.end:
        yield Finding(
            "vat.period_runs",
            _("The period runs until %(end)s. It is filed after that day; figures may change until then.")
            % {"end": swiss_date(look.one.end)},
            is_info=True,
        )  # fmt: skip
