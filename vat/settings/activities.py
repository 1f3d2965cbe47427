"""Activities with a granted rate (bewilligte Tätigkeiten), and the accounts their turnover stands on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.entering import UnknownAccount
from accounting.ledger.models import Account
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, raise_all
from vat.codes.models import VatActivity, VatSettings
from vat.codes.net_rates import require_net_tax_rate
from vat.codes.queries import settings_on
from vat.settings.models import ActivityAccount

_CODE: Final = re.compile(r"[0-9A-Z]{5}")


class BadActivityCode(DomainError):
    code = "vat.bad_activity_code"
    message = _("“%(value)s” is no activity code. It has exactly five characters, as the tax "
                "administration's portal shows it.")  # fmt: skip
    field = "activity_code"


class ActivityUnnamed(DomainError):
    code = "vat.activity_unnamed"
    message = _("An activity needs a name. Write what is done, such as joinery.")
    field = "name"


class BadGrantedRate(DomainError):
    code = "vat.bad_granted_rate"
    message = _("%(value)s %% is no possible rate. Give more than 0 and less than 100, with two "
                "decimals at most.")  # fmt: skip
    field = "percent"


class ActivityEndsEarly(DomainError):
    code = "vat.activity_ends_early"
    message = _(
        "The activity would end on %(value)s, before it begins on %(start)s. Choose a later day."
    )
    field = "valid_to"


class ActivityOverlaps(DomainError):
    code = "vat.activity_overlaps"
    message = _("Activity %(value)s has a rate of %(percent)s %% from %(start)s already. End that one "
                "first, or choose days it does not cover.")  # fmt: skip
    field = "valid_from"
    conflict = True


class UnknownActivity(DomainError):
    code = "vat.unknown_activity"
    message = _("No activity has the code “%(value)s”. Grant it first, or choose one of the list.")
    field = "activity_code"


class BooksItself(DomainError):
    code = "vat.account_books_itself"
    message = _("Account %(value)s bears no turnover: it follows documents by itself. Choose the "
                "account of income.")  # fmt: skip
    field = "account"


@transaction.atomic
def grant_activity(
    *, company: Company, activity_code: str, name: str, percent: Decimal, valid_from: dt.date,
    valid_to: dt.date | None = None, by: User,
) -> VatActivity:  # fmt: skip
    """Note an activity with the rate the tax administration granted for it.

    ``percent`` is a net tax rate of the ordinance on the first day (SR 641.202.62), unless the company
    settles with flat rates then, of which any is taken (MWSTV Art. 97 to 100). One activity may have
    several rates, one after the other. Raises ``BadActivityCode``, ``ActivityUnnamed``,
    ``ActivityEndsEarly``, ``ActivityOverlaps``, ``BadGrantedRate`` or ``NoNetTaxRate``.
    """
    short = activity_code.strip().upper()
    if not _CODE.fullmatch(short):
        raise BadActivityCode(value=activity_code)
    if not name.strip():
        raise ActivityUnnamed
    _require_order(valid_from, valid_to)
    _require_rate(company, percent, valid_from)
    _require_free(company, short, valid_from, valid_to)
    told = {
        "activity_code": short, "name": name.strip(), "percent": percent,
        "valid_from": valid_from, "valid_to": valid_to,
    }  # fmt: skip
    granted: VatActivity = VatActivity.unscoped.create(company=company, **told)
    trail.record(company=company, by=by, action="vat.grant_activity", subject=granted,
                 details=trail.filled(told))  # fmt: skip
    return granted


@transaction.atomic
def end_activity(activity: VatActivity, *, valid_to: dt.date | None, by: User) -> VatActivity:
    """Let a granted rate hold until a day, that day included; None is without end.

    Raises ``ActivityEndsEarly`` or ``ActivityOverlaps``.
    """
    rows = VatActivity.of(activity.company_id).select_for_update(of=("self",))
    current: VatActivity = rows.select_related("company").get(pk=activity.pk)
    if current.valid_to == valid_to:
        return current
    _require_order(current.valid_from, valid_to)
    company = current.company
    _require_free(company, current.activity_code, current.valid_from, valid_to, current.pk)
    trail.record(company=company, by=by, action="vat.end_activity", subject=current,
                 details={"activity_code": current.activity_code,
                          "valid_to": [current.valid_to, valid_to]})  # fmt: skip
    current.valid_to = valid_to
    current.save(update_fields=["valid_to"])
    return current


@transaction.atomic
def assign_accounts(*, company: Company, accounts: Mapping[str, str], by: User) -> int:
    """Say to which activity the turnover on accounts belongs, by number of the account.

    A blank activity takes an account out; accounts that are not named stay as they are. Returns how
    many changed. Raises ``UnknownAccount``, ``BooksItself`` or ``UnknownActivity``, or all in
    ``Refusals``, each at ``accounts[number]``.
    """
    wanted = {number.strip(): code.strip().upper() for number, code in accounts.items()}
    rows = {a.number: a for a in Account.of(company).filter(number__in=wanted).order_by("pk")}
    _require_assignable(company, wanted, rows)
    held = {
        one.account_id: one
        for one in ActivityAccount.of(company).filter(account__in=rows.values()).select_for_update()
    }
    before = {number: _held(held, rows[number]) for number in wanted}
    changed = trail.changes(before, wanted)
    if not changed:
        return 0
    touched = {rows[number].pk: wanted[number] for number in changed}
    ActivityAccount.of(company).filter(
        account__in=[pk for pk, code in touched.items() if not code]
    ).delete()
    ActivityAccount.unscoped.bulk_create(
        [
            ActivityAccount(company=company, account_id=pk, activity_code=code)
            for pk, code in touched.items()
            if code
        ],
        update_conflicts=True,
        unique_fields=["company", "account"],
        update_fields=["activity_code"],
    )
    trail.record(company=company, by=by, action="vat.assign_accounts", subject=company,
                 details={"activities": changed})  # fmt: skip
    return len(changed)


def _held(held: Mapping[int, ActivityAccount], account: Account) -> str:
    found = held.get(account.pk)
    return found.activity_code if found else ""


def _require_assignable(
    company: Company, wanted: Mapping[str, str], rows: Mapping[str, Account]
) -> None:
    known = set(VatActivity.of(company).values_list("activity_code", flat=True))
    refusals: list[DomainError] = []
    for number, code in wanted.items():
        told: dict[str, Any] = {"field": f"accounts[{number}]"}
        if number not in rows:
            refusals.append(UnknownAccount(value=number, **told))
        elif code and rows[number].control:
            refusals.append(BooksItself(value=number, **told))
        elif code and code not in known:
            refusals.append(UnknownActivity(value=code, **told))
    raise_all(refusals)


def _require_order(valid_from: dt.date, valid_to: dt.date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise ActivityEndsEarly(value=valid_to, start=valid_from)


def _require_rate(company: Company, percent: Decimal, day: dt.date) -> None:
    settings = settings_on(company, day)
    if settings is None or settings.method != VatSettings.Method.FLAT_RATE:
        require_net_tax_rate(percent, day)
    elif not 0 < percent < 100 or percent != round(percent, 2):
        raise BadGrantedRate(value=percent)


def _require_free(
    company: Company, code: str, valid_from: dt.date, valid_to: dt.date | None, *beside: int
) -> None:
    until = valid_to or dt.date.max
    others = VatActivity.of(company).filter(activity_code=code, valid_from__lte=until)
    running = others.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    other = running.exclude(pk__in=beside).first()
    if other is not None:
        raise ActivityOverlaps(value=code, percent=other.percent, start=other.valid_from)
