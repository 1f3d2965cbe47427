"""Pages of documents: the list, the mask, one document and what is done with it."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.receivables import checking, drafting, errors, issuing, masks, queries
from accounting.receivables.masks import CustomerMissing
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.queries import State
from accounting.terms.models import CustomerTerms, PaymentTerms
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.open_items.books import money
from tests.accounting.receivables.sales import (
    MARCH_1,
    MARCH_9,
    company,
    customer,
    draft,
    issued,
    item,
    product,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books():
    with clock.at(dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)):
        yield company()


@pytest.fixture
def huber(books):
    return customer(books)


@pytest.fixture
def desk(books):
    return desk_of(make.owner_of(books))


def desk_of(user):
    client = Client()
    client.force_login(user)
    return client


def clerk(books, *granted):
    return desk_of(make.user(company=books, granted=list(granted)))


def at(books, name, *more):
    return reverse(name, args=[books.pk, *more])


def sent(to, *lines, **more):
    """What the mask's script sends."""
    told = {"kind": "invoice", "contact": str(to.pk), "date": "2026-03-01"}
    return {"document": json.dumps({**told, **more, "lines": lines or (LINE,)})}


LINE = {"kind": "item", "text": "Beratung", "price": "1000", "account": "3400", "vat_code": "UN"}


# --- the list -----------------------------------------------------------------------------------
def counted(act):
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_the_list_costs_the_same_at_any_size(books, huber, desk):
    """What the gate asks is not counted: it is that of any page, such as the start of the manual."""
    for query in (
        "",
        "?kind=invoice&order=-total",
        "?kind=invoice&status=open&q=huber",
        "?order=name",
    ):
        page = at(books, "sales-documents") + query
        issued(books, huber)
        desk.get(page)
        few = counted(lambda page=page: desk.get(page))
        for _nth in range(6):
            issued(books, huber), draft(books, huber), issued(books, huber, kind="offer")
        assert counted(lambda page=page: desk.get(page)) == few
    with CaptureQueriesContext(connection) as found:
        desk.get(page)
    own = [q["sql"] for q in found if '"accounting_' in q["sql"] or '"contacts_' in q["sql"]]
    assert len(own) <= 8, own


def shown(answer):
    """The documents that a list shows, by id and in order."""
    return [row.document.pk for row in answer.context["page"].rows]


def test_the_list_is_filtered_by_kind_state_days_words_and_customer(books, huber, desk):
    meier = customer(books, "Meier GmbH")
    offer, late = issued(books, huber, kind="offer"), issued(books, huber, date=dt.date(2026, 1, 5))
    new, other = draft(books, huber, subject="Dachstock"), issued(books, meier)
    page = at(books, "sales-documents")
    for query, wanted in (
        ("", {offer, late, new, other}), ("?kind=offer", {offer}), ("?kind=invoice", {late, new, other}),
        ("?status=draft", {new}), ("?kind=invoice&status=open", {late, other}), ("?status=overdue", {late}),
        ("?kind=offer&status=open", {offer}), ("?kind=offer&status=accepted", set()),
        ("?q=dachst", {new}), (f"?q={late.number}", {late}), ("?q=meier", {other}),
        (f"?contact={meier.pk}", {other}), ("?from=2026-02-01&kind=invoice", {new, other}),
        ("?until=31.01.2026", {late}), ("?kind=nonsense&status=x&order=y&from=z", {offer, late, new, other}),
    ):  # fmt: skip
        assert set(shown(desk.get(page + query))) == {one.pk for one in wanted}, query


