"""The layouts that a company has chosen."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.layouts.values import (
    FIELDS,
    INK,
    LEAST_WIDTH,
    MOST_WIDTH,
    USUAL,
    Font,
    Kind,
    Lines,
    Look,
    Place,
    Shown,
    Size,
)


def usual_columns() -> list[str]:
    """The columns that documents have until somebody chooses others."""
    return list(USUAL)


class Layout(CompanyOwned):
    """How papers of a kind look (Layout), or all that have none of their own.

    Changing it changes no paper that went out: each keeps the layout it was made with.
    """

    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    accent = models.CharField(_("colour of headings"), max_length=7, default=INK)
    font = models.CharField(_("font"), max_length=5, choices=Font, default=Font.SANS)
    size = models.CharField(_("size of letters"), max_length=6, choices=Size, default=Size.NORMAL)
    logo_place = models.CharField(
        _("place of the logo"), max_length=5, choices=Place, default=Place.LEFT
    )
    logo_width = models.PositiveSmallIntegerField(
        _("width of the logo in mm, at most"), default=MOST_WIDTH
    )
    columns = ArrayField(
        models.CharField(max_length=8, choices=Shown), default=usual_columns, blank=True,
        verbose_name=_("columns"),
    )  # fmt: skip
    sender_line = models.BooleanField(_("sender above the address"), default=True)
    letterhead = models.BooleanField(_("printed on letterhead paper"), default=False)
    lines = models.CharField(_("rows are told apart by"), max_length=5, choices=Lines,
                             default=Lines.RULED)  # fmt: skip

    class Meta:
        verbose_name = _("layout")
        constraints = [
            models.UniqueConstraint(fields=["company", "kind"], name="layout_once"),
            models.CheckConstraint(
                condition=Q(accent__regex=r"^#[0-9a-f]{6}$"), name="layout_accent_is_a_colour"
            ),
            models.CheckConstraint(
                condition=Q(logo_width__range=(LEAST_WIDTH, MOST_WIDTH)), name="layout_logo_width"
            ),
        ]

    def __str__(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def look(self) -> Look:
        return Look(**{**{name: getattr(self, name) for name in FIELDS},
                       "columns": tuple(self.columns)})  # fmt: skip
