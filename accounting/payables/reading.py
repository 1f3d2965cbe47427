"""Reading an invoice as typed: what it names is looked up, and all that is wrong is collected."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from accounting.ledger.entering import (
    NoPlaceForVat,
    NotLiable,
    Reader,
    UnknownAccount,
    UnknownCostUnit,
    UnknownVatCode,
)
from accounting.ledger.models import Account
from accounting.payables import paying
from accounting.payables.amounts import HUNDRED, ROUNDING, Amounts
from accounting.payables.charges import supplied
from accounting.payables.errors import (
    BadDiscount,
    BadInstalments,
    ControlledAccount,
    DepositIsNoInvoice,
    DueBeforeDate,
    NoRate,
    NotForPurchases,
    PeriodBackwards,
    PeriodTooLong,
    SpreadOfDeposit,
    SpreadWithoutPeriod,
    SupplierArchived,
    TooLarge,
    TotalDiffers,
    UnknownOrigin,
    UnknownSupplier,
)
from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from accounting.payables.reckoning import amounts_of
from accounting.payables.typed import TypedInvoice, TypedLine
from accounting.terms.models import SupplierTerms
from accounting.terms.queries import supplier_terms
from contacts.models import Contact
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.documents.models import StoredFile
from vat.codes.breakdown import Basis
from vat.codes.models import CodeKind, RateClass, VatCode, VatSettings

MOST: Final = Decimal("999999999.99")  # of a line or total
MOST_OF_A_RATE: Final = Decimal(999_999)
MOST_INSTALMENTS: Final = 36
MOST_YEARS: Final = 10  # that a cost is spread over
LONGEST: Final = 999  # days to pay
_Kind, _Status = SupplierInvoice.Kind, SupplierInvoice.Status
_PURCHASES: Final = {CodeKind.INPUT, CodeKind.IMPORT, CodeKind.ACQUISITION}


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice that is checked and reckoned, but not stored."""

    invoice: SupplierInvoice
    lines: list[SupplierInvoiceLine]
    amounts: Amounts


