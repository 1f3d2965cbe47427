"""Letting somebody in again who lost phone, key and recovery codes (verlorene Faktoren, AUT-8).

Four things together remove the factors: the password, somebody else in each place the person works
in, 24 hours during which everybody concerned has been told, and a link to the person's address.
"""

from __future__ import annotations

import datetime as dt
import secrets
from functools import partial
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.db import transaction

from erp.access.addresses.models import AddressChange
from erp.access.firms.models import Firm
from erp.access.giving import token_digest
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.recovery.models import (
    LINK_AGAIN,
    LINK_LASTS,
    WAITS,
    FactorRecovery,
    RecoveryApproval,
)
from erp.access.recovery.places import is_strong_enough, places_of, still_vouches
from erp.access.rights import held
from erp.access.sign_in import ending
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.audit import trail
from erp.cockpit.recovery_refusals import (
    AskedTooOften,
    LinkGone,
    NotOneself,
    NotReady,
    OnlyByOperators,
    PasswordKnown,
    RecoveryOver,
)
from erp.cockpit.roles import hold, require_held
from erp.companies.models import Company
from erp.core import clock, origin

MOST_A_DAY: Final = 3
ALSO_TO_THE_OLD: Final = {"asked", "confirmed", "refused", "done"}
End = FactorRecovery.End


def running_for(user: User) -> FactorRecovery | None:
    """The request of somebody that is open, if any."""
    return FactorRecovery.running().filter(user=user).first()


@transaction.atomic
def ask(user: User) -> FactorRecovery:
    """Ask to be let in without the factors, by somebody whose password was right just now.

    Asking again while a request is open changes nothing. Everybody who could confirm is told, and
    the person as well. Raises ``PasswordKnown`` or ``AskedTooOften``.
    """
    _require_own_password(User.objects.select_for_update(no_key=True).get(pk=user.pk))
    if there := running_for(user):
        return there
    now = clock.now()
    asked = SecurityEvent.objects.filter(
        user=user, kind=Kind.RECOVERY_ASKED, at__gt=now - dt.timedelta(days=1)
    )
    if asked.count() >= MOST_A_DAY:
        raise AskedTooOften(most=MOST_A_DAY)
    FactorRecovery.objects.filter(user=user, ended_at=None).update(ended_at=now, end=End.LAPSED)
    come, token = origin.current(), secrets.token_urlsafe(32)
    recovery = FactorRecovery.objects.create(
        user=user, asked_at=now, address=come.address, agent=come.agent,
        denying_digest=token_digest(token),
    )  # fmt: skip
    places = places_of(user)
    RecoveryApproval.objects.bulk_create(
        RecoveryApproval(recovery=recovery, **_named(place.where)) for place in places
    )
    note(user, Kind.RECOVERY_ASKED)
    alone = [str(place.where) for place in places if not place.approvers]
    _tell("asked", user, {"denying": token, "places": places, "alone": alone})
    for place in places:
        for approver in place.approvers:
            _tell("please_confirm", approver, {"lost": user, "place": place.where})
    return recovery


def waiting_in(place: Company | Firm) -> list[RecoveryApproval]:
    """Requests of people of a company or firm, with or without its word, oldest first."""
    found = RecoveryApproval.objects.filter(
        recovery__in=FactorRecovery.running(), **_named(place)
    ).select_related("recovery__user", "by")
    return list(found.order_by("recovery__asked_at", "pk"))


@transaction.atomic
def confirm(approval: RecoveryApproval, *, place: Company | Firm, by: User) -> None:
    """Say that it is them, after having made sure by another way than mail (bestätigen).

    With the last place's word the 24 hours begin. Raises ``RecoveryOver``, ``NotOneself``,
    ``OnlyByOperators`` or ``MoreThanYouHave``.
    """
    recovery, approval = _held(approval, place=place, by=by)
    if approval.by_id is not None:
        return
    approval.by, approval.at = by, clock.now()
    approval.save(update_fields=["by", "at"])
    note(by, Kind.RECOVERY_BACKED, of=recovery.user_id)
    _record(place, by, "recovery.confirm", recovery.user)
    _wait(recovery)


