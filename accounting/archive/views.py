"""The page of archives: which years may have one, which were made, and their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.archive.jobs import ARCHIVE
from accounting.archive.queries import Archive, archive_of, archives_of, require_closed
from accounting.archive.rights import lacking, require_all
from accounting.ledger.models import FiscalYear, Period
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.documents.serving import streamed
from erp.jobs.starting import start
from erp.web.pages import CompanyView, id_of


@dataclass(frozen=True)
class YearRow:
    """A fiscal year with the periods that keep it from being archived, and its archives."""

    year: FiscalYear
    still_open: list[Period]
    archives: list[Archive]

    @property
    def is_archived(self) -> bool:
        """Whether there is an archive of the year as it is."""
        return any(not one.is_outdated for one in self.archives)


class YearArchives(CompanyView):
    """``/c/{company}/ledger/archives/``"""

    permission = Permission.LEDGER_EXPORT
    step_up = frozenset({"POST"})
    help_page = "year-archives"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        made = archives_of(self.company)
        rows = [
            YearRow(
                year,
                [one for one in year.periods.all() if one.lock != Period.Lock.LOCKED],
                [one for one in made if one.year == year.pk],
            )
            for year in FiscalYear.of(self.company).order_by("-start").prefetch_related("periods")
        ]
        missing = lacking(self.company, self.access.holds)
        context = {
            "page_title": _("Archives of fiscal years"), "rows": rows,
            "withheld": {one.file.pk for one in made
                         if missing or not all(self.access.holds(right) for right in one.further)},
            "missing": [right.label for right in missing],
        }  # fmt: skip
        return render(request, "accounting/archive/archives.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Let the archive of a year be made."""
        year = get_object_or_404(FiscalYear.of(self.company), pk=id_of(request.POST.get("year")))
        try:
            require_all(self.company, self.access.holds)
            require_closed(year)
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("year-archives", self.company.pk)
        job = start(ARCHIVE, company=self.company, by=self.access.user,
                    arguments={"until": year.end.isoformat()})  # fmt: skip
        return redirect("job", self.company.pk, job.pk)


class YearArchiveFile(CompanyView):
    """``/c/{company}/ledger/archives/{file}/``: the package, bit for bit."""

    permission = Permission.LEDGER_EXPORT
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, file: int, **kwargs: Any) -> HttpResponseBase:
        found = archive_of(self.company, file)
        if lacking(self.company, self.access.holds, found.further):
            raise PermissionDenied
        return streamed(found.file)
