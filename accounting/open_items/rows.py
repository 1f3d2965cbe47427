"""A row of a file as an item that is taken over (Zeile prüfen): every fault of it, told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum import iso11649
from stdnum.ch import esr

from accounting.ledger.entering import UnknownAccount
from accounting.ledger.importing import NotADate, TooLong
from accounting.ledger.lines import require_sound_lines
from accounting.ledger.models import Account
from accounting.open_items.columns import LONGEST, SIDES
from accounting.open_items.control import FOREIGN
from accounting.open_items.errors import NoAmount, NotAControlAccount
from accounting.open_items.models import Side
from accounting.open_items.opening import OWNER, NewItem
from accounting.open_items.parties import Parties
from accounting.open_items.taking_over import TakenOver, line_of
from erp.companies.models import Company
from erp.core.clock import YEARS
from erp.core.errors import DomainError, raise_all
from erp.core.importing import UnknownWord
from erp.core.money import typed_amount
from erp.core.texts import one_line
from erp.reference.models import Currency
from erp.web.dates import read_day

Cells = Mapping[str, str]


class CellEmpty(DomainError):
    code = "items.cell_empty"
    message = _("Fill in this cell.")
    field = "document"


class OtherSide(DomainError):
    code = "items.other_side"
    message = _("Account %(account)s belongs to the other side. Correct the side or the account.")
    field = "account"


class NoControlAccount(DomainError):
    code = "items.no_control_account"
    message = _("Which control account? There is none for this side; write its number.")
    field = "account"


class OtherCurrency(DomainError):
    code = "items.other_currency"
    message = _("Account %(account)s is kept in %(expected)s. Write %(expected)s, or name another "
                "control account.")  # fmt: skip
    field = "currency"


class UnknownCurrency(DomainError):
    code = "items.unknown_currency"
    message = _("This is no currency. Write three letters, such as CHF or EUR.")
    field = "currency"


class BaseMissing(DomainError):
    code = "items.base_missing"
    message = _(
        "The item is in %(currency)s. Write what it stands for in the books in %(own)s, too."
    )
    field = "base"


class BaseDiffers(DomainError):
    code = "items.base_differs"
    message = _("In the company's currency both amounts are one. Leave this cell empty.")
    field = "base"


class OtherSign(DomainError):
    code = "items.other_sign"
    message = _("Both amounts need the same sign: positive for a debt, negative for a credit.")
    field = "base"


class OwedLater(DomainError):
    code = "items.owed_later"
    message = _("On %(date)s this was not owed yet. Take over what was open on that day.")
    field = "document_date"


class NotAPercentage(DomainError):
    code = "items.not_a_percentage"
    message = _("Write a percentage above 0 and below 100, such as 2.")
    field = "discount_percent"


class DiscountHalf(DomainError):
    code = "items.discount_half"
    message = _("A discount has a percentage and a last day. Fill in both cells, or neither.")
    field = "discount_until"


class BadReference(DomainError):
    code = "items.bad_reference"
    message = _("The check digits do not fit: a digit is missing or mistyped. Copy it anew.")
    field = "reference"


class Reading:
    """Turns rows into items; accounts, contacts and currencies are read once."""

    def __init__(self, company: Company, accounts: Sequence[Account], date: dt.date) -> None:
        self.company, self.date = company, date
        self._accounts = {account.number: account for account in accounts}
        self._parties = Parties(company)
        self._currencies = set(Currency.objects.values_list("code", flat=True))

    @property
    def warnings(self) -> list[str]:
        return self._parties.warnings

    def item(self, cells: Cells, row: int) -> TakenOver:
        """The item of a row. Raises what is wrong with it, or ``Refusals`` with all that is."""
        faults: list[DomainError] = []

        def tried(act: Callable[[], Any]) -> Any:
            try:
                return act()
            except DomainError as refusal:
                faults.append(refusal)
                return None

        texts = {name: tried(partial(_text, cells, name)) or "" for name in LONGEST}
        if not texts["document"] and not faults:
            faults.append(CellEmpty(field="document"))
        number = cells.get("contact", "")
        party = tried(lambda: self._parties.find(number, texts["party"], row=row))
        reference = tried(lambda: _reference(texts["reference"]))
        days = {name: tried(partial(_day, cells, name)) for name in ("document_date", "due_date")}
        currency = tried(lambda: self._currency(cells))
        account = tried(lambda: self._account(cells, currency or self.company.currency))
        amount = tried(lambda: _amount(cells, "amount"))
        base = tried(lambda: self._base(cells, amount, currency)) if amount and currency else None
        percent, until = tried(lambda: _discount(cells)) or (None, None)
        if days["document_date"] and days["document_date"] > self.date:
            faults.append(OwedLater(date=self.date))
        if not faults:
            found = TakenOver(
                account=account, party=party, document=texts["document"], currency=currency,
                document_date=days["document_date"],
                item=NewItem(amount, days["due_date"], base=base, reference=reference,
                             text=texts["text"], discount_percent=percent, discount_until=until),
            )  # fmt: skip
            tried(lambda: self._require_sound(found))
        raise_all(faults)
        return found

    def _require_sound(self, found: TakenOver) -> None:
        line = line_of(found, self.company)
        require_sound_lines(self.company, [line], date=self.date, owner=OWNER)

    def _currency(self, cells: Cells) -> str:
        code = cells.get("currency", "").upper() or self.company.currency
        if code != self.company.currency and code not in self._currencies:
            raise UnknownCurrency
        return code

    def _account(self, cells: Cells, currency: str) -> Account:
        """The one that is named, or that of the side: in the item's currency where there is one."""
        word, number = cells.get("side", "").lower(), cells.get("account", "")
        if word and word not in SIDES:
            known = ", ".join((*Side.values, "debitoren", "kreditoren"))
            raise UnknownWord(field="side", value=word[:40], known=known)
        side = SIDES.get(word)
        if not number:
            if side is None:
                raise CellEmpty(field="side")
            return self._usual_account(side, currency)
        account = self._accounts.get(number)
        if account is None:
            raise UnknownAccount(value=number[:20])
        if account.control not in Side.values:
            raise NotAControlAccount(account=number)
        if side and account.control != side:
            raise OtherSide(account=number)
        if account.currency and account.currency != currency:
            raise OtherCurrency(account=number, expected=account.currency)
        return account

    def _usual_account(self, side: Side, currency: str) -> Account:
        mine = [one for one in self._accounts.values() if one.control == side]
        foreign = [one for one in mine if one.currency and one.currency == currency]
        usual = [one for one in mine if one.purpose == side and not one.currency]
        common = [one for one in mine if one.purpose == FOREIGN[Side(side)] and not one.currency]
        found = usual
        if currency != self.company.currency:
            found = foreign if len(foreign) == 1 else common or usual
        if not found:
            raise NoControlAccount
        return found[0]

    def _base(self, cells: Cells, amount: Decimal, currency: str) -> Decimal:
        own = self.company.currency
        if not cells.get("base"):
            if currency != own:
                raise BaseMissing(currency=currency, own=own)
            return amount
        base = _amount(cells, "base")
        if currency == own and base != amount:
            raise BaseDiffers
        if base * amount < 0:
            raise OtherSign
        return base


