"""Questions about payment runs: lists, and the journal of payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounting.banking.models import BankAccount
from accounting.payments.models import PayeeAccount, PaymentReport, PaymentRun, RunItem, RunPayment
from accounting.payments.words import status_in_words
from erp.access.models import User
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.identifiers import format_iban
from erp.core.money import ZERO
from erp.web.export import Table, table

PAID: Final = (PaymentRun.Status.EXPORTED, PaymentRun.Status.BOOKED)
IN_ORDER: Final = ("date", "run_id", "position")  # of the journal


def runs_of(company: Company) -> QuerySet[PaymentRun]:
    """Runs with their account, how many payments they have, and what these come to."""
    rows = PaymentRun.of(company).select_related(
        "company", "bank_account__account", "created_by", "approved_by", "exported_by", "cancelled_by",
        "file",
    )  # fmt: skip
    return rows.annotate(count=Count("payments"), total=Sum("payments__amount", default=ZERO))


def approvable_by(company: Company, user: User) -> QuerySet[PaymentRun]:
    """Drafts that somebody could approve with four eyes, as ``approving.approve`` has it.

    Left out are those that they created or changed last, or that pay to an account they gave.
    """
    paid = RunPayment.of(company).filter(run=OuterRef("pk"))
    gave = PayeeAccount.of(company).filter(
        account=OuterRef("account"), status=PayeeAccount.Status.FIRST, changed_by=user
    )
    of_contact, of_party = (
        gave.filter(contact=OuterRef("contact")),
        gave.filter(contact=None, party=OuterRef("party")),
    )
    own = Q(details_by=user) | Exists(of_contact) | Q(contact=None) & Exists(of_party)
    rows = PaymentRun.of(company).filter(status=PaymentRun.Status.DRAFT)
    return rows.exclude(created_by=user).exclude(changed_by=user).exclude(Exists(paid.filter(own)))


def reports_of(run: PaymentRun) -> list[PaymentReport]:
    """What the bank reported of a run, the newest first."""
    rows = PaymentReport.of(run.company_id).filter(run=run).select_related("file", "read_by")
    return list(rows.order_by("-read_at", "-pk"))


def banks_of(company: Company) -> list[BankAccount]:
    """The accounts that can be paid from, those in the company's currency first: they are in
    Switzerland or Liechtenstein."""
    rows = BankAccount.of(company).select_related("account", "company").order_by("name")
    found = [one for one in rows if one.iban[:2] in {"CH", "LI"}]
    return sorted(found, key=lambda one: one.currency != company.currency)


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that went to the bank: when, to whom, for what, by which run."""

    payment: RunPayment
    documents: str
    discount: Decimal

    @property
    def run(self) -> PaymentRun:
        return self.payment.run


def paid_in(company: Company, since: dt.date, until: dt.date) -> QuerySet[RunPayment]:
    """Payments of a span by their execution date, as far as they were exported, in order."""
    rows = RunPayment.of(company).filter(date__range=(since, until), run__status__in=PAID)
    return rows.select_related("run__bank_account", "booked_entry").order_by(*IN_ORDER)


def paid_by_currency(rows: QuerySet[RunPayment]) -> list[tuple[str, Decimal]]:
    """What payments come to in each currency; one query."""
    sums = rows.order_by().values_list("run__currency").annotate(Sum("amount"))
    return sorted(sums)


def journal(company: Company, rows: Sequence[RunPayment]) -> list[Paid]:
    """Payments, as ``paid_in`` brings them, with what they were for; one query."""
    items: dict[int, list[RunItem]] = {}
    of = (
        RunItem.of(company)
        .filter(payment__in=among([one.pk for one in rows]))
        .select_related("item")
    )
    for item in of.order_by("pk"):
        items.setdefault(item.payment_id, []).append(item)
    return [
        Paid(one, ", ".join(i.item.document for i in items.get(one.pk, ()) if i.item.document),
             sum((i.discount for i in items.get(one.pk, ())), ZERO))
        for one in rows
    ]  # fmt: skip


def journal_table(rows: Sequence[Paid], since: dt.date, until: dt.date) -> Table:
    """The journal of payments as a table, with a total for each currency."""
    lines: list[list[object]] = [
        [one.payment.date, one.run.number, one.payment.payee, one.documents,
         format_iban(one.payment.account) if one.payment.is_iban else one.payment.account,
         one.payment.reference, one.run.currency, one.payment.amount, one.discount or None,
         one.payment.booked_on, status_in_words(one.payment.bank_status)]
        for one in rows
    ]  # fmt: skip
    kinds = {}
    for currency in sorted({one.run.currency for one in rows}):
        total = sum((one.payment.amount for one in rows if one.run.currency == currency), ZERO)
        kinds[len(lines)] = "total"
        lines.append([None, None, _("Total"), "", "", "", currency, total, None, None, ""])
    return table(
        title=_("Payments journal"), subtitle=f"{since:%d.%m.%Y}\N{EN DASH}{until:%d.%m.%Y}",
        head=[_("Date"), _("Run"), _("Payee"), _("Documents"), _("Account"), _("Reference"), _("Currency"),
              _("Amount"), _("Discount"), _("Booked"), _("At the bank")],
        rows=lines, name="payments", wide=True, kinds=kinds,
    )  # fmt: skip
