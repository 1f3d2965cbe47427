"""Whether a company may still settle by the simplified procedure (BGSA Art. 2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from erp.core.display import chf
from erp.core.errors import DomainError
from erp.core.money import ZERO
from payroll.employees.people import PersonFile
from payroll.rates import figures, own
from payroll.runs.models import PayrollRun, Payslip
from payroll.wages.ahv import ahv_wages
from payroll.wages.spans import month_end
from payroll.wages.values import Finding


class SimplifiedTotalExceeded(DomainError):
    code = "payroll.simplified_total"
    message = _("All wages of the year come to %(total)s: more than %(most)s, so the simplified procedure is "
                "not allowed (BGSA Art. 2). Switch it off in the payroll settings, and calculate anew.")  # fmt: skip
    field = "simplified"
    conflict = True


def findings_of(file: PersonFile) -> tuple[Finding, ...]:
    """Spouse and children in the own business are never settled so."""
    if not file.personal.spouse_works_here:
        return ()
    return (Finding(code="simplified.relative", stops=True),)


def require_total(held: PayrollRun, slips: Iterable[Payslip]) -> None:
    """Hold the year's wages of all people against the limit: one query, where the procedure is used.

    Of all others the latest slip of the year counts, even where a correction puts an earlier month right.
    Raises ``SimplifiedTotalExceeded``, or ``FiguresMissing`` where the limit is not known.
    """
    now = {slip.employee_id: slip for slip in slips}  # type: ignore[attr-defined]
    if not any(slip.content.given.terms.simplified for slip in now.values()):
        return
    year = PayrollRun.of(held.company_id).filter(
        month__year=held.month.year, status__in=PayrollRun.BOOKED
    )
    earlier = Payslip.of(held.company_id).filter(run__in=year).exclude(employee__in=now)
    latest = {row.employee_id: row for row in earlier.defer("paper").order_by("run__number")}
    every = (*now.values(), *latest.values())
    total = sum((ahv_wages(one.content.slip.carry.sums) for one in every), ZERO)
    most = figures.figure("simplified_total", month_end(held.month),
                          own=own.figures_of(held.company)).value  # fmt: skip
    if total > most:
        raise SimplifiedTotalExceeded(total=chf(total), most=chf(most))
