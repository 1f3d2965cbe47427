"""Papers in print: read again by others, kept and made again, whatever stands in them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pikepdf
import pypdfium2
import pytest
import time_machine
import zxingcpp
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from accounting.qr.payload import payload
from accounting.receivables import paper as papers
from accounting.receivables.paper import Paper, PaperLine, TableBody
from accounting.receivables.paper.wording import WORDINGS
from erp.core.display import chf
from erp.documents import pdf as printer
from tests.accounting.qr.bills import BILL, COUNTRIES
from tests.accounting.receivables.papers import (
    EXAMPLES,
    SENDER,
    dunning,
    invoice,
    item,
    logo,
    many,
    mixed,
)
from tests.examples import cases

POINT = 72 / 25.4  # points in a millimetre
D = Decimal


def opened(raw: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(raw)


def made(paper: Paper) -> pypdfium2.PdfDocument:
    return opened(papers.pdf(paper))


def words(pdf: pypdfium2.PdfDocument, page: int | None = None) -> str:
    """The text of a page, or of all, without the ends of its lines."""
    pages = range(len(pdf)) if page is None else [page % len(pdf)]
    told = " ".join(pdf[nth].get_textpage().get_text_range() for nth in pages)
    return re.sub(r"\s+", " ", told.replace("\xa0", " "))


def scanned(pdf: pypdfium2.PdfDocument) -> list[list[bytes]]:
    """What an independent reader finds on each page."""
    found = []
    for page in pdf:
        picture = page.render(scale=150 / 72).to_pil()
        codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        found.append([one.bytes for one in codes])
    return found


def payloads(paper: Paper) -> list[bytes]:
    return [payload(bill, countries=COUNTRIES).encode() for bill in paper.bills]


def boxes(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, float, float, float]]:
    """Each letter of a page, with its left, upper, right and lower edge in millimetres."""
    text, height = page.get_textpage(), page.get_height()
    for nth in range(text.count_chars()):
        left, low, right, high = text.get_charbox(nth)
        letter = text.get_text_range(nth, 1)
        if letter.strip() and right > left:
            yield (
                letter,
                left / POINT,
                (height - high) / POINT,
                right / POINT,
                (height - low) / POINT,
            )


# --- the slip ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("paper", "pages"),
    [
        (invoice(), [1]),
        (many(100), [0, 0, 0, 1]),
        (many(44), [0, 0, 1]),
        (mixed(), [0, 1, 1, 1]),
        (dunning(), [1]),
        (EXAMPLES["one-line"], [1]),
        (EXAMPLES["gross-euro"], [1]),
        (EXAMPLES["credit"], [0]),
    ],
    ids=["single", "many", "separate", "instalments", "dunning", "footer", "euro", "none"],
)
def test_another_reader_finds_each_bill_on_its_page(paper, pages):
    found = scanned(made(paper))
    assert [len(codes) for codes in found] == pages
    assert [code for codes in found for code in codes] == payloads(paper)


def test_nothing_but_the_slip_stands_below_its_edge():
    """The foot of the page, too, is above the cut; on pages without a slip it is at the foot."""
    sender = replace(SENDER, footer="Quai eins\nQuai zwei")
    pdf = made(many(45, letter_changes={"sender": sender}))
    assert len(pdf) == 3
    for nth, page in enumerate(pdf):
        assert words(pdf, nth).count("Quai") == 2
        lines = [upper for letter, _left, upper, *_ in boxes(page) if letter == "Q"]
        assert max(lines) < 192 if nth == 2 else max(lines) > 280
    below = pdf[2].get_textpage().get_text_bounded(bottom=0, top=105 * POINT)
    assert "Empfangsschein" in below
    assert not any(text in below for text in ("Übertrag", "Seite", "Quai", "RE-2026"))


def test_a_slip_that_cannot_be_made_says_why_and_the_draft_is_printed():
    paper = EXAMPLES["no-slip"]
    found = papers.reasons(paper)
    assert [one.code for one in found] == ["qr.bad_currency", "qr.missing"]
    assert papers.reasons(invoice()) == () == papers.reasons(EXAMPLES["credit"])
    told = words(made(paper))
    with override("de"):
        assert all(re.sub(r"\s+", " ", str(one)) in told for one in found)
    both = replace(mixed(), bills=(BILL, replace(BILL, currency="USD")))
    assert [one.code for one in papers.reasons(both)] == ["qr.bad_currency"]
    assert [len(codes) for codes in scanned(made(both))] == [0, 1, 0]


def test_only_a_draft_bears_a_watermark_on_every_page():
    def grey(paper: Paper) -> list[bool]:
        """Whether a page has the watermark's colour."""
        found = []
        for page in made(paper):
            counts = page.render(scale=0.5).to_pil().convert("L").histogram()
            found.append(counts[0xE8] > 1000)
        return found

    draft = many(30, letter_changes={"draft": True})
    assert grey(draft) == [True, True] and grey(many(30)) == [False, False]
    assert scanned(made(draft))[-1] == payloads(draft)  # and the code is read all the same


