"""Rules of the house that a reader of the code would otherwise have to check."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.functional import Promise

from erp.audit.labels import ACTIONS
from erp.core.errors import DomainError
from tests.erp.test_routes import flat, pages, view_class

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("erp", "accounting", "vat", "contacts", "payroll")
CODE = [
    path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]  # fmt: skip
TEMPLATES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.html"))]
MANUAL = ROOT / "erp" / "manual"
LANGUAGES = ("de", "fr", "it", "en")


@cache
def looked_at():
    """The nodes of all code that a rule asks for, by kind: read once."""
    found = {ast.Attribute: [], ast.Call: [], ast.Constant: [], ast.FunctionDef: [], ast.Name: []}
    for path in CODE:
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if type(node) in found:
                found[type(node)].append((place, node))
    return found


def nodes(kind):
    return looked_at()[kind]


#: One file by purpose: what an archive takes along, and a list that is read as one.
LONG = {"accounting/archive/verify.py", "erp/audit/labels.py"}


def test_files_and_functions_are_short_enough_to_be_read():
    """Program code: 400 lines a file, 55 a function. What is longer has two reasons to exist."""
    sizes = {path.relative_to(ROOT).as_posix(): path for path in CODE}
    lines = {name: path.read_text(encoding="utf-8").count("\n") for name, path in sizes.items()}
    assert {name: count for name, count in lines.items() if count > 400 and name not in LONG} == {}
    assert all(lines[name] > 400 for name in LONG)
    long = [
        (place, node.name)
        for place, node in nodes(ast.FunctionDef)
        if (node.end_lineno or 0) - node.lineno >= 55
    ]
    assert long == []


#: Charts turn amounts into pixels, slips measure letters, demo books throw dice; times are no money.
INEXACT = {
    "accounting/budgets/charts.py", "accounting/liquidity/charts.py",
    "accounting/open_items/charts.py", "accounting/receivables/paper/figures.py",
    "accounting/receivables/paper/tables.py", "erp/documents/drawing.py",
    "accounting/qr/fitting.py", "accounting/qr/slip.py", "erp/web/charts.py",
    "erp/api/limits.py", "erp/cockpit/demo.py", "erp/settings.py", "erp/core/gentle.py",
    "erp/management/commands/backup.py",
}  # fmt: skip


def test_no_float_reaches_money():
    """MON-1: neither a literal with a point nor a conversion, anywhere but where pixels are made."""
    found = [
        (path, node.lineno) for path, node in nodes(ast.Constant) if isinstance(node.value, float)
    ] + [
        (path, node.lineno) for path, node in nodes(ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "float"
    ]  # fmt: skip
    assert [place for place in found if place[0] not in INEXACT] == []


def test_only_the_clock_asks_what_time_it_is():
    """TIM-2"""
    asked = {
        path for path, node in nodes(ast.Attribute)
        if node.attr in {"now", "today", "utcnow"} and isinstance(node.value, ast.Name)
        and node.value.id not in {"clock"}
    } | {
        path for path, node in nodes(ast.Attribute)
        if node.attr in {"now", "today", "utcnow"} and isinstance(node.value, ast.Attribute)
    }  # fmt: skip
    assert asked == {"erp/core/clock.py"}


def test_every_act_that_is_recorded_has_a_name():
    told = {
        (path, keyword.value.value) for path, node in nodes(ast.Call) for keyword in node.keywords
        if keyword.arg == "action" and isinstance(keyword.value, ast.Constant)
        and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
    }  # fmt: skip
    assert len(told) > 15
    assert {pair for pair in told if pair[1] not in ACTIONS} == set()


def refusals(kind=DomainError):
    for one in kind.__subclasses__():
        yield one
        yield from refusals(one)


def test_every_refusal_has_a_code_of_its_own_and_speaks_four_languages():
    kinds = {one for one in refusals() if not one.__module__.startswith("tests")}
    assert len(kinds) > 60
    codes = Counter(one.code for one in kinds)
    assert [code for code, count in codes.items() if count > 1] == ["refused"] or not [
        code for code, count in codes.items() if count > 1
    ]
    for one in kinds:
        assert isinstance(one.message, Promise), one
        assert re.fullmatch(r"[a-z]+\.[a-z_]+|refused", one.code), one.code
        assert inspect.getdoc(one) is None or inspect.getdoc(one), one


#: What only the printer reads: no browser, no policy, and measures that are reckoned.
PRINTED = {"annual_accounts.html", "print_table.html", "page.html", "paper.html"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_script_and_no_style(path):
    """WEB: the content security policy forbids them; a template with one would be broken."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))", text), (
        "inline script"
    )
    if path.name not in PRINTED:
        assert not re.search(r"<style\b|\sstyle=", text), "inline style"
    assert not re.search(r"\son[a-z]+=|javascript:|hx-on", text), "inline handler"


