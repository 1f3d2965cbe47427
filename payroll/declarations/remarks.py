"""Remarks of a certificate (Bemerkungen, box 15) in the active language, and what stands in box 14.

Source: guide to form 11, margins 62 to 70; ELM 5.0, StandardRemark.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.core.display import chf, swiss_date
from payroll.declarations.certificate import Certificate
from payroll.declarations.notes import AbroadKind, Grant


def remarks_of(certificate: Certificate) -> list[str]:
    """All remarks, the one about a replaced certificate first."""
    return [*_of_certificate(certificate), *_of_notes(certificate)]


def _of_certificate(one: Certificate) -> Iterator[str]:
    if one.rectifies is not None:
        yield _("This certificate replaces that of %(date)s.") % {"date": swiss_date(one.rectifies)}
    if one.count > 1:
        yield _("One of %(count)s wage certificates of the year.") % {"count": one.count}
    if one.expense_rule == "approved" and one.expense_date is not None:
        yield _("Expense regulation approved by the canton of %(canton)s on %(date)s.") % {
            "canton": one.expense_canton, "date": swiss_date(one.expense_date)}  # fmt: skip
    if one.activity is not None:
        yield _("Part-time: %(percent)s %%.") % {"percent": percent(one.activity)}


def _of_notes(one: Certificate) -> Iterator[str]:
    notes = one.notes
    if notes.allowance_by_fund:
        yield _("Family allowances are paid by the compensation fund.")
    if notes.relocation_costs is not None:
        yield _("Relocation costs of CHF %(amount)s paid by the employer.") % {
            "amount": chf(notes.relocation_costs)}  # fmt: skip
    if notes.shares is not None:
        yield _("Market value of staff shares: %s.") % _granted(notes.shares)
    if notes.shares_without_income:
        yield _("Staff shares without taxable income (see annex).")
    if notes.car_to_clarify:
        yield _("Private share of the company car to be clarified in the tax assessment.")
    if notes.minimal_car_part:
        yield _("The employee pays a minimal part of the company car.")
    if notes.field_work is not None:
        yield _field_work(notes.field_work_kind, notes.field_work)
    if notes.tax_objection:
        yield _("Withholding tax: objection is possible until 31 March of the following year.")
    if notes.continued_for:
        yield _("Continued payment of wages for: %(who)s.") % {"who": notes.continued_for}
    if notes.expatriate is not None:
        yield _("Expatriate ruling: %s.") % _granted(notes.expatriate)
    if notes.remark:
        yield notes.remark


def _field_work(kind: AbroadKind, part: Decimal) -> str:
    if kind == AbroadKind.LUMP:
        return _("Field work: %(percent)s %% (lump).") % {"percent": percent(part)}
    return _("Field work: %(percent)s %% (effective).") % {"percent": percent(part)}


def _granted(grant: Grant) -> str:
    return _("approved by the canton of %(canton)s on %(date)s") % {
        "canton": grant.canton, "date": swiss_date(grant.date)}  # fmt: skip


def percent(part: Decimal) -> str:
    return f"{part.normalize():f}"
