"""The columns of contacts in files (Spalten): titles they are found by, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: Columns and the titles they are found by, in the four languages.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number", "nummer", "nr", "nr.", "adressnummer", "numéro", "numero", "no."),
    "kind": ("kind", "art", "genre", "tipo", "typ"),
    "name": ("name", "firma", "organisation", "firmenname", "company", "entreprise", "ditta",
             "raison sociale"),
    "name_addition": ("name_addition", "name addition", "namenszusatz", "zusatz", "complément du nom",
                      "aggiunta"),
    "salutation": ("salutation", "anrede", "civilité", "titolo di cortesia"),
    "title": ("title", "titel", "titre", "titolo"),
    "first_name": ("first_name", "first name", "vorname", "prénom", "nome"),
    "last_name": ("last_name", "last name", "nachname", "nom", "nom de famille", "cognome"),
    "language": ("language", "sprache", "langue", "lingua"),
    "uid": ("uid", "ide", "idi", "uid-nummer"),
    "addition": ("addition", "adresszusatz", "address line", "complément d’adresse", "c/o",
                 "complemento indirizzo"),
    "street": ("street", "strasse", "rue", "via"),
    "house_number": ("house_number", "house number", "hausnummer", "hausnr.", "numéro de maison",
                     "numero civico"),
    "po_box": ("po_box", "po box", "postfach", "case postale", "casella postale"),
    "postcode": ("postcode", "plz", "postleitzahl", "npa", "code postal", "zip"),
    "town": ("town", "ort", "stadt", "localité", "lieu", "località", "luogo", "city"),
    "country": ("country", "land", "pays", "paese"),
    "phone": ("phone", "telefon", "téléphone", "telefono", "tel", "tel."),
    "mobile": ("mobile", "mobil", "handy", "natel", "cellulare"),
    "mail": ("mail", "e-mail", "email", "courriel"),
    "web": ("web", "website", "webseite", "homepage", "site internet", "sito"),
    "iban": ("iban",),
    "groups": ("groups", "gruppen", "gruppe", "groupes", "gruppi"),
    "notes": ("notes", "notizen", "bemerkungen", "remarques", "note", "osservazioni"),
}  # fmt: skip
LABELS: Final[Mapping[str, Any]] = {
    "number": _("Number"), "kind": _("Kind"), "name": _("Name of the organisation"),
    "name_addition": _("Name addition"), "salutation": _("Salutation"), "title": _("Title"),
    "first_name": _("First name"), "last_name": _("Last name"), "language": _("Language"),
    "uid": _("UID"), "addition": _("Address line"), "street": _("Street"),
    "house_number": _("House number"), "po_box": _("PO box"), "postcode": _("Postcode"),
    "town": _("Town"), "country": _("Country"), "phone": _("Phone"), "mobile": _("Mobile"),
    "mail": _("E-mail"), "web": _("Web"), "iban": "IBAN", "groups": _("Groups"),
    "notes": _("Notes"),
}  # fmt: skip
#: What people write for codes.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {
        **dict.fromkeys(("person", "privatperson", "personne", "persona", "p"), "person"),
        **dict.fromkeys(("organisation", "organization", "firma", "entreprise", "ditta", "company",
                         "organizzazione", "o"), "organisation"),
    },
    "salutation": {
        "": "", **dict.fromkeys(("herr", "mr", "mr.", "monsieur", "m.", "signor"), "mr"),
        **dict.fromkeys(("frau", "ms", "mrs", "ms.", "madame", "mme", "signora"), "ms"),
        **dict.fromkeys(("familie", "family", "famille", "famiglia"), "family"),
        **dict.fromkeys(("frau und herr", "herr und frau", "couple", "madame et monsieur"), "couple"),
    },
    "language": {
        **dict.fromkeys(("de", "d", "deutsch", "german", "allemand", "tedesco"), "de"),
        **dict.fromkeys(("fr", "f", "französisch", "french", "français", "francese"), "fr"),
        **dict.fromkeys(("it", "i", "italienisch", "italian", "italien", "italiano"), "it"),
        **dict.fromkeys(("en", "e", "englisch", "english", "anglais", "inglese"), "en"),
    },
}  # fmt: skip
OF_CONTACT: Final = ("name", "name_addition", "salutation", "title", "first_name", "last_name",
                     "language", "uid", "notes")  # fmt: skip
OF_ADDRESS: Final = ("addition", "street", "house_number", "po_box", "postcode", "town", "country")
OF_REACH: Final = ("phone", "mobile", "mail", "web")
