"""How this installation runs, on a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from erp.cockpit.job_pages import OfInstallation
from erp.core.version import VERSION
from erp.operation.findings import worst
from erp.operation.running import running


class Health(OfInstallation):
    """``/health/``: each thing with its state, and what helps."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = running()
        context = {"page_title": _("State of the installation"), "help_page": "health", "findings": found,
                   "state": worst(found), "version": VERSION}  # fmt: skip
        return render(request, "erp/health.html", context)
