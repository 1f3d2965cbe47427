"""Documents go to customers (Belege versenden): by mail with their PDF, or on paper.

What becomes of a mail, ``erp.mails`` knows; a document asks for its mails.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.receivables import archiving, drafting
from accounting.receivables.errors import NotIssued
from accounting.receivables.models import SalesDocument
from accounting.receivables.sales_settings import settings_of
from accounting.terms.models import CustomerTerms
from contacts.letters import greeting
from contacts.queries import first_mails
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.display import chf, swiss_date
from erp.core.errors import DomainError
from erp.mails import queueing
from erp.mails.models import OutgoingMail, State
from erp.mails.queries import states_of
from erp.mails.templates import written

_Kind = SalesDocument.Kind
Delivery = CustomerTerms.Delivery
#: Mails that are out, or on their way; a document that has one is not sent again by itself.
UNDERWAY: Final = frozenset({State.QUEUED, State.SENDING, State.SENT, State.UNCLEAR})


class NoMailAddress(DomainError):
    code = "receivables.no_mail_address"
    message = _("%(document)s cannot be mailed: no e-mail address of %(customer)s is known. Add one to the "
                "contact or to the customer's terms, or let its documents go out on paper.")  # fmt: skip
    field = "to"


@dataclass(frozen=True, slots=True)
class Way:
    """How a document goes out: on paper, or by mail to an address, which may be missing."""

    document: SalesDocument
    on_paper: bool
    address: str
    mail: OutgoingMail | None  # the last one

    @property
    def is_underway(self) -> bool:
        """Whether it was mailed already."""
        return self.mail is not None and self.mail.state in UNDERWAY


class Handed(enum.StrEnum):
    """What was done with one of many documents."""

    MAILED = "mailed"
    ON_PAPER = "on_paper"
    SKIPPED = "skipped"


@transaction.atomic
def send(
    document: SalesDocument, *, by: User, to: Iterable[str] | None = None,
    subject: str | None = None, body: str | None = None,
) -> OutgoingMail:  # fmt: skip
    """Mail a document that was issued, as a PDF (Beleg mailen); it leaves after the commit.

    ``to``, ``subject`` and ``body`` are as proposed where nothing is told: to the address of the
    customer's terms, or else the contact's first one, in the language of the document. Answers go
    to the company's address for documents. Raises ``NotIssued``, ``NoMailAddress``, and what
    ``queueing.queue`` and ``archiving.archive`` raise.
    """
    now = drafting.held(document)
    if not now.is_issued:
        raise NotIssued
    receivers = [address_of(now)] if to is None else list(to)
    if subject is None or body is None:
        usual = text_of(now)
        subject, body = usual[0] if subject is None else subject, usual[1] if body is None else body
    file = archiving.archive(now, by=by)
    mail = queueing.queue(
        company=now.company, by=by, kind=now.kind, to=receivers, subject=subject, body=body,
        language=now.language, about=now, reply_to=settings_of(now.company).mail,
        files=[(file, archiving.file_name(now))],
    )  # fmt: skip
    trail.record(company=now.company, by=by, action="document.send", subject=now,
                 details=trail.filled(trail.values(now, "kind", "number", "contact")))  # fmt: skip
    return mail


@transaction.atomic
def hand_over(document: SalesDocument, *, by: User, again: bool = False) -> Handed:
    """Let a document go out the way its customer wants it; what is for paper gets its PDF.

    One that was mailed already is skipped, unless it shall go out ``again``. Raises what ``send``
    raises.
    """
    now = drafting.held(document)  # so that two jobs do not mail it twice
    if not now.is_issued:
        raise NotIssued
    (way,) = ways(now.company, [now])
    if way.on_paper:
        archiving.archive(now, by=by)
        return Handed.ON_PAPER
    if way.is_underway and not again:
        return Handed.SKIPPED
    if not way.address:
        raise _no_address(now)
    send(now, by=by, to=[way.address])
    return Handed.MAILED


def ways(company: Company, documents: Sequence[SalesDocument]) -> list[Way]:
    """How each of these documents goes out; three queries, however many there are."""
    whom = {one.contact_id for one in documents}
    rows = CustomerTerms.of(company).filter(contact__in=whom)
    agreed = {contact: (delivery, mail) for contact, delivery, mail in
              rows.values_list("contact", "delivery", "mail")}  # fmt: skip
    persons = {one.person_id for one in documents if one.person_id}
    known = first_mails(company, whom | persons)
    mails = states_of(company, SalesDocument, [one.pk for one in documents])
    found = list[Way]()
    for one in documents:
        delivery, address = agreed.get(one.contact_id, (Delivery.MAIL, ""))
        address = address or known.get(one.contact_id) or known.get(one.person_id or 0, "")
        found.append(Way(one, delivery == Delivery.PRINT, address, mails.get(one.pk)))
    return found


def address_of(document: SalesDocument) -> str:
    """Where a document is mailed to unless somebody says otherwise. Raises ``NoMailAddress``."""
    (way,) = ways(document.company, [document])
    if not way.address:
        raise _no_address(document)
    return way.address


def text_of(document: SalesDocument) -> tuple[str, str]:
    """Subject and body that a document is mailed with unless somebody says otherwise."""
    values = {
        "number": document.number, "date": swiss_date(document.date), "due_date": _until(document),
        "amount": f"{document.currency} {chf(document.payable)}", "name": document.contact.name,
        "greeting": greeting(document.person or document.contact, language=document.language),
        "subject": document.subject,
    }  # fmt: skip
    return written(document.company, document.kind, document.language, values)


def _until(document: SalesDocument) -> str:
    """Until when an invoice is to be paid, each of its instalments, or an offer is valid."""
    if document.kind == _Kind.OFFER:
        return swiss_date(document.valid_until)
    if document.instalments:
        days = [document.date + dt.timedelta(days=one) for _percent, one in document.instalments]
        return ", ".join(swiss_date(day) for day in days)
    return swiss_date(document.due_date)


def _no_address(document: SalesDocument) -> NoMailAddress:
    return NoMailAddress(document=str(document), customer=document.contact.name)
