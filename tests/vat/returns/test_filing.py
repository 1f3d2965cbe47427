"""From draft to settled: frozen for ever, and nothing declared twice or lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from lxml import etree

from accounting.ledger import posting
from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.open_items.models import OpenItem
from erp.core.errors import DomainError
from erp.documents.storing import content_of
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, Q2, D, day, entry, form, purchase, sale, settled_by
from vat.codes.models import VatActivity, VatSettings
from vat.returns import checks, errors, filing, settling
from vat.returns.computing import compute
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.queries import computed, frozen_scope, overview
from vat.settings.models import ActivityAccount

pytestmark = pytest.mark.django_db
UID = "CHE116281710"


@pytest.fixture
def books():
    company = items.company(uid=UID)
    sale(company, "1081.00", "UN")
    purchase(company, "540.50", "MN")
    return company


def filed_return(company, start=Q1[0], *, today=dt.date(2026, 12, 31)):
    """The return of the period that begins on a day, checked with all its warnings, and filed."""
    by = make.owner_of(company)
    one = filing.begin(company=company, start=start, by=by)
    one = checked(one, by)
    return filing.file(one, by=by, today=today)


def checked(one, by):
    found = [f.code for f in checks.run(one, computed(one)) if not f.is_error]
    return filing.check(one, by=by, accepted=found)


def balance(company, number):
    rows = EntryLine.of(company).filter(account__number=number, entry__number__isnull=False)
    return sum((row.debit - row.credit for row in rows), D(0))


def test_a_filed_return_stays_as_it_is_and_what_comes_late_is_in_the_next(books):
    first = filed_return(books)
    assert first.payable == D("40.50")  # 81.00 - 40.50
    sale(books, "2162.00", "UN", date=day(3))  # into the filed quarter

    assert form(computed(first)) == {
        "200": D("1000.00"),
        "303 8.10": D("1000.00"),
        "400": D("40.50"),
    }
    assert compute(frozen_scope(first)).sums == computed(first).sums  # the ledger gives it again
    second = filed_return(books, Q2[0])
    assert form(computed(second)) == {"200": D("2000.00"), "303 8.10": D("2000.00")}
    third = filing.begin(company=books, start=dt.date(2026, 7, 1), by=make.owner_of(books))
    assert computed(third).declaration.is_nil  # declared once


def test_a_correction_return_tells_the_whole_and_settles_the_rest(books):
    by = make.owner_of(books)
    first = filed_return(books)
    settling.settle(first, date=day(4, 30), by=by)
    sale(books, "2162.00", "UN", date=day(3))
    correction = filing.begin_correction(first, by=by)

    assert form(computed(correction))["200"] == D("3000.00")
    correction = filing.file(checked(correction, by), by=by, today=day(5))
    assert (correction.kind, correction.payable) == (2, D("202.50"))  # 243.00 - 40.50
    settling.settle(correction, date=day(5), by=by)
    assert balance(books, "2201") == D("-202.50")
    assert balance(books, "2200") == balance(books, "1170") == 0
    second = filing.begin(company=books, start=Q2[0], by=by)
    assert computed(second).declaration.is_nil  # nothing of it again


def test_the_annual_reconciliation_declares_what_came_late(books):
    by = make.owner_of(books)
    for start in (dt.date(2026, month, 1) for month in (1, 4, 7, 10)):
        filed_return(books, start, today=dt.date(2027, 1, 31))
    with pytest.raises(errors.PeriodsOpen):
        filing.begin_reconciliation(company=books, start=dt.date(2027, 1, 1),
                                    end=dt.date(2027, 12, 31), by=by)  # fmt: skip
    sale(books, "108.10", "UN", date=day(2))
    year = filing.begin_reconciliation(company=books, start=dt.date(2026, 1, 1),
                                       end=dt.date(2026, 12, 31), by=by)  # fmt: skip
    year = filing.file(checked(year, by), by=by, today=dt.date(2027, 3, 1))
    assert (year.kind, year.payable) == (3, D("8.10"))


def test_a_wrong_setting_is_put_right_by_a_correction(books):
    """Filed by agreed consideration, though received was granted: nothing in the books changes."""
    by = make.owner_of(books)
    first = filed_return(books)
    settled_by(books, basis="received")
    correction = filing.begin_correction(first, by=by)

    assert correction.basis == "received"
    assert computed(correction).declaration.is_nil  # nothing was received in that quarter
    correction = filing.file(checked(correction, by), by=by, today=day(6))
    assert correction.payable == 0
    lines = settling.settlement_lines(correction, {a.pk: a for a in Account.of(books)})
    assert [(line.account.number, line.debit - line.credit) for line in lines][-1] == (
        "2201",
        D("40.50"),
    )


def test_the_database_keeps_a_filed_return(books):
    first = filed_return(books)
    for change in ({"payable": D("0.00")}, {"note_280": "x"}, {"state": "draft"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            VatReturn.of(books).filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM vat_vatreturn WHERE id = %s", [first.pk])
    with pytest.raises(errors.FiledAlready):
        filing.discard(first, by=make.owner_of(books))


def test_what_changed_after_the_check_is_checked_again(books):
    by = make.owner_of(books)
    one = checked(filing.begin(company=books, start=Q1[0], by=by), by)
    sale(books, "1081.00", "UN", date=day(2))
    with pytest.raises(errors.ChangedSinceCheck):
        filing.file(one, by=by, today=day(4))


def test_a_return_is_filed_when_its_period_is_over_and_only_when_checked(books):
    by = make.owner_of(books)
    one = filing.begin(company=books, start=Q1[0], by=by)
    with pytest.raises(errors.NotChecked):
        filing.file(one, by=by, today=day(4))
    one = checked(one, by)
    with pytest.raises(errors.NotOver):
        filing.file(one, by=by, today=day(3, 31))


def test_the_archived_file_is_valid_and_says_what_the_form_says(books, shared):
    first = filed_return(books)
    schema = etree.XMLSchema(
        etree.parse(str(shared / "schemas/ech-0217-2.0.0/offline/eCH-0217-2-0-0.xsd"))
    )
    tree = etree.fromstring(content_of(first.xml))
    schema.assertValid(tree)
    found = {el.tag.rpartition("}")[2]: el.text for el in tree.iter() if len(el) == 0}
    assert found["uid"] == UID
    assert (found["totalConsideration"], found["payableTax"]) == ("1000.00", "40.50")
    assert content_of(first.pdf).startswith(b"%PDF")


def test_settling_moves_the_tax_and_opens_what_is_owed_to_the_tax_office(books):
    by = make.owner_of(books)
    office, _party = items.contact(books, "Eidgenössische Steuerverwaltung")
    TaxOffice.unscoped.create(company=books, contact=office)
    first = filed_return(books)

    posted = settling.settle(first, date=day(5), by=by, reference="")

    told = [(r.account.number, r.debit - r.credit)
            for r in posted.lines.order_by("position").select_related("account")]  # fmt: skip
    assert sorted(told) == sorted([
        ("2200", D("81.00")), ("1170", D("-40.50")), ("2201", D("-40.50")), ("2201", D("40.50")),
        ("2000", D("-40.50")),
    ])  # fmt: skip
    item = OpenItem.of(books).get(entry=posted)
    assert (item.amount, item.due_date, item.contact) == (D("40.50"), dt.date(2026, 5, 30), office)
    with pytest.raises(errors.SettledAlready):
        settling.settle(first, date=day(5), by=by)
    with pytest.raises(DomainError):  # not in the journal, where the return would not know
        posting.reverse(posted, date=day(5), by=by)
    settling.unsettle(first, date=day(5), by=by)
    item.refresh_from_db()
    assert (item.open_amount, balance(books, "2201")) == (0, 0)
    settling.settle(first, date=day(6), by=by)
    assert balance(books, "2200") == 0


def test_rounding_once_leaves_a_difference_that_is_posted():
    """Booked invoice by invoice, declared from the sum of the turnover."""
    books = items.company(uid=UID)
    for _nth in range(3):
        sale(books, "1.00", "UN")  # 0.93 + 0.07
    first = filed_return(books)
    assert first.payable == D("0.23")  # 2.79 x 8.1 % = 0.22599; booked are 0.21
    settling.settle(first, date=day(5), by=make.owner_of(books))
    assert balance(books, "2200") == 0
    rounding = Account.of(books).get(purpose="rounding_expense")
    assert balance(books, rounding.number) == D("0.02")


def test_net_tax_rate_reckons_from_gross_turnover_by_activity():
    """Two activities, 6.2 % and 2.1 %: the constructed example of half a year, from postings."""
    books = items.company(uid=UID)
    settled_by(books, method="net", interval="half")
    for code, name, percent in (("00001", "Beratung", "6.2"), ("00002", "Handel", "2.1")):
        VatActivity.unscoped.create(company=books, activity_code=code, name=name, percent=D(percent),
                                    valid_from=dt.date(2025, 1, 1))  # fmt: skip
    for number, code in (("3400", "00001"), ("3200", "00002")):
        ActivityAccount.unscoped.create(company=books, account=make.account(books, number),
                                        activity_code=code)  # fmt: skip
    sale(books, "70000.00", "UN", account="3400")
    sale(books, "30000.00", "UN", account="3200")
    sale(books, "4000.00", "UA", account="3401")
    entry(books, day(2), "6570", "1020", "1000.00", "BO")
    purchase(books, "5405.00", "MN")  # no input tax

    first = filed_return(books)

    told = computed(first).declaration
    assert (told.box("200"), told.box("221"), told.taxable) == (
        D("104000.00"),
        D("4000.00"),
        D("100000.00"),
    )
    assert [(r.activity, r.rate, r.turnover, r.tax) for r in told.supplies] == [
        ("00001", D("6.20"), D("70000.00"), D("4340.00")),
        ("00002", D("2.10"), D("30000.00"), D("630.00")),
    ]  # fmt: skip
    assert first.payable == D("5051.00")  # 4340 + 630 + 81
    posted = settling.settle(first, date=day(7), by=make.owner_of(books))
    told = {r.account.number: r.debit - r.credit for r in posted.lines.select_related("account")}
    acquisition = Account.of(books).get(purpose="acquisition_tax").number
    assert told == {acquisition: D("81.00"), "3809": D("4970.00"), "2201": D("-5051.00")}


def test_supplies_of_2024_under_net_rates_have_the_code_of_the_old_rate():
    books = items.company(uid=UID)
    settled_by(books, method="net", interval="half")
    VatActivity.unscoped.create(company=books, activity_code="00001", name="Beratung",
                                percent=D("6.2"), valid_from=dt.date(2024, 1, 1))  # fmt: skip
    sale(books, "1000.00", "UN", account="3400", supplied=dt.date(2024, 11, 30))
    sale(books, "2000.00", "UN", account="3400")

    told = computed(filed_return(books)).declaration

    assert [(r.activity, r.rate, r.turnover) for r in told.supplies] == [
        ("00001", D("6.20"), D("2000.00")), ("T0009", D("6.20"), D("1000.00")),
    ]  # fmt: skip


def test_a_period_filed_with_another_program_is_done_and_what_comes_later_is_not_lost(books):
    by = make.owner_of(books)
    filing.filed_elsewhere(company=books, start=Q1[0], by=by)
    sale(books, "108.10", "UN", date=day(3))
    second = filing.begin(company=books, start=Q2[0], by=by)
    assert form(computed(second)) == {"200": D("100.00"), "303 8.10": D("100.00")}


def test_the_list_knows_every_period_and_its_state(books, django_assert_num_queries):
    filed_return(books)
    filing.begin(company=books, start=Q2[0], by=make.owner_of(books))
    with django_assert_num_queries(2):
        rows = overview(books, dt.date(2026, 12, 31))
    assert [(row.key, row.state) for row in rows] == [
        ("2026-10-01", "open"), ("2026-07-01", "open"), ("2026-04-01", "draft"), ("2026-01-01", "filed"),
    ]  # fmt: skip
    assert VatSettings.of(books).count() == 1 and JournalEntry.of(books).count() == 2


def test_a_return_without_figures_has_nothing_to_post():
    company = items.company(uid=UID)
    filed = filed_return(company)
    with pytest.raises(errors.NothingToPost):
        settling.settle(filed, date=day(5), by=make.owner_of(company))


def test_what_comes_late_into_periods_of_another_method_is_told(books):
    filed_return(books)
    settled_by(books, method="net", interval="half", valid_from=dt.date(2026, 7, 1))
    filing.filed_elsewhere(company=books, start=Q2[0], by=make.owner_of(books))
    sale(books, "1081.00", "UN", date=day(3))
    one = filing.begin(company=books, start=dt.date(2026, 7, 1), by=make.owner_of(books))

    assert computed(one).declaration.box("200") == 0
    assert "vat.late_under_another_method" in [f.code for f in checks.run(one, computed(one))]


def test_a_return_filed_elsewhere_is_corrected_by_differences_alone(books):
    """What it declared is not known here: a correction that calls itself whole would tell late entries only."""
    by = make.owner_of(books)
    first = filing.filed_elsewhere(company=books, start=Q1[0], by=by)
    sale(books, "2162.00", "UN", date=day(3))
    with pytest.raises(errors.FiledElsewhere):
        filing.begin_correction(first, by=by)
    TaxOffice.unscoped.create(company=books, differences=True)
    correction = filing.begin_correction(first, by=by)
    found = {one.code: one for one in checks.run(correction, computed(correction))}
    assert found["vat.differences_alone"].is_info
    correction = filing.file(checked(correction, by), by=by, today=day(6))
    assert (correction.payable, correction.differences) == (D("162.00"), True)
    TaxOffice.of(books).update(differences=False)
    with pytest.raises(errors.FiledElsewhere):  # nor is a correction of the correction whole
        filing.begin_correction(correction, by=by)
    assert form(computed(filing.begin(company=books, start=Q2[0], by=by))) == {}
