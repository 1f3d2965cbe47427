"""One's own expense claims: written with receipts from the camera, handed in, withdrawn."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.hours.models import Project
from accounting.ledger.models import CostCentre
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.web import pictures
from erp.web.keyed import page_by_key
from erp.web.pages import CompanyView, id_or_none, refused
from payroll.expenses import claiming, deciding, masks, queries
from payroll.expenses.models import ExpenseClaim, ExpenseLine

PAGE: Final = 50


class OwnView(CompanyView):
    """A page of one's own claims; those of others are not there."""

    permission = Permission.EXPENSES_OWN
    help_page = "expenses"

    def found(self) -> ExpenseClaim:
        rows = queries.claims(self.company, user=self.access.user.pk)
        found: ExpenseClaim = get_object_or_404(rows, pk=self.kwargs["claim"])
        return found


class OwnClaims(OwnView):
    """``/c/{company}/expenses/``: one's own claims."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = queries.claims(self.company, user=self.access.user.pk)
        page = page_by_key(
            rows, among=ExpenseClaim.of(self.company), column="number", down=True, size=PAGE,
            after=id_or_none(request.GET.get("after")), before=id_or_none(request.GET.get("before")),
        )  # fmt: skip
        context = {"page_title": _("My expenses"), "page": page, "is_own": True}
        return render(request, "payroll/expenses/list.html", context)


class OwnClaim(OwnView):
    """``/c/{company}/expenses/{claim}/``: one of one's own; a POST hands it in, withdraws or deletes it."""

    def get(self, request: HttpRequest, claim: int, **kwargs: Any) -> HttpResponse:
        found = self.found()
        context = {"page_title": str(found), "claim": found, "is_own": True,
                   "lines": claiming.lines_of(found)}  # fmt: skip
        return render(request, "payroll/expenses/claim.html", context)

    def post(self, request: HttpRequest, claim: int, **kwargs: Any) -> HttpResponse:
        found, user, do = self.found(), self.access.user, request.POST.get("do")
        acts: dict[str | None, Any] = {
            "submit": (deciding.submit, _("The claim is handed in.")),
            "withdraw": (deciding.withdraw, _("The claim is withdrawn.")),
            "delete": (claiming.delete_claim, _("The claim is deleted.")),
        }  # fmt: skip
        if do not in acts:
            raise Http404
        act, said = acts[do]
        try:
            act(found, user=user, by=user)
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, said)
            if do == "delete":
                return redirect("expenses", self.company.pk)
        return redirect("expense", self.company.pk, found.pk)


class WriteClaim(OwnView):
    """``…/expenses/new/`` and ``…/expenses/{claim}/edit/``: the lines, each with its receipt."""

    largest_together = storing.LARGEST_TOGETHER

    def get(self, request: HttpRequest, claim: int = 0, **kwargs: Any) -> HttpResponse:
        found = self.found() if claim else None
        lines = claiming.lines_of(found) if found else []
        return self._show(found, found.title if found else "",
                          masks.blocks_of(lines, currency=self.company.currency), "")  # fmt: skip

    def post(self, request: HttpRequest, claim: int = 0, **kwargs: Any) -> HttpResponse:
        found, user, told = self.found() if claim else None, self.access.user, request.POST.dict()
        version = id_or_none(told.get("version")) if found else None
        try:
            with transaction.atomic():
                lines = masks.typed_of(told, self._files(), self._kept)
                lines = claiming.of_claim(lines, found)
                saved = claiming.save_claim(
                    company=self.company, user=user, title=told.get("title", ""), lines=lines,
                    by=user, claim=found, version=version,
                )  # fmt: skip
                if told.get("do") == "submit":
                    deciding.submit(saved, user=user, by=user)
        except DomainError as refusal:
            blocks = masks.retyped(told, refusal)
            if not any(block.faults for block in blocks) and not isinstance(refusal, Refusals):
                return refused(
                    request, self._show(found, told.get("title", ""), blocks, str(refusal))
                )
            return refused(request, self._show(found, told.get("title", ""), blocks, ""))
        if told.get("do") == "more":
            return redirect("expense-edit", self.company.pk, saved.pk)
        messages.success(request, _("The claim is handed in.") if told.get("do") == "submit"
                         else _("The claim is saved."))  # fmt: skip
        return redirect("expense", self.company.pk, saved.pk)

    def _files(self) -> dict[str, UploadedFile]:
        return {name: one for name in self.request.FILES if (one := self.request.FILES.get(name))}

    def _kept(self, upload: UploadedFile) -> StoredFile:
        content = storing.read_upload(upload)
        return storing.store(company=self.company, name=upload.name or "receipt", content=content,
                             by=self.access.user)  # fmt: skip

    def _show(
        self, claim: ExpenseClaim | None, title: str, blocks: list[masks.Block], fault: str
    ) -> HttpResponse:
        centres = self.company.uses("costs")
        context = {
            "page_title": str(claim) if claim else _("New expense claim"), "claim": claim,
            "title": title, "blocks": blocks, "fault": fault,
            "kinds": queries.offered(self.company, clock.today()),
            "projects": list(Project.of(self.company).filter(is_closed=False).order_by("number"))
            if self.company.uses("hours") else [],
            "centres": list(CostCentre.of(self.company).order_by("number")) if centres else [],
        }  # fmt: skip
        return render(self.request, "payroll/expenses/edit.html", context)


class OwnReceipt(OwnView):
    """``…/expenses/{claim}/receipts/{line}/?width=``: a receipt of one's own."""

    def get(self, request: HttpRequest, claim: int, line: int, **kwargs: Any) -> HttpResponse:
        return pictures.shown(request, receipt_of(self.found(), line))


def receipt_of(claim: ExpenseClaim, line: int) -> StoredFile:
    """The receipt of a line of a claim, by its id, or 404."""
    rows = ExpenseLine.of(claim.company_id).filter(claim=claim, file__isnull=False)
    found: ExpenseLine = get_object_or_404(rows.select_related("file"), pk=line)
    assert found.file is not None
    return found.file
