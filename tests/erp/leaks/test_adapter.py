"""Asking a leak source that may be slow, broken or hostile."""

from __future__ import annotations

import datetime as dt
import json
import logging

import pytest

from erp.access.leaks import adapter
from erp.access.leaks.adapter import BadKey, HaveIBeenPwned, NotSubscribed, TooOften, source
from erp.core.outbound import NoAnswer
from tests.erp.leaks.conftest import BREACHES, DOMAIN, KEY, Source, told
from tests.erp.passwords.service import (
    DRIPS,
    answers,
    chunked,
    not_http,
    silent,
    without_length,
)

ALIASES = {"anna": ["Adobe", "LinkedIn"], "info": ["Adobe"]}
PLACE = f"/api/v3/breacheddomain/{DOMAIN}"


def test_what_is_known_of_a_domain(service):
    service.leak(ALIASES)
    asked = source()
    assert asked.breaches_of_domain(DOMAIN) == ALIASES
    assert asked.subscribed_domains() == {DOMAIN}
    assert asked.breach_dates() == {
        "Adobe": dt.date(2013, 10, 4), "LinkedIn": dt.date(2012, 5, 5)
    }  # fmt: skip


def test_key_and_program_are_sent_and_nothing_else(service):
    service.leak(ALIASES)
    source().breaches_of_domain(DOMAIN)
    (received,) = service.received
    assert (received.method, received.path) == ("GET", PLACE)
    assert received.headers == {
        "Host": service.url.removeprefix("http://"), "Accept-Encoding": "identity",
        "hibp-api-key": KEY, "User-Agent": "Rappen",
    }  # fmt: skip


def test_off_without_a_key(service, settings):
    settings.LEAKS_KEY = ""
    assert source() is None
    assert service.received == []


def test_another_source_can_take_its_place(settings):
    settings.LEAKS_KEY, settings.LEAKS_SOURCE = "x", "tests.erp.leaks.test_adapter.Silent"
    assert source().breaches_of_domain("muster.ch") == {}


class Silent:
    def breaches_of_domain(self, domain):
        return {}


def test_404_is_a_domain_without_a_leak(service):
    assert source().breaches_of_domain(DOMAIN) == {}


def test_404_elsewhere_is_none(service):
    del service.paths["/api/v3/breaches"]
    with pytest.raises(NoAnswer):
        source().breach_dates()


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(401, BadKey), (402, NotSubscribed), (403, NotSubscribed), (429, TooOften), (500, NoAnswer),
     (503, NoAnswer), (204, NoAnswer), (206, NoAnswer)],
)  # fmt: skip
def test_each_refusal_is_told_from_the_others(service, status, refusal):
    service.paths[PLACE] = answers(b"", status=status)
    with pytest.raises(NoAnswer) as caught:
        source().breaches_of_domain(DOMAIN)
    assert type(caught.value) is refusal


def test_a_list_of_breaches_that_is_closed_says_nothing_about_a_domain(service):
    service.paths["/api/v3/breaches"] = answers(b"", status=403)
    with pytest.raises(NoAnswer) as caught:
        source().breach_dates()
    assert type(caught.value) is NoAnswer


