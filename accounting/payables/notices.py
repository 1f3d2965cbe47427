"""Mails about suppliers' invoices (Benachrichtigungen): a link; what it is about stands in the program."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.payables.models import SupplierInvoice
from erp.access.models import User
from erp.access.permissions import Permission
from erp.mails.kinds import register
from erp.mails.personal import address_of, tell

RETURNED: Final = "supplier_invoice_back"

register(
    RETURNED, label=_("Supplier's invoice sent back"), see=Permission.PAYABLES_READ,
    send=Permission.PAYABLES_APPROVE, page="supplier-invoice",
    placeholders={"by": _("who sent it back"), "link": _("address of the invoice")},
    examples={"by": "Anna Beispiel",
              "link": "https://rappen.example.ch/c/1/payables/invoices/12/"},
    defaults={
        "de": ("Eine Lieferantenrechnung ist zurückgewiesen",
               "{by} hat eine Lieferantenrechnung zurückgewiesen, die Sie eingereicht haben. Der Grund steht bei "
               "der Rechnung.\n\nAnsehen: {link}\n\n{company}"),
        "fr": ("Une facture fournisseur vous est renvoyée",
               "{by} a renvoyé une facture fournisseur que vous avez soumise. Le motif est indiqué sur la "
               "facture.\n\nVoir: {link}\n\n{company}"),
        "it": ("Una fattura fornitore è respinta",
               "{by} ha respinto una fattura fornitore che avete presentato. Il motivo si trova nella "
               "fattura.\n\nVedere: {link}\n\n{company}"),
        "en": ("A supplier’s invoice was sent back",
               "{by} sent a supplier’s invoice back that you handed in. The reason stands with the "
               "invoice.\n\nSee it: {link}\n\n{company}"),
    },
)  # fmt: skip


def tell_returned(invoice: SupplierInvoice, *, by: User) -> None:
    """Write to who handed an invoice in that it was sent back; nothing where they did it themselves."""
    person: User | None = invoice.submitted_by
    if person is None or person.pk == by.pk:
        return
    link = address_of("supplier-invoice", invoice.company_id, invoice.pk)
    tell(person, company=invoice.company, kind=RETURNED, by=by, about=invoice,
         values={"by": str(by), "link": link})  # fmt: skip
