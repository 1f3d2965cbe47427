"""What stands on dunning letters and statements of account, in the language of the customer."""

from __future__ import annotations

from typing import Final, NamedTuple


class Wording(NamedTuple):
    """The labels of both papers in one language."""

    number: str
    customer: str
    pay_until: str
    document: str
    date: str
    due: str
    level: str
    amount: str
    open: str
    settled: str
    interest: str
    credit: str
    rest: str
    fee: str
    fee_before: str
    interest_until: str
    to_pay: str
    statement: str
    as_of: str
    overdue: str
    not_due: str
    ages: tuple[str, str, str, str]
    in_credit: str
    balance: str
    statement_intro: str
    statement_closing: str


WORDINGS: Final = {
    "de": Wording(
        number="Mahnung Nr.", customer="Kundennummer", pay_until="Zahlbar bis", document="Beleg",
        date="Datum", due="Fällig", level="Stufe", amount="Betrag", open="Offen",
        settled="Bezahlt", interest="Zins", credit="Gutschrift", rest="Offener Betrag",
        fee="Mahngebühr", fee_before="Mahngebühr",
        interest_until="Verzugszins {percent} % bis {day}", to_pay="Zu bezahlen",
        statement="Kontoauszug", as_of="Stand per", overdue="davon überfällig",
        not_due="noch nicht fällig",
        ages=("1–30 Tage", "31–60 Tage", "61–90 Tage", "über 90 Tage"), in_credit="Guthaben",
        balance="Saldo zu unseren Gunsten",
        statement_intro="Nach unseren Büchern sind am {day} die folgenden Posten offen.",
        statement_closing="Stimmt der Auszug nicht mit Ihren Unterlagen überein, melden Sie sich "
        "bitte bei uns.\n\nFreundliche Grüsse",
    ),
    "fr": Wording(
        number="Rappel n°", customer="Numéro de client", pay_until="Payable jusqu’au",
        document="Pièce", date="Date", due="Échéance", level="Niveau",
        amount="Montant", open="Ouvert", settled="Payé", interest="Intérêt",
        credit="Note de crédit", rest="Montant ouvert", fee="Frais de rappel",
        fee_before="Frais de rappel", interest_until="Intérêt moratoire {percent} % au {day}",
        to_pay="À payer", statement="Extrait de compte", as_of="Situation au",
        overdue="dont échu", not_due="pas encore échu",
        ages=("1–30 jours", "31–60 jours", "61–90 jours", "plus de 90 jours"), in_credit="Avoir",
        balance="Solde en notre faveur",
        statement_intro="Selon nos livres, les postes suivants sont ouverts au {day}.",
        statement_closing="Si cet extrait ne correspond pas à vos documents, veuillez prendre "
        "contact avec nous.\n\nMeilleures salutations",
    ),
    "it": Wording(
        number="Sollecito n.", customer="Numero cliente", pay_until="Pagabile entro",
        document="Documento", date="Data", due="Scadenza", level="Livello",
        amount="Importo", open="Aperto", settled="Pagato", interest="Interesse",
        credit="Nota di credito", rest="Importo aperto", fee="Spese di diffida",
        fee_before="Spese di diffida", interest_until="Interesse di mora {percent} % al {day}",
        to_pay="Da pagare", statement="Estratto conto", as_of="Stato al",
        overdue="di cui scaduto", not_due="non ancora scaduto",
        ages=("1–30 giorni", "31–60 giorni", "61–90 giorni", "oltre 90 giorni"),
        in_credit="Credito a Suo favore", balance="Saldo a nostro favore",
        statement_intro="Secondo i nostri libri, al {day} sono aperte le seguenti partite.",
        statement_closing="Se l’estratto non corrisponde ai Suoi documenti, La preghiamo di "
        "contattarci.\n\nCordiali saluti",
    ),
    "en": Wording(
        number="Notice no.", customer="Customer number", pay_until="Pay by", document="Document",
        date="Date", due="Due", level="Level", amount="Amount", open="Open",
        settled="Paid", interest="Interest", credit="Credit note", rest="Open amount",
        fee="Dunning fee", fee_before="Dunning fee",
        interest_until="Interest on arrears {percent} % until {day}", to_pay="To be paid",
        statement="Statement of account", as_of="As of", overdue="of which overdue",
        not_due="not yet due", ages=("1–30 days", "31–60 days", "61–90 days", "over 90 days"),
        in_credit="In your favour", balance="Balance in our favour",
        statement_intro="According to our books the following items are open on {day}.",
        statement_closing="If the statement does not agree with your records, please contact us."
        "\n\nKind regards",
    ),
}  # fmt: skip


def wording_of(language: str) -> Wording:
    return WORDINGS.get(language, WORDINGS["de"])
