"""Whoever uses a factor has not lost it; and a link was sent to who had the password of then."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.dispatch import receiver

from erp.access.models import User
from erp.access.recovery.models import FactorRecovery
from erp.access.sign_in.events import Kind, note
from erp.core import clock


@receiver(mfa.authenticator_used)
def factor_is_there(user: User, **_more: Any) -> None:
    needless = FactorRecovery.End.NEEDLESS
    waiting = FactorRecovery.objects.filter(user=user, ended_at=None)
    if waiting.update(ended_at=clock.now(), end=needless):
        note(user, Kind.RECOVERY_ENDED, end=needless.value)


@receiver([account.password_changed, account.password_set, account.password_reset])
def link_is_void(user: User, **_more: Any) -> None:
    FactorRecovery.void_links(user)
