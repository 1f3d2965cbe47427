"""Attacks on the sign-in: guessing, stuffing, telling accounts apart, forged addresses."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import override_settings

from erp.access.sign_in import limits
from erp.access.sign_in.models import MissedSignIns, SecurityEvent
from erp.celery import app
from erp.core import clock
from tests import make
from tests.erp.sign_in.people import (
    PASSWORD,
    browser,
    code,
    is_in,
    sign_in,
    type_code,
    type_password,
)

pytestmark = pytest.mark.django_db
SLOW = ["erp.access.hashers.Argon2"]


@pytest.fixture(autouse=True)
def fresh_limits():
    """Limits begin anew, and no window of theirs ends in the midst of a test on a busy machine."""
    cache.clear()
    with time_machine.travel(time.time(), tick=False):
        yield
    cache.clear()


@pytest.fixture
def anna():
    return make.user()


def told(answer):
    """What somebody sees of an answer, without what differs on every page."""
    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)
    text = re.sub(rb'value="[^"]*@[^"]*"', b"", text)
    return answer.status_code, answer.get("Location"), text


def test_guessing_is_limited_by_account_whatever_address_it_comes_from(anna):
    for _ in range(5):
        assert type_password(browser(), anna, "falsch-falsch-falsch").status_code == 200
    right = type_password(browser(), anna)
    assert right.status_code == 200  # from a stranger even the right one is not tried
    assert SecurityEvent.objects.filter(user=anna, kind="refused").count() == 5


def test_the_real_person_gets_in_while_others_guess(anna):
    mine = browser()
    sign_in(mine, anna)
    mine.post("/accounts/logout/")
    for _ in range(30):
        type_password(browser(), anna, "falsch-falsch-falsch")
    MissedSignIns.objects.filter(count__gt=0).update(count=500)
    assert type_password(browser(), anna).status_code == 200  # a stranger: closed
    assert type_password(mine, anna)["Location"] == "/accounts/2fa/authenticate/"


def test_after_a_hundred_misses_in_a_row_strangers_are_not_heard(anna):
    limits.count_miss(anna.email)
    MissedSignIns.objects.update(count=limits.MOST_IN_A_ROW)
    assert type_password(browser(), anna).status_code == 200
    assert SecurityEvent.objects.filter(user=anna, kind="limited").exists()
    MissedSignIns.objects.update(count=limits.MOST_IN_A_ROW - 1)
    assert type_password(browser(), anna).status_code == 302


def test_signing_in_forgets_the_misses_of_this_account_alone(anna):
    beat = make.user()
    for user in (anna, beat):
        type_password(browser(), user, "falsch-falsch-falsch")
    assert MissedSignIns.objects.count() == 2
    sign_in(browser(), anna)
    assert MissedSignIns.objects.count() == 1


def test_misses_are_forgotten_after_a_month_unless_the_account_is_closed(monkeypatch):
    """By night: beat plans the job, workers know it, and what it takes away."""
    assert "sign_in.forget_misses" in {one["task"] for one in app.conf.beat_schedule.values()}
    app.loader.import_default_modules()
    now = clock.now()
    for days, email in ((31, "alt"), (31, "zu"), (29, "neu")):
        monkeypatch.setattr(clock, "now", lambda days=days: now - dt.timedelta(days=days))
        limits.count_miss(f"{email}@example.ch")
    MissedSignIns.objects.filter(digest=limits._digest("zu@example.ch")).update(
        count=limits.MOST_IN_A_ROW
    )
    monkeypatch.setattr(clock, "now", lambda: now)
    assert app.tasks["sign_in.forget_misses"]() == 1
    kept = set(MissedSignIns.objects.values_list("digest", flat=True))
    assert kept == {limits._digest("zu@example.ch"), limits._digest("neu@example.ch")}
    assert app.tasks["sign_in.forget_misses"]() == 0


def test_a_thousand_leaked_pairs_from_many_addresses_open_nothing(anna):
    """Stuffing: one pair is even right, but there is no second factor with it."""
    people = [anna, *(make.user() for _ in range(9))]
    inside = 0
    for nth in range(1000):
        client = browser()
        victim = people[nth % 10]
        right = victim is anna and nth == 0
        type_password(client, victim, PASSWORD if right else f"123456-{nth}-geleakt")
        if nth % 50 == 0:
            type_code(client, "123456")
            inside += is_in(client)
    assert inside == 0
    tried = SecurityEvent.objects.filter(kind="refused").count()
    assert tried <= 10 * 5 + 5  # the rest was not even compared with a password


def test_known_and_unknown_addresses_are_answered_alike(anna):
    unknown = type("Nobody", (), {"email": "niemand@example.org"})
    first, second = (
        type_password(browser(), user, "falsch-falsch-falsch") for user in (anna, unknown)
    )
    assert told(first) == told(second)
    for user in (anna, unknown):
        for _ in range(6):
            last = type_password(browser(), user, "falsch-falsch-falsch")
        user.last = told(last)
    assert anna.last == unknown.last
    resets = [
        browser().post("/accounts/password/reset/", {"email": u.email}) for u in (anna, unknown)
    ]
    assert told(resets[0]) == told(resets[1])
    assert [m.to for m in mail.outbox] == [[anna.email]]


@override_settings(PASSWORD_HASHERS=SLOW)
def test_known_and_unknown_addresses_take_the_same_time():
    """One password is compared for each: the slow part cannot be told from outside."""
    anna = make.user()
    unknown = type("Nobody", (), {"email": "niemand@example.org"})
    spent = {}
    for user in (anna, unknown) * 4:
        started = time.perf_counter()
        type_password(browser(), user, "falsch-falsch-falsch")
        spent.setdefault(user.email, []).append(time.perf_counter() - started)
        cache.clear()
    known, nobody = (min(spent[user.email]) for user in (anna, unknown))
    assert 0.5 < known / nobody < 2


def test_forged_forwarding_headers_do_not_make_new_addresses(anna):
    client = browser()
    for nth in range(25):
        client.post(
            "/accounts/login/", {"login": f"n{nth}@example.org", "password": "falsch-falsch"},
            HTTP_X_FORWARDED_FOR=f"203.0.113.{nth}", HTTP_FORWARDED=f"for=203.0.113.{nth}",
            HTTP_X_REAL_IP=f"203.0.113.{nth}", HTTP_CLIENT_IP=f"203.0.113.{nth}",
        )  # fmt: skip
    last = client.post("/accounts/login/", {"login": "x@example.org", "password": "falsch"},
                       HTTP_X_FORWARDED_FOR="198.51.100.7")  # fmt: skip
    assert "form" in last.context and last.context["form"].non_field_errors()
    from django.utils.translation import override

    from erp.access.sign_in.adapter import AccountAdapter

    with override("de"):
        wanted = str(AccountAdapter.error_messages["too_many_login_attempts"])
    assert wanted in str(last.context["form"].non_field_errors())


# A new password by mail


def link():
    (found,) = re.findall(
        r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[-1].body
    )
    return found


def reset(client, user, new):
    client.post("/accounts/password/reset/", {"email": user.email})
    form = client.get(link(), follow=True)
    return client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})


NEW = "vier-Wolken-tragen-einen-Amboss"


def test_a_reset_never_removes_the_second_factor_and_signs_nobody_in(anna):
    client = browser()
    assert reset(client, anna, NEW).status_code == 302
    assert not is_in(client)
    assert type_password(client, anna, NEW)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    assert type_code(client, code())["Location"] == "/" and is_in(client)


def test_a_reset_link_opens_once_and_not_after_another_change(anna):
    browser().post("/accounts/password/reset/", {"email": anna.email})
    first = link()
    browser().post("/accounts/password/reset/", {"email": anna.email})
    second = link()
    client = browser()
    form = client.get(second, follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    for used in (first, second):
        page = browser().get(used, follow=True)
        assert page.context["token_fail"] is True


def test_a_reset_lets_strangers_be_heard_again(anna):
    for _ in range(6):
        type_password(browser(), anna, "falsch-falsch-falsch")
    MissedSignIns.objects.update(count=100)
    reset(browser(), anna, NEW)
    cache.clear()
    assert type_password(browser(), anna, NEW).status_code == 302


def test_a_reset_ends_every_session(anna):
    there = browser()
    sign_in(there, anna)
    reset(browser(), anna, NEW)
    assert not is_in(there)


def test_a_weak_new_password_is_refused_on_the_reset_page(anna):
    answer = reset(browser(), anna, "Passwort1234")
    assert answer.status_code == 200 and b"errorlist" in answer.content


def test_signing_up_is_closed_everywhere():
    page = browser().get("/accounts/signup/")
    assert page.status_code == 200 and b"password1" not in page.content
    browser().post("/accounts/signup/", {"email": "x@example.org", "password1": NEW})
    from erp.access.models import User

    assert not User.objects.filter(email="x@example.org").exists()


# The cache away


def test_limits_and_used_codes_hold_while_the_queue_server_is_away(anna, monkeypatch):
    """AUT-10: nobody tries more often because Redis does not answer."""
    from redis.exceptions import ConnectionError as Away

    def away(*_args, **_more):
        raise Away("away")

    for act in ("add", "get", "set", "delete"):
        monkeypatch.setattr(f"django.core.cache.backends.redis.RedisCache.{act}", away)
    told_code = code()
    assert sign_in(browser(), anna, told=told_code)["Location"] == "/"
    assert sign_in(browser(), anna, told=told_code).status_code == 200
    for _ in range(5):
        type_password(browser(), anna, "falsch-falsch-falsch")
    assert type_password(browser(), anna).status_code == 200
