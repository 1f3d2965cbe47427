"""What the ledger itself asks before a year is closed: drafts, suspense accounts, opening, periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear, JournalEntry, Period, YearClosing
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date

#: The code of the check on which the order of closing stands.
YEAR_BEFORE = "year_before"
#: Accounts that hold something only until it is known where it belongs, and those that stand in no
#: statement: what is left on them would be missing there.
CLEARED = Q(purpose__in=(Account.Purpose.SUSPENSE, Account.Purpose.OPENING)) | Q(
    type=Account.Type.CLOSING
)
#: Where the result stands: that of the year, and what is carried forward.
RESULTS = (Account.Purpose.RESULT_OF_YEAR, Account.Purpose.RETAINED_EARNINGS)
IN_TRANSIT = Q(purpose__in=(Account.Purpose.TRANSFER, Account.Purpose.WAGES_CLEARING))


def sheet_of(company: Company, number: str, year: FiscalYear) -> str:
    """The address of an account's sheet of a year."""
    told = urlencode({"from": year.start.isoformat(), "until": year.end.isoformat()})
    return f"{reverse('account-sheet', args=[company.pk, number])}?{told}"


def balances_of(
    company: Company, year: FiscalYear, accounts: Iterable[Account]
) -> list[tuple[Account, Decimal]]:
    """Accounts with their balance at the end of a year, debit positive; those with none are left out.

    Income and expense have what the year itself brought.
    """
    sums = account_sums(company, year=year, until=year.end)
    found = [(a, sums[a.pk].shown(carried=not a.is_result)) for a in accounts if a.pk in sums]
    return [(account, balance) for account, balance in found if balance]


def as_evidence(
    company: Company, year: FiscalYear, rows: Iterable[tuple[Account, Decimal]]
) -> tuple[Evidence, ...]:
    """Balances as evidence, each with the sheet of its account."""
    return tuple(
        Evidence(
            str(account), amount, link=sheet_of(company, account.number, year), key=str(account.pk)
        )
        for account, amount in rows
    )


def at_position(company: Company, *positions: str) -> list[Account]:
    """The accounts at positions of the balance sheet (OR 959a), by number."""
    return list(Account.of(company).filter(or_position__in=positions).order_by("number"))


def confirmed_at(*positions: str, reason: Any, nothing: Any) -> partial[Finding]:
    """A question about what stands at positions of the balance sheet, for checks that are confirmed.

    It does not apply where nothing stands there, unless ``nothing`` is blank.
    """
    return partial(_standing, positions=positions, reason=reason, nothing=nothing)


def _standing(
    company: Company, year: FiscalYear, *, positions: tuple[str, ...], reason: Any, nothing: Any
) -> Finding:
    rows = balances_of(company, year, at_position(company, *positions))
    if not rows and nothing:
        return Finding(None, str(nothing))
    return Finding(False, str(reason), as_evidence(company, year, rows))


def _drafts(company: Company, year: FiscalYear) -> Finding:
    count = JournalEntry.of(company).filter(
        number=None, date__range=(year.start, year.end)
    ).count()  # fmt: skip
    if not count:
        return Finding(True, _("No drafts lie in the year."))
    return Finding(
        False, ngettext("%(count)s draft lies in the year. Post or delete it.",
                        "%(count)s drafts lie in the year. Post or delete them.", count) % {"count": count},
        (Evidence(_("Drafts"), text=str(count)),), reverse("drafts", args=[company.pk]), _("Drafts"),
    )  # fmt: skip


def _zero(company: Company, year: FiscalYear, *, which: Q) -> Finding:
    accounts = list(Account.of(company).filter(which).order_by("number"))
    if not accounts:
        return Finding(None, _("The chart has no such account."))
    rows = balances_of(company, year, accounts)
    if not rows:
        return Finding(True, _("%s: zero.") % ", ".join(a.number for a in accounts))
    named = ", ".join(account.number for account, _amount in rows)
    return Finding(
        False, ngettext("%(accounts)s should be zero at the end of the year. Book what is left where it belongs.",
                        "%(accounts)s should be zero at the end of the year. Book what is left where it belongs.",
                        len(rows)) % {"accounts": named},
        as_evidence(company, year, rows), sheet_of(company, rows[0][0].number, year),
        _("Account sheet"),
    )  # fmt: skip


