"""Pages of the inbox: what came in, one document beside what it says, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.payables.capture import (
    contacting,
    files,
    proposing,
    queries,
    receiving,
    registry,
    viewing,
)
from accounting.payables.capture.models import Channel, InboxDocument
from accounting.payables.capture.receiving import Incoming, Received
from erp.access.permissions import Permission
from erp.core.errors import DomainError, Refusals
from erp.documents import drawing, scaled, serving, storing
from erp.web.pages import CompanyView, id_of, refused


class Inbox(CompanyView):
    """``/c/{company}/payables/inbox/``: drop, photograph, paste, look at what waits."""

    permission = Permission.PAYABLES_READ
    permissions = {"POST": Permission.PAYABLES_CAPTURE}
    largest_file, largest_together = files.LARGEST, storing.LARGEST_TOGETHER
    help_page = "inbox"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        view, search = request.GET.get("view", ""), request.GET.get("q", "")[:80]
        before = id_of(request.GET["before"]) if request.GET.get("before") else None
        page = queries.page_of(self.company, view=view, search=search, before=before)
        context = {
            "page_title": _("Inbox"), "page": page, "view": view, "search": search,
        }  # fmt: skip
        return render(request, "accounting/payables/capture/inbox.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            received = self._received(request)
        except DomainError as refusal:
            return self._refused(request, refusal)
        if request.headers.get("Sec-Fetch-Dest") == "empty":  # a script sent them
            return JsonResponse({"received": [self._told(one) for one in received]})
        for one in received:
            told = self._told(one)
            (messages.error if told["error"] else messages.success)(request, told["said"])
        return redirect("inbox", self.company.pk)

    def _received(self, request: HttpRequest) -> list[Received]:
        found: list[Received] = []
        for field, channel in (("files", Channel.UPLOAD), ("photos", Channel.PHOTO)):
            uploads = request.FILES.getlist(field)
            files.require_together(one.size or 0 for one in uploads)
            incoming = [Incoming(one.name or "", one.read(files.LARGEST + 1)) for one in uploads]
            if incoming:
                found += receiving.receive(
                    company=self.company, incoming=incoming, channel=channel, by=self.access.user
                )[0]
        if not found:
            raise receiving.NothingReceived
        return found

    def _told(self, one: Received) -> dict[str, Any]:
        if one.document is None:
            return {"name": one.name, "error": True, "said": str(one.refusal)}
        address = reverse("inbox-document", args=[self.company.pk, one.document.pk])
        said = _("“%s” is received.") % one.name
        if one.known:
            said = str(receiving.AlreadyReceived(
                name=one.name, known=one.document.name, date=one.document.received_at.date(),
            ))  # fmt: skip
        return {"name": one.name, "error": False, "known": one.known, "said": said, "url": address}

    def _refused(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        told = {"field": refusal.place, "code": refusal.code, "message": str(refusal)}
        if request.headers.get("Sec-Fetch-Dest") == "empty":
            return refused(request, JsonResponse({"errors": [told]}))
        messages.error(request, str(refusal))
        return refused(request, self.get(request))


class OneDocument(CompanyView):
    """A page about one document of the inbox."""

    help_page = "inbox"

    def found(self, document: int) -> InboxDocument:
        rows = InboxDocument.of(self.company).select_related(
            "company", "file", "received_by", "decided_by"
        )
        return get_object_or_404(rows, pk=document)

    def on(self, document: InboxDocument) -> HttpResponse:
        """To the document that waits next; to the list after the last one."""
        following = queries.next_waiting(self.company, after=document.pk)
        if following is None:
            return redirect("inbox", self.company.pk)
        return redirect("inbox-document", self.company.pk, following.pk)


class DocumentPage(OneDocument):
    """``/c/{company}/payables/inbox/{document}/``: its pages beside what was read of them."""

    permission = Permission.PAYABLES_READ

    def get(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        found = self.found(document)
        wanted = request.GET.get("bill")
        captured = proposing.propose(self.company, found, nth=id_of(wanted) if wanted else 0)
        context = {
            "page_title": found.name, "document": found, "captured": captured, "values": captured.values,
            "viewing": viewing.viewing(self.company, found, first=captured.page),
            "bills": range(captured.bills), "capture_url": registry.capture_address(self.company.pk, found.pk),
            "bill_url": registry.bill_address(self.company.pk, found.bill) if found.bill else "",
            "waiting": queries.next_waiting(self.company, after=found.pk),
        }  # fmt: skip
        return render(request, "accounting/payables/capture/document.html", context)


class AddPayee(OneDocument):
    """``/c/{company}/payables/inbox/{document}/contact/``: the payee becomes a contact, as it was read."""

    permission = Permission.CONTACTS_CHANGE

    def post(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        if not self.access.may(Permission.PAYABLES_READ):
            raise Http404  # who does not see the inbox does not learn what is in it
        found, nth = self.found(document), id_of(request.POST.get("bill"))
        try:
            contact = contacting.add_payee(found, nth=nth, by=self.access.user)
        except DomainError as refusal:
            for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
                messages.error(request, str(one))
        else:
            messages.success(request, _("“%s” is among your contacts now.") % contact.name)
        where = reverse("inbox-document", args=[self.company.pk, found.pk])
        return redirect(f"{where}?bill={nth}" if nth else where)


class NextDocument(OneDocument):
    """``/c/{company}/payables/inbox/next/``: the one to capture next."""

    permission = Permission.PAYABLES_READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        after = id_of(request.GET["after"]) if request.GET.get("after") else None
        following = queries.next_waiting(self.company, after=after)
        if following is None:
            messages.info(request, _("Nothing waits in the inbox any more."))
            return redirect("inbox", self.company.pk)
        return redirect("inbox-document", self.company.pk, following.pk)


class PagePicture(OneDocument):
    """``/c/{company}/payables/inbox/{document}/pages/{nth}/``: a page, drawn anew."""

    permission = Permission.PAYABLES_READ

    def get(self, request: HttpRequest, document: int, nth: int, **kwargs: Any) -> HttpResponse:
        if not 1 <= nth <= drawing.MOST_PAGES:
            raise Http404
        try:
            return serving.drawn(
                scaled.picture_of(self.found(document).file, nth=nth), drawing.JPEG
            )
        except (DomainError, FileNotFoundError):
            raise Http404 from None


class OriginalFile(OneDocument):
    """``/c/{company}/payables/inbox/{document}/file/``: the original, bit for bit, to be saved."""

    permission = Permission.PAYABLES_READ

    def get(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        return serving.download(self.found(document).file)


class SetAside(OneDocument):
    """``/c/{company}/payables/inbox/{document}/set-aside/``: no bill, and why; then the next one."""

    permission = Permission.PAYABLES_CAPTURE

    def post(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        found = self.found(document)
        try:
            receiving.set_aside(found, reason=request.POST.get("reason", ""), by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("inbox-document", self.company.pk, found.pk)
        messages.success(request, _("“%s” is set aside.") % found.name)
        return self.on(found)


class BringBack(OneDocument):
    """``/c/{company}/payables/inbox/{document}/bring-back/``"""

    permission = Permission.PAYABLES_CAPTURE

    def post(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        found = self.found(document)
        try:
            receiving.bring_back(found, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("inbox-document", self.company.pk, found.pk)


class ReadAgain(OneDocument):
    """``/c/{company}/payables/inbox/{document}/read/``"""

    permission = Permission.PAYABLES_CAPTURE

    def post(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        found = self.found(document)
        try:
            receiving.read_again(found, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("inbox-document", self.company.pk, found.pk)
