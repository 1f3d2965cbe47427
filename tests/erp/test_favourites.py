"""Pages at hand: kept with their filters, shown where they may be opened, one's own or for all."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.access.gate import access_to
from erp.access.models import Membership, Role
from erp.audit.models import AuditEvent
from erp.cockpit import favourites
from erp.cockpit.models import Favourite
from erp.companies.models import Module
from tests import make
from tests.erp.access.people import signed_in

OVERDUE = "open-items/receivables/?state=overdue"


@pytest.fixture
def browse(anna):
    return signed_in(anna)


@pytest.fixture
def owner(company):
    return access_to(company.pk, user=make.owner_of(company), for_page=True)


def seen(company, user):
    """What the side bar of somebody shows."""
    access = access_to(company.pk, user=user, for_page=True)
    return [(one.name, one.address) for one in favourites.at_hand(access)]


def test_a_list_is_kept_with_its_filters_and_once(company, owner):
    start = f"/c/{company.pk}/"
    favourites.keep(owner, name="Journal", address=f"{start}ledger/journal/")
    favourites.keep(owner, name=" Lang  überfällig ", address=f"{start}{OVERDUE}&page=3&q=")
    favourites.keep(owner, name="Überfällig", address=f"https://rappen.example{start}{OVERDUE}")
    assert seen(company, owner.user) == [
        ("Journal", f"{start}ledger/journal/"), ("Überfällig", start + OVERDUE),
    ]  # fmt: skip
    journal = Favourite.of(company).get(name="Journal")
    favourites.change(owner, journal, position=9)
    assert [name for name, _address in seen(company, owner.user)] == ["Überfällig", "Journal"]
    favourites.drop(owner, journal)
    assert [name for name, _address in seen(company, owner.user)] == ["Überfällig"]


@pytest.mark.parametrize("address", [
    "https://example.ch/", "/accounts/logout/", "nowhere/", "/c/{other}/ledger/journal/", "../../account/",
    "javascript:alert(1)", "ledger/entries/1/reverse/",
])  # fmt: skip
def test_nothing_but_pages_of_the_company_is_kept(company, owner, address):
    with pytest.raises(favourites.NoSuchPage) as refusal:
        favourites.keep(owner, name="x", address=address.format(other=company.pk + 1))
    assert refusal.value.place == "address"
    assert not Favourite.of(company).exists()


def test_names_and_numbers_of_favourites_are_bounded(company, owner, monkeypatch):
    with pytest.raises(favourites.NoFavouriteName):
        favourites.keep(owner, name="  ", address=OVERDUE)
    monkeypatch.setattr(favourites, "MOST", 1)
    favourites.keep(owner, name="x", address=OVERDUE)
    with pytest.raises(favourites.TooManyFavourites):
        favourites.keep(owner, name="y", address="ledger/journal/")


def test_shared_ones_are_for_all_who_may_open_the_page(company, owner):
    clerk, sales = make.user(), make.user()
    for person, role in ((clerk, "auditor"), (sales, "payroll")):
        Membership.unscoped.create(
            company=company, user=person, role=Role.of(company).get(code=role)
        )
    favourites.keep(owner, name="Journal", address="ledger/journal/", is_shared=True)
    favourites.keep(owner, name="Meins", address=OVERDUE)
    assert [name for name, _ in seen(company, clerk)] == ["Journal"]
    assert seen(company, sales) == []  # no right to read the ledger
    kept = Favourite.of(company).get(name="Journal")
    theirs = access_to(company.pk, user=clerk, for_page=True)
    for act in (lambda: favourites.drop(theirs, kept), lambda: favourites.change(theirs, kept, name="y"),
                lambda: favourites.keep(theirs, name="z", address=OVERDUE, is_shared=True)):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act()
    favourites.change(owner, kept, is_shared=False)
    assert seen(company, clerk) == []
    actions = AuditEvent.of(company).filter(action__startswith="favourite.").order_by("pk")
    assert [one.action for one in actions] == ["favourite.share", "favourite.unshare"]
    assert actions[0].details["name"] == [None, "Journal"]


def test_a_module_takes_its_favourites_along_and_brings_them_back(company, owner):
    favourites.keep(owner, name="Offene", address=OVERDUE)
    favourites.keep(owner, name="Rückzahlungen", address="banking/transactions/")
    was = list(company.modules)
    company.modules = [one for one in was if one != Module.BANKING]
    company.save()
    assert [name for name, _ in seen(company, owner.user)] == ["Offene"]
    company.modules = was
    company.save()
    assert [name for name, _ in seen(company, owner.user)] == ["Offene", "Rückzahlungen"]


def test_the_star_keeps_the_page_and_leads_back(company, browse):
    start = f"/c/{company.pk}/"
    page = browse.get(f"{start}ledger/journal/?text=Miete")
    assert "data-star" in page.content.decode()
    asked = browse.get(
        f"{start}favourites/?keep={start}ledger/journal/%3Ftext%3DMiete&name=Journal"
    )
    assert f'name="address" value="{start}ledger/journal/?text=Miete"' in asked.content.decode()
    sent = {"name": "Mieten", "address": f"{start}ledger/journal/?text=Miete"}
    answer = browse.post(f"{start}favourites/", sent)
    assert (answer.status_code, answer["Location"]) == (302, sent["address"])
    side = browse.get(sent["address"]).content.decode().partition("</nav>")[0]
    assert f'href="{start}ledger/journal/?text=Miete" data-label="Mieten"' in side
    row = Favourite.of(company).get()
    answer = browse.post(f"{start}favourites/", {"id": row.pk, "name": "Miete", "position": "2"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.position, row.is_shared) == ("Miete", 2, False)
    answer = browse.post(f"{start}favourites/", {"name": "x", "address": "https://example.ch/"})
    assert answer.status_code == 422
    assert "ist keine Seite dieser Firma" in answer.content.decode()
    browse.post(f"{start}favourites/", {"id": row.pk, "drop": "1"})
    assert not Favourite.of(company).exists()


def test_favourites_cost_no_query(company, owner, browse):
    """They come on the way of the gate."""
    asked = {}
    for count in (0, 20):
        for nth in range(count):
            favourites.keep(owner, name=f"x{nth}", address=f"ledger/journal/?text={nth}")
        with CaptureQueriesContext(connection) as queries:
            browse.get(f"/c/{company.pk}/ledger/accounts/")
        asked[count] = len(queries)
    assert asked[0] == asked[20]
