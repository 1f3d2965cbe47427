"""The reconciliation (Bankabstimmung): one page per bank account, for the keyboard, and without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.banking import booking
from accounting.banking.matching.proposing import search
from accounting.banking.matching.reasons import kept
from accounting.banking.models import BankTransaction
from accounting.banking.reconciling import paging, taking
from accounting.banking.reconciling.masks import MOST_LINES, Mask, mask_of, number_of
from accounting.banking.reconciling.offering import choices_of
from accounting.banking.reconciling.suggesting import Source, line_of
from accounting.ledger.models import JournalEntry
from accounting.ledger.views.entering import told
from accounting.open_items.models import OpenItem
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, refused

ROWS = 2  # of accounts, to begin with
MOST_REASONS = 4  # of what was booked


class ReconcileView(CompanyView):
    """What pages and acts of the reconciliation have in common."""

    permission = Permission.BANKING_READ
    permissions = {"POST": Permission.BANKING_POST}
    help_page = "reconciliation"

    def with_items(self) -> bool:
        return self.access.may(Permission.OPEN_ITEMS_READ)

    def movement(self) -> BankTransaction:
        rows = BankTransaction.of(self.company).select_related("company", "bank_account__account")
        found: BankTransaction = get_object_or_404(rows, pk=self.kwargs["movement"])
        return found

    def by_script(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    def done(
        self, rows: Sequence[BankTransaction], entries: Sequence[JournalEntry]
    ) -> HttpResponse:
        """What is told when lines are booked: to a script, or on the page that follows."""
        numbers = ", ".join(str(one.number) for one in entries)
        said = ngettext("Booked as entry %s.", "Booked as entries %s.", len(entries)) % numbers
        bank = rows[0].bank_account_id
        if not self.by_script():
            messages.success(self.request, said)
            page = reverse("reconcile", args=[self.company.pk, bank])
            return redirect(f"{page}?booked=1")
        waiting = BankTransaction.waiting(self.company).filter(bank_account=bank).count()
        return JsonResponse({"said": said, "booked": [row.pk for row in rows], "waiting": waiting})


class ReconcileHome(ReconcileView):
    """``/c/{company}/banking/reconcile/``: the account on which most waits."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        banks = paging.accounts_of(self.company)
        if not banks:
            return redirect("bank-accounts", self.company.pk)
        most = max(banks, key=lambda bank: bank.waiting)  # type: ignore[attr-defined]
        return redirect("reconcile", self.company.pk, most.pk)


class Reconcile(ReconcileView):
    """``/c/{company}/banking/reconcile/{bank}/``: what waits, and what it may be.

    With ``booked=1`` also what was booked last, to be undone.
    """

    def get(self, request: HttpRequest, bank: int, **kwargs: Any) -> HttpResponse:
        banks = paging.accounts_of(self.company)
        found = next((one for one in banks if one.pk == bank), None)
        if found is None:
            raise Http404
        page = paging.page_of(
            found, after=request.GET.get("after", ""), before=request.GET.get("before", ""),
            text=request.GET.get("q", "").strip()[:60], with_items=self.with_items(),
        )  # fmt: skip
        told = paging.booked_last(found) if request.GET.get("booked") else []
        context = {
            "page_title": _("Bank reconciliation"), "bank": found, "banks": banks, "page": page,
            "booked": [
                (row, [one.sentence for one in kept(row.matched)][:MOST_REASONS]) for row in told
            ],
            "may_settle": self.access.may(Permission.OPEN_ITEMS_SETTLE),
        }  # fmt: skip
        return render(request, "accounting/banking/reconcile/page.html", context)


