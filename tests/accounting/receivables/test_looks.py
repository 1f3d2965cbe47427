"""How papers look is chosen; what the law and the payment part ask for is not."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from accounting.receivables import paper as papers
from accounting.receivables.archiving import archive, kept_paper
from accounting.receivables.models import SalesDocument
from accounting.receivables.paper import PaperLine, tables
from accounting.receivables.paper.wording import WORDINGS
from erp.documents.storing import content_of
from erp.layouts.saving import save_layout
from erp.layouts.values import Look
from tests import make
from tests.accounting.receivables.papers import SENDER, dunning, invoice, item, logo, mixed
from tests.accounting.receivables.sales import company as sales_company
from tests.accounting.receivables.sales import customer, issued
from tests.accounting.receivables.test_paper import POINT, made, payloads, words

D = Decimal
LOOKS = {
    "loud": Look(accent="#8a1c1c", font="serif", size="large", logo_place="right", logo_width=30,
                 columns=("position",), sender_line=False, lines="zebra"),
    "bare": Look(size="small", letterhead=True, lines="plain"),
}  # fmt: skip


def looked(paper, look, **letter):
    return replace(paper, letter=replace(paper.letter, look=look, **letter))


def slip_of(pdf):
    """The lower 105 mm of the last page, as they are printed."""
    picture = pdf[len(pdf) - 1].render(scale=150 / 72).to_pil().convert("RGB")
    edge = picture.height - round(105 / 25.4 * 150)
    return picture.crop((0, edge, picture.width, picture.height))


@pytest.mark.parametrize("name", LOOKS)
def test_the_payment_part_is_the_same_point_by_point_in_any_layout(name):
    """SIX, Style Guide QR-bill: its form, font, colours and measures are prescribed."""
    sender = replace(SENDER, logo=logo(), footer="Quai eins")
    usual = slip_of(made(looked(invoice(), Look(), sender=sender)))
    other = slip_of(made(looked(invoice(), LOOKS[name], sender=sender)))
    assert other.tobytes() == usual.tobytes()
    codes = zxingcpp.read_barcodes(other, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [one.bytes for one in codes] == payloads(invoice())


@pytest.mark.parametrize("left", [False, True])
def test_the_address_stays_in_the_window_whatever_the_layout(left):
    def place(look):
        paper = looked(invoice(), look, address_left=left, sender=replace(SENDER, logo=logo()))
        page = made(paper)[0]
        text = page.get_textpage()
        found = text.search("Rue du Théâtre").get_next()
        x, low, _right, _high = text.get_charbox(found[0])
        return x / POINT, (page.get_height() - low) / POINT

    x, y = place(Look())
    for look in LOOKS.values():
        other_x, other_y = place(look)
        assert abs(x - other_x) < 0.4 and abs(y - other_y) < 0.6, look


def test_letterhead_and_sender_line_leave_out_what_they_say_and_the_uid_stays():
    sender = replace(SENDER, footer="Quai eins")
    usual = words(made(looked(invoice(slips=False), Look(), sender=sender)))
    assert usual.count("Obere Gasse 12a") == 2 and "Quai eins" in usual
    bare = words(made(looked(invoice(slips=False), LOOKS["bare"], sender=sender)))
    assert bare.count("Obere Gasse 12a") == 1  # above the address
    assert "Quai eins" not in bare and "buero@" not in bare
    assert "UID CHE-109.322.551 MWST" in bare
    loud = words(made(looked(invoice(slips=False), LOOKS["loud"], sender=sender)))
    assert loud.count("Obere Gasse 12a") == 1 and "CHE-109.322.551 MWST" in loud


def test_font_and_colour_reach_all_of_a_paper_and_of_letters_too():
    for paper in (invoice(slips=False), replace(dunning(), bills=())):
        content = papers.pdf(looked(paper, LOOKS["loud"]))
        with pikepdf.open(io.BytesIO(content)) as pdf:
            fonts = {str(font.BaseFont) for page in pdf.pages
                     for font in page.Resources.Font.values()}  # fmt: skip
        assert fonts and all("Liberation-Serif" in one or "LiberationSerif" in one for one in fonts)
        picture = pypdfium2.PdfDocument(content)[0].render(scale=2).to_pil().convert("RGB")
        assert (0x8A, 0x1C, 0x1C) in {colour for _count, colour in picture.getcolors(1 << 24)}


def heads(body, **look):
    table = tables.of_lines(body, WORDINGS["de"], Look(**look))
    return [head.heading.split("\n")[0] for head in table.heads], table


def test_columns_are_those_that_are_chosen_and_what_the_law_asks_for_stays():
    body = mixed().body
    usual, _table = heads(body)
    assert usual == ["Bezeichnung", "Menge", "Einheit", "Preis", "Rabatt", "MWST", "Betrag"]
    found, table = heads(body, columns=("position",))
    assert found == ["Pos.", "Bezeichnung", "MWST", "Betrag"]  # several rates: whose is which
    items = [row for row in table.rows if row.kind == "item"]
    assert [row.cells[0].text for row in items] == ["1", "2", "3", "4", "5"]
    assert {row.cells[0].text for row in table.rows if row.kind == "subtotal"} == {""}
    assert all(len(row.cells) == 1 for row in table.rows if row.kind == "text")
    assert "Rabatt: 10 %" in items[1].cells[1].detail
    one_rate = invoice(item(), PaperLine("text", "Danke")).body
    assert "MWST" not in heads(one_rate)[0]
    assert "MWST" in heads(one_rate, columns=("vat_rate",))[0]
    for row in heads(one_rate, columns=("vat_rate",))[1].rows:
        assert row.kind != "item" or row.cells[1].text == "8.1\xa0%"


def test_the_same_amounts_stand_on_a_paper_of_any_layout():
    """No layout hides or changes an amount: of each line, of VAT and of what is to be paid."""
    paper = replace(mixed(), bills=())
    amounts = [total for _label, total, _style in paper.body.totals]
    for look in LOOKS.values():
        told = words(made(looked(paper, look)))
        for amount in [*amounts, *(line.amount for line in paper.body.lines if line.amount)]:
            assert f"{abs(amount):,.2f}".replace(",", "’") in told, (look, amount)


def test_what_is_kept_of_a_paper_has_its_layout():
    paper = looked(mixed(), LOOKS["loud"])
    again = papers.from_json(papers.to_json(paper), countries=paper.countries)
    assert again == paper and again.letter.look == LOOKS["loud"]


@pytest.mark.django_db
def test_an_issued_document_keeps_its_look_and_the_next_one_has_the_new():
    company = sales_company()
    by, huber = make.owner_of(company), customer(company)
    save_layout(company=company, kind="default", by=by, font="serif")
    save_layout(company=company, kind="offer", by=by, accent="#1F4E79")
    first = issued(company, huber)
    save_layout(company=company, kind="default", by=by, font="sans", accent="#8a1c1c")
    save_layout(company=company, kind="invoice", by=by, columns=["price", "position"])
    look = kept_paper(SalesDocument.of(company).get(pk=first.pk)).letter.look
    assert (look.font, look.accent) == ("serif", "#111111")
    file = archive(first, by=by)
    with pikepdf.open(io.BytesIO(content_of(file))) as pdf:
        assert any("Serif" in str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values())
    second = issued(company, huber)
    look = kept_paper(SalesDocument.of(company).get(pk=second.pk)).letter.look
    assert (look.font, look.accent, look.columns) == ("sans", "#8a1c1c", ("position", "price"))
