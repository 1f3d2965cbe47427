"""The annual accounts as one PDF (Jahresrechnung): balance sheet, income statement, cash flow, notes, profit.

Figures stand beside those of the year before (OR 958d), notes as the law lists them (OR 959c). A sole
proprietorship or partnership has no notes unless it writes some.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounting.closing.appropriating import BY_ITSELF, at_disposal, used_of
from accounting.closing.notes import MAY_OMIT, Note
from accounting.closing.paper import Paper, paper_of
from accounting.ledger.models import FiscalYear, YearClosing
from accounting.statements import statements
from accounting.statements.cash_flow import cash_flow
from accounting.statements.statements import StatementRow
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import chf, swiss_date
from erp.core.money import ZERO
from erp.layouts.values import Look


@dataclass(frozen=True)
class Section:
    """A part of the report: rows with a figure for each head, or notes."""

    title: str
    subtitle: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    notes: tuple[Note, ...] = ()


def annual_report(company: Company, year: FiscalYear, *, look: Look | None = None) -> bytes:
    """The PDF of a year in the language of the company; a draft says so until the year is closed.

    Of a closed year it is as it was closed, with the layout and the logo of then, but for what was
    decided on its profit since. ``look`` is another layout to be tried.
    """
    from erp.documents.logos import picture_as_data
    from erp.documents.pdf import render
    from erp.documents.pictures import printable

    closing = YearClosing.standing(company).filter(fiscal_year=year).first()
    paper = paper_of(company, year, closing)
    look = look or paper.look
    logo = "" if look.letterhead else picture_as_data(company, paper.logo)
    with override(paper.language):
        html = render_to_string("accounting/closing/annual_accounts.html", {
            "company": company, "paper": paper, "year": year, "closing": closing,
            "look": look, "logo": printable(logo) if logo else "", "printed": _moment(closing),
            "sections": sections(company, year, closing, paper),
        })  # fmt: skip
        return render(html, sheets=("print", "annual"), archive=True)


def sections(
    company: Company, year: FiscalYear, closing: YearClosing | None, paper: Paper
) -> list[Section]:
    """What the report holds, in order; the language is the active one."""
    language, chart = paper.language, paper.chart
    columns = statements.columns(company, until=year.end)
    heads = tuple(swiss_date(col.until) for col in columns)
    spans = tuple(str(col.year) for col in columns)
    years = [col.year for col in columns]
    balance = statements.balance_sheet(company, columns, language=language, chart=chart)
    income = statements.income_statement(company, columns, language=language, chart=chart)
    flow = cash_flow(company, years, language=language, chart=chart)
    span = f"{swiss_date(year.start)} – {swiss_date(year.end)}"
    found = [
        Section(balance.title, swiss_date(year.end), heads, _rows(balance.rows)),
        Section(income.title, span, spans, _rows(income.rows)),
        Section(_("Cash flow statement"), span, spans, _rows(flow.rows)),
    ]
    notes = tuple(note for note in paper.notes if note.text)
    if paper.legal_form not in MAY_OMIT or any(note.is_own for note in notes):
        found.append(
            Section(
                pgettext("year-end", "Notes"),
                _("Notes to the annual accounts %s") % year,
                notes=notes,
            )
        )
    if closing is not None and paper.legal_form not in BY_ITSELF:
        found.append(_use(company, year, closing))
    return found


def _use(company: Company, year: FiscalYear, closing: YearClosing) -> Section:
    used = used_of(company, year)
    available = used.available if used is not None else at_disposal(company, year, closing)
    rows = [
        ("position", _("Carried forward from earlier years"), available - closing.result),
        ("position", _("Result of the year"), closing.result),
        ("total", _("At the disposal of the general meeting"), available),
    ]
    if used is not None:
        rows += [
            ("position", _("To the statutory reserve"), ZERO - used.statutory),
            ("position", _("To voluntary reserves"), ZERO - used.voluntary),
            ("position", _("Dividend"), ZERO - used.dividend),
            ("grand", _("Carried forward"), available - used.used),
        ]  # fmt: skip
        subtitle = _("As decided on %s") % swiss_date(used.decided_on)
    else:
        rows.append(("grand", _("Carried forward"), available))
        subtitle = _(
            "Proposal: all is carried forward, until the general meeting decides otherwise"
        )
    return Section(_("Appropriation of profit"), subtitle, (company.currency,),
                   tuple((kind, name, (_cell(amount),)) for kind, name, amount in rows))  # fmt: skip


def _rows(rows: list[StatementRow]) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    return tuple((row.kind, row.name, tuple(_cell(one) for one in row.figures)) for row in rows)


def _cell(amount: Decimal | None) -> tuple[str, str]:
    if amount is None:
        return "", "figure"
    return chf(amount), "figure negative" if amount < 0 else "figure"


def _moment(closing: YearClosing | None) -> Any:
    """When the year was closed: the same report has the same bytes; of an open year, now."""
    return (closing.closed_at if closing else clock.now()).astimezone(clock.ZURICH)
