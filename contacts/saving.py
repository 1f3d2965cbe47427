"""Saving contacts (Adressen erfassen und ändern): one act for a contact with all its parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts.drafting import Draft, check
from contacts.known import Known
from contacts.models import Contact
from contacts.numbers import next_number, require_free
from contacts.queries import by_number
from contacts.rows import Row
from contacts.writing import (
    FIELDS,
    SETS,
    Change,
    require_known,
    values_of,
    wholes,
    write_changed,
    write_new,
)
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError


class ContactChanged(DomainError):
    code = "contacts.changed"
    message = _("%(name)s was changed by somebody else meanwhile. Look at it again, and repeat what is "
                "still missing.")  # fmt: skip
    conflict = True


class ContactMerged(DomainError):
    code = "contacts.merged"
    message = _("%(name)s was merged into number %(number)s. Work on that one.")
    conflict = True


#: Rooms above hear where contacts are paid from now on: by contact, the accounts before and after.
accounts_changed: list[
    Callable[[Company, User, Mapping[int, tuple[Collection[str], Collection[str]]]], None]
] = []


def tell_accounts(company: Company, changes: Sequence[Change], *, by: User) -> None:
    """Say whose accounts are others than before; called once they are written."""
    found = {}
    for one in changes:
        before = [row.iban for row in one.stored.bank_accounts or ()]
        now = [row.iban for row in one.whole().bank_accounts or ()]
        if set(now) != set(before):
            found[one.contact.pk] = (before, now)
    for hear in accounts_changed if found else ():
        hear(company, by, found)


@transaction.atomic
def add_contact(
    *, company: Company, by: User, number: int | None = None, addresses: Sequence[Row] = (),
    communications: Sequence[Row] = (), bank_accounts: Sequence[Row] = (),
    groups: Sequence[str] = (), **told: Any,
) -> Contact:  # fmt: skip
    """Add a contact with its parts (Adresse erfassen); without a number it gets the next one.

    Values are those of ``drafting.check``. Raises what that raises, and ``NumberTaken``.
    """
    draft = drafted(
        Known(company, on=clock.today()), addresses=addresses, communications=communications,
        bank_accounts=bank_accounts, groups=groups, **told,
    )  # fmt: skip
    if number is not None:
        require_free(company, number)
    draft.contact.number = number  # type: ignore[assignment]
    add_drafts([draft], company=company, by=by)
    return draft.contact


def drafted(known: Known, **told: Any) -> Draft:
    """A new contact with its parts as ``add_contact`` takes them, checked and not written. Asks nothing
    that is ``known``. Raises what ``drafting.check`` raises."""
    sets = {name: told.pop(name, ()) for name in (*SETS, "groups")}
    blank = Contact(company=known.company, language=known.company.language)
    draft = check(blank, told, known=known, **sets)
    require_known(draft, {})
    return draft


@transaction.atomic
def add_drafts(drafts: Sequence[Draft], *, company: Company, by: User) -> None:
    """Write new contacts that were checked; those without a number get the next ones in their order.

    As many statements for many as for one, but for batches of a thousand.
    """
    blank = [one.contact for one in drafts if not one.contact.number]
    if blank:
        last = max((one.contact.number or 0 for one in drafts), default=0)
        for number, contact in enumerate(blank, max(next_number(company), last + 1)):
            contact.number = number
    write_new(company, drafts)
    trail.record_many(company=company, by=by, action="contact.add", subjects=[
        (one.contact, trail.filled(told_to_trail(one.contact, one))) for one in drafts
    ])  # fmt: skip


@transaction.atomic
def change_contact(
    contact: Contact, *, by: User, version: int | None = None,
    addresses: Sequence[Row] | None = None, communications: Sequence[Row] | None = None,
    bank_accounts: Sequence[Row] | None = None, groups: Sequence[str] | None = None, **told: Any,
) -> Contact:  # fmt: skip
    """Change a contact (Adresse ändern); a set that is given replaces the one there is.

    Rows with the ``id`` of one that is there change it. ``version`` is the one that was read; if
    somebody saved meanwhile, ``ContactChanged`` is raised. Raises ``ContactMerged``, ``NumberTaken``,
    ``UnknownRow`` (several as ``Refusals``), and what ``drafting.check`` raises.
    """
    current = held(contact)
    if version is not None and version != current.version:
        raise ContactChanged(name=current.name)
    stored = whole(current)
    was = values_of(current)
    before = told_to_trail(current, stored)
    number = told.pop("number", None)
    if number and number != current.number:
        require_free(current.company_id, number)
        current.number = number
    draft = check(
        current, told, known=Known(current.company, on=clock.today()), addresses=addresses,
        communications=communications, bank_accounts=bank_accounts, groups=groups,
        country=next((one.country for one in stored.addresses or ()), "CH"),
    )  # fmt: skip
    change = Change(draft, stored, was).compare()
    write_changed(current.company, [change])
    tell_accounts(current.company, [change], by=by)
    if changes := changed_in_trail(before, told_to_trail(current, change.whole())):
        trail.record(company=current.company, by=by, action="contact.change", subject=current,
                     details=changes)  # fmt: skip
    return current


def held(contact: Contact) -> Contact:
    """A contact, kept from others until the end of the transaction. Raises ``ContactMerged``."""
    rows = Contact.of(contact.company_id).select_related("company")
    current: Contact = rows.select_for_update(no_key=True, of=("self",)).get(pk=contact.pk)
    if current.merged_into_id is not None:
        into = Contact.of(current.company_id).get(pk=current.merged_into_id)
        raise ContactMerged(name=current.name, number=into.number)
    return current


def held_by_number(company: Company, numbers: Collection[int]) -> dict[int, Contact]:
    """Contacts by their numbers with their addresses, merged ones by what they became: three queries.

    They are kept from others until the end of the transaction.
    """
    found = by_number(company, list(numbers)) if numbers else {}
    rows = Contact.of(company).filter(pk__in={one.pk for one in found.values()}, merged_into=None)
    rows = rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
    there = {one.pk: one for one in rows.prefetch_related("addresses")} if found else {}
    return {number: there[one.pk] for number, one in found.items() if one.pk in there}


def whole(contact: Contact) -> Draft:
    """A contact with all its parts as they are stored."""
    return wholes([contact])[contact.pk]


def told_to_trail(contact: Contact, draft: Draft) -> dict[str, Any]:
    """What the trail keeps of a contact: its fields, and its parts in words."""
    told = {name: getattr(contact, name) for name in FIELDS if name not in {"own_values", "notes"}}
    told["notes"] = contact.notes[:200]
    told |= {f"own {code}": str(value) for code, value in sorted(contact.own_values.items())}
    for name in SETS:
        told[name] = "; ".join(str(row) for row in getattr(draft, name) or ())
    told["groups"] = ", ".join(group.code for group in draft.groups or ())
    return told


def changed_in_trail(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """What differs; an own field that was emptied is there before, and gone afterwards."""
    return trail.changes(before, dict.fromkeys(before) | after)
