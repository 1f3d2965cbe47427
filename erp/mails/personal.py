"""Mails to somebody about their own matters (Mails an eine Person), in their language, with a link."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from erp.access.models import User
from erp.access.rights import held
from erp.companies.models import Company, CompanyOwned
from erp.mails.addresses import BadAddress
from erp.mails.models import OutgoingMail
from erp.mails.queueing import queue
from erp.mails.templates import written

log = logging.getLogger(__name__)


def address_of(page: str, *arguments: Any) -> str:
    """The address of a page as somebody outside calls it: ``RAPPEN_ADDRESS`` and the path."""
    return settings.PUBLIC_ADDRESS + reverse(page, args=arguments)


def tell(
    person: User, *, company: Company, kind: str, by: User, values: Mapping[str, object],
    about: CompanyOwned | None = None,
) -> OutgoingMail | None:  # fmt: skip
    """Write a mail of a kind to one person; None where they may sign in no more, or have left.

    ``values`` are what its text may name. None, too, where no mail can be sent to the address: whoever
    acts goes on. Raises what ``queue`` does.
    """
    if not person.is_active or not held(person, company).rights:
        return None
    subject, body = written(company, kind, person.language, values)
    try:
        with transaction.atomic():
            return queue(company=company, by=by, kind=kind, to=[person.email], subject=subject,
                         body=body, language=person.language, about=about)  # fmt: skip
    except BadAddress:
        log.warning("no mail can be sent to the address of user %s: %s", person.pk, kind)
        return None
