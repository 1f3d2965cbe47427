"""Where wages are paid to, checked (Auszahlung): accounts, shares, and who takes the rest."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import msgspec
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError, raise_all
from erp.core.identifiers import format_iban, is_qr_iban, parse_iban
from erp.core.texts import one_line
from payroll.employees.common import missing, within
from payroll.employees.facts import Payout, Share
from payroll.employees.known import Known
from payroll.wages.values import HUNDRED

MOST_SHARES: Final = 5
SWISS: Final = frozenset({"CH", "LI"})  # accounts whose bank the IBAN names
_BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)


class QrIbanRefused(DomainError):
    code = "people.qr_iban"
    message = _("%(value)s is a QR-IBAN, to which bills are paid. Ask for the account's own IBAN.")
    field = "shares"


class BadBic(DomainError):
    code = "people.bad_bic"
    message = _(
        "“%(value)s” is no BIC. It has eight or eleven letters and digits, such as SOLADEST600."
    )
    field = "shares"


class AccountTwice(DomainError):
    code = "people.account_twice"
    message = _("%(value)s is there twice. Put its shares together.")
    field = "shares"


class AmountAndPercent(DomainError):
    code = "people.amount_and_percent"
    message = _("A share is an amount or a percentage, not both. Take one away.")
    field = "shares"


class SharesTooLarge(DomainError):
    code = "people.shares_too_large"
    message = _(
        "The percentages come to %(value)s %%: nothing is left for the last account. Lower them."
    )
    field = "shares"


class NoRest(DomainError):
    code = "people.no_rest"
    message = _("The last account takes the rest: leave its amount and percentage blank, and fill in those "
                "of the others.")  # fmt: skip
    field = "shares"


class TooManyShares(DomainError):
    code = "people.too_many_shares"
    message = _("A wage goes to %(limit)s accounts at most. Take some away.")
    field = "shares"


def check_payout(value: Payout, known: Known) -> Payout:
    """Accounts as they are kept: the last one takes the rest, all others say what they get."""
    faults: list[DomainError] = []
    if not value.shares:
        raise missing("IBAN", "shares[0].iban")
    if len(value.shares) > MOST_SHARES:
        raise TooManyShares(limit=MOST_SHARES)
    kept = [_share(one, f"shares[{nth}]", faults) for nth, one in enumerate(value.shares)]
    for nth, one in enumerate(kept):
        place = f"shares[{nth}]"
        if any(one.iban == other.iban for other in kept[:nth]):
            faults.append(AccountTwice(field=f"{place}.iban", value=format_iban(one.iban)))
        takes_rest = one.amount is None and one.percent is None
        if takes_rest != (nth == len(kept) - 1):
            faults.append(NoRest(field=f"{place}.amount"))
    percent = sum((one.percent or Decimal(0) for one in kept), Decimal(0))
    if percent >= HUNDRED:
        faults.append(SharesTooLarge(field="shares[0].percent", value=percent))
    raise_all(faults)
    return msgspec.structs.replace(value, shares=tuple(kept))


def _share(one: Share, place: str, faults: list[DomainError]) -> Share:
    iban = one.iban
    try:
        iban = parse_iban(one.iban)
        if is_qr_iban(iban):
            faults.append(QrIbanRefused(field=f"{place}.iban", value=format_iban(iban)))
    except DomainError as refusal:
        refusal.place = f"{place}.iban"
        faults.append(refusal)
    if one.amount is not None and one.percent is not None:
        faults.append(AmountAndPercent(field=f"{place}.percent"))
    within(one.amount, Decimal("0.01"), Decimal(1_000_000), faults, f"{place}.amount")
    within(one.percent, Decimal("0.01"), HUNDRED, faults, f"{place}.percent")
    name = one_line(one.name, field=f"{place}.name", most=70)
    bic = "" if iban[:2] in SWISS else "".join(one.bic.split()).upper()
    if bic and not _BIC.fullmatch(bic):
        faults.append(BadBic(field=f"{place}.bic", value=bic[:20]))
    return msgspec.structs.replace(one, iban=iban, name=name, bic=bic)
