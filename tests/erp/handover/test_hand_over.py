"""A company goes into another installation, and is the same there (Mandantenübergabe)."""

from __future__ import annotations

import json
import zipfile

import pytest
from django.db import connection, transaction
from django.test import Client

from accounting.ledger.models import EntryLine, JournalEntry
from accounting.ledger.posting import reverse
from accounting.ledger.verifying import verify_ledger
from erp.access.firms.gate import over_mandates
from erp.access.gate import access_to, operating
from erp.access.models import Membership, Role, User
from erp.audit.anchors import Anchor
from erp.audit.models import AccessLogEntry, AuditEvent
from erp.audit.verifying import verify_audit
from erp.cockpit import firms
from erp.companies.models import Company
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.handover.exporting import export_company
from erp.handover.importing import as_owner
from erp.handover.tables import TAKEN
from erp.mails.models import OutgoingMail
from payroll.employees.models import Employee
from payroll.runs.models import PayrollRun, Payslip
from tests import make
from tests.accounting.receivables import sales
from tests.erp.client import Api
from tests.erp.handover.conftest import FEBRUARY, PASSPHRASE, PDF
from tests.payroll.runs import books

pytestmark = pytest.mark.usefixtures("committed_db")


def manifest_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def test_chains_hold_against_the_heads_of_the_former_installation(original, taken, file):
    heads = manifest_of(file[0])["heads"]
    with operating(str(taken[0].pk)) as access:
        assert access.company.sealed_as == original.pk
        assert verify_ledger(access.company, anchors=[Anchor(**heads["ledger"])]).sound
        assert verify_audit(access.company, anchors=[Anchor(**heads["trail"])]).sound
    assert heads["ledger"]["position"] > 0


def test_each_row_keeps_its_number(both):
    numbers = []
    for company in both:
        with operating(str(company)), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(
                f"SELECT '{table}', array_agg(id ORDER BY id) FROM {table} WHERE company_id = {company}"  # noqa: S608
                for table in TAKEN if table not in ("erp_accesslogentry", "erp_auditevent", "erp_membership")
            ))  # fmt: skip
            numbers.append(dict(cursor.fetchall()))
    assert numbers[0] == numbers[1]
    assert sum(bool(ids) for ids in numbers[0].values()) >= 35, "tables with rows"


def test_wages_and_files_open_again_and_lie_in_no_file_as_they_are(both, file):
    told = []
    for company in both:
        with operating(str(company)):
            slip = Payslip.of(company).get()
            person = Employee.of(company).get()
            stored = StoredFile.of(company).get(name="q.pdf")
            told.append((slip.content, person.personal, storing.content_of(stored)))
            assert verify_ledger(slip.company).sound
    assert told[0] == told[1]
    assert told[0][2] == PDF
    with zipfile.ZipFile(file[0]) as archive:
        packed = archive.read("tables/payroll_employee.jsonl") + archive.read("manifest.json")
    assert told[0][1].ahv_number.encode() not in packed
    assert told[0][1].ahv_number.replace(".", "").encode() not in packed


def test_nobody_gets_in_by_a_file(original, taken, heir):
    """People come along as names: no password, no factor, no address; the owner was named here."""
    company, _done = taken
    with operating(str(company.pk)):
        members = {one.user for one in Membership.of(company).select_related("user")}
    assert {one for one in members if one.is_active} == {heir}
    former = members - {heir}
    assert former
    for one in former:
        assert not one.has_usable_password()
        assert one.email.endswith(f"@company-{company.pk}.invalid")
        assert (one.sealed_as, one.came_with_id) == (one.seal_number(company), company.pk)
        assert "@example.ch" in one.name, "the address they had is a text"
    with operating(str(original.pk)):
        owner = make.owner_of(original)
    client = Client()
    client.force_login(owner)
    assert client.get(f"/c/{company.pk}/").status_code == 404
    client.force_login(heir)
    assert client.get(f"/c/{company.pk}/").status_code == 200
    assert client.get(f"/c/{original.pk}/").status_code == 404


