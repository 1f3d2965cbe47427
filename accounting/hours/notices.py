"""Mails about hours (Benachrichtigungen): whose approval was taken back learns that there is work to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.hours.models import HourEntry
from erp.access.models import User
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.mails.kinds import register
from erp.mails.personal import address_of, tell

REOPENED: Final = "hours_reopened"

register(
    REOPENED, label=_("Hours are open again"), see=Permission.HOURS_READ,
    send=Permission.HOURS_APPROVE,
    placeholders={"by": _("who took the approval back"), "since": _("first day"),
                  "until": _("last day"), "link": _("address of the week")},
    examples={"by": "Anna Beispiel", "since": "02.11.2026", "until": "06.11.2026",
              "link": "https://rappen.example.ch/c/1/hours/"},
    defaults={
        "de": ("Ihre Stunden sind wieder offen",
               "{by} hat die Freigabe Ihrer Stunden vom {since} bis {until} zurückgenommen. Sie können sie "
               "wieder ändern.\n\nAnsehen: {link}\n\n{company}"),
        "fr": ("Vos heures sont de nouveau ouvertes",
               "{by} a annulé l’approbation de vos heures du {since} au {until}. Vous pouvez de nouveau les "
               "modifier.\n\nVoir: {link}\n\n{company}"),
        "it": ("Le vostre ore sono di nuovo aperte",
               "{by} ha revocato l’approvazione delle vostre ore dal {since} al {until}. Potete di nuovo "
               "modificarle.\n\nVedere: {link}\n\n{company}"),
        "en": ("Your hours are open again",
               "{by} took back the approval of your hours from {since} to {until}. You can change them "
               "again.\n\nSee them: {link}\n\n{company}"),
    },
)  # fmt: skip


def tell_reopened(company: Company, entries: Iterable[HourEntry], *, by: User) -> None:
    """Write to each person, but to ``by``, which of their days are open again: one mail each."""
    of: dict[User, list[HourEntry]] = defaultdict(list)
    for one in entries:
        if one.user_id != by.pk:
            of[one.user].append(one)
    for person, rows in of.items():
        days = sorted(one.day for one in rows)
        link = f"{address_of('hours', company.pk)}?day={days[0]:%Y-%m-%d}"
        tell(person, company=company, kind=REOPENED, by=by, values={
            "by": str(by), "since": swiss_date(days[0]), "until": swiss_date(days[-1]), "link": link,
        })  # fmt: skip
