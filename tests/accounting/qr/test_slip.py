"""The slip in print: read by an independent reader, measured in millimetres, in four languages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from hypothesis import Phase, given, settings
from PIL import Image, ImageFont

from accounting.qr import fitting, slip
from accounting.qr.bill import Bill, Party
from accounting.qr.payload import parse, payload
from accounting.qr.rules import TooMuchData, violations
from accounting.qr.symbol import MOST_MODULES, symbol
from accounting.qr.wording import WORDINGS
from tests.accounting.qr.bills import (
    BILL,
    COUNTRIES,
    GIFT,
    MAKER,
    OPEN,
    PAYER,
    SCOR,
    bills,
)
from tests.examples import cases

LONG = Party(
    "Verein für Alpine Holzwirtschaft und nachhaltige Waldpflege Graubünden", "7028", "Sankt Peter-Pagig", "CH",
    "Obere Bahnhofstrasse beim alten Güterschuppen", "114b",
)  # fmt: skip
WIDE = Party("W" * 35 + " " + "M" * 34, "9" * 16, "W" * 35, "DE", "M" * 70, "1" * 16)
FULL = replace(
    BILL, creditor=LONG, debtor=LONG, message="Lieferung vom 12. Mai, Abholung in Chur",
    billing="//S1/10/4711/11/260603/20/140.000-53/30/106017086/31/260512/32/8.1/40/2:10;0:30",
    procedures=("eBill/B/zoe@example.ch", "XY;Service;" + "9" * 80),
)  # fmt: skip
FULLEST = replace(
    FULL, creditor=WIDE, debtor=WIDE, amount=Decimal("999999999.99"), message="W" * 50
)
CASES = {
    "all": BILL, "open": OPEN, "gift": GIFT, "full": FULL, "fullest": FULLEST,
    "no-amount": replace(BILL, amount=None), "no-debtor": replace(FULL, debtor=None),
    "euro": replace(GIFT, reference_type="SCOR", reference=SCOR, debtor=PAYER, amount=Decimal("1234567.05")),
}  # fmt: skip


def drawn(bill: Bill, *, language: str = "de", rows: int = 3, **how: Any) -> pypdfium2.PdfDocument:
    body = format_html(
        "<h1>Rechnung 4711</h1><table>{}</table>",
        format_html_join("", "<tr><td>Zeile {}</td><td class='figure'>100.00</td></tr>", ((n,) for n in range(rows))),
    )  # fmt: skip
    made = slip.slip(bill, language=language, countries=COUNTRIES)
    html = slip.page(body, slips=[made], title="Rechnung 4711", language=language, **how)
    return pypdfium2.PdfDocument(slip.render(html))


def image(pdf: pypdfium2.PdfDocument, *, dpi: int) -> Image.Image:
    return pdf[len(pdf) - 1].render(scale=dpi / 72).to_pil()


def scanned(picture: Image.Image) -> list[bytes]:
    """What an independent reader of QR codes finds; bars of other kinds are not looked for."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [one.bytes for one in found]


def words(pdf: pypdfium2.PdfDocument, page: int = -1) -> str:
    text = pdf[page % len(pdf)].get_textpage().get_text_range()
    return text.replace("\r\n", "\n").replace("\u200b", "")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dpi", [150, 300])
def test_another_reader_finds_the_same_bytes(name, dpi):
    pdf = drawn(CASES[name])
    assert scanned(image(pdf, dpi=dpi)) == [payload(CASES[name], countries=COUNTRIES).encode()]


def test_official_examples_survive_print_and_scan(shared):
    count = 0
    for path in sorted((shared / "samples/qr").glob("*.txt")):
        if path.name.startswith("swico") or "18" in path.name:
            continue
        bill = parse(path.read_bytes().decode(), countries=COUNTRIES).bill
        (found,) = scanned(image(drawn(bill), dpi=150))
        assert parse(found.decode(), countries=COUNTRIES, strict=True).bill == bill
        count += 1
    assert count == 15


@settings(max_examples=cases(100, each_time=30), deadline=None, phases=[Phase.generate])
@given(bills())
def test_any_bill_is_a_symbol_that_is_read_again(bill):
    if violations(bill, countries=COUNTRIES):
        return
    text = payload(bill, countries=COUNTRIES)
    code = symbol(text)
    assert code.modules <= MOST_MODULES
    assert scanned(_bitmap(code.path, code.modules)) == [text.encode()]


def _bitmap(path: str, modules: int) -> Image.Image:
    picture = Image.new("L", ((modules + 8) * 4,) * 2, 255)
    for run in path.split("M")[1:]:
        start, _h, length = run.partition("h")
        x, y = (int(float(value)) for value in start.split())
        picture.paste(0, ((x + 4) * 4, (y + 4) * 4, (x + 4 + int(length)) * 4, (y + 5) * 4))
    return picture


