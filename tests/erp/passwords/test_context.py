"""Passwords of what is in front of everybody, and of what everybody uses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.access.passwords import common
from erp.access.passwords.common import is_common
from erp.access.passwords.context import ENOUGH, Kind, context_of, words_in
from erp.access.passwords.corpus import Corpus

OBVIOUS = {
    "Passwort1!": {Kind.PRODUCT},
    "Passwort-Passwort-1": {Kind.PRODUCT},
    "Motdepasse2026!!": {Kind.PRODUCT, Kind.YEAR},
    "Mot-de-passe-2026": {Kind.PRODUCT, Kind.YEAR},
    "Parola-d-ordine-1": {Kind.PRODUCT},
    "Kennwort_geheim!": {Kind.PRODUCT},
    "Willkommen-2026!": {Kind.PRODUCT, Kind.YEAR},
    "Comptabilité2026": {Kind.PRODUCT, Kind.YEAR},
    "Sommer2026!": {Kind.SEASON, Kind.YEAR},
    "Frühling-Sommer-26": {Kind.SEASON},
    "Fruehling-2026!!": {Kind.SEASON, Kind.YEAR},
    "Été-automne-2027": {Kind.SEASON, Kind.YEAR},
    "Primavera.2026.": {Kind.SEASON, Kind.YEAR},
    "23. November 2026": {Kind.SEASON, Kind.YEAR},
    "Zürich2026": {Kind.PLACE, Kind.YEAR},
    "ZUERICH/2026/zürich": {Kind.PLACE, Kind.YEAR},
    "Genève-Genf-Ginevra": {Kind.PLACE},
    "St.Gallen-2026!": {Kind.PLACE, Kind.YEAR},
    "Appenzell-AR-AI-1": {Kind.PLACE},
    "Uri+Zug+2026!!!": {Kind.PLACE, Kind.YEAR, Kind.REPEATED},
    "UriZug20262027": {Kind.PLACE, Kind.YEAR},
    "ZH-2026-ZH-2027": {Kind.YEAR},
    "Rappen2026!!": {Kind.PRODUCT, Kind.YEAR},
    "Rappen-Zürich-2026!": {Kind.PRODUCT, Kind.PLACE, Kind.YEAR},
    "R@pp€n&8€rn&1291": {Kind.PRODUCT, Kind.PLACE},
    "qwertz12345!": {Kind.KEYBOARD},
    "asdf-asdf-asdf-1": {Kind.KEYBOARD},
    "ztrewq-654321": {Kind.KEYBOARD},
    "1qay2wsx3edc": {Kind.KEYBOARD},
    "aaaaaaaaaaaa": {Kind.REPEATED},
    "abcabcabcabc": {Kind.REPEATED},
    "Alpenholz-2026!": {Kind.COMPANY, Kind.YEAR},
    "alpenholz.schreinerei": {Kind.COMPANY},
    "Muster-Anna-1984": {Kind.PERSON, Kind.YEAR},
    "Vreneli.Bern.7": {Kind.PERSON, Kind.PLACE},
    "Rappen für Anna": {Kind.PRODUCT, Kind.PERSON},
}
COMPANY, PERSON = ["Alpenholz Schreinerei AG", "alpenholz-3"], ["Anna Muster", "vreneli@muster-ag"]


@pytest.mark.parametrize(("password", "kinds"), OBVIOUS.items())
def test_context_alone_is_no_password(password, kinds):
    found = context_of(password, company=COMPANY, person=PERSON)
    assert found.is_all, found
    assert set(found.kinds) == kinds


OWN = [
    "Der Kanton Uri hat 26 schöne Alpenpässe",
    "ein-gutes-Kennwort-2026",  # as used by tests
    "Buchhaltung-macht-Freude",  # and by the demo books
    "Im Winter 1963 war der Zürichsee gefroren",
    "Anna Muster tanzt mit Alpakas",
    "correct horse battery staple",
    "sieben freche Murmeltiere",
    "tout-le-monde-aime-la-fondue",
    "7$9k#2!Xq8@4^1&f",
    "8391 2948 1847 3318 4421",
    "b3!be-7AG-9#xK2$",
    "Schwertlilie wertet Property um",
    "Огурцы любят дождь",
    "夏の夜は月の頃はさらなり",
]


@pytest.mark.parametrize("password", OWN)
def test_a_password_may_hold_context_as_long_as_it_holds_more(password):
    assert not context_of(password, company=COMPANY, person=PERSON).is_all
    assert not is_common(password)


@pytest.mark.parametrize("left", range(ENOUGH + 2))
def test_six_letters_of_ones_own_are_enough(left):
    found = context_of("Zürich-2026-" + "xkvbpmjq"[:left])
    assert (found.left, found.is_all) == (left, left < ENOUGH)


def test_names_of_strangers_are_words_like_any():
    password = "Alpenholz-Schreinerei"
    assert context_of(password, company=COMPANY).is_all
    assert not context_of(password).is_all


def test_accents_case_and_width_make_no_difference():
    for password in (
        "NEUCHÂTEL-2026",
        "neucha\u0302tel-2026",
        "Ｎｅｕｃｈâｔｅｌ-２０２６",
        "Neuchatel-2026",
    ):
        assert context_of(password).is_all, password


def test_names_give_words():
    assert words_in("Müller & Söhne AG, 8001 Zürich") == {
        "muller", "mueller", "sohne", "soehne", "ag", "zurich", "zuerich",
    }  # fmt: skip
    assert words_in("j.o'neill_2@Große-Firma") == {"neill", "grosse", "firma"}
    assert words_in("4711") == set()


@given(st.text(max_size=260), st.lists(st.text(max_size=20), max_size=5))
@settings(max_examples=40, deadline=None)
def test_whatever_is_typed_is_judged(password, names):
    found = context_of(password, company=names)
    assert found.left >= 0
    assert not found.is_all or found.kinds
    is_common(password)


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_a_name_never_leaves_more_letters(password):
    assert context_of(password, company=[password]).left <= context_of(password).left


def test_the_bundled_list_holds_a_hundred_thousand_of_the_allowed_length():
    """AUT-2: what decides where neither a file nor the service can be asked."""
    assert len(Corpus.open(common._LONG)) >= 100_000


COMMON = [
    "1234567890123", "1q2w3e4r5t6y", "Administrator", "CookieMonster", " cookiemonster ",
    "Dragon2026!!", "!!!dragon!!!", "dragondragon", "DragonDragonDragon1", "Dr4g0n-2026-!",
    "$up3rm4n1234", "letmein12345", "trustno1-2026",
    "Schneewittchen", "thunderkiss65", "THUNDERKISS65", "thunderk\uff49ss65", "SchnuffiHase1978",
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_everybody_uses_is_known_in_thin_disguise(password):
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "dragons over the lake", "my dragon is green", "a1 8391-2948-1847", "sun-moon-star-rain",
        "dragon superman", "", "100483912948", "7$9k#2!Xq8@4^1&f", "8391-drag-2948",
    ],
)  # fmt: skip
def test_a_phrase_that_holds_a_common_word_is_not_common(password):
    assert not is_common(password)


def test_the_words_are_a_table_of_known_kinds():
    from erp.access.passwords.context import _known_words

    words = _known_words()
    places = {"zurich", "bern", "luzern", "uri", "schwyz", "obwalden", "nidwalden", "glarus", "zug",
              "fribourg", "solothurn", "basel", "schaffhausen", "appenzell", "gallen", "grischun",
              "aargau", "thurgau", "ticino", "vaud", "valais", "neuchatel", "geneve", "jura"}  # fmt: skip
    assert {word for word in places if words.get(word) != Kind.PLACE} == set()
    assert sum(len(word) == 2 and kind is Kind.PLACE for word, kind in words.items()) == 26 + 1
    assert set(words.values()) == {Kind.PRODUCT, Kind.PLACE, Kind.SEASON, Kind.KEYBOARD}
