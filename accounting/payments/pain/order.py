"""A payment order as values (Zahlungsauftrag): message, blocks and transactions."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

from erp.core.money import ZERO
from erp.core.version import VERSION

MOST_TRANSACTIONS: Final = 99_999  # in one message, SPS chapter 2.2
SEPA_NAME: Final = 70  # characters of a name, EPC115-06; others take 140
SWISS: Final = frozenset({"CH", "LI"})
SEPA_COUNTRIES: Final = Path(__file__).resolve().parent.parent / "data" / "sepa_countries.csv"


class Kind(StrEnum):
    """How a bank sorts a payment (Zahlungsart), SPS chapter 3."""

    DOMESTIC = "D"
    SEPA = "S"
    FOREIGN = "X"
    CHEQUE = "C"


class ReferenceKind(StrEnum):
    NONE = ""
    QRR = "QRR"
    SCOR = "SCOR"


class Charges(StrEnum):
    """Who bears the charges of a foreign payment (Spesenregelung)."""

    SHARED = "SHAR"
    DEBTOR = "DEBT"
    CREDITOR = "CRED"
    SERVICE_LEVEL = "SLEV"


class Advice(StrEnum):
    """What the bank sends of a debit (Anzeigesteuerung); none and collective make it confidential."""

    BANK = ""
    NONE = "NOA"
    SINGLE = "SIA"
    COLLECTIVE = "CND"
    WITH_DETAILS = "CWD"


@dataclass(frozen=True, slots=True)
class Address:
    """A structured address; town and country are never blank."""

    town: str
    country: str
    street: str = ""
    house_number: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank of a foreign account: its BIC, or name and address where it has none."""

    bic: str = ""
    name: str = ""
    address: Address | None = None

    def __bool__(self) -> bool:
        return bool(self.bic or self.name)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One payment. ``amount`` is positive, in ``currency``; ``account`` an IBAN, or with
    ``is_iban`` False another number. ``message`` goes along with a reference, too."""

    instruction_id: str
    end_to_end_id: str
    amount: Decimal
    currency: str
    name: str
    account: str
    address: Address | None = None
    is_iban: bool = True
    bank: Bank = Bank()
    reference_kind: ReferenceKind = ReferenceKind.NONE
    reference: str = ""
    message: str = ""
    charges: Charges | None = None

    @property
    def kind(self) -> Kind:
        return kind_of(self.account if self.is_iban else "", self.currency)


@dataclass(frozen=True, slots=True)
class Block:
    """Payments of a day from one account in one currency (Sammelauftrag).

    ``bank_iid`` or ``bank_bic`` is the debtor's bank. ``is_salary`` marks wages, ``batch`` books
    one debit for all of them.
    """

    id: str
    date: dt.date
    account: str
    debtor: str
    transactions: tuple[Transaction, ...]
    bank_iid: str = ""
    bank_bic: str = ""
    batch: bool = True
    is_salary: bool = False
    advice: Advice = Advice.BANK

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.transactions), ZERO)


@dataclass(frozen=True, slots=True)
class Software:
    """What made the file, as banks are told (InitgPty/CtctDtls)."""

    name: str = "Rappen"
    vendor: str = "Rappen"
    version: str = VERSION
    guideline: str = "0202"  # implementation guidelines 2.2


@dataclass(frozen=True, slots=True)
class Order:
    """A message with one file (pain.001). ``created`` is local time of Switzerland."""

    id: str
    created: dt.datetime
    initiator: str
    blocks: tuple[Block, ...]
    software: Software = Software()

    @property
    def transactions(self) -> Iterator[Transaction]:
        return (one for block in self.blocks for one in block.transactions)

    @property
    def count(self) -> int:
        return sum(len(block.transactions) for block in self.blocks)

    @property
    def total(self) -> Decimal:
        """The control sum: amounts of all currencies, added as they stand."""
        return sum((block.total for block in self.blocks), ZERO)


def kind_of(iban: str, currency: str, *, on: dt.date | None = None) -> Kind:
    """How a payment to an account is sorted; ``iban`` is blank where the account has none.

    Francs and euros to Switzerland and Liechtenstein are domestic, euros to other countries of
    SEPA are SEPA, all else is foreign. ``on`` is the day for which the countries count; without,
    all that ever joined do.
    """
    country = iban[:2]
    if country in SWISS:
        return Kind.DOMESTIC if currency in {"CHF", "EUR"} else Kind.FOREIGN
    since = sepa_countries().get(country)
    if currency == "EUR" and since is not None and (on is None or since <= on):
        return Kind.SEPA
    return Kind.FOREIGN


@cache
def sepa_countries() -> dict[str, dt.date]:
    """Countries whose IBANs SEPA reaches, and since when (EPC409-09, list of SEPA scheme countries)."""
    with SEPA_COUNTRIES.open(encoding="utf-8", newline="") as file:
        return {
            row["country"]: dt.date.fromisoformat(row["valid_from"]) for row in csv.DictReader(file)
        }


def in_chunks(order: Order, most: int = MOST_TRANSACTIONS) -> list[Order]:
    """An order as messages of at most ``most`` transactions, in their order.

    A block that does not fit is divided. Messages after the first are numbered in their ids.
    """
    if order.count <= most:
        return [order]
    rows = [(block, one) for block in order.blocks for one in block.transactions]
    parts = []
    for nth, start in enumerate(range(0, len(rows), most)):
        blocks = _blocks_of(rows[start : start + most], nth)
        name = order.id if not nth else f"{order.id[:31]}-{nth + 1}"
        parts.append(replace(order, id=name, blocks=tuple(blocks)))
    return parts


def _blocks_of(rows: Iterable[tuple[Block, Transaction]], nth: int) -> Iterator[Block]:
    for block, found in groupby(rows, key=lambda row: row[0]):
        name = block.id if not nth else f"{block.id[:31]}-{nth + 1}"
        yield replace(block, id=name, transactions=tuple(one for _block, one in found))
