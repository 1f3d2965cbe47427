"""Documents go to customers: one with its mail to look at, or many the way each customer wants it."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.receivables import archiving, jobs, sending
from accounting.receivables.models import SalesDocument
from accounting.receivables.sales_settings import settings_of
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.jobs.starting import start
from erp.mails.delivering import leave_the_machine
from erp.mails.models import LONGEST_BODY, LONGEST_SUBJECT
from erp.mails.queries import mails_about
from erp.web.pages import CompanyView, id_of, refused, tell

MOST_AT_ONCE: Final = 500
_BETWEEN: Final = re.compile(r"[,;\s]+")


class SendForm(forms.Form):
    to = forms.CharField(
        label=gettext_lazy("To"), max_length=2000,
        help_text=gettext_lazy("Several addresses are separated by commas."),
    )  # fmt: skip
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=LONGEST_BODY, strip=False,
                           widget=forms.Textarea({"rows": 14}))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.width = "w12"  # type: ignore[attr-defined]


class SendDocument(CompanyView):
    """``/c/{company}/receivables/documents/{document}/send/``: its mail as proposed, to be sent."""

    permission = Permission.RECEIVABLES_SEND
    help_page = "sending"

    def get(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        found = self._found(document)
        (way,) = sending.ways(self.company, [found])
        subject, body = sending.text_of(found)
        form = SendForm(initial={"to": way.address, "subject": subject, "body": body})
        return self._show(request, found, form, way)

    def post(self, request: HttpRequest, document: int, **kwargs: Any) -> HttpResponse:
        found = self._found(document)
        form = SendForm(request.POST)
        try:
            if form.is_valid():
                told = form.cleaned_data
                with transaction.atomic():
                    mail = sending.send(
                        found, by=self.access.user, to=list(filter(None, _BETWEEN.split(told["to"]))),
                        subject=told["subject"], body=told["body"],
                    )  # fmt: skip
                messages.success(request, _("%(document)s is on its way to %(to)s.")
                                 % {"document": found, "to": ", ".join(mail.to)})  # fmt: skip
                return redirect("sales-document-send", self.company.pk, found.pk)
        except DomainError as refusal:
            tell(form, refusal)
        (way,) = sending.ways(self.company, [found])
        return refused(request, self._show(request, found, form, way))

    def _found(self, pk: int) -> SalesDocument:
        rows = SalesDocument.of(self.company).exclude(status=SalesDocument.Status.PATTERN)
        rows = rows.select_related("company", "contact", "person", "file").defer("paper")
        if pk >= 2**63:
            raise Http404
        found: SalesDocument = get_object_or_404(rows, pk=pk)
        return found

    def _show(
        self, request: HttpRequest, document: SalesDocument, form: SendForm, way: sending.Way
    ) -> HttpResponse:
        missing = "" if way.address else sending.NoMailAddress(
            document=str(document), customer=document.contact.name)  # fmt: skip
        context = {
            "page_title": _("Send %s") % document, "document": document, "form": form, "way": way,
            "missing": missing, "attached": archiving.file_name(document),
            "reply_to": settings_of(self.company).mail,
            "mails": mails_about(self.access, document), "stay_here": not leave_the_machine(),
        }  # fmt: skip
        return render(request, "accounting/receivables/send.html", context)


class SendDocuments(CompanyView):
    """``/c/{company}/receivables/documents/send/``: ``document`` as often as there are documents.

    It shows how each would go out, asked for by either method; with ``go`` a job sends them.
    """

    permission = Permission.RECEIVABLES_SEND
    help_page = "sending"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, self._chosen(request.GET))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        chosen = self._chosen(request.POST)
        if "go" not in request.POST or not chosen:
            return self._show(request, chosen)
        arguments = {"documents": [one.pk for one in chosen], "again": "again" in request.POST}
        job = start(jobs.SEND, company=self.company, by=self.access.user, arguments=arguments)
        return redirect("job", self.company.pk, job.pk)

    def _chosen(self, told: QueryDict) -> list[SalesDocument]:
        """The documents of the ids in their order, each once; the first ``MOST_AT_ONCE`` of them."""
        ids = list(dict.fromkeys(id_of(text) for text in told.getlist("document")))[:MOST_AT_ONCE]
        rows = SalesDocument.of(self.company).exclude(status=SalesDocument.Status.PATTERN)
        found = rows.select_related("contact").defer("paper").in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def _show(self, request: HttpRequest, chosen: list[SalesDocument]) -> HttpResponse:
        rows = sending.ways(self.company, chosen)
        context = {
            "page_title": _("Send documents"), "rows": rows,
            "underway": sum(way.is_underway and not way.on_paper for way in rows),
            "stay_here": not leave_the_machine(),
        }  # fmt: skip
        return render(request, "accounting/receivables/send_many.html", context)