# --- where things are --------------------------------------------------------------------------------------
def edges(
    picture: Image.Image, box: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """The dark part of a box on the slip, in millimetres from the slip's upper left corner."""
    scale = picture.width / 210
    top = picture.height - 105 * scale
    left, upper, right, lower = (value * scale for value in box)
    part = picture.convert("L").crop((int(left), int(top + upper), int(right), int(top + lower)))
    x0, y0, x1, y1 = part.point(lambda v: 255 if v < 128 else 0).getbbox()
    return ((int(left) + x0) / scale, (int(top + upper) + y0 - top) / scale,
            (int(left) + x1) / scale, (int(top + upper) + y1 - top) / scale)  # fmt: skip


#: What is where by the style guide: the box to look in, and the left, upper, right, lower edge of what
#: is drawn there (None: depends on the text). Letters begin below their section by what ascends above them.
PLACES = {
    "symbol": (BILL, (64, 15, 115, 65), (67, 17, 113, 63)),
    "cross": (BILL, (86.7, 36.7, 93.3, 43.3), (87, 37, 93, 43)),
    "title of receipt": (BILL, (3, 4, 60, 10), (5, 5.6, None, None)),
    "title of payment part": (BILL, (64, 4, 115, 10), (67, 5.6, None, None)),
    "information of receipt": (BILL, (3, 11, 60, 14.4), (5, 12.4, None, None)),
    "information of payment part": (BILL, (116, 4, 205, 8.5), (118, 5.6, None, None)),
    "amount of receipt": (BILL, (3, 66, 60, 71), (5, 68.4, None, None)),
    "amount of payment part": (BILL, (64, 66, 116, 71), (67, 68.5, None, None)),
    "acceptance point": (BILL, (3, 80, 60, 86), (None, 82.4, 57, None)),
    "procedures": (FULL, (64, 88, 207, 100), (67, 90.4, None, None)),
    "field of receipt's amount": (OPEN, (26, 66, 60, 80), (27, 68, 57, 78)),
    "field of payment part's amount": (OPEN, (77, 72, 118.4, 89), (78, 72.5, 118, 87.5)),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_everything_is_where_it_belongs_to_half_a_millimetre(name):
    bill, box, expected = PLACES[name]
    found = edges(image(drawn(bill), dpi=300), box)
    for got, wanted in zip(found, expected, strict=True):
        assert wanted is None or abs(got - wanted) <= 0.5, (found, expected)


def test_it_stands_as_the_official_sample_does(shared):
    """Where the sample of SIX (a scanned picture) has its titles and headings, ours are, within half a mm."""
    bill = parse(
        (shared / "samples/qr/six-sample-01-de.txt").read_bytes().decode(), countries=COUNTRIES
    ).bill
    with pypdfium2.PdfDocument(shared / "samples/qr/six-sample-01-de.pdf") as official:
        theirs = official[0].render(scale=4).to_pil()
    ours = image(drawn(bill), dpi=288)
    for box in ((3, 4, 60, 10.5), (64, 4, 115, 10.5), (3, 11.5, 60, 14.8), (3, 66, 15, 71), (64, 66, 76, 71.2),
                (3, 80, 60, 86)):  # fmt: skip
        here, there = edges(ours, box), edges(theirs, box)
        assert abs(here[0] - there[0]) <= 0.55 and abs(here[1] - there[1]) <= 0.5, (
            box,
            here,
            there,
        )


@pytest.mark.parametrize(("name", "field"), [
    ("receipt", (3, 34, 60, 60)), ("payment part", (116, 32.2, 205, 62)),
])  # fmt: skip
def test_a_debtor_by_hand_has_a_field_of_the_official_size(name, field):
    bill = replace(GIFT, message="")
    x0, y0, x1, y1 = edges(image(drawn(bill), dpi=300), field)
    width, height = (52, 20) if name == "receipt" else (65, 25)
    assert abs(x1 - x0 - width) <= 0.5 and abs(y1 - y0 - height) <= 0.5


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("name", ["all", "open"])
def test_each_language_has_the_official_headings(language, name, tmp_path):
    wording, bill = WORDINGS[language], CASES[name]
    pdf = drawn(bill, language=language)
    pdf.save(str(tmp_path / f"{name}-{language}.pdf"))
    told = words(pdf)
    for heading in (wording.payment_part, wording.receipt, wording.account, wording.reference, wording.additional,
                    wording.currency, wording.amount, wording.acceptance, wording.separate):  # fmt: skip
        assert heading in told
    assert (wording.payable_by_blank in told) == (bill.debtor is None)
    assert told.count("CH44 3199 9123 0008 8901 2") == 2
    assert told.count("21 00000 00003 13947 14300 09017") == 2
    assert told.count("1 949.75") == (0 if bill.amount is None else 2)


def test_the_letters_are_those_the_style_guide_allows():
    raw = slip.render(slip.page(SafeString("<p>x</p>"), slips=[slip.slip(FULL, language="de", countries=COUNTRIES)],
                                title="x", language="de"))  # fmt: skip
    with pikepdf.open(BytesIO(raw)) as pdf:
        fonts = {str(o.BaseFont).partition("+")[2] for o in pdf.objects
                 if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o}  # fmt: skip
    assert fonts == {"Liberation-Sans", "Liberation-Sans-Bold"}, fonts


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_lost_however_full_it_is(name):
    """Every line is in print, and neither part's information reaches what stands below."""
    bill, pdf = CASES[name], drawn(CASES[name])
    told = words(pdf).replace("\n", "").replace(" ", "")
    for party in filter(None, (bill.creditor, bill.debtor)):
        for text in (party.name, party.town, party.street):
            assert text.replace(" ", "") in told
    assert bill.message.replace(" ", "") in told and bill.billing in told
    for heading in (WORDINGS["de"].payable_by, WORDINGS["de"].acceptance):
        assert heading.replace(" ", "") in told
    picture = image(pdf, dpi=150)
    for clear in ((3, 66.3, 60, 67.5), (116, 89.9, 205, 90.1)):
        scale = picture.width / 210
        top = picture.height - 105 * scale
        strip = picture.convert("L").crop((int(clear[0] * scale), int(top + clear[1] * scale),
                                           int(clear[2] * scale), int(top + clear[3] * scale) + 1))  # fmt: skip
        assert strip.getextrema()[0] > 200, clear


def test_a_foreign_address_shows_its_country_and_ours_does_not():
    assert slip.address_lines(MAKER) == ("Müller Holzbau AG", "Obere Gasse 12a", "7000 Chur")
    abroad = replace(
        PAYER, country="DE", postcode="79098", town="Freiburg", street="", house_number=""
    )
    assert slip.address_lines(abroad) == (PAYER.name, "DE-79098 Freiburg")


def test_no_letter_is_wider_than_reckoned():
    font = ImageFont.truetype("LiberationSans-Regular.ttf", 1000)
    letters = [*map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x180)), *"ȘșȚț€"]
    narrow = [
        c
        for c in letters
        if fitting.width(c, size=1000) < font.getlength(c) * fitting.POINT * 0.998
    ]
    assert narrow == []


