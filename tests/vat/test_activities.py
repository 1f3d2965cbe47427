"""Activities with granted rates, and the accounts of their turnover."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from erp.audit.models import AuditEvent
from erp.core.errors import DomainError, Refusals
from tests import make
from vat.codes.models import VatActivity, VatSettings
from vat.codes.net_rates import NoNetTaxRate, net_tax_rates_on, technical_code
from vat.settings.activities import assign_accounts, end_activity, grant_activity
from vat.settings.models import ActivityAccount

pytestmark = pytest.mark.django_db
D = Decimal
NEW_YEAR, DECEMBER_31 = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


@pytest.fixture
def company(db):
    new = make.company(modules=["ledger", "vat"])
    VatSettings.of(new).update(method="net", interval="half")
    return new


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def granted(company, code="01234", percent="3.7", **more):
    told = {"name": "Schreinerei", "valid_from": NEW_YEAR} | more
    return grant_activity(company=company, activity_code=code, percent=D(percent),
                          by=make.owner_of(company), **told)  # fmt: skip


def refused(act, *values, **told):
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        act(*values, **told)
    return refusal.value.code, refusal.value.place


def test_the_steps_of_net_tax_rates_and_their_technical_codes(shared):
    """As the ordinance lists them, and as a return from 2025 on names supplies made before."""
    old, new = dt.date(2023, 12, 31), dt.date(2024, 1, 1)
    assert net_tax_rates_on(old) == [
        D(x) for x in ["0.1", "0.6", "1.2", "2.0", "2.8", "3.5", "4.3", "5.1", "5.9", "6.5"]
    ]
    assert net_tax_rates_on(new) == [
        D(x) for x in ["0.1", "0.6", "1.3", "2.1", "3.0", "3.7", "4.5", "5.3", "6.2", "6.8"]
    ]
    assert [technical_code(x, new) for x in net_tax_rates_on(new)] == [
        f"T{n:04}" for n in range(1, 11)
    ]
    assert [technical_code(x, old) for x in net_tax_rates_on(old)] == [
        f"T{n:04}" for n in range(11, 21)
    ]
    with pytest.raises(NoNetTaxRate):
        technical_code(D("6.5"), new)
    lines = (shared / "reference" / "vat_net_tax_rates.csv").read_text().splitlines()[1:]
    told = {(row.split(",")[0], D(row.split(",")[2])) for row in lines}
    assert told == {
        (first, rate) for first, day in (("2011-01-01", old), ("2024-01-01", new))
        for rate in net_tax_rates_on(day)
    }  # fmt: skip


def test_an_activity_may_get_another_rate_later(company, anna):
    first = granted(company)
    end_activity(first, valid_to=dt.date(2026, 6, 30), by=anna)
    granted(company, percent="4.5", valid_from=dt.date(2026, 7, 1))
    rows = VatActivity.of(company).order_by("valid_from").values_list("percent", "valid_to")
    assert list(rows) == [(D("3.70"), dt.date(2026, 6, 30)), (D("4.50"), None)]
    assert refused(end_activity, first, valid_to=dt.date(2026, 7, 1), by=anna) == (
        "vat.activity_overlaps", "valid_from"
    )  # fmt: skip
    assert refused(end_activity, first, valid_to=dt.date(2025, 12, 31), by=anna) == (
        "vat.activity_ends_early", "valid_to"
    )  # fmt: skip
    actions = (
        AuditEvent.of(company).filter(action__startswith="vat.").values_list("action", flat=True)
    )
    assert [a for a in actions if "activity" in a].count("vat.grant_activity") == 2


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"code": "1234"}, "vat.bad_activity_code", "activity_code"),
        ({"code": "123456"}, "vat.bad_activity_code", "activity_code"),
        ({"code": "12 45"}, "vat.bad_activity_code", "activity_code"),
        ({"name": " "}, "vat.activity_unnamed", "name"),
        ({"percent": "3.5"}, "vat.no_net_tax_rate", "percent"),  # a rate until 2023
        ({"valid_to": dt.date(2025, 1, 1)}, "vat.activity_ends_early", "valid_to"),
        (
            {"code": "01234", "valid_from": dt.date(2026, 7, 1)},
            "vat.activity_overlaps",
            "valid_from",
        ),
    ],
)
def test_what_cannot_be_granted_is_refused(company, told, code, field):
    granted(company)
    assert refused(granted, company, **({"code": "99999"} | told)) == (code, field)


def test_with_flat_rates_any_rate_is_taken(company):
    VatSettings.of(company).update(method="flat")
    assert granted(company, percent="3.33").percent == D("3.33")
    assert refused(granted, company, code="55555", percent="0") == (
        "vat.bad_granted_rate",
        "percent",
    )


def test_the_database_keeps_one_rate_a_day(company):
    granted(company)
    with pytest.raises(IntegrityError), transaction.atomic():
        VatActivity.unscoped.create(company=company, activity_code="01234", name="x", percent=D("4.5"),
                                    valid_from=DECEMBER_31)  # fmt: skip


def test_accounts_go_to_activities_and_out_again(company, anna, django_assert_max_num_queries):
    granted(company), granted(company, "99999", "6.2")
    with django_assert_max_num_queries(12):
        assert assign_accounts(company=company, by=anna,
                               accounts={"3200": "01234", "3400": "99999"}) == 2  # fmt: skip
    held = ActivityAccount.of(company).order_by("account__number")
    assert list(held.values_list("account__number", "activity_code")) == [
        ("3200", "01234"), ("3400", "99999")
    ]  # fmt: skip
    changed = assign_accounts(company=company, by=anna, accounts={"3200": "99999", "3400": ""})
    assert (changed, list(held.values_list("account__number", "activity_code"))) == (
        2, [("3200", "99999")]
    )  # fmt: skip
    assert assign_accounts(company=company, by=anna, accounts={"3200": "99999", "3000": ""}) == 0
    event = AuditEvent.of(company).filter(action="vat.assign_accounts").order_by("-pk").first()
    assert event.details == {"activities": {"3200": ["01234", "99999"], "3400": ["99999", ""]}}


def test_wrong_accounts_and_activities_are_told_together(company, anna):
    with pytest.raises(Refusals) as found, transaction.atomic():
        assign_accounts(company=company, by=anna,
                        accounts={"9998": "01234", "1100": "01234", "3200": "01234"})  # fmt: skip
    assert [(r.code, r.place) for r in found.value.refusals] == [
        ("ledger.unknown_account", "accounts[9998]"), ("vat.account_books_itself", "accounts[1100]"),
        ("vat.unknown_activity", "accounts[3200]"),
    ]  # fmt: skip
