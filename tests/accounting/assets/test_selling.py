"""Sales of assets from their page: with VAT, gain or loss, into an account or by an invoice, and undone."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounting.assets import categories, control, disposing, registering
from accounting.assets.errors import (
    BadAmount,
    BeforePurchase,
    BeforeService,
    InRegister,
    NotPaidInto,
    PaidOrBilled,
    ServiceAfterDisposal,
)
from accounting.assets.models import Asset
from accounting.assets.registering import LineOfEntry
from accounting.assets.selling import Sale, sell
from accounting.assets.standings import assets
from accounting.ledger import posting
from accounting.ledger.models import EntryLine, JournalEntry
from accounting.open_items.models import OpenItem
from accounting.receivables.models import SalesDocument
from accounting.terms.agreeing import WrongCode, save_customer_terms
from erp.companies.models import Module
from tests import make
from tests.accounting.assets.books import DECEMBER, JANUARY, day, van
from tests.accounting.receivables import sales
from tests.erp.client import Api, new_key, problem
from tests.make import chf
from vat.codes.models import VatCode

pytestmark = pytest.mark.django_db
JUNE = day(2026, 6, 20)


@pytest.fixture
def company():
    new = sales.company()
    new.modules = list(Module.values)
    new.save(update_fields=["modules"])
    categories.add_defaults(new, by=make.owner_of(new), valid_from=JANUARY)
    return new


@pytest.fixture
def by(company):
    return make.owner_of(company)


def sale(company, amount="21620.00", *, account="1020", code="UN", **more):
    return Sale(chf(amount), account=make.account(company, account) if account else None,
                vat_code=VatCode.of(company).get(code=code) if code else None, **more)  # fmt: skip


def booked(entry):
    rows = EntryLine.of(entry.company).filter(entry=entry).order_by("position")
    return [(r.account.number, f"{r.debit - r.credit:.2f}", r.vat_code.code if r.vat_code else "")
            for r in rows]  # fmt: skip


def equal(company):
    return control.differs(company, until=DECEMBER) == []


def test_a_sale_books_money_tax_and_loss_and_is_undone_whole(company, by):
    asset = van(company)
    sold = sell(asset, sale(company), date=JUNE, by=by)
    last = disposing.latest(sold)[-1]
    # 21620 with 8.1 % in it are 20000; book value at the end of May: 40000 less 6666.67.
    assert booked(last.proceeds_entry) == [
        ("1020", "21620.00", ""), ("8510", "-20000.00", "UN"), ("2200", "-1620.00", "UN")]  # fmt: skip
    assert booked(last.entry) == [
        ("6820", "6666.67", ""), ("1539", "-6666.67", ""), ("1539", "6666.67", ""),
        ("8500", "13333.33", ""), ("8510", "20000.00", ""), ("1530", "-40000.00", "")]  # fmt: skip
    assert (last.told["proceeds"], last.told["result"]) == ("20000.00", "-13333.33")
    assert equal(company) and sold.disposed_on == JUNE
    with pytest.raises(InRegister):
        posting.reverse(last.proceeds_entry, date=JUNE, by=by)
    disposing.undo(sold, by=by)
    posted = JournalEntry.of(company).filter(number__isnull=False)
    assert posted.filter(kind="reversal", date=JUNE).count() == 2
    moved = EntryLine.of(company).filter(entry__in=posted, account__number__in=["1020", "2200"])
    assert sum(row.debit - row.credit for row in moved) == chf("-40000.00")  # the purchase alone
    assert equal(company) and list(disposing.proceeds(asset)) == []
    again = sell(assets(company).get(), sale(company, "40000.00", code="", basis="net"),
                 date=JUNE, by=by)  # fmt: skip
    assert disposing.latest(again)[-1].told["result"] == "6666.67" and equal(company)


def test_a_price_without_vat_has_the_tax_on_top(company, by):
    sold = sell(van(company), sale(company, "20000.00", basis="net"), date=JUNE, by=by)
    entry = disposing.latest(sold)[-1].proceeds_entry
    assert booked(entry)[:2] == [("1020", "21620.00", ""), ("8510", "-20000.00", "UN")]


def test_a_customer_gets_an_invoice_which_stays_when_the_disposal_is_undone(company, by):
    asset, customer = van(company), sales.customer(company)
    save_customer_terms(customer, by=by, version=0, discount_percent=chf("5.00"))  # on goods
    sold = sell(asset, sale(company, account="", customer=customer), date=JUNE, by=by)
    bill = SalesDocument.of(company).get()
    assert (bill.is_issued, bill.payable, bill.vat) == (True, chf("21620.00"), chf("1620.00"))
    assert OpenItem.of(company).get().amount == chf("21620.00")
    last = disposing.latest(sold)[-1]
    assert last.proceeds_entry == bill.entry and last.told["proceeds"] == "20000.00"
    assert equal(company)
    disposing.undo(sold, by=by)
    (line,) = disposing.proceeds(asset)  # the invoice stands, and may be the proceeds again
    assert line.entry == bill.entry
    disposing.dispose(asset, date=day(2026, 6, 30), by=by,
                      sold_by=LineOfEntry(line.entry, line.position))  # fmt: skip
    assert equal(company)


def test_what_cannot_be_sold_so_is_refused_by_name_and_nothing_is_written(company, by):
    asset = van(company, date=day(2026, 2, 10), in_service_on=day(2026, 5, 1))
    gross = VatCode.of(company).get(code="UN")
    before = JournalEntry.of(company).count()
    for wrong, date, refusal, place in (
        (sale(company, account=""), JUNE, PaidOrBilled, "account"),
        (sale(company, customer=sales.customer(company)), JUNE, PaidOrBilled, "account"),
        (sale(company, account="3200"), JUNE, NotPaidInto, "account"),
        (sale(company, account="1100"), JUNE, NotPaidInto, "account"),
        (sale(company, account="1530"), JUNE, NotPaidInto, "account"),
        (sale(company, account="2200"), JUNE, NotPaidInto, "account"),
        (sale(company, code="IN"), JUNE, WrongCode, "vat_code"),
        (sale(company, "0.00"), JUNE, BadAmount, "amount"),
        (Sale(chf("1.005"), make.account(company, "1020"), None, gross), JUNE, BadAmount, "amount"),
        (sale(company), day(2026, 2, 9), BeforePurchase, "date"),
        (sale(company), day(2026, 4, 30), BeforeService, "date"),
    ):  # fmt: skip
        with pytest.raises(refusal) as refused:
            sell(asset, wrong, date=date, by=by)
        assert refused.value.place == place, wrong
    assert JournalEntry.of(company).count() == before and assets(company).get().disposed_on is None


def test_nothing_is_disposed_of_before_its_service_nor_put_in_service_after(company, by):
    asset = van(company, in_service_on=day(2026, 3, 1))
    with pytest.raises(BeforeService) as refused:
        disposing.dispose(asset, date=day(2026, 2, 28), by=by)
    assert all(said in str(refused.value) for said in ("1001", "28.02.2026", "01.03.2026"))
    gone = disposing.dispose(asset, date=day(2026, 3, 1), by=by)
    gone.in_service_on = day(2026, 3, 2)
    with pytest.raises(ServiceAfterDisposal) as refused:
        registering.save_asset(gone, by=by)
    assert refused.value.place == "in_service_on" and "02.03.2026" in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.of(company).update(in_service_on=day(2026, 3, 2))


def test_pages_and_programs_sell_and_refuse_alike(company, by):
    asset, page, api = van(company), Client(), Api(company, by)
    page.force_login(by)
    here = f"/c/{company.pk}/assets/{asset.pk}/"
    form = page.get(here).context["sell"]
    assert {"vat_code", "basis", "account", "customer"} <= set(form.fields)
    typed = {"do": "sell", "date": "20.06.2026", "amount": "21’620.00", "basis": "gross",
             "vat_code": "UN", "account": "1020", "customer": ""}  # fmt: skip
    for wrong, place in (({"account": "3200"}, "account"), ({"account": ""}, "account"),
                         ({"vat_code": "IN"}, "vat_code"), ({"date": "31.12.2025"}, "date"),
                         ({"customer": "99999"}, "customer")):  # fmt: skip
        refused = page.post(here, typed | wrong)
        assert refused.status_code == 422 and refused.context["sell"].errors[place], wrong
    assert page.post(here, typed).status_code == 302
    assert "Erlös" in page.get(here).content.decode()
    _now, version = api.read(f"assets/{asset.pk}/")
    late = api.patch(f"assets/{asset.pk}/", {"in_service_on": "2026-06-21"}, **version)
    assert problem(late, 422)["errors"][0]["field"] == "in_service_on"
    assert page.post(here, {"do": "undo", "movement": page.get(here).context["last"].pk})[
        "Location"
    ]
    sold = f"assets/{asset.pk}/sell/"
    body = {"date": "2026-06-20", "amount": "21620.00", "vat_code": "UN"}
    problem(api.post(sold, body | {"account": "1020", "customer": 2**50}, key=new_key()), 400)
    problem(api.post(sold, body | {"account": "77777"}, key=new_key()), 400)
    early = api.post(sold, body | {"account": "1020", "date": "2025-12-31"}, key=new_key())
    assert problem(early, 422)["errors"][0]["field"] == "date"
    body["customer"], key = sales.customer(company).pk, new_key()
    for _sent in range(2):
        done = api.post(sold, body, key=key)
        assert (done.status_code, done.json()["disposed_on"]) == (200, "2026-06-20"), done.content
    assert SalesDocument.of(company).filter(status="issued").count() == 1 and equal(company)


def test_an_invoice_for_a_sale_needs_the_right_to_issue_one(company):
    asset, customer = van(company), sales.customer(company)
    seller = make.user(company=company, granted=["assets.read", "assets.post"])
    page, api = Client(), Api(company, seller)
    page.force_login(seller)
    assert "customer" not in page.get(f"/c/{company.pk}/assets/{asset.pk}/").context["sell"].fields
    body = {"date": "2026-06-20", "amount": "100.00", "customer": customer.pk}
    problem(api.post(f"assets/{asset.pk}/sell/", body, key=new_key()), 403)
    assert not SalesDocument.of(company).exists()
