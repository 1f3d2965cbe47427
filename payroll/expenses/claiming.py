"""Writing expense claims (Spesen erfassen): checked whole, with all faults and their places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from accounting.hours.models import Project
from accounting.ledger.models import CostCentre, CostObject
from accounting.terms.agreeing import known_currency
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, called, raise_all
from erp.core.money import to_centimes
from erp.core.texts import one_line
from erp.documents.models import StoredFile
from payroll.expenses.models import ExpenseClaim, ExpenseKind, ExpenseLine, ExpenseRate
from payroll.expenses.refusals import (
    BadAmount,
    BadQuantity,
    ChangedMeanwhile,
    NoExchangeRate,
    NotChangeable,
    NotYours,
    RateMissing,
    TitleMissing,
    TooManyLines,
    UnknownKind,
    UnknownLine,
    UnknownUnit,
)
from vat.codes.queries import exchange_rate

MOST_LINES: Final = 100
LARGEST: Final = Decimal("9999999.99")
_PLACES: Final = ("kind", "line", "paid", "quantity", "currency", "exchange_rate", "text", "cost_centre", "cost_object",
                  "project", "file")  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypedExpense:
    """A line as typed: kind by code, cost units and project by number.

    ``paid`` is what the receipt says, in ``currency`` (blank: the company's); of a flat rate the
    ``quantity`` says it. ``line`` is the one it takes the place of, by id: it keeps its receipt, unless
    there is another ``file``. ``exchange_rate`` is the company's currency for one unit of ``currency``;
    None is the official one of the day.
    """

    kind: str
    day: dt.date
    paid: Decimal | None = None
    text: str = ""
    quantity: Decimal | None = None
    currency: str = ""
    exchange_rate: Decimal | None = None
    cost_centre: str = ""
    cost_object: str = ""
    project: str = ""
    line: int | None = None
    file: StoredFile | None = None


@transaction.atomic
def of_claim(lines: Sequence[TypedExpense], claim: ExpenseClaim | None) -> list[TypedExpense]:
    """Lines as a page sends them: those that were saved elsewhere meanwhile, and have another id, are new ones."""
    own = {one.pk for one in lines_of(claim)} if claim else set()
    return [one if one.line in own else replace(one, line=None) for one in lines]


def save_claim(
    *, company: Company, user: User, title: str, lines: Sequence[TypedExpense], by: User,
    claim: ExpenseClaim | None = None, version: int | None = None,
) -> ExpenseClaim:  # fmt: skip
    """Write a claim of somebody's, new or in the place of ``claim``, with all its lines.

    ``version`` is the one that was read; None does not ask. Raises ``NotYours``, ``NotChangeable``,
    ``ChangedMeanwhile``, ``TitleMissing``, ``TooManyLines``; and of lines, all at once at places such as
    ``lines[2].paid``: ``UnknownKind``, ``BadAmount``, ``BadQuantity``, ``RateMissing``, ``NoExchangeRate``,
    ``UnknownUnit``; then nothing is written.
    """
    before = require_own(claim, user=user, version=version) if claim is not None else None
    title = one_line(title, field="title", most=120)
    if not title:
        raise TitleMissing
    if len(lines) > MOST_LINES:
        raise TooManyLines(count=len(lines), most=MOST_LINES)
    made = _Desk(company, lines, before).lines()
    total = sum((one.amount for one in made), Decimal(0))
    if before is None:
        saved = ExpenseClaim(company=company, user=user, number=_next_number(company),
                             created_at=clock.now())  # fmt: skip
    else:
        saved = before
        saved.version += 1
    was = trail.values(saved, "title", "total")
    saved.title, saved.total = title, total
    saved.save()
    ExpenseLine.of(company).filter(claim=saved).delete()
    for one in made:
        one.claim = saved
    ExpenseLine.unscoped.bulk_create(made)
    told = trail.values(saved, "title", "total")
    details = trail.changes(was, told) if before else {"number": saved.number, **told}
    trail.record(company=company, by=by, action="expense_claim.save", subject=saved,
                 details=details)  # fmt: skip
    return saved


@transaction.atomic
def attach(
    claim: ExpenseClaim, *, position: int, file: StoredFile, user: User, by: User
) -> ExpenseClaim:
    """Keep a receipt with the line at a position, in the place of one that is there.

    Raises ``NotYours``, ``NotChangeable``, or ``UnknownKind`` where there is no such line.
    """
    now = require_own(claim, user=user)
    changed = ExpenseLine.of(now.company).filter(claim=now, position=position).update(file=file)
    if not changed:
        raise UnknownUnit(field="position", value=position)
    now.version += 1
    now.save(update_fields=["version"])
    trail.record(company=now.company, by=by, action="expense_claim.receipt", subject=now,
                 details={"number": now.number, "position": position, "file": file.name})  # fmt: skip
    return now


@transaction.atomic
def delete_claim(claim: ExpenseClaim, *, user: User, by: User) -> None:
    """Throw a draft away, or what was sent back. Raises ``NotYours`` or ``NotChangeable``."""
    now = require_own(claim, user=user)
    trail.record(company=now.company, by=by, action="expense_claim.delete", subject=now,
                 details=trail.values(now, "number", "title", "total"))  # fmt: skip
    ExpenseLine.of(now.company_id).filter(claim=now).delete()
    now.delete()


def held(claim: ExpenseClaim) -> ExpenseClaim:
    """The claim as it is now, held until the transaction ends. Raises ``ChangedMeanwhile``."""
    rows = ExpenseClaim.of(claim.company_id).select_for_update(of=("self",))
    found = rows.select_related("company", "user").filter(pk=claim.pk).first()
    if found is None:
        raise ChangedMeanwhile
    return found


def require_own(claim: ExpenseClaim, *, user: User, version: int | None = None) -> ExpenseClaim:
    """The claim, held, if it is this person's and may change. Raises what ``save_claim`` raises of it."""
    now = held(claim)
    if now.user_id != user.pk:
        raise NotYours(claim=str(now))
    if not now.is_changeable:
        raise NotChangeable(claim=str(now))
    if version is not None and now.version != version:
        raise ChangedMeanwhile
    return now


def lines_of(claim: ExpenseClaim) -> list[ExpenseLine]:
    """The lines of a claim in their order, with what they refer to; one query."""
    rows = ExpenseLine.of(claim.company_id).filter(claim=claim).order_by("position")
    related = ("kind__account", "kind__vat_code", "kind__wage_type", "cost_centre", "cost_object",
               "project__cost_object", "file")  # fmt: skip
    return list(rows.select_related(*related))


def _next_number(company: Company) -> int:
    """The next number of a claim; whoever else writes one waits until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [f"expenses:{company.pk}"]
        )
    last: int | None = ExpenseClaim.of(company).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


class _Desk:
    """Reads the lines of a claim: what they name is asked for once."""

    def __init__(
        self, company: Company, typed: Sequence[TypedExpense], before: ExpenseClaim | None
    ) -> None:
        self.company, self.typed, self.before = company, typed, before

    def lines(self) -> list[ExpenseLine]:
        made, faults = list[ExpenseLine](), list[DomainError]()
        for nth, row in enumerate(self.typed):
            try:
                with called(**{name: f"lines[{nth}].{name}" for name in _PLACES}):
                    made.append(self._line(nth, row))
            except DomainError as fault:
                faults.append(fault)
        raise_all(faults)
        return made

    def _line(self, nth: int, row: TypedExpense) -> ExpenseLine:
        kept = self.kept.get(row.line or 0)
        if row.line and kept is None:
            raise UnknownLine
        kind = self.kinds.get(row.kind.strip())
        if kind is None or (kind.is_off and (kept is None or kept.kind_id != kind.pk)):
            raise UnknownKind(value=row.kind[:20])
        line = ExpenseLine(
            company=self.company, position=nth + 1, day=row.day, kind=kind,
            text=one_line(row.text, field="text", most=140),
            currency=self._currency(row.currency),
            cost_centre=self._unit(CostCentre, row.cost_centre, "cost_centre"),
            cost_object=self._unit(CostObject, row.cost_object, "cost_object"),
            project=self._unit(Project, row.project, "project"),
        )  # fmt: skip
        if kind.unit:
            self._flat(line, row)
        else:
            self._spent(line, row)
        if not 0 < line.amount <= LARGEST:
            raise BadAmount(value=line.amount)
        line.file = row.file
        if row.file is None and kept is not None:
            line.file_id = kept.file_id
        return line

    def _currency(self, text: str) -> str:
        if text in {"", self.company.currency}:
            return str(self.company.currency)
        return known_currency(text)

    def _flat(self, line: ExpenseLine, row: TypedExpense) -> None:
        """Quantity times the rate of the day, rounded to centimes, in the company's currency."""
        if row.quantity is None or not 0 < row.quantity <= LARGEST:
            raise BadQuantity(value=row.quantity if row.quantity is not None else "",
                              unit=line.kind.unit)  # fmt: skip
        rates = [rate for day, rate in self.rates.get(line.kind.pk, []) if day <= row.day]
        if not rates:
            raise RateMissing(name=line.kind.name, day=row.day)
        line.quantity, line.rate, line.currency = row.quantity, rates[-1], self.company.currency
        line.paid = line.amount = to_centimes(row.quantity * rates[-1])

    def _spent(self, line: ExpenseLine, row: TypedExpense) -> None:
        """What the receipt says, and the same in the company's currency, rounded to centimes."""
        if row.paid is None or not 0 < row.paid <= LARGEST:
            raise BadAmount(value=row.paid if row.paid is not None else "")
        line.paid = line.amount = row.paid
        if line.currency == self.company.currency:
            return
        rate = row.exchange_rate
        if rate is None:
            try:
                rate = exchange_rate(self.company, line.currency, row.day).value
            except DomainError:
                raise NoExchangeRate(currency=line.currency, day=row.day) from None
        if not 0 < rate <= LARGEST:
            raise BadAmount(field="exchange_rate", value=rate)
        line.exchange_rate = rate
        line.amount = to_centimes(row.paid * rate)

    def _unit(self, model: type[CostCentre | CostObject | Project], number: str, place: str) -> Any:
        if not number.strip():
            return None
        found = model.of(self.company).filter(number=number.strip()).first()
        if found is None:
            raise UnknownUnit(field=place, value=number[:20])
        return found

    @cached_property
    def kinds(self) -> dict[str, ExpenseKind]:
        return {one.code: one for one in ExpenseKind.of(self.company)}

    @cached_property
    def rates(self) -> dict[int, list[tuple[dt.date, Decimal]]]:
        found: dict[int, list[tuple[dt.date, Decimal]]] = {}
        rows = ExpenseRate.of(self.company).order_by("valid_from")
        for kind, day, rate in rows.values_list("kind", "valid_from", "rate"):
            found.setdefault(kind, []).append((day, rate))
        return found

    @cached_property
    def kept(self) -> dict[int, ExpenseLine]:
        if self.before is None:
            return {}
        return {one.pk: one for one in ExpenseLine.of(self.company).filter(claim=self.before)}
