"""The list of documents: what is asked, a page of it by key, and the same as a file."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.receivables import queries
from accounting.receivables.models import SalesDocument
from accounting.receivables.queries import ORDERS, Standing, State
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.mails.models import OutgoingMail
from erp.mails.queries import states_of
from erp.own_fields import lists as own_lists
from erp.own_fields.models import OwnField
from erp.web.dates import read_day
from erp.web.export import Table, table
from erp.web.keyed import page_by_key
from erp.web.pages import id_or_none

PAGE: Final = 50
MOST_EXPORTED: Final = 20_000
MOST_PRINTED: Final = 2_000
#: The order a list begins in.
LATEST: Final = "-date"
_Kind = SalesDocument.Kind
#: What each tab may be filtered by.
STATES: Final[Mapping[str, tuple[State, ...]]] = {
    _Kind.OFFER: (State.DRAFT, State.OPEN, State.ACCEPTED, State.DECLINED, State.CLOSED),
    _Kind.ORDER: (State.DRAFT, State.OPEN, State.ACCEPTED, State.DECLINED, State.CLOSED),
    _Kind.INVOICE: (State.DRAFT, State.OPEN, State.OVERDUE),
    _Kind.CREDIT_NOTE: (State.DRAFT, State.OPEN),
    "": (State.DRAFT, State.OPEN, State.OVERDUE),
}
#: The colour of a state, as a class of its badge.
COLOURS: Final[Mapping[str, str]] = {
    State.DRAFT: "warn", State.OVERDUE: "bad", State.PARTLY: "warn", State.PAID: "good",
    State.ACCEPTED: "good", State.DECLINED: "bad", State.EXPIRED: "warn",
}  # fmt: skip
#: The tabs: kind, what they are called.
TABS: Final = (
    ("", gettext_lazy("All")), (_Kind.OFFER, gettext_lazy("Offers")),
    (_Kind.ORDER, gettext_lazy("Orders")), (_Kind.INVOICE, gettext_lazy("Invoices")),
    (_Kind.CREDIT_NOTE, gettext_lazy("Credit notes")),
)  # fmt: skip


class TooManyDocuments(DomainError):
    code = "receivables.too_many_documents"
    message = gettext_lazy("%(count)s documents are too many for one file; %(most)s are the most. Filter them, "
                           "by dates for example.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is filtered and sorted by, as its address says; ``own`` by fields of one's own, by code."""

    kind: str = ""
    status: str = ""
    search: str = ""
    contact: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    order: str = LATEST
    own: Mapping[str, str] = field(default_factory=dict)

    def rows(
        self, company: Company, on: dt.date, fields: Sequence[OwnField]
    ) -> QuerySet[SalesDocument]:
        """What is asked for; ``fields`` are the company's own ones of documents."""
        found = queries.documents(
            company, kind=self.kind, status=self.status, search=self.search, contact=self.contact,
            since=self.since, until=self.until, on=on,
        )  # fmt: skip
        return own_lists.narrowed(found, fields, self.own)


