"""Import pages: upload, look at a preview that is the import, confirm."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.core import spreadsheets
from erp.core.errors import DomainError, Refusals
from erp.core.importing import AlreadyImported
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.documents.storing import read_upload
from erp.jobs.starting import start
from erp.web.pages import CompanyView, refused


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(label=_("File"))


class PreviewTooOld(DomainError):
    code = "import.preview_too_old"
    message = _("The preview is older than an hour or not yours. Choose the file again.")
    field = "file"


class ImportPage(CompanyView):
    """Upload, look at the preview, confirm: the confirmed bytes are those that were shown."""

    largest_file = spreadsheets.LARGEST
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


class LongImportPage(ImportPage):
    """A large file is stored as it came in, and done by a job; the preview shows its beginning.

    ``job_kind`` is what does it. The page's columns are chosen where the file's titles differ.
    """

    job_kind = ""

    def arguments(self, digest: str) -> dict[str, Any]:
        """What the job needs to know: JSON."""
        raise TypeError

    def is_large(self, content: bytes) -> bool:
        return spreadsheets.is_large(content)

    def _perform(self, request: HttpRequest, content: bytes) -> HttpResponse:
        if not self.is_large(content):
            return super()._perform(request, content)
        job = start(
            self.job_kind, company=self.company, by=self.access.user,
            arguments=self.arguments(hashlib.sha256(content).hexdigest()),
            key=hashlib.sha256(request.POST["kept"].encode()).hexdigest(),
        )  # fmt: skip
        return redirect("job", self.company.pk, job.pk)

    def _token(self, content: bytes) -> str:
        """A large file does not travel to and fro; it is kept here."""
        if not self.is_large(content):
            return super()._token(content)
        upload = self.request.FILES.get("file")
        file = storing.keep(
            company=self.company, name=(upload and upload.name) or "import", content=content,
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
