"""Handing wage papers over (Zustellen): each once, the way its person wants it.

Mails leave by the outbox of ``erp.mails``: what is handed over is written in one transaction, and what
became of it there is asked for later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from erp.access.models import User
from erp.audit import access_log, trail
from erp.companies.models import Company
from erp.core import clock
from erp.documents import storing
from erp.mails import queueing
from erp.mails.models import AGAIN, OutgoingMail, State
from erp.mails.templates import written
from payroll.delivery import mail_kinds
from payroll.delivery.models import Delivery, Way
from payroll.delivery.passwords import locked
from payroll.delivery.terms import Reached, reached, settings_of
from payroll.employees.models import Employee

SLIP: Final = "slip"
CERTIFICATE: Final = "certificate"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper on its way: ``kind`` and ``record`` name the slip or certificate, ``period`` is its month or year.

    ``content`` makes or fetches the PDF; it is called for mails alone.
    """

    kind: str
    record: int
    employee: int
    period: str
    name: str
    content: Callable[[], bytes]


def delivered(company: Company, kind: str, records: Collection[int]) -> set[int]:
    """Which of these papers (ids of slips or certificates) went out before. One query."""
    rows = Delivery.of(company).filter(**{f"{kind}__in": records})
    return set(rows.values_list(kind, flat=True))


@transaction.atomic
def hand_over(
    company: Company, paper: Paper, *, by: User, link: str, to: Reached | None = None,
    again: bool = False,
) -> Delivery | None:  # fmt: skip
    """Let a paper go out the way its person wants it; None where it went out before, unless ``again``.

    The caller holds the paper's row, so that no two do this at once. ``link`` is the address of “My
    wage”. A mail tells no amount. Raises ``NoAddress``, ``NoPassword``, ``NoPortal`` and what
    ``queueing.queue`` raises.
    """
    before = Delivery.of(company).filter(**{paper.kind: paper.record}).aggregate(last=Max("nth"))
    last: int = before["last"] or 0
    if last and not again:
        return None
    to = to or reached(company, [paper.employee])[paper.employee]
    if to.fault is not None:
        raise to.fault
    mail = None if to.way == Way.PAPER else _mailed(company, paper, to, by, link)
    made: Delivery = Delivery.unscoped.create(
        company=company, employee_id=paper.employee, nth=last + 1, way=to.way, mail=mail,
        at=clock.now(), by=by, **{f"{paper.kind}_id": paper.record},
    )  # fmt: skip
    return made


def _mailed(company: Company, paper: Paper, to: Reached, by: User, link: str) -> OutgoingMail:
    kind = mail_kinds.kind_of(paper.kind, to.way)
    told = {"greeting": to.greeting, "name": to.name, "period": paper.period}
    if to.way == Way.PORTAL:
        told["link"] = link
    subject, body = written(company, kind, to.language, told)
    files = []
    if to.way == Way.MAIL:
        content = locked(paper.content(), to.password)
        file = storing.keep(company=company, name=paper.name, content=content,
                            content_type="application/pdf", by=by)  # fmt: skip
        files.append((file, paper.name))
    who = Employee(pk=to.employee, company=company, number=to.number)
    access_log.note(company=company, by=by, kind="disclosure", subject=who, recipient=to.mail)
    return queueing.queue(
        company=company, by=by, kind=kind, to=[to.mail], subject=subject, body=body,
        language=to.language, about=who, reply_to=settings_of(company).reply_to, files=files,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A paper in the log: who it is for, how it reaches them, and what was done, the last first."""

    record: int
    to: Reached
    deliveries: tuple[Delivery, ...]

    @property
    def last(self) -> Delivery | None:
        return self.deliveries[0] if self.deliveries else None

    @property
    def is_on_paper(self) -> bool:
        """Whether it went out on paper, or will."""
        return (self.last.way if self.last else self.to.way) == Way.PAPER

    @property
    def is_in_trouble(self) -> bool:
        """Whether its last mail did not arrive, as far as anybody knows."""
        mail = self.last.mail if self.last else None
        return mail is not None and mail.state in {State.FAILED, State.REFUSED, State.UNCLEAR}


def log_of(company: Company, kind: str, papers: Sequence[tuple[int, int]]) -> list[Row]:
    """The log of papers as (id, employee), by name: five queries, however many there are."""
    people = reached(company, {employee for _record, employee in papers})
    rows = Delivery.of(company).filter(**{f"{kind}__in": [record for record, _who in papers]})
    found: dict[int, list[Delivery]] = {}
    for row in rows.select_related("mail", "by").order_by("-nth"):
        found.setdefault(getattr(row, f"{kind}_id"), []).append(row)
    every = [Row(record, people[who], tuple(found.get(record, ()))) for record, who in papers]
    return sorted(every, key=lambda one: (one.to.name.casefold(), one.record))


@transaction.atomic
def hold_back(company: Company, kind: str, records: Collection[int], *, by: User) -> int:
    """Keep back what waits in the outbox or could be sent again, as its papers are void; how many mails."""
    mails = OutgoingMail.of(company).filter(
        state__in=[State.QUEUED, *AGAIN],
        pk__in=Delivery.of(company).filter(**{f"{kind}__in": records}).values("mail"),
    )
    count = 0
    for mail in list(mails.select_related("company")):
        try:
            with transaction.atomic():
                queueing.cancel(mail, by=by, is_void=True)
                count += 1
        except queueing.TooLateToCancel:
            continue  # it left this very moment
    return count


def counts(rows: Sequence[Row]) -> dict[str, Any]:
    """How many went out by each way, wait, are in trouble, or cannot be reached."""
    return {
        "paper": sum(one.last is not None and one.last.way == Way.PAPER for one in rows),
        "mail": sum(one.last is not None and one.last.way == Way.MAIL for one in rows),
        "portal": sum(one.last is not None and one.last.way == Way.PORTAL for one in rows),
        "open": sum(one.last is None for one in rows),
        "trouble": sum(one.is_in_trouble for one in rows),
        "faults": sum(one.last is None and one.to.fault is not None for one in rows),
    }  # fmt: skip


def record_delivery(company: Company, by: User, *, subject: Any, **details: int) -> None:
    """What the trail tells of a delivery of many: how many, to nobody's name."""
    trail.record(company=company, by=by, action="wage_papers.deliver", subject=subject,
                 details=details)  # fmt: skip
