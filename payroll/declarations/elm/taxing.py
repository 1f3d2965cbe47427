"""Writing a month's message of withholding tax in the structure of ELM 5.0: TaxAtSource and its totals.

Source: SalaryDeclaration.xsd 20200220, TaxAtSourceSalaryType and TaxAtSourceTotalsType.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from erp.core.money import ZERO
from payroll.declarations.elm.nodes import node
from payroll.declarations.elm.people import particulars, reference, work
from payroll.declarations.elm.taxed import Message, State, Taxed
from payroll.declarations.elm.writing import begun, ended, framed
from payroll.declarations.taxes import Due
from payroll.employees.facts import Religion, Residence, ResidenceKind, WithholdingTax
from payroll.wages.spans import month_end

_PREDEFINED: Final = frozenset({"HEN", "HEY", "MEN", "MEY", "NON", "NOY", "SFN"})
_CHURCHES: Final = {
    "roman": "romanCatholic", "reformed": "reformedEvangelical", "jewish": "jewishCommunity",
    "christian_catholic": "christianCatholic",
}  # fmt: skip


def written_month(one: Message) -> bytes:
    """The bytes of a month's message, in UTF-8; the same message gives the same bytes."""
    made = one.declaration
    root = begun(made)
    offices = [one.office(due.canton) for due in one.dues]
    addressees = node(node(root, "sdc:Job"), "sdc:Addressees")
    for office in offices:
        to = node(addressees, "sdc:TaxAtSource", institutionIDRef=reference(office.pk))
        node(to, "sdc:ProcessByDistributor", "true")
    declaration, company, staff = framed(root, made)
    for declared in made.people:
        _person(staff, one, [row for row in one.rows if row.declared is declared])
    institutions = node(company, "sd:Institutions")
    for office in offices:
        here = node(institutions, "sd:TaxAtSource", institutionID=reference(office.pk))
        node(here, "sd:CantonID", office.canton)
        node(here, "sd:CustomerIdentity", office.member_number)
    totals = node(company, "sd:SalaryTotals")
    for due in one.dues:
        _total(totals, one, due)
    counters = node(company, "sd:SalaryCounters")
    node(counters, "sd:NumberOf-TaxAtSourceSalary-Tags", len(one.rows))
    return ended(declaration, made)


def _person(parent: Any, one: Message, rows: list[Taxed]) -> None:
    declared = rows[0].declared
    made = node(parent, "sd:Person")
    day = min(
        [month_end(one.month), *(period.exit for period in declared.person.periods if period.exit)]
    )
    particulars(made, declared, day)
    work(made, one.declaration, declared, day)
    salaries = node(made, "sd:TaxAtSourceSalaries")
    for row in rows:
        here = node(salaries, "sd:TaxAtSourceSalary",
                    institutionIDRef=reference(one.office(row.canton).pk))  # fmt: skip
        _further(here, row, day)
        node(here, "sd:TaxAtSourceCanton", row.canton)
        node(here, "sd:TaxAtSourceMunicipalityID", row.commune or one.commune)
        node(here, "sd:CurrentMonth", f"{one.month:%Y-%m}")
        if row.current is not None:
            _current(here, one, row, row.current, day)
        for correction in row.corrections:
            part = node(here, "sd:Correction")
            node(part, "sd:Month", f"{correction.month:%Y-%m}")
            _state(node(part, "sd:Old"), correction.old)
            _state(node(part, "sd:New"), correction.new)


def _further(parent: Any, row: Taxed, day: dt.date) -> None:
    file = row.declared.person.file
    made = node(parent, "sd:AdditionalParticulars")
    church = file.at(Religion, day)
    node(made, "sd:Denomination", _CHURCHES.get(church.church if church else "", "otherOrNone"))
    held = file.at(WithholdingTax, day)
    if held is not None and not held.only_job:
        others = node(made, "sd:OtherActivities")
        if held.total_rate is not None:
            node(others, "sd:TotalActivityRate", held.total_rate)


