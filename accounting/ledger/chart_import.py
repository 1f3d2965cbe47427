"""An own chart of accounts from CSV or XLSX (Kontenplan importieren), with a preview."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger import charting
from accounting.ledger.models import Account
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing
from erp.core.spreadsheets import Row, rows_of
from vat.codes.models import VatCode

FIELDS = ("number", "name_de", "name_fr", "name_it", "name_en", "type", "or_position",
          "group_number", "currency", "vat_code")  # fmt: skip
_TITLES = {"konto": "number", "nummer": "number", "name": "name_de", "bezeichnung": "name_de",
           "typ": "type", "position": "or_position", "gruppe": "group_number",
           "währung": "currency", "mwst-code": "vat_code"}  # fmt: skip


class UnknownType(DomainError):
    code = "import.unknown_type"
    message = _("“%(value)s” is no type. Write one of %(known)s.")
    field = "type"


@dataclass(frozen=True)
class ChartPreview:
    """What an import would do."""

    new: list[dict[str, Any]]
    changed: list[tuple[Account, dict[str, Any]]]
    refusals: list[DomainError]


def preview(*, company: Company, content: bytes) -> ChartPreview:
    """Compare a file with the chart. Known numbers are changed, others added, none removed.

    Raises ``ColumnMissing`` or ``UnreadableFile``; bad rows are collected.
    """
    known = {a.number: a for a in Account.of(company).select_related("vat_code", "company")}
    codes = {c.code: c for c in VatCode.of(company)}
    found = ChartPreview([], [], [])
    seen: set[str] = set()
    for row in rows_of(content):
        cells = {_TITLES.get(t, t): v.strip() for t, v in row.cells.items()}
        if "number" not in cells:
            raise ColumnMissing(column="number", found=", ".join(row.cells)[:200])
        try:
            values = _values(cells, codes)
            if values["number"] in seen:
                raise charting.NumberTaken(number=values["number"])
            seen.add(values["number"])
            account = known.get(values["number"])
            if account is None:
                if "type" not in values:
                    raise UnknownType(value="", known=", ".join(Account.Type.values))
                charting.require_sound(charting.new_account(company, values))
                found.new.append(values)
            elif any(getattr(account, name) != value for name, value in values.items()):
                charting.alter(copy(account), values)
                found.changed.append((account, values))
        except DomainError as refusal:
            each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
            found.refusals.extend(_placed(one, row, cells) for one in each)
    return found


def differences(account: Account, values: dict[str, Any]) -> dict[str, list[str]]:
    """What a row of the file changes, as ``{field: [old, new]}``, codes by what they are called."""
    pairs = {name: [getattr(account, name), value] for name, value in values.items()}
    return {
        name: [one.code if isinstance(one, VatCode) else str(one or "") for one in pair]
        for name, pair in pairs.items()
        if pair[0] != pair[1]
    }


@transaction.atomic
def import_chart(*, company: Company, content: bytes, by: User) -> ChartPreview:
    """Add and change accounts as ``preview`` showed, or nothing. Raises ``Refusals``."""
    found = preview(company=company, content=content)
    refusals = list(found.refusals)
    for values in found.new:
        _attempt(refusals, charting.add_account, company=company, by=by, **values)
    for account, values in found.changed:
        _attempt(refusals, charting.change_account, account, by=by, **values)
    if refusals:
        raise Refusals(refusals)
    return found


def _attempt(refusals: list[DomainError], act: Any, *args: Any, **values: Any) -> None:
    try:
        act(*args, **values)
    except DomainError as refusal:
        refusals.append(refusal)


def _values(cells: dict[str, str], codes: dict[str, VatCode]) -> dict[str, Any]:
    values: dict[str, Any] = {n: cells[n] for n in FIELDS if n in cells and n != "vat_code"}
    for name in ("type", "or_position"):  # an empty cell leaves them as they are
        if values.get(name) == "":
            del values[name]
    if "type" in values and values["type"] not in Account.Type.values:
        raise UnknownType(value=values["type"], known=", ".join(Account.Type.values))
    if code := cells.get("vat_code"):
        if code.upper() not in codes:
            raise charting.BadValue(field="vat_code", number=cells["number"], value=code,
                                    reason=_("There is no such VAT code."))  # fmt: skip
        values["vat_code"] = codes[code.upper()]
    if not values["number"]:
        raise charting.BadValue(number="", value="", reason=_("The number is missing."))
    return values


def _placed(refusal: DomainError, row: Row, cells: dict[str, str]) -> DomainError:
    column = refusal.place or "number"
    return BadRow(row=row.number, column=column, value=cells.get(column, "")[:60],
                  remedy=str(refusal))  # fmt: skip
