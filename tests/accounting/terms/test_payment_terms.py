"""Payment terms: ready-made, one's own, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from accounting.terms import payment_terms, queries
from accounting.terms.agreeing import save_customer_terms
from accounting.terms.models import Instalment, PaymentTerms
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError
from tests.erp.client import places, problem

pytestmark = pytest.mark.django_db
HALVES = [Instalment(Decimal(50), 30), Instalment(Decimal(50), 60)]


def terms(company, code):
    return PaymentTerms.of(company).select_related("company").get(code=code)


def refusal(company, anna, **told):
    with pytest.raises(DomainError) as found, transaction.atomic():
        payment_terms.save_payment_terms(company=company, by=anna, **told)
    return found.value.code, found.value.place


def test_a_new_company_has_the_usual_ones_in_four_languages(company):
    found = queries.payment_terms_of(company)
    assert [(t.code, t.net_days, t.discount_percent, t.discount_days) for t in found] == [
        ("0", 0, None, None), ("10", 10, None, None), ("20", 20, None, None),
        ("30", 30, None, None), ("30-2-10", 30, Decimal("2.00"), 10), ("60", 60, None, None),
    ]  # fmt: skip
    assert all(t.name_de and t.name_fr and t.name_it and t.name_en for t in found)


def test_instalments_say_when_the_last_is_due_and_the_trail_tells_of_them(company, anna):
    new = payment_terms.save_payment_terms(
        company=company, by=anna, code="Half-Half", name_de="zwei Raten", instalments=HALVES
    )
    assert (new.code, new.net_days, new.instalments) == (
        "half-half", 60, [["50.00", 30], ["50.00", 60]]
    )  # fmt: skip
    assert PaymentTerms.of(company).get(pk=new.pk).parts == HALVES
    told = AuditEvent.of(company).get(action="payment_terms.add").details
    assert told["instalments"] == "50.00 % 30, 50.00 % 60"
    payment_terms.save_payment_terms(
        company=company, by=anna, terms=new, instalments=[], net_days=20
    )
    told = AuditEvent.of(company).get(action="payment_terms.change").details
    assert told == {"net_days": [60, 20], "instalments": ["50.00 % 30, 50.00 % 60", ""]}


@pytest.mark.parametrize(("told", "code", "place"), [
    ({"code": "ä b"}, "terms.bad_code", "code"),
    ({"code": "30"}, "terms.code_taken", "code"),
    ({"name_de": " "}, "terms.name_missing", "name_de"),
    ({"net_days": 1000}, "terms.bad_days", "net_days"),
    ({"net_days": None}, "terms.bad_days", "net_days"),
    ({"discount_percent": Decimal(2)}, "terms.discount_half", "discount_days"),
    ({"discount_days": 10}, "terms.discount_half", "discount_percent"),
    ({"discount_percent": Decimal(100), "discount_days": 1}, "terms.bad_discount", "discount_percent"),
    ({"discount_percent": Decimal("0.001"), "discount_days": 1}, "terms.bad_discount",
     "discount_percent"),
    ({"discount_percent": Decimal(2), "discount_days": 30}, "terms.discount_too_late",
     "discount_days"),
    ({"instalments": HALVES[:1]}, "terms.instalments_count", "instalments"),
    ({"instalments": [HALVES[1], HALVES[0]]}, "terms.instalments_order", "instalments"),
    ({"instalments": [HALVES[0], Instalment(Decimal(49), 60)]}, "terms.instalments_not_whole",
     "instalments"),
    ({"instalments": [HALVES[0], Instalment(Decimal(0), 60)]}, "terms.bad_instalments",
     "instalments"),
    ({"instalments": HALVES, "discount_percent": Decimal(2), "discount_days": 10},
     "terms.discount_on_instalments", "instalments"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_place(company, anna, told, code, place):
    told = {"code": "neu", "name_de": "Neu", "net_days": 30} | told
    assert refusal(company, anna, **told) == (code, place)
    assert PaymentTerms.of(company).count() == 6


def test_what_is_named_stays_and_what_is_not_goes(company, anna, add):
    save_customer_terms(add("A AG"), by=anna, payment_terms=terms(company, "10"))
    with pytest.raises(payment_terms.TermsInUse), transaction.atomic():
        payment_terms.delete_payment_terms(terms(company, "10"), by=anna)
    payment_terms.delete_payment_terms(terms(company, "60"), by=anna)
    assert not PaymentTerms.of(company).filter(code="60").exists()


def test_the_page_adds_changes_and_deletes(page, company):
    start = page.start + "payment-terms/"
    body = {"code": "raten", "net_days": "30", "name_fr": "en deux tranches", "active": "on",
            "instalments": "33.33 % 10\n66,67 in 40 Tagen", "name_de": "", "name_it": "",
            "name_en": ""}  # fmt: skip
    assert page.post(start, body).status_code == 302
    new = terms(company, "raten")
    assert new.parts == [(Decimal("33.33"), 10), (Decimal("66.67"), 40)] and new.net_days == 40
    shown = page.get(start, {"terms": new.pk}).content.decode()
    assert "33.33 % 10" in shown and "en deux tranches" in shown
    wrong = page.post(start, {**body, "id": new.pk, "instalments": "viel"})
    assert wrong.status_code == 422 and wrong.context["form"].errors["instalments"]
    wrong = page.post(start, {**body, "id": new.pk, "net_days": "", "instalments": ""})
    assert wrong.status_code == 422 and wrong.context["form"].errors["net_days"]
    assert page.post(start, {"id": new.pk, "delete": "1"}).status_code == 302
    assert not PaymentTerms.of(company).filter(code="raten").exists()


def test_programs_do_the_same(api, company):
    told = api.post("payment-terms/", {"code": "2x", "name_en": "two", "instalments": [
        {"percent": "50.00", "days": 30}, {"percent": "50.00", "days": 60}]}).json()  # fmt: skip
    assert told["net_days"] == 60 and told["instalments"][1] == {"percent": "50.00", "days": 60}
    read, version = api.read(f"payment-terms/{told['id']}/")
    assert read == told
    problem(api.patch(f"payment-terms/{told['id']}/", {"active": False}), 428)
    changed = api.patch(f"payment-terms/{told['id']}/", {"active": False}, **version)
    assert changed.json() == {**told, "active": False}
    faulty = api.post("payment-terms/", {"code": "x", "name_en": "x", "discount_days": 5})
    assert places(problem(faulty, 422)) == [("discount_percent", "terms.discount_half")]
    assert len(api.get("payment-terms/").json()) == 7
    _read, version = api.read(f"payment-terms/{told['id']}/")
    assert api.delete(f"payment-terms/{told['id']}/", **version).status_code == 204
