"""Closings worked by hand, one for each legal form: result, private accounts, reserves, dividend, what is carried.

Each figure stands in a comment beside the law it follows from. Sources: OR 558 to 560 (partnership), 671,
672 and 675 (corporation), 801 (LLC), 860 (cooperative).
"""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.closing.appropriating import (
    MoreThanThereIs,
    NothingToDecide,
    ReserveTooSmall,
    appropriate,
    proposal,
)
from accounting.closing.closing import close_year
from accounting.ledger.charting import add_account
from accounting.ledger.years import open_fiscal_year
from accounting.statements import statements
from accounting.statements.trial_balance import trial_balance
from tests import make
from tests.accounting.closing import books
from tests.accounting.closing.books import enter
from tests.make import chf

pytestmark = pytest.mark.django_db
START, END = books.YEAR
JUNE = dt.date(2026, 6, 15)


def founded(form):
    """Books of 2025 and 2026 with nothing posted."""
    company = make.company(modules=["ledger"], legal_form=form)
    year = open_fiscal_year(company=company, start=START, end=END, by=make.owner_of(company))
    return company, year


def close(company, year):
    books.accept_all(company, year)
    return close_year(company=company, year=year, by=make.owner_of(company))


def standing(company, day):
    """The balance of each account at the end of a day, credit positive."""
    year = books.year_of(company, str(day.year))
    rows = trial_balance(company, year=year, until=day).rows
    return {row.number: -row.closing for row in rows if row.closing}


def equity(company, day):
    """What the balance sheet says of equity, account by account, with the computed rows."""
    cols = statements.columns(company, until=day)
    rows = statements.balance_sheet(company, cols, language="de").rows
    return {
        row.name.split()[0]: row.figures[0]
        for row in rows if row.kind == "account" and row.code.startswith("959a-2-3")
    }  # fmt: skip


def used(company, year, **parts):
    return appropriate(
        company=company, year=year, decided_on=JUNE, by=make.owner_of(company),
        dividend_account=make.account(company, "2261"), **parts,
    )  # fmt: skip


def test_a_sole_proprietor_books_private_to_capital_and_the_profit_follows_by_itself():
    company, year = founded("sole")
    enter(company, "1020", "2800", "40000.00", START)  # capital
    enter(company, "1020", "3400", "120000.00", dt.date(2025, 6, 30))
    enter(company, "6000", "1020", "24000.00", dt.date(2025, 9, 30))
    enter(company, "5800", "1020", "6000.00", dt.date(2025, 10, 31))
    enter(company, "2850", "1020", "72000.00", dt.date(2025, 11, 30))  # for the household
    enter(company, "6000", "2850", "3000.00", END)  # rent of the office at home, paid privately
    enter(company, "2850", "6500", "600.00", END)  # private share of the telephone
    # 120,000 - 24,000 - 6,000 - 3,000 + 600 = 87,600 profit; private 72,000 - 3,000 + 600 = 69,600.
    assert equity(company, END) == {
        "2800": chf("40000"), "2850": chf("-69600"), "2891": chf("87600"),
    }  # fmt: skip
    enter(company, "2800", "2850", "69600.00", END)  # the private account is closed to capital
    done = close(company, year)
    assert (done.result, done.carried) == (chf("87600"), chf("58000"))  # 40,000 - 69,600 + 87,600
    assert standing(company, dt.date(2026, 1, 31)) == {"2800": chf("58000"), "1020": chf("-58000")}
    assert equity(company, dt.date(2026, 1, 31)) == {"2800": chf("58000")}
    with pytest.raises(NothingToDecide):
        proposal(company, year)


def test_partners_have_interest_on_capital_and_share_the_rest_by_heads():
    """OR 558 para. 2: 4 percent on capital; OR 557 with 533 para. 1: by heads, whatever was paid in."""
    company, year = founded("partnership")
    by = make.owner_of(company)
    for number, name in (("2801", "Kapital Berta"), ("2851", "Privat Berta")):
        add_account(company=company, by=by, number=number, name_de=name, type="equity",
                    or_position="959a-2-3a")  # fmt: skip
    enter(company, "1020", "2800", "100000.00", START)  # Anna
    enter(company, "1020", "2801", "50000.00", START)  # Berta
    enter(company, "1020", "3400", "90000.00", dt.date(2025, 6, 30))
    enter(company, "6500", "1020", "24000.00", dt.date(2025, 9, 30))
    enter(company, "2850", "1020", "20000.00", dt.date(2025, 9, 30))
    enter(company, "2851", "1020", "18000.00", dt.date(2025, 9, 30))
    enter(company, "6900", "2850", "4000.00", END)  # 4 % of 100,000
    enter(company, "6900", "2851", "2000.00", END)  # 4 % of 50,000
    # 90,000 - 24,000 - 6,000 = 60,000 to share: 30,000 each.
    enter(company, "2800", "2850", "16000.00", END)  # 20,000 drawn less 4,000
    enter(company, "2801", "2851", "16000.00", END)  # 18,000 drawn less 2,000
    done = close(company, year)
    assert (done.result, done.carried) == (chf("60000"), chf("144000"))  # 84,000 of Anna and 60,000
    assert equity(company, END) == {
        "2800": chf("84000"), "2801": chf("34000"), "2891": chf("60000"),
    }  # fmt: skip
    new_year = dt.date(2026, 1, 1)
    assert equity(company, new_year) == {"2800": chf("144000"), "2801": chf("34000")}
    enter(company, "2800", "2801", "30000.00", new_year)  # Berta's half
    assert equity(company, new_year) == {"2800": chf("114000"), "2801": chf("64000")}
    with pytest.raises(NothingToDecide):
        proposal(company, year)


