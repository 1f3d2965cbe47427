"""A layout is chosen for all papers or for some, tried before it is kept, and refused where it cannot be read."""

from __future__ import annotations

import io

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from erp.audit.models import AuditEvent
from erp.core.errors import Refusals
from erp.layouts.models import Layout
from erp.layouts.queries import layouts, look_of
from erp.layouts.saving import LEAST_CONTRAST, forget_layout, save_layout
from erp.layouts.values import Kind, Look, contrast, look_from
from tests import make
from tests.accounting.receivables.sales import company as sales_company
from tests.erp.client import Api, places, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return sales_company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def page(company, anna):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/settings/layout/"
    return client


def test_a_kind_has_its_own_layout_else_that_of_all_papers_else_the_usual_one(company, anna):
    assert look_of(company, Kind.INVOICE) == Look()
    save_layout(company=company, kind="default", by=anna, accent="#1F4E79", font="serif")
    save_layout(company=company, kind="invoice", by=anna, columns=["vat_rate", "position"])
    assert look_of(company, Kind.OFFER) == Look(accent="#1f4e79", font="serif")
    own = Look(accent="#1f4e79", font="serif", columns=("position", "vat_rate"))
    assert look_of(company, Kind.INVOICE) == own == look_from(own.told())
    save_layout(company=company, kind="default", by=anna, font="sans")
    assert look_of(company, Kind.INVOICE) == own  # it has one of its own
    assert [one.kind.value for one in layouts(company) if one.own] == ["default", "invoice"]
    forget_layout(company=company, kind="invoice", by=anna)
    forget_layout(company=company, kind="invoice", by=anna)
    assert look_of(company, Kind.INVOICE) == Look(accent="#1f4e79")
    events = AuditEvent.of(company).filter(subject="layout").order_by("pk")
    assert [one.action for one in events] == ["layout.change"] * 3 + ["layout.forget"]
    assert events[2].details == {"font": ["serif", "sans"]}


@pytest.mark.parametrize(
    ("told", "place", "code"),
    [({"accent": "red"}, "accent", "layouts.not_a_colour"),
     ({"accent": "#12345"}, "accent", "layouts.not_a_colour"),
     ({"accent": "#١٢٣456"}, "accent", "layouts.not_a_colour"),
     ({"accent": "#ffcc00"}, "accent", "layouts.too_pale"),
     ({"logo_width": 14}, "logo_width", "layouts.bad_logo_width"),
     ({"logo_width": 81}, "logo_width", "layouts.bad_logo_width"),
     ({"font": "Comic Sans"}, "font", "layouts.not_offered"),
     ({"columns": ["price", "margin"]}, "columns", "layouts.not_offered")],
)  # fmt: skip
def test_what_cannot_be_printed_or_read_is_refused_and_nothing_is_kept(
    company, anna, told, place, code
):
    with pytest.raises(Refusals) as found:
        save_layout(company=company, kind="default", by=anna, **told)
    assert [(one.place, one.code) for one in found.value.refusals] == [(place, code)]
    assert not Layout.of(company).exists()


def test_the_contrast_is_that_of_the_standard():
    """WCAG 2.2: black on white has 21, #767676 is the palest grey with 4.5, #777777 has less."""
    assert round(contrast("#000000"), 4) == 21
    assert contrast("#ffffff") == 1
    assert contrast("#777777") < LEAST_CONTRAST < contrast("#767676")


