"""What the closing of a year asks of payroll: does the ledger hold what the slips say?"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, key_of, register
from erp.access.permissions import Permission
from erp.companies.models import Company, Module
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.runs.models import PayrollRun


def payroll_agrees(company: Company, year: FiscalYear) -> Finding:
    """The wages of the calendar year in which the fiscal year ends, beside the ledger.

    A year that does not end in December is reconciled with the declarations of the calendar year.
    """
    if not company.uses(Module.PAYROLL):
        return Finding(None, _("Payroll is switched off."))
    runs = PayrollRun.of(company).filter(month__range=(year.start.replace(day=1), year.end))
    if not runs.exclude(status=PayrollRun.Status.CANCELLED).exists():
        return Finding(None, _("No wages were paid."))
    page = reverse("payroll-reconciliation", args=[company.pk, year.end.year])
    text = _("Reconciliation of payroll")
    unposted = runs.exclude(status__in={*PayrollRun.BOOKED, PayrollRun.Status.CANCELLED})
    open_runs = list(unposted.values_list("pk", flat=True))
    evidence: tuple[Evidence, ...] = ()
    if open_runs:
        evidence = (Evidence(_("Runs not posted"), text=str(len(open_runs)), link=page,
                             key=f"runs {key_of(open_runs)}"),)  # fmt: skip
    found = reconcile(company, year.end.year, prepared(company, year.end.year))
    if found.missing:
        evidence += (
            Evidence(_("Ledger not compared"), key=f"missing {key_of([found.missing_key])}"),
        )
    if found.clearing:
        evidence += (Evidence(_("Wages clearing"), found.clearing, link=page, key="clearing"),)
    evidence += tuple(
        Evidence(f"{row.number} {row.name}", row.posted - row.slips, link=page, key=row.number)
        for row in found.accounts if not row.agrees
    )  # fmt: skip
    evidence += tuple(
        Evidence(str(one.name), one.difference, link=page, key=f"check {nth}")
        for nth, one in enumerate(found.checks)
        if not one.agrees
    )
    if open_runs:
        return Finding(
            False, _("Not all payroll runs of the year are posted."), evidence, page, text
        )
    if not found.agrees:
        reason = found.missing or _("Payroll and ledger differ.")
        return Finding(False, str(reason), evidence, page, text)
    return Finding(True, _("Payroll and ledger agree."), evidence, page, text)


def register_own() -> None:
    """The check of this room."""
    register(Check("payroll", gettext_lazy("Payroll agrees with the ledger"), 220, Weight.WARNS,
                   payroll_agrees, Permission.PAYROLL_READ))  # fmt: skip
