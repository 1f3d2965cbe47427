"""The manual: every page has its place in it, is found, and is built alike in four languages."""

from __future__ import annotations

import inspect
import re
from collections import Counter

import pytest
from django import forms
from django.test import Client
from django.utils import translation
from django.utils.module_loading import import_string

from erp.manual import codes, fields, texts
from erp.manual.contents import CHAPTERS, beside, order
from erp.manual.explained import PAGES
from erp.manual.finding import find
from erp.manual.placeholders import WORDS
from payroll.employees.facts import Personal
from payroll.employees.fields import KINDS, PERSONAL, SHARE
from payroll.employees.masks import OF_SHARES, mask_of
from tests import make
from tools.environment import ROOT

LANGUAGES = texts.LANGUAGES


@pytest.fixture
def reader(db):
    client = Client()
    client.force_login(make.user())
    return client


def test_every_page_is_in_exactly_one_chapter():
    assert sorted(order()) == texts.names()
    assert len({chapter.key for chapter in CHAPTERS}) == len(CHAPTERS)


@pytest.mark.parametrize("language", ["de", "fr", "it"])
def test_pages_are_built_alike_and_lead_to_the_same_in_each_language(language):
    """Anchors are of the English words and go by their turn."""
    for name in texts.names():
        assert texts.shape(name, language) == texts.shape(name, "en"), (name, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_to_places_lead_somewhere(language):
    for name in order():
        wanted = set()
        texts.page(name, language).html(lambda page, anchor, w=wanted: w.add((page, anchor)) or "")
        for page, anchor in wanted:
            there = {place.anchor for place in texts.page(page, language).places}
            assert not anchor or anchor in there, (name, page, anchor)


def test_titles_come_first_and_umlauts_may_be_written_out():
    assert next(one.page.name for one in find("Mahnwesen", "de")) == "dunning"
    for typed in ("Löhne", "loehne", "lohne"):
        assert find(typed, "de"), typed
    assert find("skonto", "de") and not find("xyzzy", "de") and not find("x", "de")
    ranked = [one.place.depth for one in find("bilanz", "de")]
    assert ranked[0] == 1


def test_reading_goes_from_front_to_back():
    assert beside(order()[0]) == (None, order()[1])
    assert beside(order()[-1]) == (order()[-2], None)


def test_contents_search_and_pages(reader, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        shown = reader.get("/help/").content.decode()
    assert "Finanzbuchhaltung" in shown and 'href="/help/vat-codes/"' in shown
    found = reader.get("/help/", {"q": "Vorsteuer Anteil"}).content.decode()
    assert "/help/vat-codes/#" in found
    page = reader.get("/help/vat-codes/").content.decode()
    assert 'rel="prev" href="/help/vat/"' in page and 'id="the-deductible-share"' in page
    assert reader.get("/help/no-such-page/").status_code == 404
    beside_page = reader.get("/help/vat-codes/?fragment=1").content.decode()
    assert 'id="help-the-deductible-share"' in beside_page and "<html" not in beside_page


def test_the_palette_finds_the_manual(reader):
    rows = reader.get("/help/find/", {"q": "mahnwesen"}).json()
    assert rows[0] == {"label": "Mahnwesen", "note": "Handbuch", "url": "/help/dunning/"}
    assert len(rows) <= 5 and reader.get("/help/find/", {"q": "m"}).json() == []


def values_of(message):
    return re.findall(r"%\((\w+)\)", message)


def test_every_message_is_in_the_reference_once_and_its_values_have_words():
    told = Counter(one.code for one in codes.messages("de"))
    assert len(told) > 1000 and set(told.values()) == {1}
    assert {one.code for one in codes.refusals()} <= set(told)
    used = {name for one in codes.refusals() for name in values_of(str(one.message))} | {"limit"}
    assert used == set(WORDS), "a value without a word, or a word of no value"


@pytest.mark.parametrize("language", ["de", "fr", "it"])
def test_every_message_is_told_in_each_language(language):
    """What reads as in English was not translated; of what the framework says itself, too."""
    english = {one.code: one.text for one in codes.messages("en")}
    same = {one.code for one in codes.messages(language) if one.text == english[one.code]}
    with translation.override("en"):
        only_values = {
            one.code
            for one in codes.refusals()
            if not re.sub(r"%\(\w+\)s|\W", "", str(one.message))
        }
    assert same - only_values == set()
    assert not [one.code for one in codes.messages(language) if "%(" in one.text]


def test_every_room_with_messages_has_a_page_and_no_entry_is_idle():
    modules = {one.__module__ for one in codes.refusals()} | {"erp.api"}
    for name, page in PAGES.items():
        assert page in order(), (name, page)
        assert any(f"{one}.".startswith(f"{name}.") for one in modules), f"{name} refuses nothing"


def test_statuses_are_those_of_the_api():
    by_code = {one.code: one for one in codes.messages("de")}
    assert by_code["ledger.unbalanced_entry"].status == 422
    assert by_code["core.overtaken"].status == 409
    assert by_code["not_found"].status == 404 and by_code["not_found"].page == "api"
    missing = next(one for one in codes.refusals() if one.missing)
    assert by_code[missing.code].status == 400


def test_the_page_of_codes_has_an_anchor_for_each_and_a_search(reader):
    shown = reader.get("/help/codes/").content.decode()
    assert 'id="ledger.unbalanced_entry"' in shown and "‹Betrag›" in shown
    assert shown.count("<dt>") == len(codes.messages("de"))
    few = reader.get("/help/codes/", {"q": "ledger.unbal"}).content.decode()
    assert few.count("<dt>") == 1


def bare(kind):
    """The fields that a form declares, or brings when it is made of a model."""
    return getattr(kind, "base_fields", {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_is_explained_has_its_place_in_each_language(language):
    for place in fields.places():
        name, _sign, anchor = place.partition("#")
        there = {one.anchor for one in texts.page(name, language).places}
        assert not anchor or anchor in there, (language, place)


def test_every_field_that_is_explained_is_on_its_form():
    for path, told in fields.forms().items():
        kind = import_string(path)
        made_later = "".join(
            inspect.getsource(one) for one in kind.__mro__ if one.__module__ == kind.__module__
        )
        for name in told:
            assert name in bare(kind) or f'"{name}"' in made_later, (path, name)


def test_every_field_with_a_hint_has_its_place():
    codes.refusals()  # reads the whole program, and so all its forms
    for kind in set(below(forms.BaseForm)):
        if kind.__module__.split(".")[0] in codes.PACKAGES:
            for name, field in bare(kind).items():
                assert not field.help_text or fields.of_form(kind, name), (kind, name)


def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def test_every_input_of_a_mask_that_is_explained_is_drawn_with_its_sign():
    drawn = {
        tuple(found) for path in ROOT.glob("*/templates/**/*.html")
        for found in re.findall(r'{% why "([a-z]+)" "(\w+)"', path.read_text(encoding="utf-8"))
    }  # fmt: skip
    of_people = {
        (mask_of(one.value), field.name) for one in KINDS.values() for field in one.fields
    } | {(OF_SHARES, one.name) for one in SHARE} | {(mask_of(Personal), one.name) for one in PERSONAL}  # fmt: skip
    named = {(mask, name) for mask, told in fields.masks().items() for name in told}
    assert {one for one in named if one[0].startswith("employee-")} <= of_people
    assert {one for one in named if not one[0].startswith("employee-")} == drawn


def test_a_form_shows_where_its_fields_are_explained(db):
    company = make.company()
    client = Client()
    client.force_login(make.owner_of(company))
    shown = client.get(f"/c/{company.pk}/ledger/accounts/add/").content.decode()
    assert 'class="why" href="/help/accounts/#purpose"' in shown
    entry = client.get(f"/c/{company.pk}/ledger/post/").content.decode()
    assert 'class="why" href="/help/enter/#supplied-on"' in entry


def test_the_tour_leads_to_screens_that_exist_and_are_the_same_in_each_language(reader):
    wanted = texts.page("tour", "de").screens
    assert len(wanted) > 8
    assert all(texts.page("tour", one).screens == wanted for one in LANGUAGES)
    for name in wanted:
        assert reader.get(f"/screens/{name}/").url == "/", name  # of no company: to choose one
    assert reader.get("/screens/no-such-screen/").status_code == 404
    assert 'href="/screens/balance-sheet/"' in reader.get("/help/tour/").content.decode()


def test_a_screen_opens_in_the_only_company(db):
    company = make.company()
    client = Client()
    client.force_login(make.owner_of(company))
    assert client.get("/screens/journal/").url == f"/c/{company.pk}/ledger/journal/"


def test_a_refusal_in_a_form_leads_to_its_code(db, reader):
    company = make.company()
    client = Client()
    client.force_login(make.owner_of(company))
    sent = {"start": "01.01.2031", "end": "31.12.2034"}
    shown = client.post(f"/c/{company.pk}/ledger/years/", sent).content.decode()
    code = re.search(r'href="/help/codes/([a-z.]+_[a-z_]+)/"', shown)
    assert code, shown
    assert reader.get(f"/help/codes/{code[1]}/").url == f"/help/codes/#{code[1]}"
    beside_form = reader.get(f"/help/codes/{code[1]}/?fragment=1").content.decode()
    assert (
        code[1] in beside_form
        and "<html" not in beside_form
        and 'id="help-fiscal-years"' in beside_form
    )
    assert reader.get("/help/codes/no.such_code/").status_code == 404
