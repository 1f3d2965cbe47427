"""The trail's proof finds what a master of the database did behind the program's back (LOG-3)."""

from __future__ import annotations

import json
import os
import threading
import tracemalloc
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from accounting.ledger.models import CostCentre
from accounting.ledger.verifying import verify_ledger
from erp.audit import access_log, chain, trail
from erp.audit.anchors import Anchor
from erp.audit.models import AccessLogEntry, AuditEvent, AuditHead
from erp.audit.tasks import keep_heads
from erp.audit.verifying import head_of, verify_audit
from erp.core import origin
from erp.core.origin import Origin, Via
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.ledger.test_verify_ledger import books_of, master

CHANGED, MISSING, INSERTED, REORDERED = "changed", "missing", "inserted", "reordered"
CUT = "cut off"


@pytest.fixture
def company(committed_db, settings, tmp_path):
    """A new company, whose founding left events; then six more, each in a transaction of its own."""
    settings.RAPPEN_VAR = tmp_path
    with transaction.atomic():
        company = make.company()
    for n in range(1, 7):
        act(company, f"«Müller & Söhne» {n}, 10 % \U0001f9fe \"'\\\n\x7f")
    return company


def act(company, text="x", **more):
    with books_of(company) as by:
        trail.record(company=company, by=by, action="cost_unit.add", details={"text": text, **more})


def numbered(company):
    with books_of(company):
        return dict(AuditEvent.of(company).order_by("position").values_list("position", "pk"))


def places(company):
    """The place of the third of the six events, and the last place of all."""
    last = max(numbered(company))
    return last - 3, last


def tamper(company, statements):
    """Run SQL in which ``e3`` is the id of the third event, and ``c`` the company's."""
    ids = numbered(company)
    last = max(ids)
    names = {f"e{n}": ids[last - 6 + n] for n in range(1, 7)}
    spots = {f"p{n}": last - 6 + n for n in range(1, 7)}
    with master() as session:
        for statement in statements.split(";"):
            if statement.strip():
                told = statement.format(c=company.pk, first=ids[1], **names, **spots)
                assert session.execute(told).rowcount > 0, told
    return names


def verdict_on(company, *, anchors=()):
    with books_of(company):
        return verify_audit(company, anchors=anchors)


def found_in(company, *, anchors=()):
    return [(b.kind, b.event) for b in verdict_on(company, anchors=anchors).breaks]


def present_head(company):
    with books_of(company):
        return head_of(company)


_SET = "UPDATE erp_auditevent SET {what} WHERE id = {{e3}}"
COPY_3 = """
    INSERT INTO erp_auditevent (company_id, at, by_id, action, subject, subject_id, details, address,
        agent, via, request_id, position, content_digest, digest)
    SELECT company_id, at, by_id, action, subject, subject_id, details, address, agent, via,
        request_id, {place}, content_digest, digest FROM erp_auditevent WHERE id = {{e3}}
"""
CUT_5_AND_6 = "DELETE FROM erp_auditevent WHERE id IN ({e5}, {e6})"
FORGET_5_AND_6 = """
    UPDATE erp_audithead SET position = {p4}, digest = (
        SELECT digest FROM erp_auditevent WHERE id = {e4}) WHERE company_id = {c}
"""
ALL = "DELETE FROM erp_auditevent WHERE company_id = {c}"
HEAD = "DELETE FROM erp_audithead WHERE company_id = {c}"

