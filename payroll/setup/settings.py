"""How a company reckons and pays wages (Lohneinstellungen): read and changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts.rows import clean_text
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, LegalForm
from erp.core.errors import DomainError, Refusals
from payroll.setup.models import PayrollSettings
from payroll.wages.values import Terms

FIELDS: Final = ("rounding", "weekly_hours", "pay_day", "jump_percent", "simplified",
                 "always_liable", "by_cost_centre", "commission", "slip_text")  # fmt: skip
#: Who may not use the simplified procedure. Source: BGSA Art. 2 para. 2.
NEVER_SIMPLIFIED: Final = frozenset({LegalForm.LLC, LegalForm.CORPORATION, LegalForm.COOPERATIVE})
_RANGES: Final = {"weekly_hours": (1, 60), "pay_day": (1, 31), "jump_percent": (0, 999)}
_CHOICES: Final = {"rounding": PayrollSettings.Rounding, "commission": PayrollSettings.Commission}
WEEKS: Final = Decimal(52)
MONTHS: Final = Decimal(12)


class OutOfRange(DomainError):
    code = "payrollsetup.out_of_range"
    message = _("%(value)s is not possible here. Choose something from %(least)s to %(most)s.")


class NotOffered(DomainError):
    code = "payrollsetup.not_offered"
    message = _("“%(value)s” is not among the choices. Take one of: %(choices)s.")


class SimplifiedNotAllowed(DomainError):
    code = "payrollsetup.simplified_not_allowed"
    message = _("A company of the form “%(form)s” may not use the simplified procedure (BGSA Art. 2). "
                "Switch it off.")  # fmt: skip
    field = "simplified"


class SettingsChanged(DomainError):
    code = "payrollsetup.settings_changed"
    message = _("The payroll settings were changed by somebody else meanwhile. Look at them again, and "
                "repeat what is still missing.")  # fmt: skip
    conflict = True


def settings_of(company: Company) -> PayrollSettings:
    """How a company reckons wages; what is usual until it says otherwise. One query."""
    found = PayrollSettings.of(company).select_related("company").first()
    return found or PayrollSettings(company=company, version=0)


def terms_of(settings: PayrollSettings) -> Terms:
    """The settings as the calculation takes them. A month has 52/12 weeks: 42 hours are 182 a month."""
    return Terms(
        rounding=Decimal(settings.rounding),
        monthly_hours=settings.weekly_hours * WEEKS / MONTHS,
        simplified=settings.simplified,
    )


@transaction.atomic
def change_settings(
    *, company: Company, by: User, version: int | None = None, **told: Any
) -> PayrollSettings:
    """Change how wages are reckoned from the next calculation on; ``told`` are values of ``FIELDS``.

    Raises ``SettingsChanged`` or ``Refusals`` with all of ``OutOfRange``, ``NotOffered``,
    ``SimplifiedNotAllowed`` and faults of texts.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    row = settings_of(company)
    if version is not None and version != row.version:
        raise SettingsChanged
    before = trail.values(row, *FIELDS)
    faults = list[DomainError]()
    for name, value in told.items():
        try:
            setattr(row, name, _checked(company, name, value))
        except DomainError as refusal:
            faults.append(refusal)
    if faults:
        raise Refusals(faults)
    row.version += 1
    row.save()
    if changes := trail.changes(before, trail.values(row, *FIELDS)):
        trail.record(company=company, by=by, action="payroll_settings.change", subject=row,
                     details=changes)  # fmt: skip
    return row


def _checked(company: Company, name: str, value: Any) -> Any:
    if name in _RANGES:
        least, most = _RANGES[name]
        if value is None or not least <= value <= most:
            told = "–" if value is None else value
            raise OutOfRange(field=name, value=told, least=least, most=most)
    if name in _CHOICES and value not in _CHOICES[name].values:
        choices = ", ".join(map(str, _CHOICES[name].values))
        raise NotOffered(field=name, value=str(value)[:20], choices=choices)
    if name == "simplified" and value and company.legal_form in NEVER_SIMPLIFIED:
        raise SimplifiedNotAllowed(form=company.get_legal_form_display())
    return clean_text(value or "", name, 1000) if name == "slip_text" else value
