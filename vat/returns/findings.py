"""What a check of a return finds (Befund), and where it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class CheckFailed(DomainError):
    code = "vat.check_failed"
    message = _("%(found)s")
    field = "return"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; ``link`` is the address, below the company's, where it is mended.

    An error refuses filing, a warning is accepted by its code, and what ``is_info`` is only said.
    ``amount`` is in francs, as it is shown.
    """

    code: str
    text: str | Promise
    is_error: bool = False
    link: str = ""
    link_text: str | Promise = ""
    amount: str = ""
    is_info: bool = False

    @property
    def refusal(self) -> DomainError:
        return CheckFailed(found=self.text)


def below(company: int, page: str, *args: Any, **query: Any) -> str:
    """The address of a page below the company's, such as ``ledger/journal/?from=2026-01-01``.

    Words that are keywords of Python are written with ``_`` behind them.
    """
    root = reverse("start", args=[company])
    told = {name.rstrip("_"): value for name, value in query.items() if value not in {None, ""}}
    address = reverse(page, args=[company, *args]).removeprefix(root)
    return f"{address}?{urlencode(told)}" if told else address
