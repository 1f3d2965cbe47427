"""How safe a company is: the accounts of its members, and what to fix first.

Accounts and their events belong to people, who may be members elsewhere, too. Shown are members of
this company alone, with what happened since they became one, and nothing that names another
company. The number of queries does not grow with them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.leaks.adapter import source
from erp.access.leaks.domains import domain_of, is_free_mail
from erp.access.leaks.figures import Figures, leak_figures
from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import Membership, User
from erp.access.permissions import OWNER, Permission
from erp.access.sign_in import ending, grants, sessions
from erp.access.sign_in.backend import FACTORS
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.access.tokens.models import AppToken
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.cockpit.invitations import open_invitations
from erp.cockpit.leaks import domains_of, open_findings
from erp.cockpit.members import NotAMember
from erp.cockpit.people import mandated
from erp.companies.models import Company
from erp.core import clock

OLD_SESSION: Final = dt.timedelta(hours=8)
UNUSED: Final = dt.timedelta(days=90)
LONG_LIVED: Final = dt.timedelta(days=180)
LATELY: Final = dt.timedelta(days=30)
A_DAY: Final = dt.timedelta(days=1)
MANY_FOR_ONE: Final = 10  # refused sign-ins of one account within a day
MANY_FOR_ALL: Final = 20  # of all together; and as many as there are members
MOST_EVENTS: Final = 50
MOST_FINDINGS: Final = 500
NAMED: Final = 5

HEAVY: Final = 80  # weights that do not wait
OF_PERSON: Final = frozenset({"mfa_index"})  # places of whoever looks, not of a company

#: What somebody may have tried who should not come in.
REFUSED: Final = frozenset({
    Kind.REFUSED, Kind.FACTOR_REFUSED, Kind.CONFIRM_REFUSED, Kind.LIMITED, Kind.TOKEN_REFUSED,
    Kind.PHONE_TWICE,
})  # fmt: skip


@dataclass
class Guarded:
    """A member, and how their account is guarded."""

    user: User
    since: dt.datetime | None = None
    roles: list[str] = field(default_factory=list)
    is_owner: bool = False
    passkeys: int = 0
    apps: int = 0
    sessions: list[dt.datetime] = field(default_factory=list)
    phones: int = 0
    tokens: int = 0

    @property
    def factor(self) -> str:
        """The stronger of the factors: passkey, app or none."""
        return "passkey" if self.passkeys else "app" if self.apps else "none"

    @property
    def factors(self) -> int:
        return self.passkeys + self.apps

    @property
    def oldest_session(self) -> dt.datetime | None:
        return min(self.sessions, default=None)

    @property
    def has_free_mail(self) -> bool:
        return is_free_mail(domain_of(self.user.email))


@dataclass(frozen=True)
class Fix:
    """Something to put right; the greater the weight, the sooner. ``place`` is where it is done.

    ``place`` is the name of a page, or what begins with # on the security page itself; ``needs``
    is what opens it.
    """

    code: str
    weight: int
    count: int
    text: str
    place: str
    needs: Permission
    who: tuple[str, ...] = ()

    def address(self, company: Company) -> str:
        if self.place.startswith("#"):
            return reverse("security", args=[company.pk]) + self.place
        return reverse(self.place, args=[] if self.place in OF_PERSON else [company.pk])


@dataclass(frozen=True)
class Found:
    """An address with the breaches it stands in, as far as they are not settled."""

    address: str
    user: User | None
    findings: list[LeakFinding]


@dataclass(frozen=True)
class Overview:
    """All that the security page shows."""

    people: list[Guarded]
    staff: list[Any]
    fixes: list[Fix]
    events: list[SecurityEvent]
    found: list[Found]
    more_found: bool
    figures: Figures
    domains: list[MailDomain]
    watching: bool


def overview(company: Company, *, asking: User) -> Overview:
    """The company as it stands; what ``asking`` can fix for themselves leads to their account.

    ``staff`` work here by mandate (``people.mandated``): whose factors and passwords count, too.
    """
    people, staff = _people(company), mandated(company)
    tokens = list(_tokens(company))
    for token in tokens:
        if token.user_id in people:
            people[token.user_id].tokens += 1
    findings = list(open_findings(company)[: MOST_FINDINGS + 1])
    domains, watching = list(domains_of(company)), source() is not None
    fixes = [
        *_of_accounts(list(people.values()), asking),
        *_of_staff(one for one in staff if one.user_id not in people),
        *_of_attacks(company, people),
        *_of_programs(tokens),
        *_of_leaks(findings, domains, watching=watching),
        *_of_invitations(company),
    ]
    return Overview(
        people=list(people.values()), staff=staff,
        fixes=sorted(fixes, key=attrgetter("weight"), reverse=True),
        events=list(_events(company, people).select_related("user").order_by("-at", "-pk")[:MOST_EVENTS]),
        found=_by_address(findings[:MOST_FINDINGS]), more_found=len(findings) > MOST_FINDINGS,
        figures=leak_figures(company), domains=domains, watching=watching,
    )  # fmt: skip


@transaction.atomic
def end_sessions(*, company: Company, user: User, by: User, but: str = "") -> int:
    """Sign a member out everywhere, in other companies and on phones, too; how many there were.

    ``but`` is the session of whoever does it. Raises ``NotAMember``.
    """
    if not Membership.of(company).filter(user=user).exists():
        raise NotAMember(email=user.email)
    count = ending.end_all(user, but=but)
    note(user, Kind.SESSIONS_ENDED, count=count, company=company.pk)
    trail.record(company=company, by=by, action="member.end_sessions", subject=user,
                 details={"count": count})  # fmt: skip
    return count


# --- people


def _people(company: Company) -> dict[int, Guarded]:
    """The members by name, without their tokens."""
    found: dict[int, Guarded] = {}
    members = Membership.of(company).select_related("user", "role")
    for member in members.order_by("user__name", "user__email", "role__name"):
        person = found.setdefault(member.user_id, Guarded(member.user))
        person.roles.append(str(member.role))
        person.is_owner |= member.role.code == OWNER
    factors = Authenticator.objects.filter(user__in=found, type__in=FACTORS)
    for user_id, kind in factors.values_list("user_id", "type"):
        found[user_id].passkeys += kind == Authenticator.Type.WEBAUTHN
        found[user_id].apps += kind == Authenticator.Type.TOTP
    for user_id, begun in _open_sessions(found):
        found[user_id].sessions.append(begun)
    phones = grants.open_grants().filter(user__in=found).values_list("user_id", flat=True)
    for user_id in phones:
        found[user_id].phones += 1
    for user_id, since in _members_since(company, found).items():
        found[user_id].since = since
    return found


def _open_sessions(people: Iterable[int]) -> Iterator[tuple[int, dt.datetime]]:
    """Sessions that go on, and when each began; those that have ended by themselves may remain."""
    now = clock.now()
    rows: Any = UserSession.objects.filter(
        user__in=list(people),
        created_at__gt=now - dt.timedelta(seconds=sessions.LONGEST),
        last_seen_at__gt=now - dt.timedelta(seconds=sessions.IDLE + sessions.NOTED_EVERY),
        session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key"),
    ).values_list("user_id", "created_at")
    yield from rows


def _members_since(company: Company, people: Iterable[int]) -> dict[int, dt.datetime]:
    """Since when each has had a role without a break, where the trail knows it."""
    since: dict[int, dt.datetime] = {}
    held: dict[int, set[str]] = {}
    acts = AuditEvent.of(company).filter(
        subject="user", subject_id__in=list(people),
        action__in=["member.grant", "member.withdraw", "member.remove"],
    )  # fmt: skip
    for act in acts.order_by("pk").only("subject_id", "action", "details", "at"):
        person = act.subject_id or 0
        roles = held.setdefault(person, set())
        role = str(act.details.get("role", ""))
        if act.action == "member.grant":
            if not roles:
                since[person] = act.at
            roles.add(role)
        elif act.action == "member.withdraw":
            roles.discard(role)
        else:
            roles.clear()
    return since


def _events(company: Company, people: Mapping[int, Guarded]) -> Any:
    """What happened lately to the accounts of members, since they were members."""
    start = clock.now() - LATELY
    newer = {key: one.since for key, one in people.items() if one.since and one.since > start}
    seen = Q(user__in=[key for key in people if key not in newer])
    for key, since in newer.items():
        seen |= Q(user=key, at__gte=since)
    ours = Q(details__company=company.pk) | Q(
        details__company__isnull=True, details__firm__isnull=True
    )
    return SecurityEvent.objects.filter(seen, ours, at__gte=start)


def _tokens(company: Company) -> Any:
    now = clock.now()
    return (
        AppToken.of(company).filter(revoked_at=None, expires_at__gt=now).select_related("user")
        .order_by("pk")
    )  # fmt: skip


def _by_address(findings: Iterable[LeakFinding]) -> list[Found]:
    found: dict[str, Found] = {}
    for finding in findings:
        found.setdefault(finding.address, Found(finding.address, finding.user, [])).findings.append(
            finding
        )
    return list(found.values())


# --- what to fix


def _names(people: Iterable[Guarded]) -> tuple[str, ...]:
    return tuple(str(one.user) for one in people)[:NAMED]


def _of_accounts(people: list[Guarded], asking: User) -> Iterator[Fix]:
    active = [one for one in people if one.user.is_active]
    owners = [one for one in active if one.is_owner]
    where = "mfa_index" if any(one.user == asking for one in owners) else "#people"
    old = clock.now() - OLD_SESSION
    for code, weight, whose, text, place, needs in (
        ("breached_passwords", 95, [one for one in active if one.user.password_breached_at],
         _("Password found in a leak: it has to be changed at the next step. Tell them to do so."),
         "#people", Permission.SECURITY_READ),
        ("no_factor", 90, [one for one in active if not one.factors],
         _("No second factor yet: whoever knows the password sets one up first. Remind them, or "
           "take their access away."), "members", Permission.MEMBERS_READ),
        ("one_factor", 80, [one for one in owners if one.factors == 1],
         _("Owner with a single factor: with a lost device they are locked out. They add a second "
           "one, best a passkey, under “Your account”."), where, Permission.SECURITY_READ),
        ("old_sessions", 40, [one for one in people if any(at < old for at in one.sessions)],
         _("Signed in for more than eight hours. End what nobody needs."),
         "#people", Permission.SECURITY_READ),
        ("free_mail", 25, [one for one in active if one.has_free_mail],
         _("Signs in with a private address, which no company can watch. Invite them to an address "
           "of your own domain."), "members", Permission.MEMBERS_READ),
    ):  # fmt: skip
        if whose:
            yield Fix(code, weight, len(whose), text, place, needs, _names(whose))
    if len(owners) == 1:
        yield Fix("one_owner", 70, 1,
                  _("There is one owner only. Make somebody else an owner, too, so that the company "
                    "stays open when they are away."),
                  "members", Permission.MEMBERS_READ, _names(owners))  # fmt: skip


def _of_staff(staff: Iterable[Any]) -> Iterator[Fix]:
    """Of a fiduciary's staff who are no members; their firm puts it right, or the mandate ends."""
    active = [one for one in staff if one.user.is_active]
    for code, weight, whose, text in (
        ("breached_passwords_of_staff", 94, [one for one in active if one.user.password_breached_at],
         _("Works here by mandate, and the password was found in a leak: it has to be changed at the "
           "next step. Tell your fiduciary.")),
        ("no_factor_of_staff", 89, [one for one in active if not one.has_factor],
         _("Works here by mandate without a second factor yet: whoever knows the password sets one up "
           "first. Tell your fiduciary.")),
    ):  # fmt: skip
        if whose:
            yield Fix(code, weight, len(whose), text, "mandates", Permission.MEMBERS_READ,
                      tuple(str(one.user) for one in whose)[:NAMED])  # fmt: skip