def test_the_database_takes_no_colour_that_is_none(company):
    for told in ({"accent": "red"}, {"logo_width": 200}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Layout.unscoped.create(company=company, kind="default", **told)


FORM = {"kind": "invoice", "accent": "#8a1c1c", "font": "serif", "size": "large", "lines": "zebra",
        "logo_place": "right", "logo_width": "40", "columns": ["position", "price"],
        "sender_line": "on"}  # fmt: skip


def test_the_page_tries_saves_refuses_and_takes_back(page, company):
    tried = page.post(page.start, {**FORM, "preview": "1"})
    assert tried.status_code == 200 and "accent=%238a1c1c" in tried.content.decode()
    assert not Layout.of(company).exists()
    pale = page.post(page.start, {**FORM, "accent": "#ffee00"})
    assert pale.status_code == 422 and "#ffee00 ist zu blass" in str(pale.context["form"].errors)
    assert page.post(page.start, FORM).status_code == 302
    assert look_of(company, Kind.INVOICE) == Look(
        "#8a1c1c", "serif", "large", "right", 40, ("position", "price"), True, False, "zebra"
    )
    letters = {name: FORM[name] for name in FORM if name != "columns"} | {"kind": "letter"}
    assert page.post(page.start, letters).status_code == 302
    assert look_of(company, Kind.LETTER).columns == Look().columns  # letters have their own
    assert page.post(page.start, {"kind": "invoice", "forget": "1"}).status_code == 302
    assert [one.kind for one in Layout.of(company)] == ["letter"]
    assert page.get(page.start, {"kind": "poster"}).status_code == 404


def test_a_preview_is_drawn_of_what_was_typed_and_keeps_nothing(page, company, anna):
    address = page.get(page.start, {"kind": "invoice"}).context["preview"]
    usual = page.get(address, {"page": "1"} | {"kind": "invoice"})
    assert usual["Content-Type"] == "image/jpeg" and usual["Cache-Control"] == "no-store"
    other = page.get(address.partition("?")[0], {**FORM, "page": "1"})
    pictures = [Image.open(io.BytesIO(one.content)).convert("RGB") for one in (usual, other)]
    assert pictures[0].size == pictures[1].size and pictures[0].width == 1000

    def reds(picture):
        return sum(r > 100 and g < 60 and b < 60 for r, g, b in picture.get_flattened_data())

    assert reds(pictures[0]) == 0 < reds(pictures[1])
    pale = page.get(address.partition("?")[0], {**FORM, "accent": "#fff", "page": "1"})
    assert pale.status_code == 422 and pale.json()["errors"][0]["field"] == "accent"
    statement = page.get(address.partition("?")[0], {"kind": "letter", "language": "fr"})
    assert statement.content.startswith(b"%PDF")
    assert not Layout.of(company).exists()


def test_programs_read_change_and_try_layouts(company, anna):
    api = Api(company, anna)
    assert [one["kind"] for one in api.get("layouts/").json()] == Kind.values
    told, version = api.read("layouts/offer/")
    assert told == {"kind": "offer", "own": False, **Look().told()}
    problem(api.patch("layouts/offer/", {"font": "serif"}), 428)
    changed = api.patch("layouts/offer/", {"font": "serif", "columns": ["position"]}, **version)
    assert changed.status_code == 200 and changed.json()["own"] is True
    assert look_of(company, Kind.OFFER) == Look(font="serif", columns=("position",))
    problem(api.patch("layouts/offer/", {"font": "sans"}, **version), 412)
    _told, version = api.read("layouts/offer/")
    pale = problem(api.patch("layouts/offer/", {"accent": "#fefefe"}, **version), 422)
    assert places(pale) == [("accent", "layouts.too_pale")]
    problem(api.patch("layouts/offer/", {"columns": ["x"]}, **version), 400)
    problem(api.get("layouts/poster/"), 404)
    assert api.delete("layouts/offer/", **version).status_code == 204
    assert not Layout.of(company).exists()
    plain = api.get("sales-settings/sample/", kind="offer")
    tried = api.get("sales-settings/sample/", kind="offer", font="serif", columns="position,price")
    assert plain.content.startswith(b"%PDF") and b"Serif" not in plain.content
    assert tried.content.startswith(b"%PDF") and tried.content != plain.content
    problem(api.get("sales-settings/sample/", kind="annual"), 400)
    unknown = problem(api.get("sales-settings/sample/", columns="margin"), 422)
    assert places(unknown) == [("columns", "layouts.not_offered")]


def test_who_sees_no_documents_sees_no_sample(company):
    bea = make.user(company=company, granted=["company.read"])
    client = Client()
    client.force_login(bea)
    shown = client.get(f"/c/{company.pk}/settings/layout/")
    assert shown.status_code == 200 and shown.context["preview"] == ""
    assert client.post(f"/c/{company.pk}/settings/layout/", FORM).status_code == 403
    assert client.get(f"/c/{company.pk}/receivables/settings/sample/").status_code == 403
