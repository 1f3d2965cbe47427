"""The rules of a single payment within an order (C-Level), and what both levels share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from stdnum import iban as ibans

from accounting.payments.pain import remittance_rules
from accounting.payments.pain.elements import Found, amount_in, down, kids, text_at
from accounting.payments.pain.findings import Finding
from accounting.payments.pain.order import SEPA_NAME, Kind, kind_of, sepa_countries
from accounting.payments.pain.text import is_reference
from erp.core.money import CENTIME

SALARIES: Final = frozenset({"SALA", "PENS"})
MOST_DOMESTIC: Final = Decimal("9999999999.99")
MOST_SEPA: Final = Decimal("999999999.99")
NAME_LENGTH = 140
CLEARING_DIGITS: Final = 5

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_ADDRESS: Final = {"StrtNm": 70, "BldgNb": 16, "PstCd": 16, "TwnNm": 35, "AdrLine": 70, "PstBx": 16}


@dataclass(frozen=True, slots=True)
class Levels:
    """What the block says for all its payments."""

    method: str
    services: frozenset[str]
    has_kind: bool
    charges: str


def check_transaction(one: Any, place: str, levels: Levels, found: Found) -> tuple[str, str]:
    """Add what a payment breaks; its currency and its InstrId."""
    told = kids(one)
    ids = kids(told["PmtId"]) if "PmtId" in told else {}
    if "EndToEndId" not in ids:
        found.append(Finding("missing", f"{place}/PmtId/EndToEndId"))
    for name in ("InstrId", "EndToEndId"):
        check_reference(ids, f"{place}/PmtId", name, found)
    services = levels.services
    if "PmtTpInf" in told:
        services = services | service_levels(told["PmtTpInf"])
        if levels.has_kind:
            found.append(Finding("both_levels", f"{place}/PmtTpInf"))
        if category_of(told["PmtTpInf"]) in SALARIES:
            found.append(Finding("salary_level", f"{place}/PmtTpInf/CtgyPurp/Cd"))
    amount, currency = _amount(told, place, found)
    iban, valid = iban_of(told["CdtrAcct"]) if "CdtrAcct" in told else ("", False)
    if iban and not valid:
        found.append(Finding("iban", f"{place}/CdtrAcct/Id/IBAN", iban))
    kind = _kind(levels.method, services, iban, currency)
    _limits(kind, amount, currency, place, found)
    _charges(told, place, levels, services, found)
    if kind is Kind.SEPA:
        _sepa(iban, currency, place, found)
    _creditor(told, kind, place, found)
    _bank(told, kind, iban, place, found)
    for name in ("UltmtDbtr", "UltmtCdtr"):
        if name in told:
            party(told[name], f"{place}/{name}", NAME_LENGTH, found)
    remittance_rules.check(told.get("RmtInf"), iban if valid else "", place, found)
    return currency, text_at(ids, "InstrId")


def _kind(method: str, services: frozenset[str], iban: str, currency: str) -> Kind:
    if method == "CHK":
        return Kind.CHEQUE
    if "SEPA" in services:
        return Kind.SEPA
    kind = kind_of(iban, currency)
    return Kind.FOREIGN if kind is Kind.SEPA else kind  # without the service level it is foreign


def _amount(told: dict[str, Any], place: str, found: Found) -> tuple[Decimal | None, str]:
    inner = down(told.get("Amt"), "InstdAmt")
    at = f"{place}/Amt/InstdAmt"
    if inner is None:
        inner = down(told.get("Amt"), "EqvtAmt", "Amt")
        at = f"{place}/Amt/EqvtAmt/Amt"
    if inner is None:
        found.append(Finding("missing", at))
        return None, ""
    text, currency = (inner.text or "").strip(), inner.get("Ccy", "")
    if not _CURRENCY.fullmatch(currency):
        found.append(Finding("missing", f"{at}/@Ccy", currency))
    amount = amount_in(text)
    if amount is None or not amount or (len(text) > 1 and text[0] == "0" and text[1] != "."):
        found.append(Finding("amount", at, text))
    return amount, currency


def _limits(kind: Kind, amount: Decimal | None, currency: str, place: str, found: Found) -> None:
    if amount is None:
        return
    at = f"{place}/Amt/InstdAmt"
    if kind in {Kind.DOMESTIC, Kind.SEPA} or currency in {"CHF", "EUR"}:
        if amount != amount.quantize(CENTIME):
            found.append(Finding("decimals", at, str(amount)))
        elif amount > (MOST_SEPA if kind is Kind.SEPA else MOST_DOMESTIC):
            found.append(Finding("amount_limit", at, str(amount)))


def _charges(
    told: dict[str, Any], place: str, levels: Levels, services: frozenset[str], found: Found
) -> None:
    charges = text_at(told, "ChrgBr")
    if not charges:
        return
    at = f"{place}/ChrgBr"
    if levels.charges:
        found.append(Finding("both_levels", at, charges))
    if charges not in {"DEBT", "CRED", "SHAR", "SLEV"}:
        found.append(Finding("charges", at, charges))
    elif "SEPA" in services and charges != "SLEV":
        found.append(Finding("sepa_charges", at, charges))


def _sepa(iban: str, currency: str, place: str, found: Found) -> None:
    if currency != "EUR":
        found.append(Finding("sepa_currency", f"{place}/Amt/InstdAmt", currency))
    if iban[:2] not in sepa_countries():
        found.append(Finding("sepa_account", f"{place}/CdtrAcct/Id/IBAN", iban))


def _creditor(told: dict[str, Any], kind: Kind, place: str, found: Found) -> None:
    most = SEPA_NAME if kind is Kind.SEPA else NAME_LENGTH
    if "Cdtr" not in told:
        found.append(Finding("missing", f"{place}/Cdtr"))
    else:
        party(told["Cdtr"], f"{place}/Cdtr", most, found)
    has_account = "CdtrAcct" in told
    if kind is Kind.CHEQUE and has_account:
        found.append(Finding("cheque_account", f"{place}/CdtrAcct"))
    elif kind is not Kind.CHEQUE and not has_account:
        found.append(Finding("missing", f"{place}/CdtrAcct"))


def _bank(told: dict[str, Any], kind: Kind, iban: str, place: str, found: Found) -> None:
    at = f"{place}/CdtrAgt/FinInstnId"
    if "CdtrAgt" not in told:
        if kind is Kind.FOREIGN and iban[:2] not in {"CH", "LI"}:
            found.append(Finding("agent_missing", at))
        return
    agent(told["CdtrAgt"], at, found)
    if kind is Kind.CHEQUE or (kind in {Kind.DOMESTIC, Kind.SEPA} and iban):
        found.append(Finding("agent_not_needed", at))


def agent(element: Any, place: str, found: Found) -> None:
    """A bank is named by BIC, by clearing number or by name and address: one of them, not two."""
    told = kids(down(element, "FinInstnId")) if down(element, "FinInstnId") is not None else {}
    bic = text_at(told, "BICFI") or text_at(told, "BIC")
    if bic and not _BIC.fullmatch(bic):
        found.append(Finding("bic", f"{place}/BICFI", bic))
    member = told.get("ClrSysMmbId")
    if bic and member is not None:
        found.append(Finding("agent_twice", place, bic))
    if member is not None:
        system, number = down(member, "ClrSysId", "Cd"), text_at(kids(member), "MmbId")
        is_swiss = system is not None and (system.text or "").strip() == "CHBCC"
        is_number = number.isascii() and number.isdigit() and len(number) <= CLEARING_DIGITS
        is_debtors = place.endswith("DbtrAgt/FinInstnId")  # abroad there are other systems
        if not is_number if is_swiss else is_debtors:
            found.append(Finding("clearing", f"{place}/ClrSysMmbId", number))


def party(element: Any, place: str, most: int, found: Found) -> None:
    """Name and address of whoever is paid, or for whom."""
    told = kids(element)
    name = text_at(told, "Nm")
    if not name:
        found.append(Finding("missing", f"{place}/Nm"))
    elif len(name) > most:
        found.append(Finding("too_long", f"{place}/Nm", name))
    if "PstlAdr" not in told:
        return
    at = f"{place}/PstlAdr"
    if not name:
        found.append(Finding("address_without_name", at))
    _address(told["PstlAdr"], at, found)


def _address(element: Any, place: str, found: Found) -> None:
    told = kids(element)
    if "AdrTp" in told:
        found.append(Finding("address_type", f"{place}/AdrTp"))
    lines = [(one.text or "").strip() for one in element if one.tag.endswith("}AdrLine")]
    structured = any(name not in {"AdrLine", "AdrTp", "Ctry"} for name in told)
    if (lines and not structured) or len(lines) > 2:
        found.append(Finding("address_lines", place, "; ".join(lines)))
    else:
        for name in ("TwnNm", "Ctry"):
            if not text_at(told, name):
                found.append(Finding("town", f"{place}/{name}"))
    country = text_at(told, "Ctry")
    if country and not _COUNTRY.fullmatch(country):
        found.append(Finding("country", f"{place}/Ctry", country))
    for name, most in _ADDRESS.items():
        value = text_at(told, name)
        if len(value) > most:
            found.append(Finding("too_long", f"{place}/{name}", value))
    kept = {text_at(told, "StrtNm").casefold(), text_at(told, "TwnNm").casefold()} - {""}
    for line in lines:
        if any(value in line.casefold() for value in kept):
            found.append(Finding("address_repeats", f"{place}/AdrLine", line))


def check_reference(told: dict[str, Any], place: str, name: str, found: Found) -> None:
    """An identification that the ordering party gave, where it is there."""
    element = told.get(name)
    if element is None:
        return
    text = element.text or ""
    if not is_reference(text):
        found.append(Finding("reference_characters", f"{place}/{name}", text[:140]))


def service_levels(kind: Any) -> frozenset[str]:
    """The service levels of a PmtTpInf."""
    if kind is None:
        return frozenset()
    levels = (down(one, "Cd") for one in kind if one.tag.endswith("}SvcLvl"))
    return frozenset((one.text or "").strip() for one in levels if one is not None)


def category_of(kind: Any) -> str:
    """The purpose of a PmtTpInf: SALA for wages."""
    found = down(kind, "CtgyPurp", "Cd") if kind is not None else None
    return (found.text or "").strip() if found is not None else ""


def iban_of(account: Any) -> tuple[str, bool]:
    """The IBAN of an account, and whether its check digits are right; blank where it has none."""
    found = down(account, "Id", "IBAN")
    text = (found.text or "").strip() if found is not None else ""
    return text, bool(text) and is_iban(text)


@lru_cache(maxsize=8192)
def is_iban(text: str) -> bool:
    return text == text.upper() and " " not in text and bool(ibans.is_valid(text))
