"""What documents of a company have in common (Einstellungen der Belege): read and changed."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.receivables.models import SalesSettings
from accounting.terms.models import PaymentTerms
from accounting.terms.payment_terms import USUAL
from contacts.phones import parse_mail
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals, called
from erp.core.texts import one_line

FIELDS: Final = ("basis", "rounding", "five_centimes", "payment_terms", "bank_account", "offer_days",
                 "phone", "mail", "web", "footer", "address_left")  # fmt: skip
MOST_DAYS: Final = 999
_LINES: Final = {"phone": 40, "web": 120, "footer": 300}


class BadOfferDays(DomainError):
    code = "receivables.bad_offer_days"
    message = _("An offer valid for %(value)s days is not possible. From 1 to %(most)s is.")
    field = "offer_days"


def settings_of(company: Company) -> SalesSettings:
    """How a company writes its documents; what is usual until it says otherwise."""
    rows = SalesSettings.of(company).select_related("company", "payment_terms", "bank_account")
    found: SalesSettings | None = rows.first()
    if found is not None:
        return found
    usual = PaymentTerms.of(company).filter(code=USUAL).first()
    return SalesSettings(company=company, payment_terms=usual)


@transaction.atomic
def change_settings(*, company: Company, by: User, **told: Any) -> SalesSettings:
    """Change how documents are written from now on; ``told`` are values of ``FIELDS``.

    Raises ``Refusals`` with all of ``BadOfferDays``, ``NotAMail`` and faults of texts.
    """
    hold(company)
    row = settings_of(company)
    before = trail.values(row, *FIELDS)
    faults = list[DomainError]()
    for name, value in told.items():
        try:
            setattr(row, name, _checked(name, value))
        except DomainError as refusal:
            faults.append(refusal)
    if faults:
        raise Refusals(faults)
    row.save()
    if changes := trail.changes(before, trail.values(row, *FIELDS)):
        trail.record(company=company, by=by, action="sales_settings.change", subject=row,
                     details=changes)  # fmt: skip
    return row


def hold(company: Company) -> None:
    """Keep others from changing the settings until the end of the transaction."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _checked(name: str, value: Any) -> Any:
    if name == "offer_days" and not 1 <= value <= MOST_DAYS:
        raise BadOfferDays(value=value, most=MOST_DAYS)
    if name == "mail":
        with called(value="mail"):
            return parse_mail(value) if value and value.strip() else ""
    if name in _LINES:
        return one_line(value or "", field=name, most=_LINES[name])
    return value
