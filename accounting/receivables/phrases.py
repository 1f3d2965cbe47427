"""What stands on documents besides their lines (Wendungen auf Belegen), in the language of the paper.

Not the language of whoever prints it: a French invoice reads the same in every office.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Phrases(NamedTuple):
    """Words and sentences of one language; braces are filled in."""

    offer: str
    order: str
    invoice: str
    deposit_invoice: str
    credit_note: str
    customer_number: str
    reference: str
    supply: str
    due: str
    valid: str
    for_invoice: str
    sum: str
    discount: str
    net_total: str
    vat: str
    vat_on: str
    included: str
    rounding: str
    total: str
    pay_within: str
    pay_now: str
    early: str
    instalment: str
    to_our_account: str
    deposit_of: str


PHRASES: Final[dict[str, Phrases]] = {
    "de": Phrases(
        "Offerte", "Auftragsbestätigung", "Rechnung", "Akontorechnung", "Gutschrift",
        "Kundennummer", "Ihre Referenz", "Leistung", "Zahlbar bis", "Gültig bis", "Zu Rechnung",
        "Zwischentotal", "Rabatt", "Total exkl. MWST", "MWST", "MWST {rate} % auf {base}",
        "davon MWST {rate} %", "Rundung", "Total",
        "Zahlbar ohne Abzug bis {date} ({days} Tage).", "Zahlbar sofort.",
        "Bei Zahlung bis {date}: {percent} % Skonto ({discount}), zu zahlen {currency} {amount}.",
        "{nth}. Rate: {currency} {amount}, zahlbar bis {date}.",
        "Der Betrag wird Ihnen gutgeschrieben oder mit offenen Rechnungen verrechnet.",
        "Abzüglich Akontorechnung {number} vom {date}",
    ),
    "fr": Phrases(
        "Offre", "Confirmation de commande", "Facture", "Facture d’acompte", "Note de crédit",
        "Numéro de client", "Votre référence", "Prestation", "Payable jusqu’au", "Valable jusqu’au",
        "Concerne la facture",
        "Sous-total", "Rabais", "Total hors TVA", "TVA", "TVA {rate} % sur {base}",
        "dont TVA {rate} %", "Arrondi", "Total",
        "Payable net jusqu’au {date} ({days} jours).", "Payable immédiatement.",
        "En cas de paiement jusqu’au {date}: escompte de {percent} % ({discount}), à payer"
        " {currency} {amount}.",
        "{nth}e acompte: {currency} {amount}, payable jusqu’au {date}.",
        "Le montant vous sera crédité ou compensé avec des factures ouvertes.",
        "Déduction de la facture d’acompte {number} du {date}",
    ),
    "it": Phrases(
        "Offerta", "Conferma d’ordine", "Fattura", "Fattura d’acconto", "Nota di credito",
        "Numero cliente", "Vostro riferimento", "Prestazione", "Pagabile entro il", "Valida fino al",
        "Riguarda la fattura",
        "Subtotale", "Sconto", "Totale IVA esclusa", "IVA", "IVA {rate} % su {base}",
        "di cui IVA {rate} %", "Arrotondamento", "Totale",
        "Pagabile senza deduzioni entro il {date} ({days} giorni).", "Pagabile subito.",
        "Per pagamento entro il {date}: sconto del {percent} % ({discount}), da pagare"
        " {currency} {amount}.",
        "{nth}a rata: {currency} {amount}, pagabile entro il {date}.",
        "L’importo Le sarà accreditato o compensato con fatture aperte.",
        "Deduzione della fattura d’acconto {number} del {date}",
    ),
    "en": Phrases(
        "Offer", "Order confirmation", "Invoice", "Deposit invoice", "Credit note",
        "Customer number", "Your reference", "Supply", "Payable by", "Valid until", "For invoice",
        "Subtotal", "Discount", "Total excl. VAT", "VAT", "VAT {rate} % on {base}",
        "of which VAT {rate} %", "Rounding", "Total",
        "Payable net by {date} ({days} days).", "Payable at once.",
        "If paid by {date}: {percent} % discount ({discount}), to be paid {currency} {amount}.",
        "Instalment {nth}: {currency} {amount}, payable by {date}.",
        "The amount will be credited to you or set off against open invoices.",
        "Less deposit invoice {number} of {date}",
    ),
}  # fmt: skip


def of(language: str) -> Phrases:
    """The phrases of a language; German where there are none."""
    return PHRASES.get(language, PHRASES["de"])
