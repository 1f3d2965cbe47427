"""Files with bills: scanned, photographed, turned, many, broken, hostile."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from dataclasses import replace
from decimal import Decimal

import pikepdf
import pytest
from PIL import Image

from accounting.payables.capture import einvoices, scanning
from accounting.payables.capture.einvoices import EInvoice, Tax
from accounting.payables.capture.scanning import Code, scan
from accounting.qr.bill import written
from erp.core import sandbox
from erp.documents import drawing
from erp.documents.drawing import page
from tests.accounting.payables.capture import papers
from tests.accounting.qr.bills import BILL, GIFT

PAYLOAD = written(BILL).encode()
OTHER = replace(BILL, amount=Decimal("12.50"), message="Zweite Rechnung")


def codes(content: bytes) -> list[bytes]:
    return [one.content for one in scan(content).codes]


def test_a_pdf_file_is_read_to_the_last_byte():
    assert scan(papers.pdf()) == scanning.Scan("application/pdf", 1, (Code(1, PAYLOAD),))


def test_official_slips_are_read(shared):
    for nth in ("01", "17", "33"):
        folder = shared / "samples" / "qr"
        found = codes((folder / f"six-sample-{nth}-de.pdf").read_bytes())
        expected = (folder / f"six-sample-{nth}-de.txt").read_bytes()
        assert [one.split() for one in found] == [expected.split()]


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("angle", [0, 3, 45, 90, 137, 180, 270, 352])
def test_scans_turned_by_any_angle(dpi, angle):
    image = papers.turned(papers.picture(dpi=dpi), angle)
    assert codes(papers.scanned(image, quality=60)) == [PAYLOAD]


@pytest.mark.parametrize("tilt", [0, 0.1, 0.2])
@pytest.mark.parametrize("angle", [0, 90, 197])
def test_photographs_at_an_angle(tilt, angle):
    image = papers.photographed(papers.turned(papers.picture(dpi=300), angle), tilt)
    assert codes(papers.scanned(image, quality=80)) == [PAYLOAD]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG", "HEIC"])
def test_kinds_of_pictures(kind):
    image = papers.picture(dpi=150).convert("RGB")
    content = papers.heic(image) if kind == "HEIC" else papers.scanned(image, kind)
    found = sandbox.call("accounting.payables.capture.scanning:scan", content)
    assert (found.content_type, found.pages) == (f"image/{kind.lower()}", 1)
    assert [one.content for one in found.codes] == [PAYLOAD]


def test_a_grey_scan_on_a_pdf_page_and_a_faint_one():
    faint = papers.picture(dpi=150).point(lambda v: 200 + v * 0.2)
    assert codes(papers.as_pdf(faint, dpi=150)) == [PAYLOAD]
    assert codes(papers.scanned(faint)) == [PAYLOAD]


def test_several_pages_and_several_bills():
    content = papers.pages(papers.pdf(), papers.blank(), papers.pdf(OTHER), papers.pdf(GIFT))
    found = scan(content)
    assert found.pages == 4
    assert [(one.page, one.content) for one in found.codes] == [
        (1, PAYLOAD), (3, written(OTHER).encode()), (4, written(GIFT).encode()),
    ]  # fmt: skip


def test_two_bills_on_one_page_from_top_to_bottom():
    one, two = papers.picture(dpi=150), papers.picture(papers.pdf(OTHER), dpi=150)
    sheet = Image.new("L", (one.width, one.height * 2), 255)
    sheet.paste(two, (0, 0))
    sheet.paste(one, (0, one.height))
    assert codes(papers.scanned(sheet)) == [written(OTHER).encode(), PAYLOAD]


def test_pages_that_time_does_not_allow_are_told(monkeypatch):
    monkeypatch.setattr(scanning, "CPU_SECONDS", -1)
    assert scan(papers.pages(papers.pdf(), papers.blank())).unread == (1, 2)


def test_no_code_at_all():
    assert scan(papers.blank(3)) == scanning.Scan("application/pdf", 3)
    assert codes(papers.scanned(Image.new("L", (800, 600), 255))) == []


# --- invoices as data -----------------------------------------------------------------------------
def test_an_invoice_as_data_is_found_and_read():
    found = scan(papers.with_data(papers.blank()))
    assert found.attached == "factur-x.xml"
    assert found.einvoice == EInvoice(
        "R-2026-0815", "380", dt.date(2026, 6, 3), dt.date(2026, 7, 3), "EUR", Decimal("119.00"),
        "Schwarzwald Werkzeuge GmbH", "DE123456789", "Salzstrasse 1", "79098", "Freiburg", "DE",
        "DE89370400440532013000", "R-2026-0815", (Tax(Decimal("19.00"), Decimal("100.00"), Decimal("19.00")),),
    )  # fmt: skip


@pytest.mark.parametrize("xml", [
    b"", b"not xml", papers.INVOICE[:-40], b"<a/>",
    b'<!DOCTYPE a [<!ENTITY x "y">]>' + papers.INVOICE.split(b"?>", 1)[1],
    b"<rsm:CrossIndustryInvoice/>", b" " * (einvoices.LARGEST + 1),
])  # fmt: skip
def test_data_that_cannot_be_read_is_told(xml):
    found = scan(papers.with_data(papers.pdf(), xml, "ZUGFeRD-invoice.xml"))
    assert (found.attached, found.einvoice) == ("ZUGFeRD-invoice.xml", None)
    assert [one.content for one in found.codes] == [PAYLOAD]


def test_elements_that_cannot_be_read_are_left_out_and_named():
    xml = papers.INVOICE.replace(b"20260603", b"20261303").replace(
        b">119.00</ram:Gr", b">119,00</ram:Gr"
    )
    found = einvoices.read(xml)
    assert (found.date, found.total, found.number) == (None, None, "R-2026-0815")
    assert found.unread == ("IssueDateTime", "GrandTotalAmount")


def test_other_attachments_are_no_invoice():
    assert scan(papers.with_data(papers.blank(), b"x", "terms.xml")).attached == ""


# --- refusals -------------------------------------------------------------------------------------
def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says how large it is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100))
            + chunk(b"IEND", b""))  # fmt: skip


def grown(content: bytes) -> bytes:
    """A HEIC file that says it were 20 000 pixels wide and high."""
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", 20_000, 20_000) + content[at + 8 :]


HOSTILE = {
    "gif": (lambda: b"GIF89a....", drawing.NotADocument),
    "zip": (lambda: b"PK\x03\x04", drawing.NotADocument),
    "no pdf": (lambda: b"%PDF-1.7\nnothing", drawing.Damaged),
    "half a pdf": (lambda: papers.blank()[:200], drawing.Damaged),
    "locked": (lambda: papers.locked(papers.blank(), user="secret"), drawing.Encrypted),
    "many pages": (lambda: papers.blank(drawing.MOST_PAGES + 1), drawing.TooManyPages),
    "bomb": (lambda: bomb(100_000, 100_000), drawing.TooManyPixels),
    "small bomb": (lambda: bomb(9_000, 9_000), drawing.TooManyPixels),
    "broken png": (lambda: bomb(1_000, 1_000), drawing.Damaged),
    "half a jpeg": (lambda: papers.scanned(papers.picture())[:3000], drawing.Damaged),
    "no heic": (lambda: b"\x00\x00\x00\x18ftypheic" + b"\0" * 100, drawing.Damaged),
    "half a heic": (lambda: papers.heic(papers.picture())[:4000], drawing.Damaged),
    "a heic that lies about its size": (lambda: grown(papers.heic(papers.picture())), drawing.Damaged),
    "avif": (lambda: b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + b"\0" * 50, drawing.NotADocument),
    "a film": (lambda: b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc" + b"\0" * 50, drawing.NotADocument),
    "no webp": (lambda: b"RIFF\x00\x00\x00\x00WEBPVP8 ", drawing.Damaged),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused_clearly(name):
    make, refusal = HOSTILE[name]
    with pytest.raises(refusal) as refused:
        sandbox.call("accounting.payables.capture.scanning:scan", make())
    assert str(refused.value).endswith(".")


def test_a_file_that_only_forbids_changes_is_read():
    assert codes(papers.locked(papers.pdf(), user="")) == [PAYLOAD]


def test_a_page_as_large_as_a_house_is_drawn_small():
    huge = pikepdf.new()
    huge.add_blank_page(page_size=(14_400, 14_400))  # five metres, the most that PDF knows
    huge.pages[0].UserUnit = 100
    assert codes(papers.saved(huge)) == []


def test_a_picture_in_a_pdf_file_that_unfolds_into_gigabytes_costs_a_child_alone():
    file = pikepdf.new()
    sheet = file.add_blank_page(page_size=(595, 842))
    raw = zlib.compress(b"\0" * 60_000_000, 9)
    image = pikepdf.Stream(file, raw, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=60_000,
                           Height=60_000, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
                           Filter=pikepdf.Name.FlateDecode)  # fmt: skip
    sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    sheet.Contents = pikepdf.Stream(file, b"q 595 0 0 842 0 0 cm /Im0 Do Q")
    content = papers.saved(file)
    try:
        found = sandbox.call("accounting.payables.capture.scanning:scan", content)
    except sandbox.TooCostly:
        return
    assert found.codes == ()


# --- pages to look at -----------------------------------------------------------------------------
@pytest.mark.parametrize("make", [
    lambda: papers.pdf(), lambda: papers.scanned(papers.picture()),
    lambda: papers.scanned(papers.picture().convert("RGBA"), "PNG"),
])  # fmt: skip
def test_a_page_is_drawn_anew(make):
    content = make()
    shown = sandbox.call("erp.documents.drawing:page", content, nth=1, width=900)
    with Image.open(io.BytesIO(shown)) as picture:
        assert (picture.format, picture.width, picture.mode) == ("JPEG", 900, "RGB")


def test_a_page_that_is_not_there():
    with pytest.raises(drawing.Damaged):
        page(papers.pdf(), nth=2, width=900)
    assert page(papers.scanned(papers.picture()), nth=1, width=400)
