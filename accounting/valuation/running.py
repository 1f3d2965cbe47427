"""Valuing a day (bewerten), undoing it as a whole, and setting how it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounting.ledger import posting
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import Purpose
from accounting.open_items.models import Side
from accounting.open_items.opening import signed
from accounting.valuation.errors import UndoneAlready, UndoneAsAWhole, ValuedAlready
from accounting.valuation.models import Gains, ValuationRule, ValuationRun
from accounting.valuation.reckoning import Reckoning, Subtotal, reckon
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date

SOURCE: Final = JournalEntry.Source.VALUATION
#: Where the difference of items stands, so that control accounts go on to come to their items.
BESIDE: Final = {Side.RECEIVABLES.value: Purpose.RECEIVABLES_VALUATION,
                 Side.PAYABLES.value: Purpose.PAYABLES_VALUATION}  # fmt: skip


@transaction.atomic
def value(
    company: Company, *, date: dt.date, by: User, typed: Mapping[str, Decimal] | None = None
) -> ValuationRun:
    """Value all that is held and owed in foreign currencies as of the end of a day.

    Unrealised losses are an expense, gains what the rule of the day says; gains and losses are not
    netted. The entry is mirrored on the day after. What the books hold of an account without
    foreign money is realised in an entry of its own, which stays. A run of the same day that stands
    is undone first, in the same transaction: nothing is valued twice. ``typed`` are rates by
    currency, the company's currency per unit, which go before the official ones.

    Returns the run, which has no entry where nothing differs. Raises ``NothingToValue``,
    ``RateMissing``, ``NotARate``, ``ValuedAlready``, ``PurposeMissing`` and what ``posting.post``
    raises, ``NoOpenYear`` and ``PeriodLocked`` also for the day after.
    """
    _hold(company)
    found = reckon(company, date, typed=typed)
    found.require_complete()
    if found.standing is not None:
        if not found.differs_from(found.standing):
            raise ValuedAlready(value=date, date=date)
        _take_back(found.standing, by=by)
    run: ValuationRun = ValuationRun.unscoped.create(
        company=company, date=date, gains=found.rule.gains, created_at=clock.now(), created_by=by,
        rates=[rate.stored() for rate in found.used],
        left_out=[one.stored() for one in found.left_out],
    )  # fmt: skip
    found.write(run)
    _post(run, found, by=by)
    run.save(update_fields=["entry", "release", "residue"])
    trail.record(company=company, by=by, action="valuation.run", subject=run,
                 details={"date": date, "count": found.count, "gains": found.gains,
                          "losses": found.losses})  # fmt: skip
    return run


@transaction.atomic
def undo(run: ValuationRun, *, by: User) -> ValuationRun:
    """Undo a valuation as a whole: all of its entries are reversed, each on its own day.

    Raises ``UndoneAlready``, and ``PeriodLocked`` where one of the days is locked.
    """
    _hold(run.company)
    now = ValuationRun.of(run.company).select_related("company").get(pk=run.pk)
    if not now.stands:
        raise UndoneAlready(date=now.date)
    _take_back(now, by=by)
    return now


@transaction.atomic
def set_rule(
    company: Company, *, valid_from: dt.date, gains: str, rate_source: str, by: User
) -> ValuationRule:
    """Set how foreign currencies are valued from a day on."""
    told = {"gains": gains, "rate_source": rate_source}
    rule, _new = ValuationRule.unscoped.update_or_create(
        company=company, valid_from=valid_from, defaults=told
    )
    trail.record(company=company, by=by, action="valuation_rule.set", subject=rule,
                 details=trail.filled(trail.values(rule, "valid_from", *told)))  # fmt: skip
    return rule


def require_whole(entry: JournalEntry, owner: str) -> None:
    """Asked before an entry is reversed: one of a valuation goes with all of it. Raises ``UndoneAsAWhole``."""
    if entry.source == SOURCE and owner != SOURCE:
        raise UndoneAsAWhole(number=entry.number, date=entry.source_key.partition(":")[2])


def _hold(company: Company) -> None:
    """Let valuations of a company wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                       [f"{company.pk}:valuation"])  # fmt: skip


def _take_back(run: ValuationRun, *, by: User) -> None:
    entries = JournalEntry.of(run.company).select_related("company")
    text = _("Valuation of %s undone") % swiss_date(run.date)
    for pk in filter(None, (run.release_id, run.residue_id, run.entry_id)):
        entry = entries.get(pk=pk)
        posting.reverse(entry, date=entry.date, by=by, text=text, owner=SOURCE)
    run.undone_at, run.undone_by = clock.now(), by
    run.save(update_fields=["undone_at", "undone_by"])
    trail.record(company=run.company, by=by, action="valuation.undo", subject=run,
                 details={"date": run.date})  # fmt: skip


def _post(run: ValuationRun, found: Reckoning, *, by: User) -> None:
    """Post the unrealised differences, their release, and residues."""
    account = _by_purpose(run.company)
    unrealised = [one for one in found.subtotals if not one.is_residue]
    day = swiss_date(run.date)
    text = _("Valuation of foreign currencies as of %s") % day
    lines = _lines(unrealised, run.gains, account, text)

    def posted(lines: list[Line], date: dt.date, text: str) -> JournalEntry | None:
        if not lines:
            return None
        return posting.post(
            company=run.company, date=date, text=text, lines=lines, by=by, source=SOURCE,
            source_key=f"{run.pk}:{day}", owner=SOURCE,
        )  # fmt: skip

    run.entry = posted(lines, run.date, text)
    text = _("Release: valuation of foreign currencies as of %s") % day
    back = [line.mirrored() for line in _lines(unrealised, run.gains, account, text)]
    run.release = posted(back, run.date + dt.timedelta(days=1), text)
    residues = [one for one in found.subtotals if one.is_residue]
    text = _("Realised differences of accounts without foreign money as of %s") % day
    run.residue = posted(_lines(residues, Gains.INCOME, account, text), run.date, text)


def _lines(
    subtotals: Iterable[Subtotal], gains: str, account: Callable[[Purpose], Account], text: str
) -> list[Line]:
    """Debit and credit of each account and currency, gains and losses apart; each says whose it is."""
    lines: list[Line] = []
    earned = Purpose.CURRENCY_DEFERRED if gains == Gains.DEFERRED else Purpose.CURRENCY_GAIN
    for one in subtotals:
        told = f"{text}: {one.currency} {one.account.number}"[:200]
        for amount, purpose in ((one.gains, earned), (-one.losses, Purpose.CURRENCY_LOSS)):
            if amount:
                lines += [_on_account(one, amount, account, told),
                          signed(account(purpose), -amount, text=told)]  # fmt: skip
    return lines


def _on_account(
    one: Subtotal, amount: Decimal, account: Callable[[Purpose], Account], text: str
) -> Line:
    """The line of what is valued: of an account the account itself, of items the one beside them."""
    if one.by_item:
        return signed(account(BESIDE[one.account.control]), amount, text=text)
    return signed(one.account, amount, text=text, currency=one.currency,
                  amount_foreign=Decimal("0.00"))  # fmt: skip


def _by_purpose(company: Company) -> Callable[[Purpose], Account]:
    found = {one.purpose: one for one in Account.of(company).exclude(purpose="")}

    def account(purpose: Purpose) -> Account:
        if purpose not in found:
            raise PurposeMissing(purpose=purpose.label)
        return found[purpose]

    return account
