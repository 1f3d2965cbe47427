"""What a proposal asks of the books: items, how they are paid, which accounts are good. Few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db import connection

from accounting.open_items.models import Side
from accounting.payments import payees as kept
from accounting.payments.models import PayeeAccount
from accounting.payments.payees import Whose
from accounting.payments.values import Details, NotPaid, Owed, Reason, Why, reason
from contacts import letters
from contacts.models import Contact, ContactAddress, ContactBankAccount
from erp.companies.models import Company
from erp.core import clock
from erp.reference.models import Bank

_SQL: Final = """
    SELECT i.id, i.contact_id, i.party, i.document, i.due_date, i.discount_percent, i.discount_until,
           i.amount, i.open_amount, coalesce(nullif(p.blocked, ''), s.blocked), r.number,
           p.payee, p.account, p.street, p.house_number, p.postcode, p.town, p.country, p.is_iban, p.bic,
           p.bank, p.reference_kind, p.reference, p.message, p.charges, p.changed_at, p.changed_by_id
    FROM accounting_openitem i
    LEFT JOIN accounting_paymentinstruction p ON p.company_id = i.company_id AND p.item_id = i.id
    LEFT JOIN accounting_runitem t ON t.company_id = i.company_id AND t.item_id = i.id AND t.is_live
    LEFT JOIN accounting_paymentrun r ON r.company_id = t.company_id AND r.id = t.run_id
    LEFT JOIN accounting_supplierterms s ON s.company_id = i.company_id AND s.contact_id = i.contact_id
    WHERE i.company_id = %(company)s AND i.side = %(side)s AND i.settled_on IS NULL {which}
    ORDER BY i.party, i.due_date, i.id
"""
#: Due by then, or with a discount that would be lost by then; credits at any time.
_DUE: Final = """AND i.currency = %(currency)s
    AND (i.due_date <= %(until)s OR i.discount_until BETWEEN %(date)s AND %(until)s OR i.open_amount < 0)"""
_THESE: Final = "AND i.id = ANY (%(ids)s)"


def due(
    company: Company, *, currency: str, date: dt.date, until: dt.date
) -> tuple[list[Owed], list[NotPaid]]:
    """What is due in a currency, and what of it is in a run already; one query."""
    return _read(_DUE, company=company.pk, side=str(Side.PAYABLES), currency=currency, date=date,
                 until=until)  # fmt: skip


def these(company: Company, ids: Iterable[int]) -> dict[int, Owed]:
    """Open items by their ids, whatever run they are in; one query."""
    owed, in_runs = _read(_THESE, company=company.pk, side=str(Side.PAYABLES), ids=list(ids))
    return {one.id: one for one in (*owed, *(row.owed for row in in_runs))}


def _read(which: str, **told: Any) -> tuple[list[Owed], list[NotPaid]]:
    owed, in_runs = [], []
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(which=which), told)
        for row in cursor.fetchall():
            details = Details(*row[11:]) if row[12] else None
            values: tuple[Any, ...] = (*row[:9], row[9] or "", details)
            one = Owed(*values)
            if row[10] is None:
                owed.append(one)
            else:
                in_runs.append(NotPaid(one, (reason(Why.IN_RUN, number=row[10]),)))
    return owed, in_runs


def fallback(company: Company, contacts: Collection[int]) -> dict[int, Details]:
    """How contacts are paid where nothing else was said: the first account in force; three queries."""
    if not contacts:
        return {}
    today = clock.today()
    rows = ContactBankAccount.of(company).filter(contact__in=contacts).order_by("-pk")
    first = {one.contact_id: one for one in rows if one.valid_to is None or one.valid_to >= today}
    names = dict(Contact.of(company).filter(pk__in=first).values_list("pk", "name"))
    addresses: dict[int, list[ContactAddress]] = {}
    for address in ContactAddress.of(company).filter(contact__in=first).order_by("pk"):
        addresses.setdefault(address.contact_id, []).append(address)
    return {
        pk: _details(account, names[pk], letters.address_on(addresses.get(pk, ()), today, "main"))
        for pk, account in first.items()
    }


def _details(account: ContactBankAccount, name: str, address: Any) -> Details:
    place: dict[str, Any] = {}
    if address is not None:
        place = {"street": address.street or address.po_box, "house_number": address.house_number,
                 "postcode": address.postcode, "town": address.town, "country": address.country}  # fmt: skip
    return Details(
        account.holder or name, account.iban, bic=account.bic, bank=account.bank, **place
    )


def judged(
    company: Company, owed: Collection[Owed]
) -> tuple[dict[int, Details], dict[Whose, dict[str, PayeeAccount]], dict[str, Reason]]:
    """What planning asks beside the items: how contacts are paid, accounts kept, and their banks."""
    contacts = {one.contact for one in owed if one.instructed is None and one.contact is not None}
    found = fallback(company, contacts)
    payees = kept.accounts_of(company, {one.whose for one in owed})
    accounts = {details.account for details in found.values() if details.is_iban}
    accounts |= {
        one.instructed.account for one in owed if one.instructed and one.instructed.is_iban
    }
    return found, payees, banks_of(accounts)


def banks_of(accounts: Iterable[str]) -> dict[str, Reason]:
    """What the bank master says against Swiss IBANs, or to look at; one query, nothing of good ones.

    Without a bank master nothing is said.
    """
    swiss = {one: one[4:9] for one in accounts if one[:2] in {"CH", "LI"}}
    if not swiss:
        return {}
    rows = Bank.objects.filter(iid__in=set(swiss.values()))
    known = {iid: (successor, closed) for iid, successor, closed in
             rows.values_list("iid", "successor", "valid_to")}  # fmt: skip
    if not known and not Bank.objects.exists():
        return {}
    found = {}
    for account, iid in swiss.items():
        said = _of_bank(account, known.get(iid))
        if said is not None:
            found[account] = said
    return found


def _of_bank(account: str, known: tuple[str, dt.date | None] | None) -> Reason | None:
    if known is None:
        return reason(Why.UNKNOWN_BANK, account=account)
    successor, closed = known
    if successor:
        return reason(Why.BANK_TAKEN_OVER)
    if closed is not None and closed < clock.today():
        return reason(Why.BANK_CLOSED, account=account, date=closed)
    return None


def editor_of(
    whose: Whose, details: Details, payees: Mapping[Whose, Mapping[str, PayeeAccount]]
) -> int | None:
    """Who gave the bank details last, where that is known."""
    account = payees.get(whose, {}).get(details.account)
    if details.by is not None:
        return details.by
    return account.changed_by_id if account is not None else None
