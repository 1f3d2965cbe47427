"""The papers of one person (eigene Lohnpapiere): of posted runs alone, and valid certificates."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from payroll.declarations.models import IssuedCertificate
from payroll.employees.models import Employee
from payroll.runs.models import PayrollRun, Payslip


def slips_of(employee: Employee) -> QuerySet[Payslip]:
    """Somebody's slips of posted runs, the newest first; nothing of them is opened.

    Of drafts and of runs that were taken back there is none. A month that was corrected has both, its
    own slip and the correction's.
    """
    rows = Payslip.of(employee.company_id).filter(
        employee=employee, run__status__in=PayrollRun.BOOKED
    )
    found = rows.select_related("run").defer("content", "paper")
    return found.order_by("-run__month", "-run__number")


def certificates_of(employee: Employee) -> QuerySet[IssuedCertificate]:
    """Somebody's valid certificates, the newest first; what a later one replaces is left out."""
    rows = IssuedCertificate.of(employee.company_id).filter(employee=employee)
    later = rows.filter(year=OuterRef("year"), nth=OuterRef("nth"), version__gt=OuterRef("version"))
    return rows.filter(~Exists(later)).defer("content", "paper").order_by("-year", "-nth")


def slip_of(employee: Employee | None, pk: int) -> Payslip:
    """One of somebody's own slips. Raises ``Http404`` for any other's, as for what is not there."""
    if employee is None or (found := slips_of(employee).filter(pk=pk).first()) is None:
        raise Http404
    return found


def certificate_of(employee: Employee | None, pk: int) -> IssuedCertificate:
    """One of somebody's own certificates. Raises ``Http404`` as ``slip_of``."""
    if employee is None or (found := certificates_of(employee).filter(pk=pk).first()) is None:
        raise Http404
    return found
