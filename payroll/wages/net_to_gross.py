"""From a net wage that was agreed to the gross wage (Netto-Brutto-Rechnung).

A search over ``calculate`` and nothing else, so that the slip says the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from msgspec.structs import replace

from erp.core.money import CENTIME, to_centimes
from payroll.wages import reasons
from payroll.wages.calculating import calculate
from payroll.wages.drafting import LARGEST
from payroll.wages.reasons import because
from payroll.wages.values import MonthInput, Movement, Reason, Slip

#: Roundings of deductions and steps of tariffs let the net wage jump: so many centimes are tried
#: on both sides of where it passes the wanted one.
NEIGHBOURS = 250


class Target(StrEnum):
    """Which sum of the slip was agreed."""

    NET = "net"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grossed:
    """The gross amount that was found, and its slip. ``why`` says what is not as wished, if anything.

    ``reached`` is the net wage or payout of that slip: the wanted one, or the nearest there is.
    """

    amount: Decimal
    reached: Decimal
    slip: Slip
    why: Reason | None = None


def gross_for(
    given: MonthInput,
    *,
    wanted: Decimal,
    type: int,
    target: Target = Target.NET,
) -> Grossed:
    """The amount of a wage type that brings the slip to a net wage or payout, in CHF to 0.01.

    ``given`` is without that amount. See ``search``; ``net.too_high`` is of a ``type`` that pays nothing.
    """

    def with_amount(amount: Decimal) -> MonthInput:
        return replace(given, movements=(*given.movements, Movement(type=type, amount=amount)))

    return search(with_amount, wanted=wanted, target=target)


def search(
    given_with: Callable[[Decimal], MonthInput], *, wanted: Decimal, target: Target = Target.NET
) -> Grossed:
    """The amount with which a month's input brings the slip to a net wage or payout, in CHF to 0.01.

    Where none fits, the nearest is given with the reason: ``net.not_exact``, ``net.too_low`` (reached
    without it) or ``net.too_high``. What stops the run stands in the slip's findings.
    """
    tried: dict[int, Slip] = {}

    def slip_at(centimes: int) -> Slip:
        if centimes not in tried:
            tried[centimes] = calculate(given_with(Decimal(centimes).scaleb(-2)))
        return tried[centimes]

    def reached_at(centimes: int) -> Decimal:
        slip = slip_at(centimes)
        return slip.net if target is Target.NET else slip.payout

    def found(centimes: int, code: str = "") -> Grossed:
        reached = reached_at(centimes)
        return Grossed(
            amount=Decimal(centimes).scaleb(-2).quantize(CENTIME),
            reached=reached,
            slip=slip_at(centimes),
            why=because(code, wanted=wanted, reached=reached) if code else None,
        )

    wanted = to_centimes(wanted)
    if reached_at(0) >= wanted:
        return found(0, "" if reached_at(0) == wanted else reasons.NET_TOO_LOW)
    passed = _passed(wanted, reached_at)
    if passed is None:
        return found(0, reasons.NET_TOO_HIGH)
    if reached_at(passed) == wanted:
        return found(passed)
    nearest = _nearest(passed, wanted, reached_at)
    return found(nearest, "" if reached_at(nearest) == wanted else reasons.NET_NOT_EXACT)


def _passed(wanted: Decimal, reached_at: Callable[[int], Decimal]) -> int | None:
    """The centimes where the wanted sum is passed; None where no amount gets there."""
    low, high = 0, max(int(wanted.scaleb(2)), 100)
    most = int(LARGEST.scaleb(2))
    while reached_at(high) < wanted:
        if reached_at(high) <= reached_at(0) or high * 2 > most:
            return None
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if reached_at(middle) < wanted:
            low = middle
        else:
            high = middle
    return high


def _nearest(passed: int, wanted: Decimal, reached_at: Callable[[int], Decimal]) -> int:
    """The amount beside ``passed`` that comes nearest, and the first that fits exactly."""
    best = passed
    for step in range(1, NEIGHBOURS + 1):
        for one in (passed - step, passed + step):
            if one >= 0 and abs(reached_at(one) - wanted) < abs(reached_at(best) - wanted):
                best = one
        if reached_at(best) == wanted:
            break
    return best