def _text(cells: Cells, name: str) -> str:
    text = one_line(cells.get(name, ""), field=name)
    if len(text) > LONGEST[name]:
        raise TooLong(field=name, limit=LONGEST[name])
    return text


def _day(cells: Cells, name: str) -> dt.date | None:
    """A day that must be there, as ``2026-12-31`` or ``31.12.2026``."""
    if not cells.get(name):
        raise CellEmpty(field=name)
    day = read_day(cells[name])
    if day is None or day.year not in YEARS:
        raise NotADate(field=name, value=cells[name][:20])
    return day


def _amount(cells: Cells, name: str) -> Decimal:
    if not cells.get(name):
        raise CellEmpty(field=name)
    amount = typed_amount(cells[name], field=name)
    if not amount:
        raise NoAmount(field=name)
    return amount


def _discount(cells: Cells) -> tuple[Decimal, dt.date] | None:
    told = cells.get("discount_percent", "").removesuffix("%").strip()
    if not told and not cells.get("discount_until"):
        return None
    if not told or not cells.get("discount_until"):
        raise DiscountHalf(field="discount_until" if told else "discount_percent")
    try:
        percent = typed_amount(told, field="discount_percent")
    except DomainError:
        raise NotAPercentage from None
    if not 0 < percent < 100:
        raise NotAPercentage
    until = _day(cells, "discount_until")
    assert until is not None  # or it was refused
    return percent, until


def _reference(text: str) -> str:
    """As it is on the bill, without blanks; those with check digits are checked."""
    bare = text.replace(" ", "").upper()
    if bare.startswith("RF") and not iso11649.is_valid(bare):
        raise BadReference
    if len(bare) == 27 and bare.isascii() and bare.isdigit() and not esr.is_valid(bare):
        raise BadReference
    structured = bare.startswith("RF") or bare.isdigit()
    return bare if structured else text
