"""What a printed slip explains beside its lines (Erläuterungen): reasons, insurances, withholding tax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from erp.core.money import ZERO
from payroll.runs.models import SlipContent
from payroll.runs.words import why_in_words
from payroll.setup.words import insurance_name
from payroll.wages.kinds import Insurance
from payroll.wages.values import Charge, Reason

#: Reasons that quantity, rate and base of a line do not tell already.
EXPLAINED: Final = frozenset({
    "wage.days", "wage.rate_reckoned", "line.employed_before", "car.share", "thirteenth.paid",
    "balance.kind", "balance.paid", "garnishment.over", "contribution.employer_pays",
    "contribution.days", "contribution.ahv_income", "ahv.too_young", "ahv.allowance",
    "ahv.allowance_waived", "ahv.small_wage", "ahv.earned_before", "tax.minimum",
    "tax.work_days", "tax.exit_month", "tax.correction", "correction.difference",
})  # fmt: skip


def told(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """The reasons of a line that paper tells, in the active language."""
    return tuple(why_in_words(one) for one in reasons if one.code in EXPLAINED)


@dataclass(frozen=True, slots=True)
class ExplainedCharge:
    """A contribution as paper tells it; ``to_date`` is what was insured of the year, this slip within.

    Amounts in CHF; both parts as they are due.
    """

    name: str
    code: str
    insured: Decimal
    to_date: Decimal
    employee_percent: Decimal
    employer_percent: Decimal
    employee: Decimal
    employer: Decimal
    why: tuple[str, ...]


def explained_charges(content: SlipContent, *, employer: bool) -> list[ExplainedCharge]:
    """The insurances of a slip, those the employee shares in, with ``employer`` all of them.

    Of administration costs and of amounts there is nothing insured to tell.
    """
    sums = content.slip.carry.sums
    return [
        ExplainedCharge(
            name=_name(one), code=_code(one), insured=one.insured,
            to_date=sums[one.key].insured if one.key in sums else ZERO,
            employee_percent=one.employee_percent, employer_percent=one.employer_percent,
            employee=one.employee, employer=one.employer, why=_limited(one),
        )
        for one in content.slip.charges
        if one.employee or (one.insured and one.employee_percent) or (employer and one.employer)
    ]  # fmt: skip


def _name(charge: Charge) -> str:
    return insurance_name(charge.insurance)


def _limited(charge: Charge) -> tuple[str, ...]:
    """Why less than the wages was insured; nothing where all of them were."""
    if charge.insured == charge.wages:
        return ()
    return tuple(why_in_words(one) for one in charge.why if one.code == "contribution.range")


def _code(charge: Charge) -> str:
    shown = charge.insurance not in {Insurance.AHV, Insurance.ALV, Insurance.ADMIN}
    return " ".join(filter(None, (charge.code if shown else "", charge.canton)))
