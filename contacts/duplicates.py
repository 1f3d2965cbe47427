"""Who may be there already (Dubletten): asked while somebody types, by keys that the same share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contacts import keys
from contacts.models import Contact, ContactKey
from contacts.phones import parse_mail, parse_phone
from erp.companies.models import Company
from erp.core import spelling
from erp.core.errors import DomainError
from erp.core.identifiers import parse_iban, parse_uid

Kind = ContactKey.Kind
#: What a shared key says for two being one; from ``ENOUGH`` on they are told.
WEIGHTS: Final = {
    Kind.UID: 100, Kind.IBAN: 80, Kind.MAIL: 70, Kind.PHONE: 60, Kind.NAME: 60, Kind.STREET: 30,
    Kind.SOUND: 35, Kind.PLACE: 15,
}  # fmt: skip
ENOUGH: Final = 50
MOST: Final = 10
MOST_KEYS: Final = 500  # rows of keys that are looked at


@dataclass(frozen=True)
class Duplicate:
    """A contact that may be the same; ``reasons`` say what they share, the strongest first."""

    contact: Contact
    score: int
    reasons: tuple[str, ...]


def find(company: Company, traits: keys.Traits, *, but: int | None = None) -> list[Duplicate]:
    """Contacts that share enough with what is known, the likeliest first. Two queries at most.

    ``but`` is the id of the contact itself. Merged ones are left out, archived ones are not.
    """
    wanted = keys.keys_of(traits)
    strong = [pair for pair in wanted if pair[0] != Kind.PLACE]
    if not strong:
        return []
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in wanted:
        by_kind[kind].append(key)
    rows = ContactKey.of(company).filter(
        kind__in=by_kind, key__in=[key for _kind, key in strong], contact__merged_into=None
    )
    shared: dict[int, set[str]] = defaultdict(set)
    for pk, kind, key in rows.values_list("contact_id", "kind", "key")[:MOST_KEYS]:
        if (kind, key) in wanted and pk != but:
            shared[pk].add(kind)
    found = Contact.of(company).filter(pk__in=shared).prefetch_related("addresses")
    codes = set(by_kind[Kind.PLACE])
    told = []
    for contact in found if shared else ():
        kinds = shared[contact.pk]
        if any(spelling.folded(one.postcode) in codes for one in contact.addresses.all()):
            kinds.add(Kind.PLACE)
        if kinds >= {Kind.NAME, Kind.SOUND}:
            kinds.discard(Kind.SOUND)
        if kinds >= {Kind.STREET, Kind.PLACE}:
            kinds.discard(Kind.PLACE)
        score = sum(WEIGHTS[Kind(kind)] for kind in kinds)
        if score >= ENOUGH:
            order = sorted(kinds, key=lambda kind: -WEIGHTS[Kind(kind)])
            told.append(Duplicate(contact, score, tuple(str(Kind(kind).label) for kind in order)))
    told.sort(key=lambda one: (-one.score, one.contact.sort_name))
    return told[:MOST]


def typed(told: Mapping[str, Any], country: str = "CH") -> keys.Traits:
    """What is known of half-typed values; what cannot be read yet is as if it were not there.

    ``name``, ``first_name``, ``last_name``, ``uid``, ``postcode``, ``street``, ``house_number``,
    and lists ``phones``, ``mails``, ``ibans``.
    """
    name = told.get("name") or f"{told.get('first_name') or ''} {told.get('last_name') or ''}"
    place = (
        str(told.get("postcode") or ""),
        f"{told.get('street') or ''} {told.get('house_number') or ''}",
    )
    return keys.Traits(
        name=name.strip()[:140],
        uid="".join(_read([told.get("uid")], parse_uid)),
        phones=_read(told.get("phones"), lambda text: parse_phone(text, country=country).number),
        mails=_read(told.get("mails"), parse_mail), ibans=_read(told.get("ibans"), parse_iban),
        places=(place,) if place[0] else (),
    )  # fmt: skip


def _read(texts: Sequence[Any] | None, read: Any) -> tuple[str, ...]:
    found = []
    for text in texts or ():
        try:
            if isinstance(text, str) and text.strip():
                found.append(read(text))
        except DomainError:
            continue
    return tuple(found[:10])
