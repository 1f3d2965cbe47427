"""Own fields keep what they promise; groups; activities."""

from __future__ import annotations

import datetime as dt

import pytest

from contacts import activities, groups, saving
from contacts.models import Activity, Contact, OwnField
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(company, anna):
    def new(code, kind, **more):
        return groups.save_own_field(company=company, by=anna, code=code, kind=kind,
                                     name_de=code.title(), **more)  # fmt: skip

    return new


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [("text", " ein  Text ", "ein Text"), ("number", "1’234.50", "1234.50"),
     ("date", "31.12.2026", "2026-12-31"), ("date", "2026-12-31", "2026-12-31"),
     ("choice", "gold", "Gold"), ("flag", "ja", True), ("flag", False, False)],
)  # fmt: skip
def test_values_are_kept_in_one_form(add, field, kind, typed, kept):
    field("stufe", kind, choices=["Gold", "Silber"])
    assert add("A AG", own_values={"stufe": typed}).own_values == {"stufe": kept}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("number", "viel"), ("number", "NaN"), ("number", "Infinity"), ("date", "31.2.2026"),
     ("choice", "Bronze"), ("flag", "vielleicht"), ("text", "x" * 201), ("text", ["x"]),
     ("number", 5)],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused_by_name(company, add, field, kind, typed):
    field("stufe", kind, choices=["Gold", "Silber"])
    with pytest.raises(DomainError) as found:
        add("A AG", own_values={"stufe": typed})
    (one,) = found.value.refusals if isinstance(found.value, Refusals) else [found.value]
    assert (one.code, one.place) == ("contacts.bad_own_value", "own_values.stufe")
    assert "Stufe" in str(one)


def test_the_kind_stays_while_there_are_values(company, anna, add, field):
    row = field("stufe", "choice", choices=["Gold", "Silber"])
    contact = add("A AG", own_values={"stufe": "Gold"})
    for change in ({"kind": "text"}, {"code": "rang"}, {"choices": ["Silber", "Bronze"]}):
        with pytest.raises(DomainError) as found:
            groups.save_own_field(company=company, by=anna, own_field=OwnField.of(company).get(),
                                  **change)  # fmt: skip
        assert found.value.code in {"contacts.own_field_has_values", "contacts.choice_in_use"}
    with pytest.raises(groups.FieldHasValues):
        groups.delete_own_field(row, by=anna)
    groups.save_own_field(company=company, by=anna, own_field=OwnField.of(company).get(),
                          choices=["Gold", "Bronze"], name_fr="Rang")  # fmt: skip
    saving.change_contact(contact, by=anna, own_values={})
    groups.save_own_field(
        company=company, by=anna, own_field=OwnField.of(company).get(), kind="text"
    )
    groups.delete_own_field(OwnField.of(company).get(), by=anna)


@pytest.mark.parametrize(
    ("told", "code"),
    [({"code": "ä"}, "contacts.bad_code"), ({"code": "x", "name_de": ""}, "contacts.no_name"),
     ({"code": "da"}, "contacts.code_taken")],
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
