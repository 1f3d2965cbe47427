"""Worked examples: payments, discounts with VAT, write-offs, currencies, overpayments, netting."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounting.ledger import posting
from accounting.ledger.lines import ControlAccount
from accounting.ledger.models import Account, CostObject
from accounting.ledger.models.accounts import Rule
from accounting.ledger.verifying import verify_ledger
from accounting.open_items import errors, settling
from accounting.open_items.checking import comparison, differences
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import NewItem, Party, cancel
from accounting.open_items.planning import discount_of, shared_out
from accounting.open_items.plans import Money, Part
from accounting.open_items.settling import preview, settle, undo
from accounting.open_items.taking_over import TakenOver, take_over
from erp.reference.queries import NoRate
from tests import make
from tests.accounting.open_items.books import (
    APRIL_30,
    HUBER,
    MARCH_1,
    MARCH_9,
    MARCH_31,
    company,
    contact,
    invoice,
    lines_of,
    money,
)
from tests.accounting.valuation.books import rate

D = Decimal
pytestmark = pytest.mark.django_db


def fresh(item):
    return OpenItem.of(item.company).select_related("account").get(pk=item.pk)


def kinds(item):
    return [
        (s.kind, s.amount) for s in Settlement.of(item.company).filter(item=item).order_by("pk")
    ]


def agree(books):
    """At the commit the database compares lines and items; here and now, too."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for day in (MARCH_1, MARCH_9, MARCH_31, APRIL_30, dt.date(2026, 12, 31)):
        assert differences(books, day) == []
    assert verify_ledger(books).breaks == []


@pytest.fixture
def books():
    return company()


@pytest.fixture
def by(books):
    return make.owner_of(books)


def test_a_payment_settles_an_invoice(books, by):
    item = invoice(books, "100.00")
    entry = settle(company=books, date=MARCH_9, parts=[Part(item, paid=D("100.00"))],
                   money=money(books, "100.00"), by=by)  # fmt: skip
    assert lines_of(entry) == [("1020", D("100.00")), ("1100", D("-100.00"))]
    assert (fresh(item).open_amount, fresh(item).settled_on) == (D(0), MARCH_9)
    agree(books)


def test_discount_takes_back_its_share_of_the_vat(books, by):
    item = invoice(books, "1081.00", code="UN", discount_percent=D("2.00"), discount_until=MARCH_9)
    assert discount_of(item, MARCH_9) == D("21.62")
    assert discount_of(item, MARCH_31) == D(0)
    parts = shared_out([item], D("1059.38"), date=MARCH_9)
    assert [(p.paid, p.discount) for p in parts] == [(D("1059.38"), D("21.62"))]
    plan = preview(books, date=MARCH_9, parts=parts, money=money(books, "1059.38"))
    entry = settle(company=books, date=MARCH_9, parts=parts, money=money(books, "1059.38"), by=by)
    expected = [("1020", D("1059.38")), ("1100", D("-1059.38")), ("1100", D("-21.62")),
                ("3800", D("20.00")), ("2200", D("1.62"))]  # fmt: skip
    assert lines_of(entry) == expected
    assert [(p.line.account.number, p.line.debit - p.line.credit) for p in plan.lines] == expected
    tax = entry.lines.get(account__number="2200")
    assert (tax.vat_part, tax.vat_rate, tax.vat_base) == ("T", D("8.10"), D("20.00"))
    assert tax.vat_code.code == "SN"  # reductions of consideration, box 235
    assert fresh(item).open_amount == 0
    agree(books)


def test_a_discount_lessens_the_cost_object_that_the_document_was_for(books, by):
    """But not where the account takes none: then the discount stands without."""
    unit = CostObject.unscoped.create(company=books, number="100", name_de="Umbau")
    told = {"discount_percent": D("2.00"), "discount_until": MARCH_9, "code": "UN"}
    for nth, (rule, wanted) in enumerate([(Rule.MAY, unit.pk), (Rule.NO, None)]):
        Account.of(books).filter(number="3800").update(cost_object_rule=rule)
        item = invoice(books, "1081.00", document=f"R-{nth}", cost_object=unit, **told)
        (part,) = shared_out([item], D("1059.38"), date=MARCH_9)
        entry = settle(company=books, date=MARCH_9, parts=[part], by=by,
                       money=money(books, "1059.38"))  # fmt: skip
        assert entry.lines.get(account__number="3800").cost_object_id == wanted
        assert entry.lines.get(account__number="2200").cost_object_id is None
    agree(books)


