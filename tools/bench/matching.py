"""Matching a statement with open items, beside the import of the same file without matching."""

from __future__ import annotations

import datetime as dt
import random
import re
import time
from collections.abc import Callable
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from stdnum.ch import esr

from accounting.banking import importing
from accounting.banking.matching.proposing import proposals_for, waiting
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import EntryLine
from accounting.open_items.models import OpenItem
from erp.cockpit.demo import statement_xml
from tools.bench.books import IBAN, Book, accounts_of, acting, found
from tools.bench.measuring import note

COUNT, MOST_QUERIES = 10_000, 6
DAY = dt.date(2026, 6, 1)


def bench_matching(analyse: Callable[[], None]) -> None:
    """10,000 entries beside 10,000 items: import and matching in at most twice the import alone."""
    chance = random.Random(11)  # noqa: S311
    amounts = [Decimal(chance.randrange(2_000, 500_000)) / 100 for _ in range(COUNT)]
    content = _statement(amounts, chance)
    alone, together = [], []
    for turn in range(3):
        bare, full = found(300_000 + 2 * turn), found(300_001 + 2 * turn)
        fill_items(full, amounts, analyse)
        alone.append(_import(bare, content))
        started = time.perf_counter()
        _import(full, content)
        with acting(full) as (company, _owner), CaptureQueriesContext(connection) as seen:
            matched = proposals_for(company, waiting(company))
        together.append(time.perf_counter() - started)
        best = [one.best for rows in matched.values() for one in rows]
        certain = sum(one.is_certain for one in best if one)
        likely = sum(one is not None for one in best) - certain
        print(
            f"  {len(best):,} payments: {certain:,} certain, {likely:,} likely, {len(seen)} queries"
        )
        assert len(matched) == COUNT and len(seen) <= MOST_QUERIES
        assert certain >= COUNT * 2 // 5, "half the payments carry the reference of their invoice"
    both, one = sorted(together)[1], sorted(alone)[1]
    note("camt.053, 10,000 entries: import and matching", COUNT, both, one, "<= 2", 2)


def _import(book: Book, content: bytes) -> float:
    with acting(book) as (company, owner):
        started = time.perf_counter()
        importing.take_in(company=company, content=content, by=owner)
    return time.perf_counter() - started


def _reference(nth: int) -> str:
    body = str(nth).zfill(26)
    return body + str(esr.calc_check_digit(body))


def _statement(amounts: list[Decimal], chance: random.Random) -> bytes:
    """Half with reference, a quarter with a number in the text, the rest by name and amount."""
    rows = []
    for nth, amount in enumerate(amounts):
        text, party = "Danke", _party(nth)
        if nth % 4 < 2:
            text = f"QRR={_reference(nth)}"
        elif nth % 4 == 2:
            text = f"Ihre Rechnung R-{nth} vom 1. Mai"
        if nth % 10 == 9:
            amount -= min(amount / 2, Decimal(chance.randrange(1, 999)) / 100).quantize(amount)
        rows.append((1 + nth * 28 // COUNT, amount, party, text))
    content = statement_xml(IBAN, Decimal("0.00"), DAY, rows).decode()
    structured = r"<Strd><CdtrRefInf><Ref>\1</Ref></CdtrRefInf></Strd>"
    return re.sub(r"<Ustrd>QRR=(\d+)</Ustrd>", structured, content).encode()


def fill_items(book: Book, amounts: list[Decimal], analyse: Callable[[], None]) -> None:
    """An open item of a customer for each amount."""
    with acting(book) as (company, owner):
        accounts = accounts_of(company)
        entries = [
            NewEntry(dt.date(2026, 5, 1), "Rechnung",
                     [debit(accounts["1100"], amount), credit(accounts["3200"], amount)],
                     voucher=f"R-{nth}")
            for nth, amount in enumerate(amounts)
        ]  # fmt: skip
        post_many(company=company, entries=entries, by=owner)
    with acting(book) as (company, _owner):
        rows = EntryLine.of(company).filter(position=1, account__number="1100")
        items = []
        for line in rows.select_related("entry").order_by("pk"):
            nth = int(line.entry.voucher.removeprefix("R-"))
            items.append(OpenItem(
                company=company, side="receivables", account_id=line.account_id,
                party=_party(nth), document=line.entry.voucher, document_date=line.date,
                reference=_reference(nth), due_date=line.date + dt.timedelta(30), currency="CHF",
                amount=line.debit, base=line.debit, entry=line.entry, position=1,
                opened_on=line.date, open_amount=line.debit, open_base=line.debit,
            ))  # fmt: skip
        OpenItem.unscoped.bulk_create(items, batch_size=1000)
    analyse()


def _party(nth: int) -> str:
    return f"Kundin Nr{nth % 900} Muster{nth % 37} AG"