@pytest.mark.parametrize(("text", "room", "count"), [
    ("a", 87, 1), ("W" * 20, 66.7, 1), ("W" * 20, 66, 2), ("Holz und Bau", 14, 2), ("Holz und Bau", 12, 3),
    ("aa bb", 4.1, 2), ("//S1/10/4711", 15, 2),
])  # fmt: skip
def test_lines_break_between_words_and_where_they_must(text, room, count):
    assert fitting.lines(text, size=10, room=room) == count


# --- on the page --------------------------------------------------------------------------------------------
def test_it_stands_at_the_foot_where_there_is_room_else_on_a_sheet_of_its_own():
    assert len(drawn(BILL, rows=15)) == 1
    pages = {rows: drawn(BILL, rows=rows) for rows in (30, 60)}
    for rows, pdf in pages.items():
        assert len(pdf) == 2
        assert [len(scanned(pdf[n].render(scale=2).to_pil())) for n in range(2)] == [0, 1]
        assert ("Zeile" in words(pdf)) == (rows == 60)
    separate = drawn(BILL, rows=3, separate=True)
    assert len(separate) == 2 and "Zeile" not in words(separate)
    assert abs(edges(image(separate, dpi=300), (64, 15, 115, 65))[1] - 17) <= 0.5


def test_a_bill_that_cannot_be_made_says_why_and_the_draft_is_printed_all_the_same():
    bad = replace(BILL, currency="USD", debtor=replace(PAYER, town=""))
    told, reasons = slip.slip_or_reasons(bad, language="de", countries=COUNTRIES)
    assert [one.code for one in reasons] == ["qr.bad_currency", "qr.missing"]
    html = slip.page(
        SafeString("<h1>Rechnung</h1>"), slips=[told], title="x", language="de", draft=True
    )
    pdf = pypdfium2.PdfDocument(slip.render(html))
    assert len(pdf) == 1 and not scanned(image(pdf, dpi=150))
    text = words(pdf)
    assert "USD" in text and "debtor.town" in text and "Rechnung" in text
    grey = image(pdf, dpi=50).convert("L").crop((0, 0, 413, 350)).histogram()
    assert sum(grey[200:240]) > 1000  # the watermark
    good, none = slip.slip_or_reasons(BILL, language="de", countries=COUNTRIES)
    assert none == () and good == slip.slip(BILL, language="de", countries=COUNTRIES)


def test_texts_of_others_cannot_become_markup():
    evil = replace(BILL, message="<script>x</script>", debtor=replace(PAYER, name="<b>&amp;"))
    told = slip.slip(evil, language="de", countries=COUNTRIES)
    assert "<script>" not in told and "&lt;b&gt;&amp;amp;" in told
    wrong, _reasons = slip.slip_or_reasons(
        replace(BILL, message="<i>Ω"), language="de", countries=COUNTRIES
    )
    assert "<i>" not in wrong


def test_only_the_symbols_size_can_be_refused_beside_the_rules():
    with pytest.raises(TooMuchData):
        symbol("x" * 998)
    assert symbol("x" * 997).modules == MOST_MODULES


@pytest.mark.parametrize(("amount", "printed"), [
    ("0.05", "0.05"), ("1949.75", "1 949.75"), ("999999999.99", "999 999 999.99"),
])  # fmt: skip
def test_amounts_have_blanks_between_thousands(amount, printed):
    assert slip.printed_amount(Decimal(amount)) == printed
