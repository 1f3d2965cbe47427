"""From what people type to lines (Erfassen): numbers and codes resolved, VAT taken apart.

The entry mask, the endpoints, the journal import and templates all speak ``TypedLine``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounting.ledger.lines import Line, VatFacts
from accounting.ledger.models import Account, CostCentre, CostObject
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.errors import DomainError, raise_all
from erp.core.money import ZERO
from vat.codes import queries as vat
from vat.codes.breakdown import Basis, Breakdown, break_down
from vat.codes.models import CodeKind, VatCode, VatSettings


class UnknownAccount(DomainError):
    code = "ledger.unknown_account"
    message = _("There is no account %(value)s. Choose one of the chart, or open it there first.")
    field = "account"


class UnknownVatCode(DomainError):
    code = "ledger.unknown_vat_code"
    message = _("There is no VAT code %(value)s. Leave the field empty for no VAT.")
    field = "vat_code"


class UnknownCostUnit(DomainError):
    code = "ledger.unknown_cost_unit"
    message = _("There is no cost centre or cost object %(value)s. Add it under Settings first.")
    field = "cost_centre"


class OneSideOnly(DomainError):
    code = "ledger.one_side_only"
    message = _("Account %(account)s has debit %(debit)s and credit %(credit)s. A line with a VAT code "
                "has one of them.")  # fmt: skip
    field = "debit"


class NotLiable(DomainError):
    code = "ledger.not_liable_for_vat"
    message = _("On %(date)s the company is not liable for VAT. Leave the VAT code empty.")
    field = "vat_code"


class NoPlaceForVat(DomainError):
    code = "ledger.no_place_for_vat"
    message = _("VAT code %(value)s has no place on %(account)s: that account is money or keeps open "
                "items. Put the code on the income, expense or asset account.")  # fmt: skip
    field = "vat_code"


class PurposeMissing(DomainError):
    code = "ledger.purpose_missing"
    message = _("No account has the purpose “%(purpose)s”. Set it in the chart of accounts.")
    field = "account"


WHOLE = Decimal("100.00")  # percent


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as typed: account and codes by number, amounts never negative.

    ``vat_basis`` says what the amount is; ``vat_rate`` in percent overrides the rate of the supply
    date, which is the entry's date unless given. ``amount_foreign`` is not negative and takes the
    line's side.
    """

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    text: str = ""
    vat_code: str = ""
    vat_basis: str = Basis.GROSS
    vat_rate: Decimal | None = None
    supply_date: dt.date | None = None
    cost_centre: str = ""
    cost_object: str = ""
    currency: str = ""
    amount_foreign: Decimal | None = None


