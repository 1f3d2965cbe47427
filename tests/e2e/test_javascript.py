"""What the fields calculate, in the browser that runs it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e

AMOUNTS = [
    ("120.50+80", "200.50"), ("1'234.55", "1’234.55"), ("3*45.20", "135.60"), ("10/3", "3.33"),
    ("20/3", "6.67"), ("-5", "-5.00"), ("100-7.7", "92.30"), ("0.005", "0.01"), ("-0.005", "-0.01"),
    ("1,5", "1.50"), ("2*3+4*5", "26.00"), ("9999999999999.99", "9’999’999’999’999.99"),
    ("0.1+0.2", "0.30"), ("1.005*100", "100.50"), ("--5", "5.00"),
    ("", None), ("12+", None), ("1/0", None), ("abc", None), ("1e5", None), ("5 5 x", None),
    ("1.2.3", None), ("**2", None),
]  # fmt: skip

DATES = [
    ("31.", "2026-03-31"), ("31.12", "2026-12-31"), ("31.12.", "2026-12-31"), ("1.1.27", "2027-01-01"),
    ("31.12.2025", "2025-12-31"), ("3112", "2026-12-31"), ("311225", "2025-12-31"), ("-1", "2026-03-14"),
    ("+20", "2026-04-04"), ("h", "2026-03-15"), ("2026-02-28", "2026-02-28"), ("29.2.2024", "2024-02-29"),
    ("29.2.2026", None), ("32.", None), ("31.4", None), ("x", None), ("0.5", None),
]  # fmt: skip


def call(wide, module, expression, argument):
    return wide.page.evaluate(
        f"async (a) => {{ const m = await import('/static/erp/js/{module}.js'); return {expression}; }}",
        argument,
    )


def test_amounts(wide):
    wide.goto("/c/1/")
    for text, shown in AMOUNTS:
        got = call(wide, "amount", "(v => v === null ? null : m.format(v))(m.evaluate(a))", text)
        assert got == shown, text


def test_dates(wide):
    wide.goto("/c/1/")
    for text, iso in DATES:
        assert call(wide, "dates", "m.readDate(a, '2026-03-15')", text) == iso, text