def test_the_trail_tells_of_both(original, taken, file):
    with operating(str(original.pk)):
        out = AuditEvent.of(original).get(action="company.export")
        looked = AccessLogEntry.of(original).get(kind="export")
        assert (looked.subject, looked.count) == ("company", out.details["rows"])
    with operating(str(taken[0].pk)):
        came = AuditEvent.of(taken[0]).get(action="company.import")
    assert out.details["digest"] == came.details["digest"] == file[1].digest == taken[1].digest


def test_a_mail_that_waits_is_sent_by_one_of_them_alone(both):
    states = []
    for company in both:
        with operating(str(company)):
            states.append(OutgoingMail.of(company).get(subject="S").state)
    assert states == ["queued", "cancelled"]


def test_work_goes_on_in_both_with_the_same_numbers(both):
    """Entries, a reversal, an invoice and a month of wages; then both chains hold."""
    for company in both:
        with operating(str(company)) as access:
            one = access.company
            by = make.owner_of(one) if company == both[0] else access.user
            rent = JournalEntry.of(one).get(text="Miete")
            assert rent.lines.count() == 2
            reversal = reverse(rent, date=make.MARCH_31, by=by)
            assert reversal.pk > JournalEntry.of(one).filter(reverses=None).order_by("-pk")[1].pk
            sales.issued(one, sales.customer(one, name="Neu AG"))
            run = books.posted(one, month=FEBRUARY)
            assert Payslip.of(one).filter(run=run).count() == 1
    for company in both:
        with operating(str(company)) as access:
            verdict = verify_ledger(access.company)
            assert verdict.breaks == []
            assert verify_audit(access.company).breaks == []
            assert PayrollRun.of(access.company).count() == 2


def test_the_same_number_is_another_record_in_each(both):
    """By pages and by program: what is changed in one stays in the other."""
    apis, ids = [], []
    for company in both:
        with operating(str(company)) as access:
            apis.append(Api(access.company, access.user))
            ids.append(set(JournalEntry.of(company).values_list("pk", flat=True)))
            contact = (
                access.company.pk and sales.customer
            )  # the same contact in both, by its number
            assert contact
    shared = sorted(ids[0] & ids[1])
    assert shared
    for nth, api in enumerate(apis):
        found = api.get(f"journal-entries/{shared[0]}/")
        assert found.status_code == 200, nth
    listed = [api.get("contacts/").json()["results"] for api in apis]
    assert [row["id"] for row in listed[0]][:1] == [row["id"] for row in listed[1]][:1]
    number = listed[0][0]["id"]
    body, version = apis[1].read(f"contacts/{number}/")
    changed = apis[1].patch(f"contacts/{number}/", {"name": "Ganz anders AG"}, **version)
    assert changed.status_code == 200, changed.json()
    assert apis[1].get(f"contacts/{number}/").json()["name"] == "Ganz anders AG"
    assert apis[0].get(f"contacts/{number}/").json()["name"] == body["name"]


def test_a_fiduciary_of_both_sees_each_by_its_own_rights(both, heir):
    """Roles have the same numbers in both: none opens more than it does in its own company."""
    operator = make.user(is_operator=True)
    lead = make.user()
    with transaction.atomic():
        firm = firms.found_firm(name="Beide", manager=lead, by=operator)
    for company, role in zip(both, ("fiduciary", "auditor"), strict=True):
        with operating(str(company)) as access:
            by = make.owner_of(access.company) if company == both[0] else access.user
            firms.give_mandate(company=access.company, firm_code=firm.code, role=role, by=by)
    with transaction.atomic():
        found = over_mandates(firm.pk, user=lead)
        assert found.rights[both[0]] > found.rights[both[1]]
        joined = Membership.unscoped.filter(company__in=both).select_related("role")
        assert all(one.role.company_id == one.company_id for one in joined)
        assert {one.role.company_id == one.company_id
                for one in Membership.unscoped.filter(company__in=both)} == {True}  # fmt: skip
        lines = EntryLine.unscoped.filter(company__in=both, entry__text="Miete")
        assert lines.filter(account__number="6000").count() == 2, (
            "one in each, and no cross of them"
        )
    client = Client()
    client.force_login(lead)
    page = client.get(f"/firms/{firm.pk}/")
    assert page.status_code == 200


