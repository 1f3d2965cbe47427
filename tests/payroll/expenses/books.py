"""A company whose people have expenses, for the tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from erp.documents.storing import store
from payroll.expenses import claiming, deciding, kinds
from payroll.expenses.claiming import TypedExpense
from payroll.expenses.models import ExpenseKind
from payroll.wage_types.models import WageType
from tests import make
from vat.codes.models import VatCode

MARCH_2, MARCH_31 = dt.date(2026, 3, 2), dt.date(2026, 3, 31)
MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def kind(company, code="MAHL", *, account="5820", vat="", wage_type=6000, **more):
    told = {"name_de": f"Art {code}", "needs_receipt": False} | more
    return kinds.save_kind(
        ExpenseKind(
            company=company, code=code, account=make.account(company, account),
            vat_code=VatCode.of(company).get(code=vat) if vat else None,
            wage_type=WageType.of(company).get(number=wage_type) if wage_type else None, **told,
        ), by=make.owner_of(company),
    )  # fmt: skip


def line(paid="32.50", *, code="MAHL", day=MARCH_2, **more):
    return TypedExpense(code, day, Decimal(paid) if paid else None, **more)


def claim(company, user, *lines, title="Kunde in Bern", **more):
    told = {"lines": lines or (line(),)} | more
    return claiming.save_claim(company=company, user=user, title=title, by=user, **told)


def receipt(company, user, content=PDF):
    return store(company=company, name="quittung.pdf", content=content, by=user)


def approved(company, user, *lines, **more):
    found = claim(company, user, *lines, **more)
    return deciding.approve(deciding.submit(found, user=user, by=user), by=make.owner_of(company))
