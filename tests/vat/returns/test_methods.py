"""One case by every method and basis, reckoned by hand, and the worked files rebuilt from postings.

The case: 10'810.00 of advice (account 3400), half of it paid; 5'405.00 of goods (3200), all paid;
500.00 exported, paid; a bill over 1'081.00, not paid. Rates of activities: 6.2 % and 2.1 %.
"""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import D, day, entry, pay, purchase, returned, sale
from vat.codes.models import VatActivity, VatSettings
from vat.returns.ech0217.head import Head
from vat.returns.ech0217.writing import written
from vat.settings.models import ActivityAccount

pytestmark = pytest.mark.django_db
UID = "CHE999999996"


def company(year, *, method):
    """Books of a year under a method; the granted activities of net and flat rates."""
    first = (dt.date(year, 1, 1), dt.date(year, 12, 31))
    new = items.company(uid=UID, first_year=first)
    VatSettings.of(new).update(method=method)
    if method != "effective":
        for code, name, percent, account in (
            ("00001", "Beratung", "6.2", "3400"), ("00002", "Handel", "2.1", "3200"),
        ):  # fmt: skip
            VatActivity.unscoped.create(company=new, activity_code=code, name=name,
                                        percent=D(percent), valid_from=first[0])  # fmt: skip
            ActivityAccount.unscoped.create(company=new, account=make.account(new, account),
                                            activity_code=code)  # fmt: skip
    return new


def the_case(books, year):
    def on(month, nth=15):
        return dt.date(year, month, nth)

    advice = sale(books, "10810.00", "UN", date=on(1), account="3400")
    goods = sale(books, "5405.00", "UN", date=on(1), account="3200")
    export = sale(books, "500.00", "UX", date=on(1), account="3201")
    purchase(books, "1081.00", "MN", date=on(2))
    pay(advice, "5405.00", date=on(2))
    pay(goods, "5405.00", date=on(3))
    pay(export, "500.00", date=on(3))


# element of eCH-0217, year, method, basis, months -> 200, rows (activity, rate, turnover), payable
CASES = [
    # 10'000 + 5'000 + 500; 15'000 x 8.1 % = 1'215.00; input tax 81.00
    ("effectiveReportingMethod", 2026, "effective", "agreed", 3, "15500.00",
     [("", "8.10", "15000.00")], "1134.00"),
    # half of 10'000 + 5'000 + 500; 10'000 x 8.1 % = 810.00; the bill is not paid
    ("effectiveReportingMethod", 2026, "effective", "received", 3, "10500.00",
     [("", "8.10", "10000.00")], "810.00"),
    # 10'810 x 6.2 % = 670.22; 5'405 x 2.1 % = 113.505; together 783.725, rounded once to 783.73
    ("simpleTaxRateMethod", 2026, "net", "agreed", 6, "16715.00",
     [("00001", "6.20", "10810.00"), ("00002", "2.10", "5405.00")], "783.73"),
    # 5'405 x 6.2 % = 335.11; 113.505; together 448.615, rounded once to 448.62
    ("simpleTaxRateMethod", 2026, "net", "received", 6, "11310.00",
     [("00001", "6.20", "5405.00"), ("00002", "2.10", "5405.00")], "448.62"),
    ("simpleTaxRateMethod", 2026, "flat", "agreed", 6, "16715.00",
     [("00001", "6.20", "10810.00"), ("00002", "2.10", "5405.00")], "783.73"),
    # until 2024 the rows of net rates are by rate, those of flat rates by the name of the activity
    ("netTaxRateMethod", 2024, "net", "agreed", 6, "16715.00",
     [("", "6.20", "10810.00"), ("", "2.10", "5405.00")], "783.73"),
    ("netTaxRateMethod", 2024, "net", "received", 6, "11310.00",
     [("", "6.20", "5405.00"), ("", "2.10", "5405.00")], "448.62"),
    ("flatTaxRateMethod", 2024, "flat", "agreed", 6, "16715.00",
     [("00001 Beratung", "6.20", "10810.00"), ("00002 Handel", "2.10", "5405.00")], "783.73"),
    ("flatTaxRateMethod", 2024, "flat", "received", 6, "11310.00",
     [("00001 Beratung", "6.20", "5405.00"), ("00002 Handel", "2.10", "5405.00")], "448.62"),
]  # fmt: skip


