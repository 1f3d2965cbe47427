"""Status reports of the bank (Statusmeldungen, pain.002): noted on the run, never posted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.payments.drafting import held_run
from accounting.payments.models import PaymentReport, PaymentRun, RunPayment
from accounting.payments.pain.status import Reason, Report
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock, sandbox
from erp.core.bulk import update_rows
from erp.core.errors import DomainError
from erp.documents import storing

READER = "accounting.payments.pain.status:read"


class UnknownOrder(DomainError):
    code = "payments.unknown_order"
    message = _(
        "The report speaks of message %(message)s, and no payment run of this company has it. "
        "Import it in the company that paid."
    )
    field = "file"


@transaction.atomic
def read_report(company: Company, *, content: bytes, name: str, by: User) -> PaymentRun:
    """Note what a report says of a run and of each payment; the same file again changes nothing.

    The file is read in a child process with limits. A status of the message or of a block counts for
    payments of which nothing else is said. Returns the run. Raises ``UnknownOrder``, and what
    ``pain.status.read`` raises.
    """
    report: Report = sandbox.call(READER, content)
    found = PaymentRun.of(company).filter(message_id=report.order_id).exclude(message_id="").first()
    if found is None:
        raise UnknownOrder(message=report.order_id)
    run = held_run(found)
    file = storing.keep(company=company, name=name[:200] or "pain002.xml", content=content,
                        content_type="application/xml", by=by)  # fmt: skip
    _row, new = PaymentReport.unscoped.get_or_create(
        company=company, run=run, file=file,
        defaults={"message_id": report.message_id, "created": report.created, "status": report.status,
                  "reasons": _stored(report.reasons), "read_at": clock.now(), "read_by": by},
    )  # fmt: skip
    if not new:
        return run
    _note(run, report)
    run.bank_status = report.status or run.bank_status
    run.save(update_fields=["bank_status"])
    trail.record(company=company, by=by, action="payment_run.read_report", subject=run,
                 details=trail.filled({"status": report.status, "number": report.message_id}))  # fmt: skip
    return run


def _note(run: PaymentRun, report: Report) -> None:
    rows = list(RunPayment.of(run.company_id).filter(run=run))
    blocks = {one.id: one for one in report.blocks}
    said = {
        (block.id, one.end_to_end_id or one.instruction_id): one
        for block in report.blocks for one in block.payments
    }  # fmt: skip
    changed = []
    for row in rows:
        one, block = said.get((row.block_id, row.end_to_end_id)), blocks.get(row.block_id)
        status = (one and one.status) or (block and block.status) or report.status
        reasons = one.reasons if one else block.reasons if block else report.reasons
        if status:
            row.bank_status, row.bank_reasons = status, _stored(reasons)
            changed.append(row)
    update_rows(RunPayment, changed, ["bank_status", "bank_reasons"])


def _stored(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    return [asdict(one) for one in reasons]
