"""What is remembered of people's sign-ins."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecurityEvent(models.Model):
    """Something that matters to the safety of an account (Sicherheitsereignis). Only ever added."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        REFUSED = "refused", _("Sign-in refused")
        FACTOR_REFUSED = "factor_refused", _("Second factor refused")
        DENIED = "denied", _("Asked for what is not allowed")
        SIGNED_OUT = "signed_out", _("Signed out")
        NEW_DEVICE = "new_device", _("Signed in on a new device")
        CONFIRMED = "confirmed", _("Confirmed with the second factor")
        CONFIRM_REFUSED = "confirm_refused", _("Confirmation refused")
        LIMITED = "limited", _("Sign-in limited after many failures")
        PASSWORD_CHANGED = "password_changed", _("Password changed")  # noqa: S105
        PASSWORD_ASKED = "password_asked", _("New password asked for")  # noqa: S105
        PASSWORD_BREACHED = "password_breached", _("Password found in a leak")  # noqa: S105
        ADDRESS_LEAKED = "address_leaked", _("Address found in a leak")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        CODES_MADE = "codes_made", _("Recovery codes made")
        CODE_USED = "code_used", _("Recovery code used")
        RECOVERY_ASKED = "recovery_asked", _("Says that all factors are lost")
        RECOVERY_BACKED = "recovery_backed", _("Confirmed that it is them")
        RECOVERY_ENDED = "recovery_ended", _("Request after lost factors ended")
        EMAIL_ASKED = "email_asked", _("Another address asked for")
        EMAIL_CHANGED = "email_changed", _("Address changed")
        SESSIONS_ENDED = "sessions_ended", _("Sessions ended")
        PHONE_TWICE = "phone_twice", _("Sign-in of a phone used twice")
        INVITED = "invited", _("Invited somebody")
        JOINED = "joined", _("Accepted an invitation")
        TOKEN_MADE = "token_made", _("App token made")  # noqa: S105
        TOKEN_REVOKED = "token_revoked", _("App token revoked")  # noqa: S105
        TOKEN_REFUSED = "token_refused", _("App token refused")  # noqa: S105

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("at"))
    address = models.CharField(_("address"), max_length=45, blank=True)
    agent = models.CharField(_("browser or program"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="security_event_of_user")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class KnownDevice(models.Model):
    """A browser or phone somebody has signed in on before (bekanntes Gerät).

    Of what the device keeps only the digest is stored. Each person has a token of their own there.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices", db_index=False
    )
    digest = models.CharField("SHA-256", max_length=64)
    agent = models.CharField(_("browser or program"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="device_once")]
        indexes = [models.Index(fields=["user"], name="device_of_user")]

    def __str__(self) -> str:
        return self.agent


class PhoneGrant(models.Model):
    """A phone that stays signed in (angemeldetes Telefon), with the family of its refresh tokens.

    Of the tokens only digests are stored: of what they begin with, of the latest, and of the one
    before.
    """

    class Ended(models.TextChoices):
        SIGNED_OUT = "signed_out", _("signed out")
        REPLACED = "replaced", _("signed in again")
        TWICE = "twice", _("token used twice")
        CHANGED = "changed", _("password or second factor changed")
        BREACHED = "breached", _("password found in a leak")
        INACTIVE = "inactive", _("may no longer sign in")
        DEVICE = "device", _("device forgotten")
        EXPIRED = "expired", _("expired")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phones", db_index=False
    )
    device = models.ForeignKey(KnownDevice, on_delete=models.SET_NULL, null=True)
    family = models.CharField(_("family"), max_length=64, unique=True)
    digest = models.CharField("SHA-256", max_length=64)
    digest_before = models.CharField(_("SHA-256 of the token before"), max_length=64, blank=True)
    answer_came = models.BooleanField(_("latest session was used"), default=False)
    stamp = models.CharField(_("password and factors"), max_length=64)
    session_key = models.CharField(_("latest session"), max_length=40)
    begun_at = models.DateTimeField(_("since"))
    used_at = models.DateTimeField(_("last refreshed"))
    expires_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.CharField(_("ended by"), max_length=20, choices=Ended, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "ended_at"], name="phone_of_user"),
            models.Index(fields=["session_key"], name="phone_of_session"),
        ]

    def __str__(self) -> str:
        return str(self.device or "")


class MissedSignIns(models.Model):
    """How often a password was missed in a row for an address (Fehlversuche).

    Kept for addresses of nobody, too, so that both are answered alike; the address itself is not.
    """

    digest = models.CharField("SHA-256", max_length=64, primary_key=True)
    count = models.PositiveIntegerField(_("count"))
    last_at = models.DateTimeField(_("last at"))

    def __str__(self) -> str:
        return str(self.count)
