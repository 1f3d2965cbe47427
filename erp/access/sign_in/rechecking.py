"""Looking again at a password when it signs somebody in: it may have leaked since it was set."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.views.decorators.debug import sensitive_variables

from erp.access.models import User
from erp.access.passwords.checks import breach_of
from erp.access.passwords.common import is_common
from erp.access.sign_in import ending
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import PhoneGrant
from erp.core import clock

EVERY: Final = dt.timedelta(days=1)


@sensitive_variables("password")
def look_again(user: User, password: str) -> None:
    """Check a right password against today's lists, at most once a day where they could tell.

    One that is found must be changed before anything else (``password_breached_at``); phones are
    signed out.
    """
    checked = user.password_checked_at
    if checked is not None and clock.now() - checked < EVERY:
        return
    leaked = is_common(password) or breach_of(password)
    if leaked is not None:
        user.password_checked_at = clock.now()
    if leaked and user.password_breached_at is None:
        user.password_breached_at = clock.now()
        ending.end_phones(user, PhoneGrant.Ended.BREACHED)
        note(user, Kind.PASSWORD_BREACHED)
    user.save(update_fields=["password_breached_at", "password_checked_at"])
