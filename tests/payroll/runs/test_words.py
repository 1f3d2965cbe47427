"""Every code that a calculation tells has its sentence, in four languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from payroll.runs.findings import in_words
from payroll.runs.words import FOUND, WHY, why_in_words
from payroll.wages import reasons
from payroll.wages.values import Finding, Reason


def codes_of_wages():
    names = [name for name in vars(reasons) if name.isupper() and not name.startswith("_")]
    return sorted(value for name in names if isinstance(value := getattr(reasons, name), str))


@pytest.mark.parametrize("code", codes_of_wages())
def test_codes_of_wages_are_told(code):
    assert code in WHY or code in FOUND


def test_codes_of_withholding_tax_are_told():
    folder = Path(__file__).parents[3] / "payroll" / "wages" / "withholding"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    codes = set(re.findall(r'"(tax\.[a-z_]+)"', text))
    assert codes
    assert {code for code in codes if code not in WHY and code not in FOUND} == set()


def test_amounts_days_and_months_are_told_as_people_read_them():
    told = why_in_words(Reason("wage.days", {"wage": "6500.00", "days": "15"}))
    assert "6’500.00" in told
    assert "15" in told
    assert "31.03.2026" in in_words(Finding(code="person.left", values={"until": "31.03.2026"}))


def test_an_unknown_code_tells_itself():
    assert why_in_words(Reason("other.code", {"amount": "5.00"})) == "other.code amount 5.00"
    assert in_words(Finding(code="other.code", values={"x": "1"})) == "other.code x: 1"
