"""What is looked up while contacts are saved: once per act, however many contacts there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cached_property

from django.db.models import Q

from contacts.models import Contact, ContactGroup
from erp.companies.models import Company
from erp.own_fields.lists import fields_of
from erp.own_fields.models import OwnField
from erp.reference.models import Country, Locality
from erp.reference.queries import Institution, bank_of


class Known:
    """Countries, places, banks, groups and own fields, each asked for at most once.

    With ``whole`` all places are read at once, for imports.
    """

    def __init__(self, company: Company, *, on: dt.date, whole: bool = False) -> None:
        self.company, self.on = company, on
        self._places: dict[str, list[tuple[str, str, int]]] = {}
        self._banks: dict[str, Institution | None] = {}
        self._whole = whole
        if whole:
            self._read_places(Q())

    @cached_property
    def countries(self) -> frozenset[str]:
        return frozenset(Country.objects.filter(valid_to=None).values_list("alpha2", flat=True))

    @cached_property
    def _countries_by_name(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for one in Country.objects.filter(valid_to=None):
            names = (one.alpha2, one.alpha3, one.name_de, one.name_fr, one.name_it, one.name_en)
            found |= {name.lower(): one.alpha2 for name in names if name}
        return found

    def country_code(self, text: str) -> str:
        """The code of a country written as code or name; what is neither stays as it is."""
        return self._countries_by_name.get(text.strip().lower(), text.strip())

    @cached_property
    def groups(self) -> dict[str, ContactGroup]:
        return {group.code: group for group in ContactGroup.of(self.company).order_by("code")}

    @cached_property
    def own_fields(self) -> list[OwnField]:
        return fields_of(self.company, Contact.OWN_FIELDS)

    def commune(self, postcode: str, town: str) -> tuple[str, int | None]:
        """Canton and commune number of a Swiss place; what is not certain is left blank."""
        if postcode not in self._places and not self._whole:
            self._places[postcode] = []
            self._read_places(Q(postcode=postcode))
        found = self._places.get(postcode, [])
        named = [one for one in found if one[0] == town.lower()] or found
        cantons = {canton for _name, canton, _number in named}
        numbers = {number for _name, _canton, number in named}
        return (
            cantons.pop() if len(cantons) == 1 else "",
            numbers.pop() if len(numbers) == 1 else None,
        )

    def bank(self, iban: str) -> Institution | None:
        number = iban[:2] + iban[4:9]
        if number not in self._banks:
            self._banks[number] = bank_of(iban)
        return self._banks[number]

    def _read_places(self, which: Q) -> None:
        valid = Q(Q(valid_from=None) | Q(valid_from__lte=self.on),
                  Q(valid_to=None) | Q(valid_to__gte=self.on))  # fmt: skip
        read: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        rows = Locality.objects.filter(which, valid, kind="place")
        for code, name, canton, number in rows.values_list("postcode", "name", "canton", "bfs_nr"):
            read[code].append((name.lower(), canton, number))
        self._places |= read
