"""What a company duns with at first: three levels, and their texts in four languages.

Fees and interest are off: a fee is owed only where it was agreed; interest of 5 % is owed by law
(OR 104), but few ask for it at first. Texts may name ``PLACEHOLDERS``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

#: What texts may name: the new day of payment, the total with its currency, the fee.
PLACEHOLDERS: Final = ("{until}", "{total}", "{fee}")


class Wording(NamedTuple):
    """What a letter is called, and says before and after its list."""

    title: str
    intro: str
    closing: str


class First(NamedTuple):
    """A level to begin with: its kind of text, days after due, after the letter before, to pay."""

    kind: str
    days_after_due: int
    days_after_step: int
    period: int


LEVELS: Final = (
    First("reminder", 10, 0, 10),
    First("dunning", 20, 10, 10),
    First("final", 30, 10, 10),
)

WORDS: Final = {
    "reminder": {
        "de": Wording(
            "Zahlungserinnerung",
            "Sicher ist es Ihrer Aufmerksamkeit entgangen, dass die folgenden Posten noch offen sind.",
            "Bitte überweisen Sie den Betrag von {total} bis am {until}. Hat sich Ihre Zahlung mit "
            "diesem Schreiben gekreuzt, betrachten Sie es bitte als gegenstandslos.\n\n"
            "Freundliche Grüsse",
        ),
        "fr": Wording(
            "Rappel de paiement",
            "Il vous aura sans doute échappé que les postes suivants sont encore ouverts.",
            "Nous vous prions de verser le montant de {total} jusqu’au {until}. Si votre paiement "
            "s’est croisé avec la présente, veuillez la considérer comme sans objet.\n\n"
            "Meilleures salutations",
        ),
        "it": Wording(
            "Sollecito di pagamento",
            "Probabilmente Le è sfuggito che le seguenti partite sono ancora aperte.",
            "La preghiamo di versare l’importo di {total} entro il {until}. Se nel frattempo ha già "
            "pagato, voglia considerare nulla la presente.\n\n"
            "Cordiali saluti",
        ),
        "en": Wording(
            "Payment reminder",
            "It may have escaped your attention that the following items are still open.",
            "Please pay the amount of {total} by {until}. If your payment has crossed with this "
            "letter, please disregard it.\n\n"
            "Kind regards",
        ),
    },
    "dunning": {
        "de": Wording(
            "Mahnung",
            "Auf unsere Zahlungserinnerung haben wir noch keinen Zahlungseingang feststellen können. "
            "Die folgenden Posten sind überfällig.",
            "Wir bitten Sie, den Betrag von {total} bis am {until} zu überweisen. Sind Sie mit einem "
            "Posten nicht einverstanden, melden Sie sich bitte bei uns.\n\n"
            "Freundliche Grüsse",
        ),
        "fr": Wording(
            "Sommation",
            "Malgré notre rappel, nous n’avons pas encore constaté de paiement de votre part. Les "
            "postes suivants sont échus.",
            "Nous vous prions de verser le montant de {total} jusqu’au {until}. Si vous contestez un "
            "poste, veuillez prendre contact avec nous.\n\n"
            "Meilleures salutations",
        ),
        "it": Wording(
            "Diffida di pagamento",
            "Nonostante il nostro sollecito non abbiamo ancora riscontrato alcun pagamento. Le "
            "seguenti partite sono scadute.",
            "La preghiamo di versare l’importo di {total} entro il {until}. Se contesta una partita, "
            "La preghiamo di contattarci.\n\n"
            "Cordiali saluti",
        ),
        "en": Wording(
            "Overdue notice",
            "We have not yet received a payment in reply to our reminder. The following items are "
            "overdue.",
            "Please pay the amount of {total} by {until}. If you do not agree with an item, please "
            "contact us.\n\n"
            "Kind regards",
        ),
    },
    "final": {
        "de": Wording(
            "Letzte Mahnung",
            "Trotz unserer Mahnungen sind die folgenden Posten noch immer offen.",
            "Wir setzen Ihnen eine letzte Frist: Der Betrag von {total} muss bis am {until} bei uns "
            "eingegangen sein. Ohne Ihre Zahlung leiten wir ohne weitere Anzeige die Betreibung ein, "
            "deren Kosten zu Ihren Lasten gehen.\n\n"
            "Freundliche Grüsse",
        ),
        "fr": Wording(
            "Dernière sommation",
            "Malgré nos rappels, les postes suivants sont toujours ouverts.",
            "Nous vous fixons un dernier délai: le montant de {total} doit nous parvenir jusqu’au "
            "{until}. Sans paiement de votre part, nous engagerons une poursuite sans autre avis; les "
            "frais en seront à votre charge.\n\n"
            "Meilleures salutations",
        ),
        "it": Wording(
            "Ultima diffida",
            "Nonostante le nostre diffide le seguenti partite sono tuttora aperte.",
            "Le fissiamo un ultimo termine: l’importo di {total} deve pervenirci entro il {until}. In "
            "mancanza di pagamento avvieremo l’esecuzione senza ulteriore avviso; le relative spese "
            "saranno a Suo carico.\n\n"
            "Cordiali saluti",
        ),
        "en": Wording(
            "Final notice",
            "Despite our notices, the following items are still open.",
            "We grant you a last period: the amount of {total} must reach us by {until}. Without your "
            "payment we will begin debt enforcement without further notice, at your expense.\n\n"
            "Kind regards",
        ),
    },
}  # fmt: skip

#: What a company's first procedure is called.
NAMES: Final = {"de": "Standard", "fr": "Standard", "it": "Standard", "en": "Standard"}


def wording(step: int, language: str) -> Wording:
    """The text a level has until somebody writes another."""
    kinds = {1: "reminder", 2: "dunning"}
    texts = WORDS[kinds.get(step, "final")]
    return texts.get(language, texts["de"])
