"""People who are taxed at source in Zurich, whose tax is settled."""

from __future__ import annotations

from contacts import saving
from payroll.employees.facts import Permit, WithholdingTax
from payroll.setup.institutions import save_institution
from tests import make
from tests.accounting.payments.orders import iban
from tests.payroll.rates.test_tariffs import load, record
from tests.payroll.runs import books

OFFICE_IBAN = iban("CH", "30000123456789012")  # a QR-IBAN


def tariff():
    """Zurich 2026: five percent of all, two percent of it for the employer."""
    load(
        record("06", "A0N", 1, percent=500, year=2026), record("12", "PEL", percent=200, year=2026),
        record("12", "PPA", percent=100, year=2026), record("13", "MED", least=587500, year=2026),
        year=2026, made="20251208",
    )  # fmt: skip


def office(company, **more):
    """The tax office with its contact and QR-IBAN."""
    by = make.owner_of(company)
    contact = saving.add_contact(
        company=company, by=by, kind="organisation", name="Kantonales Steueramt",
        addresses=[{"kind": "main", "street": "Bändliweg", "house_number": "21", "postcode": "8090",
                    "town": "Zürich"}],
        bank_accounts=[{"iban": OFFICE_IBAN}],
    )  # fmt: skip
    told = {"kind": "tax", "name": "Steueramt ZH", "canton": "ZH", "contact": contact}
    return save_institution(company=company, by=by, **(told | more))


def taxed(company, amount="6000.00", number=0, **more):
    """Somebody with a monthly wage and code A0N in Zurich."""
    return books.employee(
        company, amount, Permit(category="B"), WithholdingTax(code="A0N", canton="ZH"), number=number,
        **more,
    )  # fmt: skip
