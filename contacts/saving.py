"""Saving contacts (Adressen erfassen und ändern): one act for a contact with all its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from contacts.drafting import Draft, check
from contacts.known import Known
from contacts.models import (
    Communication,
    Contact,
    ContactAddress,
    ContactBankAccount,
    ContactKey,
    ContactMembership,
)
from contacts.rows import Row
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError

FIELDS: Final = ("number", "kind", "name", "name_addition", "salutation", "title", "first_name",
                 "last_name", "language", "uid", "notes", "own_values")  # fmt: skip
#: The sets of rows that a contact has, and what they hold.
SETS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "addresses": (ContactAddress, ("kind", "addition", "street", "house_number", "po_box", "postcode",
                                   "town", "country", "canton", "bfs_nr", "valid_from", "valid_to")),
    "communications": (Communication, ("kind", "value", "extension", "label", "position")),
    "bank_accounts": (ContactBankAccount, ("iban", "holder", "bic", "bank", "label", "valid_to")),
}  # fmt: skip


class NumberTaken(DomainError):
    code = "contacts.number_taken"
    message = _("Number %(number)s is taken. Choose another, or leave it blank for the next one.")
    field = "number"


class ContactChanged(DomainError):
    code = "contacts.changed"
    message = _("%(name)s was changed by somebody else meanwhile. Look at it again, and repeat what is "
                "still missing.")  # fmt: skip
    conflict = True


class ContactMerged(DomainError):
    code = "contacts.merged"
    message = _("%(name)s was merged into number %(number)s. Work on that one.")
    conflict = True


class UnknownRow(DomainError):
    code = "contacts.unknown_row"
    message = _("Row %(value)s of %(name)s is no longer there. Load the page again.")
    conflict = True


@transaction.atomic
def add_contact(
    *, company: Company, by: User, number: int | None = None, addresses: Sequence[Row] = (),
    communications: Sequence[Row] = (), bank_accounts: Sequence[Row] = (),
    groups: Sequence[str] = (), **told: Any,
) -> Contact:  # fmt: skip
    """Add a contact with its parts (Adresse erfassen); without a number it gets the next one.

    Values are those of ``drafting.check``. Raises what that raises, and ``NumberTaken``.
    """
    blank = Contact(company=company, language=company.language)
    draft = check(
        blank, told, known=Known(company, on=clock.today()), addresses=addresses,
        communications=communications, bank_accounts=bank_accounts, groups=groups,
    )  # fmt: skip
    if number is not None and Contact.of(company).filter(number=number).exists():
        raise NumberTaken(number=number)
    draft.contact.number = number or next_number(company)
    write_new(company, [draft])
    trail.record(company=company, by=by, action="contact.add", subject=draft.contact,
                 details=trail.filled(_shown(draft.contact, draft)))  # fmt: skip
    return draft.contact


@transaction.atomic
def change_contact(
    contact: Contact, *, by: User, version: int | None = None,
    addresses: Sequence[Row] | None = None, communications: Sequence[Row] | None = None,
    bank_accounts: Sequence[Row] | None = None, groups: Sequence[str] | None = None, **told: Any,
) -> Contact:  # fmt: skip
    """Change a contact (Adresse ändern); a set that is given replaces the one there is.

    Rows with the ``id`` of one that is there change it. ``version`` is the one that was read; if
    somebody saved meanwhile, ``ContactChanged`` is raised. Raises ``ContactMerged``, ``NumberTaken``,
    ``UnknownRow``, and what ``drafting.check`` raises.
    """
    current = held(contact)
    if version is not None and version != current.version:
        raise ContactChanged(name=current.name)
    stored = whole(current)
    before = _shown(current, stored)
    number = told.pop("number", None)
    if number and number != current.number:
        if Contact.of(current.company_id).filter(number=number).exists():
            raise NumberTaken(number=number)
        current.number = number
    draft = check(
        current, told, known=Known(current.company, on=clock.today()), addresses=addresses,
        communications=communications, bank_accounts=bank_accounts, groups=groups,
        country=next((one.country for one in stored.addresses or ()), "CH"),
    )  # fmt: skip
    _write_sets(current, draft)
    refresh(current)
    changes = trail.changes(before, _shown(current, whole(current)))
    if changes:
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


def refresh(contact: Contact) -> None:
    """Save a contact with what lists and duplicates look for, after its parts were written."""
    draft = whole(contact).finish()
    contact.version, contact.changed_at = contact.version + 1, clock.now()
    contact.save()
    wanted = draft.keys()
    there = {(one.kind, one.key): one.pk for one in ContactKey.of(contact.company_id).filter(
        contact=contact)}  # fmt: skip
    gone = [pk for key, pk in there.items() if key not in wanted]
    if gone:
        ContactKey.of(contact.company_id).filter(pk__in=gone).delete()
    ContactKey.unscoped.bulk_create(
        ContactKey(company_id=contact.company_id, contact=contact, kind=kind, key=key)
        for kind, key in sorted(wanted - there.keys())
    )


def next_number(company: Company, count: int = 1) -> int:
    """The first of some free numbers; others wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))",
                       [f"contact-number:{company.pk}"])  # fmt: skip
    last: int | None = Contact.of(company).aggregate(last=Max("number"))["last"]
    return (last or 1000) + 1


