"""Keys outside of companies: one effect, the first answer again, each person's and firm's own."""

from __future__ import annotations

import datetime as dt
import json
import threading
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.db import DatabaseError, connection, transaction
from django.test import Client

from erp.access.firms.gate import in_client, staff_of
from erp.access.firms.models import FirmInvitation, FirmStaff
from erp.access.gate import as_operator
from erp.access.recovery.models import RecoveryApproval
from erp.access.sign_in.models import KnownDevice, PhoneGrant
from erp.api import idempotency
from erp.api.models import PersonalIdempotencyRecord
from erp.api.tasks import forget_keys_of_people
from erp.cockpit import firms, recovery, staffing
from erp.companies.models import Company, Module
from erp.core import clock
from erp.core.tenancy import open_companies, set_local
from erp.fiduciary import checklists, templates, times
from erp.fiduciary.checklists import Step
from erp.jobs.starting import start
from erp.reference.jobs import UPDATE
from tests import make
from tests.erp.client import new_key, places, problem
from tests.erp.fiduciary.conftest import mandate, three  # noqa: F401 - a fixture

MARCH = dt.date(2026, 3, 1)
KEY = "aaaaaaaa"
STAFF = {"team_role": "reviewer"}
INVITED = {"email": "neu@example.ch", "team_role": "assistant"}
STEPS = {"name": "Quartal", "steps": [{"text": "MWST", "due_day": 30, "rhythm": "quarter"}]}
FOUNDED = {
    "name": "Neu AG", "short_name": "neu-mit-schluessel", "legal_form": "corporation", "language": "de",
    "currency": "CHF", "vat_method": "effective", "year_start": "2026-01-01", "year_end": "2026-12-31",
}  # fmt: skip
#: All writes outside of companies but those of the list below: address, body.
WRITES = [
    ("me/name/", {"name": "Anna Neu"}),
    ("me/approval-mails/", {"wanted": False}),
    ("me/sessions/{session}/end/", {}),
    ("me/phones/{phone}/end/", {}),
    ("me/devices/{device}/forget/", {}),
    ("me/end-others/", {}),
    ("me/address/", {"email": "anders@example.ch"}),
    ("companies/", FOUNDED),
    ("installation/jobs/{job}/cancel/", {}),
    ("reference/sources/banks/fetch/", {}),
    ("firms/{firm}/invitations/", INVITED),
    ("firms/{firm}/invitations/{invitation}/resend/", {}),
    ("firms/{firm}/invitations/{invitation}/withdraw/", {}),
    ("firms/{firm}/staff/{person}/change/", STAFF),
    ("firms/{firm}/staff/{person}/remove/", {}),
    ("firms/{firm}/recoveries/{recovery}/confirm/", {}),
    ("firms/{firm}/recoveries/{recovery}/refuse/", {}),
    ("firms/{firm}/clients/{client}/", {"responsible": "{email}"}),
    ("firms/{firm}/clients/{client}/checklist/",
     {"month": "2026-03", "text": "Nachfragen", "due_on": "2026-04-10"}),
    ("firms/{firm}/clients/{client}/checklist/begin/", {"month": "2026-02"}),
    ("firms/{firm}/clients/{client}/checklist/{item}/", {"state": "done"}),
    ("firms/{firm}/checklist-templates/", STEPS),
    ("firms/{firm}/times/", {"company": "{client}", "day": "2026-01-05", "minutes": 30, "text": "Bank"}),
    ("firms/{firm}/times/billed/", {"rows": ["{time}"]}),
    ("firms/{firm}/times/{time}/take-back/", {}),
    ("firms/{firm}/mandate-templates/", {"company": "{client}", "name": "Neu", "parts": ["terms"]}),
    ("firms/{firm}/mandate-templates/{template}/apply/", {"company": "{client}"}),
    ("firms/{firm}/mandate-templates/{template}/delete/", {}),
]  # fmt: skip
#: Writes of the OpenAPI document that take no key of their own, or are tested elsewhere, and why.
WITHOUT = {
    "post /api/v1/batch/": "each of its items has its own",
    "post /api/v1/companies/{company}/batch/": "each of its items has its own",
    "post /api/v1/companies/{company}/uploads/": "a piece says by its offset whether it came before",
    "patch /api/v1/companies/{company}/uploads/{id}/": "likewise",
    "delete /api/v1/companies/{company}/uploads/{id}/": "likewise",
}
#: The key of a bulk job is the job's own, in the firm for ever (``tests/erp/fiduciary/test_bulk.py``).
#: Files of publishers are in ``tests/erp/reference/test_editions_by_api.py``.
ELSEWHERE = {
    "post /api/v1/firms/{firm}/batches/", "post /api/v1/reference/sources/{source}/editions/",
    "put /api/v1/firms/{firm}/checklist-templates/{template}/",
}  # fmt: skip


