"""Proposals: who sent a bill, what it says, and what may be the same, each with its reasons."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounting.ledger.models import EntryVoucher
from accounting.payables.capture import contacting, registry
from accounting.payables.capture.proposing import Discount, Source, VatGroup, propose
from accounting.payables.capture.registry import Duplicate, Past
from accounting.qr.bill import ReferenceType
from contacts import lifecycle, saving
from contacts.groups import save_group
from contacts.models import ContactMembership
from tests import make
from tests.accounting.payables.capture import inbox, papers
from tests.accounting.payables.capture.inbox import received
from tests.accounting.qr.bills import BILL, IBAN

pytestmark = pytest.mark.django_db

S1 = "//S1/10/R-4711/11/260603/20/K-12/30/106017086/31/260501260531/32/8.1:1000.00;2.6:846.74/40/2:10;0:30"
FULL = replace(BILL, billing=S1, message="", procedures=("eBill/B/41010560425610173",), debtor=None)
UID = "CHE106017086"


@pytest.fixture
def company():
    return inbox.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def contact(company, anna):
    def add(name, *, ibans=(), uid="", postcode="7000", country="CH", valid_to=None):
        return saving.add_contact(
            company=company, by=anna, kind="organisation", name=name, uid=uid,
            addresses=[{"kind": "main", "street": "Obere Gasse", "postcode": postcode, "country": country,
                        "town": "Chur"}],
            bank_accounts=[{"iban": iban, "valid_to": valid_to} for iban in ibans],
        )  # fmt: skip

    return add


def proposed(company, anna, bill=BILL, **how):
    (document,) = received(company, anna, papers.pdf(bill))
    return propose(company, document, **how)


def why(one):
    return [reason.why.value for reason in one.reasons]


def test_all_that_a_bill_says(company, anna):
    values = proposed(company, anna, FULL).values
    assert (values.source, values.number, values.date, values.currency, values.amount) == (
        Source.QR, "R-4711", dt.date(2026, 6, 3), "CHF", Decimal("1949.75"),
    )  # fmt: skip
    assert (values.due_date, values.net_days) == (dt.date(2026, 7, 3), 30)
    assert values.discounts == (Discount(Decimal(2), 10, dt.date(2026, 6, 13)),)
    assert values.vat == (
        VatGroup(Decimal("8.1"), Decimal("1000.00")),
        VatGroup(Decimal("2.6"), Decimal("846.74")),
    )
    assert (values.iban, values.reference_type, values.reference) == (
        BILL.iban,
        ReferenceType.QRR,
        BILL.reference,
    )
    assert (values.payee, values.uid, values.customer_reference) == (BILL.creditor, UID, "K-12")
    assert (values.supply_from, values.supply_until) == (dt.date(2026, 5, 1), dt.date(2026, 5, 31))
    assert values.procedures == ("eBill/B/41010560425610173",)


def test_one_rate_for_all_has_no_net(company, anna):
    values = proposed(company, anna, replace(FULL, billing="//S1/10/1/32/8.1/40/0:30")).values
    assert values.vat == (VatGroup(Decimal("8.1"), None),)
    assert (values.date, values.due_date, values.net_days) == (None, None, 30)


def test_a_supplier_is_found_by_the_bank_account(company, anna, contact):
    huber = contact("Ganz anders AG", ibans=[BILL.iban])
    contact("Müller Holzbau Thun AG")
    found = proposed(company, anna)
    assert found.supplier.contact == huber
    assert why(found.supplier) == ["iban", "place"]
    assert all(reason.sentence and "%" not in reason.sentence for reason in found.supplier.reasons)


def test_a_supplier_is_found_by_the_uid_and_an_unknown_account_is_told(company, anna, contact):
    maker = contact("Holzbau M. Müller", uid=UID, ibans=[IBAN])
    found = proposed(company, anna, FULL)
    assert found.supplier.contact == maker
    assert why(found.supplier) == ["other_iban", "uid", "place"]
    assert [reason.why.value for reason in found.supplier.speaks_against] == ["other_iban"]


def test_a_supplier_is_found_by_the_name(company, anna, contact):
    maker = contact("Mueller Holzbau")
    found = proposed(company, anna)
    assert (found.supplier.contact, why(found.supplier)) == (maker, ["name", "place"])


def test_the_same_name_with_another_uid_is_not_filled_in(company, anna, contact):
    contact("Müller Holzbau AG", uid="CHE109322551", ibans=[BILL.iban], postcode="9000")
    found = proposed(company, anna, FULL)
    assert found.supplier is None
    assert why(found.suppliers[0]) == ["iban", "other_uid", "name"]


def test_two_equal_ones_are_left_to_a_person(company, anna, contact):
    one, two = contact("Müller Holzbau AG"), contact("Müller Holzbau GmbH")
    found = proposed(company, anna)
    assert found.supplier is None and {each.contact for each in found.suppliers} == {one, two}


def test_old_accounts_and_archived_contacts_speak_against(company, anna, contact):
    maker = contact("Müller Holzbau AG", ibans=[BILL.iban], valid_to=dt.date(2025, 12, 31))
    lifecycle.archive(maker, by=anna)
    found = proposed(company, anna)
    assert why(found.supplier) == ["iban", "old_iban", "name", "place", "archived"]


def test_a_name_that_only_sounds_alike_is_told_and_not_filled_in(company, anna, contact):
    contact("Möller Holzbau", postcode="3000")
    found = proposed(company, anna)
    assert found.supplier is None and why(found.suppliers[0]) == ["sound"]


def test_suppliers_of_others_are_not_found(company, anna, contact):
    foreign = inbox.company()
    saving.add_contact(company=foreign, by=make.owner_of(foreign), kind="organisation", name="Müller Holzbau AG",
                       bank_accounts=[{"iban": BILL.iban}])  # fmt: skip
    from erp.core.tenancy import open_companies

    open_companies([company.pk])
    assert proposed(company, anna).suppliers == ()


def test_a_bill_to_somebody_else_is_told(company, anna):
    found = proposed(company, anna)
    assert [one.code for one in found.remarks] == ["capture.addressed_to_others"]
    ours = replace(BILL, debtor=replace(BILL.debtor, name=company.name))
    assert proposed(company, anna, ours).remarks == ()


def test_an_invoice_as_data(company, anna, contact):
    maker = contact(
        "Schwarzwald Werkzeuge GmbH",
        ibans=["DE89370400440532013000"],
        postcode="79098",
        country="DE",
    )
    (document,) = received(company, anna, papers.with_data(papers.blank()))
    found = propose(company, document)
    values = found.values
    assert (values.source, values.number, values.amount, values.currency) == (
        Source.EINVOICE, "R-2026-0815", Decimal("119.00"), "EUR",
    )  # fmt: skip
    assert (values.date, values.due_date, values.net_days) == (
        dt.date(2026, 6, 3),
        dt.date(2026, 7, 3),
        30,
    )
    assert values.vat == (VatGroup(Decimal("19.00"), Decimal("100.00"), Decimal("19.00")),)
    assert found.supplier.contact == maker


def test_several_bills_of_a_file_are_chosen_by_number(company, anna):
    second = replace(BILL, amount=Decimal("12.50"))
    (document,) = received(
        company, anna, papers.pages(papers.pdf(), papers.blank(), papers.pdf(second))
    )
    found = propose(company, document, nth=1)
    assert (found.bills, found.nth, found.page, found.values.amount) == (2, 1, 3, Decimal("12.50"))
    assert propose(company, document, nth=7).nth == 0


def test_nothing_read_proposes_nothing(company, anna):
    blank, locked = received(company, anna, papers.blank(), papers.locked(papers.blank(), user="x"))
    assert propose(company, blank).values.source == Source.NOTHING
    assert [one.code for one in propose(company, locked).remarks] == ["capture.encrypted"]


def test_the_same_bill_scanned_twice_is_told(company, anna):
    first, second = received(
        company, anna, papers.pdf(), papers.pages(papers.pdf(), papers.blank())
    )
    with override("en"):
        (told,) = propose(company, second).duplicates
    assert told == Duplicate(first.name, f"/c/{company.pk}/payables/inbox/{first.pk}/",
                             ("same reference", "same amount"))  # fmt: skip


def test_the_same_file_as_a_voucher_is_told(company, anna):
    (document,) = received(company, anna)
    entry = make.rent(company, amount="1949.75", by=anna)
    EntryVoucher.unscoped.create(company=company, entry=entry, file=document.file)
    with override("en"):
        (told,) = propose(company, document).duplicates
    assert (told.reasons, told.address.endswith(f"/{entry.pk}/")) == (("same file",), True)


def test_rooms_above_say_what_was_booked_and_what_may_be_the_same(
    company, anna, contact, monkeypatch
):
    maker = contact("Müller Holzbau AG", ibans=[BILL.iban])
    asked = []

    def same(_company, traits):
        asked.append(traits)
        return [Duplicate("KR-1", "/bill/1/", ("same reference",))]

    monkeypatch.setattr(registry, "_past", [])
    monkeypatch.setattr(registry, "_duplicates", [])
    registry.register_past(
        lambda _company, ids: {pk: Past("4200", "VM", "", "as last time") for pk in ids}
    )
    for _twice in range(2):
        registry.register_duplicates(same)
    (document,) = received(company, anna)
    found = propose(company, document)
    assert found.past == Past("4200", "VM", "", "as last time")
    assert [one.label for one in found.duplicates] == ["KR-1"]
    (traits,) = asked
    assert (traits.contacts, traits.amount, traits.reference, traits.file) == (
        (maker.pk,), Decimal("1949.75"), BILL.reference, document.file_id,
    )  # fmt: skip


def test_a_proposal_takes_few_queries_however_many_contacts_fit(company, anna, contact):
    contact("Müller Holzbau AG", ibans=[BILL.iban])
    (document,) = received(company, anna)
    with CaptureQueriesContext(connection) as one:
        propose(company, document)
    for nth in range(4):
        contact(
            f"Müller Holzbau {'AG' if nth % 2 else 'GmbH'}", ibans=[BILL.iban] if nth == 3 else []
        )
    with CaptureQueriesContext(connection) as many:
        propose(company, document)
    assert len(many) <= len(one) <= 12  # three or four of them are those of suppliers' invoices


# --- a contact from a bill --------------------------------------------------------------------------
def test_a_payee_nobody_knows_becomes_a_contact_as_it_was_read(company, anna):
    save_group(company=company, by=anna, code="suppliers", name_de="Lieferanten")
    (document,) = received(company, anna, papers.pdf(FULL))
    made = contacting.add_payee(document, by=anna)
    assert (made.name, made.uid, made.kind) == (BILL.creditor.name, UID, "organisation")
    rows = ContactMembership.of(company).filter(contact=made)
    assert list(rows.values_list("group__code", flat=True)) == ["suppliers"]
    address = made.addresses.get()
    assert (address.street, address.house_number, address.postcode, address.town, address.country) == (
        BILL.creditor.street, BILL.creditor.house_number, BILL.creditor.postcode, BILL.creditor.town, "CH",
    )  # fmt: skip
    assert made.bank_accounts.get().iban == BILL.iban
    assert propose(company, document).supplier.contact == made
    with pytest.raises(contacting.PayeeKnown):
        contacting.add_payee(document, by=anna)


def test_without_a_payee_no_contact_is_made(company, anna):
    (document,) = received(company, anna, papers.blank())
    with pytest.raises(contacting.NoPayee):
        contacting.add_payee(document, by=anna)
