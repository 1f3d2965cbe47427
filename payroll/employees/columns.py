"""The columns of employees in files (Spalten): what a row holds, and the titles it is found by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Of the contact, as contacts call it, and titles in the four languages.
CONTACT: Final[Mapping[str, tuple[str, ...]]] = {
    "contact": ("contact", "adressnummer", "numéro d’adresse", "numero d’indirizzo"),
    "salutation": ("salutation", "anrede", "civilité", "titolo di cortesia"),
    "first_name": ("first_name", "first name", "vorname", "prénom", "nome"),
    "last_name": ("last_name", "last name", "nachname", "name", "nom", "cognome"),
    "language": ("language", "sprache", "langue", "lingua"),
    "street": ("street", "strasse", "rue", "via"),
    "house_number": ("house_number", "hausnummer", "numéro de maison", "numero civico"),
    "postcode": ("postcode", "plz", "npa"),
    "town": ("town", "ort", "localité", "località"),
    "country": ("country", "land", "pays", "paese"),
    "mobile": ("mobile", "mobil", "handy", "natel", "cellulare"),
    "mail": ("mail", "e-mail", "email", "courriel"),
}
#: Of the employee and the employment.
WORK: Final[Mapping[str, tuple[str, ...]]] = {
    "number": (
        "number",
        "personalnummer",
        "numéro de personnel",
        "numero di personale",
        "nr",
        "nr.",
    ),
    "entry": ("entry", "eintritt", "entrée", "entrata"),
    "exit": ("exit", "austritt", "sortie", "uscita"),
    "function": ("function", "funktion", "fonction", "funzione"),
    "birth_date": ("birth_date", "geburtsdatum", "date de naissance", "data di nascita"),
    "sex": ("sex", "geschlecht", "sexe", "sesso"),
    "ahv_number": ("ahv_number", "ahv-nummer", "ahv-nr.", "numéro avs", "numero avs"),
    "nationality": ("nationality", "nationalität", "nationalité", "nazionalità"),
    "place_of_origin": ("place_of_origin", "heimatort", "lieu d’origine", "luogo d’origine"),
}
PERSONAL: Final = ("birth_date", "sex", "ahv_number", "nationality", "place_of_origin")
#: Fields of facts; the title of a column is kind and field, such as ``wage.amount``.
FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "wage": ("pay", "amount", "degree", "weekly_hours", "weekly_lessons", "thirteenth",
             "holiday_weeks", "public_holiday_percent", "canton", "cost_split"),
    "residence": ("kind", "canton", "commune", "country"),
    "civil_status": ("status", "spouse_name", "spouse_birth_date", "spouse_works", "spouse_canton"),
    "permit": ("category", "expires"),
    "religion": ("church",),
    "withholding": ("code", "canton", "commune", "only_job", "own_rate", "total_rate", "other_rate",
                    "other_income", "work_days", "work_days_abroad", "board_code", "last_wage"),
    "pension": ("employee_amount", "employer_amount", "annual_wage"),
    "payout": ("iban",),
    "holidays": ("days",),
}  # fmt: skip


def facts_heads() -> list[str]:
    return [f"{kind}.{field}" for kind, fields in FACTS.items() for field in fields]


def all_heads() -> list[str]:
    """The titles of a template, in the order people fill them in."""
    return [*WORK, *CONTACT, *facts_heads()]
