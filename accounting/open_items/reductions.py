"""What a discount or write-off takes back: consideration and tax, as the document had them.

The tax follows the lines of the entry that opened the item (MWSTG Art. 41): pro rata over its VAT
codes and rates, on the accounts it was booked to. Lines without VAT take their part without tax.
On sales the code is that for reductions of consideration at the same rate, box 235 of the return.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounting.ledger.lines import Line, VatFacts
from accounting.ledger.models import Account, EntryLine
from accounting.ledger.models.accounts import Rule
from accounting.open_items.models import OpenItem, Side
from erp.companies.models import Company
from erp.core.money import ZERO, split_by, to_centimes
from vat.codes.models import CodeKind, VatCode


@dataclass
class _Group:
    """The lines of a document with one VAT code, rate and day; debit positive."""

    base_lines: list[EntryLine] = field(default_factory=list)
    taxes: list[EntryLine] = field(default_factory=list)

    @property
    def net(self) -> Decimal:
        return sum((line.debit - line.credit for line in self.base_lines), ZERO)

    @property
    def whole(self) -> Decimal:
        return self.net + sum((line.debit - line.credit for line in self.taxes), ZERO)

    @property
    def vat_base(self) -> Decimal:
        """The consideration the tax was reckoned on; of import tax it stands on the tax line."""
        told = self.base_lines or self.taxes[:1]
        return sum((line.vat_base or ZERO for line in told), ZERO)


def lines_of_entries(company: Company, items: Iterable[OpenItem]) -> dict[int, list[EntryLine]]:
    """The lines of the entries that opened these items, by entry, in one query."""
    found = defaultdict[int, list[EntryLine]](list)
    rows = EntryLine.of(company).filter(entry__in={item.entry_id for item in items})
    for row in rows.select_related("account", "vat_code", "cost_centre", "cost_object").order_by(
        "position"
    ):
        found[row.entry_id].append(row)
    return found


def codes_for_reductions(company: Company) -> dict[str, VatCode]:
    """The codes for reductions of consideration (Entgeltsminderung), by class of rate; a shipped one
    before the company's own."""
    rows = VatCode.of(company).filter(kind=CodeKind.DISCOUNT, active=True).order_by("-position")
    return {code.rate_class: code for code in rows}


def reduction(
    item: OpenItem, amount: Decimal, *, account: Account,
    stored: Mapping[int, Sequence[EntryLine]], codes: Mapping[str, VatCode],
) -> list[Line]:  # fmt: skip
    """The lines that take ``amount`` back from what the item's document brought, or cost.

    ``amount`` is in the company's currency, in the direction of the side; ``account`` takes the
    consideration. The lines come to the amount exactly.
    """
    groups = [
        g for g in _groups(item, stored[item.entry_id]) if -item.sign * _way(item) * g.whole > 0
    ]
    if not groups:
        return [_line(account, item.sign * amount)]
    parts = split_by(amount, [abs(group.whole) for group in groups])
    return [
        line
        for group, part in zip(groups, parts, strict=True)
        if part
        for line in _of_group(group, item.sign * part, account, codes)
    ]


def _way(item: OpenItem) -> int:
    return -1 if item.is_credit else 1


def _groups(item: OpenItem, lines: Sequence[EntryLine]) -> list[_Group]:
    found = defaultdict[Any, _Group](_Group)
    for line in lines:
        if line.account.control in Side.values:
            continue
        key = (line.vat_code_id, line.vat_rate, line.supply_date)
        place = (
            found[key].taxes if line.vat_part == EntryLine.VatPart.TAX else found[key].base_lines
        )
        if line.vat_code_id or -item.sign * _way(item) * (line.debit - line.credit) > 0:
            place.append(line)
    return list(found.values())


def _of_group(
    group: _Group, amount: Decimal, account: Account, codes: Mapping[str, VatCode]
) -> list[Line]:
    whole, facts = group.whole, (group.base_lines or group.taxes)[0]
    if facts.vat_code is None:
        return [_line(account, amount, of=facts)]
    taxes = [
        (line, to_centimes(amount * (line.debit - line.credit) / whole)) for line in group.taxes
    ]
    net = amount - sum((tax for _line, tax in taxes), ZERO)
    base = net if group.vat_base == group.net else to_centimes(amount * group.vat_base / whole)
    assert (
        facts.vat_rate is not None and facts.supply_date is not None
    )  # stored whole or not at all
    told: dict[str, Any] = {
        "code": _code(facts.vat_code, codes), "rate": facts.vat_rate, "base": base,
        "supply_date": facts.supply_date,
    }  # fmt: skip
    lines = []
    if net:
        lines.append(_line(account, net, of=facts, vat=VatFacts(part="B", **told)))
    lines += [
        _line(line.account, tax, vat=VatFacts(part="T", **told)) for line, tax in taxes if tax
    ]
    return lines


def _code(code: VatCode, codes: Mapping[str, VatCode]) -> VatCode:
    return codes.get(code.rate_class, code) if code.kind == CodeKind.OUTPUT else code


def _line(
    account: Account, amount: Decimal, *, of: EntryLine | None = None, vat: VatFacts | None = None
) -> Line:
    """A line of an amount that is debit positive; the cost centre and object are those of the document."""
    side = {"debit": amount} if amount > 0 else {"credit": -amount}
    centre = of.cost_centre if of and account.cost_centre_rule != Rule.NO else None
    unit = of.cost_object if of and account.cost_object_rule != Rule.NO else None
    return Line(account, **side, cost_centre=centre, cost_object=unit, vat=vat)  # type: ignore[arg-type]
