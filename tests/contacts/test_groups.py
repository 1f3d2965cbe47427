"""Groups and activities of contacts."""

from __future__ import annotations

import datetime as dt

import pytest

from contacts import activities, groups, saving
from contacts.models import Activity, Contact
from erp.core import clock
from erp.core.errors import DomainError
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("told", "code"),
    [({"code": "ä"}, "naming.bad_code"), ({"code": "x", "name_de": ""}, "naming.no_name"),
     ({"code": "da"}, "naming.code_taken")],
)  # fmt: skip
def test_groups_need_a_code_of_their_own_and_a_name(company, anna, told, code):
    groups.save_group(company=company, by=anna, code="da", name_de="Da")
    with pytest.raises(DomainError) as found:
        groups.save_group(company=company, by=anna, **({"name_de": "N"} | told))
    assert found.value.code == code


def test_contacts_stay_when_their_group_goes(company, anna, add):
    group = groups.save_group(company=company, by=anna, code="kunden", name_de="Kunden")
    add("A AG", groups=["kunden"])
    groups.delete_group(group, by=anna)
    assert saving.whole(Contact.of(company).get()).groups == []


def test_what_is_due_is_told_to_whom_it_is_for(company, anna, add):
    bea = make.user(company=company, granted=["contacts.read"])
    contact, today = add("A AG"), clock.today()
    soon, later = today + dt.timedelta(days=5), today + dt.timedelta(days=30)
    for text, more in (
        ("für alle", {"due_on": today}), ("für Bea", {"due_on": today, "assignee": bea}),
        ("erinnert", {"due_on": soon, "remind_on": today}), ("später", {"due_on": later}),
    ):  # fmt: skip
        activities.add_activity(contact, by=anna, kind="task", text=text, **more)
    due = activities.due(company, on=today, user=anna)
    assert [a.text for a in due] == ["für alle", "erinnert"]
    activities.set_done(Activity.of(company).get(text="für alle"), by=anna)
    assert [a.text for a in activities.due(company, on=today, user=bea)] == ["für Bea", "erinnert"]


@pytest.mark.parametrize(
    ("told", "code"),
    [({"text": " "}, "contacts.text_missing"), ({"remind_on": dt.date(2026, 1, 1)}, "contacts.day_missing"),
     ({"kind": "fax"}, "contacts.not_a_choice")],
)  # fmt: skip
def test_activities_that_say_nothing_are_refused(anna, add, told, code):
    with pytest.raises(DomainError) as found:
        activities.add_activity(add("A AG"), by=anna, **({"text": "x"} | told))
    assert found.value.code == code


def test_strangers_get_no_tasks_and_organisations_act_for_nobody(anna, add):
    with pytest.raises(activities.NoMember):
        activities.add_activity(add("A AG"), by=anna, text="x", assignee=make.user())
    with pytest.raises(activities.NotForOrganisations):
        activities.add_person(add("A AG"), by=anna, person=add("B AG"))
