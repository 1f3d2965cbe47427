"""The portal's rules (Plausibilisierungen), looked at before a return is filed.

Sources: eCH-0217 v2.0.0 chapter 7 (what the sending program has to check) and its schema. What only
the tax office knows is not looked at: which activities, intervals and methods it granted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from erp.core.errors import DomainError
from erp.core.identifiers import NotAUid, parse_uid
from erp.core.money import CENTIME, FIVE_CENTIMES, ZERO
from vat.codes.models import VatSettings
from vat.returns.boxes import form_order
from vat.returns.ech0217 import refused
from vat.returns.ech0217.head import Filing, Head, Submission, filing_of
from vat.returns.ech0217.writing import activity_text, merged
from vat.returns.form import CREDITS, DEBITS, HUNDRED, Declaration, RateRow, half_up

LONGEST_NAME: Final = 255
LONGEST_REFERENCE: Final = 50
LONGEST_NOTE: Final = 50
LONGEST_ACTIVITY: Final = 100
MOST_ACQUISITIONS: Final = 100
MONTHS: Final = 12
_UID: Final = re.compile(r"CHE[1-9][0-9]{8}", re.ASCII)
_ACTIVITY: Final = re.compile(r"[A-Za-z0-9]{5}", re.ASCII)
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def refusals(declaration: Declaration, head: Head, *, edge: bool = False) -> list[DomainError]:
    """All that the portal would refuse in a return, in the order of the form; none where it is good.

    ``edge`` says that liability begins or ends in the period, which then may be shorter and need
    not be of whole months. Each refusal is a ``PortalRefusal`` with code, place, value and remedy.
    """
    found: list[DomainError] = [*_head(head), *_period(declaration, edge)]
    filing = filing_of(declaration)
    if filing is None:
        found.append(refused.MethodRefused(value=declaration.method, end=declaration.end))
        return found
    boxes = list(_boxes(declaration))
    found += boxes
    found += _note(declaration)
    found += _rows(declaration, filing)
    found += _turnover(declaration)
    if not boxes:  # a box that is not filed is told as such, not as a wrong total
        found += _payable(declaration)
    return found


# --- who and when -----------------------------------------------------------------------------------
def _head(head: Head) -> Iterator[DomainError]:
    if not head.uid:
        yield refused.UidMissing()
    elif not _UID.fullmatch(head.uid) or not _is_uid(head.uid):
        yield refused.UidWrong(value=head.uid)
    yield from _text("name", head.name, most=LONGEST_NAME)
    if head.kind not in set(Submission):
        yield refused.SubmissionUnknown(value=head.kind)
    yield from _text("reference", head.reference, most=LONGEST_REFERENCE)


def _is_uid(text: str) -> bool:
    try:
        return parse_uid(text) == text
    except NotAUid:
        return False


def _text(field: str, text: str, *, most: int, least: int = 1) -> Iterator[DomainError]:
    """Lengths count as the portal's parser does: blanks are put together (xs:token)."""
    shown, length = f"{text[:40]}…" if len(text) > 40 else text, len(" ".join(text.split()))
    if _NO_XML.search(text):
        visible = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", shown)
        yield refused.CharactersRefused(field=field, value=visible)
    elif not least <= length <= most:
        yield refused.LengthRefused(field=field, value=shown, length=length, least=least, most=most)


def _period(declaration: Declaration, edge: bool) -> Iterator[DomainError]:
    start, end, filing = declaration.start, declaration.end, filing_of(declaration)
    if end < start:
        yield refused.PeriodBackwards(value=start, end=end)
    elif start.year != end.year:
        yield refused.PeriodAcrossYears(
            value=start, end=end, last=dt.date(end.year - 1, MONTHS, 31),
            first=dt.date(end.year, 1, 1),
        )  # fmt: skip
    elif not edge and (start.day != 1 or (end + dt.timedelta(days=1)).day != 1):
        yield refused.NotWholeMonths(value=start, end=end)
    elif not edge and filing is not None:
        months = end.month - start.month + 1
        if months not in filing.months:
            possible = ", ".join(str(one) for one in filing.months)
            yield refused.PeriodLength(value=months, months=possible)


# --- boxes and rows ---------------------------------------------------------------------------------
def _boxes(declaration: Declaration) -> Iterator[DomainError]:
    order = form_order(declaration.method, declaration.end)
    filed = {box.number for box in order if box.element}
    for number, amount in declaration.boxes.items():
        if amount and number not in filed:
            yield refused.BoxNotInMethod(field=f"box_{number}", box=number, value=amount)
        elif not _is_precise(amount):
            yield refused.TooPrecise(field=f"box_{number}", box=number, value=amount)


def _note(declaration: Declaration) -> Iterator[DomainError]:
    if not declaration.box("280"):
        return
    if not declaration.note_280.strip():
        yield refused.NoteMissing(value=declaration.box("280"), most=LONGEST_NOTE)
    else:
        yield from _text("note_280", declaration.note_280, most=LONGEST_NOTE)


