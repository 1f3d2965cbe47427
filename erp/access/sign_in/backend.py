"""Who is who: the sign-in by e-mail, and the person behind a session."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from erp.access.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class PeopleBackend(AuthenticationBackend):
    """allauth's sign-in; a person comes with the answer whether they have a second factor.

    It is asked in the query that finds the person, so that guarding each request costs none.
    """

    def get_user(self, user_id: Any) -> User | None:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
        people = User.objects.annotate(found_factor=Exists(factors))
        user: User | None = people.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.has_factor = user.found_factor  # type: ignore[attr-defined]
        return user


def has_factor(user: User) -> bool:
    """Whether a person has a second factor; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def has_two_ways(user: User) -> bool:
    """Whether the loss of one device locks nobody out: what people who give access need (AUT-6).

    A passkey is enough; an authenticator app needs unused recovery codes beside it, which are a
    factor of their own (look-up secrets of NIST SP 800-63B-4).
    """
    found = {one.type: one for one in Authenticator.objects.filter(user=user)}
    if Authenticator.Type.WEBAUTHN in found:
        return True
    codes = found.get(Authenticator.Type.RECOVERY_CODES)
    return codes is not None and bool(codes.wrap().get_unused_codes())
