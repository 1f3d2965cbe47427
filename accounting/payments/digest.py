"""What an approval binds (PAY-2): the SHA-256 of all that a run would pay, and how."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from accounting.payments.models import PaymentRun, RunItem, RunPayment
from accounting.payments.values import KEPT

FORM: Final = "rappen-payments-1"  # the canonical form below; another form gets another name


def digest_of(run: PaymentRun) -> str:
    """The digest of a run as it is stored now: 64 hexadecimal digits. Two queries."""
    items: dict[int, list[Any]] = {}
    for row in RunItem.of(run.company_id).filter(run=run).order_by("item"):
        items.setdefault(row.payment_id, []).append(
            [row.item_id, f"{row.paid:.2f}", f"{row.discount:.2f}"]
        )
    payments = [
        [one.position, one.date.isoformat(), f"{one.amount:.2f}", one.end_to_end_id, one.contact_id or 0,
         *(getattr(one, name) for name in KEPT), items.get(one.pk, [])]
        for one in RunPayment.of(run.company_id).filter(run=run).order_by("position")
    ]  # fmt: skip
    told = [FORM, run.company.seal_number, run.number, run.bank_account.iban, run.currency, run.date.isoformat(),
            run.batch, run.is_salary, run.advice, payments]  # fmt: skip
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
