"""Payment runs: proposed, changed, approved by a second person, exported once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from lxml import etree

from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.payments import approving, drafting, exporting, four_eyes, payees
from accounting.payments.checking import checked
from accounting.payments.digest import digest_of
from accounting.payments.instructions import BankGone, block, instruct
from accounting.payments.models import (
    PayeeAccount,
    PaymentInstruction,
    PaymentRun,
    RunItem,
    RunPayment,
)
from accounting.payments.pain import rules
from accounting.payments.proposing import propose
from accounting.payments.refusals import FaultInRun
from contacts import saving
from erp.audit.models import AuditEvent
from erp.documents import storing
from erp.mails.models import OutgoingMail
from erp.reference.models import Bank
from tests import make
from tests.accounting.open_items import books as items
from tests.accounting.payments.books import (
    DAY,
    OTHER,
    QR_SUPPLIER,
    SUPPLIER,
    approved,
    bank,
    colleague,
    company,
    draft,
    exported,
    owe,
    qr_bill,
    supplier,
)
from tests.accounting.payments.orders import iban

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 24, 9, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def books():
    return company()


def proposal(books, *, date=DAY, until=DAY, currency="CHF", **more):
    return propose(bank(books, "CHF"), date=date, until=until, currency=currency, **more)


def why(found):
    return {one.owed.document: [reason.code for reason in one.why] for one in found.others}


# --- proposals --------------------------------------------------------------------------------------
def test_what_is_due_is_proposed_and_what_would_be_left_is_told(books):
    make.rent(books, amount="1000.00")  # takes 1000 from the bank: the books have -1000
    who = supplier(books)
    owe(books, who, "100.00", document="L-1"), owe(books, who, "50.00", document="L-2")
    owe(books, who, "70.00", due=DAY + dt.timedelta(1), document="later")
    with time_machine.travel(dt.datetime(2026, 3, 31, 9), tick=True):
        found = proposal(books)
    (payment,) = found.payments
    assert (payment.amount, payment.message, payment.details.account) == (
        Decimal("150.00"), "L-1, L-2", SUPPLIER
    )  # fmt: skip
    assert (found.total, found.balance, found.left) == (
        Decimal("150.00"), Decimal("-1000.00"), Decimal("-1150.00")
    )  # fmt: skip
    assert [w.code for w in payment.warnings] == ["new_account"]


def test_a_discount_is_taken_while_it_can_be_and_called_for_before_it_is_lost(books):
    who = supplier(books)
    early = {"discount_percent": Decimal(2), "discount_until": DAY}
    owe(books, who, "200.00", due=DAY + dt.timedelta(20), **early)
    found = proposal(books)
    assert [(p.amount, p.discount) for p in found.payments] == [
        (Decimal("196.00"), Decimal("4.00"))
    ]
    late = proposal(books, date=DAY + dt.timedelta(1), until=DAY + dt.timedelta(30))
    assert [(p.amount, p.discount) for p in late.payments] == [(Decimal("200.00"), Decimal("0"))]
    before = DAY - dt.timedelta(5)
    assert proposal(books, date=before, until=before).payments == []


def test_bills_with_a_reference_are_paid_alone_and_credits_are_taken_off(books):
    who = supplier(books)
    first = owe(books, who, "300.00", document="Q-1")
    qr_bill(books, first)
    owe(books, who, "100.00", document="L-1"), owe(books, who, "-40.00", document="G-1")
    payees.approve(PayeeAccount.of(books).get(status="waiting"), by=colleague(books))
    found = proposal(books)
    amounts = {p.details.reference_kind: p.amount for p in found.payments}
    assert amounts == {"QRR": Decimal("260.00"), "": Decimal("100.00")}
    owe(books, who, "-500.00", document="G-2")
    assert why(proposal(books)) == {"G-2": ["credit_left"]}


def test_what_cannot_be_paid_says_why(books):
    owe(books, supplier(books, "A", account=""), document="no account")
    blocked = owe(books, supplier(books, "B"), document="blocked")
    block(blocked, reason="Ware mangelhaft", by=make.owner_of(books))
    qr = supplier(books, "C", account=QR_SUPPLIER)
    owe(books, qr, document="qr")
    owe(books, supplier(books, "D", account="CH4431999123000889012"), document="no bank")
    owe(books, None, document="by name")
    owe(books, supplier(books, "Иван", account=OTHER), document="written")
    owe(books, supplier(books, "株式会社", account=OTHER), document="unwritable")
    found = proposal(books)
    assert why(found) == {
        "no account": ["no_account"], "blocked": ["blocked"], "qr": ["qrr_needed"],
        "no bank": ["unknown_bank", "qrr_needed"],
        "by name": ["no_account"], "unwritable": ["unwritable"],
    }  # fmt: skip
    assert [p.details.kept()["payee"] for p in found.payments] == ["Ivan"]
    assert all(str(reason) for one in found.others for reason in one.why)
    block(blocked, reason="", by=make.owner_of(books))
    assert "blocked" not in why(proposal(books))


def test_a_payment_abroad_needs_bank_and_address(books):
    who = supplier(books, "Chase", account="")
    item = owe(books, who, "100.00", currency="USD", base="90.00")
    told = {"payee": "Vendor Inc", "account": "0123456789", "is_iban": False, "bic": "CHASUS33"}
    instruct(books, item=item, by=make.owner_of(books), **told)
    assert why(proposal(books, currency="USD")) == {"L-1": ["address_needed"]}
    instruct(books, item=item, by=make.owner_of(books), town="New York", country="US", **told)
    found = proposal(books, currency="USD")
    assert [p.amount for p in found.payments] == [Decimal("100.00")] and found.balance is None


def test_a_proposal_takes_the_same_few_queries_for_any_number_of_items(books):
    counts = []
    for nth in range(3):
        for more in range(1 + 4 * nth):
            who = supplier(books, f"S{nth}-{more}", account=iban("CH", f"00700{nth}{more:011d}"))
            owe(books, who, document=f"{nth}-{more}")
        with CaptureQueriesContext(connection) as seen:
            proposal(books)
        counts.append(len(seen))
    assert len(set(counts)) == 1 and counts[0] <= 8, counts


# --- runs -------------------------------------------------------------------------------------------
def test_an_item_is_in_one_live_run_alone(books):
    who = supplier(books)
    item = owe(books, who)
    run = draft(books)
    assert why(proposal(books)) == {"L-1": ["in_run"]}
    with pytest.raises(drafting.NothingToPay):
        draft(books)
    row = RunItem.of(books).get(run=run)
    with pytest.raises(DatabaseError, match="run_item_in_one_live_run"), transaction.atomic():
        RunItem.unscoped.create(company=books, run=run, payment=row.payment, item=item, paid=1)
    approving.cancel(run, reason="Test", by=make.owner_of(books))
    assert [p.amount for p in proposal(books).payments] == [Decimal("100.00")]
    assert draft(books).number == 2


def test_runs_are_on_bank_days_to_come(books):
    owe(books, supplier(books))
    with pytest.raises(drafting.NotABankDay, match=r"07\.04\.2026"):
        draft(books, date=dt.date(2026, 4, 3))  # Good Friday, and Easter Monday after it
    with (
        pytest.raises(drafting.NotABankDay, match=r"16\.03\.2026"),
        time_machine.travel(NOW - dt.timedelta(30)),
    ):
        draft(books, date=dt.date(2026, 3, 14))
    with pytest.raises(drafting.DayGone):
        draft(books, date=dt.date(2026, 3, 20))


def test_changes_of_a_draft(books):
    who = supplier(books)
    owe(books, who, "100.00", document="L-1"), owe(books, who, "50.00", document="L-2")
    owe(books, supplier(books, "B", account=OTHER), "200.00", document="L-3",
        discount_percent=Decimal(2), discount_until=DAY)  # fmt: skip
    by, run = make.owner_of(books), draft(books)
    rows = {row.item.document: row for row in RunItem.of(books).select_related("item", "payment")}
    drafting.set_amount(run, by=by, item=rows["L-1"].pk, amount=Decimal("30.00"))
    assert RunPayment.of(books).get(pk=rows["L-1"].payment_id).amount == Decimal("80.00")
    with pytest.raises(drafting.BadAmount):
        drafting.set_amount(run, by=by, item=rows["L-1"].pk, amount=Decimal("100.01"))
    drafting.take_out(run, by=by, payment=rows["L-2"].payment_id, item=rows["L-2"].pk)
    assert RunPayment.of(books).get(pk=rows["L-1"].payment_id).amount == Decimal("30.00")
    drafting.set_date(run, by=by, date=dt.date(2026, 4, 1), payment=rows["L-3"].payment_id)
    late = RunItem.of(books).get(pk=rows["L-3"].pk)
    assert (late.paid, late.discount) == (Decimal("200.00"), Decimal("0.00"))
    drafting.set_date(run, by=by, date=DAY)
    assert RunItem.of(books).get(pk=rows["L-3"].pk).discount == Decimal("4.00")
    drafting.take_out(run, by=by, payment=rows["L-3"].payment_id)
    assert RunPayment.of(books).count() == 1
    assert [p.amount for p in proposal(books).payments] == [Decimal("50.00"), Decimal("196.00")][
        ::-1
    ]


# --- approval ---------------------------------------------------------------------------------------
def test_a_second_person_approves_what_was_seen(books):
    owe(books, supplier(books))
    owner, anna = make.owner_of(books), colleague(books)
    run = draft(books)
    with pytest.raises(four_eyes.NeedsAnother):
        approving.approve(run, seen=digest_of(run), by=owner)
    with pytest.raises(approving.ContentChanged):
        approving.approve(run, seen="0" * 64, by=anna)
    done = approving.approve(run, seen=digest_of(run), by=anna)
    assert (done.status, done.approved_by, done.digest, done.waiver) == (
        "approved", anna, digest_of(run), ""
    )  # fmt: skip
    with pytest.raises(approving.NotReady):
        approving.approve(run, seen=digest_of(run), by=anna)
    assert PayeeAccount.of(books).get().status == "approved"


def test_who_gave_bank_details_or_changed_the_run_last_does_not_approve(books):
    anna, beat = colleague(books), colleague(books)
    item = owe(books, supplier(books, account=""), "300.00")
    qr_bill(books, item, by=anna)
    run = draft(books)
    with pytest.raises(four_eyes.NeedsAnother):
        approving.approve(run, seen=digest_of(run), by=anna)
    run = drafting.set_date(run, by=beat, date=dt.date(2026, 4, 1))
    with pytest.raises(four_eyes.NeedsAnother):
        approving.approve(run, seen=digest_of(run), by=beat)
    approving.approve(run, seen=digest_of(run), by=colleague(books))


def test_one_person_alone_approves_and_that_is_on_record(books):
    owe(books, supplier(books))
    run = approved(books, by=make.owner_of(books))
    assert run.waiver == four_eyes.ALONE
    assert AuditEvent.of(books).filter(action="payment_run.approve").get().details["waiver"]


def test_two_who_give_access_may_do_without_four_eyes(books):
    owner, anna = make.owner_of(books), colleague(books)
    four_eyes.switch_off(books, by=owner)
    with pytest.raises(four_eyes.AskedYourself):
        four_eyes.switch_off(books, by=owner)
    assert four_eyes.settings_of(books).four_eyes
    assert not four_eyes.switch_off(books, by=anna).four_eyes
    owe(books, supplier(books))
    assert approved(books, by=owner).waiver == four_eyes.OFF
    with pytest.raises(four_eyes.OffAlready):
        four_eyes.switch_off(books, by=anna)
    assert four_eyes.switch_on(books, by=anna).four_eyes


def test_any_change_voids_the_approval(books):
    owe(books, supplier(books))
    run = approved(books)
    row = RunItem.of(books).get(run=run)
    drafting.set_amount(run, by=make.owner_of(books), item=row.pk, amount=Decimal("10.00"))
    run.refresh_from_db()
    assert (run.status, run.digest, run.approved_by) == ("draft", "", None)
    with pytest.raises(exporting.NotApproved):
        exporting.export(run, by=make.owner_of(books))


@pytest.mark.parametrize(
    "change", ["amount = 1", "account = 'CH5604835012345678009'", "run_id = run_id + 1"]
)
def test_the_database_keeps_what_was_approved(books, change):
    owe(books, supplier(books))
    run = approved(books)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounting_runpayment SET {change} WHERE run_id = %s", [run.pk])
    with pytest.raises(DatabaseError), transaction.atomic():
        RunItem.of(books).filter(run=run).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentRun.of(books).filter(pk=run.pk).update(status="booked")


def test_what_was_paid_or_changed_meanwhile_is_not_approved_nor_exported(books):
    who = supplier(books)
    item, owner = owe(books, who), make.owner_of(books)
    run = approved(books)
    settle(company=books, date=DAY, parts=[Part(item, paid=Decimal("60.00"))],
           money=items.money(books, "60.00"), by=owner)  # fmt: skip
    with pytest.raises(FaultInRun) as refusal:
        exporting.export(run, by=owner)
    assert "40.00" in str(refusal.value)


def test_another_account_waits_for_a_second_person_and_all_who_give_access_are_told(books):
    who, owner, anna = supplier(books), make.owner_of(books), colleague(books)
    owe(books, who)
    run = approved(books, by=anna)
    saving.change_contact(who, by=owner, bank_accounts=[{"iban": OTHER}])
    found = PayeeAccount.of(books).get(account=OTHER)
    assert (found.status, found.before, found.changed_by) == ("waiting", SUPPLIER, owner)
    mail = OutgoingMail.of(books).get(kind="payee_account")
    assert mail.to == [owner.email] and "CH" in mail.body
    with pytest.raises(FaultInRun):  # the details are others now
        exporting.export(run, by=owner)
    approving.cancel(run, reason="neue Verbindung", by=owner)
    assert why(proposal(books)) == {"L-1": ["account_waits"]}
    with pytest.raises(payees.AccountNeedsAnother):
        payees.approve(found, by=owner)
    payees.approve(found, by=anna)
    with pytest.raises(payees.AccountDecided):
        payees.approve(found, by=anna)
    (payment,) = proposal(books).payments
    assert [w.code for w in payment.warnings] == ["changed_account"]
    with time_machine.travel(NOW + dt.timedelta(40)):
        (payment,) = proposal(books, date=dt.date(2026, 5, 5), until=dt.date(2026, 5, 5)).payments
        assert payment.warnings == ()


def test_taking_accounts_out_and_putting_another_in_is_a_change_too(books):
    who, owner = supplier(books), make.owner_of(books)
    owe(books, who)
    saving.change_contact(who, by=owner, bank_accounts=[])
    who.refresh_from_db()
    saving.change_contact(who, by=owner, bank_accounts=[{"iban": OTHER}])
    assert why(proposal(books)) == {"L-1": ["account_waits"]}
    payees.refuse(PayeeAccount.of(books).get(account=OTHER), by=colleague(books))
    assert why(proposal(books)) == {"L-1": ["account_refused"]}


def test_the_database_lets_nobody_approve_an_account_of_their_own(books):
    who, owner = supplier(books), make.owner_of(books)
    saving.change_contact(who, by=owner, bank_accounts=[{"iban": OTHER}])
    found = PayeeAccount.of(books).filter(account=OTHER)
    with pytest.raises(DatabaseError, match="another person"), transaction.atomic():
        found.update(status="approved", decided_by=owner)


# --- files ------------------------------------------------------------------------------------------
def test_the_file_is_made_once_and_stays_as_it_was(books, shared):
    who = supplier(books)
    qr_bill(books, owe(books, who, "300.00", document="Q-1"))
    owe(books, supplier(books, "Müller & Söhne", account=OTHER), "70.00", document="L-2")
    payees.approve(PayeeAccount.of(books).get(status="waiting"), by=colleague(books))
    run = exported(books)
    content = storing.content_of(run.file)
    assert rules.check(content) == [] and run.message_id.encode() in content
    schema = etree.XMLSchema(etree.parse(shared / "schemas/iso20022-ch/pain.001.001.09.ch.03.xsd"))
    assert schema.validate(etree.fromstring(content)), schema.error_log
    again = exporting.export(run, by=make.owner_of(books))
    assert again.file == run.file and storing.content_of(again.file) == content
    assert again.exported_at == run.exported_at
    assert AuditEvent.of(books).filter(action="payment_run.export").count() == 1
    blocks = set(RunPayment.of(books).filter(run=run).values_list("block_id", flat=True))
    assert blocks == {f"{run.message_id}-1"}
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentRun.of(books).filter(pk=run.pk).update(message_id="other")
    with pytest.raises(drafting.NotOpenToChange):
        drafting.set_date(run, by=make.owner_of(books), date=dt.date(2026, 4, 1))


def test_wages_are_one_confidential_debit(books):
    owe(books, supplier(books))
    run = exported(books, is_salary=True, advice="NOA", batch=False)
    content = storing.content_of(run.file)
    assert b"<Cd>SALA</Cd>" in content and b"<Prtry>NOA</Prtry>" in content and run.batch


def test_a_rejected_payment_of_an_exported_run_is_given_back(books):
    owe(books, supplier(books))
    run = exported(books)
    payment = RunPayment.of(books).get(run=run)
    approving.give_back(run, payment=payment.pk, by=make.owner_of(books))
    assert len(proposal(books).payments) == 1
    with pytest.raises(approving.ReasonMissing):
        approving.cancel(run, reason=" ", by=make.owner_of(books))


def test_checking_a_run_takes_the_same_few_queries(books):
    counts = []
    for nth in range(2):
        for more in range(1 + 3 * nth):
            who = supplier(books, f"S{nth}{more}", account=iban("CH", f"00700{nth}{more:011d}"))
            owe(books, who, document=f"{nth}-{more}")
        run = draft(books)
        with CaptureQueriesContext(connection) as seen:
            checked(run)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 9, counts


# --- what to look at, and what is refused -----------------------------------------------------------
@pytest.mark.parametrize(("name", "told"), [("N" * 71, ["name_cut"]), ("N" * 70, [])])
def test_a_name_that_sepa_cuts_is_told_before_it_is_approved(books, name, told):
    item = owe(books, None, "100.00", currency="EUR")
    qr_bill(books, item, payee=name, account="DE89370400440532013000", reference="", country="DE")
    run = draft(books, currency="EUR")
    (row,) = checked(run)
    assert [one.code for one in row.warnings if one.code == "name_cut"] == told
    assert all(name[:70] in str(one) for one in row.warnings if one.code == "name_cut")
    assert not row.faults


@pytest.mark.parametrize("account", [iban("CH", "02222123456789012"), OTHER])
def test_a_bank_that_nobody_is_or_that_closed_takes_no_instruction(books, account):
    Bank.objects.filter(iid="00700").update(valid_to=dt.date(2026, 3, 1), successor="")
    item = owe(books, supplier(books, account=""))
    with pytest.raises(BankGone) as refused:
        qr_bill(books, item, account=account, reference="")
    assert refused.value.place == "account" and account in str(refused.value)
    assert "IBAN" in str(refused.value) or "Konto" in str(refused.value)
    assert not PaymentInstruction.of(books).exists()
    Bank.objects.filter(iid="00700").update(valid_to=dt.date(2026, 12, 31))
    if account == OTHER:
        assert qr_bill(books, item, account=account, reference="").account == OTHER


def test_a_bill_with_the_account_of_the_contact_goes_with_others_without_a_fault(books):
    who = supplier(books)
    told = {"payee": who.name, "account": SUPPLIER, "town": "Bern", "country": "CH"}
    instruct(books, item=owe(books, who, document="L-1"), by=make.owner_of(books), **told)
    owe(books, who, document="L-2")
    (row,) = checked(draft(books))
    assert [item.item.document for item in row.items] == ["L-1", "L-2"] and not row.faults


def test_another_name_on_the_same_account_is_a_payment_of_its_own(books):
    who = supplier(books)
    told = {"payee": "Inkasso AG", "account": SUPPLIER, "town": "Bern", "country": "CH"}
    instruct(books, item=owe(books, who, document="L-1"), by=make.owner_of(books), **told)
    owe(books, who, document="L-2")
    rows = checked(draft(books))
    assert [(len(row.items), row.payment.payee, row.faults) for row in rows] == [
        (1, "Inkasso AG", ()), (1, who.name, ()),
    ]  # fmt: skip
