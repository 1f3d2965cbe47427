"""What the mask of a bank line sends (Eingabe der Abstimmung): items, accounts and the rest, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict

from accounting.banking.matching.accepting import NoSuchItem
from accounting.banking.matching.choosing import Share
from accounting.ledger.entering import TypedLine
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import Party
from erp.companies.models import Company
from erp.core.money import RATE_DIGITS, ZERO, parse_amount
from erp.web.bodies import NotUnderstood

ROW: Final = ("account", "amount", "vat_code", "cost_centre", "cost_object", "row_text")
MOST_ROWS: Final = 50
MOST_ITEMS: Final = 200
MOST_LINES: Final = 200


@dataclass(frozen=True)
class Mask:
    """What somebody typed, as it is shown again: everything is text."""

    items: dict[int, tuple[str, str]] = field(default_factory=dict)
    rows: Sequence[dict[str, str]] = ()
    text: str = ""
    rate: str = ""
    party: str = ""

    @property
    def settles(self) -> bool:
        """Whether open items change by it."""
        return bool(self.items or self.party)

    def shares(self, company: Company) -> list[Share]:
        """The items chosen; a blank amount is all that is open. Raises ``NoSuchItem``."""
        known = OpenItem.of(company).in_bulk(list(self.items))
        found = []
        for pk, (paid, discount) in self.items.items():
            if pk not in known:
                raise NoSuchItem(item=pk)
            off = _amount(discount)
            whole = known[pk].open_amount - off
            found.append(Share(pk, _amount(paid) if paid else whole, off))
        return found

    def lines(self, *, inward: bool) -> list[TypedLine]:
        """The accounts typed; a negative amount stands on the bank's own side. Raises ``NotAnAmount``."""
        return [_line(row, inward) for row in self.rows if row["account"] or row["amount"]]

    def told_rate(self) -> Decimal | None:
        return parse_amount(self.rate, decimals=RATE_DIGITS, field="rate") if self.rate else None

    def credited(self) -> Party | None:
        return Party(self.party) if self.party else None


def mask_of(posted: QueryDict) -> Mask:
    """A mask as it was sent. Raises ``NotUnderstood``."""
    items = {}
    for text in posted.getlist("item")[:MOST_ITEMS]:
        pk = number_of(text)
        items[pk] = (_told(posted, f"paid-{pk}"), _told(posted, f"discount-{pk}"))
    columns = [posted.getlist(name) for name in ROW]
    count = min(max((len(one) for one in columns), default=0), MOST_ROWS)
    rows = [
        {name: (column[nth].strip() if nth < len(column) else "")
         for name, column in zip(ROW, columns, strict=True)}
        for nth in range(count)
    ]  # fmt: skip
    told: dict[str, Any] = {name: _told(posted, name) for name in ("text", "rate", "party")}
    return Mask(items, rows, told["text"][:200], told["rate"], told["party"][:140])


def number_of(text: str) -> int:
    """An id as a form sends it. Raises ``NotUnderstood``."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotUnderstood
    return int(text)


def _told(posted: QueryDict, name: str) -> str:
    return str(posted.get(name) or "").strip()


def _amount(text: str) -> Decimal:
    return parse_amount(text, field="paid") if text else ZERO


def _line(row: dict[str, str], inward: bool) -> TypedLine:
    amount = parse_amount(row["amount"], field="amount") if row["amount"] else ZERO
    on_credit = inward == (amount > 0)
    return TypedLine(
        account=row["account"],
        debit=ZERO if on_credit else abs(amount),
        credit=abs(amount) if on_credit else ZERO,
        vat_code=row["vat_code"], cost_centre=row["cost_centre"], cost_object=row["cost_object"],
        text=row["row_text"][:200],
    )  # fmt: skip
