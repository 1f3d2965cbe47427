"""What if (Methodenvergleich): a year by the effective method beside net tax rates, in francs.

Either method is reckoned from the same posted lines, whichever the books were kept by: consideration
with and without its tax, tax as booked, and the tax hidden in what was booked gross. Sources: MWSTG
Art. 28, 36 and 37; MWSTV Art. 77 to 96.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes
from vat.codes.models import CodeKind, VatCode, VatSettings
from vat.codes.net_rates import require_net_tax_rate
from vat.codes.queries import boxes_by_rate
from vat.returns import pieces
from vat.returns.computing import Granted, Scope, compute
from vat.returns.form import HUNDRED, CodeSum, fill, half_up
from vat.returns.pieces import Sum
from vat.returns.spans import Span
from vat.settings.limits import limit_on

EFFECTIVE, NET = VatSettings.Method.EFFECTIVE, VatSettings.Method.NET_TAX_RATE
TURNOVER = (CodeKind.OUTPUT, CodeKind.DISCOUNT)
#: Turnover that is exempt without credit, or no turnover of supplies, counts for no limit.
NOT_TAXABLE = frozenset({"230", "280"})


@dataclass(frozen=True, slots=True)
class Cost:
    """What a method costs: tax on turnover and acquisitions, less input tax, with its corrections.

    ``corrections`` make more to pay where positive; ``payable`` is rounded once, half up, to 0.01.
    """

    turnover_tax: Decimal
    acquisition_tax: Decimal
    input_tax: Decimal
    corrections: Decimal
    payable: Decimal


@dataclass(frozen=True, slots=True)
class AccountTax:
    """Taxed turnover of an account with its tax, and the net tax rate on it in percent.

    ``percent`` is None where no rate is typed or granted, and the last one where several held.
    """

    account: Account
    turnover: Decimal
    percent: Decimal | None
    tax: Decimal


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A limit of net tax rates in francs a year, and what the year comes to."""

    label: str | Promise
    amount: Decimal
    limit: Decimal
    source: str

    @property
    def is_kept(self) -> bool:
        return self.amount <= self.limit


@dataclass(frozen=True)
class Comparison:
    """A year by both methods. ``difference`` is what net tax rates cost more, or with a minus less."""

    start: dt.date
    end: dt.date
    basis: str
    effective: Cost
    net: Cost
    accounts: tuple[AccountTax, ...]
    limits: tuple[LimitUse, ...]

    @property
    def difference(self) -> Decimal:
        return self.net.payable - self.effective.payable

    @property
    def without_rate(self) -> tuple[AccountTax, ...]:
        """Accounts whose turnover no net tax rate takes: as long as there are some, the figures lack."""
        return tuple(row for row in self.accounts if row.percent is None and row.turnover)

    @property
    def is_allowed(self) -> bool:
        """Whether net tax rates may be chosen, as far as the limits tell."""
        return all(one.is_kept for one in self.limits)


def what_if(
    company: Company, start: dt.date, end: dt.date, *, rates: Mapping[str, Decimal] | None = None,
    basis: str = "",
) -> Comparison:  # fmt: skip
    """A past year by the effective method against net tax rates; a fixed number of queries.

    ``rates`` are net tax rates in percent by number of the income account; without any, those of the
    company's activities count. ``basis`` is that of the settings at the end of the year unless given.
    Raises ``NoNetTaxRate``.
    """
    for percent in (rates or {}).values():
        require_net_tax_rate(percent, end)
    chosen = basis or _basis(company, end)
    codes = {code.pk: code for code in VatCode.of(company)}
    scope = Scope(company, start, end, NET, chosen, [Span(start, end)])
    found = pieces.sums(scope.question)
    accounts = tuple(_accounts(scope, found, codes, rates))
    net = _net(accounts, found, codes)
    return Comparison(
        start, end, chosen, _effective(replace(scope, method=EFFECTIVE), codes), net, accounts,
        tuple(_limits(end, _taxable(found, codes), net.turnover_tax)),
    )  # fmt: skip


