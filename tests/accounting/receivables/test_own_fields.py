"""Documents with own fields: checked when they are written, and printed in their language."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounting.receivables import archiving, making, papers
from accounting.receivables.drafting import lines_of, save
from accounting.receivables.models import SalesDocument
from accounting.receivables.typed import TypedDocument
from erp.core.errors import DomainError
from erp.own_fields.models import OwnField
from erp.own_fields.saving import FieldHasValues, delete_own_field, save_own_field
from tests import make
from tests.accounting.receivables.sales import MARCH_9, company, customer, draft, issued
from tests.erp.client import Api, new_key, places, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db):
    new = company()
    told = {"company": new, "by": make.owner_of(new), "subject": SalesDocument.OWN_FIELDS}
    save_own_field(
        **told, code="site", kind="text", name_de="Baustelle", name_fr="Chantier", printed=True
    )
    save_own_field(
        **told, code="until", kind="date", name_de="Abnahme", name_fr="Réception", printed=True
    )
    save_own_field(**told, code="margin", kind="number", name_de="Marge")
    return new


VALUES = {"site": "Seestrasse 1", "until": "9.3.2026", "margin": "12.5"}


def test_printed_ones_stand_on_the_paper_in_its_language(books):
    invoice = issued(books, customer(books), language="fr", own_values=VALUES)
    assert invoice.own_values == {"site": "Seestrasse 1", "until": "2026-03-09", "margin": "12.5"}
    facts = archiving.kept_paper(invoice).letter.facts
    assert facts[-2:] == (("Chantier", "Seestrasse 1"), ("Réception", "09.03.2026"))
    assert "Marge" not in dict(facts)
    client = Client()
    client.force_login(make.owner_of(books))
    answer = client.get(reverse("sales-document", args=[books.pk, invoice.pk]))
    assert answer.context["own"] == [
        ("Marge", "12.5"), ("Baustelle", "Seestrasse 1"), ("Abnahme", "09.03.2026"),
    ]  # fmt: skip


def test_the_mask_shows_and_sends_them(books):
    one = draft(books, customer(books), own_values=VALUES)
    client = Client()
    client.force_login(make.owner_of(books))
    address = reverse("sales-document-edit", args=[books.pk, one.pk])
    shown = client.get(address)
    assert [(box.field.code, box.value) for box in shown.context["own"]] == [
        ("margin", "12.5"), ("site", "Seestrasse 1"), ("until", "09.03.2026"),
    ]  # fmt: skip
    own = [{"code": "site", "value": "Dorf 2"}, {"code": "margin", "value": ""}]
    sent = {"kind": "invoice", "contact": str(one.contact_id), "date": "2026-03-09", "own": own,
            "lines": [{"kind": "item", "text": "x", "price": "5.00", "account": "3400"}]}  # fmt: skip
    assert client.post(address, {"document": json.dumps(sent)}).status_code == 200
    assert SalesDocument.of(books).get(pk=one.pk).own_values == {"site": "Dorf 2"}
    sent["own"] = [{"code": "margin", "value": "viel"}]
    refused = client.post(address, {"document": json.dumps(sent)})
    assert refused.json()["errors"][0]["field"] == "own_values.margin"


def test_faults_name_the_field_beside_all_others(books):
    huber = customer(books)
    body = {"kind": "invoice", "contact": huber.pk, "date": "2026-03-01", "lines": [{"product": "fehlt"}],
            "own_values": {"until": "bald", "unknown": "x"}}  # fmt: skip
    api = Api(books, make.owner_of(books))
    told = problem(api.post("sales-documents/", body, key=new_key()), 422)
    assert set(places(told)) == {
        ("own_values.until", "fields.bad_value"), ("own_values.unknown", "fields.unknown"),
        ("lines[0].product", "receivables.unknown_product"),
    }  # fmt: skip
    body |= {"lines": [], "own_values": {"margin": "5"}}
    answer = api.post("sales-documents/", body, key=new_key())
    assert (answer.status_code, answer.json()["own_values"]) == (201, {"margin": "5"})


def test_they_come_along_with_what_is_made_of_a_document(books):
    anna = make.owner_of(books)
    offer = issued(books, customer(books), kind="offer", own_values=VALUES)
    made = save(company=books, by=anna, typed=making.derived(offer, "invoice", date=MARCH_9))
    assert made.own_values == offer.own_values
    paper = papers.printed(made, lines_of(made)).paper
    assert ("Baustelle", "Seestrasse 1") in paper.letter.facts


def test_a_field_with_values_stays(books):
    anna = make.owner_of(books)
    one = draft(books, customer(books), own_values={"site": "Chur"})
    field = OwnField.of(books).get(subject="document", code="site")
    with pytest.raises(FieldHasValues):
        delete_own_field(field, by=anna)
    typed = TypedDocument("invoice", one.contact_id, MARCH_9, own_values={"margin": "viel"})
    with pytest.raises(DomainError) as found:
        save(company=books, by=anna, document=one, typed=typed)
    assert found.value.place == "own_values.margin"


def test_lists_files_endpoints_and_search_know_them(books):
    anna, huber = make.owner_of(books), customer(books)
    save_own_field(company=books, by=anna, subject="document", code="kind", kind="choice",
                   choices=["Bau", "Service"], name_de="Art")  # fmt: skip
    one, other = (draft(books, huber, own_values=VALUES | {"kind": kind, "site": site})
                  for kind, site in (("Bau", "Seestrasse 1"), ("Service", "Quellenweg 2")))  # fmt: skip
    client = Client()
    client.force_login(anna)
    address = reverse("sales-documents", args=[books.pk])
    whole = client.get(address)
    assert [box.field.code for box in whole.context["own"]] == ["kind"]
    assert {row.document.pk for row, _texts in whole.context["rows"]} == {one.pk, other.pk}
    shown = client.get(address, {"own-kind": "Service", "columns": "own"})
    assert [(row.document.pk, texts) for row, texts in shown.context["rows"]] == [
        (other.pk, ["Service", "12.5", "Quellenweg 2", "09.03.2026"])
    ]
    assert "Quellenweg 2" in shown.content.decode()
    head, row, *_total = (
        client.get(address, {"own-kind": "Bau", "format": "csv"}).content.decode().splitlines()
    )
    assert head.endswith("own.kind;own.margin;own.site;own.until")
    assert row.endswith("Bau;12.5;Seestrasse 1;2026-03-09")
    api = Api(books, anna)
    for asked in ({"own": "site:quellenweg"}, {"q": "QUELLENWEG"}, {"q": "quellenweg 12.5"}):
        found = api.get("sales-documents/", **asked).json()["results"]
        assert [told["id"] for told in found] == [other.pk], asked
    assert api.get("sales-documents/", q="site").json()["results"] == []
    hits = api.get("search/", q="quellenweg").json()["results"]
    assert [(hit["kind"], hit["id"]) for hit in hits] == [("sales_documents", other.pk)]
