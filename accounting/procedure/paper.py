"""The documentation as a PDF/A, in any of the four languages."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.procedure.composing import Procedure
from erp.core import clock


def printed(procedure: Procedure) -> bytes:
    """The PDF/A-3b; the same documentation of the same moment gives the same bytes. Raises ``PdfUnavailable``."""
    from erp.documents.pdf import render

    with override(procedure.language):
        html = render_to_string("accounting/procedure/print.html", {
            "procedure": procedure, "company": procedure.company, "year": procedure.year,
            "at": procedure.at.astimezone(clock.ZURICH),
        })  # fmt: skip
        return render(html, sheets=("print", "procedure"), archive=True)


def file_name(procedure: Procedure) -> str:
    """What the PDF is called, in its language."""
    with override(procedure.language):
        what = _("procedure-documentation")
    year = procedure.year.name.replace("/", "-")
    return f"{procedure.company.short_name}-{year}-{what}.pdf"
