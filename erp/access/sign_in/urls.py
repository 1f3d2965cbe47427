"""Addresses of signing in: those of allauth's that are used here, and no others."""

from __future__ import annotations

from allauth.account import views as account
from allauth.headless.constants import Client
from allauth.headless.urls import build_urlpatterns
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, include, path, re_path

accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),  # says that it is closed
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done,
         name="account_reset_password_from_key_done"),
    re_path(r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>.{1,200})/$",
            account.password_reset_from_key, name="account_reset_password_from_key"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", codes.generate_recovery_codes,
         name="mfa_generate_recovery_codes"),
    path("2fa/webauthn/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn,
         name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn,
         name="mfa_remove_webauthn"),
]  # fmt: skip

#: What a phone does not need: signing up, addresses, numbers, codes by mail.
NOT_OFFERED = {
    "signup", "verify_email", "resend_email_verification_code", "verify_phone",
    "resend_phone_verification_code", "manage_email", "manage_phone", "confirm_login_code",
    "request_login_code", "resend_login_code",
}  # fmt: skip


def _offered(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same tree of addresses without what is not offered."""
    kept: list[URLPattern | URLResolver] = []
    for one in patterns:
        if isinstance(one, URLResolver):
            one.url_patterns[:] = _offered(one.url_patterns)
            kept.append(one)
        elif one.name not in NOT_OFFERED:
            kept.append(one)
    return kept


headless = [
    path("app/", include((_offered(build_urlpatterns(Client.APP)), "headless"), namespace="app"))
]
