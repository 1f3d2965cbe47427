"""The certificate as a PDF (Lohnausweis drucken): a drawing of our own with the field numbers of form 11.

In the official language of the employee, on A4. There is no two-dimensional barcode on it; the form is
accepted without one. Source: form 605.040.18, its fields A to I and 1 to 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from erp.documents.pdf import render
from payroll.declarations.certificate import DEDUCTIONS, Certificate
from payroll.declarations.remarks import remarks_of


@dataclass(frozen=True, slots=True)
class FormRow:
    """A box of the form: its number, what it is, of what kind, and whole francs; None prints nothing."""

    number: str
    title: str
    kind: str = ""
    amount: Decimal | None = None
    style: str = ""
    sign: str = ""
    tick: bool | None = None


def pdf_of(certificate: Certificate) -> bytes:
    """The PDF of a certificate. The same content gives the same bytes. Raises ``PdfUnavailable``."""
    with override(certificate.language):
        html = render_to_string(
            "payroll/declarations/certificate_paper.html", context_of(certificate)
        )
    return render(html, sheets=["certificate"])


def context_of(one: Certificate) -> dict[str, Any]:
    """What form and page show, in the active language."""
    return {
        "one": one, "rows": rows_of(one), "remarks": remarks_of(one),
        "address": one.address or (one.name,),
    }  # fmt: skip


def rows_of(one: Certificate) -> list[FormRow]:
    """Boxes 1 to 14 in the order of the form."""
    return [*_income(one), *_deductions(one), *_expenses(one)]


def _row(one: Certificate, number: str, title: str, **more: Any) -> FormRow:
    amount = Decimal(one.francs(number))
    return FormRow(number, title, one.kinds.get(number, ""), amount or None, **more)


def _income(one: Certificate) -> Sequence[FormRow]:
    plus = "+"
    return [
        _row(one, "1", _("Wage, as far as not in boxes 2 to 7; pension")),
        FormRow("2", _("Fringe benefits"), style="head"),
        _row(one, "2.1", _("Meals, lodging"), sign=plus, style="sub"),
        _row(one, "2.2", _("Private share of the company car"), sign=plus, style="sub"),
        _row(one, "2.3", _("Other, kind:"), sign=plus, style="sub"),
        _row(one, "3", _("Irregular benefits, kind:"), sign=plus),
        _row(one, "4", _("Capital payments, kind:"), sign=plus),
        _row(one, "5", _("Participation rights, as in the annex"), sign=plus),
        _row(one, "6", _("Fees of the board of directors"), sign=plus),
        _row(one, "7", _("Other benefits, kind:"), sign=plus),
        FormRow("8", _("Gross wage, pension"), "", Decimal(one.francs("8")), "total", "="),
    ]  # fmt: skip


def _deductions(one: Certificate) -> Sequence[FormRow]:
    assert DEDUCTIONS == ("9", "10.1", "10.2")
    minus = "−"
    return [
        _row(one, "9", _("Contributions AHV/IV/EO/ALV/NBUV"), sign=minus),
        FormRow("10", _("Occupational pension (2nd pillar)"), style="head"),
        _row(one, "10.1", _("Ordinary contributions"), sign=minus, style="sub"),
        _row(one, "10.2", _("Contributions for a buy-in"), sign=minus, style="sub"),
        FormRow("11", _("Net wage, pension: carry over to the tax return"), "",
                Decimal(one.francs("11")), "total", "="),
        _row(one, "12", _("Withholding tax deducted")),
    ]  # fmt: skip


def _expenses(one: Certificate) -> Sequence[FormRow]:
    is_ruled = bool(one.expense_rule)
    return [
        FormRow("13", _("Expense allowances, not within the gross wage"), style="head"),
        FormRow("13.1", _("Effective expenses"), style="sub head"),
        _row(one, "13.1.1", _("Travel, meals, nights"), style="subsub",
             tick=is_ruled and bool(one.box("13.1.1"))),
        _row(one, "13.1.2", _("Other, kind:"), style="subsub"),
        FormRow("13.2", _("Lump-sum expenses"), style="sub head"),
        _row(one, "13.2.1", _("Representation"), style="subsub"),
        _row(one, "13.2.2", _("Car"), style="subsub"),
        _row(one, "13.2.3", _("Other, kind:"), style="subsub"),
        _row(one, "13.3", _("Contributions to further education"), style="sub"),
        FormRow("14", _("Further fringe benefits, kind:"), one.notes.benefits),
    ]  # fmt: skip


def file_name(one: Certificate) -> str:
    """``2026-Lohnausweis-17-1.pdf``: the personnel number, no name."""
    with override(one.language):
        word = _("Wage certificate")
    return f"{one.year}-{word}-{one.doc.split('-', 1)[-1]}.pdf".replace(" ", "-")
