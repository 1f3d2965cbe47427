"""The slip as a PDF (Lohnabrechnung): made once of what was posted, kept sealed, the same ever after."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from erp.core.bulk import update_rows
from erp.documents import joining
from erp.documents.logos import picture_as_data
from erp.documents.pdf import render
from payroll.delivery.terms import settings_of as delivery_of
from payroll.runs import explaining
from payroll.runs.digest import require_untouched
from payroll.runs.models import PayrollRun, Payslip, SlipContent
from payroll.runs.queries import year_to_date
from payroll.runs.refusals import NotPosted, Tampered
from payroll.runs.words import why_in_words
from payroll.setup.models import PayrollSettings
from payroll.wages.drafting import is_after_net
from payroll.wages.kinds import Base
from payroll.wages.values import SlipLine


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is printed; ``to_date`` is what its wage type comes to since January."""

    line: SlipLine
    to_date: Decimal | None
    why: tuple[str, ...]

    @property
    def told(self) -> tuple[str, ...]:
        """The reasons that paper tells."""
        return explaining.told(self.line.why)

    @property
    def rate(self) -> Decimal | None:
        return self.line.rate if self.line.rate is not None else self.line.percent

    @property
    def basis(self) -> Decimal | None:
        return self.line.quantity if self.line.quantity is not None else self.line.base

    @property
    def is_percent(self) -> bool:
        return self.line.rate is None and self.line.percent is not None


@dataclass(frozen=True, slots=True)
class Section:
    """Lines with their sum: gross, deductions; what follows has none but the payout."""

    title: str
    rows: tuple[Row, ...]
    total_title: str
    total: Decimal


def sections_of(content: SlipContent) -> list[Section]:
    """The slip from gross to net to payout, in the active language."""
    slip, to_date = content.slip, year_to_date(content)
    shown: set[int] = set()

    def rows(lines: Iterable[SlipLine]) -> tuple[Row, ...]:
        found = []
        for line in lines:
            first = line.type not in shown
            shown.add(line.type)
            found.append(Row(line, to_date.get(line.type) if first else None,
                             tuple(why_in_words(one) for one in line.why)))  # fmt: skip
        return tuple(found)

    paid = [one for one in slip.lines if one.paid and one.amount]
    after = [one for one in paid if is_after_net(one)]
    before = [one for one in paid if not is_after_net(one)]
    gross = rows(one for one in before if Base.GROSS in one.bases)
    deducted = rows(one for one in before if Base.GROSS not in one.bases)
    others = rows(after)
    found = [Section(_("Wages"), gross, _("Gross wages"), slip.gross)]
    found.append(Section(_("Deductions"), deducted, _("Net wages"), slip.net))
    if others:
        found.append(Section(_("Expenses and advances"), others, "", slip.payout))
    return found


def masked(iban: str) -> str:
    """An account as it is printed: its country and the last four places."""
    return f"{iban[:4]} … {iban[-4:]}"


def html_of(
    run: PayrollRun, content: SlipContent, *, settings: PayrollSettings, logo: str,
    employer: bool = False,
) -> str:  # fmt: skip
    """The slip as a page to be printed, in the employee's language; ``employer``: with the employer's part."""
    with override(content.language or "de"):
        context = paper_context(run, content, settings=settings, logo=logo)
        context |= {"insured": explaining.explained_charges(content, employer=employer), "employer": employer,
                    "taxes": content.slip.taxes}  # fmt: skip
        return render_to_string("payroll/runs/slip_paper.html", context)


def paper_context(
    run: PayrollRun, content: SlipContent, *, settings: PayrollSettings, logo: str = ""
) -> dict[str, Any]:
    """What the printed slip shows, in the active language."""
    return {
        "run": run, "company": run.company, "content": content, "person": content.person,
        "address": [one for one in content.person.get("address", "").split("\n") if one],
        "sections": sections_of(content), "slip": content.slip, "logo": logo,
        "payout": [(masked(one.iban), one.name, one.amount) for one in content.payout],
        "leave": _leave(content), "text": settings.slip_text,
        "months": content.months if len(content.months) > 1 else (),
        "title": _("Correction of wages") if run.is_correction else _("Payslip"),
    }  # fmt: skip


