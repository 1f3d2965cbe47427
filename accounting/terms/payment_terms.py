"""Payment terms (Zahlungskonditionen): the ready-made ones of a new company, and its own."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from accounting.terms.models import Instalment, PaymentTerms
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.texts import one_line

READY_MADE: Final = Path(__file__).parent / "data" / "payment_terms.csv"
#: What a company that says nothing else gives its customers.
USUAL: Final = "30"
NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
FIELDS: Final = ("code", *NAMES, "net_days", "discount_percent", "discount_days", "instalments",
                 "active")  # fmt: skip
LONGEST: Final = 999  # days
MOST_INSTALMENTS: Final = 36
HUNDRED: Final = Decimal(100)
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}", re.ASCII)


class BadCode(DomainError):
    code = "terms.bad_code"
    message = _(
        "“%(value)s” is no code. Use up to 20 small letters, digits, dashes and underscores."
    )
    field = "code"


class CodeTaken(DomainError):
    code = "terms.code_taken"
    message = _("There are payment terms with the code “%(value)s” already. Choose another.")
    field = "code"


class NameMissing(DomainError):
    code = "terms.name_missing"
    message = _(
        "The payment terms “%(value)s” have no name. Give them one in at least one language."
    )
    field = "name_de"


class BadDays(DomainError):
    code = "terms.bad_days"
    message = _("%(value)s is no possible number of days. From 0 to %(most)s is.")
    field = "net_days"


class DiscountHalf(DomainError):
    code = "terms.discount_half"
    message = _("A discount needs both: how many percent, and within how many days. Fill in what is "
                "missing, or empty both.")  # fmt: skip
    field = "discount_percent"


class BadDiscount(DomainError):
    code = "terms.bad_discount"
    message = _("%(value)s %% is no possible discount. It is more than 0 and less than 100, with two "
                "decimals at most.")  # fmt: skip
    field = "discount_percent"


class DiscountTooLate(DomainError):
    code = "terms.discount_too_late"
    message = _("A discount within %(value)s days rewards nobody where all is due within %(net)s. Choose "
                "fewer days, or empty the discount.")  # fmt: skip
    field = "discount_days"


class DiscountOnInstalments(DomainError):
    code = "terms.discount_on_instalments"
    message = _(
        "Instalments and a discount for early payment cannot be had together. Empty one of them."
    )
    field = "instalments"


class BadInstalments(DomainError):
    code = "terms.bad_instalments"
    message = _("“%(value)s” is no instalment. Each has a percentage above 0 with two decimals at most, "
                "and days from 0 to %(most)s, such as 50 %% in 30 days.")  # fmt: skip
    field = "instalments"


class InstalmentsCount(DomainError):
    code = "terms.instalments_count"
    message = _("%(value)s instalments are not possible. From 2 to %(most)s are; with none, all is due at "
                "once.")  # fmt: skip
    field = "instalments"


class InstalmentsNotWhole(DomainError):
    code = "terms.instalments_not_whole"
    message = _("The instalments are %(value)s %% together, not 100 %%. Correct one of them.")
    field = "instalments"


class InstalmentsOrder(DomainError):
    code = "terms.instalments_order"
    message = _("An instalment after %(value)s days follows one after %(before)s. Each is due later than "
                "the one before it.")  # fmt: skip
    field = "instalments"


class TermsInUse(DomainError):
    code = "terms.in_use"
    message = _("“%(value)s” is named by customers, suppliers or settings, so it stays. Switch it off "
                "instead; it is then no longer offered.")  # fmt: skip
    field = "code"
    conflict = True


@transaction.atomic
def set_up_terms(*, company: Company) -> None:
    """Give a new company the usual payment terms (Zahlungskonditionen), in four languages."""
    with READY_MADE.open(encoding="utf-8", newline="") as file:
        rows = [
            {name: value or None for name, value in row.items()} for row in csv.DictReader(file)
        ]
    PaymentTerms.unscoped.bulk_create(PaymentTerms(company=company, **row) for row in rows)


@transaction.atomic
def save_payment_terms(
    *, company: Company, by: User, terms: PaymentTerms | None = None,
    instalments: Sequence[Instalment] | None = None, **told: Any,
) -> PaymentTerms:  # fmt: skip
    """Add payment terms, or change some (Zahlungskondition); documents keep what they were given.

    ``told`` are values of ``FIELDS``; what is left out stays. With ``instalments`` the last one says
    within how many days all is due. Raises ``BadCode``, ``CodeTaken``, ``NameMissing``, ``BadDays``,
    ``DiscountHalf``, ``BadDiscount``, ``DiscountTooLate``, ``DiscountOnInstalments``,
    ``BadInstalments``, ``InstalmentsCount``, ``InstalmentsNotWhole`` or ``InstalmentsOrder``.
    """
    row = terms or PaymentTerms(company=company)
    before = _shown(row) if row.pk else {}
    _name(row, told)
    for name in ("net_days", "discount_percent", "discount_days", "active"):
        if name in told:
            setattr(row, name, told[name])
    if instalments is not None:
        row.instalments = [[f"{percent:.2f}", days] for percent, days in _sound(instalments)]
    if row.instalments:
        row.net_days = row.instalments[-1][1]
    _require_days(row)
    row.save()
    after = _shown(row)
    if not before:
        trail.record(company=company, by=by, action="payment_terms.add", subject=row,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=company, by=by, action="payment_terms.change", subject=row,
                     details=changes)  # fmt: skip
    return row


@transaction.atomic
def delete_payment_terms(terms: PaymentTerms, *, by: User) -> None:
    """Delete payment terms that nothing names. Raises ``TermsInUse``."""
    trail.record(company=terms.company, by=by, action="payment_terms.delete", subject=terms,
                 details=trail.filled(_shown(terms)))  # fmt: skip
    try:
        terms.delete()
    except ProtectedError:
        raise TermsInUse(value=terms.code) from None


def _name(row: PaymentTerms, told: dict[str, Any]) -> None:
    code = str(told.get("code") or row.code).strip().lower()
    if not _CODE.fullmatch(code):
        raise BadCode(value=code[:40])
    if PaymentTerms.of(row.company_id).filter(code=code).exclude(pk=row.pk).exists():
        raise CodeTaken(value=code)
    row.code = code
    for name in NAMES:
        if name in told:
            setattr(row, name, one_line(told[name] or "", field=name, most=160))
    if not row.name:
        raise NameMissing(value=code)


def _require_days(row: PaymentTerms) -> None:
    for name in ("net_days", "discount_days"):
        days = getattr(row, name)
        if days is None and name == "discount_days":
            continue
        if days is None or not 0 <= days <= LONGEST:
            raise BadDays(field=name, value="–" if days is None else days, most=LONGEST)
    percent = row.discount_percent
    if (percent is None) != (row.discount_days is None):
        raise DiscountHalf(field="discount_percent" if percent is None else "discount_days")
    if percent is None:
        return
    if not 0 < percent < HUNDRED or percent != round(percent, 2):
        raise BadDiscount(value=percent)
    if row.instalments:
        raise DiscountOnInstalments
    if row.discount_days >= row.net_days:  # type: ignore[operator]
        raise DiscountTooLate(value=row.discount_days, net=row.net_days)


def _sound(instalments: Sequence[Instalment]) -> Sequence[Instalment]:
    if not instalments:
        return instalments
    if not 2 <= len(instalments) <= MOST_INSTALMENTS:
        raise InstalmentsCount(value=len(instalments), most=MOST_INSTALMENTS)
    for percent, days in instalments:
        if not 0 < percent < HUNDRED or percent != round(percent, 2) or not 0 <= days <= LONGEST:
            raise BadInstalments(value=f"{percent} {days}", most=LONGEST)
    for (_percent, earlier), (_other, later) in pairwise(instalments):
        if later <= earlier:
            raise InstalmentsOrder(value=later, before=earlier)
    if (whole := sum(percent for percent, _days in instalments)) != HUNDRED:
        raise InstalmentsNotWhole(value=whole)
    return instalments


def _shown(row: PaymentTerms) -> dict[str, Any]:
    told = trail.values(row, *FIELDS)
    told["instalments"] = ", ".join(f"{percent} % {days}" for percent, days in row.instalments)
    return told
