"""Which mail domains of a company are watched for leaks, and what was done about findings."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.access.leaks.domains import FreeMail, domain_of, is_free_mail, parse_domain
from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import Membership, User
from erp.access.permissions import Permission
from erp.audit import trail
from erp.cockpit.roles import hold
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError

MOST: Final = 20  # domains of a company


class NobodyThere(DomainError):
    code = "leaks.nobody_there"
    message = _("Nobody who may change the security of this company signs in with an address at "
                "%(domain)s. Only then can it be watched.")  # fmt: skip
    field = "domain"


class AlreadyWatched(DomainError):
    code = "leaks.already_watched"
    message = _("%(domain)s is watched already.")
    field = "domain"
    conflict = True


class TooManyDomains(DomainError):
    code = "leaks.too_many_domains"
    message = _("A company watches at most %(most)s domains. Remove one first.")
    conflict = True


@transaction.atomic
def add_domain(*, company: Company, domain: str, by: User) -> MailDomain:
    """Watch a mail domain, once the next check has proven it (Maildomain überwachen).

    Raises ``NotADomain``, ``FreeMail``, ``NobodyThere``, ``AlreadyWatched`` or
    ``TooManyDomains``.
    """
    name = parse_domain(domain)
    if is_free_mail(name):
        raise FreeMail(domain=name)
    company = hold(company)
    if not is_ours(company, name):
        raise NobodyThere(domain=name)
    watched = MailDomain.of(company)
    if watched.filter(domain=name).exists():
        raise AlreadyWatched(domain=name)
    if watched.count() >= MOST:
        raise TooManyDomains(most=MOST)
    added = MailDomain.unscoped.create(
        company=company, domain=name, added_by=by, added_at=clock.now()
    )
    trail.record(company=company, by=by, action="domain.add", subject=added,
                 details={"domain": name})  # fmt: skip
    return added


@transaction.atomic
def remove_domain(domain: MailDomain, *, by: User) -> None:
    """Watch a mail domain no longer. What was found stays, so that nobody is told of it again."""
    company = hold(domain.company)
    gone = MailDomain.of(company).filter(pk=domain.pk).first()
    if gone is None:
        return
    trail.record(company=company, by=by, action="domain.remove", subject=gone,
                 details={"domain": gone.domain})  # fmt: skip
    gone.delete()


@transaction.atomic
def settle(*, company: Company, findings: QuerySet[LeakFinding], by: User) -> int:
    """Put findings aside, as what they ask for was done (erledigen). Twice is once."""
    waiting = list(
        findings.exclude(state=LeakFinding.State.SETTLED).select_for_update(of=("self",))
    )
    if not waiting:
        return 0
    LeakFinding.of(company).filter(pk__in=[one.pk for one in waiting]).update(
        state=LeakFinding.State.SETTLED
    )
    trail.record(
        company=company, by=by, action="finding.settle",
        subject=waiting[0] if len(waiting) == 1 else None,
        details={"addresses": sorted({one.address for one in waiting}),
                 "breaches": sorted({one.breach for one in waiting})},
    )  # fmt: skip
    return len(waiting)


def is_ours(company: Company, domain: str) -> bool:
    """Whether somebody who decides about the company's security signs in with an address there.

    Any member would not do: a bookkeeper who works for several companies would open the addresses
    of their own firm to each of them.
    """
    members = Membership.of(company).filter(user__is_active=True).select_related("user", "role")
    return any(
        Permission.SECURITY_CHANGE in member.role.rights and domain_of(member.user.email) == domain
        for member in members
    )


def domains_of(company: Company) -> QuerySet[MailDomain]:
    return MailDomain.of(company).select_related("added_by").order_by("domain")


def findings_of(company: Company) -> QuerySet[LeakFinding]:
    """All findings, by address and breach."""
    found = LeakFinding.of(company).select_related("user")
    return found.order_by("domain", "alias", "breach")


def open_findings(company: Company) -> QuerySet[LeakFinding]:
    return findings_of(company).exclude(state=LeakFinding.State.SETTLED)
