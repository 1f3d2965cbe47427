"""A fiduciary at work in the demo books: mandates, a checklist, questions and time."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from accounting.ledger.models import JournalEntry
from erp.access.firms.gate import in_client, staff_of
from erp.access.firms.models import Firm, Mandate
from erp.access.gate import operating
from erp.access.models import User
from erp.cockpit.firms import firms_of, give_mandate
from erp.core import clock
from erp.fiduciary import checklists, keeping, mandates, questions, times
from erp.fiduciary.checklists import Step
from erp.fiduciary.models import Question
from erp.fiduciary.subjects import SUBJECTS

CLIENTS: Final = ("alpenholz", "sonnenegg", "tv-seedorf")
STEPS: Final = (
    Step("Bank abstimmen", 8, check_code="bank"),
    Step("Eingang leeren, Belege anfordern", 10, check_code="inbox"),
    Step("Abstimmkonten prüfen", 12, check_code="control"),
    Step("Mit dem Mandanten besprechen", 20),
    Step("Monat sperren", 25, check_code="lock"),
    Step("MWST einreichen", 45, rhythm="quarter", check_code="vat"),
    Step("Abschluss besprechen", 120, rhythm="year"),
)


def add_fiduciary(user: User) -> None:
    """Let the demo's firm work in its clients; whoever tries things out leads it."""
    with transaction.atomic():
        found = firms_of(user)
    if not found:
        return
    firm = found[0].firm
    with transaction.atomic():
        staff_of(firm.pk, user=user)
        template = checklists.save_template(firm=firm, name="Monatsabschluss", steps=STEPS)
    month = clock.today().replace(day=1) - dt.timedelta(days=1)
    for nth, short_name in enumerate(CLIENTS):
        company = _mandated(firm, short_name, user)
        with transaction.atomic():
            access = in_client(firm.pk, company, user=user)
            keeping.look_at(access.company)
            mandates.set_responsible(firm=firm, company=access.company, responsible=user)
            checklists.assign(firm=firm, company=access.company, template=template)
            items = checklists.begin_month(firm=firm, company=access.company, month=month)
            checklists.sign_off(items[3], access=access, note="Telefon mit der Inhaberin")
            times.enter(
                firm=firm, access=access, day=month, minutes=45 + 15 * nth, text="Buchhaltung"
            )
            if not nth:
                _ask(access.company.pk, firm, user)


def _mandated(firm: Firm, short_name: str, user: User) -> int:
    with operating(short_name) as access:
        running = Mandate.of(access.company).filter(firm=firm, ended_at=None)
        if not running.exists():
            give_mandate(company=access.company, firm_code=firm.code, role="fiduciary", by=user)
        return access.company.pk


def _ask(company: int, firm: Firm, user: User) -> None:
    """A question about an entry, and a receipt that is missing."""
    rows = JournalEntry.of(company).filter(source="manual", number__isnull=False)
    for entry, kind, text in zip(
        rows.select_related("company").order_by("-date", "-pk")[:2], Question.Kind.values,
        ("Gehört das noch ins alte Jahr?", ""), strict=False,
    ):  # fmt: skip
        told = SUBJECTS["entry"].tell(entry)
        questions.ask(company=entry.company, by=user, kind=kind, title=told.title, text=text,
                      subject="entry", subject_id=entry.pk, day=told.day, firm=firm.pk)  # fmt: skip
