"""What somebody may give to others, and the door that the link of an invitation opens."""

from __future__ import annotations

import hashlib

from django.db import connection

from erp.access.models import Invitation, User
from erp.access.rights import bundles
from erp.companies.models import Company
from erp.core.tenancy import open_companies


def rights_of(user: User, company: Company) -> frozenset[str]:
    """All that a user's roles and mandates grant in an open company, modules off or not.

    It is what they may give to others; what they may do now is ``Access.granted``.
    """
    if not user.is_active:
        return frozenset()
    return frozenset().union(*bundles(user, company))


def invited(token: str) -> Invitation | None:
    """Open the company of an invitation for this transaction, by the token of its link.

    Whoever holds the token reads the mail it went to, and may learn who invites them; nobody else
    opens anything. None where there is no such invitation, or it was accepted or withdrawn.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rappen_find_invitation(%s)", [token_digest(token)])
        found = cursor.fetchone()
    if found is None:
        return None
    company_id, invitation_id = found
    open_companies([company_id])
    invitation: Invitation = (
        Invitation.of(company_id).select_related("company", "by").get(pk=invitation_id)
    )
    return invitation


def token_digest(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