def test_the_list_goes_on_by_key_and_adds_up_what_it_shows(books, huber, desk, monkeypatch):
    rows = [issued(books, huber, item(f"{n}00.00")) for n in range(1, 6)]
    note = issuing.cancel(rows[4], date=MARCH_9, by=make.owner_of(books))
    from accounting.receivables import listing

    monkeypatch.setattr(listing.page_of, "__kwdefaults__",
                        {**listing.page_of.__kwdefaults__, "size": 2})  # fmt: skip
    page, seen, query = at(books, "sales-documents"), [], "?order=total"
    while query:
        answer = desk.get(page + query)
        seen += shown(answer)
        after = answer.context["page"].after
        query = f"?order=total&after={after}" if after else ""
    assert seen == [r.pk for r in rows[:4]] + [rows[4].pk, note.pk]
    back = desk.get(f"{page}?order=total&before={seen[4]}")
    assert shown(back) == seen[2:4]
    last = desk.get(f"{page}?order=total&after={seen[3]}").context["page"]
    assert last.sums == [("CHF", D("0.00"), D("0.00"))]  # the invoice and its credit note
    assert [row.standing.state for row in last.rows] == [State.CREDITED, State.PAID]


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_the_list_is_a_file_too(books, desk, form):
    risky = customer(books, "=1+1 AG")
    issued(books, risky), issued(books, risky, kind="offer")
    page = at(books, "sales-documents") + f"?kind=invoice&format={form}"
    answer = desk.get(page)
    assert answer.status_code == 200
    if form == "csv":
        text = answer.content.decode()
        assert "RE-2026-00001" in text and "AN-2026" not in text and "'=1+1 AG" in text
        assert "1081.00;1081.00" in text
    assert clerk(books, "receivables.read").get(page).status_code == 403
    assert desk.get(at(books, "sales-documents") + "?format=exe").status_code == 404


def test_drafts_are_issued_together_and_one_refusal_keeps_none_of_the_others(books, huber, desk):
    good = [draft(books, huber) for _ in range(3)]
    bad = draft(books, huber, item(account=""))
    already = issued(books, huber)
    told = {"document": [one.pk for one in (*good, bad, already)], "query": "kind=invoice"}
    answer = desk.post(at(books, "sales-documents-issue"), told)
    assert answer["Location"].endswith("?kind=invoice")
    told = [str(one) for one in desk.get(answer["Location"]).context["messages"]]
    assert len(told) == 3 and str(errors.AccountMissing(line=1)) in " ".join(told)
    rows = SalesDocument.of(books)
    assert rows.filter(status="issued").count() == 4
    assert rows.get(pk=bad.pk).number == ""
    assert (
        clerk(books, "receivables.draft").post(at(books, "sales-documents-issue")).status_code
        == 403
    )


def test_fifty_go_out_in_one_request_and_more_are_refused(books, huber, desk):
    ids = [draft(books, huber).pk for _ in range(51)]
    desk.post(at(books, "sales-documents-issue"), {"document": ids})
    assert not SalesDocument.of(books).filter(status="issued").exists()
    desk.post(at(books, "sales-documents-issue"), {"document": ids[:50]})
    assert SalesDocument.of(books).filter(status="issued").count() == 50


def test_orders_are_billed_together_and_printed_as_one(books, huber, desk):
    orders = [issued(books, huber, kind="order") for _ in range(2)]
    ids = {"document": [one.pk for one in orders]}
    answer = desk.post(at(books, "sales-documents-bill"), ids)
    bill = SalesDocument.of(books).get(kind="invoice")
    assert answer["Location"] == at(books, "sales-document", bill.pk)
    assert bill.payable == D("2162.00")
    page = desk.get(answer["Location"])
    assert [one.pk for one in page.context["origins"]] == [one.pk for one in orders]
    book = desk.post(at(books, "sales-documents-print"), {"document": [*ids["document"], bill.pk]})
    assert (book["Content-Type"], book.content[:5]) == ("application/pdf", b"%PDF-")
    other = issued(books, customer(books, "Meier GmbH"), kind="order")
    mixed = {"document": [orders[0].pk, other.pk]}
    desk.post(at(books, "sales-documents-bill"), mixed)
    assert SalesDocument.of(books).filter(kind="invoice").count() == 1
    assert desk.post(at(books, "sales-documents-print")).status_code == 302