class Outside:
    """A client of the endpoints outside of companies."""

    def __init__(self, user):
        self.client, self.user = Client(), user
        self.client.force_login(user)

    def post(self, path, body, *, key=None):
        sent = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
        return self.client.post(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", **sent
        )


@pytest.fixture
def place(db):
    """A firm with a client, and of everything in it and of its lead one."""
    lead = make.user(is_operator=True)
    company = make.company(modules=Module.values)
    firm = firms.found_firm(name="Arnold", manager=lead, by=lead)
    mandate(company, firm)
    person = make.staff(firm, lead, "accountant")
    lost = make.staff(firm, lead, "assistant")
    invited = staffing.invite_staff(firm, email="x@example.ch", team_role="reviewer", by=lead)
    recovery.ask(lost)
    access = in_client(firm.pk, company.pk, user=lead)
    template = checklists.save_template(firm=firm, name="Monat", steps=[Step("Bank", 10)])
    checklists.assign(firm=firm, company=company, template=template)
    (item,) = checklists.begin_month(firm=firm, company=company, month=MARCH)
    time = times.enter(firm=firm, access=access, day=MARCH, minutes=15, text="Post")
    taken = templates.take(
        firm=firm, access=access, name="Alt", parts=["terms"], checklist=template
    )
    as_operator(lead)
    job = start(UPDATE, company=None, by=lead, arguments={"source": "localities"})
    now = clock.now()
    device, other = (
        KnownDevice.objects.create(user=lead, digest=str(nth), first_seen_at=now, last_seen_at=now)
        for nth in range(2)
    )
    phone = PhoneGrant.objects.create(
        user=lead, device=other, family="f", digest="d", stamp="s", session_key="k", begun_at=now,
        used_at=now, expires_at=now + dt.timedelta(days=9),
    )  # fmt: skip
    session = UserSession.objects.create(
        user=lead, session_key="another", ip="192.0.2.7", user_agent="x", data={}
    )
    numbers = {
        "firm": firm.pk, "client": company.pk, "person": person.pk, "email": person.email,
        "invitation": invited.invitation.pk, "item": item.pk, "time": time.pk, "template": taken.pk,
        "recovery": RecoveryApproval.objects.get(firm=firm, recovery__user=lost).pk, "job": job.pk,
        "device": device.pk, "phone": phone.pk, "session": session.pk,
    }  # fmt: skip
    yield SimpleNamespace(firm=firm, lead=lead, company=company, person=person, numbers=numbers)
    open_companies(Company.objects.values_list("pk", flat=True))
    set_local("rappen.user", str(lead.pk))


def filled(value, numbers):
    """An address or a body with the numbers of what there is."""
    if isinstance(value, dict):
        return {name: filled(inner, numbers) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, numbers) for inner in value]
    if not isinstance(value, str):
        return value
    if value.startswith("{") and value.endswith("}"):
        return numbers[value[1:-1]]
    return value.format(**numbers)


def told_by(answer):
    return answer.json() if answer.content else None


