"""What somebody should look at before a run is approved (Auffälligkeiten), and how it is told."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.payments.pain.order import SWISS
from contacts.letters import Place
from erp.core.display import chf, figure, swiss_date
from payroll.employees.facts import Share
from payroll.runs.keeping import Earlier
from payroll.wages.values import HUNDRED, Finding, Slip

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}-\d\d", re.ASCII)
_TOLD: Final = re.compile(r"\d\d\.\d{4}|\+.*", re.ASCII)  # as it is read already
#: Values that are no amounts: percents, days, hours, quantities, numbers.
_FIGURES: Final = frozenset(
    {
        "percent",
        "degree",
        "days",
        "of",
        "hours",
        "quantity",
        "months",
        "own",
        "total",
        "year",
        "type",
    }
)

#: What is found here; what the calculation finds tells its own words.
WORDS: Final[dict[str, Any]] = {
    "run.jump": _(
        "The net wage changes by %(percent)s %% against %(month)s: from %(before)s to %(now)s."
    ),
    "run.iban_twice": _("Another person is paid to the same account. Check the IBAN."),
    "run.account_abroad": _(
        "The account %(iban)s is abroad. Wages go to accounts in Switzerland and Liechtenstein: "
        "enter another one."
    ),  # what earlier slips told
    "run.bic_missing": _(
        "The account %(iban)s is abroad. Enter the BIC of its bank with the account."
    ),
    "run.address_missing": _(
        "The account %(iban)s is abroad: its payee needs an address with town and country. Enter it in "
        "the contact."
    ),
}


def in_words(finding: Finding) -> str:
    """A finding in the reader's language: ours, or what other rooms say of theirs."""
    values = {name: shown(name, value) for name, value in finding.values.items()}
    for words in (WORDS, *further_words):
        if finding.code in words:
            try:
                return str(words[finding.code]) % values
            except KeyError:  # an older slip told less
                break
    told = ", ".join(f"{name}: {value}" for name, value in finding.values.items())
    return f"{finding.code} {told}".strip()


def shown(name: str, value: str) -> str:
    """A value as people read it: amounts grouped, days and months the Swiss way."""
    if _DAY.fullmatch(value):
        return swiss_date(dt.date.fromisoformat(value))
    if _MONTH.fullmatch(value):
        return f"{value[5:]}.{value[:4]}"
    if _TOLD.fullmatch(value):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or name in {"year", "type", "solution", "code"}:
        return value
    return figure(number) if name in _FIGURES else chf(number)


#: Words of rooms below, by code.
further_words: list[Mapping[str, Any]] = []


def jump_of(slip: Slip, before: Earlier | None, percent: Decimal) -> tuple[Finding, ...]:
    """Whether a net wage differs from the month before by more than ``percent``."""
    if before is None or not before.net:
        return ()
    change = slip.net - before.net
    if abs(change) <= abs(before.net) * percent / HUNDRED:
        return ()
    share = change / abs(before.net) * HUNDRED
    values = {"percent": f"{share:+.0f}", "month": f"{before.month:%m.%Y}",
              "before": chf(before.net), "now": chf(slip.net)}  # fmt: skip
    return (Finding(code="run.jump", values=values),)


def accounts_abroad(shares: Iterable[Share], home: Place | None) -> tuple[Finding, ...]:
    """Accounts abroad that cannot be paid to: their bank is not named, or where the payee lives.

    Source: SIX, implementation guidelines pain.001, payments of type X.
    """
    found: list[Finding] = []
    for one in shares:
        if one.iban[:2] in SWISS:
            continue
        told = {"iban": f"{one.iban[:4]} …"}
        if not one.bic:
            found.append(Finding(code="run.bic_missing", values=told, stops=True))
        if home is None or not (home.town and home.country):
            found.append(Finding(code="run.address_missing", values=told, stops=True))
    return tuple(found)


IBAN_TWICE: Final = Finding(code="run.iban_twice")


def sharing(accounts: Mapping[int, Iterable[Share]]) -> frozenset[int]:
    """Those who are paid to an account that somebody else is paid to as well."""
    owners = Counter(iban for one in accounts.values() for iban in {part.iban for part in one})
    return frozenset(
        who for who, parts in accounts.items() if any(owners[part.iban] > 1 for part in parts)
    )
