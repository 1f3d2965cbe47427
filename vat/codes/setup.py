"""Codes for a new company, and settings that change on a day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, called
from erp.core.identifiers import parse_uid
from vat.codes.catalogue import catalogue
from vat.codes.models import VatCode, VatSettings


class NotAPeriodEdge(DomainError):
    code = "vat.not_a_period_edge"
    message = _("VAT settings change at the start of a quarter; %(date)s is none. Choose 1 January, "
                "1 April, 1 July or 1 October.")  # fmt: skip
    field = "valid_from"


@transaction.atomic
def set_up_codes(*, company: Company) -> None:
    """Copy the catalogue of Swiss codes into a new company."""
    VatCode.unscoped.bulk_create(
        VatCode(
            company=company, code=entry.code, catalogue_code=entry.code, kind=entry.kind,
            rate_class=entry.rate_class, position=position, **entry.names,
        )
        for position, entry in enumerate(catalogue().values(), 1)
    )  # fmt: skip


@transaction.atomic
def change_settings(
    *, company: Company, valid_from: dt.date, method: str, basis: str, interval: str, by: User,
    rate_method: str = VatSettings.RateMethod.DAILY, group_uid: str = "", round_down: bool = False,
) -> VatSettings:  # fmt: skip
    """Settle VAT differently from a day on (Abrechnungsart ändern), a quarter's first day.

    ``rate_method`` is the official rate that foreign amounts are converted with; it is kept for a
    tax period at least (MWSTV Art. 45). ``group_uid`` is the UID of the VAT group, however written;
    ``round_down`` declares the tax to be paid down to full five centimes. Settings of the same day are replaced. Raises
    ``NotAPeriodEdge`` or ``NotAUid``.
    """
    if valid_from.day != 1 or valid_from.month not in {1, 4, 7, 10}:
        raise NotAPeriodEdge(date=valid_from)
    with called(uid="group_uid"):
        group = parse_uid(group_uid) if group_uid else ""
    told = {
        "method": method, "basis": basis, "interval": interval, "rate_method": rate_method,
        "group_uid": group, "round_down": round_down,
    }  # fmt: skip
    same_day = VatSettings.of(company).select_for_update(no_key=True).filter(valid_from=valid_from)
    before = same_day.first()
    settings, _created = VatSettings.unscoped.update_or_create(
        company=company, valid_from=valid_from, defaults=told
    )
    changed = trail.changes(trail.values(before, *told), told) if before else told
    if changed:
        trail.record(company=company, by=by, action="vat.change_settings", subject=settings,
                     details={"valid_from": valid_from, **changed})  # fmt: skip
    return settings
