"""Totals of a run by wage type and insurance (Rekapitulation): no person is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.core.money import ZERO
from erp.web.export import Table
from payroll.runs.models import PayrollRun, SlipContent
from payroll.setup.words import insurance_name
from payroll.wages.kinds import Insurance
from payroll.wages.values import Slip


@dataclass(frozen=True, slots=True)
class TypeTotal:
    """What a wage type comes to over all slips; ``people`` are those who have it."""

    number: int
    name: str
    quantity: Decimal
    amount: Decimal
    people: int
    paid: bool


@dataclass(frozen=True, slots=True)
class ChargeTotal:
    """An insurance: wages insured, the employees' part and the employer's."""

    name: str
    code: str
    insured: Decimal
    employee: Decimal
    employer: Decimal

    @property
    def title(self) -> str:
        """What it is called in the active language, with the solution's code."""
        return f"{insurance_name(Insurance(self.name.lower()))} {self.code}".strip()

    @property
    def total(self) -> Decimal:
        return self.employee + self.employer


@dataclass(frozen=True, slots=True)
class Totals:
    people: int
    gross: Decimal
    net: Decimal
    payout: Decimal
    employer: Decimal

    @property
    def cost(self) -> Decimal:
        """What the employer bears: gross wages and its contributions."""
        return self.gross + self.employer


def employer_part(slip: Slip) -> Decimal:
    return sum((one.employer for one in slip.charges), ZERO)


def totals_of(contents: Iterable[SlipContent]) -> Totals:
    slips = [one.slip for one in contents]
    return Totals(
        len(slips), sum((one.gross for one in slips), ZERO), sum((one.net for one in slips), ZERO),
        sum((one.payout for one in slips), ZERO), sum(map(employer_part, slips), ZERO),
    )  # fmt: skip


def by_type(contents: Iterable[SlipContent], names: Mapping[int, str]) -> list[TypeTotal]:
    """Totals by wage type in the order of their numbers.

    Slips tell wage types in the language of whom they are for; ``names`` are what they are called
    for whoever reads this.
    """
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    told: dict[int, str] = {}
    people: dict[int, set[int]] = defaultdict(set)
    paid: dict[int, bool] = {}
    for nth, content in enumerate(contents):
        for line in content.slip.lines:
            amounts[line.type] += line.amount
            quantities[line.type] += line.quantity or ZERO
            told.setdefault(line.type, names.get(line.type, line.name))
            people[line.type].add(nth)
            paid[line.type] = paid.get(line.type, False) or line.paid
    return [
        TypeTotal(number, told[number], quantities[number], amounts[number], len(people[number]),
                  paid[number])
        for number in sorted(amounts)
    ]  # fmt: skip


def by_charge(contents: Iterable[SlipContent]) -> list[ChargeTotal]:
    """Totals by insurance and code of the solution."""
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for content in contents:
        for one in content.slip.charges:
            row = sums[one.insurance.value, one.code or one.canton]
            row[0] += one.insured
            row[1] += one.employee
            row[2] += one.employer
    return [ChargeTotal(name.upper(), code, *row) for (name, code), row in sorted(sums.items())]


def recap_table(
    run: PayrollRun, contents: Sequence[SlipContent], names: Mapping[int, str]
) -> Table:
    """The recapitulation as page, PDF, XLSX or CSV; also the voucher of the entry."""
    rows: list[list[object]] = []
    kinds: dict[int, str] = {}
    for one in by_type(contents, names):
        rows.append([str(one.number), one.name, one.people, one.quantity or "", one.amount])
    sums = totals_of(contents)
    for label, amount in ((_("Gross wages"), sums.gross), (_("Net wages"), sums.net),
                          (_("Payout"), sums.payout)):  # fmt: skip
        kinds[len(rows)] = "total"
        rows.append(["", label, sums.people, "", amount])
    for charge in by_charge(contents):
        label = _("%(insurance)s: employer") % {"insurance": f"{charge.name} {charge.code}".strip()}
        rows.append(["", label, "", charge.insured, charge.employer])
    kinds[len(rows)] = "grand"
    rows.append(["", _("Total cost of the employer"), "", "", sums.cost])
    return Table(
        title=_("Recapitulation of wages"), subtitle=f"{run} · {run.get_kind_display()}",
        head=[_("No."), _("Wage type"), _("People"), _("Quantity"), _("Amount")], rows=rows,
        kinds=kinds, name=f"recap-{run.month:%Y-%m}",
    )  # fmt: skip
