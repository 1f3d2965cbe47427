"""Hours: entered, approved by another, billed once, and free again when the invoice goes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from accounting.hours import approving, billing, entering, projects, queries
from accounting.hours.billing import Grouping
from accounting.hours.durations import hours as in_hours
from accounting.hours.durations import typed_minutes
from accounting.hours.entering import TypedHours
from accounting.hours.errors import (
    BadMinutes,
    ChangedMeanwhile,
    CurrencyStays,
    DayTooFull,
    NobodyToBill,
    NotApproved,
    NothingToBill,
    NotOpen,
    NumberTaken,
    OwnHours,
    ProjectClosed,
    ProjectInUse,
    RateMissing,
    RateTaken,
    UnknownProject,
)
from accounting.hours.models import HourEntry, Project
from accounting.hours.rates import Rates
from accounting.hours.reports import By, report, report_table, total_of
from accounting.receivables import drafting, issuing, making
from accounting.receivables.models import SalesDocument
from contacts import merging
from erp.core.errors import Refusals
from tests import make
from tests.accounting.hours import books
from tests.accounting.hours.books import JANUARY_1, MARCH_2, MARCH_3, MARCH_9, MARCH_31
from tests.accounting.receivables import sales

pytestmark = pytest.mark.django_db
_State = HourEntry.State


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def worker(company):
    return make.user(company=company, granted=["hours.own"])


@pytest.fixture
def project(company):
    return books.project(company)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("", 0), ("2:30", 150), ("2.5", 150), ("2,25", 135), (" 8 ", 480), (".5", 30), ("0.333", 20),
     ("24:00", 1440)],
)  # fmt: skip
def test_hours_are_typed_as_people_do(text, minutes):
    assert typed_minutes(text) == minutes


@pytest.mark.parametrize("text", ["x", "2:60", "25", "-1", "1e3", ".", ":", "24:01", "٣"])
def test_what_is_no_time_of_a_day_is_refused(text):
    with pytest.raises(BadMinutes):
        typed_minutes(text)


def test_parts_of_an_hour_have_four_decimals():
    assert [in_hours(minutes) for minutes in (20, 90)] == [Decimal("0.3333"), Decimal("1.5")]


def test_all_or_none_is_entered_with_every_fault_at_its_place(company, project, worker):
    closed = books.project(company, "P2", "Alt", contact=None, is_closed=True)
    rows = [TypedHours(project.number, MARCH_2, 60), TypedHours("X", MARCH_2, 60),
            TypedHours(closed.number, MARCH_2, 60), TypedHours(project.number, MARCH_2, 2000)]  # fmt: skip
    with pytest.raises(Refusals) as found:
        entering.save_hours(company=company, user=worker, rows=rows, by=worker)
    told = {(type(one), one.place) for one in found.value.refusals}
    assert told == {(UnknownProject, "rows[1].project"), (ProjectClosed, "rows[2].project"),
                    (BadMinutes, "rows[3].minutes")}  # fmt: skip
    assert not HourEntry.of(company).exists()


def test_a_day_has_24_hours(company, project, worker):
    books.hours(project, 20 * 60, user=worker)
    with pytest.raises(DayTooFull), transaction.atomic():
        books.hours(project, 5 * 60, user=worker)
    assert HourEntry.of(company).aggregate(all=Sum("minutes"))["all"] == 1200


def test_an_entry_changes_goes_and_is_nobody_elses(company, project, worker, owner):
    one = books.hours(project, user=worker, text="Aufmass")
    row = TypedHours(project.number, MARCH_3, 90, "Plan", entry=one.pk, version=1)
    entering.save_hours(company=company, user=worker, rows=[row], by=worker)
    now = HourEntry.of(company).get()
    assert (now.day, now.minutes, now.text, now.version) == (MARCH_3, 90, "Plan", 2)
    with pytest.raises(ChangedMeanwhile):
        entering.save_hours(company=company, user=worker, rows=[row], by=worker)
    with pytest.raises(ChangedMeanwhile):  # of another person
        books.hours(project, user=owner, entry=one.pk)
    gone = TypedHours(project.number, MARCH_3, 0, entry=one.pk, version=2)
    assert entering.save_hours(company=company, user=worker, rows=[gone], by=worker) == []
    assert not HourEntry.of(company).exists()


def test_the_most_particular_rate_holds_from_its_day_on(company, project, worker, owner):
    books.rate(company, "100.00")
    books.rate(company, "110.00", valid_from=MARCH_3)
    books.rate(company, "120.00", user=owner)
    found = Rates(company)
    assert [found.on(project, worker.pk, day) for day in (dt.date(2025, 12, 31), MARCH_2, MARCH_3)] == [
        None, 100, 110]  # fmt: skip
    assert found.on(project, owner.pk, MARCH_3) == 120
    books.rate(company, "130.00", project=project)
    books.rate(company, "140.00", project=project, user=owner)
    found = Rates(company)
    assert [found.on(project, one.pk, MARCH_3) for one in (worker, owner)] == [130, 140]
    euros = books.project(company, "P9", currency="EUR")
    assert found.on(euros, owner.pk, MARCH_3) is None  # francs are no euros
    with pytest.raises(RateTaken):
        books.rate(company, "1.00", project=project)


def test_nobody_approves_their_own_unless_alone(company, project, owner, worker):
    own = books.hours(project, user=owner)
    assert books.approved(project, own)[0].approved_by == owner  # nobody else may
    approver = make.user(company=company, granted=["hours.approve", "hours.own"])
    mine = books.hours(project, user=approver, day=MARCH_3)
    with pytest.raises(OwnHours):
        books.approved(project, mine, by=approver)
    written = books.hours(project, user=worker, day=MARCH_9)
    row = TypedHours(project.number, MARCH_9, 600, entry=written.pk)
    entering.save_hours(company=company, user=worker, rows=[row], by=approver)
    with pytest.raises(OwnHours):  # of somebody else, but as the approver wrote them
        books.approved(project, written, by=approver)
    books.approved(project, written)
    theirs = books.hours(project, user=worker)
    books.approved(project, mine, theirs)
    with pytest.raises(NotOpen):
        books.approved(project, mine)
    with pytest.raises(NotOpen):
        books.hours(project, 30, user=worker, entry=theirs.pk)
    approving.reopen(company=company, entries=[theirs.pk], by=owner)
    with pytest.raises(NotApproved):
        approving.reopen(company=company, entries=[theirs.pk], by=owner)
    assert HourEntry.of(company).get(pk=theirs.pk).is_open


def test_what_is_approved_is_what_was_seen(company, project, owner, worker):
    one = books.hours(project, user=worker)
    row = TypedHours(project.number, MARCH_2, 600, entry=one.pk, version=1)
    entering.save_hours(company=company, user=worker, rows=[row], by=worker)
    told = {"company": company, "entries": [one.pk], "by": owner}
    with pytest.raises(ChangedMeanwhile):
        approving.approve(**told, versions={one.pk: 1})
    assert approving.approve(**told, versions={one.pk: 2})[0].version == 3
    with pytest.raises(ChangedMeanwhile):
        approving.reopen(**told, versions={one.pk: 2})


@pytest.mark.parametrize(
    ("rate", "line"),
    [("180.00", ("0.3334", "0.01", "60.00")), ("1000.00", ("0.3334", "0.07", "333.33")),
     ("150.00", ("0.3333", "0.00", "50.00"))],
)  # fmt: skip
def test_twenty_minutes_come_to_a_third_of_the_rate(company, owner, worker, rate, line):
    project = books.project(company, product=sales.product(company))
    books.rate(company, rate)
    rows = [
        books.hours(project, 20, user=worker, day=MARCH_2 + dt.timedelta(nth)) for nth in range(3)
    ]
    books.approved(project, *rows)
    told = {
        "company": company,
        "project": project,
        "until": MARCH_31,
        "date": MARCH_31,
        "by": owner,
    }
    made = billing.bill(**told, grouping=Grouping.ENTRY)
    quantity, off, amount = (Decimal(figure) for figure in line)
    assert {(one.quantity, one.price, one.discount_amount, one.amount)
            for one in drafting.lines_of(made)} == {(quantity, Decimal(rate), off, amount)}  # fmt: skip
    assert made.net == 3 * amount
    for by in By.values:  # the report says what the invoice does
        total = total_of(report(company, by=by, since=JANUARY_1, until=MARCH_31))
        assert (total.amounts, total.billed_minutes) == ([("CHF", made.net)], 60)
    assert queries.standings(company, [project])[0].billed == made.net
    drafting.delete(made, by=owner)
    whole = billing.bill(**told, grouping=Grouping.PROJECT)
    shares = HourEntry.of(company).aggregate(all=Sum("billed_amount"))["all"]
    assert whole.net == shares == Decimal(rate)


def test_approved_hours_are_billed_and_free_again_when_the_draft_goes(company, owner, worker):
    product = sales.product(company)
    project = books.project(company, product=product)
    books.rate(company)
    rows = [books.hours(project, 90, user=worker, text="Plan", rate=Decimal("200.00")),
            books.hours(project, 20, user=worker, day=MARCH_3, text="Aufmass"),
            books.hours(project, 60, user=worker, day=MARCH_3, is_billable=False)]  # fmt: skip
    with pytest.raises(NothingToBill):
        billing.bill(company=company, project=project, until=MARCH_31, date=MARCH_31,
                     grouping="entry", by=owner)  # fmt: skip
    books.approved(project, *rows)
    late = books.hours(project, 60, user=worker, day=MARCH_31)
    books.approved(project, late)
    standing = queries.standings(company, [project])[0]
    assert (standing.waiting, standing.unbilled, standing.oldest) == (
        170,
        Decimal("500.00"),
        MARCH_2,
    )
    made = billing.bill(company=company, project=project, until=MARCH_9, date=MARCH_31,
                        grouping=Grouping.ENTRY, by=owner)  # fmt: skip
    lines = drafting.lines_of(made)
    assert [(one.text, one.quantity, one.price, one.amount) for one in lines] == [
        ("02.03.2026 Plan", Decimal("1.5"), Decimal(200), Decimal("300.00")),
        ("03.03.2026 Aufmass", Decimal("0.3333"), Decimal(150), Decimal("50.00")),
    ]  # fmt: skip
    assert {one.account.number for one in lines} == {"3400"} and lines[0].unit == "Std."
    assert (made.net, made.vat, made.supply_from, made.supply_until) == (
        Decimal("350.00"), Decimal("28.35"), MARCH_2, MARCH_3)  # fmt: skip
    states = HourEntry.of(company).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["billed", "billed", "approved", "approved"]
    with pytest.raises(NothingToBill):  # once
        billing.bill(company=company, project=project, until=MARCH_9, date=MARCH_31,
                     grouping="entry", by=owner)  # fmt: skip
    drafting.delete(made, by=owner)
    assert set(HourEntry.of(company).values_list("state", "document", "billed_rate")) == {
        ("approved", None, None)}  # fmt: skip


def test_crediting_all_of_an_invoice_frees_its_hours_and_a_part_does_not(company, owner, worker):
    project = books.project(company, product=sales.product(company))
    books.rate(company, project=project)
    books.approved(project, books.hours(project, 120, user=worker))
    told = {"company": company, "project": project, "until": MARCH_31, "date": MARCH_31,
            "grouping": Grouping.PROJECT, "by": owner}  # fmt: skip
    invoice = issuing.issue(billing.bill(**told), by=owner)
    line = drafting.lines_of(invoice)[0]
    part = making.credit(invoice, date=MARCH_31, quantities={line.pk: Decimal("0.5")})
    issuing.issue(drafting.save(company=company, typed=part, by=owner), by=owner)
    assert HourEntry.of(company).get().state == _State.BILLED
    rest = making.credit(invoice, date=MARCH_31, quantities={line.pk: Decimal("1.5")})
    issuing.issue(drafting.save(company=company, typed=rest, by=owner), by=owner)
    assert HourEntry.of(company).get().state == _State.APPROVED
    again = issuing.issue(billing.bill(**told), by=owner)
    issuing.cancel(again, date=MARCH_31, by=owner)
    assert HourEntry.of(company).get().document is None


def test_the_database_keeps_what_was_approved_and_billed(company, owner, worker):
    project = books.project(company, product=sales.product(company))
    books.rate(company)
    one = books.hours(project, user=worker)
    books.approved(project, one)
    row = HourEntry.of(company).filter(pk=one.pk)
    for forbidden in ({"minutes": 61}, {"text": "mehr"}, {"day": MARCH_3}, {"is_billable": False}):
        with pytest.raises(DatabaseError, match=r"hours\.frozen"), transaction.atomic():
            row.update(**forbidden)
    with pytest.raises(DatabaseError, match=r"hours\.frozen"), transaction.atomic():
        row.delete()
    invoice = billing.bill(company=company, project=project, until=MARCH_31, date=MARCH_31,
                           grouping="month", by=owner)  # fmt: skip
    issuing.issue(invoice, by=owner)
    free = {"state": "approved", "document": None, "billed_rate": None}
    for forbidden in (free, {"billed_rate": Decimal(1)}, {"minutes": 61}):
        with pytest.raises(DatabaseError, match=r"hours\.frozen"), transaction.atomic():
            row.update(**forbidden)


@pytest.mark.parametrize(
    ("grouping", "texts"),
    [
        (Grouping.TEXT, ["Plan", "Umbau"]),
        (Grouping.PERSON, ["Umbau, User"]),
        (Grouping.MONTH, ["Umbau, 03.2026", "Umbau, 04.2026"]),
        (Grouping.PROJECT, ["Umbau, Stunden vom 02.03.2026 bis 01.04.2026"]),
    ],
)
def test_lines_are_put_together_as_wished(company, owner, worker, grouping, texts):
    project = books.project(company, product=sales.product(company))
    books.rate(company)
    days = ((MARCH_2, "Plan"), (MARCH_3, "Plan"), (dt.date(2026, 4, 1), ""))
    books.approved(
        project, *(books.hours(project, user=worker, day=day, text=text) for day, text in days)
    )
    made = billing.bill(company=company, project=project, until=dt.date(2026, 4, 30),
                        date=dt.date(2026, 4, 30), grouping=grouping, by=owner)  # fmt: skip
    found = [line.text for line in drafting.lines_of(made)]
    assert drafting.lines_of(made)[0].quantity in {1, 2, 3}
    if grouping == Grouping.PROJECT:  # words that are translated
        assert len(found) == 1 and found[0].startswith("Umbau")
    else:
        assert [text[: len(wanted)] for text, wanted in zip(found, texts, strict=True)] == texts


def test_what_cannot_be_billed_says_why(company, owner, worker):
    told = {
        "company": company,
        "until": MARCH_31,
        "date": MARCH_31,
        "grouping": "entry",
        "by": owner,
    }
    nobodys = books.project(company, "P2", contact=None)
    with pytest.raises(NobodyToBill):
        billing.bill(project=nobodys, **told)
    project = books.project(company, "P3")
    books.approved(project, books.hours(project, user=worker))
    assert queries.standings(company, [project])[0].unbilled is None
    with pytest.raises(RateMissing) as found:
        billing.bill(project=project, **told)
    assert "02.03.2026" in str(found.value)
    assert not SalesDocument.of(company).exists()


def test_projects_are_kept_and_deleted_only_unused(company, project, owner, worker):
    with pytest.raises(NumberTaken):
        books.project(company, "P1", "Anderes", contact=None)
    books.hours(project, user=worker)
    with pytest.raises(ProjectInUse):
        projects.delete_project(project, by=owner)
    project.currency = "EUR"
    with pytest.raises(CurrencyStays):
        projects.save_project(project, by=owner)
    unused = books.project(company, "P2", contact=None)
    books.rate(company, project=unused)
    projects.delete_project(unused, by=owner)
    assert Project.of(company).count() == 1


def test_projects_follow_a_contact_that_is_merged(company, project, owner):
    keep = sales.customer(company, "Ganz anderer AG")
    merging.merge(keep, project.contact, by=owner)
    assert Project.of(company).get().contact == keep


@pytest.mark.parametrize("by", By.values)
def test_the_report_sums_up_in_one_query(company, owner, worker, django_assert_num_queries, by):
    project = books.project(company, product=sales.product(company))
    books.rate(company, "100.00")
    rows = [books.hours(project, 30, user=who, day=MARCH_2 + dt.timedelta(nth))
            for nth in range(3) for who in (worker, owner)]  # fmt: skip
    books.approved(project, *rows[:2])
    billing.bill(
        company=company, project=project, until=MARCH_2, date=MARCH_31, grouping="entry", by=owner
    )
    with django_assert_num_queries(1):
        found = report(company, by=by, since=JANUARY_1, until=MARCH_31)
    total = total_of(found)
    assert (total.minutes, total.billable, total.open, total.billed_minutes) == (180, 180, 120, 60)
    assert total.amounts == [("CHF", Decimal("100.00"))]
    assert report_table(found, by, JANUARY_1, MARCH_31).rows[-1][1] == 3
