"""Elements of the export, by name spaces of ELM 5.0."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from lxml import etree

SD: Final = "http://www.swissdec.ch/schema/sd/20200220/SalaryDeclaration"
CONTAINER: Final = "http://www.swissdec.ch/schema/sd/20200220/SalaryDeclarationContainer"
SERVICE: Final = "http://www.swissdec.ch/schema/sd/20200220/SalaryDeclarationServiceTypes"
COMMON: Final = "http://www.swissdec.ch/schema/common/20200220/Common"
NAMES: Final = {"sdst": SERVICE, "sdc": CONTAINER, "sd": SD, "c": COMMON}


def node(parent: Any, name: str, text: object = None, **attributes: str) -> Any:
    """A child by its prefixed name, such as ``sd:Person``; a Decimal gets two decimals."""
    prefix, _colon, local = name.partition(":")
    made = etree.SubElement(parent, f"{{{NAMES[prefix]}}}{local}", **attributes)
    if text is not None:
        made.text = f"{text:.2f}" if isinstance(text, Decimal) else _day(text)
    return made


def _day(text: object) -> str:
    if isinstance(text, dt.date) and not isinstance(text, dt.datetime):
        return text.isoformat()
    return str(text)


def amount(parent: Any, name: str, value: Decimal) -> None:
    """An amount that is left out where it is zero."""
    if value:
        node(parent, name, value)


def span(parent: Any, name: str, first: dt.date, last: dt.date) -> None:
    made = node(parent, name)
    node(made, "c:from", first)
    node(made, "c:until", last)
