"""Pages and endpoints of fixed assets: from a purchase to its sale, by hand and by program."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.assets import ceilings, control, running, year_end
from accounting.assets.models import Asset, DepreciationRun
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import FiscalYear
from accounting.ledger.posting import post
from accounting.ledger.years import open_fiscal_year
from accounting.payables import drafting
from accounting.payables.models import SupplierInvoice
from accounting.payables.typed import TypedInvoice, TypedLine
from tests import make
from tests.accounting.assets import books
from tests.accounting.assets.books import DECEMBER, JANUARY, bought, category, day, van
from tests.erp.client import Api, new_key, problem
from tests.make import chf

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def api(company, owner):
    return Api(company, owner)


@pytest.fixture
def page(owner):
    client = Client()
    client.force_login(owner)
    return client


def told(answer):
    return answer.content.decode()


def test_an_asset_goes_its_way_on_the_pages(company, page):
    here = f"/c/{company.pk}/assets/"
    line = bought(company, date=day(2026, 3, 10))
    assert "1 Zeile auf einem Anlagekonto" in told(page.get(here))
    assert "Ins Register" in told(page.get(f"{here}lines/"))
    assert "Ins Register: 1530" in told(
        page.get(f"/c/{company.pk}/ledger/entries/{line.entry.pk}/")
    )
    mask = page.get(f"{here}lines/{line.entry.pk}/1/")
    form = mask.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"category": category(company).pk, "acquired_on": "10.03.2026",
             "in_service_on": "10.03.2026", "do": "new", "location": "Werkhof"}  # fmt: skip
    assert page.post(mask.request["PATH_INFO"], sent).status_code == 302
    asset = Asset.of(company).get()
    one = f"{here}{asset.pk}/"
    assert (asset.number, asset.location, asset.residual) == ("1001", "Werkhof", 1)
    assert f"/assets/{asset.pk}/" in told(
        page.get(f"/c/{company.pk}/ledger/entries/{line.entry.pk}/")
    )
    for shown in (here, one, f"{here}runs/?until=2026-12-31", f"{here}table/", f"{here}categories/",
                  f"{here}categories/{asset.category_id}/", f"{here}new/", f"{here}import/"):  # fmt: skip
        assert page.get(shown).status_code == 200, shown
    proposal = page.get(f"{here}runs/?until=2026-12-31")
    assert "13’333.33" in told(proposal)
    assert page.post(f"{here}runs/", {"until": "2026-12-31", "total": "1.00"}).status_code == 422
    done = page.post(f"{here}runs/", {"until": "2026-12-31", "total": "13333.33"})
    run = DepreciationRun.of(company).get()
    assert done["Location"] == f"{here}runs/{run.pk}/"
    assert "40’000.00 × 40 % × 10/12 = 13’333.33" in told(page.get(one))
    for form in ("csv", "xlsx", "pdf"):
        for address in (f"{here}?format={form}", f"{here}runs/{run.pk}/?format={form}",
                        f"{here}table/?since=2026-01-01&until=2026-12-31&format={form}"):  # fmt: skip
            assert page.get(address).status_code == 200
    assert page.post(f"{here}runs/{run.pk}/").status_code == 302
    refused = page.post(one, {"do": "dispose", "date": "09.03.2026", "sold_by": ""})
    assert refused.status_code == 422 and "10.03.2026" in told(refused)
    assert page.post(one, {"do": "dispose", "date": "31.12.2026", "sold_by": ""}).status_code == 302
    assert "abgegangen am 31.12.2026" in told(page.get(one))
    assert page.post(one, {"do": "undo"}).status_code == 422
    undo = {"do": "undo", "movement": page.get(one).context["last"].pk}
    assert page.post(one, undo).status_code == 302
    assert page.post(one, undo).status_code == 422  # sent twice, it undoes nothing else
    key = page.get(one).context["revalue"]["key"].value()
    down = {"do": "revalue", "kind": "down", "date": "31.12.2026", "amount": "100", "key": key}
    for _sent in range(2):
        assert page.post(one, down).status_code == 302
    assert page.get(one).context["value"].accumulated == 100
    moved = {"do": "transfer", "category": category(company, "MA").pk, "date": "31.12.2026"}
    assert page.post(one, moved).status_code == 302
    assert control.differs(company, until=DECEMBER) == []


def test_a_supplier_s_invoice_becomes_an_asset_linked_both_ways(company, owner, page, api):
    contact = api.post(
        "contacts/", {"kind": "organisation", "name": "Garage"}, key=new_key()
    ).json()["id"]
    line = TypedLine(chf("10810.00"), account="1530", vat_code="IN", text="Anhänger")
    typed = TypedInvoice(contact=contact, date=day(2026, 2, 1), number="R-7", lines=(line,))
    draft = drafting.save(company=company, typed=typed, by=owner)
    assert api.post(f"supplier-invoices/{draft.pk}/submit/", {}, key=new_key()).status_code in {
        200,
        201,
    }
    bill = SupplierInvoice.of(company).get()
    (free,) = api.get("asset-lines/").json()["results"]
    assert (free["account"], free["rest"], free["entry"]) == ("1530", "10000.00", bill.entry_id)
    made = api.post("assets/from-line/", {"entry": free["entry"], "position": free["position"]})
    assert made.status_code == 201, made.content
    assert (made.json()["name"], made.json()["category"], made.json()["voucher"]) == (
        "Anhänger",
        "FA",
        "R-7",
    )
    shown = told(page.get(f"/c/{company.pk}/assets/{made.json()['id']}/"))
    assert reverse("supplier-invoice", args=[company.pk, bill.pk]) in shown and "Garage" in shown
    refused = api.post(
        f"supplier-invoices/{bill.pk}/reverse/", {"date": "2026-02-01"}, key=new_key()
    )
    assert refused.status_code == 409 and refused.json()["code"] == "assets.in_register"


def test_a_program_does_what_the_pages_do(company, owner, api):
    line = bought(company)
    body = {"entry": line.entry.pk, "position": 1, "name": "Wagen", "in_service_on": "2026-01-15"}
    made = api.post("assets/from-line/", body).json()
    _now, version = api.read(f"assets/{made['id']}/")
    changed = api.patch(f"assets/{made['id']}/", {"location": "Hof"}, **version)
    assert changed.json()["location"] == "Hof"
    found = api.get("depreciation-runs/proposal/", until="2026-03-31").json()
    assert (found["total"], found["results"][0]["base"]) == ("4000.00", "40000.00")
    run = api.post("depreciation-runs/", {"until": "2026-03-31", "total": "4000.00"}, key=new_key())
    assert run.status_code == 201
    rows = api.get(f"depreciation-runs/{run.json()['id']}/rows/").json()["results"]
    assert [row["depreciation"] for row in rows] == ["4000.00"]
    problem(api.post("depreciation-runs/", {"until": "2026-03-31"}, key=new_key()), 409)
    sale = post(company=company, date=day(2026, 4, 5), text="Verkauf", by=owner,
                lines=[debit(make.account(company, "1020"), chf("30000.00")),
                       credit(make.account(company, "8510"), chf("30000.00"))])  # fmt: skip
    (line,) = api.get(f"assets/{made['id']}/proceeds/").json()["results"]
    assert (line["entry"], line["amount"]) == (sale.pk, "30000.00")
    gone = api.post(f"assets/{made['id']}/dispose/", {"date": "2026-04-05", "entry": sale.pk, "position": 2},
                    key=new_key())  # fmt: skip
    assert gone.json()["disposed_on"] == "2026-04-05"
    whole = api.get(f"assets/{made['id']}/whole/").json()
    assert [one["kind"] for one in whole["movements"]] == ["purchase", "depreciation", "disposal"]
    assert whole["values"] == {"cost": "0.00", "accumulated": "0.00", "book": "0.00"}
    report = api.get("assets-table/", since="2026-01-01", until="2026-12-31").json()
    assert report["total"]["disposed"] == "-40000.00"
    assert {row["difference"] for row in report["control"]} == {"0.00"}
    wrong, right = ({"movement": whole["movements"][nth]["id"]} for nth in (0, 2))
    problem(api.post(f"assets/{made['id']}/undo/", wrong, key=new_key()), 409)
    assert api.post(f"assets/{made['id']}/undo/", right, key=new_key()).status_code == 200
    reversed_ = api.post(f"depreciation-runs/{run.json()['id']}/reverse/", {}, key=new_key())
    assert reversed_.json()["reversal"] is not None
    _now, version = api.read(f"assets/{made['id']}/")
    problem(api.delete(f"assets/{made['id']}/", **version), 409)  # it has a history
    assert api.get("asset-categories/ceilings/").json()["results"][0]["origin"] == ceilings.SOURCE
    for path, body, place in (
        ("assets/from-line/", {"entry": 2**62, "position": 1}, "entry"),
        ("assets/from-line/", {"entry": line["entry"], "position": 99}, "position"),
        ("assets/", {"name": "x", "category": "??", "acquired_on": "2026-01-01", "date": "2026-01-01",
                     "cost": "1.00"}, "category"),
    ):  # fmt: skip
        refused = problem(api.post(path, body), 400)
        assert refused["errors"][0]["field"] == place


def test_assets_come_from_a_file_all_or_none(company, page, api):
    head = "name;category;acquired_on;date;cost;accumulated;location\r\n"
    good = (
        head
        + "Drehbank;MA;01.03.2024;01.01.2026;20000;8000;Halle\r\nServer;IT;2025-05-01;2026-01-01;5000.50;;\r\n"
    )
    bad = (
        head
        + "Drehbank;XX;01.03.2024;01.01.2026;20000;8000;\r\nServer;IT;1.5.2025;1.1.2026;100;200;\r\n"
    )
    refused = api.upload("asset-imports/?dry_run=true", bad.encode(), name="a.csv")
    assert refused.status_code == 422 and len(refused.json()["errors"]) == 2
    shown = api.upload("asset-imports/?dry_run=true", good.encode(), name="a.csv").json()
    assert shown == {"dry_run": True, "rows": 2, "cost": "25000.50", "accumulated": "8000.00"}
    assert not Asset.of(company).exists()
    done = api.upload("asset-imports/", good.encode(), name="a.csv", key=new_key())
    assert done.status_code == 201
    assert list(Asset.of(company).order_by("number").values_list("number", "name", "location")) == [
        ("1001", "Drehbank", "Halle"), ("1002", "Server", "")]  # fmt: skip

    def counted(content):
        with CaptureQueriesContext(connection) as queries:
            assert (
                api.upload(
                    "asset-imports/", content.encode(), name="a.csv", key=new_key()
                ).status_code
                == 201
            )
        return len(queries)

    some = "number;" + head + ";Tisch;MO;2025-05-01;2026-01-01;100;0;\r\n"
    some += "1003;Bank;MO;2025-05-01;2026-01-01;100;0;\r\n"  # the next number is given below
    assert (
        api.upload("asset-imports/", some.encode(), name="a.csv", key=new_key()).status_code == 201
    )
    assert set(Asset.of(company).values_list("number", "name")) >= {
        ("1003", "Bank"),
        ("1004", "Tisch"),
    }

    row = "Stuhl;MO;2025-05-01;2026-01-01;100;0;\r\n"
    assert counted(head + row * 2) == counted(head + row * 40)


def test_lists_and_reports_take_as_many_queries_for_more_assets(company, page, api):
    here = f"/c/{company.pk}/assets/"

    def counted(*addresses):
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert page.get(address).status_code == 200
            found.append(len(queries))
        return found

    ask = (here, f"{here}?format=csv", f"{here}table/", f"{here}runs/?until=2026-12-31",
           f"{api.start}assets/", f"{api.start}assets-table/?since=2026-01-01&until=2026-12-31")  # fmt: skip
    van(company)
    counted(*ask)  # what is read once
    few = counted(*ask)
    for _nth in range(12):
        van(company, "1000.00")
    assert counted(*ask) == few


def test_the_closing_of_the_year_asks_for_register_and_depreciation(company, owner):
    year = FiscalYear.of(company).get()
    assert year_end.equal(company, year).fulfilled is None
    van(company)
    assert year_end.equal(company, year).fulfilled is True
    found = year_end.depreciated(company, year)
    assert (found.fulfilled, found.evidence[0].amount) == (False, chf("16000.00"))
    running.run(company, until=DECEMBER, by=owner)
    assert year_end.depreciated(company, year).fulfilled is True
    bought(company, "500.00", JANUARY)
    found = year_end.equal(company, year)
    assert (found.fulfilled, [one.amount for one in found.evidence]) == (False, [chf("500.00")])


def test_the_newest_months_are_offered_for_a_run(company, owner, page):
    for year in range(2027, 2031):
        open_fiscal_year(company=company, start=day(year, 1, 1), end=day(year, 12, 31), by=owner)
    ends = page.get(f"/c/{company.pk}/assets/runs/").context["ends"]
    assert len(ends) == 36 and [ends[0][0], ends[-1][0]] == [day(2028, 1, 31), day(2030, 12, 31)]


def test_who_may_only_read_posts_nothing(company):
    asset = van(company)
    reader = Client()
    reader.force_login(make.user(company=company, granted=["assets.read"]))
    here = f"/c/{company.pk}/assets/{asset.pk}/"
    assert "Verschrottung" not in told(reader.get(here))
    for do in ("save", "delete", "undo", "dispose", "sell", "revalue", "transfer"):
        assert reader.post(here, {"do": do}).status_code == 403
    company.modules = ["ledger"]
    company.save(update_fields=["modules"])
    assert reader.get(here).status_code == 403
