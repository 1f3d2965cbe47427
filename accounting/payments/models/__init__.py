"""What the room of payments stores."""

from accounting.payments.models.instructions import (
    PayeeAccount,
    PaymentInstruction,
    PaymentSettings,
)
from accounting.payments.models.runs import PaymentReport, PaymentRun, RunItem, RunPayment

__all__ = [
    "PayeeAccount",
    "PaymentInstruction",
    "PaymentReport",
    "PaymentRun",
    "PaymentSettings",
    "RunItem",
    "RunPayment",
]
