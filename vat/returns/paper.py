"""The form on paper (Abrechnungsformular als PDF): one leaf of A4, in the language asked for.

Own layout with the tax office's boxes; it is kept with the filed return and filed by nobody.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.template.loader import render_to_string

from erp.core.display import chf, figure, swiss_date
from erp.core.identifiers import format_uid
from erp.core.version import VERSION
from erp.documents import pdf
from vat.codes.models import VatSettings
from vat.returns.boxes import Box, BoxKind, amount_of, form_order, label, row_label
from vat.returns.form import Declaration, RateRow

SHEET: Final = "vat-form"
_ARTICLE: Final = re.compile(
    r"\b((?:art|abs|bst|al|let|cpv|lett|ziff|ch|ref|para|lit|n|form)[.°]?) (?=[0-9a-z]\b|[0-9])",
    re.IGNORECASE,
)
Method, Basis = VatSettings.Method, VatSettings.Basis


class Wording(NamedTuple):
    """What else stands on the form, in one language: fixed, whoever prints it."""

    vat: str
    period: str
    method: str
    basis: str
    state: str
    filed: str
    draft: str
    printed: str
    page: str
    box: str
    turnover: str
    rate: str
    supplies: str
    tax: str
    amount: str
    articles: str
    gross: str
    rounding: str
    methods: dict[str, str]
    bases: dict[str, str]


WORDINGS: Final[dict[str, Wording]] = {
    "de": Wording(
        "MWST", "Abrechnungsperiode", "Methode", "Entgelte", "Stand", "eingereicht",
        "Entwurf, nicht eingereicht", "Gedruckt am", "Seite", "Ziffer", "Umsatz CHF", "Satz",
        "Leistungen CHF", "Steuer CHF", "CHF",
        "Zitierte Artikel beziehen sich auf das Mehrwertsteuergesetz vom 12.06.2009.",
        "Umsätze und Leistungen einschliesslich Steuer.",
        "Ziffer 399 ist einmal am Ende gerundet.",
        {Method.EFFECTIVE: "effektiv", Method.NET_TAX_RATE: "Saldosteuersatz",
         Method.FLAT_RATE: "Pauschalsteuersatz"},
        {Basis.AGREED: "vereinbart", Basis.RECEIVED: "vereinnahmt"}),
    "fr": Wording(
        "TVA", "Période de décompte", "Méthode", "Contre-prestations", "État", "remis",
        "Projet, non remis", "Imprimé le", "Page", "Chiffre", "Chiffre d’affaires CHF", "Taux",
        "Prestations CHF", "Impôt CHF", "CHF",
        "Les articles cités se réfèrent à la loi sur la TVA du 12.06.2009.",
        "Chiffre d’affaires et prestations impôt compris.",
        "Le ch. 399 est arrondi une seule fois, à la fin.",
        {Method.EFFECTIVE: "effective", Method.NET_TAX_RATE: "taux de la dette fiscale nette",
         Method.FLAT_RATE: "taux forfaitaires"},
        {Basis.AGREED: "convenues", Basis.RECEIVED: "reçues"}),
    "it": Wording(
        "IVA", "Periodo di rendiconto", "Metodo", "Controprestazioni", "Stato", "inoltrato",
        "Bozza, non inoltrata", "Stampato il", "Pagina", "Cifra", "Cifra d’affari CHF", "Aliquota",
        "Prestazioni CHF", "Imposta CHF", "CHF",
        "Gli articoli citati si riferiscono alla legge sull’IVA del 12.06.2009.",
        "Cifra d’affari e prestazioni imposta compresa.",
        "La cifra 399 è arrotondata una sola volta, alla fine.",
        {Method.EFFECTIVE: "effettivo", Method.NET_TAX_RATE: "aliquote saldo",
         Method.FLAT_RATE: "aliquote forfettarie"},
        {Basis.AGREED: "convenute", Basis.RECEIVED: "ricevute"}),
    "en": Wording(
        "VAT", "Reporting period", "Method", "Consideration", "State", "filed",
        "Draft, not filed", "Printed on", "Page", "Ref.", "Turnover CHF", "Rate",
        "Supplies CHF", "Tax CHF", "CHF",
        "Articles quoted are those of the VAT Act of 12.06.2009.",
        "Turnover and supplies including tax.",
        "Ref. 399 is rounded once, at the end.",
        {Method.EFFECTIVE: "effective", Method.NET_TAX_RATE: "net tax rate",
         Method.FLAT_RATE: "flat rate"},
        {Basis.AGREED: "agreed", Basis.RECEIVED: "collected"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the form: ``inner`` beside the totals, ``outer`` in their column."""

    box: str
    text: str
    kind: str
    inner: str = ""
    outer: str = ""
    rate: str = ""
    note: str = ""


def form_pdf(
    declaration: Declaration, *, company: str, uid: str, title: str, filed: bool, language: str,
    printed: dt.date | None = None,
) -> bytes:  # fmt: skip
    """The form as PDF/A-3b; the same values give the same bytes.

    ``company`` is the name of who declares, ``uid`` the canonical number, ``language`` one of
    ``de``, ``fr``, ``it`` and ``en``. What is not ``filed`` says so above and across the page.
    ``printed`` is a day to be told at the foot. Raises ``PdfUnavailable``.
    """
    html = form_html(declaration, company=company, uid=uid, title=title, filed=filed,
                     language=language, printed=printed)  # fmt: skip
    return pdf.render(html, sheets=(SHEET,), archive=True)


