"""How often one may try (Anmeldebremse): per account, per address, for everybody together.

allauth counts per address and account (``ACCOUNT_RATE_LIMITS``). Added here: a device that has
signed in before has an account limit of its own, which strangers cannot use up; all strangers
together have a limit; and an account that was missed a hundred times in a row takes no password
from strangers until its owner signs in or asks for a new one. Codes that are missed count, too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Final

from allauth.core.internal import ratelimit
from django.db import connection
from django.http import HttpRequest

from erp.access.sign_in.devices import device_of
from erp.access.sign_in.models import KnownDevice, MissedSignIns
from erp.core import clock

MOST_IN_A_ROW: Final = 100  # NIST SP 800-63B-4, section 3.2.2
KEPT: Final = dt.timedelta(days=30)
_MISSED: Final = "login_missed"

_COUNT = """
    INSERT INTO erp_missedsignins AS m (digest, count, last_at) VALUES (%(digest)s, 1, %(at)s)
    ON CONFLICT (digest) DO UPDATE SET count = m.count + 1, last_at = excluded.last_at
    RETURNING count
"""


def account_key(request: HttpRequest, email: str) -> str:
    """What the limit of an account counts under: one for each known device, one for strangers."""
    device = device_of(request, email=email)
    return f"{email.lower()}:{device.pk if device else 'stranger'}"


def hears(request: HttpRequest) -> bool:
    """Whether passwords are heard from this address, or too many were missed from it.

    allauth forgets ``login_failed`` whenever a code is right, of whatever account.
    """
    dry: Any = ratelimit.consume(request, app="allauth.account", action=_MISSED, dry_run=True)
    return bool(dry)


def is_open(request: HttpRequest, email: str) -> bool:
    """Whether a password may be tried for this account from here right now."""
    if device_of(request, email=email) is not None:
        return True
    if MissedSignIns.objects.filter(digest=_digest(email), count__gte=MOST_IN_A_ROW).exists():
        return False
    used: Any = ratelimit.consume(
        request, app="allauth.account", action="login_strangers", key="everybody"
    )
    return bool(used)


def count_address(request: HttpRequest) -> None:
    """Count a miss for the address that it comes from."""
    ratelimit.consume(request, app="allauth.account", action=_MISSED)


def count_miss(email: str, *, device: KnownDevice | None = None) -> None:
    """Count a miss in a row. A device that misses too often is known no more, as it may be stolen."""
    _count(_digest(email))
    if device is not None and _count(_of_device(device)) >= MOST_IN_A_ROW:
        MissedSignIns.objects.filter(digest=_of_device(device)).delete()
        device.delete()


def forget_misses(email: str, *, device: KnownDevice | None = None) -> None:
    """Begin anew for an account, and for the device on which its owner has signed in."""
    digests = [_digest(email), *([_of_device(device)] if device is not None else [])]
    MissedSignIns.objects.filter(digest__in=digests).delete()


def forget_old_misses() -> int:
    """Forget addresses that nobody has missed for a month, unless they are closed."""
    before = clock.now() - KEPT
    old = MissedSignIns.objects.filter(last_at__lt=before, count__lt=MOST_IN_A_ROW)
    return old.delete()[0]


def _count(digest: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"digest": digest, "at": clock.now()})
        return int(cursor.fetchone()[0])


def _of_device(device: KnownDevice) -> str:
    return _digest(f"device {device.pk}")  # no address has a blank in it


def _digest(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
