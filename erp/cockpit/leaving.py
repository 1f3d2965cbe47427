"""What ends with the last way into a company, however it was lost (Austritt)."""

from __future__ import annotations

from erp.access.models import User
from erp.access.rights import held_by
from erp.access.support.models import SupportConsent
from erp.access.tokens.models import AppToken
from erp.cockpit.support import end_support
from erp.cockpit.tokens import revoke_token
from erp.companies.models import Company
from erp.core import clock


def close_behind(company: Company, *, by: User) -> None:
    """End what people have left open here who have no way in any more.

    The company is open to this transaction.
    """
    now = clock.now()
    tokens = list(
        AppToken.of(company).filter(revoked_at=None, expires_at__gt=now).select_related("user")
    )
    consents = list(SupportConsent.running().filter(company=company))
    left = held_by({one.user_id for one in tokens} | {one.given_by_id for one in consents}, company)
    for token in tokens:
        if not left[token.user_id].rights:
            revoke_token(token, by=by)
    for consent in consents:
        if not left[consent.given_by_id].rights:
            end_support(consent, by=by)
