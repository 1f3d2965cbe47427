"""What follows when allauth says that something happened to an account."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.mfa import signals as mfa
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from erp.access.models import User
from erp.access.sign_in import devices, ending, limits, phones, sessions
from erp.access.sign_in.backend import FACTORS
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import PhoneGrant


@receiver(user_logged_in)
def session_begins(request: HttpRequest, **_more: Any) -> None:
    sessions.begin(request)


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Forget misses, let a phone stay signed in, and tell of a device the person doesn't know."""
    limits.forget_misses(user.email, device=devices.device_of(request, user=user))
    had_devices = user.devices.exists()
    device, is_new = devices.remember(request, user)
    phones.stay_signed_in(request, user, device)
    used = [record.get("type") or record["method"]
            for record in get_authentication_records(request, user)]  # fmt: skip
    note(user, Kind.SIGNED_IN, used=used)
    if is_new:
        note(user, Kind.NEW_DEVICE)
        if had_devices:
            get_adapter(request).send_notification_mail("account/email/new_device", user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Any, **_more: Any) -> None:
    phones.sign_out(request.session)
    if user is not None:
        note(user, Kind.SIGNED_OUT)


@receiver([account.password_changed, account.password_set, account.password_reset])
def password_changed(request: HttpRequest, user: User, **_more: Any) -> None:
    """Other sessions end by themselves: their hash no longer fits. Phones are signed out.

    When the lists could not tell, the new password has to be looked at again; so it always is.
    """
    user.password_breached_at = user.password_checked_at = None
    user.save(update_fields=["password_breached_at", "password_checked_at"])
    limits.forget_misses(user.email)
    _sign_phones_out(request, user)
    note(user, Kind.PASSWORD_CHANGED)


@receiver([mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset])
def factor_changed(
    signal: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    """Whoever sits elsewhere under the old factors is out; who just set one up has used it."""
    kind = Kind.FACTOR_REMOVED if signal is mfa.authenticator_removed else Kind.FACTOR_ADDED
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        kind = Kind.FACTOR_REMOVED if kind == Kind.FACTOR_REMOVED else Kind.CODES_MADE
    note(user, kind, factor=authenticator.type)
    if kind == Kind.FACTOR_ADDED:
        record_authentication(request, user, "mfa", type=authenticator.type, reauthenticated=True)
    _sign_phones_out(request, user)
    ending.end_others(request, user)


@receiver(mfa.authenticator_used)
def factor_used(
    request: HttpRequest, user: User, authenticator: Authenticator, reauthenticated: bool,
    **_more: Any,
) -> None:  # fmt: skip
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()
        left = len(authenticator.wrap().get_unused_codes())
        note(user, Kind.CODE_USED, left=left)
        get_adapter(request).send_notification_mail("mfa/email/code_used", user, {"left": left})
    elif reauthenticated:
        note(user, Kind.CONFIRMED, factor=authenticator.type)
    if reauthenticated:
        sessions.rename(request)


@receiver(mfa.authentication_failed)
def factor_refused(
    request: HttpRequest, user: User, authenticator: Authenticator, reauthentication: bool,
    **_more: Any,
) -> None:  # fmt: skip
    """Whoever knows the password does not guess codes without end either."""
    limits.count_address(request)
    limits.count_miss(user.email)
    kind = Kind.CONFIRM_REFUSED if reauthentication else Kind.FACTOR_REFUSED
    note(user, kind, factor=authenticator.type)


@receiver(pre_delete, sender=Authenticator)
def last_factor_stays(instance: Authenticator, **_more: Any) -> None:
    """Nobody takes off their last factor, on whatever page or phone; an operator does (commands).

    The person is locked until the factor is gone, so that two are not taken off at once, each
    because of the other.
    """
    request = context.request
    if request is None or instance.type not in FACTORS:
        return
    User.objects.select_for_update(no_key=True).get(pk=instance.user_id)
    if not get_factor_adapter().can_delete_authenticator(instance):
        raise ImmediateHttpResponse(_kept(request))


def _sign_phones_out(request: HttpRequest, user: User) -> None:
    here = request.session.session_key or ""
    ending.end_phones(user, PhoneGrant.Ended.CHANGED, keep=here)


def _kept(request: HttpRequest) -> HttpResponse:
    refusal = get_factor_adapter().validation_error("cannot_delete_authenticator")
    if hasattr(request.allauth, "headless"):  # type: ignore[attr-defined]
        answer: HttpResponse = ErrorResponse(request, exception=refusal, status=HTTPStatus.CONFLICT)
        return answer
    messages.error(request, refusal.messages[0])
    return redirect("mfa_index")
