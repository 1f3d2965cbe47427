"""Whose a row of a file is (Zuordnung zur Adresse): by the contact's number, or by its name."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.open_items.opening import Party
from contacts import keys
from contacts.models import Contact
from erp.companies.models import Company
from erp.core import spelling
from erp.core.errors import DomainError


class NobodyNamed(DomainError):
    code = "items.nobody_named"
    message = gettext_lazy("Whose is this? Write the contact's number, or its name.")
    field = "contact"


class UnknownContact(DomainError):
    code = "items.unknown_contact"
    message = gettext_lazy("There is no contact “%(value)s”. Add it under Contacts, or correct it.")
    field = "party"


class SimilarContact(DomainError):
    code = "items.similar_contact"
    message = gettext_lazy("There is no contact “%(value)s”, but %(similar)s. Write its number, if "
                           "that one is meant.")  # fmt: skip
    field = "party"


class SeveralContacts(DomainError):
    code = "items.several_contacts"
    message = gettext_lazy("“%(value)s” is what several contacts are called: %(numbers)s. Write the "
                           "number of the one that is meant.")  # fmt: skip
    field = "party"


class Parties:
    """All contacts of a company, read once, found by number or name."""

    def __init__(self, company: Company) -> None:
        self.warnings: list[str] = []
        self._by_number: dict[int, Contact] = {}
        self._by_name: dict[str, list[Contact]] = defaultdict(list)
        self._alike: dict[str, list[Contact]] = defaultdict(list)
        rows = Contact.of(company).only("number", "name", "archived_at", "merged_into")
        found = {one.pk: one for one in rows}
        for one in found.values():
            self._by_number[one.number] = found.get(one.merged_into_id or one.pk, one)
            if one.merged_into_id is None:
                for called in _called(one.name):
                    self._by_name[called].append(one)
                self._alike[keys.name_key(one.name)].append(one)

    def find(self, number: str, name: str, *, row: int) -> Party:
        """The contact that is meant; a number that does not fit the name beside it is told.

        Raises ``NobodyNamed``, ``UnknownContact``, ``SimilarContact`` or ``SeveralContacts``.
        """
        if number:
            found = self._numbered(number)
            if name and keys.name_key(name) != keys.name_key(found.name):
                self.warnings.append(
                    _("Row %(row)s: number %(number)s is %(found)s here; the file says %(name)s.")
                    % {"row": row, "number": number, "found": found.name, "name": name[:60]}
                )
        elif name:
            found = self._named(name)
        else:
            raise NobodyNamed
        return Party(found.name, found.pk)

    def _numbered(self, number: str) -> Contact:
        digits = number.isascii() and number.isdigit() and len(number) < 12
        found = self._by_number.get(int(number)) if digits else None
        if found is None:
            raise UnknownContact(field="contact", value=number[:40])
        return found

    def _named(self, name: str) -> Contact:
        """Those in use come first; who is archived is meant where nobody else is called so."""
        found = {one.pk: one for called in _called(name) for one in self._by_name.get(called, ())}
        same = list(found.values())
        same = [one for one in same if one.archived_at is None] or same
        if len(same) == 1:
            return same[0]
        if same:
            raise SeveralContacts(value=name[:60], numbers=_listed(same))
        if alike := self._alike.get(keys.name_key(name)):
            raise SimilarContact(value=name[:60], similar=_listed(alike))
        raise UnknownContact(value=name[:60])


def _called(name: str) -> set[str]:
    """What a name is looked up by: capitals and blanks do not count, nor how umlauts are written."""
    return {" ".join(spelt(name).split()) for spelt in (spelling.plain, spelling.folded)}


def _listed(contacts: list[Contact]) -> str:
    return ", ".join(f"{one.number} {one.name}" for one in contacts[:5])
