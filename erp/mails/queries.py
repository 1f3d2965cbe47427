"""Questions about mails: which somebody sees, and what became of those about a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse

from erp.access.gate import Access
from erp.companies.models import Company
from erp.mails import kinds
from erp.mails.models import OVER, OutgoingMail, State

About = type[models.Model] | str


@dataclass(frozen=True)
class Shown:
    """A mail as a page shows it: what one may do with it, and where what it is about is found."""

    mail: OutgoingMail
    may_retry: bool
    may_cancel: bool
    about_url: str

    @property
    def more(self) -> int:
        """How many get a copy."""
        return len(self.mail.cc) + len(self.mail.bcc)


def within_reach(access: Access) -> QuerySet[OutgoingMail]:
    """The mails of a company that somebody may see, newest first, with who wrote them.

    They are those of the kinds whose documents they may see: a payslip is no secret lifted by being
    sent.
    """
    mails = OutgoingMail.of(access.company).select_related("by").order_by("-pk")
    return mails.filter(kind__in=kinds.seen_by(access))


def filtered(
    mails: QuerySet[OutgoingMail], *, state: str = "", kind: str = "", search: str = "",
    about: str = "", about_id: int | None = None,
) -> QuerySet[OutgoingMail]:  # fmt: skip
    """Mails in a state (``open`` for all that somebody still waits for), of a kind, to somebody,
    with a subject, or about a record."""
    if state == "open":
        mails = mails.exclude(state__in=OVER)
    elif state:
        mails = mails.filter(state=state)
    if kind:
        mails = mails.filter(kind=kind)
    if search:
        mails = mails.filter(
            Q(subject__icontains=search) | Q(about_name__icontains=search)
            | Q(to__icontains=search) | Q(cc__icontains=search)
        )  # fmt: skip
    if about and about_id is not None:
        mails = mails.filter(about_model=about.lower(), about_id=about_id)
    return mails


def shown(access: Access, mails: Iterable[OutgoingMail]) -> list[Shown]:
    """Mails with what somebody may do; asks the database for nothing."""
    return [
        Shown(
            mail, may_retry=mail.can_be_retried and kinds.may_send(access, mail.kind),
            may_cancel=mail.can_be_cancelled and kinds.may_send(access, mail.kind),
            about_url=about_url(mail),
        )
        for mail in mails
    ]  # fmt: skip


def mails_about(access: Access, row: models.Model) -> list[Shown]:
    """The mails about a record that somebody may see, newest first (Versand eines Belegs)."""
    found = filtered(within_reach(access), about=row._meta.label_lower, about_id=row.pk)
    return shown(access, found)


def states_of(company: Company, model: About, ids: Iterable[int]) -> dict[int, OutgoingMail]:
    """The newest mail about each of some records, by the record's id, in one query.

    For lists whose reader may see the records; texts and addresses are not read.
    """
    newest = (
        OutgoingMail.of(company)
        .filter(about_model=_label(model), about_id__in=list(ids))
        .order_by("about_id", "-pk")
        .distinct("about_id")
        .only("about_id", "kind", "state", "tries", "next_try_at", "sent_at", "fault", "last_error")
    )
    return {mail.about_id: mail for mail in newest if mail.about_id is not None}


def waiting_for_people(access: Access) -> int:
    """How many mails somebody should look at: not sent, refused or unclear."""
    states = [State.FAILED, State.REFUSED, State.UNCLEAR]
    return within_reach(access).filter(state__in=states).count()


def about_url(mail: OutgoingMail) -> str:
    """The page of what a mail is about; blank where there is none."""
    found = kinds.all_kinds().get(mail.kind)
    if found is None or not found.page or mail.about_id is None:
        return ""
    return reverse(found.page, args=[mail.company_id, mail.about_id])


def _label(model: About) -> str:
    return model.lower() if isinstance(model, str) else model._meta.label_lower