def test_a_write_off_takes_back_the_vat_too(books, by):
    item = invoice(books, "1081.00", code="UN")
    entry = settle(company=books, date=APRIL_30, parts=[Part(item, write_off=D("1081.00"))], by=by)
    assert lines_of(entry) == [
        ("1100", D("-1081.00")),
        ("3805", D("1000.00")),
        ("2200", D("81.00")),
    ]
    agree(books)


def test_a_suppliers_discount_takes_back_input_tax(books, by):
    item = invoice(books, "1081.00", side="payables", code="MN", discount_percent=D("2"),
                   discount_until=MARCH_9)  # fmt: skip
    parts = shared_out([item], D("1059.38"), date=MARCH_9)
    entry = settle(company=books, date=MARCH_9, parts=parts, money=money(books, "1059.38"), by=by)
    assert lines_of(entry) == [
        ("1020", D("-1059.38")), ("2000", D("1059.38")), ("2000", D("21.62")),
        ("4900", D("-20.00")), ("1170", D("-1.62")),
    ]  # fmt: skip
    tax = entry.lines.get(account__number="1170")
    assert (tax.vat_code.code, tax.vat_base) == ("MN", D("-20.00"))
    agree(books)


def test_partial_payments_and_an_overpayment_that_is_paid_back(books, by):
    huber, party = contact(books)
    item = invoice(books, "100.00", party=party)
    settle(company=books, date=MARCH_9, parts=[Part(item, paid=D("40"))],
           money=money(books, "40"), by=by)  # fmt: skip
    assert fresh(item).open_amount == D("60.00")
    settle(company=books, date=MARCH_31, parts=[Part(item, paid=D("60"))],
           money=money(books, "75"), by=by)  # fmt: skip
    credit = OpenItem.of(books).get(amount__lt=0)
    assert (credit.amount, credit.party, credit.contact) == (D("-15.00"), "Huber AG", huber)
    entry = settle(company=books, date=APRIL_30, parts=[Part(credit, paid=D("-15"))],
                   money=money(books, "-15"), by=by)  # fmt: skip
    assert lines_of(entry) == [("1020", D("-15.00")), ("1100", D("15.00"))]
    assert not OpenItem.of(books).filter(settled_on=None).exists()
    agree(books)


def test_a_payment_on_account_is_netted_with_the_invoice_that_follows(books, by):
    account = make.account(books, "1100")
    settle(company=books, date=MARCH_1, parts=[], money=money(books, "500"), account=account,
           party=HUBER, by=by)  # fmt: skip
    item = invoice(books, "800.00", date=MARCH_9)
    credit = OpenItem.of(books).get(amount=D("-500"))
    entry = settling.net(books, items=[item, credit], date=MARCH_31, by=by)
    assert lines_of(entry) == [("1100", D("500.00")), ("1100", D("-500.00"))] or lines_of(entry) == [
        ("1100", D("-500.00")), ("1100", D("500.00"))]  # fmt: skip
    assert (fresh(item).open_amount, fresh(credit).open_amount) == (D("300.00"), D(0))
    agree(books)


def test_a_credit_note_is_netted_only_within_its_party(books, by):
    item = invoice(books, "100.00")
    other = invoice(books, "-100.00", party=Party("Meier"))
    with pytest.raises(errors.MixedItems):
        settling.net(books, items=[item, other], date=MARCH_31, by=by)


def test_a_difference_of_exchange_rates_is_realised(books, by):
    eur = invoice(books, "100.00", currency="EUR", base="95.00", account="1101")
    entry = settle(company=books, date=MARCH_9, parts=[Part(eur, paid=D("40.00"))],
                   money=money(books, "40.00", base="37.00"), by=by)  # fmt: skip
    assert lines_of(entry) == [
        ("1020", D("37.00")), ("1101", D("-37.00")), ("1101", D("-1.00")), ("6949", D("1.00")),
    ]  # fmt: skip
    assert (fresh(eur).open_amount, fresh(eur).open_base) == (D("60.00"), D("57.00"))
    settle(company=books, date=MARCH_31, parts=[Part(eur, paid=D("60.00"))],
           money=money(books, "60.00", base="58.50"), by=by)  # fmt: skip
    assert kinds(eur) == [("payment", D("40.00")), ("currency", D(0)),
                          ("payment", D("60.00")), ("currency", D(0))]  # fmt: skip
    found = {c.account.number: (c.ledger, c.items) for c in comparison(books, MARCH_31)}
    assert found["1101"] == (D(0), D(0))
    agree(books)


