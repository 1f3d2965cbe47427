"""Writing the export (XML nach ELM 5.0): company, persons, institutions, totals, counters.

Source: SalaryDeclaration.xsd 20200220 with Common and Container. The same declaration gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from erp.core.identifiers import format_uid
from erp.core.money import ZERO
from erp.core.version import VERSION
from payroll.declarations.elm.declaring import DOMAINS, Declaration
from payroll.declarations.elm.nodes import NAMES, SERVICE, node
from payroll.declarations.elm.people import reference, write_person
from payroll.declarations.insured import InsuredRow
from payroll.setup.models import Institution
from payroll.wages.kinds import Insurance

NAME: Final = "Rappen"
NOT_CERTIFIED: Final = "none: export without Swissdec certification"


def written(one: Declaration) -> bytes:
    """The bytes of the export, in UTF-8. What is missing is refused before, by ``declaration_of``."""
    root = begun(one)
    _job(root, one)
    declaration, company, staff = framed(root, one)
    for person in one.people:
        write_person(staff, one, person)
    _institutions(company, one)
    _totals(company, one)
    _counters(company, one)
    return ended(declaration, one)


def begun(one: Declaration) -> Any:
    """A message with who made it; it says that it is not certified."""
    root = etree.Element(f"{{{SERVICE}}}DeclareSalary", nsmap=NAMES)
    root.append(etree.Comment(f" {NAME}: export without Swissdec certification, not for sending "))
    _context(root, one)
    return root


def framed(root: Any, one: Declaration) -> tuple[Any, Any, Any]:
    """The declaration of a message, with its company that is described, and the staff to be filled."""
    declaration = node(root, "sdc:SalaryDeclaration", schemaVersion="0.0")
    company = node(declaration, "sd:Company")
    _description(company, one)
    return declaration, company, node(company, "sd:Staff")


def ended(declaration: Any, one: Declaration) -> bytes:
    """The end of a declaration, and its message as bytes in UTF-8."""
    about = node(declaration, "sd:GeneralSalaryDeclarationDescription")
    node(about, "sd:CreationDate", one.at.replace(microsecond=0, tzinfo=None).isoformat())
    node(about, "sd:AccountingPeriod", str(one.year))
    if one.contact and one.phone:
        contact = node(about, "sd:ContactPerson")
        node(contact, "sd:Name", one.contact)
        node(contact, "sd:PhoneNumber", one.phone)
    content: bytes = etree.tostring(
        declaration.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return content


def _context(parent: Any, one: Declaration) -> None:
    made = node(parent, "sdc:RequestContext")
    agent = node(made, "c:UserAgent")
    for name, text in (("Producer", NAME), ("Name", NAME), ("Version", VERSION),
                       ("StandardVersion", "5.0"), ("Certificate", NOT_CERTIFIED)):  # fmt: skip
        node(agent, f"c:{name}", text)
    node(node(made, "c:CompanyName"), "c:HR-RC-Name", one.company.name)
    node(made, "c:TransmissionDate", one.at.replace(microsecond=0).isoformat())
    node(made, "c:RequestID", f"{one.company.short_name}-{one.year}")
    node(made, "c:LanguageCode", one.company.language)


def _job(parent: Any, one: Declaration) -> None:
    addressees = node(node(parent, "sdc:Job"), "sdc:Addressees")
    for kind, (name, _form) in DOMAINS.items():
        for institution in one.institutions_of(kind):
            made = node(addressees, f"sdc:{name}", institutionIDRef=reference(institution.pk))
            node(made, "sdc:ProcessByDistributor", "true")
    node(node(addressees, "sdc:Tax"), "sdc:ProcessByDistributor", "true")


def _description(parent: Any, one: Declaration) -> None:
    """The company with its place of work and hours a week."""
    company = one.company
    made = node(parent, "sd:CompanyDescription")
    node(node(made, "c:Name"), "c:HR-RC-Name", company.name)
    street = f"{company.street} {company.house_number}".strip()
    address = node(made, "c:Address")
    if street:
        node(address, "c:Street", street)
    node(address, "c:ZIP-Code", company.postcode)
    node(address, "c:City", company.town)
    uid = node(made, "c:UID-BFS")
    if company.uid:
        node(uid, "c:UID", format_uid(company.uid)[:15])
    else:
        node(uid, "c:Unknown")
    place = node(made, "c:Workplace", workplaceID="#W1")
    where = node(place, "c:AddressExtended")
    if street:
        node(where, "c:Street", street)
    node(where, "c:ZIP-Code", company.postcode)
    node(where, "c:City", company.town)
    hours = node(place, "c:CompanyWorkingTime")
    node(hours, "c:WeeklyHours", Decimal(one.weekly_hours), companyWeeklyHoursID="#H1")


# --- institutions -----------------------------------------------------------------------------------
def _institutions(parent: Any, one: Declaration) -> None:
    made = node(parent, "sd:Institutions")
    for kind, (name, _form) in DOMAINS.items():
        for row in one.institutions_of(kind):
            here = node(made, f"sd:{name}", institutionID=reference(row.pk))
            if kind == Insurance.AHV:
                _fund(here, one, row)
            elif kind == Insurance.FAK:
                node(here, "sd:FAK-CAF-BranchNumber", row.sub_number or row.member_number)
                node(here, "sd:FAK-CAF-CustomerNumber", row.member_number)
            else:
                _insurer(here, one, kind, row)


def _fund(here: Any, one: Declaration, row: Institution) -> None:
    node(here, "sd:AK-CC-BranchNumber", row.sub_number)
    node(here, "sd:AK-CC-CustomerNumber", row.member_number)
    for kind in (Insurance.BU, Insurance.BVG):
        control = node(here, f"sd:{DOMAINS[kind][0]}-Insurance")
        insurers = one.institutions_of(kind)
        if not insurers:
            node(control, "sd:NoneWithReason", "no insured wages in the year")
            continue
        node(control, "sd:Name", insurers[0].name)
        node(node(control, "sd:UID-BFS"), "c:Unknown")
        node(control, "sd:ValidAsOf", f"{one.year}-01-01")


def _insurer(here: Any, one: Declaration, kind: Insurance, row: Institution) -> None:
    node(here, "sd:InsuranceID", row.name)
    node(here, "sd:InsuranceCompanyName", row.name)
    node(here, "sd:CustomerIdentity", row.member_number)
    node(here, "sd:ContractIdentity", row.sub_number or row.member_number)
    if kind == Insurance.BVG:
        node(here, "sd:GeneralValidAsOf", f"{one.year}-01-01")


# --- totals and counters ----------------------------------------------------------------------------
def _sum(
    rows: Iterable[InsuredRow], figure: Callable[[InsuredRow], Decimal] | None = None
) -> Decimal:
    return sum(((figure(row) if figure else row.insured) for row in rows), ZERO)


def _totals(parent: Any, one: Declaration) -> None:
    made = node(parent, "sd:SalaryTotals")
    for row in one.institutions_of(Insurance.AHV):
        here = node(made, "sd:AHV-AVS-Totals", institutionIDRef=reference(row.pk))
        ahv = [each for each in one.rows(Insurance.AHV) if each.institution == row.pk]
        people = {each.person.file.id for each in ahv}
        alv = [each for each in one.rows(Insurance.ALV) if each.person.file.id in people]
        node(here, "sd:Total-AHV-AVS-Incomes", _sum(ahv))
        node(here, "sd:Total-AHV-AVS-Open", _sum(ahv, lambda each: each.open))
        node(here, "sd:Total-ALV-AC-Incomes", _sum(alv))
        node(here, "sd:Total-ALVZ-ACS-Incomes", ZERO)
        node(here, "sd:Total-ALV-AC-Open", _sum(alv, lambda each: each.open))
    for row in one.institutions_of(Insurance.FAK):
        here = node(made, "sd:FAK-CAF-Totals", institutionIDRef=reference(row.pk))
        rows = [each for each in one.rows(Insurance.FAK) if each.institution == row.pk]
        for canton in sorted({each.canton for each in rows}):
            part = node(here, "sd:Total-FAK-CAF-PerCanton")
            node(part, "sd:Total-FAK-CAF-ContributorySalary",
                 _sum(each for each in rows if each.canton == canton))  # fmt: skip
            node(part, "sd:Total-FAK-CAF-FamilyIncomeSupplement", ZERO)
            node(part, "sd:Canton", canton)
    _uvg_totals(made, one)
    for kind in (Insurance.UVGZ, Insurance.KTG):
        _category_totals(made, one, kind)


def _uvg_totals(parent: Any, one: Declaration) -> None:
    for row in one.institutions_of(Insurance.BU):
        rows = [each for each in one.rows(Insurance.BU) if each.institution == row.pk]
        here = node(parent, "sd:UVG-LAA-Totals", institutionIDRef=reference(row.pk))
        branches = node(here, "sd:UVG-LAA-BranchTotals")
        for letter in sorted({each.code[0] for each in rows}):
            branch = node(branches, "sd:UVG-LAA-BranchTotal")
            node(branch, "sd:BranchIdentifier", letter)
            for sex, name in (("F", "Female"), ("M", "Male")):
                mine = [each for each in rows if each.sex == sex and each.code[0] == letter]
                part = node(branch, f"sd:{name}-Totals")
                node(part, "sd:NBU-BU-ANP-AP-Total",
                     _sum(each for each in mine if each.code[1] in "12"))  # fmt: skip
                node(part, "sd:BU-AP-Total", _sum(each for each in mine if each.code[1] == "3"))
        node(here, "sd:UVG-LAA-MasterTotal", _sum(rows))
        for sex, name in (("F", "Female"), ("M", "Male")):
            count = len({each.person.file.id for each in rows if each.sex == sex})
            node(here, f"sd:NumberOf{name}Persons", count)


def _category_totals(parent: Any, one: Declaration, kind: Insurance) -> None:
    name = DOMAINS[kind][0]
    for row in one.institutions_of(kind):
        rows = [each for each in one.rows(kind) if each.institution == row.pk]
        here = node(parent, f"sd:{name}-Totals", institutionIDRef=reference(row.pk))
        categories = node(here, f"sd:{name}-CategoryTotals")
        for code in sorted({each.code for each in rows}):
            part = node(categories, f"sd:{name}-CategoryTotal")
            node(part, "sd:CategoryCode", code)
            for sex, word in (("F", "Female"), ("M", "Male")):
                node(part, f"sd:{word}-Total",
                     _sum(each for each in rows if each.code == code and each.sex == sex))  # fmt: skip
        node(here, f"sd:{name}-MasterTotal", _sum(rows))


def _counters(parent: Any, one: Declaration) -> None:
    made = node(parent, "sd:SalaryCounters")
    for kind, (name, _form) in DOMAINS.items():
        rows = one.rows(kind)
        if kind == Insurance.BVG:
            count = len({(row.person.file.id, row.institution, row.code) for row in rows})
        else:
            count = len(rows)
        if count:
            node(made, f"sd:NumberOf-{name}-Salary-Tags", count)
    node(made, "sd:NumberOf-TaxSalary-Tags", sum(len(each.certificates) for each in one.people))
