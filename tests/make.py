"""Test books, made through the program's own doors."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.posting import post
from accounting.ledger.years import open_fiscal_year
from erp.access.firms.models import Firm, FirmStaff
from erp.access.models import Membership, Role, User
from erp.cockpit import staffing
from erp.cockpit.founding import set_up_company
from erp.cockpit.members import grant, withdraw
from erp.companies.models import Company
from tests import ready

YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of the codes of test users
MARCH_31 = dt.date(2026, 3, 31)
_numbers = itertools.count(1)


def chf(text: str) -> Decimal:
    return Decimal(text)


def user(
    *, company: Company | None = None, granted: list[str] | None = None, factor: bool = True,
    **more: Any,
) -> User:  # fmt: skip
    """A user, in ``company`` with exactly the permissions ``granted``; with a second factor and codes."""
    number = next(_numbers)
    new = User.objects.create_user(
        f"user{number}-{os.getpid()}@example.ch", "ein-gutes-Kennwort-2026", name=f"User {number}",
        **more,
    )  # fmt: skip
    if factor:
        TOTP.activate(new, SEED)
        RecoveryCodes.activate(new)
    if company is not None and granted is not None:
        role = Role.unscoped.create(
            company=company, code=f"own-{number}", name="Own", permissions=granted
        )
        Membership.unscoped.create(company=company, user=new, role=role)
    return new


def company(
    *, by: User | None = None, first_year: Any = YEAR, modules: Iterable[str] | None = None, **more: Any
) -> Company:  # fmt: skip
    """A company with chart, VAT codes and the year 2026; its rows are open to the transaction.

    Where nothing else is asked for it is one of those that were founded before the first test.
    With ``modules`` it has those switched on, else what a new company has.
    """
    plain = by is None and first_year is YEAR and not more
    new = (ready.take() if plain else None) or found(by=by, first_year=first_year, **more)
    if modules is not None:
        new.modules = list(modules)
        new.save(update_fields=["modules"])
    return new


def found(*, by: User | None = None, first_year: Any = YEAR, **more: Any) -> Company:
    """A new company, founded here and now."""
    number = next(_numbers)
    values = {"name": f"Muster {number} AG", "short_name": f"muster-{number}-{os.getpid()}",
              "legal_form": "corporation"} | more  # fmt: skip
    return set_up_company(by=by or user(), first_year=first_year, **values)


def staff(firm: Firm, by: User, team_role: str = "accountant", *, is_manager: bool = False,
          **more: Any) -> User:  # fmt: skip
    """Somebody who was invited by ``by`` to work for a firm, and has accepted."""
    new = user(**more)
    issued = staffing.invite_staff(firm, email=new.email, team_role=team_role, by=by)
    staffing.accept(issued.token, user=new)
    if is_manager:
        staffing.set_staff(firm, user=new, team_role=team_role, is_manager=True, by=by)
    assert FirmStaff.objects.filter(firm=firm, user=new).exists()
    return new


def owner_of(company: Company) -> User:
    return Membership.of(company).filter(role__code="owner").first().user


def account(company: Company, number: str) -> Account:
    return Account.of(company).select_related("vat_code").get(number=number)


def rent(company: Company, *, amount: str = "2000.00", date: dt.date = MARCH_31, by: User | None = None,
         **more: Any) -> JournalEntry:  # fmt: skip
    """Rent paid from the bank."""
    lines = [
        debit(account(company, "6000"), chf(amount)),
        credit(account(company, "1020"), chf(amount)),
    ]
    return post(company=company, date=date, text="Miete", lines=lines,
                by=by or owner_of(company), **more)  # fmt: skip


__all__ = ["MARCH_31", "YEAR", "account", "chf", "company", "found", "grant", "open_fiscal_year", "owner_of",
           "rent", "staff", "user", "withdraw"]  # fmt: skip
