"""The documentation as a PDF/A, in any of the four languages."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounting.procedure.composing import Procedure
from erp.companies.models import Company
from erp.core import clock, sandbox
from erp.core.errors import DomainError

PATIENCE: Final = 2  # of the sandbox: a minute of processor
_WAIT: Final = "SELECT pg_advisory_xact_lock(hashtextextended('procedure-paper', %s))"
_TRY: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended('procedure-paper', %s))"


class BeingPrinted(DomainError):
    code = "procedure.being_printed"
    message = gettext_lazy("The procedure documentation of this company is being laid out at this moment. Ask "
                           "for it again in a minute.")  # fmt: skip
    conflict = True


class TooLongToPrint(DomainError):
    code = "procedure.too_long_to_print"
    message = gettext_lazy("The procedure documentation is too long to be laid out as a PDF. Read it on its "
                           "page, or fetch it as data.")  # fmt: skip
    conflict = True


def printed(procedure: Procedure, *, in_turn: bool = False) -> bytes:
    """The PDF/A-3b; the same documentation of the same moment gives the same bytes.

    It is laid out in a child process with limits, one of a company at a time until this transaction ends.
    Raises ``BeingPrinted`` where another is under way, unless it waits ``in_turn``, ``TooLongToPrint``, or
    ``PdfUnavailable``.
    """
    _alone(procedure.company, in_turn=in_turn)
    with override(procedure.language):
        html = render_to_string("accounting/procedure/print.html", {
            "procedure": procedure, "company": procedure.company, "year": procedure.year,
            "at": procedure.at.astimezone(clock.ZURICH),
        })  # fmt: skip
    try:
        pdf: bytes = sandbox.call(
            "erp.documents.pdf:render_apart", html.encode(), patience=PATIENCE,
            sheets=["print", "procedure"], archive=True,
        )  # fmt: skip
    except sandbox.Busy:
        raise BeingPrinted from None
    except sandbox.TooCostly:
        raise TooLongToPrint from None
    return pdf


def _alone(company: Company, *, in_turn: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WAIT if in_turn else _TRY, [company.pk])
        if cursor.fetchone()[0] is False:
            raise BeingPrinted


def file_name(procedure: Procedure) -> str:
    """What the PDF is called, in its language."""
    with override(procedure.language):
        what = _("procedure-documentation")
    year = procedure.year.name.replace("/", "-")
    return f"{procedure.company.short_name}-{year}-{what}.pdf"
