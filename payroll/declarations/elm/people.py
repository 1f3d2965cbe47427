"""The persons of the export: who they are, their work, and their wages by insurance."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from erp.core.money import ZERO
from payroll.declarations.certificate import Certificate
from payroll.declarations.elm.declaring import (
    DOMAINS,
    Declaration,
    Declared,
    canton_of,
    status_of,
)
from payroll.declarations.elm.nodes import amount, node, span
from payroll.declarations.insured import InsuredRow, gross_of, with_alv
from payroll.declarations.pensions import annual_wage
from payroll.declarations.remarks import remarks_of
from payroll.employees.facts import Permit, Residence, Wage
from payroll.wages.kinds import Insurance, Pay
from payroll.wages.values import HUNDRED

_PERMITS: Final = {
    "L": "shortTerm-L", "B": "annual-B", "C": "settled-C", "G": "crossBorder-G",
    "N": "asylumSeeker-N", "S": "needForProtection-S", "F": "ProvisionallyAdmittedForeigners-F",
    "Ci": "ResidentForeignNationalWithGainfulEmployment-Ci",
}  # fmt: skip


def reference(institution: int | None) -> str:
    """How the export calls an institution."""
    return f"#I{institution}"


def write_person(parent: Any, one: Declaration, declared: Declared) -> None:
    """A person with all their wages."""
    made = node(parent, "sd:Person")
    day = _day_of(declared)
    particulars(made, declared, day)
    work(made, one, declared, day)
    _ahv(made, declared)
    _fak(made, declared)
    _uvg(made, declared)
    _others(made, declared, Insurance.UVGZ, "UVGZ-LAAC-BaseSalary")
    _others(made, declared, Insurance.KTG, "Reference-AHV-AVS-Salary")
    _bvg(made, declared, day)
    salaries = node(made, "sd:TaxSalaries")
    for certificate in declared.certificates:
        write_certificate(salaries, certificate)


def _day_of(declared: Declared) -> dt.date:
    """The day that tells how somebody lives and works: the last one of the year, or of the employment."""
    person = declared.person
    ends = [one.exit or person.last for one in person.periods]
    return min(max(ends, default=person.last), person.last)


def particulars(parent: Any, declared: Declared, day: dt.date) -> None:
    """Who somebody is on a day; a residence is there, else it was refused before."""
    file, names = declared.person.file, declared.names
    made = node(parent, "sd:Particulars")
    number = node(made, "c:Social-InsuranceIdentification")
    node(number, "c:SV-AS-Number", file.personal.ahv_number)
    node(made, "c:EmployeeNumber", file.number)
    node(made, "c:Lastname", names.last)
    node(made, "c:Firstname", names.first)
    node(made, "c:Sex", file.personal.sex.value)
    node(made, "c:DateOfBirth", file.personal.birth_date)
    node(made, "c:Nationality", file.personal.nationality)
    status = node(made, "c:CivilStatus")
    node(status, "c:Status", status_of(declared.person, day))
    address = node(made, "c:Address")
    if names.street:
        node(address, "c:Street", names.street)
    node(address, "c:ZIP-Code", names.postcode)
    node(address, "c:City", names.town)
    residence = file.at(Residence, day)
    assert residence is not None  # refused before
    node(made, "c:ResidenceCanton", canton_of(residence))
    if residence.commune is not None:
        node(made, "c:MunicipalityID", residence.commune)
    permit = file.at(Permit, day)
    if permit is not None and permit.category:
        node(made, "c:ResidenceCategory", _PERMITS.get(permit.category, "othersNotSwiss"))
    node(
        made, "c:LanguageCode", file.language if file.language in {"de", "fr", "it", "en"} else "de"
    )


def work(parent: Any, one: Declaration, declared: Declared, day: dt.date) -> None:
    """Hours and days of the employment that holds on a day."""
    made = node(parent, "sd:Work")
    time = node(made, "c:WorkingTime")
    wage = declared.person.file.at(Wage, day)
    if wage is not None and wage.pay == Pay.MONTH:
        steady = node(time, "c:Steady")
        hours = wage.weekly_hours or one.weekly_hours * wage.degree / HUNDRED
        node(steady, "c:WeeklyHours", hours)
        node(steady, "c:ActivityRate", wage.degree)
    else:
        node(time, "c:Unsteady")
    periods = declared.person.periods
    if periods:
        node(made, "c:EntryDate", periods[-1].entry)
        if periods[-1].exit is not None:
            node(made, "c:WithdrawalDate", periods[-1].exit)
    else:
        node(made, "c:EntryDate", declared.person.first)


def _salary(parent: Any, kind: Insurance, row: InsuredRow) -> Any:
    name = DOMAINS[kind][0]
    return node(parent, f"sd:{name}-Salary", institutionIDRef=reference(row.institution))


def _ahv(parent: Any, declared: Declared) -> None:
    rows = declared.of(Insurance.AHV)
    if not rows:
        return
    salaries = node(parent, "sd:AHV-AVS-Salaries")
    for row, of_alv in with_alv(declared.insured):
        made = _salary(salaries, Insurance.AHV, row)
        span(made, "sd:AccountingTime", row.first, row.last)
        node(made, "sd:AHV-AVS-Income", row.insured)
        amount(made, "sd:AHV-AVS-Open", row.open)
        node(made, "sd:ALV-AC-Income", sum((one.insured for one in of_alv), ZERO))
        amount(made, "sd:ALV-AC-Open", sum((one.open for one in of_alv), ZERO))


def _fak(parent: Any, declared: Declared) -> None:
    rows = declared.of(Insurance.FAK)
    if not rows:
        return
    salaries = node(parent, "sd:FAK-CAF-Salaries")
    for row in rows:
        made = _salary(salaries, Insurance.FAK, row)
        span(made, "sd:FAK-CAF-Period", row.first, row.last)
        node(made, "sd:FAK-CAF-ContributorySalary", row.insured)
        node(made, "sd:FAK-CAF-WorkplaceCanton", row.canton)


def _uvg(parent: Any, declared: Declared) -> None:
    rows = declared.of(Insurance.BU)
    if not rows:
        return
    salaries = node(parent, "sd:UVG-LAA-Salaries")
    for row in rows:
        made = _salary(salaries, Insurance.BU, row)
        span(made, "sd:AccountingTime", row.first, row.last)
        node(made, "sd:UVG-LAA-Code", row.code)
        node(made, "sd:UVG-LAA-GrossSalary", gross_of(row, rows))
        node(made, "sd:UVG-LAA-BaseSalary", row.wages)
        node(made, "sd:UVG-LAA-ContributorySalary", row.insured)


def _others(parent: Any, declared: Declared, kind: Insurance, base: str) -> None:
    """UVGZ and KTG: by code, the wages counted and those that are contributory."""
    rows = declared.of(kind)
    if not rows:
        return
    name = DOMAINS[kind][0]
    salaries = node(parent, f"sd:{name}-Salaries")
    for row in rows:
        made = _salary(salaries, kind, row)
        span(made, "sd:AccountingTime", row.first, row.last)
        node(made, f"sd:{name}-Code", row.code)
        node(made, f"sd:{base}", row.wages)
        node(made, f"sd:{name}-ContributorySalary", row.insured)


def _bvg(parent: Any, declared: Declared, day: dt.date) -> None:
    rows = {(row.institution, row.code): row for row in declared.of(Insurance.BVG)}
    if not rows:
        return
    salaries = node(parent, "sd:BVG-LPP-Salaries")
    for row in rows.values():
        made = _salary(salaries, Insurance.BVG, row)
        node(made, "sd:BVG-LPP-Code", row.code)
        node(made, "sd:BVG-LPP-AnnualBasis", annual_wage(declared.person, day) or row.wages)


# --- the certificate --------------------------------------------------------------------------------
def write_certificate(parent: Any, one: Certificate) -> None:
    """A certificate with exact amounts (TaxSalary), in the order of the schema."""
    made = node(parent, "sd:TaxSalary")
    node(made, "sd:DocID", one.doc)
    span(made, "sd:Period", one.first, one.last)
    if one.has_free_transport:
        node(made, "sd:FreeTransport")
    if one.notes.canteen:
        node(made, "sd:CanteenLunchCheck")
    amount(made, "sd:Income", one.box("1"))
    if any(one.box(box) for box in ("2.1", "2.2", "2.3")):
        benefits = node(made, "sd:FringeBenefits")
        amount(benefits, "sd:FoodLodging", one.box("2.1"))
        amount(benefits, "sd:CompanyCar", one.box("2.2"))
        _kind(benefits, "sd:Other", one, "2.3")
    _kind(made, "sd:SporadicBenefits", one, "3")
    _kind(made, "sd:CapitalPayment", one, "4")
    amount(made, "sd:OwnershipRight", one.box("5"))
    amount(made, "sd:BoardOfDirectorsRemuneration", one.box("6"))
    _kind(made, "sd:OtherBenefits", one, "7")
    node(made, "sd:GrossIncome", one.box("8"))
    amount(made, "sd:AHV-ALV-NBUV-AVS-AC-AANP-Contribution", one.box("9"))
    if one.box("10.1") or one.box("10.2"):
        pension = node(made, "sd:BVG-LPP-Contribution")
        amount(pension, "sd:Regular", one.box("10.1"))
        amount(pension, "sd:Purchase", one.box("10.2"))
    node(made, "sd:NetIncome", one.box("11"))
    amount(made, "sd:DeductionAtSource", one.box("12"))
    _charges(made, one)
    if one.notes.benefits:
        node(made, "sd:OtherFringeBenefits", one.notes.benefits)
    if remarks := remarks_of(one):
        node(made, "sd:Remark", " ".join(remarks))


def _kind(parent: Any, name: str, one: Certificate, box: str) -> None:
    if one.box(box):
        made = node(parent, name)
        node(made, "sd:Text", one.kinds.get(box, ""))
        node(made, "sd:Sum", one.box(box))


def _charges(parent: Any, one: Certificate) -> None:
    if one.expense_rule == "guide":
        node(node(parent, "sd:ChargesRule"), "sd:Guidance")
    elif one.expense_rule == "approved" and one.expense_date is not None:
        grant = node(node(parent, "sd:ChargesRule"), "sd:WithRegulation")
        node(grant, "sd:Allowed", one.expense_date)
        node(grant, "sd:Canton", one.expense_canton)
    if not any(one.box(box) for box in ("13.1.1", "13.1.2", "13.2.1", "13.2.2", "13.2.3", "13.3")):
        return
    made = node(parent, "sd:Charges")
    if one.box("13.1.1") or one.box("13.1.2"):
        effective = node(made, "sd:Effective")
        amount(effective, "sd:TravelFoodAccommodation", one.box("13.1.1"))
        _kind(effective, "sd:Other", one, "13.1.2")
    if any(one.box(box) for box in ("13.2.1", "13.2.2", "13.2.3")):
        lump = node(made, "sd:LumpSum")
        amount(lump, "sd:Representation", one.box("13.2.1"))
        amount(lump, "sd:Car", one.box("13.2.2"))
        _kind(lump, "sd:Other", one, "13.2.3")
    amount(made, "sd:Education", one.box("13.3"))
