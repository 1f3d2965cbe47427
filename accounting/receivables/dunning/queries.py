"""Questions about dunning: runs and letters, texts, what a reference claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounting.banking.matching.claims import Claim
from accounting.open_items.models import OpenItem
from accounting.receivables.dunning.models import (
    DunningNotice,
    DunningNoticeItem,
    DunningRun,
    DunningText,
    Interest,
)
from accounting.receivables.dunning.values import Plan
from erp.companies.models import Company
from erp.core.money import ZERO
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


def claimed_by(company: Company, references: Collection[str]) -> dict[str, Claim]:
    """What letters that bear these references demanded, the newest of each: at most three queries.

    For the matching of payments: a letter over several items, or with a fee, has a reference of
    its own, which no open item has. A fee that was posted is an item as the others.
    """
    rows = DunningNotice.of(company).filter(reference__in=list(references), cancelled_at=None)
    by_reference = {row.reference: row for row in rows.order_by("number")}
    if not by_reference:
        return {}
    items: dict[int, list[tuple[int, Decimal]]] = {}
    stood = DunningNoticeItem.of(company).filter(notice__in=[r.pk for r in by_reference.values()])
    for row in stood.order_by("position"):
        items.setdefault(row.notice_id, []).append((row.item_id, row.rest))
    posted = {row.fee_entry_id: row for row in by_reference.values() if row.fee_entry_id}
    for item in OpenItem.of(company).filter(entry__in=posted) if posted else ():
        items[posted[item.entry_id].pk].append((item.pk, item.amount))
    return {
        reference: Claim(row.number, row.currency, tuple(items.get(row.pk, ())), _unposted(row))
        for reference, row in by_reference.items()
    }


def _unposted(notice: DunningNotice) -> Decimal:
    """Fee and interest that a letter demanded and no item stands for."""
    interest = notice.interest if notice.interest_mode == Interest.CHARGED else ZERO
    return interest if notice.fee_entry_id else notice.fee + interest


def by_level(plan: Plan) -> list[tuple[int, int, dict[str, Decimal]]]:
    """Of a plan, by level: how many letters there are, and what they demand by currency."""
    found: dict[int, tuple[int, dict[str, Any]]] = {}
    for letter in plan.letters:
        step = letter.level.step if letter.level else 0
        count, sums = found.get(step, (0, {}))
        sums[letter.currency] = sums.get(letter.currency, Decimal(0)) + letter.total
        found[step] = (count + 1, sums)
    return [(step, *found[step]) for step in sorted(found)]
