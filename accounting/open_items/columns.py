"""The columns of open items in files (Spalten): titles they are found by, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import Side

#: Columns and the titles they are found by, in the four languages.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "side": ("side", "seite", "art", "kind", "typ", "côté", "genre", "type", "lato", "tipo"),
    "contact": ("contact", "number", "nummer", "adressnummer", "adress-nr.", "kundennummer",
                "kunden-nr.", "debitorennummer", "lieferantennummer", "lieferanten-nr.",
                "kreditorennummer", "numéro", "numéro de client", "numéro de fournisseur", "numero",
                "numero cliente", "numero fornitore"),
    "party": ("party", "name", "kunde", "lieferant", "firma", "debitor", "kreditor", "customer",
              "supplier", "nom", "client", "fournisseur", "nome", "cliente", "fornitore"),
    "document": ("document", "beleg", "belegnummer", "beleg-nr.", "rechnung", "rechnungsnummer",
                 "rechnungs-nr.", "invoice", "invoice number", "pièce", "facture",
                 "numéro de facture", "fattura", "numero fattura", "documento"),
    "document_date": ("document_date", "document date", "datum", "date", "belegdatum",
                      "rechnungsdatum", "invoice date", "date de facture", "date de la pièce",
                      "data", "data fattura"),
    "due_date": ("due_date", "due date", "due", "fällig", "fällig am", "fälligkeit", "verfall",
                 "verfalldatum", "échéance", "scadenza"),
    "currency": ("currency", "währung", "whg", "monnaie", "valuta", "moneta"),
    "amount": ("amount", "betrag", "offen", "offener betrag", "saldo", "open", "montant", "solde",
               "importo", "aperto"),
    "base": ("base", "amount in the books", "betrag in buchwährung", "betrag chf", "offen chf",
             "montant comptable", "montant chf", "importo contabile", "importo chf"),
    "reference": ("reference", "referenz", "referenznummer", "référence", "riferimento"),
    "account": ("account", "konto", "sammelkonto", "control account", "compte", "compte collectif",
                "conto", "conto collettivo"),
    "discount_percent": ("discount_percent", "discount percent", "skonto", "skonto %",
                         "skonto in prozent", "escompte", "escompte %", "sconto", "sconto %"),
    "discount_until": ("discount_until", "discount until", "skonto bis", "skontofrist",
                       "escompte jusqu’au", "sconto fino al"),
    "text": ("text", "buchungstext", "bemerkung", "texte", "libellé", "testo", "description"),
}  # fmt: skip
LABELS: Final[Mapping[str, Any]] = {
    "side": _("Debtors or creditors"), "contact": _("Contact number"), "party": _("Name"),
    "document": _("Document number"), "document_date": _("Document date"),
    "due_date": _("Due date"), "currency": _("Currency"), "amount": _("Open amount"),
    "base": _("Amount in the books"), "reference": _("Reference"),
    "account": _("Control account"), "discount_percent": _("Discount in percent"),
    "discount_until": _("Discount until"), "text": _("Text"),
}  # fmt: skip
#: What people write for the sides.
SIDES: Final[Mapping[str, Side]] = {
    **dict.fromkeys(
        ("receivables", "debtors", "debtor", "debitoren", "debitor", "kunden", "kunde", "d",
         "customers", "customer", "débiteurs", "débiteur", "clients", "client", "debitori",
         "debitore", "clienti", "cliente"), Side.RECEIVABLES,
    ),
    **dict.fromkeys(
        ("payables", "creditors", "creditor", "kreditoren", "kreditor", "lieferanten",
         "lieferant", "k", "suppliers", "supplier", "créanciers", "créancier", "fournisseurs",
         "fournisseur", "creditori", "creditore", "fornitori", "fornitore"), Side.PAYABLES,
    ),
}  # fmt: skip
#: The longest texts that fit.
LONGEST: Final[Mapping[str, int]] = {"document": 40, "reference": 35, "text": 200, "party": 140}
#: Without these there is nothing to take over.
NEEDED: Final = ("document", "document_date", "due_date", "amount")
