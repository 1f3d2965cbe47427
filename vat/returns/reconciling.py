"""The annual reconciliation (Umsatz- und Vorsteuerabstimmung): the books of a year beside its returns.

Every step between turnover in the ledger and what was declared is an amount with a name; what is left
in the end is shown. Sources: MWSTG Art. 72; MWSTV Art. 128 para. 2 and 3. Amounts are in francs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounting.ledger.models import Account
from erp.companies.models import Company
from erp.core.display import chf
from erp.core.money import ZERO
from vat.returns.findings import below
from vat.returns.models import VatReturn
from vat.returns.periods import Reporting
from vat.returns.rules import reconciliation_day
from vat.returns.spans import Span
from vat.returns.yearly.booked import AccountRow, Booked, TaxRow, booked
from vat.returns.yearly.declared import Both, YearOfReturns


@dataclass(frozen=True, slots=True)
class Step:
    """What lies between the books and the returns; ``is_sum`` adds up all above it."""

    code: str
    label: str
    amount: Decimal
    is_sum: bool = False


@dataclass(frozen=True)
class TurnoverReconciliation:
    """Turnover by account, and the way from the ledger to what was declared.

    ``rest`` is what is left unexplained: declared less explained.
    """

    accounts: tuple[AccountRow, ...]
    others: tuple[AccountRow, ...]
    steps: tuple[Step, ...]
    declared: Decimal
    rest: Decimal


@dataclass(frozen=True)
class InputTaxReconciliation:
    """Input tax by account, and the way from the ledger to boxes 400 and 405."""

    accounts: tuple[TaxRow, ...]
    steps: tuple[Step, ...]
    declared: Decimal
    rest: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do about what is not declared; ``link`` is an address below the company's."""

    code: str
    text: str
    amount: Decimal
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class Reconciliation:
    """A year reconciled. ``due`` is the day in whose period the finds are declared at the latest.

    ``missing`` are the periods not filed yet, ``late`` what was posted after filing.
    """

    start: dt.date
    end: dt.date
    due: dt.date
    turnover: TurnoverReconciliation
    input_tax: InputTaxReconciliation
    proposals: tuple[Proposal, ...]
    missing: tuple[Reporting, ...]
    late: Both
    is_complete: bool
    stored: VatReturn | None

    @property
    def has_late(self) -> bool:
        """Whether something is left for the annual reconciliation to declare."""
        return any(one.code == "reconcile" for one in self.proposals)


def turnover_reconciliation(
    company: Company, year_start: dt.date, year_end: dt.date
) -> TurnoverReconciliation:
    """Turnover in the ledger against box 200 of the filed returns (Umsatzabstimmung)."""
    return reconciliation(company, year_start, year_end).turnover


def input_tax_reconciliation(
    company: Company, year_start: dt.date, year_end: dt.date
) -> InputTaxReconciliation:
    """Input tax in the ledger against boxes 400 and 405 (Vorsteuerabstimmung)."""
    return reconciliation(company, year_start, year_end).input_tax


def reconciliation(company: Company, year_start: dt.date, year_end: dt.date) -> Reconciliation:
    """Both reconciliations of a year with what they propose; a fixed number of queries."""
    books = booked(company, year_start, year_end)
    year = YearOfReturns(company, year_start, year_end, books.codes)
    between = _between(year)
    late, missing = between["late"], between["open_periods"]
    stored = next(
        (one for one in reversed(year.stored) if one.kind == VatReturn.Kind.RECONCILIATION
         and (one.start, one.end) == (year_start, year_end)), None,
    )  # fmt: skip
    return Reconciliation(
        year_start, year_end, reconciliation_day(year_end),
        _turnover(books, year, between), _input_tax(books, year, between),
        tuple(_proposals(company, year, books, late, missing)), tuple(year.missing), late,
        bool(year.periods) and not year.missing, stored,
    )  # fmt: skip


def _between(year: YearOfReturns) -> dict[str, Both]:
    """What the books of the year hold that its returns do not declare, and the other way round."""
    found = {
        "earlier": year.of_earlier_years(), "later": year.in_later_years(), "late": year.late(),
        "open_periods": year.open_periods(), "elsewhere": year.elsewhere(),
    }  # fmt: skip
    found["carried"] = year.carried()
    if not year.runs:
        return found
    whole = [Span(year.start, year.end)]
    found |= {name: Both() for name in ("open_before", "open_after", "received", "agreed")}
    for run in year.runs:
        found["open_before"] += year.open_on(run.start)
        found["open_after"] += year.open_on(run.end + dt.timedelta(days=1))
        found["received"] += year.received(run)
        if year.runs != whole:
            found["agreed"] += year.agreed(run)
    if year.runs == whole:
        del found["agreed"]
    return found