@dataclass(frozen=True, slots=True)
class Listed:
    """A document with where it stands, as a row shows it."""

    document: SalesDocument
    standing: Standing
    colour: str
    mail: OutgoingMail | None = None  # the last one

    @property
    def total(self) -> Decimal:
        return self.document.sign * self.document.payable


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, its sums by currency, and the ids to go on from, or None."""

    rows: list[Listed]
    sums: list[tuple[str, Decimal, Decimal]]  # currency, totals, open
    after: int | None
    before: int | None


def asked(query: Any, fields: Sequence[OwnField]) -> Asked:
    """What an address asks for; what makes no sense in it is left out."""
    kind = query.get("kind", "")
    kind = kind if kind in _Kind.values else ""
    status, order = query.get("status", ""), query.get("order", LATEST)
    return Asked(
        kind=kind, status=status if status in STATES[kind] else "",
        search=query.get("q", "").replace("\x00", "").strip()[:80],
        contact=id_or_none(query.get("contact")),
        since=read_day(query.get("from")), until=read_day(query.get("until")),
        order=order if order.removeprefix("-") in ORDERS else LATEST,
        own=own_lists.asked(fields, query),
    )  # fmt: skip


def page_of(
    company: Company, told: Asked, *, on: dt.date, fields: Sequence[OwnField],
    after: int | None = None, before: int | None = None, size: int = PAGE,
) -> Page:  # fmt: skip
    """A page by key: as fast at the end of a long list as at its beginning."""
    found = page_by_key(
        told.rows(company, on, fields).defer("paper"), among=SalesDocument.of(company), size=size,
        after=after, before=before,
        column=ORDERS[told.order.removeprefix("-")], down=told.order.startswith("-"),
    )  # fmt: skip
    listed = with_standings(company, found.rows, on)
    return Page(listed, sums(listed), found.after, found.before)


def with_standings(
    company: Company, documents: Iterable[SalesDocument], on: dt.date
) -> list[Listed]:
    """Documents with their states and last mails; three queries."""
    rows = list(documents)
    standings = queries.standings(company, rows, on=on)
    mails = states_of(company, SalesDocument, [row.pk for row in rows if row.is_issued])
    return [Listed(row, standings[row.pk], COLOURS.get(standings[row.pk].state, ""), mails.get(row.pk))
            for row in rows]  # fmt: skip


def sums(rows: Iterable[Listed]) -> list[tuple[str, Decimal, Decimal]]:
    """Totals and what is open of them, by currency; a credit note lessens them."""
    totals, left = defaultdict[str, Decimal](lambda: ZERO), defaultdict[str, Decimal](lambda: ZERO)
    for row in rows:
        totals[row.document.currency] += row.total
        left[row.document.currency] += row.standing.open
    return [(currency, totals[currency], left[currency]) for currency in sorted(totals)]


def as_table(company: Company, told: Asked, *, on: dt.date, form: str) -> Table:
    """What the list shows, all pages of it, as a file, with own fields but in a PDF. Raises ``TooManyDocuments``."""
    fields = own_lists.fields_of(company, SalesDocument.OWN_FIELDS)
    columns = fields if form != "pdf" else []  # a page has no more room
    column, down = ORDERS[told.order.removeprefix("-")], "-" if told.order[0] == "-" else ""
    most = MOST_PRINTED if form == "pdf" else MOST_EXPORTED
    asked_for = told.rows(company, on, fields)
    found = list(asked_for.defer("paper").order_by(f"{down}{column}", f"{down}pk")[: most + 1])
    if len(found) > most:
        raise TooManyDocuments(count=asked_for.count(), most=most)
    listed = with_standings(company, found, on)
    rows: list[list[Any]] = [
        [str(row.document.get_kind_display()), row.document.number, row.document.date,
         row.document.due_date if row.document.is_claim else None, row.document.contact.name,
         row.document.subject, str(row.standing.state.label), row.standing.days_overdue or None,
         row.document.currency, row.total, row.standing.open,
         *own_lists.cells(columns, row.document.own_values)]
        for row in listed
    ]  # fmt: skip
    blank: list[Any] = [None] * 7
    rows += [[_("Total"), *blank, currency, whole, left, *("" for _one in columns)]
             for currency, whole, left in sums(listed)]  # fmt: skip
    kinds = dict.fromkeys(range(len(listed), len(rows)), "total")
    title = next(str(label) for kind, label in TABS if kind == told.kind)
    return table(
        title=_("Offers and invoices") if not told.kind else title, subtitle=_("As of %s") % swiss_date(on),
        head=[_("Kind"), _("Number"), _("Date"), _("Due"), _("Customer"), _("Subject"), _("State"),
              _("Days overdue"), _("Currency"), _("Total"), _("Amount open"), *own_lists.heads(columns)],
        rows=rows, name="documents", wide=True, kinds=kinds,
    )  # fmt: skip