def _state(parent: Any, state: State) -> None:
    category = node(parent, "sd:TaxAtSourceCategory")
    kind = "CategoryPredefined" if state.code in _PREDEFINED else "TaxAtSourceCode"
    node(category, f"c:{kind}", state.code)
    node(parent, "sd:TaxableEarning", state.taxable)
    node(parent, "sd:AscertainedTaxableEarning", state.determinant)
    node(parent, "sd:TaxAtSource", state.tax)


def _current(parent: Any, one: Message, row: Taxed, state: State, day: dt.date) -> None:
    made = node(parent, "sd:Current", workplaceIDRef="#W1")
    _state(made, state)
    lives = row.declared.person.file.at(Residence, day)
    where = node(made, "sd:Residence")
    if lives is None or (lives.kind == ResidenceKind.SWISS and lives.country == "CH"):
        node(where, "sd:CantonCH", lives.canton if lives and lives.canton else row.canton)
    else:
        node(where, "sd:AbroadCountry", lives.country)
        kind = node(where, "sd:KindOfResidence")
        if lives.kind == ResidenceKind.WEEKLY:
            names = row.declared.names
            here = node(kind, "sd:Weekly")
            node(here, "c:ZIP-Code", names.postcode)
            node(here, "c:City", names.town)
        else:
            node(kind, "sd:Daily")
    node(made, "sd:WorkMunicipalityID", one.commune)
    _changes(made, one, row, state)


def _changes(parent: Any, one: Message, row: Taxed, state: State) -> None:
    """What is new in the month: entry, another code, exit (Meldegrund)."""
    first, last = one.month, month_end(one.month)
    periods = row.declared.person.periods
    entries = [period.entry for period in periods if first <= period.entry <= last]
    exits = [period.exit for period in periods if period.exit and first <= period.exit <= last]
    is_other = bool(row.before) and row.before != state.code
    if not (entries or exits or is_other):
        return
    made = node(parent, "sd:DeclarationCategory")
    for name, days, reason in (
        ("Entry", entries[:1], "entryCompany"),
        ("Mutation", [first] if is_other else [], _why(row.before, state.code)),
        ("Withdrawal", exits[-1:], "withdrawalCompany"),
    ):
        for day in days:
            part = node(made, f"sd:{name}")
            node(part, "sd:ValidAsOf", day)
            node(part, "sd:Reason", reason)


def _why(old: str, new: str) -> str:
    """The reason of a mutation, from what differs between two codes."""
    if old in _PREDEFINED or new in _PREDEFINED or not old:
        return "others"
    if old[0] != new[0]:
        return "partnerWork" if {old[0], new[0]} == {"B", "C"} else "civilstate"
    return "childrenDeduction" if old[1] != new[1] else "churchTax"


def _total(parent: Any, one: Message, due: Due) -> None:
    """A canton's sums; those of corrections by month, all together what is settled."""
    rows = [row for row in one.rows if row.canton == due.canton]
    corrections = [correction for row in rows for correction in row.corrections]
    made = node(
        parent, "sd:TaxAtSourceTotals", institutionIDRef=reference(one.office(due.canton).pk)
    )
    by_month = {
        month: [each for each in corrections if each.month == month]
        for month in sorted({each.month for each in corrections})
    }
    sums = {
        month: (sum((each.taxable for each in same), ZERO), sum((each.tax for each in same), ZERO))
        for month, same in by_month.items()
    }
    commissions = {month: due.commission_on(tax) for month, (_taxable, tax) in sums.items()}
    here = node(made, "sd:TotalMonth")
    node(here, "sd:TotalTaxableEarning", due.taxable - sum((one[0] for one in sums.values()), ZERO))
    node(here, "sd:TotalTaxAtSource", due.tax - sum((one[1] for one in sums.values()), ZERO))
    node(here, "sd:TotalCommission", due.commission - sum(commissions.values(), ZERO))
    node(here, "sd:CurrentMonth", f"{one.month:%Y-%m}")
    for month, (taxable, tax) in sums.items():
        here = node(made, "sd:CorrectionMonth")
        node(here, "sd:TotalTaxableEarning", taxable)
        node(here, "sd:TotalTaxAtSource", tax)
        node(here, "sd:TotalCommission", commissions[month])
        node(here, "sd:Month", f"{month:%Y-%m}")
