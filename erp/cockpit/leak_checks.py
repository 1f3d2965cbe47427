"""Asking the source what it knows of a company's domains, and telling those whom it concerns.

The source is asked between two transactions, never within one. What comes back is stored as new;
telling is a step of its own, so that a run that breaks off is made up for by the next one, and
nobody is told twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.db.models import Max

from erp.access.gate import operating
from erp.access.leaks.adapter import LeakSource, NotSubscribed, TooOften
from erp.access.leaks.domains import domain_of
from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import Membership, User
from erp.access.permissions import OWNER
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.audit import trail
from erp.cockpit.leaks import is_ours
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.outbound import NoAnswer

log = logging.getLogger(__name__)

State, Problem = MailDomain.State, MailDomain.Problem


@dataclass(frozen=True)
class Outcome:
    """What a check of a domain came to."""

    state: str | None  # None: as it was
    problem: str = ""
    breaches: dict[str, list[str]] = field(default_factory=dict)
    dates: dict[str, dt.date] = field(default_factory=dict)


def check_company(company: int, *, source: LeakSource) -> int:
    """Check all domains of a company, and tell of what is new; how many findings were.

    Raises ``TooOften`` where the source wants a rest; what was found until then is told.
    """
    with operating(str(company)) as access:
        names = list(MailDomain.of(access.company).order_by("domain").values_list("domain", flat=True))  # fmt: skip
    try:
        return sum(check_domain(company, name, source=source) for name in names)
    finally:
        with operating(str(company)) as access:
            tell(access.company)


def check_domain(company: int, domain: str, *, source: LeakSource) -> int:
    """Prove a domain anew and store what is found in it (Maildomain prüfen); how much was new.

    Raises ``TooOften``.
    """
    with operating(str(company)) as access:
        ours = is_ours(access.company, domain)
    outcome = _asked(source, domain) if ours else Outcome(State.REFUSED, Problem.NO_MEMBER)
    with operating(str(company)) as access:
        return _keep(access.company, domain, outcome, by=access.user)


def _asked(source: LeakSource, domain: str) -> Outcome:
    try:
        if domain not in source.subscribed_domains():
            return Outcome(State.REFUSED, Problem.NOT_SUBSCRIBED)
        breaches = source.breaches_of_domain(domain)
        return Outcome(State.VERIFIED, "", breaches, source.breach_dates() if breaches else {})
    except NotSubscribed:
        return Outcome(State.REFUSED, Problem.NOT_SUBSCRIBED)
    except TooOften:
        raise
    except NoAnswer as reason:
        log.warning("the leak source could not tell: %s", reason)
        return Outcome(None, Problem.NO_ANSWER)


def _keep(company: Company, domain: str, outcome: Outcome, *, by: User) -> int:
    """Store an outcome, unless the domain was removed meanwhile; how many findings are new."""
    watched = MailDomain.of(company).select_for_update().filter(domain=domain).first()
    if watched is None:
        return 0
    before = watched.state
    watched.state, watched.problem = outcome.state or before, outcome.problem
    if outcome.state is not None:
        watched.checked_at = clock.now()
    watched.save(update_fields=["state", "problem", "checked_at"])
    new = _store(company, domain, outcome)
    if new or watched.state != before:
        details: dict[str, Any] = {"domain": domain, "new": new}
        if watched.state != before:
            details |= trail.changes({"state": before}, {"state": watched.state})
        trail.record(company=company, by=by, action="domain.check", subject=watched, details=details)  # fmt: skip
    return new


def _store(company: Company, domain: str, outcome: Outcome) -> int:
    known = {(one.alias, one.breach): one for one in LeakFinding.of(company).filter(domain=domain)}
    members = {
        member.user.email.rpartition("@")[0]: member.user
        for member in Membership.of(company).select_related("user")
        if domain_of(member.user.email) == domain
    }
    now = clock.now()
    new = [
        LeakFinding(company=company, domain=domain, alias=alias, breach=breach, found_at=now,
                    breach_date=outcome.dates.get(breach), user=members.get(alias))
        for alias, breaches in outcome.breaches.items() for breach in breaches
        if (alias, breach) not in known
    ]  # fmt: skip
    LeakFinding.unscoped.bulk_create(new, batch_size=1000)
    undated = [one for one in known.values()
               if one.breach_date is None and one.breach in outcome.dates]  # fmt: skip
    for one in undated:
        one.breach_date = outcome.dates[one.breach]
    LeakFinding.unscoped.bulk_update(undated, ["breach_date"], batch_size=1000)
    return len(new)


@transaction.atomic
def tell(company: Company) -> int:
    """Tell people and owners of new findings; whose password is older must change it.

    How many findings were told. The mails leave after the commit.
    """
    waiting = LeakFinding.of(company).filter(state=LeakFinding.State.NEW)
    new = list(waiting.select_for_update(of=("self",), skip_locked=True).select_related("user")
               .order_by("domain", "alias", "breach"))  # fmt: skip
    if not new:
        return 0
    theirs: dict[User, list[LeakFinding]] = {}
    for finding in new:
        if finding.user is not None and finding.user.is_active:
            theirs.setdefault(finding.user, []).append(finding)
    passwords = _passwords_set(theirs)
    for user, findings in theirs.items():
        newest = max(finding.found_at for finding in findings)
        must_change = user.has_usable_password() and newest > passwords[user.pk]
        if must_change:
            User.objects.filter(pk=user.pk, password_breached_at=None).update(
                password_breached_at=clock.now()
            )
        breaches = [finding.breach for finding in findings]
        note(user, Kind.ADDRESS_LEAKED, company=company.pk, breaches=breaches)
        _mail(user.email, "address_leaked", company, findings, must_change=must_change)
    owners = Membership.of(company).filter(role__code=OWNER, user__is_active=True)
    for owner in owners.select_related("user"):
        _mail(owner.user.email, "leaks_found", company, new)
    LeakFinding.of(company).filter(pk__in=[finding.pk for finding in new]).update(
        state=LeakFinding.State.TOLD
    )
    return len(new)


def _passwords_set(people: Iterable[User]) -> dict[int, dt.datetime]:
    """Since when each has the password they have."""
    changed = dict(
        SecurityEvent.objects.filter(user__in=list(people), kind=Kind.PASSWORD_CHANGED)
        .order_by().values_list("user").annotate(at=Max("at"))
    )  # fmt: skip
    return {user.pk: changed.get(user.pk, user.date_joined) for user in people}


def _mail(
    email: str, template: str, company: Company, findings: list[LeakFinding], **more: Any
) -> None:
    """A mail server that is away is in the log; the page shows the findings all the same."""
    told = {
        "company_name": company.name,
        "address": findings[0].address,
        "accounts": len({finding.address for finding in findings}),
        "breaches": sorted({_called(finding) for finding in findings}),
        **more,
    }
    send = partial(get_adapter().send_mail, f"account/email/{template}", email, told)
    transaction.on_commit(send, robust=True)


def _called(finding: LeakFinding) -> str:
    day = finding.breach_date
    return f"{finding.breach} ({swiss_date(day)})" if day else finding.breach
