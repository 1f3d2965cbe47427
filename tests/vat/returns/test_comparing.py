"""Effective method against net tax rates: worked cases, each figure reckoned by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import YEAR, D, day, entry, pay, purchase, sale, settled_by
from vat.codes.models import VatCode
from vat.codes.net_rates import NoNetTaxRate
from vat.returns.comparing import Cost, what_if
from vat.settings.activities import assign_accounts, grant_activity

pytestmark = pytest.mark.django_db


def trade(company):
    """A year of a shop: goods, services, goods from abroad bought, a machine, an export."""
    paid = sale(company, "108100.00", "UN")  # 100'000.00 + 8'100.00
    sale(company, "21620.00", "UN", account="3400", date=day(5))  # 20'000.00 + 1'620.00
    sale(company, "5000.00", "UX", account="3201")
    bought = purchase(company, "43240.00", "MN")  # 40'000.00 + 3'240.00
    entry(company, day(2), "1500", "1020", "10810.00", "IN")  # 10'000.00 + 810.00
    entry(company, day(2), "6570", "1020", "1000.00", "BM")  # 81.00 owed, and deducted
    return paid, bought


def granted(company):
    for code, percent in (("A0001", "2.1"), ("A0002", "6.2")):
        grant_activity(company=company, activity_code=code, name=code, percent=D(percent),
                       valid_from=YEAR[0], by=make.owner_of(company))  # fmt: skip
    assign_accounts(company=company, accounts={"3200": "A0001", "3400": "A0002"},
                    by=make.owner_of(company))  # fmt: skip


EFFECTIVE = Cost(
    turnover_tax=D("9720.00"),  # 120'000.00 at 8.1 %
    acquisition_tax=D("81.00"),
    input_tax=D("4131.00"),  # 3'240.00 + 810.00 + 81.00
    corrections=D(0),
    payable=D("5670.00"),  # 9'720.00 + 81.00 - 4'131.00
)
NET = Cost(
    turnover_tax=D("3610.54"),  # 108'100.00 at 2.1 % = 2'270.10; 21'620.00 at 6.2 % = 1'340.44
    acquisition_tax=D("81.00"),
    input_tax=D(0),
    corrections=D(0),
    payable=D("3691.54"),
)


def test_a_year_kept_effectively_by_rates_that_are_typed():
    company = items.company()
    trade(company)

    found = what_if(company, *YEAR, rates={"3200": D("2.1"), "3400": D("6.2")})

    assert (found.effective, found.net) == (EFFECTIVE, NET)
    assert found.difference == D("-1978.46")  # net tax rates would have cost so much less
    assert [(row.account.number, row.turnover, row.percent) for row in found.accounts] == [
        ("3200", D("108100.00"), D("2.1")), ("3400", D("21620.00"), D("6.2")),
    ]  # fmt: skip
    turnover, tax = found.limits
    # 108'100.00 + 21'620.00 and 5'000.00 of exports
    assert (turnover.amount, turnover.limit) == (D("134720.00"), D("5024000"))
    assert (tax.amount, tax.limit) == (D("3610.54"), D("108000"))
    assert found.is_allowed and not found.without_rate


def test_a_year_kept_by_net_tax_rates_gives_the_same_figures():
    company = items.company()
    settled_by(company, method="net", interval="half")
    granted(company)
    trade(company)

    found = what_if(company, *YEAR)

    assert (found.effective, found.net) == (EFFECTIVE, NET)


def test_with_received_consideration_what_is_open_counts_by_neither_method():
    company = items.company()
    settled_by(company, basis="received")
    paid, bought = trade(company)
    pay(paid, "54050.00", date=day(6))  # half
    pay(bought, "10810.00", date=day(6))  # a quarter

    found = what_if(company, *YEAR, rates={"3200": D("2.1"), "3400": D("6.2")})

    assert found.basis == "received"
    assert found.effective.turnover_tax == D("4050.00")  # 50'000.00 at 8.1 %
    assert found.effective.input_tax == D("1701.00")  # 810.00 + 810.00 + 81.00
    assert found.effective.payable == D("2430.00")
    assert found.net.payable == D("1216.05")  # 54'050.00 at 2.1 % = 1'135.05, and 81.00


@pytest.mark.parametrize(("method", "interval"), [("effective", "quarter"), ("net", "half")])
def test_a_deductible_share_counts_however_the_books_are_kept(method, interval):
    company = items.company()
    settled_by(company, method=method, interval=interval)
    VatCode.of(company).filter(code="MN").update(deductible_percent=D("50.00"))
    purchase(company, "1081.00", "MN")

    found = what_if(company, *YEAR, rates={"3200": D("2.1")})

    assert found.effective.input_tax == D("40.50")  # half of 81.00


def test_accounts_without_a_rate_and_limits_are_told():
    company = items.company()
    sale(company, "5405000.00", "UN")  # beyond 5'024'000.00; 5'000'000.00 net
    sale(company, "1081.00", "UN", account="3400")

    found = what_if(company, *YEAR, rates={"3200": D("2.1")})

    assert [row.account.number for row in found.without_rate] == ["3400"]
    assert not found.is_allowed
    assert [one.is_kept for one in found.limits] == [False, False]  # 113'505.00 of tax


def test_a_rate_that_nobody_grants_is_refused():
    with pytest.raises(NoNetTaxRate):
        what_if(items.company(), *YEAR, rates={"3200": D("4.0")})


def test_a_comparison_asks_a_fixed_number_of_queries():
    company = items.company()

    def asked():
        with CaptureQueriesContext(connection) as caught:
            what_if(company, dt.date(2026, 1, 1), YEAR[1])
        return len(caught)

    granted(company)
    trade(company)
    first = asked()
    trade(company)
    assert asked() == first <= 14