# --- what is told -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", WORDINGS)
def test_every_line_and_total_is_in_print_in_the_language_of_the_paper(language):
    second = item(2, quantity="1234.5", price="17.355", amount=D("21424.75"))
    paper = invoice(item(1), second, language=language)
    with override("en" if language == "de" else "de"):  # whoever prints it
        pdf = made(paper)
    told, wording = words(pdf), WORDINGS[language]
    for text in (
        wording.text,
        wording.quantity,
        wording.unit,
        wording.excluding,
        wording.date,
        f"{wording.page} 1 {wording.pages} {len(pdf)}",
        "CHE-109.322.551 " + wording.vat,
        "23.11.2026",
        "1’234.5",
        "17.355",
        "21’424.75",
        "Lärche gehobelt, Lage 2",
        paper.letter.greeting,
        paper.letter.title,
        *paper.letter.recipient,
    ):
        assert text in told, text
    for label, amount, _style in paper.body.totals:
        assert label in told and chf(amount) in told
    assert f"{paper.body.totals[-1][0]} CHF" in told
    html = papers.html(paper)  # has no columns that nothing fills
    assert f">{wording.discount}<" not in html and f">{wording.rate}<" not in html


def test_two_rates_discounts_texts_and_subtotals():
    paper = mixed()
    told = words(made(paper))
    wording = WORDINGS["de"]
    for line in paper.body.lines:
        for part in line.text.split("\n"):
            assert re.sub(r"\s+", " ", part) in told
    assert wording.subtotal in told and "Leistung: 1.10.2026 – 31.10.2026" in told
    assert wording.rate in told and all(f"{rate} %" in told for rate in ("2.6", "3.8", "8.1"))
    for rate, net, tax in paper.body.vat:
        assert f"{rate} % {chf(net)} {chf(tax)}" in told
    assert "10 %" in told and "−1’117.25" in told and "−40" in told and wording.discount in told


def test_figures_of_a_column_have_their_points_below_each_other():
    paper = invoice(
        *(
            item(nth, quantity=text, price=price, unit="h")
            for nth, (text, price) in enumerate(
                [("1", "5.00"), ("2.5", "1234.5678"), ("12.125", "0.5"), ("1000", "9.999")]
            )
        ),
        terms=(),
        letter_changes={"closing": ""},
    )
    (page,) = made(replace(paper, bills=()))
    letters = list(boxes(page))
    rows = [lower for letter, left, _upper, _right, lower in letters if letter == "L" and left < 21]
    points = sorted(left for letter, left, *_, lower in letters
                    if letter == "." and any(abs(lower - row) < 0.5 for row in rows))  # fmt: skip
    columns = [[left for left in points if start < left < end]
               for start, end in ((100, 125), (145, 170), (175, 191))]  # fmt: skip
    assert [len(column) for column in columns] == [2, 4, 4]
    assert all(column[-1] - column[0] < 0.2 for column in columns), columns


def test_pages_are_numbered_and_sums_are_carried_over():
    paper = many(100)
    pdf = made(paper)
    assert len(pdf) == 4
    so_far = {
        chf(sum((line.amount for line in paper.body.lines[:count]), D(0)))
        for count in range(1, 101)
    }
    carried = [re.findall(r"Übertrag ([\d’.]+)", words(pdf, nth)) for nth in range(4)]
    assert [len(found) for found in carried] == [1, 2, 2, 1]
    assert [carried[0][0], *(found[-1] for found in carried[1:3])] == [
        carried[1][0],
        carried[2][0],
        carried[3][0],
    ]
    assert {one for found in carried for one in found} <= so_far
    for nth in range(4):
        assert f"Seite {nth + 1} von 4" in words(pdf, nth)
        assert "Bezeichnung" in words(pdf, nth)  # the head of the table, again
    assert sum(words(pdf, nth).count("Lärche gehobelt, Lage") for nth in range(4)) == 100
    assert "Übertrag" not in words(made(many(5)))


