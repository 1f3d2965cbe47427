"""The mask of a claim: lines as a form sends them, one block of fields each (``kind-0``, ``paid-0`` …)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from erp.core import clock
from erp.core.display import figure, swiss_date
from erp.core.errors import DomainError, Refusals, raise_all
from erp.core.money import RATE_DIGITS, typed_amount
from erp.documents.models import StoredFile
from erp.web.dates import read_day
from erp.web.pages import id_or_none
from payroll.expenses.claiming import MOST_LINES, TypedExpense
from payroll.expenses.models import ExpenseLine

FIELDS: Final = ("day", "kind", "text", "quantity", "paid", "currency", "exchange_rate",
                 "cost_centre", "cost_object", "project")  # fmt: skip
_FIGURES: Final = {"quantity": 2, "paid": 2, "exchange_rate": RATE_DIGITS}


@dataclass
class Block:
    """A line as the page shows it: texts of its fields, what is wrong with them, its receipt."""

    nth: int
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    line: int | None = None
    file: str = ""


def blocks_of(lines: list[ExpenseLine], *, currency: str) -> list[Block]:
    """The lines of a claim, and a blank one behind them."""
    found = [
        Block(nth, _texts(line), line=line.pk, file=line.file.name if line.file else "")
        for nth, line in enumerate(lines)
    ]
    today = swiss_date(clock.today())
    return [*found, Block(len(found), {"day": today, "currency": currency})]


def _texts(line: ExpenseLine) -> dict[str, str]:
    named = {name: getattr(line, name) for name in ("cost_centre", "cost_object", "project")}
    figures = {name: getattr(line, name) for name in _FIGURES}
    return {
        "day": swiss_date(line.day), "kind": line.kind.code, "text": line.text,
        "currency": line.currency,
        **{name: one.number if one else "" for name, one in named.items()},
        **{name: "" if value is None else figure(value) for name, value in figures.items()},
    }  # fmt: skip


def typed_of(
    told: Mapping[str, str], files: Mapping[str, UploadedFile],
    keep: Callable[[UploadedFile], StoredFile],
) -> list[TypedExpense]:  # fmt: skip
    """The lines of a form; blocks without an amount, a quantity and a file are left out.

    Raises what is wrong with figures and files, all at once, at places such as ``lines[2].paid``.
    """
    rows, faults = list[TypedExpense](), list[DomainError]()
    for nth in range(MOST_LINES + 1):
        if f"kind-{nth}" not in told:
            break
        texts = {name: told.get(f"{name}-{nth}", "").strip() for name in FIELDS}
        upload = files.get(f"file-{nth}")
        if not (texts["paid"] or texts["quantity"] or upload):
            continue
        place = f"lines[{len(rows)}]"
        values: dict[str, Any] = {}
        for name, decimals in _FIGURES.items():
            try:
                values[name] = _figure(texts.pop(name), decimals, field=f"{place}.{name}")
            except DomainError as fault:
                faults.append(fault)
        try:
            values["file"] = keep(upload) if upload else None
        except DomainError as fault:
            fault.place = f"{place}.file"
            faults.append(fault)
        texts["currency"] = texts["currency"].upper()[:3]
        day = read_day(texts.pop("day")) or clock.today()
        values |= texts
        rows.append(TypedExpense(day=day, line=id_or_none(told.get(f"line-{nth}")), **values))
    raise_all(faults)
    return rows


def _figure(text: str, decimals: int, *, field: str) -> Decimal | None:
    return typed_amount(text, decimals=decimals, field=field) if text else None


def retyped(told: Mapping[str, str], refusal: DomainError) -> list[Block]:
    """What was typed once more, with what is wrong beside its field."""
    found, counted = [], list[Block]()
    for nth in range(MOST_LINES + 1):
        if f"kind-{nth}" not in told:
            break
        texts = {name: told.get(f"{name}-{nth}", "") for name in FIELDS}
        block = Block(nth, texts, line=id_or_none(told.get(f"line-{nth}")),
                      file=told.get(f"kept-{nth}", ""))  # fmt: skip
        found.append(block)
        if texts["paid"].strip() or texts["quantity"].strip():
            counted.append(block)
    for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
        row, _bracket, what = (one.place or "").removeprefix("lines[").partition("].")
        if row.isdecimal() and int(row) < len(counted):
            counted[int(row)].faults[what] = str(one)
    return found
