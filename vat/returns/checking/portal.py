"""What the tax office's portal would refuse, as findings, and activities with a rate of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from accounting.ledger.models import Account
from erp.core import clock
from erp.core.display import chf
from erp.core.errors import DomainError
from erp.core.money import ZERO
from vat.codes.models import CodeKind
from vat.returns import pieces
from vat.returns.checking.looking import Look, enumerated
from vat.returns.computing import Granted
from vat.returns.ech0217 import refused as refusals_of
from vat.returns.ech0217.head import Head
from vat.returns.ech0217.rules import refusals
from vat.returns.findings import Finding
from vat.returns.form import CodeSum, missing_boxes

#: The reference is given when the return is filed; until then a blank stands for it.
REFERENCE: Final = "-"


def refused(look: Look) -> Iterator[Finding]:
    """Totals, rates, period, method, UID and note, as the portal looks at them."""
    one, found = look.one, look.found
    head = Head(one.uid, look.company.name, clock.now(), one.kind, REFERENCE)
    unknown = {row.rate for row in missing_boxes(found.sums, found.rate_boxes)}
    for refusal in refusals(found.declaration, head, edge=_is_edge(look)):
        if not _told_elsewhere(look, refusal, bool(unknown)):
            link, text = _where(look, refusal)
            yield Finding(refusal.code, str(refusal), is_error=True, link=link, link_text=text)


def _is_edge(look: Look) -> bool:
    same = (row for row in look.periods if (row.start, row.end) == (look.one.start, look.one.end))
    return any(row.is_edge for row in same)


def _told_elsewhere(look: Look, refusal: DomainError, unknown: bool) -> bool:
    """Whether a check of ours names the entries or accounts behind a refusal."""
    if isinstance(refusal, refusals_of.NoBoxForRate):
        return unknown
    return not look.scope.is_effective and isinstance(
        refusal, (refusals_of.RateMissing, refusals_of.ActivityMissing)
    )


def _where(look: Look, refusal: DomainError) -> tuple[str, str]:
    """Where a refusal is mended; on the return itself where it says nothing."""
    if isinstance(refusal, (refusals_of.UidMissing, refusals_of.UidWrong)):
        return look.to("company-settings"), _("Company")
    if isinstance(refusal, refusals_of.NoteMissing):
        return "", ""
    of_settings = (refusals_of.MethodRefused, refusals_of.PeriodLength, refusals_of.NotWholeMonths,
                   refusals_of.PeriodAcrossYears, refusals_of.ActivityCodeWrong)  # fmt: skip
    if isinstance(refusal, of_settings):
        return look.to("vat-settings"), _("VAT settings")
    return look.journal(), _("Journal")


def activities(look: Look) -> Iterator[Finding]:
    """With net and flat rates all taxed turnover has an activity, with a rate on its day of supply."""
    if look.scope.is_effective:
        return
    taxed = [one for one in look.found.sums if _is_taxed(one) and (one.net or one.gross)]
    homeless = sum((-one.gross for one in taxed if not one.activity), ZERO)
    if homeless or any(not one.activity for one in taxed):
        names = [f"{account.number} {account.name}" for account in _homeless(look)]
        yield Finding(
            "vat.activity_of_account_missing",
            _("Turnover of %(amount)s belongs to no activity: %(accounts)s. Give these accounts the "
              "activity that the tax office granted.")
            % {"amount": chf(homeless), "accounts": enumerated(names)},
            is_error=True, link=look.to("vat-settings"), link_text=_("VAT settings"),
            amount=chf(homeless),
        )  # fmt: skip
    for one in taxed:
        if one.activity and one.granted is None:
            yield Finding(
                "vat.activity_without_rate",
                _("Activity %(activity)s has no granted rate on the days its turnover of %(amount)s was "
                  "supplied. Enter the rate for those days.")
                % {"activity": one.activity, "amount": chf(-one.gross)},
                is_error=True, link=look.to("vat-settings"), link_text=_("VAT settings"),
                amount=chf(-one.gross),
            )  # fmt: skip


def _is_taxed(one: CodeSum) -> bool:
    return one.shipped.kind in {CodeKind.OUTPUT, CodeKind.DISCOUNT} and bool(one.shipped.tax_box)


def _homeless(look: Look) -> list[Account]:
    """The accounts whose turnover has no activity; asked only where there are some."""
    granted = Granted(look.scope)
    taxed = {pk for pk, code in look.codes.items()
             if code.kind in {CodeKind.OUTPUT, CodeKind.DISCOUNT} and code.shipped.tax_box}  # fmt: skip
    found = {
        row.account for row in pieces.sums(look.scope.question)
        if row.code in taxed and row.account and row.supply_date
        and not granted.of(row.account, row.supply_date).code
    }  # fmt: skip
    return sorted((look.accounts[pk] for pk in found), key=lambda account: account.number)