class ReconcileLine(ReconcileView):
    """``…/banking/reconcile/lines/{movement}/``: one line, to take, share out, or book freely.

    GET with ``fragment=1`` gives the mask alone. POST books; with ``find`` or ``more`` it shows the
    mask again, as it was typed, with items found or another account.
    """

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(Mask(rows=_blank(ROWS)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        mask = Mask()
        try:
            mask = mask_of(request.POST)
            if "find" in request.POST or "more" in request.POST:
                return self._show(mask, more="more" in request.POST)
            return self._book(mask)
        except DomainError as refusal:
            if self.by_script():
                return refused(request, JsonResponse({"errors": told(refusal)}))
            messages.error(request, str(refusal))
            return refused(request, self._show(mask))

    def _book(self, mask: Mask) -> HttpResponse:
        if mask.settles:
            self.require(Permission.OPEN_ITEMS_SETTLE)
        rows = self._rows()
        entries = taking.book_parts(
            rows, items=mask.shares(self.company), lines=mask.lines(inward=rows[0].amount > 0),
            by=self.access.user, text=mask.text, rate=mask.told_rate(), party=mask.credited(),
        )  # fmt: skip
        return self.done(rows, entries)

    def _rows(self) -> list[BankTransaction]:
        """The line of the address, and others of its bank account that are marked."""
        first = self.movement()
        wanted = [number_of(one) for one in self.request.POST.getlist("line")[:MOST_LINES]]
        others = BankTransaction.of(self.company).filter(bank_account=first.bank_account_id)
        others = others.filter(pk__in=wanted).exclude(pk=first.pk)
        return [first, *others.select_related("company", "bank_account__account")]

    def _show(self, mask: Mask, *, more: bool = False) -> HttpResponse:
        movement = self.movement()
        line = line_of(movement, with_items=self.with_items())
        if line is None:
            messages.info(self.request, _("This line is booked already."))
            return redirect("reconcile", self.company.pk, movement.bank_account_id)
        query = self.request.POST.get("q", "")
        context = {
            "page_title": str(movement.party or movement.text or _("Bank line")),
            "line": line, "mask": mask, "query": query, "bank": movement.bank_account,
            "rows": [*mask.rows, *(_blank(1) if more or not mask.rows else ())],
            "found": self._found(movement, query, mask), "description": booking.description(movement),
            "may_settle": self.access.may(Permission.OPEN_ITEMS_SETTLE) and paging.keeps_items(
                self.company),
            **choices_of(self.company),
        }  # fmt: skip
        alone = bool(self.request.GET.get("fragment"))  # below its row, which shows the best one
        context["suggestions"] = line.others if alone else line.suggestions
        name = "_panel" if alone else "line"
        return render(self.request, f"accounting/banking/reconcile/{name}.html", context)

    def _found(self, movement: BankTransaction, query: str, mask: Mask) -> list[dict[str, Any]]:
        """Items chosen before, then those that were searched for."""
        if not self.with_items():
            return []
        chosen = list(OpenItem.of(self.company).filter(pk__in=list(mask.items)))
        rows = search(self.company, query, inward=movement.amount > 0) if query else []
        return [*(_chosen(item, mask) for item in chosen),
                *({"item": one} for one in rows if one.id not in mask.items)]  # fmt: skip


class ReconcileItems(ReconcileView):
    """``…/banking/reconcile/lines/{movement}/items/?q=``: open items found, as rows of the mask."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.OPEN_ITEMS_READ)
        rows = search(self.company, request.GET.get("q", ""), inward=self.movement().amount > 0)
        return render(request, "accounting/banking/reconcile/_items.html",
                      {"found": [{"item": one} for one in rows]})  # fmt: skip


class ReconcileTake(ReconcileView):
    """``…/banking/reconcile/lines/{movement}/take/``: POST the ``key`` of what was suggested."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        movement, key = self.movement(), request.POST.get("key", "")
        if key.startswith(f"{Source.ITEMS}:"):
            self.require(Permission.OPEN_ITEMS_SETTLE)
        try:
            entry = taking.take(
                movement, key=key, by=self.access.user, with_items=self.with_items()
            )
        except DomainError as refusal:
            if self.by_script():
                return refused(request, JsonResponse({"errors": told(refusal)}))
            messages.error(request, str(refusal))
            return redirect("reconcile", self.company.pk, movement.bank_account_id)
        return self.done([movement], [entry])


class ReconcileUndo(ReconcileView):
    """``…/banking/reconcile/lines/{movement}/undo/``: the line waits again."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        movement = self.movement()
        if movement.matched.get("payments"):
            self.require(Permission.OPEN_ITEMS_SETTLE)
        back = reverse("reconcile", args=[self.company.pk, movement.bank_account_id])
        try:
            mirror = booking.unbook(movement, by=self.access.user, date=clock.today())
        except DomainError as refusal:
            if self.by_script():
                return refused(request, JsonResponse({"errors": told(refusal)}))
            messages.error(request, str(refusal))
            return redirect(back)
        messages.success(request, _("The booking is undone by entry %s.") % mirror.number)
        return JsonResponse({"url": back}) if self.by_script() else redirect(back)


def _blank(count: int) -> list[dict[str, str]]:
    return [{"account": ""}] * count


def _chosen(item: OpenItem, mask: Mask) -> dict[str, Any]:
    paid, discount = mask.items[item.pk]
    return {"item": item, "paid": paid, "discount": discount, "chosen": True}
