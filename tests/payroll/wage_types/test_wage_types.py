"""Wage types: founded, changed, taken back, copied, deleted; pages and endpoints."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from erp.audit.models import AuditEvent
from erp.cockpit.members import change_company
from erp.companies.models import Module
from erp.core.errors import Refusals
from payroll.wage_types import catalogue, queries, refusals, saving, usage
from payroll.wage_types.founding import found_types
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import FLAGS, NAMES, shipped_types, usual_accounts
from payroll.wages.kinds import Base, Kind, Method
from tests import make
from tests.erp.client import new_key, problem

pytestmark = pytest.mark.django_db
D = Decimal
ANY = {"HTTP_IF_MATCH": "*"}


def number(company, one):
    return WageType.of(company).select_related("company", "account").get(number=one)


def codes(found):
    return {(one.place, one.code) for one in found.value.refusals}


# What is shipped


def test_the_flags_are_those_of_the_shared_list(shared):
    """Source of the flags: the list of wage types beside the reference tenant."""
    columns = {"ahv_alv": ("is_ahv", "is_alv", "is_fak", "is_bvg"), "uvg_uvgz": ("is_uvg", "is_uvgz"),
               "ktg": ("is_ktg",), "qst": ("is_taxed",), "gross": ("is_gross",)}  # fmt: skip
    boxes = {"7 (and 10.1)": "7+10.1", "7 (and 10.2)": "7+10.2", "none (not box 9)": "",
             "reduces 2.2": "2.2"}  # fmt: skip
    with (shared / "payroll" / "wage_types.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] != "total"]
    assert len(rows) > 85
    for row in rows:
        values = shipped_types()[int(row["number"])].values
        if row["number"] == "5150":  # it lowers the benefit of 1910, and what is reckoned of that
            flags_of = (shipped_types()[1910].values[one] for one in FLAGS.values())
            assert [values[one] for one in FLAGS.values()] == list(flags_of)
            continue
        for column, flags in columns.items():
            for flag in flags:
                assert values[flag] == (row[column] == "1"), (row["number"], flag)
        assert values["name_de"] == row["name_de"] and values["kind"] == row["kind"]
        assert values["box"] == boxes.get(row["cert_box"], row["cert_box"]), row["number"]
        assert values["is_periodic"] == (row["qst_periodicity"] != "aperiodic"), row["number"]


def test_each_role_has_one_type_and_each_account_is_in_the_chart():
    roles = [one.values["role"] for one in shipped_types().values() if one.values["role"]]
    assert sorted(roles) == sorted(set(WageType.Role.values) - {""})
    company = make.company()
    there = set(queries.accounts_of(company))
    for one in shipped_types().values():
        told = one.account.removeprefix("@")
        known = usual_accounts() if one.account.startswith("@") else there
        assert not told or told in known, one
        assert all(one.values[name] for name in NAMES), one
    for accounts in usual_accounts().values():
        assert {accounts.liability, accounts.expense} <= there


def test_a_company_gets_its_types_when_it_switches_payroll_on():
    company = make.company()
    anna = make.owner_of(company)
    assert not WageType.of(company).exists()
    change_company(company, by=anna, modules=[*company.modules, Module.PAYROLL])
    assert WageType.of(company).count() == len(shipped_types())
    one = number(company, 1005)
    one.name_de = "Stundenlohn netto"
    one.save()
    WageType.of(company).filter(number=1006).delete()
    assert found_types(company=company, by=anna) == 1  # only what is missing
    assert number(company, 1005).name_de == "Stundenlohn netto"
    assert found_types(company=company, by=anna) == 0
    assert AuditEvent.of(company).filter(action="wage_types.found").count() == 2


def test_the_catalogue_is_one_query(company):
    with CaptureQueriesContext(connection) as asked:
        types = catalogue.of(company, "fr")
    assert len(asked) == 1
    assert types["1000"].name == "Salaire mensuel" and types["1000"].kind == Kind.EARNING
    assert types["1000"].bases == frozenset(Base)
    assert types["2000"].bases == frozenset(Base) - {Base.UVG, Base.UVGZ}
    assert types["3000"].bases == {Base.QST, Base.GROSS} and types["3000"].box == "1"
    assert types["1005"].method == Method.QUANTITY
    assert not types["1203"].periodic and types["1200"].periodic
    with CaptureQueriesContext(connection) as asked:
        roles = catalogue.roles(company)
    assert len(asked) == 1 and roles["monthly_wage"] == 1000 and roles["uvgz"] == 5042
    with CaptureQueriesContext(connection) as asked:
        both = catalogue.whole(company, ["de", "it"])
    assert len(asked) == 1 and both.roles == roles
    assert both.types["it"]["5010"].name == "Contributo AVS/AI/IPG"


# Acts


def test_an_own_type_is_added_changed_and_deleted(company, anna):
    account = make.account(company, "5000")
    one = saving.save_type(
        company=company, by=anna, number=1062, name_de="Überstunden 150 %", kind="earning",
        method="percent", percent=D("12.5"), of_types=[1005, 1000], is_ahv=True, box="1", account=account,
    )  # fmt: skip
    assert (one.of_types, one.version, one.is_shipped) == ([1000, 1005], 1, False)
    saving.save_type(company=company, by=anna, row=one, version=1, is_active=False)
    with pytest.raises(refusals.TypeChanged):
        saving.save_type(company=company, by=anna, row=one, version=1, box="2.1")
    changed = AuditEvent.of(company).get(action="wage_type.change").details
    assert changed == {"number": 1062, "is_active": [True, False]}
    saving.delete_type(number(company, 1062), by=anna)
    assert not WageType.of(company).filter(number=1062).exists()


def test_all_that_is_wrong_is_told_at_once(company, anna):
    with pytest.raises(Refusals) as found, transaction.atomic():
        saving.save_type(company=company, by=anna, number=1000, kind="zulage", method="percent", box="99",
                         role="ahv", account=make.account(company, "1091"), name_de="a\nb")  # fmt: skip
    assert codes(found) == {
        ("number", "wagetypes.number_taken"), ("kind", "wagetypes.unknown_choice"),
        ("percent", "wagetypes.percent_missing"), ("box", "wagetypes.unknown_choice"),
        ("role", "wagetypes.role_taken"), ("account", "wagetypes.wrong_account"),
        ("name_de", "core.not_one_line"),
    }  # fmt: skip
    with pytest.raises(Refusals) as found, transaction.atomic():
        saving.save_type(company=company, by=anna, number=0, kind="earning")
    assert codes(found) == {("number", "wagetypes.bad_number"), ("name_de", "wagetypes.name_missing"),
                            ("account", "wagetypes.account_missing")}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "code"),
    [({"number": 1001}, "number_fixed"), ({"kind": "expense"}, "kind_fixed"),
     ({"role": ""}, "kind_fixed")],
)  # fmt: skip
def test_a_shipped_type_stays_what_it_is(company, anna, told, code):
    with pytest.raises(Refusals) as found, transaction.atomic():
        saving.save_type(company=company, by=anna, row=number(company, 1000), **told)
    assert [one.code for one in found.value.refusals] == [f"wagetypes.{code}"]
    with pytest.raises(refusals.NotDeletable):
        saving.delete_type(number(company, 1001), by=anna)


def test_percentages_never_go_round(company, anna):
    own = {"kind": "earning", "account": make.account(company, "5000"), "method": "percent",
           "percent": D(10)}  # fmt: skip
    saving.save_type(company=company, by=anna, number=1301, name_de="A", of_types=[1000], **own)
    b = saving.save_type(company=company, by=anna, number=1302, name_de="B", of_types=[1301], **own)
    for of_types, code in (([1302, 1000], "goes_round"), ([1301], "goes_round"), ([], "of_nothing"),
                           ([4711], "unknown_types")):  # fmt: skip
        row = number(company, 1301) if code != "goes_round" or 1302 in of_types else b
        told = [row.number] if of_types == [1301] else of_types
        with pytest.raises(Refusals) as found, transaction.atomic():
            saving.save_type(company=company, by=anna, row=row, of_types=told)
        assert codes(found) == {("of_types", f"wagetypes.{code}")}, of_types
    with pytest.raises(refusals.StillUsed):
        saving.save_type(company=company, by=anna, row=number(company, 1301), is_active=False)
    with pytest.raises(refusals.StillUsed):
        saving.delete_type(number(company, 1301), by=anna)


def test_what_is_needed_stays_on(company, anna, monkeypatch):
    with pytest.raises(refusals.StillNeeded):
        saving.save_type(company=company, by=anna, row=number(company, 5010), is_active=False)
    held = usage.Use("wiederkehrende Löhne", lambda _company: {1033}, holds=True)
    monkeypatch.setitem(usage._uses, "recurring", held)
    with pytest.raises(refusals.StillUsed, match="wiederkehrende Löhne"):
        saving.save_type(company=company, by=anna, row=number(company, 1033), is_active=False)
    assert not saving.save_type(
        company=company, by=anna, row=number(company, 1072), is_active=False
    ).is_active


def test_a_changed_flag_is_told_and_taken_back(company, anna):
    row = saving.save_type(
        company=company, by=anna, row=number(company, 2000), box="7", is_ktg=False
    )
    assert saving.differences(row) == {"box": ("1", "7"), "is_ktg": (True, False)}
    assert [one.type.number for one in queries.listing(company, state="changed")] == [2000]
    saving.take_back(row, by=anna)
    assert saving.differences(number(company, 2000)) == {}
    assert AuditEvent.of(company).filter(action="wage_type.reset").count() == 1
    own = saving.save_type(company=company, by=anna, number=9000, name_fr="Divers", kind="info")
    with pytest.raises(refusals.NotShipped):
        saving.take_back(own, by=anna)


@pytest.mark.parametrize(
    ("which", "debit", "credit", "payout"),
    [(1000, "5000", "1091", 100), (5010, "1091", "2271", -100), (3000, "2271", "1091", 100),
     (6000, "5820", "1091", 100), (6530, "1091", "2210", -100), (2065, None, None, 0)],
)  # fmt: skip
def test_what_an_amount_does(company, which, debit, credit, payout):
    told = queries.example(number(company, which), queries.accounts_of(company))
    sides = [side and side.number for side in (told.debit, told.credit)]
    assert (sides, told.payout) == ([debit, credit], D(payout))


# Edges


def test_the_list_asks_the_same_for_more_and_is_taken_along(company, anna, page):
    address = page.start + "wage-types/"
    with CaptureQueriesContext(connection) as few:
        text = page.get(address, {"q": "stundenlohn"}).content.decode()
    assert "Stundenlohn" in text and "Monatslohn<" not in text
    with CaptureQueriesContext(connection) as many:
        page.get(address, {"state": "all"})
    assert len(few) == len(many)
    lines = page.get(address, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + sum(bool(one.values["is_active"]) for one in shipped_types().values())
    for form in ("pdf", "xlsx"):
        assert page.get(address, {"format": form}).status_code == 200
    WageType.of(company).filter(number=1018).delete()
    assert page.post(address).status_code == 302 and number(company, 1018)


def test_a_type_is_copied_and_changed_on_its_page(company, anna, page):
    one = number(company, 1061)
    text = page.get(f"{page.start}wage-types/{one.pk}/").content.decode()
    assert "100.00" in text and "1091" in text
    copy = f"{page.start}wage-types/add/?copy={one.pk}"
    form = page.get(copy).context["form"]
    told = {name: form[name].value() for name in form.fields}
    assert told["account"] is not None and told["role"] == ""
    body = {
        name: value
        for name, value in told.items()
        if value is not False and value not in (None, "")
    }
    body |= {"number": "1062", "name_de": "Überstunden 150 %", "account": "5000"}
    wrong = page.post(copy, body | {"number": "1061"})
    assert wrong.status_code == 422 and "1061" in wrong.content.decode()
    done = page.post(copy, body)
    assert done.status_code == 302, done.context["form"].errors
    new = number(company, 1062)
    assert (new.is_ahv, new.is_shipped, new.account.number, new.method) == (True, False, "5000",
                                                                           "quantity")  # fmt: skip
    body = {"version": "1", "method": "amount", "name_de": "Anders", "number": "1061"}
    assert page.post(f"{page.start}wage-types/{one.pk}/", body).status_code == 302
    text = page.get(f"{page.start}wage-types/{one.pk}/").content.decode()
    assert "Überstunden 125 %" in text and "Anders" in text
    assert page.post(f"{page.start}wage-types/{one.pk}/", {"reset": "1"}).status_code == 302
    assert number(company, 1061).name_de == "Überstunden 125 %"
    assert page.post(f"{page.start}wage-types/{new.pk}/", {"delete": "1"}).status_code == 302
    assert not WageType.of(company).filter(number=1062).exists()


def test_the_endpoints(company, api):
    rows = api.get("wage-types/", page_size=500).json()["results"]
    assert len(rows) == len(shipped_types()) and rows[0]["number"] == 1000
    body = {"number": 1302, "name_de": "Zulage", "kind": "earning", "method": "percent",
            "percent": "2.5000", "of_types": [1000], "account": "5000", "is_ahv": True}  # fmt: skip
    made = api.post("wage-types/", body, key=new_key())
    assert made.status_code == 201 and made.json()["percent"] == "2.5000"
    address = f"wage-types/{made.json()['id']}/"
    problem(api.patch(address, {"name_de": "x"}), 428)
    wrong = problem(api.patch(address, {"of_types": [1302]}, **ANY), 422)
    assert wrong["errors"][0]["code"] == "wagetypes.goes_round"
    assert api.patch(address, {"is_active": False}, **ANY).json()["is_active"] is False
    problem(api.post(f"{address}reset/", {}, **ANY), 409, "wagetypes.not_shipped")
    assert api.delete(address, **ANY).status_code == 204
    assert len(api.post("wage-types/add-shipped/", {}).json()) == len(shipped_types())
