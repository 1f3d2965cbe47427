"""How allauth signs people in here."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import BadRequest, ImproperlyConfigured
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.access.sign_in import ending, limits, rechecking, sealing
from erp.access.sign_in.backend import FACTORS
from erp.access.sign_in.devices import device_of
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.stepup import is_fresh
from erp.core import mailing


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; limits know devices; a second factor is asked for, always."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many attempts from here. Wait some minutes, use a passkey, or set a new password."
        ),
        "enter_current_password": _("The password until now is not right."),
        "email_password_mismatch": _("The e-mail or the password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        raise PermissionError("sign-up is closed")

    def get_client_ip(self, request: HttpRequest) -> str:
        """An IPv4 address as such, even where the server writes it as IPv6 (``::ffff:192.0.2.1``).

        Limits count IPv6 by the first half of the address, which is the same for all of these.
        Raises ``BadRequest`` where the request went past one of our proxies: nobody vouches for it.
        """
        try:
            address = ipaddress.ip_address(super().get_client_ip(request))
        except ImproperlyConfigured:
            raise BadRequest(
                "X-Forwarded-For names fewer addresses than there are proxies in front of Rappen. "
                "Go through all of them, or correct RAPPEN_TRUSTED_PROXIES."
            ) from None
        return str(getattr(address, "ipv4_mapped", None) or address)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return limits.account_key(request, credentials.get("email", ""))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email", "")
        if not limits.hears(request):
            raise self.validation_error("too_many_login_attempts")
        if not limits.is_open(request, email):
            self._note(email, Kind.LIMITED)
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user is not None and user.is_active:
            rechecking.look_again(user, credentials.get("password", ""))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email", "")
        limits.count_address(request)
        limits.count_miss(email, device=device_of(request, email=email))
        self._note(email, Kind.REFUSED)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Nobody confirms twice within five minutes; without a factor the password tells."""
        by = "mfa" if getattr(self.request.user, "has_factor", False) else "password"
        if is_fresh(self.request.session, by=by):
            return False
        needed: bool = super().is_reauthentication_required(app=app, **kwargs)
        return needed

    def reauthenticate(self, user: Any, password: str) -> bool:
        """A password confirms only until there is a second factor."""
        if not user.has_factor and user.check_password(password):
            return True
        note(user, Kind.CONFIRM_REFUSED, by="password")
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_factor = [one for one in found if one["id"] != "reauthenticate"]
        return by_factor if user.is_authenticated and user.has_factor else found

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the language of the person who gets it, beside the answer."""
        user = User.objects.filter(email=email.lower()).first()
        language = user.language if user else translation.get_language() or "de"
        told = {"request": self.request, "email": email, "person": user, **context}

        def written() -> EmailMessage:
            with translation.override(language):
                message: EmailMessage = self.render_mail(template_prefix, email, told)
                return message

        mailing.send(written)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:  # fmt: skip
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Write as always, and note that somebody asked: both beside the answer (AUT-11)."""
        mailing.beside(partial(note, user, Kind.PASSWORD_ASKED))
        super().send_password_reset_mail(user, email, context)

    def _note(self, email: str, kind: Any) -> None:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is not None:
            note(user, kind)


class FactorAdapter(DefaultMFAAdapter):
    """Seeds lie sealed in the database; the last factor stays, as nobody works without one."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Whoever ends a phone's session signs the phone out."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        for one in sessions:
            ending.end_session(one)
