"""What the closing of a year asks of the banks: does the ledger hold what their statements say?"""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounting.banking.models import BankAccount, BankTransaction
from accounting.ledger.balances import account_sums
from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, Weight, key_of, register
from erp.access.permissions import Permission
from erp.companies.models import Company, Module
from erp.core.display import swiss_date
from erp.core.money import ZERO

_LAST: Final = """
    SELECT DISTINCT ON (s.bank_account_id) s.bank_account_id, s.to_date, s.closing
    FROM accounting_statement s
    WHERE s.company_id = %(company)s AND s.message_type = 'camt.053' AND s.closing IS NOT NULL
      AND s.to_date <= %(until)s
    ORDER BY s.bank_account_id, s.to_date DESC, s.id DESC
"""


def bank_agrees(company: Company, year: FiscalYear) -> Finding:
    """Each bank account's ledger balance at the end of the year beside its last statement's; three queries."""
    if not company.uses(Module.BANKING):
        return Finding(None, _("Banking is switched off."))
    sums = account_sums(company, year=year, until=year.end)
    banks = [
        bank for bank in BankAccount.of(company).select_related("account").order_by("account__number")
        if bank.account_id in sums
    ]  # fmt: skip
    if not banks:
        return Finding(None, _("Nothing was booked on a bank account."))
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"company": company.pk, "until": year.end})
        last = {bank: (day, closing) for bank, day, closing in cursor.fetchall()}
    evidence, wrong = [], []
    for bank in banks:
        own = sums[bank.account_id]
        held = own.foreign if bank.account.currency else own.closing
        day, closing = last.get(bank.pk, (None, None))
        if day is None and not held:
            continue
        told = swiss_date(day) if day else _("no statement")
        page = reverse("bank-state", args=[company.pk, bank.pk])
        evidence += [
            Evidence(_("%s: ledger") % bank.account, held, link=page,
                     text=bank.account.currency, key=f"{bank.pk}:ledger"),
            Evidence(_("%(account)s: bank, %(day)s") % {"account": bank.account, "day": told}, closing,
                     link=page, text=bank.account.currency, key=f"{bank.pk}:{day}"),
        ]  # fmt: skip
        if closing != held or day is None or day < year.end:
            wrong.append((bank, page))
    if not wrong:
        return Finding(True, _("All bank accounts agree with their statements."), tuple(evidence))
    names = ", ".join(bank.account.number for bank, _page in wrong)
    return Finding(
        False, ngettext(
            "%(accounts)s differs from the last statement, or has none that reaches to the end of the year.",
            "%(accounts)s differ from the last statement, or have none that reaches to the end of the year.",
            len(wrong),
        ) % {"accounts": names},
        tuple(evidence), wrong[0][1], _("State of the bank account"),
    )  # fmt: skip


def all_booked(company: Company, year: FiscalYear) -> Finding:
    """Whether every bank transaction of the year is booked."""
    waiting = BankTransaction.of(company).filter(
        entry=None, booking_date__range=(year.start, year.end)
    ).exclude(amount=ZERO)  # fmt: skip
    if not company.uses(Module.BANKING):
        return Finding(None, _("Banking is switched off."))
    if ids := list(waiting.values_list("pk", flat=True)):
        return Finding(
            False, ngettext("%(count)s bank transaction of the year is not booked.",
                            "%(count)s bank transactions of the year are not booked.", len(ids))
            % {"count": len(ids)},
            (Evidence(_("Bank transactions"), text=str(len(ids)), key=key_of(ids)),),
            reverse("reconcile-home", args=[company.pk]), _("Reconcile"),
        )  # fmt: skip
    return Finding(True, _("All bank transactions are booked."))


def register_own() -> None:
    """The checks of this room."""
    register(Check("bank_booked", gettext_lazy("Bank transactions are booked"), 100, Weight.WARNS,
                   all_booked, Permission.BANKING_READ))  # fmt: skip
    register(Check("bank", gettext_lazy("Bank accounts agree with their statements"), 110,
                   Weight.WARNS, bank_agrees, Permission.BANKING_READ))  # fmt: skip