# --- the mask -----------------------------------------------------------------------------------
def test_a_draft_is_written_changed_and_issued_by_the_mask(books, huber, desk):
    answer = desk.post(at(books, "sales-document-new"), sent(huber, subject="Dach"))
    assert answer.status_code == 200
    document = SalesDocument.of(books).get()
    assert (document.subject, document.payable, document.status) == ("Dach", D("1081.00"), "draft")
    edit = at(books, "sales-document-edit", document.pk)
    begun = desk.get(edit).context["sent"]
    assert begun["lines"][0] == {
        **LINE, "price": "1000", "quantity": "1", "product": "", "unit": "", "discount_percent": "",
        "discount_amount": "", "supply_from": "", "supply_until": "", "cost_centre": "",
        "cost_object": "", "source": "", "deposit": "",
    }  # fmt: skip
    begun["lines"][0]["quantity"] = "2"
    told = {"document": json.dumps({n: v for n, v in begun.items() if n != "habit"})}
    assert desk.post(edit, told).status_code == 200
    stale = desk.post(edit, told)
    assert stale.status_code == 422
    assert stale.json()["errors"][0]["code"] == errors.ChangedMeanwhile.code
    begun["version"] = "2"
    told = {"document": json.dumps({n: v for n, v in begun.items() if n != "habit"}), "do": "issue"}
    assert clerk(books, "receivables.draft").post(edit, told).status_code == 403
    assert desk.post(edit, told).json()["url"] == at(books, "sales-document", document.pk)
    document.refresh_from_db()
    assert (document.number, document.payable) == ("RE-2026-00001", D("2162.00"))
    assert desk.get(edit).status_code == 302
    assert desk.post(edit, told).json()["errors"][0]["code"] == errors.NotADraft.code


def test_what_is_sent_twice_is_saved_once(books, huber, desk):
    told = {**sent(huber), "do": "issue", "once": "a" * 32}
    first, again = (desk.post(at(books, "sales-document-new"), told) for _ in range(2))
    assert first.json() == again.json()
    assert SalesDocument.of(books).count() == 1


def test_refusals_name_their_places(books, huber, desk):
    lines = (
        {**LINE, "account": "9999"}, {**LINE, "price": "1e5"},
        {"kind": "item", "product": "NIX"}, {**LINE, "vat_code": "IN"},
    )  # fmt: skip
    answer = desk.post(at(books, "sales-document-new"), sent(huber, *lines))
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["lines[1].price"]
    answer = desk.post(at(books, "sales-document-new"), sent(huber, lines[0], lines[2], lines[3]))
    places = [one["field"] for one in answer.json()["errors"]]
    assert places == ["lines[0].account", "lines[1].product", "lines[2].vat_code"]
    for more, place in (
        ({"contact": ""}, "contact"), ({"contact": "999999"}, "contact"), ({"date": ""}, "date"),
        ({"date": "31.2.2026"}, "date"), ({"date": "0001-01-01"}, "date"), ({"net_days": "-1"}, "net_days"),
        ({"terms_discount": "2"}, "net_days"), ({"language": "rm"}, "language"),
        ({"currency": "FRANKEN"}, "currency"), ({"exchange_rate": "x"}, "exchange_rate"),
        ({"exchange_rate": "0"}, "exchange_rate"),
        ({"subject": "x" * 141}, "subject"), ({"subject": "a\u200bb"}, "subject"),
        ({"intro": "x" * 4001}, "intro"), ({"discount_percent": "101"}, "discount_percent"),
        ({"instalments": [{"percent": "50", "days": "10"}]}, "instalments"),
        ({"net_days": "30", "terms_discount": "2"}, "terms_discount_days"),
        ({"bank_account": "999999"}, "bank_account"), ({"kind": "letter"}, "kind"),
    ):  # fmt: skip
        answer = desk.post(at(books, "sales-document-new"), sent(huber, **more))
        assert answer.status_code == 422, more
        assert [one["field"] for one in answer.json()["errors"]] == [place], more
    for line, place in (
        ({"price": "999999999", "quantity": "999999999"}, "price"), ({"price": "9999999999"}, "price"),
        ({"quantity": "1.00001"}, "quantity"), ({"supply_from": "gestern"}, "supply_from"),
        ({"unit": "x" * 21}, "unit"), ({"kind": "table"}, "kind"), ({"text": "x" * 4001}, "text"),
        ({"discount_percent": "120"}, "discount_percent"), ({"cost_centre": "77"}, "cost_centre"),
        ({"supply_from": "2023-12-20", "supply_until": "2024-01-10"}, "supply_until"),
    ):  # fmt: skip
        answer = desk.post(at(books, "sales-document-new"), sent(huber, LINE, {**LINE, **line}))
        assert [one["field"] for one in answer.json()["errors"]] == [f"lines[1].{place}"], line
    assert not SalesDocument.of(books).exists()


