"""Questions about banks, places, rates and holidays, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from erp.core.identifiers import NotAnIban
from erp.reference import queries
from erp.reference.models import Bank, Locality
from erp.reference.updating import update
from tests.erp.reference import files

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)
POSTFINANCE = "CH77 0900 0012 3456 7890 1"
JOINED = "CH2804835012345678901"


def iban(iid, country="CH"):
    base = f"{iid}012345678901"
    letters = "".join(str(int(sign, 36)) for sign in f"{base}{country}00")
    return f"{country}{98 - int(letters) % 97:02}{base}"


def test_the_bank_of_an_iban(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.bank_of(POSTFINANCE)
    assert (found.bank.name, found.bank.bic) == ("PostFinance AG", "POFICHBEXXX")
    assert (found.iid, found.is_qr, found.was_taken_over, found.closed_on) == (
        "09000", False, False, None,
    )  # fmt: skip


def test_a_qr_iban_is_known_by_its_number():
    found = queries.bank_of(iban("30000"))
    assert found.is_qr and found.bank.name == "PostFinance AG"


def test_a_joined_number_leads_to_its_successor(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.bank_of(JOINED)
    assert found.was_taken_over and (found.iid, found.bank.iid) == ("04835", "00230")
    assert found.bank.bic.startswith("UBSW")


def test_chains_are_followed_and_circles_are_not():
    version = Bank.objects.first().version_id

    def bank(iid, successor=""):
        Bank.objects.create(iid=iid, successor=successor, name=iid, version_id=version)

    for nth in range(8):
        bank(f"9900{nth}", f"9900{nth + 1}")
    bank("99008")
    bank("99101", "99102")
    bank("99102", "99101")
    bank("99103", "99999")
    assert queries.bank_of(iban("99004")).bank.iid == "99008"
    assert queries.bank_of(iban("99000")) is None  # longer than numbers are ever joined
    assert queries.bank_of(iban("99101")) is None
    assert queries.bank_of(iban("99103")) is None


def test_other_numbers_have_no_bank():
    assert queries.bank_of(iban("00001")) is None
    assert queries.bank_of("DE89370400440532013000") is None
    assert queries.bank_of(iban("08800", "LI")).bank.country == "LI"
    with pytest.raises(NotAnIban):
        queries.bank_of("CH00 0000")


def test_localities_of_a_postcode(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.localities("9658", on=DAY)
    assert {(one.name, one.commune) for one in found} >= {("Wildhaus", "Gams")}
    shares = [one.share for one in found]
    assert shares == sorted(shares, reverse=True)
    assert [one.kind for one in queries.localities("1014", on=DAY)] == ["company"]
    assert queries.localities("9490", on=DAY)[0].country == "LI"
    assert {one.postcode[:3] for one in queries.localities("880", on=DAY)} == {"880"}


def test_localities_by_the_beginning_of_their_name(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.localities("wädens", on=DAY)
    assert {(one.postcode, one.name) for one in found} == {("8820", "Wädenswil")}
    assert len(queries.localities("La Chaux", on=DAY)) >= 2
    assert queries.localities("%%", on=DAY) == []
    assert queries.localities("z", on=DAY) == []


def test_a_closed_locality_is_found_on_days_before():
    one = Locality.objects.get(postcode="8820", addition="00", kind="place")
    Locality.objects.filter(pk=one.pk).update(valid_to=dt.date(2026, 6, 30))
    assert one in queries.localities("8820", on=dt.date(2026, 6, 30))
    assert one not in queries.localities("8820", on=dt.date(2026, 7, 1))


def test_communes_of_a_postcode(django_assert_num_queries):
    with django_assert_num_queries(2):
        found = queries.commune_of(postcode="9658", on=DAY)
    assert found[0].canton == "SG" and len(found) > 1
    assert queries.commune(261, on=DAY).name == "Zürich"
    assert queries.commune(9999, on=DAY) is None


@pytest.fixture
def rates():
    friday, monday = dt.date(2012, 6, 1), dt.date(2012, 6, 4)
    for file in (
        files.bazg_daily(dt.date(2012, 5, 31), [(1, "EUR", "0.90"), (100, "JPY", "0.50")],
                         validity="01.06.2012"),
        files.bazg_daily(friday, [(1, "EUR", "0.91"), (100, "JPY", "0.51")],
                         validity="02.06.2012,03.06.2012,04.06.2012"),
        files.bazg_daily(monday, [(1, "EUR", "0.92"), (100, "JPY", "0.52")]),
    ):  # fmt: skip
        (outcome,) = update("bazg-daily", content=file)
        assert outcome.state == "active", outcome.refusal
    for month, value in (("2012-05", "0.93"), ("2012-06", "0.94")):
        update("bazg-monthly", content=files.bazg_monthly(month, [(1, "EUR", value)]))


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2012-06-01", "0.90"),  # published the day before, for this day
        ("2012-06-02", "0.91"),
        ("2012-06-04", "0.91"),  # the Monday has what was published on Friday
        ("2012-06-05", "0.92"),
        ("2012-06-07", "0.92"),  # a holiday: what was published last
    ],
)
def test_the_rate_of_a_day(rates, django_assert_num_queries, day, value):
    with django_assert_num_queries(1):
        found = queries.rate("EUR", dt.date.fromisoformat(day))
    assert (found.value, found.source) == (Decimal(value), "bazg-daily")


def test_the_rate_for_a_hundred_is_told_for_one(rates):
    found = queries.rate("JPY", dt.date(2012, 6, 3))
    assert (found.value, found.unit, found.quoted) == (Decimal("0.0051"), 100, Decimal("0.51"))
    assert found.published == dt.date(2012, 6, 1)


@pytest.mark.parametrize(
    ("day", "value"), [("2012-05-01", "0.93"), ("2012-05-31", "0.93"), ("2012-06-30", "0.94")]
)
def test_the_mean_of_the_days_own_month(rates, day, value):
    found = queries.rate("EUR", dt.date.fromisoformat(day), method=queries.MONTHLY)
    assert (found.value, found.source) == (Decimal(value), "bazg-monthly")


@pytest.mark.parametrize(
    ("currency", "day", "method"),
    [
        ("EUR", "2012-05-31", queries.DAILY),  # before the first
        ("EUR", "2012-07-01", queries.DAILY),  # weeks after the last
        ("XAG", "2012-06-01", queries.DAILY),
        ("EUR", "2012-07-01", queries.MONTHLY),  # of no other month
        ("EUR", "2012-04-30", queries.MONTHLY),
    ],
)
def test_no_rate_is_guessed(rates, currency, day, method):
    with pytest.raises(queries.NoRate) as refusal:
        queries.rate(currency, dt.date.fromisoformat(day), method=method)
    assert refusal.value.values == {"currency": currency, "date": dt.date.fromisoformat(day)}


def test_holidays_countries_and_currencies(django_assert_num_queries):
    with django_assert_num_queries(1):
        days = {one.day: one for one in queries.holidays("ZH", 2026)}
    assert days[dt.date(2026, 8, 1)].category == "public"
    assert all(one.place == "" for one in days.values())
    assert len(queries.holidays("ZH", 2026, place="Zürich")) > len(days)
    with translation.override("fr"), django_assert_num_queries(1):
        assert days[dt.date(2026, 8, 1)].name == "Fête nationale"
        countries = queries.countries()
    assert [one.alpha2 for one in countries[:2]] == ["CH", "LI"]
    assert len(countries) == 250 and "XK" in {one.alpha2 for one in countries}
    with django_assert_num_queries(1):
        units = {one.code: one.minor_units for one in queries.currencies()}
    assert (units["CHF"], units["JPY"], units["KWD"], units["XAU"]) == (2, 0, 3, None)
    assert len(queries.cantons()) == 26
