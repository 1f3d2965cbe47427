"""What somebody may give to others, and the doors that the links of invitations open."""

from __future__ import annotations

import hashlib

from django.db import connection

from erp.access.firms.models import FirmInvitation
from erp.access.models import Invitation, User
from erp.access.rights import held
from erp.companies.models import Company
from erp.core.tenancy import open_companies, set_local


def rights_of(user: User, company: Company) -> frozenset[str]:
    """All that a user's roles and mandates grant in an open company, modules off or not.

    It is what they may give to others; what they may do now is ``Access.granted``.
    """
    if not user.is_active:
        return frozenset()
    return held(user, company).rights


def invited(token: str) -> Invitation | None:
    """Open the company of an invitation for this transaction, by the token of its link.

    Whoever holds the token reads the mail it went to, and may learn who invites them; nobody else
    opens anything. None where there is no such invitation, or it was accepted or withdrawn.
    """
    found = _find("rappen_find_invitation", token)
    if found is None:
        return None
    company_id, invitation_id = found
    open_companies([company_id])
    invitation: Invitation = (
        Invitation.of(company_id).select_related("company", "by").get(pk=invitation_id)
    )
    return invitation


def invited_to_firm(token: str) -> FirmInvitation | None:
    """Open the firm of an invitation for this transaction, as ``invited`` opens a company."""
    found = _find("rappen_find_firm_invitation", token)
    if found is None:
        return None
    firm_id, invitation_id = found
    set_local("rappen.firm", str(firm_id))
    return FirmInvitation.objects.select_related("firm", "by").get(pk=invitation_id)


def token_digest(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _find(function: str, token: str) -> tuple[int, int] | None:
    """Where the invitation of a link lies, by one of our own functions of this name."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s)", [token_digest(token)])  # noqa: S608
        found: tuple[int, int] | None = cursor.fetchone()
    return found
