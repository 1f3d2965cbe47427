"""Import pages: journal and chart, each with a preview that is the import."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger import chart_import, importing, jobs, spreadsheets
from accounting.ledger.forms import UploadForm
from accounting.ledger.importing import AlreadyImported
from erp.access.permissions import Permission
from erp.core.errors import DomainError, Refusals
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.documents.storing import read_upload
from erp.jobs.starting import start
from erp.web.pages import CompanyView, refused


class PreviewTooOld(DomainError):
    code = "import.preview_too_old"
    message = gettext_lazy("The preview is older than an hour or not yours. Choose the file again.")
    field = "file"


class ImportPage(CompanyView):
    """Upload, look at the preview, confirm: the confirmed bytes are those that were shown."""

    template = ""
    title = ""

    def preview(self, content: bytes) -> Any:
        raise TypeError

    def perform(self, content: bytes) -> tuple[str, str]:
        """What to say when it is done, and the page to show then."""
        raise TypeError

    def address(self, name: str) -> str:
        return reverse(name, args=[self.company.pk])

    def more(self, content: bytes) -> dict[str, Any]:
        """What else the page shows of a file."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, UploadForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        try:
            if request.POST.get("kept"):
                content = self._content(request.POST["kept"])
                if "confirm" in request.POST:
                    return self._perform(request, content)
            elif form.is_valid():
                content = read_upload(form.cleaned_data["file"], spreadsheets.LARGEST)
            else:
                return refused(request, self._show(request, form))
            shown = self.more(content) | {"kept": self._token(content)}
        except DomainError as refusal:
            return self._refuse(request, refusal)
        try:
            preview = self.preview(content)
        except DomainError as refusal:
            return self._refuse(request, refusal, **shown)
        return self._show(request, UploadForm(), preview=preview, **shown)

    def _perform(self, request: HttpRequest, content: bytes) -> HttpResponse:
        with connection.cursor() as cursor:  # one confirmation at a time
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [self.salt])
        if self.done_before(content) != self._done:
            raise AlreadyImported
        said, target = self.perform(content)
        messages.success(request, said)
        return redirect(target)

    def _refuse(self, request: HttpRequest, refusal: DomainError, **more: Any) -> HttpResponse:
        return refused(request, self._faults(request, refusal, **more))

    def _faults(self, request: HttpRequest, refusal: DomainError, **more: Any) -> HttpResponse:
        each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
        return self._show(request, UploadForm(), faults=[str(one) for one in each], **more)

    def done_before(self, content: bytes) -> int:
        """How often this content was imported; a preview is good for one more time."""
        return 0

    def _token(self, content: bytes) -> str:
        return self._signed(base64.b64encode(content).decode(), self.done_before(content), "")

    def _signed(self, *kept: Any) -> str:
        return signing.dumps(kept, salt=self.salt, compress=True)

    def _content(self, token: str) -> bytes:
        """The bytes that were previewed, by this person for this company, within the hour."""
        try:
            content, self._done, self._digest = signing.loads(token, salt=self.salt, max_age=3600)
            return base64.b64decode(content)
        except signing.BadSignature:
            raise PreviewTooOld from None

    @property
    def salt(self) -> str:
        """What a preview is good for: this page of this company, and this person."""
        return f"{type(self).__name__}:{self.company.pk}:{self.access.user.pk}"

    def _show(self, request: HttpRequest, form: UploadForm, **more: Any) -> HttpResponse:
        return render(request, self.template, {"page_title": self.title, "form": form, **more})


class ImportJournal(ImportPage):
    """``/c/{company}/ledger/import/``: columns are recognised by their titles, or chosen.

    Of a large file the preview shows the first entries; it is stored as it came in, checked as a
    whole in the background, and then posted.
    """

    permission = Permission.LEDGER_IMPORT
    help_page = "journal-import"
    template = "accounting/ledger/import_journal.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import journal")

    def preview(self, content: bytes) -> importing.Preview:
        look = importing.first_entries if spreadsheets.is_large(content) else importing.dry_run
        return look(
            company=self.company, content=content, columns=self._columns, closing=self._closing
        )

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_journal(
            company=self.company, content=content, by=self.access.user, columns=self._columns,
            closing=self._closing,
        )  # fmt: skip
        return _("%s entries are posted.") % len(done.entries), self.address("journal")

    def _perform(self, request: HttpRequest, content: bytes) -> HttpResponse:
        if not spreadsheets.is_large(content):
            return super()._perform(request, content)
        digest = hashlib.sha256(content).hexdigest()
        job = start(
            jobs.IMPORT, company=self.company, by=self.access.user,
            arguments={"file": digest, "columns": self._columns, "known": self._done},
            key=hashlib.sha256(request.POST["kept"].encode()).hexdigest(),
        )  # fmt: skip
        return redirect("job", self.company.pk, job.pk)

    def _token(self, content: bytes) -> str:
        """A large file does not travel to and fro; it is kept here."""
        if not spreadsheets.is_large(content):
            return super()._token(content)
        upload = self.request.FILES.get("file")
        file = storing.keep(
            company=self.company, name=(upload and upload.name) or "journal", content=content,
            content_type=spreadsheets.content_type_of(content), by=self.access.user,
        )  # fmt: skip
        return self._signed("", self.done_before(content), file.digest)

    def _refuse(self, request: HttpRequest, refusal: DomainError, **more: Any) -> HttpResponse:
        """A large file stays, to be looked at again with other columns; nothing else was written."""
        if not more.get("large"):
            return super()._refuse(request, refusal, **more)
        response = self._faults(request, refusal, **more)
        response.status_code = 422
        return response

    def _content(self, token: str) -> bytes:
        content = super()._content(token)
        if not self._digest:
            return content
        return storing.content_of(StoredFile.of(self.company).get(digest=self._digest))

    def more(self, content: bytes) -> dict[str, Any]:
        titles = importing.titles_of(content)
        taken = importing.guessed(titles) | self._columns
        return {
            "titles": titles,
            "large": spreadsheets.is_large(content),
            "columns": [(name, label, taken.get(name, "")) for name, label in LABELS.items()],
        }

    def done_before(self, content: bytes) -> int:
        return importing.was_imported(self.company, content)

    @property
    def _columns(self) -> dict[str, str]:
        """Our columns with the titles chosen for them on the page."""
        chosen = {name: self.request.POST.get(f"column-{name}") for name in importing.COLUMNS}
        return {name: title for name, title in chosen.items() if title is not None}

    @property
    def _closing(self) -> bool:
        return self.access.may(Permission.LEDGER_CLOSE)


#: What people call the columns of a journal.
LABELS = {
    "date": gettext_lazy("Date"),
    "text": gettext_lazy("Text"),
    "voucher": gettext_lazy("Voucher no."),
    "debit": gettext_lazy("Debit"),
    "credit": gettext_lazy("Credit"),
    "amount": gettext_lazy("Amount"),
    "entry": gettext_lazy("Entry (split entries)"),
    "account": gettext_lazy("Account (split entries)"),
    "vat_code": gettext_lazy("VAT code"),
    "vat_basis": gettext_lazy("Amount is"),
    "supply_date": gettext_lazy("Supplied on"),
    "cost_centre": gettext_lazy("Cost centre"),
    "cost_object": gettext_lazy("Cost object"),
    "currency": gettext_lazy("Currency"),
    "amount_foreign": gettext_lazy("Amount in currency"),
    "kind": gettext_lazy("Kind"),
}


class ImportChart(ImportPage):
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
            self.address("accounts"),
        )
