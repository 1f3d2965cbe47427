"""What a bank transaction may be booked against (Gegenseite), as values: account, code, cost units, text."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounting.ledger.entering import TypedLine


@dataclass(frozen=True, slots=True)
class Contra:
    """Account, VAT code and cost units by number; blank is none. It takes the whole amount."""

    account: str
    vat_code: str = ""
    cost_centre: str = ""
    cost_object: str = ""
    text: str = ""
    account_name: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """What it does, as a page or program sends it back: what is told is what is done."""
        return "/".join(
            (self.account, self.vat_code, self.cost_centre, self.cost_object, self.text)
        )

    @property
    def books(self) -> tuple[str, str, str, str]:
        """What it posts; two with the same differ in words at most."""
        return self.account, self.vat_code, self.cost_centre, self.cost_object

    def typed(self) -> TypedLine:
        return TypedLine(
            self.account, vat_code=self.vat_code, cost_centre=self.cost_centre,
            cost_object=self.cost_object,
        )  # fmt: skip
