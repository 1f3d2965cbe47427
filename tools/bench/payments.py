"""Payments: a file of 5,000 beside bare lxml, and a proposal from 50,000 items beside plain SQL."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from lxml import etree
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from accounting.payments.pain import writing
from accounting.payments.pain.order import Address, Block, Order, ReferenceKind, Transaction
from tools.bench.measuring import interleaved, note

COUNT = 5_000
DAY = dt.date(2026, 6, 1)


def bench_payment_file() -> None:
    """Written and checked in at most three times what the same tree takes in bare lxml."""
    order = _order()
    rows = _rows(writing.tree_of(order))
    expected = writing.write(order)
    assert _bare(rows) == expected

    ours, bare = interleaved(5, lambda: writing.write(order), lambda: _bare(rows))
    note("pain.001, 5,000 payments, checked", COUNT, ours, bare, "<= 3", 3)


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
