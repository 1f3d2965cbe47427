"""What a new client begins with (Mandatsvorlage)."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.fiduciary.models.base import FirmOwned
from erp.fiduciary.models.checklists import ChecklistTemplate


class MandateTemplate(FirmOwned):
    """Accounts, VAT codes, wage types, payment terms and texts as another client has them.

    ``content`` holds values by part, as ``templates.PARTS`` reads and writes them; no figures, and no
    names of customers. ``made_from`` is what that client was called.
    """

    name = models.CharField(_("name"), max_length=80)
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    checklist = models.ForeignKey(
        ChecklistTemplate, on_delete=models.PROTECT, related_name="+", null=True,
        db_constraint=False, db_index=False, verbose_name=_("checklist"),
    )  # fmt: skip
    made_from = models.CharField(_("made from"), max_length=120)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("made by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("mandate template")
        constraints = [
            models.UniqueConstraint(fields=["firm", "name"], name="mandate_template_once"),
        ]

    def __str__(self) -> str:
        return self.name
