"""``?width=``: originals as pictures of a size, drawn anew, for phones."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounting.ledger import posting
from accounting.payables.capture import receiving
from accounting.payables.capture.models import Channel, InboxDocument
from accounting.payables.capture.receiving import Incoming
from contacts import activities, saving
from erp.companies.models import Module
from erp.core.errors import DomainError
from erp.core.filetypes import document_type
from erp.documents import drawing, scaled, storing
from erp.documents.models import StoredFile
from payroll.expenses import claiming
from tests import make
from tests.accounting.payables.capture import papers
from tests.erp.client import problem
from tests.payroll.expenses import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db, settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    return make.company(modules=Module.values)


def size_of(answer):
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
    with Image.open(io.BytesIO(answer.content)) as picture:
        return picture.size


def photo(width, height):
    out = io.BytesIO()
    picture = Image.new("RGB", (width, height), "white")
    exif = picture.getexif()
    exif[0x0112], exif[0x010F] = 6, "Camera of somebody"  # turned; and what a phone tells of itself
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_pages_of_the_inbox_come_in_the_size_that_is_asked_for(api, company, anna):
    incoming = [Incoming("bill.pdf", papers.blank(2))]
    receiving.receive(company=company, incoming=incoming, channel=Channel.UPLOAD, by=anna)
    path = f"inbox-documents/{InboxDocument.of(company).get().pk}/pages/"
    widths = [size_of(api.get(f"{path}2/", width=width))[0] for width in scaled.WIDTHS]
    assert widths == list(scaled.WIDTHS)
    answer = api.get(f"{path}1/")
    assert size_of(answer)[0] == 800
    again = api.client.get(f"{api.start}{path}1/", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    problem(api.get(f"{path}3/"), 422, "capture.damaged")
    problem(api.get(f"{path}1/", width=801), 400)
    assert api.get(f"{path}0/").status_code == 404


def test_vouchers_and_files_of_contacts_are_shown_upright_and_tell_nothing_of_the_camera(
    api, company, anna
):
    content = photo(1200, 900)
    entry = make.rent(company, by=anna)
    file = storing.store(company=company, name="beleg.jpg", content=content, by=anna)
    posting.attach(entry, [file])
    (voucher,) = api.get(f"journal-entries/{entry.pk}/vouchers/").json()
    answer = api.get(f"vouchers/{voucher['id']}/picture/", width=400)
    assert size_of(answer) == (400, 533) and b"Camera" not in answer.content
    contact = saving.add_contact(company=company, by=anna, kind="organisation", name="Muster AG")
    kept = activities.attach(contact, name="a.jpg", content=content, label="", by=anna)
    assert size_of(api.get(f"contact-files/{kept.pk}/picture/", width=160)) == (160, 213)
    for path in (f"contact-files/{kept.pk}/picture/", f"vouchers/{voucher['id']}/picture/"):
        problem(api.get(path, page=2), 422, "capture.damaged")
    storing.path_of(company.pk, file.digest).unlink()
    assert api.get(f"vouchers/{voucher['id']}/picture/", width=400).status_code == 200  # kept
    assert api.get(f"vouchers/{voucher['id']}/picture/", width=800).status_code == 404


def heic():
    """As a phone takes it: turned, and telling of the camera."""
    picture = papers.picture(dpi=100)
    exif = picture.getexif()
    exif[0x0112], exif[0x010F] = 1, "Camera of somebody"
    return papers.heic(picture, exif=exif.tobytes())


def test_a_heic_photograph_is_kept_as_it_came_and_shown_as_jpeg(api, company, anna):
    page = Client()
    page.force_login(anna)
    content = heic()
    assert b"Camera of somebody" in content
    entry = make.rent(company, by=anna)
    upload = SimpleUploadedFile("IMG_0001.HEIC", content, "application/octet-stream")
    url = f"/c/{company.pk}/ledger/entries/{entry.pk}/"
    assert page.post(url, {"action": "attach", "voucher_file": upload}).status_code == 302
    (voucher,) = api.get(f"journal-entries/{entry.pk}/vouchers/").json()
    assert voucher["content_type"] == "image/heic"
    shown = page.get(reverse("voucher", args=[company.pk, voucher["id"]]))
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert not picture.getexif()
    assert size_of(shown)[0] == 827 and b"Camera" not in shown.content
    saved = page.get(reverse("voucher", args=[company.pk, voucher["id"]]), {"download": "1"})
    assert saved.content == content and saved["Content-Type"] == "image/heic"
    assert size_of(api.get(f"vouchers/{voucher['id']}/picture/", width=400))[0] == 400


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (lambda: heic()[:3000], "capture.damaged"),
        (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 4000, "capture.damaged"),
        (lambda: b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf" + b"\0" * 40, "documents.unknown_type"),
        (lambda: b"\0\0\0\x14ftypmsf1\0\0\0\0hevc" + b"\0" * 40, "documents.unknown_type"),
    ],
)
def test_heic_files_that_cannot_be_opened_are_refused_at_once(api, company, anna, broken, code):
    contact = saving.add_contact(company=company, by=anna, kind="organisation", name="Muster AG")
    problem(
        api.upload("contact-files/", broken(), name="IMG_0001.HEIC", contact=contact.pk), 422, code
    )
    assert not StoredFile.of(company).exists()
    with pytest.raises(DomainError) as refused:
        storing.require_document("IMG_0001.HEIC", broken())
    assert refused.value.code == code


def test_a_brand_list_says_what_a_file_without_codec_is():
    start = b"\0\0\0\x18ftypmif1\0\0\0\0"
    assert document_type(start + b"mif1heic") == "image/heic"
    assert document_type(start + b"mif1avif") is None
    assert document_type(b"\xff\xff\xff\xffftypheic\0\0\0\0heic") is None
    assert document_type(b"\0\0\0\x18ftypheic") == "image/heic"


def test_a_heic_picture_has_as_many_pixels_at_most_as_others(monkeypatch):
    drawing.require_picture(heic())
    monkeypatch.setattr(drawing, "MOST_PIXELS", 900_000)
    with pytest.raises(drawing.TooManyPixels):
        drawing.require_picture(heic())


def test_receipts_of_claims_are_shown_to_a_phone_in_the_size_of_its_screen(api, company, anna):
    taken, locked = photo(1200, 900), papers.locked(papers.blank(), user="x")
    picture = storing.store(company=company, name="b.jpg", content=taken, by=anna)
    encrypted = storing.store(company=company, name="c.pdf", content=locked, by=anna)
    books.kind(company, wage_type=None)
    claim = books.claim(company, anna, books.line(file=picture), books.line(file=encrypted))
    for path in (f"my-expenses/{claim.pk}/lines/", f"expense-claims/{claim.pk}/lines/"):
        answer = api.get(f"{path}1/receipt/picture/", width=160)
        assert size_of(answer) == (160, 213) and b"Camera" not in answer.content
        problem(api.get(f"{path}1/receipt/picture/", width=161), 400)
        problem(api.get(f"{path}2/receipt/picture/"), 422, "capture.encrypted")
        problem(api.get(f"{path}3/receipt/picture/"), 404)
    page = Client()
    page.force_login(anna)
    for start in (f"/c/{company.pk}/expenses/", f"/c/{company.pk}/expenses/all/"):
        shown = page.get(f"{start}{claim.pk}/").content.decode()
        one, two = (line.pk for line in claiming.lines_of(claim))
        address = f"{start}{claim.pk}/receipts/{one}/"
        assert f'src="{address}?width=400"' in shown
        assert size_of(page.get(address, {"width": 400})) == (400, 533)
        assert page.get(address).content == taken
        assert page.get(address, {"width": 401}).status_code == 404
        refused = page.get(f"{start}{claim.pk}/receipts/{two}/", {"width": 400})
        assert refused.status_code == 404
