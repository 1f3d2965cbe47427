"""The wage types that come along (mitgelieferte Lohnarten): data, read once."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"
NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
#: The column of ``WageType`` for each base of ``payroll.wages.kinds.Base``.
FLAGS: Final = {
    "ahv": "is_ahv", "alv": "is_alv", "uvg": "is_uvg", "uvgz": "is_uvgz", "ktg": "is_ktg",
    "bvg": "is_bvg", "fak": "is_fak", "qst": "is_taxed", "gross": "is_gross",
}  # fmt: skip
#: What a company may change of a shipped type and take back again.
RESETTABLE: Final = (*FLAGS.values(), "is_periodic", "box", "method", "percent", *NAMES)


@dataclass(frozen=True, slots=True)
class ShippedType:
    """A wage type as every company gets it; ``values`` are columns of ``WageType``.

    ``account`` is the number of the account in the KMU chart, ``@`` and a kind of institution
    (``@fak``) where it is booked to what is owed to that one, or blank where nothing is booked.
    """

    number: int
    account: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class InstitutionAccounts:
    """Numbers of the accounts of a kind of institution in the KMU chart."""

    liability: str
    expense: str


@cache
def shipped_types() -> dict[int, ShippedType]:
    """All shipped types by number. Source: wage types of the Swissdec model, names of the trade."""
    with (DATA / "wage_types.csv").open(encoding="utf-8", newline="") as file:
        return {int(row["number"]): _read(row) for row in csv.DictReader(file)}


@cache
def usual_accounts() -> dict[str, InstitutionAccounts]:
    """Accounts by kind of institution (``payroll.setup.models.Institution.Kind``). Source: KMU chart."""
    with (DATA / "accounts.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: InstitutionAccounts(row["liability"], row["expense"])
            for row in csv.DictReader(file)
        }


def _read(row: dict[str, str]) -> ShippedType:
    flags = set(row["flags"].split())
    values: dict[str, object] = {column: base in flags for base, column in FLAGS.items()}
    values |= {name: row[name] for name in ("kind", "role", "method", "box", *NAMES)}
    values |= {"is_periodic": row["periodic"] == "yes", "is_active": row["active"] == "yes"}
    values["percent"] = Decimal(row["percent"]) if row["percent"] else None
    return ShippedType(int(row["number"]), row["account"], values)
