"""Books for the tests of VAT returns, kept through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.ledger.entering import Reader, TypedLine, simple_entry
from accounting.ledger.posting import post
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from tests import make
from tests.accounting.open_items import books as items
from vat.codes.models import VatSettings
from vat.returns.computing import Scope, compute
from vat.returns.spans import Span

D = Decimal
Q1 = (dt.date(2026, 1, 1), dt.date(2026, 3, 31))
Q2 = (dt.date(2026, 4, 1), dt.date(2026, 6, 30))
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def day(month, nth=15):
    return dt.date(2026, month, nth)


def entry(company, date, debit, credit, amount, code, **more):
    """A simple entry as it is typed: amount with its tax."""
    reader = Reader(company)
    typed = simple_entry(reader=reader, date=date, debit=debit, credit=credit, amount=D(amount),
                         vat_code=code, **more)  # fmt: skip
    return post(company=company, date=date, text=f"{code} {amount}", by=make.owner_of(company),
                lines=reader.lines(typed, date=date))  # fmt: skip


def sale(company, amount, code, date=day(1), *, account="3200", supplied=None, **more):
    """An invoice to a customer with its open item."""
    return document(company, "receivables", amount, code, date, account, supplied, **more)


def purchase(company, amount, code, date=day(1), *, account="4200", supplied=None, **more):
    """A bill of a supplier with its open item."""
    return document(company, "payables", amount, code, date, account, supplied, **more)


def document(company, side, amount, code, date, account, supplied=None, **more):
    lines = [(amount, code, account, supplied)]
    return documented(company, side, lines, date, **more)


def documented(company, side, lines, date, *, base=None, currency="", owed=None):
    """A document of several lines: (amount with tax, code, account, day of supply)."""
    from accounting.ledger.lines import Line
    from accounting.open_items.opening import OWNER, NewItem, open_items

    sign = 1 if side == "receivables" else -1
    typed = [
        TypedLine(account, vat_code=code, supply_date=supplied, **_side(-sign * D(amount)))
        for amount, code, account, supplied in lines
    ]
    whole = sum(D(amount) for amount, *_more in lines)
    foreign = {"currency": currency, "amount_foreign": sign * D(owed)} if currency else {}
    number = {"receivables": "1100", "payables": "2000"}[side]
    if currency:
        number = {"receivables": "1101", "payables": "2001"}[side]
    control, by = make.account(company, number), make.owner_of(company)
    found = post(company=company, date=date, text="Beleg", by=by, owner=OWNER, lines=[
        Line(control, **_side(sign * whole), **foreign), *Reader(company).lines(typed, date=date),
    ])  # fmt: skip
    return open_items(entry=found, account=control, party=items.HUBER, by=by, document="R-1",
                      items=[NewItem(D(owed or whole), date + dt.timedelta(days=30))])[0]  # fmt: skip


def _side(value):
    return {"debit": value} if value > 0 else {"credit": -value}


def pay(item, paid, *, date, discount="0.00", write_off="0.00", base=None):
    """A payment of an item, with what is taken off it."""
    item.refresh_from_db()
    company = item.company
    money = items.money(company, paid, base=base) if D(paid) else None
    part = Part(item, paid=D(paid), discount=D(discount), write_off=D(write_off))
    return settle(company=company, date=date, parts=[part], money=money, by=make.owner_of(company))


def scope(company, start, end, *, method="effective", basis="agreed", spans=None, **more):
    return Scope(company, start, end, method, basis, spans or [Span(start, end)], **more)


def returned(company, start, end, **more):
    """The return of some days."""
    return compute(scope(company, start, end, **more))


def form(found):
    """What stands on the form: boxes, and turnover by rate or activity."""
    told = {box: amount for box, amount in found.declaration.boxes.items() if amount}
    for row in (*found.declaration.supplies, *found.declaration.acquisitions):
        told[f"{row.box or row.activity} {row.rate}"] = row.turnover
    return told


def settled_by(company, *, method="effective", basis="agreed", interval="quarter",
               valid_from=dt.date(2026, 1, 1)):  # fmt: skip
    """Settle VAT in this way from a day on, whatever the rules for changes say."""
    VatSettings.unscoped.update_or_create(
        company=company, valid_from=valid_from,
        defaults={"method": method, "basis": basis, "interval": interval},
    )  # fmt: skip
