"""The return as a file: valid, as the official examples are built, and refused where it is wrong."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from erp.core.version import VERSION
from tests.examples import cases
from tests.vat.declarations import EFFECTIVE, HEAD, NET_2024, SIMPLE, declarations
from vat.returns.ech0217 import Head, Submission, refusals, written
from vat.returns.ech0217.refused import PortalRefusal
from vat.returns.ech0217.writing import NAMESPACE
from vat.returns.form import Declaration, RateRow

ROOT = Path(__file__).resolve().parents[2]
ONE = Decimal("1.12")
#: Forms 1050, 1055 and 1056 (credits under net rates) were taken out in 2025; nothing keeps them.
GONE = {"compilationCompensationExport", "compilationDeemedInputTaxDeduction",
        "compilationMarginTaxation"}  # fmt: skip


@pytest.fixture(scope="session")
def folder(shared):
    return shared / "schemas/ech-0217-2.0.0"


@pytest.fixture(scope="session")
def schema(folder):
    return etree.XMLSchema(etree.parse(folder / "offline/eCH-0217-2-0-0.xsd"))


def codes(declaration: Declaration, head: Head = HEAD, **more) -> list[str]:
    found = refusals(declaration, head, **more)
    assert all(isinstance(one, PortalRefusal) and one.place and str(one) for one in found)
    return [one.code for one in found]


def text(content: bytes, path: str) -> str | None:
    return etree.fromstring(content).findtext(path, namespaces={"e": NAMESPACE})


# --- written ----------------------------------------------------------------------------------------
@settings(
    max_examples=cases(400, each_time=80), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(declaration=declarations())
def test_what_is_not_refused_is_valid_by_the_schema(schema, declaration):
    assert codes(declaration) == []
    content = written(declaration, HEAD)
    assert schema.validate(etree.fromstring(content)), schema.error_log
    assert content == written(declaration, HEAD)
    assert text(content, "e:payableTax") == f"{declaration.payable or 0:.2f}"


def shape(element, values: bool):
    """An element as nested tuples: name, text (if it counts) and children in order."""
    children = [
        shape(child, values) for child in element
        if isinstance(child.tag, str) and etree.QName(child).localname not in GONE
    ]  # fmt: skip
    told = (element.text or "").strip() if values and not children else ""
    return (element.tag, told, children)


FULL = dict.fromkeys(("200", "220", "221", "225", "230", "235", "280", "900", "910"), ONE)
JANUARY, DECEMBER = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
OLD = {"start": dt.date(2024, 1, 1), "end": dt.date(2024, 12, 31)}
ROW, NIL = RateRow("303", Decimal(0), ONE, "00001", "token"), RateRow("383", Decimal(0), ONE)
EXAMPLES = [
    ("eCH-0217_V2.0.0_example_effectiveReportingMethod.xml", Declaration(
        JANUARY, DECEMBER, "effective", "agreed",
        FULL | dict.fromkeys(("205", "400", "405", "410", "415", "420"), ONE),
        (RateRow("303", Decimal(0), ONE),), (NIL,), note_280="token")),
    ("eCH-0217_V2.0.0_example_netTaxRateMethod.xml", Declaration(
        **OLD, method="net", basis="agreed", boxes=FULL, supplies=(ROW,), acquisitions=(NIL,),
        note_280="token")),
    ("eCH-0217_V2.0.0_exemple_flatTaxRateMethode.xml", Declaration(
        **OLD, method="flat", basis="agreed", boxes=FULL, supplies=(ROW,), acquisitions=(NIL,),
        note_280="token")),
    ("eCH-0217_V2.0.0_example_simpleTaxRateMethod.xml", Declaration(
        JANUARY, DECEMBER, "flat", "agreed", FULL | {"415": ONE}, (ROW,), (NIL,),
        note_280="token")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "declaration"), EXAMPLES)
def test_official_examples_are_built_alike(folder, name, declaration):
    official = etree.parse(folder / "examples" / name).getroot()
    ours = etree.fromstring(written(declaration, HEAD))
    assert shape(ours, values=False) == shape(official, values=False)
    assert ours.nsmap.items() <= official.nsmap.items()


@pytest.mark.parametrize(
    ("name", "declaration", "reference"),
    [
        ("CONSTRUCTED_effective_2026Q1.xml", EFFECTIVE, "2026Q1-1"),
        ("CONSTRUCTED_simple_2026H1.xml", SIMPLE, "2026H1-1"),
    ],
)
def test_worked_files_come_out_with_every_value(folder, name, declaration, reference):
    wanted = etree.parse(folder / "examples" / name).getroot()
    sender = wanted.find("e:generalInformation/e:sendingApplication", {"e": NAMESPACE})
    for element, value in zip(sender, ("Rappen", "Rappen", VERSION), strict=True):
        element.text = value
    head = replace(HEAD, reference=reference)
    assert refusals(declaration, head) == []
    ours = etree.fromstring(written(declaration, head))
    assert shape(ours, values=True) == shape(wanted, values=True)


def test_the_program_tells_its_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION and len(VERSION) <= 10


def test_a_nil_return_still_says_what_turnover_was(schema):
    nil = Declaration(JANUARY, dt.date(2026, 3, 31), "effective", "received", {}, (), ())
    content = written(nil, replace(HEAD, kind=Submission.CORRECTION))
    assert schema.validate(etree.fromstring(content)) and codes(nil) == []
    assert text(content, "e:turnoverComputation/e:totalConsideration") == "0.00"
    assert text(content, "e:payableTax") == "0.00"
    assert text(content, "e:generalInformation/e:formOfReporting") == "2"
    assert text(content, "e:generalInformation/e:typeOfSubmission") == "2"
    assert text(content, "e:otherFlowsOfFunds/e:donations") is None


def test_a_credit_is_negative_and_zero_has_no_sign():
    credit = replace(EFFECTIVE, boxes=EFFECTIVE.boxes | {"405": Decimal("10000.00"),
                                                         "410": Decimal("-0.00")})  # fmt: skip
    content = written(credit, HEAD)
    assert text(content, "e:payableTax") == "-5461.00"  # 3339 + 1200 - 10000
    assert b"-0.00" not in content and b"subsequentInputTaxDeduction" not in content


@pytest.mark.parametrize(
    ("method", "end", "element"),
    [
        ("effective", dt.date(2024, 12, 31), "effectiveReportingMethod"),
        ("effective", dt.date(2026, 12, 31), "effectiveReportingMethod"),
        ("net", dt.date(2024, 12, 31), "netTaxRateMethod"),
        ("flat", dt.date(2024, 12, 31), "flatTaxRateMethod"),
        ("net", dt.date(2025, 12, 31), "simpleTaxRateMethod"),
        ("flat", dt.date(2025, 12, 31), "simpleTaxRateMethod"),
    ],
)
def test_method_and_period_choose_the_element(method, end, element):
    nil = Declaration(end.replace(month=1, day=1), end, method, "agreed", {}, (), ())
    root = etree.fromstring(written(nil, HEAD))
    assert etree.QName(root[2]).localname == element and codes(nil) == []


def test_rows_of_one_rate_are_one_and_rows_of_one_activity_too():
    twice = replace(EFFECTIVE, supplies=(
        RateRow("303", Decimal("8.10"), Decimal("30000.00")),
        RateRow("303", Decimal("8.1"), Decimal("50000.00")), EFFECTIVE.supplies[1]))  # fmt: skip
    assert written(twice, HEAD) == written(EFFECTIVE, HEAD)
    same_rate = replace(SIMPLE, supplies=tuple(
        replace(row, rate=Decimal("6.2")) for row in SIMPLE.supplies))  # fmt: skip
    assert written(same_rate, HEAD).count(b"activityID>0000") == 2


def test_what_makes_no_file_is_a_bug():
    with pytest.raises(ValueError, match="none"):
        written(replace(EFFECTIVE, method="none"), HEAD)
    with pytest.raises(ValueError, match="time zone"):
        written(EFFECTIVE, replace(HEAD, generated_at=dt.datetime(2026, 4, 20)))


# --- arithmetic: worked cases of the specification ---------------------------------------------------
def activity(turnover: str, rate: str, rows: int = 1, **more) -> Declaration:
    return Declaration(
        JANUARY, dt.date(2026, 6, 30), "net", "agreed", {"200": Decimal(turnover) * rows},
        tuple(RateRow("", Decimal(rate), Decimal(turnover), f"0000{n}", "A") for n in range(rows)),
        (), **more,
    )  # fmt: skip


def test_nothing_is_rounded_before_the_end():
    """Three rows of 0.05 at 10 % are 0.015, which is 0.02; rounded each, they were 0.03."""
    assert text(written(activity("0.05", "10", rows=3), HEAD), "e:payableTax") == "0.02"


def test_the_end_is_rounded_to_a_centime_or_down_to_five():
    """123'456.78 at 6.1 % is 7530.86358: 7530.86, in favour of who pays 7530.85."""
    exact = activity("123456.78", "6.1")
    down = replace(exact, round_down=True)
    assert text(written(exact, HEAD), "e:payableTax") == "7530.86"
    assert text(written(down, HEAD), "e:payableTax") == "7530.85"
    assert codes(exact) == codes(down) == []


