"""Four eyes (Vier-Augen-Prinzip): who may approve what somebody else prepared (PAY-1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.payments.models import PaymentSettings
from erp.access.firms.models import FirmStaff, Mandate
from erp.access.models import Membership, User
from erp.access.permissions import EMPLOYEE, Permission
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError

#: Why one person was enough, as it is kept on record.
ALONE: Final = "alone"
OFF: Final = "off"
WAIVERS: Final = {
    ALONE: _("one person alone works in the company"),
    OFF: _("two people switched four eyes off"),
}


class NeedsAnother(DomainError):
    code = "payments.needs_another"
    message = _(
        "You prepared this run, or changed bank details in it. Let another person look at it and approve."
    )
    conflict = True


class AskedYourself(DomainError):
    code = "payments.asked_yourself"
    message = _("You asked for this yourself. A second person who gives access has to confirm it.")
    conflict = True


class OffAlready(DomainError):
    code = "payments.four_eyes_off"
    message = _("Four eyes are switched off already.")
    conflict = True


def people(company: Company) -> int:
    """How many active people have access to a company, by roles of their own or by a mandate.

    Whoever sees their own wage alone is no second person: they could approve nothing.
    """
    working = ~Q(role__code=EMPLOYEE, role__ready=True) & ~Q(
        role__permissions=[Permission.PAYROLL_OWN]
    )
    own = (
        Membership.of(company).filter(working, user__is_active=True).values_list("user", flat=True)
    )
    firms = Mandate.of(company).filter(ended_at=None).values_list("firm", flat=True)
    staff = FirmStaff.objects.filter(firm__in=list(firms), user__is_active=True)
    return len({*own, *staff.values_list("user", flat=True)})


def settings_of(company: Company) -> PaymentSettings:
    """The settings as they are; nothing is stored until somebody changes them."""
    found = PaymentSettings.of(company).select_related("off_asked_by", "off_by").first()
    return found or PaymentSettings(company=company)


def waiver_for(company: Company, *, by: User, involved: Collection[int]) -> str:
    """Why ``by`` may approve alone; blank where they are not ``involved``, and nothing is waived.

    Raises ``NeedsAnother``.
    """
    if by.pk not in involved:
        return ""
    if people(company) == 1:
        return ALONE
    if not settings_of(company).four_eyes:
        return OFF
    raise NeedsAnother


@transaction.atomic
def switch_off(company: Company, *, by: User) -> PaymentSettings:
    """Do without four eyes: the first who calls asks for it, a second person confirms.

    Raises ``AskedYourself`` or ``OffAlready``. Pages and endpoints ask for the second factor.
    """
    PaymentSettings.unscoped.get_or_create(company=company)
    found: PaymentSettings = PaymentSettings.of(company).select_for_update().get()
    if not found.four_eyes:
        raise OffAlready
    if found.off_asked_by_id is None:
        found.off_asked_by, found.off_asked_at = by, clock.now()
        action = "payment_settings.ask_off"
    elif found.off_asked_by_id == by.pk:
        raise AskedYourself
    else:
        found.four_eyes, found.off_by, found.off_at = False, by, clock.now()
        action = "payment_settings.switch_off"
    found.save()
    trail.record(company=company, by=by, action=action, subject=found)
    return found


@transaction.atomic
def switch_on(company: Company, *, by: User) -> PaymentSettings:
    """Ask for four eyes again, or take the wish to do without back; one person is enough."""
    PaymentSettings.unscoped.get_or_create(company=company)
    found: PaymentSettings = PaymentSettings.of(company).select_for_update().get()
    found.four_eyes = True
    found.off_asked_by = found.off_asked_at = found.off_by = found.off_at = None
    found.save()
    trail.record(company=company, by=by, action="payment_settings.switch_on", subject=found)
    return found
