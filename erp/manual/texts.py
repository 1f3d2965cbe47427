"""Pages of the manual (Handbuchseiten): Markdown, one page per screen, built alike in four languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from erp.core.spelling import WORD, plain

FOLDER: Final = Path(__file__).resolve().parent
LANGUAGES: Final = ("de", "fr", "it", "en")
#: The language whose words name the places, in all of them.
NAMES: Final = "en"
_OWN: Final = re.compile(r"\.\./([a-z0-9-]+)/(?:#([a-z0-9-]+))?")

#: A screen of the program, by the name of its address.
_SCREEN: Final = re.compile(r"screen:([a-z-]+)")
#: The address of a page, or of a place on it.
Address = Callable[[str, str], str]
#: The address of a screen.
Screen = Callable[[str], str]


@dataclass(frozen=True)
class Place:
    """What can be pointed at: a heading, a point that begins in bold, a row of a table.

    ``depth`` is 1 of the title, 2 and 3 of other headings, 0 of the rest. ``text`` is what stands
    below a heading until the next one, as plain words; elsewhere it is blank.
    """

    anchor: str
    title: str
    depth: int
    text: str = ""


@dataclass(frozen=True)
class Page:
    """A page of the manual in one language. The first of its places is its title."""

    name: str
    language: str
    places: tuple[Place, ...]

    @property
    def title(self) -> str:
        return self.places[0].title

    @property
    def sections(self) -> tuple[Place, ...]:
        """Its headings, the title first, each with what stands below."""
        return tuple(place for place in self.places if place.depth)

    @property
    def summary(self) -> str:
        """Its first sentence, or nothing where it begins with a list or table."""
        return re.split(r"(?<=[.:!?])\s", self.places[0].text, maxsplit=1)[0]

    @property
    def screens(self) -> list[str]:
        """The screens that its links open, by the names of their addresses."""
        tokens = _parsed(self.name, self.language)
        hrefs = (str(one.attrGet("href")) for token in tokens for one in token.children or [])
        return [found[1] for href in hrefs if (found := _SCREEN.fullmatch(href))]

    def html(self, address: Address, screen: Screen | None = None, prefix: str = "") -> str:
        """Its text. Links go where ``address`` and ``screen`` say, those to screens nowhere without the
        latter; each place has an id, ``prefix`` before its anchor.
        """
        tokens = _parsed(self.name, self.language)
        for (token, _title, _depth), place in zip(_places(tokens), self.places, strict=True):
            token.attrSet("id", prefix + place.anchor)
        for child in (child for token in tokens for child in token.children or []):
            href = str(child.attrGet("href") or "")
            if found := _OWN.fullmatch(href):
                child.attrSet("href", address(found[1], found[2] or ""))
            elif found := _SCREEN.fullmatch(href):
                child.attrs = {"href": screen(found[1])} if screen else {}
        html: str = _reader().renderer.render(tokens, _reader().options, {})
        return html


def names() -> list[str]:
    """All pages that there are, by name."""
    return sorted(path.stem for path in (FOLDER / NAMES).glob("*.md"))


def source_of(name: str, language: str) -> Path:
    return FOLDER / language / f"{name}.md"


@lru_cache(maxsize=1000)
def page(name: str, language: str) -> Page:
    """A page of the manual. Raises ``FileNotFoundError``.

    Anchors are of the English words, in every language, and belong to a place by its turn.
    """
    tokens = _parsed(name, language)
    anchors = _anchors(name)
    found = [(title, depth) for _token, title, depth in _places(tokens)]
    below = iter(_below(tokens))
    places = tuple(
        Place(anchor, title, depth, next(below) if depth else "")
        for anchor, (title, depth) in zip(anchors, found, strict=False)
    )
    return Page(name, language, places)


def shape(name: str, language: str) -> list[str]:
    """How a page is built, without its words: its places in turn, and where its links lead."""
    tokens = _parsed(name, language)
    built = [f"{token.tag}{depth}" for token, _title, depth in _places(tokens)]
    links = sorted({
        str(child.attrGet("href")) for token in tokens for child in token.children or []
        if child.type == "link_open"
    })  # fmt: skip
    return built + links


@cache
def _anchors(name: str) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    found = []
    for _token, title, _depth in _places(_parsed(name, NAMES)):
        slug = "-".join(WORD.findall(plain(title))) or "place"
        seen[slug] += 1
        found.append(slug if seen[slug] == 1 else f"{slug}-{seen[slug]}")
    return tuple(found)


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _parsed(name: str, language: str) -> list[Token]:
    return _reader().parse(source_of(name, language).read_text(encoding="utf-8"))


def _places(tokens: list[Token]) -> Iterator[tuple[Token, str, int]]:
    """What can be pointed at in a page, with its words and depth."""
    is_head = False
    for nth, token in enumerate(tokens):
        if token.type == "heading_open":
            yield token, _words(tokens[nth + 1]), int(token.tag[1])
        elif token.type in {"thead_open", "thead_close"}:
            is_head = token.type == "thead_open"
        elif token.type == "tr_open" and not is_head:
            yield token, _words(tokens[nth + 2]), 0
        elif token.type == "list_item_open" and (bold := _bold(tokens[nth + 2])):
            yield token, bold, 0


def _below(tokens: list[Token]) -> list[str]:
    """What stands below each heading."""
    found: list[list[str]] = []
    is_title, row = False, ""
    for token in tokens:
        if token.type == "heading_open":
            found.append([])
            is_title = True
        elif token.type == "tr_open":
            row = " – "
        elif token.type == "tr_close":
            row = ""
            found[-1][-1] = found[-1][-1].removesuffix(" – ")
        elif token.type == "inline":
            if not is_title and found:
                found[-1].append(_words(token) + row)
            is_title = False
    return [" ".join(" ".join(parts).split()) for parts in found]


def _words(inline: Token) -> str:
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in inline.children or []
    )


def _bold(inline: Token) -> str:
    """The words in bold that a point begins with."""
    children = [child for child in inline.children or [] if child.type != "text" or child.content]
    if not children or children[0].type != "strong_open":
        return ""
    end = next(nth for nth, child in enumerate(children) if child.type == "strong_close")
    return "".join(child.content for child in children[1:end])
