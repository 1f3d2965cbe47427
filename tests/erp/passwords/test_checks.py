"""The judgement of a password: what is refused, why, and in which order."""

from __future__ import annotations

import logging
import sys

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.views.debug import ExceptionReporter

from erp.access.models import User
from erp.access.passwords import checks, corpus
from erp.access.passwords.checks import (
    Leaked,
    TooCommon,
    TooLong,
    TooObvious,
    TooShort,
    breach_of,
    judged,
    refusals,
)
from erp.access.passwords.normal import MOST_TYPED, normalised
from erp.access.passwords.validators import AccessPasswordValidator
from erp.core.tenancy import set_local
from tests import make
from tests.erp.passwords.service import answers, knows, line

GOOD = "vier Kühe kauen leise"


def kinds(password, user=None, **more):
    return [type(one) for one in refusals(password, user=user, **more)]


PHRASE = "sieben freche Murmeltiere pfeifen auf dem Berg und stehlen Käse; "


@pytest.mark.parametrize("length", [12, 64, 128, 200, 256])
def test_a_phrase_may_be_as_long_as_it_likes(length):
    assert kinds((PHRASE * 5)[:length]) == []


@pytest.mark.parametrize("length", [257, 1000, 1025, 1_000_000])
def test_too_long_is_refused_and_not_cut(length):
    assert kinds((PHRASE * (length // 60 + 1))[:length]) == [TooLong]


def test_too_short_is_refused():
    assert kinds("vier Kühe ka") == []
    assert kinds("vier Kühe k") == [TooShort]
    assert kinds("") == [TooShort]


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("ﬁxe Wespeﬀ", []),  # 12 letters after the ligatures are taken apart
        ("vier Ku\u0308he k", [TooShort]),  # 11, however they are typed
        ("e\u0301" * 4 + "vier Kühe kauen", []),
        ("Ku\u0308he kauen leise, Ziegen laut, Murmeltiere in " * 5 + "vier Tagen", []),
    ],
)
def test_length_is_counted_in_code_points_of_the_normal_form(password, found):
    assert kinds(password) == found


def test_no_rules_of_composition():
    for password in (
        "vierkühekauenleise",
        "VIERKÜHEKAUENLEISE",
        "8391 2948 1847 3318",
        "夏の夜は月の頃はさらなり闇も",
    ):
        assert kinds(password) == []


def test_all_that_is_wrong_is_told_in_order(service):
    assert kinds("Passwort1!") == [TooShort, TooCommon, TooObvious]
    assert kinds("Dragon2026!!") == [TooCommon]
    assert kinds("Rappen-Zürich-2026!") == [TooObvious]
    assert service.received == [], "nothing is asked in vain"


def test_the_list_on_this_machine_is_looked_at(leaked):
    leaked(GOOD, "a different one")
    outcome = judged(GOOD, user=None)
    assert ([type(one) for one in outcome.refusals], outcome.breach_known) == ([Leaked], True)
    assert judged("fünf Kühe kauen laut", user=None) == checks.Outcome((), True)


def test_the_normal_form_is_looked_up(leaked):
    leaked(GOOD)
    assert kinds("vier Ku\u0308he kauen leise") == [Leaked]


def test_the_service_is_asked_about_what_the_list_does_not_hold(leaked, service):
    leaked("a different one")
    service.behaves = knows(line(GOOD, 5))
    assert kinds(GOOD) == [Leaked]
    service.received.clear()
    corpus._known.clear()
    leaked(GOOD)
    assert kinds(GOOD) == [Leaked]
    assert service.received == [], "who knows does not ask"


def test_a_list_can_tell_where_the_service_cannot(leaked, service):
    leaked("a different one")
    service.behaves = answers(b"", status=500)
    assert judged(GOOD, user=None) == checks.Outcome((), breach_known=True)


@pytest.mark.parametrize("why", ["off", "failing"])
def test_where_nobody_can_tell_the_bundled_list_decides_and_it_is_remembered(
    service, settings, caplog, why
):
    service.behaves = answers(b"", status=500)
    if why == "off":
        settings.PWNED_URL = ""
    with caplog.at_level(logging.DEBUG):
        outcome = judged(GOOD, user=None)
    assert outcome == checks.Outcome((), breach_known=False)
    told = [r for r in caplog.records if r.name == checks.log.name]
    assert [(r.levelname, r.getMessage()) for r in told] == [
        ("WARNING", "a password was accepted without knowing whether it has leaked")
    ]
    assert kinds("Dragon2026!!") == [TooCommon]


def test_a_broken_list_is_reported_and_the_service_is_asked(tmp_path, settings, service, caplog):
    broken = tmp_path / "pwned"
    broken.write_bytes(b"PWN1")
    settings.PWNED_FILE = str(broken)
    service.behaves = knows(line(GOOD, 5))
    assert kinds(GOOD) == [Leaked]
    (told,) = [r for r in caplog.records if r.name == checks.log.name]
    assert told.levelname == "ERROR" and str(broken) in told.getMessage()
    settings.PWNED_URL = ""
    assert breach_of(GOOD) is None


def test_a_breach_can_be_asked_for_alone(leaked, settings):
    assert breach_of(GOOD) is None
    leaked(GOOD)
    assert breach_of(GOOD) is True
    assert breach_of("Passwort1!") is False


def test_a_persons_name_and_address_are_refused():
    anna = User(name="Annerösli Gantenbein", email="a.stadelmann@windmühle.ch")
    for password in (
        "Gantenbein-2026!",
        "stadelmann1984!",
        "Anneroesli.1.2.",
        "Windmuehle-Windmühle",
    ):
        assert kinds(password, anna) == [TooObvious]
        assert kinds(password) == []


def test_names_of_ones_companies_are_refused(db):
    company = make.company(name="Windmühlen Gantenbein AG", town="Oberwindegg")
    anna = make.owner_of(company)
    for password in ("Gantenbein-2026!", "WindmuehlenAG2026", "Oberwindegg-2026"):
        assert kinds(password, anna) == [TooObvious]
        assert kinds(password, make.user()) == []


def test_asking_for_companies_leaves_no_trace_in_the_transaction(db):
    """An owner who sets up somebody else's access goes on seeing what he saw."""
    anna, beat = make.owner_of(make.company()), make.owner_of(make.company())
    set_local("rappen.user", str(anna.pk))

    def opened():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('rappen.user'), current_setting('rappen.companies')"
            )
            return cursor.fetchone()

    before = opened()
    with transaction.atomic():
        judged(GOOD, user=beat)
    assert opened() == before


