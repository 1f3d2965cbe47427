"""Mails about webhooks that were switched off by themselves: nobody else would notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.access.rights import administrators, held_by
from erp.mails.kinds import register
from erp.mails.queueing import queue
from erp.mails.templates import written
from erp.webhooks.models import Webhook

OFF: Final = "webhook_off"
MOST_RECEIVERS: Final = 20
#: Why a webhook was switched off, by ``Webhook.off_reason``.
REASONS: Final[Mapping[str, Any]] = {
    "failed": _("The receiver could not be reached for more than a day."),
    "gone": _("The receiver says that it wants nothing any more."),
    "rights": _("Who made it may no longer see all that it tells of."),
}

register(
    OFF, label=_("Webhook switched off"), see=Permission.WEBHOOKS_READ,
    send=Permission.WEBHOOKS_CHANGE, page="webhook",
    placeholders={"webhook": _("name of the webhook"), "address": _("where it leads"),
                  "why": _("why it was switched off")},
    examples={"webhook": "Onlineshop", "address": "shop.example.ch",
              "why": "\N{EN DASH}"},
    defaults={
        "de": ("Webhook {webhook} ist ausgeschaltet",
               "Der Webhook {webhook} an {address} meldet keine Änderungen mehr.\n\n{why}\n\nWas sich inzwischen "
               "ändert, wird nachgemeldet, sobald ihn jemand in den Einstellungen wieder einschaltet.\n\n{company}"),
        "fr": ("Le webhook {webhook} est désactivé",
               "Le webhook {webhook} vers {address} n’annonce plus de modifications.\n\n{why}\n\nCe qui change "
               "entre-temps sera annoncé dès que quelqu’un le réactive dans les réglages.\n\n{company}"),
        "it": ("Il webhook {webhook} è disattivato",
               "Il webhook {webhook} verso {address} non segnala più modifiche.\n\n{why}\n\nCiò che cambia nel "
               "frattempo sarà segnalato appena qualcuno lo riattiva nelle impostazioni.\n\n{company}"),
        "en": ("Webhook {webhook} is switched off",
               "The webhook {webhook} to {address} tells of no more changes.\n\n{why}\n\nWhat changes meanwhile is "
               "told as soon as somebody switches it on again in the settings.\n\n{company}"),
    },
)  # fmt: skip


def tell_off(hook: Webhook) -> None:
    """Write that a webhook was switched off, and why, to all who give access, and to its maker.

    Who may not see webhooks any more, as somebody who has left, gets nothing. Nobody is told of the
    others, nor more of the address than the host: the rest may be a secret.
    """
    company = hook.company
    maker = hook.made_by
    may_see = Permission.WEBHOOKS_READ in held_by([maker.pk], company)[maker.pk].rights
    people = [*([maker] if may_see and maker.is_active else []), *administrators(company.pk)]
    to = list(dict.fromkeys(one.email for one in people))[:MOST_RECEIVERS]
    if not to:
        return
    with translation.override(company.language):
        why = str(REASONS[hook.off_reason])
    subject, body = written(company, OFF, company.language, {
        "webhook": hook.name, "address": urlsplit(hook.url).netloc, "why": why,
    })  # fmt: skip
    queue(company=company, by=hook.made_by, kind=OFF, to=to[:1], bcc=to[1:], subject=subject, body=body,
          language=company.language, about=hook)  # fmt: skip
