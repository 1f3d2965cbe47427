"""``python -m tools.manual``: how much of the program the manual and the translations cover; 1 where less than all.

``tests/erp/test_manual.py`` proves the same, and says what is missing where this says how much.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator
from typing import Any

import polib

from tools.environment import ROOT
from tools.messages import LANGUAGES, catalogue

Row = tuple[str, int, int]


def rows() -> Iterator[Row]:
    """What is covered, how many of it are, and how many there are."""
    from erp.manual import codes, fields, texts

    names = set(texts.names())
    views = _screens()
    yield "screens with a page of the manual", sum(one in names for one in views), len(views)
    hinted = list(_hinted())
    yield (
        "fields with a hint that have a place",
        sum(bool(fields.of_form(kind, name)) for kind, name in hinted),
        len(hinted),
    )
    for language in texts.LANGUAGES:
        there = {path.stem for path in (texts.FOLDER / language).glob("*.md")}
        alike = [
            one
            for one in names & there
            if texts.shape(one, language) == texts.shape(one, texts.NAMES)
        ]
        yield f"pages, built alike ({language})", len(alike), len(names)
        places = fields.places()
        yield (
            f"places of fields ({language})",
            sum(_is_there(one, language) for one in places),
            len(places),
        )
    english = {one.code: one.text for one in codes.messages(texts.NAMES)}
    for language in LANGUAGES:
        told = codes.messages(language)
        own = [one for one in told if one.text != english[one.code] or not _has_words(one.text)]
        yield f"messages with a code ({language})", len(own), len(english)
        catalogued = polib.pofile(str(catalogue(language)))
        yield (
            f"texts of the program ({language})",
            len(catalogued.translated_entries()),
            len(catalogued),
        )


def _screens() -> list[str]:
    """The page that each screen names; blank where it names none though it is shown."""
    import inspect

    from erp.routes import flat, view_class
    from erp.urls import pages

    found = []
    for _address, pattern in flat(pages):
        view = view_class(pattern)
        if view.help_page or ("render(" in inspect.getsource(view) and hasattr(view, "get")):
            found.append(view.help_page)
    return found


def _hinted() -> Iterator[tuple[Any, str]]:
    from django import forms

    from erp.manual.codes import PACKAGES

    for kind in set(_below(forms.BaseForm)):
        if kind.__module__.split(".")[0] in PACKAGES:
            declared = getattr(kind, "base_fields", {}).items()
            yield from ((kind, name) for name, field in declared if field.help_text)


def _below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _is_there(place: str, language: str) -> bool:
    from erp.manual import texts

    name, _sign, anchor = place.partition("#")
    anchors: Collection[str] = {one.anchor for one in texts.page(name, language).places}
    return not anchor or anchor in anchors


def _has_words(text: str) -> bool:
    """Whether a message says anything besides the values it names."""
    import re

    return bool(re.sub(r"‹[^›]*›|\W", "", text))


def main() -> int:
    os.environ.setdefault("RAPPEN_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from erp.manual import codes

    codes.refusals()  # reads the whole program, and so all its forms
    lacking = 0
    for what, done, of in rows():
        share = 100 * done // of if of else 100
        lacking += done != of
        print(f"{what:44} {done:5} of {of:5} {share:4} %")
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
