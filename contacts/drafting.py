"""A contact as it was typed, checked whole (Adresse prüfen): nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contacts import keys
from contacts.known import Known
from contacts.models import (
    Communication,
    Contact,
    ContactAddress,
    ContactBankAccount,
    ContactGroup,
)
from contacts.rows import (
    PHONES,
    Row,
    address_of,
    bank_account_of,
    choice_of,
    clean_text,
    communication_of,
    longest,
    require_apart,
)
from erp.companies.models import Language
from erp.core import spelling
from erp.core.errors import DomainError, gathered, raise_all
from erp.core.identifiers import parse_uid
from erp.core.texts import one_line
from erp.own_fields import values as own_values

MOST_ROWS: Final = 50  # addresses, ways to reach it, bank accounts
_LINES: Final = ("name_addition", "title", "first_name", "last_name")


class NameMissing(DomainError):
    code = "contacts.name_missing"
    message = _(
        "The name is missing. Give an organisation its name, a person a first or last name."
    )
    field = "name"


class NamedTwice(DomainError):
    code = "contacts.named_twice"
    message = _("“%(value)s” is there twice. Take one away.")
    field = "value"


class TooManyRows(DomainError):
    code = "contacts.too_many_rows"
    message = _("A contact has at most %(limit)s rows of a kind. Take some away.")
    field = "addresses"


class UnknownGroup(DomainError):
    code = "contacts.unknown_group"
    message = _("There is no group “%(value)s”. Add it in the settings, or leave it out.")
    field = "groups"


@dataclass
class Draft:
    """A checked contact with its parts, ready to be written. None leaves a set as it is."""

    contact: Contact
    addresses: list[ContactAddress] | None = None
    communications: list[Communication] | None = None
    bank_accounts: list[ContactBankAccount] | None = None
    groups: list[ContactGroup] | None = None
    row_ids: dict[str, list[int | None]] = field(default_factory=dict)

    def finish(self) -> Draft:
        """Put together what lists and duplicates look for, of the parts that the draft has."""
        contact = self.contact
        contact.sort_name = sort_name(contact)
        contact.search = spelling.search_text([
            str(contact.number or ""), contact.name, contact.name_addition, contact.uid,
            *(one.town for one in self.addresses or ()), *(one.postcode for one in self.addresses or ()),
            *(p for one in self.communications or () for p in _reached(one)),
            *own_values.searched(contact.own_values),
        ])  # fmt: skip
        return self

    def keys(self) -> set[tuple[str, str]]:
        """What the contact is recognised by and, while in use, looked up by, once it is finished."""
        traits = traits_of(self.contact, self.addresses or (), self.communications or (),
                           self.bank_accounts or ())  # fmt: skip
        words = spelling.kept_words(self.contact.search) if self.contact.archived_at is None else ()
        return keys.keys_of(traits) | {("word", word) for word in words}


def _reached(one: Communication) -> list[str]:
    if one.kind in PHONES and one.value.startswith("+41"):
        return [one.value, "0" + one.value[3:]]
    return [one.value]


def traits_of(
    contact: Contact, addresses: Sequence[ContactAddress], communications: Sequence[Communication],
    bank_accounts: Sequence[ContactBankAccount],
) -> keys.Traits:  # fmt: skip
    return keys.Traits(
        name=contact.name, uid=contact.uid,
        phones=tuple(one.value for one in communications if one.kind in PHONES),
        mails=tuple(one.value for one in communications if one.kind == Communication.Kind.MAIL),
        ibans=tuple(one.iban for one in bank_accounts),
        places=tuple((one.postcode, f"{one.street} {one.house_number}") for one in addresses
                     if one.postcode),
    )  # fmt: skip


def sort_name(contact: Contact) -> str:
    if contact.is_organisation:
        return spelling.plain(contact.name)[:140]
    parts = filter(None, (contact.last_name, contact.first_name))
    return spelling.plain(" ".join(parts) or contact.name)[:140]


def check(
    contact: Contact, told: Row, *, known: Known, addresses: Sequence[Row] | None = None,
    communications: Sequence[Row] | None = None, bank_accounts: Sequence[Row] | None = None,
    groups: Sequence[str] | None = None, country: str = "CH",
) -> Draft:  # fmt: skip
    """Put typed values on a contact, and check all of them.

    ``told`` are values of ``Contact`` by name; rows are values of its parts, with ``id`` where they
    are there already. ``groups`` are codes. Raises ``Refusals``, with places such as
    ``addresses[0].town``. Phone numbers are read as they are dialled in the country of the first
    address, or in ``country`` where no addresses are told.
    """
    faults: list[DomainError] = []
    draft = Draft(contact)
    gathered(faults, lambda: _names(contact, told, faults))
    gathered(faults, lambda: _more(contact, told, known, faults))
    if addresses is not None:
        draft.addresses = _rows(
            faults, draft, "addresses", addresses, lambda r: address_of(r, known)
        )
        gathered(faults, lambda: require_apart(draft.addresses or []))
        country = next((one.country for one in draft.addresses if one.country), country)
    if communications is not None:
        draft.communications = _rows(
            faults, draft, "communications", communications, lambda r: communication_of(r, country)
        )
        for nth, one in enumerate(draft.communications):
            one.position = nth
        pairs = [(c.kind, c.value, c.extension) for c in draft.communications]
        _once(faults, "communications", "value", pairs, [c.value for c in draft.communications])
    if bank_accounts is not None:
        draft.bank_accounts = _rows(
            faults, draft, "bank_accounts", bank_accounts, lambda r: bank_account_of(r, known)
        )
        ibans = [one.iban for one in draft.bank_accounts]
        _once(faults, "bank_accounts", "iban", ibans, ibans)
    if groups is not None:
        unknown = [code for code in groups if code not in known.groups]
        faults += [UnknownGroup(value=code[:40]) for code in unknown]
        draft.groups = [known.groups[c] for c in dict.fromkeys(groups) if c in known.groups]
    raise_all(faults)
    return draft


def _rows(
    faults: list[DomainError], draft: Draft, name: str, rows: Sequence[Row],
    make: Callable[[Row], Any],
) -> list[Any]:  # fmt: skip
    if len(rows) > MOST_ROWS:
        faults.append(TooManyRows(field=name, limit=MOST_ROWS))
        rows = rows[:MOST_ROWS]
    made = []
    draft.row_ids[name] = []
    for nth, row in enumerate(rows):
        one = gathered(faults, partial(make, row), prefix=f"{name}[{nth}]")
        if one is not None:
            made.append(one)
            draft.row_ids[name].append(row.get("id"))
    return made


def _once(
    faults: list[DomainError], name: str, place: str, values: Sequence[Any], shown: Sequence[str]
) -> None:
    for nth, value in enumerate(values):
        if value in values[:nth]:
            faults.append(NamedTwice(field=f"{name}[{nth}].{place}", value=shown[nth][:60]))


def _names(contact: Contact, told: Row, faults: list[DomainError]) -> None:
    contact.kind = choice_of(told.get("kind", contact.kind), Contact.Kind, "kind")
    for name in _LINES:
        if name in told:
            gathered(faults, partial(_line, contact, name, told[name] or ""))
    if "salutation" in told:
        contact.salutation = choice_of(told["salutation"] or "", Contact.Salutation, "salutation")
    if contact.is_organisation:
        contact.salutation = contact.title = contact.first_name = contact.last_name = ""
        if "name" in told:
            contact.name = one_line(told["name"] or "", field="name", most=100)
    else:
        contact.name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    if not contact.name:
        raise NameMissing(field="name" if contact.is_organisation else "last_name")


def _line(contact: Contact, name: str, text: str) -> None:
    setattr(contact, name, one_line(text, field=name, most=longest(Contact, name)))


def _more(contact: Contact, told: Row, known: Known, faults: list[DomainError]) -> None:
    if "language" in told:
        gathered(faults, lambda: setattr(
            contact, "language", choice_of(told["language"], Language, "language")
        ))  # fmt: skip
    if "uid" in told:
        gathered(faults, lambda: setattr(
            contact, "uid", parse_uid(told["uid"]) if (told["uid"] or "").strip() else ""
        ))  # fmt: skip
    if "notes" in told:
        gathered(
            faults, lambda: setattr(contact, "notes", clean_text(told["notes"] or "", "notes"))
        )
    if "own_values" in told:
        contact.own_values = own_values.checked(known.own_fields, told["own_values"])