@transaction.atomic
def refuse(approval: RecoveryApproval, *, place: Company | Firm, by: User) -> None:
    """Say that it is not them, or better not now: the request is over everywhere.

    Raises ``RecoveryOver``, ``NotOneself``, ``OnlyByOperators`` or ``MoreThanYouHave``.
    """
    recovery, _approval = _held(approval, place=place, by=by)
    _over(recovery, End.REFUSED)
    _record(place, by, "recovery.refuse", recovery.user)
    _tell("refused", recovery.user, {})


@transaction.atomic
def deny(token: str) -> None:
    """Follow the link “it was not me”: it is over, and the password, which somebody knows, must go.

    Raises ``RecoveryOver``.
    """
    found = FactorRecovery.objects.filter(denying_digest=token_digest(token)).first()
    recovery = _locked(found.pk if found else 0)
    user = recovery.user
    user.password_breached_at = user.password_breached_at or clock.now()
    user.save(update_fields=["password_breached_at"])
    note(user, Kind.PASSWORD_BREACHED)
    _over(recovery, End.DENIED)


@transaction.atomic
def standing(user: User) -> FactorRecovery | None:
    """The open request of somebody who signs in, after looking whether each word still holds.

    Whoever confirmed and may no longer do so has said nothing: another must. Places that came since
    are asked as well, and those they have left need not answer. With any of it the 24 hours begin
    anew.
    """
    found = running_for(user)
    if found is None:
        return None
    recovery = _locked(found.pk)
    places = places_of(user)
    asked = {(one.company_id, one.firm_id): one for one in recovery.approvals.select_related("by")}
    here = {
        (_pk(named.get("company")), _pk(named.get("firm"))): named
        for named in (_named(place.where) for place in places)
    }
    left = [one.pk for key, one in asked.items() if key not in here]
    void = [one.pk for key, one in asked.items()
            if key in here and one.by_id and not still_vouches(one, for_=user)]  # fmt: skip
    missing = [named for key, named in here.items() if key not in asked]
    if not (left or void or missing):
        return recovery
    recovery.approvals.filter(pk__in=left).delete()
    recovery.approvals.filter(pk__in=void).update(by=None, at=None)
    RecoveryApproval.objects.bulk_create(
        RecoveryApproval(recovery=recovery, **named) for named in missing
    )
    _wait(recovery)
    return recovery


def send_link(user: User) -> None:
    """Mail the link that ends it, to somebody who signs in; once a minute.

    Raises ``RecoveryOver``, ``NotReady`` or ``PasswordKnown``.
    """
    found = standing(user)  # kept, even where what follows is refused
    if found is None:
        raise RecoveryOver
    with transaction.atomic():
        _send_link(_locked(found.pk))


def _send_link(recovery: FactorRecovery) -> None:
    _require_own_password(recovery.user)
    if not recovery.is_ready:
        raise NotReady
    now, until = clock.now(), recovery.link_until
    if until is not None and now < until - LINK_LASTS + LINK_AGAIN:
        return  # it is on its way
    token = secrets.token_urlsafe(32)
    recovery.link_digest, recovery.link_until = token_digest(token), now + LINK_LASTS
    recovery.save(update_fields=["link_digest", "link_until"])
    _tell("link", recovery.user, {"link": token})


def finish(token: str, *, user: User) -> None:
    """Remove all factors of somebody who signs in and has followed the link.

    All sessions end, tokens stay; the next thing they do is set up new factors. Raises
    ``PasswordKnown``, or ``LinkGone``, also for whoever signs in as somebody else.
    """
    found = standing(user)
    if found is None:
        raise LinkGone
    with transaction.atomic():
        _finish(_locked(found.pk), token)


