"""The entry mask: one page for simple and split entries, drafts, copies and vouchers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger import later, posting, queries
from accounting.ledger.entering import Reader, choices
from accounting.ledger.models import (
    Account,
    CostCentre,
    CostObject,
    EntryTemplate,
    JournalEntry,
)
from accounting.ledger.typed import (
    Typed,
    day_of,
    lines_of,
    require_filled,
    typed_anew,
    typed_of,
)
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import chf, swiss_date
from erp.core.errors import DomainError
from erp.documents import storing
from erp.web.bodies import read_object
from erp.web.faults import told
from erp.web.pages import CompanyView, id_of, refused
from vat.codes.queries import codes_of, is_liable_on


class EnterEntry(CompanyView):
    """``/c/{company}/ledger/post/``: GET shows the mask, POST (JSON or form) saves."""

    permission = Permission.LEDGER_DRAFT
    largest_together = storing.LARGEST_TOGETHER
    help_page = "enter"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        started = self._start_from(request)
        return render(request, "accounting/ledger/enter.html", self._context(started))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            typed = read_object(request.POST.get("entry", ""), lists=("lines",))
            entry, told_beside = self._save(typed, request)
        except DomainError as refusal:
            return refused(request, JsonResponse({"errors": told(refusal)}))
        return JsonResponse(
            {
                "id": entry.pk,
                "number": entry.number,
                "url": reverse("entry", args=[self.company.pk, entry.pk]),
                "date": swiss_date(entry.date),
                "text": entry.text,
                "said": (_("Entry %s is posted.") % entry.number) if entry.number
                else _("The draft is saved."),
                "warnings": told_beside,
                "total": chf(entry.amount),
                "lines": [
                    [row.account.number, chf(row.debit, zero=""), chf(row.credit, zero="")]
                    for row in entry.lines.order_by("position").select_related("account")
                ],
            }
        )  # fmt: skip

    def _save(self, typed: Typed, request: HttpRequest) -> tuple[JournalEntry, list[str]]:
        key = f"mask:{typed['once']}"[:100] if typed.get("once") else ""
        if key and (saved := posting.sent_before(self.company, key)):
            return saved, []
        date, time = day_of(typed.get("date", "")), later.time_in(typed)
        reader = Reader(self.company)
        require_filled(typed, reader)
        lines = reader.lines(lines_of(typed, reader, date), date=date)
        files = [
            storing.store(company=self.company, name=upload.name or "file", content=storing.read_upload(upload),
                          by=self.access.user)
            for upload in request.FILES.getlist("voucher_file")
        ]  # fmt: skip
        header: Typed = {"date": date, "text": str(typed.get("text", ""))[:200], "lines": lines,
                         "by": self.access.user, "voucher": str(typed.get("voucher", ""))[:40],
                         "kind": _kind(typed)}  # fmt: skip
        if not typed.get("draft_id"):
            header["source_key"] = key
        draft = None
        if typed.get("draft_id"):
            draft = get_object_or_404(
                queries.within_reach(self.access), pk=id_of(str(typed["draft_id"]))
            )
            draft = posting.change_draft(draft, **header)
            posting.attach(draft, files)
        if typed.get("as_draft"):
            entry = draft or posting.write_draft(company=self.company, vouchers=files, **header)
        else:
            self.require(Permission.LEDGER_POST)
            entry = (
                posting.post_draft(draft, by=self.access.user) if draft
                else posting.post(company=self.company, vouchers=files, **header)
            )  # fmt: skip
        accrued = later.accrue(entry, time, by=self.access.user)
        return entry, [*reader.warnings, *accrued]

    def _start_from(self, request: HttpRequest) -> Typed | None:
        """The contents to begin with: a draft, a copy of an entry, or a template."""
        entries = queries.within_reach(self.access)
        if draft := request.GET.get("draft"):
            entry = get_object_or_404(entries, pk=id_of(draft), number=None)
            return {**typed_of(entry, Reader(self.company)), "draft_id": entry.pk}
        if copied := request.GET.get("copy"):
            entry = get_object_or_404(entries, pk=id_of(copied))
            return typed_anew(entry, Reader(self.company))
        if template := request.GET.get("template"):
            found: Typed = get_object_or_404(
                EntryTemplate.of(self.company), pk=id_of(template)
            ).content
            return {**found, "date": ""}
        return None

    def _context(self, started: Typed | None) -> Typed:
        today = clock.today()
        costs = self.company.uses("costs")
        accounts = Account.of(self.company).select_related("vat_code").order_by("number")
        return {
            "page_title": _("Enter"),
            "started": started or {},
            "today": today,
            "accounts": [
                [a.number, a.name, a.vat_code.code if a.vat_code else "", a.currency, a.type]
                for a in accounts
                if a.blocked_from is None or a.blocked_from > today
            ],
            "vat_codes": choices_of_codes(codes_of(self.company)),
            "cost_centres": choices(CostCentre.of(self.company).order_by("number")) if costs else [],
            "cost_objects": choices(CostObject.of(self.company).order_by("number")) if costs else [],
            "history": queries.history(self.company),
            "uses_vat": is_liable_on(self.company, today),
            "templates": EntryTemplate.of(self.company).order_by("name")[:50],
            "latest": queries.journal(self.company).order_by("-chain_position")[:8],
            "may_post": self.access.may(Permission.LEDGER_POST),
        }  # fmt: skip


class DraftAction(CompanyView):
    """``/c/{company}/ledger/entries/{entry}/draft/``: post or delete a draft."""

    permission = Permission.LEDGER_DRAFT

    def post(self, request: HttpRequest, entry: int, **kwargs: Any) -> HttpResponse:
        draft = get_object_or_404(queries.within_reach(self.access), pk=entry)
        try:
            if request.POST.get("do") == "delete":
                posting.delete_draft(draft, by=self.access.user)
                messages.success(request, _("The draft is deleted."))
                return redirect("drafts", self.company.pk)
            self.require(Permission.LEDGER_POST)
            posted = posting.post_draft(draft, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("entry", self.company.pk, entry)
        messages.success(request, _("Entry %s is posted.") % posted.number)
        return redirect("entry", self.company.pk, entry)


def choices_of_codes(codes: Any) -> list[list[str]]:
    return [[code.code, code.name, code.kind] for code in codes]


def _kind(typed: Typed) -> str:
    opening = typed.get("kind") == JournalEntry.Kind.OPENING
    return JournalEntry.Kind.OPENING if opening else JournalEntry.Kind.NORMAL
