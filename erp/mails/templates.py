"""Texts of mails (Mailtexte): ours in four languages, a company's own in their place.

Plain replacement of ``{names}``, no template engine (OUT-3): a value is put in as it is, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.mails.addresses import checked_body, checked_subject
from erp.mails.kinds import all_kinds, kind_of, named, register, replaced
from erp.mails.models import LONGEST_SUBJECT, MailTemplate

__all__ = ["Texts", "all_texts", "register", "reset_text", "save_text", "written"]


class UnknownPlaceholder(DomainError):
    code = "mails.unknown_placeholder"
    message = _("There is no placeholder {%(name)s} here. There are: %(known)s.")
    field = "body"


class Texts:
    """A company's texts of a kind, read once: for whoever writes many mails."""

    def __init__(
        self, company: Company, kind: str, own: Mapping[str, tuple[str, str]] | None = None
    ) -> None:
        self.company, self.kind = company, kind_of(kind)
        if own is not None:
            self._own = dict(own)

    def text(self, language: str) -> tuple[str, str]:
        """Subject and body with their placeholders: the company's own, or ours."""
        wanted = language if language in self.kind.defaults else self.company.language
        return self._own.get(wanted) or self.kind.defaults[wanted]

    def is_own(self, language: str) -> bool:
        return language in self._own

    def written(self, language: str, values: Mapping[str, object]) -> tuple[str, str]:
        """Subject and body with the values in their places.

        All placeholders of the kind must have a value, whatever the texts name now: else
        ``LookupError``, which is a bug.
        """
        told = {"company": self.company.name, **{name: str(one) for name, one in values.items()}}
        if lacking := set(self.kind.placeholders) - set(told):
            raise LookupError(f"{self.kind.name}: no value for {', '.join(sorted(lacking))}")
        subject, body = self.text(language)
        return _one_line(replaced(subject, told)), replaced(body, told)

    def preview(self, language: str, subject: str, body: str) -> tuple[str, str]:
        """How a text looks with examples in the places."""
        told = {name: self.kind.examples.get(name, f"‹{label}›")
                for name, label in self.kind.placeholders.items()}  # fmt: skip
        told["company"] = self.company.name
        return _one_line(replaced(subject, told)), replaced(body, told)

    @cached_property
    def _own(self) -> dict[str, tuple[str, str]]:
        rows = MailTemplate.of(self.company).filter(kind=self.kind.name)
        return {row.language: (row.subject, row.body) for row in rows}


def all_texts(company: Company) -> list[Texts]:
    """The texts of every kind whose module the company has switched on, in one query."""
    own: dict[str, dict[str, tuple[str, str]]] = {
        kind.name: {} for kind in all_kinds().values()
        if kind.see.module is None or company.uses(kind.see.module)
    }  # fmt: skip
    for row in MailTemplate.of(company).filter(kind__in=own):
        own[row.kind][row.language] = (row.subject, row.body)
    return [Texts(company, name, found) for name, found in own.items()]


def written(
    company: Company, kind: str, language: str, values: Mapping[str, object]
) -> tuple[str, str]:
    """Subject and body of a mail (Mailtext), with the values in their places: see ``Texts.written``."""
    return Texts(company, kind).written(language, values)


@transaction.atomic
def save_text(
    *, company: Company, by: User, kind: str, language: str, subject: str, body: str
) -> MailTemplate:
    """Write mails of a kind in a language with one's own text from now on.

    Raises ``UnknownPlaceholder``, and what ``queue`` raises of subjects and bodies.
    """
    known = kind_of(kind).placeholders
    for field, text in (("subject", subject), ("body", body)):
        for name in named(text):
            if name not in known:
                raise UnknownPlaceholder(field=field, name=name[:40],
                                         known=", ".join(f"{{{one}}}" for one in known))  # fmt: skip
    row = (
        MailTemplate.of(company).select_for_update().filter(kind=kind, language=language).first()
        or MailTemplate(company=company, kind=kind, language=language)
    )  # fmt: skip
    before = trail.values(row, "subject", "body") if row.pk else {}
    row.subject, row.body = checked_subject(subject), checked_body(body)
    after = trail.values(row, "subject", "body")
    if before != after:
        row.save()
        trail.record(company=company, by=by, action="mail_text.save", subject=row,
                     details=trail.changes(before, after) if before else after)  # fmt: skip
    return row


@transaction.atomic
def reset_text(*, company: Company, by: User, kind: str, language: str) -> None:
    """Write with our text again; the own one is kept in the trail alone."""
    row = MailTemplate.of(company).filter(kind=kind, language=language).first()
    if row is not None:
        trail.record(company=company, by=by, action="mail_text.reset", subject=row,
                     details=trail.values(row, "subject", "body"))  # fmt: skip
        row.delete()


def _one_line(text: str) -> str:
    """A subject whose values may have brought line breaks along, cut where it is too long."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
