"""What dunning reckons with, and what it finds: values alone."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from accounting.receivables.dunning.models import Channel, Interest
from accounting.receivables.dunning.reasons import Why
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class Level:
    """A level as it counts on the day; see ``models.DunningLevel``."""

    step: int
    days_after_due: int
    days_after_step: int = 0
    period: int = 10
    fees: Mapping[str, Decimal] = field(default_factory=dict)
    interest: str = Interest.OFF
    percent: Decimal = Decimal(5)
    channel: str = Channel.AUTO
    id: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """A procedure: its levels in order, and the least amount that is dunned."""

    name: str = ""
    levels: tuple[Level, ...] = ()
    minimum: Decimal = ZERO
    post_fees: bool = False

    def after(self, step: int) -> Level | None:
        return next((level for level in self.levels if level.step > step), None)


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody said not to dun; without ``until`` for as long as it stands."""

    kind: str
    text: str = ""
    until: dt.date | None = None

    def counts_on(self, day: dt.date) -> bool:
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Sent:
    """The last level an item was dunned with."""

    step: int
    date: dt.date
    pay_until: dt.date


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a letter would go to. ``contact`` None: an item that names nobody."""

    contact: int | None
    name: str
    language: str = "de"
    rules: Rules = Rules()
    stop: Stop | None = None
    mail: str = ""
    has_address: bool = True


@dataclass(frozen=True, slots=True)
class Owed:
    """An open item on the day; ``open`` is what is left of it, negative of a credit.

    ``late`` are the payments that came after its due date: day and amount. ``is_fee`` says that it
    is a fee of an earlier letter.
    """

    id: int
    contact: int | None
    party: str
    document: str
    document_date: dt.date
    due_date: dt.date
    currency: str
    amount: Decimal
    open: Decimal
    reference: str = ""
    discount_percent: Decimal | None = None
    discount_until: dt.date | None = None
    is_fee: bool = False
    late: tuple[tuple[dt.date, Decimal], ...] = ()
    sent: Sent | None = None
    stop: Stop | None = None

    @property
    def called(self) -> str:
        return self.document or str(self.id)


@dataclass(frozen=True, slots=True)
class Dunned:
    """An item on the letter: ``rest`` is what is demanded of it. ``step`` None: a fee before."""

    owed: Owed
    step: int | None
    netted: Decimal
    days: int
    interest: Decimal
    why: tuple[Why, ...]

    @property
    def rest(self) -> Decimal:
        return self.owed.open - self.netted


@dataclass(frozen=True, slots=True)
class NotDunned:
    """An item that is not on the letter, why, and the day it may come on one, where that is known."""

    owed: Owed
    why: tuple[Why, ...]
    next_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What the customer has to his credit, and how much of it the letter takes off."""

    owed: Owed
    used: Decimal
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """All of a customer in one currency. There is something to send where ``items`` are."""

    customer: Customer
    currency: str
    items: tuple[Dunned, ...]
    credits: tuple[Credit, ...]
    others: tuple[NotDunned, ...]
    level: Level | None = None
    fee: Decimal = ZERO
    pay_until: dt.date | None = None
    channel: str = Channel.PRINT
    why: tuple[Why, ...] = ()
    next_on: dt.date | None = None

    @property
    def open(self) -> Decimal:
        """What is open of the items on it, before credits."""
        return sum((item.owed.open for item in self.items), ZERO)

    @property
    def netted(self) -> Decimal:
        return sum((item.netted for item in self.items), ZERO)

    @property
    def rest(self) -> Decimal:
        return self.open - self.netted

    @property
    def interest(self) -> Decimal:
        return sum((item.interest for item in self.items), ZERO)

    @property
    def charges_interest(self) -> bool:
        return self.level is not None and self.level.interest == Interest.CHARGED

    @property
    def total(self) -> Decimal:
        """What is demanded: the rest with the fee, and with interest where that is demanded."""
        return self.rest + self.fee + (self.interest if self.charges_interest else ZERO)


@dataclass(frozen=True, slots=True)
class Plan:
    """All customers who owe something, by name: first those who get a letter."""

    day: dt.date
    letters: tuple[Letter, ...]
    quiet: tuple[Letter, ...]

    @property
    def fingerprint(self) -> str:
        """Changes with anything that would be written; what somebody saw is what is executed."""
        told = [
            (one.customer.contact, one.customer.language, one.customer.mail, one.currency,
             one.level and one.level.step, str(one.fee), str(one.total), one.channel,
             [(item.owed.id, item.step, str(item.rest)) for item in one.items])
            for one in self.letters
        ]  # fmt: skip
        return hashlib.sha256(repr((self.day, told)).encode()).hexdigest()[:32]