def _leave(content: SlipContent) -> list[tuple[str, Decimal]]:
    labels = {"holidays": _("Holidays left (days)"), "overtime": _("Overtime (hours)")}
    return [
        (labels[kind], Decimal(amount)) for kind, amount in content.leave.items() if kind in labels
    ]


def pdf_of(slip: Payslip, *, settings: PayrollSettings, logo: str, employer: bool = False) -> bytes:
    """The PDF of a slip. Raises ``Tampered`` where its content is not what was posted."""
    require_untouched(slip)
    html = html_of(slip.run, slip.content, settings=settings, logo=logo, employer=employer)
    return render(html, sheets=["payslip"])


@transaction.atomic
def paper_of(slip: Payslip) -> bytes:
    """The kept PDF of a posted slip; made if there is none yet, and never again.

    Raises ``NotPosted``, ``Tampered`` where slip or PDF are not what was kept, or ``PdfUnavailable``.
    """
    rows = Payslip.of(slip.company_id)
    rows.select_for_update(of=("self",)).get(pk=slip.pk)
    held = rows.select_related("run__company").get(pk=slip.pk)
    if held.paper is not None:
        return untouched(held)
    if not held.run.is_booked:
        raise NotPosted(month=str(held.run), status=held.run.get_status_display())
    made = make_papers(held.run, [held])
    return made[0]


def untouched(slip: Payslip) -> bytes:
    """A slip's kept PDF. Raises ``Tampered`` where it, or what it was made of, is not what was kept."""
    require_untouched(slip)
    paper = bytes(slip.paper or b"")
    if hashlib.sha256(paper).hexdigest() != slip.paper_digest:
        raise Tampered(month=str(slip.run))
    return paper


def make_papers(run: PayrollRun, slips: Sequence[Payslip]) -> list[bytes]:
    """Make and keep the PDF files of slips that are held and have none: four queries."""
    settings = PayrollSettings.of(run.company_id).first() or PayrollSettings()
    employer = delivery_of(run.company).tells_employer
    logo = picture_as_data(run.company, run.company.logo_digest)
    for slip in slips:
        slip.run = run
        slip.paper = pdf_of(slip, settings=settings, logo=logo, employer=employer)
        slip.paper_digest = hashlib.sha256(slip.paper).hexdigest()
    update_rows(Payslip, slips, ["paper", "paper_digest"])
    return [bytes(slip.paper or b"") for slip in slips]


def next_without_paper(run: PayrollRun, most: int) -> list[Payslip]:
    """Slips of a run that have no PDF yet and that nobody else works on, held."""
    rows = Payslip.of(run.company_id).filter(run=run, paper=None).order_by("pk")
    return list(rows.select_for_update(skip_locked=True)[:most])


def whole_pdf(run: PayrollRun) -> bytes:
    """All slips of a run as one PDF, by name; papers must be made.

    Raises ``NothingToPrint`` or ``Tampered``.
    """
    slips = Payslip.of(run.company_id).filter(run=run).exclude(paper=None).select_related("run")
    rows = sorted(slips, key=lambda one: one.content.person.get("name", "").casefold())
    return joining.joined(untouched(one) for one in rows)


def file_name(run: PayrollRun, content: SlipContent) -> str:
    """``2026-03-Lohnabrechnung-17.pdf``: the personnel number, no name."""
    with override(content.language or "de"):
        word = _("Payslip")
    return f"{run.month:%Y-%m}-{word}-{content.person.get('number', '')}.pdf".replace(" ", "-")


def preview(run: PayrollRun, content: SlipContent, *, settings: PayrollSettings) -> bytes:
    """The PDF of a slip that is not posted, as it would look; nothing is kept."""
    logo = picture_as_data(run.company, run.company.logo_digest)
    html = html_of(run, content, settings=settings, logo=logo,
                   employer=delivery_of(run.company).tells_employer)  # fmt: skip
    return render(html, sheets=["payslip"])
