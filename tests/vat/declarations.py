"""Filled forms of every method: made by hand and by chance."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st

from vat.returns.ech0217 import Head
from vat.returns.form import Declaration, RateRow

UID = "CHE999999996"
MOMENT = dt.datetime(2026, 4, 20, 10, 15, tzinfo=dt.timezone(dt.timedelta(hours=2)))
HEAD = Head(UID, "Muster Treuhand GmbH", MOMENT, 1, "2026Q1-1")
DEDUCTIONS = ("220", "221", "225", "230", "235", "280")
#: Of the constructed example: 299 = 100000 - 10000 - 500 = 89500 = 80000 + 9500, and to be paid
#: 6480 + 247 + 162 - 2500 - 1200 + 100 + 50 = 3339.
EFFECTIVE = Declaration(
    dt.date(2026, 1, 1), dt.date(2026, 3, 31), "effective", "agreed",
    boxes={
        "200": Decimal("100000.00"), "220": Decimal("10000.00"), "235": Decimal("500.00"),
        "400": Decimal("2500.00"), "405": Decimal("1200.00"), "415": Decimal("100.00"),
        "420": Decimal("50.00"), "910": Decimal("300.00"),
    },
    supplies=(RateRow("303", Decimal("8.10"), Decimal("80000.00")),
              RateRow("313", Decimal("2.60"), Decimal("9500.00"))),
    acquisitions=(RateRow("383", Decimal("8.10"), Decimal("2000.00")),),
)  # fmt: skip
#: Of the constructed example: 4340 + 630 + 81 = 5051.
SIMPLE = Declaration(
    dt.date(2026, 1, 1), dt.date(2026, 6, 30), "net", "agreed",
    boxes={"200": Decimal("104000.00"), "221": Decimal("4000.00")},
    supplies=(RateRow("", Decimal("6.20"), Decimal("70000.00"), "00001", "Treuhand"),
              RateRow("", Decimal("2.10"), Decimal("30000.00"), "00002", "Handel mit Büchern")),
    acquisitions=(RateRow("383", Decimal("8.10"), Decimal("1000.00")),),
)  # fmt: skip
NET_2024 = Declaration(
    dt.date(2024, 1, 1), dt.date(2024, 6, 30), "net", "received",
    boxes={"200": Decimal("50000.00")},
    supplies=(RateRow("322", Decimal("5.90"), Decimal("10000.00"), "00001", "Treuhand"),
              RateRow("323", Decimal("6.20"), Decimal("40000.00"), "00001", "Treuhand")),
    acquisitions=(),
)  # fmt: skip

amounts = st.decimals(-9_999_999, 9_999_999, places=2)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(
    lambda text: 1 <= len(" ".join(text.split())) <= 50 and "\ufffe" not in text
    and "\uffff" not in text
)  # fmt: skip


@st.composite
def declarations(draw) -> Declaration:
    """A return that the portal takes: of any method, from 2023 on, whose totals are right."""
    method = draw(st.sampled_from(["effective", "net", "flat"]))
    year = draw(st.integers(2024, 2027))
    months = draw(st.sampled_from({"effective": [1, 3, 12]}.get(method, [6, 12])))
    first = 1 + months * draw(st.integers(0, 12 // months - 1))
    end = dt.date(year, first + months - 1, calendar.monthrange(year, first + months - 1)[1])
    simple = method != "effective" and year >= 2025
    boxes = {box: draw(amounts) for box in draw(st.sets(st.sampled_from(DEDUCTIONS)))}
    taxes = {"effective": ("205", "400", "405", "410", "415", "420")}.get(
        method, ("415",) if simple else ()
    )
    if taxes:
        boxes |= {box: draw(amounts) for box in draw(st.sets(st.sampled_from(taxes)))}
    boxes |= {box: draw(amounts) for box in draw(st.sets(st.sampled_from(["900", "910"])))}
    supplies = draw(_supplies(method, simple))
    taken = sum((boxes.get(box, Decimal(0)) for box in DEDUCTIONS), Decimal(0))
    boxes["200"] = taken + sum((row.turnover for row in supplies), Decimal(0))
    acquisitions = tuple(
        RateRow(box, Decimal(rate), draw(amounts))
        for box, rate in draw(st.sets(st.sampled_from([("382", "7.7"), ("383", "8.1")])))
    )
    return Declaration(
        dt.date(year, first, 1), end, method, draw(st.sampled_from(["agreed", "received"])),
        boxes, supplies, acquisitions, round_down=draw(st.booleans()), note_280=draw(texts),
    )  # fmt: skip


@st.composite
def _supplies(draw, method: str, simple: bool) -> tuple[RateRow, ...]:
    if simple:
        codes = draw(st.sets(st.from_regex(r"[0-9]{5}|T00[012][0-9]", fullmatch=True), max_size=8))
        rates = st.decimals("0.1", "6.8", places=1)
        return tuple(RateRow("", draw(rates), draw(amounts), code, draw(texts)) for code in codes)
    if method == "effective":
        rows = {"302": "7.7", "303": "8.1", "312": "2.5", "313": "2.6", "342": "3.7", "343": "3.8"}
    else:
        rows = {"322": "5.9", "323": "6.2", "332": "0.1", "333": "0.6"}
    chosen = sorted(draw(st.sets(st.sampled_from(sorted(rows)))))
    return tuple(RateRow(box, Decimal(rows[box]), draw(amounts), *_activity(box)) for box in chosen)


def _activity(box: str) -> tuple[str, str]:
    return {"32": ("00001", "Treuhand"), "33": ("00002", "Handel")}.get(box[:2], ("", ""))
