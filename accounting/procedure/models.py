"""What a company says itself of how its books are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class ProcedureText(CompanyOwned):
    """A paragraph of a company's own (Arbeitsanweisung): ``code`` is one of ``data/own_texts.toml``.

    What it was before stands in the audit trail.
    """

    code = models.CharField(_("code"), max_length=20)
    text = models.TextField(_("text"), max_length=4000)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("changed by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("text of the procedure documentation")
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="procedure_text_once"),
        ]

    def __str__(self) -> str:
        return self.code
