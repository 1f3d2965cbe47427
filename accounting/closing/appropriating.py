"""How the profit of a closed year is used (Gewinnverwendung): reserves, dividend, the rest carried forward.

The statutory reserve takes its share of the year's profit, once a loss carried forward is made good,
until it is as large as the law wants it: ``data/statutory_reserve.csv``, with source.
"""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounting.closing.errors import NotClosed
from accounting.closing.guarding import APPROPRIATION, OWNER
from accounting.closing.models import Appropriation
from accounting.ledger import posting
from accounting.ledger.balances import account_sums
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, EntryLine, FiscalYear, JournalEntry, YearClosing
from accounting.ledger.models.accounts import Purpose
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, LegalForm
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import ZERO, to_centimes

DATA: Final = Path(__file__).parent / "data"
#: Where what is decided stands on the balance sheet (OR 959a).
STATUTORY, VOLUNTARY, OWED = "959a-2-3c", "959a-2-3d", "959a-2-1c"
#: Whose result goes to the owners' capital by itself.
BY_ITSELF: Final = frozenset({LegalForm.SOLE_PROPRIETOR, LegalForm.PARTNERSHIP})


class NothingToDecide(DomainError):
    code = "closing.nothing_to_decide"
    message = gettext_lazy("The result of a sole proprietorship or partnership goes to the owners’ capital by itself; "
                           "there is nothing to decide.")  # fmt: skip
    field = "fiscal_year"
    conflict = True


class UsedAlready(DomainError):
    code = "closing.used_already"
    message = gettext_lazy("The profit of %(year)s is used already. Undo that first.")
    field = "fiscal_year"
    conflict = True


class MoreThanThereIs(DomainError):
    code = "closing.more_than_there_is"
    message = gettext_lazy("%(used)s are to be used, %(available)s are at disposal. Use less.")
    field = "dividend"


class ReserveTooSmall(DomainError):
    code = "closing.reserve_too_small"
    message = gettext_lazy(
        "The law wants %(needed)s for the statutory reserve (OR 672, 860), not %(told)s. "
        "Allocate at least that."
    )
    field = "statutory"


class DecidedTooEarly(DomainError):
    code = "closing.decided_too_early"
    message = gettext_lazy(
        "The meeting decides after the end of the year: %(date)s is not later than %(end)s."
    )
    field = "decided_on"


class AccountMissing(DomainError):
    code = "closing.account_missing"
    message = gettext_lazy("“%(what)s” needs an account at the position %(position)s. Choose one.")


class NothingUsed(DomainError):
    code = "closing.nothing_used"
    message = gettext_lazy("No use of the profit of %(year)s is kept.")
    field = "fiscal_year"
    conflict = True


