"""Funds, insurers and tax offices of the demo's payroll, with rates of two years. All are invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from erp.access.models import User
from erp.companies.models import Company
from payroll.setup.checking import Rate
from payroll.setup.institutions import save_institution
from payroll.setup.settings import change_settings
from payroll.setup.solutions import save_solution

#: What the rates of these days are from.
SOURCES: Final = {2025: "Prämienblatt 2025 (Vorführung)", 2026: "Prämienblatt 2026 (Vorführung)"}
#: The ages of retirement credits (BVG Art. 16), and what employee and employer pay each, in percent.
BANDS: Final = ((18, 24, "0.7", "0.7"), (25, 34, "4.6", "4.9"), (35, 44, "6.1", "6.4"),
                (45, 54, "8.6", "8.9"), (55, 65, "10.1", "10.4"))  # fmt: skip


class Insurer(NamedTuple):
    """Kind, name, further values, and solutions: code, name, rates (year, insures, percents, more)."""

    kind: str
    name: str
    told: dict[str, Any]
    solutions: tuple[tuple[str, str, tuple[tuple[Any, ...], ...]], ...] = ()


_ACCIDENT: Final = ((2025, "bu", "0", "0.4120"), (2025, "nbu", "1.2340", "0"),
                    (2026, "bu", "0", "0.4350"), (2026, "nbu", "1.2610", "0"))  # fmt: skip
INSURERS: Final = (
    Insurer("ahv", "Ausgleichskasse Beispiel", {"member_number": "999.123", "sub_number": "999.000"}, (
        ("1", "Verwaltungskosten", ((2025, "admin", "0", "1.9"), (2026, "admin", "0", "1.75"))),
    )),
    Insurer("fak", "Familienausgleichskasse Beispiel Uri", {"canton": "UR", "member_number": "999.123"}, (
        ("1", "", ((2025, "fak", "0", "1.70"), (2026, "fak", "0", "1.60"))),
    )),
    Insurer("fak", "Cassa assegni familiari Esempio Ticino", {"canton": "TI", "member_number": "999.123-TI"}, (
        ("1", "", ((2025, "fak", "0", "2.0"), (2026, "fak", "0", "2.0"))),
    )),
    Insurer("other", "Fondo cantonale Esempio Ticino", {"canton": "TI"}, (
        ("1", "Sussidi alla famiglia", ((2025, "cantonal", "0", "0.273"),)),
    )),
    Insurer("uvg", "Muster Unfallversicherung AG", {"member_number": "UV-4711"}, (
        ("A1", "Betrieb und Nichtbetrieb", _ACCIDENT), ("A2", "NBU bezahlt die Firma", _ACCIDENT),
        ("A3", "weniger als acht Stunden", _ACCIDENT), ("A0", "nicht versichert", ()),
    )),
    Insurer("uvgz", "Muster Unfallversicherung AG", {"member_number": "UZ-4711"}, (
        ("11", "Kader, Überschuss", (
            (2025, "uvgz", "0.35", "0.35", {"wage_from": "148200", "wage_to": "300000"}),
            (2026, "uvgz", "0.36", "0.36", {"wage_from": "148200", "wage_to": "300000"}))),
    )),
    Insurer("ktg", "Beispiel Krankentaggeld AG", {"member_number": "KT-0815"}, (
        ("11", "alle, nach Geschlecht", (
            (2025, "ktg", "0.72", "0.72", {"sex": "F"}), (2025, "ktg", "0.58", "0.58", {"sex": "M"}),
            (2026, "ktg", "0.75", "0.75", {"sex": "F"}), (2026, "ktg", "0.6", "0.6", {"sex": "M"}))),
    )),
    Insurer("bvg", "Pensionskasse Baumgarten", {"member_number": "PK-77"}, (
        ("1", "nach Alter", tuple(
            (2025, "bvg", employee, employer, {"age_from": first, "age_to": last})
            for first, last, employee, employer in BANDS)),
        ("2", "gesetzliches Minimum", ()),
    )),
    Insurer("tax", "Quellensteuer Uri (Vorführung)", {"canton": "UR", "member_number": "UR-999"}),
    Insurer("tax", "Imposte alla fonte Ticino (esempio)", {"canton": "TI", "member_number": "TI-999"}),
)  # fmt: skip


def add_insurers(company: Company, by: User) -> Mapping[str, int]:
    """Add them all, with the settings; returns solutions by kind and code, such as ``uvg A1``."""
    change_settings(
        company=company, by=by, pay_day=25, jump_percent=Decimal(30),
        slip_text="Fragen zum Lohn beantwortet die Verwaltung.",
    )  # fmt: skip
    found = {}
    for one in INSURERS:
        row = save_institution(company=company, by=by, kind=one.kind, name=one.name, **one.told)
        for code, name, rates in one.solutions:
            solution = save_solution(
                institution=row, by=by, code=code, name=name, is_usual=code in {"A1", "11", "1"},
                rates=[_rate(*rate) for rate in rates],
            )  # fmt: skip
            found[f"{one.kind} {code}"] = solution.pk
    return found


def _rate(
    year: int, insures: str, employee: str, employer: str, more: Mapping[str, Any] | None = None
) -> Rate:
    told: dict[str, Any] = {name: Decimal(value) if name.startswith("wage") else value
            for name, value in (more or {}).items()}  # fmt: skip
    return Rate(
        insures=insures, valid_from=dt.date(year, 1, 1), employee_percent=Decimal(employee),
        employer_percent=Decimal(employer), source=SOURCES[year], **told,
    )  # fmt: skip
