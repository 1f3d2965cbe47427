"""Who works in the demo: people of all kinds, none of whom exists. Surnames are trees, numbers made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from erp.access.models import User
from erp.companies.models import Company
from payroll.employees import hiring
from payroll.employees.facts import (
    AllowanceKind,
    Child,
    CivilStatus,
    FactValue,
    Holidays,
    Insured,
    Payout,
    Pension,
    Permit,
    Personal,
    Recurring,
    Religion,
    Residence,
    ResidenceKind,
    Share,
    Status,
    Wage,
    WithholdingTax,
)
from payroll.employees.models import Employee
from payroll.wages.kinds import Pay, Sex, Thirteenth

D = Decimal
FIRST_DAY: Final = dt.date(2025, 1, 1)
#: Street, postcode, town, country; canton and commune follow from the postcode.
PLACES: Final[dict[str, tuple[str, str, str, str]]] = {
    "Altdorf": ("Waldweg", "6460", "Altdorf UR", "CH"), "Flüelen": ("Uferweg", "6454", "Flüelen", "CH"),
    "Erstfeld": ("Tannenweg", "6472", "Erstfeld", "CH"),
    "Schattdorf": ("Forstgasse", "6467", "Schattdorf", "CH"),
    "Bellinzona": ("Via dei Castagni", "6500", "Bellinzona", "CH"),
    "Luino": ("Via dei Larici", "21016", "Luino", "IT"),
    "Lindau": ("Tannenweg", "88131", "Lindau", "DE"),
}  # fmt: skip
DECEMBER, HALVES, MONTHLY = Thirteenth.DECEMBER, Thirteenth.HALVES, Thirteenth.MONTHLY


@dataclass(frozen=True)
class Person:
    """Somebody as they are hired; ``insured`` names solutions, ``savings`` a second account's amount.

    ``abroad`` are IBAN and BIC of an account abroad: the examples of the registry of IBANs.
    """

    first_name: str
    last_name: str
    sex: str
    born: str
    place: str
    function: str
    wage: Wage
    facts: tuple[FactValue, ...] = ()
    insured: str = "uvg A1, ktg 11, bvg 1"
    entry: dt.date = FIRST_DAY
    exit: dt.date | None = None
    language: str = "de"
    savings: str = ""
    abroad: tuple[str, str] | None = None
    personal: Mapping[str, Any] = field(default_factory=dict)


def monthly(amount: str, centre: str = "20", **more: Any) -> Wage:
    """A month's wage in Altdorf, booked to one cost centre; ``centre`` may be a split such as 10=60,90=40."""
    split = {one: D(share or "100") for one, _mark, share in
             (part.partition("=") for part in centre.split(","))}  # fmt: skip
    told = {"pay": Pay.MONTH, "amount": D(amount), "canton": "UR", "cost_split": split}
    return Wage(**{**told, **more})


def hourly(amount: str, centre: str = "20", **more: Any) -> Wage:
    return monthly(amount, centre, **{"pay": Pay.HOUR, "public_holiday_percent": D("3.2"), **more})


def child(first_name: str, born: str, **more: Any) -> Child:
    """A child with the allowance that its canton pays."""
    return Child(**{"first_name": first_name, "birth_date": day(born),
                    "allowance": AllowanceKind.CHILD, **more})  # fmt: skip


def taxed(code: str, canton: str = "UR", **more: Any) -> WithholdingTax:
    return WithholdingTax(code=code, canton=canton, **more)


def recurring(number: int, amount: str = "", **more: Any) -> Recurring:
    return Recurring(type=number, amount=D(amount) if amount else None, **more)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


