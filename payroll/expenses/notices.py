"""Mails about expense claims (Benachrichtigungen): a number and a link; the reason stands in the program."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.access.permissions import Permission
from erp.mails.kinds import register
from erp.mails.personal import address_of, tell
from payroll.expenses.models import ExpenseClaim

RETURNED: Final = "expense_claim_back"

register(
    RETURNED, label=_("Expense claim sent back"), see=Permission.EXPENSES_READ,
    send=Permission.EXPENSES_APPROVE, page="expense-claim",
    placeholders={"by": _("who sent it back"), "number": _("number of the claim"),
                  "link": _("address of the claim")},
    examples={"by": "Anna Beispiel", "number": "12",
              "link": "https://rappen.example.ch/c/1/expenses/12/"},
    defaults={
        "de": ("Ihre Spesenabrechnung {number} ist zurückgewiesen",
               "{by} hat Ihre Spesenabrechnung {number} zurückgewiesen. Der Grund steht bei der Abrechnung; "
               "berichtigen Sie sie und reichen Sie sie noch einmal ein.\n\nAnsehen: {link}\n\n{company}"),
        "fr": ("Votre décompte de frais {number} vous est renvoyé",
               "{by} a renvoyé votre décompte de frais {number}. Le motif y est indiqué; corrigez-le et soumettez-le "
               "de nouveau.\n\nVoir: {link}\n\n{company}"),
        "it": ("Il vostro conteggio spese {number} è respinto",
               "{by} ha respinto il vostro conteggio spese {number}. Il motivo si trova nel conteggio; "
               "correggetelo e presentatelo di nuovo.\n\nVedere: {link}\n\n{company}"),
        "en": ("Your expense claim {number} was sent back",
               "{by} sent your expense claim {number} back. The reason stands with the claim; mend it and hand "
               "it in again.\n\nSee it: {link}\n\n{company}"),
    },
)  # fmt: skip


def tell_returned(claim: ExpenseClaim, *, by: User) -> None:
    """Write to who handed a claim in that it was sent back; nothing where they did it themselves."""
    if claim.user_id == by.pk:
        return
    link = address_of("expense", claim.company_id, claim.pk)
    tell(claim.user, company=claim.company, kind=RETURNED, by=by, about=claim,
         values={"by": str(by), "number": claim.number, "link": link})  # fmt: skip
