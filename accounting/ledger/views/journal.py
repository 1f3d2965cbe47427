"""The journal, an entry with its voucher, and reversal."""

from __future__ import annotations

from typing import Any, Final

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounting.ledger import exporting, jobs, posting, queries
from accounting.ledger.models import JournalEntry
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents import storing
from erp.documents.serving import original
from erp.jobs.starting import start
from erp.web.dates import read_day
from erp.web.export import answer, as_file
from erp.web.pages import CompanyView

#: What a long journal is made into in the background.
FORMS: Final = frozenset({"csv", "xlsx", *exporting.FOR_OTHERS})


class Journal(CompanyView):
    """``/c/{company}/ledger/journal/``: what was posted, newest first, paged by key."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.LEDGER_EXPORT}
    help_page = "journal"
    drafts = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        first, last = read_day(told.get("from")), read_day(told.get("until"))
        entries = queries.journal(
            self.company, search=told.get("q", "").strip()[:60], start=first, end=last,
            account=told.get("account", "")[:10], drafts=self.drafts,
            reach=queries.within_reach(self.access),
        )  # fmt: skip
        if told.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            return self._file(told["format"], entries, first, last)
        page = queries.journal_page(
            entries, after=_key(told.get("after", "")), before=_key(told.get("before", ""))
        )
        context = {
            "page_title": _("Drafts") if self.drafts else _("Journal"),
            "page": page,
            "start": first,
            "end": last,
            "drafts": self.drafts,
            "offer": told.get("offer") if told.get("offer") in FORMS else "",
            "draft_count": queries.drafts_of(self.access).count(),
        }
        return render(request, "accounting/ledger/journal.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Let a long journal be made into a file in the background."""
        self.require(Permission.LEDGER_READ)
        told = request.POST
        if self.drafts or told.get("form") not in FORMS:
            raise Http404
        days = {
            name: day.isoformat() for name in ("from", "until") if (day := read_day(told.get(name)))
        }
        job = start(
            jobs.EXPORT, company=self.company, by=self.access.user,
            arguments={"form": told["form"], "q": told.get("q", "").strip()[:60],
                       "account": told.get("account", "")[:10], **days},
        )  # fmt: skip
        return redirect("job", self.company.pk, job.pk)

    def _file(self, form: str, entries: Any, first: Any, last: Any) -> HttpResponse:
        """The journal as filtered, oldest first, with its sums; a long one is offered as a job."""
        if form in FORMS and not self.drafts and exporting.takes_long(entries):
            query = self.request.GET.copy()
            query["offer"] = query.pop("format")[-1]
            return redirect(f"{self.request.path}?{query.urlencode()}")
        if form in exporting.FOR_OTHERS and not self.drafts:
            return self._for_others(form, entries, first, last)
        gathered = exporting.JournalTable(
            exporting.MOST_PRINTED if form == "pdf" else exporting.MOST_EXPORTED
        )
        try:
            gathered.add(entries.order_by("date", "number", "pk").iterator(chunk_size=2000))
        except exporting.TooLong as refusal:
            messages.error(self.request, str(refusal))
            return redirect("journal", self.company.pk)
        return answer(form, gathered.finished(start=first, end=last), company=self.company)

    def _for_others(self, form: str, entries: Any, first: Any, last: Any) -> HttpResponse:
        """The same for another system."""
        maker = exporting.FOR_OTHERS[form](self.company)
        try:
            lines = maker.add(entries.order_by("date", "number", "pk").iterator(chunk_size=2000))
        except DomainError as refusal:
            messages.error(self.request, str(refusal))
            return redirect("journal", self.company.pk)
        whole = b"".join([maker.begin(), lines, maker.end()])
        return as_file(whole, *maker.named(start=first, end=last))


class EntryPage(CompanyView):
    """``/c/{company}/ledger/entries/{entry}/``: an entry whole, its voucher beside it."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.LEDGER_DRAFT}
    largest_together = storing.LARGEST_TOGETHER
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
    """``/c/{company}/ledger/vouchers/{voucher}/``: the original, as it is shown, or bit for bit to be saved."""

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
