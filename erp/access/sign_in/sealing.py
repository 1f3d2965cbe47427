"""Seeds of second factors at rest (Geheimnisse der zweiten Faktoren): sealed for one person alone.

allauth seals and opens texts without saying whose they are. Here each sealed text in a row learns
its place, which names column, kind and person, as soon as the row is made or read: what was moved
to somebody else's row does not open (CRY-1). A text that belongs to no row opens nowhere.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.db.models.signals import post_init
from django.dispatch import receiver

from erp.core import vault

SEALED: Final = ("secret", "seed")
_NO_ROW: Final = "mfa_authenticator.data"
_SETTING_UP: Final = auth.SECRET_SESSION_KEY


class Placed(str):
    """A sealed text that knows where it belongs."""

    __slots__ = ("place",)

    place: str


class _Loose(str):
    """A sealed text on its way into a row."""

    __slots__ = ()


def seal(text: str) -> str:
    """Seal a text for the row that it is put in next."""
    return _Loose(vault.seal(text, place=_NO_ROW))


def unseal(sealed: str) -> str:
    """Open a text of a row. Raises ``CannotOpen``, also for what comes from no row."""
    if not isinstance(sealed, Placed):
        raise vault.CannotOpen("the sealed text belongs to no row")
    return vault.unseal(sealed, place=sealed.place)


def seal_anew(row: Authenticator) -> int:
    """Seal what a row keeps under today's key, without saving it; how much it was."""
    stale = [name for name in SEALED if name in row.data and not vault.is_current(row.data[name])]
    for name in stale:
        place = row.data[name].place
        row.data[name] = _placed(vault.seal(unseal(row.data[name]), place=place), place)
    return len(stale)


@receiver(post_init, sender=Authenticator)
def say_where(instance: Authenticator, **_more: Any) -> None:
    """Tell the sealed texts of a row whose they are."""
    data = instance.__dict__.get("data")  # what was not asked for is not read
    if not isinstance(data, dict):
        return
    for name in SEALED:
        sealed = data.get(name)
        if isinstance(sealed, str):
            place = f"{_NO_ROW}.{name}:{instance.user_id}"
            if isinstance(sealed, _Loose):
                sealed = vault.seal(vault.unseal(sealed, place=_NO_ROW), place=place)
            data[name] = _placed(sealed, place)


def seed_being_set_up(regenerate: bool = False) -> str:
    """The seed that somebody sets up right now; until it is confirmed it lies in their session.

    Stands in for allauth's function of the same task, which leaves it there unsealed. One that does
    not open any more makes room for a new one.
    """
    request: Any = context.request
    place = f"django_session.{_SETTING_UP}:{request.user.pk}"
    if not regenerate and (sealed := request.session.get(_SETTING_UP)):
        with suppress(vault.CannotOpen):
            return vault.unseal(sealed, place=place)
    seed: str = auth.generate_totp_secret()
    request.session[_SETTING_UP] = vault.seal(seed, place=place)
    return seed


def _placed(sealed: str, place: str) -> Placed:
    text = Placed(sealed)
    text.place = place
    return text


auth.get_totp_secret = seed_being_set_up
