"""Who sent a bill (Lieferant erkennen): contacts that share what it says, with reasons for and against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contacts import keys
from contacts.models import Contact, ContactKey
from erp.companies.models import Company
from erp.core.identifiers import format_iban, format_uid

LIKELY_FROM: Final = (
    40  # from what on a supplier is filled in; a name that sounds alike is not enough
)
MOST: Final = 5
MOST_KEYS: Final = 200  # rows of keys that are looked at

Key = ContactKey.Kind


class Why(StrEnum):
    """A reason that a contact is the supplier, or is not."""

    IBAN = "iban"
    UID = "uid"
    NAME = "name"
    SOUND = "sound"
    PLACE = "place"
    OTHER_UID = "other_uid"
    OTHER_IBAN = "other_iban"
    OLD_IBAN = "old_iban"
    ARCHIVED = "archived"


WEIGHTS: Final[dict[Why, int]] = {
    Why.IBAN: 60, Why.UID: 60, Why.NAME: 40, Why.SOUND: 20, Why.PLACE: 10,
    Why.OTHER_UID: -70, Why.OTHER_IBAN: -5, Why.OLD_IBAN: -20, Why.ARCHIVED: -10,
}  # fmt: skip
_SENTENCES: Final[dict[Why, Any]] = {
    Why.IBAN: _("%(value)s is their bank account"),
    Why.UID: _("same UID, %(value)s"),
    Why.NAME: _("same name"),
    Why.SOUND: _("name sounds alike"),
    Why.PLACE: _("same postcode"),
    Why.OTHER_UID: _("another UID than that of the bill, %(value)s"),
    Why.OTHER_IBAN: _(
        "%(value)s is none of their bank accounts known here: make sure of it before you pay"
    ),
    Why.OLD_IBAN: _("%(value)s is a bank account they do not use any more"),
    Why.ARCHIVED: _("the contact is archived"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with the value that it is about."""

    why: Why
    value: str = ""

    @property
    def speaks_for(self) -> bool:
        return WEIGHTS[self.why] > 0

    @property
    def sentence(self) -> str:
        return str(_SENTENCES[self.why]) % {"value": self.value}


@dataclass(frozen=True, slots=True)
class Supplier:
    """A contact that may have sent the bill; the weight is the sum of its reasons'."""

    contact: Contact
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[one.why] for one in self.reasons)

    @property
    def speaks_for(self) -> tuple[Reason, ...]:
        return tuple(one for one in self.reasons if one.speaks_for)

    @property
    def speaks_against(self) -> tuple[Reason, ...]:
        return tuple(one for one in self.reasons if not one.speaks_for)


def suppliers(
    company: Company, *, name: str, postcode: str = "", iban: str = "", uid: str = ""
) -> list[Supplier]:
    """Contacts that may have sent a bill, the likeliest first; four queries at most.

    ``iban`` and ``uid`` are canonical, or blank. Merged contacts are left out, archived ones told.
    """
    wanted = {(kind, key) for kind, key in keys.keys_of(keys.Traits(
        name=name, uid=uid, ibans=(iban,) if iban else (),
    ))}  # fmt: skip
    shared = _shared(company, wanted)
    if not shared:
        return []
    rows = Contact.of(company).filter(pk__in=shared, merged_into=None)
    found = []
    for contact in rows.prefetch_related("bank_accounts", "addresses"):
        about = _About(contact, shared[contact.pk], postcode, iban, uid)
        found.append(Supplier(contact, tuple(about.reasons())))
    found.sort(key=lambda one: (-one.weight, one.contact.sort_name, one.contact.pk))
    return found[:MOST]


def chosen(found: Collection[Supplier]) -> Supplier | None:
    """The one that is filled in: likely, and likelier than any other; else a person chooses."""
    ranked = sorted(found, key=lambda one: -one.weight)
    if not ranked or ranked[0].weight < LIKELY_FROM:
        return None
    return ranked[0] if len(ranked) == 1 or ranked[1].weight < ranked[0].weight else None


def _shared(company: Company, wanted: set[tuple[str, str]]) -> dict[int, set[str]]:
    """Which kinds of keys contacts share with a bill, by their ids."""
    shared: dict[int, set[str]] = defaultdict(set)
    if not wanted:
        return shared
    rows = ContactKey.of(company).filter(
        kind__in={kind for kind, _key in wanted}, key__in={key for _kind, key in wanted}
    )
    for pk, kind, key in rows.values_list("contact_id", "kind", "key")[:MOST_KEYS]:
        if (kind, key) in wanted:
            shared[pk].add(kind)
    return shared


@dataclass(frozen=True, slots=True)
class _About:
    """A contact beside what the bill says."""

    contact: Contact
    shared: set[str]
    postcode: str
    iban: str
    uid: str

    def reasons(self) -> Iterator[Reason]:
        yield from self._account()
        if self.uid and self.contact.uid:
            same = self.contact.uid == self.uid
            yield Reason(Why.UID if same else Why.OTHER_UID, format_uid(self.contact.uid))
        if Key.NAME in self.shared:
            yield Reason(Why.NAME)
        elif Key.SOUND in self.shared:
            yield Reason(Why.SOUND)
        if self.postcode and any(
            one.postcode == self.postcode for one in self.contact.addresses.all()
        ):
            yield Reason(Why.PLACE)
        if self.contact.archived_at is not None:
            yield Reason(Why.ARCHIVED)

    def _account(self) -> Iterator[Reason]:
        accounts = {one.iban: one for one in self.contact.bank_accounts.all()}
        known = accounts.get(self.iban)
        if known is not None:
            yield Reason(Why.IBAN, format_iban(self.iban))
            if known.valid_to is not None:
                yield Reason(Why.OLD_IBAN, format_iban(self.iban))
        elif self.iban and accounts:
            yield Reason(Why.OTHER_IBAN, format_iban(self.iban))
