"""Import pages: journal and chart, each with a preview that is the import."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger import chart_import, importing, jobs
from erp.access.permissions import Permission
from erp.core import spreadsheets
from erp.core.importing import guessed, titles_of
from erp.web.importing import ImportPage, LongImportPage


class ImportJournal(LongImportPage):
    """``/c/{company}/ledger/import/``: columns are recognised by their titles, or chosen.

    Of a large file the preview shows the first entries; it is stored as it came in, checked as a
    whole in the background, and then posted.
    """

    permission = Permission.LEDGER_IMPORT
    help_page = "journal-import"
    template = "accounting/ledger/import_journal.html"
    job_kind = jobs.IMPORT

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

    def arguments(self, digest: str) -> dict[str, Any]:
        return {"file": digest, "columns": self._columns, "known": self._done}

    def more(self, content: bytes) -> dict[str, Any]:
        titles = titles_of(content)
        taken = guessed(titles, importing.COLUMNS) | self._columns
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