class Bare(HTMLParser):
    """What a template says by itself, in texts and in attributes that people hear or read."""

    READ = frozenset({"title", "alt", "placeholder", "aria-label", "data-confirm"})
    UNREAD = frozenset({"script", "style", "code", "kbd"})

    def __init__(self):
        super().__init__()
        self.words, self.within = set(), ""

    def handle_starttag(self, tag, attrs):
        self.within = tag
        for name, value in attrs:
            if name in self.READ and value:
                self.note(value)

    def handle_endtag(self, tag):
        self.within = ""

    def handle_data(self, data):
        if self.within not in self.UNREAD:
            self.note(data)

    def note(self, text):
        self.words |= set(re.findall(r"[^\W\d_]{2,}", text))


#: Tags and comments of templates, and what lies between those that translate.
SAID_ELSEWHERE = re.compile(
    r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}|{%\s*comment\b.*?{%\s*endcomment\s*%}"
    r"|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL,
)  # fmt: skip
#: The same in every language: names, kinds of files, keys, what the law calls so.
OF_NO_LANGUAGE = {
    "Rappen", "CH", "CHF", "IBAN", "BIC", "UID", "SHA", "PDF", "CSV", "XLSX", "Excel", "vCard", "II", "III",
    "Alt", "Shift", "PageUp", "PageDown", "broad",
}  # fmt: skip


def test_templates_say_nothing_that_is_not_translated():
    """The catalogues are complete (``make check``), so that a page is whole in all four languages.

    Only the page of a failure speaks all of them at once: nobody knows whose it is.
    """
    found = {}
    for path in TEMPLATES:
        if path.name == "500.html":
            continue
        said = Bare()
        said.feed(SAID_ELSEWHERE.sub(" ", path.read_text(encoding="utf-8")))
        if words := said.words - OF_NO_LANGUAGE:
            found[path.name] = sorted(words)
    assert found == {}


def test_labels_of_fields_are_translated():
    """A label that is a plain word of small letters is one that nobody could translate."""
    found = [
        (place, word.value.value)
        for place, node in nodes(ast.Call)
        for word in node.keywords
        if word.arg in {"label", "verbose_name"} and isinstance(word.value, ast.Constant)
        and isinstance(word.value.value, str) and re.search(r"[a-zà-ü]{2,}", word.value.value)
    ]  # fmt: skip
    assert found == []


def test_every_screen_has_a_page_of_the_manual_in_each_language():
    wanted = {view_class(pattern).help_page for _prefix, pattern in flat(pages)} - {""}
    assert len(wanted) > 15
    for language in LANGUAGES:
        there = {path.stem for path in (MANUAL / language).glob("*.md")}
        assert wanted <= there, (language, wanted - there)
        assert there == {path.stem for path in (MANUAL / "de").glob("*.md")}, language


def test_every_page_that_is_shown_names_its_help():
    for _prefix, pattern in flat(pages):
        view = view_class(pattern)
        source = inspect.getsource(view)
        if "render(" in source and hasattr(view, "get"):
            assert view.help_page, view


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_leads_nowhere_in_vain_and_spells_as_in_switzerland(language):
    for path in (MANUAL / language).glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), path
        assert "ß" not in text, path
        for link in re.findall(r"\]\(([^)]+)\)", text):
            if link.startswith("screen:"):  # tests/erp/test_manual.py
                continue
            name = re.fullmatch(r"\.\./([a-z-]+)/(?:#([a-z0-9-]+))?", link)
            assert name and (MANUAL / language / f"{name[1]}.md").exists(), (path.name, link)


@pytest.mark.parametrize("name", ["RAPPEN_CRASH_AT", "RAPPEN_CLOCK_AT"])
def test_switches_for_tests_are_refused_in_production(name, monkeypatch):
    """VER-2"""
    monkeypatch.setenv("RAPPEN_MODE", "production")
    monkeypatch.setenv("RAPPEN_SECRET_KEY", "x" * 50)
    monkeypatch.setenv(name, "posting.sealed")
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode != 0 and "test mode only" in done.stderr


def test_each_shortcut_leads_to_one_page():
    """``g`` and a letter; ``g c`` changes the company."""
    text = (ROOT / "erp" / "navigation.py").read_text(encoding="utf-8")
    letters = re.findall(r'Item\(.+, "([a-z])"\)', text)
    assert len(letters) > 10 and len(letters) == len(set(letters)) and "c" not in letters