@pytest.mark.parametrize(("side", "base", "paid", "difference"), [
    ("receivables", "95.00", "94.00", ("6949", D("1.00"))),  # customers bring less
    ("receivables", "95.00", "96.00", ("6999", D("-1.00"))),
    ("payables", "95.00", "94.00", ("6999", D("-1.00"))),  # suppliers cost less
    ("payables", "95.00", "96.00", ("6949", D("1.00"))),
    ("receivables", "95.00", "95.00", None), ("payables", "95.00", "95.00", None),
])  # fmt: skip
@pytest.mark.parametrize("account", ["1024", "1020"])
def test_a_difference_has_the_right_sign_whatever_it_is_paid_in(
    books, by, side, base, paid, difference, account
):
    item = invoice(books, "100.00", side=side, currency="EUR", base=base,
                   account={"receivables": "1101", "payables": "2001"}[side])  # fmt: skip
    entry = settle(company=books, date=MARCH_9, parts=[Part(item, paid=D("100.00"))],
                   money=money(books, "100.00", base=paid, account=account), by=by)  # fmt: skip
    found = [line for line in lines_of(entry) if line[0] in {"6949", "6999"}]
    assert found == ([difference] if difference else [])
    assert (fresh(item).open_amount, fresh(item).open_base) == (D(0), D(0))
    agree(books)


@pytest.mark.parametrize("parts", [
    ["33.33", "33.33", "33.34"], ["0.01", "99.99"], ["14.15", "17.05", "9.35", "59.45"],
])  # fmt: skip
def test_parts_at_the_same_rate_leave_no_difference_nor_a_residue(books, by, parts):
    rate = D("0.92526")
    item = invoice(books, "100.00", currency="EUR", base="92.53", account="1101")
    for part in parts:
        base = (D(part) * rate).quantize(D("0.01"))
        entry = settle(company=books, date=MARCH_9, parts=[Part(item, paid=D(part))], by=by,
                       money=money(books, part, base=str(base), account="1024"))  # fmt: skip
        item = fresh(item)
        assert [number for number, _amount in lines_of(entry)] == ["1024", "1101"]
    assert (item.open_amount, item.open_base) == (D(0), D(0))


def test_several_documents_and_instalments_at_the_same_rate_leave_no_difference(books, by):
    rate = D("0.92526")
    items = [invoice(books, "33.33", currency="EUR", base="30.84", account="1101", document=f"R-{n}")
             for n in range(3)]  # fmt: skip
    items += invoice(books, "100.00", currency="EUR", base="92.53", account="1101",
                     parts=["33.33", "33.33", "33.34"])  # fmt: skip
    whole = sum(item.amount for item in items)
    base = (whole * rate).quantize(D("0.01"))
    entry = settle(company=books, date=MARCH_9, parts=[Part(i, paid=i.amount) for i in items],
                   money=money(books, str(whole), base=str(base), account="1024"), by=by)  # fmt: skip
    assert {number for number, _amount in lines_of(entry)} == {"1024", "1101"}
    assert lines_of(entry)[0] == ("1024", D("185.05"))
    agree(books)


def test_discount_and_part_in_euros_leave_nothing_behind(books, by):
    item = invoice(books, "100.00", currency="EUR", base="95.00", account="1101")
    entry = settle(company=books, date=MARCH_9, by=by, parts=[Part(item, paid=D("98.00"), discount=D("2.00"))],
                   money=money(books, "98.00", base="91.14", account="1024"))  # fmt: skip
    assert lines_of(entry) == [
        ("1024", D("91.14")), ("1101", D("-91.14")), ("1101", D("-1.96")), ("6949", D("1.96")),
        ("1101", D("-1.90")), ("3800", D("1.90")),
    ]  # fmt: skip
    note = invoice(books, "-50.00", currency="EUR", base="-46.00", account="1101", document="G-1")
    other = invoice(books, "50.00", currency="EUR", base="47.50", account="1101", document="R-2")
    entry = settling.net(books, items=[note, other], date=MARCH_9, by=by)
    assert lines_of(entry)[-1] == ("6949", D("1.50"))
    agree(books)


