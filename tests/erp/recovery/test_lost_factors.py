"""AUT-8: phone, key and codes are lost. Password, a second admin, a day, and one's mailbox let in."""

from __future__ import annotations

import re
import threading
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from erp.access.addresses.models import AddressChange
from erp.access.firms.models import FirmStaff
from erp.access.giving import token_digest
from erp.access.models import Membership, Role
from erp.access.permissions import Permission
from erp.access.recovery.models import FactorRecovery, RecoveryApproval
from erp.access.sign_in.models import SecurityEvent
from erp.cockpit import addresses, firms, recovery
from erp.cockpit.members import grant, withdraw
from erp.cockpit.roles import MoreThanYouHave
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.sign_in.people import browser, is_in, sign_in, type_password

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def place(committed_db):
    """A company with two owners: Anna loses everything, Beat can vouch."""
    with transaction.atomic():
        company = make.company()
        beat, anna = make.owner_of(company), make.user()
        grant(company=company, user=anna, role="bookkeeper", by=beat)
    return company, anna, beat


def lost(anna):
    """A browser in which Anna has typed her password, and asked."""
    client = browser()
    type_password(client, anna)
    client.post("/lost-factors/", {"do": "ask"})
    return client


def page(company):
    return f"/c/{company.pk}/settings/access/"


def says(company, who, word="vouch"):
    client = Client()
    client.force_login(who)
    approval = RecoveryApproval.objects.filter(company=company).latest("pk")
    return client.post(page(company), {"do": word, "approval": approval.pk})


def link_in(message):
    return re.search(r"http://[^/]+(/\S+)", message.body)[1]


def to(person):
    return [one for one in mail.outbox if one.to == [person.email]]


def kinds(person):
    return list(
        SecurityEvent.objects.filter(user=person).order_by("pk").values_list("kind", flat=True)
    )


def test_the_whole_way(place):
    company, anna, beat = place
    elsewhere = browser()
    sign_in(elsewhere, anna)
    mail.outbox.clear()
    client = lost(anna)
    assert client.get("/lost-factors/").context["asked"].ready_at is None
    assert len(to(anna)) == len(to(beat)) == 1
    assert beat.name in to(anna)[0].body and company.name in to(anna)[0].body
    assert anna.email in to(beat)[0].body

    seen = Client()
    seen.force_login(beat)
    assert anna.email in seen.get(page(company)).content.decode()
    assert says(company, beat).status_code == 302
    client.post("/lost-factors/", {"do": "link"})
    assert FactorRecovery.objects.get(user=anna).link_digest == ""  # not yet
    assert Authenticator.objects.filter(user=anna).exists()

    mail.outbox.clear()
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client = browser()
        type_password(client, anna)
        client.post("/lost-factors/", {"do": "link"})
        link = link_in(to(anna)[-1])
        assert client.get(link).status_code == 200
        assert Authenticator.objects.filter(user=anna).exists()  # scanners follow links
        answer = client.post(link)
        assert answer.status_code == 302
        assert not Authenticator.objects.filter(user=anna).exists()
        assert client.get("/")["Location"] == "/accounts/2fa/"  # in, and nothing but setting up
    assert not is_in(elsewhere)
    assert UserSession.objects.filter(user=anna).count() <= 1
    assert {"recovery_asked", "factor_removed", "recovery_ended"} <= set(kinds(anna))
    assert "recovery_backed" in kinds(beat)
    assert to(beat)[-1].subject in [one.subject for one in to(anna)]


def test_it_takes_the_password(place):
    _company, anna, _beat = place
    stranger = browser()
    assert stranger.post("/lost-factors/", {"do": "ask"})["Location"] == "/accounts/login/"
    type_password(stranger, anna, "falsch")
    stranger.post("/lost-factors/", {"do": "ask"})
    assert not FactorRecovery.objects.filter(user=anna).exists()


def test_it_takes_the_mailbox_and_the_browser_of_the_password(place):
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client = browser()
        type_password(client, anna)
        client.post("/lost-factors/", {"do": "link"})
        link = link_in(to(anna)[-1])
        assert browser().post(link)["Location"] == "/accounts/login/"
        other = browser()
        type_password(other, beat)
        other.post(link)
        client.post("/lost-factors/" + "x" * 43 + "/")
        assert Authenticator.objects.filter(user=anna).exists()
        assert Authenticator.objects.filter(user=beat).exists()
    with time_machine.travel(time.time() + DAY + 60 + HOUR, tick=False):
        late = browser()
        type_password(late, anna)
        late.post(link)
        assert Authenticator.objects.filter(user=anna).exists()