TABLES = [
    "erp_user", "erp_company", "erp_firm", "erp_firmstaff", "erp_firminvitation", "erp_mandatesetting",
    "erp_mandatetemplate", "erp_mandatetime", "erp_checklistitem", "erp_checklisttemplate",
    "erp_checkliststep", "erp_recoveryapproval", "erp_factorrecovery", "erp_securityevent",
    "erp_knowndevice", "erp_phonegrant", "erp_addresschange", "erp_job", "erp_outgoingmail",
    "erp_auditevent", "erp_personalidempotencyrecord",
]  # fmt: skip


def everything(place):
    """All rows that a write outside of a company could have touched, as their digests."""
    as_operator(place.lead)
    open_companies([place.company.pk])
    told = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")  # noqa: S608
            (told[table],) = cursor.fetchone()
        cursor.execute("SELECT array_agg(id ORDER BY id) FROM usersessions_usersession")
        (told["sessions"],) = cursor.fetchone()
    return told


@pytest.mark.parametrize(("path", "body"), WRITES, ids=[path for path, _body in WRITES])
def test_what_is_sent_twice_is_done_once(place, path, body):
    api = Outside(place.lead)
    path, body = filled(path, place.numbers), filled(body, place.numbers)
    before = everything(place)
    first = api.post(path, body, key=KEY)
    assert first.status_code in (200, 201, 202, 204), first.content
    after = everything(place)
    assert after != before and "Idempotency-Replayed" not in first
    again = api.post(path, body, key=KEY)
    assert (again.status_code, told_by(again)) == (first.status_code, told_by(first))
    assert again["Idempotency-Replayed"] == "true"
    assert again.headers.get("ETag") == first.headers.get("ETag")
    assert everything(place) == after
    if body:
        other = body | {next(iter(body)): "anders"}
        problem(api.post(path, other, key=KEY), 422, "api.idempotency_key_reused")
        assert everything(place) == after
    told = problem(api.post(path, body, key="short"), 400)
    assert places(told) == [("Idempotency-Key", "invalid")]


@pytest.fixture(scope="module")
def document():
    return Client().get("/api/v1/openapi.json").json()


def test_every_write_takes_a_key_or_says_why_not(document):
    bare, outside = set(), set()
    for address, methods in document["paths"].items():
        for method in set(methods) & {"post", "put", "patch", "delete"}:
            name = f"{method} {address}"
            told = {one["name"] for one in methods[method].get("parameters", [])}
            if "Idempotency-Key" not in told:
                bare.add(name)
            elif not address.startswith("/api/v1/companies/{company}/"):
                outside.add(name)
    assert bare == set(WITHOUT)
    tested = {
        f"post /api/v1/{path}".replace("sources/banks", "sources/{source}") for path, _b in WRITES
    }
    assert nameless(outside) == nameless(tested | ELSEWHERE)


def nameless(names):
    """Addresses without what their numbers are called."""
    return {"{}".join(part.split("}")[-1] for part in name.split("{")) for name in names}


def test_a_key_belongs_to_a_person_and_a_firm(place):
    api = Outside(place.lead)
    other = firms.found_firm(name="Berger", manager=place.person, by=place.lead)
    firms_of_lead = make.user()
    assert api.post("me/name/", {"name": "Eins"}, key=KEY).status_code == 200
    assert (
        Outside(place.person).post("me/name/", {"name": "Zwei"}, key=KEY).json()["name"] == "Zwei"
    )
    path = f"firms/{place.firm.pk}/checklist-templates/"
    assert api.post(path, STEPS, key=KEY).status_code == 201
    problem(Outside(place.person).post(path, STEPS, key=KEY), 409, "fiduciary.only_the_lead")
    theirs = Outside(place.person).post(f"firms/{other.pk}/checklist-templates/", STEPS, key=KEY)
    assert theirs.status_code == 201 and "Idempotency-Replayed" not in theirs
    problem(Outside(firms_of_lead).post(path, STEPS, key=KEY), 404)


