"""What the closing of a year asks of cash boxes: were they counted on its last day?"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.cash.models import CashBook, CashCount
from accounting.ledger.balances import account_sums
from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.display import swiss_date


def cash_counted(company: Company, year: FiscalYear) -> Finding:
    """Each cash box beside what was counted on the last day of the year; three queries."""
    sums = account_sums(company, year=year, until=year.end)
    boxes = CashBook.of(company).filter(kind=CashBook.Kind.CASH, kept_from__lte=year.end)
    books = [
        one for one in boxes.select_related("account").order_by("name") if one.account_id in sums
    ]
    if not books:
        return Finding(None, _("No cash box was kept."))
    counts = CashCount.of(company).filter(book__in=[one.pk for one in books], date=year.end)
    last = {count.book_id: count for count in counts.order_by("pk")}
    evidence, wrong = [], []
    for book in books:
        own = sums[book.account_id]
        held = own.foreign if book.account.currency else own.closing
        count = last.get(book.pk)
        if count is None and book.is_closed and not held:
            continue
        page = reverse("cash-count", args=[company.pk, book.pk])
        evidence.append(
            Evidence(
                _("%s: in the book") % book, held, book.account.currency, page, f"{book.pk}:book"
            )
        )
        evidence.append(
            Evidence(
                _("%s: counted") % book,
                count.counted if count else None,
                book.account.currency,
                page,
                f"{book.pk}:counted",
            )
        )
        if count is None or count.counted != held:
            wrong.append((book, page))
    if not wrong:
        return Finding(True, _("The cash is counted and agrees with the book."), tuple(evidence))
    return Finding(
        False, _("%(books)s: not counted on %(day)s, or counted otherwise than the book says.")
        % {"books": ", ".join(str(book) for book, _page in wrong), "day": swiss_date(year.end)},
        tuple(evidence), wrong[0][1], _("Cash count"),
    )  # fmt: skip


def register_own() -> None:
    """The check of this room."""
    register(Check("cash", gettext_lazy("Cash is counted"), 120, Weight.WARNS, cash_counted,
                   Permission.CASH_READ))  # fmt: skip