def test_nobody_vouches_for_themselves(place):
    company, anna, beat = place
    with transaction.atomic():
        open_companies([company.pk])
        grant(company=company, user=anna, role="owner", by=beat)
    lost(anna)
    says(company, anna)  # in a session that is still open somewhere
    assert FactorRecovery.objects.get(user=anna).ready_at is None


def test_nobody_vouches_for_more_than_they_have(place):
    company, anna, _beat = place
    with transaction.atomic():
        open_companies([company.pk])
        admin = make.user(
            company=company, granted=[Permission.MEMBERS_READ, Permission.MEMBERS_CHANGE]
        )
    mail.outbox.clear()
    lost(anna)
    assert not to(admin)
    assert says(company, admin).status_code == 422
    approval = RecoveryApproval.objects.get(recovery__user=anna)
    assert approval.by is None
    with transaction.atomic(), pytest.raises(MoreThanYouHave):
        open_companies([company.pk])
        recovery.refuse(approval, place=company, by=admin)


def test_whoever_may_only_look_says_nothing(place):
    company, anna, _beat = place
    with transaction.atomic():
        open_companies([company.pk])
        auditor = make.user(company=company, granted=[Permission.MEMBERS_READ])
    lost(anna)
    assert says(company, auditor).status_code == 403
    assert says(company, make.user()).status_code == 404


def test_every_company_has_to_confirm(place):
    company, anna, beat = place
    with transaction.atomic():
        second = make.company()
        carla = make.owner_of(second)
        grant(company=second, user=anna, role="auditor", by=carla)
    lost(anna)
    says(company, beat)
    assert FactorRecovery.objects.get(user=anna).ready_at is None
    says(second, carla)
    assert FactorRecovery.objects.get(user=anna).ready_at is not None
    foreign = RecoveryApproval.objects.get(recovery__user=anna, company=company)
    client = Client()
    client.force_login(carla)
    assert client.post(page(second), {"do": "doubt", "approval": foreign.pk}).status_code == 404


def test_a_firm_confirms_for_its_staff(place):
    company, anna, beat = place
    with transaction.atomic():
        boss, operator = make.user(), make.user(is_operator=True)
        firm = firms.found_firm(name="Treuhand", manager=boss, by=operator)
        FirmStaff.objects.create(firm=firm, user=anna, team_role="lead", since=clock.now())
    lost(anna)
    says(company, beat)
    approval = RecoveryApproval.objects.get(recovery__user=anna, firm=firm)
    client = Client()
    client.force_login(boss)
    assert anna.email in client.get(f"/firms/{firm.pk}/").content.decode()
    client.post(f"/firms/{firm.pk}/", {"do": "vouch", "approval": approval.pk})
    assert FactorRecovery.objects.get(user=anna).ready_at is not None


def test_only_an_operator_vouches_for_one(place):
    """Who manages one company must not decide who operates all of them."""
    company, anna, beat = place
    anna.is_operator = True
    anna.save()
    mail.outbox.clear()
    lost(anna)
    assert not to(beat)
    assert says(company, beat).status_code == 422
    approval = RecoveryApproval.objects.get(recovery__user=anna)
    assert approval.by is None
    with transaction.atomic():
        open_companies([company.pk])
        carla = make.user(is_operator=True)
        grant(company=company, user=carla, role="owner", by=beat)
    assert says(company, carla).status_code == 302
    assert FactorRecovery.objects.get(user=anna).ready_at is not None


def test_whoever_came_to_operate_since_needs_another_word(place):
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    anna.is_operator = True
    anna.save()
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client = browser()
        type_password(client, anna)
        client.post("/lost-factors/", {"do": "link"})
        assert FactorRecovery.objects.get(user=anna).link_digest == ""
        assert FactorRecovery.objects.get(user=anna).ready_at is None


def test_a_firm_does_not_vouch_for_an_operator_either(place):
    _company, anna, _beat = place
    with transaction.atomic():
        boss = make.user()
        firm = firms.found_firm(name="Treuhand", manager=boss, by=make.user(is_operator=True))
        FirmStaff.objects.create(firm=firm, user=anna, team_role="lead", since=clock.now())
    anna.is_operator = True
    anna.save()
    mail.outbox.clear()
    lost(anna)
    assert not to(boss)
    approval = RecoveryApproval.objects.get(recovery__user=anna, firm=firm)
    client = Client()
    client.force_login(boss)
    client.post(f"/firms/{firm.pk}/", {"do": "vouch", "approval": approval.pk})
    assert RecoveryApproval.objects.get(pk=approval.pk).by is None


