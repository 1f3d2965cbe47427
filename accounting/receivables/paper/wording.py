"""What stands on every paper (feste Beschriftungen), in the language of the paper.

These are not translations of the program's pages: a French invoice reads the same whoever prints
it, and once issued it must never read otherwise.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Wording(NamedTuple):
    """The headings of a paper in one language."""

    page: str
    pages: str  # between the number of a page and that of all
    date: str
    position: str
    text: str
    quantity: str
    unit: str
    price: str
    discount: str
    vat: str  # as a heading, and behind the UID of who is liable to it
    amount: str
    including: str
    excluding: str
    carried: str  # the sum so far, at the foot and at the head of a page
    subtotal: str
    supply: str
    rate: str
    net: str
    tax: str
    uid: str


WORDINGS: Final[dict[str, Wording]] = {
    "de": Wording("Seite", "von", "Datum", "Pos.", "Bezeichnung", "Menge", "Einheit", "Preis", "Rabatt",
                  "MWST", "Betrag", "inkl. MWST", "exkl. MWST", "Übertrag", "Zwischentotal",
                  "Leistung", "MWST-Satz", "Nettobetrag", "MWST-Betrag", "UID"),
    "fr": Wording("Page", "sur", "Date", "Pos.", "Désignation", "Quantité", "Unité", "Prix", "Rabais",
                  "TVA", "Montant", "TVA incluse", "hors TVA", "Report", "Sous-total",
                  "Prestation", "Taux de TVA", "Montant net", "Montant de la TVA", "IDE"),
    "it": Wording("Pagina", "di", "Data", "Pos.", "Descrizione", "Quantità", "Unità", "Prezzo", "Sconto",
                  "IVA", "Importo", "IVA inclusa", "IVA esclusa", "Riporto", "Subtotale",
                  "Prestazione", "Aliquota IVA", "Importo netto", "Importo IVA", "IDI"),
    "en": Wording("Page", "of", "Date", "No.", "Description", "Quantity", "Unit", "Price", "Discount",
                  "VAT", "Amount", "incl. VAT", "excl. VAT", "Carried forward", "Subtotal",
                  "Supply", "VAT rate", "Net amount", "VAT amount", "UID"),
}  # fmt: skip
