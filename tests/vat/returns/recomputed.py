"""A return reckoned a second time, in plain Python from the rows of the ledger and of settlements."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.open_items.models import OpenItem, Settlement

D = Decimal
CENT = D("0.01")
ROWS = {("UN", D("8.10")): "303", ("UN", D("7.70")): "302", ("UR", D("2.60")): "313",
        ("SN", D("8.10")): "303", ("SN", D("7.70")): "302", ("SR", D("2.60")): "313"}  # fmt: skip
INPUT = {"MN": "400", "BM": "400", "IN": "405", "KN": "415"}


def rounded(amount):
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def half_up(amount):
    return (amount * 100 + D("0.5")).to_integral_value(ROUND_FLOOR) / 100


class Ledger:
    """All that is posted, read row by row."""

    def __init__(self, company):
        self.entries = {e.pk: e for e in JournalEntry.of(company).exclude(number=None)}
        self.owing = Account.of(company).get(purpose="acquisition_tax").pk
        self.groups = defaultdict(list)
        lines = defaultdict(list)
        for line in EntryLine.of(company).exclude(vat_code=None).select_related("vat_code"):
            key = (line.entry_id, line.vat_code.code, line.vat_rate, line.supply_date)
            lines[key].append(line)
        for (entry, code, rate, _day), rows in lines.items():
            base = sum((r.vat_base for r in rows if r.vat_part == "B"), D(0))
            taxes = [r for r in rows if r.vat_part == "T"]
            tax = sum((r.debit - r.credit for r in taxes if r.account_id != self.owing), D(0))
            owed = sum((r.debit - r.credit for r in taxes if r.account_id == self.owing), D(0))
            self.groups[entry].append((code, rate, base, tax, owed))
        self.items, self.moves = defaultdict(list), defaultdict(list)
        opened = {item.pk: item for item in OpenItem.of(company)}
        for item in opened.values():
            self.items[item.entry_id].append(item)
        self.settles = set()
        for row in Settlement.of(company).select_related("undoes"):
            self.settles.add(row.entry_id)
            kind = row.undoes.kind if row.undoes else row.kind
            if kind != "currency":
                self.moves[opened[row.item_id].entry_id].append(row)

    def is_document(self, pk):
        entry = self.entries[pk]
        return entry.source not in {"bank", "cash"} and pk in self.items and pk not in self.settles

    def counted(self, start, end, basis):
        """What counts in some days: code, rate, base, tax, and acquisition tax owed."""
        for pk, groups in self.groups.items():
            entry = self.entries[pk]
            if basis == "agreed" or not self.is_document(pk):
                if start <= entry.date <= end and entry.kind != "opening":
                    yield from groups
            else:
                yield from self._by_payment(pk, start, end)

    def _by_payment(self, document, start, end):
        total = sum((item.base for item in self.items[document]), D(0))
        rows = sorted(self.moves[document],
                      key=lambda row: (self.entries[row.entry_id].chain_position, row.pk))  # fmt: skip
        so_far = D(0)
        for row in rows:
            before, so_far = so_far, so_far + row.base
            if start <= self.entries[row.entry_id].date <= end and total:
                for code, rate, *amounts in self.groups[document]:
                    yield (
                        code,
                        rate,
                        *(
                            rounded(a * so_far / total) - rounded(a * before / total)
                            for a in amounts
                        ),
                    )


def declared(company, start, end, basis):
    """Boxes and rows of a return by the effective method, with what is to be paid."""
    told = defaultdict(D)
    for code, rate, base, tax, owed in Ledger(company).counted(start, end, basis):
        if code in {"UN", "UR", "UX"}:
            told["200"] -= base
        if code == "UX":
            told["220"] -= base
        if code in {"SN", "SR"}:
            told["200" if basis == "received" else "235"] += base * (
                -1 if basis == "received" else 1
            )
        if (code, rate) in ROWS:
            told[f"{ROWS[code, rate]} {rate}"] -= base
        if code == "BM":
            told[f"383 {rate}"] += base
        if code in INPUT:
            told[INPUT[code]] += -tax if code == "KN" else tax
        if code == "ZS":
            told["900"] -= base
        assert (code == "BM") or not owed
    due = sum(
        (amount * D(row.split()[1]) / 100 for row, amount in told.items() if " " in row), D(0)
    )
    payable = half_up(due) - told["400"] - told["405"] + told["415"]
    return {box: amount for box, amount in told.items() if amount}, payable


def declared_net(company, start, end, basis, percents):
    """Gross turnover by percent of its account, with what is to be paid; books kept by net tax rates.

    Every code stands on one account alone.
    """
    by_percent, acquired = defaultdict(D), D(0)
    for code, rate, base, _tax, _owed in Ledger(company).counted(start, end, basis):
        if code in {"UN", "UR", "SN", "SR"}:
            by_percent[percents[code]] -= base
        elif code == "BM":
            acquired += base * rate / 100
    due = sum((amount * percent / 100 for percent, amount in by_percent.items()), D(0))
    return {p: a for p, a in by_percent.items() if a}, half_up(due + acquired)