def test_totals_stay_together_and_no_line_is_broken():
    for count in range(26, 36):
        paper = many(count, slips=False)
        pdf = made(paper)
        pages = [words(pdf, nth) for nth in range(len(pdf))]
        (last,) = (text for text in pages if "Total CHF" in text)
        assert all(label in last and chf(amount) in last for label, amount, _ in paper.body.totals)
        assert f"Lage {count}" in last  # not alone, but with a line above
        for nth in range(5, count + 1, 5):
            assert any(f"Lage {nth} " in text and f"Paket {nth} von" in text for text in pages)


def test_a_text_stays_with_what_follows_and_a_subtotal_with_what_it_sums():
    for count in range(23, 29):
        lines = [item(nth, text=f"Lage {nth}") for nth in range(1, count)]
        lines += [
            PaperLine("text", "Etappe"),
            item(text="Danach"),
            PaperLine("subtotal", "", amount=D("1.00")),
        ]
        pdf = made(invoice(*lines, item(text="Ende"), slips=False))
        (page,) = (words(pdf, nth) for nth in range(len(pdf)) if "Etappe" in words(pdf, nth))
        assert "Danach" in page and "Zwischentotal" in page


def test_the_address_is_in_the_window():
    for left, edge in ((False, 118), (True, 20)):
        (page,) = made(invoice(letter_changes={"address_left": left}))
        (first, *_rest) = [box for box in boxes(page) if box[0] == "Z" and 45 < box[2] < 80]
        assert abs(first[1] - edge) < 1 and 49 < first[2] < 55
    longest = (
        "Verein für Alpine Holzwirtschaft und nachhaltige Waldpflege Graubünden",
        "z. H. Frau Dr. Anna-Katharina Widmer-Schlumpf",
        "Abteilung Beschaffung",
        "Obere Bahnhofstrasse 114b",
        "Postfach",
        "7028 Sankt Peter-Pagig",
    )
    (page,) = made(replace(invoice(letter_changes={"recipient": longest}), bills=()))
    title = max(boxes(page), key=lambda box: (box[0] == "R", box[4] - box[2]))
    lines = [box for box in boxes(page) if box[1] > 117 and box[4] < title[2]]
    assert max(box[4] for box in lines) < title[2]


def test_a_table_has_texts_days_and_amounts():
    paper = dunning(rows=50)
    pdf = made(paper)
    told = words(pdf)
    assert isinstance(paper.body, TableBody) and len(pdf) == 3 and "Übertrag" not in told
    for number, day, due, *amounts in paper.body.rows:
        row = f"{number} {day:%d.%m.%Y} {due:%d.%m.%Y} " + " ".join(map(chf, amounts))
        assert row in told
    assert [heading for heading, _kind in paper.body.columns if heading not in told] == []
    empty = replace(
        paper,
        body=TableBody(
            (("Rechnung", "text"), ("Bezahlt", "amount"), ("Am", "date")), (("RE-1", None, None),)
        ),
    )
    assert "RE-1" in words(made(empty))


# --- kept, and made again ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_paper_is_kept_as_json_and_made_again(name):
    paper = EXAMPLES[name]
    kept = json.loads(json.dumps(papers.to_json(paper)))
    again = papers.from_json(kept, logo=paper.letter.sender.logo, countries=COUNTRIES)
    assert again == paper
    assert papers.html(again) == papers.html(paper)


def test_of_the_logo_only_the_digest_is_kept():
    paper = EXAMPLES["one-line"]
    kept = papers.to_json(paper)
    picture = base64.b64decode(paper.letter.sender.logo.partition(",")[2])
    assert kept["letter"]["sender"]["logo"] == hashlib.sha256(picture).hexdigest()
    assert "base64" not in json.dumps(kept)
    with pytest.raises(ValueError, match="logo"):
        papers.from_json(kept, logo=logo(word="OTHER"), countries=COUNTRIES)
    assert papers.from_json(kept).letter.sender.logo == ""


def test_the_same_paper_gives_the_same_bytes_in_another_process_on_another_day():
    code = (
        "import django, hashlib; django.setup()\n"
        "from tests.accounting.receivables.papers import EXAMPLES\n"
        "from accounting.receivables import paper\n"
        "for name in ('one-line', 'mixed', 'no-slip', 'statement'):\n"
        "    print(hashlib.sha256(paper.pdf(EXAMPLES[name])).hexdigest())\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"},
    )
    with time_machine.travel(dt.datetime(2031, 1, 1, tzinfo=dt.UTC)), override("it"):
        ours = [
            hashlib.sha256(papers.pdf(EXAMPLES[name])).hexdigest()
            for name in ("one-line", "mixed", "no-slip", "statement")
        ]
    assert told.stdout.split() == ours


