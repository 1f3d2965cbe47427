"""A company's domain is watched: proven, looked for, stored once, told once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import connection

from erp.access.leaks.adapter import TooOften, source
from erp.access.leaks.domains import FreeMail, NotADomain
from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import Membership, Role, User
from erp.access.sign_in.models import SecurityEvent
from erp.audit.models import AuditEvent
from erp.celery import app
from erp.cockpit import leak_checks, tasks
from erp.cockpit.leak_checks import check_company, check_domain
from erp.cockpit.leaks import (
    MOST,
    AlreadyWatched,
    NobodyThere,
    TooManyDomains,
    add_domain,
    remove_domain,
    settle,
)
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.leaks.conftest import DOMAIN, KEY, person, told
from tests.erp.passwords.service import answers

pytestmark = pytest.mark.django_db
PLACE = f"/api/v3/breacheddomain/{DOMAIN}"


@pytest.fixture
def watched(company):
    return add_domain(company=company, domain=DOMAIN, by=make.owner_of(company))


@pytest.fixture
def check(company, watched, service, django_capture_on_commit_callbacks):
    def run():
        with django_capture_on_commit_callbacks(execute=True):
            found = check_company(company.pk, source=source())
        watched.refresh_from_db()
        return found

    return run


def found(company):
    rows = LeakFinding.of(company).order_by("alias", "breach")
    return [(one.address, one.breach, one.breach_date, one.state) for one in rows]


def mails():
    return [(one.to[0], one.subject) for one in mail.outbox]


def actions(company):
    return list(AuditEvent.of(company).order_by("pk").values_list("action", flat=True))


# --- which domains


def test_a_domain_is_added_by_whoever_may_and_waits_for_its_proof(company):
    added = add_domain(company=company, domain="@Alpenholz.ch", by=make.owner_of(company))
    assert (added.domain, added.state, added.checked_at) == (DOMAIN, "unverified", None)
    assert actions(company)[-1] == "domain.add"


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("bluewin.ch", FreeMail), ("post.gmx.ch", FreeMail), ("x", NotADomain),
     ("other.ch", NobodyThere)],
)  # fmt: skip
def test_what_is_not_ours_is_refused(company, typed, refusal):
    with pytest.raises(refusal):
        add_domain(company=company, domain=typed, by=make.owner_of(company))
    assert not MailDomain.of(company).exists()


def test_it_takes_somebody_who_decides_and_can_sign_in(company):
    fritz = make.owner_of(company)
    bea = person("bea", company=company, role="bookkeeper", domain="treuhand.ch")
    with pytest.raises(NobodyThere):  # each client of a fiduciary would see its addresses
        add_domain(company=company, domain="treuhand.ch", by=fritz)
    make.grant(company=company, user=bea, role="owner", by=fritz)
    bea.is_active = False
    bea.save()
    with pytest.raises(NobodyThere):
        add_domain(company=company, domain="treuhand.ch", by=fritz)
    bea.is_active = True
    bea.save()
    add_domain(company=company, domain="treuhand.ch", by=fritz)


def test_twice_and_too_many_are_refused(company, watched):
    fritz = make.owner_of(company)
    with pytest.raises(AlreadyWatched):
        add_domain(company=company, domain=DOMAIN, by=fritz)
    MailDomain.unscoped.bulk_create(
        MailDomain(company=company, domain=f"x{n}.ch", added_by=fritz, added_at=clock.now())
        for n in range(MOST)
    )
    person("ina", company=company, role="owner", domain="viel.ch")
    with pytest.raises(TooManyDomains):
        add_domain(company=company, domain="viel.ch", by=fritz)


# --- what a check finds


def test_findings_are_stored_with_name_and_day_and_nothing_else(company, watched, check, service):
    service.leak({"anna": ["Adobe", "Unheard"], "info": ["LinkedIn"]})
    assert check() == 3
    assert found(company) == [
        ("anna@alpenholz.ch", "Adobe", dt.date(2013, 10, 4), "told"),
        ("anna@alpenholz.ch", "Unheard", None, "told"),
        ("info@alpenholz.ch", "LinkedIn", dt.date(2012, 5, 5), "told"),
    ]
    assert (watched.state, watched.problem) == ("verified", "")
    assert watched.checked_at is not None
    assert service.asked() == ["subscribeddomains", f"breacheddomain/{DOMAIN}", "breaches"]
    kept = {field.name for field in LeakFinding._meta.get_fields()}
    assert kept == {"id", "company", "domain", "alias", "breach", "breach_date", "found_at", "user",
                    "state"}  # fmt: skip


def test_a_day_that_becomes_known_is_filled_in(company, check, service, own_cache):
    from django.core.cache import cache

    service.leak({"anna": ["Fresh"]})
    check()
    cache.delete("leaks.breaches")
    service.paths["/api/v3/breaches"] = told([{"Name": "Fresh", "BreachDate": "2026-11-01"}])
    assert check() == 0
    assert found(company) == [("anna@alpenholz.ch", "Fresh", dt.date(2026, 11, 1), "told")]


def test_a_clean_domain_is_verified_and_nobody_is_told(company, watched, check):
    assert check() == 0
    assert watched.state == "verified"
    assert mail.outbox == []
    assert actions(company).count("domain.check") == 1  # from not checked to watched
    check()
    assert actions(company).count("domain.check") == 1


def test_without_a_proof_at_the_source_nothing_is_asked_about_it(watched, check, service):
    service.paths["/api/v3/subscribeddomains"] = told([{"DomainName": "other.ch"}])
    service.leak({"anna": ["Adobe"]})
    assert check() == 0
    assert (watched.state, watched.problem) == ("refused", "not_subscribed")
    assert service.asked() == ["subscribeddomains"]


def test_without_a_member_in_it_nothing_is_asked_at_all(company, watched, check, service):
    fritz = make.owner_of(company)
    service.leak({"anna": ["Adobe"]})
    person("ina", company=company, role="owner", domain="other.ch")
    Membership.of(company).filter(user=fritz).delete()
    assert check() == 0
    assert (watched.state, watched.problem) == ("refused", "no_member")
    assert service.received == []


@pytest.mark.parametrize("status", [402, 403])
def test_a_source_that_refuses_the_domain_ends_the_watch(watched, check, service, status):
    service.paths[PLACE] = answers(b"", status=status)
    assert check() == 0
    assert (watched.state, watched.problem) == ("refused", "not_subscribed")
    service.leak({"anna": ["Adobe"]})
    assert check() == 1
    assert (watched.state, watched.problem) == ("verified", "")


@pytest.mark.parametrize("fault", [
    answers(b"", status=401), answers(b"", status=500), answers(b"<html>"), told([]),
])  # fmt: skip
def test_a_source_that_cannot_tell_changes_nothing_but_the_note(
    watched, check, service, fault, caplog
):
    check()
    before = watched.checked_at
    service.paths[PLACE] = fault
    assert check() == 0
    assert (watched.state, watched.problem) == ("verified", "no_answer")
    assert watched.checked_at == before
    assert "could not tell" in caplog.text and KEY not in caplog.text
    service.leak({"anna": ["Adobe"]})
    assert check() == 1
    assert watched.problem == ""


def test_a_domain_removed_while_the_source_was_asked_stores_nothing(company, watched, service):
    class Slow:
        def subscribed_domains(self):
            remove_domain(watched, by=make.owner_of(company))
            return {DOMAIN}

        def breaches_of_domain(self, domain):
            return {"anna": ["Adobe"]}

        def breach_dates(self):
            return {}

    assert check_domain(company.pk, DOMAIN, source=Slow()) == 0
    assert found(company) == []


# --- who is told


def test_people_and_owners_are_told_once(company, check, service):
    fritz = make.owner_of(company)
    anna = person("anna", company=company, role="bookkeeper")
    service.leak({"anna": ["Adobe", "LinkedIn"], "info": ["Adobe"]})
    check()
    assert sorted(to for to, _subject in mails()) == [anna.email, fritz.email]
    text = next(one.body for one in mail.outbox if one.to == [anna.email])
    assert "Adobe (04.10.2013)" in text and "LinkedIn (05.05.2012)" in text
    assert "://" not in text and "info@" not in text
    text = next(one.body for one in mail.outbox if one.to == [fritz.email])
    assert "Alpenholz AG" in text and "2" in text and "anna@" not in text
    anna.refresh_from_db()
    assert anna.password_breached_at is not None
    event = SecurityEvent.objects.get(user=anna, kind="address_leaked")
    assert event.details == {"company": company.pk, "breaches": ["Adobe", "LinkedIn"]}

    User.objects.filter(pk=anna.pk).update(password_breached_at=None)
    mail.outbox.clear()
    for _again in range(3):
        assert check() == 0
    anna.refresh_from_db()
    assert mail.outbox == [] and anna.password_breached_at is None
    assert SecurityEvent.objects.filter(user=anna, kind="address_leaked").count() == 1
    assert len(found(company)) == 3


def test_only_what_is_new_is_told(company, check, service):
    anna = person("anna", company=company, role="bookkeeper")
    service.leak({"anna": ["Adobe"]})
    check()
    mail.outbox.clear()
    service.leak({"anna": ["Adobe", "LinkedIn"]})
    assert check() == 1
    text = next(one.body for one in mail.outbox if one.to == [anna.email])
    assert "LinkedIn" in text and "Adobe" not in text


def test_removed_and_added_again_it_tells_nothing_again(company, watched, check, service):
    service.leak({"anna": ["Adobe"]})
    check()
    mail.outbox.clear()
    remove_domain(watched, by=make.owner_of(company))
    again = add_domain(company=company, domain=DOMAIN, by=make.owner_of(company))
    assert check_company(company.pk, source=source()) == 0
    again.refresh_from_db()
    assert again.state == "verified" and mail.outbox == []


def test_a_run_that_broke_off_before_telling_is_made_up_for(
    company, watched, check, service, monkeypatch
):
    anna = person("anna", company=company, role="bookkeeper")
    service.leak({"anna": ["Adobe"]})
    with monkeypatch.context() as broken:
        broken.setattr(leak_checks, "tell", lambda company: None)
        check()
    assert [row[3] for row in found(company)] == ["new"] and mail.outbox == []
    assert check() == 0
    anna.refresh_from_db()
    assert [row[3] for row in found(company)] == ["told"]
    assert len(mail.outbox) == 2 and anna.password_breached_at is not None


def test_a_password_set_after_the_finding_stays(company, check, service, monkeypatch):
    """Between finding and telling, the password was changed."""
    anna = person("anna", company=company, role="bookkeeper")
    service.leak({"anna": ["Adobe"]})
    with monkeypatch.context() as broken:
        broken.setattr(leak_checks, "tell", lambda company: None)
        check()
    SecurityEvent.objects.create(user=anna, kind="password_changed", at=clock.now())
    check()
    anna.refresh_from_db()
    assert anna.password_breached_at is None
    text = next(one.body for one in mail.outbox if one.to == [anna.email])
    assert "asks you for a new password" not in text


def test_who_has_no_password_need_not_change_it(company, check, service):
    anna = person("anna", company=company, role="bookkeeper")
    anna.set_password(None)
    anna.save()
    service.leak({"anna": ["Adobe"]})
    check()
    anna.refresh_from_db()
    assert anna.password_breached_at is None


def test_people_of_other_companies_are_neither_marked_nor_told(company, check, service):
    """That they sign in here is nobody's business but their own company's."""
    stranger = person("anna")
    make.company(by=stranger)
    open_companies([company.pk])
    service.leak({"anna": ["Adobe"]})
    check()
    stranger.refresh_from_db()
    assert stranger.password_breached_at is None
    assert LeakFinding.of(company).get().user is None
    assert [to for to, _subject in mails()] == [make.owner_of(company).email]


def test_mails_speak_the_language_of_whoever_gets_them(company, check, service):
    anna = person("anna", company=company, role="bookkeeper")
    User.objects.filter(pk=anna.pk).update(language="en")
    service.leak({"anna": ["Adobe"]})
    check()
    subject = dict(mails())[anna.email]
    assert subject == "Rappen: Your address was found in stolen data"


def test_who_must_change_comes_no_further(company, check, service, client):
    anna = person("anna", company=company, role="bookkeeper")
    service.leak({"anna": ["Adobe"]})
    client.force_login(anna)
    assert client.get(f"/c/{company.pk}/").status_code == 200
    check()
    assert client.get(f"/c/{company.pk}/")["Location"] == "/accounts/password/change/"


def test_settling_is_noted_and_lasts(company, check, service):
    service.leak({"anna": ["Adobe", "LinkedIn"]})
    check()
    fritz = make.owner_of(company)
    theirs = LeakFinding.of(company).filter(alias="anna")
    assert settle(company=company, findings=theirs, by=fritz) == 2
    assert settle(company=company, findings=theirs, by=fritz) == 0
    assert actions(company).count("finding.settle") == 1
    check()
    assert {row[3] for row in found(company)} == {"settled"}


# --- whose


def test_another_companys_findings_are_not_there(company, check, service):
    service.leak({"anna": ["Adobe"]})
    check()
    make.company()  # opens its own rows only
    assert not LeakFinding.unscoped.exists() and not MailDomain.unscoped.exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE erp_leakfinding SET state = 'settled'")
        assert cursor.rowcount == 0
    open_companies([company.pk])
    assert LeakFinding.of(company).count() == 1


def test_two_companies_with_one_domain_are_told_apart(company, check, service):
    """Both have proven it; each has findings of its own."""
    service.leak({"fritz": ["Adobe"]})
    check()
    other = make.company(by=User.objects.get(email=f"fritz@{DOMAIN}"))
    add_domain(company=other, domain=DOMAIN, by=make.owner_of(other))
    assert check_company(other.pk, source=source()) == 1
    assert LeakFinding.of(other).count() == 1
    assert not LeakFinding.of(company).exists()


# --- by itself


def test_the_tasks_are_known_and_run_once_a_week(settings):
    assert {"leaks.check_all", "leaks.check_company"} <= set(app.tasks)
    entry = settings.CELERY_BEAT_SCHEDULE["look for mail domains in leaks"]
    assert entry["task"] == "leaks.check_all" and entry["schedule"].day_of_week == {1}


def test_without_a_key_nothing_is_queued_or_asked(company, watched, service, settings, monkeypatch):
    settings.LEAKS_KEY = ""
    queued = []
    monkeypatch.setattr(tasks.check_company, "delay", lambda **ids: queued.append(ids))
    assert tasks.check_all() == 0
    assert tasks.check_company(company_id=company.pk) == 0
    tasks.check_soon(company)
    assert queued == [] and service.received == []


def test_each_company_is_a_task_of_its_own(company, watched, service, monkeypatch):
    queued = []
    monkeypatch.setattr(tasks.check_company, "delay", lambda **ids: queued.append(ids))
    other = make.company()
    assert tasks.check_all() >= 2
    assert {"company_id": company.pk} in queued and {"company_id": other.pk} in queued


def test_a_company_without_domains_asks_nobody(service):
    assert tasks.check_company(company_id=make.company().pk) == 0
    assert service.received == []


def test_a_company_without_an_owner_is_passed_over(company, watched, service):
    Membership.of(company).delete()
    assert tasks.check_company(company_id=company.pk) == 0


def test_a_source_that_wants_a_rest_is_asked_later(company, watched, service, monkeypatch):
    service.paths[PLACE] = lambda handler: handler.wfile.write(
        b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    )
    later = []

    def retry(*, countdown, exc):
        later.append(countdown)
        return exc

    monkeypatch.setattr(tasks.check_company, "retry", retry)
    with pytest.raises(TooOften):
        tasks.check_company(company_id=company.pk)
    assert later == [7]


def test_what_was_found_before_a_rest_is_told(company, watched, service,
                                              django_capture_on_commit_callbacks):  # fmt: skip
    person("ina", company=company, role="owner", domain="berg.ch")
    add_domain(company=company, domain="berg.ch", by=make.owner_of(company))
    service.paths["/api/v3/subscribeddomains"] = told(
        [{"DomainName": DOMAIN}, {"DomainName": "berg.ch"}]
    )
    service.leak({"info": ["Adobe"]})
    service.paths["/api/v3/breacheddomain/berg.ch"] = answers(b"", status=429)
    with pytest.raises(TooOften), django_capture_on_commit_callbacks(execute=True):
        check_company(company.pk, source=source())
    assert found(company)[0][3] == "told"


def test_a_role_of_ones_own_can_decide_too(company):
    role = Role.unscoped.create(
        company=company, code="it", name="IT", permissions=["security.read", "security.change"]
    )
    ivo = person("ivo", domain="technik.ch")
    Membership.unscoped.create(company=company, user=ivo, role=role)
    assert add_domain(company=company, domain="technik.ch", by=ivo).domain == "technik.ch"
