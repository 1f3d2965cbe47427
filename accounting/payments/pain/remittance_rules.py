"""The rules of what a payment is for: reference or text, and QR-IBAN with QR reference."""

from __future__ import annotations

from typing import Any, Final

from accounting.payments.pain.elements import Found, down, kids, text_at
from accounting.payments.pain.findings import Finding
from accounting.qr.references import is_qrr, is_scor
from erp.core.identifiers import is_qr_iban

TEXT_LENGTH: Final = 140


def check(element: Any, iban: str, place: str, found: Found) -> None:
    """Add what ``RmtInf`` (None where there is none) breaks beside the creditor's valid IBAN."""
    at = f"{place}/RmtInf"
    to_qr = bool(iban) and is_qr_iban(iban)
    if element is None:
        if to_qr:
            found.append(Finding("qr_iban_needs_qrr", at, iban))
        return
    told = kids(element)
    if "Ustrd" in told and "Strd" in told:
        found.append(Finding("both_remittances", at))
    elif len(element) > 1:
        found.append(Finding("remittance_once", at))
    text = text_at(told, "Ustrd")
    if len(text) > TEXT_LENGTH:
        found.append(Finding("too_long", f"{at}/Ustrd", text))
    kind = reference = ""
    if "Strd" in told:
        kind, reference = _structured(told["Strd"], f"{at}/Strd", found)
    if to_qr and (kind != "QRR" or "Ustrd" in told):
        found.append(Finding("qr_iban_needs_qrr", at, kind or reference or text))
    elif iban and not to_qr and kind == "QRR":
        found.append(Finding("qrr_needs_qr_iban", f"{at}/Strd/CdtrRefInf", iban))


def _structured(element: Any, place: str, found: Found) -> tuple[str, str]:
    texts = [one for one in element if one.tag.endswith("}AddtlRmtInf")]
    if len(texts) > 1:
        found.append(Finding("remittance_once", f"{place}/AddtlRmtInf"))
    for one in texts:
        if len(one.text or "") > TEXT_LENGTH:
            found.append(Finding("too_long", f"{place}/AddtlRmtInf", one.text or ""))
    given = down(element, "CdtrRefInf")
    if given is None:
        return "", ""
    choice = down(given, "Tp", "CdOrPrtry")
    code = text_at(kids(choice), "Cd") if choice is not None else ""
    own = text_at(kids(choice), "Prtry") if choice is not None else ""
    reference, at = text_at(kids(given), "Ref"), f"{place}/CdtrRefInf"
    if own == "QRR":
        if not is_qrr(reference):
            found.append(Finding("qrr", f"{at}/Ref", reference))
        return "QRR", reference
    if code == "SCOR":
        if not is_scor(reference):
            found.append(Finding("scor", f"{at}/Ref", reference))
        return "SCOR", reference
    found.append(Finding("reference_type", f"{at}/Tp/CdOrPrtry", code or own or reference))
    return "", reference