def test_who_may_no_longer_do_it_is_not_told_again(place):
    person, firm, company = Outside(place.person), place.firm, place.company
    at_client = f"firms/{firm.pk}/clients/{company.pk}/checklist/"
    body = {"month": "2026-03", "text": "Nachfragen", "due_on": "2026-04-10"}
    assert person.post(at_client, body, key=KEY).status_code == 201
    staffing.set_staff(firm, user=place.person, team_role="reviewer", by=place.lead)
    problem(person.post(at_client, body, key=KEY), 409, "fiduciary.only_who_works")
    open_companies([company.pk])
    lead = Outside(place.lead)
    assert lead.post(at_client, body, key=KEY).status_code == 201
    open_companies([company.pk])
    firms.end_mandate(firms.works_here(company)[0][0], by=make.owner_of(company))
    problem(lead.post(at_client, body, key=KEY), 404)
    path = f"firms/{firm.pk}/staff/{place.person.pk}/remove/"
    assert lead.post(path, {}, key=KEY).status_code == 204
    problem(person.post(at_client, body, key=KEY), 404)


def test_a_change_is_repeated_though_its_version_is_gone(place):
    api, path = Outside(place.lead), f"firms/{place.firm.pk}/checklist-templates/"
    made = api.post(path, STEPS)

    def change(key):
        return api.client.put(
            f"/api/v1/{path}{made.json()['id']}/", json.dumps(STEPS | {"name": "Neu"}),
            content_type="application/json", HTTP_IF_MATCH=made["ETag"], HTTP_IDEMPOTENCY_KEY=key,
        )  # fmt: skip

    first = change(KEY)
    assert first.status_code == 200, first.content
    after = everything(place)
    again = change(KEY)
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert everything(place) == after
    problem(change(new_key()), 412)


def test_a_refusal_is_not_kept(place):
    api, path = Outside(place.lead), f"firms/{place.firm.pk}/checklist-templates/"
    problem(api.post(path, STEPS | {"steps": []}, key=KEY), 422)
    assert api.post(path, STEPS, key=KEY).status_code == 201


def test_the_second_factor_is_asked_for_before_an_answer_is_told_again(place):
    api = Outside(place.lead)
    path = f"firms/{place.firm.pk}/invitations/"
    assert api.post(path, INVITED, key=KEY).status_code == 201
    session = api.client.session
    session["account_authentication_methods"] = []
    session.save()
    problem(api.post(path, INVITED, key=KEY), 403, "step_up_needed")
    assert FirmInvitation.objects.filter(firm=place.firm, email=INVITED["email"]).count() == 1


def test_keys_are_seen_by_their_person_alone(place):
    Outside(place.lead).post("me/name/", {"name": "Eins"}, key=KEY)
    set_local("rappen.user", str(place.lead.pk))
    assert PersonalIdempotencyRecord.unscoped.get().body["name"] == "Eins"
    set_local("rappen.user", str(place.person.pk))
    assert not PersonalIdempotencyRecord.unscoped.exists()
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        idempotency.PersonalIdempotencyRecord.unscoped.create(
            user=place.lead, operation="x", key=KEY, status=200, at=clock.now()
        )
    set_local("rappen.user", "")
    assert not PersonalIdempotencyRecord.unscoped.exists()


def test_long_answers_are_kept_by_their_id_alone(place, monkeypatch):
    monkeypatch.setattr(idempotency, "LARGEST_ANSWER", 40)
    api, path = Outside(place.lead), f"firms/{place.firm.pk}/checklist-templates/"
    first = api.post(path, STEPS, key=KEY).json()
    assert api.post(path, STEPS, key=KEY).json() == {"id": first["id"]}


def test_keys_are_forgotten_by_age(place, monkeypatch):
    api = Outside(place.lead)
    for key in ("aaaaaaaa", "bbbbbbbb"):
        api.post("me/name/", {"name": "Eins"}, key=key)
    now = clock.now()
    monkeypatch.setattr(idempotency, "AT_ONCE", 1)

    def left(days):
        monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=days))
        gone = forget_keys_of_people()
        set_local("rappen.user", str(place.lead.pk))
        return gone, PersonalIdempotencyRecord.unscoped.count()

    assert left(89) == (0, 2)
    assert left(91) == (2, 0)


