"""Letting operators look into a company for a time, and no longer."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.access.permissions import SUPPORT
from erp.access.support.models import LONGEST, SHORTEST, SupportConsent
from erp.audit import trail
from erp.cockpit.roles import hold, require_held
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError


class OutOfHours(DomainError):
    code = "support.out_of_hours"
    message = _("Support access lasts from 1 hour to 7 days, not %(hours)s hours.")
    field = "hours"


class AlreadyAllowed(DomainError):
    code = "support.already_allowed"
    message = _("Support access is allowed already. End it first.")
    conflict = True


@transaction.atomic
def allow_support(*, company: Company, reason: str, hours: int, by: User) -> SupportConsent:
    """Let operators look into a company, reading only (Supportzugriff erlauben).

    Nobody opens to operators what is closed to themselves. Raises ``OutOfHours``,
    ``AlreadyAllowed`` or ``MoreThanYouHave``.
    """
    if not SHORTEST <= hours <= LONGEST:
        raise OutOfHours(hours=hours)
    hold(company)
    require_held(SUPPORT, by=by, company=company)
    if running_consent(company) is not None:
        raise AlreadyAllowed
    now = clock.now()
    consent = SupportConsent.unscoped.create(
        company=company, given_by=by, given_at=now, reason=reason,
        until=now + dt.timedelta(hours=hours),
    )  # fmt: skip
    until = f"{consent.until.astimezone(clock.ZURICH):%d.%m.%Y %H:%M}"
    trail.record(company=company, by=by, action="support.allow", subject=consent,
                 details={"reason": reason, "until": until})  # fmt: skip
    return consent


@transaction.atomic
def end_support(consent: SupportConsent, *, by: User) -> None:
    """Withdraw a consent; the operators' next request finds nothing. Twice is once."""
    current = SupportConsent.of(consent.company_id).select_for_update().get(pk=consent.pk)
    if current.ended_at is not None:
        return
    current.ended_at, current.ended_by = clock.now(), by
    current.save(update_fields=["ended_at", "ended_by"])
    trail.record(company=current.company, by=by, action="support.end", subject=current,
                 details={"reason": current.reason})  # fmt: skip


def consents_of(company: Company) -> QuerySet[SupportConsent]:
    """All consents of a company, newest first."""
    found = SupportConsent.of(company).select_related("given_by", "ended_by")
    return found.order_by("-given_at", "-pk")


def running_consent(company: Company) -> SupportConsent | None:
    return SupportConsent.running().filter(company=company).first()
