"""Modules of the rooms that offer kinds of jobs (``erp.jobs``) and of mails (``erp.mails``)."""

from __future__ import annotations

from typing import Final

JOBS: Final = [
    "erp.reference.jobs",
    "accounting.ledger.jobs",
    "accounting.statements.jobs",
    "accounting.valuation.jobs",
    "accounting.closing.jobs",
    "accounting.procedure.jobs",
    "accounting.archive.jobs",
    "erp.fiduciary.jobs",
    "erp.handover.jobs",
    "accounting.receivables.jobs",
    "accounting.open_items.jobs",
    "accounting.banking.matching.jobs",
    "accounting.receivables.dunning.jobs",
    "accounting.payables.capture.jobs",
    "contacts.jobs",
    "vat.returns.jobs",
    "payroll.employees.jobs",
    "payroll.runs.jobs",
    "payroll.runs.delivering",
    "payroll.declarations.jobs",
    "payroll.declarations.delivering",
]

MAILS: Final = [
    "erp.webhooks.notices",
    "accounting.receivables.mail_kinds",
    "accounting.receivables.dunning.mailing",
    "accounting.payments.notices",
    "payroll.delivery.mail_kinds",
    "erp.fiduciary.mail_kinds",
    "accounting.hours.notices",
    "accounting.payables.notices",
    "payroll.expenses.notices",
    "erp.cockpit.digests",
]
