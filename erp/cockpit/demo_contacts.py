"""Contacts of the demo books: customers, suppliers, and who answers the phone there."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from contacts import activities, groups, saving
from erp.access.models import User
from erp.companies.models import Company
from erp.own_fields.saving import save_own_field

#: Name, language, groups, street, number, postcode, town, phone, mail.
ORGANISATIONS: Final = (
    ("Sägerei Brunner GmbH", "de", "customers", "Industriestrasse", "8", "6460", "Altdorf UR",
     "041 870 00 01", "info@brunner.example"),
    ("Hotel Seeblick AG", "de", "customers", "Seestrasse", "21", "6454", "Flüelen", "041 870 00 02",
     "empfang@seeblick.example"),
    ("Boulangerie Rochat Sàrl", "fr", "customers", "Rue du Lac", "3", "1096", "Cully",
     "021 799 00 03", "bonjour@rochat.example"),
    ("Officina Bernasconi", "it", "customers", "Via Stazione", "14", "6500", "Bellinzona",
     "091 825 00 04", "info@bernasconi.example"),
    ("Papeterie Zumstein", "de", "suppliers", "Marktgasse", "40", "3011", "Bern", "031 311 00 05",
     "verkauf@zumstein.example"),
    ("Holz Import AG", "de", "suppliers", "Hafenstrasse", "5", "4057", "Basel", "061 631 00 06",
     "order@holzimport.example"),
)  # fmt: skip
PERSONS: Final = (
    ("Eva", "Brunner", "ms", "Sägerei Brunner GmbH", "Geschäftsführerin", "079 200 00 01"),
    ("Luc", "Rochat", "mr", "Boulangerie Rochat Sàrl", "Directeur", "079 200 00 02"),
    ("Beat", "Keller", "mr", "", "", "079 200 00 03"),
)
GROUPS: Final = (
    ("customers", "Kunden", "Clients", "Clienti", "Customers"),
    ("suppliers", "Lieferanten", "Fournisseurs", "Fornitori", "Suppliers"),
)


def add_contacts(company: Company, owner: User) -> None:
    """Add the demo's contacts, a task and a note, through the program's own doors."""
    for code, german, french, italian, english in GROUPS:
        groups.save_group(company=company, by=owner, code=code, name_de=german, name_fr=french,
                          name_it=italian, name_en=english)  # fmt: skip
    save_own_field(
        company=company, by=owner, subject="contact", code="segment", kind="choice",
        choices=["A", "B", "C"], name_de="Segment", name_fr="Segment", name_it="Segmento",
        name_en="Segment",
    )  # fmt: skip
    known: dict[str, Any] = {}
    for name, language, group, street, number, postcode, town, phone, mail in ORGANISATIONS:
        known[name] = saving.add_contact(
            company=company, by=owner, kind="organisation", name=name, language=language,
            groups=[group], own_values={"segment": "A"} if group == "customers" else {},
            addresses=[{"kind": "main", "street": street, "house_number": number,
                        "postcode": postcode, "town": town}],
            communications=[{"kind": "phone", "value": phone}, {"kind": "mail", "value": mail}],
        )  # fmt: skip
    for first, last, salutation, of, function, mobile in PERSONS:
        told: dict[str, Any] = {
            "first_name": first, "last_name": last, "salutation": salutation,
            "communications": [{"kind": "mobile", "value": mobile}],
        }  # fmt: skip
        if of:
            activities.add_person(known[of], by=owner, function=function, **told)
        else:
            saving.add_contact(company=company, by=owner, kind="person", **told)
    activities.add_activity(
        known["Hotel Seeblick AG"], by=owner, kind="task", text="Offerte für die neue Terrasse nachfragen",
        due_on=dt.date(2026, 11, 20),
    )  # fmt: skip
    activities.add_activity(known["Sägerei Brunner GmbH"], by=owner, kind="call",
                            text="Liefert ab Januar auch Lärche.")  # fmt: skip
