"""Where the rows of a source go: the table, what names a row, and what is compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Table:
    """A table of published rows. A parsed row has ``columns`` in their order.

    ``closes``: an edition holds all rows of its part, so that what it lacks is over.
    ``nullable`` are the columns in which nothing is told apart from an empty text.
    """

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    closes: bool = True
    nullable: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.key + self.values

    @property
    def dated_by_edition(self) -> bool:
        """Whether a row is valid from the edition that brings it, and not from a day of its own."""
        return "valid_from" not in self.columns


NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
_FLAGS: Final = ("sic", "rtgs_chf", "instant_chf", "eurosic", "lsv_chf", "lsv_eur")

BANKS: Final = Table(
    "erp_bank", ("iid",),
    ("successor", "qr_of", "sic_iid", "head_office", "kind", "name", "street", "building", "postcode",
     "town", "country", "bic", *_FLAGS),
    nullable=frozenset(_FLAGS),
)  # fmt: skip
LOCALITIES: Final = Table(
    "erp_locality", ("kind", "postcode", "addition", "bfs_nr"),
    ("zip_id", "name", "commune", "canton", "country", "share", "language"),
    nullable=frozenset({"zip_id", "share"}),
)  # fmt: skip
COMMUNES: Final = Table("erp_commune", ("bfs_nr",), ("name", "canton", "district"))
CANTONS: Final = Table("erp_canton", ("code",), ("bfs_nr", *NAMES, "capital", "languages"))
COUNTRIES: Final = Table("erp_country", ("alpha2",), ("alpha3", "numeric", *NAMES))
CURRENCIES: Final = Table(
    "erp_currency", ("code",), ("numeric", "minor_units", *NAMES),
    nullable=frozenset({"minor_units"}),
)  # fmt: skip
HOLIDAYS: Final = Table(
    "erp_holiday", ("canton", "place", "day", "name_de", "category"),
    ("name_fr", "name_it", "name_en"),
)  # fmt: skip
RATES: Final = Table(
    "erp_exchangerate", ("source", "currency", "published"),
    ("valid_from", "valid_to", "unit", "quoted", "rate"),
    closes=False, nullable=frozenset({"valid_to"}),
)  # fmt: skip
TARIFFS: Final = Table(
    "erp_withholdingtariff", ("canton", "kind", "code", "valid_from", "income_from"),
    ("income_step", "children", "minimum_tax", "percent"),
)  # fmt: skip
