"""Invoices and payments for the tests of open items, posted through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.lines import Line
from accounting.ledger.posting import post
from accounting.open_items.opening import OWNER, NewItem, Party, open_items
from accounting.open_items.plans import Money
from contacts import saving
from erp.companies.models import Module
from tests import make

MARCH_1, MARCH_9, MARCH_31 = dt.date(2026, 3, 1), dt.date(2026, 3, 9), dt.date(2026, 3, 31)
APRIL_30 = dt.date(2026, 4, 30)
HUBER = Party("Huber AG")  # known by name alone
LEGACY = {"receivables": ("1100", "3200", "UN"), "payables": ("2000", "4200", "MN")}


def company(**more):
    """A company that keeps open items on both sides, liable for VAT."""
    new = make.company(**more)
    new.modules = [*new.modules, Module.RECEIVABLES, Module.PAYABLES]
    new.save()
    return new


def contact(company, name="Huber AG", **more):
    """A contact, and who it is as items say it."""
    new = saving.add_contact(company=company, by=make.owner_of(company), kind="organisation",
                             name=name, **more)  # fmt: skip
    return new, Party(new.name, new.pk)


def invoice(company, amount="1081.00", *, side="receivables", date=MARCH_1, party=HUBER, code="",
            parts=None, currency="", base=None, account=None, document="R-1", contra=None,
            cost_object=None, **more):  # fmt: skip
    """A document over ``amount`` with its item, or items; negative is a credit note."""
    control, other, _code = LEGACY[side]
    control = make.account(company, account or control)
    whole, owed = Decimal(base or amount), Decimal(amount)
    sign = 1 if side == "receivables" else -1
    value = sign * whole
    told = {"currency": currency, "amount_foreign": sign * owed} if currency else {}
    first = Line(control, **({"debit": value} if value > 0 else {"credit": -value}), **told)
    typed = TypedLine(contra or other, vat_code=code, cost_object=cost_object.number if cost_object else "",
                      **({"credit": value} if value > 0 else {"debit": -value}))  # fmt: skip
    by = make.owner_of(company)
    entry = post(company=company, date=date, text=document, by=by, owner=OWNER,
                 lines=[first, *Reader(company).lines([typed], date=date)])  # fmt: skip
    due = more.pop("due_date", date + dt.timedelta(days=30))
    items = [NewItem(Decimal(part), due, **more) for part in parts or [amount]]
    opened = open_items(entry=entry, account=control, party=party, items=items, by=by,
                        document=document)  # fmt: skip
    return opened if parts else opened[0]


def money(company, amount, *, base=None, account="1020"):
    return Money(make.account(company, account), Decimal(amount), Decimal(base or amount))


def lines_of(entry):
    """Account, debit less credit, and VAT facts of an entry's lines."""
    rows = entry.lines.order_by("position").select_related("account", "vat_code")
    return [(r.account.number, r.debit - r.credit) for r in rows]
