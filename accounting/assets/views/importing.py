"""Importing assets that were there before the register."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.assets import importing
from erp.access.permissions import Permission
from erp.web.importing import ImportPage


class ImportAssets(ImportPage):
    """``/c/{company}/assets/import/``"""

    permission = Permission.ASSETS_CHANGE
    help_page = "assets"
    template = "accounting/assets/import.html"
    title = gettext_lazy("Import assets")  # type: ignore[assignment]

    def preview(self, content: bytes) -> importing.AssetPreview:
        return importing.preview(self.company, content)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_assets(self.company, content, by=self.access.user)
        said = _("%s assets are taken over.") % len(done.rows)
        return said, reverse("assets", args=[self.company.pk])
