"""Steps: each with one effect, in the name of who asked, and to the end or as far as it goes."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack

import pytest
from django.db import DatabaseError, OperationalError, transaction

from accounting.ledger.models import JournalEntry
from erp.access.gate import access_to
from erp.access.models import Membership
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.cockpit.tokens import create_token
from erp.core import clock
from erp.core.errors import Overtaken
from erp.core.tenancy import open_companies, set_local
from erp.jobs import kinds as registry
from erp.jobs import running
from erp.jobs.models import MOST_LINES, Job, JobLine, State
from erp.jobs.running import AccessLost, Broken, GivenUp
from erp.jobs.starting import JobIsOver, KeyTaken, cancel, start
from tests import make
from tests.erp.jobs import kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def begin(company, anna):
    def begun(kind="test.post", *, by=anna, **arguments):
        return start(kind, company=company, by=by, arguments=arguments or {"entries": 3})

    return begun


def worked(job, company):
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    return Job.of(company).get(pk=job.pk)


def entries(company):
    return JournalEntry.of(company).count()


def test_a_job_does_its_steps_and_tells_what_came_of_it(company, begin):
    job = begin()
    assert (job.state, job.enqueued_at) == (State.WAITING, None)
    done = worked(job, company)
    assert (done.state, done.result, done.message) == (State.DONE, {"entries": 3}, "3 entries")
    assert (done.done, done.total, done.percent, done.step) == (3, 3, 100, 4)
    assert done.began_at <= done.finished_at <= done.heartbeat_at
    assert [line.text for line in JobLine.of(company)] == ["entry 0", "entry 1", "entry 2"]
    assert entries(company) == 3


def test_brought_twice_it_is_done_once(company, begin):
    job = begin()
    worked(job, company)
    assert worked(job, company).step == 4
    assert entries(company) == 3


def test_the_same_key_is_the_same_job(company, anna):
    def again(**arguments):
        return start("test.post", company=company, by=anna, arguments=arguments, key="once")

    first = again(entries=1)
    assert again(entries=1) == first
    worked(first, company)
    assert again(entries=1) == first
    with pytest.raises(KeyTaken):
        again(entries=2)
    assert Job.of(company).count() == 1


def test_the_key_of_somebody_else_gives_nothing_of_theirs(company, anna):
    """API-1: scoped to the user."""
    told = {"company": company, "arguments": {"entries": 1}, "key": "once"}
    start("test.post", by=anna, **told)
    beat = make.user(company=company, granted=[Permission.LEDGER_POST])
    with pytest.raises(KeyTaken):
        start("test.post", by=beat, **told)
    assert Job.of(company).count() == 1


def test_a_refusal_fails_the_job_and_undoes_the_step(company, begin):
    job = worked(begin("test.fail"), company)
    assert (job.state, job.error_code) == (State.FAILED, "tests.refused")
    assert job.error == str(kinds.Refused())
    assert entries(company) == 0


def test_a_bug_fails_the_job_with_a_number_and_tells_nothing_else(company, begin, caplog):
    job = worked(begin("test.fail", bug=True), company)
    assert (job.state, job.error_code) == (State.FAILED, "jobs.broken")
    assert job.error == str(Broken(number=job.pk)) and "secret" not in job.error
    assert "ValueError" in caplog.text
    assert entries(company) == 0


def test_the_refusal_is_told_in_the_language_of_who_asked(company, anna, begin):
    anna.language = "fr"
    anna.save()
    job = worked(begin("test.fail"), company)
    assert job.error and job.error != str(kinds.Refused())  # German is what the test itself speaks


def test_a_job_that_waits_is_cancelled_at_once(company, anna, begin):
    job = cancel(begin(), by=anna)
    assert (job.state, job.cancel_asked_by) == (State.CANCELLED, anna)
    assert worked(job, company).step == 0
    with pytest.raises(JobIsOver):
        cancel(job, by=anna)


def test_a_job_that_runs_ends_before_its_next_step(company, anna, begin, monkeypatch):
    job = begin(entries=5)
    work = registry.kind_of("test.post").work

    def second_thoughts(doing, cursor):
        if cursor.get("nth") == 2:
            cancel(job, by=anna)
        return work(doing, cursor)

    _with_work(monkeypatch, "test.post", second_thoughts)
    over = worked(job, company)
    assert (over.state, over.done, entries(company)) == (State.CANCELLED, 3, 3)


def _with_work(monkeypatch, name, work):
    kind = registry.kind_of(name)
    changed = registry.Kind(kind.name, kind.title, kind.permission, work, kind.step_up)
    monkeypatch.setitem(registry._KINDS, name, changed)


def test_who_is_no_member_any_more_has_no_more_steps(company, anna, begin, monkeypatch):
    """AUZ-5: at the next step."""
    beat = make.user(company=company, granted=["ledger.post"])
    job = begin(by=beat)
    work = registry.kind_of("test.post").work

    def leaving(doing, cursor):
        if cursor.get("nth") == 1:
            Membership.of(company).filter(user=beat).delete()
        return work(doing, cursor)

    _with_work(monkeypatch, "test.post", leaving)
    over = worked(job, company)
    assert (over.state, over.done, over.error_code) == (State.FAILED, 2, "jobs.access_lost")
    assert over.error == str(AccessLost(name=str(beat)))


@pytest.mark.parametrize("lost", ["right", "module", "active"])
def test_the_right_is_asked_for_at_the_start(company, begin, lost):
    beat = make.user(company=company, granted=["ledger.read" if lost == "right" else "ledger.post"])
    job = begin(by=beat)
    if lost == "module":
        company.modules = ["banking"]
        company.save()
    if lost == "active":
        beat.is_active = False
        beat.save()
    over = worked(job, company)
    assert (over.state, over.error_code, over.step) == (State.FAILED, "jobs.access_lost", 0)


def test_a_job_never_has_more_rights_than_the_token_it_came_by(company, anna):
    """Nor any more of them, once the token is revoked."""
    for scopes, state in ((["ledger.post"], State.DONE), (["ledger.read"], State.FAILED)):
        token, _secret = create_token(
            access_to(company.pk, user=anna), name="App", scopes=scopes, days=5
        )
        within = Bearer(token.pk, company.pk, anna, frozenset(scopes))
        job = start("test.post", company=company, by=anna, arguments={"entries": 1}, within=within)
        assert worked(job, company).state == state
    job = start("test.post", company=company, by=anna, arguments={"entries": 1}, within=within)
    token.revoked_at, token.revoked_by = clock.now(), anna
    token.save(update_fields=["revoked_at", "revoked_by"])
    assert worked(job, company).error_code == "jobs.access_lost"


def test_a_lease_keeps_others_away_until_it_is_over(company, begin):
    job = begin()
    now = clock.now()
    mine = running._taken(job.pk, company.pk)
    assert running._taken(job.pk, company.pk) is None
    with clock.at(now + dt.timedelta(minutes=5)):
        theirs = running._taken(job.pk, company.pk)
        assert theirs.attempts == 2 and theirs.lease != mine.lease
        kind, memory = registry.kind_of(job.kind), {}
        with pytest.raises(running.LeaseLost):
            running._step(mine, kind, memory, ExitStack())
        assert running._step(theirs, kind, memory, ExitStack())
    assert entries(company) == 1


def test_who_lost_the_lease_in_the_middle_of_a_step_leaves_nothing(company, begin, monkeypatch):
    job, work, now = begin(), registry.kind_of("test.post").work, clock.now()
    mine = running._taken(job.pk, company.pk)

    def overtaken(doing, cursor):
        outcome = work(doing, cursor)
        with clock.at(now + dt.timedelta(minutes=5)):
            assert running._taken(job.pk, company.pk)
        return outcome

    _with_work(monkeypatch, "test.post", overtaken)
    with pytest.raises(running.LeaseLost), transaction.atomic():
        running._step(mine, registry.kind_of(job.kind), {}, ExitStack())
    open_companies([company.pk])
    assert entries(company) == 0


def test_begun_again_and_again_without_getting_on_it_is_given_up(company, begin):
    job, moment = begin(), clock.now()
    for _ in range(running.MOST_ATTEMPTS):
        moment += dt.timedelta(minutes=5)
        with clock.at(moment):
            assert running._taken(job.pk, company.pk)
    with clock.at(moment + dt.timedelta(minutes=5)):
        over = worked(job, company)
    assert (over.state, over.error_code) == (State.FAILED, "jobs.given_up")
    assert over.error == str(GivenUp(times=running.MOST_ATTEMPTS, number=job.pk))


def test_getting_on_it_may_be_interrupted_any_number_of_times(company, begin):
    job, moment = begin(entries=9), clock.now()
    kind = registry.kind_of(job.kind)
    for _ in range(9):
        moment += dt.timedelta(minutes=5)
        with clock.at(moment):
            assert running._step(running._taken(job.pk, company.pk), kind, {}, ExitStack())
    with clock.at(moment + dt.timedelta(minutes=5)):
        assert worked(job, company).state == State.DONE
    assert entries(company) == 9


def test_a_long_job_goes_to_the_end_of_the_queue(company, begin, settings, monkeypatch):
    sent = []
    monkeypatch.setattr(running, "send", lambda *job: sent.append(job))
    settings.JOB_SLICE = 0
    job = begin(entries=7)
    for nth in range(1, 8):
        again = worked(job, company)
        assert (again.state, again.done, len(sent)) == (State.RUNNING, nth, nth)
    assert worked(job, company).state == State.DONE
    assert set(sent) == {(job.pk, company.pk)} and len(sent) == 7


def test_a_database_that_is_away_interrupts_and_fails_nothing(company, begin, monkeypatch):
    def away(doing, cursor):
        raise OperationalError("the connection is closed")

    _with_work(monkeypatch, "test.post", away)
    monkeypatch.setattr(running.connection, "close", lambda: None)
    assert worked(begin(), company).state == State.RUNNING


def test_a_write_that_met_another_one_fails_the_job(company, begin, monkeypatch):
    def again(doing, cursor):
        Membership.unscoped.bulk_create(list(Membership.of(doing.company)))

    _with_work(monkeypatch, "test.post", again)
    job = worked(begin(), company)
    assert (job.state, job.error_code) == (State.FAILED, Overtaken.code)


def test_the_log_has_a_limit(company, begin, monkeypatch):
    def talkative(doing, cursor):
        for _ in range(MOST_LINES):
            doing.log("x" * 600)
        return registry.Next({}) if not cursor.get("x") and doing.memory.get("x") else _once(doing)

    def _once(doing):
        doing.memory["x"] = True
        return registry.Done() if JobLine.of(company).exists() else registry.Next({"x": 1})

    _with_work(monkeypatch, "test.post", talkative)
    assert worked(begin(), company).state == State.DONE
    assert JobLine.of(company).count() == MOST_LINES


def test_what_is_over_stays_over(company, begin):
    job = worked(begin(entries=0), company)
    with pytest.raises(DatabaseError), transaction.atomic():
        Job.of(company).filter(pk=job.pk).update(state=State.WAITING)
    for forbidden in ({"arguments": {}}, {"kind": "x"}, {"by": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Job.of(company).filter(pk=job.pk).update(**forbidden)
    with pytest.raises(DatabaseError), transaction.atomic():
        Job.of(company).filter(pk=job.pk).delete()


def test_jobs_of_others_and_of_the_installation_are_not_seen(company, anna, begin):
    begin()
    other = make.company()  # opens its own rows alone
    assert not Job.unscoped.exists()
    boss = make.user(is_operator=True)
    start_for_installation(boss)
    open_companies([other.pk])
    for user, seen in ((anna, 0), (boss, 1)):
        set_local("rappen.installation", "off")
        set_local("rappen.user", str(user.pk))
        assert Job.unscoped.count() == seen
    with pytest.raises(DatabaseError), transaction.atomic():
        set_local("rappen.user", str(anna.pk))
        Job.unscoped.create(kind="test.count", created_at=clock.now())


def start_for_installation(by=None):
    set_local("rappen.installation", "on")
    return start("test.count", company=None, by=by, arguments={})


def test_a_job_of_the_installation_runs_without_a_company(company):
    job = start_for_installation()
    running.run(job.pk, None)
    found = Job.of_place(None).get()
    assert (found.state, found.result, found.percent) == (State.DONE, {"nth": 3}, 100)


def test_a_kind_is_of_a_company_or_of_the_installation(company, anna):
    for kind, place in (("test.count", company), ("test.post", None)):
        with pytest.raises(TypeError):
            start(kind, company=place, by=anna, arguments={})
    with pytest.raises(registry.NoSuchKind):
        start("test.unknown", company=company, by=anna, arguments={})


def test_a_job_of_a_kind_that_is_gone_fails(company, begin, monkeypatch):
    job = begin()
    monkeypatch.delitem(registry._KINDS, "test.post")
    assert worked(job, company).error_code == "jobs.broken"
    assert registry.title_of("test.post") == "test.post"


def test_permissions_of_kinds_exist():
    registry._load()
    for kind in registry._KINDS.values():
        assert kind.permission is None or kind.permission in Permission