@dataclass
class Reader:
    """Resolves typed lines of one company; keeps what it looked up, so that imports stay fast."""

    company: Company
    warnings: list[str] = field(default_factory=list)

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {a.number: a for a in Account.of(self.company).select_related("vat_code", "company")}

    @cached_property
    def by_purpose(self) -> dict[str, Account]:
        return {a.purpose: a for a in self.accounts.values() if a.purpose}

    @cached_property
    def vat_codes(self) -> dict[str, VatCode]:
        return {code.code: code for code in VatCode.of(self.company)}

    @cached_property
    def cost_centres(self) -> dict[str, CostCentre]:
        return {unit.number: unit for unit in CostCentre.of(self.company)}

    @cached_property
    def cost_objects(self) -> dict[str, CostObject]:
        return {unit.number: unit for unit in CostObject.of(self.company)}

    @cached_property
    def _settings(self) -> list[VatSettings]:
        return list(VatSettings.of(self.company).order_by("-valid_from"))

    @cached_property
    def _rates(self) -> dict[tuple[str, dt.date], Decimal]:
        return {}

    def lines(self, typed: Sequence[TypedLine], *, date: dt.date) -> list[Line]:
        """The lines of one entry. Raises the one refusal found, or ``Refusals`` with all."""
        lines, refusals = list[Line](), list[DomainError]()
        for row in typed:
            try:
                lines += self._line(row, date)
            except DomainError as refusal:
                refusals.append(refusal)
        raise_all(refusals)
        return lines

    def rate_on(self, rate_class: str, day: dt.date) -> Decimal:
        key = (rate_class, day)
        if key not in self._rates:
            self._rates[key] = vat.rate_on(rate_class, day)
        return self._rates[key]

    def method_on(self, day: dt.date) -> str:
        """The VAT method on a day; not liable before the first settings."""
        found = next((s for s in self._settings if s.valid_from <= day), None)
        return found.method if found else VatSettings.Method.NOT_LIABLE

    def _line(self, row: TypedLine, date: dt.date) -> list[Line]:
        account = self.accounts.get(row.account.strip())
        if account is None:
            raise UnknownAccount(value=row.account)
        told: dict[str, Any] = {
            "text": row.text,
            "cost_centre": _known(self.cost_centres, row.cost_centre, "cost_centre"),
            "cost_object": _known(self.cost_objects, row.cost_object, "cost_object"),
        }
        if row.vat_code and bool(row.debit) == bool(row.credit):
            raise OneSideOnly(account=account.number, debit=row.debit, credit=row.credit)
        on_debit = bool(row.debit) or not row.credit
        if row.amount_foreign is not None:
            told["currency"] = row.currency or account.currency
            told["amount_foreign"] = row.amount_foreign if on_debit else -row.amount_foreign
        if not row.vat_code:
            return [Line(account, debit=row.debit, credit=row.credit, **told)]
        code = self.vat_codes.get(row.vat_code.strip().upper())
        if code is None:
            raise UnknownVatCode(value=row.vat_code)
        if account.only_pays:
            raise NoPlaceForVat(value=code.code, account=account)
        return self._taxed(row, account, code, date, on_debit, told)

    def _taxed(
        self, row: TypedLine, account: Account, code: VatCode, date: dt.date, on_debit: bool,
        told: dict[str, Any],
    ) -> list[Line]:  # fmt: skip
        supplied = row.supply_date or date
        method = self.method_on(date)
        if method == VatSettings.Method.NOT_LIABLE:
            raise NotLiable(date=date)
        parts = break_down(
            code, row.debit or row.credit, supply_date=supplied, basis=row.vat_basis,
            rate=row.vat_rate, rate_on=self.rate_on,
            deducts=method == VatSettings.Method.EFFECTIVE,
        )  # fmt: skip
        if parts.overridden:
            self.warnings.append(
                str(_("VAT code %(code)s: %(rate)s %% instead of the rate of %(date)s."))
                % {"code": code.code, "rate": parts.rate, "date": swiss_date(supplied)}
            )
        if method != VatSettings.Method.EFFECTIVE and code.kind != CodeKind.ACQUISITION:
            # Net and flat rates settle on gross turnover: nothing is split off here.
            parts = Breakdown(parts.payable, parts.payable, parts.rate, (), parts.overridden)
        return self._split(parts, account, code, supplied, on_debit, told)

    def _split(
        self, parts: Breakdown, account: Account, code: VatCode, supplied: dt.date,
        on_debit: bool, told: dict[str, Any],
    ) -> list[Line]:  # fmt: skip
        if code.kind == CodeKind.CORRECTION:  # the whole amount is tax, on the account typed
            facts = VatFacts(code, "T", WHOLE, ZERO, supplied)
            return [_sided(account, parts.payable, on_debit, vat=facts, **told)]
        sign = 1 if on_debit else -1
        lines = []
        if parts.net:
            facts = VatFacts(code, "B", parts.rate, sign * parts.base, supplied)
            lines.append(_sided(account, parts.net, on_debit, vat=facts, **told))
        for tax in parts.tax_lines:
            target = self.by_purpose.get(tax.purpose)
            if target is None:
                raise PurposeMissing(purpose=Account.Purpose(tax.purpose).label)
            side = on_debit == tax.same_side
            facts = VatFacts(code, "T", parts.rate, parts.base if side else -parts.base, supplied)
            lines.append(_sided(target, tax.amount, side, vat=facts, text=told["text"]))
        return lines


