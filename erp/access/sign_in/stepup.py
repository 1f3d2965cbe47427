"""Step-up (erneute Bestätigung): sensitive acts want the second factor used minutes ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.utils.translation import gettext_lazy as _

from erp.core import clock

#: What whoever gives access is told without a second way to sign in (AUT-6).
SECOND_WAY: Final = _("Whoever gives access needs a second way to sign in, so that a lost phone locks nobody "
                      "out: add a passkey, or make new recovery codes.")  # fmt: skip
LASTS: Final = dt.timedelta(minutes=5)


def is_fresh(session: Mapping[str, Any], *, by: str = "mfa") -> bool:
    """Whether this session's second factor was used within the last five minutes.

    ``by="password"`` asks for the password instead. Signing in with it counts. What lies in the
    future does not: the clock was set back.
    """
    records = session.get(RECORDS) or []
    used = [record["at"] for record in records if record.get("method") == by]
    return bool(used) and 0 <= clock.now().timestamp() - used[-1] < LASTS.total_seconds()