def _basis(company: Company, day: dt.date) -> str:
    rows = VatSettings.of(company).filter(valid_from__lte=day).order_by("-valid_from")
    return rows.values_list("basis", flat=True).first() or VatSettings.Basis.AGREED


# --- the effective method ---------------------------------------------------------------------------
def _effective(scope: Scope, codes: Mapping[int, VatCode]) -> Cost:
    shares = {code.code: code.deductible_percent / HUNDRED for code in codes.values()}
    sums = [_deducting(one, shares[one.code]) for one in compute(scope).sums]
    told = fill(sums, start=scope.start, end=scope.end, method=EFFECTIVE, basis=scope.basis,
                rate_boxes=boxes_by_rate())  # fmt: skip
    corrections = told.box("415") + told.box("420") - told.box("410")
    return Cost(
        half_up(sum((row.exact for row in told.supplies), ZERO)),
        half_up(sum((row.exact for row in told.acquisitions), ZERO)),
        told.box("400") + told.box("405"), corrections, told.payable,
    )  # fmt: skip


def _deducting(one: CodeSum, share: Decimal) -> CodeSum:
    """A sum with the input tax it has by the effective method, however it was booked."""
    if one.shipped.kind in {CodeKind.INPUT, CodeKind.IMPORT}:
        return replace(one, tax=one.tax + to_centimes(one.hidden * share))
    if one.shipped.kind == CodeKind.ACQUISITION and one.shipped.input_purpose:
        return replace(one, tax=to_centimes(-one.owed * share))
    return one


# --- net tax rates ----------------------------------------------------------------------------------
def _accounts(
    scope: Scope, found: Iterable[Sum], codes: Mapping[int, VatCode],
    rates: Mapping[str, Decimal] | None,
) -> Iterable[AccountTax]:  # fmt: skip
    rows = {row.pk: row for row in Account.of(scope.company)}
    granted = Granted(scope)
    together: dict[int, AccountTax] = {}
    for one in sorted(found, key=lambda one: one.supply_date or dt.date.min):
        code = codes[one.code]
        if code.kind not in TURNOVER or not code.shipped.tax_box or one.account is None:
            continue
        account = rows[one.account]
        day = one.supply_date or scope.end
        percent = rates.get(account.number) if rates else granted.of(one.account, day).percent
        before = together.get(one.account, AccountTax(account, ZERO, None, ZERO))
        together[one.account] = AccountTax(
            account, before.turnover - one.gross, before.percent if percent is None else percent,
            before.tax - one.gross * (percent or ZERO) / HUNDRED,
        )  # fmt: skip
    return sorted(together.values(), key=lambda row: row.account.number)


def _net(
    accounts: Iterable[AccountTax], found: Iterable[Sum], codes: Mapping[int, VatCode]
) -> Cost:
    tax = sum((row.tax for row in accounts), ZERO)
    acquired = sum(
        (one.net * one.rate / HUNDRED for one in found
         if codes[one.code].kind == CodeKind.ACQUISITION), ZERO,
    )  # fmt: skip
    return Cost(half_up(tax), half_up(acquired), ZERO, ZERO, half_up(tax + acquired))


def _taxable(found: Iterable[Sum], codes: Mapping[int, VatCode]) -> Decimal:
    """Turnover of taxable supplies with its tax, those freed of tax among them."""
    return -sum(
        (one.gross for one in found
         if codes[one.code].kind in TURNOVER
         and not NOT_TAXABLE & set(codes[one.code].shipped.base_boxes)), ZERO,
    )  # fmt: skip


def _limits(end: dt.date, turnover: Decimal, tax: Decimal) -> Iterable[LimitUse]:
    for kind, label, amount in (
        ("net_turnover", _("Turnover of taxable supplies a year"), turnover),
        ("net_tax", _("Tax by net tax rates a year"), tax),
    ):
        limit = limit_on(kind, end)
        if limit is not None:
            yield LimitUse(label, amount, limit.amount, limit.source)