def test_who_no_longer_works_in_a_place_does_not_wait_for_it(place):
    company, anna, beat = place
    with transaction.atomic():
        second = make.company()
        carla = make.owner_of(second)
        grant(company=second, user=anna, role="auditor", by=carla)
    lost(anna)
    says(company, beat)
    with transaction.atomic():
        open_companies([second.pk])
        withdraw(company=second, user=anna, role="auditor", by=carla)
    client = browser()
    type_password(client, anna)
    asked = client.get("/lost-factors/").context["asked"]
    assert asked.ready_at.timestamp() > time.time() + DAY - 60
    with transaction.atomic():
        open_companies([company.pk])
        withdraw(company=company, user=anna, role="bookkeeper", by=beat)
    client = browser()
    type_password(client, anna)
    with time_machine.travel(time.time() + 2 * DAY, tick=False):  # nobody is left to say so
        type_password(client, anna)
        assert client.get("/lost-factors/").context["asked"].ready_at is None


def test_a_factor_ends_it(place):
    _company, anna, _beat = place
    lost(anna)
    client = browser()
    sign_in(client, anna)
    assert is_in(client)
    assert FactorRecovery.objects.get(user=anna).end == "needless"


def test_a_refusal_ends_it_everywhere(place):
    company, anna, beat = place
    client = lost(anna)
    says(company, beat, "doubt")
    assert FactorRecovery.objects.get(user=anna).end == "refused"
    assert client.get("/lost-factors/").context["asked"] is None
    assert len(to(anna)) == 2


def test_it_was_not_me_ends_it_and_the_password(place):
    _company, anna, _beat = place
    lost(anna)
    link = link_in(to(anna)[-1])
    stranger = browser()
    assert stranger.get(link).status_code == 200
    assert FactorRecovery.objects.get(user=anna).ended_at is None
    stranger.post(link)
    anna.refresh_from_db()
    assert FactorRecovery.objects.get(user=anna).end == "denied" and anna.password_breached_at
    stranger.post(link)  # twice is once


def test_a_password_that_others_know_asks_for_nothing(place):
    """After “it was not me”, whoever has the password would else begin anew at once."""
    _company, anna, _beat = place
    client = lost(anna)
    browser().post(link_in(to(anna)[-1]))
    client.post("/lost-factors/", {"do": "ask"})
    lost(anna)
    assert FactorRecovery.objects.filter(user=anna).count() == 1


def test_a_password_that_others_know_since_ends_nothing(place):
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client = browser()
        type_password(client, anna)
        client.post("/lost-factors/", {"do": "link"})
        link = link_in(to(anna)[-1])
        type(anna).objects.filter(pk=anna.pk).update(password_breached_at=clock.now())
        client.post(link)
        assert Authenticator.objects.filter(user=anna).exists()
        mail.outbox.clear()
        client.post("/lost-factors/", {"do": "link"})
        assert not to(anna)


def link_of(anna):
    """A browser between password and factor, and the link that was mailed to it."""
    client = browser()
    type_password(client, anna)
    client.post("/lost-factors/", {"do": "link"})
    return client, link_in(to(anna)[-1])


def test_a_mailbox_is_not_flooded_with_links(place):
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    with time_machine.travel(time.time() + DAY + 60, tick=False) as clocks:
        client, _link = link_of(anna)
        mail.outbox.clear()
        for _ in range(3):
            client.post("/lost-factors/", {"do": "link"})
        assert not to(anna)
        clocks.shift(61)
        client.post("/lost-factors/", {"do": "link"})
        assert len(to(anna)) == 1


def test_another_password_voids_the_link(place):
    """AUT-9"""
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client, link = link_of(anna)
        reset = browser()
        reset.post("/accounts/password/reset/", {"email": anna.email})
        told = reset.get(link_in(to(anna)[-1]))
        new = "ein-anderes-Kennwort-2026"
        reset.post(told["Location"], {"password1": new, "password2": new})
        anna.refresh_from_db()
        assert anna.check_password(new)
        client.post(link)
        assert Authenticator.objects.filter(user=anna).exists()


