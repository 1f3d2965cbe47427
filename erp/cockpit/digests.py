"""Mails about what waits for approval (Freigabe-Mail): once a day at most, and only if there is something new.

They go to members who may approve and want them. A fiduciary's staff has the list of all clients
instead, and would get one mail for each. A mail says how many wait, never what or whose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from erp.access.gate import effective
from erp.access.models import Membership, User
from erp.access.permissions import Permission
from erp.cockpit.models import ApprovalDigest
from erp.cockpit.waiting import APPROVES, Waiting, waiting
from erp.companies.models import Company
from erp.mails.kinds import register
from erp.mails.personal import address_of, tell

DIGEST: Final = "approvals"

register(
    DIGEST, label=_("Something waits for approval"), see=Permission.MEMBERS_READ,
    send=Permission.MEMBERS_CHANGE,
    placeholders={"list": _("what waits, a line each, with its number"),
                  "link": _("address of the start page"),
                  "account": _("address of one’s own account")},
    examples={"list": "\N{EN DASH} Rechnungen freigeben: 3\n\N{EN DASH} Stunden freigeben: 12",
              "link": "https://rappen.example.ch/c/1/",
              "account": "https://rappen.example.ch/account/"},
    defaults={
        "de": ("Es wartet auf Ihre Freigabe",
               "Bei {company} wartet auf Sie:\n\n{list}\n\nAnsehen: {link}\n\nSolche Mails ein- und ausschalten: "
               "{account}"),
        "fr": ("Des approbations vous attendent",
               "Chez {company}, voici ce qui vous attend:\n\n{list}\n\nVoir: {link}\n\nActiver ou désactiver ces "
               "e-mails: {account}"),
        "it": ("La vostra approvazione è attesa",
               "Presso {company} vi attende:\n\n{list}\n\nVedere: {link}\n\nAttivare o disattivare queste e-mail: "
               "{account}"),
        "en": ("Your approval is waited for",
               "At {company} there waits for you:\n\n{list}\n\nSee it: {link}\n\nSwitch such mails on and off: "
               "{account}"),
    },
)  # fmt: skip


@transaction.atomic
def tell_approvers(company: Company, *, by: User, on: dt.date) -> int:
    """Write to each member of an open company for whom something new waits; how many mails that is.

    ``by`` is in whose name they are written. Who got one on that day gets none.
    """
    return sum(
        _told(company, person, [*waiting(company, person, rights, on=on)], by=by, on=on)
        for person, rights in _approvers(company)
    )


def _approvers(company: Company) -> list[tuple[User, frozenset[str]]]:
    """Members with a right to approve who want to be told, with what they may here and now."""
    rights: dict[User, set[str]] = {}
    rows = Membership.of(company).filter(user__is_active=True, user__approval_mails=True)
    for one in rows.select_related("user", "role").order_by("user", "pk"):
        rights.setdefault(one.user, set()).update(one.role.rights)
    found = ((person, effective(company, has)) for person, has in rights.items())
    return [(person, granted) for person, granted in found if granted & APPROVES]


def _told(
    company: Company, person: User, found: Sequence[Waiting], *, by: User, on: dt.date
) -> bool:
    rows = ApprovalDigest.of(company).select_for_update(no_key=True).filter(user=person)
    last = rows.first() or ApprovalDigest(company=company, user=person)
    if last.sent_on == on:
        return False
    known = last.counts
    if not any(one.mark > last.marks.get(one.kind, 0) or one.count > known.get(one.kind, 0)
               for one in found if one.count):  # fmt: skip
        fewer = {one.kind: min(one.count, known.get(one.kind, 0)) for one in found}
        if last.pk and known | fewer != known:
            last.counts = known | fewer
            last.save(update_fields=["counts"])
        return False
    with translation.override(person.language):
        lines = "\n".join(f"\N{EN DASH} {one.label}: {one.count}" for one in found if one.count)
    values = {"list": lines, "link": address_of("start", company.pk),
              "account": address_of("account-overview")}  # fmt: skip
    if tell(person, company=company, kind=DIGEST, by=by, values=values) is None:
        return False
    last.sent_on, last.marks = on, last.marks | {one.kind: one.mark for one in found if one.count}
    last.counts = known | {one.kind: one.count for one in found}
    last.save()
    return True
