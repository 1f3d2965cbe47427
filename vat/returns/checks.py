"""What is looked at before a return is filed (Prüfungen): errors refuse it, warnings are accepted.

Each check says what it found and where it is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from vat.returns.computing import Computed
from vat.returns.models import VatReturn


class CheckFailed(DomainError):
    code = "vat.check_failed"
    message = _("%(found)s")
    field = "return"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; ``link`` is the address, below the company's, where it is mended."""

    code: str
    text: str | Promise
    is_error: bool = False
    link: str = ""
    link_text: str | Promise = ""
    amount: str = ""

    @property
    def refusal(self) -> DomainError:
        return CheckFailed(found=self.text)


Check = Callable[[VatReturn, Computed], Iterator[Finding]]
CHECKS: Final[list[Check]] = []


def run(one: VatReturn, found: Computed) -> list[Finding]:
    """All findings, errors first."""
    findings = [finding for asked in CHECKS for finding in asked(one, found)]
    return sorted(findings, key=lambda finding: not finding.is_error)


def errors(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.is_error]
