"""Bulk jobs on pages: start them, watch them, take their files along."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.sign_in.stepup import is_fresh
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.zipping import as_zip
from erp.fiduciary import bulk
from erp.jobs.kinds import title_of
from erp.jobs.models import OPEN
from erp.web.dates import read_day
from erp.web.firms import FirmView
from erp.web.pages import id_or_none

SHOWN: int = 50


class Batches(FirmView):
    """``/firms/{firm}/batches/``: start a job in many clients; the last ones that were started."""

    help_page = "fiduciary"
    one_transaction = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        firm = self.access.firm
        rows = [
            (one, title_of(one.kind), read_day(one.arguments.get("until")))
            for one in bulk.batches_of(firm)[:SHOWN]
        ]
        context = {
            "page_title": _("Bulk jobs"), "firm": firm, "rows": rows, "key": uuid.uuid4().hex,
            "kinds": [(kind, title_of(kind)) for kind in bulk.OFFERED],
            "clients": self.access.companies.values(),
            "until": clock.today().replace(day=1) - dt.timedelta(days=1),
        }  # fmt: skip
        return render(request, "erp/fiduciary/batches.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.POST
        chosen = [pk for text in told.getlist("company") if (pk := id_or_none(text)) is not None]
        until = read_day(told.get("until"))
        if bulk.wants_fresh(told.get("kind", "")) and not is_fresh(request.session):
            raise ReauthenticationRequired
        try:
            batch = bulk.start_everywhere(
                firm=kwargs["firm"], companies=chosen, kind=told.get("kind", ""), user=self.user,
                until=until, key=told.get("key", ""),
            )  # fmt: skip
        except DomainError as refusal:
            if refusal.conflict:
                raise
            self.tell_all(refusal)
            return redirect("firm-batches", kwargs["firm"])
        messages.success(request, _("It is started."))
        return redirect("firm-batch", kwargs["firm"], batch.pk)


class Batch(FirmView):
    """``/firms/{firm}/batches/{batch}/``: how far each client is; ``?file=1`` are all files as a ZIP."""

    help_page = "fiduciary"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = bulk.batches_of(self.access.firm)
        batch = get_object_or_404(rows, pk=kwargs["batch"])
        if "file" in request.GET:
            files = bulk.files_of(batch, self.access)
            if files is None:
                raise Http404
            return as_zip(files, name=f"{self.access.firm.short_name}-{batch.pk}.zip")
        parts = bulk.parts_of(batch, self.access)
        context = {
            "page_title": title_of(batch.kind), "firm": self.access.firm, "batch": batch,
            "parts": parts, "until": read_day(batch.arguments.get("until")),
            "open": sum(one.job is not None and one.job.state in OPEN for one in parts),
            "has_files": any(one.job is not None and one.job.file_id for one in parts),
        }  # fmt: skip
        return render(request, "erp/fiduciary/batch.html", context)
