"""The border between firms: no row names one of another firm's, and ids of others are as none."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client

from erp.access.firms.gate import in_client
from erp.fiduciary import bulk, checklists, templates, times
from erp.fiduciary.checklists import Step
from erp.fiduciary.models import ChecklistItem, ChecklistStep
from tests.erp.client import places, problem

MARCH = dt.date(2026, 3, 1)
NOBODYS = 987_654_321


def of_each(house):
    """One of everything that a firm keeps, about its last client."""
    company = house.clients[-1]
    batch = bulk.start_everywhere(
        firm=house.firm.pk, companies=[company.pk], kind="fiduciary.look_at", user=house.lead,
        key="aaaaaaaa",
    )  # fmt: skip
    with transaction.atomic():
        access = in_client(house.firm.pk, company.pk, user=house.lead)
        checklist = checklists.save_template(
            firm=house.firm, name="Monat", steps=[Step("Bank", 10)]
        )
        checklists.assign(firm=house.firm, company=company, template=checklist)
        (item,) = checklists.begin_month(firm=house.firm, company=company, month=MARCH)
        time = times.enter(firm=house.firm, access=access, day=MARCH, minutes=15, text="Post")
        template = templates.take(firm=house.firm, access=access, name="Alt", parts=["terms"],
                                  checklist=checklist)  # fmt: skip
    return {
        "company": company.pk, "batch": batch.pk, "checklist": checklist.pk, "item": item.pk,
        "step": item.step_id, "time": time.pk, "template": template.pk,
    }  # fmt: skip


@pytest.fixture
def two(three):
    """Two firms with one of everything, as numbers; each client is its own."""
    arnold, berger, _conti = three
    return arnold, berger, of_each(arnold), of_each(berger)


#: What names a row of a firm: table, column (and what else is set), and whose number of another firm it is tried with.
NAMING = [
    ("erp_checkliststep", "position = 9, template_id", "checklist"),
    ("erp_firmbatchpart", "batch_id", "batch"),
    ("erp_mandatesetting", "checklist_id", "checklist"),
    ("erp_mandatetemplate", "checklist_id", "checklist"),
    ("erp_checklistitem", "step_id", "step"),
]


def test_the_database_lets_no_row_name_one_of_another_firm(two):
    arnold, _berger, _mine, theirs = two
    for table, column, whose in NAMING:
        for refused in (theirs[whose], NOBODYS):
            with (
                pytest.raises(IntegrityError, match="foreign key"),
                owner_beside(arnold) as cursor,
            ):
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE firm_id = %s",  # noqa: S608
                    [refused, arnold.firm.pk],
                )
                assert cursor.rowcount, table


@contextmanager
def owner_beside(house):
    """A cursor of the database's owner, who may change whatever a firm sees in its clients."""
    companies = "{" + ",".join(str(one.pk) for one in house.clients) + "}"
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('rappen.user', %s, true), set_config('rappen.companies', %s, true)",
            [str(house.lead.pk), companies],
        )
        yield cursor


def test_an_item_goes_on_when_its_step_is_gone(two):
    arnold, _berger, mine, _theirs = two
    with transaction.atomic():
        in_client(arnold.firm.pk, mine["company"], user=arnold.lead)
        template = checklists.ChecklistTemplate.of_firm(arnold.firm).get()
        checklists.save_template(firm=arnold.firm, name="Monat", steps=[Step("Neu", 5)],
                                 template=template)  # fmt: skip
        assert not ChecklistStep.of_firm(arnold.firm).filter(pk=mine["step"]).exists()
        item = ChecklistItem.of_firm(arnold.firm).get()
        assert (item.text, item.step_id) == ("Bank", None)
        items = checklists.begin_month(firm=arnold.firm, company=arnold.clients[-1], month=MARCH)
        assert sorted(one.text for one in items) == ["Bank", "Neu"]


