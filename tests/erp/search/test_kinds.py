"""What rooms let be found: papers, bills, items, products, transactions, and how they change."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.hours.models import Project
from accounting.receivables.models import Product, SalesDocument
from contacts.models import Contact
from erp.access.gate import access_to, looking_for_work, operating
from erp.companies.models import Module
from erp.core import clock
from erp.search import finding, indexing, tasks
from erp.search.kinds import indexes
from erp.search.models import SearchHead, SearchWord
from tests import make
from tests.accounting.payables import purchases
from tests.accounting.receivables import sales

MARCH = dt.date(2026, 3, 5)


def found(company, text, *, by=None, **more):
    access = access_to(company.pk, user=by or make.owner_of(company))
    return {one.kind.name: [hit.label for hit in one.hits]
            for one in finding.find(access, text, **more)}  # fmt: skip


def transfer(company, text="Zahlung Zingg", amount="77.35"):
    bank = BankAccount.of(company).get()
    told = Statement.unscoped.create(
        company=company, bank_account=bank, identification="S-1", imported_at=clock.now(),
        imported_by=make.owner_of(company),
    )  # fmt: skip
    return BankTransaction.unscoped.create(
        company=company, bank_account=bank, statement=told, position=1, dedupe_key="k",
        booking_date=MARCH, amount=Decimal(amount), party="Zingg AG", text=text,
        reference="210000000003139471430009017",
    )  # fmt: skip


@pytest.mark.django_db
def test_each_kind_is_found_by_its_words_and_amounts():
    company = sales.company()
    zingg = sales.customer(company, "Zingg AG")
    document = sales.issued(company, zingg, subject="Dachstuhl Pfäffikon")
    sawmill = purchases.supplier(company, "Sägerei Ötlikon")
    purchases.posted(sawmill, purchases.line(), number="SO-4711")
    sales.product(company, number="DACH", name_de="Dachlatte", price="12.40")
    transfer(company)
    assert found(company, "pfaeffikon") == {
        "sales_documents": [f"{document} Zingg AG"], "open_items": [f"{document.number} Zingg AG"],
    }  # fmt: skip
    assert found(company, "sägerei 108.10", kinds=["supplier_invoices", "open_items"]) == {
        "supplier_invoices": ["Sägerei Ötlikon SO-4711"], "open_items": ["SO-4711 Sägerei Ötlikon"],
    }  # fmt: skip
    assert found(company, "so-4711", kinds=["supplier_invoices"]) == {
        "supplier_invoices": ["Sägerei Ötlikon SO-4711"]
    }
    assert found(company, "dachl") == {"products": ["DACH Dachlatte"]}
    assert found(company, "12.40", kinds=["products"]) == {"products": ["DACH Dachlatte"]}
    assert found(company, "zingg 77") == {"bank_transactions": ["Zingg AG"]}
    assert found(company, "21 00000 00003 13947 14300 09017") == {"bank_transactions": ["Zingg AG"]}
    some = make.user(company=company, granted=["company.read", "banking.read"])
    assert set(found(company, "zingg", by=some)) == {"bank_transactions"}


@pytest.mark.django_db
def test_projects_are_found_by_name_and_customer():
    company = sales.company(bank=False)
    company.modules = [*company.modules, Module.HOURS]
    company.save()
    zingg = sales.customer(company, "Zingg AG")
    Project.unscoped.create(company=company, number="P7", name="Umbau Scheune", contact=zingg,
                            currency="CHF")  # fmt: skip
    assert found(company, "scheune zingg") == {"projects": ["P7 Umbau Scheune"]}


@pytest.mark.django_db
def test_another_company_finds_nothing_of_it():
    company = sales.company(bank=False)
    anna = make.owner_of(company)
    sales.product(company, number="DACH", name_de="Dachlatte")
    assert "products" in found(company, "dachlatte", by=anna)
    assert found(make.company(), "dachlatte") == {}
    access_to(company.pk, user=anna)


def left(company, beginning):
    with operating(str(company.pk)):
        return SearchWord.of(company).filter(word__startswith=beginning).exists()


def test_words_follow_what_changes_and_go_with_what_goes(committed_db):
    with transaction.atomic():
        company = sales.company(bank=False)
        draft = sales.draft(company, sales.customer(company, "Zingg AG"), subject="Dachstuhl")
        product = sales.product(company, number="DACH", name_de="Dachlatte")

    def asked(text):
        with operating(str(company.pk)) as access:
            return {one.kind.name: len(one.hits) for one in finding.find(access, text)}

    assert asked("dach") == {"sales_documents": 1, "products": 1}
    with operating(str(company.pk)):
        SalesDocument.of(company).filter(pk=draft.pk).update(subject="Treppe")
        Product.of(company).filter(pk=product.pk).delete()
        assert asked("treppe") == {"sales_documents": 1} and asked("dach") == {}
    assert asked("dach") == {} and asked("treppe") == {"sales_documents": 1}
    with operating(str(company.pk)):
        Contact.of(company).filter(pk=draft.contact_id).update(name="Amgarten AG")
        assert asked("treppe zingg") == {}
        assert asked("treppe amgarten") == {"sales_documents": 1}
    assert asked("treppe amgarten") == {"sales_documents": 1} and asked("treppe zingg") == {}
    end = time.monotonic() + 120  # transactions elsewhere delay what is kept, never what is found
    while left(company, "dach") and time.monotonic() < end:
        assert asked("dach") == {}
        time.sleep(0.05)
    with operating(str(company.pk)):
        assert not SearchWord.of(company).filter(word__startswith="dach").exists()
        assert not SearchHead.of(company).filter(filling=True).exists()
    with operating(str(company.pk)):  # as if the books had been restored elsewhere
        SearchHead.of(company).filter(kind=2).update(epoch="elsewhere", place=2**60)
        assert indexing.keep(company, indexes()) == 1
        assert SearchHead.of(company).get(kind=2).place < 2**60
    assert asked("treppe") == {"sales_documents": 1}


def test_by_itself_words_are_kept_where_something_is_new_and_nowhere_else(
    committed_db, monkeypatch
):
    with transaction.atomic():
        company = sales.company(bank=False)
        product = sales.product(company, number="DACH", name_de="Dachlatte")
    looked_at = []

    def kept(number):
        looked_at.append(int(number))
        return step(number)

    step = tasks._step
    monkeypatch.setattr(tasks, "_step", kept)

    def settled():
        """Whether a run no longer looks into the company; transactions elsewhere delay that."""
        looked_at.clear()
        tasks.keep_words()
        return company.pk not in looked_at

    def settles():
        end = time.monotonic() + 120
        while not settled() and time.monotonic() < end:
            time.sleep(0.05)
        return settled()

    assert not settled() and settles()
    for change in (
        lambda: Product.of(company).filter(pk=product.pk).update(name_de="Ziegel"),
        lambda: make.rent(company),
        lambda: SearchHead.of(company).filter(kind=2).update(epoch="elsewhere", place=2**60),
    ):
        with operating(str(company.pk)):
            change()
        assert not settled() and settles()


def test_whoever_looks_for_work_writes_nothing(committed_db):
    with pytest.raises(DatabaseError), looking_for_work():
        SearchHead.unscoped.update(place=0)
    with looking_for_work():
        assert SearchHead.unscoped.count() >= 0