def _of_attacks(company: Company, people: Mapping[int, Guarded]) -> Iterator[Fix]:
    refused = _events(company, people).filter(at__gte=clock.now() - A_DAY, kind__in=REFUSED)
    tried = Counter(refused.order_by().values_list("user_id", flat=True))
    attacked = [key for key, count in tried.most_common() if count >= MANY_FOR_ONE]
    if attacked or tried.total() >= max(MANY_FOR_ALL, len(people)):
        yield Fix("attacks", 100, tried.total(),
                  _("Many sign-ins were refused within a day: somebody may be trying passwords. Ask "
                    "those concerned, and let them change theirs."),
                  "#events", Permission.SECURITY_READ,
                  _names(people[key] for key in attacked or tried))  # fmt: skip


def _of_programs(tokens: Iterable[AppToken]) -> Iterator[Fix]:
    now = clock.now()
    unused = [one for one in tokens if (one.last_used_at or one.created_at) < now - UNUSED]
    lasting = [one for one in tokens if one.expires_at > now + LONG_LIVED and one not in unused]
    for code, weight, found, text in (
        ("unused_tokens", 60, unused,
         _("App token that was not used for 90 days. Revoke it.")),
        ("lasting_tokens", 30, lasting,
         _("App token that is good for more than half a year. Take one that ends sooner.")),
    ):  # fmt: skip
        if found:
            named = tuple(f"{one.name} ({one.user})" for one in found)[:NAMED]
            yield Fix(code, weight, len(found), text, "tokens", Permission.MEMBERS_CHANGE, named)


