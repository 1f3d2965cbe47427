"""Import pages: journal and chart, each with a preview that is the import."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger import chart_import, importing
from accounting.ledger.forms import UploadForm
from erp.access.permissions import Permission
from erp.core.errors import DomainError, Refusals
from erp.web.pages import CompanyView, refused, tell


class PreviewTooOld(DomainError):
    code = "import.preview_too_old"
    message = gettext_lazy("The preview is older than an hour or not yours. Choose the file again.")
    field = "file"


class _Import(CompanyView):
    """Upload, look at the preview, confirm: the confirmed bytes are those that were shown."""

    template = ""
    title = ""

    def preview(self, content: bytes) -> Any:
        raise TypeError

    def perform(self, content: bytes) -> tuple[str, str]:
        raise TypeError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, UploadForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "confirmed" in request.POST:
            try:
                said, target = self.perform(self._kept(request.POST["confirmed"]))
            except DomainError as refusal:
                for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
                    messages.error(request, str(one))
                return refused(request, self._show(request, UploadForm()))
            messages.success(request, said)
            return redirect(target, self.company.pk)
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return refused(request, self._show(request, form))
        content = form.cleaned_data["file"].read()
        try:
            preview = self.preview(content)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        kept = (
            "" if preview.refusals
            else signing.dumps(base64.b64encode(content).decode(), salt=self._salt, compress=True)
        )  # fmt: skip
        return self._show(request, UploadForm(), preview=preview, confirmed=kept)

    def _kept(self, token: str) -> bytes:
        """The bytes that were previewed, by this person for this company, within the hour."""
        try:
            return base64.b64decode(signing.loads(token, salt=self._salt, max_age=3600))
        except signing.BadSignature:
            raise PreviewTooOld from None

    @property
    def _salt(self) -> str:
        return f"{type(self).__name__}:{self.company.pk}:{self.access.user.pk}"

    def _show(self, request: HttpRequest, form: UploadForm, **more: Any) -> HttpResponse:
        return render(request, self.template, {"page_title": self.title, "form": form, **more})


class ImportJournal(_Import):
    """``/c/{company}/ledger/import/``"""

    permission = Permission.LEDGER_IMPORT
    help_page = "journal-import"
    template = "accounting/ledger/import_journal.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import journal")

    def preview(self, content: bytes) -> importing.Preview:
        return importing.dry_run(company=self.company, content=content, closing=self._closing)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_journal(
            company=self.company, content=content, by=self.access.user, closing=self._closing
        )
        return _("%s entries are posted.") % len(done.entries), "journal"

    @property
    def _closing(self) -> bool:
        return self.access.may(Permission.LEDGER_CLOSE)


class ImportChart(_Import):
    """``/c/{company}/ledger/accounts/import/``"""

    permission = Permission.CHART_CHANGE
    help_page = "accounts"
    template = "accounting/ledger/import_chart.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import accounts")

    def preview(self, content: bytes) -> chart_import.ChartPreview:
        return chart_import.preview(company=self.company, content=content)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = chart_import.import_chart(company=self.company, content=content, by=self.access.user)
        return (
            _("%(new)s accounts are added, %(changed)s changed.")
            % {"new": len(done.new), "changed": len(done.changed)},
            "accounts",
        )