def head(kind=1, reference="R-1"):
    return Head(UID, "Muster Treuhand GmbH", dt.datetime(2026, 4, 20, 8, 15, tzinfo=dt.UTC), kind,
                reference)  # fmt: skip


@pytest.fixture
def schema(shared):
    path = shared / "schemas/ech-0217-2.0.0/offline/eCH-0217-2-0-0.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}-{c[2]}-{c[3]}")
def test_every_method_and_basis(case, schema):
    element, year, method, basis, months, total, rows, payable = case
    books = company(year, method=method)
    the_case(books, year)
    end = dt.date(year, 3, 31) if months == 3 else dt.date(year, 6, 30)

    found = returned(books, dt.date(year, 1, 1), end, method=method, basis=basis)

    assert found.declaration.payable == D(payable)
    tree = etree.fromstring(written(found.declaration, head()))
    schema.assertValid(tree)
    ns = {"e": "http://www.ech.ch/xmlns/eCH-0217/2"}
    assert tree.findtext(".//e:totalConsideration", namespaces=ns) == total
    part = tree.find(f"e:{element}", ns)
    told = [
        (row.findtext("e:activityID", row.findtext("e:activity", "", ns), ns),
         row.findtext("e:taxRate", None, ns), row.findtext("e:turnover", None, ns))
        for row in part.findall("e:suppliesPerTaxRate", ns)
    ]  # fmt: skip
    assert sorted(told) == sorted(rows)
    assert tree.findtext("e:payableTax", namespaces=ns) == payable
    assert (
        tree.findtext(".//e:formOfReporting", namespaces=ns)
        == {"agreed": "1", "received": "2"}[basis]
    )


def canonical(tree):
    """All elements with their text, without comments and spaces."""
    return [(el.tag, (el.text or "").strip()) for el in tree.iter() if isinstance(el.tag, str)]


def test_the_worked_file_of_the_effective_method_from_postings(shared):
    """Every amount of the file is posted, and the return is the file, to the byte of each figure."""
    books = company(2026, method="effective")
    net = {"vat_basis": "net"}
    entry(books, day(1), "1020", "3400", "80500.00", "UN", **net)
    entry(books, day(1), "1020", "3200", "9500.00", "UR", **net)
    entry(books, day(1), "1020", "3201", "10000.00", "UX")
    entry(books, day(2), "3800", "1020", "500.00", "SN", **net)
    entry(books, day(2), "6570", "1020", "2000.00", "BM")  # 162.00 owed, and deducted
    entry(books, day(2), "4200", "1020", "2338.00", "MZ")  # with the 162.00: 2'500.00
    entry(books, day(2), "4200", "1020", "1200.00", "IZ")
    entry(books, day(3), "6200", "1171", "100.00", "KN")
    entry(books, day(3), "4200", "1170", "50.00", "KZ")
    entry(books, day(3), "1020", "3600", "300.00", "ZD")

    found = returned(books, dt.date(2026, 1, 1), dt.date(2026, 3, 31))

    path = shared / "schemas/ech-0217-2.0.0/examples/CONSTRUCTED_effective_2026Q1.xml"
    assert_same(found, path, "2026Q1-1")


def test_the_worked_file_of_net_rates_from_postings(shared):
    books = company(2026, method="net")
    entry(books, day(1), "1020", "3400", "70000.00", "UN")
    entry(books, day(1), "1020", "3200", "30000.00", "UN")
    entry(books, day(1), "1020", "3401", "4000.00", "UA")
    entry(books, day(2), "6570", "1020", "1000.00", "BO")

    found = returned(books, dt.date(2026, 1, 1), dt.date(2026, 6, 30), method="net")

    path = shared / "schemas/ech-0217-2.0.0/examples/CONSTRUCTED_simple_2026H1.xml"
    assert_same(found, path, "2026H1-1")


def assert_same(found, path, reference):
    ours = etree.fromstring(written(found.declaration, head(reference=reference)))
    theirs = etree.parse(str(path)).getroot()
    sender = {"manufacturer", "product", "productVersion"}
    mine, other = (
        [(tag, text) for tag, text in canonical(tree) if tag.rpartition("}")[2] not in sender]
        for tree in (ours, theirs)
    )
    assert mine == other
