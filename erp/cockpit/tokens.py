"""Making and revoking app tokens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.gate import Access
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.sign_in.events import Kind, note
from erp.access.tokens.bearing import digest_of, new_secret
from erp.access.tokens.models import LONGEST, SHORTEST, SHOWN, AppToken
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError


class UnknownScope(DomainError):
    code = "tokens.unknown_scope"
    message = _("There is no right “%(scope)s”. Rights read ledger.read.")
    field = "scopes"


class NotYours(DomainError):
    code = "tokens.not_yours"
    message = _("%(user)s does not have the right “%(scope)s” in this company; a token never has more "
                "rights than its owner. Leave it out.")  # fmt: skip
    field = "scopes"


class NoScope(DomainError):
    code = "tokens.no_scope"
    message = _("Choose at least one right.")
    field = "scopes"


class TooLong(DomainError):
    code = "tokens.too_long"
    message = _("A token is good for 1 to 366 days, not for %(days)s.")
    field = "days"


class NoFactor(DomainError):
    code = "tokens.no_factor"
    message = _("%(user)s has no second factor yet. Set one up first.")
    conflict = True


class BreachedPassword(DomainError):
    code = "tokens.breached_password"
    message = _("The password of %(user)s was found in a leak. Change it first.")
    conflict = True


class OnlyForMembers(DomainError):
    code = "tokens.only_for_members"
    message = _("Support access makes no tokens. Ask an owner to let you in.")


@transaction.atomic
@sensitive_variables("secret")
def create_token(
    access: Access, *, name: str, scopes: Iterable[str], days: int
) -> tuple[AppToken, str]:
    """Make a token for whoever has this access, with some of their rights.

    The second value is the token itself: it is nowhere kept, and can be told this once. Raises
    ``OnlyForMembers``, ``NoFactor``, ``BreachedPassword``, ``NoScope``, ``UnknownScope``,
    ``NotYours`` or ``TooLong``.
    """
    user, wanted = access.user, set(scopes)
    if access.support is not None:
        raise OnlyForMembers
    if user.password_breached_at is not None:
        raise BreachedPassword(user=user)
    if not user.has_factor:
        raise NoFactor(user=user)
    if not wanted:
        raise NoScope
    for scope in sorted(wanted):
        if scope not in Permission.values:
            raise UnknownScope(scope=scope[:40])
        if scope not in access.granted:
            raise NotYours(user=user, scope=scope)
    if not SHORTEST <= days <= LONGEST:
        raise TooLong(days=days)
    now, secret = clock.now(), new_secret()
    token = AppToken.unscoped.create(
        company=access.company, user=user, name=name, digest=digest_of(secret),
        prefix=secret[:SHOWN], scopes=[p for p in Permission.values if p in wanted],
        created_at=now, expires_at=now + dt.timedelta(days=days),
    )  # fmt: skip
    trail.record(
        company=access.company, by=user, action="token.create", subject=token,
        details={"name": name, "user": str(user), "scopes": token.scopes,
                 "expires_at": token.expires_at.astimezone(clock.ZURICH).date()},
    )  # fmt: skip
    note(user, Kind.TOKEN_MADE, token=token.pk, company=access.company.pk)
    return token, secret


@transaction.atomic
def revoke_token(token: AppToken, *, by: User) -> None:
    """End a token; the next request with it is refused. Twice is once."""
    current = AppToken.of(token.company_id).select_for_update().get(pk=token.pk)
    if current.revoked_at is not None:
        return
    current.revoked_at, current.revoked_by = clock.now(), by
    current.save(update_fields=["revoked_at", "revoked_by"])
    trail.record(company=current.company, by=by, action="token.revoke", subject=current,
                 details={"name": current.name, "user": str(current.user)})  # fmt: skip
    note(current.user, Kind.TOKEN_REVOKED, token=current.pk, company=current.company_id)


def tokens_of(company: Company) -> QuerySet[AppToken]:
    """All tokens of a company, newest first."""
    found = AppToken.of(company).select_related("user", "revoked_by")
    return found.order_by("-created_at", "-pk")


def own_tokens(user: User, companies: Iterable[Company]) -> QuerySet[AppToken]:
    """A person's tokens in the companies they may open, newest first."""
    found = AppToken.unscoped.filter(user=user, company__in=[c.pk for c in companies])
    return found.select_related("company").order_by("-created_at", "-pk")
