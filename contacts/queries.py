"""Questions about contacts: lists, one whole, and who is meant by a few letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Prefetch, Q, QuerySet

from contacts import letters
from contacts.models import (
    Activity,
    Communication,
    Contact,
    ContactAddress,
    ContactFile,
    ContactMembership,
    ContactPerson,
)
from contacts.phones import format_phone
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import spelling
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from erp.reference.models import Country
from erp.web.keyed import page_by_key

PAGE: Final = 50
MOST_ACTIVITIES: Final = 100
#: What lists can be ordered by, and the column that does it.
ORDERS: Final = {"name": "sort_name", "number": "number", "changed": "changed_at"}
REACHED: Final = {Communication.Kind.PHONE: 0, Communication.Kind.MOBILE: 1}


@dataclass(frozen=True)
class Page:
    """A page of a list; ``after`` and ``before`` are the ids to go on from, or None."""

    rows: list[Contact]
    after: int | None
    before: int | None


@dataclass(frozen=True)
class Reach:
    """A way to reach somebody, as pages show it: what is read, and what a click opens."""

    kind: str
    label: str
    text: str
    link: str


@dataclass(frozen=True)
class Whole:
    """A contact with all that its page shows."""

    contact: Contact
    addresses: list[tuple[ContactAddress, list[str], str, bool]]
    reaches: list[Reach]
    persons: list[tuple[ContactPerson, list[Reach]]]
    organisations: list[ContactPerson]
    activities: list[Activity]
    files: list[ContactFile]
    own_values: list[tuple[str, str]] = field(default_factory=list)


def listing(
    company: Company, *, search: str = "", group: str = "", kind: str = "",
    archived: bool | None = False,
) -> QuerySet[Contact]:  # fmt: skip
    """Contacts that meet what is asked; ``archived`` None is both. Merged ones are never listed.

    ``search`` are words, each of which is in name, number, town, phone or mail; how accents are
    written does not count, and blanks of phone numbers neither.
    """
    found = Contact.of(company).filter(merged_into=None)
    if archived is not None:
        found = found.filter(archived_at__isnull=not archived)
    if kind:
        found = found.filter(kind=kind)
    if group:
        members = ContactMembership.of(company).filter(group__code=group)
        found = found.filter(pk__in=members.values("contact"))
    return found.filter(_matches(search))


def _matches(search: str) -> Q:
    wanted = Q()
    digits = search.replace(" ", "").replace("/", "").removeprefix("+")
    if len(digits) > 5 and digits.isascii() and digits.isdigit():  # a phone number with its blanks
        return Q(search__contains=digits)
    for word in search[:80].split()[:6]:
        wanted &= Q(search__contains=spelling.plain(word)) | Q(
            search__contains=spelling.folded(word)
        )
    return wanted


def with_parts(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """With addresses, ways to reach them, and groups: three queries more, however many there are."""
    return contacts.prefetch_related(
        Prefetch("addresses", ContactAddress.unscoped.order_by("pk")),
        Prefetch("communications", Communication.unscoped.order_by("position", "pk")),
        Prefetch("memberships",
                 ContactMembership.unscoped.select_related("group").order_by("group__code")),
    )  # fmt: skip


def page_of(
    contacts: QuerySet[Contact], *, order: str = "name", after: int | None = None,
    before: int | None = None, size: int = PAGE,
) -> Page:  # fmt: skip
    """A page by key, in an order of ``ORDERS``, with ``-`` backwards."""
    found = page_by_key(
        with_parts(contacts), among=contacts.model.unscoped.all(), size=size, after=after,
        before=before, column=ORDERS[order.removeprefix("-")], down=order.startswith("-"),
    )  # fmt: skip
    return Page(found.rows, found.after, found.before)


def main_address(contact: Contact, on: dt.date) -> ContactAddress | None:
    """The main address of a day, of a contact whose addresses were read."""
    found: Any = letters.address_on(contact.addresses.all(), on)
    return found


def reach(one: Communication) -> Reach:
    label = one.label or str(one.get_kind_display())
    if one.kind in REACHED:
        text = format_phone(one.value) + (f" · {one.extension}" if one.extension else "")
        return Reach(one.kind, label, text, letters.tel_link(one.value, one.extension))
    if one.kind == Communication.Kind.MAIL:
        return Reach(one.kind, label, one.value, letters.mail_link(one.value))
    return Reach(one.kind, label, one.value.removeprefix("https://").rstrip("/"), one.value)


def reaches(contact: Contact) -> list[Reach]:
    return [reach(one) for one in contact.communications.all()]


def phone_of(contact: Contact) -> Reach | None:
    """What to call somebody by: the first number that there is."""
    return next((one for one in reaches(contact) if one.kind in REACHED), None)


def call_of(access: Access, contact: Contact) -> Reach | None:
    """As ``phone_of``, for those alone who may see contacts."""
    return phone_of(contact) if access.may(Permission.CONTACTS_READ) else None


def mail_of(contact: Contact) -> Reach | None:
    return next((one for one in reaches(contact) if one.kind == Communication.Kind.MAIL), None)


def first_mails(company: Company | int, contacts: Iterable[int]) -> dict[int, str]:
    """The first mail address of each of these contacts (ids) that has one; one query."""
    rows = Communication.of(company).filter(
        contact__in=list(contacts), kind=Communication.Kind.MAIL
    )
    first = rows.order_by("contact", "position", "pk").distinct("contact")
    return dict(first.values_list("contact", "value"))


def whole(contact: Contact, *, on: dt.date) -> Whole:
    """All of a contact that its page shows: a fixed number of queries."""
    company = contact.company_id
    found = with_parts(Contact.of(company)).prefetch_related("bank_accounts").get(pk=contact.pk)
    codes = {one.country for one in found.addresses.all()} - {"CH"}
    countries = {one.alpha2: one.name_in(found.language)
                 for one in Country.objects.filter(alpha2__in=codes)} if codes else {}  # fmt: skip
    addresses = [
        (one, letters.address_lines(found, one, country_name=countries.get(one.country, "")),
         letters.map_link(one), one.counts_on(on))
        for one in sorted(found.addresses.all(), key=lambda one: (not one.counts_on(on), one.pk))
    ]  # fmt: skip
    persons = ContactPerson.of(company).filter(organisation=found).select_related("person")
    persons = persons.prefetch_related(
        Prefetch("person__communications", Communication.unscoped.order_by("position", "pk"))
    ).order_by("person__sort_name")
    organisations = ContactPerson.of(company).filter(person=found).select_related("organisation")
    activities = Activity.of(company).filter(contact=found).select_related("by", "assignee")
    files = ContactFile.of(company).filter(contact=found).select_related("file", "by")
    fields = fields_of(company, Contact.OWN_FIELDS) if found.own_values else []
    return Whole(
        contact=found, addresses=addresses, reaches=reaches(found),
        persons=[(row, reaches(row.person)) for row in persons],
        organisations=list(organisations.order_by("organisation__sort_name")),
        activities=list(activities.order_by("-at", "-pk")[:MOST_ACTIVITIES]),
        files=list(files.order_by("-at")),
        own_values=own_values.shown(fields, found.own_values),
    )  # fmt: skip


def by_number(company: Company, numbers: Sequence[int]) -> dict[int, Contact]:
    """Contacts by their numbers, merged ones by what they became."""
    rows = Contact.of(company).filter(number__in=numbers).select_related("merged_into")
    return {row.number: row.merged_into or row for row in rows}
