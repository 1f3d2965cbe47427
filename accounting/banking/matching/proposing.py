"""Proposals for bank transactions: what is open and who paid before, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from accounting.banking.matching import returning
from accounting.banking.matching.candidates import Candidate, Candidates, Whose
from accounting.banking.matching.claims import claims_of
from accounting.banking.matching.letters import told_references
from accounting.banking.matching.matcher import proposals
from accounting.banking.matching.orders import orders_of
from accounting.banking.matching.payments import Payment, payments_of
from accounting.banking.matching.proposal import Proposal, with_doubt
from accounting.banking.matching.reasons import Why, reason
from accounting.banking.matching.words import document_keys, reference_key
from accounting.banking.models import BankTransaction
from accounting.open_items.models import OpenItem
from erp.companies.models import Company

MOST_FOUND: Final = 30  # items that a search shows

_COLUMNS: Final = (
    "id", "side", "account_id", "contact_id", "party", "document", "reference", "due_date",
    "opened_on", "discount_percent", "discount_until", "currency", "amount", "open_amount",
)  # fmt: skip

# Whose items were settled by what came from, or went to, an account (what was undone has no entry);
# and whose accounts they are by the contacts.
_WHOSE: Final = """
    SELECT DISTINCT true, t.party_iban, i.contact_id,
           CASE WHEN i.contact_id IS NULL THEN i.party END
    FROM accounting_banktransaction t
    JOIN accounting_settlement s ON s.company_id = t.company_id AND s.entry_id = t.entry_id
         AND s.kind IN ('payment', 'credit')
    JOIN accounting_openitem i ON i.company_id = s.company_id AND i.id = s.item_id
    WHERE t.company_id = %(company)s AND t.party_iban = ANY (%(ibans)s) AND t.party_iban <> ''
    UNION ALL
    SELECT false, b.iban, b.contact_id, NULL FROM contacts_contactbankaccount b
    WHERE b.company_id = %(company)s AND b.iban = ANY (%(ibans)s)
"""


@dataclass(frozen=True, slots=True)
class Matched:
    """A payment of a transaction, and what is proposed for it, the best first."""

    payment: Payment
    proposals: list[Proposal]

    @property
    def best(self) -> Proposal | None:
        """What somebody is asked about; nothing where it would be a guess."""
        return self.proposals[0] if self.proposals and self.proposals[0].is_likely else None


def waiting(company: Company) -> QuerySet[BankTransaction]:
    """What waits to be booked, with all that matching reads of it."""
    rows = BankTransaction.waiting(company).select_related("bank_account")
    return rows.order_by("booking_date", "pk")


def proposals_for(
    company: Company, movements: Iterable[BankTransaction]
) -> dict[int, list[Matched]]:
    """What is proposed for each payment of transactions, by transaction; at most eleven queries.

    The transactions bring their bank account along. Nothing is written.
    """
    rows = list(movements)
    payments = {movement.pk: payments_of(movement) for movement in rows}
    flat = [payment for found in payments.values() for payment in found]
    among = candidates(company, flat)
    back = returning.proposals(company, rows, [p for p in flat if p.is_return])
    result = {}
    for movement in rows:
        matched = []
        for payment in payments[movement.pk]:
            found = proposals(payment, among)
            if payment.is_return:
                found = back.get((payment.transaction, payment.nth), [])
            if movement.by_hand:
                found = [with_doubt(one, reason(Why.UNDONE_BEFORE)) for one in found]
            matched.append(Matched(payment, found))
        result[movement.pk] = matched
    return result


def matched_of(movement: BankTransaction) -> list[Matched]:
    """What is proposed for one transaction; nothing where it is booked."""
    found = waiting(movement.company).filter(pk=movement.pk)
    return next(iter(proposals_for(movement.company, found).values()), [])


def candidates(company: Company, payments: Sequence[Payment]) -> Candidates:
    """All that is open, who paid from these accounts before, and whose items they settled last."""
    items = _candidates(OpenItem.of(company).filter(settled_on=None))
    among = Candidates(items, own=company.currency)
    ibans = sorted({payment.iban for payment in payments if payment.iban})
    among.payers, among.accounts = _whose(company, ibans)
    told = {one for payment in payments for one in told_references(payment)}
    lost = sorted(one for one in told if reference_key(one) not in among.by_reference)
    among.settled = _settled(company, lost)
    found = claims_of(company, lost)
    among.orders = orders_of(company, payments)
    among.claims = {reference_key(reference): claim for reference, claim in found.items()}
    gone = {pk for claim in found.values() for pk, _amount in claim.items} - set(among.by_id)
    if gone:
        rows = OpenItem.of(company).filter(pk__in=gone)
        among.gone = {item.id: item for item in _candidates(rows)}
    return among


def _candidates(rows: QuerySet[OpenItem]) -> list[Candidate]:
    return [Candidate(*row) for row in rows.values_list(*_COLUMNS)]


def _whose(company: Company, ibans: list[str]) -> tuple[dict[str, frozenset[Whose]], ...]:
    """Who paid from these accounts before, and whose they are by the contacts: one query."""
    found = {True: defaultdict[str, set[Whose]](set), False: defaultdict[str, set[Whose]](set)}
    with connection.cursor() as cursor:
        if ibans:
            cursor.execute(_WHOSE, {"company": company.pk, "ibans": ibans})
        for paid, iban, contact, party in cursor.fetchall() if ibans else ():
            found[paid][iban].add(party if contact is None else contact)
    return tuple(
        {iban: frozenset(whose) for iban, whose in found[paid].items()} for paid in (True, False)
    )


def _settled(company: Company, lost: list[str]) -> dict[str, Candidate]:
    rows = OpenItem.of(company).filter(reference__in=lost, settled_on__isnull=False)
    return {reference_key(item.reference): item for item in _candidates(rows.order_by("pk"))}


def search(company: Company, text: str, *, inward: bool) -> list[Candidate]:
    """Open items by number, name, reference or amount, those that money of this direction settles
    first, the earliest due of them first; one query, which finds in Python what people type.
    """
    wanted = text.strip().casefold()[:60]
    rows = OpenItem.of(company).filter(settled_on=None)
    amount = "".join(c for c in wanted if c.isdigit() or c == ".")
    if wanted:
        here = Q(document__icontains=wanted) | Q(party__icontains=wanted)
        keys = document_keys(wanted)
        if amount and amount.count(".") <= 1 and amount.strip("."):
            here |= Q(open_amount__in=[amount, f"-{amount}"])
        if bare := reference_key(wanted):
            here |= Q(reference__endswith=bare)
        rows = rows.filter(here | Q(document__in=keys))
    found = _candidates(rows.order_by("due_date", "pk")[: 10 * MOST_FOUND])
    found.sort(key=lambda item: (item.cash > 0) is not inward)
    return found[:MOST_FOUND]
