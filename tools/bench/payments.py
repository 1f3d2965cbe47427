"""Payments: a file of 5,000 beside bare lxml, and a proposal from 50,000 items beside plain SQL."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection
from lxml import etree
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from accounting.banking.models import BankAccount
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, EntryLine
from accounting.open_items.models import OpenItem
from accounting.payments import gathering
from accounting.payments.models import PaymentInstruction
from accounting.payments.pain import writing
from accounting.payments.pain.order import Address, Block, Order, ReferenceKind, Transaction
from accounting.payments.proposing import propose
from erp.access.models import User
from erp.companies.models import Company
from erp.core import clock
from tools.bench.books import Book, accounts_of, acting, found
from tools.bench.measuring import interleaved, note

COUNT, ITEMS = 5_000, 50_000
DAY = dt.date(2026, 6, 1)


def bench_payment_file() -> None:
    """Written and checked in at most three times what the same tree takes in bare lxml."""
    order = _order()
    rows = _rows(writing.tree_of(order))
    expected = writing.write(order)
    assert _bare(rows) == expected

    ours, bare = interleaved(5, lambda: writing.write(order), lambda: _bare(rows))
    note("pain.001, 5,000 payments, checked", COUNT, ours, bare, "<= 3", 3)


def bench_proposal(analyse: Callable[[], None]) -> None:
    """A proposal from 50,000 open items in at most three times reading the same rows by plain SQL."""
    book = found(320_000)
    _fill(book, analyse)
    with acting(book) as (company, _owner):
        bank = BankAccount.of(company).select_related("company", "account").get()
        told = {"company": company.pk, "side": "payables", "currency": "CHF", "date": DAY,
                "until": DAY}  # fmt: skip

        def plain() -> None:
            with connection.cursor() as cursor:
                cursor.execute(gathering._SQL.format(which=gathering._DUE), told)
                assert len(cursor.fetchall()) == ITEMS

        def ours() -> None:
            made = propose(bank, date=DAY, until=DAY)
            assert made.count == ITEMS, [str(why) for one in made.others[:3] for why in one.why]

        taken, by_hand = interleaved(3, ours, plain)
    note("payment proposal, 50,000 items", ITEMS, taken, by_hand, "<= 3", 3)


def _fill(book: Book, analyse: Callable[[], None]) -> None:
    """Bills of 2,000 suppliers, half of them with a QR reference."""
    with acting(book) as (company, owner):
        accounts, creditors = accounts_of(company), Account.of(company).get(number="2000")
        amounts = [Decimal(1_000 + nth % 9_000) / 100 for nth in range(ITEMS)]
        post_many(company=company, by=owner, entries=[
            NewEntry(dt.date(2026, 5, 1), "Rechnung",
                     [debit(accounts["3200"], amount), credit(creditors, amount)],
                     voucher=f"L-{nth}")
            for nth, amount in enumerate(amounts)
        ])  # fmt: skip
    with acting(book) as (company, owner):
        rows = EntryLine.of(company).filter(position=2).select_related("entry")
        items = [OpenItem(
            company=company, side="payables", account_id=line.account_id, party=f"Lieferantin {nth % 2_000} AG",
            document=line.entry.voucher, document_date=line.date, due_date=line.date, currency="CHF",
            amount=line.credit, base=line.credit, entry=line.entry, position=2, opened_on=line.date,
            open_amount=line.credit, open_base=line.credit,
        ) for nth, line in enumerate(rows.filter(entry__voucher__startswith="L-"))]  # fmt: skip
        OpenItem.unscoped.bulk_create(items, batch_size=2000)
        PaymentInstruction.unscoped.bulk_create((_instruction(company, owner, nth, one)
                                                 for nth, one in enumerate(items)), batch_size=2000)  # fmt: skip
    analyse()


def _instruction(company: Company, owner: User, nth: int, item: OpenItem) -> PaymentInstruction:
    supplier = nth % 2_000
    more = {"account": _iban(f"00700{supplier:012d}")}
    if supplier % 2:
        body = str(nth + 1).zfill(26)
        more = {"account": _iban(f"30000{supplier:012d}"), "reference_kind": "QRR",
                "reference": body + str(esr.calc_check_digit(body))}  # fmt: skip
    return PaymentInstruction(company=company, item=item, payee=item.party, town="Bern", country="CH",
                              postcode="3000", changed_at=clock.now(), changed_by=owner, **more)  # fmt: skip


def _order() -> Order:
    chance = random.Random(7)  # noqa: S311
    rows = []
    for nth in range(COUNT):
        more: dict[str, Any] = {"message": f"Rechnung {nth}"}
        if nth % 2:
            body = str(nth + 1).zfill(26)
            more |= {"account": _iban(f"30000{nth:012d}"), "reference_kind": ReferenceKind.QRR,
                     "reference": body + str(esr.calc_check_digit(body))}  # fmt: skip
        else:
            more |= {"account": _iban(f"00762{nth:012d}")}
        rows.append(Transaction(
            f"R1-{nth}", f"E-{nth}", Decimal(chance.randrange(100, 10**6)) / 100, "CHF",
            name=f"Lieferantin {nth} AG", address=Address("Bern", "CH", "Gasse", str(nth), "3011"), **more,
        ))  # fmt: skip
    block = Block("R1-1", DAY, _iban("00762011623852957"), "Muster AG", tuple(rows), bank_iid="762")
    return Order("R1", dt.datetime(2026, 6, 1, 8), "Muster AG", (block,))


def _iban(bban: str) -> str:
    return "CH" + mod_97_10.calc_check_digits(bban + "CH") + bban


def _rows(root: Any) -> list[tuple[int, str, str | None, dict[str, str]]]:
    """Each element with the place of its parent: what a naive writer would loop over."""
    places = {root: 0}
    rows = [(-1, root.tag, root.text, dict(root.attrib))]
    for element in root.iterdescendants():
        places[element] = len(rows)
        rows.append((places[element.getparent()], element.tag, element.text, dict(element.attrib)))
    return rows


def _bare(rows: list[tuple[int, str, str | None, dict[str, str]]]) -> bytes:
    made: list[Any] = []
    for parent, tag, text, attributes in rows:
        if parent < 0:
            element = etree.Element(
                tag, attributes, nsmap={None: writing.NAMESPACE, "xsi": writing.XSI}
            )
        else:
            element = etree.SubElement(made[parent], tag, attributes)
        element.text = text
        made.append(element)
    return etree.tostring(made[0], xml_declaration=True, encoding="UTF-8")
