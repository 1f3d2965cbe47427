"""Codes of reasons and findings: each is explained where pages look them up."""

from __future__ import annotations

import re

from payroll.wages import reasons


def test_each_code_is_explained_once():
    told = re.findall(r"^!?([a-z_]+\.[a-z_]+) ", reasons.__doc__ or "", re.MULTILINE)
    codes = [
        value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)
    ]

    assert sorted(told) == sorted(codes)
    assert len(set(codes)) == len(codes)