def test_taking_away_a_membership_leaves_ones_own_of_the_same_number_elsewhere(taken, heir):
    """One sees one's memberships in all companies; those of others are out of reach of a bare id."""
    company, _done = taken
    with transaction.atomic():
        elsewhere = make.found(by=heir)
    with operating(str(company.pk)):
        former = Membership.of(company).exclude(user=heir).first()
    with operating(str(elsewhere.pk)):
        role = Role.of(elsewhere).get(code="auditor")
        Membership.unscoped.create(pk=former.pk, company=elsewhere, user=heir, role=role)
    with transaction.atomic():
        access_to(company.pk, user=heir)
        for act in (
            "UPDATE erp_membership SET user_id = user_id WHERE id = %s",
            "DELETE FROM erp_membership WHERE id = %s",
        ):
            with connection.cursor() as cursor:
                cursor.execute(act, [former.pk])
                assert cursor.rowcount == 1, act
    with operating(str(elsewhere.pk)):
        assert Membership.of(elsewhere).filter(pk=former.pk, user=heir).exists()


def test_what_was_taken_in_can_be_handed_on(taken, tmp_path):
    """The file of a file: seals still name whom they named."""
    path = tmp_path / "again.zip"
    export_company(str(taken[0].pk), path, passphrase=PASSPHRASE)
    told = manifest_of(path)
    assert told["company"]["sealed_as"] == taken[0].sealed_as
    people = {one["number"]: one["sealed_as"] for one in told["people"]}
    assert len(set(people.values())) == len(people)
    for one in User.objects.filter(pk__in=people):
        assert one.seal_number(taken[0]) == people[one.pk]
        assert (people[one.pk] > taken[0].people_above) == (one.came_with_id is None)
    assert any(number <= taken[0].people_above for number in people.values())


@pytest.mark.parametrize("table, column", [
    ("accounting_journalentry", "posted_by_id"), ("erp_auditevent", "by_id"),
])  # fmt: skip
@pytest.mark.parametrize("there", ["came", "stayed"])
def test_who_acted_cannot_be_swapped_for_somebody_of_the_former_number(
    original, taken, table, column, there
):
    """A local person has the id that is the seal number of one who came along: seals tell them apart."""
    company = taken[0]
    with operating(str(original.pk)):
        local = make.owner_of(original)
    former = User.objects.get(came_with=company, sealed_as=local.pk)
    number = company.pk if there == "came" else original.pk
    shown, other = (former, local) if there == "came" else (local, former)
    with as_owner(), transaction.atomic():
        open_companies([number])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE company_id = %s AND {column} = %s",  # noqa: S608
                [other.pk, number, shown.pk],
            )
            assert cursor.rowcount > 0
        verify = verify_ledger if column == "posted_by_id" else verify_audit
        found = verify(Company.objects.get(pk=number))
        assert {one.kind for one in found.breaks} == {"changed"}
        transaction.set_rollback(True)


def test_new_seals_name_local_people_above_those_who_came(taken, heir):
    company = taken[0]
    assert heir.seal_number(company) == company.people_above + heir.pk
    came = User.objects.filter(came_with=company)
    assert company.people_above == max(one.sealed_as for one in came)
    with operating(str(company.pk)) as access:
        assert access.user == heir
        entry = make.rent(access.company, by=heir)
        assert verify_ledger(access.company).sound
        assert entry.posted_by == heir


def test_ids_of_one_company_open_nothing_of_another(both):
    with transaction.atomic():
        open_companies([both[0]])
        assert set(JournalEntry.unscoped.values_list("company", flat=True)) == {both[0]}
