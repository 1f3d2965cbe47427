"""What a program does in place of each page: operations of the API, or why there are none.

Whatever somebody can do in a browser, an app with the same rights can do, too; a page without an entry
fails ``tests/erp/test_browser_and_api.py``. Operations are written as method and address, ``{}`` where
something is named in it; those of no company begin with a slash.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from erp.api.counterparts import accounting, cockpit, payroll


class Reason(StrEnum):
    """Why a page has no operation, or none for a part of what it does."""

    BY_MAIL = "a link that is mailed leads to it, and opens where the mail is read"
    LOST_FACTORS = "between password and second factor; a program signs in by the headless way"
    SUPPORT = "operators look at a company with its consent on pages alone"
    FACE = "it has nothing of its own: languages, help, health, the menu"
    TEMPLATE = "an empty file to be filled in by people; a program knows the columns"


#: Pages without an operation, or with a part that has none, and why.
REASONS: Final[Mapping[str, Reason]] = {
    "help": Reason.FACE,
    "manual": Reason.FACE,
    "manual-find": Reason.FACE,
    "manual-codes": Reason.FACE,
    "manual-code": Reason.FACE,
    "manual-pdf": Reason.FACE,
    "screen": Reason.FACE,
    "manifest": Reason.FACE,
    "shortcut": Reason.FACE,
    "language": Reason.FACE,
    "healthz": Reason.FACE,
    "readyz": Reason.FACE,
    "employee-template": Reason.TEMPLATE,
    "address-confirm": Reason.BY_MAIL,
    "address-back": Reason.BY_MAIL,
    "invitation": Reason.BY_MAIL,
    "firm-invitation": Reason.BY_MAIL,
    "lost-factors": Reason.LOST_FACTORS,
    "lost-factors-link": Reason.BY_MAIL,
    "lost-factors-denial": Reason.BY_MAIL,
    "company-list": Reason.SUPPORT,
    "companies": Reason.SUPPORT,
}

#: Names of pages, each with the operations that do the same.
COUNTERPARTS: Final[Mapping[str, tuple[str, ...]]] = {
    **cockpit.COCKPIT, **cockpit.CONTACTS, **accounting.LEDGER, **accounting.OPEN_ITEMS,
    **accounting.MONEY, **accounting.SALES, **accounting.PURCHASES, **accounting.VAT, **accounting.HOURS,
    **accounting.ASSETS,
    **payroll.PAYROLL, **payroll.WAGE_PAPERS,
}  # fmt: skip
