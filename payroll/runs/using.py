"""Which wage types movements and slips name (Verwendung): those are not deleted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.companies.models import Company
from payroll.runs.models import MonthlyMovement, PayrollRun, Payslip
from payroll.wage_types import usage
from payroll.wage_types.usage import Use


def of_movements(company: Company) -> set[int]:
    """Numbers in movements of months that are not posted."""
    rows = MonthlyMovement.of(company)
    last = PayrollRun.of(company).filter(
        kind=PayrollRun.Kind.REGULAR, status__in=PayrollRun.BOOKED
    ).order_by("-month").first()  # fmt: skip
    if last is not None:
        rows = rows.filter(month__gt=last.month)
    return {row.content.type for row in rows}


def of_slips(company: Company) -> set[int]:
    """Numbers on all slips."""
    slips = Payslip.of(company).defer("paper")
    return {line.type for slip in slips.iterator(500) for line in slip.content.slip.lines}


def register() -> None:
    """Tell the room of wage types; in ``AppConfig.ready``."""
    usage.register("movements", Use(_("movements"), of_movements, holds=True))
    usage.register("payslips", Use(_("payslips"), of_slips))