@pytest.mark.parametrize("name", ["one-line", "mixed", "statement", "credit"])
def test_it_is_pdf_a_3b(name):
    """What ISO 19005-3 asks of a file, looked up in its objects."""
    paper = EXAMPLES[name]
    raw = papers.pdf(paper)
    assert raw.startswith(b"%PDF-1.7\n%") and min(raw[10:14]) > 127
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        told = pdf.Root.Metadata.read_bytes().decode()
        assert 'pdfaid:part="3"' in told and 'pdfaid:conformance="B"' in told
        assert "Filter" not in pdf.Root.Metadata or pdf.Root.Metadata.Filter == "/FlateDecode"
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1" and intent.DestOutputProfile.N == 3
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert str(pdf.Root.Lang) == paper.letter.language and "/ID" in pdf.trailer
        assert not pdf.is_encrypted and "/JavaScript" not in told and "/OpenAction" not in pdf.Root
        assert str(pdf.docinfo.Title) == paper.letter.title and paper.letter.title in told
        assert str(pdf.docinfo.CreationDate) == "D:20261123" and ">2026-11-23<" in told
        for one in pdf.objects:
            if not isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
                continue
            if one.get("/Type") == "/FontDescriptor":
                assert "/FontFile2" in one or "/FontFile3" in one
            if one.get("/Subtype") == "/Image":
                assert one.ColorSpace in ("/DeviceRGB", "/DeviceGray") and not one.get(
                    "/Interpolate"
                )
            assert one.get("/Type") not in ("/Annot", "/Filespec")
            assert one.get("/S") not in ("/JavaScript", "/URI", "/Launch")


def test_pictures_of_all_kinds_are_printed_in_colours_of_the_archive():
    def data(mode: str, kind: str, size: tuple[int, int] = (300, 90)) -> str:
        out = io.BytesIO()
        Image.new(mode, size).save(out, kind)
        return f"data:image/{kind};base64,{base64.b64encode(out.getvalue()).decode()}"

    for picture in (
        data("CMYK", "jpeg"),
        data("RGBA", "png"),
        data("LA", "png"),
        data("P", "png"),
        data("1", "png"),
        data("I;16", "png"),
        data("RGB", "png", (3000, 2900)),
        data("L", "jpeg"),
        data("RGB", "png", (40, 3000)),
    ):
        raw = papers.pdf(invoice(letter_changes={"sender": replace(SENDER, logo=picture)}))
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            (image,) = [
                one
                for one in pdf.objects
                if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
            ]
            assert image.ColorSpace in ("/DeviceRGB", "/DeviceGray") and "/SMask" not in image
            assert max(image.Width, image.Height) <= 1200
    assert (
        len(
            made(
                invoice(
                    letter_changes={"sender": replace(SENDER, logo="data:image/png;base64,AAAA")}
                )
            )
        )
        == 1
    )


def test_many_papers_are_one_book_each_with_its_own_pages():
    several = [invoice(), many(60), dunning("fr"), mixed()]
    pdf = opened(papers.book(iter(several)))
    counts = [len(made(one)) for one in several]
    assert len(pdf) == sum(counts)
    assert [code for codes in scanned(pdf) for code in codes] == [
        code for one in several for code in payloads(one)
    ]
    assert "Seite 1 von 1" in words(pdf, 0) and f"Seite 1 von {counts[1]}" in words(pdf, 1)
    assert f"Page 1 sur {counts[2]}" in words(pdf, sum(counts[:2]))
    with pytest.raises(ValueError, match="nothing"):
        papers.book([])


# --- whatever stands in them -----------------------------------------------------------------------------
EVIL = (
    "<script>alert(1)</script>",
    "</td></tr></table><h1>x",
    "&lt;b&gt;",
    '" onload="x',
    "<!--",
    "]]>",
    "{{ title }}",
    "<img src=x>",
    "<style>*{display:none}</style>",
    "<plaintext>",
    "\x00\x07\x1b",
    "\u202e\u200b",
    "Ω😀漢字",
)


