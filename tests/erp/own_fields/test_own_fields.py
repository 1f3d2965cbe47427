"""Own fields keep what they promise, whatever kind of record has them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contacts import saving
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError, Refusals
from erp.own_fields import subjects
from erp.own_fields.lists import cells, fields_of, heads, narrowed
from erp.own_fields.models import OwnField
from erp.own_fields.saving import FieldHasValues, delete_own_field, save_own_field
from erp.own_fields.values import checked, printed, shown
from tests import make
from tests.erp.client import Api, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def field(company, anna):
    def new(code, kind, **more):
        told = {"subject": "contact", "name_de": code.title()} | more
        return save_own_field(company=company, by=anna, code=code, kind=kind, **told)

    return new


@pytest.fixture
def add(company, anna):
    def new(name, **own_values):
        return saving.add_contact(company=company, by=anna, kind="organisation", name=name,
                                  own_values=own_values)  # fmt: skip

    return new


@pytest.fixture
def papers():
    """Another kind of record, that prints; it has a value of its field ``used``."""
    subjects.register(
        "paper", label="Papiere", settings=Permission.RECEIVABLES_SETTINGS, prints=True,
        values_of=lambda _company, code: {"Gold": 2} if code == "used" else {},
    )  # fmt: skip
    yield
    subjects.unregister("paper")


@pytest.fixture
def page(company, anna):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/settings/own-fields/"
    return client


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [("text", " ein  Text ", "ein Text"), ("number", "1’234.50", "1234.50"),
     ("date", "31.12.2026", "2026-12-31"), ("date", "2026-12-31", "2026-12-31"),
     ("choice", "gold", "Gold"), ("flag", "ja", True), ("flag", False, False)],
)  # fmt: skip
def test_values_are_kept_in_one_form(add, field, kind, typed, kept):
    field("stufe", kind, choices=["Gold", "Silber"])
    assert add("A AG", stufe=typed).own_values == {"stufe": kept}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("number", "viel"), ("number", "NaN"), ("number", "Infinity"), ("date", "31.2.2026"),
     ("choice", "Bronze"), ("flag", "vielleicht"), ("text", "x" * 201), ("text", ["x"]),
     ("number", 5)],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused_by_name(add, field, kind, typed):
    field("stufe", kind, choices=["Gold", "Silber"])
    with pytest.raises(DomainError) as found:
        add("A AG", stufe=typed)
    (one,) = found.value.refusals if isinstance(found.value, Refusals) else [found.value]
    assert (one.code, one.place) == ("fields.bad_value", "own_values.stufe")
    assert "Stufe" in str(one)


def test_the_kind_stays_while_there_are_values(company, anna, add, field):
    row = field("stufe", "choice", choices=["Gold", "Silber"])
    contact = add("A AG", stufe="Gold")

    def change(**told):
        return save_own_field(
            company=company, by=anna, own_field=OwnField.of(company).get(), **told
        )

    for told in ({"kind": "text"}, {"code": "rang"}, {"choices": ["Silber", "Bronze"]}):
        with pytest.raises(DomainError) as found:
            change(**told)
        assert found.value.code in {"fields.has_values", "fields.choice_in_use"}
    with pytest.raises(FieldHasValues):
        delete_own_field(row, by=anna)
    change(choices=["Gold", "Bronze"], name_fr="Rang")
    saving.change_contact(contact, by=anna, own_values={})
    event = AuditEvent.of(company).get(action="contact.change")
    assert event.details == {"own stufe": ["Gold", None]}
    change(kind="text")
    delete_own_field(OwnField.of(company).get(), by=anna)
    assert list(AuditEvent.of(company).filter(subject="ownfield").order_by("pk").values_list(
        "action", flat=True)) == ["own_field.add", "own_field.change", "own_field.change",
                                  "own_field.delete"]  # fmt: skip


@pytest.mark.usefixtures("papers")
def test_each_subject_has_fields_and_values_of_its_own(company, field):
    company.modules = [*company.modules, "receivables"]
    company.save()
    field("used", "choice", choices=["Gold", "Silber"])
    paper = field("used", "choice", choices=["Gold", "Silber"], subject="paper", printed=True)
    assert [one.code for one in fields_of(company, "paper")] == ["used"]
    with pytest.raises(FieldHasValues) as found:
        field("used", "text", subject="paper", own_field=paper)
    assert found.value.values["count"] == 2
    field("used", "text", own_field=OwnField.of(company).get(subject="contact"))


@pytest.mark.usefixtures("papers")
@pytest.mark.parametrize(
    ("told", "code"),
    [({"subject": "contact", "printed": True}, "fields.not_on_paper"),
     ({"subject": "employee"}, "fields.unknown_subject"), ({"subject": ""}, "fields.unknown_subject"),
     ({"subject": "paper"}, "fields.unknown_subject"),  # its module is off
     ({"kind": "choice", "choices": ["eins"]}, "fields.choices_missing"),
     ({"code": "Ä"}, "naming.bad_code"), ({"name_de": ""}, "naming.no_name"),
     ({"code": "da"}, "naming.code_taken")],
)  # fmt: skip
def test_what_makes_no_field_is_refused(field, told, code):
    field("da", "text")
    with pytest.raises(DomainError) as found:
        field(**{"code": "neu", "kind": "text"} | told)
    assert found.value.code == code


def test_a_field_stays_with_its_subject(company, field, papers):
    company.modules = [*company.modules, "receivables"]
    company.save()
    row = field("stufe", "text")
    with pytest.raises(DomainError) as found:
        field("stufe", "text", subject="paper", own_field=row)
    assert found.value.code == "fields.subject_stays"


def test_values_are_shown_printed_and_exported(company, field):
    field("seit", "date", name_fr="Depuis", position=2)
    field("vip", "flag", position=1)
    fields = fields_of(company, "contact")
    values = checked(fields, {"seit": "1.2.2020", "vip": "nein"})
    assert [(name, text) for name, text in shown(fields, values) if name == "Seit"] == [
        ("Seit", "01.02.2020")
    ]
    assert (heads(fields), cells(fields, values)) == (
        ["own.vip", "own.seit"],
        ["false", "2020-02-01"],
    )
    assert printed(fields, values, language="fr") == []
    fields[1].printed = True
    with translation.override("de"):
        assert printed(fields, values, language="fr") == [("Depuis", "01.02.2020")]


def test_lists_are_narrowed_by_values(company, add, field):
    for code, kind in (("farbe", "choice"), ("vip", "flag"), ("menge", "number"), ("a--b", "text")):
        field(code, kind, choices=["Rot", "Blau"])
    fields = fields_of(company, "contact")
    add("A", farbe="Rot", vip=True, menge="12.50", **{"a--b": "Hans Muster"})
    add("B", farbe="Blau", vip=False, menge="7")
    add("C")
    for wanted, names in (
        ({"farbe": "rot"}, ["A"]), ({"vip": "false"}, ["B"]), ({"menge": "12.5"}, ["A"]),
        ({"a--b": "muster"}, ["A"]), ({"farbe": "Rot", "vip": "false"}, []), ({"farbe": "Grün"}, []),
        ({"fehlt": "x"}, []), ({}, ["A", "B", "C"]),
    ):  # fmt: skip
        rows = narrowed(Contact.of(company).order_by("name"), fields, wanted)
        assert [one.name for one in rows] == names, wanted


def test_the_page_adds_changes_and_deletes(page, company):
    told = {"subject": "contact", "code": "stufe", "kind": "choice", "choices": "Gold\nSilber\n",
            "name_de": "Stufe"}  # fmt: skip
    assert page.post(page.start, told).status_code == 302
    row = OwnField.of(company).get()
    assert (row.subject, row.choices) == ("contact", ["Gold", "Silber"])
    shown_page = page.get(page.start, {"field": row.pk}).content.decode()
    assert (
        "Stufe" in shown_page
        and "Gold\nSilber" in shown_page
        and 'name="printed"' not in shown_page
    )
    bad = page.post(page.start, {**told, "id": row.pk, "choices": "Gold"})
    assert bad.status_code == 422 and "choices" in bad.context["parts"][0]["form"].errors
    assert page.post(page.start, {**told, "id": row.pk, "name_fr": "Rang"}).status_code == 302
    assert page.post(page.start, {**told, "id": row.pk, "delete": "1"}).status_code == 302
    assert not OwnField.of(company).exists()
    assert page.post(page.start, {**told, "subject": "paper"}).status_code == 404


@pytest.mark.usefixtures("papers")
def test_a_field_is_changed_by_the_right_of_its_subject(company, field):
    company.modules = [*company.modules, "receivables"]
    company.save()
    of_contact, of_paper = field("a", "text"), field("a", "text", subject="paper")
    bea = make.user(company=company, granted=["company.read", "contacts.settings"])
    client, api = Client(), Api(company, bea)
    client.force_login(bea)
    start = f"/c/{company.pk}/settings/own-fields/"
    parts = {one["subject"].name: one["may_change"] for one in client.get(start).context["parts"]}
    assert parts == {"contact": True, "document": False, "paper": False}
    told = {"code": "neu", "kind": "text", "name_de": "Neu"}
    for subject, status in (("contact", 302), ("paper", 403)):
        assert client.post(start, {**told, "subject": subject}).status_code == status
    told["code"] = "api"
    assert api.post("own-fields/", {**told, "subject": "contact"}).status_code == 201
    problem(api.post("own-fields/", {**told, "subject": "paper"}), 403)
    problem(api.post("own-fields/", {**told, "subject": "fehlt"}), 422, "fields.unknown_subject")
    for row, status in ((of_contact, 200), (of_paper, 403)):
        _told, version = api.read(f"own-fields/{row.pk}/")
        changed = api.patch(f"own-fields/{row.pk}/", {"name_fr": "X"}, **version)
        assert changed.status_code == status
    _told, version = api.read(f"own-fields/{of_paper.pk}/")
    problem(api.delete(f"own-fields/{of_paper.pk}/", **version), 403)
    found = api.get("own-fields/", subject="paper").json()
    assert [(one["subject"], one["code"], one["printed"]) for one in found] == [
        ("paper", "a", False)
    ]
    company.modules = [one for one in company.modules if one != "receivables"]
    company.save()
    assert {one["subject"] for one in api.get("own-fields/").json()} == {"contact"}


def test_another_kind_under_values_is_refused_with_place_value_and_remedy(
    page, company, anna, add, field
):
    """On the page beside the field, to a program as a conflict; nothing changes, and no value is lost."""
    row = field("stufe", "choice", choices=["Gold", "Silber"])
    add("A AG", stufe="Gold")
    told = {"subject": "contact", "id": row.pk, "code": "stufe", "kind": "number", "choices": "",
            "name_de": "Stufe"}  # fmt: skip
    refused = page.post(page.start, told)
    (part,) = [one for one in refused.context["parts"] if one["subject"].name == "contact"]
    words = "«Auswahl» bleibt: Das Feld «Stufe» hat Werte auf 1 Datensätzen."
    assert refused.status_code == 422 and words in part["form"].errors["kind"][0]
    assert "oder fügen Sie ein anderes Feld hinzu" in part["form"].errors["kind"][0]
    api = Api(company, anna)
    for change, place in (({"kind": "text"}, "kind"), ({"code": "rang"}, "code")):
        _told, version = api.read(f"own-fields/{row.pk}/")
        answer = problem(
            api.patch(f"own-fields/{row.pk}/", change, **version), 409, "fields.has_values"
        )
        assert [one["field"] for one in answer["errors"]] == [place]
    row.refresh_from_db()
    assert (row.kind, Contact.of(company).get().own_values) == ("choice", {"stufe": "Gold"})


def test_the_list_of_contacts_shows_them_where_asked_at_no_query_more(company, anna, add, field):
    field("seit", "date", name_de="Kunde seit")
    field("vip", "flag", name_de="Wichtig")
    add("A AG", seit="1.2.2020", vip=True)
    add("B AG")
    client = Client()
    client.force_login(anna)

    def asked(**query):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/c/{company.pk}/contacts/", query)
        return page.content.decode(), len(queries)

    asked()
    plain, few = asked()
    shown_page, more = asked(columns="own")
    assert "01.02.2020" in shown_page and '<th class="desk">Kunde seit</th>' in shown_page
    assert "01.02.2020" not in plain and "mit eigenen Feldern" in plain
    assert more == few