#: What was done, and all that the proof must say about it, the first break first.
DEEDS = {
    **{
        f"{column} changed": (_SET.format(what=f"{column} = {value}"), [(CHANGED, "e3")])
        for column, value in {
            "at": "at - interval '1 microsecond'", "by_id": "by_id + 1", "action": "'year.open'",
            "subject": "'account'", "subject_id": "7", "details": "'{{}}'", "address": "'1.2.3.4'",
            "agent": "'x'", "via": "'page'", "request_id": "'x'",
        }.items()
    },
    "a value within the details changed": (
        _SET.format(what="details = jsonb_set(details, '{{text}}', '\"x\"')"), [(CHANGED, "e3")]
    ),
    "changed with its own digest": (
        _SET.format(what="content_digest = sha256('x')"), [(CHANGED, "e3"), (REORDERED, "e3")]
    ),
    "numbered anew": (
        _SET.format(what="id = id + 1000000"), [(CHANGED, "e3+")]
    ),
    "event deleted": ("DELETE FROM erp_auditevent WHERE id = {e3}", [(MISSING, None)]),
    "two events deleted": (
        "DELETE FROM erp_auditevent WHERE id IN ({e3}, {e4})", [(MISSING, None)]
    ),
    "first event deleted": ("DELETE FROM erp_auditevent WHERE id = {first}", [(MISSING, None)]),
    "deleted and closed up": (
        "DELETE FROM erp_auditevent WHERE id = {e3};"
        "UPDATE erp_auditevent SET position = {p3} WHERE id = {e4};"
        "UPDATE erp_auditevent SET position = {p4} WHERE id = {e5};"
        "UPDATE erp_auditevent SET position = {p5} WHERE id = {e6}",
        [(REORDERED, "e4"), (REORDERED, "e5"), (REORDERED, "e6"), (CUT, None)],
    ),
    "two events swapped": (
        "UPDATE erp_auditevent SET position = 99999 WHERE id = {e3};"
        "UPDATE erp_auditevent SET position = {p3} WHERE id = {e4};"
        "UPDATE erp_auditevent SET position = {p4} WHERE id = {e3}",
        [(REORDERED, "e4"), (REORDERED, "e3"), (REORDERED, "e5")],
    ),
    "inserted without a place": (COPY_3.format(place="NULL"), [(INSERTED, "new")]),
    "inserted behind the head": (
        COPY_3.format(place="{p6} + 1"), [(CHANGED, "new"), (REORDERED, "new"), (INSERTED, "new")]
    ),
    "last events deleted": (CUT_5_AND_6, [(CUT, None)]),
    "all events deleted": (ALL, [(CUT, None)]),
    "head changed": (
        "UPDATE erp_audithead SET digest = sha256('') WHERE company_id = {c}", [(CHANGED, "e6")]
    ),
    "head set back": (
        "UPDATE erp_audithead SET position = {p5}, digest = (SELECT digest FROM erp_auditevent"
        " WHERE id = {e5}) WHERE company_id = {c}",
        [(INSERTED, "e6")],
    ),
    "head removed": (HEAD, [(CUT, None)]),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_the_proof_names_what_was_done(company, deed):
    statements, expected = DEEDS[deed]
    assert found_in(company) == []

    names = tamper(company, statements)

    with books_of(company):
        names["new"] = AuditEvent.of(company).order_by("pk").values_list("pk", flat=True).last()
    names["e3+"] = names["e3"] + 1000000
    assert found_in(company) == [(kind, event and names[event]) for kind, event in expected]


def test_an_event_well_forged_into_the_middle_is_named(company):
    """With a fitting link to the one before; the events behind it moved on by one place."""
    place, _last = places(company)
    tamper(company, COPY_3.format(place="100000") + ";" + """
        UPDATE erp_auditevent SET position = position + 1000 WHERE id IN ({e4}, {e5}, {e6});
        UPDATE erp_auditevent SET position = position - 999 WHERE id IN ({e4}, {e5}, {e6});
        UPDATE erp_auditevent SET position = {p4} WHERE company_id = {c} AND position = 100000""")  # fmt: skip
    with books_of(company):
        before, forged = AuditEvent.of(company).filter(
            position__in=[place, place + 1]
        ).order_by("position")  # fmt: skip
        content = content_of(forged)
        link = chain.link(bytes(before.digest), position=place + 1, content=content)
    with master() as session:
        session.execute("UPDATE erp_auditevent SET content_digest = %s, digest = %s WHERE id = %s",
                        [content, link, forged.pk])  # fmt: skip
    assert found_in(company) == [(INSERTED, forged.pk)]


def content_of(event):
    with connection.cursor() as cursor:
        cursor.execute("SELECT details::text FROM erp_auditevent WHERE id = %s", [event.pk])
        (details,) = cursor.fetchone()
    return chain.content_digest(
        company=event.company_id, id=event.pk, at=event.at, by=event.by_id, action=event.action,
        subject=event.subject, subject_id=event.subject_id, address=event.address,
        agent=event.agent, via=event.via, request_id=event.request_id, details=details,
    )  # fmt: skip


def forge(company):
    """Link all events anew, and put the head where the chain then ends."""
    with books_of(company):
        previous, seals = b"", []
        for event in AuditEvent.of(company).order_by("position"):
            content = content_of(event)
            previous = chain.link(previous, position=event.position, content=content)
            seals.append((content, previous, event.pk))
    with master() as session:
        session.cursor().executemany(
            "UPDATE erp_auditevent SET content_digest = %s, digest = %s WHERE id = %s", seals
        )
        session.execute("UPDATE erp_audithead SET digest = %s WHERE company_id = %s",
                        [previous, company.pk])  # fmt: skip


def test_a_forged_chain_differs_from_a_head_kept_elsewhere(company):
    kept = present_head(company)
    names = tamper(company, DEEDS["details changed"][0])
    forge(company)
    assert found_in(company) == []
    assert found_in(company, anchors=[kept]) == [(CHANGED, names["e6"])]


def test_a_tail_cut_with_all_its_traces_is_found_by_a_head_kept_elsewhere(company):
    kept = present_head(company)
    tamper(company, FORGET_5_AND_6 + ";" + CUT_5_AND_6)
    assert found_in(company) == []
    assert found_in(company, anchors=[kept]) == [(CUT, None)]
    for _ in range(3):
        act(company)
    assert [kind for kind, _event in found_in(company, anchors=[kept])] == [CHANGED]


def test_heads_kept_on_the_way_agree_with_a_trail_that_went_on(company):
    kept = [present_head(company)]
    act(company)
    kept.append(present_head(company))
    act(company)
    assert found_in(company, anchors=kept) == []
    verdict = verdict_on(company)
    assert verdict.events == verdict.position == kept[1].position + 1
    assert Anchor(verdict.position, verdict.head) == present_head(company)


def test_only_the_company_tampered_with_is_unsound(company):
    with transaction.atomic():
        other = make.company()
    tamper(company, DEEDS["details changed"][0])
    assert found_in(other) == []
    assert not verdict_on(company).sound


# --- the command, and the heads kept outside the database


def verify_by_command(company, **options):
    out = StringIO()
    try:
        call_command("verify_audit", company=company and str(company.pk), stdout=out, **options)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def test_the_command_tells_of_a_sound_trail(company):
    said, code = verify_by_command(company)
    _place, last = places(company)
    assert code == 0
    assert said.startswith(f"company {company.pk}: {last} events, head ")
    assert len(said.splitlines()) == 1


def test_the_command_names_the_break_and_exits_with_1(company):
    names = tamper(company, DEEDS["details changed"][0])
    said, code = verify_by_command(company)
    assert code == 1
    assert said.splitlines()[1].strip() == (
        f"changed: event {names['e3']}: the content differs from what was recorded"
    )
    said, code = verify_by_command(None, format="json")
    told = {row["company"]: row for row in map(json.loads, said.splitlines())}[company.pk]
    assert (code, told["sound"], told["events"]) == (1, False, places(company)[1])
    assert told["breaks"] == [{"kind": CHANGED, "event": names["e3"],
                               "details": "the content differs from what was recorded"}]  # fmt: skip


def test_the_command_refuses_an_unknown_company(committed_db):
    with pytest.raises(CommandError, match="nobody-gmbh"):
        call_command("verify_audit", company="nobody-gmbh", stdout=StringIO())


@pytest.mark.parametrize("deed", [FORGET_5_AND_6 + ";" + CUT_5_AND_6, ALL + ";" + HEAD],
                         ids=["tail cut off", "all deleted"])  # fmt: skip
def test_the_command_uses_the_heads_kept(company, tmp_path, deed):
    path = tmp_path / "anchors" / "audit-heads.jsonl"
    keep_heads()
    first = path.read_text()
    assert verify_by_command(company)[1] == 0
    _place, last = places(company)
    tamper(company, deed)
    keep_heads()  # whoever cut the chain cannot cover it up by keeping the new head
    assert path.read_text().startswith(first)
    said, code = verify_by_command(company)
    assert code == 1
    assert f"cut off: a head at place {last} was kept, and the place is gone" in said


# --- the chain


def test_events_of_one_transaction_stand_in_the_order_they_were_recorded(company):
    before = present_head(company).position
    with books_of(company) as by:
        for text in "abc":
            trail.record(company=company, by=by, action="cost_unit.add", details={"text": text})
        assert present_head(company).position == before  # until the commit
    with books_of(company):
        rows = AuditEvent.of(company).filter(position__gt=before).order_by("position")
        assert [(r.position - before, r.details["text"]) for r in rows] == [
            (1, "a"), (2, "b"), (3, "c")
        ]  # fmt: skip


def test_what_is_rolled_back_leaves_no_gap(company):
    before = present_head(company).position
    with pytest.raises(RuntimeError), books_of(company) as by:
        trail.record(company=company, by=by, action="cost_unit.add")
        raise RuntimeError
    with books_of(company) as by:
        trail.record(company=company, by=by, action="cost_unit.add")
        with pytest.raises(RuntimeError), transaction.atomic():
            trail.record(company=company, by=by, action="cost_unit.add")
            raise RuntimeError
    assert present_head(company).position == before + 1
    assert found_in(company) == []


def test_two_companies_in_one_transaction_have_a_chain_each(committed_db):
    with transaction.atomic():
        one, two = make.company(), make.company()
    assert found_in(one) == found_in(two) == []
    assert present_head(one).position == present_head(two).position > 3


def test_all_that_an_origin_tells_is_linked(company):
    come = Origin("2001:db8::1", "Mozilla/5.0 «x» \U0001f600", Via.TOKEN, "f" * 32)
    with origin.coming_from(come):
        act(company, nested={"b": [1, 2.50, None, True], "a": "é\u2028\t"})
    with books_of(company):
        event = AuditEvent.of(company).latest("position")
    assert (event.address, event.agent, event.via, event.request_id) == (
        come.address, come.agent, come.via, come.request_id
    )  # fmt: skip
    assert found_in(company) == []


def test_many_at_once_make_one_chain_without_gaps_and_wait_for_nobody_twice(company):
    """Some record before they post, some after: neither order ends in a deadlock."""
    rounds, faults, barrier = 8, [], threading.Barrier(6)

    def work(nth):
        try:
            barrier.wait(20)
            for n in range(rounds):
                with books_of(company) as by:
                    early = (nth + n) % 2
                    if early:
                        trail.record(company=company, by=by, action="cost_unit.add")
                    make.rent(company, by=by)
                    if not early:
                        trail.record(company=company, by=by, action="cost_unit.add")
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    before = present_head(company).position
    threads = [threading.Thread(target=work, args=[nth]) for nth in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    verdict = verdict_on(company)
    assert verdict.sound and verdict.position == verdict.events == before + 6 * rounds * 2
    with books_of(company):
        assert verify_ledger(company).sound


def test_the_memory_of_the_proof_does_not_grow_with_the_trail(company):
    def fill(count):
        with books_of(company) as by:
            for n in range(count):
                trail.record(company=company, by=by, action="cost_unit.add", details={"n": n})

    def peak():
        tracemalloc.start()
        try:
            verdict = verdict_on(company)
            return verdict, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    fill(3000)
    peak()  # what is loaded once
    small, first = peak()
    fill(5000)
    large, second = peak()
    assert large.events == small.events + 5000 and large.sound
    assert second < 1.3 * first


# --- the only way in


def rows_of(company, sql, *values):
    with books_of(company), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@pytest.mark.parametrize("statement", [
    "INSERT INTO erp_auditevent (company_id, at, by_id, action, subject, details, address, agent, via,"
    " request_id) VALUES ({c}, now(), 1, 'x', '', '{{}}', '', '', 'page', '') RETURNING 1",
    "UPDATE erp_auditevent SET action = 'x' WHERE company_id = {c} RETURNING 1",
    "DELETE FROM erp_auditevent WHERE company_id = {c} RETURNING 1",
    "UPDATE erp_audithead SET position = 0 WHERE company_id = {c} RETURNING 1",
    "DELETE FROM erp_audithead WHERE company_id = {c} RETURNING 1",
    "INSERT INTO erp_audithead (company_id, position, digest) VALUES ({c}, 1, '') RETURNING 1",
    "UPDATE erp_accesslogentry SET kind = 'read' WHERE company_id = {c} RETURNING 1",
    "DELETE FROM erp_accesslogentry WHERE company_id = {c} RETURNING 1",
    "SELECT erp_audit_link(e) FROM erp_auditevent e",
])  # fmt: skip
def test_the_program_cannot_write_beside_the_chain(company, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        rows_of(company, statement.format(c=company.pk))


def test_nobody_records_in_a_company_that_is_not_open(company):
    with transaction.atomic():
        other = make.company()
    for opened in ([], [other]):
        with pytest.raises(ProgrammingError, match="is not open"), transaction.atomic():
            open_companies([one.pk for one in opened])
            trail.record(company=company, by=make.user(), action="cost_unit.add")


@pytest.mark.parametrize("statement", [
    "UPDATE erp_auditevent SET action = 'x' WHERE company_id = {c}",
    "UPDATE erp_auditevent SET position = position + 1000 WHERE company_id = {c}",
    "DELETE FROM erp_auditevent WHERE company_id = {c}",
    "TRUNCATE erp_auditevent",
    "UPDATE erp_audithead SET position = 0, digest = '' WHERE company_id = {c}",
    "DELETE FROM erp_audithead WHERE company_id = {c}",
    "TRUNCATE erp_audithead",
    "UPDATE erp_accesslogentry SET kind = 'read' WHERE company_id = {c}",
    "DELETE FROM erp_accesslogentry WHERE company_id = {c}",
    "TRUNCATE erp_accesslogentry",
])  # fmt: skip
def test_even_the_owner_is_refused_while_the_triggers_stand(company, statement):
    with books_of(company) as by:
        access_log.note(company=company, by=by, kind=AccessLogEntry.Kind.READ, subject=by)
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_OWNER_URL"].replace("/rappen?", f"/{name}?")
    with psycopg.connect(url) as owner:
        owner.execute("SELECT set_config('rappen.companies', %s, true)", [f"{{{company.pk}}}"])
        with pytest.raises(psycopg.errors.RaiseException, match=r"audit\.frozen"):
            owner.execute(statement.format(c=company.pk))
        owner.rollback()
    assert found_in(company) == []


def test_one_company_sees_nothing_of_anothers_trail(company):
    with transaction.atomic():
        other = make.company()
    with books_of(other):
        assert not AuditEvent.of(company).exists() and not AuditHead.of(company).exists()
        assert AuditEvent.of(other).exists() and CostCentre.of(company).count() == 0
