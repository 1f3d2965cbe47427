"""Products: added, found, changed, copied, deleted; as pages and for programs."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounting.receivables import product_exporting, product_importing, products
from accounting.receivables.models import DocumentLine, Product, SalesDocument
from accounting.receivables.pricing import both_ways
from erp.audit.models import AuditEvent
from erp.core.errors import Refusals
from erp.web.export import as_csv
from tests import make
from tests.erp.client import new_key, places, problem
from vat.codes.models import VatCode

pytestmark = pytest.mark.django_db
FORM = {"number": "", "price": "1’200.5", "basis": "net", "account": "3200", "vat_code": "UN",
        "cost_centre": "", "cost_object": "", "active": "on", "version": "0", "name_de": "Beratung",
        "unit_de": "h", "text_de": "nach Aufwand", "name_fr": "Conseil"}  # fmt: skip


@pytest.fixture
def sell(company, anna):
    def new(name="Beratung", *, price="100.00", **more):
        told = {"account": make.account(company, "3200"),
                "vat_code": VatCode.of(company).get(code="UN")} | more  # fmt: skip
        return products.save_product(
            company=company, by=anna, name_de=name, price=Decimal(price), **told
        )

    return new


def cost(client, address, **query):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, query)
    assert answer.status_code == 200
    return len(queries), answer


@pytest.mark.parametrize(("price", "basis", "rate", "net", "gross"), [
    ("100", "net", "8.1", "100", "108.10"),
    ("108.10", "gross", "8.1", "100.00", "108.10"),
    ("0.0125", "net", "8.1", "0.0125", "0.01"),
    ("19.95", "gross", "2.6", "19.44", "19.95"),
    ("50", "net", "0", "50", "50"),
])  # fmt: skip
def test_a_price_is_told_both_ways(price, basis, rate, net, gross):
    found = both_ways(Decimal(price), basis=basis, rate=Decimal(rate))
    assert (found.net, found.gross) == (Decimal(net), Decimal(gross))


def test_products_get_numbers_and_the_trail_tells_of_them(sell, company, anna):
    first, second = sell(), sell("Reise", number="R-1")
    third = sell("Spesen")
    assert [one.number for one in (first, second, third)] == ["1001", "R-1", "1002"]
    products.save_product(
        company=company, by=anna, product=first, version=1, price=Decimal("0.1234")
    )
    told = AuditEvent.of(company).get(action="product.change").details
    assert told == {"number": "1001", "price": ["100.0000", "0.1234"]}
    with pytest.raises(products.ProductChanged):
        products.save_product(company=company, by=anna, product=first, version=1, name_de="x")
    with pytest.raises(products.NumberTaken):
        sell("Doppelt", number="r-1")


def test_all_that_is_wrong_is_told_at_once(sell, company):
    with pytest.raises(Refusals) as found, transaction.atomic():
        sell("", price="1.12345", account=make.account(company, "1100"), unit_fr="x" * 21,
             vat_code=VatCode.of(company).get(code="IN"))  # fmt: skip
    assert {(one.place, one.code) for one in found.value.refusals} == {
        ("name_de", "products.name_missing"), ("price", "receivables.too_many_decimals"),
        ("account", "terms.wrong_kind"), ("unit_fr", "core.line_too_long"),
        ("vat_code", "terms.wrong_code"),
    }  # fmt: skip
    with pytest.raises(Refusals), transaction.atomic():
        sell(account=None)
    assert not Product.of(company).exists()


def test_what_stands_on_a_document_stays(sell, company, anna, add):
    used, free = sell(), sell()
    document = SalesDocument.unscoped.create(
        company=company, kind="invoice", date=make.MARCH_31, contact=add("Kunde AG"), language="de",
        currency="CHF", basis="net", rounding="each_line", created_at=timezone.now(), created_by=anna,
    )  # fmt: skip
    DocumentLine.unscoped.create(company=company, document=document, position=1, product=used)
    with pytest.raises(products.ProductInUse), transaction.atomic():
        products.delete_product(used, by=anna)
    products.delete_product(free, by=anna)
    assert [one.pk for one in Product.of(company)] == [used.pk]
    assert AuditEvent.of(company).get(action="product.delete").details["number"] == "1002"


def test_the_list_finds_sorts_and_costs_the_same_however_much_there_is(page, sell):
    address = page.start + "receivables/products/"
    sell("Ähre", price="3.00")
    sell("Brot", price="2.00", name_fr="Pain", number="B-7")
    sell("Alt", active=False)
    few, _answer = cost(page, address)
    for nth in range(60):
        sell(f"Ware {nth:02}", price=str(10 + nth))
    many, answer = cost(page, address)
    assert many == few <= 16
    assert len(answer.context["rows"]) == 50 and answer.context["page"].paginator.num_pages == 2

    def names(**query):
        return [row.name for row, _price in page.get(address, query).context["rows"]]

    assert names(q="pain") == names(q="b-7") == ["Brot"]
    assert names(state="off") == ["Alt"] and "Alt" in names(state="all", q="alt")
    assert names(order="-price")[0] == "Ware 59" and names(order="price")[0] == "Brot"
    assert names(order="name")[:2] == ["Brot", "Ware 00"]
    assert names(order="'; DROP", page="99")
    shown = answer.content.decode()
    assert "108.10" not in shown and "3.24" in shown  # 3.00 without VAT


def test_a_product_is_added_changed_copied_and_deleted_on_its_page(page, company):
    start = page.start + "receivables/products/"
    assert page.get(start + "add/").status_code == 200
    answer = page.post(start + "add/", FORM)
    one = Product.of(company).get()
    assert answer["Location"] == f"{start}{one.pk}/"
    assert (one.number, one.price, one.name_fr) == ("1001", Decimal("1200.5"), "Conseil")
    _queries, answer = cost(page, f"{start}{one.pk}/")
    shown = answer.content.decode()
    assert "1’297.74" in shown and 'value="1’200.50"' in shown and 'value="3200"' in shown
    wrong = page.post(
        f"{start}{one.pk}/", {**FORM, "version": "1", "account": "77", "price": "viel"}
    )
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"account", "price"}
    wrong = page.post(f"{start}{one.pk}/", {**FORM, "version": "1", "name_de": "", "name_fr": "",
                                           "vat_code": "IN", "number": "7"})  # fmt: skip
    assert set(wrong.context["form"].errors) == {"name_de", "vat_code"}
    copy = page.get(start + "add/", {"copy": one.pk}).content.decode()
    assert 'value="Beratung"' in copy and 'value="1001"' not in copy
    changed = {**FORM, "version": "1", "number": "1001", "price": "0.0125", "active": ""}
    assert page.post(f"{start}{one.pk}/", changed).status_code == 302
    one.refresh_from_db()
    assert (one.price, one.active, one.version) == (Decimal("0.0125"), False, 2)
    assert page.post(f"{start}{one.pk}/", {"delete": "1"})["Location"] == start
    assert not Product.of(company).exists()


def test_programs_do_the_same(api, company, anna):
    body = {"name_de": "Brot", "price": "3.5000", "account": "3200", "vat_code": "UR",
            "basis": "gross"}  # fmt: skip
    key = new_key()
    told = api.post("products/", body, key=key)
    assert told.status_code == 201, told.content
    assert api.post("products/", body, key=key).json() == told.json()
    assert {name: told.json()[name] for name in body} == body and told.json()["number"] == "1001"
    address = f"products/{told.json()['id']}/"
    _read, version = api.read(address)
    changed = api.patch(address, {"price": "3.6", "active": False}, **version)
    assert changed.json()["price"] == "3.6000" and changed.json()["active"] is False
    problem(api.patch(address, {"price": "3.7"}, **version), 412)
    wrong = api.patch(address, {"account": "1100", "vat_code": "IN"}, HTTP_IF_MATCH="*")
    assert places(problem(wrong, 422)) == [
        ("account", "terms.wrong_kind"), ("vat_code", "terms.wrong_code")
    ] or places(problem(wrong, 422)) == [
        ("vat_code", "terms.wrong_code"), ("account", "terms.wrong_kind")
    ]  # fmt: skip
    problem(api.post("products/", {"name_de": "x"}, key=new_key()), 400)
    few = None
    for count in (1, 6):
        while Product.of(company).count() < count:
            api.post("products/", body, key=new_key())
        with CaptureQueriesContext(connection) as queries:
            assert len(api.get("products/").json()["results"]) == count
        few = few or len(queries)
        assert len(queries) == few
    assert api.get("products/", active="false").json()["results"][0]["number"] == "1001"
    assert api.delete(address, HTTP_IF_MATCH="*").status_code == 204


# Files


def upload(client, address, content, name="p.csv"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post(address, {"file": SimpleUploadedFile(name, content)})


FILE = """Nummer;Bezeichnung;Name (französisch);Einheit;Preis;MWST;Konto;MWST-Code
A-1;Brot;Pain;Stk;3.50;inkl.;3200;UR
;Beratung;;h;0.0125;netto;3200;un
""".encode()


def test_products_come_from_a_file_and_go_to_one(page, company, anna, sell):
    address = page.start + "receivables/products/import/"
    there = sell("Alt", number="A-1", text_de="bleibt")
    shown = upload(page, address, FILE)
    preview = shown.context["preview"]
    assert (len(preview.added), len(preview.altered)) == (1, 1) and Product.of(company).count() == 1
    done = page.post(address, {"kept": shown.context["kept"], "confirm": "1"})
    assert done.status_code == 302
    there.refresh_from_db()
    assert (there.name_de, there.name_fr, there.text_de, there.basis, there.version) == (
        "Brot", "Pain", "bleibt", "gross", 2
    )  # fmt: skip
    new = Product.of(company).get(number="1001")
    assert (new.price, new.vat_code.code, new.unit_de) == (Decimal("0.0125"), "UN", "h")
    again = page.post(address, {"kept": shown.context["kept"], "confirm": "1"})
    assert again.status_code == 422  # a preview is good for once
    for form in ("csv", "xlsx"):
        before = [products.shown(one) for one in Product.of(company).order_by("pk")]
        file = page.get(page.start + "receivables/products/", {"format": form, "state": "all"})
        found = upload(page, address, file.content, f"p.{form}").context["preview"]
        assert (len(found.added), len(found.altered), found.refusals) == (0, 0, []), form
        assert [products.shown(one) for one in Product.of(company).order_by("pk")] == before
    printed = page.get(page.start + "receivables/products/", {"format": "pdf"})
    assert printed.content.startswith(b"%PDF")
    rows = list(csv.DictReader(io.StringIO(file_of(page).decode("utf-8-sig")), delimiter=";"))
    assert [row["price"] for row in rows] == ["0.0125", "3.50"]
    assert AuditEvent.of(company).get(action="products.import").details["count"] == 1


def file_of(page):
    return page.get(page.start + "receivables/products/", {"format": "csv"}).content


def test_each_bad_row_is_named_and_nothing_is_written(page, api, company):
    content = (
        b"number;name_de;price;account;vat_code;basis;active\r\n"
        b"1;Gut;1.00;3200;UN;net;ja\r\n"
        b"2;;x;3200;IN;net;\r\n"
        b"1;Zwei;1;3200;;net;\r\n"
        b"4;Vier;1;9999;;quer;vielleicht\r\n"
    )
    answer = upload(page, page.start + "receivables/products/import/", content)
    found = answer.context["preview"].refusals
    assert [(one.values["row"], one.values["column"], one.values["value"]) for one in found] == [
        (3, "price", "x"), (4, "number", "1"), (5, "account", "9999"), (5, "basis", "quer"),
        (5, "active", "vielleicht"),
    ] or {(one.values["row"], one.values["column"]) for one in found} == {
        (3, "price"), (4, "number"), (5, "account"), (5, "basis"), (5, "active"),
    }  # fmt: skip
    told = api.upload("product-imports/", content, key=new_key())
    assert len(problem(told, 422)["errors"]) == len(found)
    assert not Product.of(company).exists()
    dry = api.upload("product-imports/", FILE, dry_run="true")
    assert dry.json() == {"dry_run": True, "new": 2, "changed": 0}
    done = api.upload("product-imports/", FILE, key=new_key())
    assert (done.status_code, done.json()["new"]) == (201, 2) and Product.of(company).count() == 2
    missing = api.upload("product-imports/", b"a;b\r\n1;2\r\n", dry_run="true")
    assert problem(missing, 422, "import.column_missing")


def test_checking_a_file_asks_the_same_few_questions(company, django_assert_max_num_queries):
    rows = "".join(f"P{nth};Ware {nth};1.00;3200;UN\r\n" for nth in range(2000))
    content = ("number;name_de;price;account;vat_code\r\n" + rows).encode()
    with django_assert_max_num_queries(8):
        found = product_importing.dry_run(company=company, content=content)
    assert len(found.added) == 2000 and not found.refusals


def test_a_discount_that_begins_with_a_minus_is_taken_back_from_its_file(sell, company, anna):
    sell("-20 % Rabattartikel", text_de="=gilt nur im Juni", number="-20")
    made = as_csv(product_exporting.importable(Product.of(company)), company)
    assert "'-20 % Rabattartikel" in made.decode()
    Product.of(company).update(name_de="anders", text_de="")
    product_importing.import_products(company=company, content=made, by=anna)
    assert list(Product.of(company).values_list("number", "name_de", "text_de")) == [
        ("-20", "-20 % Rabattartikel", "=gilt nur im Juni")
    ]
