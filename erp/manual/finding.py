"""Finding in the manual (Suche im Handbuch): sections whose words begin as asked, titles first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.urls import reverse

from erp.core.spelling import looked_up_by, plain
from erp.manual.contents import order
from erp.manual.texts import Page, Place, page
from erp.search import asking
from erp.search.asking import Question

MOST: Final = 30
_AROUND: Final = 160  # letters of an excerpt
_LEAD: Final = 50  # of them before the word that was found


@dataclass(frozen=True)
class Found:
    """A section of a page that has all the words; ``excerpt`` is from around the first of them."""

    page: Page
    place: Place
    excerpt: str

    @property
    def label(self) -> str:
        """The page, and the heading where it is another one than the title."""
        title = self.page.title
        return title if self.place.depth == 1 else f"{title}: {self.place.title}"

    @property
    def url(self) -> str:
        return address(self.page.name, "" if self.place.depth == 1 else self.place.anchor)


@dataclass(frozen=True)
class _Entry:
    page: Page
    place: Place
    title: frozenset[str]  # words of the page's title
    heading: frozenset[str]
    text: frozenset[str]


def find(text: str, language: str, *, limit: int = MOST) -> list[Found]:
    """Sections with words that begin as those of ``text``: by the page's title, by heading, by what is below.

    Umlauts may be written as ``ue`` or ``u``. Less than two letters find nothing.
    """
    question = asking.read(text)
    if not question.words:
        return []
    ranked = [
        (rank, nth) for nth, entry in enumerate(_entries(language))
        if (rank := _rank(question, entry)) is not None
    ]  # fmt: skip
    found = [_entries(language)[nth] for _rank, nth in sorted(ranked)[:limit]]
    return [Found(one.page, one.place, _excerpt(question, one.place.text)) for one in found]


def address(name: str, anchor: str = "") -> str:
    """Where a page stands, or a place on it."""
    return reverse("help", args=[name]) + (f"#{anchor}" if anchor else "")


@lru_cache(maxsize=4)
def _entries(language: str) -> tuple[_Entry, ...]:
    """Each section with its words. The title of a page counts for its first section alone."""
    entries = []
    for name in order():
        read = page(name, language)
        title = frozenset(looked_up_by([read.title]))
        for place in read.sections:
            entries.append(_Entry(
                page=read, place=place,
                title=title if place.depth == 1 else frozenset(),
                heading=title | frozenset(looked_up_by([place.title])),
                text=frozenset(looked_up_by([read.title, place.title, place.text])),
            ))  # fmt: skip
    return tuple(entries)


def _rank(question: Question, entry: _Entry) -> int | None:
    """0 where the title has the words, 1 the heading, 2 the text, None where none of them has."""
    for rank, words in enumerate((entry.title, entry.heading, entry.text)):
        if words and question.fits(words):
            return rank
    return None


def _excerpt(question: Question, text: str) -> str:
    words = text.split()
    wanted = [word.plain for word in question.words]
    at = next((nth for nth, word in enumerate(words)
               if any(plain(word).lstrip("«(“\"'").startswith(one) for one in wanted)), 0)  # fmt: skip
    lead = 0
    while at and lead < _LEAD:
        at -= 1
        lead += len(words[at]) + 1
    rest = " ".join(words[at:])
    cut = rest if len(rest) <= _AROUND else rest[:_AROUND].rsplit(" ", 1)[0] + " …"
    return ("… " if at else "") + cut
