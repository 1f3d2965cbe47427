"""Where wage types are booked (Kontierung der Lohnarten), as far as they say it themselves."""

from __future__ import annotations

from typing import Final

from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import shipped_types

#: Kinds that no entry knows: they raise bases or stand on the certificate.
UNBOOKED: Final = frozenset({WageType.Kind.BASE_ONLY, WageType.Kind.INFO})
#: What is owed to which kind of institution, by the role of the deduction.
OWED_TO: Final = {
    "ahv": "ahv", "alv": "ahv", "nbu": "uvg", "uvgz": "uvgz", "ktg": "ktg", "bvg": "bvg",
    "fak": "fak", "cantonal": "other", "extra": "other", "tax": "tax", "tax_correction": "tax",
    "child": "fak", "education": "fak", "birth": "fak",
}  # fmt: skip


def is_booked(row: WageType) -> bool:
    """Whether amounts of a type get into the entry of a run."""
    return row.kind not in UNBOOKED


def usual_account(row: WageType) -> str:
    """Where a type is booked that names no account: a number of the KMU chart, or ``@`` and a kind of
    institution, on whose liability account it stands. Blank where nothing says so.
    """
    if row.role in OWED_TO:
        return f"@{OWED_TO[row.role]}"
    shipped = shipped_types().get(row.number) if row.is_shipped else None
    return shipped.account if shipped else ""
