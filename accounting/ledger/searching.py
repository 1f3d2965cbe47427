"""Entries and accounts as they are found by search (Suche im Hauptbuch)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounting.ledger import queries
from accounting.ledger.models import Account, JournalEntry, LedgerHead
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.spelling import looked_up_by
from erp.search import kinds
from erp.search.asking import Question, amount_word
from erp.search.kinds import Hit, Index
from erp.search.models import SearchHead
from erp.search.sources import Source

_NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
MOST_DRAFTS: Final = 500  # the newest are looked at
_TOLD: Final = {
    "texts": ArrayAgg("lines__text", distinct=True),
    "debits": ArrayAgg("lines__debit"),
    "credits": ArrayAgg("lines__credit"),
    "foreign": ArrayAgg("lines__amount_foreign", distinct=True),
}
_BEHIND: Final = """
    SELECT l.company_id FROM accounting_ledgerhead l
    LEFT JOIN erp_searchhead h ON h.company_id = l.company_id AND h.kind = %s
    WHERE l.position > coalesce(h.place, 0)
"""


class Chain(Source):
    """Posted entries by their place in the chain, which has no gaps and never changes."""

    def begin(self, company: Company, head: SearchHead) -> None:
        head.place = 0

    def step(self, company: Company, head: SearchHead, most: int) -> list[int]:
        rows = list(self._behind(company, head)[:most])
        if rows:
            head.place = rows[-1][0]
        return [pk for _place, pk in rows]

    def rest(self, company: Company, head: SearchHead, most: int) -> tuple[list[int], int]:
        rows = list(self._behind(company, head)[:most])
        last = rows[-1][0] if rows else head.place
        return [pk for _place, pk in rows], self._end(company) - last

    @classmethod
    def behind(cls, kinds: Mapping[int, Source]) -> set[int]:
        (number,) = kinds
        with connection.cursor() as cursor:
            cursor.execute(_BEHIND, [number])
            return {company for (company,) in cursor.fetchall()}

    @classmethod
    def fresh(
        cls, company: Company, heads: Mapping[Source, SearchHead], *, thorough: bool
    ) -> set[Source]:
        end = cls._end(company)
        return {source for source, head in heads.items() if end > head.place}

    @staticmethod
    def _end(company: Company) -> int:
        return LedgerHead.of(company).values_list("position", flat=True).first() or 0

    @staticmethod
    def _behind(company: Company, head: SearchHead) -> QuerySet[Any, Any]:
        entries = JournalEntry.of(company).filter(chain_position__gt=head.place)
        return entries.order_by("chain_position").values_list("chain_position", "pk")


def words(company: Company, entries: Sequence[int]) -> Mapping[int, set[str]]:
    """Texts, number, voucher and amounts of entries; one query."""
    rows = JournalEntry.of(company).filter(pk__in=among(entries)).order_by()
    told = rows.values("pk", "text", "voucher", "number").annotate(**_TOLD)
    return {row["pk"]: _words(row) for row in told}


def _words(row: Mapping[str, Any]) -> set[str]:
    found = looked_up_by([row["text"], row["voucher"], *filter(None, row["texts"])])
    if row["number"]:
        found.add(str(row["number"]))
    amounts = {*row["debits"], *row["credits"], *row["foreign"], sum(filter(None, row["debits"]))}
    return found | {amount_word(amount) for amount in amounts if amount}


def _entries(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    rows = JournalEntry.of(access.company).filter(pk__in=ids).order_by()
    told = rows.values("pk", "text", "voucher", "number", "date").annotate(
        total=Sum("lines__debit")
    )
    return (_hit(access, row) for row in told)


def _drafts(access: Access, question: Question, limit: int) -> list[Hit]:
    """Those of the newest drafts within somebody's reach that are meant; a second query if there are any."""
    drafts = queries.drafts_of(access).order_by("-pk")
    newest = list(drafts.values_list("pk", flat=True)[:MOST_DRAFTS])
    if not newest:
        return []
    told = (
        JournalEntry.of(access.company).filter(pk__in=among(newest)).order_by("-pk")
        .values("pk", "text", "voucher", "number", "date")
        .annotate(total=Sum("lines__debit"), **_TOLD)
    )  # fmt: skip
    return [_hit(access, row) for row in told if question.fits(_words(row))][:limit]


def _hit(access: Access, row: Mapping[str, Any]) -> Hit:
    return Hit(
        row["pk"], " ".join(filter(None, (str(row["number"] or ""), row["text"]))),
        reverse("entry", args=[access.company.pk, row["pk"]]),
        note=row["voucher"], day=row["date"], amount=row["total"], currency=access.company.currency,
    )  # fmt: skip


def _accounts(access: Access, question: Question, limit: int) -> Iterator[Hit]:
    """A chart has some hundred accounts: they are gone through."""
    columns = ("pk", "number", f"name_{(get_language() or 'de')[:2]}", *_NAMES)
    rows = Account.of(access.company).order_by("number").values_list(*columns)
    wanted = [tuple(f"\n{begins}" for begins in word.beginnings) for word in question.words]
    for pk, number, name, *names in rows:
        words = _spelt(number, *names)
        if all(any(begins in words for begins in some) for some in wanted):
            shown = next(filter(None, (name, *names)), "")
            address = reverse("account-sheet", args=[access.company.pk, number])
            yield Hit(pk, f"{number} {shown}", address)


@lru_cache(maxsize=4096)
def _spelt(*parts: str) -> str:
    """The words of an account, each on a line; charts have the same accounts in most companies."""
    return "".join(f"\n{word}" for word in sorted(looked_up_by(parts)))


def register() -> None:
    kinds.register(
        "accounts", label=_("Accounts"), permission=Permission.LEDGER_READ, find=_accounts
    )
    kinds.register(
        "entries", label=_("Entries"), permission=Permission.LEDGER_READ,
        index=Index(1, Chain(), words, _entries),
    )  # fmt: skip
    kinds.register("drafts", label=_("Drafts"), permission=Permission.LEDGER_READ, find=_drafts)
