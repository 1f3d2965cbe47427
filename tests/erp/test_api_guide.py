"""What the guide says is so: its requests are answered as it tells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from erp.companies.models import Module
from tests import make

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api"
FENCE = re.compile(r"^```http\n(.*?)^```", re.DOTALL | re.MULTILINE)
PAGES = sorted(page.name for page in GUIDE.glob("*.md"))


@pytest.fixture
def company(db):
    return make.company(modules=Module.values)


@pytest.mark.parametrize("page", PAGES)
def test_the_requests_of_the_guide_are_answered_as_it_says(page, api, company):
    make.rent(company)
    before = {"id": "", "etag": "", "cursor": ""}
    for block in FENCE.findall((GUIDE / page).read_text(encoding="utf-8")):
        for name, value in before.items():
            block = block.replace(f"{{{name}}}", value)
        asked, _blank, rest = block.strip().partition("\n\n")
        body, _blank, wanted = rest.rpartition("\n\n")
        first, *lines = asked.splitlines()
        method, address = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
        answer = api.client.generic(
            method, address.replace("/companies/7/", f"/companies/{company.pk}/"), body,
            content_type=headers.pop("Content-Type", "application/json"), headers=headers,
        )  # fmt: skip
        told = json.loads(answer.content) if answer.content else {}
        status, _space, code = wanted.partition(" ")
        assert (answer.status_code, told["code"] if code else "") == (int(status), code), (
            block, told,
        )  # fmt: skip
        if "results" in told and "left" in told:
            assert all(one["status"] < 300 for one in told["results"]), told
        if answer.status_code < 400:
            told = told if isinstance(told, dict) else {}
            before["etag"] = answer.headers.get("ETag", "")
            before |= {name: str(told[name]) for name in ("id", "cursor") if name in told}
            if address := answer.headers.get("Location"):
                before["id"] = address.rstrip("/").rpartition("/")[2]


def test_the_guide_names_all_of_its_pages():
    text = (GUIDE / "README.md").read_text(encoding="utf-8")
    assert [page for page in PAGES if page != "README.md" and f"]({page})" not in text] == []
