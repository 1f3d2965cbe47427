"""Notices of changed bank details (Meldung geänderter Zahlungsverbindungen), to all who give access."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.payments.models import PayeeAccount
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.rights import administrators
from erp.core.identifiers import format_iban
from erp.mails.kinds import register
from erp.mails.queueing import queue
from erp.mails.templates import written

CHANGED: Final = "payee_account"
MOST_RECEIVERS: Final = 20

_NAMES: Final = {
    "payee": _("payee"), "account": _("new account"), "before": _("account before"),
    "by": _("who changed it"),
}  # fmt: skip

register(
    CHANGED, label=_("Bank details of a payee changed"), see=Permission.PAYMENTS_READ,
    send=Permission.PAYMENTS_APPROVE, placeholders=_NAMES,
    examples={"payee": "Muster AG", "account": "CH93 0076 2011 6238 5295 7",
              "before": "CH56 0483 5012 3456 7800 9", "by": "Anna Beispiel"},
    defaults={
        "de": ("Neue Bankverbindung von {payee}",
               "{by} hat für {payee} ein neues Konto erfasst.\n\nNeu: {account}\nBisher: {before}\n\nBezahlt wird "
               "dorthin erst, wenn eine zweite Person es freigegeben hat. Fragen Sie beim Empfänger nach, unter "
               "einer Telefonnummer, die Sie schon kannten.\n\n{company}"),
        "fr": ("Nouvelles coordonnées bancaires de {payee}",
               "{by} a saisi un nouveau compte pour {payee}.\n\nNouveau: {account}\nJusqu’ici: {before}\n\nRien "
               "n’y est payé avant qu’une deuxième personne l’ait approuvé. Renseignez-vous auprès du bénéficiaire, "
               "à un numéro de téléphone que vous connaissiez déjà.\n\n{company}"),
        "it": ("Nuove coordinate bancarie di {payee}",
               "{by} ha registrato un nuovo conto per {payee}.\n\nNuovo: {account}\nFinora: {before}\n\nNulla vi è "
               "pagato finché una seconda persona non l’ha approvato. Chiedete conferma al beneficiario, a un numero "
               "di telefono che già conoscevate.\n\n{company}"),
        "en": ("New bank details of {payee}",
               "{by} entered a new account for {payee}.\n\nNew: {account}\nBefore: {before}\n\nNothing is paid to it "
               "until a second person has approved it. Ask the payee, at a telephone number you "
               "knew before.\n\n{company}"),
    },
)  # fmt: skip


def tell_change(account: PayeeAccount, *, payee: str, by: User) -> None:
    """Write to all who give access that a payee shall be paid elsewhere."""
    company = account.company
    to = [one.email for one in administrators(company.pk)][:MOST_RECEIVERS]
    if not to:
        return
    subject, body = written(
        company, CHANGED, company.language,
        {"payee": payee, "account": format_iban(account.account), "by": str(by),
         "before": format_iban(account.before) or "\N{EN DASH}"},
    )  # fmt: skip
    queue(company=company, by=by, kind=CHANGED, to=to, subject=subject, body=body,
          language=company.language, about=account)  # fmt: skip