def test_an_llc_makes_good_a_loss_before_it_puts_into_its_reserve():
    """OR 801 with 672 para. 1: a loss of 8,000 first, 5 percent of the 32,000 that are left."""
    company, year = founded("llc")
    by = make.owner_of(company)
    before = open_fiscal_year(
        company=company, start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31), by=by
    )
    enter(company, "1020", "2800", "20000.00", before.start)
    enter(company, "6500", "1020", "8000.00", before.end)
    lost = close(company, before)
    assert (lost.result, lost.carried) == (chf("-8000"), chf("-8000"))
    assert proposal(company, before).statutory == 0
    with pytest.raises(MoreThanThereIs):
        used(company, before, dividend=chf("1"))
    enter(company, "1020", "3400", "40000.00", dt.date(2025, 6, 30))
    done = close(company, year)
    assert (done.result, done.carried) == (chf("40000"), chf("32000"))
    found = proposal(company, year)
    assert (found.before, found.available, found.statutory) == (
        chf("-8000"), chf("32000"), chf("1600.00"),
    )  # fmt: skip
    used(company, year, statutory=chf("1600"), dividend=chf("10000"))
    assert standing(company, JUNE) == {
        "1020": chf("-52000"), "2800": chf("20000"), "2950": chf("1600"), "2261": chf("10000"),
        "2970": chf("20400"),
    }  # fmt: skip  # 32,000 - 1,600 - 10,000


def test_a_corporation_fills_its_reserve_to_half_of_the_capital_and_pays_the_rest():
    """OR 672 para. 2 and 3 with 671 para. 4: own shares (659b) and revaluations (725c) do not count."""
    company, year = founded("corporation")
    opened = {"2800": "100000.00", "2900": "10000.00", "2930": "5000.00", "2940": "20000.00",
              "2950": "37000.00", "2970": "4321.00"}  # fmt: skip
    for number, amount in opened.items():
        enter(company, "1020", number, amount, START)
    enter(company, "1020", "3400", "100000.00", dt.date(2025, 6, 30))
    enter(company, "6500", "1020", "9000.00", dt.date(2025, 9, 30))
    enter(company, "8900", "2208", "11000.00", END)  # direct taxes
    done = close(company, year)
    assert (done.result, done.carried) == (chf("80000"), chf("84321"))
    found = proposal(company, year)
    # Half of 100,000 is 50,000; 10,000 and 37,000 count: 3,000 lack, though 5 % of 80,000 are 4,000.
    assert (found.before, found.available, found.statutory) == (
        chf("4321"), chf("84321"), chf("3000.00"),
    )  # fmt: skip
    with pytest.raises(ReserveTooSmall):
        used(company, year, statutory=chf("2999.99"), dividend=chf("1"))
    used(company, year, statutory=chf("3000"), dividend=chf("60000"), voluntary=chf("20000"))
    held = standing(company, JUNE)
    assert {number: held[number] for number in ("2261", "2950", "2960", "2970")} == {
        "2261": chf("60000"), "2950": chf("40000"), "2960": chf("20000"), "2970": chf("1321"),
    }  # fmt: skip  # 84,321 - 83,000
    enter(company, "2261", "2206", "21000.00", JUNE)  # VStG 13: 35 percent of 60,000
    enter(company, "2261", "1020", "39000.00", JUNE)
    assert "2261" not in standing(company, JUNE)


def test_a_cooperative_puts_a_twentieth_until_a_fifth_of_its_capital():
    """OR 860 para. 1: 5 percent of 30,000 are 1,500; of a fifth of 100,000 there lack 800."""
    company, year = founded("cooperative")
    enter(company, "1020", "2800", "100000.00", START)
    enter(company, "1020", "2950", "19200.00", START)
    enter(company, "1020", "3400", "30000.00", dt.date(2025, 6, 30))
    close(company, year)
    assert proposal(company, year).statutory == chf("800.00")