def test_a_mask_that_makes_no_sense_is_refused(books, huber, desk):
    page = at(books, "sales-document-new")
    for told in ("", "[]", "{}", '{"lines": 5}', '{"lines": [[1]]}', "{"):
        assert desk.post(page, {"document": told}).status_code == 422, told
        assert desk.post(at(books, "sales-document-preview"), {"document": told}).json()["errors"]
    many = sent(huber, *[LINE] * (masks.MOST_LINES + 1))
    assert desk.post(page, many).json()["errors"][0]["code"] == masks.TooManyLines.code
    for query, status in (("?contact=999999", 404), ("?copy=999999", 404), ("?contact=x", 404),
                          ("?kind=letter", 200), (f"?contact={huber.pk}&kind=offer", 200)):  # fmt: skip
        assert desk.get(page + query).status_code == status, query


def test_the_preview_reckons_fills_in_and_explains_without_writing(books, desk):
    terms = PaymentTerms.unscoped.create(company=books, code="45", net_days=45)
    romand = customer(books, "Dupont SA", language="fr")
    CustomerTerms.unscoped.create(company=books, contact=romand, payment_terms=terms,
                                  discount_percent=D(10))  # fmt: skip
    product(books)
    lines = (
        {"kind": "item", "product": "BER", "quantity": "2.5"}, {"kind": "subtotal"},
        {"kind": "text", "text": "Merci"}, {**LINE, "vat_code": "-"},
    )  # fmt: skip
    told = desk.post(at(books, "sales-document-preview"), sent(romand, *lines)).json()
    assert told["errors"] == []
    head = told["head"]
    assert (head["language"], head["net_days"], head["discount_percent"]) == ("fr", "45", "10")
    first = told["lines"][0]
    assert (first["amount"], first["price"], first["unit"], first["text"]) == (
        "450.00", "180.00", "h.", "Conseil")  # fmt: skip
    assert (first["account"], first["vat_code"], first["rate"]) == ("3400", "UN", "8.1")
    assert [line["amount"] for line in told["lines"]] == ["450.00", "450.00", "", "1’000.00"]
    assert told["totals"][-1][1:] == ["1’337.80", True]  # 90 % of 1450, and 8.1 % of 405
    assert len(told["why"]) > 4 and [row[1] for row in told["vat"]] == ["0", "8.1"]
    assert not SalesDocument.of(books).exists()
    assert desk.post(at(books, "sales-document-preview"), sent(romand, contact="")).json()["errors"][
        0]["code"] == CustomerMissing.code  # fmt: skip


def test_customers_and_products_are_found_while_typing(books, huber, desk):
    product(books), product(books, "B2", name_de="Brett"), product(books, "ALT", active=False)
    look = at(books, "sales-document-lookup", "customers")
    (found,) = desk.get(look + "?q=hub").json()["found"]
    assert found == {"id": str(huber.pk), "key": str(huber.number), "name": "Huber AG",
                     "place": "6460 Altdorf UR"}  # fmt: skip
    look = at(books, "sales-document-lookup", "products")
    assert [one["key"] for one in desk.get(look + "?q=conseil&language=fr").json()["found"]] == [
        "B2",
        "BER",
    ]
    assert [one["key"] for one in desk.get(look + "?q=b2").json()["found"]] == ["B2"]
    assert desk.get(look + "?q=alt").json()["found"] == []
    assert desk.get(at(books, "sales-document-lookup", "secrets")).status_code == 404
    for what in ("customers", "products"):
        page = at(books, "sales-document-lookup", what)
        assert clerk(books, "receivables.read").get(page).status_code == 403
    counts = {counted(lambda: desk.get(look + "?q=b")) for _ in range(2)}
    for nth in range(5):
        product(books, f"B{nth}x")
    assert {counted(lambda: desk.get(look + "?q=b"))} == counts


def test_texts_that_were_taken_out_stay_out(books, huber, desk):
    """A text nobody touched is that of the settings; one that was emptied stays empty."""
    from accounting.receivables.models import DocumentText

    DocumentText.unscoped.create(company=books, kind="invoice", language="de", intro="Guten Tag")
    desk.post(at(books, "sales-document-new"), sent(huber))
    desk.post(at(books, "sales-document-new"), sent(huber, intro="", discount_percent="0"))
    first, second = SalesDocument.of(books).order_by("pk")
    assert (first.intro, second.intro) == ("Guten Tag", "")
    begun = desk.get(at(books, "sales-document-edit", second.pk)).context["sent"]
    assert (begun["intro"], begun["discount_percent"]) == ("", "0")


