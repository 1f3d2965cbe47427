"""The tax of the simplified procedure (vereinfachtes Abrechnungsverfahren): a flat percentage at source.

The compensation fund gets it with the contributions, of the wages that those are owed on, whoever earns
them; other withholding tax is not taken. Sources: BGSA Art. 2 and 3, DBG Art. 37a, QStV Art. 21 ff.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from erp.core.money import ZERO
from payroll.wages import reasons
from payroll.wages.accumulating import Accounts
from payroll.wages.ahv import AHV, PENSION, fund_of
from payroll.wages.drafting import Draft
from payroll.wages.kinds import Base, Insurance
from payroll.wages.reasons import because
from payroll.wages.values import Contribution

KEY: Final = "tax.simplified"
CODE: Final = "BGSA"


def charge_tax(draft: Draft, accounts: Accounts, wages: Mapping[Base, Decimal]) -> None:
    """Charge the tax of the month, where the company settles by the simplified procedure.

    Of the year's AHV wages before any allowance, as soon as contributions are owed on them. It stands
    among charges, as it is owed to the compensation fund, under the wage type of withholding tax. Of
    who left the procedure within the year it is given back: the year's wages are taxed by the tariff.
    """
    before, is_left = accounts.of(KEY), not draft.given.terms.simplified
    if is_left and not before.employee:
        return
    month = -before.wages if is_left else wages.get(Base.AHV, ZERO)
    to_date = before.wages + month
    is_owed = any(accounts.of(key).insured for key in (AHV, PENSION))
    percent = draft.given.figures.simplified_tax
    given = Contribution(
        key=KEY, insurance=Insurance.EXTRA, base=Base.AHV, first=draft.times.first,
        last=draft.times.last, type=draft.given.roles.get("tax"), institution=fund_of(draft),
        code=CODE, employee_percent=percent,
    )  # fmt: skip
    why = (because(reasons.TAX_SIMPLIFIED, percent=percent),)
    accounts.charge(given, days=draft.times.days, wages=month,
                    to_date=max(ZERO, to_date) if is_owed else ZERO, why=why)  # fmt: skip
