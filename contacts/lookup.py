"""Who is meant by a few letters (Adresse nachschlagen): asked with every letter that is typed.

Words of contacts in use are kept as keys, and looked up by how they begin. That is an index range of one
company: row-level security lets the database use an index for comparisons like these, but for no
``LIKE`` and no full-text search. A list finds what is in the middle of words, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Prefetch, QuerySet

from contacts.models import Contact, ContactAddress, ContactKey
from erp.companies.models import Company
from erp.core import spelling

MOST: Final = 20
MOST_WORDS: Final = 6
MOST_ALIKE: Final = 2_000  # words that are looked at of those that begin alike


def find(company: Company, text: str, *, limit: int = MOST) -> list[Contact]:
    """Contacts in use that have a word for each word of a text, beginning with it, at most ``limit``.

    Words are of names, towns, numbers, phones, mails and own fields; how accents are written does
    not count. Addresses come along. Two queries, and one or two more for each further word; of words
    that thousands of contacts share, the first ``MOST_ALIKE`` in their order are looked at.
    """
    order = _meant(company, spelling.typed_words(text)[:MOST_WORDS], limit)[:limit]
    rows = Contact.of(company).filter(pk__in=order).prefetch_related(
        Prefetch("addresses", ContactAddress.unscoped.order_by("pk"))
    )  # fmt: skip
    return sorted(rows, key=lambda one: order.index(one.pk)) if order else []


def _meant(company: Company, words: list[str], limit: int) -> list[int]:
    """The ids of those that have all the words, in the order of the rarest."""
    if len(words) < 2:
        # A contact has a word in two spellings, and "Muster" as well as "muster@example.ch".
        found = (beginning(company, word)[: 4 * limit] for word in words)
        return list(dict.fromkeys(pk for rows in found for pk in rows))
    alike = {word: list(beginning(company, word)[:MOST_ALIKE]) for word in words}
    rarest = min(words, key=lambda word: len(alike[word]))
    meant = list(dict.fromkeys(alike[rarest]))
    for word in words:
        if word == rarest or not meant:
            continue
        all_of_them = len(alike[word]) < MOST_ALIKE
        having = set(alike[word] if all_of_them else among(company, word, meant))
        meant = [pk for pk in meant if pk in having]
    return meant


def beginning(company: Company, word: str) -> QuerySet[ContactKey, int]:
    """The ids of contacts with words that begin like one, in the order of the words; some twice."""
    rows = ContactKey.of(company).filter(
        kind=ContactKey.Kind.WORD, key__gte=word, key__lt=word + spelling.LAST
    )
    return rows.order_by("key", "contact").values_list("contact_id", flat=True)


def among(company: Company, word: str, contacts: Iterable[int]) -> QuerySet[ContactKey, int]:
    """The same, of some contacts only; in no order."""
    return beginning(company, word).filter(contact__in=contacts).order_by()