def _result_account(company: Company, year: FiscalYear) -> Finding:
    """The result of a year is computed, not booked: what was taken over there would never be carried."""
    purposes = {one.purpose: one for one in Account.of(company).filter(purpose__in=RESULTS)}
    shown, kept = (purposes.get(one) for one in RESULTS)
    if shown is None:
        return Finding(None, _("The chart has no such account."))
    rows = balances_of(company, year, [shown])
    if not rows:
        return Finding(True, _("%s: zero.") % shown.number)
    return Finding(
        False, _("%(account)s shows the result by itself and takes no entries. Book its balance to "
                 "%(to)s.") % {"account": shown, "to": kept or Account.Purpose.RETAINED_EARNINGS.label},
        as_evidence(company, year, rows), sheet_of(company, shown.number, year), _("Account sheet"),
    )  # fmt: skip


def _year_before(company: Company, year: FiscalYear) -> Finding:
    before = FiscalYear.of(company).filter(end__lt=year.start).order_by("-end").first()
    if before is None:
        return Finding(None, _("This is the first fiscal year."))
    if YearClosing.standing(company).filter(fiscal_year=before).exists():
        return Finding(True, _("The fiscal year %s is closed.") % before)
    return Finding(
        False, _("The fiscal year %s is not closed yet. Close it first: what it leaves is what this "
                 "year opens with.") % before, (),
        reverse("year-end", args=[company.pk, before.pk]), _("Year-end"),
    )  # fmt: skip


def _periods(company: Company, year: FiscalYear) -> Finding:
    still = Period.of(company).filter(fiscal_year=year).exclude(lock=Period.Lock.LOCKED)
    here, text = reverse("fiscal-years", args=[company.pk]), _("Fiscal years")
    names = [f"{start:%m.%Y}" for start in still.order_by("start").values_list("start", flat=True)]
    if not names:
        return Finding(True, _("All periods are locked."), link=here, link_text=text)
    return Finding(True, _("Closing the year locks those still open: %s.") % ", ".join(names),
                   link=here, link_text=text)  # fmt: skip


def _over(company: Company, year: FiscalYear) -> Finding:
    last: dt.date = year.end
    if clock.today() > last:
        return Finding(True, _("The year is over."))
    return Finding(False, _("The year goes on until %s.") % swiss_date(last))


def register_own() -> None:
    """The checks of the ledger, and what of the balance sheet somebody has to confirm."""
    for check in (
        Check("year_over", gettext_lazy("The fiscal year is over"), 10, Weight.BLOCKS, _over),
        Check(YEAR_BEFORE, gettext_lazy("The year before is closed"), 20, Weight.BLOCKS, _year_before),
        Check("drafts", gettext_lazy("No drafts in the year"), 30, Weight.BLOCKS, _drafts,
              Permission.LEDGER_DRAFT_ALL),
        Check("suspense", gettext_lazy("Suspense, opening and closing accounts are zero"), 40, Weight.BLOCKS,
              partial(_zero, which=CLEARED)),
        Check("result_account", gettext_lazy("The account for the result of the year is zero"), 45,
              Weight.BLOCKS, _result_account),
        Check("transit", gettext_lazy("Transfer and clearing accounts are zero"), 50, Weight.WARNS,
              partial(_zero, which=IN_TRANSIT)),
        Check("periods", gettext_lazy("Locking of the periods"), 900, Weight.WARNS, _periods),
        Check("doubtful_debts", gettext_lazy("Doubtful debts are valued (Delkredere)"), 310,
              Weight.CONFIRM,
              confirmed_at(
                  "959a-1-1b",
                  reason=gettext_lazy("Go through the open items of debtors, and confirm that what will "
                                      "not be paid is written down."),
                  nothing=gettext_lazy("There are no trade receivables."))),
        Check("inventory", gettext_lazy("The stock is counted and valued"), 320, Weight.CONFIRM,
              confirmed_at(
                  "959a-1-1d",
                  reason=gettext_lazy("Confirm that the inventory was counted at the end of the year and "
                                      "valued at the lower of cost and market (OR 960c); keep the list."),
                  nothing=gettext_lazy("There are no inventories."))),
        Check("accruals", gettext_lazy("Expenses and income are accrued"), 330, Weight.CONFIRM,
              confirmed_at(
                  "959a-1-1e", "959a-2-1d",
                  reason=gettext_lazy("Confirm that expenses and income are booked in the year they "
                                      "belong to (OR 958b)."), nothing="")),
        Check("provisions", gettext_lazy("Provisions are made"), 340, Weight.CONFIRM,
              confirmed_at(
                  "959a-2-2c",
                  reason=gettext_lazy("Confirm that provisions for expected outflows are made or "
                                      "released (OR 960e)."), nothing="")),
    ):  # fmt: skip
        register(check)