def _of_leaks(
    findings: Iterable[LeakFinding], domains: Iterable[MailDomain], *, watching: bool
) -> Iterator[Fix]:
    addresses = sorted({finding.address for finding in findings})
    refused = [one.domain for one in domains if one.problem]
    if addresses:
        yield Fix("leaks", 65, len(addresses),
                  _("Address in stolen data: tell the person, have the password changed, then settle "
                    "it."), "#leaks", Permission.SECURITY_READ, tuple(addresses[:NAMED]))  # fmt: skip
    if refused:
        yield Fix("refused_domains", 35, len(refused), _("Mail domain that is not watched now."),
                  "#domains", Permission.SECURITY_READ, tuple(refused[:NAMED]))  # fmt: skip
    if watching and not list(domains):
        yield Fix("no_domain", 20, 1, _("No mail domain is watched for leaks. Add yours."),
                  "#domains", Permission.SECURITY_READ)  # fmt: skip


def _of_invitations(company: Company) -> Iterator[Fix]:
    waiting = list(open_invitations(company).order_by("pk"))
    if waiting:
        yield Fix("open_invitations", 15, len(waiting),
                  _("Invitation that nobody has accepted yet. Withdraw what is no longer wanted."),
                  "members", Permission.MEMBERS_READ,
                  tuple(one.email for one in waiting)[:NAMED])  # fmt: skip