MARRIED, SINGLE = CivilStatus(status=Status.MARRIED), CivilStatus(status=Status.SINGLE)
FOREIGN: Final = {"nationality": "PT"}
PEOPLE: Final[dict[str, Person]] = {
    "anna": Person("Anna", "Ahorn", "F", "1975-03-14", "Altdorf", "Geschäftsführerin",
                   monthly("12400", "90", thirteenth=DECEMBER, holiday_weeks=D(6)),
                   (MARRIED, recurring(1910, rate=D(42000), text="Kombi"), recurring(5150, "100"),
                    recurring(6040, "300"), Holidays(days=D(30))),
                   insured="uvg A1, uvgz 11, ktg 11, bvg 1"),
    "beat": Person("Beat", "Birke", "M", "1988-07-02", "Schattdorf", "Verkäufer",
                   monthly("6350", "10", thirteenth=HALVES),
                   (MARRIED, child("Lena", "2016-04-20"), child("Jonas", "2019-11-03")), savings="500"),
    "carla": Person("Carla", "Cembra", "F", "1995-11-20", "Altdorf", "Schreinerin im Stundenlohn",
                    hourly("31.50", thirteenth=MONTHLY, weekly_hours=D(24)), (SINGLE,)),
    "david": Person("David", "Distel", "M", "1969-01-08", "Erstfeld", "Kursleiter",
                    hourly("64.00", "90", pay=Pay.LESSON, weekly_lessons=D(4), public_holiday_percent=D(0)),
                    (SINGLE,), insured="uvg A3"),
    "elin": Person("Elin", "Esche", "F", "2008-05-09", "Altdorf", "Lernende",
                   monthly("820", "10", thirteenth=DECEMBER), (SINGLE, recurring(1900, "120", text="Mittagstisch")),
                   insured="uvg A1, ktg 11", entry=day("2025-08-01")),
    "fritz": Person("Fritz", "Fichte", "M", "1958-02-27", "Flüelen", "Hauswart",
                    monthly("2650", "90", degree=D(40)), (MARRIED,), insured="uvg A1"),
    "greta": Person("Greta", "Ginster", "F", "1962-02-11", "Altdorf", "Buchhalterin",
                    monthly("5300", "90", degree=D(80), thirteenth=DECEMBER), (MARRIED,)),
    "hans": Person("Hans", "Hasel", "M", "1981-09-30", "Erstfeld", "Lagerist",
                   monthly("3700", "20", degree=D(60), thirteenth=DECEMBER), (SINGLE,)),
    "ines": Person("Ines", "Ilex", "F", "1992-06-17", "Altdorf", "Reinigung",
                   monthly("2480", "20", degree=D(50)),
                   (SINGLE, Permit(category="B"), Religion(), taxed("A0N", only_job=False, total_rate=D(90))),
                   personal=FOREIGN, insured="uvg A1, ktg 11, bvg 1"),
    "jacopo": Person("Jacopo", "Larice", "M", "1985-04-23", "Luino", "Verkäufer Bellinzona",
                     monthly("5200", "10", canton="TI", thirteenth=DECEMBER),
                     (MARRIED, Permit(category="G"), child("Sara", "2017-02-14"),
                      Residence(kind=ResidenceKind.DAILY, country="IT"), taxed("S1N", "TI")),
                     language="it", abroad=("IT60X0542811101000000123456", "BLOPIT22XXX"),
                     personal={"nationality": "IT"}),
    "kamil": Person("Kamil", "Kastanie", "M", "1990-12-12", "Schattdorf", "Chauffeur",
                    monthly("5450", "10", thirteenth=DECEMBER),
                    (SINGLE, Permit(category="B"), Religion(), taxed("A0N")), personal={"nationality": "PL"}),
    "luisa": Person("Luisa", "Linde", "F", "1984-02-02", "Flüelen", "Sachbearbeiterin",
                    monthly("4720", "90", degree=D(80), thirteenth=DECEMBER),
                    (CivilStatus(status=Status.DIVORCED), Permit(category="B"), Religion(church="roman"),
                     child("Pablo", "2014-09-01"), child("Inés", "2018-01-15"), taxed("H2Y")),
                    personal={"nationality": "ES"}),
    "marko": Person("Marko", "Maulbeer", "M", "1979-08-15", "Altdorf", "Polier",
                    monthly("6100", "20", thirteenth=DECEMBER),
                    (CivilStatus(status=Status.MARRIED, spouse_works="CH", spouse_canton="UR"),
                     Permit(category="B"), Religion(), child("Luka", "2015-05-05"), taxed("C1N")),
                    personal={"nationality": "HR"}),
    "nora": Person("Nora", "Nussbaum", "F", "1993-10-05", "Altdorf", "Einkäuferin",
                   monthly("6000", "10=60,90=40", thirteenth=DECEMBER), (MARRIED,)),
    "otto": Person("Otto", "Olive", "M", "1986-06-06", "Erstfeld", "Zimmermann",
                   monthly("5600", "20", thirteenth=DECEMBER), (MARRIED, child("Mia", "2020-03-30"))),
    "paula": Person("Paula", "Pappel", "F", "1971-01-28", "Altdorf", "Verkäuferin",
                    monthly("4980", "10", thirteenth=HALVES), (SINGLE,)),
    "quirin": Person("Quirin", "Quitte", "M", "1997-04-04", "Schattdorf", "Schreiner",
                     monthly("5150", "20", thirteenth=DECEMBER), (SINGLE,), entry=day("2025-02-17")),
    "rosa": Person("Rosa", "Robinie", "F", "1999-09-09", "Flüelen", "Verkäuferin",
                   monthly("4400", "10", thirteenth=DECEMBER), (SINGLE,), entry=day("2025-03-31")),
    "silvan": Person("Silvain", "Sapin", "M", "1983-03-03", "Altdorf", "Schreiner",
                     monthly("5400", "20", thirteenth=DECEMBER), (SINGLE,), language="fr"),
    "theo": Person("Theo", "Tanne", "M", "1960-05-19", "Altdorf", "Verwaltungsrat",
                   hourly("150", "90", public_holiday_percent=D(0)), (MARRIED,), insured="uvg A0",
                   personal={"waives_allowance": True}),
    "ursina": Person("Ursina", "Ulme", "F", "2001-11-11", "Altdorf", "Aushilfe",
                     hourly("24.50", "10", weekly_hours=D(2)), (SINGLE,), insured="uvg A3"),
    "valeria": Person("Valeria", "Vite", "F", "1989-07-07", "Bellinzona", "Filialleiterin",
                      monthly("6250", "10=50,90=50", thirteenth=DECEMBER), (SINGLE,), language="it"),
    "walter": Person("Walter", "Weide", "M", "1964-12-20", "Erstfeld", "Aussendienst",
                     monthly("5000", "10", thirteenth=DECEMBER),
                     (MARRIED, recurring(6050, "400"), recurring(6040, "150"))),
    "xenia": Person("Xenia", "Zeder", "F", "1994-02-14", "Altdorf", "Planerin",
                    monthly("6900", "20", thirteenth=DECEMBER),
                    (SINGLE, Pension(employee_amount=D("318.40"), employer_amount=D("351.60"),
                                     annual_wage=D(89700)))),
    "yves": Person("Yves", "Yucca", "M", "1991-05-05", "Altdorf", "Informatiker",
                   monthly("7200", "90", thirteenth=DECEMBER), (MARRIED,), language="fr"),
    "zoe": Person("Zoe", "Zwetschge", "F", "2003-12-03", "Altdorf", "Praktikantin", monthly("2300", "90"),
                  (SINGLE,), insured="uvg A1, ktg 11, bvg 1", entry=day("2026-02-01"), exit=day("2026-07-31")),
    "dora": Person("Dora", "Douglasie", "F", "1968-10-10", "Lindau", "Verwaltungsrätin",
                   hourly("150", "90", public_holiday_percent=D(0)),
                   (MARRIED, Residence(kind=ResidenceKind.DAILY, country="DE"), taxed("HEN")),
                   insured="uvg A0", abroad=("DE89370400440532013000", "COBADEFFXXX"),
                   personal={"nationality": "DE"}),
}  # fmt: skip


