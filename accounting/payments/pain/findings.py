"""What the checker of payment orders finds (Prüfergebnisse): code, place, value and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _


class Rule(NamedTuple):
    """A rule: the code that a bank would answer with, and how to keep it."""

    bank_code: str
    remedy: Any


#: Swiss Payment Standards 2025, business rules 3.2 and implementation guidelines 2.2.
RULES: Final[dict[str, Rule]] = {
    "encoding": Rule("CH16", _("Write the file in UTF-8 without a byte order mark.")),
    "cdata": Rule("CH16", _("Write texts without CDATA sections.")),
    "namespace": Rule("CH16",
        _("Use version pain.001.001.09 of the schema; older ones are not taken any more.")),
    "structure": Rule("CH16",
        _("A payment order begins with Document and CstmrCdtTrfInitn, and has blocks of payments.")),
    "empty_element": Rule("CH16", _("Leave elements out that hold nothing.")),
    "characters": Rule("CH16", _("Write it with the Latin letters that banks accept.")),
    "reference_characters": Rule("CH16",
        _("Use at most 35 letters, digits, blanks and '()+,-./:? without // and without / at "
          "either end.")),
    "missing": Rule("CH21", _("Fill this element in.")),
    "too_long": Rule("CH16", _("Shorten it.")),
    "count": Rule("AM18", _("Correct the number of payments in the header.")),
    "sum": Rule("AM10", _("Correct the control sum in the header.")),
    "too_many": Rule("AM18", _("Divide it into files of at most 99’999 payments.")),
    "initiator_address": Rule("CH17", _("Leave the address of the ordering party out.")),
    "software": Rule("CH16", _("Name the software by NAME, PRVD, VRSN and SPSV, each once.")),
    "duplicate_block": Rule("DU02", _("Give each block a number of its own.")),
    "duplicate_payment": Rule("DU05", _("Give each payment of a block a number of its own.")),
    "currencies": Rule("CURR", _("Put each currency into a block of its own.")),
    "date": Rule("DT01", _("Write the day of execution as a date (ReqdExctnDt/Dt).")),
    "date_past": Rule("CH03", _("Choose today or a later day of execution.")),
    "method": Rule("CH16", _("Use TRF for transfers, or CHK for cheques.")),
    "batch": Rule("CH16", _("Write true for one debit, or false for one per payment.")),
    "debtor_address": Rule("CH17", _("Leave the address of the debtor out; the bank knows it.")),
    "debtor_qr_iban": Rule("AC01",
        _("Pay from the ordinary IBAN of the account, not from its QR-IBAN.")),
    "iban": Rule("AC01", _("Correct the IBAN; its check digits do not fit.")),
    "advice": Rule("CH16", _("Choose NOA, SIA, CND or CWD.")),
    "agent_twice": Rule("CH17", _("Name the bank by BIC or by clearing number, not by both.")),
    "bic": Rule("RC01", _("Correct the BIC: eight or eleven letters and digits.")),
    "clearing": Rule("RC01", _("Give the clearing number with CHBCC and at most five digits.")),
    "both_levels": Rule("CH07", _("Say it for the block or for each payment, not for both.")),
    "salary_level": Rule("CH17", _("Mark wages on the level of the block.")),
    "salary_single": Rule("CH16",
        _("Book wages in one sum, so that no single wage is on the statement.")),
    "charges": Rule("CH16", _("Choose DEBT, CRED or SHAR; SLEV for SEPA.")),
    "sepa_charges": Rule("CH16", _("SEPA payments bear SLEV.")),
    "sepa_currency": Rule("CURR",
        _("SEPA payments are in euros; leave the service level out, or pay in euros.")),
    "sepa_account": Rule("AC01", _("SEPA payments go to an IBAN of a country of SEPA.")),
    "amount": Rule("AM01", _("Write an amount above zero with a point and no filling zeros.")),
    "amount_limit": Rule("AM02", _("Divide the payment; a bank takes no such amount in one.")),
    "decimals": Rule("CH20", _("Round to two decimals.")),
    "agent_not_needed": Rule("CH17", _("Leave the creditor's bank out; the IBAN tells it.")),
    "agent_missing": Rule("AGNT",
        _("Name the creditor's bank by its BIC, or by name and address.")),
    "cheque_account": Rule("CH17", _("A cheque goes to no account; leave it out.")),
    "town": Rule("CH21", _("Fill in town and country of the address.")),
    "country": Rule("BE09", _("Write the country with its two capital letters.")),
    "address_type": Rule("CH17", _("Leave the type of address out.")),
    "address_lines": Rule("CH16",
        _("Write the address in fields of its own: street, number, postcode, town, country.")),
    "address_repeats": Rule("CH16",
        _("Do not repeat in address lines what stands in fields of its own.")),
    "address_without_name": Rule("CH21", _("Fill in the name to which the address belongs.")),
    "both_remittances": Rule("CH17",
        _("Give a reference or a text, not both; a text beside a reference is AddtlRmtInf.")),
    "remittance_once": Rule("CH17", _("Give it once.")),
    "qr_iban_needs_qrr": Rule("CH16",
        _("A QR-IBAN needs a QR reference; take it from the bill, or pay to the ordinary IBAN.")),
    "qrr_needs_qr_iban": Rule("CH16",
        _("A QR reference needs a QR-IBAN; take the account from the bill.")),
    "qrr": Rule("CH16",
        _("Correct the QR reference: 27 digits, the last of which checks the others.")),
    "scor": Rule("CH16",
        _("Correct the creditor reference: RF, two check digits, at most 21 letters and digits.")),
    "reference_type": Rule("CH16", _("Give the kind of reference as QRR (Prtry) or SCOR (Cd).")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of a rule. ``place`` is the path of the element, each block and payment numbered."""

    code: str
    place: str
    value: str = ""

    @property
    def bank_code(self) -> str:
        """What a bank would answer with (ISO 20022 reason, or CH01 to CH21 of the Swiss ones)."""
        return RULES[self.code].bank_code

    @property
    def remedy(self) -> str:
        return str(RULES[self.code].remedy)

    def __str__(self) -> str:
        return f"{self.place}: {self.remedy}"
