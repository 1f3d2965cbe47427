"""A company from nothing to its first entry: roles, VAT codes, chart, terms, fiscal year."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger.charting import set_up_chart
from accounting.ledger.years import open_fiscal_year
from accounting.terms.payment_terms import set_up_terms
from erp.access.firms.models import FirmStaff
from erp.access.models import User
from erp.cockpit.firms import firms_of, give_mandate
from erp.cockpit.members import found_company
from erp.companies.models import Company, SetupStep
from erp.core.errors import DomainError, called
from vat.codes.models import VatSettings
from vat.codes.setup import set_up_codes
from vat.settings.changing import INTERVALS, change_settings

MANDATE_ROLE: Final = "fiduciary"


class MayNotFound(DomainError):
    code = "firms.may_not_found"
    message = _("Companies are added by those who lead a fiduciary that may do so. Ask whoever runs "
                "Rappen to allow it.")  # fmt: skip
    field = "firm"


def founding_firms(user: User) -> list[FirmStaff]:
    """The firms for which somebody may take on clients. Must run inside a transaction."""
    return [one for one in firms_of(user) if one.may_found]


@transaction.atomic
def set_up_client(*, firm: int, by: User, **values: Any) -> Company:
    """Found a company as a client of a firm that ``by`` leads, with a mandate of the firm.

    ``by`` is its first owner, and hands that over to the client. ``values`` as of
    ``set_up_company``. Raises ``MayNotFound`` and what ``set_up_company`` raises.
    """
    leading = {one.firm_id: one.firm for one in founding_firms(by)}
    if firm not in leading:
        raise MayNotFound
    company = set_up_company(by=by, **values)
    give_mandate(company=company, firm_code=leading[firm].code, role=MANDATE_ROLE, by=by)
    return company


@transaction.atomic
def set_up_company(
    *,
    by: User,
    name: str,
    short_name: str,
    legal_form: str,
    first_year: tuple[dt.date, dt.date],
    vat_method: str = VatSettings.Method.EFFECTIVE,
    vat_basis: str = VatSettings.Basis.AGREED,
    guided: bool = True,
    **more: Any,
) -> Company:
    """Found a company that can be posted to at once; ``guided``: its set-up asks for the rest.

    ``first_year`` are the first and last day of its first fiscal year; VAT settings hold from the
    start of the quarter it begins in. Raises what founding and opening a year raise, the days of
    the year named ``year_start`` and ``year_end`` as those who ask call them.
    """
    start, end = first_year
    company = found_company(
        by=by, name=name, short_name=short_name, legal_form=legal_form,
        fiscal_year_start=start.month, setup_steps=list(SetupStep.values) if guided else [], **more,
    )  # fmt: skip
    set_up_codes(company=company)
    set_up_chart(company=company, by=by)
    set_up_terms(company=company)
    with called(start="year_start", end="year_end"):
        open_fiscal_year(company=company, start=start, end=end, by=by)
    change_settings(
        company=company, valid_from=dt.date(start.year, (start.month - 1) // 3 * 3 + 1, 1),
        method=vat_method, basis=vat_basis, by=by,
        interval=INTERVALS.get(VatSettings.Method(vat_method), (VatSettings.Interval.QUARTER,))[0],
    )  # fmt: skip
    return company
