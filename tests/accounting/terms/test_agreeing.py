"""What is agreed with customers and suppliers: said, changed, taken back, merged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.terms import agreeing, queries
from accounting.terms.models import CustomerTerms, PaymentTerms, SupplierTerms
from contacts import lifecycle, merging, saving
from erp.access.permissions import Permission
from erp.audit.models import AuditEvent
from erp.core.errors import Refusals
from tests import make
from tests.erp.client import places, problem
from vat.codes.models import VatCode

pytestmark = pytest.mark.django_db


def code(company, name):
    return VatCode.of(company).get(code=name)


def agreed(company, **more):
    return {
        "payment_terms": PaymentTerms.of(company).get(code="10"), "currency": "eur",
        "discount_percent": Decimal("5.00"), "account": make.account(company, "1100"),
        "income_account": make.account(company, "3200"), "vat_code": code(company, "UN"),
        "mail": "Rechnung@Example.CH", **more,
    }  # fmt: skip


def test_terms_are_said_and_changed_and_asked_in_one_query(company, anna, add):
    contact = add("Kunde AG")
    assert queries.customer_terms(company, contact.pk) is None
    one = agreeing.save_customer_terms(contact, by=anna, version=0, **agreed(company))
    assert (one.currency, one.mail, one.version) == ("EUR", "rechnung@example.ch", 1)
    agreeing.save_customer_terms(contact, by=anna, version=1, credit_limit=Decimal("5000.00"))
    with CaptureQueriesContext(connection) as asked:
        found = queries.customer_terms(company, contact.pk)
        told = (found.payment_terms.code, found.account.number, found.income_account.number,
                found.vat_code.code, found.contact.name, found.credit_limit)  # fmt: skip
    assert told == ("10", "1100", "3200", "UN", "Kunde AG", Decimal("5000.00"))
    assert len(asked) == 1
    changed = AuditEvent.of(company).get(action="customer_terms.change").details
    assert changed == {"credit_limit": [None, "5000.00"]}
    with pytest.raises(agreeing.TermsChanged):
        agreeing.save_customer_terms(contact, by=anna, version=1, note="x")


def test_all_that_is_wrong_is_told_at_once_with_its_place(company, anna, add):
    wrong = agreed(
        company, account=make.account(company, "1020"), income_account=make.account(company, "1100"),
        vat_code=code(company, "IN"), currency="XQX", discount_percent=Decimal(101),
        credit_limit=Decimal(-1), mail="kein", our_number="a\nb",
    )  # fmt: skip
    with pytest.raises(Refusals) as found, transaction.atomic():
        agreeing.save_customer_terms(add("Kunde AG"), by=anna, **wrong)
    assert {(one.place, one.code) for one in found.value.refusals} == {
        ("account", "terms.wrong_control"), ("income_account", "terms.wrong_kind"),
        ("vat_code", "terms.wrong_code"), ("currency", "terms.unknown_currency"),
        ("discount_percent", "terms.bad_percent"), ("credit_limit", "terms.bad_limit"),
        ("mail", "contacts.not_a_mail"), ("our_number", "core.not_one_line"),
    }  # fmt: skip
    assert not CustomerTerms.of(company).exists()


def test_suppliers_have_accounts_and_codes_of_their_own(company, anna, add):
    contact = add("Lieferant AG")
    for name, number in (("account", "1100"), ("expense_account", "3200")):
        with pytest.raises(Refusals), transaction.atomic():
            agreeing.save_supplier_terms(contact, by=anna, **{name: make.account(company, number)})
    one = agreeing.save_supplier_terms(
        contact, by=anna, account=make.account(company, "2000"), blocked="Reklamation",
        expense_account=make.account(company, "6500"), vat_code=code(company, "IN"),
    )  # fmt: skip
    assert queries.supplier_terms(company, contact.pk) == one and one.blocked == "Reklamation"


def test_terms_follow_when_contacts_are_merged(company, anna, add):
    keep, gone, third = add("Muster AG"), add("Muster A.G."), add("Dritte AG")
    agreeing.save_customer_terms(gone, by=anna, **agreed(company))
    merging.merge(keep, gone, by=anna)
    assert CustomerTerms.of(company).get().contact_id == keep.pk
    assert AuditEvent.of(company).filter(action="contact.merge").first().details["terms"] == 1
    mine = PaymentTerms.of(company).get(code="60")
    agreeing.save_customer_terms(third, by=anna, payment_terms=mine, note="bleibt",
                                 delivery="print")  # fmt: skip
    agreeing.save_supplier_terms(keep := saving.held(keep), by=anna, blocked="nein")
    merging.merge(third, keep, by=anna)
    one = CustomerTerms.of(company).get()
    assert one.contact_id == third.pk and one.payment_terms == mine  # what stays, stays
    assert (one.currency, one.discount_percent, one.mail) == ("EUR", Decimal("5.00"),
                                                              "rechnung@example.ch")  # fmt: skip
    assert one.account.number == "1100" and one.delivery == "print"
    assert one.note.startswith(f"bleibt\n\n{keep.number}: ") and "10 Tage netto" in one.note
    assert SupplierTerms.of(company).get().contact_id == third.pk


def test_a_contact_with_terms_is_deleted_only_when_they_are_taken_back(company, anna, add):
    contact = add("Kunde AG")
    one = agreeing.save_customer_terms(contact, by=anna, **agreed(company))
    with pytest.raises(lifecycle.ContactInUse), transaction.atomic():
        lifecycle.delete(contact, by=anna)
    agreeing.forget_terms(queries.customer_terms(company, contact.pk), by=anna)
    assert AuditEvent.of(company).get(action="customer_terms.delete").subject_id == one.pk
    lifecycle.delete(contact, by=anna)


FORM = {"payment_terms": "", "currency": "CHF", "basis": "net", "discount_percent": "5",
        "credit_limit": "1’000.50", "account": "1100", "income_account": "3200", "vat_code": "un",
        "delivery": "mail", "mail": "", "ebill": "", "our_number": "K-7", "note": "", "version": "0"}  # fmt: skip


def test_the_page_of_a_customer(page, company, add):
    contact = add("Kunde AG")
    start = f"{page.start}receivables/customers/{contact.pk}/terms/"
    assert page.get(start).status_code == 200
    assert start in page.get(f"{page.start}contacts/{contact.pk}/").content.decode()
    assert page.post(start, FORM).status_code == 302
    one = CustomerTerms.of(company).get()
    assert (one.credit_limit, one.vat_code.code, one.our_number) == (
        Decimal("1000.50"),
        "UN",
        "K-7",
    )
    shown = page.get(start).content.decode()
    assert 'value="3200"' in shown and 'value="UN"' in shown and 'name="version" value="1"' in shown
    stale = page.post(start, {**FORM, "note": "x"})
    assert stale.status_code == 422
    wrong = page.post(start, {**FORM, "version": "1", "account": "9999", "income_account": "1100"})
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"account"}
    wrong = page.post(start, {**FORM, "version": "1", "income_account": "1100", "mail": "x"})
    assert set(wrong.context["form"].errors) == {"income_account", "mail"}
    assert 'value="K-7"' in wrong.content.decode()
    assert page.post(start, {"delete": "1"}).status_code == 302
    assert not CustomerTerms.of(company).exists()


def test_the_page_of_a_supplier_asks_for_another_right(page, company, add):
    contact = add("Lieferant AG")
    start = f"{page.start}payables/suppliers/{contact.pk}/terms/"
    body = {"payment_terms": "", "currency": "", "account": "2000", "expense_account": "6500",
            "vat_code": "IN", "our_number": "", "blocked": "Prüfung", "note": "", "version": "0",
            "cost_centre": ""}  # fmt: skip
    assert page.post(start, body).status_code == 302
    assert "Prüfung" in page.get(start).content.decode()
    reader = Client()
    reader.force_login(make.user(company=company, granted=[Permission.PAYABLES_READ]))
    assert reader.get(start).status_code == 200 and reader.post(start, body).status_code == 403
    customers = start.replace("payables/suppliers", "receivables/customers")
    assert reader.get(customers).status_code == 403


def test_programs_find_terms_by_the_contact(api, company, add):
    contact, other = add("Kunde AG"), add("Andere AG")
    body = {"contact": contact.pk, "payment_terms": "30-2-10", "income_account": "3200",
            "vat_code": "UN", "discount_percent": "2.50"}  # fmt: skip
    told = api.post("customer-terms/", body)
    assert told.status_code == 201, told.content
    assert {name: told.json()[name] for name in body} == body
    problem(api.post("customer-terms/", body), 409, "terms.there")
    _read, version = api.read(f"customer-terms/{contact.pk}/")
    changed = api.patch(
        f"customer-terms/{contact.pk}/", {"vat_code": None, "note": "neu"}, **version
    )
    assert changed.status_code == 200 and changed.json()["vat_code"] is None
    problem(api.patch(f"customer-terms/{contact.pk}/", {"note": "alt"}, **version), 412)
    wrong = api.patch(f"customer-terms/{contact.pk}/", {"account": "1020"}, HTTP_IF_MATCH="*")
    assert places(problem(wrong, 422)) == [("account", "terms.wrong_control")]
    unknown = api.patch(f"customer-terms/{contact.pk}/", {"account": "99"}, HTTP_IF_MATCH="*")
    assert places(problem(unknown, 400)) == [("account", "unknown")]
    problem(api.get(f"customer-terms/{other.pk}/"), 404)
    problem(api.post("customer-terms/", {"contact": 999999999}), 400)
    told = api.post("supplier-terms/", {"contact": other.pk, "blocked": "Streit"})
    assert told.json()["blocked"] == "Streit"
    assert api.delete(f"supplier-terms/{other.pk}/", HTTP_IF_MATCH="*").status_code == 204
    with CaptureQueriesContext(connection) as few:
        assert len(api.get("customer-terms/").json()["results"]) == 1
    for nth in range(5):
        api.post("customer-terms/", {**body, "contact": add(f"K{nth} AG").pk})
    with CaptureQueriesContext(connection) as many:
        assert len(api.get("customer-terms/").json()["results"]) == 6
    assert len(many) == len(few)