@pytest.mark.parametrize("text", EVIL)
def test_texts_of_others_stay_texts(text):
    everywhere = invoice(
        item(text=f"{text}\n{text}", unit=text[:9], discount=text[:9], supply=text),
        PaperLine("text", text),
        PaperLine("subtotal", text, amount=D("582.00")),
        terms=(text,),
        totals=((text, D("1.00"), ""), (text, D("2.00"), "sum")),
        letter_changes={
            "recipient": (text, text),
            "title": text,
            "facts": ((text, text),),
            "greeting": text,
            "intro": text,
            "closing": text,
            "sender": replace(
                SENDER, name=text, street=text, phone=text, mail=text, web=text, footer=text
            ),
        },
    )
    html = papers.html(everywhere)
    for tag in ("<script", "<img", "<style", "<plaintext", "<h1>x", "<!--", "\x00", "\x1b"):
        assert tag not in html
    told = words(made(everywhere)).replace(" ", "")
    if text.isascii() and text.isprintable():
        assert told.count(text.replace(" ", "")) >= 14
    assert scanned(made(everywhere))[-1] == payloads(everywhere)


def test_nothing_is_fetched(settings, monkeypatch):
    asked = []
    monkeypatch.setattr("urllib.request.urlopen", lambda *args, **_: asked.append(args))
    made(invoice(letter_changes={"sender": replace(SENDER, logo="http://127.0.0.1:9/logo.png")}))
    made(invoice(letter_changes={"sender": replace(SENDER, logo="file:///etc/passwd")}))
    assert asked == []


letters = st.characters(
    codec="utf-8", categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x24F
) | st.sampled_from("\n\t<>&\"'")
line_texts = st.one_of(
    st.text(letters, max_size=200),
    st.text("WMwi<&", min_size=100, max_size=400),  # words that no line holds
    st.lists(st.text(letters, max_size=60), max_size=30).map("\n".join),
)
amounts = st.decimals(D("-9999999999999.99"), D("9999999999999.99"), places=2)
lines = st.builds(
    PaperLine,
    kind=st.sampled_from(["item", "text", "subtotal"]),
    text=line_texts,
    quantity=st.none() | st.decimals(D("-9999999999.9999"), D("9999999999.9999"), places=4),
    unit=st.text(letters, max_size=40),
    price=st.none() | st.decimals(D("-9999999999.9999"), D("9999999999.9999"), places=4),
    discount=st.sampled_from(["", "10 %", "9’999’999.95"]),
    rate=st.none() | st.sampled_from([D("8.1"), D("2.6"), D("0")]),
    amount=st.none() | amounts,
    supply=st.sampled_from(["", "1.1.2026 – 31.3.2026"]),
)


@settings(
    max_examples=cases(40, each_time=15),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(lines, max_size=6), line_texts, line_texts, amounts)
def test_no_text_and_no_figure_leaves_the_page(found, closing, label, amount):
    """Any lines: each letter is within the margins, and the slip is read."""
    paper = invoice(
        *found,
        terms=(closing,),
        totals=((label, amount, ""), ("Total", amount, "sum")),
        letter_changes={"closing": closing, "facts": ((label[:60], closing[:60]),)},
    )
    paper = replace(paper, bills=(BILL,))
    pdf = made(paper)
    for nth, page in enumerate(pdf):
        foot = 186 if nth == len(pdf) - 1 else 297
        for letter, left, upper, right, lower in boxes(page):
            if upper < foot and letter != "\u200b":
                assert left > 18.5 and right < 191.5 and upper > 5 and lower < 292, (
                    letter,
                    left,
                    upper,
                    right,
                    lower,
                )
    assert scanned(pdf)[-1] == payloads(paper)


def test_a_line_longer_than_a_page_is_broken_all_the_same():
    text = "Erste\n" + "\n".join(f"Satz {nth}" for nth in range(150))
    pdf = made(invoice(item(1), item(text=text), item(3)))
    told = words(pdf)
    assert len(pdf) < 6 and all(f"Satz {nth} " in told + " " for nth in range(150))


def test_a_paper_of_nothing_but_a_letter():
    bare: Any = replace(invoice().letter, facts=(), greeting="", intro="", closing="")
    pdf = made(Paper(bare, TableBody((), ()), (BILL,), COUNTRIES))
    assert len(pdf) == 1 and scanned(pdf) == [[payload(BILL, countries=COUNTRIES).encode()]]


def test_threads_have_fonts_of_their_own():
    import threading

    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(printer._fonts())) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    assert len({id(one) for one in [*found, printer._fonts()]}) == 3
