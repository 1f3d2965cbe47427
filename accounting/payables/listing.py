"""The list of suppliers' invoices: what is asked, a page of it by key, and the same as a file."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounting.payables import queries
from accounting.payables.models import SupplierInvoice
from accounting.payables.queries import ORDERS, Standing, State
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.web.dates import read_day
from erp.web.export import Table, table
from erp.web.keyed import page_by_key
from erp.web.pages import id_or_none

PAGE: Final = 50
MOST_EXPORTED: Final = 20_000
LATEST: Final = "-date"
#: The tabs: what they are filtered by, and called.
TABS: Final = (
    ("", gettext_lazy("All")), (State.DRAFT, gettext_lazy("Drafts")),
    (State.SUBMITTED, gettext_lazy("To approve")), (State.APPROVED, pgettext_lazy("invoices", "Approved")),
    (State.OPEN, pgettext_lazy("invoices", "Open")), (State.OVERDUE, gettext_lazy("Overdue")),
    (State.PAID, pgettext_lazy("invoices", "Paid")),
)  # fmt: skip
COLOURS: Final[Mapping[str, str]] = {
    State.DRAFT: "warn", State.REJECTED: "bad", State.SUBMITTED: "warn", State.APPROVED: "warn",
    State.OVERDUE: "bad", State.PARTLY: "warn", State.PAID: "good",
}  # fmt: skip


class TooManyInvoices(DomainError):
    code = "payables.too_many_invoices"
    message = gettext_lazy("%(count)s invoices are too many for one file; %(most)s are the most. Filter them, by "
                           "dates for example.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is filtered and sorted by, as its address says."""

    status: str = ""
    search: str = ""
    contact: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    order: str = LATEST

    def rows(self, company: Company, on: dt.date) -> QuerySet[SupplierInvoice]:
        return queries.invoices(
            company, status=self.status, search=self.search, contact=self.contact,
            since=self.since, until=self.until, on=on,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """An invoice with where it stands, as a row shows it."""

    invoice: SupplierInvoice
    standing: Standing
    colour: str

    @property
    def total(self) -> Decimal:
        return self.invoice.sign * self.invoice.payable


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, its sums by currency, and the ids to go on from, or None."""

    rows: list[Listed]
    sums: list[tuple[str, Decimal, Decimal]]
    after: int | None
    before: int | None


def asked(query: Any) -> Asked:
    """What an address asks for; what makes no sense in it is left out."""
    status, order = query.get("status", ""), query.get("order", LATEST)
    return Asked(
        status=status if status in State.values else "",
        search=query.get("q", "").replace("\x00", "").strip()[:80],
        contact=id_or_none(query.get("contact")), since=read_day(query.get("from")),
        until=read_day(query.get("until")),
        order=order if order.removeprefix("-") in ORDERS else LATEST,
    )  # fmt: skip


def page_of(
    company: Company, told: Asked, *, on: dt.date, after: int | None = None,
    before: int | None = None, size: int = PAGE,
) -> Page:  # fmt: skip
    """A page by key: as fast at the end of a long list as at its beginning."""
    found = page_by_key(
        told.rows(company, on), among=SupplierInvoice.of(company), size=size, after=after, before=before,
        column=ORDERS[told.order.removeprefix("-")], down=told.order.startswith("-"),
    )  # fmt: skip
    listed = with_standings(company, found.rows, on)
    return Page(listed, sums(listed), found.after, found.before)


def with_standings(
    company: Company, invoices: Iterable[SupplierInvoice], on: dt.date
) -> list[Listed]:
    """Invoices with their states; one query."""
    rows = list(invoices)
    found = queries.standings(company, rows, on=on)
    return [Listed(row, found[row.pk], COLOURS.get(found[row.pk].state, "")) for row in rows]


def sums(rows: Iterable[Listed]) -> list[tuple[str, Decimal, Decimal]]:
    """Totals and what is open of them, by currency; a credit note lessens them."""
    totals, left = defaultdict[str, Decimal](lambda: ZERO), defaultdict[str, Decimal](lambda: ZERO)
    for row in rows:
        totals[row.invoice.currency] += row.total
        left[row.invoice.currency] += row.standing.open
    return [(currency, totals[currency], left[currency]) for currency in sorted(totals)]


def as_table(company: Company, told: Asked, *, on: dt.date) -> Table:
    """What the list shows, all pages of it, as a file. Raises ``TooManyInvoices``."""
    column, down = ORDERS[told.order.removeprefix("-")], "-" if told.order[0] == "-" else ""
    found = list(
        told.rows(company, on).order_by(f"{down}{column}", f"{down}pk")[: MOST_EXPORTED + 1]
    )
    if len(found) > MOST_EXPORTED:
        raise TooManyInvoices(count=told.rows(company, on).count(), most=MOST_EXPORTED)
    listed = with_standings(company, found, on)
    rows: list[list[Any]] = [
        [row.invoice.number, row.invoice.date, row.invoice.due_date, row.invoice.contact.name,
         row.invoice.subject, str(row.standing.state.label), row.standing.days_overdue or None,
         row.invoice.currency, row.total, row.standing.open]
        for row in listed
    ]  # fmt: skip
    blank: list[Any] = [None] * 6
    rows += [[_("Total"), *blank, currency, whole, left] for currency, whole, left in sums(listed)]
    kinds = dict.fromkeys(range(len(listed), len(rows)), "total")
    return table(
        title=_("Suppliers' invoices"), subtitle=_("As of %s") % swiss_date(on),
        head=[_("Number"), _("Date"), _("Due"), _("Supplier"), _("Text"), _("State"),
              _("Days overdue"), _("Currency"), _("Total"), _("Amount open")],
        rows=rows, name="supplier-invoices", wide=True, kinds=kinds,
    )  # fmt: skip
