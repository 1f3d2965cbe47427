"""What was typed to find something."""

from __future__ import annotations

from decimal import Decimal

import pytest

from erp.core.spelling import looked_up_by
from erp.search.asking import amount_word, read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Miete März", [("miete", ""), ("marz", "")]),
        ("1'234.50", [("1'234.50", "=1234.50")]),
        ("CHF 1’234.5", [("1'234.5", "=1234.5")]),
        ("1234", [("1234", "=1234.")]),
        ("120.--", [("120.--", "=120.")]),
        ("-0,05", [("-0,05", "=0.05")]),
        ("RE-2026-0012", [("re-2026-0012", "")]),
        ("21 00000 00003 13947 14300", [("2100000000031394714300", "")]),
        ("chf", [("chf", "")]),
        ("x", []),
        ("  ", []),
    ],
)
def test_words_and_amounts_are_read(text, words):
    assert [(word.plain, word.amount) for word in read(text).words] == words


def test_an_amount_without_centimes_is_any_amount_of_these_francs():
    stored = {amount_word(Decimal("-1234.5")), *looked_up_by(["Büromaterial, Zürich", "J-12"])}
    assert stored == {
        "=1234.50",
        "buromaterial",
        "bueromaterial",
        "zurich",
        "zuerich",
        "j-12",
        "12",
    }
    for text in ("1234", "1'234.5", "1234.50", "Büro", "BUERO zür", "buro 1234", "J-1"):
        assert read(text).fits(stored), text
    for text in ("123", "1234.51", "material", "büro bern", "=1234.50x"):
        assert not read(text).fits(stored), text


def test_the_very_amount_is_told_from_those_that_only_begin_so():
    assert read("1234").words[0].exact == ("1234", "=1234.00")
    assert read("1234.5").words[0].exact == ("1234.5", "=1234.50")
    assert read("meier.x").words[0].exact == ("meier.x",)
