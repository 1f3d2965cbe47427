"""The codes of a company on a day, with their rates and boxes (Codetabelle)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.core.display import swiss_date
from erp.web.export import Table, table
from vat.codes.models import RateClass, VatCode
from vat.codes.queries import Form


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code with its rate and boxes on a day."""

    code: VatCode
    rate: Decimal | None
    boxes: str


def rows_of(codes: list[VatCode], form: Form) -> list[CodeRow]:
    """Codes with their rate and boxes; asks nothing of the database."""
    return [
        CodeRow(
            one,
            form.rates.get(one.rate_class) if one.rate_class != RateClass.NONE else None,
            ", ".join(form.boxes_of(one)),
        )
        for one in codes
    ]


def code_table(rows: list[CodeRow], day: dt.date) -> Table:
    """The table of codes (Codetabelle) to print or take along."""
    head = [_("Code"), _("Name"), _("Kind"), _("Rate in percent"), _("Boxes"),
            _("Deductible share in percent"), _("Behaves as"), _("Active")]  # fmt: skip
    return table(
        title=_("VAT codes"), subtitle=_("Rates and boxes of %s") % swiss_date(day), head=head,
        name="vat-codes", wide=True,
        rows=[
            [row.code.code, row.code.name, row.code.get_kind_display(), row.rate, row.boxes,
             row.code.deductible_percent, row.code.catalogue_code,
             _("yes") if row.code.active else _("no")]
            for row in rows
        ],
    )  # fmt: skip
