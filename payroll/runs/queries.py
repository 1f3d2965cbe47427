"""What pages and endpoints ask of runs: lists, people, and how they differ from the month before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet

from erp.companies.models import Company
from payroll.runs import keeping
from payroll.runs.differences import TypeChange, by_type
from payroll.runs.findings import in_words
from payroll.runs.models import PayrollRun, Payslip, SlipContent
from payroll.runs.recap import employer_part
from payroll.wages.spans import month_end
from payroll.wages.values import Slip


def runs_of(company: Company) -> QuerySet[PayrollRun]:
    """The runs with how many people they have, and of how many something stops them."""
    return PayrollRun.of(company).select_related(
        "created_by", "approved_by", "calculated_by", "entry", "bank_account", "corrects",
        "cancelled_by",
    ).annotate(people=Count("slips"), stopped=Count("slips", filter=Q(slips__findings__gt=0)))  # fmt: skip


def slips_of(run: PayrollRun) -> list[Payslip]:
    """The slips of a run by the names on them, without their papers: one query."""
    slips = Payslip.of(run.company_id).filter(run=run).select_related("run").defer("paper")
    return sorted(slips, key=lambda slip: (slip.content.person.get("name", "").casefold(), slip.pk))


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    code: str
    text: str
    stops: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a run: what they get and cost, beside the month before; amounts in CHF."""

    slip: Payslip
    name: str
    number: str
    gross: Decimal
    deductions: Decimal
    net: Decimal
    payout: Decimal
    employer: Decimal
    change: Decimal | None
    changes: tuple[TypeChange, ...]
    findings: tuple[Told, ...]

    @property
    def stops(self) -> bool:
        return any(one.stops for one in self.findings)


def person_rows(run: PayrollRun, slips: Sequence[Payslip]) -> list[PersonRow]:
    """Rows of a run's page, each beside the person's last regular slip: one query more."""
    told = {} if run.is_correction else keeping.last_slips(run, [one.employee_id for one in slips])
    return [person_row(one, told.get(one.employee_id)) for one in slips]


def person_row(slip: Payslip, before: Slip | None) -> PersonRow:
    content: SlipContent = slip.content
    now = content.slip
    return PersonRow(
        slip, content.person.get("name", ""), content.person.get("number", ""), now.gross,
        now.net - now.gross, now.net, now.payout, employer_part(now),
        now.net - before.net if before is not None else None,
        tuple(by_type(before.lines, now.lines)) if before is not None else (),
        tuple(dict.fromkeys(Told(one.code, in_words(one), one.stops)  # two children, one sentence
                            for one in sorted(now.findings, key=lambda each: not each.stops))),
    )  # fmt: skip


def year_to_date(content: SlipContent) -> dict[int, Decimal]:
    """Amounts by wage type since January, this slip within, as it handed them on."""
    return {int(number): amount for number, amount in content.slip.carry.types.items()}


def paid_until(company: Company, employees: Collection[int]) -> dict[int, dt.date]:
    """The last day of the last month of which each person has a posted slip: one query."""
    rows = Payslip.of(company).filter(
        employee__in=employees, run__status__in=PayrollRun.BOOKED,
        run__kind=PayrollRun.Kind.REGULAR,
    ).values_list("employee").annotate(last=Max("run__month"))  # fmt: skip
    return {who: month_end(month) for who, month in rows}
