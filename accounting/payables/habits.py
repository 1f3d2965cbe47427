"""What a supplier's invoices are usually booked to (Kontierungsvorschlag): from the last ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from accounting.terms.queries import supplier_terms
from erp.companies.models import Company

LOOKED_AT: Final = 12  # invoices


@dataclass(frozen=True, slots=True)
class Habit:
    """Account, VAT code and cost units that lines of a supplier had most often, and how often."""

    account: str
    vat_code: str
    cost_centre: str
    cost_object: str
    rate: Decimal
    times: int
    of: int


def habits(company: Company, contact: int) -> list[Habit]:
    """How the last invoices of a supplier were booked, the most frequent first; two queries."""
    last = SupplierInvoice.of(company).filter(
        contact=contact, status=SupplierInvoice.Status.POSTED, is_deposit=False
    ).order_by("-date", "-pk")[:LOOKED_AT]  # fmt: skip
    invoices = [row.pk for row in last.only("pk")]
    rows = SupplierInvoiceLine.of(company).filter(
        invoice__in=invoices, account__isnull=False, deposit=None
    ).order_by("-invoice__date", "-invoice", "position")  # fmt: skip
    told = rows.values_list("account__number", "vat_code__code", "cost_centre__number",
                            "cost_object__number", "rate")  # fmt: skip
    counted = Counter(told)
    return [
        Habit(account, code or "", centre or "", unit or "", rate, times, len(invoices))
        for (account, code, centre, unit, rate), times in counted.most_common(5)
    ]


def usual(company: Company, contact: int, *, rate: Decimal | None = None) -> Habit | None:
    """What a line of a supplier is most likely booked to; of a VAT rate where one is known.

    The past comes before what was agreed in the terms. None where neither says anything.
    """
    found = habits(company, contact)
    fitting = [one for one in found if rate is None or one.rate == rate]
    if fitting:
        return fitting[0]
    terms = supplier_terms(company, contact)
    if terms is None or terms.expense_account is None:
        return None
    code = terms.vat_code or terms.expense_account.vat_code
    centre = terms.cost_centre.number if terms.cost_centre else ""
    return Habit(
        terms.expense_account.number, code.code if code else "", centre, "", Decimal(0), 0, 0
    )
