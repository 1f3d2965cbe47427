"""Expenses of the demo books: kinds with a flat rate, and claims in each state but booked."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Final

from PIL import Image, ImageDraw

from accounting.ledger.models import Account
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module
from erp.documents.models import StoredFile
from erp.documents.storing import store
from payroll.expenses import claiming, deciding, kinds
from payroll.expenses.claiming import TypedExpense
from payroll.expenses.models import ExpenseKind
from payroll.wage_types.models import WageType
from vat.codes.models import VatCode

#: Code, names in four languages, account, VAT code, wage type, unit, whether a receipt is needed.
KINDS: Final = (
    ("VERPF", ("Verpflegung", "Repas", "Vitto", "Meals"), "5820", "", 6000, "", True),
    ("REISE", ("Bahn und Bus", "Train et bus", "Treno e bus", "Train and bus"), "5820", "", 6000, "", True),
    ("AUTO", ("Privatauto", "Voiture privée", "Auto privata", "Private car"), "5820", "", 6001, "km", False),
    ("MAT", ("Material", "Matériel", "Materiale", "Material"), "4200", "MN", None, "", True),
)  # fmt: skip


def add_expenses(company: Company, owner: User, worker: User) -> None:
    """Let people claim expenses: one claim is approved, one waits, one is a draft."""
    before = list(company.modules)
    company.modules = [*before, Module.EXPENSES]
    company.save(update_fields=["modules"])
    trail.record(company=company, by=owner, action="company.change", subject=company,
                 details={"modules": [before, company.modules]})  # fmt: skip
    for code, names, account, vat, wage_type, unit, needs_receipt in KINDS:
        german, french, italian, english = names
        kind = kinds.save_kind(ExpenseKind(
            company=company, code=code, name_de=german, name_fr=french, name_it=italian,
            name_en=english, account=Account.of(company).get(number=account), unit=unit,
            vat_code=VatCode.of(company).filter(code=vat).first() if vat else None,
            wage_type=WageType.of(company).filter(number=wage_type).first() if wage_type else None,
            needs_receipt=needs_receipt,
        ), by=owner)  # fmt: skip
        if unit:
            kinds.add_rate(kind, valid_from=dt.date(2026, 1, 1), rate=Decimal("0.70"), by=owner)
    fair = claiming.save_claim(company=company, user=worker, title="Holzmesse Basel", by=worker, lines=[
        TypedExpense("REISE", dt.date(2026, 10, 14), Decimal("66.00"), "Altdorf–Basel retour",
                     file=_receipt(company, worker, "SBB", "66.00")),
        TypedExpense("VERPF", dt.date(2026, 10, 14), Decimal("32.50"), "Mittagessen",
                     file=_receipt(company, worker, "Restaurant Rheinblick", "32.50")),
    ])  # fmt: skip
    deciding.approve(deciding.submit(fair, user=worker, by=worker), by=owner)
    site = claiming.save_claim(company=company, user=worker, title="Baustelle Seeblick", by=worker, lines=[
        TypedExpense("AUTO", dt.date(2026, 11, 18), None, "Altdorf–Vitznau retour",
                     quantity=Decimal(64), project="2601"),
        TypedExpense("MAT", dt.date(2026, 11, 18), Decimal("48.90"), "Schrauben", project="2601",
                     file=_receipt(company, worker, "Eisenwaren Gisler", "48.90")),
    ])  # fmt: skip
    deciding.submit(site, user=worker, by=worker)
    claiming.save_claim(company=company, user=owner, title="Kundenbesuch Luzern", by=owner, lines=[
        TypedExpense("VERPF", dt.date(2026, 11, 24), Decimal("58.00"), "Essen mit Hotel Seeblick"),
    ])  # fmt: skip


def _receipt(company: Company, by: User, shop: str, amount: str) -> StoredFile:
    """A till receipt as a photograph."""
    picture = Image.new("RGB", (420, 260), "white")
    draw = ImageDraw.Draw(picture)
    for nth, text in enumerate((shop, "", f"Total CHF {amount}", "inkl. MWST", "Vielen Dank!")):
        draw.text((30, 30 + 40 * nth), text, fill="black")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return store(company=company, name=f"{shop}.jpg", content=out.getvalue(), by=by)