@pytest.mark.parametrize(
    ("told_to", "wait"),
    [("2", 2), ("0", 1), ("999999", 3600), ("", 60), ("-5", 60), ("Wed, 21 Oct 2026 07:28:00 GMT", 60),
     ("9" * 30, 60), ("٣", 60)],
)  # fmt: skip
def test_rest_is_kept_as_long_as_is_told_within_reason(service, told_to, wait):

    service.paths[PLACE] = lambda handler: handler.wfile.write(
        f"HTTP/1.1 429 Too Many\r\nRetry-After: {told_to}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    with pytest.raises(TooOften) as caught:
        source().breaches_of_domain(DOMAIN)
    assert caught.value.wait == wait


FAULTS = {
    "garbage": answers(bytes(range(256))),
    "HTML": answers(b"<html>Sign in to the hotel's WLAN</html>"),
    "nothing": answers(b""),
    "a list": told(["anna"]),
    "a text": told("anna"),
    "null": told(None),
    "no lists within": told({"anna": "Adobe"}),
    "numbers within": told({"anna": 3}),
    "too deep": answers(b"[" * 200_000),
    "no HTTP": not_http,
    "no length": without_length(b"{}"),
    "shorter than said": answers(b"{}", length=100),
    "chunks without an end": chunked(b"{}", whole=False),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_answer_of_another_form_counts_for_nothing(service, fault):
    service.paths[PLACE] = fault
    with pytest.raises(NoAnswer):
        source().breaches_of_domain(DOMAIN)


@pytest.mark.parametrize("place", ["subscribeddomains", "breaches"])
@pytest.mark.parametrize("fault", [told({}), told([1]), answers(b"oops")], ids=["map", "one", "no"])
def test_lists_of_another_form_count_for_nothing_and_are_not_kept(service, place, fault):
    good = service.paths[f"/api/v3/{place}"]
    ask = {"subscribeddomains": "subscribed_domains", "breaches": "breach_dates"}[place]
    service.paths[f"/api/v3/{place}"] = fault
    with pytest.raises(NoAnswer):
        getattr(source(), ask)()
    service.paths[f"/api/v3/{place}"] = good
    assert getattr(source(), ask)()


def test_single_entries_that_cannot_be_are_left_out(service, caplog):
    service.leak({
        "Anna": ["Adobe", 7, "", "x" * 101, "two\nlines"], "anna ": ["LinkedIn"], "a@b": ["Adobe"],
        "": ["Adobe"], "x" * 65: ["Adobe"], "line\nbreak": ["Adobe"], "empty": [],
    })  # fmt: skip
    assert source().breaches_of_domain(DOMAIN) == {"anna": ["Adobe", "LinkedIn"]}
    assert "5 entries" in caplog.text


def test_breaches_without_a_day_that_can_be_have_none(service):
    service.paths["/api/v3/breaches"] = told([
        *BREACHES, {"Name": "A", "BreachDate": "2026-02-30"}, {"Name": "B", "BreachDate": 5},
        {"Name": "C"}, {"BreachDate": "2026-01-01"}, {"Name": "D", "BreachDate": "20260101"},
    ])  # fmt: skip
    assert set(source().breach_dates()) == {"Adobe", "LinkedIn"}


def test_too_large_an_answer_is_not_read(service, monkeypatch):
    content = json.dumps(ALIASES).encode()
    service.paths[PLACE] = answers(content)
    monkeypatch.setattr(adapter, "MOST_BYTES", len(content) - 1)
    with pytest.raises(NoAnswer, match="too large"):
        source().breaches_of_domain(DOMAIN)
    monkeypatch.setattr(adapter, "MOST_BYTES", len(content))
    assert source().breaches_of_domain(DOMAIN) == ALIASES


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(service, status):
    other = Source()
    try:
        service.paths[PLACE] = answers(b"", status=status, Location=other.url + PLACE)
        with pytest.raises(NoAnswer, match=f"status {status}"):
            source().breaches_of_domain(DOMAIN)
        assert other.received == []
    finally:
        other.stop()


@pytest.mark.parametrize("fault", [silent, *DRIPS.values()], ids=["silent", *DRIPS])
def test_the_whole_call_has_a_deadline(service, monkeypatch, fault):
    monkeypatch.setattr(adapter, "DEADLINE", dt.timedelta(milliseconds=250))
    service.paths[PLACE] = fault
    with pytest.raises(NoAnswer, match=r"too slow|TimeoutError"):
        source().breaches_of_domain(DOMAIN)


@pytest.mark.parametrize("url", ["http://leaks.example", "ftp://127.0.0.1", "", "https://"])
def test_only_encrypted_sources_are_asked_but_on_this_machine(service, settings, url):
    settings.LEAKS_URL = url
    with pytest.raises(NoAnswer):
        source().breach_dates()
    assert service.received == []


@pytest.mark.parametrize("ask", ["breach_dates", "subscribed_domains"])
def test_what_is_the_same_for_all_is_asked_for_once(service, ask, own_cache):  # noqa: F811
    first, second = getattr(source(), ask)(), getattr(source(), ask)()
    assert first == second
    assert len(service.received) == 1
    from django.core.cache import cache

    (key,) = own_cache()
    kept = cache._cache.get_client(None, write=True).ttl(key)
    most = {"breach_dates": 24 * 60 * 60, "subscribed_domains": 10 * 60}[ask]
    assert most - 60 < kept <= most


@pytest.mark.parametrize("name", [DOMAIN, "a/../../breaches", "x?y=1", "x#y"])
def test_a_domain_stays_one_part_of_the_address(service, name):
    source().breaches_of_domain(name)
    (path,) = service.asked()
    assert path.startswith("breacheddomain/") and path.count("/") == 1
    assert "?" not in path and "#" not in path


@pytest.mark.parametrize(
    "fault",
    [*FAULTS.values(), *(answers(b"", status=status) for status in (401, 402, 403, 429, 500))],
)
def test_the_key_is_never_in_a_log_or_a_refusal(service, caplog, capfd, own_cache, fault):  # noqa: F811
    service.paths[PLACE] = fault
    with caplog.at_level(logging.DEBUG), pytest.raises(NoAnswer) as caught:
        source().breaches_of_domain(DOMAIN)
    said = caplog.text + repr(caught.value) + "".join(capfd.readouterr()) + str(own_cache())
    assert KEY not in said and KEY[:8] not in said


@pytest.mark.parametrize("key", ["a\nb: c", "schlüssel\u20ac"])
def test_a_key_that_no_header_can_hold_sends_nothing(service, settings, key):
    settings.LEAKS_KEY = key
    with pytest.raises(NoAnswer) as caught:
        HaveIBeenPwned().breach_dates()
    assert key not in str(caught.value)
    assert service.received == []
