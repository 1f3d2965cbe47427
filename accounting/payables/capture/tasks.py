"""What the inbox does by itself: take bills out of their folders."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.translation import override

from accounting.payables.capture import folders
from accounting.payables.capture.folders import Taken
from accounting.payables.capture.models import Channel
from accounting.payables.capture.receiving import AlreadyReceived, Received, receive
from erp.access.gate import NobodyToActFor, NoSuchCompany, operating
from erp.companies.models import Module
from erp.core.errors import DomainError


@shared_task(name="payables.look_into_folders")
def look_into_folders(**_later: Any) -> int:
    """Once a minute: let each company's folder be emptied in which something lies."""
    numbers = folders.companies_with_files()
    for number in numbers:
        take_from_folder.delay(company_id=number)
    return len(numbers)


@shared_task(name="payables.take_from_folder")
def take_from_folder(*, company_id: int, **_later: Any) -> int:
    """Take one company's complete files into its inbox, in the name of its owner; how many came new.

    Each file is moved aside first and taken away after the commit: killed at any moment, it is taken
    the next time, and known by its bytes if it was kept already. A company that has creditors switched
    off keeps its files where they are.
    """
    came = 0
    with folders.taking(company_id) as waiting:
        try:
            for one in waiting:
                came += _take(company_id, one)
        except (NoSuchCompany, NobodyToActFor, _SwitchedOff):
            pass
    return came


class _SwitchedOff(Exception):
    """The company has creditors switched off: nothing is taken."""


def _take(company_id: int, one: Taken) -> bool:
    with operating(str(company_id)) as access:
        if not access.company.uses(Module.PAYABLES):
            raise _SwitchedOff
        language = access.company.language
        received = Received(one.name, refusal=one.refusal)
        if one.incoming is not None:
            (received,), _job = receive(
                company=access.company,
                incoming=[one.incoming],
                channel=Channel.FOLDER,
                by=access.user,
            )
    refusal = received.refusal or _known(received, one)
    if refusal is None:
        folders.done(company_id, one)
    else:
        with override(language):
            folders.refuse(company_id, one, str(refusal))
    return refusal is None


def _known(received: Received, one: Taken) -> DomainError | None:
    """Why a file that is in the inbox already is refused; not one kept just before we were killed."""
    document = received.document
    if document is None or not received.known:
        return None
    came_here = document.channel == Channel.FOLDER and document.name == received.name
    if came_here and document.received_at.timestamp() >= one.since:
        return None
    return AlreadyReceived(
        name=received.name, known=document.name, date=document.received_at.date()
    )
