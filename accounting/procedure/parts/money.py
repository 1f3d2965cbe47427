"""Bank accounts, rules of booking, cash books, and who approves payments."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounting.banking.models import BankAccount, BankRule
from accounting.cash.models import CashBook
from accounting.payments.four_eyes import settings_of
from accounting.procedure.values import NONE, Asked, Content, Table, day, label, shown, yes
from erp.access.permissions import Permission
from erp.core.identifiers import format_iban


def banking(asked: Asked) -> Content:
    """Bank accounts and rules; two queries."""
    if not asked.may(Permission.BANKING_READ):
        return Content(withheld=(Permission.BANKING_READ,))
    accounts = BankAccount.of(asked.company).select_related("account").order_by("name", "pk")
    kept = ("name", "iban", "currency", "account", "books_certain")
    rows = tuple(
        (one.name, format_iban(one.iban), one.currency, str(one.account), yes(one.books_certain))
        for one in accounts
    )
    rules = BankRule.of(asked.company).select_related("account").order_by("position", "pk")
    names = ("name", "is_active", "books", "account")
    return Content(tables=(
        Table(_("Bank accounts"), tuple(label(BankAccount, one) for one in kept), rows),
        Table(_("Bank rules"), tuple(label(BankRule, one) for one in names),
              tuple(tuple(shown(one, name) for name in names) for one in rules)),
    ))  # fmt: skip


def payments(asked: Asked) -> Content:
    """Whether two people are needed, and since when it is so; one query."""
    if not asked.may(Permission.PAYMENTS_READ):
        return Content(withheld=(Permission.PAYMENTS_READ,))
    row = settings_of(asked.company)
    facts = [(_("Four eyes"), pgettext("switch", "on") if row.four_eyes else pgettext("switch", "off")),
             (_("since"), day(asked.happened.four_eyes_at) if asked.happened.four_eyes_at
              else _("the beginning"))]  # fmt: skip
    if not row.four_eyes:
        facts += [(_("asked by"), str(row.off_asked_by or NONE)),
                  (_("confirmed by"), str(row.off_by or NONE))]  # fmt: skip
    return Content(tuple(facts))


def cash(asked: Asked) -> Content:
    """Cash books; one query."""
    if not asked.may(Permission.CASH_READ):
        return Content(withheld=(Permission.CASH_READ,))
    names = ("name", "kind", "account", "prefix", "kept_from")
    found = CashBook.of(asked.company).select_related("account").order_by("name", "pk")
    rows = tuple(tuple(shown(one, name) for name in names) for one in found)
    return Content(
        tables=(Table(_("Cash books"), tuple(label(CashBook, one) for one in names), rows),)
    )