# --- one document -------------------------------------------------------------------------------
def test_the_page_of_a_document_costs_the_same_however_long_it_is(books, huber, desk):
    short, long = issued(books, huber), issued(books, huber, *[item("10.00")] * 30)
    for one in (short, long):
        desk.get(at(books, "sales-document", one.pk))
    costs = {counted(lambda one=one: desk.get(at(books, "sales-document", one.pk)))
             for one in (short, long)}  # fmt: skip
    assert len(costs) == 1


def test_a_document_shows_its_way(books, huber, desk):
    offer = issued(books, huber, kind="offer")
    for what in ("order", "deposit", "invoice"):
        told = {"percent": "30"} if what == "deposit" else {}
        answer = desk.post(at(books, "sales-document-make", offer.pk, what), told)
        assert answer.status_code == 302, what
    order, deposit, bill = SalesDocument.of(books).filter(status="draft").order_by("pk")
    assert [one.kind for one in (order, deposit, bill)] == ["order", "invoice", "invoice"]
    assert (deposit.is_deposit, deposit.net) == (True, D("300.00"))
    page = desk.get(at(books, "sales-document", offer.pk))
    assert "Deutsch · Preise exkl. MWST" in page.content.decode()
    assert [row.document.pk for row in page.context["made"]] == [order.pk, deposit.pk, bill.pk]
    assert page.context["is_billed"]
    back = desk.get(at(books, "sales-document", bill.pk))
    assert [one.pk for one in back.context["origins"]] == [offer.pk]
    answer = desk.post(at(books, "sales-document-make", offer.pk, "deposit"), {"percent": "0"})
    told = [str(one) for one in desk.get(answer["Location"]).context["messages"]]
    assert told == [str(errors.BadDeposit(value="0"))]


def test_a_part_of_an_order_is_billed_and_then_the_rest(books, huber, desk):
    order = issued(
        books, huber, item("10.00", quantity="8"), item("5.00", quantity="2"), kind="order"
    )
    first, second = DocumentLine.of(books).filter(document=order).order_by("position")
    page = at(books, "sales-document-make", order.pk, "invoice")
    assert [row[1] for row in desk.get(page).context["rows"]] == [D("8.0000"), D("2.0000")]
    part = {"partly": "1", f"quantity-{first.pk}": "3", f"quantity-{second.pk}": ""}
    desk.post(page, part)
    bill = SalesDocument.of(books).get(kind="invoice")
    assert [(line.quantity, line.source_id) for line in drafting.lines_of(bill)] == [
        (D(3), first.pk)
    ]
    assert [row[1] for row in desk.get(page).context["rows"]] == [D("5.0000"), D("2.0000")]
    assert desk.get(at(books, "sales-document", order.pk)).context["is_partly_billed"]
    for wrong in ("-1", "viel", "1e3"):
        refusal = desk.post(page, {"partly": "1", f"quantity-{first.pk}": wrong})
        assert refusal.status_code == 422
        assert refusal.context["rows"][0][3], wrong
    desk.post(page)
    rest = SalesDocument.of(books).filter(kind="invoice").order_by("-pk").first()
    assert desk.post(page).status_code == 422  # nothing is left
    assert [line.quantity for line in drafting.lines_of(rest)] == [D(5), D(2)]


def test_a_partial_credit_note_is_set_off_when_it_goes_out(books, huber, desk):
    invoice = issued(books, huber, item("100.00", quantity="10"))
    (line,) = drafting.lines_of(invoice)
    page = at(books, "sales-document-make", invoice.pk, "credit")
    answer = desk.post(page, {"partly": "1", f"quantity-{line.pk}": "4"})
    note = SalesDocument.of(books).get(kind="credit_note")
    assert answer["Location"] == at(books, "sales-document", note.pk)
    assert note.payable == D("432.40")
    assert desk.post(at(books, "sales-document-issue", note.pk)).status_code == 302
    standings = queries.standings(books, SalesDocument.of(books), on=MARCH_9)
    assert desk.get(page).context["rows"][0][1] == D(6)
    refusal = desk.post(page, {"partly": "1", f"quantity-{line.pk}": "7"})
    assert refusal.status_code == 422 and refusal.context["rows"][0][3]
    assert standings[invoice.pk].open == D("648.60") and standings[note.pk].state == State.PAID


