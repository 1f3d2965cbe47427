"""Writing contacts with their parts (Adressen speichern): a fixed number of statements for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from contacts.drafting import Draft
from contacts.models import (
    Communication,
    Contact,
    ContactAddress,
    ContactBankAccount,
    ContactKey,
    ContactMembership,
)
from erp.companies.models import Company
from erp.core import clock
from erp.core.bulk import forget_plans, update_rows
from erp.core.errors import DomainError, raise_all

FIELDS: Final = ("number", "kind", "name", "name_addition", "salutation", "title", "first_name",
                 "last_name", "language", "uid", "notes", "own_values")  # fmt: skip
#: The sets of rows that a contact has, and what they hold.
SETS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "addresses": (ContactAddress, ("kind", "addition", "street", "house_number", "po_box", "postcode",
                                   "town", "country", "canton", "bfs_nr", "valid_from", "valid_to")),
    "communications": (Communication, ("kind", "value", "extension", "label", "position")),
    "bank_accounts": (ContactBankAccount, ("iban", "holder", "bic", "bank", "label", "valid_to")),
}  # fmt: skip
_BATCH, _KEYS = 2_000, 50_000  # rows of a statement
_MANY: Final = 500  # contacts, with which a table may become another one


#: What people call the sets.
CALLED: Final = {
    "addresses": _("Addresses"), "communications": _("Phones, mail and web"),
    "bank_accounts": _("Bank accounts"),
}  # fmt: skip


class UnknownRow(DomainError):
    code = "contacts.unknown_row"
    message = _("Under “%(rows)s” this contact has no row with the id %(value)s. Read the contact again, "
                "or leave the id out to add a row.")  # fmt: skip
    missing = True

    def __init__(self, *, rows: str, nth: int, value: int) -> None:
        super().__init__(field=f"{rows}[{nth}].id", rows=CALLED[rows], value=value)


def require_known(draft: Draft, known: Mapping[str, Collection[int]]) -> None:
    """What names a row by its id names one of those there are, by set; a new contact has none.

    Raises ``UnknownRow``, or ``Refusals`` with one for each.
    """
    faults: list[DomainError] = [
        UnknownRow(rows=name, nth=nth, value=pk)
        for name, ids in draft.row_ids.items()
        for nth, pk in enumerate(ids)
        if pk and pk not in known.get(name, ())
    ]
    raise_all(faults)


@dataclass
class Change:
    """A contact that is to change: ``draft`` is what it shall be, ``stored`` what it is.

    ``before`` are the values of ``FIELDS`` as they are. Sets that the draft leaves out stay.
    """

    draft: Draft
    stored: Draft
    before: dict[str, Any]
    gone: dict[str, list[int]] = field(default_factory=dict)
    changed: dict[str, list[Any]] = field(default_factory=dict)
    new: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def contact(self) -> Contact:
        return self.draft.contact

    @property
    def groups_gone(self) -> set[int]:
        there = {one.pk for one in self.stored.groups or ()}
        return (
            there - {one.pk for one in self.draft.groups}
            if self.draft.groups is not None
            else set()
        )

    @property
    def groups_new(self) -> set[int]:
        return {one.pk for one in self.draft.groups or ()} - {
            one.pk for one in self.stored.groups or ()
        }

    @property
    def says_anything(self) -> bool:
        """Whether the draft differs from what is stored, once it was compared."""
        rows = any(any(part.values()) for part in (self.gone, self.changed, self.new))
        return bool(
            rows or self.groups_gone or self.groups_new
            or any(getattr(self.contact, name) != old for name, old in self.before.items())
        )  # fmt: skip

    def compare(self) -> Change:
        """Tell rows that change from new and gone ones. Raises as ``require_known``."""
        require_known(self.draft, {
            name: {one.pk for one in getattr(self.stored, name) or ()} for name in SETS
        })  # fmt: skip
        for name, (_model, fields) in SETS.items():
            rows = getattr(self.draft, name)
            if rows is None:
                continue
            there = {one.pk: one for one in getattr(self.stored, name) or ()}
            ids = self.draft.row_ids[name]
            self.gone[name] = [pk for pk in there if pk not in ids]
            self.changed[name], self.new[name] = [], []
            for row, pk in zip(rows, ids, strict=True):
                row.company_id, row.contact = self.contact.company_id, self.contact
                if not pk:
                    self.new[name].append(row)
                    continue
                row.pk = pk
                if any(getattr(row, one) != getattr(there[pk], one) for one in fields):
                    self.changed[name].append(row)
        return self

    def whole(self) -> Draft:
        """The contact as it will be, with all its parts in the order they are read."""
        made = Draft(self.contact)
        for name in SETS:
            rows = getattr(self.draft, name)
            rows = getattr(self.stored, name) if rows is None else rows
            by = _by_position if name == "communications" else _by_age
            setattr(made, name, sorted(rows or (), key=by))
        groups = self.stored.groups if self.draft.groups is None else self.draft.groups
        made.groups = sorted(groups or (), key=lambda one: one.code)
        return made


def values_of(contact: Contact) -> dict[str, Any]:
    """The values of ``FIELDS``, for ``Change``."""
    return {name: getattr(contact, name) for name in FIELDS}


def _by_age(row: Any) -> tuple[bool, int]:
    return (row.pk is None, row.pk or 0)


def _by_position(row: Any) -> tuple[int, bool, int]:
    return (row.position, *_by_age(row))


def wholes(contacts: Sequence[Contact]) -> dict[int, Draft]:
    """Contacts of one company with all their parts as they are stored, by id: four queries."""
    drafts = {one.pk: Draft(one) for one in contacts}
    if not drafts:
        return {}
    company = contacts[0].company_id
    for name, (model, _fields) in SETS.items():
        for draft in drafts.values():
            setattr(draft, name, [])
        order = "position" if name == "communications" else "pk"
        for row in model.of(company).filter(contact__in=drafts).order_by(order, "pk"):
            getattr(drafts[row.contact_id], name).append(row)
    groups: dict[int, list[Any]] = defaultdict(list)
    members = ContactMembership.of(company).filter(contact__in=drafts).select_related("group")
    for member in members.order_by("group__code"):
        groups[member.contact_id].append(member.group)
    for pk, draft in drafts.items():
        draft.groups = groups[pk]
    return drafts


def write_new(company: Company, drafts: Iterable[Draft]) -> None:
    """Write new contacts with their parts, in batches."""
    drafts, now = list(drafts), clock.now()
    for draft in drafts:
        draft.finish()
        draft.contact.created_at = draft.contact.changed_at = now
    Contact.unscoped.bulk_create((draft.contact for draft in drafts), batch_size=1000)
    if len(drafts) > _MANY:
        forget_plans()
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
    _add_keys(company, {draft.contact.pk: draft.keys() for draft in drafts})


def write_changed(company: Company, changes: Sequence[Change]) -> None:
    """Write what contacts have become, once they were compared; whoever calls holds them."""
    if not changes:
        return
    for name, (model, fields) in SETS.items():
        gone = [pk for one in changes for pk in one.gone.get(name, ())]
        changed = [row for one in changes for row in one.changed.get(name, ())]
        new = [row for one in changes for row in one.new.get(name, ())]
        if model is ContactBankAccount:  # rooms above may refer to them
            _delete(model, company, gone)
            update_rows(model, changed, fields)
        else:  # two rows may have changed places: what is unique is free again before it is taken
            _delete(model, company, [*gone, *(row.pk for row in changed)])
            model.unscoped.bulk_create(changed, batch_size=_BATCH)
        model.unscoped.bulk_create(new, batch_size=_BATCH)
    _write_groups(company, changes)
    refresh(company, [one.whole() for one in changes])


def refresh(company: Company, drafts: Sequence[Draft]) -> None:
    """Save contacts with what lists and duplicates look for, after their parts were written."""
    now = clock.now()
    for draft in drafts:
        contact = draft.finish().contact
        contact.version, contact.changed_at = contact.version + 1, now
    update_rows(Contact, [one.contact for one in drafts],
                [*FIELDS, "archived_at", "merged_into", "sort_name", "search", "version", "changed_at"])  # fmt: skip
    _write_keys(company, {draft.contact.pk: draft.keys() for draft in drafts})


def _write_groups(company: Company, changes: Sequence[Change]) -> None:
    gone = {(one.contact.pk, pk) for one in changes for pk in one.groups_gone}
    if gone:
        rows = ContactMembership.of(company).filter(contact__in={pk for pk, _group in gone})
        found = rows.values_list("pk", "contact_id", "group_id")
        _delete(ContactMembership, company, [pk for pk, *pair in found if tuple(pair) in gone])
    ContactMembership.unscoped.bulk_create(
        (ContactMembership(company=company, contact=one.contact, group_id=pk)
         for one in changes for pk in sorted(one.groups_new)),
        ignore_conflicts=True, batch_size=_BATCH,
    )  # fmt: skip


def _write_keys(company: Company, wanted: dict[int, set[tuple[str, str]]]) -> None:
    there: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = ContactKey.of(company).filter(contact__in=wanted)
    for pk, contact, kind, key in rows.values_list("pk", "contact_id", "kind", "key"):
        there[contact][kind, key] = pk
    _delete(ContactKey, company, [
        pk for contact, keys in there.items() for key, pk in keys.items()
        if key not in wanted[contact]
    ])  # fmt: skip
    _add_keys(company, {pk: keys - there[pk].keys() for pk, keys in wanted.items()})


def _add_keys(company: Company, keys: dict[int, set[tuple[str, str]]]) -> None:
    """A dozen per contact, so they are not made one by one as objects."""
    rows = [(pk, kind, key) for pk, pairs in keys.items() for kind, key in sorted(pairs)]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _KEYS):
            part = rows[start : start + _KEYS]
            cursor.execute(
                "INSERT INTO contacts_contactkey (company_id, contact_id, kind, key)"
                " SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[])",
                [company.pk, *(list(column) for column in zip(*part, strict=True))],
            )


def _delete(model: Any, company: Company, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), _BATCH):
        model.of(company).filter(pk__in=ids[start : start + _BATCH]).delete()
