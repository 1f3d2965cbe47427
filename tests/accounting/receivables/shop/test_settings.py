"""How documents are written: what they have in common, texts, numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pypdfium2
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger import charting
from accounting.receivables import drafting, number_ranges, products, sales_settings, texts
from accounting.receivables.models import DocumentText, NumberCount, NumberRange, SalesSettings
from accounting.receivables.numbering import next_number
from accounting.receivables.papers import printed
from accounting.receivables.sample import sample
from accounting.receivables.typed import TypedDocument, TypedItem
from contacts.models import Contact
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError, Refusals
from tests import make
from tests.erp.client import places, problem
from vat.codes.models import VatCode

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def in_june():
    with time_machine.travel(dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC), tick=True):
        yield


# What they have in common


def test_what_is_usual_holds_until_somebody_says_otherwise(company, anna):
    usual = sales_settings.settings_of(company)
    assert usual.pk is None and usual.payment_terms.code == "30" and usual.basis == "net"
    sales_settings.change_settings(company=company, by=anna, footer=" Danke  sehr ", mail="A@B.CH",
                                   payment_terms=None)  # fmt: skip
    kept = sales_settings.settings_of(company)
    assert (kept.footer, kept.mail, kept.payment_terms) == ("Danke sehr", "a@b.ch", None)
    told = AuditEvent.of(company).get(action="sales_settings.change").details
    assert told["footer"] == ["", "Danke sehr"]
    with pytest.raises(Refusals) as found, transaction.atomic():
        sales_settings.change_settings(company=company, by=anna, mail="x", offer_days=0, web="a\nb")
    assert {one.place for one in found.value.refusals} == {"mail", "offer_days", "web"}


def test_the_page_and_the_endpoint_change_the_same(page, api, company):
    start = page.start + "receivables/settings/"
    body = {"basis": "gross", "rounding": "at_the_end", "offer_days": "14", "phone": "041 1",
            "payment_terms": "", "bank_account": "", "mail": "", "web": "", "footer": ""}  # fmt: skip
    assert page.get(start).status_code == 200
    assert page.post(start, body).status_code == 302
    row = SalesSettings.of(company).get()
    assert (row.basis, row.five_centimes, row.offer_days) == ("gross", False, 14)
    wrong = page.post(start, {**body, "mail": "x", "offer_days": "0"})
    assert wrong.status_code == 422 and "mail" in wrong.context["form"].errors
    told, version = api.read("sales-settings/")
    assert told["basis"] == "gross" and told["payment_terms"] is None
    changed = api.patch(
        "sales-settings/", {"payment_terms": "10", "five_centimes": True}, **version
    )
    assert changed.json() == {**told, "payment_terms": "10", "five_centimes": True}
    problem(api.patch("sales-settings/", {"web": "x"}, **version), 412)
    problem(api.patch("sales-settings/", {"web": "x"}), 428)
    assert SalesSettings.of(company).count() == 1


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_a_sample_shows_what_the_settings_do(page, company, anna, language):
    """Read back from the PDF: number, own text, footer, and the product in the language."""
    products.save_product(company=company, by=anna, name_de="Beratung", name_fr="Conseil",
                          price=Decimal(100), account=make.account(company, "3200"),
                          vat_code=VatCode.of(company).get(code="UN"))  # fmt: skip
    sales_settings.change_settings(company=company, by=anna, footer="Fusszeile 77", phone="041 870")
    texts.save_text(company=company, kind="invoice", language=language, by=anna,
                    intro="Oben {number} {total}", closing="")  # fmt: skip
    answer = page.get(page.start + "receivables/settings/sample/", {"language": language})
    assert answer["Content-Type"] == "application/pdf", answer.content[:200]
    read = pypdfium2.PdfDocument(answer.content)
    told = " ".join(read[0].get_textpage().get_text_bounded().split())
    assert "RE-2026-00001" in told and "Oben RE-2026-00001 CHF 216.20" in told
    assert "Fusszeile 77" in told and "041 870" in told
    assert ("Conseil" if language == "fr" else "Beratung") in told
    assert not NumberCount.of(company).exists() and not Contact.of(company).exists()  # none is kept
    assert not AuditEvent.of(company).filter(action__startswith="document.").exists()


def test_an_offer_says_until_when_it_is_valid(company, anna, add):
    typed = TypedDocument(
        kind="offer", contact=add("Kunde AG").pk, date=TODAY, valid_until=dt.date(2026, 7, 15),
        lines=(TypedItem(text="Beratung", price=Decimal(100), account="3400", vat_code="UN"),),
    )  # fmt: skip
    document = drafting.save(company=company, typed=typed, by=anna)
    assert "15.07.2026" in printed(document, drafting.lines_of(document)).paper.letter.closing


def test_a_sample_carries_the_slip_of_the_chosen_account(page, company, anna):
    for iban, qr_iban in (
        ("CH9300762011623852957", ""),
        ("CH5604835012345678009", "CH4431999123000889012"),
    ):
        account = charting.add_account(company=company, by=anna, number=f"10{len(qr_iban) + 30}",
                                       type="asset", name_de="Bank", or_position="959a-1-1a")  # fmt: skip
        bank = BankAccount(
            company=company, name="Bank", iban=iban, qr_iban=qr_iban, account=account
        )
        save_bank_account(bank, by=anna)
        sales_settings.change_settings(company=company, by=anna, bank_account=bank)
        paper = sample(company, by=anna, language="de", on=TODAY)
        assert [one.iban for one in paper.bills] == [qr_iban or iban]
        kinds = {one.reference_type for one in paper.bills}
        assert kinds == {"QRR" if qr_iban else "SCOR"}
    assert (
        page.get(page.start + "receivables/settings/sample/", {"language": "xx"}).status_code == 404
    )


# Texts


def test_there_is_a_text_for_each_kind_and_language(company):
    with CaptureQueriesContext(connection) as queries:
        found = texts.texts(company)
    assert len(queries) == 1 and len(found) == 16
    assert all(one.intro and one.closing and not one.own for one in found)
    assert all("ß" not in one.intro + one.closing for one in found)
    for one in found:
        for part in (one.intro, one.closing):
            assert texts._checked(part, "intro", texts.Kind(one.kind)) == part
    filled = texts.fill(texts.text_of(company, "offer", "de").closing, {"due_date": "30.06.2026"})
    assert "30.06.2026" in filled and "{" not in filled


def test_own_texts_take_their_place_and_go_again(company, anna):
    saved = texts.save_text(company=company, kind="invoice", language="fr", by=anna,
                            intro="Bonjour {name},\n\nvoici {number}.", closing="{total}")  # fmt: skip
    assert saved.own and texts.text_of(company, "invoice", "fr") == saved
    assert not texts.text_of(company, "invoice", "de").own
    assert texts.fill(saved.intro, {"name": "Luc", "number": "7"}) == "Bonjour Luc,\n\nvoici 7."
    assert not texts.forget_text(company=company, kind="invoice", language="fr", by=anna).own
    assert [e.action for e in AuditEvent.of(company).filter(subject="documenttext").order_by("pk")] == [
        "document_text.change", "document_text.delete"
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "code", "value"), [
    ("invoice", "Sehr {nett}", "texts.unknown_placeholder", "{nett}"),
    ("credit_note", "bis {due_date}", "texts.unknown_placeholder", "{due_date}"),
    ("invoice", "{}", "texts.unknown_placeholder", "{}"),
    ("invoice", "eins {number zwei", "texts.loose_brace", "eins {number zwei"),
    ("invoice", "zu }", "texts.loose_brace", "zu }"),
])  # fmt: skip
def test_unknown_placeholders_are_refused_by_name(company, anna, kind, text, code, value):
    with pytest.raises(Refusals) as found, transaction.atomic():
        texts.save_text(
            company=company, kind=kind, language="de", by=anna, intro=text, closing=text
        )
    assert [(one.place, one.code, one.values["value"]) for one in found.value.refusals] == [
        ("intro", code, value), ("closing", code, value)
    ]  # fmt: skip
    assert not DocumentText.of(company).exists()


def test_texts_on_the_page_and_for_programs(page, api, company):
    start = page.start + "receivables/settings/texts/"
    assert page.get(start, {"kind": "offer", "language": "it"}).context["text"].language == "it"
    assert page.get(start, {"kind": "brief"}).status_code == 404
    body = {"kind": "order", "language": "de", "intro": "Guten Tag {name}", "closing": ""}
    assert page.post(start, body).status_code == 302
    assert (
        "Guten Tag {name}" in page.get(start, {"kind": "order", "language": "de"}).content.decode()
    )
    wrong = page.post(start, {**body, "intro": "{falsch}"})
    assert wrong.status_code == 422 and "intro" in wrong.context["form"].errors
    told, version = api.read("document-texts/order/de/")
    assert told == {"kind": "order", "language": "de", "intro": "Guten Tag {name}", "closing": "",
                    "own": True}  # fmt: skip
    changed = api.patch("document-texts/order/de/", {"closing": "Gruss"}, **version)
    assert changed.json()["closing"] == "Gruss"
    bad = api.patch("document-texts/order/de/", {"closing": "{x}"}, HTTP_IF_MATCH="*")
    assert places(problem(bad, 422)) == [("closing", "texts.unknown_placeholder")]
    assert len(api.get("document-texts/").json()) == 16
    problem(api.get("document-texts/letter/de/"), 404)
    assert api.delete("document-texts/order/de/", HTTP_IF_MATCH="*").status_code == 204
    assert page.post(start, {**body, "forget": "1"}).status_code == 302
    assert not DocumentText.of(company).exists()


# Numbers


def test_numbers_are_given_in_order_by_kind_and_year(company):
    def give(kind, year=2026):
        return next_number(company, kind, year)

    assert [give("invoice"), give("invoice"), give("offer")] == [
        "RE-2026-00001", "RE-2026-00002", "AN-2026-00001"
    ]  # fmt: skip
    assert give("invoice", 2027) == "RE-2027-00001" and give("invoice") == "RE-2026-00003"
    with CaptureQueriesContext(connection) as queries:
        found = number_ranges.ranges(company, year=2026)
    assert [(one.kind, one.next_shown) for one in found] == [
        ("offer", "AN-2026-00002"), ("order", "AB-2026-00001"), ("invoice", "RE-2026-00004"),
        ("credit_note", "GS-2026-00001"),
    ]  # fmt: skip
    assert len(queries) == 2


def save(company, anna, kind="invoice", **told):
    return number_ranges.save_range(company=company, kind=kind, by=anna, year=2026, **told)


def test_the_next_number_is_raised_and_never_goes_back(company, anna):
    assert save(company, anna, next_number=500, width=4).next_shown == "RE-2026-0500"
    assert next_number(company, "invoice", 2026) == "RE-2026-0500"
    with pytest.raises(number_ranges.NumberGoesBack) as found, transaction.atomic():
        save(company, anna, next_number=500)
    assert found.value.values == {"value": 500, "last": 500, "least": 501}
    told = AuditEvent.of(company).get(action="number_range.change").details
    assert told["next_number"] == [1, 500] and told["width"] == [5, 4]
    count = NumberCount.of(company).get()
    count.last = 7
    with pytest.raises(DatabaseError, match="number_goes_back"), transaction.atomic():
        count.save()  # the database forbids it, too


def test_no_number_comes_twice_where_years_are_told_apart_no_longer(company, anna):
    given = [next_number(company, "invoice", 2026) for _ in range(3)]
    save(company, anna, yearly=False)
    given.append(next_number(company, "invoice", 2026))
    save(company, anna, yearly=True)
    given.append(next_number(company, "invoice", 2026))
    assert len(set(given)) == 5 and given[-1] == "RE-2026-00005"


@pytest.mark.parametrize(("told", "code", "place"), [
    ({"prefix": "RE {year}"}, "numbers.bad_prefix", "prefix"),
    ({"prefix": "{month}-{year}"}, "core.line_too_long", "prefix"),
    ({"prefix": "{mon}{year}"}, "numbers.bad_prefix", "prefix"),
    ({"prefix": "RE-"}, "numbers.year_missing", "prefix"),
    ({"prefix": "AN-{year}-"}, "numbers.prefix_taken", "prefix"),
    ({"width": 11}, "numbers.bad_width", "width"),
    ({"next_number": 0}, "numbers.goes_back", "next_number"),
    ({"next_number": 10**9}, "numbers.too_large", "next_number"),
])  # fmt: skip
def test_ranges_that_cannot_be_are_refused(company, anna, told, code, place):
    with pytest.raises(DomainError) as found, transaction.atomic():
        save(company, anna, **told)
    assert (found.value.code, found.value.place) == (code, place)
    assert not NumberRange.of(company).exists()


def test_ranges_on_the_page_and_for_programs(page, api, company):
    start = page.start + "receivables/settings/numbers/"
    assert "RE-2026-00001" in page.get(start).content.decode()
    body = {"kind": "invoice", "prefix": "R{year}.", "width": "3", "yearly": "on",
            "next_number": "20", "shown": "1"}  # fmt: skip
    assert page.post(start, body).status_code == 302
    assert "R2026.020" in page.get(start).content.decode()
    next_number(company, "invoice", 2026)
    late = {**body, "shown": "20", "width": "4"}  # one was given meanwhile: nothing is raised
    assert page.post(start, late).status_code == 302
    wrong = page.post(start, {**body, "next_number": "5", "shown": "21"})
    assert wrong.status_code == 422
    told, version = api.read("number-ranges/invoice/")
    assert (told["last"], told["next_shown"]) == (20, "R2026.0021")
    changed = api.patch("number-ranges/invoice/", {"next_number": 30}, **version)
    assert changed.json()["next_shown"] == "R2026.0030"
    problem(api.patch("number-ranges/invoice/", {"next_number": 31}, **version), 412)
    back = api.patch("number-ranges/invoice/", {"next_number": 2}, HTTP_IF_MATCH="*")
    assert places(problem(back, 409)) == [("next_number", "numbers.goes_back")]
    assert len(api.get("number-ranges/").json()) == 4
    problem(api.get("number-ranges/letter/"), 404)