def test_a_key_sent_four_times_at_once_has_one_effect(three):  # noqa: F811 - the fixture
    arnold = three[0]
    path = f"firms/{arnold.firm.pk}/times/"
    body = {"company": arnold.clients[0].pk, "day": "2026-01-05", "minutes": 30, "text": "Bank"}
    clients, key = [Outside(arnold.lead) for _nth in range(4)], new_key()
    answers, barrier = [], threading.Barrier(4)

    def send(api):
        barrier.wait(10)
        answers.append(api.post(path, body, key=key))
        connection.close()

    threads = [threading.Thread(target=send, args=[api]) for api in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.status_code for one in answers} <= {201, 409}
    (made,) = {one.json()["id"] for one in answers if one.status_code == 201}
    for one in answers:
        if one.status_code == 409:
            problem(one, 409, "api.still_running")
    with transaction.atomic():
        staff_of(arnold.firm.pk, user=arnold.lead)
        assert [row.pk for row in times.MandateTime.of_firm(arnold.firm)] == [made]


def send(api, *items, **more):
    answer = api.post("batch/", {"items": list(items), **more})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def item(path, body, key):
    return {"key": key, "method": "POST", "path": path, "body": body}


def test_a_batch_outside_of_companies(three):  # noqa: F811 - the fixture
    arnold, berger, _conti = three
    api, start = Outside(arnold.lead), f"firms/{arnold.firm.pk}/"
    time = {"company": arnold.clients[0].pk, "day": "2026-01-05", "minutes": 30, "text": "Bank"}
    items = [
        item("me/name/", {"name": "Vom Telefon"}, "aaaaaaaa"),
        item(f"{start}times/", time, "bbbbbbbb") | {"name": "time"},
        item(f"{start}times/", time | {"minutes": 0}, "cccccccc"),
        item(f"{start}times/billed/", {"rows": ["@time.id"]}, "dddddddd"),
        item(f"firms/{berger.firm.pk}/times/", time, "eeeeeeee"),
        item(f"companies/{arnold.clients[0].pk}/contacts/", {}, "ffffffff"),
        item("batch/", {"items": []}, "gggggggg"),
        item("reference/iban/", {}, "hhhhhhhh"),
    ]
    first = send(api, *items)
    assert [one["status"] for one in first] == [200, 201, 400, 204, 404, 404, 404, 404], first
    assert {one["body"]["code"] for one in first[5:]} == {"batch.no_such_endpoint"}
    again = send(api, *items)
    assert [one["replayed"] for one in again] == [True, True, False, True] + [False] * 4
    assert [one["body"] for one in again[:2]] == [one["body"] for one in first[:2]]
    alone = api.post("me/name/", {"name": "Vom Telefon"}, key="aaaaaaaa")
    assert alone["Idempotency-Replayed"] == "true"
    with transaction.atomic():
        staff_of(arnold.firm.pk, user=arnold.lead)
        assert times.MandateTime.of_firm(arnold.firm).get().is_billed


def test_a_batch_begins_a_bulk_job_by_its_own_key(three):  # noqa: F811 - the fixture
    arnold = three[0]
    companies = [one.pk for one in arnold.clients]
    body = {"kind": "fiduciary.look_at", "companies": companies}
    items = [item(f"firms/{arnold.firm.pk}/batches/", body, "aaaaaaaa")]
    first, again = (send(Outside(arnold.lead), *items)[0] for _twice in range(2))
    assert first["status"] == 201, first
    assert again == first


def test_a_stranger_to_a_batch_is_not_let_in(db):
    assert Client().post("/api/v1/batch/", "{}", content_type="application/json").status_code in (
        401,
        403,
    )


def test_who_is_removed_from_a_firm_by_oneself_is_answered(place):
    staffing.set_staff(
        place.firm, user=place.person, team_role="lead", is_manager=True, by=place.lead
    )
    person = Outside(place.person)
    path = f"firms/{place.firm.pk}/staff/{place.person.pk}/remove/"
    assert person.post(path, {}, key=KEY).status_code in (204, 422, 409)
    gone = not FirmStaff.objects.filter(firm=place.firm, user=place.person).exists()
    assert person.post(path, {}, key=KEY).status_code == (404 if gone else 409)