class Desk:
    """Reads one invoice: looks up what it names, and collects what is wrong."""

    def __init__(self, company: Company, typed: TypedInvoice) -> None:
        self.company, self.typed = company, typed
        self.reader = Reader(company)
        self.faults: list[DomainError] = []

    def draft(self) -> Draft:
        invoice = self._head()
        lines = [self._line(invoice, nth, line) for nth, line in enumerate(self.typed.lines)]
        self._settle_faults()
        amounts = amounts_of(invoice, lines)
        invoice.net, invoice.vat = amounts.net, amounts.vat
        invoice.payable = self._payable(amounts)
        self._settle_faults()
        return Draft(invoice, lines, amounts)

    def _payable(self, amounts: Amounts) -> Decimal:
        """The total of the bill, which rounding alone parts from its lines."""
        told = self.typed.payable
        if told is None:
            return amounts.payable
        own = (self.typed.currency or self.company.currency) == self.company.currency
        difference = told - amounts.payable
        if self.typed.lines and (abs(difference) > ROUNDING or (difference and not own)):
            self.faults.append(
                TotalDiffers(value=told, lines=amounts.payable, difference=difference)
            )
        return told

    def _settle_faults(self) -> None:
        if len(self.faults) == 1:
            raise self.faults[0]
        if self.faults:
            raise Refusals(self.faults)

    # --- the head -------------------------------------------------------------------------------
    def _head(self) -> SupplierInvoice:
        typed = self.typed
        contact = self._contact()
        days, discount, discount_days, parts = self._terms()
        due = typed.due_date or typed.date + dt.timedelta(days=days)
        if typed.due_date is not None:
            days = max((due - typed.date).days, 0)
        invoice = SupplierInvoice(
            company=self.company, kind=typed.kind, contact=contact, number=typed.number.strip(),
            date=typed.date, booked_on=typed.booked_on or typed.date, due_date=due,
            subject=typed.subject.strip(), net_days=days, terms_discount=discount,
            currency=typed.currency or self.terms.currency or self.company.currency,
            exchange_rate=typed.exchange_rate, basis=typed.basis or Basis.GROSS,
            supply_from=typed.supply_from, supply_until=typed.supply_until,
            terms_discount_days=discount_days, instalments=parts, is_deposit=typed.is_deposit,
            payment=self._payment(contact), duplicate_confirmed=typed.duplicate_confirmed,
            follows=self._origin(), file=self._file(),
        )  # fmt: skip
        self._check_head(invoice)
        return invoice

    @cached_property
    def terms(self) -> SupplierTerms:
        found = supplier_terms(self.company, self.typed.contact)
        return found or SupplierTerms(company=self.company)

    def _contact(self) -> Contact:
        found = Contact.of(self.company).filter(pk=self.typed.contact).first()
        if found is None:
            raise UnknownSupplier(value=self.typed.contact)
        if found.archived_at is not None:
            self.faults.append(SupplierArchived(name=found.name))
        contact: Contact = found
        return contact

    def _terms(self) -> tuple[int, Decimal | None, int | None, list[list[Any]]]:
        """Days to pay, discount, its days and instalments: as typed, else as agreed."""
        typed, agreed = self.typed, self.terms.payment_terms
        if typed.net_days is not None or typed.terms_discount is not None or agreed is None:
            parts = [[f"{percent:f}", days] for percent, days in typed.instalments or ()]
            days = 30 if typed.net_days is None else typed.net_days
            return days, typed.terms_discount, typed.terms_discount_days, parts
        parts = agreed.instalments
        if typed.instalments is not None:
            parts = [[f"{percent:f}", days] for percent, days in typed.instalments]
        if typed.due_date is not None:  # the bill says when; a discount may still be agreed
            parts = []
        return agreed.net_days, agreed.discount_percent, agreed.discount_days, parts

    def _check_head(self, invoice: SupplierInvoice) -> None:
        percent, within = invoice.terms_discount, invoice.terms_discount_days
        whole = percent is not None and within is not None and 0 < percent < HUNDRED and (
            within < max(invoice.net_days, 1) and not invoice.instalments
        )  # fmt: skip
        if (percent is not None or within is not None) and not whole:
            self.faults.append(BadDiscount())
        parts = [(Decimal(str(part)), int(days)) for part, days in invoice.instalments]
        total = sum((part for part, _days in parts), Decimal(0))
        rising = all(earlier[1] < later[1] for earlier, later in pairwise(parts))
        if parts and (
            total != HUNDRED or not rising or min(part for part, _days in parts) <= 0
            or not 2 <= len(parts) <= MOST_INSTALMENTS
        ):  # fmt: skip
            self.faults.append(BadInstalments(value=total))
        if invoice.due_date < invoice.date:
            self.faults.append(DueBeforeDate(due=invoice.due_date, date=invoice.date))
        if not 0 <= invoice.net_days <= LONGEST:
            self.faults.append(TooLarge(field="net_days", value=invoice.net_days, most=LONGEST))
        rate = invoice.exchange_rate
        if rate is not None and not 0 < rate <= MOST_OF_A_RATE:
            self.faults.append(NoRate(value=rate))
        if invoice.is_deposit and invoice.kind != _Kind.INVOICE:
            self.faults.append(DepositIsNoInvoice())
        if self.typed.payable is not None and abs(self.typed.payable) > MOST:
            self.faults.append(TooLarge(field="payable", value=self.typed.payable, most=MOST))
        self._check_period(invoice.supply_from, invoice.supply_until, "")

    def _payment(self, contact: Contact) -> dict[str, Any]:
        """How it is paid, in canonical form."""
        try:
            return {
                name: value
                for name, value in asdict(
                    paying.checked(self.typed.payment, name=contact.name)
                ).items()
                if value
            }
        except DomainError as refusal:
            self.faults += refusal.refusals if isinstance(refusal, Refusals) else [refusal]
            return {}

    def _origin(self) -> SupplierInvoice | None:
        """A credit note is of a posted invoice of the same supplier and currency."""
        wanted = self.typed.follows
        if wanted is None:
            return None
        found = SupplierInvoice.of(self.company).filter(
            pk=wanted, status=_Status.POSTED, kind=_Kind.INVOICE, contact=self.typed.contact
        ).first()  # fmt: skip
        if found is None:
            self.faults.append(UnknownOrigin(value=wanted))
        return found

    def _file(self) -> StoredFile | None:
        wanted = self.typed.file
        return StoredFile.of(self.company).filter(pk=wanted).first() if wanted is not None else None

    # --- the lines ------------------------------------------------------------------------------
    @cached_property
    def _deposits(self) -> dict[int, SupplierInvoice]:
        wanted = {line.deposit for line in self.typed.lines if line.deposit}
        rows = SupplierInvoice.of(self.company).filter(
            pk__in=wanted, is_deposit=True, status=_Status.POSTED, contact=self.typed.contact
        )  # fmt: skip
        return {row.pk: row for row in rows}

    def _line(self, invoice: SupplierInvoice, nth: int, typed: TypedLine) -> SupplierInvoiceLine:
        place = f"lines[{nth}]"
        line = SupplierInvoiceLine(
            company=self.company, position=nth + 1, text=typed.text.strip(), amount=typed.amount,
            account=self._account(typed, invoice, place),
            vat_code=self._vat_code(typed, invoice, place), vat_amount=typed.vat_amount,
            supply_from=typed.supply_from, supply_until=typed.supply_until,
            cost_centre=self._unit("cost_centre", typed, place),
            cost_object=self._unit("cost_object", typed, place), spread=typed.spread,
        )  # fmt: skip
        if abs(typed.amount) > MOST:
            self.faults.append(TooLarge(field=f"{place}.amount", value=typed.amount, most=MOST))
        if typed.deposit is not None:
            deposit = self._deposits.get(typed.deposit)
            if deposit is None or deposit.currency != invoice.currency:
                self.faults.append(UnknownOrigin(field=f"{place}.deposit", value=typed.deposit))
            line.deposit = deposit
        self._check_period(line.supply_from, line.supply_until, f"{place}.")
        self._check_spread(invoice, line, place)
        line.rate = self._rate(invoice, line)
        return line

    def _check_period(self, start: dt.date | None, until: dt.date | None, place: str) -> None:
        if start is not None and until is not None and until < start:
            self.faults.append(
                PeriodBackwards(field=f"{place}supply_until", start=start, until=until)
            )

    def _check_spread(
        self, invoice: SupplierInvoice, line: SupplierInvoiceLine, place: str
    ) -> None:
        if not line.spread:
            return
        start = line.supply_from or invoice.supply_from
        until = line.supply_until or invoice.supply_until
        if start is None or until is None:
            self.faults.append(
                SpreadWithoutPeriod(field=f"{place}.supply_until", line=line.position)
            )
        elif (until - start).days > MOST_YEARS * 366:
            self.faults.append(PeriodTooLong(field=f"{place}.supply_until", most=MOST_YEARS))
        if invoice.is_deposit or line.deposit is not None:
            self.faults.append(SpreadOfDeposit(field=f"{place}.spread", line=line.position))

    def _account(self, typed: TypedLine, invoice: SupplierInvoice, place: str) -> Account | None:
        if typed.account:
            found = self.reader.accounts.get(typed.account.strip())
            if found is None:
                self.faults.append(
                    UnknownAccount(field=f"{place}.account", value=typed.account[:20])
                )
            elif found.control:
                self.faults.append(
                    ControlledAccount(field=f"{place}.account", account=found.number)
                )
            return found
        if invoice.is_deposit or typed.deposit is not None:
            return self.reader.by_purpose.get(Account.Purpose.DEPOSITS_PAID)
        return self.terms.expense_account

    def _vat_code(self, typed: TypedLine, invoice: SupplierInvoice, place: str) -> VatCode | None:
        method = self.reader.method_on(invoice.booked_on)
        liable = self.company.uses("vat") and method != VatSettings.Method.NOT_LIABLE
        if typed.vat_code is None:
            return self._usual_code(typed) if liable else None
        if not typed.vat_code.strip():
            return None
        account = self.reader.accounts.get((typed.account or "").strip())
        found = self.reader.vat_codes.get(typed.vat_code.strip().upper())
        if found is None:
            self.faults.append(UnknownVatCode(field=f"{place}.vat_code", value=typed.vat_code[:20]))
        elif found.kind not in _PURCHASES or not found.active:
            self.faults.append(NotForPurchases(field=f"{place}.vat_code", value=found.code))
        elif not liable:
            self.faults.append(NotLiable(field=f"{place}.vat_code", date=invoice.booked_on))
        elif account is not None and account.only_pays and not account.control:
            self.faults.append(
                NoPlaceForVat(field=f"{place}.vat_code", value=found.code, account=account)
            )
        return found

    def _usual_code(self, typed: TypedLine) -> VatCode | None:
        code = self.terms.vat_code
        account = self.reader.accounts.get((typed.account or "").strip())
        if account is not None and account.only_pays:
            return None
        if code is None and typed.account:
            code = account.vat_code if account else None
        elif code is None and self.terms.expense_account is not None:
            code = self.terms.expense_account.vat_code
        return code if code is not None and code.kind in _PURCHASES and code.active else None

    def _rate(self, invoice: SupplierInvoice, line: SupplierInvoiceLine) -> Decimal:
        code = line.vat_code
        if code is None or code.kind == CodeKind.IMPORT or code.rate_class == RateClass.NONE:
            return Decimal(0)
        return self.reader.rate_on(code.rate_class, supplied(invoice, line)[1])

    def _unit(self, what: str, typed: TypedLine, place: str) -> Any:
        wanted: str | None = getattr(typed, what)
        if wanted is None:
            return self.terms.cost_centre if what == "cost_centre" else None
        if not wanted.strip():
            return None
        found = getattr(self.reader, f"{what}s").get(wanted.strip())
        if found is None:
            self.faults.append(UnknownCostUnit(field=f"{place}.{what}", value=wanted[:20]))
        return found