def test_another_address_voids_the_link(place):
    """AUT-9: whoever had the mailbox in between does not keep what was sent to it."""
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client, link = link_of(anna)
        AddressChange.objects.create(
            user=anna, before=anna.email, email=f"neu-{anna.email}", digest=token_digest("it"),
            undo_digest="", asked_at=clock.now(),
        )  # fmt: skip
        addresses.confirm("it", user=anna)
        client.post(link)
        assert Authenticator.objects.filter(user=anna).exists()


def test_who_vouched_and_is_gone_has_said_nothing(place):
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    with transaction.atomic():
        open_companies([company.pk])
        carla = make.user()
        grant(company=company, user=carla, role="owner", by=beat)
        withdraw(company=company, user=beat, role="owner", by=beat)
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client = browser()
        type_password(client, anna)
        client.post("/lost-factors/", {"do": "link"})
        assert FactorRecovery.objects.get(user=anna).ready_at is None
        says(company, carla)
        assert FactorRecovery.objects.get(user=anna).ready_at.timestamp() > time.time() + DAY - 10


def test_a_role_in_a_further_company_asks_it_too(place):
    company, anna, beat = place
    lost(anna)
    says(company, beat)
    with transaction.atomic():
        third = make.company()
        role = Role.of(third).get(code="auditor")
        Membership.unscoped.create(company=third, user=anna, role=role)
    client = browser()
    type_password(client, anna)
    assert client.get("/lost-factors/").context["asked"].ready_at is None
    assert RecoveryApproval.objects.filter(recovery__user=anna, company=third).exists()


def test_it_lapses(place):
    company, anna, beat = place
    lost(anna)
    with time_machine.travel(time.time() + 14 * DAY + 60, tick=False):
        assert says(company, beat).status_code == 422
        lost(anna)
        assert FactorRecovery.objects.filter(user=anna, ended_at=None).count() == 1
        assert FactorRecovery.objects.filter(user=anna, end="lapsed").count() == 1


def test_asking_again_and_again_is_one_request_and_one_mail(place):
    _company, anna, beat = place
    mail.outbox.clear()
    for _ in range(3):
        lost(anna)
    assert FactorRecovery.objects.filter(user=anna).count() == 1
    assert len(to(beat)) == 1


def test_refused_ones_cannot_be_asked_for_without_end(place):
    company, anna, beat = place
    for _ in range(recovery.MOST_A_DAY + 2):
        lost(anna)
        if FactorRecovery.objects.filter(user=anna, ended_at=None).exists():
            says(company, beat, "doubt")
    assert FactorRecovery.objects.filter(user=anna).count() == recovery.MOST_A_DAY


def test_an_operator_still_can(place):
    _company, anna, _beat = place
    lost(anna)
    call_command("remove_factors", anna.email)
    assert FactorRecovery.objects.get(user=anna).end == "done"


def test_two_words_at_once_are_one(place):
    company, anna, _beat = place
    with transaction.atomic():
        open_companies([company.pk])
        carla = make.user()
        grant(company=company, user=carla, role="owner", by=make.owner_of(company))
    lost(anna)
    barrier, answers = threading.Barrier(2), []

    def say(word):
        barrier.wait(10)
        answers.append(says(company, carla, word).status_code)
        connection.close()

    threads = [threading.Thread(target=say, args=[word]) for word in ("vouch", "doubt")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert FactorRecovery.objects.get(user=anna).end == "refused"
    assert sorted(answers) in ([302, 302], [302, 422])


def test_the_address_until_lately_hears_of_it_but_gets_no_link(place):
    """AUT-8: notice to all addresses; whoever changed the address does not keep it quiet."""
    company, anna, beat = place
    old = f"alt-{anna.email}"
    AddressChange.objects.create(
        user=anna, before=old, email=anna.email, digest="a" * 64, undo_digest="b" * 64,
        asked_at=clock.now(), done_at=clock.now(),
    )  # fmt: skip
    mail.outbox.clear()
    lost(anna)
    says(company, beat)
    heard = [one for one in mail.outbox if one.to == [old]]
    assert len(heard) == 2 and len(to(anna)) == 2
    with time_machine.travel(time.time() + DAY + 60, tick=False):
        client = browser()
        type_password(client, anna)
        mail.outbox.clear()
        client.post("/lost-factors/", {"do": "link"})
        assert [one.to for one in mail.outbox if "/lost-factors/" in one.body] == [[anna.email]]
