"""How allauth signs people in here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.access.sign_in import limits, rechecking
from erp.access.sign_in.backend import FACTORS
from erp.access.sign_in.events import Kind, note
from erp.core import mailing, vault

SEALED_IN = "mfa_authenticator.data"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; limits know devices; a second factor is asked for, always."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many attempts from here. Wait some minutes, use a passkey, or set a new password."
        ),
        "email_password_mismatch": _("The e-mail or the password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        raise PermissionError("sign-up is closed")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return limits.account_key(request, credentials.get("email", ""))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email", "")
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
        limits.count_miss(email)
        self._note(email, Kind.REFUSED)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """A password confirms only until there is a second factor."""
        return not user.has_factor and user.check_password(password)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_factor = [one for one in found if one["id"] != "reauthenticate"]
        return by_factor if user.is_authenticated and user.has_factor else found

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the language of the person who gets it."""
        user = User.objects.filter(email=email.lower()).first()
        language = user.language if user else translation.get_language() or "de"
        with translation.override(language):
            told = {"request": self.request, "email": email, "person": user, **context}
            mailing.send(self.render_mail(template_prefix, email, told))

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:  # fmt: skip
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def _note(self, email: str, kind: Any) -> None:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is not None:
            note(user, kind)


class FactorAdapter(DefaultMFAAdapter):
    """Seeds lie sealed in the database; the last factor stays, as nobody works without one."""

    def encrypt(self, text: str) -> str:
        return vault.seal(text, place=SEALED_IN)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal(encrypted_text, place=SEALED_IN)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
