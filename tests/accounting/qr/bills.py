"""QR-bills for tests: plain ones, and any that the rules allow."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from accounting.qr import references
from accounting.qr.bill import Bill, Party
from erp.reference.bundles import FOLDER

with gzip.open(FOLDER / "countries.csv.gz", "rt", encoding="utf-8") as file:
    next(file)  # edition and source
    COUNTRIES = frozenset(row["alpha2"] for row in csv.DictReader(file))

QR_IBAN, IBAN = "CH4431999123000889012", "CH5800791123000889012"
QRR, SCOR = "210000000003139471430009017", "RF18539007547034"
MAKER = Party("Müller Holzbau AG", "7000", "Chur", "CH", "Obere Gasse", "12a")
PAYER = Party("Zoë Çelik-Łukaszewicz", "1000", "Lausanne", "CH", "Rue du Théâtre", "3")
BILL = Bill(
    QR_IBAN, MAKER, "CHF", Decimal("1949.75"), PAYER, "QRR", QRR, "Rechnung 4711 vom 3.6.2026"
)
OPEN = replace(BILL, amount=None, debtor=None)
GIFT = Bill(IBAN, MAKER, "EUR", message="Spende")

LETTERS = st.characters(min_codepoint=0x20, max_codepoint=0x17F).filter(
    lambda c: not 0x7F <= ord(c) < 0xA0
) | st.sampled_from("ȘșȚț€")  # fmt: skip


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=least, max_size=most).filter(
        lambda text: bool(text.strip()) or not least
    )


parties = st.builds(
    Party, name=texts(70, 1), street=texts(70), house_number=texts(16), country=st.sampled_from(["CH", "LI", "DE"]),
    postcode=st.from_regex(r"[0-9]{4,6}", fullmatch=True), town=texts(35, 1),
)  # fmt: skip
_kinds = st.one_of(
    st.tuples(st.just(QR_IBAN), st.just("QRR"), st.integers(1, 10**9).map(lambda n: references.make_qrr(str(n)))),
    st.tuples(st.just(IBAN), st.just("SCOR"), st.integers(1, 10**20).map(lambda n: references.make_scor(str(n)))),
    st.just((IBAN, "NON", "")),
)  # fmt: skip


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    iban, kind, reference = draw(_kinds)
    message = draw(texts(140))
    return Bill(
        iban, draw(parties), draw(st.sampled_from(["CHF", "EUR"])),
        draw(st.none() | st.decimals(Decimal("0.01"), Decimal("999999999.99"), places=2)),
        draw(st.none() | parties), kind, reference, message, draw(texts(140 - len(message))),
        tuple(draw(st.lists(texts(100, 1), max_size=2))),
    )  # fmt: skip
