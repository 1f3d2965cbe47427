"""SIX bank master (Bankenstamm): version 3 as CSV or JSON, and the JSON of version 2.

Source: SIX Interbank Clearing, "Bank Master v3, record description". The CSV's header has one token
more than its rows, the moment of its creation. ``Valid on`` is the same in every row and may lie
ahead: then the edition waits for that day.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any, Final

from erp.reference.editions import (
    Edition,
    Given,
    NotPlausible,
    WrongHeader,
    code,
    iso_day,
    once,
    table_of,
    text_of,
)

HEADER: Final = (
    "IID/QR-IID", "Valid on", "Concatenation", "New IID/QR-IID", "SIC IID", "Headquarters",
    "IID type", "QR-IID allocation", "Name of bank/institution", "Street Name", "Building Number",
    "Post Code", "Town Name", "Country", "BIC", "SIC participation", "RTGS customer payments, CHF",
    "IP customer payments, CHF", "euroSIC participation", "LSV+/BDD, CHF", "LSV+/BDD, EUR",
)  # fmt: skip
TITLE: Final = "SIX bank master"

_IID: Final = re.compile(r"\d{1,5}", re.ASCII)
_BIC: Final = re.compile(r"(?:[A-Z0-9]{8}(?:[A-Z0-9]{3})?)?")
_KIND: Final = re.compile(r"[1-4]?")
_STAMP: Final = re.compile(r"\d{8,20}", re.ASCII)
_FLAGS: Final = {"Y": True, "N": False, "": None}
_KINDS: Final = {"HEADQUARTERS": "1", "MAIN_BRANCH": "2", "BRANCH": "2", "QR_IID": "4"}
_QR_FIRST, _QR_LAST = "30000", "31999"


def parse(content: bytes, given: Given) -> Edition:
    """Read a file of the bank master.

    Raises ``WrongHeader``, ``NotPlausible``, ``TwiceInFile`` or ``WrongText``.
    """
    if content.lstrip()[:1] == b"{":
        return _parse_json(content)
    return _parse_csv(content)


def _parse_csv(content: bytes) -> Edition:
    text = text_of(content, "utf-8-sig")
    first, _newline, rest = text.partition("\n")
    header = first.rstrip("\r").split(";")
    stamps = header[len(HEADER) :]
    if tuple(header[: len(HEADER)]) != HEADER or not all(map(_STAMP.fullmatch, stamps)):
        raise WrongHeader(found=first[:80].strip(), source=TITLE, wanted=";".join(HEADER)[:120])
    rows, days = [], set()
    for line, row in table_of(";".join(HEADER) + "\n" + rest, delimiter=";", source=TITLE,
                              required=HEADER):  # fmt: skip
        values = [row[name].strip() for name in HEADER]
        days.add(values[1])
        if values[2] not in {"Y", "N"}:
            raise NotPlausible(line=line, column=HEADER[2], value=values[2])
        flags = []
        for name, flag in zip(HEADER[15:], values[15:], strict=True):
            if flag not in _FLAGS:
                raise NotPlausible(line=line, column=name, value=flag)
            flags.append(_FLAGS[flag])
        code(values[14], _BIC, line=line, column="BIC")
        code(values[6], _KIND, line=line, column=HEADER[6])
        rows.append((
            _iid(values[0], line=line), _iid(values[3], line=line, column=HEADER[3], blank=True),
            _iid(values[7], line=line, column=HEADER[7], blank=True), values[4],
            _iid(values[5], line=line, column=HEADER[5], blank=True), values[6],
            *values[8:15], *flags,
        ))  # fmt: skip
        if values[2] == "Y" and not values[3]:
            raise NotPlausible(line=line, column=HEADER[3], value="")
    if len(days) != 1:
        raise NotPlausible(line=2, column=HEADER[1], value=", ".join(sorted(days))[:60])
    return _edition(iso_day(days.pop(), line=2, column=HEADER[1]), rows)


def _parse_json(content: bytes) -> Edition:
    try:
        told = json.loads(text_of(content, "utf-8-sig"))
        entries = told["entries"]
        is_v2 = "metaData" in told
        day = told["metaData"]["validForClearingDay"] if is_v2 else told["validOn"]
        total = len(entries) if is_v2 else told["totalSize"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found = content[:80].decode("utf-8", "replace")
        raise WrongHeader(found=found, source=TITLE, wanted='{"totalSize", "validOn"') from None
    if total != len(entries):
        raise NotPlausible(line=1, column="totalSize", value=f"{total} ≠ {len(entries)}")
    read = _of_v2 if is_v2 else _of_v3
    rows = []
    for nth, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise NotPlausible(line=nth, column="entry", value=str(entry)[:40])
        if not is_v2 or entry.get("branchId") == "0000":
            rows.append(read(entry, nth))
    left_out = {"branches": len(entries) - len(rows)} if len(rows) < len(entries) else {}
    return _edition(iso_day(str(day), line=1, column="validOn"), rows, left_out)


def _of_v3(entry: dict[str, Any], nth: int) -> tuple[Any, ...]:
    def text(name: str) -> str:
        return str(entry.get(name, "")).strip()

    def flag(name: str) -> bool | None:
        value = entry.get(name)
        if value is not None and not isinstance(value, bool):
            raise NotPlausible(line=nth, column=name, value=value)
        return value

    kind = text("iidType")
    if kind and kind not in _KINDS:
        raise NotPlausible(line=nth, column="iidType", value=kind)
    if text("entryType") == "BankMasterConcatenated" and not text("newIid"):
        raise NotPlausible(line=nth, column="newIid", value="")
    return (
        _iid(text("iid"), line=nth), _iid(text("newIid"), line=nth, column="newIid", blank=True),
        _iid(text("qrIidBelongsTo"), line=nth, column="qrIidBelongsTo", blank=True),
        text("sicIid"), _iid(text("headQuarters"), line=nth, column="headQuarters", blank=True),
        _KINDS.get(kind, ""), text("bankOrInstitutionName"), text("streetName"),
        text("buildingNumber"), text("postCode"), text("townName"), text("country"),
        code(text("bic"), _BIC, line=nth, column="bic"), flag("sicParticipation"),
        flag("rtgsCustomerPaymentsChf"), flag("ipCustomerPaymentsChf"), flag("euroSicParticipation"),
        flag("lsvBddChfParticipation"), flag("lsvBddEurParticipation"),
    )  # fmt: skip


def _of_v2(entry: dict[str, Any], nth: int) -> tuple[Any, ...]:
    """An entry of the retired version; street and number were one, instant payments unknown."""

    def text(name: str) -> str:
        return str(entry.get(name, "")).strip()

    iid = _iid(text("iid"), line=nth)
    is_qr = _QR_FIRST <= iid <= _QR_LAST
    chf, eur = text("sicParticipation"), text("euroSicParticipation")
    head = _iid(text("headOffice"), line=nth, column="headOffice", blank=True)
    return (
        iid, _iid(text("newIid"), line=nth, column="newIid", blank=True), head if is_qr else "",
        text("sicIid"), head, "4" if is_qr else _KINDS.get(text("iidType"), ""),
        text("bankOrInstitutionName"), text("domicileAddress"), "", text("zipCode"), text("place"),
        text("countryCode"), code(text("bic"), _BIC, line=nth, column="bic"),
        chf != "NO_PARTICIPATION", chf != "NO_PARTICIPATION", None, eur != "NO_PARTICIPATION",
        "LSV" in chf, "LSV" in eur,
    )  # fmt: skip


def _iid(text: str, *, line: int, column: str = "IID", blank: bool = False) -> str:
    """A number padded to the five digits that it has in an IBAN."""
    if blank and not text:
        return ""
    return code(text, _IID, line=line, column=column).rjust(5, "0")


def _edition(
    day: dt.date, rows: list[tuple[Any, ...]], left_out: dict[str, int] | None = None
) -> Edition:
    return Edition(day, day, once(rows, 1), left_out=left_out or {})
