"""Questions about the inbox: what waits, what became of the rest, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounting.payables.capture.models import UNREAD, WAITING, InboxDocument, State
from erp.companies.models import Company

PAGE: Final = 50
#: What lists show, by the word in the address: states, and what they are called.
VIEWS: Final = {
    "": (WAITING, _("To capture")),
    "aside": ((State.SET_ASIDE,), _("Set aside")),
    "captured": ((State.CAPTURED,), _("Captured")),
    "all": (tuple(State), _("all")),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the inbox, and how many documents are in it."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the inbox, the newest first; ``after`` is where the next one begins."""

    rows: tuple[InboxDocument, ...]
    tabs: tuple[Tab, ...]
    unread: int
    after: int | None


def documents(company: Company) -> QuerySet[InboxDocument]:
    """All documents, without what was found in them."""
    return (
        InboxDocument.of(company).select_related("file", "received_by", "decided_by").defer("found")
    )


def page_of(
    company: Company, *, view: str = "", search: str = "", before: int | None = None
) -> Listing:
    """A page of a view of the inbox. Two queries.

    ``search`` is part of the file's name, the payee's, the invoice number or the reference; ``before``
    the id at which the page before ended.
    """
    states, _label = VIEWS.get(view, VIEWS[""])
    rows = documents(company).filter(state__in=states)
    if text := search.strip():
        bare = text.replace(" ", "")
        rows = rows.filter(
            Q(name__icontains=text) | Q(payee__icontains=text) | Q(number__icontains=text)
            | Q(reference__contains=bare) | Q(iban__contains=bare.upper())
        )  # fmt: skip
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    counts = dict(InboxDocument.of(company).values_list("state").annotate(Count("pk")).order_by())
    tabs = tuple(
        Tab(key, str(label), sum(counts.get(state, 0) for state in kinds))
        for key, (kinds, label) in VIEWS.items()
    )
    shown = found[:PAGE]
    unread = sum(counts.get(state, 0) for state in UNREAD)
    return Listing(tuple(shown), tabs, unread, shown[-1].pk if len(found) > PAGE else None)


def next_waiting(company: Company, *, after: int | None = None) -> InboxDocument | None:
    """The document to capture next: the oldest that waits, or the one that came after another."""
    rows = InboxDocument.of(company).filter(state__in=WAITING).defer("found").order_by("pk")
    later = rows.filter(pk__gt=after).first() if after else None
    return later or rows.exclude(pk=after or 0).first()
