"""Why nobody is let in without their factors, or not yet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class AskedTooOften(DomainError):
    code = "recovery.asked_too_often"
    message = _("This was asked for %(most)s times within a day. Go on tomorrow.")
    conflict = True


class RecoveryOver(DomainError):
    code = "recovery.over"
    message = _(
        "This request is over. If the factors are still lost, it is made anew at the sign-in."
    )
    conflict = True


class NotOneself(DomainError):
    code = "recovery.not_oneself"
    message = _("Nobody confirms for themselves. Somebody else has to.")


class OnlyByOperators(DomainError):
    code = "recovery.only_by_operators"
    message = _(
        "%(user)s operates this installation. Only somebody else who does so can answer this."
    )


class PasswordKnown(DomainError):
    code = "recovery.password_known"
    message = _(
        "Somebody else may know this password. Set a new one first, by “Forgot your password?” at the "
        "sign-in, and sign in with it."
    )
    conflict = True


class NotReady(DomainError):
    code = "recovery.not_ready"
    message = _("Not everybody has confirmed yet, or 24 hours have not passed since.")
    conflict = True


class LinkGone(DomainError):
    code = "recovery.link_gone"
    message = _("This link is no longer valid. Ask for a new one at the sign-in.")
    conflict = True
