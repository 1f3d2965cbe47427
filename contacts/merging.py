"""Merging two contacts that are one (Dubletten zusammenführen), without losing anything.

Rooms above say how their records follow, and whether they have any:
``register("debtors", follow, has_any, label=…)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts import saving, writing
from contacts.models import (
    Activity,
    Communication,
    Contact,
    ContactAddress,
    ContactBankAccount,
    ContactFile,
    ContactMembership,
    ContactPerson,
)
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError

#: Given what stays and what goes, lets the records of a room follow; how many there were.
Follow = Callable[[Contact, Contact], int]
#: Whether records of a room refer to a contact.
HasAny = Callable[[Contact], bool]
_followers: Final[dict[str, tuple[Follow, HasAny, Any]]] = {}

#: Fields that a contact takes over where its own are blank.
TAKEN_OVER: Final = ("name_addition", "salutation", "title", "first_name", "last_name", "uid")


class SameContact(DomainError):
    code = "contacts.same_contact"
    message = _("A contact cannot be merged with itself. Choose another.")
    field = "gone"


class OtherKind(DomainError):
    code = "contacts.other_kind"
    message = _("%(gone)s and %(keep)s are not both persons or both organisations. Change the kind of "
                "one, or make the person a contact person.")  # fmt: skip
    field = "gone"


class OtherUid(DomainError):
    code = "contacts.other_uid"
    message = _("%(gone)s has the UID %(gone_uid)s, %(keep)s has %(keep_uid)s: they are two "
                "organisations. Correct the UID that is wrong first.")  # fmt: skip
    field = "gone"


def register(name: str, follow: Follow, has_any: HasAny, *, label: Any) -> None:
    """Let a room's records follow when contacts are merged, and keep one from being deleted.

    ``label`` is what the records are called. A name registers once.
    """
    _followers[name] = (follow, has_any, label)


def unregister(name: str) -> None:
    _followers.pop(name, None)


def uses_elsewhere(contact: Contact) -> list[str]:
    """What the records of other rooms that refer to a contact are called."""
    return [str(label) for _f, has_any, label in _followers.values() if has_any(contact)]


@transaction.atomic
def merge(keep: Contact, gone: Contact, *, by: User) -> Contact:
    """Let ``keep`` take over all of ``gone`` (zusammenführen), which stays as a pointer to it.

    Parts that both have are there once. An address whose kind is taken at the same time becomes
    another address. Blank fields are filled, notes put together, and own fields completed; where
    both have one and they differ, that of ``gone`` is written to the notes. Raises ``SameContact``, ``OtherKind``,
    ``OtherUid``, ``ContactMerged``.
    """
    if keep.pk == gone.pk:
        raise SameContact
    first, second = sorted((keep, gone), key=lambda one: one.pk)  # always the same way around
    rows = {one.pk: saving.held(one) for one in (first, second)}
    keep, gone = rows[keep.pk], rows[gone.pk]
    if keep.kind != gone.kind:
        raise OtherKind(keep=keep.name, gone=gone.name)
    if keep.uid and gone.uid and keep.uid != gone.uid:
        raise OtherUid(keep=keep.name, gone=gone.name, keep_uid=keep.uid, gone_uid=gone.uid)
    details: dict[str, Any] = {
        "kept": f"{keep.number} {keep.name}",
        "gone": f"{gone.number} {gone.name}",
    }
    _fill(keep, gone)
    _move_addresses(keep, gone)
    _move(keep, gone, Communication, "kind", "value", "extension")
    _move(keep, gone, ContactBankAccount, "iban")
    _move(keep, gone, ContactMembership, "group_id")
    _move(keep, gone, ContactFile, "file_id")
    _move(keep, gone, Activity)
    _move_persons(keep, gone)
    for name, (follow, _has_any, _label) in _followers.items():
        if moved := follow(keep, gone):
            details[name] = moved
    Contact.of(keep.company_id).filter(merged_into=gone).update(merged_into=keep)
    gone.merged_into, gone.archived_at = keep, gone.archived_at or clock.now()
    writing.refresh(keep.company, [saving.whole(gone), saving.whole(keep)])
    trail.record(company=keep.company, by=by, action="contact.merge", subject=keep, details=details)
    trail.record(company=keep.company, by=by, action="contact.merge", subject=gone, details=details)
    return keep


def _fill(keep: Contact, gone: Contact) -> None:
    differing: list[str] = []
    for name in TAKEN_OVER:
        old = getattr(gone, name)
        if old and not getattr(keep, name):
            setattr(keep, name, old)
        elif old and getattr(keep, name) != old:
            differing.append(str(old))
    if gone.name != keep.name:
        differing.insert(0, gone.name)
    if not keep.is_organisation:
        keep.name = " ".join(filter(None, (keep.first_name, keep.last_name))) or keep.name
    for code, value in gone.own_values.items():
        if keep.own_values.setdefault(code, value) != value:
            differing.append(f"{code}: {value}")
    notes = [keep.notes, gone.notes if gone.notes != keep.notes else ""]
    if differing:
        notes.append(f"{gone.number}: " + ", ".join(dict.fromkeys(differing)))
    keep.notes = "\n\n".join(filter(None, notes))


def _move(keep: Contact, gone: Contact, model: Any, *same: str) -> None:
    """Move rows; one that ``keep`` has the same of, in the fields named, is dropped.

    Its label is kept where the other has none.
    """
    mine = model.of(keep.company_id).filter(contact=keep)
    known = {tuple(getattr(one, f) for f in same): one for one in mine} if same else {}
    moving, dropped = [], []
    for row in model.of(keep.company_id).filter(contact=gone):
        twin = known.get(tuple(getattr(row, f) for f in same)) if same else None
        if twin is None:
            moving.append(row.pk)
            continue
        dropped.append(row.pk)
        label, other = getattr(row, "label", ""), getattr(twin, "label", "")
        if label and not other:
            twin.label = label
            twin.save(update_fields=["label"])
    model.of(keep.company_id).filter(pk__in=dropped).delete()
    model.of(keep.company_id).filter(pk__in=moving).update(contact=keep)


def _move_addresses(keep: Contact, gone: Contact) -> None:
    """One is there already where place, kind and time are those of one and the same address."""
    _model, fields = writing.SETS["addresses"]
    told = [name for name in fields if name not in {"canton", "bfs_nr"}]
    mine = list(ContactAddress.of(keep.company_id).filter(contact=keep))
    known = {_facts(one, told) for one in mine}
    for row in ContactAddress.of(keep.company_id).filter(contact=gone):
        if _facts(row, told) in known:
            row.delete()
            continue
        if any(one.kind == row.kind and _meet(one, row) for one in mine):
            row.kind = ContactAddress.Kind.OTHER
        row.contact = keep
        row.save(update_fields=["kind", "contact"])
        mine.append(row)


def _facts(address: ContactAddress, names: Iterable[str]) -> tuple[Any, ...]:
    values = (getattr(address, name) for name in names)
    return tuple(value.lower() if isinstance(value, str) else value for value in values)


def _meet(one: ContactAddress, other: ContactAddress) -> bool:
    starts = [day for day in (one.valid_from, other.valid_from) if day]
    ends = [day for day in (one.valid_to, other.valid_to) if day]
    return not (starts and ends and max(starts) > min(ends))


def _move_persons(keep: Contact, gone: Contact) -> None:
    """Contact persons of an organisation, and organisations a person acts for."""
    rows = ContactPerson.of(keep.company_id)
    for mine, other in (("organisation", "person"), ("person", "organisation")):
        known = {getattr(row, f"{other}_id"): row for row in rows.filter(**{mine: keep})}
        for row in rows.filter(**{mine: gone}):
            twin = known.get(getattr(row, f"{other}_id"))
            if twin is None and getattr(row, f"{other}_id") != keep.pk:
                setattr(row, mine, keep)
                row.save(update_fields=[mine])
                continue
            if twin is not None and row.function and not twin.function:
                twin.function = row.function
                twin.save(update_fields=["function"])
            row.delete()
