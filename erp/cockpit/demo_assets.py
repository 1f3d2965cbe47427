"""Fixed assets of the demo books: taken over, bought, depreciated, one of them sold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from accounting.assets import categories, disposing, registering, running
from accounting.assets.models import Asset
from accounting.assets.registering import LineOfEntry
from accounting.ledger import posting
from accounting.ledger.entering import Reader, simple_entry
from accounting.ledger.models import CostCentre, EntryLine, JournalEntry
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module

START: Final = dt.date(2025, 1, 1)
#: Category, name, bought on, cost, depreciated until the start, cost centre, place.
TAKEN_OVER: Final = (
    ("FA", "Lieferwagen VW Crafter", dt.date(2024, 2, 12), "48000.00", "16000.00", "20", "Werkhof"),
    (
        "MO",
        "Büroeinrichtung Bahnhofstrasse",
        dt.date(2023, 6, 1),
        "23000.00",
        "7500.00",
        "90",
        "Büro",
    ),
    ("MA", "Hubstapler Linde", dt.date(2021, 9, 15), "12000.00", "9000.00", "20", "Lager"),
)
#: Day, text, account, with VAT, and what it is registered as: name, net, cost centre, serial number.
BOUGHT: Final = (
    (dt.date(2026, 2, 12), "Formatkreissäge Altendorf F45", "1500", "18917.50",
     (("Formatkreissäge Altendorf F45", "17500.00", "20", "F45-24-1187"),)),
    (dt.date(2026, 5, 6), "2 Notebooks", "1520", "5188.80",
     (("Notebook Verkauf", "2400.00", "10", "NB-20571"), ("Notebook Verwaltung", "2400.00", "90", "NB-20572"))),
    (dt.date(2026, 10, 8), "Bildschirme Büro", "1520", "1081.00", ()),
)  # fmt: skip
RUNS: Final = (dt.date(2026, 3, 31), dt.date(2026, 6, 30), dt.date(2026, 9, 30))
SALE: Final = dt.date(2026, 8, 20)


def add_assets(company: Company, owner: User) -> None:
    """Let the company keep its assets: the register equals the books, but for one purchase that waits."""
    before = list(company.modules)
    company.modules = [*before, Module.ASSETS]
    company.save(update_fields=["modules"])
    trail.record(company=company, by=owner, action="company.change", subject=company,
                 details={"modules": [before, company.modules]})  # fmt: skip
    categories.add_defaults(company, by=owner, valid_from=START)
    kept = {one.code: one for one in categories.categories(company)}
    centres = {one.number: one for one in CostCentre.of(company)}
    for code, name, day, cost, gone, centre, place in TAKEN_OVER:
        registering.take_over(
            Asset(company=company, category=kept[code], name=name, acquired_on=day, in_service_on=day,
                  cost_centre=centres[centre], location=place),
            date=START, cost=Decimal(cost), accumulated=Decimal(gone), by=owner,
        )  # fmt: skip
    running.run(company, until=dt.date(2025, 12, 31), by=owner)
    for day, text, account, amount, parts in BOUGHT:
        entry = _entry(
            company, owner, day, text, debit=account, credit="1020", amount=amount, code="IN"
        )
        line = EntryLine.of(company).get(entry=entry, account__number=account)
        for name, net, centre, serial in parts:
            category = next(one for one in kept.values() if one.account.number == account)
            asset = Asset(company=company, category=category, name=name, acquired_on=day, in_service_on=day,
                          cost_centre=centres[centre], serial_number=serial)  # fmt: skip
            registering.register_line(
                asset, LineOfEntry(entry, line.position), by=owner, amount=Decimal(net)
            )
    for until in RUNS:
        if until > SALE:
            _sell(company, owner)
        running.run(company, until=until, by=owner)


def _sell(company: Company, owner: User) -> None:
    """The fork-lift truck, paid at once, with its VAT."""
    truck = Asset.of(company).select_related("company", "category").get(name="Hubstapler Linde")
    entry = _entry(company, owner, SALE, "Verkauf Hubstapler an Velo Meier", debit="1020", credit="8510",
                   amount="3243.00", code="UN")  # fmt: skip
    line = EntryLine.of(company).get(entry=entry, account__number="8510")
    disposing.dispose(truck, date=SALE, by=owner, sold_by=LineOfEntry(entry, line.position))


def _entry(
    company: Company, owner: User, day: dt.date, text: str, *, debit: str, credit: str, amount: str,
    code: str,
) -> JournalEntry:  # fmt: skip
    reader = Reader(company)
    typed = simple_entry(reader=reader, date=day, debit=debit, credit=credit, amount=Decimal(amount),
                         vat_code=code)  # fmt: skip
    return posting.post(company=company, date=day, text=text, lines=reader.lines(typed, date=day),
                        by=owner, voucher=f"{day:%y%m%d}")  # fmt: skip
