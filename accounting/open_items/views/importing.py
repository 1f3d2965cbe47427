"""The page that takes over open items: a file, a day, and against what; a preview that is the import."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger.entering import UnknownAccount
from accounting.ledger.importing import NotADate
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.ledger.queries import year_of
from accounting.open_items import importing, jobs
from accounting.open_items.columns import COLUMNS, LABELS
from accounting.open_items.importing import Preview, Terms
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.importing import guessed, titles_of
from erp.web.dates import read_day
from erp.web.importing import LongImportPage, UploadForm

IN_BALANCE = "balance"


class ImportItems(LongImportPage):
    """``/c/{company}/open-items/import/``"""

    permission = Permission.LEDGER_IMPORT
    help_page = "open-item-import"
    template = "accounting/open_items/import.html"
    job_kind = jobs.IMPORT

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Take over open items")

    def preview(self, content: bytes) -> Preview:
        look = importing.first_rows if self.is_large(content) else importing.dry_run
        return look(company=self.company, content=content, terms=self._terms,
                    columns=self._columns)  # fmt: skip

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_items(
            company=self.company, content=content, by=self.access.user, terms=self._terms,
            columns=self._columns,
        )  # fmt: skip
        side = done.items[0].account.control
        target = reverse(f"open-{side}", args=[self.company.pk])
        return _("%s items are taken over.") % len(done.items), target

    def arguments(self, digest: str) -> dict[str, Any]:
        return jobs.arguments(digest, self._terms, self._columns, self._done)

    def done_before(self, content: bytes) -> int:
        return importing.was_imported(self.company, content)

    def more(self, content: bytes) -> dict[str, Any]:
        titles = titles_of(content)
        taken = guessed(titles, COLUMNS) | self._columns
        return {
            "titles": titles, "large": self.is_large(content),
            "columns": [(name, label, taken.get(name, "")) for name, label in LABELS.items()],
        }  # fmt: skip

    def _perform(self, request: HttpRequest, content: bytes) -> HttpResponse:
        """What is confirmed is what was shown: another day or account is shown first."""
        if request.POST.get("shown") != self._asked:
            return self._show(request, UploadForm(), preview=self.preview(content),
                              kept=self._token(content), **self.more(content))  # fmt: skip
        return super()._perform(request, content)

    def _show(self, request: HttpRequest, form: UploadForm, **more: Any) -> HttpResponse:
        accounts = Account.of(self.company).order_by("number")
        own = [one for one in accounts
               if one.type in BALANCE_SHEET_TYPES and not one.control and not one.currency]  # fmt: skip
        opening = next((one for one in accounts if one.purpose == Account.Purpose.OPENING), None)
        return super()._show(
            request, form, day=request.POST.get("date") or self._usual_day, opening=opening,
            accounts=own, contra=request.POST.get("contra", ""), shown=self._asked,
            module_off=[one for one in ("receivables", "payables") if not self.company.uses(one)],
            **more,
        )  # fmt: skip

    @cached_property
    def _terms(self) -> Terms:
        typed, contra = self.request.POST.get("date", ""), self.request.POST.get("contra", "")
        day = read_day(typed)
        if day is None:
            raise NotADate(value=typed[:20])
        if contra in {"", IN_BALANCE}:
            return Terms(day, in_balance=contra == IN_BALANCE)
        account = Account.of(self.company).filter(number=contra).first()
        if account is None:
            raise UnknownAccount(value=contra[:20])
        return Terms(day, account)

    @property
    def _asked(self) -> str:
        return f"{self.request.POST.get('date', '')} {self.request.POST.get('contra', '')}"

    @property
    def _usual_day(self) -> str:
        year = year_of(self.company, clock.today())
        return swiss_date(year.start if year else clock.today())

    @property
    def _columns(self) -> dict[str, str]:
        """Our columns with the titles chosen for them on the page."""
        chosen = {name: self.request.POST.get(f"column-{name}") for name in COLUMNS}
        return {name: title for name, title in chosen.items() if title is not None}