def test_cancelling_deciding_deleting_and_copying(books, huber, desk):
    invoice, offer = issued(books, huber), issued(books, huber, kind="offer")
    answer = desk.post(at(books, "sales-document-cancel", invoice.pk), {"date": "09.03.2026"})
    note = SalesDocument.of(books).get(kind="credit_note")
    assert answer["Location"] == at(books, "sales-document", note.pk) and note.date == MARCH_9
    desk.post(at(books, "sales-document-cancel", invoice.pk))
    assert SalesDocument.of(books).filter(kind="credit_note").count() == 1
    decide = at(books, "sales-document-decide", offer.pk)
    desk.post(decide, {"decision": "accepted"})
    assert SalesDocument.of(books).get(pk=offer.pk).decision == "accepted"
    assert desk.post(decide, {"decision": "perhaps"}).status_code == 404
    begun = desk.get(at(books, "sales-document-new") + f"?copy={invoice.pk}").context["sent"]
    assert (begun["date"], len(begun["lines"])) == ("2026-03-09", 1)
    new = draft(books, huber)
    assert desk.post(at(books, "sales-document-delete", new.pk))["Location"] == at(
        books, "sales-documents"
    )
    assert not SalesDocument.of(books).filter(pk=new.pk).exists()
    desk.post(at(books, "sales-document-delete", invoice.pk))
    assert SalesDocument.of(books).filter(pk=invoice.pk).exists()


def test_a_draft_says_what_keeps_it_from_going_out(huber, desk, books):
    from contacts.models import ContactAddress

    new = draft(books, huber)
    assert desk.get(at(books, "sales-document", new.pk)).context["against"] == []
    bare = draft(books, huber, item(account="", text=""), item("-5000.00"))
    told = desk.get(at(books, "sales-document", bare.pk)).context["against"]
    assert told[:2] == [str(errors.TextMissing(line=1)), str(errors.AccountMissing(line=1))]
    assert told[2] == str(errors.TotalNegative(value=bare.payable))
    books.town = ""
    books.save()
    ContactAddress.of(books).filter(contact=huber).update(town="")
    page = desk.get(at(books, "sales-document", new.pk))
    assert page.context["against"] and b'id="against"' in page.content
    answer = desk.post(at(books, "sales-document-issue", new.pk))
    assert [*desk.get(answer["Location"]).context["messages"]]
    assert SalesDocument.of(books).get(pk=new.pk).is_draft


def test_the_pdf_is_made_once_and_kept(books, huber, desk):
    new, invoice = draft(books, huber), issued(books, huber)
    assert desk.get(at(books, "sales-document-pdf", new.pk)).content[:5] == b"%PDF-"
    assert SalesDocument.of(books).get(pk=new.pk).file is None
    page = at(books, "sales-document-pdf", invoice.pk)
    first = desk.get(page)
    kept = SalesDocument.of(books).get(pk=invoice.pk).file
    assert kept is not None and first.content == desk.get(page).content
    assert "RE-2026-00001" in first["Content-Disposition"]
    assert first["Content-Disposition"].startswith("inline")
    assert desk.get(page + "?download=1")["Content-Disposition"].startswith("attachment")


def test_support_sees_the_pdf_without_keeping_it(books, huber):
    from erp.access.models import User
    from erp.cockpit.support import allow_support

    invoice = issued(books, huber)
    operator = make.user()
    User.objects.filter(pk=operator.pk).update(is_operator=True)
    allow_support(company=books, by=make.owner_of(books), reason="Fehler suchen", hours=1)
    answer = desk_of(User.objects.get(pk=operator.pk)).get(
        at(books, "sales-document-pdf", invoice.pk)
    )
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert SalesDocument.of(books).get(pk=invoice.pk).file is None


