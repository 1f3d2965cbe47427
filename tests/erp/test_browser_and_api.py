"""Whatever can be done in a browser can be done by program: each page names the operations that do the same."""

from __future__ import annotations

import re
from itertools import chain

from django.urls import get_resolver

from erp.api.counterparts import COUNTERPARTS, REASONS, Reason
from erp.routes import METHODS, OF_SIGN_IN, flat, view_class
from erp.urls import pages

GROUP = re.compile(r"\(\?P<\w+>(?:[^()\[\]]|\[[^\]]*\]|\([^()]*\))*\)")
READS = {"GET"}
COMPANY = "api/v1/companies/{}/"


def short(address):
    """An address with ``{}`` where something is named in it."""
    plain = GROUP.sub("{}", address.replace("^", "").rstrip("$").replace(r"\Z", ""))
    return re.sub(r"<[^>]+>", "{}", plain)


def operations():
    """What the API offers, as counterparts are written."""
    for address, pattern in flat(get_resolver().url_patterns):
        path = short(address)
        if not path.startswith("api/v1/") or not hasattr(pattern.callback, "actions"):
            continue
        of_company = path.startswith(COMPANY)
        told = path.removeprefix(COMPANY) if of_company else path.removeprefix("api/v1")
        for method in set(pattern.callback.actions) & set(METHODS):
            yield f"{method.upper()} {told}".rstrip()


def page_routes():
    """Names of pages with whether something can be sent to them."""
    general = [
        (address, one) for address, one in flat(get_resolver().url_patterns)
        if not address.startswith(("c/", "api/", *OF_SIGN_IN))
    ]  # fmt: skip
    for _address, pattern in chain(flat(pages), general):
        yield pattern.name, hasattr(view_class(pattern), "post")


def test_every_page_says_what_a_program_does_in_its_place():
    silent = sorted({name for name, _writes in page_routes()} - set(COUNTERPARTS) - set(REASONS))
    assert silent == [], "name operations or a reason in erp/api/counterparts"


def test_whatever_is_named_is_there():
    offered = set(operations())
    named = {(page, one) for page, found in COUNTERPARTS.items() for one in found}
    assert sorted((page, one) for page, one in named if one not in offered) == []
    assert all(isinstance(reason, Reason) for reason in REASONS.values())


def test_no_entry_is_left_of_a_page_that_is_gone():
    there = {name for name, _writes in page_routes()}
    assert sorted({*COUNTERPARTS, *REASONS} - there) == []


def test_a_page_that_reads_is_read_and_one_that_writes_is_written():
    for name, writes in page_routes():
        if name in REASONS:
            continue
        methods = {one.split(" ")[0] for one in COUNTERPARTS[name]}
        assert methods - READS if writes else methods, name


def test_a_page_without_an_entry_is_found(monkeypatch):
    monkeypatch.delitem(COUNTERPARTS, "start")
    assert "start" in {name for name, _writes in page_routes()} - set(COUNTERPARTS) - set(REASONS)
