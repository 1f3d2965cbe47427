"""What stands on every slip (Beschriftungen), in the wording SIX prescribes.

Source: SIX, guidelines for the QR-bill, annex on multilingual headings. These are fixed texts of
a form, not translations of ours.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Wording(NamedTuple):
    """The headings of a slip in one language."""

    payment_part: str
    receipt: str
    account: str
    reference: str
    additional: str
    currency: str
    amount: str
    acceptance: str
    separate: str
    payable_by: str
    payable_by_blank: str


WORDINGS: Final[dict[str, Wording]] = {
    "de": Wording("Zahlteil", "Empfangsschein", "Konto / Zahlbar an", "Referenz",
                  "Zusätzliche Informationen", "Währung", "Betrag", "Annahmestelle",
                  "Vor der Einzahlung abzutrennen", "Zahlbar durch", "Zahlbar durch (Name/Adresse)"),
    "fr": Wording("Section paiement", "Récépissé", "Compte / Payable à", "Référence",
                  "Informations supplémentaires", "Monnaie", "Montant", "Point de dépôt",
                  "A détacher avant le versement", "Payable par", "Payable par (nom/adresse)"),
    "it": Wording("Sezione pagamento", "Ricevuta", "Conto / Pagabile a", "Riferimento",
                  "Informazioni supplementari", "Valuta", "Importo", "Punto di accettazione",
                  "Da staccare prima del versamento", "Pagabile da", "Pagabile da (nome/indirizzo)"),
    "en": Wording("Payment part", "Receipt", "Account / Payable to", "Reference",
                  "Additional information", "Currency", "Amount", "Acceptance point",
                  "Separate before paying in", "Payable by", "Payable by (name/address)"),
}  # fmt: skip