def form_html(
    declaration: Declaration, *, company: str, uid: str, title: str, filed: bool, language: str,
    printed: dt.date | None = None,
) -> str:  # fmt: skip
    """The page that ``form_pdf`` prints; it needs nothing from outside."""
    wording = WORDINGS[language[:2]]
    method, end = declaration.method, declaration.end
    order = form_order(method, end)
    lines = list(_lines(declaration, order, language[:2]))
    ending = declaration.payable
    return render_to_string("vat/returns/form.html", {
        "wording": wording, "language": language[:2], "company": company, "title": title,
        "uid": f"{format_uid(uid)} {wording.vat}" if uid else "", "filed": filed,
        "facts": _facts(declaration, wording, filed),
        "heads": {one: label(one, method, language) for one in ("I", "D", "II", "V", "III")},
        "turnover": [line for line in lines if line.kind in _TURNOVER],
        "rows": [*_rows(declaration, language[:2])],
        "due": _line(declaration, order, "399", language),
        "credits": [line for line in lines if line.kind in {BoxKind.CREDIT, BoxKind.DEBIT}],
        "credit": _line(declaration, order, "479", language),
        "results": [(box, label(box, method, language), chf(amount), bool(amount))
                    for box, amount in (("500", max(ending, Decimal(0))),
                                        ("510", max(-ending, Decimal(0))))],
        "flows": [line for line in lines if line.kind == BoxKind.FLOW],
        "gross": method != Method.EFFECTIVE,
        "rounded": declaration.due != sum(row.tax for row in _all_rows(declaration)),
        "printed": swiss_date(printed),
        "created": printed.isoformat() if printed else "", "version": VERSION,
    })  # fmt: skip


_TURNOVER: Final = {
    BoxKind.TURNOVER, BoxKind.MEMO, BoxKind.DEDUCTION, "taken", "taxable", "deductions",
}  # fmt: skip


def _all_rows(declaration: Declaration) -> tuple[RateRow, ...]:
    return (*declaration.supplies, *declaration.acquisitions)


def _facts(declaration: Declaration, wording: Wording, filed: bool) -> list[tuple[str, str]]:
    days = f"{swiss_date(declaration.start)} \N{EN DASH} {swiss_date(declaration.end)}"
    return [
        (wording.period, days),
        (wording.method, wording.methods.get(declaration.method, "")),
        (wording.basis, wording.bases.get(declaration.basis, "")),
        (wording.state, wording.filed if filed else wording.draft),
    ]


def _lines(declaration: Declaration, order: tuple[Box, ...], language: str) -> Iterator[Line]:
    """The boxes that have one amount. Those that others add up to stand in the outer column."""
    for box in order:
        amount = amount_of(declaration, box)
        text, shown = _held(box.labels[language]), chf(amount) if amount else ""
        note = declaration.note_280 if box.number == "280" else ""
        if box.number == "D":
            yield Line("", text, "deductions")
        elif box.number == "289":
            yield Line(box.number, text, "taken", outer=chf(amount))
        elif box.number == "299":
            yield Line(box.number, text, "taxable", outer=chf(amount))
        elif box.kind == BoxKind.TURNOVER:
            yield Line(box.number, text, box.kind, outer=chf(amount))
        elif box.kind in {BoxKind.MEMO, BoxKind.DEDUCTION, BoxKind.CREDIT, BoxKind.FLOW}:
            yield Line(box.number, text, box.kind, inner=shown, note=note)
        elif box.kind == BoxKind.DEBIT:
            yield Line(box.number, text, box.kind, inner=chf(-amount) if amount else "")


def _rows(declaration: Declaration, language: str) -> Iterator[Line]:
    for rows, acquired in ((declaration.supplies, False), (declaration.acquisitions, True)):
        for row in rows:
            yield Line(
                row.box or row.activity, _row_text(row, declaration.method, language, acquired),
                "acquisition" if acquired else "supply", inner=chf(row.turnover),
                outer=chf(row.tax), rate=f"{figure(row.rate)} %",
            )  # fmt: skip


def _row_text(row: RateRow, method: str, language: str, acquired: bool) -> str:
    """Until 2024 an activity stands behind the label of its box, since then in place of one."""
    text = row_label(row, method, language, acquired=acquired)
    box = label(row.box, method, language) if row.activity or row.name else ""
    return _held(f"{box}: {text}" if box and text else text)


def _held(text: str) -> str:
    """Numbers of articles and boxes stay on the line of the word before."""
    return _ARTICLE.sub("\\1\N{NO-BREAK SPACE}", text)


def _line(declaration: Declaration, order: tuple[Box, ...], number: str, language: str) -> Any:
    box = next((one for one in order if one.number == number), None)
    if box is None:
        return None
    amount = chf(amount_of(declaration, box))
    return Line(number, _held(box.labels[language[:2]]), box.kind, outer=amount)
