"""Accounts beside the return (Abstimmung der Konten): turnover, tax, and entries without a code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.ledger.models import Account
from erp.core.display import chf
from erp.core.money import ZERO
from vat.codes.models import CodeKind
from vat.returns.checking.looking import (
    ENTRIES,
    INVENTORY,
    NO_TURNOVER,
    OF_ENTRY,
    TAX_PURPOSES,
    Look,
    Moved,
    enumerated,
)
from vat.returns.findings import Finding

_CANCELLED: Final = f"""
    SELECT e.id, e.number, sum(abs(l.vat_base)) / 2
    FROM {ENTRIES} e
    JOIN accounting_entryline l ON {OF_ENTRY} AND l.vat_part = 'B'
    JOIN vat_vatcode c ON c.company_id = %(company)s AND c.id = l.vat_code_id
     AND c.kind = ANY (%(turnover)s)
    JOIN accounting_account a ON a.company_id = %(company)s AND a.id = l.account_id
    GROUP BY e.id, e.number, l.vat_code_id
    HAVING sum(l.vat_base) = 0 AND bool_or(l.vat_base <> 0)
       AND bool_or(a.type = 'income') AND bool_or(a.type <> 'income')
    ORDER BY e.number
"""  # noqa: S608 - only fixed text is put in


def is_turnover(account: Account) -> bool:
    """Whether an account's income is consideration, as far as the chart tells."""
    return (
        account.type == Account.Type.INCOME
        and account.purpose not in NO_TURNOVER
        and account.or_position != INVENTORY
    )


def turnover(look: Look) -> Iterator[Finding]:
    """Income accounts beside what their lines declare, by account (Umsatzabstimmung)."""
    lacking = [
        (one, one.base - one.moved) for one in look.moved
        if is_turnover(one.account) and one.base != one.moved
    ]  # fmt: skip
    if not lacking:
        return
    whole = sum((amount for _one, amount in lacking), ZERO)
    count = sum(one.entries for one, _amount in lacking)
    yield Finding(
        "vat.turnover_not_declared",
        _("Income accounts moved by %(amount)s more than the return declares: %(accounts)s; %(count)s "
          "entries have no VAT code. Give them a code, or accept what is no consideration.")
        % {"amount": chf(whole), "count": count,
           "accounts": enumerated([_named(one, amount) for one, amount in lacking])},
        link=_to(look, [one for one, _amount in lacking]), link_text=_("Account sheet"),
        amount=chf(whole),
    )  # fmt: skip


def taxes(look: Look) -> Iterator[Finding]:
    """Tax accounts beside what is booked there by code; the posting of returns is left out."""
    lacking = [one for one in look.moved
               if one.account.purpose in TAX_PURPOSES and one.tax != one.moved]  # fmt: skip
    if not lacking:
        return
    whole = sum((one.tax - one.moved for one in lacking), ZERO)
    yield Finding(
        "vat.tax_without_code",
        _("Tax accounts moved by amounts without a VAT code, which no return declares: %(accounts)s. "
          "Reverse these entries, and post them with a code.")
        % {"accounts": enumerated([_named(one, one.tax - one.moved) for one in lacking])},
        link=_to(look, lacking), link_text=_("Account sheet"), amount=chf(whole),
    )  # fmt: skip


def bare_entries(look: Look) -> Iterator[Finding]:
    """Entries without a code on expenses and assets that usually carry one."""
    lacking = [
        one for one in look.moved
        if one.entries and one.account.vat_code_id is not None
        and not is_turnover(one.account) and one.account.purpose not in TAX_PURPOSES
    ]  # fmt: skip
    if not lacking:
        return
    whole = sum((one.bare for one in lacking), ZERO)
    count = sum(one.entries for one in lacking)
    yield Finding(
        "vat.entries_without_code",
        ngettext("%(count)s entry over %(amount)s has no VAT code, on an account that usually carries one: "
                 "%(accounts)s. Input tax may be missing.",
                 "%(count)s entries over %(amount)s have no VAT code, on accounts that usually carry one: "
                 "%(accounts)s. Input tax may be missing.", count)
        % {"count": count, "amount": chf(whole),
           "accounts": enumerated([_named(one, one.bare) for one in lacking])},
        link=_to(look, lacking), link_text=_("Account sheet"), amount=chf(whole),
    )  # fmt: skip


def cancelled(look: Look) -> Iterator[Finding]:
    """Entries with a code of turnover on income and on its other side, too: nothing of them is declared."""
    kinds = [str(kind) for kind in (CodeKind.OUTPUT, CodeKind.DISCOUNT)]
    rows = look.asked(_CANCELLED, turnover=kinds)
    if not rows:
        return
    whole = sum((amount for _pk, _number, amount in rows), ZERO)
    yield Finding(
        "vat.turnover_cancelled",
        _("Entries %(entries)s have a VAT code of turnover on both sides, so that %(amount)s is not declared. "
          "Reverse them, and post them with the code on the income alone.")
        % {"entries": enumerated([str(number) for _pk, number, _amount in rows]), "amount": chf(whole)},
        link=look.entry([pk for pk, _number, _amount in rows]), link_text=_("Entries"),
        amount=chf(whole),
    )  # fmt: skip


def _named(one: Moved, amount: object) -> str:
    return f"{one.account.number} {one.account.name} {chf(amount)}"  # type: ignore[arg-type]


def _to(look: Look, rows: list[Moved]) -> str:
    """The sheet of the account with the most entries without a code."""
    return look.sheet(max(rows, key=lambda one: one.entries).account)
