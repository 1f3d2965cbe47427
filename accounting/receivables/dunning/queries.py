"""Questions about dunning: runs and letters, texts, what a reference claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounting.open_items.models import OpenItem
from accounting.receivables.dunning.models import (
    DunningNotice,
    DunningNoticeItem,
    DunningRun,
    DunningText,
)
from accounting.receivables.dunning.values import Plan
from erp.companies.models import Company
from erp.mails.queries import states_of


def texts_of(company: Company, levels: Collection[int]) -> dict[tuple[int, str], DunningText]:
    rows = DunningText.of(company).filter(level__in=list(levels))
    return {(row.level_id, row.language): row for row in rows}


def runs_of(company: Company) -> QuerySet[DunningRun]:
    """Runs with the number of their letters and what was demanded in the company's currency."""
    own = Q(notices__currency=company.currency)
    rows = DunningRun.of(company).exclude(status=DunningRun.Status.DISCARDED)
    rows = rows.select_related("created_by", "executed_by", "cancelled_by", "batch")
    return rows.annotate(letters=Count("notices"), total=Sum("notices__total", filter=own))


def notices_of(company: Company) -> QuerySet[DunningNotice]:
    return DunningNotice.of(company).select_related("run", "contact", "file", "company")


def with_mails(company: Company, notices: Iterable[DunningNotice]) -> list[DunningNotice]:
    """Letters with the newest mail about each, as ``sent``: one query."""
    rows = list(notices)
    mails = states_of(company, DunningNotice, [row.pk for row in rows])
    for row in rows:
        row.sent = mails.get(row.pk)
    return rows


def items_of(notice: DunningNotice) -> QuerySet[DunningNoticeItem]:
    return DunningNoticeItem.of(notice.company_id).filter(notice=notice).order_by("position")


def notices_of_item(item: OpenItem) -> list[DunningNoticeItem]:
    """The letters an item stood on, the oldest first."""
    rows = DunningNoticeItem.of(item.company_id).filter(item=item, step__isnull=False)
    return list(rows.select_related("notice").order_by("date", "pk"))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a payment with the reference of a letter pays: its items, then fee and interest.

    ``items`` are ids of open items with what was demanded of each, credits negative.
    """

    notice: int
    contact: int
    currency: str
    items: tuple[tuple[int, Decimal], ...]
    fee: Decimal
    interest: Decimal
    total: Decimal


def claimed_by(company: Company, references: Collection[str]) -> dict[str, Claim]:
    """What letters that bear these references demanded, the newest of each: two queries.

    For the matching of payments: a letter over several items, or with a fee, has a reference of
    its own, which no open item has.
    """
    rows = DunningNotice.of(company).filter(reference__in=list(references), cancelled_at=None)
    by_reference = {row.reference: row for row in rows.order_by("number")}
    items: dict[int, list[tuple[int, Decimal]]] = {}
    stood = DunningNoticeItem.of(company).filter(notice__in=[r.pk for r in by_reference.values()])
    for row in stood.order_by("position"):
        items.setdefault(row.notice_id, []).append((row.item_id, row.rest))
    return {
        reference: Claim(
            row.pk, row.contact_id, row.currency, tuple(items.get(row.pk, ())), row.fee,
            row.interest if row.interest_mode == "charged" else Decimal(0), row.total,
        )
        for reference, row in by_reference.items()
    }  # fmt: skip


def by_level(plan: Plan) -> list[tuple[int, int, dict[str, Decimal]]]:
    """Of a plan, by level: how many letters there are, and what they demand by currency."""
    found: dict[int, tuple[int, dict[str, Any]]] = {}
    for letter in plan.letters:
        step = letter.level.step if letter.level else 0
        count, sums = found.get(step, (0, {}))
        sums[letter.currency] = sums.get(letter.currency, Decimal(0)) + letter.total
        found[step] = (count + 1, sums)
    return [(step, *found[step]) for step in sorted(found)]