def hire(
    company: Company, by: User, one: Person, solutions: Mapping[str, int], nth: int
) -> Employee:
    street, postcode, town, country = PLACES[one.place]
    insured = Insured(solutions=tuple(solutions[name.strip()] for name in one.insured.split(",")))
    home = () if any(isinstance(value, Residence) for value in one.facts) else (Residence(),)
    hired = hiring.hire(
        company=company, by=by, entry=one.entry, exit=one.exit, function=one.function,
        personal=Personal(birth_date=day(one.born), sex=Sex(one.sex), ahv_number=ahv_number(nth),
                          **one.personal),
        person={
            "first_name": one.first_name, "last_name": one.last_name, "language": one.language,
            "salutation": "ms" if one.sex == "F" else "mr",
            "addresses": [{"kind": "main", "street": street, "house_number": str(nth), "postcode": postcode,
                           "town": town, "country": country}],
        },
        facts=(one.wage, insured, *home, payout(one, nth), *one.facts),
    )  # fmt: skip
    return hired.employee


def payout(one: Person, nth: int) -> Payout:
    """Wages go to an account of a made-up number; a part of them to a second one, if there are savings."""
    if one.abroad is not None:
        foreign, bic = one.abroad
        return Payout(shares=(Share(iban=foreign, bic=bic),))
    main = Share(iban=iban(nth))
    if not one.savings:
        return Payout(shares=(main,))
    return Payout(shares=(Share(iban=iban(900 + nth), amount=D(one.savings)), main))


def ahv_number(nth: int) -> str:
    """An AHV number of a range that nobody has, with its check digit (EAN-13)."""
    digits = f"756000000{nth:03d}"
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(digits))
    whole = f"{digits}{-total % 10}"
    return f"{whole[:3]}.{whole[3:7]}.{whole[7:11]}.{whole[11:]}"


def iban(nth: int) -> str:
    """A made-up IBAN with its check digits."""
    account = f"007620000099{nth:05d}"
    check = 98 - int(f"{account}121700") % 97
    return f"CH{check:02d}{account}"