@dataclass(frozen=True, slots=True)
class ReserveRule:
    """The share of a profit that goes to the statutory reserve, until it has that share of the capital.

    ``not_counted`` are the purposes of accounts among the reserves that the law leaves out of the
    limit: of own shares in the group (OR 659b) and from revaluations (OR 725c).
    """

    valid_from: dt.date
    legal_forms: frozenset[str]
    share: Decimal
    up_to_share: Decimal
    capital_positions: frozenset[str]
    reserve_positions: frozenset[str]
    not_counted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What there is to decide: all in the company's currency, profit positive.

    ``available`` is ``result`` with ``before``, what was carried from earlier years less what was
    decided on it since; ``statutory`` the least that the law wants for the statutory reserve.
    """

    result: Decimal
    before: Decimal
    available: Decimal
    statutory: Decimal


@cache
def reserve_rules() -> tuple[ReserveRule, ...]:
    """The rules, the latest first."""
    with (DATA / "statutory_reserve.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            ReserveRule(
                dt.date.fromisoformat(row["valid_from"]), frozenset(row["legal_forms"].split(";")),
                Decimal(row["share"]), Decimal(row["up_to_share"]),
                frozenset(row["capital_positions"].split(";")),
                frozenset(row["reserve_positions"].split(";")),
                frozenset(filter(None, row["not_counted"].split(";"))),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    return tuple(sorted(rows, key=lambda rule: rule.valid_from, reverse=True))


def proposal(company: Company, year: FiscalYear) -> Proposal:
    """What a closed year leaves to decide. Raises ``NotClosed`` or ``NothingToDecide``."""
    if company.legal_form in BY_ITSELF:
        raise NothingToDecide
    closing = YearClosing.standing(company).filter(fiscal_year=year).first()
    if closing is None:
        raise NotClosed(year=year)
    available = at_disposal(company, year, closing)
    before = available - closing.result
    reserved = sum((one.statutory for one in _since(company, year)), ZERO)
    return Proposal(closing.result, before, available,
                    _to_reserve(company, year, closing.result, before, reserved))  # fmt: skip


def at_disposal(company: Company, year: FiscalYear, closing: YearClosing) -> Decimal:
    """What stood carried forward with a closing, less what was decided on profits of earlier years since."""
    return closing.carried - sum((one.used for one in _since(company, year)), ZERO)


def _since(company: Company, year: FiscalYear) -> QuerySet[Appropriation]:
    return Appropriation.of(company).filter(
        fiscal_year__start__lt=year.start, decided_on__gt=year.end, is_undone=False
    )


def _to_reserve(
    company: Company, year: FiscalYear, result: Decimal, before: Decimal, reserved: Decimal
) -> Decimal:
    """The share of the profit less a loss carried forward, at most what the reserve still lacks; to 0.01.

    ``reserved`` is what went to the reserve since the year ended.
    """
    rule = next(
        (one for one in reserve_rules()
         if one.valid_from <= year.end and company.legal_form in one.legal_forms), None,
    )  # fmt: skip
    profit = result + min(before, ZERO)
    if rule is None or profit <= 0:
        return ZERO
    sums = account_sums(company, year=year, until=year.end)
    capital, reserve = ZERO, reserved
    for account in Account.of(company).filter(pk__in=list(sums)):
        if account.or_position in rule.capital_positions:
            capital -= sums[account.pk].closing
        elif (
            account.or_position in rule.reserve_positions
            and account.purpose not in rule.not_counted
        ):
            reserve -= sums[account.pk].closing
    lacking = max(to_centimes(capital * rule.up_to_share) - reserve, ZERO)
    return min(to_centimes(profit * rule.share), lacking)


def used_of(company: Company, year: FiscalYear) -> Appropriation | None:
    """How the profit of a year is used, if that is decided."""
    return appropriations_of(company).filter(fiscal_year=year, is_undone=False).first()


def hold_uses(company: Company) -> None:
    """Let one at a time decide on profits, or reopen what they stand on; taken before the chain."""
    list(FiscalYear.of(company).select_for_update(no_key=True).order_by("pk"))


def appropriations_of(company: Company) -> QuerySet[Appropriation]:
    related = ("company", "fiscal_year", "entry__company", "created_by")
    return Appropriation.of(company).select_related(*related).order_by("pk")


def choices(company: Company, position: str) -> list[Account]:
    """The accounts that may take a part: at the position, no control account, and of no other purpose."""
    rows = Account.of(company).filter(or_position=position, control="", purpose="")
    return list(rows.order_by("number"))


def usual_account(company: Company, position: str) -> Account | None:
    """The account that took a part the last time, or the only one at the position."""
    allowed = choices(company, position)
    entries = Appropriation.of(company).filter(entry__isnull=False).values("entry")
    rows = EntryLine.of(company).filter(entry__in=entries, account__in=[one.pk for one in allowed])
    last = rows.order_by("-pk").values_list("account", flat=True).first()
    found = [one for one in allowed if one.pk == last]
    return next(iter(found or (allowed if len(allowed) == 1 else [])), None)


@transaction.atomic
def appropriate(
    *, company: Company, year: FiscalYear, decided_on: dt.date, by: User, statutory: Decimal = ZERO,
    voluntary: Decimal = ZERO, dividend: Decimal = ZERO, statutory_account: Account | None = None,
    voluntary_account: Account | None = None, dividend_account: Account | None = None,
) -> Appropriation:  # fmt: skip
    """Keep what the general meeting decided, and post it on that day, in a year after.

    Amounts are not negative; what is left of the profit stays carried forward. The dividend is owed
    in full; the withholding tax is booked when it is paid. Raises ``NotClosed``,
    ``NothingToDecide``, ``UsedAlready``, ``MoreThanThereIs``, ``ReserveTooSmall``,
    ``DecidedTooEarly``, ``AccountMissing``, ``PurposeMissing``, and what ``posting.post`` raises.
    """
    hold_uses(company)
    found = proposal(company, year)
    stands = appropriations_of(company).filter(
        fiscal_year__start__gte=year.start, is_undone=False
    )  # a later year's profit was decided on with what this one leaves
    if one := stands.order_by("fiscal_year__start").first():
        raise UsedAlready(year=one.fiscal_year)
    if decided_on <= year.end:
        raise DecidedTooEarly(date=decided_on, end=year.end)
    used = statutory + voluntary + dividend
    if min(statutory, voluntary, dividend) < 0 or used > max(found.available, ZERO):
        raise MoreThanThereIs(used=used, available=found.available)
    if used and statutory < found.statutory:
        raise ReserveTooSmall(needed=found.statutory, told=statutory)
    parts = (
        (statutory, statutory_account, STATUTORY, "statutory_account", _("Statutory reserve")),
        (voluntary, voluntary_account, VOLUNTARY, "voluntary_account", _("Voluntary reserves")),
        (dividend, dividend_account, OWED, "dividend_account", _("Dividend")),
    )
    lines = [
        credit(_taking(company, account, position, place, what), amount)
        for amount, account, position, place, what in parts
        if amount
    ]
    entry, retained = None, _retained(company)
    if lines:
        with override(company.language):
            text = _("Appropriation of profit %s") % year
        entry = posting.post(
            company=company, date=decided_on, text=text, lines=[debit(retained, used), *lines], by=by,
            source=JournalEntry.Source.RECURRING, source_key=f"{APPROPRIATION}{uuid.uuid4().hex}",
        )  # fmt: skip
    made: Appropriation = Appropriation.unscoped.create(
        company=company, fiscal_year=year, decided_on=decided_on, available=found.available,
        statutory=statutory, voluntary=voluntary, dividend=dividend, entry=entry,
        created_at=clock.now(), created_by=by,
    )  # fmt: skip
    trail.record(company=company, by=by, action="year.appropriate", subject=made,
                 details={"name": year.name, "statutory": statutory, "voluntary": voluntary,
                          "dividend": dividend, "entry": entry.number if entry else None})  # fmt: skip
    return made


def _retained(company: Company) -> Account:
    found: Account | None = Account.of(company).filter(purpose=Purpose.RETAINED_EARNINGS).first()
    if found is None:
        raise PurposeMissing(purpose=Purpose.RETAINED_EARNINGS.label)
    return found


@transaction.atomic
def undo_appropriation(*, company: Company, year: FiscalYear, by: User) -> Appropriation:
    """Take back how a profit is used: its entry is reversed on its own day. Raises ``NothingUsed``."""
    rows = appropriations_of(company).select_for_update(of=("self",))
    held = rows.filter(fiscal_year=year, is_undone=False).first()
    if held is None:
        raise NothingUsed(year=year)
    if held.entry is not None:
        posting.reverse(held.entry, date=held.entry.date, by=by, owner=OWNER)
    held.is_undone = True
    held.save(update_fields=["is_undone"])
    trail.record(company=company, by=by, action="year.undo_appropriation", subject=held,
                 details={"name": year.name, "dividend": held.dividend})  # fmt: skip
    return held


def _taking(
    company: Company, told: Account | None, position: str, place: str, what: str
) -> Account:
    """The account told, or the usual one. Raises ``AccountMissing``."""
    found = told or usual_account(company, position)
    if found is None or found.pk not in {one.pk for one in choices(company, position)}:
        raise AccountMissing(what=what, position=position, field=place)
    return found
