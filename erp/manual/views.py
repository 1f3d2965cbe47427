"""The manual inside the program: beside a page, as pages of its own, and as a file to take along."""

from __future__ import annotations

import re
import uuid
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import View

from erp.access.gate import companies_of
from erp.jobs.sending import put
from erp.manual import texts
from erp.manual.book import kept
from erp.manual.codes import ABOUT, TITLE, by_page, messages
from erp.manual.contents import CHAPTERS, beside, chapter_of
from erp.manual.finding import address, find
from erp.manual.texts import Page

_NAME: Final = re.compile(r"[a-z0-9-]{1,40}")
FEW: Final = 5
ASKED_AGAIN: Final = 300  # seconds until the queue is asked once more
LOOKS_AGAIN: Final = 5
DEMO: Final = "alpenholz"  # the demo company that the tour goes through
#: Before the ids of a text that is shown beside a page, which has ids of its own.
BESIDE: Final = "help-"


def spoken() -> str:
    """The language of whoever reads."""
    return (get_language() or "de")[:2]


def contents(request: HttpRequest) -> HttpResponse:
    """``/help/?q=``: the contents of the manual, or the sections that have some words."""
    asked = request.GET.get("q", "").strip()
    chapters = [(one, one.read(spoken())) for one in CHAPTERS]
    return render(request, "erp/manual/contents.html", {
        "page_title": _("Manual"), "chapters": chapters, "asked": asked,
        "found": find(asked, spoken()),
    })  # fmt: skip


def palette(request: HttpRequest) -> HttpResponse:
    """``/help/find/?q=``: the few best places of the manual, for the command palette."""
    found = find(request.GET.get("q", ""), spoken(), limit=FEW)
    rows = [{"label": one.label, "note": _("Manual"), "url": one.url} for one in found]
    return JsonResponse(rows, safe=False)


def code_reference(request: HttpRequest) -> HttpResponse:
    """``/help/codes/?q=``: every message that has a code, each with an anchor, by the page that explains it."""
    asked = request.GET.get("q", "").strip()[:80]
    found = by_page(spoken(), asked)
    return render(request, "erp/manual/codes.html", {
        "page_title": TITLE, "about": ABOUT, "asked": asked,
        "found": [(texts.page(name, spoken()), told) for name, told in found.items()],
        "number": sum(map(len, found.values())),
    })  # fmt: skip


def one_code(request: HttpRequest, code: str) -> HttpResponse:
    """``/help/codes/{code}/``: on to its place in the reference, or with ``?fragment=1`` it alone."""
    told = next((one for one in messages(spoken()) if one.code == code), None)
    if told is None:
        raise Http404
    if "fragment" not in request.GET:
        return redirect(f"{reverse('manual-codes')}#{code}")
    explained = texts.page(told.page, spoken())
    return render(request, "erp/manual/code.html", {
        "told": told, "page": explained, "text": explained.html(address, screen, BESIDE),
    })  # fmt: skip


def book(request: HttpRequest) -> HttpResponse:
    """``/help/pdf/``: the whole manual in the reader's language; while it is printed, a page that looks again."""
    language = spoken()
    if (pdf := kept(language)) is not None:
        answer = HttpResponse(pdf, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="Rappen-{language}.pdf"'
        return answer
    asked = f"manual-asked:{language}"
    if cache.add(asked, True, ASKED_AGAIN) and not put(
        "manual.print", str(uuid.uuid4()), language=language
    ):
        cache.delete(asked)  # the queue is away: ask again
    answer = render(request, "erp/manual/printing.html", {"page_title": _("Manual")}, status=202)
    answer["Refresh"] = str(LOOKS_AGAIN)
    return answer


def help_page(request: HttpRequest, name: str) -> HttpResponse:
    """``/help/{name}/``: a page of the manual, or with ``?fragment=1`` only its text."""
    read = _read(name)
    if read is None:
        raise Http404
    if "fragment" in request.GET:
        return HttpResponse(read.html(address, screen, BESIDE))
    before, after = beside(name)
    return render(request, "erp/manual/page.html", {
        "page_title": read.title, "read": read, "text": read.html(address, screen),
        "chapter": chapter_of(name), "pages": chapter_of(name).read(spoken()),
        "before": before and texts.page(before, spoken()),
        "after": after and texts.page(after, spoken()),
    })  # fmt: skip


def screen(name: str) -> str:
    """The address that leads to a screen, in whichever company the reader is."""
    return reverse("screen", args=[name])


class ToScreen(View):
    """``/screens/{name}/``: on to a screen of the demo company, or of the only one; else to the companies.

    What is no screen of a company is a 404.
    """

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        with transaction.atomic():
            companies = companies_of(request.user)  # type: ignore[arg-type]
        shown = [one for one in companies if one.short_name == DEMO] if settings.DEMO else []
        found = shown or (companies if len(companies) == 1 else [])
        try:
            address = reverse(name, args=[found[0].pk if found else 0])
        except NoReverseMatch:
            raise Http404 from None
        return redirect(address if found else "companies")


def _read(name: str) -> Page | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        return texts.page(name, spoken())
    except FileNotFoundError:
        return None
