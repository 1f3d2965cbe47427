"""What banks say, in words: status codes and reasons of ISO 20022 and of the Swiss Payment Standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

STATUSES: Final[Mapping[str, Any]] = {
    "RCVD": _("received"), "ACTC": _("checked"), "ACCP": _("accepted"), "ACSP": _("being executed"),
    "ACSC": _("executed"), "ACWC": _("accepted with a change"), "ACWP": _("accepted, not yet credited"),
    "PART": _("accepted in part"), "PDNG": _("pending"), "RJCT": _("rejected"), "CANC": _("cancelled"),
}  # fmt: skip
REJECTED: Final = frozenset({"RJCT", "CANC"})

#: ISO 20022 external status reasons that banks here use, and CH01 to CH21 of the Swiss ones.
REASONS: Final[Mapping[str, Any]] = {
    "AC01": _("The account number is wrong."), "AC03": _("The creditor's account is wrong."),
    "AC04": _("The account is closed."), "AC06": _("The account is blocked."),
    "AG01": _("This kind of payment is not allowed from the account."),
    "AGNT": _("The creditor's bank is wrong or missing."), "AM01": _("The amount is zero."),
    "AM02": _("The amount is too high."), "AM03": _("The currency is not taken."),
    "AM04": _("There is not enough money on the account."), "AM10": _("The control sum is wrong."),
    "AM18": _("The number of payments is wrong."), "BE09": _("The country is wrong or missing."),
    "CH03": _("The day of execution is too far off, or gone by."),
    "CH04": _("The day of execution is too far back."), "CH07": _("Something is said on both levels."),
    "CH16": _("Content or format of a field is wrong."), "CH17": _("A field is not allowed here."),
    "CH20": _("The amount has too many decimals."), "CH21": _("A mandatory field is missing."),
    "CURR": _("The currency is wrong."), "DT01": _("The date is wrong."),
    "DT06": _("The day of execution was moved to the next bank day."), "DU01": _("The message was sent before."),
    "DU02": _("The block was sent before."), "DU05": _("The payment was sent before."),
    "MS03": _("The bank gives no reason."), "NARR": _("See the bank's own words."),
    "RC01": _("The bank number is wrong."),
}  # fmt: skip


def status_in_words(code: str) -> str:
    return str(STATUSES.get(code, code))


def reasons_in_words(reasons: Iterable[Mapping[str, str]]) -> list[str]:
    """Reasons as they are stored, each as a sentence with its code; the bank's own words behind."""
    found = []
    for one in reasons:
        said = str(REASONS.get(one["code"], "")) or now("The bank gives the code %s.") % one["code"]
        told = f"{said} ({one['code']})" if one["code"] in REASONS else said
        found.append(f"{told} {one['text']}".strip())
    return found