def _finish(recovery: FactorRecovery, token: str) -> None:
    user = recovery.user
    _require_own_password(user)
    if (
        not recovery.is_ready or recovery.link_until is None
        or clock.now() >= recovery.link_until
        or not secrets.compare_digest(recovery.link_digest, token_digest(token))
    ):  # fmt: skip
        raise LinkGone
    with request_context(None):  # the last factor stays where somebody takes it off on a page
        Authenticator.objects.filter(user=user).delete()
    ending.end_all(user)
    note(user, Kind.FACTOR_REMOVED, by="recovery")
    _over(recovery, End.DONE)
    for told in {user, *(person for place in places_of(user) for person in place.approvers)}:
        _tell("done", told, {"lost": user})


def end_by_operator(user: User) -> None:
    """Whoever runs this installation has removed the factors; nothing is left to ask."""
    FactorRecovery.objects.filter(user=user, ended_at=None).update(
        ended_at=clock.now(), end=End.DONE
    )


def _held(
    approval: RecoveryApproval, *, place: Company | Firm, by: User
) -> tuple[FactorRecovery, RecoveryApproval]:
    recovery = _locked(approval.recovery_id)
    found = recovery.approvals.filter(pk=approval.pk, **_named(place)).first()
    if found is None:
        raise RecoveryOver
    if by == recovery.user:
        raise NotOneself
    if not is_strong_enough(by, for_=recovery.user):
        raise OnlyByOperators(user=recovery.user)
    if isinstance(place, Company):
        company = hold(place)
        theirs = held(recovery.user, company).rights
        require_held({Permission.MEMBERS_CHANGE, *theirs}, by=by, company=company)
    return recovery, found


def _require_own_password(user: User) -> None:
    """A password that stood in a leak, or that somebody else used, says nothing. Raises ``PasswordKnown``."""
    if user.password_breached_at is not None:
        raise PasswordKnown


def _wait(recovery: FactorRecovery) -> None:
    """Let the 24 hours begin now, if each place has given its word; else there is none."""
    words = recovery.approvals
    given = words.exists() and not words.filter(by=None).exists()
    if not given and recovery.ready_at is None:
        return
    recovery.ready_at = clock.now() + WAITS if given else None
    recovery.save(update_fields=["ready_at"])
    if given:
        _tell("confirmed", recovery.user, {"ready_at": recovery.ready_at})


def _locked(pk: int) -> FactorRecovery:
    """Raises ``RecoveryOver`` unless it is open."""
    found = (
        FactorRecovery.objects.select_for_update(of=("self",)).select_related("user")
        .filter(pk=pk).first()
    )  # fmt: skip
    if found is None or not found.is_open:
        raise RecoveryOver
    return found


def _over(recovery: FactorRecovery, end: FactorRecovery.End) -> None:
    recovery.ended_at, recovery.end, recovery.link_digest = clock.now(), end, ""
    recovery.save(update_fields=["ended_at", "end", "link_digest"])
    note(recovery.user, Kind.RECOVERY_ENDED, end=end.value)


def _record(place: Company | Firm, by: User, action: str, user: User) -> None:
    if isinstance(place, Company):
        trail.record(company=place, by=by, action=action, subject=user, details={})


def _named(place: Company | Firm) -> dict[str, Any]:
    return {"company": place} if isinstance(place, Company) else {"firm": place}


def _pk(place: Company | Firm | None) -> int | None:
    return place.pk if place is not None else None


def _tell(what: str, user: User, context: dict[str, Any]) -> None:
    """Mail somebody once all is kept for good.

    What they should know goes to the address they had until lately, too: a thief may have changed
    it. The link that opens goes to the present one alone.
    """
    told = {**context, "waits": int(WAITS.total_seconds() // 3600)}
    also = AddressChange.left_lately(user) if what in ALSO_TO_THE_OLD else []
    for email in [user.email, *also]:
        mail = partial(get_adapter().send_mail, f"account/email/recovery_{what}", email, told)
        transaction.on_commit(mail, robust=True)