def _turnover(
    books: Booked, year: YearOfReturns, between: dict[str, Both]
) -> TurnoverReconciliation:
    real = [row for row in books.income if row.is_turnover]
    idle = [row for row in books.income if not row.is_turnover]
    ledger = sum((row.moved for row in books.income), ZERO)
    steps = [
        Step("ledger", _("Income in the ledger"), ledger, is_sum=True),
        Step("no_consideration", _("Accounts that are no consideration"),
             -sum((row.moved - row.coded for row in idle), ZERO)),
        Step("of_assets", _("Posted by the register of assets: gains and losses of disposals"),
             -sum((row.of_assets for row in real), ZERO)),
        Step("without_code", _("Turnover without a VAT code"),
             -sum((row.bare for row in real), ZERO)),
        Step("other_codes", _("Other flows of funds, and codes that are no turnover"),
             -sum((row.other for row in real), ZERO)),
        Step("base_differs", _("Lines that declare another amount than they post"),
             sum((row.off for row in real), ZERO)),
        Step("other_accounts", _("Turnover on other accounts, such as assets sold"),
             sum((row.coded for row in books.others), ZERO)),
    ]  # fmt: skip
    by_code = sum((step.amount for step in steps), ZERO)
    steps.append(Step("by_code", _("Turnover by VAT codes"), by_code, is_sum=True))
    steps += _to_declared(by_code, between, "turnover")
    explained = steps[-1].amount
    declared = year.declared.turnover
    return TurnoverReconciliation(
        books.income, books.others, tuple(_present(steps)), declared, declared - explained
    )


def _input_tax(
    books: Booked, year: YearOfReturns, between: dict[str, Both]
) -> InputTaxReconciliation:
    def whole(name: str) -> Decimal:
        return sum((getattr(row, name) for row in books.taxes), ZERO)

    steps = [
        Step("ledger", _("Movement of the accounts of input tax"), whole("moved"), is_sum=True),
        Step("settled", _("Posting of returns"), -whole("settled")),
        Step("corrections", _("Corrections (boxes 410 to 420)"), -whole("corrected")),
        Step("without_code", _("Posted without a VAT code"), -whole("bare")),
    ]
    by_code = sum((step.amount for step in steps), ZERO)
    steps.append(Step("by_code", _("Input tax by VAT codes"), by_code, is_sum=True))
    if not year.is_effective:
        steps.append(Step("not_deducted", _("Not deducted with net and flat rates"), -by_code))
        steps.append(Step("explained", _("Explained"), ZERO, is_sum=True))
    else:
        steps += _to_declared(by_code, between, "input_tax")
    explained = steps[-1].amount
    declared = year.declared.input_tax if year.is_effective else ZERO
    return InputTaxReconciliation(
        books.taxes, tuple(_present(steps)), declared, declared - explained
    )


def _to_declared(by_code: Decimal, between: dict[str, Both], name: str) -> list[Step]:
    """The steps from what codes say to what was declared."""

    def of(key: str) -> Decimal:
        amount: Decimal = getattr(between[key], name)
        return amount

    steps = []
    if "received" in between:
        before, after = of("open_before"), of("open_after")
        agreed = of("agreed") if "agreed" in between else by_code
        steps += [
            Step("open_before", _("Open at the beginning of the year") if "agreed" not in between
                 else _("Open when received consideration begins"), before),
            Step("open_after", _("Open at the end of the year") if "agreed" not in between
                 else _("Open when received consideration ends"), -after),
            Step("received_rest", _("Differences of currency and rounding of payments"),
                 of("received") - agreed - before + after),
        ]  # fmt: skip
    steps.append(Step("carried", _("Open items carried at the change of basis"), of("carried")))
    steps += [
        Step("earlier", _("Of earlier years, declared in this one"), of("earlier")),
        Step("later", _("Declared in returns of later years"), -of("later")),
        Step("late", _("Posted after filing, declared nowhere yet"), -of("late")),
        Step("open_periods", _("Periods that are not filed"), -of("open_periods")),
        Step("elsewhere", _("Periods filed with another program, by the books"), -of("elsewhere")),
    ]
    whole = by_code + sum((step.amount for step in steps), ZERO)
    return [*steps, Step("explained", _("Explained"), whole, is_sum=True)]


def _present(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.amount or step.is_sum]


def _proposals(
    company: Company, year: YearOfReturns, books: Booked, late: Both, missing: Both
) -> list[Proposal]:
    found = []
    if year.missing:
        names = ", ".join(one.name for one in year.missing)
        found.append(Proposal(
            "file", _("File the returns of %(periods)s first.") % {"periods": names},
            missing.turnover, below(company.pk, "vat-returns"), _("VAT returns"),
        ))  # fmt: skip
    if late != Both():
        found.append(Proposal(
            "reconcile",
            _("Declare what was posted after filing by the annual reconciliation: turnover and input "
              "tax of %(tax)s.") % {"tax": chf(late.input_tax)},
            late.turnover,
        ))  # fmt: skip
    for row in books.income:
        if row.is_turnover and row.bare:
            found.append(Proposal(
                "code_turnover",
                _("%(lines)s lines on %(account)s have no VAT code. Post them anew with one, or leave "
                  "what is no consideration.")
                % {"lines": row.lines, "account": _named(row.account)},
                row.bare, _sheet(company, row.account, year), _("Account sheet"),
            ))  # fmt: skip
    for tax in books.taxes:
        if tax.bare:
            found.append(Proposal(
                "code_tax",
                _("%(account)s holds tax without a VAT code, which no return deducts. Post it anew with "
                  "one.") % {"account": _named(tax.account)},
                tax.bare, _sheet(company, tax.account, year), _("Account sheet"),
            ))  # fmt: skip
    return found


def _named(account: Account) -> str:
    return f"{account.number} {account.name}"


def _sheet(company: Company, account: Account, year: YearOfReturns) -> str:
    return below(company.pk, "account-sheet", account.number, from_=year.start, until=year.end)
