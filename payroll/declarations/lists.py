"""The lists of a year for funds and insurers (Lohnbescheinigung, Lohnlisten). Pure, from posted slips.

Sources: AHVV Art. 36 (wage declaration by 30 January), UVV Art. 116 (records of wages by code and sex).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from erp.core.money import ZERO
from payroll.declarations.gathering import PersonYear
from payroll.declarations.insured import (
    InsuredRow,
    by_kind,
    gross_of,
    grouped,
    insured_rows,
    with_alv,
)
from payroll.declarations.reports import Column, Report, with_total
from payroll.declarations.words import sex_name
from payroll.setup.words import insurance_name
from payroll.wages.kinds import Insurance


def person_columns() -> list[Column]:
    return [("ahv_number", _("AHV number")), ("name", _("Name")), ("birth_date", _("Born"))]


def person_cells(person: PersonYear) -> list[Any]:
    personal = person.file.personal
    return [personal.ahv_number, person.file.name, personal.birth_date]


def days_columns() -> list[Column]:
    return [("first", pgettext("period", "from")), ("last", pgettext("period", "to"))]


def ahv(people: Sequence[PersonYear]) -> Report:
    """Wages liable to AHV/IV/EO and ALV by person and period (Lohnbescheinigung AHV).

    Each employment has its own row, since contribution periods are told one by one. Who reached the
    reference age has a second one: the wages after the allowance, no ALV.
    """
    rows: list[list[Any]] = []
    for person in people:
        for row, of_alv in with_alv(insured_rows([person])):
            if not row.insured and not any(one.insured for one in of_alv):
                continue
            rows.append([
                *person_cells(person), row.sex, row.first, row.last, row.insured,
                sum((one.insured for one in of_alv), ZERO), row.employee, row.employer,
                _remark(row),
            ])  # fmt: skip
    rows_, kinds = with_total(rows, label=_("Total"), at=1)
    columns = [
        *person_columns(), ("sex", _("Sex")), *days_columns(), ("ahv_wage", _("AHV wage")),
        ("alv_wage", _("ALV wage")), ("employee", _("Employee")), ("employer", _("Employer")),
        ("remark", _("Remark")),
    ]  # fmt: skip
    return Report("ahv", _("AHV wage declaration"), columns, rows_, kinds)


def _remark(row: InsuredRow) -> str:
    """Who left in an earlier year has the wage in the account of that one (AHVG Art. 30ter Abs. 3)."""
    told = [_("pensioner")] if row.is_pension else []
    if row.person.exit_year is not None:
        told.append(_("supplement to %(year)s") % {"year": row.person.exit_year})
    return ", ".join(told)


def ahv_open(people: Sequence[PersonYear]) -> Report:
    """Wages that AHV is not due on: too young, small wages, the allowance of pensioners, by person."""
    rows: list[list[Any]] = []
    for person in people:
        for row in by_kind(insured_rows([person]), Insurance.AHV):
            if row.open:
                rows.append([*person_cells(person), row.first, row.last, row.wages, row.insured, row.open,
                             _reason(row)])  # fmt: skip
    rows_, kinds = with_total(rows, label=_("Total"), at=1)
    columns = [
        *person_columns(), *days_columns(), ("wages", _("Wages")), ("ahv_wage", _("AHV wage")),
        ("not_liable", _("Not liable")), ("reason", _("Reason")),
    ]  # fmt: skip
    return Report("ahv-open", _("Wages not liable to AHV"), columns, rows_, kinds)


def _reason(row: InsuredRow) -> str:
    if row.is_pension:
        return _("allowance of pensioners")
    return _("not liable yet, or small wage")


def alv(people: Sequence[PersonYear]) -> Report:
    """Wages for ALV up to the ceiling, and above it."""
    rows = [
        [*person_cells(row.person), row.first, row.last, row.days, row.wages, row.insured, row.open,
         row.employee, row.employer]
        for row in by_kind(insured_rows(people), Insurance.ALV)
    ]  # fmt: skip
    rows_, kinds = with_total(rows, label=_("Total"), at=1)
    columns = [
        *person_columns(), *days_columns(), ("days", _("Days")), ("wages", _("Wages")),
        ("alv_wage", _("ALV wage")), ("above", _("Above the ceiling")),
        ("employee", _("Employee")), ("employer", _("Employer")),
    ]  # fmt: skip
    return Report("alv", _("ALV wages"), columns, rows_, kinds)


def uvg(people: Sequence[PersonYear]) -> Report:
    """Wages for accident insurance by code and sex: gross, counted, contributory."""
    return _by_code("uvg", _("UVG wages by code and sex"), people, (Insurance.BU, Insurance.NBU))


def uvgz(people: Sequence[PersonYear]) -> Report:
    return _by_code("uvgz", _("UVGZ wages by code and sex"), people, (Insurance.UVGZ,))


def ktg(people: Sequence[PersonYear]) -> Report:
    return _by_code("ktg", _("KTG wages by code and sex"), people, (Insurance.KTG,))


def _by_code(
    key: str, title: str, people: Iterable[PersonYear], kinds_of: tuple[Insurance, ...]
) -> Report:
    mine = by_kind(insured_rows(people), *kinds_of)
    rows: list[list[Any]] = []
    kinds: dict[int, str] = {}
    named = [((_place(row, kinds_of), row.code, row.sex), row) for row in mine]
    of_person: dict[tuple[int, Insurance], list[InsuredRow]] = defaultdict(list)
    for row in mine:
        of_person[row.person.file.id, row.insurance].append(row)
    for group in grouped(named):
        place, code, sex = group.name
        label = insurance_name(kinds_of[int(place)])
        for where, row in named:
            if where == group.name:
                gross = gross_of(row, of_person[row.person.file.id, row.insurance])
                rows.append([label, code, sex_name(sex), *person_cells(row.person), row.first, row.last,
                             gross, row.wages, row.insured, row.employee,
                             row.employer])  # fmt: skip
        kinds[len(rows)] = "total"
        rows.append([label, code, sex_name(sex), "", _("Total"), None, None, None, None,
                     group.wages, group.insured, group.employee, group.employer])  # fmt: skip
    columns = [
        ("insurance", _("Insurance")), ("code", _("Code")), ("sex", _("Sex")), *person_columns(),
        *days_columns(), ("gross", _("Gross wage")), ("wages", _("Wages counted")),
        ("contributory", _("Contributory")), ("employee", _("Employee")),
        ("employer", _("Employer")),
    ]  # fmt: skip
    return Report(key, title, columns, rows, kinds)


def _place(row: InsuredRow, kinds_of: tuple[Insurance, ...]) -> str:
    return str(kinds_of.index(row.insurance))


def institutions(people: Sequence[PersonYear], names: dict[int, str]) -> Report:
    """What each institution gets for the year (Abrechnung je Institution): wages, both parts, total."""
    rows: list[list[Any]] = []
    kinds: dict[int, str] = {}
    mine = insured_rows(people)
    by_name = [(names.get(row.institution or 0, _("without institution")), row) for row in mine]
    for name in sorted({one for one, _row in by_name}):
        same = [row for one, row in by_name if one == name]
        order = list(Insurance)
        for group in grouped(((f"{order.index(row.insurance):02}", row.code, row.canton), row)
                             for row in same):  # fmt: skip
            place, code, canton = group.name
            rows.append([name, insurance_name(order[int(place)]), code or canton, group.people,
                         group.wages, group.insured, group.employee, group.employer,
                         group.total])  # fmt: skip
        kinds[len(rows)] = "total"
        rows.append([name, _("Total"), "", len({row.person.file.id for row in same}), None, None,
                     sum((row.employee for row in same), ZERO),
                     sum((row.employer for row in same), ZERO),
                     sum((row.total for row in same), ZERO)])  # fmt: skip
    columns = [
        ("institution", _("Institution")), ("insurance", _("Insurance")), ("code", _("Code")),
        ("people", _("People")), ("wages", _("Wages")), ("insured", _("Insured")),
        ("employee", _("Employee")), ("employer", _("Employer")), ("total", _("Total")),
    ]  # fmt: skip
    return Report("institutions", _("Contributions by institution"), columns, rows, kinds)


#: Lists of people by the part of their address; those of tax, pension and families have their own modules.
OF_PEOPLE: Final[dict[str, Callable[[Sequence[PersonYear]], Report]]] = {
    "ahv": ahv, "ahv-open": ahv_open, "alv": alv, "uvg": uvg, "uvgz": uvgz, "ktg": ktg,
}  # fmt: skip