def test_a_residue_within_the_limit_is_cleared(books, by):
    settling.set_residue_limit(books, valid_from=MARCH_9, amount=D("1.00"), by=by)
    short, long = invoice(books, "100.00"), invoice(books, "50.00")
    entry = settle(company=books, date=MARCH_9, parts=[Part(short, paid=D("99.95"))],
                   money=money(books, "99.95"), by=by)  # fmt: skip
    assert lines_of(entry)[2:] == [("1100", D("-0.05")), ("6943", D("0.05"))]
    entry = settle(company=books, date=MARCH_9, parts=[Part(long, paid=D("50"))],
                   money=money(books, "50.40"), by=by)  # fmt: skip
    assert lines_of(entry)[2:] == [("6993", D("-0.40"))]
    before = invoice(books, "10.00")
    settle(company=books, date=MARCH_1, parts=[Part(before, paid=D("9.90"))],
           money=money(books, "9.90"), by=by)  # fmt: skip
    assert fresh(before).open_amount == D("0.10")  # the limit was not set then
    agree(books)


def test_instalments_come_to_the_document_to_the_centime(books, by):
    first, second, third = invoice(books, "100.00", parts=["33.33", "33.33", "33.34"])
    assert first.position == third.position
    settle(company=books, date=MARCH_9, parts=[Part(second, paid=D("33.33"))],
           money=money(books, "33.33"), by=by)  # fmt: skip
    with pytest.raises(errors.LineDiffers), transaction.atomic():
        invoice(books, "100.00", parts=["33.33", "33.33", "33.33"])
    agree(books)


def test_undo_opens_the_item_again_and_keeps_both(books, by):
    item = invoice(books, "100.00")
    entry = settle(company=books, date=MARCH_9, parts=[Part(item, paid=D("100"))],
                   money=money(books, "130"), by=by)  # fmt: skip
    settlement = Settlement.of(books).get(entry=entry)
    mirror = undo(settlement, date=MARCH_31, by=by)
    assert mirror.reverses_id == entry.pk
    assert (fresh(item).open_amount, fresh(item).settled_on) == (D("100.00"), None)
    assert not OpenItem.of(books).filter(amount__lt=0, settled_on=None).exists()
    with pytest.raises(errors.AlreadyUndone):
        undo(settlement, date=MARCH_31, by=by)
    with pytest.raises(errors.SettledMeanwhile):  # on 15 March it was still settled
        settle(company=books, date=dt.date(2026, 3, 15), parts=[Part(item, paid=D("100"))],
               money=money(books, "100"), by=by)  # fmt: skip
    settle(company=books, date=APRIL_30, parts=[Part(item, paid=D("100"))],
           money=money(books, "100"), by=by)  # fmt: skip
    agree(books)


def test_an_overpayment_that_is_used_keeps_its_payment(books, by):
    item = invoice(books, "100.00")
    entry = settle(company=books, date=MARCH_9, parts=[Part(item, paid=D("100"))],
                   money=money(books, "130"), by=by)  # fmt: skip
    credit, later = OpenItem.of(books).get(amount__lt=0), invoice(books, "20.00", date=MARCH_31)
    settling.net(books, items=[credit, later], date=MARCH_31, by=by)
    with pytest.raises(errors.CreditUsed):
        undo(Settlement.of(books).get(entry=entry), date=APRIL_30, by=by)


def test_a_document_is_cancelled_with_its_item(books, by):
    item = invoice(books, "1081.00", code="UN")
    cancel(item.entry, date=MARCH_9, by=by)
    assert fresh(item).settled_on == MARCH_9
    with pytest.raises(errors.AlreadyUndone):
        cancel(item.entry, date=MARCH_9, by=by)
    agree(books)


def test_what_carries_items_is_not_reversed_by_hand(books, by):
    item = invoice(books, "100.00")
    with pytest.raises(errors.CarriesItems):
        posting.reverse(item.entry, date=MARCH_9, by=by)
    with pytest.raises(ControlAccount):
        posting.post(company=books, date=MARCH_9, text="von Hand", by=by, lines=[
            posting.Line(make.account(books, "1100"), debit=D("5.00")),
            posting.Line(make.account(books, "3200"), credit=D("5.00")),
        ])  # fmt: skip