# --- rights -------------------------------------------------------------------------------------
def test_each_page_wants_its_right(books, huber):
    new, invoice = draft(books, huber), issued(books, huber)
    reader = clerk(books, "receivables.read")
    writer = clerk(books, "receivables.read", "receivables.draft")
    for name, args in (("sales-documents", ()), ("sales-document", (new.pk,)),
                       ("sales-document", (invoice.pk,)), ("sales-document-pdf", (invoice.pk,))):  # fmt: skip
        assert reader.get(at(books, name, *args)).status_code == 200, name
    for name, args in (
        ("sales-document-new", ()), ("sales-document-edit", (new.pk,)), ("sales-document-preview", ()),
        ("sales-documents-bill", ()), ("sales-document-delete", (new.pk,)),
        ("sales-document-decide", (new.pk,)), ("sales-document-make", (invoice.pk, "copy")),
    ):  # fmt: skip
        assert reader.post(at(books, name, *args)).status_code == 403, name
        assert writer.post(at(books, name, *args)).status_code != 403, name
    for name, args in (("sales-documents-issue", ()), ("sales-document-issue", (new.pk,)),
                       ("sales-document-cancel", (invoice.pk,))):  # fmt: skip
        assert writer.post(at(books, name, *args)).status_code == 403, name
    text = reader.get(at(books, "sales-document", invoice.pk)).content.decode()
    for hidden in ("sales-document-cancel", "sales-document-make", "entry"):
        args = {"sales-document-make": (invoice.pk, "credit"), "entry": (invoice.entry_id,)}
        assert at(books, hidden, *args.get(hidden, (invoice.pk,))) not in text


def test_with_the_module_off_nothing_is_there(books, huber, desk):
    invoice = issued(books, huber)
    books.modules = [one for one in books.modules if one != "receivables"]
    books.save()
    for name, args in (("sales-documents", ()), ("sales-document", (invoice.pk,)),
                       ("sales-document-new", ()), ("sales-document-pdf", (invoice.pk,))):  # fmt: skip
        assert desk.get(at(books, name, *args)).status_code == 403


def test_nothing_of_another_company_is_reached(books, huber, desk):
    other = company()
    theirs = issued(other, customer(other, "Fremd AG"))
    for name in ("sales-document", "sales-document-edit", "sales-document-pdf"):
        assert desk.get(at(books, name, theirs.pk)).status_code == 404, name
    for name in ("sales-document-issue", "sales-document-delete", "sales-document-cancel"):
        assert desk.post(at(books, name, theirs.pk)).status_code == 404, name
    ids = {"document": [theirs.pk]}
    for name in ("sales-documents-issue", "sales-documents-bill", "sales-documents-print"):
        assert desk.post(at(books, name), ids).status_code == 302, name
    open_companies([books.pk, other.pk])  # for what is proven at the commit


def test_the_page_of_a_contact_shows_its_documents_to_whoever_may_see_them(books, huber, desk):
    invoice, page = issued(books, huber), at(books, "contact", huber.pk)
    link, new = at(books, "sales-document", invoice.pk), at(books, "sales-document-new")
    text = desk.get(page).content.decode()
    assert link in text and f"{new}?contact={huber.pk}" in text
    text = clerk(books, "contacts.read").get(page).content.decode()
    assert link not in text and new not in text


def test_masks_and_documents_say_the_same(books, huber):
    """What a stored document is as a mask gives the same document again."""
    from accounting.receivables import making

    stored = draft(
        books, huber, item("99.95", discount_percent=D("12.5")), item("1.0005", quantity="-2", code=""),
        net_days=20, instalments=((D(50), 10), (D(50), 20)), customer_reference="B-7",
        supply_from=MARCH_1, open_amount_on_slip=True, five_centimes=False,
    )  # fmt: skip
    typed = making.typed_of(stored, drafting.lines_of(stored))
    again = checking.drafted(books, masks.typed_document(masks.sent_by(typed)))
    assert making.typed_of(again.document, again.lines) == typed
    money(books, "1")


def test_a_product_has_its_price_in_the_currency_of_the_document(books, huber, desk):
    """CHF 180.00 are EUR 200.00 at 0.90; without any rate somebody has to say what it costs."""
    product(books)
    page, line = at(books, "sales-document-preview"), {"kind": "item", "product": "BER"}
    told = desk.post(page, sent(huber, line, currency="EUR", exchange_rate="0.9")).json()
    assert told["lines"][0]["price"] == "200.00"
    (fault,) = desk.post(page, sent(huber, line, currency="EUR")).json()["errors"]
    assert (fault["field"], fault["code"]) == ("lines[0].price", errors.PriceUnknown.code)
    told = desk.post(page, sent(huber, {**line, "price": "205"}, currency="EUR")).json()
    assert told["lines"][0]["amount"] == "205.00"
