"""The manual inside the program: Markdown, one page per screen, in four languages."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from markdown_it import MarkdownIt

MANUAL: Final = Path(__file__).resolve().parent.parent / "manual"
_NAME: Final = re.compile(r"[a-z0-9-]{1,40}")
_LINK: Final = re.compile(r'href="\.\./([a-z0-9-]+)/?"')


def source_of(name: str, language: str) -> Path:
    return MANUAL / language / f"{name}.md"


@lru_cache(maxsize=400)
def rendered(name: str, language: str) -> str:
    """A manual page as HTML. Raises ``FileNotFoundError``."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    html: str = markdown.render(source_of(name, language).read_text(encoding="utf-8"))
    return _LINK.sub(lambda link: f'href="{reverse("help", args=[link[1]])}"', html)


def help_page(request: HttpRequest, name: str) -> HttpResponse:
    """``/help/{name}``: a page of the manual, or with ``?fragment=1`` only its text."""
    if not _NAME.fullmatch(name):
        raise Http404
    try:
        text = rendered(name, (get_language() or "de")[:2])
    except FileNotFoundError:
        raise Http404 from None
    if "fragment" in request.GET:
        return HttpResponse(text)
    return render(request, "erp/help.html", {"text": text})
