"""The entry mask: one page for simple and split entries, drafts, copies and vouchers."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger import posting, queries
from accounting.ledger.entering import Reader, TypedLine, choices, simple_entry
from accounting.ledger.models import Account, CostCentre, EntryTemplate, JournalEntry
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.money import ZERO, parse_amount
from erp.documents import storing
from erp.web.display import chf, swiss_date
from erp.web.pages import CompanyView, refused
from vat.codes.queries import codes_of, settings_on

Typed = dict[str, Any]


class EnterEntry(CompanyView):
    """``/c/{company}/ledger/post/``: GET shows the mask, POST (JSON or form) saves."""

    permission = Permission.LEDGER_DRAFT
    help_page = "enter"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        started = self._start_from(request)
        return render(request, "accounting/ledger/enter.html", self._context(started))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        typed = json.loads(request.POST.get("entry", "{}"))
        try:
            entry, warnings = self._save(typed, request)
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
                "warnings": warnings,
                "lines": [
                    [row.account.number, chf(row.debit, zero=""), chf(row.credit, zero="")]
                    for row in entry.lines.order_by("position").select_related("account")
                ],
            }
        )  # fmt: skip

    def _save(self, typed: Typed, request: HttpRequest) -> tuple[JournalEntry, list[str]]:
        date = _date(typed.get("date", ""))
        reader = Reader(self.company)
        lines = reader.lines(typed_lines(typed, reader, date), date=date)
        files = [
            storing.store(company=self.company, name=upload.name or "file", content=upload.read(),
                          by=self.access.user)
            for upload in request.FILES.getlist("voucher_file")
        ]  # fmt: skip
        header: Typed = {"date": date, "text": str(typed.get("text", ""))[:200], "lines": lines,
                         "by": self.access.user, "voucher": str(typed.get("voucher", ""))[:40]}  # fmt: skip
        draft = None
        if typed.get("draft_id"):
            draft = get_object_or_404(JournalEntry.of(self.company), pk=typed["draft_id"])
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
        return entry, reader.warnings

    def _start_from(self, request: HttpRequest) -> Typed | None:
        """The contents to begin with: a draft, a copy of an entry, or a template."""
        entries = JournalEntry.of(self.company)
        if draft := request.GET.get("draft"):
            entry = get_object_or_404(entries, pk=draft, number=None)
            return {**typed_of(entry), "draft_id": entry.pk}
        if copied := request.GET.get("copy"):
            return {**typed_of(get_object_or_404(entries, pk=copied)), "date": ""}
        if template := request.GET.get("template"):
            found: Typed = get_object_or_404(EntryTemplate.of(self.company), pk=template).content
            return found
        return None

    def _context(self, started: Typed | None) -> Typed:
        today = clock.today()
        settings = settings_on(self.company, today)
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
            "cost_centres": choices(CostCentre.of(self.company).order_by("number")),
            "uses_vat": self.company.uses("vat") and settings is not None
            and settings.method != settings.Method.NOT_LIABLE,
            "templates": EntryTemplate.of(self.company).order_by("name")[:50],
            "latest": queries.journal(self.company).order_by("-posted_at", "-pk")[:8],
            "may_post": self.access.may(Permission.LEDGER_POST),
        }  # fmt: skip


class TextSuggestions(CompanyView):
    """``/c/{company}/ledger/suggestions/?debit=6000``: what was booked there before."""

    permission = Permission.LEDGER_DRAFT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = queries.texts_used(self.company, debit=request.GET.get("debit", "")[:10])
        return JsonResponse(rows, safe=False)


class DraftAction(CompanyView):
    """``/c/{company}/ledger/entries/{entry}/draft/``: post or delete a draft."""

    permission = Permission.LEDGER_DRAFT

    def post(self, request: HttpRequest, entry: int, **kwargs: Any) -> HttpResponse:
        draft = get_object_or_404(JournalEntry.of(self.company), pk=entry)
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


def typed_lines(typed: Typed, reader: Reader, date: dt.date) -> list[TypedLine]:
    """The mask's contents as typed lines. Raises ``NotAnAmount`` or ``NotADate``."""
    if typed.get("mode") == "split":
        return [
            TypedLine(
                account=str(row.get("account", "")),
                debit=_amount(row.get("debit"), "debit"),
                credit=_amount(row.get("credit"), "credit"),
                text=str(row.get("text", ""))[:200],
                vat_code=str(row.get("vat_code", "")),
                vat_basis=str(row.get("vat_basis") or "gross"),
                vat_rate=_rate(row.get("vat_rate")),
                supply_date=_date(row["supply_date"]) if row.get("supply_date") else None,
                cost_centre=str(row.get("cost_centre", "")),
                cost_object=str(row.get("cost_object", "")),
                currency=str(row.get("currency", "")),
                amount_foreign=_amount(row["amount_foreign"], "amount_foreign")
                if row.get("amount_foreign") else None,
            )
            for row in typed.get("lines", [])
            if row.get("account")
        ]  # fmt: skip
    more: Typed = {"cost_centre": str(typed.get("cost_centre", ""))}
    if typed.get("supply_date"):
        more["supply_date"] = _date(typed["supply_date"])
    if typed.get("amount_foreign"):
        more["amount_foreign"] = _amount(typed["amount_foreign"], "amount_foreign")
    if typed.get("vat_rate"):
        more["vat_rate"] = _rate(typed["vat_rate"])
    return simple_entry(
        reader=reader, date=date, debit=str(typed.get("debit", "")),
        credit=str(typed.get("credit", "")), amount=_amount(typed.get("amount"), "amount"),
        vat_code=str(typed.get("vat_code", "")),
        vat_basis=str(typed.get("vat_basis") or "gross"), **more,
    )  # fmt: skip


def typed_of(entry: JournalEntry) -> Typed:
    """An entry as the mask would have sent it: base lines gross of their tax lines are not
    guessed; each stored line comes back as it is, so that a copy posts the same."""
    rows = entry.lines.order_by("position").select_related("account", "cost_centre", "cost_object")
    return {
        "mode": "split",
        "date": entry.date.isoformat(),
        "text": entry.text,
        "voucher": entry.voucher,
        "lines": [
            {
                "account": row.account.number,
                "debit": str(row.debit) if row.debit else "",
                "credit": str(row.credit) if row.credit else "",
                "text": row.text,
                "cost_centre": row.cost_centre.number if row.cost_centre else "",
                "cost_object": row.cost_object.number if row.cost_object else "",
                "currency": row.currency,
                "amount_foreign": str(abs(row.amount_foreign)) if row.amount_foreign else "",
            }
            for row in rows
        ],
    }


def told(refusal: DomainError) -> list[Typed]:
    each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
    return [{"field": one.place, "code": one.code, "message": str(one)} for one in each]


def choices_of_codes(codes: Any) -> list[list[str]]:
    return [[code.code, code.name, code.kind] for code in codes]


class NotADate(DomainError):
    code = "ledger.not_a_date"
    message = gettext_lazy("“%(value)s” is no date. Type 31.12.2026, 31.12 or 31.")
    field = "date"


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise NotADate(value=str(text)[:20]) from None


def _amount(text: Any, place: str) -> Decimal:
    return parse_amount(str(text), field=place) if text not in (None, "") else ZERO


def _rate(text: Any) -> Decimal | None:
    return parse_amount(str(text), field="vat_rate") if text not in (None, "") else None