#: Addresses of a firm that name something, and bodies that do; ``{x}`` stands for its number.
IN_PATHS = [
    ("get", "batches/{batch}/", None),
    ("get", "batches/{batch}/files/", None),
    ("post", "times/{time}/take-back/", {}),
    ("post", "mandate-templates/{template}/apply/", {"company": "mine"}),
    ("post", "mandate-templates/{template}/delete/", {}),
    ("get", "checklist-templates/{checklist}/", None),
    ("put", "checklist-templates/{checklist}/",
     {"name": "x", "steps": [{"text": "x", "due_day": 1}]}),
    ("get", "clients/{company}/", None),
    ("get", "clients/{company}/checklist/", None),
    ("post", "clients/{company}/", {"responsible": None}),
    ("post", "clients/{company}/checklist/", {"month": "2026-03", "text": "x", "due_on": "2026-04-01"}),
    ("post", "clients/{company}/checklist/begin/", {"month": "2026-02"}),
    ("post", "clients/mine/checklist/{item}/", {"state": "done"}),
]  # fmt: skip
IN_BODIES = [
    ("times/", {"company": "company", "day": "2026-01-05", "minutes": 30, "text": "x"}, "company"),
    ("times/billed/", {"rows": ["time"]}, "rows[0]"),
    ("mandate-templates/", {"company": "company", "name": "x", "parts": ["terms"]}, "company"),
    ("mandate-templates/",
     {"company": "mine", "name": "x", "parts": ["terms"], "checklist": "checklist"}, "checklist"),
    ("mandate-templates/mine/apply/", {"company": "company"}, "company"),
    ("clients/mine/checklist/begin/", {"month": "2026-02", "template": "checklist"}, "template"),
]  # fmt: skip


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def without_id(answer):
    told = answer.json()
    del told["request_id"]
    return told


def test_an_id_of_another_firm_in_an_address_is_as_none(two):
    arnold, _berger, mine, theirs = two
    client = signed_in(arnold.lead)
    for method, path, body in IN_PATHS:
        told = body and {
            name: mine["company"] if one == "mine" else one for name, one in body.items()
        }
        answers = []
        for numbers in (theirs, dict.fromkeys(theirs, NOBODYS)):
            place = path.replace("clients/mine", f"clients/{mine['company']}").format(**numbers)
            address = f"/api/v1/firms/{arnold.firm.pk}/{place}"
            more = {"content_type": "application/json"} if method != "get" else {}
            answer = getattr(client, method)(address, told, **more)
            problem(answer, 404)
            answers.append(without_id(answer))
        assert answers[0] == answers[1], path


def test_an_id_of_another_firm_in_a_body_is_as_none(two):
    arnold, _berger, mine, theirs = two
    client = signed_in(arnold.lead)
    for path, body, where in IN_BODIES:
        answers = []
        for numbers in (theirs, dict.fromkeys(theirs, NOBODYS)):
            numbers = numbers | {"mine": mine["company"]}
            place = path.replace("clients/mine", f"clients/{mine['company']}").replace(
                "mandate-templates/mine", f"mandate-templates/{mine['template']}"
            )
            told = {name: filled(one, numbers) for name, one in body.items()}
            answer = client.post(f"/api/v1/firms/{arnold.firm.pk}/{place}", told,
                                 content_type="application/json")  # fmt: skip
            assert places(problem(answer, 400)) == [(where, "unknown")], (path, answer.content)
            answers.append(without_id(answer))
        assert answers[0] == answers[1], path


def filled(value, numbers):
    if isinstance(value, list):
        return [filled(one, numbers) for one in value]
    return numbers.get(value, value) if isinstance(value, str) else value


def test_an_id_of_another_firm_in_a_question_is_as_none(two):
    arnold, berger, mine, theirs = two
    client = signed_in(arnold.lead)
    start = f"/api/v1/firms/{arnold.firm.pk}/"
    for query in ("times/?unbilled=true&client={}", "cockpit/?responsible={}"):
        lead_or_company = berger.lead.pk if "cockpit" in query else theirs["company"]
        _own, other, none = (
            client.get(start + query.format(pk)).json()
            for pk in (mine["company"], lead_or_company, NOBODYS)
        )
        assert other == none, query
    rows = client.get(f"{start}times/?unbilled=true").json()["results"]
    assert [one["id"] for one in rows] == [mine["time"]]


def test_a_bulk_job_is_refused_for_who_is_no_client(two):
    """Whether the company is another firm's client, or nobody's, or there is none, is not told."""
    arnold, _berger, _mine, theirs = two
    client = signed_in(arnold.lead)
    start, told = f"/api/v1/firms/{arnold.firm.pk}/batches/", set()
    kept = client.get(start).json()["results"]
    for nth, pk in enumerate((theirs["company"], NOBODYS)):
        body = {"kind": "fiduciary.look_at", "companies": [pk]}
        made = client.post(start, body, content_type="application/json",
                           HTTP_IDEMPOTENCY_KEY=f"bulk-job-{nth}")  # fmt: skip
        assert (made.status_code, made.json()["code"]) == (400, "bulk.not_clients"), made.content
        told.add(made.json()["detail"].replace(str(pk), "?"))
    assert len(told) == 1
    assert client.get(start).json()["results"] == kept