def test_an_invited_persons_company_is_told():
    assert kinds("Gantenbein-2026!", words=["Windmühlen Gantenbein AG"]) == [TooObvious]
    invited = User(email="anna@example.ch")
    invited.context_words = ["Windmühlen Gantenbein AG"]
    with pytest.raises(ValidationError) as refusal:
        AccessPasswordValidator().validate("Gantenbein-2026!", invited)
    assert [one.code for one in refusal.value.error_list] == ["password_context"]


CODES = {
    "vier Kühe": ["password_too_short"],
    PHRASE * 5: ["password_too_long"],
    "Dragon2026!!": ["password_common"],
    "Rappen-Zürich-2026!": ["password_context"],
    GOOD: ["password_breached"],
    "Passwort1!": ["password_too_short", "password_common", "password_context"],
    "fünf Kühe kauen laut": [],
}


@pytest.mark.parametrize(("password", "codes"), CODES.items())
def test_the_validator_speaks_in_stable_codes(leaked, password, codes):
    leaked(GOOD)
    try:
        AccessPasswordValidator().validate(password)
        found = []
    except ValidationError as refusal:
        found = [one.code for one in refusal.error_list]
        assert all(one.message.endswith(".") for one in refusal.error_list)
        assert password not in repr(refusal)
    assert found == codes


def test_the_help_names_both_ends():
    text = AccessPasswordValidator().get_help_text()
    assert "12" in text and "256" in text


def test_refusals_hold_nothing_of_the_password(leaked):
    leaked(GOOD)
    for password in (GOOD, "Rappen-Zürich-2026!", "Passwort1!"):
        for one in refusals(password, user=None):
            told = str(one) + repr(one) + repr(one.values)
            assert password not in told and "2026" not in told and "Rappen" not in told


def test_an_error_report_hides_the_password(monkeypatch):
    """Frames of the judgement, at least: Django leaves them out of what it mails."""

    def fails(*args, **more):
        raise RuntimeError("for this test")

    monkeypatch.setattr("erp.access.passwords.checks.context_of", fails)
    try:
        AccessPasswordValidator().validate(GOOD)
    except RuntimeError:
        reporter = ExceptionReporter(None, *sys.exc_info())
    frames = [f for f in reporter.get_traceback_frames() if "/access/passwords/" in f["filename"]]
    assert len(frames) >= 2
    assert GOOD not in str([frame["vars"] for frame in frames])


WAYS = ["vier Kühe kauen leise", "vier Ku\u0308he kauen leise", "ｖｉｅｒ Kühe kauen leise"]


@pytest.mark.parametrize("typed", WAYS)
@pytest.mark.parametrize("stored", WAYS)
def test_every_keyboard_types_the_same_password(stored, typed):
    anna = User(email="anna@example.ch")
    anna.set_password(stored)
    assert anna.check_password(typed)
    assert anna.check_password(typed + " ")  # which came along when it was pasted
    assert not anna.check_password(typed + "x")


def test_no_password_is_cut_when_it_is_stored():
    anna = User(email="anna@example.ch")
    anna.set_password("k" * 255 + "a")
    assert anna.check_password("k" * 255 + "a")
    assert not anna.check_password("k" * 255 + "b")
    assert not anna.check_password("k" * 255)


def test_nobody_signs_in_with_no_password():
    anna = User(email="anna@example.ch")
    anna.set_password(None)
    assert not anna.has_usable_password()
    for typed in (None, "", "None"):
        assert not anna.check_password(typed)


def test_half_characters_break_nothing():
    """JSON can hold them; hashing cannot."""
    anna = User(email="anna@example.ch")
    anna.set_password(GOOD + "\ud800")
    assert anna.check_password(GOOD + "\ud800")
    assert not anna.check_password(GOOD)
    assert not anna.check_password("\udfff")
    judged("\ud800" * 20, user=anna)


def test_a_long_row_of_marks_is_not_put_in_order():
    """That would take minutes, and anybody may type it at sign-in."""
    marks = "\u0301\u0316" * 500_000
    assert normalised(marks) is marks or normalised(marks) == marks
    assert len(normalised("a" + "\u0301\u0316" * ((MOST_TYPED - 2) // 2))) > 256
    assert kinds(marks) == [TooLong]
