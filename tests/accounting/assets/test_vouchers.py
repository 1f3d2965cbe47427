"""Originals of assets: hung on, shown, taken off again, and gone with an asset that is deleted."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.assets import registering, vouching
from accounting.assets.errors import TooManyVouchers
from accounting.assets.models import AssetVoucher
from accounting.ledger import posting
from erp.audit.models import AuditEvent
from erp.documents import storing
from erp.documents.models import StoredFile
from tests import make
from tests.accounting.assets import books
from tests.accounting.assets.books import bought, van
from tests.accounting.payables.capture import papers
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    return books.company()


@pytest.fixture
def by(company):
    return make.owner_of(company)


def paper(company, nth=1):
    return storing.store(company=company, name=f"Kauf {nth}.pdf", content=papers.blank(nth),
                         by=make.owner_of(company))  # fmt: skip


def test_papers_are_hung_on_and_taken_off_on_the_page(company, by):
    asset, page = van(company), Client()
    page.force_login(by)
    here = f"/c/{company.pk}/assets/{asset.pk}/"
    first = papers.blank()
    files = [SimpleUploadedFile(f"Beleg {nth}.pdf", content)
             for nth, content in ((1, first), (2, papers.blank(2)))]  # fmt: skip
    assert page.post(here, {"do": "attach", "file": files}).status_code == 302
    one, two = page.get(here).context["vouchers"]
    assert [one.file.name, two.file.name] == ["Beleg 1.pdf", "Beleg 2.pdf"]
    shown = page.get(f"{here}vouchers/{one.pk}/?width=400")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert page.get(f"{here}vouchers/{one.pk}/?download=1").content == first
    other = van(company)
    assert page.get(f"/c/{company.pk}/assets/{other.pk}/vouchers/{one.pk}/").status_code == 404
    bad = page.post(here, {"do": "attach", "file": SimpleUploadedFile("x.exe", b"MZ")})
    assert bad.status_code == 422 and AssetVoucher.of(company).count() == 2
    assert page.post(f"/c/{company.pk}/assets/{other.pk}/",
                     {"do": "detach", "voucher": one.pk}).status_code == 404  # fmt: skip
    assert page.post(here, {"do": "detach", "voucher": one.pk}).status_code == 302
    assert page.get(here).context["vouchers"] == [two]
    assert StoredFile.of(company).filter(pk=one.file_id).exists()  # the archive keeps it
    actions = AuditEvent.of(company).filter(action__in=["asset.attach", "asset.detach"])
    assert sorted(actions.values_list("action", flat=True)) == [
        "asset.attach", "asset.attach", "asset.detach"]  # fmt: skip


def test_the_papers_of_the_purchase_are_shown_without_being_hung_on_again(company, by):
    line = bought(company)
    posting.attach(line.entry, [paper(company)])
    asset = registering.register_line(books.asset(company), line, by=by)
    page = Client()
    page.force_login(by)
    here = f"/c/{company.pk}/assets/{asset.pk}/"
    (found,) = page.get(here).context["of_purchase"]
    assert (found.file.name, found.entry) == ("Kauf 1.pdf", line.entry)
    reader = Client()
    reader.force_login(make.user(company=company, granted=["assets.read"]))
    assert reader.get(here).context["of_purchase"] == []  # who may not see the books sees none
    for do in ("attach", "detach"):
        assert reader.post(here, {"do": do}).status_code == 403


def test_a_program_hangs_reads_and_takes_off_an_original(company, by):
    asset, api, content = van(company), Api(company, by), papers.blank()
    made = api.upload("asset-vouchers/", content, name="Rechnung.pdf", key=new_key(),
                      asset=str(asset.pk))  # fmt: skip
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["asset"], one["name"], one["content_type"]) == (
        asset.pk, "Rechnung.pdf", "application/pdf")  # fmt: skip
    again = api.upload("asset-vouchers/", content, key=new_key(), asset=str(asset.pk))
    assert again.json()["id"] == one["id"]  # the same content hangs there once
    place = f"asset-vouchers/{one['id']}/"
    assert api.get(f"{place}file/").content == content
    assert api.get(f"{place}picture/", width=400)["Content-Type"] == "image/jpeg"
    assert [row["id"] for row in api.get("asset-vouchers/", asset=asset.pk).json()["results"]] == [
        one["id"]
    ]
    assert api.get("asset-vouchers/", asset=van(company).pk).json()["results"] == []
    problem(api.get("asset-vouchers/", asset=2**40), 400)
    problem(api.upload("asset-vouchers/", papers.blank(), key=new_key(), asset=str(2**40)), 400)
    _now, version = api.read(place)
    problem(api.delete(place), 428)
    assert api.delete(place, **version).status_code == 204
    assert api.get("asset-vouchers/").json()["results"] == []


def test_an_asset_has_so_many_and_takes_them_along_when_it_is_deleted(company, by, monkeypatch):
    asset = van(company)
    monkeypatch.setattr(vouching, "MOST", 2)
    vouching.attach(asset, [paper(company, 1), paper(company, 2)], by=by)
    vouching.attach(asset, [StoredFile.of(company).first()], by=by)
    with pytest.raises(TooManyVouchers):
        vouching.attach(asset, [paper(company, 3)], by=by)
    registering.delete_asset(asset, by=by)
    assert not AssetVoucher.of(company).exists() and StoredFile.of(company).count() == 3


def test_the_list_takes_as_many_queries_for_more_of_them(company, by):
    asset, api = van(company), Api(company, by)

    def counted():
        with CaptureQueriesContext(connection) as found:
            assert api.get("asset-vouchers/").status_code == 200
        return len(found)

    vouching.attach(asset, [paper(company, 1)], by=by)
    counted()
    few = counted()
    vouching.attach(asset, [paper(company, nth) for nth in range(2, 7)], by=by)
    assert counted() == few