# --- refused ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uid": ""}, "vat.uid_missing"),
        ({"uid": "CHE999999997"}, "vat.uid_wrong"),
        ({"uid": "CHE-999.999.996"}, "vat.uid_wrong"),
        ({"uid": "CHE099999999"}, "vat.uid_wrong"),
        ({"name": " "}, "vat.file_length"),
        ({"name": "A" * 256}, "vat.file_length"),
        ({"name": "A\x01B"}, "vat.file_characters"),
        ({"kind": 4}, "vat.submission_unknown"),
        ({"reference": ""}, "vat.file_length"),
        ({"reference": "R" * 51}, "vat.file_length"),
    ],
)
def test_who_files_is_told_by_the_rules(changes, code):
    assert codes(EFFECTIVE, replace(HEAD, **changes)) == [code]
    assert codes(EFFECTIVE, replace(HEAD, name="A" * 255, reference="R" * 50)) == []


@pytest.mark.parametrize(
    ("method", "start", "end", "code", "at_edge"),
    [
        ("effective", "2026-01-01", "2026-02-28", "vat.period_length", None),
        ("effective", "2026-01-01", "2026-06-30", "vat.period_length", None),
        ("effective", "2026-04-01", "2026-04-30", None, None),
        ("effective", "2026-01-01", "2026-12-31", None, None),
        ("net", "2026-01-01", "2026-03-31", "vat.period_length", None),
        ("net", "2026-01-01", "2026-12-31", None, None),
        ("flat", "2026-01-01", "2026-03-31", None, None),
        ("effective", "2026-01-15", "2026-03-31", "vat.period_not_whole_months", None),
        ("effective", "2026-01-01", "2026-03-30", "vat.period_not_whole_months", None),
        ("effective", "2026-03-31", "2026-01-01", "vat.period_backwards", "vat.period_backwards"),
        ("net", "2024-07-01", "2025-06-30", "vat.period_across_years", "vat.period_across_years"),
        ("effective", "2024-12-01", "2025-02-28", "vat.period_across_years",
         "vat.period_across_years"),
    ],
)  # fmt: skip
def test_periods_have_the_lengths_of_their_method(method, start, end, code, at_edge):
    days = (dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    nil = Declaration(*days, method, "agreed", {}, (), ())
    assert codes(nil) == ([code] if code else [])
    assert codes(nil, edge=True) == ([at_edge] if at_edge else [])


def test_a_period_across_the_change_of_2025_says_where_to_part_it():
    across = Declaration(dt.date(2024, 7, 1), dt.date(2025, 6, 30), "net", "agreed", {}, (), ())
    (refusal,) = refusals(across, HEAD)
    assert refusal.portal == "MWST-0003" and refusal.place == "end"
    assert "31.12.2024" in str(refusal) and "01.01.2025" in str(refusal)


def with_row(declaration: Declaration, **changes) -> Declaration:
    first, *others = declaration.supplies
    return replace(declaration, supplies=(replace(first, **changes), *others))


def with_boxes(declaration: Declaration, **boxes: str) -> Declaration:
    told = {name.removeprefix("b"): Decimal(amount) for name, amount in boxes.items()}
    return replace(declaration, boxes=declaration.boxes | told)


MANY = tuple(RateRow("", Decimal("0.1"), Decimal("1.00"), f"{n:05}", "A") for n in range(101))


@pytest.mark.parametrize(
    ("declaration", "wanted"),
    [
        (replace(EFFECTIVE, method="none"), ["vat.method_not_filed"]),
        (with_boxes(SIMPLE, b205="1"), ["vat.box_not_in_method"]),
        (with_boxes(SIMPLE, b400="1", b405="1", b410="1", b420="1"), ["vat.box_not_in_method"] * 4),
        (with_boxes(SIMPLE, b415="1"), []),
        (with_boxes(NET_2024, b415="1"), ["vat.box_not_in_method"]),
        (with_boxes(NET_2024, b470="1", b471="1"), ["vat.box_not_in_method"] * 2),
        (with_boxes(EFFECTIVE, b299="1"), ["vat.box_not_in_method"]),
        (with_boxes(SIMPLE, b400="0.00"), []),
        (with_boxes(EFFECTIVE, b900="0.005"), ["vat.file_decimals"]),
        (with_boxes(EFFECTIVE, b400="1.005"), ["vat.file_decimals"]),
        (with_row(EFFECTIVE, turnover=Decimal("79999.995")),
         ["vat.file_decimals", "vat.turnover_differs"]),
        (with_boxes(EFFECTIVE, b280="10", b200="100010"), ["vat.note_missing"]),
        (replace(with_boxes(EFFECTIVE, b280="10", b200="100010"), note_280="x" * 51),
         ["vat.file_length"]),
        (replace(with_boxes(EFFECTIVE, b280="10", b200="100010"), note_280="x" * 50), []),
        (replace(EFFECTIVE, note_280="x" * 51), []),
        (with_row(EFFECTIVE, rate=Decimal(0)), ["vat.rate_missing"]),
        (with_row(EFFECTIVE, rate=Decimal("8.125")), ["vat.rate_impossible"]),
        (with_row(EFFECTIVE, rate=Decimal("100.01")), ["vat.rate_impossible"]),
        (with_row(EFFECTIVE, box=""), ["vat.no_box_for_rate"]),
        (with_row(EFFECTIVE, box="313"), ["vat.rates_mixed"]),
        (with_row(SIMPLE, activity="00002"), ["vat.rates_mixed"]),
        (with_row(SIMPLE, activity=""), ["vat.activity_missing"]),
        (with_row(SIMPLE, activity="001"), ["vat.activity_code_wrong"]),
        (with_row(SIMPLE, activity="00 01"), ["vat.activity_code_wrong"]),
        (with_row(NET_2024, box=""), ["vat.no_box_for_rate"]),
        (with_row(replace(NET_2024, method="flat"), activity="", name=""),
         ["vat.activity_missing"]),
        (with_row(replace(NET_2024, method="flat"), name="x" * 95), ["vat.file_length"]),
        (replace(SIMPLE, boxes={"200": Decimal("101.00")}, supplies=MANY), ["vat.too_many_rows"]),
        (replace(SIMPLE, boxes={"200": Decimal("100.00")}, supplies=MANY[1:]), []),
        (with_boxes(EFFECTIVE, b200="100000.01"), ["vat.turnover_differs"]),
        (with_boxes(SIMPLE, b235="0.01"), ["vat.turnover_differs"]),
    ],
)  # fmt: skip
def test_what_the_portal_refuses_is_refused_here(declaration, wanted):
    assert codes(declaration) == wanted


class Misreckoned(Declaration):
    payable = Decimal("3339.01")


def test_a_tax_that_the_rows_do_not_give_is_refused():
    parts = {name: getattr(EFFECTIVE, name) for name in Declaration.__dataclass_fields__}
    (refusal,) = refusals(Misreckoned(**parts), HEAD)
    assert (refusal.code, refusal.portal) == ("vat.payable_differs", "MWST-0006")
    assert refusal.values == {"value": Decimal("3339.01"), "reckoned": Decimal("3339.00")}


def test_acquisitions_do_not_belong_to_the_turnover():
    acquired = RateRow("383", Decimal("8.1"), Decimal("7.00"))
    assert codes(replace(EFFECTIVE, acquisitions=(acquired,))) == []
    assert codes(replace(EFFECTIVE, acquisitions=(replace(acquired, box=""),))) == [
        "vat.no_box_for_rate"
    ]


def test_a_third_net_rate_until_2024_has_no_row():
    third = RateRow("", Decimal("0.1"), Decimal("1.00"), "00003", "Handel")
    second = RateRow("333", Decimal("0.6"), Decimal("1.00"), "00002", "Druck")
    two = replace(with_boxes(NET_2024, b200="50001"), supplies=(*NET_2024.supplies, second))
    three = replace(with_boxes(two, b200="50002"), supplies=(*two.supplies, third))
    assert codes(two) == []
    assert codes(three) == ["vat.no_box_for_rate", "vat.too_many_rows"]


def test_refusals_tell_value_and_remedy():
    (refusal,) = refusals(with_boxes(EFFECTIVE, b200="100000.01"), HEAD)
    assert refusal.portal == "MWST-0005" and refusal.place == "box_299"
    assert refusal.values == {"value": Decimal("89500.01"), "rows": Decimal("89500.00"),
                              "difference": Decimal("0.01")}  # fmt: skip
    (refusal,) = refusals(with_row(SIMPLE, activity="12"), HEAD)
    assert refusal.place == "supplies[0].activity" and refusal.values == {"value": "12"}
