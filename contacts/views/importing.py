"""The import page: CSV, XLSX or vCard, columns assigned, a preview that is the import."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts import importing, jobs, vcard
from contacts.checking import Preview
from contacts.columns import COLUMNS, LABELS
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.core.importing import guessed, titles_of
from erp.own_fields.lists import COLUMN, fields_of, titles
from erp.web.importing import LongImportPage


class ImportContacts(LongImportPage):
    """``/c/{company}/contacts/import/``"""

    permission = Permission.CONTACTS_IMPORT
    help_page = "contact-import"
    template = "contacts/import.html"
    job_kind = jobs.IMPORT

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import contacts")

    def preview(self, content: bytes) -> Preview:
        look = importing.first_rows if self.is_large(content) else importing.dry_run
        return look(company=self.company, content=content, columns=self._columns)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_contacts(
            company=self.company, content=content, by=self.access.user, columns=self._columns,
            only_good=self._only_good,
        )  # fmt: skip
        said = _("%(new)s contacts are added, %(changed)s changed, %(bad)s rows left out.")
        told = {"new": len(done.new), "changed": len(done.changed), "bad": done.bad_rows}
        return said % told, reverse("contacts", args=[self.company.pk])

    def arguments(self, digest: str) -> dict[str, Any]:
        return {"file": digest, "columns": self._columns, "known": self._done,
                "good": self._only_good}  # fmt: skip

    def done_before(self, content: bytes) -> int:
        return importing.was_imported(self.company, content)

    def more(self, content: bytes) -> dict[str, Any]:
        if vcard.is_vcard(content):
            return {"large": self.is_large(content)}
        found = titles_of(content)
        own = {COLUMN + one.code: one for one in fields_of(self.company, Contact.OWN_FIELDS)}
        known = {**COLUMNS, **{name: titles(one) for name, one in own.items()}}
        labels = {**LABELS, **{name: one.name for name, one in own.items()}}
        taken = guessed(found, known) | self._columns
        return {
            "titles": found, "large": self.is_large(content),
            "columns": [(name, label, taken.get(name, "")) for name, label in labels.items()],
        }  # fmt: skip

    @property
    def _columns(self) -> dict[str, str]:
        """Our columns with the titles chosen for them on the page."""
        return {
            name.removeprefix("column-"): str(title) for name, title in self.request.POST.items()
            if name.startswith("column-")
        }  # fmt: skip

    @property
    def _only_good(self) -> bool:
        return self.request.POST.get("confirm") == "good"
