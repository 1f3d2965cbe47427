"""What happens to the demo's people in two years: changes, absences, and what is typed each month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from erp.cockpit.demo_payroll.people import DECEMBER, child, day, monthly, recurring, taxed
from payroll.employees.facts import (
    CivilStatus,
    FactValue,
    LeaveKind,
    LeavingReason,
    Residence,
    Status,
)
from payroll.runs.models import Typed

D = Decimal
#: Wage types of the catalogue by what they are here.
HOURS, LESSONS, CORRECTION, OVERTIME, BONUS, BOARD = 1005, 1006, 1001, 1061, 1210, 1500
EO, ACCIDENT, SICKNESS, REDUCTION = 2000, 2030, 2035, 2050
SHORT_TIME, COMPENSATION, WAITING_DAY = 2060, 2070, 2075
BIRTH, EXPENSES, COMMISSION, LOAN, GARNISHMENT = 3034, 6000, 1218, 6520, 6530


@dataclass(frozen=True)
class Change:
    """A fact that holds from ``valid_from`` on, and is known from ``known`` on; ``until`` where it ends."""

    valid_from: dt.date
    who: str
    value: FactValue
    until: dt.date | None = None
    known: dt.date | None = None

    @property
    def month(self) -> dt.date:
        return (self.known or self.valid_from).replace(day=1)


@dataclass(frozen=True)
class Exit:
    day: dt.date
    who: str
    reason: LeavingReason = LeavingReason.RESIGNED


@dataclass(frozen=True)
class Return:
    """Somebody comes back on other terms."""

    day: dt.date
    who: str
    facts: tuple[FactValue, ...]


CHANGES: Final = (
    Change(day("2025-04-01"), "hans", monthly("3900", "20", degree=D(60), thirteenth=DECEMBER)),
    Change(day("2025-06-21"), "kamil", CivilStatus(status=Status.MARRIED)),
    Change(day("2025-07-01"), "kamil", taxed("B0N", reason="Heirat am 21.06.2025")),
    Change(day("2025-10-11"), "yves", child("Noé", "2025-10-11")),
    Change(day("2026-01-01"), "anna", monthly("12600", "90", thirteenth=DECEMBER, holiday_weeks=D(6))),
    Change(day("2026-01-01"), "silvan", recurring(GARNISHMENT, "600", keeps=D(4300), text="Betreibungsamt Uri"),
           until=day("2026-09-30")),
    Change(day("2026-02-10"), "kamil", child("Zofia", "2026-02-10")),
    Change(day("2026-03-01"), "kamil", taxed("B1N", reason="Geburt am 10.02.2026")),
    Change(day("2026-04-01"), "valeria", monthly("6250", "10", canton="TI", thirteenth=DECEMBER)),
    Change(day("2026-04-01"), "valeria", Residence(canton="TI", commune=5002)),
    Change(day("2026-01-20"), "marko", CivilStatus(status=Status.SEPARATED), known=day("2026-04-01")),
    Change(day("2026-02-01"), "marko", taxed("A0N", reason="Trennung am 20.01.2026"),
           known=day("2026-04-01")),
    Change(day("2026-08-01"), "nora", monthly("4800", "10=60,90=40", degree=D(80), thirteenth=DECEMBER)),
    Change(day("2026-08-01"), "elin", monthly("1020", "10", thirteenth=DECEMBER)),
)  # fmt: skip
EXITS: Final = (
    Exit(day("2025-06-12"), "quirin"), Exit(day("2026-02-28"), "rosa"),
    Exit(day("2026-10-31"), "greta", LeavingReason.RETIRED),
)  # fmt: skip
RETURNS: Final = (
    Return(day("2025-09-08"), "quirin", (monthly("5300", "20", thirteenth=DECEMBER),)),
)

_MATERNITY: Final = {"2026-03": ("3200", "4000"), "2026-04": ("4800", "6000"),
                     "2026-05": ("4800", "6000"), "2026-06": ("2900", "3600")}  # fmt: skip
#: What is typed once, by month: who, and values of ``Typed``.
ONCE: Final[dict[str, tuple[tuple[str, dict[str, Any]], ...]]] = {
    "2025-02": (("silvan", {"type": SHORT_TIME, "amount": D("-1080")}),
                ("silvan", {"type": COMPENSATION, "amount": D("864")}),
                ("silvan", {"type": WAITING_DAY, "amount": D("120"), "text": "1 Tag"}),
                ("quirin", {"type": EXPENSES, "amount": D("86.40"), "text": "Umzug Werkzeug"})),
    "2025-03": (("anna", {"type": BONUS, "amount": D("15000"), "text": "Geschäftsjahr 2024"}),
                ("walter", {"type": COMMISSION, "amount": D("1240.50")})),
    "2025-04": (("otto", {"type": ACCIDENT, "amount": D("2240"), "text": "15 Tage"}),
                ("otto", {"type": REDUCTION, "amount": D("-2240")})),
    "2025-05": (("otto", {"type": ACCIDENT, "amount": D("4480"), "text": "31 Tage"}),
                ("otto", {"type": REDUCTION, "amount": D("-4480")}),
                ("marko", {"type": OVERTIME, "quantity": D("8.5"), "percent": D(125)})),
    "2025-06": (("theo", {"type": BOARD, "amount": D("6000"), "text": "1. Halbjahr"}),
                ("dora", {"type": BOARD, "amount": D("4000"), "text": "1. Halbjahr"}),
                ("walter", {"type": COMMISSION, "amount": D("980")})),
    "2025-10": (("silvan", {"type": CORRECTION, "amount": D("-2700"), "text": "15 Tage unbezahlter Urlaub"}),
                ("yves", {"type": BIRTH, "amount": D("1000"), "text": "Noé"})),
    "2025-11": (("yves", {"type": EO, "amount": D("2640"), "text": "Vaterschaft, 14 Taggelder"}),
                ("yves", {"type": REDUCTION, "amount": D("-2640")}),
                ("walter", {"type": LOAN, "amount": D("300"), "text": "Darlehen, 1 von 3"})),
    "2025-12": (("theo", {"type": BOARD, "amount": D("6000"), "text": "2. Halbjahr"}),
                ("dora", {"type": BOARD, "amount": D("4000"), "text": "2. Halbjahr"}),
                ("luisa", {"type": BONUS, "amount": D("1500")}),
                ("jacopo", {"type": BONUS, "amount": D("1200")})),
    "2026-03": (("anna", {"type": BONUS, "amount": D("16000"), "text": "Geschäftsjahr 2025"}),
                ("walter", {"type": COMMISSION, "amount": D("1410")})),
    "2026-05": (("paula", {"type": SICKNESS, "amount": D("1990"), "text": "15 Tage"}),
                ("paula", {"type": REDUCTION, "amount": D("-1990")})),
    "2026-06": (("theo", {"type": BOARD, "amount": D("6500"), "text": "1. Halbjahr"}),
                ("dora", {"type": BOARD, "amount": D("4500"), "text": "1. Halbjahr"}),
                ("paula", {"type": SICKNESS, "amount": D("3984"), "text": "30 Tage"}),
                ("paula", {"type": REDUCTION, "amount": D("-3984")})),
    "2026-09": (("beat", {"type": OVERTIME, "quantity": D("12"), "percent": D(125)}),
                ("otto", {"type": EXPENSES, "amount": D("142.80"), "text": "Messe Basel"})),
    "2026-11": (("marko", {"type": OVERTIME, "quantity": D("6.25"), "percent": D(125)}),
                ("walter", {"type": EXPENSES, "amount": D("97.20"), "text": "Kundenbesuch Chur"}),
                ("beat", {"type": BONUS, "amount": D("800"), "text": "Spontanprämie"})),
    "2026-12": (("theo", {"type": BOARD, "amount": D("6500"), "text": "2. Halbjahr"}),
                ("dora", {"type": BOARD, "amount": D("4500"), "text": "2. Halbjahr"})),
}  # fmt: skip
#: What is typed too late, for a month that was posted: it takes a correcting run in the month after.
FORGOTTEN: Final = {"2026-05": (("otto", {"type": OVERTIME, "quantity": D("9.5"), "percent": D(125)}),
                                ("marko", {"type": OVERTIME, "quantity": D("4"), "percent": D(125)}),
                            ("beat", {"type": CORRECTION, "amount": D("-120"), "text": "Zulage zu viel"}))}  # fmt: skip
#: Hours and lessons of a month: the least, and by how much they vary.
_BY_QUANTITY: Final = {"carla": (HOURS, 84, 7), "david": (LESSONS, 14, 3), "ursina": (HOURS, 6, 3)}
#: Days of holidays (taken), hours of overtime: day, who, kind, amount.
LEAVE: Final = (
    (day("2025-07-18"), "beat", LeaveKind.HOLIDAYS, D(-15)), (day("2025-08-08"), "nora", LeaveKind.HOLIDAYS, D(-10)),
    (day("2025-05-28"), "marko", LeaveKind.OVERTIME, D("8.5")), (day("2025-06-20"), "kamil", LeaveKind.HOLIDAYS, D(-5)),
    (day("2026-02-13"), "anna", LeaveKind.HOLIDAYS, D(-5)), (day("2026-07-24"), "beat", LeaveKind.HOLIDAYS, D(-15)),
    (day("2026-09-30"), "beat", LeaveKind.OVERTIME, D(12)), (day("2026-08-14"), "paula", LeaveKind.SICKNESS, D(-45)),
)  # fmt: skip


def typed_for(month: dt.date) -> Mapping[str, list[Typed]]:
    """What is typed for a month, by who it is for; the same each time it is asked."""
    found: dict[str, list[Typed]] = defaultdict(list)
    for who, told in ONCE.get(f"{month:%Y-%m}", ()):
        found[who].append(Typed(**told))
    if told_ := _MATERNITY.get(f"{month:%Y-%m}"):
        allowance, wage = told_
        found["nora"] += [Typed(type=EO, amount=D(allowance), text="Mutterschaft"),
                          Typed(type=REDUCTION, amount=-D(wage))]  # fmt: skip
    for nth, (who, (number, least, more)) in enumerate(_BY_QUANTITY.items()):
        turn = (month.year * 12 + month.month) * (nth + 3)
        found[who].append(Typed(type=number, quantity=D(least) + D(turn % 9) * more / 4))
    found["hans"].append(Typed(type=HOURS, quantity=D(9) + month.month % 4, rate=D("29.00"),
                               text="Nebenaufgabe: Reinigung Halle"))  # fmt: skip
    return dict(found)


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the months of a span."""
    found = [first.replace(day=1)]
    while found[-1] < last.replace(day=1):
        found.append((found[-1] + dt.timedelta(days=32)).replace(day=1))
    return found
