"""The rules for passwords as Django and allauth ask for them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from erp.access.passwords.checks import judged
from erp.access.passwords.normal import MAX_LENGTH, MIN_LENGTH


class AccessPasswordValidator:
    """The one entry of ``AUTH_PASSWORD_VALIDATORS``, so that every path has the same rules.

    Where ``user.context_words`` is set, those words are refused like the names of the user's
    companies: an invited person belongs to none yet.
    """

    @sensitive_variables()
    def validate(self, password: str, user: Any = None) -> None:
        """Raises ``ValidationError`` with an error for each refusal.

        Codes: ``password_too_short``, ``password_too_long``, ``password_common``,
        ``password_context``, ``password_breached``.
        """
        outcome = judged(password, user=user, words=getattr(user, "context_words", ()))
        if outcome.refusals:
            raise ValidationError(
                [
                    ValidationError(
                        str(refusal), code=refusal.code.replace("passwords.", "password_")
                    )
                    for refusal in outcome.refusals
                ]
            )

    def get_help_text(self) -> str:
        return _(
            "Between %(least)s and %(most)s characters; a phrase of four or five words is best. "
            "Names, places, dates and what is known from stolen lists do not count."
        ) % {"least": MIN_LENGTH, "most": MAX_LENGTH}