def write_new(company: Company, drafts: Iterable[Draft]) -> None:
    """Write new contacts with their parts: a fixed number of statements, however many they are."""
    drafts, now = list(drafts), clock.now()
    for draft in drafts:
        draft.finish()
        draft.contact.created_at = draft.contact.changed_at = now
    Contact.unscoped.bulk_create((draft.contact for draft in drafts), batch_size=1000)
    for name, (model, _fields) in SETS.items():
        rows = []
        for draft in drafts:
            for row in getattr(draft, name) or ():
                row.company, row.contact = company, draft.contact
                rows.append(row)
        model.unscoped.bulk_create(rows, batch_size=1000)
    ContactMembership.unscoped.bulk_create(
        (ContactMembership(company=company, contact=draft.contact, group=group)
         for draft in drafts for group in draft.groups or ()), batch_size=1000,
    )  # fmt: skip
    ContactKey.unscoped.bulk_create(
        (ContactKey(company=company, contact=draft.contact, kind=kind, key=key)
         for draft in drafts for kind, key in sorted(draft.keys())), batch_size=2000,
    )  # fmt: skip


def whole(contact: Contact) -> Draft:
    """A contact with all its parts as they are stored."""
    draft = Draft(contact)
    for name, (model, _fields) in SETS.items():
        order = "position" if name == "communications" else "pk"
        found = model.of(contact.company_id).filter(contact=contact).order_by(order, "pk")
        setattr(draft, name, list(found))
    members = ContactMembership.of(contact.company_id).filter(contact=contact)
    draft.groups = [one.group for one in members.select_related("group").order_by("group__code")]
    return draft


def _write_sets(contact: Contact, draft: Draft) -> None:
    for name, (model, fields) in SETS.items():
        rows = getattr(draft, name)
        if rows is not None:
            _replace(contact, model, fields, rows, draft.row_ids[name])
    if draft.groups is not None:
        there = ContactMembership.of(contact.company_id).filter(contact=contact)
        there.exclude(group__in=draft.groups).delete()
        ContactMembership.unscoped.bulk_create(
            (ContactMembership(company_id=contact.company_id, contact=contact, group=group)
             for group in draft.groups), ignore_conflicts=True,
        )  # fmt: skip


def _replace(
    contact: Contact, model: Any, fields: tuple[str, ...], rows: list[Any], ids: list[int | None]
) -> None:
    """Change the rows that have an id, add the others, take the rest away."""
    there = {one.pk: one for one in model.of(contact.company_id).filter(contact=contact)}
    model.of(contact.company_id).filter(contact=contact).exclude(
        pk__in=[pk for pk in ids if pk]
    ).delete()
    changed, new = [], []
    for row, pk in zip(rows, ids, strict=True):
        row.company_id, row.contact = contact.company_id, contact
        if not pk:
            new.append(row)
            continue
        if pk not in there:
            raise UnknownRow(value=pk, name=contact.name)
        if any(getattr(row, field) != getattr(there[pk], field) for field in fields):
            row.pk = pk
            changed.append(row)
    if changed and model is not ContactBankAccount:
        # Two rows may have changed places: what is unique is free again before it is taken.
        model.of(contact.company_id).filter(pk__in=[row.pk for row in changed]).delete()
        model.unscoped.bulk_create(changed)
    elif changed:
        model.unscoped.bulk_update(changed, fields)
    model.unscoped.bulk_create(new)


def _shown(contact: Contact, draft: Draft) -> dict[str, Any]:
    """What the trail keeps of a contact: its fields, and its parts in words."""
    told = {name: getattr(contact, name) for name in FIELDS if name not in {"own_values", "notes"}}
    told["notes"] = contact.notes[:200]
    told |= {f"own {code}": str(value) for code, value in sorted(contact.own_values.items())}
    for name in SETS:
        told[name] = "; ".join(str(row) for row in getattr(draft, name) or ())
    told["groups"] = ", ".join(group.code for group in draft.groups or ())
    return told
