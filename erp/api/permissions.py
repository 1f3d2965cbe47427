"""Who may call endpoints at all."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from erp.access.sign_in.stepup import SECOND_WAY


class FactorMissing(PermissionDenied):
    default_code = "mfa_required"
    default_detail = _("Set up a second factor first; without one nobody works here.")


class PasswordBreached(PermissionDenied):
    default_code = "password_breached"
    default_detail = _("Your password was found in a leak. Change it first.")


class StepUpNeeded(PermissionDenied):
    default_code = "step_up_needed"
    default_detail = _("This needs your second factor once more. Confirm it, and send this again.")


class SecondWayNeeded(PermissionDenied):
    default_code = "second_way_needed"
    default_detail = SECOND_WAY


class FullySignedIn(BasePermission):
    """Somebody with a second factor, whose password is in no leak we know of."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        if not user.is_authenticated:
            return False
        if user.password_breached_at:
            raise PasswordBreached
        if not user.has_factor:
            raise FactorMissing
        return True
