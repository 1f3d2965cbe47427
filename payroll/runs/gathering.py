"""All that slips of a month are reckoned from (Grundlagen eines Laufs): a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, cast

from msgspec.structs import replace as changed

from contacts.letters import Place
from erp.core.bulk import among
from erp.core.sealed import SealedField, as_text
from payroll.employees import converting, missing, people
from payroll.employees.facts import LeaveBooking, Payout, Share
from payroll.employees.leave import balances
from payroll.employees.models import LeaveEntry
from payroll.employees.people import PersonFile
from payroll.runs import keeping, leaving, movements, simplified
from payroll.runs.keeping import NOTHING, Before
from payroll.runs.leaving import NO_EXIT, Exit
from payroll.runs.lookups import Shelf
from payroll.runs.models import Payment, PayrollRun, Typed
from payroll.runs.sharing import shared_out
from payroll.wages.carrying import Carry
from payroll.wages.spans import month_end
from payroll.wages.values import Finding, MonthInput, Movement, TariffRow
from payroll.wages.withholding import late_changes

LEAVE: Final = cast(SealedField, LeaveEntry._meta.get_field("content"))


@dataclass(frozen=True)
class Gathered:
    """What a person's slip of a month is reckoned from, and how it names and pays them.

    ``is_due`` says whether they belong into the run: employed in the month, or something is typed.
    """

    employee: int
    name: str
    language: str
    given: MonthInput
    is_due: bool = True
    person: dict[str, str] = field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    home: Place | None = None
    leave: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def payout_of(self, amount: Decimal) -> tuple[Payment, ...]:
        """A payout shared out over this person's accounts."""
        return shared_out(amount, self.shares, self.home)


def gather(
    run: PayrollRun, *, only: Collection[int] | None = None,
    carried: Mapping[int, Before] | None = None, shelf: Shelf | None = None,
) -> list[Gathered]:  # fmt: skip
    """The input of a run's month for all who belong into it, or of ``only`` (ids of employees).

    ``carried`` is what the months before handed on, asked for without; ``shelf`` keeps what is the same
    for all people. As many queries for a thousand people as for one.
    """
    company, month = run.company, run.month
    typed = movements.of_month(company, month, only=only)
    wanted = only if only is not None else _due(run, typed)
    files = people.files(company, month, only=list(wanted))
    carried = carried if carried is not None else keeping.before(run, list(wanted))
    shelf = shelf or Shelf()
    shelf.open(company, month, {file.language for file in files})
    leave = _leave(run, files)
    exits = leaving.years_of_exit(run, files)
    drafts = [
        _one(run, file, typed.get(file.id, []), carried.get(file.id, NOTHING).carry, shelf,
             leave.get(file.id, {}), exits.get(file.id, NO_EXIT))
        for file in files
    ]  # fmt: skip
    keys = [_tariff_keys(one.given) for one in drafts]
    tariffs = shelf.tariffs_for({key for theirs in keys for key in theirs})
    return [
        _with_tariffs(one, {key: tariffs[key] for key in theirs if key in tariffs})
        if theirs
        else one
        for one, theirs in zip(drafts, keys, strict=True)
    ]


def _with_tariffs(one: Gathered, tariffs: Mapping[str, tuple[TariffRow, ...]]) -> Gathered:
    return replace(one, given=changed(one.given, tariffs=tariffs))


def _due(run: PayrollRun, typed: Iterable[int]) -> list[int]:
    rows = people.employed_ids(run.company, run.month, month_end(run.month))
    return sorted({row["employee"] for row in rows} | set(typed))


def _one(
    run: PayrollRun, file: PersonFile, typed: list[Typed], carry: Carry, shelf: Shelf,
    leave: dict[str, str], left: Exit,
) -> Gathered:  # fmt: skip
    month, last = run.month, month_end(run.month)
    recurring = converting.recurring_of(file, month)
    allowances, lacking = converting.allowances_of(
        file, month, roles=shelf.roles, amount_of=shelf.allowance
    )
    person = converting.person_of(file, always_liable=shelf.settings.always_liable)
    contracts = converting.contracts_of(file, month)
    found = shelf.contributions_of(file, person, contracts)
    given = MonthInput(
        month=month, person=person, contracts=contracts, contributions=found.contributions,
        types=shelf.types[file.language], roles=shelf.roles,
        movements=(*recurring, *allowances, *map(as_movement, typed)),
        withholdings=converting.withholdings_of(file, month, last_wage=left.last_wage),
        figures=shelf.figures, institutions=shelf.institutions, terms=shelf.terms, carry=carry,
        earlier=left.earlier,
    )  # fmt: skip
    if changes := late_changes(given):
        given = changed(given, tax_changes=changes)
    day = _last_day(file, month, last)
    payout = file.at(Payout, day)
    return Gathered(
        employee=file.id, name=file.name, language=file.language, given=given,
        is_due=bool(file.employed(month, last) or typed), person=_named(file, day),
        shares=payout.shares if payout else (), home=file.home, leave=leave,
        findings=(*missing.before_run(file, month, contracts, is_paid=bool(typed)), *lacking,
                  *found.findings,
                  *(simplified.findings_of(file) if shelf.terms.simplified else ())),
    )  # fmt: skip


def _last_day(file: PersonFile, month: dt.date, last: dt.date) -> dt.date:
    """The last day of employment in the month, whose facts count."""
    ends = [one.exit or last for one in file.employed(month, last)]
    return min(last, max(ends)) if ends else last


def _named(file: PersonFile, day: dt.date) -> dict[str, str]:
    functions = [one.function for one in file.employments if one.entry <= day and one.function]
    return {
        "name": file.name, "number": file.number, "ahv_number": file.personal.ahv_number,
        "address": "\n".join(file.address), "function": functions[-1] if functions else "",
    }  # fmt: skip


def as_movement(one: Typed) -> Movement:
    return Movement(
        type=one.type, quantity=one.quantity, rate=one.rate, amount=one.amount,
        percent=one.percent, text=one.text, cost_centre=one.cost_centre, for_month=one.for_month,
        keeps=one.keeps,
    )  # fmt: skip


def _tariff_keys(given: MonthInput) -> set[str]:
    """Canton and code of each tariff that a slip may look into."""
    keys = {f"{one.canton} {one.code}" for one in given.withholdings if one.canton}
    keys |= {f"{one.canton} {one.board_code}" for one in given.withholdings if one.board_code}
    keys |= {f"{one.canton} {one.code}" for one in given.carry.taxed}
    keys |= {f"{one.canton} {one.code}" for one in given.tax_changes if one.canton}
    return keys


def _leave(run: PayrollRun, files: Sequence[PersonFile]) -> dict[int, dict[str, str]]:
    """What is left of holidays and overtime at the end of the month, as the slip tells it: one query."""
    last = month_end(run.month)
    booked: dict[int, list[tuple[dt.date, LeaveBooking]]] = defaultdict(list)
    rows = LeaveEntry.of(run.company_id).filter(
        employee__in=among([one.id for one in files]), date__lte=last
    )
    for who, day, seal, text in rows.values_list(
        "employee_id", "date", as_text("seal_id"), as_text("content")
    ):
        booked[who].append((day, LEAVE.opened_at(LEAVE.place_of(run.company_id, seal), text)))
    return {
        file.id: {
            one.kind.value: str(one.left)
            for one in balances(file, booked.get(file.id, ()), run.month.year)
            if any((one.carried, one.entitled, one.earned, one.taken))
        }
        for file in files
    }
