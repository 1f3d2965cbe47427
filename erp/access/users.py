"""Creating people who may sign in."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.companies.models import Language
from erp.core.errors import DomainError
from erp.core.texts import one_line


class EmailTaken(DomainError):
    code = "access.email_taken"
    message = _("Somebody signs in with %(email)s already. "
                "Use another address, or sign in with it.")  # fmt: skip
    field = "email"


class NotAnEmail(DomainError):
    code = "access.not_an_email"
    message = _("“%(email)s” is no e-mail address. "
                "Write it such as name@example.ch.")  # fmt: skip
    field = "email"


class WeakPassword(DomainError):
    code = "access.weak_password"
    message = _("This password is not accepted: %(reasons)s")
    field = "password"


@transaction.atomic
def create_user(
    *, email: str, password: str, name: str = "", is_operator: bool = False,
    language: str = Language.DE, words: Iterable[str] = (),
) -> User:  # fmt: skip
    """Create a person who may sign in; rights come with a role in a company.

    A password may not be made of ``words``, such as the name of the company that invites.
    Raises ``NotAnEmail``, ``EmailTaken``, ``NotOneLine`` or ``WeakPassword``.
    """
    email, name = email.strip().lower(), one_line(name, field="name")
    try:
        validate_email(email)
    except ValidationError:
        raise NotAnEmail(email=email[:60]) from None
    if User.objects.filter(email=email).exists():
        raise EmailTaken(email=email)
    user = User(email=email, name=name, is_operator=is_operator, language=language)
    user.context_words = tuple(words)  # type: ignore[attr-defined]
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(reasons=" ".join(error.messages)) from None
    user.set_password(password)
    user.save()
    return user
