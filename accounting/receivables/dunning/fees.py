"""Posting a dunning fee as a claim (Mahngebühr verbuchen), where a company wants it so.

Swiss practice leaves fees and interest unposted until they are paid. Posted, a fee is an item of
its own on the control account, against the account whose purpose it is. It bears no VAT: what
somebody pays for being late is damages, no consideration (MWSTG Art. 18 para. 2 let. i).
"""

from __future__ import annotations

from decimal import Decimal

from accounting.ledger import posting
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import Line
from accounting.ledger.models import Account
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import OWNER, NewItem, Party, open_items
from accounting.receivables.dunning.models import DunningNotice
from accounting.receivables.dunning.wording import wording_of
from erp.access.models import User
from erp.companies.models import Company
from erp.core.money import to_centimes
from vat.codes.queries import exchange_rate


def post_fee(notice: DunningNotice, *, account: int, by: User) -> OpenItem:
    """Open the fee of a letter as an item, due when the letter is; ``account`` names an item of it.

    Raises ``PurposeMissing``, ``NoRate`` for a foreign currency, and what ``posting.post`` raises.
    """
    company = notice.company
    income = Account.of(company).filter(purpose=Account.Purpose.DUNNING_FEES).first()
    if income is None:
        raise PurposeMissing(purpose=Account.Purpose.DUNNING_FEES.label)
    control = OpenItem.of(company).select_related("account").get(pk=account).account
    base = _in_base(company, notice)
    foreign = notice.currency != company.currency
    told = {"currency": notice.currency, "amount_foreign": notice.fee} if foreign else {}
    document = f"M-{notice.number}"
    text = f"{wording_of(company.language).fee} {document} {notice.party}"[:200]
    entry = posting.post(
        company=company, date=notice.date, text=text, by=by, owner=OWNER, source=OWNER,
        lines=[Line(control, debit=base, **told), Line(income, credit=base)],
    )  # fmt: skip
    (item,) = open_items(
        entry=entry, account=control, party=Party(notice.party, notice.contact_id), by=by,
        document=document, items=[NewItem(notice.fee, notice.pay_until, base=base)],
    )  # fmt: skip
    notice.fee_entry = entry
    notice.save(update_fields=["fee_entry"])
    return item


def _in_base(company: Company, notice: DunningNotice) -> Decimal:
    if notice.currency == company.currency:
        return notice.fee
    rate = exchange_rate(company, notice.currency, notice.date)
    return to_centimes(notice.fee * rate.value)