def simple_entry(
    *, reader: Reader, date: dt.date, debit: str, credit: str, amount: Decimal,
    vat_code: str = "", vat_basis: str = Basis.GROSS, **more: Any,
) -> list[TypedLine]:  # fmt: skip
    """Debit, credit, amount, code (einfache Buchung) as two typed lines.

    The code goes to the side that is income, expense or an asset bought, never to one that only pays
    where the other does not; the other side takes the amount to be paid. ``more`` are further values of that line.
    """
    on_debit = _carries_vat(reader, debit, credit, vat_code)
    payable = amount
    if vat_code and vat_basis == Basis.NET:
        payable = _payable(reader, vat_code, amount, date, more)
    carrying: dict[str, Any] = {"vat_code": vat_code, "vat_basis": vat_basis, **more}
    shared: dict[str, Any] = {name: more[name] for name in ("text",) if name in more}
    foreign: dict[str, Any] = {
        name: carrying.pop(name) for name in ("currency", "amount_foreign") if name in carrying
    }
    sides: list[dict[str, Any]] = [
        foreign if _is_foreign(reader, number) else {} for number in (debit, credit)
    ]
    if on_debit:
        return [
            TypedLine(debit, debit=amount, **{**carrying, **sides[0]}),
            TypedLine(credit, credit=payable, **{**shared, **sides[1]}),
        ]
    return [
        TypedLine(debit, debit=payable, **{**shared, **sides[0]}),
        TypedLine(credit, credit=amount, **{**carrying, **sides[1]}),
    ]  # fmt: skip


def _payable(
    reader: Reader, vat_code: str, amount: Decimal, date: dt.date, more: dict[str, Any]
) -> Decimal:
    code = reader.vat_codes.get(vat_code.strip().upper())
    if code is None:
        raise UnknownVatCode(value=vat_code)
    parts = break_down(
        code, amount, supply_date=more.get("supply_date") or date, basis=Basis.NET,
        rate=more.get("vat_rate"), rate_on=reader.rate_on,
    )  # fmt: skip
    return parts.payable


def _carries_vat(reader: Reader, debit: str, credit: str, vat_code: str) -> bool:
    """Whether the debit side carries code and cost units: the side that is no means of payment."""
    left, right = reader.accounts.get(debit.strip()), reader.accounts.get(credit.strip())
    if left is None or right is None:
        return True
    found = reader.vat_codes.get(vat_code.strip().upper())
    if found is not None and found.kind == CodeKind.CORRECTION:
        return left.purpose.startswith("input_tax")  # the correction stands on the tax account
    if left.only_pays != right.only_pays:
        return right.only_pays
    results = {Account.Type.INCOME, Account.Type.EXPENSE}
    if (left.type in results) != (right.type in results):
        return left.type in results
    if (left.vat_code is None) != (right.vat_code is None):
        return left.vat_code is not None
    return found is None or found.kind != CodeKind.OUTPUT


def _is_foreign(reader: Reader, number: str) -> bool:
    account = reader.accounts.get(number.strip())
    return bool(account and account.currency)


def _sided(account: Account, amount: Decimal, on_debit: bool, **more: Any) -> Line:
    return Line(account, debit=amount, **more) if on_debit else Line(account, credit=amount, **more)


def _known(units: dict[str, Any], number: str, place: str) -> Any:
    if not number:
        return None
    if number.strip() not in units:
        raise UnknownCostUnit(field=place, value=number)
    return units[number.strip()]


def choices(rows: Iterable[Any]) -> list[list[str]]:
    """Accounts or cost units as a combobox reads them: number, name."""
    return [[row.number, row.name] for row in rows]
