"""Files as publishers send them, made for tests."""

from __future__ import annotations

import json

from erp.reference.models import Bank
from erp.reference.sources.banks import HEADER

_YES_NO = {True: "Y", False: "N", None: ""}


def bank_line(day, iid, successor="", *, name="Bank", bic="", kind="1", flags="YYYYYN", **more):
    fields = {"sic": "", "head": iid, "qr_of": "", "street": "", "building": "", "postcode": "8001",
              "town": "Zürich", "country": "CH"} | more  # fmt: skip
    if successor:
        return ";".join([iid.lstrip("0"), str(day), "Y", successor, *[""] * 17])
    return ";".join([
        iid.lstrip("0"), str(day), "N", "", fields["sic"], fields["head"].lstrip("0"), kind,
        fields["qr_of"].lstrip("0"), name, fields["street"], fields["building"],
        fields["postcode"], fields["town"], fields["country"], bic, *flags,
    ])  # fmt: skip


def bank_csv(lines, stamp="202610091630000"):
    return "\r\n".join([";".join([*HEADER, stamp]), *lines, ""]).encode()


def line_of(bank, day):
    """The line of a bank as it stands in the database."""
    if bank.successor:
        return ";".join([bank.iid.lstrip("0"), str(day), "Y", bank.successor, *[""] * 17])
    flags = (bank.sic, bank.rtgs_chf, bank.instant_chf, bank.eurosic, bank.lsv_chf, bank.lsv_eur)
    return ";".join([
        bank.iid.lstrip("0"), str(day), "N", "", bank.sic_iid, bank.head_office.lstrip("0"),
        bank.kind, bank.qr_of.lstrip("0"), bank.name, bank.street, bank.building, bank.postcode,
        bank.town, bank.country, bank.bic, *[_YES_NO[flag] for flag in flags],
    ])  # fmt: skip


def known_banks(day, *, without=(), **changed):
    """All banks in force as SIX would send them on a day; ``without`` some, and names ``changed``."""
    banks = [bank for bank in Bank.objects.filter(valid_to=None).order_by("iid")
             if bank.iid not in without]  # fmt: skip
    for bank in banks:
        bank.name = changed.get(f"b{bank.iid}", bank.name)
    return bank_csv([line_of(bank, day) for bank in banks])


def bazg_daily(day, rates, *, validity=None):
    """``rates``: (unit, code, rate)."""
    valid = f"<gueltigkeit>{validity}</gueltigkeit>" if validity else ""
    return _bazg("wechselkurse", f"<datum>{day:%d.%m.%Y}</datum>{valid}", rates)


def bazg_monthly(month, rates):
    return _bazg("monatsmittelkurs", f"<monat>{month}</monat>", rates)


def _bazg(root, head, rates):
    devices = "".join(
        f'<devise code="{code.lower()}"><land_de>X</land_de><waehrung>{unit} {code}</waehrung>'
        f"<kurs>{rate}</kurs></devise>" for unit, code, rate in rates
    )  # fmt: skip
    space = "https://www.backend-rates.bazg.admin.ch/x"
    return f'<?xml version="1.0"?><{root} xmlns="{space}">{head}{devices}</{root}>'.encode()


def tariff(canton="ZH", year=2031, *, made="20301208", rows=200, percent="00218"):
    lines = [f"00{canton}{'':15}{made}{'':83}"]
    lines += [
        f"0601{canton}{'A0N':<10}{year}0101{nth * 5000:09}{5000:09} 00{0:09}{percent}   "
        for nth in range(rows)
    ]
    lines.append(f"99{'':15}{canton}{rows + 2:08}{0:9}   ")
    return "\r\n".join([*lines, ""]).encode("latin-1")


def bank_json(day, entries, total=None):
    told = {"totalSize": len(entries) if total is None else total, "validOn": str(day),
            "entries": entries}  # fmt: skip
    return json.dumps(told).encode()
