"""``?width=``: originals as pictures of a size, drawn anew, for phones."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from accounting.ledger import posting
from accounting.payables.capture import receiving
from accounting.payables.capture.models import Channel, InboxDocument
from accounting.payables.capture.receiving import Incoming
from contacts import activities, saving
from erp.companies.models import Module
from erp.documents import scaled, storing
from tests import make
from tests.accounting.payables.capture import papers
from tests.erp.client import problem

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
