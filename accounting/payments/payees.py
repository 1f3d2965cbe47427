"""Accounts of payees (Zahlungsverbindungen): which are good, and the approval of another one (PAY-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.open_items.opening import Party
from accounting.payments import four_eyes, notices
from accounting.payments.models import PayeeAccount
from contacts.models import Contact, ContactBankAccount
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module
from erp.core import clock
from erp.core.errors import DomainError

Status = PayeeAccount.Status
HIGHLIGHTED: Final = dt.timedelta(days=30)  # how long a change is pointed at (PAY-3)


class AccountDecided(DomainError):
    code = "payments.account_decided"
    message = _("The account %(account)s of %(payee)s is %(status)s already. Load the page again.")
    conflict = True


class AccountNeedsAnother(DomainError):
    code = "payments.account_needs_another"
    message = _("You changed the account of %(payee)s to %(account)s yourself. Let another person compare it "
                "with the payee, by telephone at a number known before, and approve it.")  # fmt: skip
    conflict = True


class Whose(NamedTuple):
    """Who is paid, as accounts are kept for them: a contact, or else a name."""

    contact: int | None
    party: str

    @classmethod
    def of(cls, contact: int | None, party: str) -> Whose:
        return cls(contact, "" if contact is not None else party)


@transaction.atomic
def note(
    company: Company, *, whose: Whose, account: str, by: User, known: Collection[str] = ()
) -> PayeeAccount:
    """Keep an account that somebody gave for a payee.

    It is good at once where it is the payee's first, or among ``known``, those that the payee had
    before. Another one waits for a second person, and all who give access are told by mail.
    """
    rows = PayeeAccount.of(company).filter(contact=whose.contact, party=whose.party)
    there = {row.account: row for row in rows.order_by("pk")}
    if account in there and there[account].status != Status.REFUSED:
        return there[account]
    is_first = account in known or not (known or there)
    if not is_first:
        PayeeAccount.unscoped.bulk_create(
            PayeeAccount(company=company, contact_id=whose.contact, party=whose.party, account=one,
                         status=Status.FIRST, changed_by=by, changed_at=clock.now())
            for one in known if one not in there
        )  # fmt: skip
    before = next(
        reversed([one.account for one in there.values() if one.is_good] or [*known] or [""])
    )
    status = Status.FIRST if is_first else Status.WAITING
    found, _new = PayeeAccount.unscoped.update_or_create(
        company=company, contact_id=whose.contact, party=whose.party, account=account,
        defaults={"status": status, "before": "" if is_first else before, "changed_by": by,
                  "changed_at": clock.now(), "decided_at": None, "decided_by": None, "waiver": ""},
    )  # fmt: skip
    if status == Status.WAITING:
        trail.record(company=company, by=by, action="payee_account.change", subject=found,
                     details={"contact": name_of(found), "account": [found.before, account]})  # fmt: skip
        notices.tell_change(found, payee=name_of(found), by=by)
    return found


def hear(
    company: Company, by: User, changed: Mapping[int, tuple[Collection[str], Collection[str]]]
) -> None:
    """Keep what contacts got in place of other accounts: ``contacts.saving.accounts_changed``.

    With creditors off nobody is paid, and nothing is kept.
    """
    if Module.PAYABLES not in company.modules:
        return
    for contact, (before, after) in changed.items():
        there = PayeeAccount.of(company).filter(contact=contact).exists()
        if before or there:
            for account in (*before, *(one for one in after if one not in before)):
                note(company, whose=Whose(contact, ""), account=account, by=by, known=before)


def name_of(account: PayeeAccount) -> str:
    if account.contact_id is None:
        return account.party
    return Contact.of(account.company_id).values_list("name", flat=True).get(pk=account.contact_id)


@transaction.atomic
def approve(account: PayeeAccount, *, by: User) -> PayeeAccount:
    """Say as a second person that the payee is to be paid to this account.

    A company of one person approves itself, which is put on record. Raises ``AccountDecided`` or
    ``AccountNeedsAnother``.
    """
    held = _waiting(account)
    waiver = ""
    if held.changed_by_id == by.pk:
        if four_eyes.people(held.company) > 1:
            raise AccountNeedsAnother(payee=name_of(held), account=held.account)
        waiver = four_eyes.ALONE
    return _decide(held, Status.APPROVED, by, "payee_account.approve", waiver)


@transaction.atomic
def refuse(account: PayeeAccount, *, by: User) -> PayeeAccount:
    """Say that the payee is not to be paid to this account. Raises ``AccountDecided``."""
    return _decide(_waiting(account), Status.REFUSED, by, "payee_account.refuse", "")


def _waiting(account: PayeeAccount) -> PayeeAccount:
    rows = PayeeAccount.of(account.company_id).select_for_update(of=("self",))
    held: PayeeAccount = rows.select_related("company").get(pk=account.pk)
    if held.status != Status.WAITING:
        raise AccountDecided(account=held.account, payee=name_of(held),
                             status=held.get_status_display())  # fmt: skip
    return held


def _decide(held: PayeeAccount, status: str, by: User, action: str, waiver: str) -> PayeeAccount:
    held.status, held.decided_at, held.decided_by, held.waiver = status, clock.now(), by, waiver
    held.save(update_fields=["status", "decided_at", "decided_by", "waiver"])
    trail.record(company=held.company, by=by, action=action, subject=held,
                 details=trail.filled({"contact": name_of(held), "account": held.account,
                                       "waiver": waiver}))  # fmt: skip
    return held


def waiting_of(company: Company) -> list[PayeeAccount]:
    """Accounts that wait for somebody, the oldest first."""
    rows = PayeeAccount.of(company).filter(status=Status.WAITING)
    return list(rows.select_related("contact", "changed_by").order_by("changed_at"))


def decided_of(company: Company, *, most: int) -> list[PayeeAccount]:
    """Accounts that wait for nobody, the last that were given first, at most so many; one query."""
    rows = PayeeAccount.of(company).exclude(status=Status.WAITING)
    rows = rows.select_related("contact", "changed_by", "decided_by")
    return list(rows.order_by("-changed_at", "-pk")[:most])


def accounts_of(company: Company, whose: Iterable[Whose]) -> dict[Whose, dict[str, PayeeAccount]]:
    """What is kept of payees, by payee and account; one query."""
    wanted = set(whose)
    contacts = {one.contact for one in wanted if one.contact is not None}
    names = {one.party for one in wanted if one.contact is None}
    rows = PayeeAccount.of(company).filter(
        Q(contact__in=contacts) | Q(contact=None, party__in=names)
    )
    found: dict[Whose, dict[str, PayeeAccount]] = {}
    for row in rows:
        found.setdefault(Whose(row.contact_id, row.party), {})[row.account] = row
    return found


def known_accounts(company: Company, contact: int | None) -> list[str]:
    """The accounts that a contact has by its own page."""
    if contact is None:
        return []
    rows = ContactBankAccount.of(company).filter(contact=contact).order_by("pk")
    return list(rows.values_list("iban", flat=True))


def whose(party: Party) -> Whose:
    return Whose.of(party.contact, party.name)


def follow(keep: Contact, gone: Contact) -> int:
    """Let accounts of a contact that is merged go over, but those that the other has as well."""
    there = PayeeAccount.of(keep.company_id).filter(contact=keep).values("account")
    rows = PayeeAccount.of(keep.company_id).filter(contact=gone)
    return rows.exclude(account__in=there).update(contact=keep)


def has_any(contact: Contact) -> bool:
    return PayeeAccount.of(contact.company_id).filter(contact=contact).exists()
