"""Letters and statements by e-mail: the kinds of mail, with texts that a company may change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.receivables import paper
from accounting.receivables.dunning.archiving import file_name
from accounting.receivables.dunning.gathering import mail_of
from accounting.receivables.dunning.models import DunningNotice
from accounting.receivables.dunning.statements import Printed
from contacts import letters as greetings
from erp.access.models import User
from erp.access.permissions import Permission
from erp.core.display import chf, swiss_date
from erp.core.errors import DomainError
from erp.core.filetypes import PDF
from erp.documents import storing
from erp.mails.kinds import register
from erp.mails.models import OutgoingMail
from erp.mails.queueing import queue
from erp.mails.templates import written

NOTICE: Final = "dunning"
STATEMENT: Final = "statement"


class NoMailAddress(DomainError):
    code = "dunning.no_mail_address"
    message = _("%(customer)s has no e-mail address. Add one to the contact, or print the letter.")
    conflict = True


_NOTICE_NAMES: Final = {
    "greeting": _("salutation"), "title": _("what the letter is called"),
    "number": _("number of the letter"), "total": _("amount with its currency"),
    "until": _("new day of payment"),
}  # fmt: skip
_STATEMENT_NAMES: Final = {
    "greeting": _("salutation"), "on": _("day of the statement"),
    "balance": _("balance with its currency"),
}  # fmt: skip

register(
    NOTICE, label=_("Dunning letter"), see=Permission.RECEIVABLES_READ,
    send=Permission.RECEIVABLES_DUN, page="dunning-letter", placeholders=_NOTICE_NAMES,
    examples={"number": "12", "total": "CHF 1’081.00", "until": "30.04.2026"},
    defaults={
        "de": ("{title}: {total} bis {until}",
               "{greeting}\n\nIm Anhang erhalten Sie unser Schreiben «{title}» Nr. {number}. Der Betrag von {total} "
               "ist bis am {until} zu bezahlen; der Einzahlungsschein liegt bei.\n\nHaben Sie inzwischen "
               "bezahlt, betrachten Sie diese Nachricht bitte als gegenstandslos.\n\nFreundliche Grüsse\n{company}"),
        "fr": ("{title}: {total} jusqu’au {until}",
               "{greeting}\n\nVous trouverez ci-joint notre lettre «{title}» n° {number}. Le montant de {total} "
               "est payable jusqu’au {until}; le bulletin de versement est joint.\n\nSi vous avez payé entre-temps, "
               "veuillez considérer ce message comme sans objet.\n\nMeilleures salutations\n{company}"),
        "it": ("{title}: {total} entro il {until}",
               "{greeting}\n\nIn allegato trova la nostra lettera «{title}» n. {number}. L’importo di {total} è "
               "da pagare entro il {until}; la polizza di versamento è allegata.\n\nSe nel frattempo ha già "
               "pagato, voglia considerare nullo questo messaggio.\n\nCordiali saluti\n{company}"),
        "en": ("{title}: {total} by {until}",
               "{greeting}\n\nPlease find attached our letter “{title}” no. {number}. The amount of {total} is to be "
               "paid by {until}; a payment slip is enclosed.\n\nIf you have paid in the meantime, please "
               "disregard this message.\n\nKind regards\n{company}"),
    },
)  # fmt: skip
register(
    STATEMENT, label=_("Statement of account"), see=Permission.RECEIVABLES_READ,
    send=Permission.RECEIVABLES_SEND, page="customer-dunning", placeholders=_STATEMENT_NAMES,
    examples={"on": "31.12.2026", "balance": "CHF 1’081.00"},
    defaults={
        "de": ("Kontoauszug per {on}",
               "{greeting}\n\nIm Anhang erhalten Sie Ihren Kontoauszug per {on}. Der Saldo beträgt {balance}.\n\n"
               "Freundliche Grüsse\n{company}"),
        "fr": ("Extrait de compte au {on}",
               "{greeting}\n\nVous trouverez ci-joint votre extrait de compte au {on}. Le solde est de {balance}.\n\n"
               "Meilleures salutations\n{company}"),
        "it": ("Estratto conto al {on}",
               "{greeting}\n\nIn allegato trova il Suo estratto conto al {on}. Il saldo ammonta a {balance}.\n\n"
               "Cordiali saluti\n{company}"),
        "en": ("Statement of account as of {on}",
               "{greeting}\n\nPlease find attached your statement of account as of {on}. The balance is {balance}.\n\n"
               "Kind regards\n{company}"),
    },
)  # fmt: skip


def mail_notice(notice: DunningNotice, *, by: User) -> OutgoingMail:
    """Send a letter whose PDF is there to its customer's address. Raises what ``queue`` raises."""
    assert notice.file is not None
    values = {
        "greeting": greetings.greeting(notice.contact), "title": notice.title,
        "number": notice.number, "total": f"{notice.currency} {chf(notice.total)}",
        "until": swiss_date(notice.pay_until),
    }  # fmt: skip
    subject, body = written(notice.company, NOTICE, notice.language, values)
    return queue(company=notice.company, by=by, kind=NOTICE, to=[notice.mail_address],
                 subject=subject, body=body, language=notice.language, about=notice,
                 files=[(notice.file, file_name(notice))])  # fmt: skip


def mail_statement(papers: Sequence[Printed], *, by: User) -> OutgoingMail:
    """Send a customer's statements, one file a currency. Raises ``NoMailAddress``."""
    contact, on = papers[0].contact, papers[0].statement.on
    company, address = contact.company, mail_of(contact)
    if not address:
        raise NoMailAddress(customer=contact.name)
    files = []
    for one in papers:
        name = f"{one.paper.letter.title}-{on:%Y-%m-%d}-{one.statement.currency}.pdf".replace(
            " ", "-"
        )
        files.append((storing.keep(company=company, name=name, content=paper.pdf(one.paper),
                                   content_type=PDF, by=by), name))  # fmt: skip
    balances = (f"{one.statement.currency} {chf(one.statement.balance)}" for one in papers)
    values = {"greeting": greetings.greeting(contact), "on": swiss_date(on),
              "balance": ", ".join(balances)}  # fmt: skip
    subject, body = written(company, STATEMENT, contact.language, values)
    return queue(company=company, by=by, kind=STATEMENT, to=[address], subject=subject, body=body,
                 language=contact.language, about=contact, files=files)  # fmt: skip