def test_a_line_booked_elsewhere_settles_and_what_is_beyond_is_a_credit(books, by):
    item, account = invoice(books, "100.00"), make.account(books, "1100")
    entry = posting.post(company=books, date=MARCH_9, text="Bank", by=by, owner="bank"
                         if not books.uses("receivables") else "items", source="bank", lines=[
        posting.Line(make.account(books, "1020"), debit=D("120.00")),
        posting.Line(account, credit=D("120.00")),
    ])  # fmt: skip
    (settlement,) = settling.settle_by_line(entry=entry, account=account,
                                            shares=[(item, D("100.00"))], by=by)  # fmt: skip
    assert OpenItem.of(books).get(amount__lt=0).amount == D("-20.00")
    with pytest.raises(errors.UndoneWhereBooked):
        undo(settlement, date=MARCH_31, by=by)
    agree(books)
    mirror = posting.reverse(entry, date=MARCH_31, by=by, owner="bank")
    settling.release(entry, mirror=mirror, by=by)
    assert fresh(item).open_amount == D("100.00")
    agree(books)


def test_items_of_the_books_before_are_taken_over(books, by):
    debtor, creditor = make.account(books, "1100"), make.account(books, "2000")
    foreign = make.account(books, "1101")
    due = MARCH_31
    opened = take_over(company=books, date=MARCH_1, by=by, text="Übernahme", items=[
        TakenOver(debtor, HUBER, "R-7", dt.date(2025, 11, 1), NewItem(D("500.00"), due)),
        TakenOver(creditor, Party("Lieferant"), "L-3", MARCH_1, NewItem(D("80.00"), due)),
        TakenOver(foreign, HUBER, "R-8", MARCH_1, NewItem(D("10.00"), due, base=D("9.50")), "EUR"),
    ])  # fmt: skip
    assert [(i.side, i.amount, i.base) for i in opened] == [
        ("receivables", D("500.00"), D("500.00")), ("payables", D("80.00"), D("80.00")),
        ("receivables", D("10.00"), D("9.50")),
    ]  # fmt: skip
    assert lines_of(opened[0].entry)[-1] == ("9100", D("-429.50"))
    agree(books)


@pytest.mark.parametrize("part", [
    {"paid": D("100.01")}, {"paid": D("90"), "discount": D("11")}, {"paid": D("-1")},
])  # fmt: skip
def test_no_more_is_settled_than_is_open(books, by, part):
    item = invoice(books, "100.00")
    with pytest.raises(errors.MoreThanOpen):
        settle(company=books, date=MARCH_9, parts=[Part(item, **part)], by=by,
               money=money(books, "100.01"))  # fmt: skip


def test_nothing_is_settled_before_it_is_owed(books, by):
    item = invoice(books, "100.00", date=MARCH_9)
    with pytest.raises(errors.TooEarly):
        settle(company=books, date=MARCH_1, parts=[Part(item, paid=D("1"))],
               money=money(books, "1"), by=by)  # fmt: skip


def test_the_same_wish_is_settled_once(books, by):
    item = invoice(books, "100.00")
    wish = {"company": books, "date": MARCH_9, "parts": [Part(item, paid=D("10"))],
            "money": money(books, "10"), "by": by, "source_key": "k1"}  # fmt: skip
    settle(**wish)
    with pytest.raises(settling.SettledAlready):
        settle(**wish)


@pytest.mark.parametrize("sql", [
    "UPDATE accounting_openitem SET open_amount = 0",
    "UPDATE accounting_openitem SET amount = 1",
    "DELETE FROM accounting_openitem",
    "UPDATE accounting_settlement SET amount = 1",
    "DELETE FROM accounting_settlement",
])  # fmt: skip
def test_the_database_lets_nobody_change_what_happened(books, by, sql):
    item = invoice(books, "100.00")
    settle(company=books, date=MARCH_9, parts=[Part(item, paid=D("10"))],
           money=money(books, "10"), by=by)  # fmt: skip
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), \
            connection.cursor() as cursor:  # fmt: skip
        cursor.execute(sql)


def test_what_is_paid_in_euros_is_worth_what_the_official_rate_says_unless_told(books, by):
    item = invoice(books, "100.00", currency="EUR", base="95.00", account="1101")

    def paid(account):
        euros = Money(make.account(books, account), D("40.00"))
        return settle(
            company=books, date=MARCH_9, parts=[Part(item, paid=D("40.00"))], by=by, money=euros
        )

    with pytest.raises(NoRate):
        paid("1024")
    rate("EUR", "0.94", MARCH_9)
    assert lines_of(paid("1024"))[0] == ("1024", D("37.60"))
    with pytest.raises(errors.PaidBaseMissing):
        paid("1020")  # forty euros are not forty francs
