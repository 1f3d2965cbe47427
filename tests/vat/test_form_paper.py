"""The form on paper: every box with its figure, in four languages, on one leaf."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest

from erp.core.display import chf
from erp.manual.texts import source_of
from tests.vat.declarations import EFFECTIVE, NET_2024, SIMPLE
from vat.codes.catalogue import catalogue
from vat.returns.boxes import (
    LANGUAGES,
    BoxKind,
    _boxes,
    amount_of,
    form_order,
    label,
    row_label,
)
from vat.returns.form import Declaration, RateRow
from vat.returns.paper import WORDINGS, form_html, form_pdf

DAY = dt.date(2026, 4, 20)
TITLE = "MWST-Abrechnung 1. Quartal 2026"
TOLD = {"company": "Bäckerei Müller & Söhne AG", "uid": "CHE999999996", "title": TITLE}
#: Each box has an amount, and what can be long is long.
FULL = replace(
    EFFECTIVE,
    boxes=EFFECTIVE.boxes | {
        "200": Decimal("1112345.65"), "205": Decimal("2400.00"), "221": Decimal("1000.00"),
        "225": Decimal("250000.00"), "230": Decimal("2012.50"), "280": Decimal("747098.60"),
        "410": Decimal("120.00"), "900": Decimal("5000.00"),
    },
    supplies=(RateRow("302", Decimal("7.7"), Decimal("1234.55")),
              RateRow("303", Decimal("8.1"), Decimal("80000.00")),
              RateRow("312", Decimal("2.5"), Decimal("1000.00")),
              RateRow("313", Decimal("2.6"), Decimal("9500.00")),
              RateRow("342", Decimal("3.7"), Decimal("10000.00")),
              RateRow("343", Decimal("3.8"), Decimal("-99.90"))),
    acquisitions=(*EFFECTIVE.acquisitions, RateRow("382", Decimal("7.7"), Decimal("12.35"))),
    note_280="Wert des Bodens, Parzelle 1234 in Oberwil bei Bürx",
)  # fmt: skip


def words(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("declaration", [FULL, SIMPLE, NET_2024], ids=["effective", "net", "2024"])
def test_every_box_stands_on_one_leaf_with_its_figure(declaration, language):
    content = form_pdf(declaration, filed=True, language=language, printed=DAY, **TOLD)
    with pikepdf.open(io.BytesIO(content)) as file:
        assert len(file.pages) == 1
        assert "3" in str(file.open_metadata()["pdfaid:part"])
    text = words(content)
    for box in form_order(declaration.method, declaration.end):
        if box.kind in {BoxKind.SUPPLY, BoxKind.ACQUISITION} or box.number in "SA":
            continue
        if box.kind == BoxKind.HEADING or box.number == "479":
            if declaration is NET_2024 and box.number in {"V", "479"}:
                continue
        else:
            assert box.number in text
        assert box.labels[language].split(" (")[0] in text
        amount = amount_of(declaration, box)
        assert not amount or chf(abs(amount)) in text, box.number
    for row in (*declaration.supplies, *declaration.acquisitions):
        assert chf(row.turnover) in text and chf(row.tax) in text
    for told in (TITLE, "Bäckerei Müller & Söhne AG", "CHE-999.999.996", "20.04.2026", "1 / 1"):
        assert told in text
    assert WORDINGS[language].draft not in text and WORDINGS[language].filed in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_says_that_it_is_not_filed(language):
    html = form_html(EFFECTIVE, filed=False, language=language, **TOLD)
    assert html.count(WORDINGS[language].draft) == 2


def test_the_same_form_is_the_same_file():
    told = {"filed": True, "language": "de", "printed": DAY, **TOLD}
    assert form_pdf(FULL, **told) == form_pdf(FULL, **told)


def test_a_name_is_text_and_nothing_else():
    told = TOLD | {"company": "<script>alert(1)</script> & Co"}
    html = form_html(EFFECTIVE, filed=True, language="de", **told)
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_a_credit_stands_in_box_510():
    credit = replace(EFFECTIVE, boxes=EFFECTIVE.boxes | {"405": Decimal("10000.00")})
    html = form_html(credit, filed=True, language="de", **TOLD)
    assert re.search(r'class="none"><strong>0\.00</strong><b>500<', html)
    assert re.search(r'class="full"><strong>5’461\.00</strong><b>510<', html)


def test_a_hundred_activities_go_on_to_further_leaves():
    rows = tuple(
        RateRow("", Decimal("0.6"), Decimal("100.00"), f"{n:05}", f"Tätigkeit {n}")
        for n in range(100)
    )
    many = replace(SIMPLE, supplies=rows, boxes={"200": Decimal("10000.00")})
    content = form_pdf(many, filed=True, language="de", **TOLD)
    assert "Tätigkeit 99" in words(content) and "2 / 3" in words(content)


def test_shown_taxes_that_do_not_add_up_are_explained():
    """Three rows of 0.05 at 10 % show 0.01 each, and owe 0.02."""
    rows = tuple(RateRow("", Decimal(10), Decimal("0.05"), f"0000{n}", "A") for n in range(3))
    small = replace(SIMPLE, supplies=rows, acquisitions=())
    told = {"filed": True, "language": "de", **TOLD}
    assert "einmal am Ende gerundet" in form_html(small, **told)
    assert "einmal am Ende gerundet" not in form_html(EFFECTIVE, **told)


# --- boxes as data ----------------------------------------------------------------------------------
def test_each_box_has_a_label_in_each_language_and_stands_once_at_a_time():
    assert all(box.labels[language] for box in _boxes() for language in LANGUAGES)
    for method in ("effective", "net", "flat"):
        for year in range(2023, 2030):
            numbers = [box.number for box in form_order(method, dt.date(year, 12, 31))]
            assert len(numbers) == len(set(numbers)), (method, year)


def test_the_form_follows_method_and_days():
    def boxes(method: str, year: int) -> list[str]:
        order = form_order(method, dt.date(year, 12, 31))
        return [box.number for box in order if box.kind != BoxKind.HEADING]

    assert boxes("effective", 2026) == [
        "200", "205", "220", "221", "225", "230", "235", "280", "289", "299", "302", "303", "312",
        "313", "342", "343", "382", "383", "399", "400", "405", "410", "415", "420", "479", "500",
        "510", "900", "910",
    ]  # fmt: skip
    assert "323" in boxes("net", 2024) and "415" not in boxes("net", 2024)
    assert "323" not in boxes("net", 2025) and "415" in boxes("net", 2025)
    assert label("415", "effective", "de") != label("415", "net", "de")
    assert label("205", "net", "de") == "" and label("200", "flat", "fr-ch").startswith("Total des")


def test_a_rate_that_is_data_alone_has_a_name_before_its_box_has_one():
    future = RateRow("304", Decimal("8.8"), Decimal("1.00"))
    assert row_label(future, "effective", "de") == "Leistungen"
    assert row_label(future, "effective", "it", acquired=True) == "Imposta sull’acquisto"
    html = form_html(Declaration(dt.date(2028, 1, 1), dt.date(2028, 3, 31), "effective", "agreed",
                                 {"200": Decimal("1.00")}, (future,), ()),
                     filed=False, language="de", **TOLD)  # fmt: skip
    assert ">304<" in html and "8.8 %" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_explains_each_box_and_each_code(language):
    text = source_of("vat-form", language).read_text(encoding="utf-8")
    for box in _boxes():
        if box.kind != BoxKind.HEADING:
            assert re.search(rf"^\| (?:[0-9, ]*, )?{box.number}\b", text, re.MULTILINE), box.number
    for code, shipped in catalogue().items():
        if shipped.base_boxes or shipped.tax_box:
            assert code[0] == "U" or re.search(rf"\b{code}\b", text), code
