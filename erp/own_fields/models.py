"""Fields that a company gives its records itself (eigene Felder)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned, Multilingual


class OwnField(CompanyOwned, Multilingual):
    """A field of the company's own; a record keeps its values in ``own_values``, by code.

    ``subject`` is the kind of record that has it, by its name in ``erp.own_fields.subjects``.
    ``printed`` fields stand on the paper, too.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        CHOICE = "choice", _("choice")
        FLAG = "flag", _("yes or no")

    subject = models.CharField(_("of"), max_length=20)
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    choices = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("choices")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    printed = models.BooleanField(_("printed"), default=False)

    class Meta:
        verbose_name = _("own field")
        constraints = [
            models.UniqueConstraint(fields=["company", "subject", "code"], name="own_field_once"),
        ]

    def __str__(self) -> str:
        return self.name
