"""What a password may be: one judgement for every way to set one.

Source: NIST SP 800-63B-4, section 3.1.1: length and a list of refused values, no rules of
composition, no regular change, and each refusal says why.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.gate import companies_of
from erp.access.models import User
from erp.access.passwords import ranges
from erp.access.passwords.common import is_common
from erp.access.passwords.context import Kind, context_of
from erp.access.passwords.corpus import Corpus, NoCorpus, NotACorpus
from erp.access.passwords.normal import MAX_LENGTH, MIN_LENGTH, normalised
from erp.companies.models import Company
from erp.core.errors import DomainError

log = logging.getLogger(__name__)


class TooShort(DomainError):
    code = "passwords.too_short"
    message = _("A password has at least %(least)s characters. Take a phrase of four or five words, "
                "which is easy to remember.")  # fmt: skip
    field = "password"


class TooLong(DomainError):
    code = "passwords.too_long"
    message = _("A password has at most %(most)s characters. Shorten it.")
    field = "password"


class TooCommon(DomainError):
    code = "passwords.common"
    message = _("This password is one of the most common, or hardly differs from one, and such are "
                "tried first. Take a phrase of several words that nobody else would think of.")  # fmt: skip
    field = "password"


class TooObvious(DomainError):
    code = "passwords.context"
    message = _("This password is hardly more than %(what)s, which is what others try first. Add "
                "several words that have nothing to do with that.")  # fmt: skip
    field = "password"


class Leaked(DomainError):
    code = "passwords.breached"
    message = _("This password is in a list of passwords stolen elsewhere, and such are tried "
                "everywhere. Take another, and change it wherever else you use it.")  # fmt: skip
    field = "password"


@dataclass(frozen=True)
class Outcome:
    """The judgement of a password. It holds nothing of the password itself.

    ``breach_known`` is False where neither the local list nor the range service could tell whether
    it has leaked: then it is accepted, and has to be judged again at the next sign-in. It is False
    also where it was refused before that was asked.
    """

    refusals: tuple[DomainError, ...]
    breach_known: bool


def refusals(password: str, *, user: Any, words: Iterable[str] = ()) -> list[DomainError]:
    """Why ``password`` cannot be ``user``'s, in the order length, common, context, breached."""
    return list(judged(password, user=user, words=words).refusals)


@sensitive_variables()
def judged(password: str, *, user: Any, words: Iterable[str] = ()) -> Outcome:
    """Judge a password that ``user`` wants to set; None where it is nobody's yet.

    Refused as well are the names of the user's companies, and ``words``, such as the name of the
    company that invites. Whether the password has leaked is asked last, and only where nothing
    else is wrong, so that nothing leaves this machine in vain.
    """
    password = normalised(password)
    if len(password) > MAX_LENGTH:
        return Outcome((TooLong(most=MAX_LENGTH),), breach_known=False)
    found: list[DomainError] = []
    if len(password) < MIN_LENGTH:
        found.append(TooShort(least=MIN_LENGTH))
    if is_common(password):
        found.append(TooCommon())
    context = context_of(password, company=[*_names_of_companies(user), *words],
                         person=_names_of(user))  # fmt: skip
    if context.is_all:
        found.append(TooObvious(what=_listed(context.kinds)))
    if found:
        return Outcome(tuple(found), breach_known=False)

    leaked = breach_of(password)
    if leaked is None:
        log.warning("a password was accepted without knowing whether it has leaked")
    return Outcome((Leaked(),) if leaked else (), breach_known=leaked is not None)


@sensitive_variables()
def breach_of(password: str) -> bool | None:
    """Whether a password is known from a leak; None where neither list nor service can tell.

    The local list is looked at first. The service is asked about what is not in it, since it may
    be newer, or the local list be one of the most frequent only.
    """
    digest = hashlib.sha1(normalised(password).encode(), usedforsecurity=False).digest()
    here = _in_corpus(digest)
    if here:
        return True
    there = ranges.has_leaked(digest)
    return here if there is None else there


@sensitive_variables()
def _in_corpus(digest: bytes) -> bool | None:
    if not settings.PWNED_FILE:
        return None
    try:
        return digest in Corpus.open(settings.PWNED_FILE)
    except (NoCorpus, NotACorpus) as refusal:
        log.error("the list of leaked passwords is not used: %s", refusal)
        return None


def _names_of(user: Any) -> list[str]:
    """Name and e-mail address of a person, without the top-level domain."""
    address = (getattr(user, "email", "") or "").rpartition(".")
    return [getattr(user, "name", "") or "", address[0] or address[2]]


def _names_of_companies(user: Any) -> list[str]:
    """What the user's companies are called, and where they are.

    Asked in a savepoint that is rolled back, as looking up memberships says to the transaction
    whose they are, and it may well be somebody else's.
    """
    if not isinstance(user, User) or user.pk is None:
        return []
    with transaction.atomic():
        before = transaction.savepoint()
        companies: list[Company] = companies_of(user)
        transaction.savepoint_rollback(before)
    return [name for one in companies for name in (one.name, one.short_name, one.town)]


def _listed(kinds: Iterable[Kind]) -> str:
    return ", ".join(str(kind.label) for kind in kinds)
