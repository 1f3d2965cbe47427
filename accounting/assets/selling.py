"""The sale of an asset from its page (Anlageverkauf): proceeds with their VAT and the disposal, in one act.

Source: MWSTG Art. 18 and 24 (the sale of what a business used is a supply, taxed on what is received).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.assets.disposing import SALE, disposable, dispose
from accounting.assets.errors import BadAmount, NotPaidInto, PaidOrBilled
from accounting.assets.models import Asset
from accounting.assets.posting import of_result
from accounting.assets.registering import LARGEST, LineOfEntry
from accounting.ledger import posting
from accounting.ledger.entering import Reader, simple_entry
from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.receivables import drafting, issuing
from accounting.receivables.models import SalesDocument
from accounting.receivables.typed import TypedDocument, TypedItem
from accounting.terms.agreeing import OF_SALES, require_code
from contacts.models import Contact
from erp.access.models import User
from erp.core.errors import called
from erp.core.money import ZERO, to_centimes
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode

_PLACES: Final = {
    "lines[0].vat_code": "vat_code", "lines[0].price": "amount", "contact": "customer",
    "income_account": "account",
}  # fmt: skip

#: Accounts of the tax office, which take no money.
_NO_MONEY: Final = frozenset({
    Account.Purpose.INPUT_TAX_MATERIAL, Account.Purpose.INPUT_TAX_INVESTMENT,
    Account.Purpose.OUTPUT_TAX, Account.Purpose.ACQUISITION_TAX, Account.Purpose.VAT_SETTLEMENT,
    Account.Purpose.NET_TAX,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """What an asset is sold for: ``amount`` in the company's currency, above zero, with the tax in it or, as
    ``basis`` says, without.

    Either ``account`` takes the money, one of the balance sheet, or ``customer`` gets an invoice.
    """

    amount: Decimal
    account: Account | None = None
    customer: Contact | None = None
    vat_code: VatCode | None = None
    basis: str = Basis.GROSS


@transaction.atomic
def sell(asset: Asset, sale: Sale, *, date: dt.date, by: User, text: str = "") -> Asset:
    """Sell an asset on a day: its proceeds are posted, or billed to a customer, and it is disposed of.

    Two entries: the sale with its VAT by code, on the category's account of gains; and what ``dispose`` posts,
    which takes the proceeds off it again, but for the gain. An invoice is issued on ``date`` as the terms of the
    customer say. Raises ``PaidOrBilled``, ``NotPaidInto``, ``BadAmount``, ``WrongCode``, ``CodeInactive``, what
    ``dispose`` and ``posting.post`` raise, and what ``drafting.save`` and ``issuing.issue`` do; then nothing is
    written.
    """
    now = disposable(asset, date)
    if (sale.account is None) == (sale.customer is None):
        raise PaidOrBilled
    if not 0 < sale.amount <= LARGEST or sale.amount != to_centimes(sale.amount):
        raise BadAmount(value=sale.amount, remedy=_("Enter more than nothing, in centimes."))
    if sale.vat_code is not None:
        require_code(sale.vat_code, OF_SALES)
    with called(**_PLACES):
        entry = _billed(now, sale, date, by) if sale.customer else _paid(now, sale, date, by, text)
    gain = EntryLine.of(now.company).filter(entry=entry, account=now.category.gain, credit__gt=0)
    line = gain.order_by("position").first()
    assert line is not None  # it was just posted
    return dispose(now, date=date, by=by, sold_by=LineOfEntry(entry, line.position), text=text)


def _paid(asset: Asset, sale: Sale, date: dt.date, by: User, text: str) -> JournalEntry:
    """Money in, with the tax that is owed on it."""
    money, company = sale.account, asset.company
    assert money is not None
    own = {asset.category.account_id, asset.category.credited.pk}
    if (
        money.type not in BALANCE_SHEET_TYPES or money.control or money.currency
        or money.purpose in _NO_MONEY or money.pk in own
    ):  # fmt: skip
        raise NotPaidInto(account=money.number, currency=company.currency)
    place, reader = of_result(asset, asset.category.gain), Reader(company)
    said = text.strip() or _("Sale: %s") % asset
    typed = simple_entry(
        reader=reader, date=date, debit=money.number, credit=asset.category.gain.number,
        amount=sale.amount, vat_code=sale.vat_code.code if sale.vat_code else "",
        vat_basis=sale.basis,
        cost_centre=place.cost_centre.number if place.cost_centre else "",
        cost_object=place.cost_object.number if place.cost_object else "",
    )  # fmt: skip
    return posting.post(
        company=company, date=date, text=said[:200], lines=reader.lines(typed, date=date), by=by,
        source_key=f"{SALE}{asset.pk}",
    )  # fmt: skip


def _billed(asset: Asset, sale: Sale, date: dt.date, by: User) -> JournalEntry:
    """An invoice to the customer, which opens what is owed."""
    customer, company = sale.customer, asset.company
    assert customer is not None
    place = of_result(asset, asset.category.gain)
    with override(customer.language):
        said = _("Sale: %s") % asset.name
    typed = TypedDocument(
        kind=SalesDocument.Kind.INVOICE, contact=customer.pk, date=date, subject=said[:140],
        currency=company.currency, basis=sale.basis, supply_from=date, supply_until=date,
        discount_percent=ZERO,  # what the customer was granted on goods is no part of this price
        lines=(TypedItem(
            text=said, account=asset.category.gain.number, price=sale.amount,
            vat_code=sale.vat_code.code if sale.vat_code else "",
            cost_centre=place.cost_centre.number if place.cost_centre else "",
            cost_object=place.cost_object.number if place.cost_object else "",
        ),),
    )  # fmt: skip
    issued = issuing.issue(drafting.save(company=company, typed=typed, by=by), by=by)
    assert issued.entry is not None  # of a claim above nothing
    return issued.entry
