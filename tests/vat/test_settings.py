"""Dated settings of VAT: what the law lets change, when, and what a change moves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.posting import post
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError
from tests import make
from tests.accounting.open_items import books
from vat.codes.models import VatSettings
from vat.settings.activities import grant_activity
from vat.settings.changing import Wanted, change_settings, remove_settings
from vat.settings.limits import limit_on
from vat.settings.previewing import OpenSum, Stock, preview
from vat.settings.queries import taxable_turnover

pytestmark = pytest.mark.django_db
D = Decimal
JANUARY_1, DECEMBER_31 = dt.date(2027, 1, 1), dt.date(2026, 12, 31)
FINE = {"valid_from": JANUARY_1, "method": "effective", "basis": "agreed", "interval": "quarter"}


@pytest.fixture
def company(db):
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def changed(company, **told):
    return change_settings(company=company, by=make.owner_of(company), **(FINE | told))


def refused(act, *values, **told):
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        act(*values, **told)
    return refusal.value.code, refusal.value.place


def wanted(**told):
    return Wanted(**(FINE | told))


# When


def test_method_basis_and_interval_change_at_new_year(company):
    """MWSTG Art. 35, 37 and 39: kept for a tax period, the calendar year."""
    for told, place in (
        ({"method": "net", "interval": "half"}, "method"),
        ({"basis": "received"}, "basis"),
        ({"interval": "month"}, "interval"),
    ):
        july = told | {"valid_from": dt.date(2026, 7, 1)}
        assert refused(changed, company, **july) == ("vat.changes_at_new_year", place)
        assert changed(company, **told).valid_from == JANUARY_1
    with pytest.raises(DomainError) as refusal:
        changed(company, method="net", interval="half", valid_from=dt.date(2026, 5, 4))
    assert "04.05.2026" in str(refusal.value) and "1. Januar 2027" in str(refusal.value)


def test_the_first_settings_and_liability_begin_and_end_on_any_day(company):
    VatSettings.of(company).delete()
    first = changed(company, valid_from=dt.date(2026, 3, 17), method="none")
    assert first.valid_from == dt.date(2026, 3, 17)
    changed(company, valid_from=dt.date(2026, 5, 4), method="net", interval="half")
    changed(company, valid_from=dt.date(2026, 10, 31), method="none")
    assert VatSettings.of(company).count() == 3


def test_the_rest_changes_at_the_start_of_a_quarter(company):
    assert changed(company, valid_from=dt.date(2026, 7, 1), round_down=True).round_down
    assert refused(changed, company, valid_from=dt.date(2026, 8, 1), group_uid="CHE-123.456.788") == (
        "vat.not_a_period_edge", "valid_from"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "place"),
    [({"interval": "half"}, "interval"), ({"method": "net", "interval": "month"}, "interval"),
     ({"method": "net", "interval": "quarter"}, "interval")],
)  # fmt: skip
def test_each_method_has_its_intervals(company, told, place):
    assert refused(changed, company, **told) == ("vat.interval_unusual", place)


def test_the_uid_of_the_group_is_checked_and_kept_like_a_company_s(company):
    assert changed(company, group_uid=" CHE-123.456.788 MWST").group_uid == "CHE123456788"
    assert refused(changed, company, group_uid="CHE-123.456.789") == (
        "identifiers.not_a_uid", "group_uid"
    )  # fmt: skip


def test_a_wrong_setting_is_put_right_later_and_taken_back(company, anna):
    """Found in 2027: the company had net tax rates from its first day on."""
    first = VatSettings.of(company).get()
    changed(company, valid_from=first.valid_from, method="net", interval="half")
    assert VatSettings.of(company).get().method == "net"
    assert refused(remove_settings, VatSettings.of(company).get(), by=anna) == (
        "vat.only_settings", "valid_from"
    )  # fmt: skip
    later = changed(company)
    remove_settings(later, by=anna)
    assert VatSettings.of(company).get().method == "net"
    assert AuditEvent.of(company).filter(action="vat.remove_settings").exists()


def test_what_follows_must_still_be_possible(company, anna):
    """A change of rounding in July would become a change of method."""
    july = changed(company, valid_from=dt.date(2026, 7, 1), round_down=True)
    first = dt.date(2026, 1, 1)
    assert refused(changed, company, valid_from=first, method="net", interval="half") == (
        "vat.later_settings_differ", "valid_from"
    )  # fmt: skip
    remove_settings(july, by=anna)
    assert changed(company, valid_from=first, method="net", interval="half").method == "net"


# What moves


def test_a_switch_of_basis_moves_what_is_open(company, django_assert_num_queries):
    """Of 1081.00 from a customer half is paid; 256.50 at 2.6 % are owed to a supplier."""
    item = books.invoice(company, "1081.00", code="UN", date=dt.date(2026, 12, 1))
    settle(company=company, date=dt.date(2026, 12, 20), parts=[Part(item, paid=D("540.50"))],
           money=books.money(company, "540.50"), by=make.owner_of(company))  # fmt: skip
    books.invoice(company, "256.50", side="payables", code="MR", date=dt.date(2026, 12, 5))
    books.invoice(company, "50.00", side="payables", date=dt.date(2026, 12, 6), document="R-9")
    books.invoice(company, "2162.00", code="UN", date=JANUARY_1 - dt.timedelta(days=40), document="R-2",
                  parts=["1081.00", "1081.00"])  # fmt: skip
    with django_assert_num_queries(5):
        found = preview(company, wanted(basis="received"))
    assert (found.direction, found.edge, found.booked) == ("subtract", DECEMBER_31, 0)
    assert found.sums == [
        OpenSum("receivables", "UN", D("8.10"), D("2500.00"), D("202.50")),
        OpenSum("payables", "MR", D("2.60"), D("250.00"), D("6.50")),
        OpenSum("payables", "", D("0"), D("50.00"), D("0.00")),
    ]  # fmt: skip
    changed(company, valid_from=dt.date(2026, 1, 1), basis="received")
    assert preview(company, wanted()).direction == "add"
    assert VatSettings.of(company).count() == 1  # a preview writes nothing


def test_a_switch_of_method_shows_goods_and_assets(company, anna):
    reader = Reader(company)
    typed = [TypedLine("1200", debit=D("20000.00")), TypedLine("1500", debit=D("5000.00")),
             TypedLine("1020", credit=D("25000.00"))]  # fmt: skip
    post(company=company, date=DECEMBER_31, text="Bestand", by=anna,
         lines=reader.lines(typed, date=DECEMBER_31))  # fmt: skip
    away = preview(company, wanted(method="net", interval="half"))
    assert (away.correction_code, away.correction_box) == ("KN", "415")
    assert [(one.account, one.balance, one.vat) for one in away.stocks] == [
        ("1200", D("20000.00"), D("1620.00")), ("1500", D("5000.00"), D("405.00"))
    ]  # fmt: skip
    assert any("Tätigkeiten" in hint for hint in away.hints)
    changed(company, valid_from=dt.date(2026, 1, 1), method="net", interval="half")
    back = preview(company, wanted())
    assert (back.correction_code, back.correction_box) == ("KE", "410")
    assert back.stocks[0] == Stock("1200", back.stocks[0].name, D("20000.00"), D("1498.61"))


def test_postings_of_the_other_method_are_counted(company, anna):
    books.invoice(company, "1081.00", code="UN"), books.invoice(company, "54.05", code="UN")
    books.invoice(company, "10.00")
    found = preview(company, wanted(valid_from=dt.date(2026, 1, 1), method="net", interval="half"))
    assert found.booked == 2
    assert preview(company, wanted(valid_from=dt.date(2026, 1, 1))).booked == 0


def test_limits_stand_beside_the_company_s_own_turnover(company, anna):
    """Taxable supplies with exports and VAT, without exempt ones: 1081.00 less 108.10, and 500.00."""
    for amount, code in (("1081.00", "UN"), ("-108.10", "UN"), ("500.00", "UX"), ("900.00", "UE")):
        books.invoice(company, amount, code=code)
    assert taxable_turnover(company, dt.date(2026, 1, 1), DECEMBER_31) == D("1472.90")
    grant_activity(company=company, activity_code="01234", name="x", percent=D("6.8"),
                   valid_from=JANUARY_1, by=anna)  # fmt: skip
    hints = preview(company, wanted(method="net", interval="year")).hints
    assert [hint for hint in hints if "1’472.90" in hint and "5’024’000.00" in hint]
    assert [hint for hint in hints if "5’005’000.00" in hint]
    assert [hint for hint in hints if "100.16" in hint and "108’000.00" in hint]
    assert limit_on("net_turnover", dt.date(2026, 1, 1)).amount == D("5024000")
    assert limit_on("net_turnover", dt.date(2010, 1, 1)) is None


def test_back_to_net_tax_rates_after_three_years_only(company):
    changed(company, valid_from=dt.date(2026, 1, 1), method="net", interval="half")
    changed(company)
    hints = preview(
        company, wanted(valid_from=dt.date(2028, 1, 1), method="net", interval="half")
    ).hints
    assert [hint for hint in hints if "01.01.2030" in hint]


def test_a_preview_refuses_what_saving_refuses(company):
    assert refused(preview, company, wanted(valid_from=dt.date(2026, 7, 1), basis="received")) == (
        "vat.changes_at_new_year", "basis"
    )  # fmt: skip
