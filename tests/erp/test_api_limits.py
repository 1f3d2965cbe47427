"""Limits of endpoints: by person, token, company and address; told in advance, refused with a wait."""

from __future__ import annotations

import threading

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as Away

from erp.api import limits
from tests import make
from tests.erp.client import Api, problem


@pytest.fixture
def limited(settings, monkeypatch):
    """Few requests, in a minute that goes on."""
    monkeypatch.setattr(limits, "time", lambda: 1_800_000_015.0)
    monkeypatch.setattr(limits, "monotonic", lambda: 0.0)
    settings.API_LIMITS = {"person": 3, "token": 3, "company": 5, "address": 2}
    cache.clear()


def test_a_person_is_told_what_is_left_and_then_to_wait(limited, api):
    for left in (2, 1, 0):
        answer = api.get("accounts/")
        assert answer.status_code == 200
        told = [answer[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]
        assert told == ["3", str(left), "45"]
    refused = api.get("accounts/")
    assert problem(refused, 429, "too_many_requests")["detail"]
    assert (refused["Retry-After"], refused["RateLimit-Remaining"]) == ("45", "0")
    problem(api.post("contacts/", {}), 429)


def test_a_company_has_a_limit_that_strangers_do_not_use_up(limited, company, api):
    others = [Api(company, make.user(company=company, granted=["ledger.read"])) for _ in range(2)]
    stranger = Api(company, make.user())
    for _ in range(3):
        problem(stranger.get("accounts/"), 404)
    assert [one.get("accounts/").status_code for one in [api] * 3 + [others[0]] * 2] == [200] * 5
    assert others[1].get("accounts/").status_code == 200  # what was seen before is five
    problem(others[0].get("accounts/"), 429, "too_many_requests")
    problem(Api(company, make.user()).get("accounts/"), 404)


def test_who_is_not_signed_in_is_counted_by_address(limited, company):
    path = f"/api/v1/companies/{company.pk}/accounts/"
    codes = [Client().get(path).status_code for _ in range(3)]
    assert codes == [401, 401, 429]
    assert Client().get(path, REMOTE_ADDR="10.0.0.9").status_code == 401


def test_what_takes_long_costs_more(limited, api, monkeypatch):
    moments = iter([0.0, 0.6])
    monkeypatch.setattr(limits, "monotonic", lambda: next(moments))
    assert api.get("accounts/")["RateLimit-Remaining"] == "0"
    monkeypatch.setattr(limits, "monotonic", lambda: 0.0)
    problem(api.get("accounts/"), 429)


def test_no_count_is_lost_when_many_count_at_once(db):
    def add():
        for _ in range(50):
            cache.count({"limits:test": 1}, 60)

    cache.delete("limits:test")
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.count({"limits:test": 0}, 60) == {"limits:test": 200}


def test_limits_hold_while_the_cache_is_away(limited, api, monkeypatch):
    def away(*_args, **_more):
        raise Away

    monkeypatch.setattr(cache._cache, "get_client", away)
    codes = [api.get("accounts/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