def _rows(declaration: Declaration, filing: Filing) -> Iterator[DomainError]:
    checks: dict[str, Callable[[str, RateRow], Iterator[DomainError]]] = {
        "effectiveReportingMethod": _in_box, "netTaxRateMethod": _in_box,
        "flatTaxRateMethod": _of_activity, "simpleTaxRateMethod": _of_code,
    }  # fmt: skip
    for place, row in _placed("supplies", declaration.supplies):
        yield from _row(place, row)
        yield from checks[filing.element](place, row)
    for place, row in _placed("acquisitions", declaration.acquisitions):
        yield from _row(place, row)
        yield from _in_box(place, row)
    if filing.element != "flatTaxRateMethod":
        yield from _mixed(declaration, filing)
    for rows, most in ((declaration.supplies, filing.rows),
                       (declaration.acquisitions, MOST_ACQUISITIONS)):  # fmt: skip
        if _rows_on_form(rows, filing) > most:
            yield refused.TooManyRows(value=_rows_on_form(rows, filing), most=most)


def _rows_on_form(rows: Sequence[RateRow], filing: Filing) -> int:
    """A net rate until 2024 has a row before and one after the change of rates: it counts once."""
    found = merged(rows)
    if filing.element == "netTaxRateMethod":
        return len({row.activity for row in found} if found and found[0].activity else found)
    return len(found)


def _placed(name: str, rows: Sequence[RateRow]) -> Iterator[tuple[str, RateRow]]:
    return ((f"{name}[{nth}]", row) for nth, row in enumerate(rows) if row.turnover)


def _row(place: str, row: RateRow) -> Iterator[DomainError]:
    if not row.rate:
        yield refused.RateMissing(field=f"{place}.rate", value=row.turnover)
    elif not (ZERO < row.rate <= HUNDRED and _is_precise(row.rate)):
        yield refused.RateImpossible(field=f"{place}.rate", value=row.rate)
    if not _is_precise(row.turnover):
        box = row.box or row.activity
        yield refused.TooPrecise(field=f"{place}.turnover", box=box, value=row.turnover)


def _in_box(place: str, row: RateRow) -> Iterator[DomainError]:
    if row.rate and not row.box:
        yield refused.NoBoxForRate(field=f"{place}.rate", value=row.rate, turnover=row.turnover)


def _of_activity(place: str, row: RateRow) -> Iterator[DomainError]:
    if not activity_text(row):
        yield refused.ActivityMissing(field=f"{place}.activity", value=row.turnover)
    else:
        yield from _text(f"{place}.activity", activity_text(row), most=LONGEST_ACTIVITY)


def _of_code(place: str, row: RateRow) -> Iterator[DomainError]:
    if not row.activity:
        yield refused.ActivityMissing(field=f"{place}.activity", value=row.turnover)
    elif not _ACTIVITY.fullmatch(row.activity):
        yield refused.ActivityCodeWrong(field=f"{place}.activity", value=row.activity)


def _mixed(declaration: Declaration, filing: Filing) -> Iterator[DomainError]:
    """Boxes of supplies, and activities since 2025, have one rate each."""
    rates: dict[str, list[Decimal]] = {}
    for row in merged(declaration.supplies):
        name = row.activity if filing.element == "simpleTaxRateMethod" else row.box
        if name and row.rate not in rates.setdefault(name, []):
            rates[name].append(row.rate)
    for name, found in rates.items():
        if len(found) > 1:
            told = ", ".join(str(rate) for rate in found)
            yield refused.RatesMixed(field="supplies", row=name, value=told)


# --- totals -----------------------------------------------------------------------------------------
def _turnover(declaration: Declaration) -> Iterator[DomainError]:
    taxable, in_rows = declaration.taxable, declaration.in_rows
    if taxable != in_rows:
        yield refused.TurnoverDiffers(value=taxable, rows=in_rows, difference=taxable - in_rows)


def _payable(declaration: Declaration) -> Iterator[DomainError]:
    reckoned = reckoned_tax(declaration)
    steps = (reckoned / FIVE_CENTIMES).to_integral_value(ROUND_FLOOR)
    if declaration.payable not in {reckoned, steps * FIVE_CENTIMES}:
        yield refused.PayableDiffers(value=declaration.payable, reckoned=reckoned)


def reckoned_tax(declaration: Declaration) -> Decimal:
    """The tax to be paid as the portal reckons it: from rows and boxes, rounded once to 0.01."""
    rows = (*declaration.supplies, *declaration.acquisitions)
    tax = sum((row.turnover * row.rate / HUNDRED for row in rows), ZERO)
    boxes = declaration.box
    if declaration.method == VatSettings.Method.EFFECTIVE:
        tax -= sum((boxes(number) for number in CREDITS), ZERO)
        tax += sum((boxes(number) for number in DEBITS), ZERO)
    elif declaration.is_simple:
        tax += boxes("415")
    return half_up(tax)


def _is_precise(value: Decimal) -> bool:
    """Whether it is finite and has at most two decimals."""
    return value.is_finite() and value == value.quantize(CENTIME)
