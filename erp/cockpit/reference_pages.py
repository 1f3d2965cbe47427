"""``/reference/``: how old banks, places, rates and tariffs are; operators take in what is newer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from erp.access.gate import as_operator
from erp.access.sign_in.stepup import is_fresh
from erp.cockpit.job_pages import told
from erp.core import clock
from erp.documents.storing import read_upload
from erp.jobs.models import OPEN, Job
from erp.jobs.queries import of_installation
from erp.jobs.starting import start
from erp.reference import statuses, updating
from erp.reference.jobs import UPDATE
from erp.reference.models import ReferenceChange, ReferenceVersion
from erp.reference.sources import SOURCES, Source
from erp.web.pages import tell

CHANGES_SHOWN = 50
SHOWN_FOR = dt.timedelta(minutes=10)


class FileForm(forms.Form):
    """A file of the publisher, from a machine with a network."""

    file = forms.FileField(label=gettext_lazy("File of the publisher"))
    accept = forms.BooleanField(
        label=gettext_lazy("Take it although it is older, or has far fewer rows"), required=False
    )


class ReferenceData(View):
    """``/reference/``: all sources with edition, age and next run; for everybody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        context = {
            "page_title": _("Reference data"),
            "help_page": "reference",
            "statuses": [(one, one.age(today)) for one in statuses.statuses(on=today)],
        }
        return render(request, "erp/reference.html", context)


class OneSource(View):
    """``/reference/{source}/``: its last editions and what they changed; operators add one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if kwargs["source"] not in SOURCES:
            raise Http404
        self.source: Source = SOURCES[kwargs["source"]]
        if request.method == "POST":
            if not user.is_operator:
                raise Http404
            if not is_fresh(request.session):
                raise ReauthenticationRequired
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, FileForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "ask" in request.POST:
            with transaction.atomic():
                as_operator(request.user)  # type: ignore[arg-type]
                if self._running() is None:
                    start(UPDATE, company=None, by=request.user,  # type: ignore[arg-type]
                          arguments={"source": self.source.name})  # fmt: skip
            return redirect("reference-source", self.source.name)
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            upload, by = form.cleaned_data["file"], request.user
            [outcome] = updating.update(
                self.source.name, content=read_upload(upload), filename=upload.name or "", by=by,  # type: ignore[arg-type]
                accept=form.cleaned_data["accept"],
            )  # fmt: skip
            if outcome.refusal is None:
                messages.success(request, self._said(outcome))
                return redirect("reference-source", self.source.name)
            tell(form, outcome.refusal)
        return self._show(request, form, status=422)

    def _running(self) -> Job | None:
        """The last time somebody let the publisher be asked, while it is of interest."""
        lately = clock.now() - SHOWN_FOR
        mine = of_installation().filter(kind=UPDATE, arguments__source=self.source.name)
        return mine.filter(Q(state__in=OPEN) | Q(finished_at__gt=lately)).first()

    def _said(self, outcome: updating.Outcome) -> str:
        if outcome.state == ReferenceVersion.State.ACTIVE:
            return _("The edition is in force.")
        if outcome.state == ReferenceVersion.State.STAGED:
            return _("The edition waits for its day.")
        return _("Nothing new: this edition is known.")

    def _show(self, request: HttpRequest, form: FileForm, status: int = 200) -> HttpResponse:
        user: Any = request.user
        [found] = [one for one in statuses.statuses() if one.name == self.source.name]
        newest = found.version.pk if found.version else None
        changes = ReferenceChange.objects.filter(version=newest).order_by("pk")
        context: dict[str, Any] = {
            "page_title": self.source.title, "status": found, "form": form,
            "changes": changes[:CHANGES_SHOWN], "count": changes.count(),
            "operates": user.is_operator, "help_page": "reference",
        }  # fmt: skip
        if user.is_operator:
            with transaction.atomic():
                as_operator(user)
                job = self._running()
                context |= told(job) if job else {}
        return render(request, "erp/reference_source.html", context, status=status)
