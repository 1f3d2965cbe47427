"""What the closing of a year asks of VAT: is it declared, settled and reconciled (MWSTG Art. 72)?"""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, register
from accounting.ledger.year_end_checks import as_evidence, balances_of
from erp.access.permissions import Permission
from erp.companies.models import Company, Module
from erp.core.display import swiss_date
from vat.codes.models import VatSettings
from vat.codes.queries import is_liable_on
from vat.returns.models import VatReturn
from vat.returns.queries import due_rows
from vat.returns.reconciling import Reconciliation, reconciliation

_Purpose = Account.Purpose
#: Accounts that a settled return leaves at zero.
TAX = (_Purpose.INPUT_TAX_MATERIAL, _Purpose.INPUT_TAX_INVESTMENT, _Purpose.OUTPUT_TAX,
       _Purpose.ACQUISITION_TAX, _Purpose.NET_TAX)  # fmt: skip


def _does_not_apply(company: Company, year: FiscalYear) -> Finding | None:
    if not company.uses(Module.VAT) or not is_liable_on(company, year.end):
        return Finding(None, _("The company settles no VAT."))
    return None


def settled(company: Company, year: FiscalYear) -> Finding:
    """All returns of the year filed and posted, and nothing left on the accounts of the tax."""
    if none := _does_not_apply(company, year):
        return none
    stored = list(VatReturn.of(company).order_by("start", "kind", "nth"))
    after = year.end + dt.timedelta(days=1)
    missing = [row.period for row in due_rows(VatSettings.of(company), stored, after)
               if row.period.end >= year.start]  # fmt: skip
    unposted = [one for one in stored if one.is_filed and not one.elsewhere and not one.is_settled
                and year.start <= one.end <= year.end]  # fmt: skip
    accounts = list(Account.of(company).filter(purpose__in=TAX).order_by("number"))
    left = balances_of(company, year, accounts)
    evidence = [
        *(Evidence(_("Not filed"), text=f"{swiss_date(p.start)} – {swiss_date(p.end)}", key=f"missing {p.start}")
          for p in missing),
        *(Evidence(_("Filed, not posted"), text=f"{swiss_date(one.start)} – {swiss_date(one.end)}",
                   key=f"unposted {one.pk}") for one in unposted),
        *as_evidence(company, year, left),
    ]  # fmt: skip
    if not evidence:
        return Finding(True, _("All returns are filed and posted; the tax accounts are zero."))
    return Finding(
        False, _("File and post the returns of the year. What is left on the tax accounts then is "
                 "explained by the reconciliation."),
        tuple(evidence), reverse("vat-returns", args=[company.pk]), _("VAT returns"),
    )  # fmt: skip


def reconciled(company: Company, year: FiscalYear) -> Finding:
    """Turnover and input tax of the ledger beside the returns of the year."""
    if none := _does_not_apply(company, year):
        return none
    found = reconciliation(company, year.start, year.end)
    page = f"{reverse('vat-reconciliation', args=[company.pk])}?year={year.pk}"
    text = _("Annual VAT reconciliation")
    evidence = (
        Evidence(_("Turnover not explained"), found.turnover.rest, link=page, key="turnover"),
        Evidence(_("Input tax not explained"), found.input_tax.rest, link=page, key="input tax"),
        *(Evidence(_("Not filed"), text=f"{swiss_date(one.start)} – {swiss_date(one.end)}", link=page,
                   key=f"missing {one.start}") for one in found.missing),
        *_late(found, page),
    )  # fmt: skip
    if not found.is_complete:
        return Finding(False, _("Not all returns of the year are filed."), evidence, page, text)
    if found.turnover.rest or found.input_tax.rest:
        return Finding(False, _("Ledger and returns differ."), evidence, page, text)
    if _late(found, page):
        return Finding(False, _("The reconciliation finds something to declare by %s.")
                       % swiss_date(found.due), evidence, page, text)  # fmt: skip
    return Finding(True, _("Ledger and returns agree."), evidence, page, text)


def _late(found: Reconciliation, page: str) -> list[Evidence]:
    """What was posted after filing and declared nowhere yet."""
    if not found.has_late or (found.stored and found.stored.is_filed):
        return []
    return [
        Evidence(_("Turnover to be declared"), found.late.turnover, link=page, key="late turnover"),
        Evidence(
            _("Input tax to be declared"), found.late.input_tax, link=page, key="late input tax"
        ),
    ]


def register_own() -> None:
    """The checks of this room."""
    register(Check("vat_settled", gettext_lazy("VAT is declared and settled"), 200, Weight.WARNS,
                   settled, Permission.VAT_READ))  # fmt: skip
    register(Check("vat_reconciled", gettext_lazy("VAT is reconciled with the ledger"), 210,
                   Weight.WARNS, reconciled, Permission.VAT_READ))  # fmt: skip
