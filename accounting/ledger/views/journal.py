"""The journal, an entry with its voucher, and reversal."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounting.ledger import posting, queries
from accounting.ledger.models import JournalEntry
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.documents import storing
from erp.documents.serving import original
from erp.web.dates import read_day
from erp.web.export import answer, table
from erp.web.pages import CompanyView

MOST_PRINTED, MOST_EXPORTED = 4_000, 200_000  # lines of a PDF, and of CSV or XLSX


class Journal(CompanyView):
    """``/c/{company}/ledger/journal/``: what was posted, newest first, paged by key."""

    permission = Permission.LEDGER_READ
    help_page = "journal"
    drafts = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        start, end = read_day(told.get("from")), read_day(told.get("until"))
        entries = queries.journal(
            self.company, search=told.get("q", "").strip()[:60], start=start, end=end,
            account=told.get("account", "")[:10], drafts=self.drafts,
            reach=queries.within_reach(self.access),
        )  # fmt: skip
        if told.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            return self._file(told["format"], entries, start, end)
        page = queries.journal_page(
            entries, after=_key(told.get("after", "")), before=_key(told.get("before", ""))
        )
        context = {
            "page_title": _("Drafts") if self.drafts else _("Journal"),
            "page": page,
            "start": start,
            "end": end,
            "drafts": self.drafts,
            "draft_count": queries.drafts_of(self.access).count(),
        }
        return render(request, "accounting/ledger/journal.html", context)

    def _file(self, form: str, entries: Any, start: Any, end: Any) -> HttpResponse:
        """The journal as filtered, oldest first, with its sums."""
        rows, kinds = list[list[Any]](), dict[int, str]()
        most = MOST_PRINTED if form == "pdf" else MOST_EXPORTED
        debit = credit = ZERO
        for entry in entries.order_by("date", "number", "pk")[: most + 1].iterator(chunk_size=2000):
            for line in entry.lines.all():
                rows.append([
                    entry.number, entry.date, entry.voucher, line.account.number,
                    line.account.name, line.text or entry.text,
                    line.vat_code.code if line.vat_code else "",
                    line.cost_centre.number if line.cost_centre else "",
                    line.debit or None, line.credit or None,
                ])  # fmt: skip
                debit, credit = debit + line.debit, credit + line.credit
        if len(rows) > most:
            messages.error(self.request, str(TooLong(limit=most)))
            return redirect("journal", self.company.pk)
        kinds[len(rows)] = "grand"
        rows.append([None, None, "", "", _("Total"), "", "", "", debit, credit])
        span = " – ".join(filter(None, (swiss_date(start), swiss_date(end)))) or _("all entries")
        head = [_("No."), _("Date"), _("Voucher"), _("Account"), _("Name"), _("Text"), _("VAT"),
                _("Cost centre"), _("Debit"), _("Credit")]  # fmt: skip
        return answer(
            form,
            table(title=_("Journal"), subtitle=span, head=head, rows=rows, name="journal",
                  wide=True, kinds=kinds),
            company=self.company,
        )  # fmt: skip


class TooLong(DomainError):
    code = "ledger.journal_too_long"
    message = gettext_lazy("More than %(limit)s lines are too many for this file. Choose a shorter "
                           "span of days, or CSV instead of PDF.")  # fmt: skip


class EntryPage(CompanyView):
    """``/c/{company}/ledger/entries/{entry}/``: an entry whole, its voucher beside it."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.LEDGER_DRAFT}
    help_page = "entry"

    def get(self, request: HttpRequest, entry: int, **kwargs: Any) -> HttpResponse:
        found = self._found(entry)
        context = {
            "page_title": _("Entry %s") % found.number if found.is_posted else _("Draft"),
            "entry": found,
            "lines": list(found.lines.all()),
            "reversed_by": found.reversals.first(),
            "vouchers": list(found.vouchers.all()),
            "today": clock.today(),
        }
        return render(request, "accounting/ledger/entry.html", context)

    def post(self, request: HttpRequest, entry: int, **kwargs: Any) -> HttpResponse:
        """Attach a further voucher."""
        found = self._found(entry)
        try:
            files = [
                storing.store(company=self.company, name=f.name or "file", content=storing.read_upload(f),
                              by=self.access.user)
                for f in request.FILES.getlist("voucher_file")
            ]  # fmt: skip
            posting.attach(found, files)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("entry", self.company.pk, entry)

    def _found(self, entry: int) -> JournalEntry:
        reach = queries.within_reach(self.access)
        entries = queries.journal(self.company, drafts=None, reach=reach)
        found: JournalEntry = get_object_or_404(entries.select_related("reverses"), pk=entry)
        return found


class ReverseEntry(CompanyView):
    """``/c/{company}/ledger/entries/{entry}/reverse/``"""

    permission = Permission.LEDGER_REVERSE

    def post(self, request: HttpRequest, entry: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(
            queries.within_reach(self.access).select_related("company"), pk=entry
        )
        try:
            date = read_day(request.POST.get("date")) or found.date
            mirror = posting.reverse(found, date=date, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("entry", self.company.pk, entry)
        messages.success(request, _("Entry %(old)s is reversed by entry %(new)s.")
                         % {"old": found.number, "new": mirror.number})  # fmt: skip
        return redirect("entry", self.company.pk, mirror.pk)


class VoucherFile(CompanyView):
    """``/c/{company}/ledger/vouchers/{voucher}/``: the original, bit for bit."""

    permission = Permission.LEDGER_READ

    def get(self, request: HttpRequest, voucher: int, **kwargs: Any) -> HttpResponse:
        within = queries.vouchers_within_reach(self.access)
        row = get_object_or_404(within.select_related("file"), pk=voucher)
        return original(row.file, download="download" in request.GET)


#: A voucher may be shown in a frame of our own pages, and can do nothing there.
voucher_file = xframe_options_sameorigin(
    csp_replace({"default-src": ["'none'"], "img-src": ["'self'"], "object-src": ["'self'"],
                 "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]})(
        VoucherFile.as_view()
    )
)  # fmt: skip


def _key(text: str) -> str:
    """A page key as given by ``journal_page``, or nothing when somebody made one up."""
    parts = text.split(".")
    if (
        len(parts) == 3
        and parts[0].strip() == parts[0]
        and read_day(parts[0])
        and all(p.isascii() and p.isdigit() and len(p) < 19 for p in parts[1:])
    ):
        return text
    return ""
