"""Payment orders for tests: numbers with right check digits, and strategies for hypothesis."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from accounting.payments.pain.order import (
    Address,
    Advice,
    Bank,
    Block,
    Charges,
    Order,
    ReferenceKind,
    Transaction,
)
from accounting.payments.pain.text import as_reference, fitted

DAY = dt.date(2026, 12, 1)
MINE = "CH5604835012345678009"


def iban(country: str, bban: str) -> str:
    return country + mod_97_10.calc_check_digits(bban + country) + bban


def qrr(body: int) -> str:
    digits = str(body).zfill(26)
    return digits + str(esr.calc_check_digit(digits))


def scor(body: str) -> str:
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def order(*transactions: Transaction, **more) -> Order:
    block = Block("PMT-1", DAY, MINE, "Muster AG", transactions, bank_iid="4835", **more)
    return Order("MSG-1", dt.datetime(2026, 11, 26, 9, 30), "Muster AG", (block,))


def paid(nth: int = 1, **more) -> Transaction:
    values = {
        "instruction_id": f"I-{nth}", "end_to_end_id": f"E-{nth}", "amount": Decimal("100.00"),
        "currency": "CHF", "name": "Lieferantin AG", "account": iban("CH", "00762011623852957"),
        "address": Address("Bern", "CH", "Gasse", "7", "3011"),
    } | more  # fmt: skip
    return Transaction(**values)


# --- strategies -------------------------------------------------------------------------------------
def written(most: int):
    """A text of any script, as our own code makes it fit."""
    anything = st.text(st.characters(codec="utf-8"), min_size=1, max_size=most)
    return anything.map(lambda text: fitted(text).text[:most].strip() or "x")


digits = st.integers(min_value=0, max_value=10**12 - 1).map(lambda n: str(n).zfill(12))
amounts = st.integers(min_value=1, max_value=99_999_999_999).map(lambda n: Decimal(n) / 100)
addresses = st.builds(
    Address, town=written(35), country=st.sampled_from(["CH", "DE", "US"]), street=written(70),
    house_number=st.one_of(st.just(""), written(16)), postcode=st.one_of(st.just(""), written(16)),
)  # fmt: skip
names = {"name": written(70), "address": st.one_of(st.none(), addresses), "amount": amounts}


@st.composite
def transactions(draw, nth: int, currency: str) -> Transaction:
    told = {name: draw(strategy) for name, strategy in names.items()}
    told |= {"currency": currency, "message": draw(st.one_of(st.just(""), written(140)))}
    more = {"CHF": ["qrr", "scor"], "EUR": ["qrr", "scor", "sepa"]}.get(currency, [])
    kinds = ["free", "foreign", *more]
    kind = draw(st.sampled_from(kinds))
    body = draw(digits)
    if kind == "qrr":
        told |= {"account": iban("CH", "30000" + body), "reference_kind": ReferenceKind.QRR,
                 "reference": qrr(draw(st.integers(1, 10**26 - 1)))}  # fmt: skip
    elif kind == "sepa":
        told |= {"account": iban("DE", "370400" + body)}
    elif kind == "foreign":
        told |= {"account": body, "is_iban": False, "bank": Bank("CHASUS33"),
                 "charges": draw(st.sampled_from([None, *Charges][:4]))}  # fmt: skip
    else:
        told |= {"account": iban("CH", "00762" + body)}
        if kind == "scor":
            ends = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=21)
            told |= {"reference_kind": ReferenceKind.SCOR, "reference": scor(draw(ends))}
    raw = draw(st.text(max_size=30))
    return Transaction(f"I-{nth}", as_reference(raw + "x"), **told)


@st.composite
def orders(draw) -> Order:
    blocks, start = [], 0
    for nth in range(draw(st.integers(1, 3))):
        currency = draw(st.sampled_from(["CHF", "EUR", "USD", "JPY"]))
        count = draw(st.integers(1, 4))
        rows = tuple(draw(transactions(start + n, currency)) for n in range(count))
        start += count
        salary = currency == "CHF" and draw(st.booleans())
        blocks.append(Block(
            f"PMT-{nth}", draw(st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31))), MINE,
            draw(written(140)), rows, bank_iid="4835", batch=salary or draw(st.booleans()),
            is_salary=salary, advice=draw(st.sampled_from(list(Advice))),
        ))  # fmt: skip
    moment = draw(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2030, 1, 1)))
    return Order(as_reference(draw(st.text(max_size=40)) + "m"), moment, draw(written(140)),
                 tuple(blocks))  # fmt: skip
